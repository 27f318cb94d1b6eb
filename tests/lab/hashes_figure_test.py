#!/usr/bin/env python3
"""The figures of hashes and of orders of keys, on made times and trees."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer  # noqa: E402
from made_cells import made, tree  # noqa: E402
from lab import tables  # noqa: E402
from lab.counts import hash_counts  # noqa: E402
from lab.figures import hashes as hashes_figure, patterns  # noqa: E402
from lab.shape import hashes  # noqa: E402
from lab.figures.question import NotMeasured  # noqa: E402

ENTRIES = 10000
COSTS = {"xxh3": 3.0, "siphash": 20.0, "identity": 0.0}


def hash_cells(names=tuple(COSTS)):
    """identity spreads sequential keys more evenly than chance."""
    def shape(place, competitor):
        even = competitor.hash == "identity" and place.pattern == "sequential"
        return tree("lazy", place.scale, -600 if even else 0)
    return made(lambda place, competitor: 100 + COSTS[competitor.hash], scales=(ENTRIES,),
                patterns=("sequential", "random"), variants=("outline+lazy", "reference"), hashes=names,
                shape=shape)


class Hashes(unittest.TestCase):
    def test_costs_are_over_no_hash_and_nodes_over_the_model(self):
        found = hashes_figure.read_cells(hash_cells())
        self.assertEqual({(variant, op) for variant, _, op, _ in found.costs},
                         {(v, op) for v in ("outline+lazy", "reference") for op in ("put", "get")})
        for *_, by_hash in found.costs:
            # by the block it ran in, a process is up to 2.75 times as slow
            self.assertEqual(list(by_hash), ["xxh3", "siphash"])
            self.assertAlmostEqual(by_hash["siphash"].median, 20 * 1.875)
        self.assertLess(found.off["sequential"]["identity"], -10)
        self.assertLess(abs(found.off["sequential"]["xxh3"]), 0.1)
        self.assertEqual(found.verdicts["random", "identity"], "uniform")

    def test_the_figure(self):
        points, collisions, told = answer(hashes_figure.COST,
                                          hashes_figure.read_cells(hash_cells()))
        self.assertEqual(collisions, [])
        counted = next(panel for title, panel in points.items() if title.startswith("instructions"))
        stored = hash_counts.load()
        self.assertEqual(sorted(x for x, _ in counted["o", True]),
                         sorted(stored["u64"][name] for name in COSTS))
        self.assertEqual(sorted(x for x, _ in counted["s", True]),
                         sorted(stored["str"][name] for name in COSTS))
        right = next(panel for title, panel in points.items() if title.startswith("lazy: inner"))
        self.assertEqual(min(x for x, _ in right["o", False]),
                         min(hashes_figure.read_cells(hash_cells()).off["sequential"].values()))
        self.assertIn("Of 8 differences in time to no hash 8 have an interval without 0", told[2])
        self.assertTrue(told[-1].endswith("not make: identity on sequential keys."))
        self.assertLess(hashes.HASHES.index("xxh3"), hashes.HASHES.index("identity"))

    def test_every_hash_is_counted_on_every_kind_of_key(self):
        found = hash_counts.load()
        self.assertEqual(list(found), list(hash_counts.KEYS))
        for by_hash in found.values():
            self.assertEqual(list(by_hash), hashes.HASHES)
        self.assertEqual(found["u64"]["identity"], 0)
        self.assertLess(found["u64"]["wyhash"], found["u64"]["siphash"])

    def test_without_no_hash_there_is_no_cost(self):
        for names in (("xxh3", "siphash"), ("siphash", "identity")):
            with self.assertRaises(NotMeasured):
                hashes_figure.read_cells(hash_cells(names))


FACTORS = {"put": 1.2, "get": 1.0, "get_in_order": 0.5, "get_chained": 2.0}


def pattern_cells(scales=(1000, 100000), variants=("outline", "fix4"), ops=tuple(FACTORS)):
    def ns(place, competitor):
        if place == ("get_chained", "random", 100000, "u64") and len(scales) > 2:
            return None
        return place.scale / 1000 * FACTORS[place.op] * (1 + (place.pattern == "shuffled"))
    return made(ns, ops=ops, patterns=tables.PATTERNS, scales=scales, variants=variants)


class Patterns(unittest.TestCase):
    def test_the_largest_scale_that_has_everything(self):
        self.assertEqual(patterns.orders_of(pattern_cells()).scale, 100000)
        self.assertEqual(patterns.orders_of(pattern_cells((1000, 10000, 100000))).scale, 10000)
        for some in (pattern_cells(ops=("put", "get")), pattern_cells(variants=("lazy",))):
            with self.assertRaises(NotMeasured):
                patterns.orders_of(some)

    def test_ratios_are_of_blocks_of_one_number(self):
        found = patterns.orders_of(pattern_cells())
        ratio = patterns.ratio(found, "fix4", ("get_chained", "shuffled"), ("get", "shuffled"))
        self.assertEqual((ratio.median, ratio.low, ratio.high), (2, 2, 2))
        self.assertIsNone(patterns.ratio(found, "fix4", ("remove", "random"), ("get", "random")))

    def test_the_figure(self):
        points, collisions, told = answer(patterns.ORDER, patterns.orders_of(pattern_cells()))
        self.assertEqual(collisions, [])
        self.assertEqual(list(points), ["outline", "fix4"])
        self.assertEqual({marker: len(found) for marker, found in points["fix4"].items()},
                         {("o", False): 3, ("s", True): 3, ("D", True): 3, ("^", True): 3})
        self.assertIn("shuffled keys, get_in_order over get: outline 0.50 [0.50 0.50], fix4 0.50 [0.50"
                      " 0.50].", told)
        self.assertIn("put, shuffled over sequential keys: outline 2.00 [2.00 2.00], fix4 2.00 [2.00"
                      " 2.00].", told)


if __name__ == "__main__":
    unittest.main()
