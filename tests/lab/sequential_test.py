#!/usr/bin/env python3
"""Confidence sequences for the median: against the bet they come from, and by what they cover when one looks after
every value."""
import fractions
import math
import pathlib
import sys
import unittest

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import sequential, stats


class Interval(unittest.TestCase):
    def test_the_bet_is_the_product_of_fair_bets(self):
        # Betting on each value by what came before, Beta(a, a) becomes Beta(a + below, a + above): in fractions.
        a, wealth, below, above = fractions.Fraction(sequential.SPREAD), fractions.Fraction(1), 0, 0
        for is_below in (1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1):
            chance = (a + below) / (2 * a + below + above)
            wealth *= 2 * (chance if is_below else 1 - chance)
            below, above = below + is_below, above + 1 - is_below
            self.assertAlmostEqual(sequential.log_wealth(below, below + above), math.log(wealth))

    def test_it_holds_the_medians_that_the_bet_has_not_refuted(self):
        for count in (11, 12, 13, 40, 41, 300):
            rank = sequential.rank(count)
            refuted = [below for below in range(count + 1) if sequential.log_wealth(below, count) >= math.log(20)]
            self.assertEqual(refuted, [*range(rank), *range(count - rank + 1, count + 1)])

    def test_twelve_values_are_the_first_with_an_interval(self):
        self.assertEqual(sequential.estimate(range(11)), (5, None, None, 11))
        self.assertEqual(sequential.estimate(range(12)), (5.5, 0, 11, 12))

    def test_it_is_never_narrower_than_that_of_a_fixed_number(self):
        for count in range(1, 500):
            self.assertLessEqual(sequential.rank(count), stats.sign_test_rank(count))

    def test_looking_after_every_value_it_misses_the_median_in_one_of_twenty_at_most(self):
        # And the fixed interval far more often, or this could not fail.
        trials, values = 1000, 400
        below = numpy.cumsum(numpy.random.default_rng(7).random((trials, values)) < 0.5, axis=1)
        counts = numpy.arange(1, values + 1)

        def ever_missed(rank_of):
            ranks = numpy.array([rank_of(count) for count in counts])
            return numpy.mean(numpy.any((below < ranks) | (counts - below < ranks), axis=1))
        self.assertLess(ever_missed(sequential.rank), 0.05)
        self.assertGreater(ever_missed(stats.sign_test_rank), 0.2)

    def test_the_p_value_is_small_where_the_interval_excludes_the_null_and_only_there(self):
        source = numpy.random.default_rng(9)
        for count in (5, 12, 40, 200):
            for shift in (0, 0.2, 1):
                values = source.normal(shift, 1, count)
                low, high = sequential.estimate(values)[1:3]
                self.assertEqual(sequential.p_value(values, 0) <= 0.05, low is not None and not low <= 0 <= high)

    def test_a_lower_confidence_is_narrower(self):
        self.assertGreater(sequential.rank(100, 0.8), sequential.rank(100))


class Wanted(unittest.TestCase):
    def test_the_number_of_values_that_are_expected_to_do(self):
        values = numpy.random.default_rng(3).normal(1, 0.1, 200)
        def narrow(found):
            return found.low is not None and found.high - found.low < 0.02
        wanted = sequential.wanted(values, narrow, 10 ** 6)
        self.assertTrue(narrow(sequential.expected(numpy.sort(values), wanted)))
        self.assertFalse(narrow(sequential.expected(numpy.sort(values), int(0.97 * wanted))))
        more = numpy.random.default_rng(4).normal(1, 0.1, 2 * wanted)
        self.assertTrue(narrow(sequential.estimate(more)))
        self.assertFalse(narrow(sequential.estimate(more[:wanted // 4])))

    def test_what_no_number_of_values_does(self):
        self.assertIsNone(sequential.wanted([1] * 20, lambda found: found.median > 1, 1000))

    def test_it_may_be_less_than_there_are(self):
        self.assertEqual(sequential.wanted([1] * 50, lambda found: found.low == 1, 1000), 12)


if __name__ == "__main__":
    unittest.main()
