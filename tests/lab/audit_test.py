#!/usr/bin/env python3
"""The audit: its rules and every one of its tests on made-up evidence with known answers, and the
stored outcomes against what the stored results give."""
import collections
import contextlib
import io
import itertools
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools")]
import compose  # noqa: E402
from lab import (audit, audit_costs, audit_counts, audit_processes, audit_superslab,  # noqa: E402
                 audit_suspicions, audit_times, audit_trees, cell, command, model, pool, store)
from lab import audit_rules as rules  # noqa: E402
from lab.audit_evidence import (Evidence, Place, Shape, allocator_name, in_order,  # noqa: E402
                                read_rows)
from lab.audit_outcome import (DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED,  # noqa: E402
                               VERDICTS, Outcome)

MODULES = (audit_times, audit_costs, audit_counts, audit_processes)
TIMED = audit_times.TESTS | audit_costs.TESTS
BLOCKS = 12
OUTCOMES = ROOT / "results" / "audit" / "outcomes.csv"


def noise(block, seed):
    """Within 1 % of 1, and different for each block and seed."""
    return 1 + ((37 * block + 11 * seed) % 21 - 10) / 1000


def processes(ns, blocks=BLOCKS, seed=0, tree=None):
    times = {block: ns * noise(block, seed) for block in range(blocks)}
    memory = {block: tree["bytes_per_entry"] if tree else 1.0 for block in times}
    return store.Replicates(times, memory, {}, json.dumps(tree or {}))


def made(experiments=(), trees=None, model_of=None, **rows):
    """Evidence of [{Place: ns or Replicates}], {Shape: tree} and rows of CSV files."""
    evidence = Evidence(runs="nowhere", results="nowhere")
    evidence.experiments = {}
    for number, table in enumerate(experiments):
        evidence.experiments[str(number)] = {
            place._replace(composition=in_order(place.composition)):
            ns if isinstance(ns, store.Replicates) else processes(ns, seed=seed)
            for seed, (place, ns) in enumerate(table.items())}
    evidence.trees = {shape._replace(composition=in_order(shape.composition)): tree
                      for shape, tree in (trees or {}).items()}
    for name, value in rows.items():
        setattr(evidence, name, value)
    return evidence


def claim(test, compositions="", op="put", pattern="sequential", scale="1000", settings="",
          comparison="", claimed=""):
    return dict(id="000.c00", document="000", section="", claim="", compositions=compositions,
                op=op, pattern=pattern, scale=scale, settings=settings, comparison=comparison,
                test=test, expected="", claimed=claimed, suspicion="")


def at(composition, op="put", pattern="sequential", scale=1000, **more):
    return Place(composition, op, pattern, scale, **more)


class Rules(unittest.TestCase):
    def judged(self, claimed, low, high, count=BLOCKS):
        """The verdict on values spread evenly from low to high."""
        step = (high - low) / (count - 1)
        return rules.judge(claimed, [low + i * step for i in range(count)])

    def test_readings(self):
        inf = float("inf")
        self.assertEqual(rules.readings("1.5..2 or 3"), [(1.5, 2), (3, 3)])
        self.assertEqual(rules.readings(">1 or <0.5"), [(1, inf), (-inf, 0.5)])
        self.assertEqual(rules.readings("22e6"), [(22e6, 22e6)])
        for nonsense in ("", "1.5-2", "about 2", "> 1"):
            with self.assertRaises(ValueError):
                rules.readings(nonsense)

    def test_an_effect(self):
        for claimed, low, high, verdict in [
                ("2", 1.7, 1.9, HOLDS), ("2", 2.6, 2.9, DOES_NOT_HOLD),
                ("2", 1.1, 1.5, DOES_NOT_HOLD), ("2", 0.5, 2.5, UNDECIDED),
                ("2", 1.2, 3.9, UNDECIDED), ("1.5..3", 1.2, 3.9, HOLDS),
                ("0.5", 0.45, 0.55, HOLDS), ("0.5", 0.7, 0.8, DOES_NOT_HOLD),
                ("1.1", 0.95, 0.98, DOES_NOT_HOLD), ("1.1", 1.02, 1.3, HOLDS),
                ("1.5..2 or 4", 4.1, 4.2, HOLDS), ("1.2 or 4", 0.5, 1.6, UNDECIDED)]:
            self.assertEqual(self.judged(claimed, low, high).verdict, verdict, (claimed, low, high))

    def test_no_effect(self):
        for low, high, verdict in [
                (0.9, 1.1, HOLDS), (1.02, 1.05, HOLDS), (1.4, 1.6, DOES_NOT_HOLD),
                (0.5, 0.7, DOES_NOT_HOLD), (0.6, 1.2, UNDECIDED)]:
            self.assertEqual(self.judged("1", low, high).verdict, verdict)
            self.assertEqual(self.judged("differs", low, high).verdict, rules.OPPOSITE[verdict])

    def test_a_direction(self):
        for claimed, low, high, verdict in [
                (">1", 1.01, 1.1, HOLDS), (">1", 0.9, 0.99, DOES_NOT_HOLD),
                (">1", 0.9, 1.1, UNDECIDED),
                ("<1", 0.9, 0.99, HOLDS), ("<1", 1.01, 1.1, DOES_NOT_HOLD)]:
            self.assertEqual(self.judged(claimed, low, high).verdict, verdict, (claimed, low, high))

    def test_a_decision_rests_on_the_bound_that_the_interval_excludes(self):
        self.assertAlmostEqual(self.judged(">1", 1.01, 1.1).p, 2 / 2 ** 12)
        self.assertAlmostEqual(rules.judge(">1", [0.9, *[1.1] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("2", [2.4, *[2.6] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("1", [0.7, *[1.0] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("1", [1.5, *[1.0] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertIsNone(self.judged(">1", 0.9, 1.1).p)

    def test_too_few_processes_decide_nothing(self):
        self.assertEqual(self.judged(">1", 2, 3, count=5).verdict, NOT_MEASURED)
        outcome = rules.decide(claim("x", claimed=">1"), [2.0] * 5)
        self.assertEqual((outcome.verdict, outcome.p), (NOT_MEASURED, None))
        self.assertEqual(rules.decide(claim("x", claimed=">1"), []).verdict, NOT_MEASURED)

    def test_a_share_is_judged_against_none(self):
        def verdict(values):
            return rules.judge("0.2", values, none=0.0).verdict
        self.assertEqual(verdict([0.19, 0.2, 0.21] * 4), HOLDS)
        self.assertEqual(verdict([-0.1, 0.0, 0.3] * 4), UNDECIDED)
        self.assertEqual(verdict([0.01, 0.02] * 6), DOES_NOT_HOLD)

    def test_counts(self):
        for claimed, ours, holds in [("100", 104, True), ("100", 107, False), ("0", 0, True),
                                     ("0", 1, False), (">10", 10.1, True), (">10", 10, False),
                                     ("30..33", 29.7, True), ("1 or 5", 5, True)]:
            self.assertEqual(rules.count_holds(claimed, ours), holds, (claimed, ours))

    def test_in_every_case(self):
        def one(verdict, p):
            return rules.Judged(verdict, p)
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(HOLDS, 0.02)]), (HOLDS, 0.02))
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(UNDECIDED, None)]), (UNDECIDED, None))
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(DOES_NOT_HOLD, 0.01)]),
                         (DOES_NOT_HOLD, 0.02))
        self.assertEqual(rules.all_of([one(NOT_MEASURED, None)]), (NOT_MEASURED, None))

    def test_the_correction_takes_weak_decisions_back(self):
        def outcome(p):
            return Outcome("1.2", 1.1, 1.2, 1.3, 12, HOLDS, p)
        alone = rules.corrected({"a": outcome(0.04)})
        self.assertEqual(alone["a"].verdict, HOLDS)
        many = rules.corrected({"a": outcome(0.04), "b": outcome(0.0005),
                                "c": outcome(None)._replace(verdict=UNDECIDED),
                                **{str(i): outcome(0.9) for i in range(18)}})
        self.assertEqual([many[name].verdict for name in "abc"], [UNDECIDED, HOLDS, UNDECIDED])
        self.assertIn("by itself", many["a"].measured)


class Finding(unittest.TestCase):
    """Where evidence is found."""

    def test_names(self):
        for library, name in {"libc.so.6": "glibc", "libjemalloc.so.2": "jemalloc",
                              "libtcmalloc_minimal.so.4": "tcmalloc",
                              "libsuperslab.so": "superslab",
                              "libtbbmalloc_proxy.so.2": "tbbmalloc",
                              "libsystem_malloc.dylib": "glibc"}.items():
            self.assertEqual(allocator_name(library), name)
        self.assertEqual(in_order("tagged+inline"), in_order("inline+tagged"))

    def test_what_is_compared_is_of_one_experiment(self):
        first, second = at("a"), at("b")
        apart = made([{first: 2}, {second: 1}])
        self.assertIsNone(apart.ratio(first, second))
        self.assertEqual(apart.each_block(lambda a, b: a / b, first, second), {})
        both = made([{first: 3, second: 1}, {first: processes(8, 20), second: processes(2, 20)}])
        self.assertEqual(both.ratio(first, second).count, 20)
        self.assertAlmostEqual(both.ratio(first, second).median, 4)
        self.assertEqual(both.time(first).count, 20)

    def test_pairs_are_of_one_block(self):
        replicates = processes(5)
        del replicates.ns_per_op[3]
        evidence = made([{at("a"): replicates, at("b"): 1}])
        self.assertNotIn(3, evidence.each_block(lambda a, b: a / b, at("a"), at("b")))
        self.assertEqual(evidence.ratio(at("a"), at("b")).count, BLOCKS - 1)

    def test_an_empty_place_has_no_evidence_and_no_error(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        evidence = Evidence(directory, directory)
        for row in read_rows(audit.CLAIMS):
            self.assertEqual(audit.test(row, evidence).verdict, NOT_MEASURED, row["id"])
            self.assertTrue(audit.test(row, evidence).measured, row["id"])

    def test_an_experiment_that_cannot_be_read_is_an_error(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        (directory / "seeds").mkdir()
        (directory / "seeds" / "experiment.csv").write_text("nonsense\n")
        with self.assertRaises(store.StoreError):
            Evidence(directory, directory).time(at("list"))

    def test_trees_come_from_the_file_first(self):
        place = at("list", "get")
        run = processes(1, tree={"entries": 2, "bytes_per_entry": 1})
        evidence = made([{place: run}], {Shape("list", "random", 1000): {"entries": 1}})
        self.assertEqual(evidence.tree(Shape("list", "random", 1000)), {"entries": 1})
        self.assertEqual(evidence.tree(Shape("list", "sequential", 1000))["entries"], 2)
        self.assertIsNone(evidence.tree(Shape("list", "sequential", 1000, pool_slots="7")))


def put_get(numbers):
    """Times of compositions for put."""
    return {at(name): ns for name, ns in numbers.items()}


class Times(unittest.TestCase):
    """(claim, [evidence by which it holds], [by which it does not])"""

    def check(self, row, holds, fails, known=()):
        """known: figures that the outcome's text tells, of the evidence by which it holds."""
        test = TIMED[row["test"]]
        outcome = test(row, made([holds]))
        self.assertEqual(outcome.verdict, HOLDS, outcome)
        self.assertEqual(test(row, made([fails])).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made([])).verdict, NOT_MEASURED)
        self.assertEqual(outcome.replicates, BLOCKS)
        self.assertLess(outcome.low, outcome.high)
        for figure in known:
            self.assertIn(figure, outcome.measured)
        return outcome

    def test_time_ratio_and_speedup(self):
        fast, slow = put_get({"a": 50, "b": 100}), put_get({"a": 100, "b": 50})
        outcome = self.check(claim("time_ratio", "a b", claimed="0.5"), fast, slow)
        self.assertAlmostEqual(outcome.value, 0.5, delta=0.01)
        outcome = self.check(claim("speedup", "a b", claimed="1.6..2"), fast, slow)
        self.assertAlmostEqual(outcome.value, 2, delta=0.04)

    def test_a_figure_over_cells_is_the_geometric_mean(self):
        row = claim("speedup", "a b", op="put get", claimed="2")
        cells = {at("a"): 100, at("b"): 100, at("a", "get"): 25, at("b", "get"): 100}
        outcome = self.check(row, cells, {at("a"): 50, at("b"): 50},
                             known=["from 1.0", "(put sequential 1K)", "(get sequential 1K)"])
        self.assertAlmostEqual(outcome.value, 2, delta=0.04)
        part = audit_times.speedup(row, made([put_get({"a": 50, "b": 100})]))
        self.assertIn("1 of 2 cells not measured", part.measured)

    def test_settings_choose_hash_and_key(self):
        row = claim("time_ratio", "a b", settings="HASH=identity KEY=str", claimed="0.5")
        where = dict(hash="identity", key="str")
        self.check(row, {at("a", **where): 1, at("b", **where): 2},
                   {at("a", **where): 2, at("b", **where): 2})
        self.assertEqual(audit_times.time_ratio(row, made([put_get({"a": 1, "b": 2})])).verdict,
                         NOT_MEASURED)

    def test_gap_on_equal_terms(self):
        row = claim("gap_on_equal_terms", "a r", op="put", scale="100000", claimed="4")
        theirs = at("r", "insert10", "shuffled", 10000)
        cells = {at("a", scale=100000): 400, at("r", scale=100000): 100, theirs: 50}
        self.check(row, cells, {**cells, at("a", scale=100000): 100},
                   known=["7.99 as the documents divide"])

    def test_ratio_of_speedups(self):
        row = claim("ratio_of_speedups", "a b c d", claimed=">1")
        self.check(row, put_get({"a": 1, "b": 4, "c": 1, "d": 2}),
                   put_get({"a": 1, "b": 2, "c": 1, "d": 4}), known=["a gains 4.0", "c 2.0"])

    def test_gain_by_key(self):
        row = claim("gain_by_key", "a b", settings="KEY=u64,str", claimed="1")

        def cells(**str_times):
            return {**put_get({"a": 1, "b": 2}),
                    **{at(name, key="str"): ns for name, ns in str_times.items()}}
        self.check(row, cells(a=10, b=20), cells(a=20, b=10))

    def test_time_by_scale(self):
        row = claim("time_by_scale", "a", scale="1000 5000 9000", claimed="1.75..2.2")
        self.check(row, {at("a"): 1, at("a", scale=5000): 2, at("a", scale=9000): 2},
                   {at("a"): 1, at("a", scale=5000): 1, at("a", scale=9000): 1})

    def test_time_by_op_and_pattern(self):
        self.check(claim("time_by_op", "a", op="get put", claimed="3"),
                   {at("a", "get"): 3, at("a"): 1}, {at("a", "get"): 1, at("a"): 1})
        self.check(claim("time_by_pattern", "a", pattern="random sequential", claimed="<1"),
                   {at("a", pattern="random"): 1, at("a"): 2},
                   {at("a", pattern="random"): 2, at("a"): 1})

    def test_sequential_is_best(self):
        row = claim("sequential_is_best", "a", claimed=">1")
        cells = {at("a"): 1, at("a", pattern="shuffled"): 2, at("a", pattern="random"): 3,
                 at("a", "get_in_order", "shuffled"): 1, at("a", "get", "shuffled"): 2}
        self.check(row, cells, {**cells, at("a", pattern="random"): 0.5},
                   known=["in 3 cells: 3 holds", "furthest from it is put shuffled 1K"])

    def test_order_by_scale(self):
        row = claim("order_by_scale", "a b", scale="1000 5000")
        test = audit_times.order_by_scale
        crossing = made([{at("a"): 1, at("b"): 2, at("a", scale=5000): 4, at("b", scale=5000): 2}])
        outcome = test(row, crossing)
        self.assertEqual(outcome.verdict, HOLDS)
        self.assertIn("put a / b is 0.5", outcome.measured)
        self.assertAlmostEqual(outcome.p, 2 * 2 / 2 ** 12)  # of two comparisons
        alike = made([{at("a"): 1, at("b"): 2, at("a", scale=5000): 2, at("b", scale=5000): 4}])
        self.assertEqual(test(row, alike).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made([])).verdict, NOT_MEASURED)
        # equal for all that can be told at the second scale
        near = made([{at("a"): 1, at("b"): 2, at("a", scale=5000): 2, at("b", scale=5000): 2}])
        self.assertEqual(test(row, near).verdict, UNDECIDED)

    def test_hashes(self):
        where = {name: at("a", hash=name) for name in ("identity", "xxh3")}
        self.check(claim("time_by_hash", "a", settings="HASH=identity,xxh3", claimed="1"),
                   {where["identity"]: 10, where["xxh3"]: 10},
                   {where["identity"]: 5, where["xxh3"]: 10})
        outcome = self.check(claim("hash_share", "a", settings="HASH=xxh3,identity", claimed="0.1"),
                             {where["identity"]: 90, where["xxh3"]: 100},
                             {where["identity"]: 50, where["xxh3"]: 100})
        self.assertAlmostEqual(outcome.value, 0.1, delta=0.02)

    def test_allocators(self):
        settings = "ALLOC=x,y"

        def cells(x, y):
            return {at("a"): 10, at("a", allocator="x"): x, at("a", allocator="y"): y}
        self.check(claim("time_by_allocator", "a", settings=settings, claimed="1"), cells(10, 11),
                   cells(10, 30), known=["furthest from 1 is y"])
        self.check(claim("time_by_allocator", "a", settings=settings, claimed="differs"),
                   cells(10, 30), cells(10, 11))

    def test_time_difference(self):
        outcome = self.check(claim("time_difference", "a b", claimed="0.2"),
                             put_get({"a": 100, "b": 80}), put_get({"a": 100, "b": 40}),
                             known=["ns"])
        self.assertAlmostEqual(outcome.value, 0.2, delta=0.02)
        both = audit_costs.time_difference(claim("time_difference", "a b c", claimed="0.5"),
                                           made([put_get({"a": 100, "b": 80, "c": 70})]))
        self.assertAlmostEqual(both.value, 0.5, delta=0.03)

    def trees(self, fallbacks):
        return {Shape("small", "sequential", 1000): {"entries": 1000, "pool": {
            "fallbacks": fallbacks}}}

    def test_what_a_fallback_costs(self):
        times = put_get({"small": 100, "large": 40})
        row = claim("fallback_cost", "small large", claimed="0.3")
        outcome = audit_costs.fallback_cost(row, made([times], self.trees(2000)))
        self.assertEqual(outcome.verdict, HOLDS)
        self.assertAlmostEqual(outcome.value, 0.3, delta=0.01)
        self.assertIn("30", outcome.measured)
        dear = audit_costs.fallback_cost(row, made([times], self.trees(500)))
        self.assertEqual(dear.verdict, DOES_NOT_HOLD)
        none = audit_costs.fallback_cost(row, made([times], self.trees(0)))
        self.assertEqual(none.verdict, NOT_MEASURED)

    def test_what_all_fallbacks_cost(self):
        times = made([put_get({"small": 100, "large": 40})], self.trees(500))
        for claimed, verdict in (("0.6", HOLDS), ("1.14", DOES_NOT_HOLD)):
            row = claim("fallback_share", "small large", claimed=claimed)
            self.assertEqual(audit_costs.fallback_share(row, times).verdict, verdict)

    def test_what_a_node_costs(self):
        row = claim("node_cost", "many few r", claimed="1")
        trees = {Shape(name, "sequential", 1000): {"entries": 1000, "inner_nodes": nodes}
                 for name, nodes in (("many", 7000), ("few", 2000))}
        for reference, verdict in ((20, HOLDS), (60, DOES_NOT_HOLD)):
            evidence = made([put_get({"many": 150, "few": 50, "r": reference})], trees)
            outcome = audit_costs.node_cost(row, evidence)
            self.assertEqual(outcome.verdict, verdict)
            self.assertIn("ns a node", outcome.measured)

    def test_a_build_that_there_is_not(self):
        outcome = audit.test(claim("not_built", "a", settings="a build of glass"), made())
        self.assertEqual(outcome.verdict, NOT_MEASURED)
        self.assertIn("a build of glass", outcome.measured)

    def test_ablation_order(self):
        row = claim("ablation_order", "array64 exact lazy inline list", claimed=">1")
        times = dict(array64=90, exact=20, lazy=50, inline=80, list=100)
        self.check(row, put_get(times), put_get({**times, "lazy": 10}),
                   known=["exact against lazy", "exact 5.0", "lazy 2.0"])

    def test_every_test_was_tried(self):
        source = pathlib.Path(__file__).read_text(encoding="utf-8")
        for module in MODULES:
            for name in module.TESTS:
                self.assertTrue(re.search(rf'"{name}"', source), name)


def tree_of(rule, entries, factor=1.0, **more):
    """A tree as the model predicts it, its nodes times a factor."""
    predicted = model.predict(rule, entries)
    levels = [round(factor * nodes) for nodes in predicted.inner_at_level]
    inner = sum(levels)
    return {"entries": entries, "inner_nodes": inner, "leaves": entries, "inner_at_level": levels,
            "child_pointers": inner + entries - 1, "depth_max": 10, "depth_mean": 10.0,
            "bytes": {"nodes": 32 * (inner + entries)}, "blocks": inner, **more}


class Counts(unittest.TestCase):
    def check(self, row, holds, fails, **more):
        test = audit_counts.TESTS[row["test"]]
        outcome = test(row, made(trees=holds, **more))
        self.assertEqual(outcome.verdict, HOLDS, outcome)
        self.assertEqual(test(row, made(trees=fails, **more)).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made()).verdict, NOT_MEASURED)
        return outcome

    def test_tree_count(self):
        row = claim("tree_count", "list phase3", comparison="nodes_per_entry", claimed="6.87")
        def trees(second):
            return {Shape("list", "sequential", 1000): {"entries": 1000, "inner_nodes": 6900},
                    Shape("phase3", "sequential", 1000): {"entries": 1000, "inner_nodes": second}}
        self.check(row, trees(6800), trees(5000))

    def test_counts_by_scale(self):
        row = claim("counts_by_scale", "p", scale="1000 5000", comparison="pool_fallback_percent",
                    claimed="0 then 79")

        def trees(last):
            return {Shape("p", "sequential", scale): {
                "pool": {"allocations": 100, "fallbacks": many}}
                for scale, many in ((1000, 0), (5000, last))}
        outcome = self.check(row, trees(79), trees(60))
        self.assertIn("79.0 at 5K", outcome.measured)

    def test_growth(self):
        row = claim("growth", "list", scale="1000 10000", comparison="inner_nodes", claimed=">10")

        def trees(last):
            return {Shape("list", "sequential", scale): {"inner_nodes": nodes}
                    for scale, nodes in ((1000, 100), (10000, last))}
        self.check(row, trees(1100), trees(900))

    def test_tree_against_model(self):
        row = claim("tree_against_model", "list", pattern="sequential random", scale="10000")

        def trees(factor):
            return {Shape("list", pattern, 10000): tree_of(cell.SHAPES["list"], 10000, many)
                    for pattern, many in (("sequential", factor), ("random", 1.0))}
        self.check(row, trees(1.2), trees(1.0))

    def test_levels_against_model(self):
        row = claim("levels_against_model", "list", settings="HASH=a,b", scale="10000")

        def trees(**extra):
            made_up = {}
            for name, nodes in extra.items():
                tree = tree_of(cell.SHAPES["list"], 10000)
                tree["inner_at_level"][2] -= nodes
                made_up[Shape("list", "sequential", 10000, name)] = tree
            return made_up
        outcome = self.check(row, trees(a=400, b=300), trees(a=400, b=0))
        self.assertIn("a, b not; furthest off is level 2", outcome.measured)

    def test_nodes_by_hash(self):
        row = claim("nodes_by_hash", "list", settings="HASH=xxh3,other")

        def trees(other):
            return {Shape("list", "sequential", 1000, name): {"inner_nodes": nodes}
                    for name, nodes in (("xxh3", 1000), ("other", other))}
        self.check(row, trees(800), trees(990))

    def test_lazy_or_compressed(self):
        row = claim("lazy_or_compressed", "reference", scale="10000")

        def trees(rule):
            return {Shape("reference", "sequential", 10000): tree_of(
                cell.CORES["reference"]._replace(rule=rule), 10000)}
        self.check(row, trees("pathcomp"), trees("lazy"))

    def test_nodes_removed(self):
        row = claim("nodes_removed", "list lazy pathcomp", claimed=">0.5")

        def trees(compressed):
            return {Shape(name, "sequential", 1000): {"inner_nodes": nodes} for name, nodes in
                    (("list", 1000), ("lazy", 820), ("pathcomp", compressed))}
        outcome = self.check(row, trees(400), trees(800))
        self.assertAlmostEqual(outcome.value, 0.6)
        self.assertIn("are 70.00 % at most", outcome.measured)

    def test_sufficient_pool(self):
        row = claim("sufficient_pool", "p", claimed="0")
        slots = str(pool.with_headroom(pool.SLOTS_PER_ENTRY * 1000))

        def trees(fallbacks):
            return {Shape("p", "sequential", 1000, pool_slots=slots): {"pool": {
                "fallbacks": fallbacks}}}
        self.check(row, trees(0), trees(3))

    def test_memory_against_need(self):
        row = claim("memory_against_need", "bump grow", claimed="1")

        def evidence(bump):
            trees = {Shape("bump", "sequential", 1000): {
                "pool": {"slots_live": 20, "slots_capacity": 100}}}
            return made([{at(name): processes(1, tree={"bytes_per_entry": size})
                          for name, size in (("bump", bump), ("grow", 100))}], trees)
        self.assertEqual(audit_counts.memory_against_need(row, evidence(102)).verdict, HOLDS)
        outcome = audit_counts.memory_against_need(row, evidence(800))
        self.assertEqual((outcome.verdict, outcome.value), (DOES_NOT_HOLD, 8))
        self.assertIn("20.0 % of its slots live", outcome.measured)
        self.assertEqual(audit_counts.memory_against_need(row, made()).verdict, NOT_MEASURED)


class Processes(unittest.TestCase):
    def test_instruction_share(self):
        row = claim("instruction_share", "list", comparison="memory: share", claimed="0.5..0.6")

        def profile(memory, walking):
            return [dict(composition="list", op="put", pattern="sequential", scale="1000",
                         category=category, instructions=str(many), l1_misses="0", ll_misses="1")
                    for category, many in (("memory", memory), ("walking", walking))]
        test = audit_processes.instruction_share
        outcome = test(row, made(attribution=profile(1000, 1000)))
        self.assertEqual((outcome.verdict, outcome.value), (HOLDS, 0.5))
        self.assertEqual(test(row, made(attribution=profile(100, 1000))).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made(attribution=[])).verdict, NOT_MEASURED)

    def counts(self, op, scale, instructions, **misses):
        return dict(composition="a", op=op, pattern="sequential", scale=str(scale), hash="xxh3",
                    key="u64", instructions=str(instructions),
                    **{column: str(misses.get(column, 0)) for column in audit_processes.MISSES})

    def test_growth_beyond_instructions(self):
        row = claim("growth_beyond_instructions", "a", scale="1000 5000", claimed=">1")
        rows = [self.counts("put", 1000, 100), self.counts("put", 5000, 150)]
        test = audit_processes.growth_beyond_instructions
        for late, verdict in ((40, HOLDS), (10, DOES_NOT_HOLD)):
            evidence = made([{at("a"): 10, at("a", scale=5000): late}], instructions=rows)
            outcome = test(row, evidence)
            self.assertEqual(outcome.verdict, verdict)
            self.assertAlmostEqual(outcome.value, late / 10 / 1.5, delta=0.1)
        self.assertEqual(test(row, made(instructions=[])).verdict, NOT_MEASURED)

    def test_simulated_misses(self):
        row = claim("simulated_misses", "a", op="get get_in_order")
        test = audit_processes.simulated_misses

        def verdict(other, instructions=100):
            rows = [self.counts("get", 1000, instructions, d1_misses=10),
                    self.counts("get_in_order", 1000, 100, d1_misses=other)]
            return test(row, made(instructions=rows)).verdict
        self.assertEqual(verdict(5), HOLDS)
        self.assertEqual(verdict(10), DOES_NOT_HOLD)
        self.assertEqual(verdict(5, instructions=150), DOES_NOT_HOLD)
        self.assertEqual(test(row, made(instructions=[])).verdict, NOT_MEASURED)

    def test_waiting(self):
        row = claim("waiting", "list", claimed=">1")
        for switches, verdict in ((5000, HOLDS), (3, DOES_NOT_HOLD)):
            rows = [dict(composition="list", op="put", blocks="1000000", switches=str(switches + i))
                    for i in range(6)]
            self.assertEqual(audit_processes.waiting(row, made(switches=rows)).verdict, verdict)
        self.assertEqual(audit_processes.waiting(row, made(switches=[])).verdict, NOT_MEASURED)

    def test_lost_keys(self):
        row = claim("lost_keys", "reference")

        def lost(many):
            return [dict(commit="c", hash="h", keys="1000", lost=str(many))]
        test = audit_processes.lost_keys
        trees = {Shape("reference", "random", 10 ** 6): {}}
        outcome = test(row, made(trees=trees, lost_keys=lost(3)))
        self.assertEqual((outcome.verdict, outcome.value), (DOES_NOT_HOLD, 3))
        self.assertIn("0 lost in 1 maps of up to 1,000,000", outcome.measured)
        self.assertEqual(test(row, made(trees=trees, lost_keys=lost(0))).verdict, HOLDS)
        self.assertEqual(test(row, made(lost_keys=[])).verdict, NOT_MEASURED)


class Suspicions(unittest.TestCase):
    claims = read_rows(audit.CLAIMS)

    def outcomes(self, verdict, **others):
        made_up = Outcome("2.0 [1.9 2.1] (12)", 1.9, 2.0, 2.1, 12, verdict)
        return {row["id"]: made_up._replace(verdict=others.get(row["id"], verdict))
                for row in self.claims}

    def test_each_names_claims_there_are_that_bear_on_it(self):
        self.assertEqual([s.number for s in audit_suspicions.SUSPICIONS], list(range(1, 10)))
        for suspicion in audit_suspicions.SUSPICIONS:
            bearing = audit_suspicions.bearing(suspicion.number, self.claims)
            self.assertLessEqual(set(suspicion.decisive), set(bearing), suspicion.number)

    def test_verdicts(self):
        first = audit_suspicions.SUSPICIONS[0]
        one = first.decisive[0]
        for outcomes, verdict in [
                (self.outcomes(DOES_NOT_HOLD), audit_suspicions.CONFIRMED),
                (self.outcomes(HOLDS), audit_suspicions.REFUTED),
                (self.outcomes(DOES_NOT_HOLD, **{one: HOLDS}), audit_suspicions.IN_PART),
                (self.outcomes(DOES_NOT_HOLD, **{one: UNDECIDED}),
                 audit_suspicions.CONFIRMED + audit_suspicions.SO_FAR),
                (self.outcomes(UNDECIDED), audit_suspicions.OPEN)]:
            self.assertEqual(audit_suspicions.settled(first, outcomes), verdict)
        confirmed = audit_suspicions.conclusion(first, self.outcomes(DOES_NOT_HOLD))
        self.assertEqual(confirmed, first.confirmed)
        part = audit_suspicions.conclusion(first, self.outcomes(DOES_NOT_HOLD, **{one: UNDECIDED}))
        self.assertEqual(part, f"Not decided: {one}.")

    def test_figures_are_substituted_and_clauses_without_them_left_out(self):
        language = audit_suspicions.SUSPICIONS[2]
        findings = audit_suspicions.Findings(self.outcomes(DOES_NOT_HOLD), made())
        self.assertIn("take 2.00 [1.90 2.10] times", audit_suspicions.told(language, findings))
        findings = audit_suspicions.Findings(self.outcomes(NOT_MEASURED), made())
        self.assertIn("Nothing", audit_suspicions.told(language, findings))

    def test_every_clause_can_be_told(self):
        trees = {Shape(name, pattern, 100000): tree_of(cell.SHAPES[name], 100000)
                 for name in ("list", "lazy", "pathcomp") for pattern in ("sequential", "random")}
        trees[Shape("phase2.5", "sequential", 100000)] = {
            "child_pointers": 25, "pool": {"slots_live": 90, "slots_used": 100}}
        findings = audit_suspicions.Findings(self.outcomes(HOLDS), made(trees=trees))
        for suspicion in audit_suspicions.SUSPICIONS:
            for clause in suspicion.clauses:
                self.assertRegex(clause(findings), r"\d", clause.__name__)


def planned():
    """{plan: {Place: ns}} of every cell of every plan."""
    usual = {"HASH": "xxh3", "KEY": "u64", "ALLOC": "glibc"}
    tables = collections.defaultdict(dict)
    for path in (ROOT / "experiments").glob("*.plan"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("VARIANTS="):
                settings = usual | dict(word.split("=", 1) for word in line.split())
                lists = [settings[name].split(",") for name in
                         ("VARIANTS", "OPS", "PATTERNS", "SCALES", "HASH", "KEY", "ALLOC")]
                for variant, op, pattern, scale, *how in itertools.product(*lists):
                    place = Place(in_order(variant), op, pattern, cell.read_scale(scale), *how)
                    tables[path.stem][place] = processes(100 + len(tables[path.stem]),
                                                         int(settings["REPS"]))
    return tables


class Claims(unittest.TestCase):
    claims = read_rows(audit.CLAIMS)
    mine = set().union(*(module.TESTS for module in MODULES))

    def test_every_claim_has_a_test(self):
        for row in self.claims:
            self.assertIn(row["test"], audit.TESTS, row["id"])
        names = [set(module.TESTS) for module in (*MODULES, audit_superslab)]
        self.assertEqual(len(set.union(*names)), sum(map(len, names)))

    def test_claimed_figures_can_be_read(self):
        for row in self.claims:
            for claimed in filter(None, row["claimed"].split(" then ")):
                with self.subTest(row["id"]):
                    rules.readings(claimed)

    def test_compositions_exist(self):
        for row in self.claims:
            for name in row["compositions"].split():
                if row["test"] in self.mine:
                    compose.Composition(name)  # raises Nonsense

    def test_a_claim_without_a_test_is_told(self):
        with self.assertRaises(command.BadSetting):
            audit.test(claim("nonsense"), made())

    def test_every_cell_that_a_claim_names_is_planned(self):
        evidence = made()
        evidence.experiments = planned()
        tree = {"entries": 1000, "inner_nodes": 7000, "pool": {"fallbacks": 500}}
        evidence.tree = lambda shape: tree | {"inner_nodes": 100 if "lazy" in shape.composition
                                              else 7000}
        for row in self.claims:
            if row["test"] in TIMED and row["test"] != "not_built":
                outcome = audit.test(row, evidence)
                with self.subTest(row["id"]):
                    self.assertNotEqual(outcome.verdict, NOT_MEASURED, outcome.measured)

    def test_every_count_that_a_claim_names_is_made(self):
        made_here = {(c, p, n, h) for c, p, n, h, slots in audit_trees.wanted() if not slots}
        few = (audit_trees.SOME_RANDOM, 10 ** 7)  # with one hash and some patterns
        made_here |= {(c, p, n, h) for table in planned().values() for c, _, p, n, h, *_ in table}
        for row in self.claims:
            if row["test"] in audit_counts.TESTS and row["test"] != "sufficient_pool":
                for name, shape in audit_counts.shapes(row):
                    found = (in_order(shape.composition), *shape[1:4]) in made_here
                    self.assertTrue(found or shape.scale in few, f"{row['id']} {name}")


class Trees(unittest.TestCase):
    def test_no_map_is_made_twice(self):
        wanted = audit_trees.wanted()
        self.assertEqual(len(set(wanted)), len(wanted))
        self.assertIn(("phase2.5", "random", 1000, "xxh3", 36000), wanted)

    def test_a_row_is_read_back(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        (directory / "audit").mkdir()
        rows = [audit_trees.tree_row("list", "sequential", 1000, "murmur3", None),
                audit_trees.tree_row("phase2", "sequential", 1000, "murmur3", 36000)]
        audit_trees.write(directory / "audit" / audit_trees.TREES, audit_trees.TREE_COLUMNS, rows)
        evidence = Evidence(directory, directory)
        plain = Shape("list", "sequential", 1000, "murmur3")
        self.assertEqual(evidence.tree(plain)["entries"], 1000)
        sized = Shape("phase2", "sequential", 1000, "murmur3", "36000")
        self.assertEqual(evidence.tree(sized)["pool"]["slots_capacity"], 36000)

    def test_a_directory_that_is_not_there(self):
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            with self.assertRaises(SystemExit) as stopped:
                command.run_report("audit_trees", audit_trees.report, ["--out", "/nowhere"])
        self.assertEqual((stopped.exception.code, len(error.getvalue().splitlines())), (2, 1))


class Report(unittest.TestCase):
    def report(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            audit.report([str(argument) for argument in arguments])
        return out.getvalue()

    def test_every_claim_is_shown_once_and_counted(self):
        text = self.report()
        ids = re.findall(r"^(\d{3}\.c\d\d) ", text, re.M)
        rows = read_rows(audit.CLAIMS)
        self.assertEqual(ids, [row["id"] for row in rows])
        totals = text.splitlines()[-1]
        counts = [int(re.search(rf"(\d+) {verdict}", totals)[1]) for verdict in VERDICTS]
        self.assertTrue(totals.startswith(f"{len(rows)} claims: "))
        self.assertEqual(sum(counts), len(rows))
        self.assertEqual(max(map(len, text.splitlines())), min(150, max(map(
            len, text.splitlines()))))
        for number in range(1, 10):
            self.assertRegex(text, rf"(?m)^{number}\. ")

    def test_one_document(self):
        text = self.report("--document", "003")
        self.assertIn("\n==== Document 003", text)
        self.assertNotIn("\n==== Document 000", text)
        with self.assertRaises(command.BadSetting):
            self.report("--document", "007")

    def test_the_stored_outcomes_are_those_of_the_stored_results(self):
        outcomes = audit.audit(read_rows(audit.CLAIMS), Evidence())
        stored = [list(row.values()) for row in read_rows(OUTCOMES)]
        self.assertEqual(stored, [audit.outcome_row(*pair) for pair in outcomes.items()],
                         "results/audit/outcomes.csv: make audit writes it")

    def test_outcomes_are_written_whole(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        outcomes = {"a": Outcome("x, y", 1.0, 2.0, 3.0, 12, HOLDS, 0.01),
                    "b": Outcome("none", None, None, None, 0, NOT_MEASURED)}
        audit.write_outcomes(directory / "o.csv", outcomes)
        rows = read_rows(directory / "o.csv")
        self.assertEqual([row["id"] for row in rows], ["a", "b"])
        self.assertEqual((rows[0]["measured"], rows[0]["low"], rows[1]["value"]), ("x, y", "1", ""))
        self.assertEqual(list(directory.iterdir()), [directory / "o.csv"])


if __name__ == "__main__":
    unittest.main()
