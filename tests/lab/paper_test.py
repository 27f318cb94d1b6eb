#!/usr/bin/env python3
"""The paper: its template and what may not be typed there, how words follow numbers, its building
from made-up results whose answers are known, and the committed text against the stored results."""
import contextlib
import io
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lab"), str(ROOT / "notebooks")]
import made_results  # noqa: E402
from lab import hamt  # noqa: E402
from lab.audit import findings as audit_findings  # noqa: E402
from lab.audit.evidence import EXPERIMENTS  # noqa: E402
from lab.audit.rules import Judged  # noqa: E402
from lab.command import Failure  # noqa: E402
from lab.paper import (build as paper, figures as paper_figures, lint, tables as paper_tables,  # noqa: E402
                       words as paper_words)
from lab.paper.sources import Sources  # noqa: E402
from lab.question import Results  # noqa: E402
from lab.results import read_rows  # noqa: E402
from lab.seeds import gaps as gaps_figure, tables as seed_tables  # noqa: E402
from lab.stats import Estimate  # noqa: E402
from lab.verdicts import DOES_NOT_HOLD, HOLDS, UNDECIDED  # noqa: E402


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
            self.assertEqual(paper_words.verdict_of(Estimate(1, low, high, 9), "faster", "slower"),
                             word)

    def test_of_a_finding(self):
        for low, high, claimed, verdict in (
                (0.2, 0.4, "<0.5", HOLDS), (0.2, 0.5, "<0.5", UNDECIDED),
                (0.4, 0.6, "<0.5", UNDECIDED),
                (0.6, 0.7, "<0.5", DOES_NOT_HOLD), (1.1, 2, ">1", HOLDS), (1, 2, ">1", UNDECIDED),
                (0.9, 1.1, "0.9..1.1", HOLDS), (0.8, 1.1, "0.9..1.1", UNDECIDED),
                (1.2, 1.3, "0.9..1.1", DOES_NOT_HOLD), (5, 5, ">0", HOLDS), (0, 0, ">0", UNDECIDED),
                (0.8, 0.99, "no gain", DOES_NOT_HOLD), (0.8, 1.0, "no gain", HOLDS),
                (1.01, 1.2, "no loss", DOES_NOT_HOLD), (0.5, 0.6, "no loss", HOLDS)):
            self.assertEqual(audit_findings.within(low, high, claimed), verdict,
                             (low, high, claimed))
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


# ---- The whole paper, from made results ----

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/><use href="#a"/></svg>'


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="hamtlab-"))
        cls.made = made_results.results(cls.room / "made")
        (cls.made / "figures").mkdir()
        text = paper.TEMPLATE.read_text(encoding="utf-8")
        cls.named = {kind: set(re.findall(rf'{{{{ {kind}\("([^"]*)"', text)) for kind in ("figure", "table")}
        for name in cls.named["figure"]:
            (cls.made / "figures" / f"{name}.svg").write_text(SVG)
        cls.sources = Sources(cls.made, cls.made)
        cls.paper = paper.Paper(cls.sources, text, cls.made)
        cls.text = cls.paper.markdown()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.room)

    def build(self, text, sources=None):
        """The paper of another template, whose own rules are not asked for."""
        with mock.patch.object(paper.Paper, "_check"):
            made = paper.Paper(sources or self.sources, text, self.made)
        return made.rendered.strip(), made.problems

    def word(self, text):
        found, problems = self.build("{{ " + text + " }}")
        self.assertEqual(problems, [], text)
        return found

    def test_nothing_is_missing_and_everything_holds(self):
        self.assertEqual(self.paper.problems, [])
        self.assertNotIn("{{", self.text)
        self.assertNotIn(paper.OPEN, self.text)

    def test_the_same_results_give_the_same_text(self):
        again = paper.Paper(self.sources, self.paper.text, self.made)
        self.assertEqual(again.markdown(), self.text)

    def test_figures_are_those_of_the_results(self):
        def ns(variant, block, op="get", alloc="glibc"):
            return made_results.time_of(variant, op, 100000, "xxh3", alloc, "shuffled", block)
        ratios = sorted(ns("lazy", block) / ns("list", block) for block in range(6))
        middle = (ratios[2] + ratios[3]) / 2
        told = f"{middle:.2f} [{ratios[0]:.2f} {ratios[5]:.2f}]"
        self.assertEqual(self.word('ratio("get", "lazy/list", in="fixes")'), told)
        self.assertEqual(self.word('compare("get", "lazy/list", in="fixes")'), f"faster, {told}")
        self.assertIn("slower, ", self.word('compare("get", "list/lazy", in="fixes")'))
        self.assertIn(paper_words.NOT_APART, self.word('compare("get", "exact/list", in="fixes")'))
        self.assertRegex(self.word('time("put", "list")'), r"^\d+ \[\d+ \d+\] ns$")
        alloc = [ns("outline", block, "put", "mimalloc") / ns("outline", block, "put")
                 for block in range(6)]
        self.assertIn(f"[{min(alloc):.2f} {max(alloc):.2f}]",
                      self.word('ratio("put", "outline", alloc="mimalloc/glibc", in="allocators")'))
        self.assertEqual(self.word('bytes("lazy/list")'), "0.17")
        self.assertEqual(self.word('resident("list")'), "600")

    def test_counts_are_those_of_the_results(self):
        tree = json.loads(made_results.tree_of("list", 100000))
        self.assertEqual(self.word('nodes("list")'), f"{tree['inner_nodes']:,}")
        self.assertEqual(self.word('model("list")'), "686,996")
        self.assertEqual(self.word('off("list")'), "0 %")
        self.assertEqual(self.word('nodes("list/lazy")'), "35.6")
        self.assertEqual(self.word('count("instructions", "get", "arena/list")'), "1.00")
        self.assertEqual(self.word('share("memory", "put", "outline")'), "14 %")
        self.assertEqual(self.word('tree("pool_fallback_percent", "phase2", pattern="sequential")'), "97.8")

    def test_analyses_are_those_of_the_results(self):
        low, high = map(float, re.search(r"\[(.*)\]", self.word('effect("get", "lazy", scale="100K")'))[1].split())
        self.assertTrue(low <= 0.25 <= high)
        self.assertTrue(self.word('order("100K")').startswith("`lazy`, "))
        self.assertIn("faster, ", self.word('slab("best/phase9-on", compare=1)'))
        self.assertEqual(self.word('kernel("best")'), "30.0 [30.0 30.0] %")
        self.assertEqual(self.word('said("000.tree.02")'), "687,212")
        self.assertEqual(self.word('verdict("000.c07")'), DOES_NOT_HOLD)
        self.assertEqual(self.word('claimed("000.c28")'),
                         "0.38 by the phase table; the benchmark table has 1.02")

    def test_origins_are_those_of_the_results(self):
        self.assertEqual(self.word('processes("fixes")'), "6")
        self.assertEqual(self.word('took("fixes")'), "10 minutes")
        self.assertEqual(self.word('took("all")'), f"{10 * len(EXPERIMENTS)} minutes")
        self.assertEqual(self.word('machine("cpu")'), "made up")
        self.assertEqual(self.word('machine("caches")'), "L1 data 32 KiB")
        self.assertEqual(self.word('commits()'), "`cccccccccccc`")
        self.assertEqual(self.word('compilers()'), "cc 1 `-O3`")

    def test_every_word_and_table_is_used_or_told(self):
        """A word that no template uses is one that no test builds."""
        used = set(re.findall(r"\{\{ (\w+)\(", self.paper.text))
        spare = {"resident", "suspicion", "finding", "processes", "best"}
        self.assertEqual(set(paper_words.WORDS) - used, spare)
        for text in ('suspicion("1")', 'finding("F04")', 'best("100K")'):
            self.assertTrue(self.word(text))
        self.assertEqual(set(paper_tables.TABLES), self.named["table"])

    def test_tables_and_figures_are_numbered_and_can_be_named(self):
        text, _ = self.build('{{ see("table", "runs") }}: {{ table("claims", "One") }}\n\n'
                             '{{ table("runs", "Two") }}\n\n'
                             '{{ figure("hamt", "Drawn") }}\n\n{{ command("make x", plan="fixes") }}')
        self.assertTrue(text.startswith("Table 2: **Table 1.** One\n\n| document |"))
        self.assertRegex(text, r"!\[Drawn\]\(\S*notebooks/paper/hamt.svg\)\n\n"
                               r"\*\*Figure 1.\*\* Drawn")
        self.assertIn("`make PLAN=experiments/fixes.plan experiment`*, 10 minutes and 6"
                      " processes a cell", text)

    def test_a_template_that_is_wrong_is_not_built(self):
        good = self.paper.text
        for text, message in (
                (good + '\n{{ speed("get") }}', r"line \d+: speed: no word"),
                (good + "\n[F99]", r"line \d+: .* no F99"),
                (good.replace("@binna2018", ""), "binna2018 is never cited"),
                (good + '\n{{ table("runz", "a") }}', r"line \d+: no table runz"),
                (good + "\n[@nobody1999]", "no reference nobody1999"),
                (good + '\n{{ see("table", "claimz") }}', r"line \d+: .*nothing of that name"),
                (good + '\n{{ table("runs", "a") }}', r"line \d+: table runs stands twice"),
                (good + "\n{{ a", r"line \d+: "),
                (good + "\nIt takes 12 ns.", r"line \d+: '12 ns' is typed by hand")):
            with self.assertRaisesRegex(paper.TemplateError, message):
                paper.Paper(self.sources, text, self.made)
        for text, message in (('{{ ratio("get") }}', "line 1: ratio: missing"),
                              ('\n{{ ratio("get", "lazy", scale="huge") }}', "line 2"),
                              ('{{ verdict("000.c99") }}', "has no claim 000.c99"), ('{{ said("9") }}', "has no 9"),
                              ('{{ machine("colour") }}', "of a machine colour: one of: cpu"),
                              ('{{ ratio("get", "lazy", color="red") }}', "no such option: color")):
            with self.assertRaisesRegex(paper.TemplateError, message):
                self.build(text)

    def test_what_was_not_measured_and_what_does_not_hold_is_told_with_its_line(self):
        """From results without one experiment and with another machine's in another's place."""
        other = self.room / "other"
        shutil.copytree(self.made, other)
        shutil.rmtree(other / "runs" / "hashes")
        for name in ("experiment.csv", "machine.csv"):
            path = other / "runs" / "suite" / name
            path.write_text(path.read_text().replace("m1", "m2"))
        made_results.made_store.seal(other / "runs" / "suite")
        sources = Sources(other, other)
        text, problems = self.build(
            'a [F01]\n\n{{ ratio("get", "lazy", hash="identity/xxh3", in="hashes") }}\n\n'
            '{{ ratio("get", "lazy/list") }} [F04]', sources)
        self.assertEqual([line for line, _ in problems], [1, 3])
        self.assertIn("[F01] does not hold: 2 machines", problems[0][1])
        self.assertIn("not measured: get lazy shuffled 100000 identity", problems[1][1])
        self.assertIn("[[F01](#f01): does not hold here]", text)
        self.assertIn(f"\n\n{paper.OPEN}\n\n", text)
        self.assertRegex(text, r"0\.\d\d \[.*\] \[\[F04\]\(#f04\)\]$")
        self.assertFalse((other / "PAPER.md").exists())
        self.assertIn("left open", self.report(other))
        self.assertIn("does not hold here", (other / "PAPER.md").read_text())
        self.assertIn("</html>", (self.room / "paper.html").read_text())

    def report(self, results, **asked):
        """What the program tells, with the made counts."""
        out = io.StringIO()
        with mock.patch.object(paper, "Sources", lambda directory: Sources(directory, results)), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            paper.paper(results, html=self.room / "paper.html", **asked)
        return out.getvalue()

    def test_a_pool_that_fell_back_is_told(self):
        for name in ("ladder", "floors"):
            rows = paper_tables.TABLES[name](self.paper.sources).rows
            self.assertIn("`phase2` (98 % by malloc)", [row[0] for row in rows], name)
        rows = paper_tables.TABLES["gaps"](self.paper.sources).rows
        self.assertIn("`phase2` (78 % by malloc)", [row[2] for row in rows])

    def test_the_page_needs_nothing_else(self):
        page = self.paper.page()
        self.assertEqual(re.findall(r'<(?:script|link|iframe)\b', page), [])
        sources = re.findall(r'<img src="([^"]*)"', page)
        self.assertEqual(len(sources), len(self.named["figure"]))
        for source in sources:
            self.assertTrue(source.startswith("data:image/svg+xml"), source[:40])
        ids = re.findall(r'\bid="([^"]*)"', page)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(set(re.findall(r'href="#([^"]*)"', page)) - set(ids), set())
        self.assertIn("<title>Where leaves stand", page)

    def test_figures_are_drawn_from_the_results(self):
        drawn = self.named["figure"] - {hamt.OUT.stem}
        self.assertEqual({question.name for question in paper_figures.QUESTIONS}, drawn)
        with mock.patch.object(paper_figures, "QUESTIONS", (gaps_figure.EQUAL,)):
            for results, told in ((self.made, "^$"), (self.room, "^paper-figures: gaps: .*not measured")):
                with contextlib.redirect_stderr(io.StringIO()) as lost:
                    paper_figures.draw(results)
                self.assertRegex(lost.getvalue(), told)
        svg = (self.made / "figures" / "gaps.svg").read_text()
        self.assertIn(gaps_figure.EQUAL.title, svg)
        lines = list(gaps_figure.EQUAL.tell(gaps_figure.EQUAL.read(Results(self.made))))
        self.assertIn("000: put 100K sequential, phase3, over 10K: 7.10 in the document, ours",
                      "\n".join(lines))


# ---- What is committed ----

class Committed(unittest.TestCase):
    def test_the_paper_is_what_the_stored_results_give(self):
        built = paper.Paper(Sources(), paper.TEMPLATE.read_text(encoding="utf-8"), ROOT)
        text = built.markdown()
        if not paper.PAPER.exists():  # it is written once all its evidence is stored
            self.assertTrue(built.problems, "all is there: make paper")
            return
        if built.problems:
            self.fail(f"make paper: {len(built.problems)} figures or findings are missing or do not"
                      f" hold:\n{paper.complaint(built.problems[:3])}")
        stored = paper.PAPER.read_text(encoding="utf-8").splitlines()
        for number, lines in enumerate(itertools.zip_longest(stored, text.splitlines()), 1):
            self.assertEqual(*lines, f"PAPER.md, line {number}: make paper")

    def test_what_was_not_measured_is_not_built(self):
        text = paper.TEMPLATE.read_text(encoding="utf-8")
        before = paper.PAPER.read_text(encoding="utf-8")
        with tempfile.NamedTemporaryFile("w", suffix=".md") as template:
            template.write(text + '\n{{ ratio("get", "lazy/list", in="churn") }}\n')
            template.flush()
            line = text.count("\n") + 2
            with mock.patch.object(paper, "TEMPLATE", pathlib.Path(template.name)), \
                    self.assertRaisesRegex(Failure, rf"(?s)not built: 1 .*line {line}: ratio.*not measured"):
                paper.paper()
        self.assertEqual(paper.PAPER.read_text(encoding="utf-8"), before)

    def test_both_orders_are_told(self):
        """The claims about arenas name the order that they hold for, and there is one for each."""
        found = {row["id"]: row for row in read_rows(audit_findings.FINDINGS)}
        self.assertEqual((found["F08"]["pattern"], found["F08"]["claimed"]), ("shuffled", ">1"))
        self.assertEqual((found["F25"]["pattern"], found["F25"]["claimed"]), ("sequential", "<1"))
        self.assertIn("shuffled", found["F08"]["claim"])
        self.assertIn("in sequence", found["F25"]["claim"])

    def test_figures_are_counted_as_the_documents_tables_count_them(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            seed_tables.seed_tables()
        self.assertIn(f"\n{paper_words.WORDS['tally'](Sources(), 'figures')};",
                      printed.getvalue())

    def test_findings_are_rows_that_can_be_tested(self):
        findings = read_rows(audit_findings.FINDINGS)
        self.assertEqual([row["id"] for row in findings],
                         [f"F{number:02}" for number in range(1, len(findings) + 1)])
        for row in findings:
            self.assertIn(row["test"], audit_findings.TESTS, row["id"])
            self.assertTrue(row["claim"] and row["expected"] and row["command"], row["id"])


if __name__ == "__main__":
    unittest.main()
