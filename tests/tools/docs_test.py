#!/usr/bin/env python3
"""What README.md and docs/ say is so: each figure is what the stored results give, each link leads to a
file, each command is one that make knows, and the version is the same everywhere."""
import pathlib
import re
import sys
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.experiments import ladder as findings  # noqa: E402
from lab.paper import template, words  # noqa: E402
from lab.paper.sources import Sources  # noqa: E402

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md")] \
    + sorted((ROOT / "docs").rglob("*.md"))

# Sentences with figures, as they stand there; {{...}} is filled in from the stored results (lab.paper.words).
FIGURES = {
    "README.md": [
        "at 100,000 entries it was still {{said 000.bench.15}} than libhamt, a C library, at inserting and"
        " {{said 000.bench.36}} at querying",
        "A ratio such as {{ratio put lazy/list in=fixes}} is a median with its {{confidence}} confidence interval",
        "integer keys in shuffled order, {{processes fixes}} processes, an AMD EPYC",
        "cuts the time to put to {{ratio put lazy/list in=fixes}} of what it was, the time to get to {{ratio get"
        " lazy/list in=fixes}}, and memory from {{bytes list in=fixes}} to {{bytes lazy in=fixes}} bytes an entry",
        "The reports counted {{said 000.tree.02}} inner nodes",
        "Arithmetic predicts {{model list}} for a perfect hash, and we count {{nodes list pattern=sequential}}:",
        "Lazy expansion leaves {{nodes lazy pattern=sequential}}.",
        "takes {{ratio put phase3/reference in=fixes}} times as long as the reference to put and {{ratio get"
        " phase3/reference in=fixes}} times as long to get",
        "({{ratio put fix4/reference in=fixes}} and {{ratio get fix4/reference in=fixes}}), and the trie needs"
        " {{bytes fix4 in=fixes}} bytes an entry to the reference's {{bytes reference in=fixes}}.",
        "get takes {{ratio get phase2.5/list pattern=sequential in=seeds}} of the time if a map is filled and"
        " read in sequence, and {{ratio get phase2.5/list in=fixes}} if it is filled in shuffled order",
        "takes {{ratio put champion/reference in=buckets}} of the reference's time to put and {{ratio get"
        " champion/reference in=buckets}} to get; at a million entries, {{ratio put champion/reference scale=1M"
        " in=buckets}} and {{ratio get champion/reference scale=1M in=buckets}}.",
        "`champion` takes {{ratio put champion/boost in=buckets}} times as long to put and {{ratio get"
        " champion/boost in=buckets}} to get; at a million, {{ratio put champion/boost scale=1M in=buckets}} and"
        " {{ratio get champion/boost scale=1M in=buckets}}.",
        "with {{resident champion scale=1M in=buckets}} resident bytes an entry at a million, to the reference's"
        " {{resident reference scale=1M in=buckets}} and boost's {{resident boost scale=1M in=buckets}}.",
        "({{processes buckets}} processes, on a Zen 4",
    ],
    "docs/results.md": [
        "Medians of {{processes fixes}} processes with {{confidence}} intervals",
        "{{nodes pathcomp pattern=sequential}} nodes instead of {{nodes lazy pattern=sequential}} at 100,000"
        " keys in sequence",
    ],
    "docs/method.md": [
        "was {{time get list scale=10K in=seeds}} and then {{time get list scale=10K in=audit}}, and the"
        " reference's share of it {{ratio get reference/list scale=10K in=seeds}} and then {{ratio get"
        " reference/list scale=10K in=audit}}.",
    ],
}


def prose(page):
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


def filled(sentence, sources):
    return re.sub(r"\{\{.*?\}\}", lambda match: written(match[0], sources), sentence)


def written(text, sources):
    placeholder, = template.placeholders(text)
    return words.WORDS[placeholder.name](sources, placeholder)


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sources = Sources()

    def test_each_is_what_the_stored_results_give(self):
        for page, sentences in FIGURES.items():
            text = prose(page)
            for sentence in sentences:
                with self.subTest(page=page):
                    self.assertIn(filled(sentence, self.sources), text)

    def test_no_other_interval_is_told(self):
        """An interval that no sentence above has would be typed by hand."""
        interval = re.compile(r"\d[\d.]* \[[\d.]+ [\d.]+\]")
        for page in ("README.md", "docs/method.md"):
            known = set(interval.findall(" ".join(filled(line, self.sources) for line in FIGURES[page])))
            self.assertLessEqual(set(interval.findall(prose(page))), known, page)

    def test_claims_are_counted(self):
        holds, fails, undecided, not_measured = (
            sum(outcome.verdict == verdict for outcome in self.sources.claim_outcomes.values())
            for verdict in ("holds", "does not hold", "undecided", "not measured"))
        total = len(self.sources.claim_outcomes)
        self.assertEqual(total, holds + fails + undecided + not_measured)
        text = prose("README.md")
        self.assertIn(f"Of the {total} testable claims", text)
        self.assertIn(f"{holds} hold, {fails} do not, {undecided} are undecided, and {not_measured} was not"
                      " measured", text)

    def test_the_table_of_layouts_is_that_of_the_stored_results(self):
        text = (ROOT / "docs/results.md").read_text(encoding="utf-8")
        self.assertEqual(findings.between_marks(text)[1], findings.table())


def targets():
    """What `make` can be asked for by name."""
    files = [ROOT / "Makefile", *(ROOT / "tools/make").glob("*.mk")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files).replace("\\\n", " ")
    return {name for line in re.findall(r"^\.PHONY:(.*)", text, re.M) for name in line.split()}


def asked(page):
    """The targets that a page's commands name: `make NAME=value target target ...`."""
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"`(make [^`]+)`|^(?: {4}|)(make .*)", re.sub(r"\n(?=[^\n]*`)", " ", text), re.M)
    for command in (" ".join(found) for found in code):
        for word in command.split("  ")[0].split()[1:]:
            if re.fullmatch(r"[a-z][a-z_-]*", word):
                yield word
            elif "=" not in word:
                break


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if "://" in target:
                    continue
                path, _, part = target.partition("#")
                linked = page.parent / path if path else page
                self.assertTrue(linked.exists(), f"{page.name}: {target}")
                if part:
                    heads = [re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-")
                             for head in re.findall(r"^#+ (.*)", linked.read_text(encoding="utf-8"), re.M)]
                    self.assertIn(part, heads, f"{page.name}: {target}")

    def test_commands_are_targets(self):
        known, found = targets(), set()
        for page in PAGES:
            for target in asked(page):
                found.add(target)
                self.assertIn(target, known, page.name)
        self.assertLessEqual({"experiment", "test", "findings", "audit"}, found)

    def test_every_page_is_reached_from_readme(self):
        reached = (ROOT / "README.md").read_text(encoding="utf-8") \
            + (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
        for page in sorted((ROOT / "docs").rglob("*.md")):
            self.assertTrue(f"({page.name})" in reached or f"({page.relative_to(ROOT)})" in reached
                            or page.name == "README.md", page)


class Workflow(unittest.TestCase):
    """A public host does what .ci/run does, and README's two commands are among it."""
    def setUp(self):
        self.ours = re.findall(r"^make .*", (ROOT / ".ci/run").read_text(), re.M)
        self.jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]

    def commands(self, job):
        return [step["run"] for step in self.jobs[job]["steps"] if step.get("run", "").startswith("make ")]

    def test_its_commands_are_those_of_ours(self):
        self.assertEqual(self.commands("debian"), self.ours)
        macos = self.commands("macos")
        self.assertEqual(macos, [command for command in self.ours if command in macos])
        self.assertIn("make test", macos)

    def test_it_has_both_compilers_on_debian(self):
        self.assertEqual(self.jobs["debian"]["container"], "debian:12")
        self.assertEqual(self.jobs["debian"]["strategy"]["matrix"], {"compiler": ["gcc", "clang"]})
        self.assertTrue(self.jobs["macos"]["runs-on"].startswith("macos"))

    def test_its_commands_are_targets_and_readmes(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        for command in self.ours:
            target = command.split()[-1]
            self.assertIn(target, targets())
        for target in ("experiment", "test"):
            self.assertRegex(readme, rf"(?m)^    make (?:\w+=\S+ )*{target}  ")
            self.assertTrue(any(command.split()[-1] == target for command in self.ours))


class Version(unittest.TestCase):
    """VERSION has it; others repeat it."""
    def setUp(self):
        self.version = (ROOT / "VERSION").read_text().strip()

    def test_it_is_one(self):
        self.assertRegex(self.version, r"^\d+\.\d+\.\d+$")

    def test_the_changelog_ends_with_it(self):
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        heads = re.findall(r"^## \[(.*?)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.M)
        self.assertEqual(heads[0], ("Unreleased", ""))
        self.assertEqual(heads[1][0], self.version)
        self.assertTrue(all(date for name, date in heads[1:]))
        self.assertIn("## What a version promises", text)
        self.assertIn(f"date-released: \"{heads[1][1]}\"\n", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    def test_the_citation_file_is_one(self):
        cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        self.assertLessEqual({"cff-version", "message", "title", "authors"}, set(cited))
        self.assertEqual((cited["cff-version"], str(cited["version"]), cited["license"]),
                         ("1.2.0", self.version, "MIT"))
        self.assertTrue((ROOT / "LICENSE").read_text().startswith("MIT License"))


if __name__ == "__main__":
    unittest.main()
