#!/usr/bin/env python3
"""Orders of keys, on made times."""
import unittest

from drawn import figure_of, rings
from made_runs import POOL_FULL, made
from lab import patterns, printing
from lab.results import NotMeasured
from lab.settings import STORED_BASELINE as BASELINE

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

    def test_a_full_pool_is_ringed(self):
        with figure_of(patterns.ORDER, patterns.orders_of(runs(full=("fix4",)))) as figure:
            self.assertEqual({title: len(each) for title, each in rings(figure).items()}, {"fix4": 12})


if __name__ == "__main__":
    unittest.main()
