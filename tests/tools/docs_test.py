#!/usr/bin/env python3
"""What README.md and docs/ say is so: each figure is what the stored results give, each link leads to a
file, each command is one that make knows, and the version is the same everywhere."""
import pathlib
import re
import sys
import unittest

import jinja2
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import ladder as findings  # noqa: E402
from lab.paper import words  # noqa: E402
from lab.paper.sources import Sources  # noqa: E402

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md")] \
    + sorted((ROOT / "docs").rglob("*.md"))

# {page: sentences with figures, which are expressions as the paper has them}
FIGURES = yaml.safe_load((ROOT / "tests/tools/docs_figures.yaml").read_text(encoding="utf-8"))


def prose(page):
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


def filled(sentence, sources):
    return jinja2.Template(sentence, undefined=jinja2.StrictUndefined).render(words.public(words.Words(sources)))


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
        self.assertIn(f"{holds} hold, {fails} do not, {undecided} are undecided, and {not_measured}"
                      f" {'was' if not_measured == 1 else 'were'} not measured", text)

    def test_the_table_of_layouts_is_that_of_the_stored_results(self):
        text = (ROOT / "docs/results.md").read_text(encoding="utf-8")
        self.assertEqual(findings.between_marks(text)[1], findings.findings_table())


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
        self.assertEqual(self.commands("longer"), ["make test-long", "make test-triples"])

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
