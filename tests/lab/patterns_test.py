#!/usr/bin/env python3
"""Orders of keys, on made times."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer, figure_of, rings  # noqa: E402
from made_runs import POOL_FULL, made  # noqa: E402
from lab import patterns, printing  # noqa: E402
from lab.results import NotMeasured  # noqa: E402
from lab.settings import STORED_BASELINE as BASELINE  # noqa: E402

FACTORS = {"put": 1.2, "get": 1.0, "get_in_order": 0.5, "get_chained": 2.0}


def runs(scales=(1000, 100000), variants=(BASELINE, "fix4"), ops=tuple(FACTORS), full=()):
    def ns(cell, competitor):
        if (cell.op, cell.pattern, cell.scale, len(scales)) == ("get_chained", "random", 100000, 3):
            return None
        return cell.scale / 1000 * FACTORS[cell.op] * (1 + (cell.pattern == "shuffled"))
    return made(ns, ops=ops, patterns=printing.PATTERNS, scales=scales, variants=variants,
                shape=lambda cell, competitor: POOL_FULL if competitor.variant in full else {})


class Patterns(unittest.TestCase):
    def test_the_largest_scale_that_has_everything(self):
        self.assertEqual(patterns.orders_of(runs()).scale, 100000)
        self.assertEqual(patterns.orders_of(runs((1000, 10000, 100000))).scale, 10000)
        for some in (runs(ops=("put", "get")), runs(variants=("lazy",))):
            with self.assertRaises(NotMeasured):
                patterns.orders_of(some)

    def test_ratios_are_of_blocks_of_one_number(self):
        some = runs()
        found = patterns.orders_of(some[(some["variant"] != "fix4") | (some["op"] != "get_chained")])
        ratios = patterns.ratios(found, ("get_chained", "shuffled"), ("get", "shuffled"))
        self.assertEqual({variant: tuple(ratio)[:3] for variant, ratio in ratios.items()}, {BASELINE: (2, 2, 2)})

    def test_the_figure(self):
        points, collisions, told = answer(patterns.ORDER, patterns.orders_of(runs()))
        self.assertEqual(collisions, [])
        self.assertEqual(list(points), [BASELINE, "fix4"])
        self.assertEqual({marker: len(found) for marker, found in points["fix4"].items()},
                         {("o", False): 3, ("s", True): 3, ("D", True): 3, ("^", True): 3})
        for what, ratio in (("shuffled keys, get_in_order over get", "0.50 [0.50 0.50]"),
                            ("put, shuffled over sequential keys", "2.00 [2.00 2.00]")):
            self.assertIn(f"{what}: {BASELINE} {ratio}, fix4 {ratio}.", told)

    def test_a_full_pool_is_ringed(self):
        with figure_of(patterns.ORDER, patterns.orders_of(runs(full=("fix4",)))) as figure:
            self.assertEqual({title: len(each) for title, each in rings(figure).items()}, {"fix4": 12})


if __name__ == "__main__":
    unittest.main()
