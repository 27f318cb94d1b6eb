#!/usr/bin/env python3
"""The documents' figures and how they contradict each other; how each is held against ours, on made runs with known
answers; their tables, and the figure of the gap."""
import itertools
import re
import unittest

from paths import ROOT, room, shown
import compose
from drawn import answer, figure_of, rings
from lab import printing, tree_figures, verdicts
from lab.audit.report import write_rows
from lab.command import BadSetting, Failure
from lab.counts import stored
from lab.results import NotMeasured, read_rows
from lab.seeds import comparison, elsewhere, figures as seeds, gaps, tables
from lab.settings import read_scale
from lab.shape import pool
from lab.verdicts import NOT_MEASURED, NOT_REPRODUCED, REPRODUCED, UNDECIDED, Span
from made_store import Made
from made_evidence import at, processes, runs
from made_runs import grids

CLAIMS = ROOT / "results" / "audit" / "claims.csv"
LESS, MORE, OPPOSITE = (f"not reproduced: {how}" for how in ("less", "more", "opposite"))
ALL = seeds.read_figures()
BY_ID = {figure.id: figure for figure in ALL}
TREE = Made.TREE
SERVED = TREE | {"pool": TREE["pool"] | {"fallbacks": 0}}


def figure(metric, value, composition="list", op="put", **more):
    fields = dict.fromkeys(seeds.Figure._fields, "") | {
        "id": f"x.{metric}.{value}", "table": "t", "row": "r", "kind": "measured", "metric": metric,
        "composition": composition, "op": op, "scale": 1000, "base_scale": None, "span": Span(value, value),
        "as_written": str(value)}
    return seeds.Figure(**fields | more)


class Files(unittest.TestCase):
    def test_ids_are_their_documents_and_unique(self):
        for path in (seeds.STORED, CLAIMS):
            rows = read_rows(path)
            self.assertEqual(len({row["id"] for row in rows}), len(rows))
            self.assertEqual({row["document"] for row in rows}, {"000", "001", "002", "003", "004"})
            for row in rows:
                self.assertTrue(row["id"].startswith(row["document"] + "."), row["id"])
                self.assertNotIn(None, [*row, *row.values()])  # every line has every column

    def test_fields_hold_what_they_may(self):
        for f in ALL:
            self.assertIn(f.kind, ("measured", "estimated", "expected"), f.id)
            self.assertIn(f.op, ("", *printing.OPS), f.id)
            self.assertIn(f.pattern, ("", *printing.PATTERNS), f.id)
            self.assertTrue(f.row and f.section and f.metric and f.unit and len(f.as_written) <= 40, f.id)
            if f.metric in seeds.RATIOS and f.composition:
                self.assertTrue(f.base and seeds.place(f) != seeds.base_place(f), f.id)
        for name in {name for f in ALL for name in (f.composition, f.base) if name}:
            compose.Composition(name)  # raises Nonsense
        units = {(f.metric, f.unit) for f in ALL}
        self.assertEqual(len(units), len({metric for metric, _ in units}))

    def test_values_are_those_written(self):
        """Thousands and millions may be written as K and M, nothing as a word."""
        for f in ALL:
            written = re.search(r"(\d[\d.]*)[KM]?(?:-(\d[\d.]*))?", f.as_written.replace(",", ""))
            low, high = (float(written[1]), float(written[2] or written[1])) if written else (0.0, 0.0)
            self.assertTrue(any(abs(f.span.low - low * unit) <= 0.05 * f.span.low
                                and abs(f.span.high - high * unit) <= 0.05 * f.span.high for unit in (1, 1e3, 1e6)), f)

    def test_what_the_texts_say_is_among_them(self):
        for name, text in (("000.tree.09", "Should be ~32"), ("000.tree.10", "1:1 with entries"),
                           ("000.targets.13", "Within 3-4x of C"), ("003.summary.09", "64x increase"),
                           ("002.bottlenecks.08", "6-bit chunks")):
            self.assertEqual(BY_ID[name].as_written, text)

    def test_the_plan_measures_every_place(self):
        wanted = set()
        for f in ALL:
            if f.metric in {**seeds.TIMES, **seeds.RATIOS, **seeds.COUNTS} and f.composition and f.scale:
                wanted.add(seeds.place(f))
            if f.metric in seeds.RATIOS and f.base and f.scale:
                wanted |= {seeds.base_place(f), seeds.place(f)._replace(composition=f.base)}
        planned = {seeds.Place(*place, read_scale(scale)) for grid in grids("seeds") for *place, scale in
                   itertools.product(*(grid[name] for name in ("VARIANTS", "OPS", "PATTERNS", "SCALES")))}
        self.assertEqual(wanted - planned, set())

    def test_what_settles_a_figure_is_there(self):
        claims = {row["id"] for row in read_rows(CLAIMS)}
        for f in ALL:
            word, _, what = f.settled.partition(" ")
            self.assertIn(word, ("", "claim", "put", "get", "arrays", "setting"), f.id)
            self.assertTrue(word != "claim" or what in claims, f.id)


class Pools(unittest.TestCase):
    """The seeds' phases at a million entries: with their own pool, and with one that fits."""

    def test_one_is_sized_by_the_documents_rule_and_measured_beside_the_other(self):
        slots = pool.with_headroom(pool.SLOTS_PER_ENTRY * 10 ** 6)
        for name in ("phase2.5", "phase3"):
            self.assertEqual(compose.lineups()[f"{name}-1M"], (name, {"POOL_SLOTS": str(slots)}))
        for plan in ("seeds", "suite"):
            phases = [name for grid in grids(plan) if "1M" in grid["SCALES"]
                      for name in grid["VARIANTS"] if name.startswith("phase")]
            small = [name for name in phases if not name.endswith("-1M")]
            self.assertTrue(small, plan)
            self.assertEqual({f"{name}-1M" for name in small}, set(phases) - set(small), plan)


class Contradictions(unittest.TestCase):
    groups = [{f.id: f for f in group} for group in seeds.contradictions(ALL)]

    def group_of(self, name):
        return next((group for group in self.groups if name in group), {})

    def test_those_that_there_are(self):
        for name, within, without in (
                ("000.bench.14", {399, 391, 147}, {406}), ("000.phases.08", {306, 305, 137}, {416}),  # of shuffled keys
                ("001.bench.20", {445, 402}, {399, 147}), ("001.phases.03", {800, 1284}, set()),
                ("001.learnings.01", {2, 79}, set())):
            found = {seeds.comparable(f).low for f in self.group_of(name).values()}
            self.assertLessEqual(within, found, name)
            self.assertFalse(without & found, name)
        self.assertIn("002.bottlenecks.09", self.group_of("002.bottlenecks.08"))  # two widths of a chunk

    def test_figures_that_agree_are_not_among_them(self):
        for one, other in (("001.bench.08", "003.impact.02"), ("000.tree.02", "000.output.03")):
            self.assertEqual(seeds.quantity(BY_ID[one]), seeds.quantity(BY_ID[other]))
            self.assertEqual(self.group_of(one), {})
        self.assertFalse(seeds.disagree(BY_ID["004.profile.13"], BY_ID["004.causes.01"]))  # 1 % and 1.14 %

    def test_ratio_that_its_own_times_deny(self):
        self.assertEqual([f.id for f, _ in seeds.unfounded(ALL)], ["000.targets.10"])
        times = [figure("ns_per_op", 100), figure("ns_per_op", 50, "pool"),
                 figure("ns_per_op", 25, "pool", kind="expected")]

        def denied(**more):
            ratio = figure("speedup", 4, "pool", base="list", **more)
            return [implied for _, implied in seeds.unfounded([*times, ratio])]
        self.assertEqual((denied(kind="expected"), denied()), ([], [[(0.5, 0.5)]]))


class Comparisons(unittest.TestCase):
    table = {at("list"): processes(200, tree=TREE), at("list", scale=10000): processes(400, seed=1, tree=TREE),
             at("pool"): processes(100, seed=2, tree=TREE), at("reference"): processes(25, seed=3, tree=TREE),
             at("reference", "insert10", "shuffled", 10000): processes(50, seed=4, tree=TREE),
             at("lazy"): processes(50, 3), at("simd"): processes(190, seed=5),
             **{at(name, op): ns for name, ns in (("phase2.6", 100), ("phase3", 90)) for op in ("put", "remove")}}
    measured = comparison.Measured(runs(table))

    def judge(self, *given):
        return comparison.compare(given[-1], given[:-1], self.measured)

    def judge_times(self, first, second, **more):
        return self.judge(figure("ns_per_op", first), figure("ns_per_op", second, **more)).verdict

    def test_a_time_is_judged_by_its_ratio_to_its_neighbour(self):
        for first, second, more, verdict in (
                (7, 14, {"scale": 10000}, REPRODUCED), (7, 17, {"scale": 10000}, REPRODUCED),  # ours is 2
                (7, 18, {"scale": 10000}, LESS), (7, 11, {"scale": 10000}, MORE),
                (7, 3.5, {"composition": "pool"}, REPRODUCED), (7, 9, {"composition": "pool"}, OPPOSITE),
                (7, 14, {"scale": 50000}, NOT_MEASURED),
                (100, 104, {"composition": "simd"}, REPRODUCED),
                (100, 106, {"composition": "simd"}, OPPOSITE), (4, 1, {"composition": "lazy"}, NOT_MEASURED)):
            self.assertEqual(self.judge_times(first, second, **more), verdict, (first, second, more))
        first = self.judge(figure("ns_per_op", 100))
        self.assertEqual((first.verdict, first.our_ratio), (seeds.NO_NEIGHBOUR, None))

    def test_other_units_are_times(self):
        for metric, first, second, ours in (("mops", 4, 2, "5.0"), ("milliseconds", 4, 80, "0.20")):
            found = self.judge(figure(metric, first), figure(metric, second, scale=10000))
            self.assertEqual((found.seed_ratio, found.verdict), ((2, 2), REPRODUCED))
            self.assertIn(ours, self.judge(figure(metric, first)).ours)

    def test_a_gain_from_what_does_nothing_here_is_not_measured(self):
        def verdict(kind, **more):
            return self.judge(figure("percent_gain", 11, "phase3", base="phase2.6", kind=kind, **more)).verdict
        self.assertEqual([verdict("expected"), verdict("measured"), verdict("expected", op="remove")],
                         [NOT_MEASURED, REPRODUCED, REPRODUCED])

    def test_the_neighbour_differs_in_one_thing(self):
        earlier = [figure("ns_per_op", 1), figure("ns_per_op", 2, scale=10000), figure("ns_per_op", 3, op="get"),
                   figure("mops", 4)]
        for more, place in (({"scale": 50000}, 1), ({"scale": 10000, "composition": "pool"}, 1),
                            ({"composition": "pool"}, 0), ({"scale": 50000, "op": "get"}, 2)):
            self.assertIs(seeds.neighbour(figure("ns_per_op", 9, **more), earlier), earlier[place])
        self.assertIsNone(seeds.neighbour(figure("ns_per_op", 9, "pool", scale=50000), earlier))
        self.assertIsNone(seeds.neighbour(figure("ns_per_op", 9, ""), earlier))

    def test_a_ratio_to_libhamt_is_taken_as_the_documents_took_it(self):
        found = self.judge(figure("ratio_to_libhamt", 4, base="reference", base_scale=10000))
        self.assertAlmostEqual(found.our_ratio.median, 200 / 50, delta=0.05)
        self.assertAlmostEqual(found.equal_terms.median, 200 / 25, delta=0.1)
        self.assertEqual(found.told, f"{REPRODUCED}; on equal terms {MORE}")

    def test_gains_are_ratios(self):
        for metric, good, bad, how in (("percent_gain", 100, 20, MORE), ("speedup", 2, 1.2, MORE),
                                       ("time_saved_percent", 50, 20, MORE), ("percent_slower", -50, 50, OPPOSITE)):
            for value, verdict in ((good, REPRODUCED), (bad, how)):
                found = self.judge(figure(metric, value, "pool", base="list"))
                self.assertEqual(found.verdict, verdict, (metric, value))
        for low, verdict in ((2.4, REPRODUCED), (2.6, LESS)):  # one value of a range is enough
            found = self.judge(figure("speedup", low, "pool", base="list", span=Span(low, 5)))
            self.assertEqual(found.verdict, verdict)

    def test_counts_are_judged_themselves(self):
        for metric, good, bad in (
                ("inner_nodes", 20, 22), ("children_per_node", 1.45, 1.3), ("nodes_per_entry", 2, 6.87),
                ("pool_fallback_percent", 75, 0), ("pool_utilisation_percent", 300, 200), ("node_bytes", 32, 40),
                ("pool_served", 10, 30), ("slots_per_entry", 30, 33), ("mallocs_per_1000_ops", 5000, 6000),
                ("entries_served", 3.3, 4), ("chunk_bits", 6, 5), ("leaves_per_entry", 1, 2)):
            self.assertEqual(self.judge(figure(metric, good)).verdict, REPRODUCED, metric)
            self.assertEqual(verdicts.kind(self.judge(figure(metric, bad)).verdict), NOT_REPRODUCED, metric)
        for nothing in (figure("samples", 4), figure("leaves", 10, scale=5)):
            self.assertEqual(self.judge(nothing).verdict, NOT_MEASURED)
        self.assertIsNone(tree_figures.figure("pool_fallback_percent", {"pool": {"allocations": 0, "fallbacks": 0}}))

    def test_a_pool_that_fell_back_is_told(self):
        full = self.judge(figure("ns_per_op", 1), figure("ns_per_op", 2, scale=10000))
        self.assertEqual((full.composition, full.against), ("list (75 % by malloc)", "1K (75 % by malloc)"))

    def test_two_hashes_of_one_composition_are_refused(self):
        with self.assertRaisesRegex(Failure, "several hashes"):
            comparison.Measured(runs({at("list"): 1, at("list", hash="wyhash"): 1}))

    def test_what_is_settled_elsewhere_goes_before_and_what_was_measured_later_after(self):
        given = [figure("ns_per_op", 1, op="get"), figure("ns_per_op", 2)]
        later = comparison.Measured(runs({at("list", "get"): 5}))
        settled = {"x.ns_per_op.2": seeds.Comparison(given[1], "v", "40")}
        (_, found), = comparison.compare_all(given, self.measured, settled, later)
        self.assertEqual([(one.ours[:2], one.verdict) for one in found], [("5.", seeds.NO_NEIGHBOUR), ("40", "v")])


class Elsewhere(unittest.TestCase):
    def setUp(self):
        self.results = room(self)

    def settled(self):
        return elsewhere.settled(ALL, self.results, self.results)

    def counted(self, *rows):
        """Rows of (composition, op, category, function, instructions)."""
        write_rows(self.results / "counts" / "attribution.csv", stored.COLUMNS["attribution"], [
            [composition, op, "shuffled", 100000, category, "f", function, cost, 0, 0]
            for composition, op, category, function, cost in rows])
        return self.settled()

    def test_nothing_is_settled_by_nothing_but_a_setting(self):
        self.assertEqual({name: told.verdict for name, told in self.settled().items()},
                         {"003.advice.03": seeds.NO_NEIGHBOUR})

    def test_a_profile_by_function_settles_libhamts(self):
        found = self.counted(*(("reference", *row) for row in (
            ("put", "walking", "search", 3), ("put", "walking", "search_from", 4), ("put", "memory", "tables_free", 9),
            ("put", "copying", "__memcpy_avx", 6), ("put", "walking", "x", 978), ("get", "walking", "hamt_get", 1),
            ("get", "walking", "y", 1))))
        for name, verdict in (("09", REPRODUCED), ("10", REPRODUCED), ("05", REPRODUCED), ("19", REPRODUCED),
                              ("12", MORE), ("14", LESS), ("04", LESS)):  # 3 of 439 samples: 0.68 %
            self.assertEqual(found[f"002.profile.{name}"].verdict, verdict, name)
        self.assertEqual(found["002.profile.10"].ours, "0.7 % of instr., 0.7 % of cycles of a put")
        self.assertFalse({"002.profile.01", "002.profile.07"} & set(found))

    def test_a_bump_is_a_share_of_an_insert(self):
        """2 of 402 ns, and 7 arrays an insert: 3.5 % of it are as much."""
        for cost, verdict in ((35, REPRODUCED), (10, LESS), (90, MORE)):
            found = self.counted(("phase2.5", "put", "memory", "pool_alloc", cost),
                                 ("phase2.5", "put", "walking", "x", 1000 - cost))
            self.assertEqual(found["003.evidence.11"].verdict, verdict)

    def test_a_profile_settles_shares(self):
        found = self.counted(("outline", "put", "memory", "g", 55), ("outline", "put", "walking", "g", 45))
        self.assertEqual(found["002.shares.05"][1:3], (REPRODUCED, "55 % of instr., 55 % of cycles"))
        found = self.counted(("outline", "put", "memory", "g", 10), ("outline", "put", "walking", "g", 90))
        self.assertEqual((found["002.shares.05"].verdict, found["002.shares.07"].verdict), (LESS, NOT_MEASURED))

    def test_the_audit_settles_differences(self):
        for claim, verdict in (("holds", REPRODUCED), ("does not hold", NOT_REPRODUCED), ("undecided", UNDECIDED)):
            write_rows(self.results / "audit" / "outcomes.csv", ["id", "measured", "verdict", "how"],
                       [["003.c14", "40 [30 50] ns", claim, ""]])
            self.assertEqual(self.settled()["003.evidence.10"][1:3], (verdict, "40 [30 50] ns"))


class Tables(unittest.TestCase):
    """Of the stored results."""

    def printed(self, **more):
        return shown(tables.seed_tables, **more)

    def test_every_table_is_shown_and_every_figure_counted_once(self):
        text = self.printed()
        self.assertLessEqual(max(map(len, text.splitlines())), printing.WIDTH)
        text = text.replace("\n  ", " ")  # lines that go on
        for document, table in {(f.document, f.table) for f in ALL}:
            self.assertIn(f"\n{document} {table}: ", text)
        totals = re.search(r"^(\d+) figures: (\d+) reproduced, (\d+) not reproduced, (\d+) undecided,"
                           r" (\d+) not measured, (\d+) without a neighbour; (\d+) contradicts", text, re.M)
        count, *by_verdict, contradicting = map(int, totals.groups())
        self.assertEqual((count, sum(by_verdict)), (len(ALL), len(ALL)))
        self.assertGreater(contradicting, 0)

    def test_of_one_document(self):
        text = self.printed(document="000")
        self.assertRegex(text, r"\nphase3 put shuffled 10K, against sequential\n  10K insert +4\.66M ops/sec ")
        for name, meaning in tables.LEGEND:
            self.assertRegex(text, rf"\n{re.escape(name)} +{re.escape(meaning.split(';')[0][:40])}")
        self.assertNotIn("(004.", text)  # nor where that one contradicts itself
        with self.assertRaisesRegex(BadSetting, "DOCUMENT=7: .* 000, 001, 002, 003, 004"):
            self.printed(document="7")


class Gaps(unittest.TestCase):
    times = {"outline": 100.0, "phase2": 60.0, "phase2.5": 40.0, "phase3": 30.0, "reference": 10.0}

    def rows(self, variants=tuple(times)):
        places = itertools.product(variants, ("put", "get", "insert10"), ("sequential", "shuffled"),
                                   (1000, 10000, 50000, 100000))
        return gaps.rows_of(runs({at(name, *where): processes(
            self.times[name], tree=TREE if name == "phase2" else SERVED) for name, *where in places}))

    def test_what_a_document_says_twice_is_one_row(self):
        rows = self.rows()
        labels = [row.label for row in rows]
        self.assertEqual(len(set(labels)), len(labels))
        self.assertEqual(sum(len(row.theirs) for row in rows), sum(
            f.metric == "ratio_to_libhamt" and f.kind == "measured" and bool(f.scale and f.composition) for f in ALL))
        twice = rows[labels.index("003: put 10K sequential, phase2.5")]
        self.assertEqual(([span.low for span in twice.theirs], twice.equal.median), ([3.9, 4.0], 4))

    def test_every_point_is_seen(self):
        """None is cut by the edge, none lies below the legend; full pools are ringed."""
        rows = self.rows()
        points, told = answer(gaps.EQUAL, rows)
        panel, = points.values()
        self.assertEqual((len(panel["o", True]), len(panel["s", True])), (len(rows), len(rows)))
        with figure_of(gaps.EQUAL, rows) as drawn:
            marked, = rings(drawn).values()
        self.assertEqual(len(marked), 2 * sum("phase2" == row.label.split(", ")[1] for row in rows))
        self.assertIn("003: put 10K sequential, phase2 75 %", told[-1])

    def test_without_the_reference_there_is_no_gap(self):
        with self.assertRaisesRegex(NotMeasured, "ratio to the reference"):
            self.rows(("outline", "phase3"))


if __name__ == "__main__":
    unittest.main()
