#!/usr/bin/env python3
"""The statistics of notebooks/lab on made data whose answers are known."""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import stats  # noqa: E402


class SignTest(unittest.TestCase):
    def test_ranks_are_those_of_published_tables(self):
        # Conover, Practical Nonparametric Statistics: two-sided sign test at 5 %.
        known = {5: 0, 6: 1, 8: 1, 9: 2, 12: 3, 15: 4, 20: 6, 25: 8, 40: 14}
        self.assertEqual({n: stats.sign_test_rank(n) for n in known}, known)

    def test_interval_of_known_values(self):
        self.assertEqual(stats.estimate([5, 1, 2, 4, 3, 6]), (3.5, 1, 6, 6))
        self.assertEqual(stats.estimate(range(1, 13)), (6.5, 3, 10, 12))

    def test_too_few_values_have_no_interval(self):
        self.assertEqual(stats.estimate([1, 2, 3]), (2, None, None, 3))

    def test_intervals_cover_the_median_as_often_as_they_say(self):
        source = random.Random(1)
        trials, covered = 4000, 0
        for _ in range(trials):
            skewed = stats.estimate([source.lognormvariate(0, 1) for _ in range(12)])
            covered += skewed.low <= 1 <= skewed.high
        # exactly 96.1 % for twelve values, whatever their distribution
        self.assertAlmostEqual(covered / trials, 0.961, delta=0.012)


class PairedRatio(unittest.TestCase):
    def test_drift_divides_out(self):
        drift = {block: 1 + block for block in range(12)}
        slow = {block: 3.0 * d for block, d in drift.items()}
        fast = {block: 2.0 * d for block, d in drift.items()}
        self.assertEqual(stats.paired_ratio(slow, fast), (1.5, 1.5, 1.5, 12))

    def test_only_blocks_with_both_count(self):
        self.assertEqual(stats.paired_ratio({1: 4.0, 2: 9.0}, {2: 3.0, 3: 1.0}).median, 3.0)
        self.assertIsNone(stats.paired_ratio({1: 4.0}, {2: 3.0}))


if __name__ == "__main__":
    unittest.main()
