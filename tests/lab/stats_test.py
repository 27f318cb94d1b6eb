#!/usr/bin/env python3
"""The statistics of notebooks/lab on made data whose answers are known."""
import math
import pathlib
import random
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import stats


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
        trials, covered = 2000, 0
        for _ in range(trials):
            skewed = stats.estimate([source.lognormvariate(0, 1) for _ in range(12)])
            covered += skewed.low <= 1 <= skewed.high
        # exactly 96.1 % for twelve values, whatever their distribution
        self.assertAlmostEqual(covered / trials, 0.961, delta=0.012)


class PValues(unittest.TestCase):
    def test_sign_test_of_known_counts(self):
        # R: binom.test(8, 10)$p.value and binom.test(15, 20)$p.value
        self.assertAlmostEqual(stats.sign_test_p([1] * 8 + [-1] * 2), 0.109375)
        self.assertAlmostEqual(stats.sign_test_p([-1] * 15 + [1] * 5), 0.04138947, 7)
        self.assertEqual(stats.sign_test_p([1, -1]), 1)

    def test_values_equal_to_the_null_do_not_count(self):
        self.assertEqual(stats.sign_test_p([1] * 6 + [0] * 50), 2 / 64)
        self.assertEqual(stats.sign_test_p([0, 0]), 1)
        self.assertEqual(stats.sign_test_p([2] * 6, null=2), 1)

    def test_it_rejects_when_the_interval_excludes_the_null_and_only_then(self):
        source = random.Random(3)
        for _ in range(300):
            values = [source.gauss(0.4, 1) for _ in range(20)]
            found = stats.estimate(values)
            self.assertEqual(stats.sign_test_p(values) <= 0.05, not found.low <= 0 <= found.high)

    def test_rank_sum_of_known_sets(self):
        self.assertAlmostEqual(stats.rank_sum_p(range(5), range(5, 10)), 2 / 252)
        self.assertAlmostEqual(stats.rank_sum_p(range(5, 10), range(5)), 2 / 252)
        self.assertEqual(stats.rank_sum_p([1, 1, 1], [1, 1, 1, 1]), 1)



class ManyComparisons(unittest.TestCase):
    # Benjamini and Hochberg, 1995, section 4: 15 hypotheses on thrombolysis.
    PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]

    def test_the_published_example(self):
        def rejected(adjust):
            return sum(p <= 0.05 for p in adjust(self.PUBLISHED))
        self.assertEqual((rejected(stats.holm), rejected(stats.benjamini_hochberg)), (3, 4))

    def test_empty_and_certain(self):
        for adjust in (stats.holm, stats.benjamini_hochberg):
            self.assertEqual((adjust([]), adjust([1.0, 1.0])), ([], [1.0, 1.0]))


class Bootstrap(unittest.TestCase):
    def test_of_a_mean_it_is_that_of_the_textbook(self):
        values = list(range(1, 101))
        found = stats.bootstrap(values, statistics.mean)
        half = 1.96 * statistics.pstdev(values) / 10
        self.assertEqual(found.median, 50.5)
        self.assertAlmostEqual(found.low, 50.5 - half, delta=0.6)
        self.assertAlmostEqual(found.high, 50.5 + half, delta=0.6)

    def test_same_data_same_interval_and_other_seed_another(self):
        values = [math.exp(i / 7) for i in range(30)]
        self.assertEqual(stats.bootstrap(values), stats.bootstrap(values))
        self.assertNotEqual(stats.bootstrap(values, statistics.mean), stats.bootstrap(values, statistics.mean, seed=2))

    def test_two_values_have_one(self):
        # Of two, a draw is the lower twice in a quarter of all cases, the upper likewise.
        self.assertEqual(stats.bootstrap([1, 3]), (2, 1, 3, 2))
        self.assertEqual(stats.unpaired_ratio([2, 6], [1, 1]), (4, 2, 6, 2))
        self.assertEqual(stats.unpaired_ratio([6, 6], [1, 3]), (3, 2, 6, 2))

    def test_one_value_has_no_interval(self):
        self.assertEqual(stats.bootstrap([3]), (3, None, None, 1))
        self.assertEqual(stats.unpaired_ratio([3], [1, 2]), (2, None, None, 1))
        self.assertEqual(stats.unpaired_ratio([1, 2], [3]), (0.5, None, None, 1))


class Outliers(unittest.TestCase):
    def test_all_four_classes_of_known_values(self):
        # quartiles 25 and 75 of 0..100: fences at -125, -50, 150, 225, which still belong inside
        values = [*range(101)]
        far = [*values, -400, -80, 180, 400]
        self.assertEqual(stats.outliers(far)[-4:], ["low severe", "low mild", "high mild", "high severe"])
        self.assertEqual(set(stats.outliers(far)[:-4]), {"none"})
        self.assertEqual(stats.count_outliers(far), {"low severe": 1, "low mild": 1, "high mild": 1, "high severe": 1})

    def test_values_on_a_fence_are_inside(self):
        # quartiles 1 and 2 of these: mild below -0.5 and above 3.5
        values = [1, 1, 1, 2, 2, 2, 3.5, -0.5]
        self.assertEqual(set(stats.outliers(values)), {"none"})


class Power(unittest.TestCase):
    def test_of_the_sign_test_against_the_binomial(self):
        self.assertAlmostEqual(stats.sign_test_power(1.0, 20), 1)
        self.assertAlmostEqual(stats.sign_test_power(0.5, 20), 0.02069, 5)  # P(15 or more of 20)
        self.assertEqual(stats.sign_test_power(0.9, 5), 0)  # five pairs have no interval

    def test_pairs_wanted_are_the_fewest(self):
        # Nine in ten pairs lie above: P(15 or more of 20) = 0.989, P(13 or more of 17) = 0.978,
        # P(13 or more of 16) = 0.932.
        null = [math.log(1.05) * x for x in (-2, -0.9, -0.8, -0.7, -0.6, 1, 2, 3, 4, 5)]
        self.assertEqual(stats.share_above(null, 0.05), 0.9)
        self.assertEqual(stats.pairs_wanted(null, 0.05), 17)
        self.assertEqual(stats.pairs_wanted([0.0], 0.05), 6)  # five pairs have no interval
        self.assertIsNone(stats.pairs_wanted([-1, 1], 0.05))

    def test_it_foretells_how_often_an_effect_is_found(self):
        source, trials, effect, noise = random.Random(9), 600, 0.05, 0.06
        null = [source.gauss(0, noise) for _ in range(4000)]
        found = sum(stats.estimate([source.gauss(math.log1p(effect), noise)
                                    for _ in range(20)]).low > 0 for _ in range(trials))
        self.assertAlmostEqual(stats.effect_power(null, effect, 20), found / trials, delta=0.06)


if __name__ == "__main__":
    unittest.main()
