#!/usr/bin/env python3
"""The documents' figures and claims, and the rules by which lab.documents.seeds judges them, on a made-up
store whose answers are known."""
import contextlib
import csv
import io
import itertools
import pathlib
import re
import shlex
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools"), str(ROOT / "tests" / "lab")]
import compose  # noqa: E402
from lab import printing, store, verdicts  # noqa: E402
from lab.shape import pool  # noqa: E402
from lab.documents import tables as seed_tables, seeds  # noqa: E402
from made import Made  # noqa: E402

CLAIMS = ROOT / "results" / "audit" / "claims.csv"
LESS, MORE, OPPOSITE = (f"not reproduced: {how}" for how in ("less", "more", "opposite"))
DOCUMENTS = {"000", "001", "002", "003", "004"}


def lines_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))


def rows_of(path):
    header, *lines = lines_of(path)
    return [dict(zip(header, line)) for line in lines]


class Files(unittest.TestCase):
    def test_every_line_has_every_column(self):
        for path in (seeds.FIGURES, CLAIMS):
            lines = lines_of(path)
            self.assertEqual({len(line) for line in lines}, {len(lines[0])}, path.name)

    def test_ids_are_their_documents_and_unique(self):
        for path in (seeds.FIGURES, CLAIMS):
            rows = rows_of(path)
            self.assertEqual(len({row["id"] for row in rows}), len(rows))
            self.assertEqual({row["document"] for row in rows}, DOCUMENTS)
            for row in rows:
                self.assertTrue(row["id"].startswith(row["document"] + "."), row["id"])


class Figures(unittest.TestCase):
    figures = seeds.read_figures()

    def test_compositions_exist(self):
        for figure in self.figures:
            for name in filter(None, (figure.composition, figure.base)):
                compose.Composition(name)  # raises Nonsense

    def test_fields_hold_what_they_may(self):
        for f in self.figures:
            self.assertIn(f.kind, ("measured", "estimated", "expected"), f.id)
            self.assertIn(f.op, ("", *printing.OPS), f.id)
            self.assertIn(f.pattern, ("", *printing.PATTERNS), f.id)
            self.assertLessEqual(f.span.low, f.span.high, f.id)
            self.assertLessEqual(len(f.as_written), 40, f.id)
            self.assertTrue(f.row and f.section and f.metric and f.unit, f.id)
        units = {(f.metric, f.unit) for f in self.figures}
        self.assertEqual(len(units), len({metric for metric, _ in units}))

    def test_values_are_those_written(self):
        """Thousands and millions may be written as K and M, nothing as a word."""
        for f in self.figures:
            written = re.search(r"(\d[\d.]*)[KM]?(?:-(\d[\d.]*))?", f.as_written.replace(",", ""))
            low = float(written[1]) if written else 0.0
            high = float(written[2] or low) if written else 0.0
            self.assertTrue(any(abs(f.span.low - low * unit) <= 0.05 * f.span.low
                                and abs(f.span.high - high * unit) <= 0.05 * f.span.high
                                for unit in (1, 1e3, 1e6)), f)

    def test_ratios_say_to_what(self):
        for f in self.figures:
            if f.metric in seeds.RATIOS and f.composition:
                self.assertTrue(f.base, f.id)
                self.assertNotEqual(seeds.place(f), seeds.base_place(f), f.id)

    def test_the_plan_measures_every_place(self):
        wanted = set()
        for f in self.figures:
            measurable = f.metric in {**seeds.TIMES, **seeds.RATIOS, **seeds.COUNTS}
            if measurable and f.composition and f.scale:
                wanted.add(seeds.place(f))
            if f.metric in seeds.RATIOS and f.base and f.scale:
                wanted |= {seeds.base_place(f), seeds.place(f)._replace(composition=f.base)}
        self.assertEqual(wanted - places_of_plan(), set())


class Pools(unittest.TestCase):
    """The seeds' phases at a million entries: with their own pool, and with one that fits."""

    def test_one_is_sized_by_the_documents_rule(self):
        slots = pool.with_headroom(pool.SLOTS_PER_ENTRY * 10 ** 6)
        for name in ("phase2.5", "phase3"):
            self.assertEqual(compose.lineups()[f"{name}-1M"], (name, {"POOL_SLOTS": str(slots)}))

    def test_it_is_measured_beside_the_other(self):
        for plan in ("seeds", "suite"):
            lines = [dict(word.split("=") for word in shlex.split(line, comments=True)) for line in
                     (ROOT / "experiments" / f"{plan}.plan").read_text().splitlines()]
            phases = [name for line in lines if "1M" in line.get("SCALES", "").split(",")
                      for name in line["VARIANTS"].split(",") if name.startswith("phase")]
            small = [name for name in phases if not name.endswith("-1M")]
            self.assertTrue(small, plan)
            self.assertEqual({f"{name}-1M" for name in small}, set(phases) - set(small), plan)


def places_of_plan():
    units = {"K": 1000, "M": 1000000}
    found = set()
    for line in (ROOT / "experiments" / "seeds.plan").read_text().splitlines():
        given = dict(word.split("=") for word in shlex.split(line, comments=True))
        lists = [given.get(name, "").split(",")
                 for name in ("VARIANTS", "OPS", "PATTERNS", "SCALES")]
        found |= {seeds.Place(v, op, pattern, int(scale[:-1]) * units[scale[-1]])
                  for v, op, pattern, scale in itertools.product(*lists) if scale}
    return found


class Claims(unittest.TestCase):
    claims = rows_of(CLAIMS)

    def test_each_can_be_turned_into_a_query(self):
        for claim in self.claims:
            for column in ("section", "claim", "op", "pattern", "scale", "comparison", "expected"):
                self.assertTrue(claim[column], (claim["id"], column))
            self.assertRegex(claim["test"], r"^[a-z]+(_[a-z0-9]+)*$", claim["id"])
            for scale in claim["scale"].split():
                self.assertGreater(int(scale), 0)

    def test_compositions_exist(self):
        for claim in self.claims:
            names = claim["compositions"].split()
            self.assertEqual(bool(names), claim["document"] != "004", claim["id"])
            for name in names:
                compose.Composition(name)  # raises Nonsense

    def test_every_suspicion_of_the_audit_is_among_them(self):
        self.assertEqual({n for claim in self.claims for n in claim["suspicion"].split()},
                         set("123456789"))
        self.assertGreater(len(self.claims), 50)


class Contradictions(unittest.TestCase):
    figures = seeds.read_figures()
    groups = seeds.contradictions(figures)

    def group_of(self, name):
        return next((group for group in self.groups if name in {f.id for f in group}), [])

    def spans(self, name):
        return {seeds.comparable(f).low for f in self.group_of(name)}

    def test_insert_at_100k(self):
        self.assertLessEqual({399, 391, 147}, self.spans("000.bench.14"))
        self.assertNotIn(406, self.spans("000.bench.14"))  # of shuffled keys

    def test_query_at_100k(self):
        self.assertLessEqual({306, 305, 137}, self.spans("000.phases.08"))
        self.assertNotIn(416, self.spans("000.phases.08"))

    def test_across_documents(self):
        self.assertEqual({399, 147} & self.spans("001.bench.20"), set())
        self.assertLessEqual({445, 402}, self.spans("001.bench.20"))
        self.assertLessEqual({800, 1284}, self.spans("001.phases.03"))
        self.assertLessEqual({2, 79}, self.spans("001.learnings.01"))

    def test_figures_that_agree_are_not_among_them(self):
        figures = {f.id: f for f in self.figures}
        for one, other in (("001.bench.08", "003.impact.02"), ("000.tree.02", "000.output.03")):
            self.assertEqual(seeds.quantity(figures[one]), seeds.quantity(figures[other]))
            self.assertEqual(self.group_of(one), [])

    def test_rounding_is_no_contradiction(self):
        names = {"004.profile.13": 1, "004.causes.01": 1.14}
        found = [f for f in self.figures if f.id in names]
        self.assertEqual({f.id: f.span.low for f in found}, names)
        self.assertFalse(seeds.disagree(*found))

    def test_ratio_that_its_own_times_deny(self):
        self.assertEqual([f.id for f, _ in seeds.unfounded(self.figures)], ["000.targets.10"])

    def test_hoped_for_ratios_are_held_to_hoped_for_times(self):
        times = [figure("ns_per_op", 100), figure("ns_per_op", 50, "pool"),
                 figure("ns_per_op", 25, "pool", kind="expected")]
        def denied(**more):
            return seeds.unfounded([*times, figure("speedup", 4, "pool", base="list", **more)])
        self.assertEqual(denied(kind="expected"), [])
        self.assertEqual([implied for _, implied in denied()], [[(0.5, 0.5)]])


def figure(metric, value, composition="list", op="put", **more):
    fields = dict.fromkeys(seeds.Figure._fields, "") | {
        "id": f"x.{metric}.{value}", "table": "t", "row": "r", "kind": "measured",
        "metric": metric, "composition": composition, "op": op, "scale": 1000, "base_scale": None,
        "span": seeds.Span(value, value), "as_written": str(value)}
    return seeds.Figure(**fields | more)


class WhatTheTextsSay(unittest.TestCase):
    """Figures that stand outside of the documents' tables, and where they are held against ours."""

    def test_each_is_among_the_figures(self):
        written = {f.id: f.as_written for f in seeds.read_figures()}
        for name, text in (("000.tree.09", "Should be ~32"), ("000.tree.10", "1:1 with entries"),
                           ("000.targets.13", "Within 3-4x of C"), ("003.summary.09", "64x increase"),
                           ("002.bottlenecks.08", "6-bit chunks")):
            self.assertEqual(written[name], text)

    def test_two_widths_of_a_chunk_contradict_each_other(self):
        groups = [{f.id for f in group} for group in seeds.contradictions(seeds.read_figures())]
        self.assertIn({"002.bottlenecks.08", "002.bottlenecks.09"}, groups)

    def test_counts(self):
        tree = {"entries": 10, "leaves": 10, "children": [0] * 65,
                "pool": {"slots_capacity": 4194304}}
        self.assertEqual([seeds.COUNTS[name](tree) for name in
                          ("leaves_per_entry", "chunk_bits", "pool_growth")], [1, 6, 64])


class Verdicts(unittest.TestCase):
    def setUp(self):
        self.room = tempfile.TemporaryDirectory()
        self.addCleanup(self.room.cleanup)
        self.path = str(pathlib.Path(self.room.name) / "store.sqlite")
        self.made = Made(self.path)
        self.addCleanup(self.made.connection.close)
        self.made.add("list", "put", "sequential", 1000, [200] * 12)
        self.made.add("list", "put", "sequential", 10000, [400] * 12)
        self.made.add("pool", "put", "sequential", 1000, [100] * 12)
        self.made.add("reference", "put", "sequential", 1000, [25] * 12)
        self.made.add("reference", "insert10", "shuffled", 10000, [50] * 12)
        self.made.add("lazy", "put", "sequential", 1000, [50] * 3)

    def measured(self):
        connection = store.connect(self.path)
        self.addCleanup(connection.close)
        return seeds.Measured(store.replicates(connection, "e"))

    def judge(self, *figures):
        return seeds.compare(figures[-1], figures[:-1], self.measured())

    def judge_times(self, first, second, **more):
        return self.judge(figure("ns_per_op", first), figure("ns_per_op", second, **more)).verdict

    def test_a_time_is_judged_by_its_ratio_to_its_neighbour(self):
        self.assertEqual(self.judge_times(7, 14, scale=10000), seeds.REPRODUCED)   # 2 as ours
        self.assertEqual(self.judge_times(7, 17, scale=10000), seeds.REPRODUCED)   # 2.43
        self.assertEqual(self.judge_times(7, 18, scale=10000), LESS)  # 2.57
        self.assertEqual(self.judge_times(7, 11, scale=10000), MORE)  # 1.57
        self.assertEqual(self.judge_times(7, 3.5, composition="pool"), seeds.REPRODUCED)
        self.assertEqual(self.judge_times(7, 9, composition="pool"), OPPOSITE)

    def test_what_all_operations_take_is_a_time(self):
        comparison = self.judge(figure("milliseconds", 4), figure("milliseconds", 80, scale=10000))
        self.assertEqual(comparison.seed_ratio, (2, 2))
        self.assertEqual(comparison.verdict, seeds.REPRODUCED)
        self.assertEqual(self.judge(figure("milliseconds", 4)).ours[:4], "1.30")  # 1,000 of 1,300 ns

    def test_throughput_is_judged_as_time(self):
        comparison = self.judge(figure("mops", 4), figure("mops", 2, scale=10000))
        self.assertEqual(comparison.verdict, seeds.REPRODUCED)
        self.assertEqual(comparison.seed_ratio, (2, 2))

    def test_a_small_ratio_in_the_other_direction_is_the_opposite(self):
        self.made.add("simd", "put", "sequential", 1000, [190] * 12)  # 0.95 of list
        self.assertEqual(self.judge_times(100, 106, composition="simd"), OPPOSITE)
        self.assertEqual(self.judge_times(100, 104, composition="simd"), seeds.REPRODUCED)

    def test_a_gain_from_what_does_nothing_here_is_not_measured(self):
        for name, ns in (("phase2.6", 100), ("phase3", 90)):
            for op in ("put", "remove"):
                self.made.add(name, op, "sequential", 1000, [ns] * 12)

        def verdict(kind, **more):
            return self.judge(figure("percent_gain", 11, composition="phase3", base="phase2.6",
                                     kind=kind, **more)).verdict
        self.assertEqual(verdict("expected"), seeds.NOT_MEASURED)
        self.assertEqual(verdict("measured"), seeds.REPRODUCED)
        self.assertEqual(verdict("expected", op="remove"), seeds.REPRODUCED)

    def test_the_neighbour_differs_in_one_thing(self):
        earlier = [figure("ns_per_op", 1), figure("ns_per_op", 2, scale=10000),
                   figure("ns_per_op", 3, op="get"), figure("mops", 4)]
        def found(**more):
            return seeds.neighbour(figure("ns_per_op", 9, **more), earlier)
        self.assertIs(found(scale=50000), earlier[1])
        self.assertIs(found(scale=10000, composition="pool"), earlier[1])
        self.assertIs(found(composition="pool"), earlier[0])
        self.assertIs(found(scale=50000, op="get"), earlier[2])
        self.assertIsNone(found(scale=50000, composition="pool"))
        self.assertIsNone(found(composition=""))

    def test_the_first_has_no_neighbour(self):
        comparison = self.judge(figure("ns_per_op", 100))
        self.assertEqual((comparison.verdict, comparison.our_ratio), (seeds.NO_NEIGHBOUR, None))

    def test_what_is_not_in_the_store_is_not_measured(self):
        self.assertEqual(self.judge_times(7, 14, scale=50000), seeds.NOT_MEASURED)
        self.assertEqual(self.judge(figure("ns_per_op", 1, op="get")).verdict, seeds.NOT_MEASURED)
        self.assertEqual(self.judge(figure("samples", 4)).verdict, seeds.NOT_MEASURED)
        self.assertEqual(self.judge(figure("leaves", 10, scale=5)).verdict, seeds.NOT_MEASURED)

    def test_too_few_processes_measure_nothing(self):
        self.assertEqual(self.judge_times(4, 1, composition="lazy"), seeds.NOT_MEASURED)

    def test_a_ratio_to_libhamt_is_taken_as_the_documents_took_it(self):
        comparison = self.judge(figure("ratio_to_libhamt", 4, base="reference", base_scale=10000))
        self.assertEqual(comparison.our_ratio.median, 4)   # 200 / 50
        self.assertEqual(comparison.equal_terms.median, 8)  # 200 / 25
        self.assertEqual((comparison.verdict, comparison.equal_verdict), (seeds.REPRODUCED, MORE))

    def test_gains_are_ratios(self):
        for metric, good, bad, how in (
                ("percent_gain", 100, 20, MORE), ("speedup", 2, 1.2, MORE),
                ("time_saved_percent", 50, 20, MORE), ("percent_slower", -50, 50, OPPOSITE)):
            for value, verdict in ((good, seeds.REPRODUCED), (bad, how)):
                told = self.judge(figure(metric, value, composition="pool", base="list"))
                self.assertEqual(told.verdict, verdict, (metric, value))

    def test_one_value_of_a_range_is_enough(self):
        def verdict(low, high):
            return self.judge(figure("speedup", low, composition="pool", base="list",
                                     span=seeds.Span(low, high))).verdict
        self.assertEqual(verdict(2.4, 5), seeds.REPRODUCED)
        self.assertEqual(verdict(2.6, 5), LESS)

    def test_a_pool_that_fell_back_is_told(self):
        full = self.judge(figure("ns_per_op", 1), figure("ns_per_op", 2, scale=10000))
        self.assertEqual(full.composition, "list (75 % by malloc)")
        self.assertEqual(full.against, "1K (75 % by malloc)")

    def test_counts_are_judged_themselves(self):
        for metric, good, bad in (("inner_nodes", 20, 22), ("children_per_node", 1.45, 1.3),
                                  ("nodes_per_entry", 2, 6.87), ("pool_fallback_percent", 75, 0),
                                  ("pool_utilisation_percent", 300, 200), ("node_bytes", 32, 40),
                                  ("pool_served", 10, 30), ("slots_per_entry", 30, 33),
                                  ("mallocs_per_1000_ops", 5000, 6000), ("entries_served", 3.3, 4)):
            self.assertEqual(self.judge(figure(metric, good)).verdict, seeds.REPRODUCED, metric)
            self.assertEqual(verdicts.kind(self.judge(figure(metric, bad)).verdict),
                             seeds.NOT_REPRODUCED, metric)

    def test_two_hashes_of_one_composition_are_refused(self):
        self.made.add("list", "put", "sequential", 1000, [200] * 12, hash_name="wyhash")
        with self.assertRaises(store.StoreError):
            self.measured()

    def report(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            seed_tables.report(["--store", self.path, *arguments])
        return out.getvalue()

    def test_the_report_shows_every_table_and_counts_every_figure_once(self):
        text = self.report().replace("\n  ", " ")  # lines that go on
        figures = seeds.read_figures()
        for document, table in {(f.document, f.table) for f in figures}:
            self.assertIn(f"\n{document} {table}: ", text)
        totals = re.search(r"^(\d+) figures: (\d+) reproduced, (\d+) not reproduced,"
                           r" (\d+) undecided, (\d+) not measured, (\d+) without a neighbour;"
                           r" (\d+) contradicts",
                           text, re.M)
        count, *verdicts, contradicting = map(int, totals.groups())
        self.assertEqual((count, sum(verdicts)), (len(figures), len(figures)))
        self.assertGreater(contradicting, 0)

    def test_the_report_of_one_document(self):
        text = self.report("--document", "004")
        self.assertIn("\n004 bench: ", text)
        self.assertNotIn("\n000 bench: ", text)
        self.assertNotIn("(000.", text)  # nor where that one contradicts itself
        with self.assertRaisesRegex(seed_tables.BadSetting, "DOCUMENT=7: .* 000, 001, 002, 003, 004"):
            self.report("--document", "7")

    def test_a_figure_stands_below_what_it_is_about_and_is_explained(self):
        text = self.report("--document", "000")
        for name, meaning in seed_tables.LEGEND:
            self.assertRegex(text, rf"\n{re.escape(name)} +{re.escape(meaning.split(';')[0][:40])}")
        self.assertRegex(text, r"\nphase3 put shuffled 10K, against sequential\n"
                               r"  10K insert shuffled +4\.66M ops/sec ")

    def test_no_line_is_longer_than_the_page(self):
        for line in self.report().splitlines():
            self.assertLessEqual(len(line), 120, line)

    def test_the_newest_experiment_of_that_name_is_read(self):
        self.made.experiment("f", "other")
        self.made.connection.commit()
        self.assertIn("experiment  e (seeds), ", self.report())

    def test_a_store_without_it_is_told_in_one_line(self):
        self.made.connection.execute("UPDATE experiment SET name = 'other'")
        self.made.connection.commit()
        with self.assertRaisesRegex(store.StoreError, "called seeds$"):
            self.report()


if __name__ == "__main__":
    unittest.main()
