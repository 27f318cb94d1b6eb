#!/usr/bin/env python3
"""The paper: its template and what may not be typed there, how words follow numbers, and its building from the stored
results, against which the committed text is held too."""
import contextlib
import io
import itertools
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
from unittest import mock

from paths import ROOT
from lab import hamt
from lab.audit import findings as audit_findings
from lab.audit.evidence import Shape
from lab.audit.rules import Judged
from lab.command import Failure
from lab.paper import (build as paper, figures as paper_figures, lint, words as paper_words)
from lab.paper.sources import Sources
from lab.printing import with_interval
from lab.results import read_rows
from lab.seeds import gaps as gaps_figure, tables as seed_tables
from lab.stats import Estimate, estimate
from lab.verdicts import DOES_NOT_HOLD, HOLDS, UNDECIDED


def setUpModule():
    subprocess.run(["make", "-s", "build/run/run", "build/packages-paper",
                    "build/packages-figures"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


# ---- What may be typed ----

class Typed(unittest.TestCase):
    def test_typed_figures_are_found(self):
        for typed in ("it takes 35 ns", "a\nthird: 12.5 % of it", "six times as much", "2-4x slower", "1,024 bytes",
                      '{{ table("a", "half: 50 %") }}', "2 to 3 times"):
            self.assertEqual(len(lint.lint(typed + " [F01]")), 1, typed)
        line, text = lint.lint("a\nb\nit takes 35  ns")[0]
        self.assertEqual(line, 3)
        self.assertIn("'35 ns'", text)

    def test_what_is_no_figure_is_let_pass(self):
        for fine in ("`64^l (1 - 5 %)`", '{{ ratio("get", "lazy/list", scale="100K") }} times', "six bits",
                     "100,000 keys", "see [it](https://x.org/5%25)", "```\n35 ns\n```", "C17"):
            self.assertEqual(lint.lint(fine), [], fine)

    def test_judgements_need_support_in_their_paragraph(self):
        self.assertEqual(lint.lint('Faster [F01].\n\nSlower: {{ ratio("get", "a/b") }}.'), [])
        found = lint.lint("Two [F01].\n\nIt is slower.")
        self.assertEqual([line for line, _ in found], [3])


# ---- Words follow numbers ----

class Words(unittest.TestCase):
    def test_of_an_interval(self):
        neither = paper_words.NOT_APART
        for low, high, word in ((0.5, 0.9, "faster"), (1.1, 1.5, "slower"), (0.9, 1.2, neither),
                                (1.0, 1.2, neither), (None, None, neither)):
            self.assertEqual(paper_words.verdict_of(Estimate(1, low, high, 9), "faster", "slower"), word)

    def test_of_a_finding(self):
        for low, high, claimed, verdict in (
                (0.2, 0.4, "<0.5", HOLDS), (0.2, 0.5, "<0.5", UNDECIDED),
                (0.4, 0.6, "<0.5", UNDECIDED),
                (0.6, 0.7, "<0.5", DOES_NOT_HOLD), (1.1, 2, ">1", HOLDS), (1, 2, ">1", UNDECIDED),
                (0.9, 1.1, "0.9..1.1", HOLDS), (0.8, 1.1, "0.9..1.1", UNDECIDED),
                (1.2, 1.3, "0.9..1.1", DOES_NOT_HOLD), (5, 5, ">0", HOLDS), (0, 0, ">0", UNDECIDED),
                (0.8, 0.99, "no gain", DOES_NOT_HOLD), (0.8, 1.0, "no gain", HOLDS),
                (1.01, 1.2, "no loss", DOES_NOT_HOLD), (0.5, 0.6, "no loss", HOLDS)):
            self.assertEqual(audit_findings.within(low, high, claimed), verdict, (low, high, claimed))
        with self.assertRaises(ValueError):
            audit_findings.within(1, 2, "about 3")

    def test_of_the_processes_of_one_cell(self):
        for claimed, values, verdict in (("<0.5", [0.3 + 0.01 * i for i in range(12)], Judged(HOLDS, 2 / 2 ** 12)),
                                         ("<0.5", [0.3] * 3, Judged(UNDECIDED)),
                                         ("no gain", [0.9, 1.1] * 6, Judged(HOLDS)),
                                         ("<0.5", [0.7] * 12, Judged(DOES_NOT_HOLD, 2 / 2 ** 12)),
                                         (">0", 3, Judged(HOLDS)), (">0", 0, Judged(UNDECIDED)),
                                         ("<0.5", Estimate(0.4, 0.3, 0.6, 9), Judged(UNDECIDED))):
            self.assertEqual(audit_findings.judge(claimed, values)[1], verdict, (claimed, values))
        across = [0.4] * 6 + [0.6] * 5
        self.assertEqual([audit_findings.judge("<0.5", across, median)[1].verdict for median in (False, True)],
                         [UNDECIDED, HOLDS])

    def test_the_cell_that_is_furthest_from_it_is_shown(self):
        @audit_findings.of_cells("{:.0f}".format)
        def each(finding, values):
            yield from values.items()
        found = each({"claimed": ">3"}, {"a": 9, "b": 4, "c": 5})
        self.assertEqual((found.measured, found.verdict), ("4: b, the furthest from it of 3", HOLDS))
        self.assertEqual(each({"claimed": ">3"}, {"a": 9, "b": 2}).verdict, DOES_NOT_HOLD)


# ---- The drawn figure ----

class Drawn(unittest.TestCase):
    def tries(self):
        return [(lazy, hamt.build(list(hamt.KEYS), lazy)) for lazy in (False, True)]

    def test_every_key_is_found_by_its_hash(self):
        for lazy, trie in self.tries():
            for key in hamt.KEYS:
                node = trie
                for chunk in hamt.chunks_of(key):
                    if node.key:
                        break
                    array = [node.children[bit] for bit in sorted(node.children)]
                    self.assertTrue(node.bitmap >> chunk & 1)
                    node = array[hamt.index_of(node.bitmap, chunk)]
                self.assertEqual(node.key, key)
                self.assertTrue(lazy or node.level == hamt.LEVELS)

    def test_lazy_expansion_leaves_a_node_only_where_two_keys_pass(self):
        for lazy, trie in self.tries():
            fewest = min(len(node.leaves()) for node in trie.inner())
            self.assertEqual(fewest, 2 if lazy else 1)

    def test_the_stored_figure_is_what_is_drawn(self):
        self.assertEqual(hamt.OUT.read_text(encoding="utf-8"), hamt.draw())
        xml.etree.ElementTree.fromstring(hamt.draw())


# ---- The whole paper ----

TEMPLATE = paper.TEMPLATE.read_text(encoding="utf-8")
SOURCES = Sources()  # the stored results
ANOTHER = '{{ ratio("get", "list", hash="identity/xxh3", in="hashes") }}'  # what results without `hashes` lack


def without_hashes_and_of_two_machines():
    found = Sources()
    suite = SOURCES.experiments["suite"]
    found.experiments = {name: each for name, each in SOURCES.experiments.items() if name != "hashes"} | {
        "suite": suite._replace(runs=suite.runs.assign(machine=["m2", *suite.runs["machine"][1:]]))}
    return found


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.paper = paper.Paper(SOURCES, TEMPLATE, ROOT)
        cls.named = {kind: set(re.findall(rf'{{{{ {kind}\("([^"]*)"', TEMPLATE)) for kind in ("figure", "table")}

    def build(self, text, sources=SOURCES):
        """The paper of another template, whose own rules are not asked for."""
        with mock.patch.object(paper.Paper, "_check"):
            made = paper.Paper(sources, text, ROOT)
        return made.rendered.strip(), made.problems

    def word(self, text):
        found, problems = self.build("{{ " + text + " }}")
        self.assertEqual(problems, [], text)
        return found

    def test_the_paper_is_what_the_stored_results_give(self):
        text = self.paper.markdown()
        if self.paper.problems:
            self.fail(f"make paper: {len(self.paper.problems)} figures or findings are missing or do not hold:\n"
                      f"{paper.complaint(self.paper.problems[:3])}")
        stored = paper.PAPER.read_text(encoding="utf-8").splitlines()
        for number, lines in enumerate(itertools.zip_longest(stored, text.splitlines()), 1):
            self.assertEqual(*lines, f"PAPER.md, line {number}: make paper")

    def test_times_and_memory_are_those_of_the_processes(self):
        get, put = (SOURCES.experiments["steps"].where(op=op).set_index(["variant", "block"]) for op in ("get", "put"))
        lazy, outline = (get["ns_per_op"][name] for name in ("outline+lazy", "outline"))
        told = with_interval(estimate(lazy / outline))
        self.assertEqual(self.word('ratio("get", "outline+lazy/outline", in="steps")'), told)
        self.assertEqual(self.word('compare("get", "outline+lazy/outline", in="steps")'), f"faster, {told}")
        self.assertEqual(self.word('compare("get", "outline/outline+lazy", in="steps")'),
                         f"slower, {with_interval(estimate(outline / lazy))}")
        self.assertEqual(self.word('time("get", "outline", in="steps")'), f"{with_interval(estimate(outline))} ns")
        for word, column in (("bytes", "bytes_per_entry"), ("resident", "rss_per_entry")):
            sizes = [put[column][name].median() for name in ("outline+lazy", "outline")]
            self.assertAlmostEqual(float(self.word(f'{word}("outline+lazy/outline", in="steps")')), sizes[0] / sizes[1],
                                   delta=0.005)

    def test_counts_are_those_of_the_maps(self):
        list_, lazy = (SOURCES.tree(Shape(name, "shuffled", 100000))["inner_nodes"]
                       for name in ("outline", "outline+lazy"))
        self.assertEqual(self.word('nodes("outline")'), f"{list_:,}")
        self.assertEqual(self.word('model("outline")'), "686,996")
        self.assertEqual(self.word('off("outline")'), f"{100 * (list_ / 686996 - 1):+.2f} %")
        self.assertEqual(self.word('nodes("outline/outline+lazy")'), f"{list_ / lazy:.1f}")
        pool = SOURCES.tree(Shape("phase2", "sequential", 100000))["pool"]
        self.assertEqual(self.word('tree("pool_fallback_percent", "phase2", pattern="sequential")'),
                         f"{100 * pool['fallbacks'] / pool['allocations']:.1f}")

    def test_versions_are_those_of_the_results(self):
        found = SOURCES.versions
        self.assertEqual(self.word('version_bytes("fix4+stamped", scale="10K")'),
                         f"{found.bytes_of('fix4+stamped', 10000, 1).median():.0f}")
        self.assertRegex(self.word('cost("diff", "fix4+stamped", differ=100)'), r"^\S+ \[\S+ \S+\] us$")
        self.assertRegex(self.word('cost("version/put", "fix4+stamped/fix4", every=1)'), r"^\S+ \[\S+ \S+\]$")
        parts = [int(self.word(f'kept("versions", "fix4+stamped", "{verdict}")'))
                 for verdict in ("met", "missed", "undecided")]
        self.assertEqual(str(sum(parts)), self.word('kept("versions", "fix4+stamped")'))

    def test_origins_are_those_of_the_results(self):
        about, runs, _ = SOURCES.experiments["steps"]
        self.assertEqual(self.word('processes("steps")'), str(runs["block"].nunique()))
        self.assertIn(about["machine_is"]["os"], self.word('machine("os")'))
        self.assertRegex(self.word("compilers()"), r"^\S+ [\d.]+ `-\S")
        self.assertRegex(self.word('took("all")'), r"^\d+ minutes$")

    def test_every_word_and_table_is_used_or_told(self):
        """A word that no template uses is one that no test builds."""
        used = set(re.findall(r"\{\{ (\w+)\(", TEMPLATE))
        unused = set(paper_words.public(self.paper.words)) - used
        self.assertEqual(unused, {"half_width", "processes", "reached"})  # docs/ have these
        self.assertEqual(set(self.paper.tables), self.named["table"])

    def test_tables_and_figures_are_numbered_and_can_be_named(self):
        text, _ = self.build('{{ see("table", "runs") }}: {{ table("claims", "One") }}\n\n'
                             '{{ table("runs", "Two") }}\n\n'
                             '{{ figure("hamt", "Drawn") }}\n\n{{ command("make x", plan="fixes") }}')
        self.assertTrue(text.startswith("Table 2: **Table 1.** One\n\n| document |"))
        self.assertRegex(text, r"!\[Drawn\]\(notebooks/paper/hamt.svg\)\n\n\*\*Figure 1.\*\* Drawn")
        self.assertRegex(text, r"`make PLAN=experiments/fixes.plan experiment`\*, \d+ minutes and \d+ to \d+ processes")

    def test_a_template_that_is_wrong_is_not_built(self):
        for text, message in (
                (TEMPLATE + '\n{{ speed("get") }}', r"line \d+: speed: no word"),
                (TEMPLATE + "\n[F99]", r"line \d+: .* no F99"),
                (TEMPLATE.replace("@binna2018", ""), "binna2018 is never cited"),
                (TEMPLATE + '\n{{ table("runz", "a") }}', r"line \d+: no table runz"),
                (TEMPLATE + "\n[@nobody1999]", "no reference nobody1999"),
                (TEMPLATE + '\n{{ see("table", "claimz") }}', r"line \d+: .*nothing of that name"),
                (TEMPLATE + '\n{{ table("runs", "a") }}', r"line \d+: table runs stands twice"),
                (TEMPLATE + "\n{{ a", r"line \d+: "),
                *(("\n{% if " + test + " %}x{% endif %}", "line 2: an `if` takes stored")
                  for test in ('1', 'stored("a") or 1', 'took("fixes")', 'stored(1)', 'stored("a") %}x{% elif 1')),
                (TEMPLATE + "\nIt takes 12 ns.", r"line \d+: '12 ns' is typed by hand")):
            with self.assertRaisesRegex(paper.TemplateError, message):
                paper.Paper(SOURCES, text, ROOT)
        for text, message in (('{{ ratio("get") }}', "line 1: ratio: missing"),
                              ('\n{{ ratio("get", "lazy", scale="huge") }}', "line 2"),
                              ('{{ verdict("000.c99") }}', "has no claim 000.c99"), ('{{ said("9") }}', "has no 9"),
                              ('{{ machine("colour") }}', "of a machine colour: one of: cores"),
                              ('{{ targets("open") }}', "targets that are open: one of: met, missed, undecided"),
                              ('{{ ratio("get", "lazy", color="red") }}', "no such option: color")):
            with self.assertRaisesRegex(paper.TemplateError, message):
                self.build(text)

    def test_what_was_not_measured_and_what_does_not_hold_is_told_with_its_line(self):
        other = without_hashes_and_of_two_machines()
        text, problems = self.build(
            f'a [F01]\n\n{ANOTHER}\n\n{{{{ ratio("get", "outline+lazy/outline") }}}} [F04]', other)
        self.assertEqual([line for line, _ in problems], [1, 3])
        self.assertIn("[F01] does not hold: 2 at most", problems[0][1])
        self.assertIn("not measured: get list shuffled 100000 identity", problems[1][1])
        self.assertIn("[[F01](#f01): does not hold here]", text)
        self.assertIn(f"\n\n{paper.OPEN}\n\n", text)
        self.assertRegex(text, r"0\.\d\d \[.*\] \[\[F04\]\(#f04\)\]$")

    def test_what_depends_on_results_is_said_where_they_are(self):
        text = ('{% if stored("hashes") %}{{ table("hash-costs", "a") }}{% else %}without{% endif %}\n\n'
                '{% if stored("nowhere") %}{{ table("runs", "b") }}{% else %}{{ table("claims", "c") }}{% endif %}')
        found, problems = self.build(text)
        self.assertEqual(problems, [])
        self.assertEqual(re.findall(r"\*\*(.*?)\*\* (\w)", found), [("Table 1.", "a"), ("Table 2.", "c")])

    def report(self, sources, template, **asked):
        """What the program tells of a template that is a table and these lines."""
        out = io.StringIO()
        with tempfile.NamedTemporaryFile("w", suffix=".md") as file, contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(io.StringIO()), mock.patch.object(paper.Paper, "_check"), \
                mock.patch.object(paper, "Sources", lambda directory: sources), \
                mock.patch.object(paper, "TEMPLATE", pathlib.Path(file.name)):
            file.write(template)
            file.flush()
            paper.paper(**asked)
        return out.getvalue()

    def test_of_results_of_one_s_own_what_lacks_is_left_open_and_of_ours_nothing_is_built(self):
        before = paper.PAPER.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as room:
            own = pathlib.Path(room)
            told = self.report(without_hashes_and_of_two_machines(), f"# Of one's own\n\n{ANOTHER} [F01]\n",
                               results=own, html=own / "paper.html")
            self.assertIn("2 left open", told)
            self.assertIn("does not hold here", (own / "PAPER.md").read_text())
            self.assertIn("<title>Of one", (own / "paper.html").read_text())
        with self.assertRaisesRegex(Failure, r"(?s)not built: 1 .*line 2: ratio.*not measured"):
            self.report(SOURCES, '\n{{ ratio("get", "lazy/list", in="churn") }}\n')
        self.assertEqual(paper.PAPER.read_text(encoding="utf-8"), before)

    def test_figures_are_counted_as_the_documents_tables_count_them(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            seed_tables.seed_tables()
        tally = self.word('tally("figures")')
        self.assertIn(f"\n{tally};", printed.getvalue())

    def test_a_pool_that_fell_back_is_told(self):
        for name in ("ladder", "floors"):
            rows = self.paper.tables[name]().rows
            self.assertIn("`phase2` (98 % by malloc)", [row[0] for row in rows], name)
        self.assertIn("`phase2` (79 % by malloc)", [row[2] for row in self.paper.tables["gaps"]().rows])

    def test_the_page_needs_nothing_else(self):
        page = self.paper.page()
        self.assertEqual(re.findall(r'<(?:script|link|iframe)\b', page), [])
        sources = re.findall(r'<img src="([^"]*)"', page)
        self.assertEqual(len(sources), sum(kind == "figure" for kind, _ in self.paper.numbers))
        for source in sources:
            self.assertTrue(source.startswith("data:image/svg+xml"), source[:40])
        ids = re.findall(r'\bid="([^"]*)"', page)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(set(re.findall(r'href="#([^"]*)"', page)) - set(ids), set())
        self.assertIn("<title>Where leaves stand", page)

    def test_figures_are_drawn_from_the_results(self):
        drawn = self.named["figure"] - {hamt.OUT.stem}
        self.assertEqual({question.name for question in paper_figures.QUESTIONS}, drawn)
        with tempfile.TemporaryDirectory() as room, contextlib.redirect_stderr(io.StringIO()) as lost, \
                mock.patch.object(paper_figures, "QUESTIONS", (gaps_figure.EQUAL,)):
            paper_figures.draw(pathlib.Path(room))
            self.assertRegex(lost.getvalue(), "^paper-figures: gaps: .*not measured")
            (pathlib.Path(room) / "runs").symlink_to(ROOT / "results" / "runs")
            paper_figures.draw(pathlib.Path(room))
            self.assertIn(gaps_figure.EQUAL.title, (pathlib.Path(room) / "figures" / "gaps.svg").read_text())


# ---- Findings ----

class Committed(unittest.TestCase):
    def test_both_orders_are_told(self):
        """The claims about arenas name the order that they hold for, and there is one for each."""
        found = {row["id"]: row for row in read_rows(audit_findings.FINDINGS)}
        self.assertEqual((found["F08"]["pattern"], found["F08"]["claimed"]), ("shuffled", ">1"))
        self.assertEqual((found["F25"]["pattern"], found["F25"]["claimed"]), ("sequential", "<1"))
        self.assertIn("shuffled", found["F08"]["claim"])
        self.assertIn("in sequence", found["F25"]["claim"])

    def test_findings_are_rows_that_can_be_tested(self):
        findings = read_rows(audit_findings.FINDINGS)
        self.assertEqual([row["id"] for row in findings], [f"F{number:02}" for number in range(1, len(findings) + 1)])
        for row in findings:
            self.assertIn(row["test"], audit_findings.TESTS, row["id"])
            self.assertTrue(row["claim"] and row["expected"] and row["command"], row["id"])


if __name__ == "__main__":
    unittest.main()
