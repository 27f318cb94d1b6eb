#!/usr/bin/env python3
"""The audit's tests of times, on made-up evidence with known answers."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab")]
from lab.audit import costs, times as audit_times  # noqa: E402
from lab.audit.evidence import Shape  # noqa: E402
from lab.audit.outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED  # noqa: E402
from made_evidence import TIMED, BLOCKS, at, claim, made  # noqa: E402


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
                   known=["in 3 cells: 3 hold", "furthest from it is put shuffled 1K"])

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
        both = costs.time_difference(claim("time_difference", "a b c", claimed="0.5"),
                                           made([put_get({"a": 100, "b": 80, "c": 70})]))
        self.assertAlmostEqual(both.value, 0.5, delta=0.03)

    def trees(self, fallbacks):
        return {Shape("small", "sequential", 1000): {"entries": 1000, "pool": {
            "fallbacks": fallbacks}}}

    def test_what_a_fallback_costs(self):
        times = put_get({"small": 100, "large": 40})
        row = claim("fallback_cost", "small large", claimed="0.3")
        outcome = costs.fallback_cost(row, made([times], self.trees(2000)))
        self.assertEqual(outcome.verdict, HOLDS)
        self.assertAlmostEqual(outcome.value, 0.3, delta=0.01)
        self.assertIn("30", outcome.measured)
        dear = costs.fallback_cost(row, made([times], self.trees(500)))
        self.assertEqual(dear.verdict, DOES_NOT_HOLD)
        none = costs.fallback_cost(row, made([times], self.trees(0)))
        self.assertEqual(none.verdict, NOT_MEASURED)

    def test_what_all_fallbacks_cost(self):
        times = made([put_get({"small": 100, "large": 40})], self.trees(500))
        for claimed, verdict in (("0.6", HOLDS), ("1.14", DOES_NOT_HOLD)):
            row = claim("fallback_share", "small large", claimed=claimed)
            self.assertEqual(costs.fallback_share(row, times).verdict, verdict)

    def test_what_a_node_costs(self):
        row = claim("node_cost", "many few r", claimed="1")
        trees = {Shape(name, "sequential", 1000): {"entries": 1000, "inner_nodes": nodes}
                 for name, nodes in (("many", 7000), ("few", 2000))}
        for reference, verdict in ((20, HOLDS), (60, DOES_NOT_HOLD)):
            evidence = made([put_get({"many": 150, "few": 50, "r": reference})], trees)
            outcome = costs.node_cost(row, evidence)
            self.assertEqual(outcome.verdict, verdict)
            self.assertIn("ns a node", outcome.measured)

    def test_ablation_order(self):
        row = claim("ablation_order", "array64 exact lazy inline list", claimed=">1")
        times = dict(array64=90, exact=20, lazy=50, inline=80, list=100)
        self.check(row, put_get(times), put_get({**times, "lazy": 10}),
                   known=["exact against lazy", "exact 5.0", "lazy 2.0"])


if __name__ == "__main__":
    unittest.main()
