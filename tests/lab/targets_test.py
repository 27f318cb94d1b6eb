#!/usr/bin/env python3
"""Whether a target is met: by the whole interval alone, and where it is worst."""
import pathlib
import sys
import unittest

import pandas

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab.stats import Estimate, estimate  # noqa: E402
from lab.targets import Limit, Target, count, reached  # noqa: E402


def interval(low, high, median=2.0):
    return Estimate(median, low, high, 6)


class Targets(unittest.TestCase):
    def test_an_interval_that_holds_the_limit_or_is_none_is_undecided(self):
        for at_least, low, high, said in ((True, 1.0, 3.0, "undecided"), (True, 1.0, 2.0, "undecided"),
                                          (True, 2.0, 3.0, "met"), (True, 1.0, 1.5, "missed"),
                                          (True, None, None, "undecided"),
                                          (False, 1.0, 3.0, "undecided"), (False, 2.0, 3.0, "undecided"),
                                          (False, 1.0, 2.0, "met"), (False, 2.5, 3.0, "missed"),
                                          (False, None, None, "undecided")):
            self.assertEqual(Limit(2.0, at_least).verdict(interval(low, high)), said, (at_least, low, high))

    def test_the_worst_is_by_verdict_and_then_by_median(self):
        met, undecided, missed = interval(1.0, 1.5, 1.2), interval(1.0, 9.0, 5.0), interval(2.1, 2.3, 2.2)
        unknown = interval(None, None, 0.5)
        limit = Limit(2.0)
        self.assertEqual(limit.worst({1: met, 2: undecided, 3: missed}), (3, missed, "missed"))
        self.assertEqual(limit.worst({1: unknown, 2: met}), (1, unknown, "undecided"))
        self.assertEqual(limit.worst({1: missed, 2: interval(2.1, 9.0, 3.0)})[0], 2)
        low, lower = interval(2.1, 2.3, 2.2), interval(2.0, 2.3, 2.1)
        self.assertEqual(Limit(2.0, at_least=True).worst({1: low, 2: lower}), (2, lower, "met"))

    def test_of_each_layout_that_was_measured_what_was_reached_is_told(self):
        turns = pandas.MultiIndex.from_product([range(6), range(3)], names=["block", "turn"])
        values = {"x": {10: pandas.Series(6 * [1.0]), 100: pandas.Series(6 * [9.0, 3.0, 1.0], turns),
                        1000: pandas.Series(dtype=float)}, "y": {}}
        target = Target("what", Limit(2.0), values.get)
        row, = reached([target], values)
        self.assertEqual(row, (target, "x", 100, estimate([3.0] * 6), "missed"))
        self.assertEqual(count([row.verdict, "met", "missed"]), "1 met, 2 missed, 0 undecided")


if __name__ == "__main__":
    unittest.main()
