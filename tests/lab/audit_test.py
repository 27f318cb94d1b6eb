#!/usr/bin/env python3
"""The audit: its rules, each of its tests on made evidence with known answers, its suspicions, and that the stored
outcomes are those of the stored results."""
import contextlib
import io
import itertools
import pathlib
import re
import unittest
from unittest import mock

from paths import ROOT, room, shown
import compose
import made_counts
from lab import cell, command
from lab.audit import cells, counts, evidence as audit_evidence, report, rules, suspicions, times, trees
from lab.audit.evidence import Evidence, Place, Shape, in_order
from lab.audit.rules import Judged, Outcome
from lab.results import NotMeasured, read_rows
from lab.settings import read_scale
from lab.store import StoreError
from lab.verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED
from made_evidence import BLOCKS, at, claim, made, processes, tree_of
from made_runs import grids

CLAIMS = read_rows(report.CLAIMS)


class Rules(unittest.TestCase):
    def judged(self, claimed, low, high, count=BLOCKS, none=1.0):
        """The verdict on values spread evenly from low to high."""
        return rules.judge(claimed, [low + i * (high - low) / (count - 1) for i in range(count)], none)

    def test_readings(self):
        self.assertEqual(rules.readings("1.5..2 or 3"), [(1.5, 2), (3, 3)])
        self.assertEqual(rules.readings(">1 or <0.5"), [(1, float("inf")), (-float("inf"), 0.5)])
        for nonsense in ("", "1.5-2", "about 2", "> 1"):
            with self.assertRaises(ValueError):
                rules.readings(nonsense)

    def test_verdicts(self):
        for claimed, low, high, verdict, how in [
                ("2", 1.7, 1.9, HOLDS, ""), ("2", 2.6, 2.9, DOES_NOT_HOLD, "more"), ("2", 0.5, 2.5, UNDECIDED, ""),
                ("2", 1.1, 1.5, DOES_NOT_HOLD, "less"), ("2", 0.8, 0.9, DOES_NOT_HOLD, "opposite"),
                ("1.5..2 or 4", 4.1, 4.2, HOLDS, ""), ("1.2 or 4", 0.5, 1.6, UNDECIDED, ""),
                ("1", 0.9, 1.1, HOLDS, ""), ("1", 1.4, 1.6, DOES_NOT_HOLD, "more"), ("1", 0.6, 1.2, UNDECIDED, ""),
                ("differs", 1.4, 1.6, HOLDS, ""), ("differs", 0.9, 1.1, DOES_NOT_HOLD, ""),
                (">1", 1.01, 1.1, HOLDS, ""), (">1", 0.8, 0.9, DOES_NOT_HOLD, "opposite"),
                (">1", 0.9, 1.1, UNDECIDED, ""), ("<1", 0.9, 0.99, HOLDS, ""),
                ("<1", 1.01, 1.1, DOES_NOT_HOLD, "opposite"), ("<1", 0.99, 1.01, DOES_NOT_HOLD, "less"),
                ("<1", 0.97, 1.05, UNDECIDED, ""), (">0.5", 0.495, 0.505, UNDECIDED, "")]:
            found = self.judged(claimed, low, high)
            self.assertEqual((found.verdict, found.how), (verdict, how), (claimed, low, high))
        self.assertEqual(self.judged("0.2", 0.19, 0.21, none=0.0).verdict, HOLDS)
        self.assertEqual(self.judged("0.2", 0.01, 0.02, none=0.0).how, "less")

    def test_a_decision_rests_on_the_bound_that_the_interval_excludes(self):
        one_of_twelve = 2 * 13 / 2 ** 12
        for claimed, values in ((">1", [0.9, *[1.1] * 11]), ("2", [2.4, *[2.6] * 11]), ("1", [0.7, *[1.0] * 11]),
                                ("1", [1.5, *[1.0] * 11])):
            self.assertAlmostEqual(rules.judge(claimed, values).p, one_of_twelve)
        self.assertIsNone(self.judged(">1", 0.9, 1.1).p)
        self.assertEqual(rules.judge_interval(">1", audit_evidence.estimate([2.0] * 6)), Judged(HOLDS))

    def test_too_few_processes_decide_nothing(self):
        for values in ([2.0] * 5, []):
            found = rules.decide(claim("x", claimed=">1"), values)
            self.assertEqual((found.verdict, found.p), (NOT_MEASURED, None))

    def test_counts(self):
        for claimed, ours, holds in [("100", 104, True), ("100", 107, False), ("0", 1, False), (">10", 10.1, True),
                                     (">10", 10, False), ("30..33", 29.7, True), ("1 or 5", 5, True),
                                     ("=1", 1, True), ("=1", 0.99, False)]:
            self.assertEqual(rules.count_holds(claimed, ours), holds, (claimed, ours))
        self.assertEqual(rules.judge_count("<10", 12).how, "more")

    def test_in_every_case(self):
        yes, no, open_ = Judged(HOLDS, 0.01), Judged(DOES_NOT_HOLD, 0.02), Judged(UNDECIDED)
        for judged, wanted in [([yes, Judged(HOLDS, 0.03)], Judged(HOLDS, 0.03)), ([yes, open_], open_),
                               ([yes, no, open_], Judged(DOES_NOT_HOLD, 0.06)), ([Judged(HOLDS)], Judged(HOLDS)),
                               ([Judged(NOT_MEASURED)], Judged(NOT_MEASURED))]:
            self.assertEqual(rules.all_of(judged), wanted)

    def test_the_correction_takes_weak_decisions_back(self):
        def outcome(p):
            return Outcome("1.2", 1.1, 1.2, 1.3, 12, HOLDS, p)
        self.assertEqual(rules.corrected({"a": outcome(0.04)})["a"].verdict, HOLDS)
        many = rules.corrected({"a": outcome(0.04), "b": outcome(0.0005), **{str(i): outcome(0.9) for i in range(18)}})
        self.assertEqual([many[name].verdict for name in "ab"], [UNDECIDED, HOLDS])
        self.assertIn("by itself", many["a"].measured)


class Finding(unittest.TestCase):
    """Where evidence is found."""

    def test_places_are_fractions(self):
        upper, lower = audit_evidence.places("put/insert10", "reference", scale="100K/10K",
                                             pattern="sequential/shuffled")
        self.assertEqual(upper[:4], ("reference", "put", "sequential", 100000))
        self.assertEqual(lower[:4], ("reference", "insert10", "shuffled", 10000))
        self.assertEqual([place.key for place in audit_evidence.places("put", "a/b/a/b", key="u64/u64/str/str")],
                         ["u64", "u64", "str", "str"])
        for wrong, message in (({"colour": "red"}, "no such option: colour"), ({"scale": "many"}, "scale: wanted"),
                               ({"pattern": "random/shuffled/sequential"}, "has 3 parts, another fewer")):
            with self.assertRaisesRegex(command.BadSetting, message):
                audit_evidence.places("get", "a/b", **wrong)

    def test_a_cell_is_called_by_what_tells_it_from_others(self):
        for changed, names in (({"compositions": "a/r b/r"}, ["a put sequential 1K", "b put sequential 1K"]),
                               ({"compositions": "r/a r/b", "named": "composition"}, ["a", "b"]),
                               ({"compositions": "a/r"}, ["put sequential 1K"]),
                               ({"compositions": "a", "pattern": "shuffled/sequential"}, ["put sequential 1K"]),
                               ({"compositions": "a", "scale": "5000/1000"}, ["put sequential 5K"]),
                               ({"compositions": "a", "op": "put | get", "named": "op | scale"}, ["put", "1K"])):
            self.assertEqual([one.called() for one in cells.cells(claim("x") | changed)], names)

    def test_what_is_compared_is_of_one_experiment_and_the_largest(self):
        first, second = at("inline+tagged"), at("b")
        self.assertTrue(made([{first: 2}, {second: 1}]).together([first, second]).empty)
        both = made([{first: 3, second: 1}, {first: processes(8, 20), second: processes(2, 20)}])
        found = audit_evidence.measured(both, [at("tagged+inline"), second])
        self.assertEqual((found.count, round(found.median)), (20, 4))
        self.assertEqual(audit_evidence.measured(both, [first, second], "0").count, BLOCKS)
        self.assertEqual(audit_evidence.memory(made([{first: processes(1, size=6), second: processes(1, size=4)}]),
                                               [first, second]), 1.5)
        with self.assertRaisesRegex(NotMeasured, "put b sequential 1000 xxh3 u64 glibc in none"):
            audit_evidence.by_block(both, [second], "none")

    def test_pairs_are_of_one_block(self):
        evidence = made([{at("a"): processes(5).drop(index=3), at("b"): 1}])
        self.assertEqual(list(evidence.together([at("a"), at("b")]).index), [0, 1, 2, *range(4, BLOCKS)])

    def test_an_empty_place_has_no_evidence_and_no_error(self):
        directory = room(self)
        for row in CLAIMS:
            found = report.TESTS[row["test"]](row, Evidence(directory, directory))
            self.assertEqual((found.verdict, bool(found.measured)), (NOT_MEASURED, True), row["id"])

    def test_an_experiment_that_cannot_be_read_is_an_error(self):
        directory = room(self)
        (directory / "runs" / "seeds").mkdir(parents=True)
        (directory / "runs" / "seeds" / "experiment.csv").write_text("nonsense\n")
        with self.assertRaises(StoreError):
            Evidence(directory, directory).together([at("list")])

    def test_trees_come_from_the_file_first(self):
        evidence = made([{at("list", "get"): processes(1, tree={"entries": 2})}],
                        {Shape("list", "random", 1000): {"entries": 1}})
        self.assertEqual(evidence.tree(Shape("list", "random", 1000)), {"entries": 1})
        self.assertEqual(evidence.tree(Shape("list", "sequential", 1000)), {"entries": 2})
        self.assertIsNone(evidence.tree(Shape("list", "sequential", 1000, pool_slots="7")))


class Tests(unittest.TestCase):
    """Each on evidence by which the claim holds, by which it does not, and on none."""

    def check(self, row, holds, fails, *known, value=None):
        """known: what the outcome's text tells, where it holds."""
        found, not_so, none = (report.TESTS[row["test"]](row, one) for one in (holds, fails, made()))
        self.assertEqual([one.verdict for one in (found, not_so, none)], [HOLDS, DOES_NOT_HOLD, NOT_MEASURED], found)
        for text in known:
            self.assertIn(text, found.measured)
        if value is not None:
            self.assertAlmostEqual(found.value, value, delta=0.03 * value)

    def times(self, row, holds, fails, *known, **more):
        """The same with {Place or composition: ns}."""
        def evidence(table):
            return made([{at(name) if isinstance(name, str) else name: ns for name, ns in table.items()}], self.maps)
        self.check(row, evidence(holds), evidence(fails), *known, **more)
    maps = {}

    def test_a_formula_of_times(self):
        self.times(claim("ratio", "a/b", claimed="0.5"), {"a": 50, "b": 100}, {"a": 100, "b": 50}, value=0.5)
        self.times(claim("ratio", "a/b", comparison="b / a", claimed="1.6..2"), {"a": 50, "b": 100},
                   {"a": 100, "b": 50}, value=2)
        self.times(claim("ratio", "a/b/c/d", comparison="(b / a) / (d / c)", claimed=">1",
                         beside="a gains {b / a}, c {d / c}"), dict(a=1, b=4, c=1, d=2), dict(a=1, b=2, c=1, d=4),
                   "a gains 4.0", "c 2.0")
        self.times(claim("share", "a/b", comparison="(a - b) / a", claimed="0.2", beside="{a - b} ns"),
                   {"a": 100, "b": 80}, {"a": 100, "b": 40}, "; 19.9 [", " ns", value=0.2)

    def test_over_cells_the_mean_of_ratios_is_geometric(self):
        row = claim("ratio", "a/b", "put get", comparison="b / a", claimed="2")
        cells_ = {"a": 100, "b": 100, at("a", "get"): 25, at("b", "get"): 100}
        self.times(row, cells_, {"a": 50, "b": 50}, "from 1.0", "(put sequential 1K)", "(get sequential 1K)", value=2)
        part = times.ratio(row, made([{at("a"): 50, at("b"): 100}]))
        self.assertIn("1 of 2 cells not measured", part.measured)

    def test_settings_choose_hash_key_and_allocator(self):
        where = dict(hash="identity", key="str", alloc="x")
        self.times(claim("ratio", "a/b", settings="HASH=identity KEY=str ALLOC=x", claimed="0.5"),
                   {at("a", **where): 1, at("b", **where): 2, "a": 9, "b": 1},
                   {at("a", **where): 2, at("b", **where): 2})

    def test_what_frees_nothing_gains_nothing_from_recycling(self):
        row = claim("gain", "phase3/phase2.6", comparison="b / a", claimed=">1")
        self.assertIn("nothing is freed", times.gain(row, made([{at("phase3"): 1, at("phase2.6"): 2}])).measured)
        self.times(row | {"op": "remove"}, {at("phase3", "remove"): 1, at("phase2.6", "remove"): 2},
                   {at("phase3", "remove"): 2, at("phase2.6", "remove"): 1})

    def test_gap(self):
        base = {at("r", "insert10", "shuffled", 10000): 50, at("r", scale=100000): 100}
        self.times(claim("gap", "a/r", scale="100000", claimed="4"), {at("a", scale=100000): 400, **base},
                   {at("a", scale=100000): 100, **base}, "8.00 as the documents divide")

    def test_every(self):
        row = claim("every", "a", op="put | get/get_in_order", named="op pattern | op", claimed=">1",
                    pattern="shuffled/sequential random/sequential | shuffled")
        table = {"a": 1, at("a", pattern="shuffled"): 2, at("a", pattern="random"): 3,
                 at("a", "get_in_order", "shuffled"): 1, at("a", "get", "shuffled"): 1.5}
        self.times(row, table, {**table, at("a", pattern="random"): 0.5}, "in 3 cells: 3 hold;", "from it is get with")

    def test_order_by_scale(self):
        row = claim("order_by_scale", "a b", scale="1000 5000")
        late = at("a", scale=5000), at("b", scale=5000)
        self.times(row, dict(zip(("a", "b", *late), (1, 2, 4, 2))), dict(zip(("a", "b", *late), (1, 2, 2, 4))),
                   "put a / b is 0.5")
        found = times.order_by_scale(row, made([dict(zip((at("a"), at("b"), *late), (1, 2, 4, 2)))]))
        self.assertAlmostEqual(found.p, 2 * 2 / 2 ** 12)  # of two comparisons
        near = made([dict(zip((at("a"), at("b"), *late), (1, 2, 2, 2)))])
        self.assertEqual(times.order_by_scale(row, near).verdict, UNDECIDED)

    def test_allocators(self):
        row = claim("allocators", "a", settings="ALLOC=x/glibc,y/glibc", named="alloc", claimed="1")
        alike, unlike = ({"a": 10, at("a", alloc="x"): 10, at("a", alloc="y"): y} for y in (11, 30))
        self.times(row, alike, unlike, "furthest from 1 is y")
        self.times(row | {"claimed": "differs"}, unlike, alike)

    def test_leading_part(self):
        table = dict(array64=90, exact=20, lazy=50, inline=80, list=100)
        self.times(claim("leading_part", " ".join(table), claimed=">1"), table, {**table, "lazy": 10},
                   "exact against lazy", "exact 5.0", "lazy 2.0")

    def test_costs_of_parts(self):
        self.maps = {Shape(name, "sequential", 1000): {
            "entries": 1000, "inner_nodes": nodes, "pool": {"fallbacks": many}}
            for name, nodes, many in (("small", 7000, 2000), ("few", 2000, 0))}
        self.times(claim("share", "small/large", comparison="(a - b) / fallbacks / a", claimed="0.3",
                         beside="{(a - b) / fallbacks:range} ns"), {"small": 100, "large": 40},
                   {"small": 100, "large": 90}, "30", value=0.3)
        node = claim("ratio", "small/few/r", comparison="(a - b) / nodes / c", claimed="1",
                     beside="{(a - b) / nodes} ns a node")
        self.times(node, dict(small=150, few=50, r=20), dict(small=150, few=50, r=60), "ns a node")
        row = claim("share", "few/large", comparison="(a - b) / fallbacks / a", claimed="0.3")
        none = times.share(row, made([{at("few"): 100, at("large"): 40}], self.maps))
        self.assertEqual(none.verdict, NOT_MEASURED)

    def test_growth(self):
        row = claim("growth", "a", scale="5000/1000", comparison="a / b / work", claimed=">1")
        rows = made_counts.counts(*(
            dict(composition="a", op="put", pattern="sequential", scale=scale, instructions=many)
            for scale, many in ((1000, 100), (5000, 150))))
        early, late = at("a"), at("a", scale=5000)
        self.check(row, *(made([{early: 10, late: ns}], instructions=rows) for ns in (40, 10)),
                   "instructions grow 1.50 times (a)", value=40 / 10 / 1.5)

    def trees(self, row, holds, fails, *known, **more):
        """The same with {Shape: tree}."""
        self.check(row, *(made(trees=table) for table in (holds, fails)), *known, **more)

    def test_tree(self):
        row = claim("tree_figure", "list phase3", comparison="nodes_per_entry", claimed="6.87")
        one, other = (Shape(name, "sequential", 1000) for name in ("list", "phase3"))

        def table(second):
            return {one: {"entries": 1000, "inner_nodes": 6900}, other: {"entries": 1000, "inner_nodes": second}}
        self.trees(row, table(6800), table(5000), "6.80 (phase3 sequential 1K xxh3), 6.90")
        sized = Shape("p", "sequential", 1000, pool_slots="36000")
        self.trees(claim("tree_figure", "p", settings="POOL_SLOTS=36n", comparison="pool_fallbacks", claimed="0"),
                   {sized: {"pool": {"fallbacks": 0}}}, {sized: {"pool": {"fallbacks": 3}}})

    def test_tree_by_scale(self):
        def table(*values):
            return {Shape("p", "sequential", scale): {
                "inner_nodes": value, "pool": {"allocations": 100, "fallbacks": value}}
                for scale, value in zip((1000, 5000), values)}
        row = claim("tree_figure_by_scale", "p", scale="1000 5000", comparison="pool_fallback_percent",
                    claimed="0 then 79")
        self.trees(row, table(0, 79), table(0, 60), "79.0 at 5K")
        row = claim("tree_figure_by_scale", "p", scale="5000/1000", comparison="inner_nodes", claimed=">10")
        self.trees(row, table(100, 1100), table(100, 900), "11.0 up to 5K")

    def test_memory_by_scale(self):
        shapes = {Shape(name, "sequential", 1000): {"pool": {"slots_live": 20, "slots_capacity": 100}}
                  for name in ("bump", "grow")}
        grow = processes(1, size=100)
        self.check(claim("memory_by_scale", "bump/grow", claimed="1"), *(
            made([{at("bump"): processes(1, size=size), at("grow"): grow}], shapes) for size in (102, 800)),
            "1.02 at 1K, 20.0 % of its slots live")

    def test_nodes(self):
        def table(hash_="xxh3", **nodes):
            return {Shape(name, "sequential", 1000, hash_): {"inner_nodes": many} for name, many in nodes.items()}
        self.trees(claim("nodes_by_hash", "a", settings="HASH=other/xxh3", comparison="inner_nodes"), *(
            table(a=1000) | table("other", a=many) for many in (800, 990)), "0.8000 (a other) times the nodes")
        self.trees(claim("nodes_removed", "list/lazy/pathcomp", claimed=">0.5"), *(
            table(list=1000, lazy=820, pathcomp=left) for left in (400, 800)), "are 70.00 % at most", value=0.6)

    def test_beside_a_uniform_hash(self):
        def table(rule, name="list", factor=1.0, **lost):
            """lost: by hash, nodes that the third level lacks."""
            found = {}
            for hash_, many in (lost or {"xxh3": 0}).items():
                tree = found[Shape(name, "sequential", 10000, hash_)] = tree_of(rule, 10000, factor)
                tree["inner_at_level"][2] -= many
            return found
        uniform = cell.SHAPES["list"]
        self.trees(claim("nodes_by_model", "list", scale="10000"), table(uniform, factor=1.2), table(uniform))
        self.trees(claim("levels_by_model", "list", scale="10000", settings="HASH=a,b"), table(uniform, a=400, b=300),
                   table(uniform, a=400, b=0), "a, b not; furthest off is level 2")
        reference = cell.CORES["reference"]
        self.trees(claim("lazy_or_compressed", "reference", scale="10000"), *(
            table(reference._replace(rule=rule), "reference") for rule in ("pathcomp", "lazy")))

    def test_instruction_share(self):
        def profile(memory):
            return made(attribution=made_counts.shares(*(
                dict(composition="list", op="put", pattern="sequential", scale=1000, category=category,
                     instructions=many, ll_misses=1) for category, many in (("memory", memory), ("walking", 1000)))))
        self.check(claim("instruction_share", "list", comparison="memory", claimed="0.5..0.6"), profile(1000),
                   profile(100), "50 % of the estimated time (50 % of instructions) in list", value=0.5)

    def test_simulated_misses(self):
        def evidence(other, instructions=100):
            return made(instructions=made_counts.counts(*(
                dict(dict.fromkeys(counts.MISSES, 0), composition="a", op=op, pattern="sequential", scale=1000,
                     instructions=cost, d1_misses=missed)
                for op, cost, missed in (("get", instructions, 10), ("get_in_order", 100, other)))))
        row = claim("simulated_misses", "a", op="get/get_in_order")
        self.check(row, evidence(5), evidence(10), "10.0 against 5.00 (L1)")
        self.check(row, evidence(5), evidence(5, instructions=150))

    def test_waiting_and_lost_keys(self):
        def rows(switches):
            return made(switches=[dict(composition="list", op="put", blocks="1000000", switches=str(switches + i))
                                  for i in range(6)])
        self.check(claim("waiting", "list", claimed=">1"), rows(5000), rows(3), "at most 5005 waits")

        def lost(many):
            return made(trees={Shape("reference", "random", 10 ** 6): {}},
                        lost_keys=[dict(commit="c", hash="h", keys="1000", lost=str(many))])
        self.check(claim("lost_keys", "reference"), lost(0), lost(3), "0 lost in 1 maps of up to 1,000,000")


class Suspicions(unittest.TestCase):
    every = read_rows(suspicions.SUSPICIONS)

    def outcomes(self, verdict, **others):
        made_up = Outcome("2.0 [1.9 2.1] (12)", 1.9, 2.0, 2.1, 12, verdict)
        return {row["id"]: made_up._replace(verdict=others.get(row["id"], verdict)) for row in CLAIMS}

    def test_each_names_claims_there_are_that_bear_on_it(self):
        self.assertEqual([one["number"] for one in self.every], list("123456789"))
        self.assertEqual({number for row in CLAIMS for number in row["suspicion"].split()}, set("123456789"))
        for one in self.every:
            self.assertLessEqual(set(one["decisive"].split()), set(suspicions.bearing(one, CLAIMS)), one["number"])

    def test_verdicts(self):
        first, one = self.every[0], self.every[0]["decisive"].split()[0]
        for outcomes, verdict, follows in [
                (self.outcomes(DOES_NOT_HOLD), suspicions.CONFIRMED, first["confirmed"]),
                (self.outcomes(HOLDS), suspicions.REFUTED, first["refuted"]),
                (self.outcomes(DOES_NOT_HOLD, **{one: HOLDS}), suspicions.IN_PART, f"these hold: {one}."),
                (self.outcomes(DOES_NOT_HOLD, **{one: UNDECIDED}), suspicions.CONFIRMED + suspicions.SO_FAR,
                 f"Not decided: {one}."), (self.outcomes(UNDECIDED), suspicions.OPEN, "Not decided: ")]:
            self.assertEqual(suspicions.settled(first, outcomes), verdict)
            self.assertIn(follows, suspicions.conclusion(first, outcomes))

    def test_every_clause_is_told_where_all_is_measured_and_none_where_nothing_is(self):
        shapes = {Shape(name, pattern, 100000): tree_of(cell.SHAPES[name], 100000)
                  for name in ("list", "lazy", "pathcomp") for pattern in ("sequential", "random")}
        shapes[Shape("phase2.5", "sequential", 100000)] = {
            "child_pointers": 25, "pool": {"slots_live": 90, "slots_used": 100}}
        everything = suspicions.Figures(self.outcomes(HOLDS), made(trees=shapes))
        nothing = suspicions.Figures(self.outcomes(NOT_MEASURED), made())
        for one in self.every:
            told = suspicions.told(one, everything)
            self.assertRegex(told, r"^[^{}]*\d[^{}]*$")
            self.assertGreaterEqual(told.count("."), one["told"].count(" | ") + 1)
            self.assertIn("Nothing", suspicions.told(one, nothing))
        self.assertIn("take 2.00 [1.90 2.10] times", suspicions.told(self.every[2], everything))
        self.assertIn("Of 21 claims of document 004 21 hold and 0 do not.", suspicions.told(self.every[8], everything))


def planned():
    """{plan: {Place: processes}} of every cell of every plan."""
    usual, tables, one = {"HASH": ["xxh3"], "KEY": ["u64"], "ALLOC": ["glibc"]}, {}, processes(100)
    for path in (ROOT / "experiments").glob("*.plan"):
        for grid in grids(path.stem):
            lists = [(usual | grid)[name] for name in
                     ("VARIANTS", "OPS", "PATTERNS", "SCALES", "HASH", "KEY", "ALLOC")]
            for variant, op, pattern, scale, *how in itertools.product(*lists):
                tables.setdefault(path.stem, {})[
                    in_order(Place(variant, op, pattern, read_scale(scale), *how))] = one[:int(*grid["REPS"])]
    return tables


class Claims(unittest.TestCase):
    def test_every_test_is_tried_here_and_used(self):
        source = pathlib.Path(__file__).read_text(encoding="utf-8")
        here = {name for name in times.TESTS | counts.TESTS if re.search(rf'claim\("{name}"', source)}
        self.assertEqual(here, set(times.TESTS | counts.TESTS))
        self.assertEqual({row["test"] for row in CLAIMS}, set(report.TESTS))

    def test_each_can_be_turned_into_a_query(self):
        for row in CLAIMS:
            with self.subTest(row["id"]):
                self.assertTrue(all(row[column] for column in ("section", "claim", "comparison", "expected")))
                for claimed in filter(None, re.split(" then |; ", row["claimed"])):
                    self.assertTrue(claimed.startswith("=") or rules.readings(claimed))
                if row["document"] == "004":
                    continue
                found = list(cells.cells(row))
                if row["test"] in times.TESTS:
                    self.assertEqual(len({one.called() for one in found}), len(found))  # none hides another
                for name in {place.composition for one in found for place in one.places}:
                    compose.Composition(name)  # raises Nonsense

    def test_every_cell_that_a_claim_names_is_planned(self):
        evidence = made()
        evidence.processes = planned()
        evidence.tree = lambda shape: {"entries": 1000, "pool": {"fallbacks": 500},
                                       "inner_nodes": 100 if "lazy" in shape.composition else 7000}
        for row in CLAIMS:
            if row["test"] in set(times.TESTS) - {"growth"}:
                found = report.TESTS[row["test"]](row, evidence)
                if "nothing is freed" not in found.measured:
                    with self.subTest(row["id"]):
                        self.assertNotEqual(found.verdict, NOT_MEASURED, found.measured)
                        self.assertNotIn("cells not measured", found.measured)

    def test_every_count_that_a_claim_names_is_made(self):
        here = {(in_order(Shape(*where)), slots) for *where, slots in trees.wanted()}
        here |= {(Shape(place.composition, *place[2:5]), None) for table in planned().values() for place in table}
        few = (trees.SOME_RANDOM, 10 ** 7)  # with one hash and some patterns
        for row in CLAIMS:
            sized = cells.settings(row).get("POOL_SLOTS")
            if row["test"] in counts.TESTS:
                for shape in (shape for one in cells.cells(row) for shape in one.shapes):
                    slots = int(sized[:-1]) * shape.scale if sized else None
                    self.assertTrue((in_order(shape), slots) in here or shape.scale in few, (row["id"], shape))


class Report(unittest.TestCase):
    def printed(self, **settings):
        return shown(report.audit, **settings)

    def test_every_claim_is_shown_once_and_counted(self):
        stored = report.OUTCOMES.read_text(encoding="utf-8")
        text = self.printed()
        self.assertEqual(report.OUTCOMES.read_text(encoding="utf-8"), stored, "make audit wrote other outcomes")
        self.assertEqual(re.findall(r"^(\d{3}\.c\d\d) ", text, re.M), [row["id"] for row in CLAIMS])
        total, *by_verdict = map(int, re.findall(r"\d+", text.splitlines()[-1]))
        self.assertEqual((total, sum(by_verdict)), (len(CLAIMS), len(CLAIMS)))
        for number in range(1, 10):
            self.assertRegex(text, rf"(?m)^{number}\. ")

    def test_one_document(self):
        text = self.printed(document="003")
        self.assertIn("\n==== Document 003", text)
        self.assertNotIn("\n==== Document 000", text)
        with self.assertRaisesRegex(command.BadSetting, "DOCUMENT=007: .* 000, 001, 002, 003, 004"):
            self.printed(document="007")

    def test_rows_are_written_whole(self):
        directory = room(self)
        found = {"a": Outcome("x, y", 1.0, 2.0, 3.0, 12, HOLDS, 0.01), "b": rules.not_measured("none")}
        report.write_rows(directory / "o.csv", report.OUTCOME_COLUMNS,
                          itertools.starmap(report.outcome_row, found.items()))
        rows = read_rows(directory / "o.csv")
        self.assertEqual([list(row.values())[:4] for row in rows], [["a", "x, y", "1", "2"], ["b", "none", "", ""]])
        with self.assertRaises(ZeroDivisionError):
            report.write_rows(directory / "o.csv", [], (1 / 0 for _ in "x"))
        self.assertEqual((list(directory.iterdir()), read_rows(directory / "o.csv")), ([directory / "o.csv"], rows))


class Trees(unittest.TestCase):
    def test_no_map_is_made_twice(self):
        wanted = trees.wanted()
        self.assertEqual(len(set(wanted)), len(wanted))
        self.assertIn(("phase2.5", "random", 1000, "xxh3", 36000), wanted)

    def test_a_row_is_read_back(self):
        directory = room(self)
        (directory / "audit").mkdir()
        wanted = [("list", "sequential", 1000, "murmur3", None), ("phase2", "sequential", 1000, "murmur3", 36000)]
        with mock.patch.multiple(trees, wanted=lambda: wanted, WAITING=("list", "shuffled", 1000), PROCESSES=2), \
                contextlib.redirect_stderr(io.StringIO()):
            trees.audit_counts(directory / "audit", directory / "store")
        evidence = Evidence(directory, directory)
        self.assertEqual([list(row.values())[:5] for row in evidence.switches],
                         [["list", "put", "shuffled", "1000", "0"], ["list", "put", "shuffled", "1000", "1"]])
        for row in evidence.switches:
            self.assertGreater(int(row["blocks"]), 1000)
            self.assertGreater(int(row["switches"]), 0)  # for the child that fills the map, if for nothing else
        self.assertEqual(evidence.tree(Shape("list", "sequential", 1000, "murmur3"))["entries"], 1000)
        sized = Shape("phase2", "sequential", 1000, "murmur3", "36000")
        self.assertEqual(evidence.tree(sized)["pool"]["slots_capacity"], 36000)
        with self.assertRaisesRegex(command.BadSetting, "OUT=/nowhere: no such directory"):
            trees.audit_counts(pathlib.Path("/nowhere"))


class Words(unittest.TestCase):
    def test_verdicts_are_counted_in_english(self):
        self.assertEqual(rules.counted([HOLDS] * 33 + [DOES_NOT_HOLD] * 62), "33 hold, 62 do not")
        self.assertEqual(rules.counted([UNDECIDED, NOT_MEASURED, HOLDS, DOES_NOT_HOLD]),
                         "1 holds, 1 does not, 1 is undecided, 1 was not measured")


if __name__ == "__main__":
    unittest.main()
