#!/usr/bin/env python3
"""The statistics of factorial experiments, on made data whose effects are known."""
import itertools
import math
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab.factorial import contrasts

# As many as the fixes are; the even half has 64 compositions.
FACTORS = tuple("abcdefg")
TERMS = contrasts.terms(FACTORS)


def subsets(parity):
    return [frozenset(chosen) for count in range(parity, len(FACTORS) + 1, 2)
            for chosen in itertools.combinations(FACTORS, count)]


def log_response(composition, coefficients):
    return 5 + math.fsum(coefficient * contrasts.sign(term, composition)
                         for term, coefficient in coefficients.items())


def draw(source, spread, terms=TERMS):
    return {term: source.gauss(0, spread) for term in terms}


def noisy(source, coefficients, blocks):
    """Times of the even half: blocks differ by as much as a factor of 2, compositions with a are
    six times as noisy as those without, and each has two humps."""
    drift = [source.uniform(-0.7, 0.7) for _ in range(blocks)]

    def time(composition, block):
        spread = 0.3 if "a" in composition else 0.05
        hump = source.choice((-2, 2)) * spread
        return math.exp(log_response(composition, coefficients) + drift[block] + hump
                        + source.gauss(0, spread))
    return {composition: {block: time(composition, block) for block in range(blocks)}
            for composition in subsets(0)}


class Student(unittest.TestCase):
    def test_quantiles_are_those_of_published_tables(self):
        known = {1: 12.706, 2: 4.303, 3: 3.182, 5: 2.571, 10: 2.228, 30: 2.042, 120: 1.980}
        for freedom, quantile in known.items():
            self.assertAlmostEqual(contrasts.student_quantile(freedom), quantile, delta=0.0006)
        self.assertAlmostEqual(contrasts.student_quantile(5, 0.99), 4.032, delta=0.0006)
        self.assertAlmostEqual(contrasts.student_quantile(8, 0.5), 0.706, delta=0.0006)


class Effects(unittest.TestCase):
    def test_without_noise_they_are_exactly_what_was_put_in(self):
        truth = draw(random.Random(1), 0.3)
        table = {composition: {0: math.exp(log_response(composition, truth))}
                 for composition in subsets(0)}
        model = contrasts.Model(FACTORS, table, exact=True)
        for term, coefficient in truth.items():
            self.assertAlmostEqual(math.log(model.effects[term].factor),
                                   2 * len(term) * coefficient)
            self.assertEqual(model.effects[term][1:], (None, None, None))
            self.assertTrue(model.effects[term].stands)

    def test_a_fix_is_with_over_without_and_a_pair_is_the_ratio_of_two_such(self):
        # a halves the time, but alone: beside b it does nothing.
        table = {c: {0: 50.0 if "a" in c and "b" not in c else 100.0} for c in subsets(0)}
        model = contrasts.Model(FACTORS, table, exact=True)
        self.assertAlmostEqual(model.effects["a",].factor, math.sqrt(0.5))
        self.assertAlmostEqual(model.effects["a", "b"].factor, 2)
        self.assertAlmostEqual(model.effects["a", "c"].factor, 1)

    def test_intervals_cover_the_truth_as_often_as_they_say(self):
        for blocks, trials in ((2, 200), (6, 60)):
            source, covered = random.Random(blocks), 0
            for _ in range(trials):
                truth = draw(source, 0.1)
                effects = contrasts.Model(FACTORS, noisy(source, truth, blocks)).effects
                covered += sum(effects[term].low <= math.exp(2 * len(term) * truth[term])
                               <= effects[term].high for term in TERMS)
            self.assertAlmostEqual(covered / trials / len(TERMS), 0.95, delta=0.015)

    def test_where_there_is_nothing_something_stands_once_in_twenty_families_at_most(self):
        source, trials = random.Random(3), 200
        wrong = sum(any(effect.stands for effect in
                        contrasts.Model(FACTORS, noisy(source, {}, 3)).effects.values())
                    for _ in range(trials))
        # 5 % of 200 are 10: more than 19 happen once in three hundred such tests, none never.
        self.assertLessEqual(wrong, 19)
        self.assertGreater(wrong, 0)

    def test_what_is_there_stands(self):
        truth = {("b",): math.log(0.5) / 2, ("c", "d"): math.log(2) / 4}
        effects = contrasts.Model(FACTORS, noisy(random.Random(4), truth, 12)).effects
        self.assertEqual({term for term in TERMS if effects[term].stands}, truth.keys())

    def test_blocks_that_disagree_about_an_effect_are_told(self):
        source = random.Random(5)
        table = noisy(source, {}, 8)
        unrest = contrasts.Model(FACTORS, table).unrest
        self.assertAlmostEqual(sum(unrest.values()) / len(TERMS), 1, delta=0.35)
        for composition, times in table.items():
            for block in times:
                times[block] *= math.exp(contrasts.sign("b", composition) * 0.3 * (block - 3.5))
        unrest = contrasts.Model(FACTORS, table).unrest
        self.assertGreater(unrest["b",], 10)
        self.assertLess(unrest["c",], 5)


class Predictions(unittest.TestCase):
    def test_intervals_cover_the_other_half_as_often_as_they_say(self):
        # Three factors' interactions, which the model does not have, are as great as the noise.
        triples = list(itertools.combinations(FACTORS, 3))
        source, covered, trials = random.Random(6), 0, 40
        for _ in range(trials):
            truth = draw(source, 0.1) | draw(source, 0.02, triples)
            table = {c: {b: math.exp(log_response(c, truth) + source.gauss(0, 0.2))
                         for b in range(4)} for c in subsets(0) + subsets(1)}
            model = contrasts.Model(FACTORS, {c: table[c] for c in subsets(0)})
            for composition in subsets(1):
                found = model.predict(composition)
                mean = math.exp(sum(map(math.log, table[composition].values())) / 4)
                covered += found.low <= mean <= found.high
        self.assertAlmostEqual(covered / trials / len(subsets(1)), 0.95, delta=0.025)

    def test_over_a_competitor_its_noise_counts_too(self):
        source = random.Random(7)
        model = contrasts.Model(FACTORS, noisy(source, {("a",): 0.2}, 4))
        plain, over = model.predict({"a"}), model.predict_over({"a"}, math.log(50))
        self.assertAlmostEqual(over.value, plain.value / 50)
        self.assertGreater(over.high / over.low, plain.high / plain.low)

    def test_ratios_of_few_blocks_cover_the_truth(self):
        source, covered, trials = random.Random(8), 0, 600
        table = {c: {b: math.exp(source.gauss(0, 0.2)) for b in range(3)} for c in subsets(0)}
        model = contrasts.Model(FACTORS, table)
        for _ in range(trials):
            one, other = ({b: scale * math.exp(source.gauss(0, 0.2)) for b in range(3)}
                          for scale in (3, 2))
            found = model.ratio(one, other)
            covered += found.low <= 1.5 <= found.high
        self.assertAlmostEqual(covered / trials, 0.95, delta=0.03)


class Refusals(unittest.TestCase):
    def test_a_design_that_confounds_effects(self):
        # I = abc: a goes with bc.
        table = {c: {0: 1.0, 1: 1.0} for c in subsets(0) + subsets(1)
                 if contrasts.sign("abc", c) == 1}
        with self.assertRaisesRegex(ValueError, "confounds a with b x c"):
            contrasts.Model(FACTORS, table)

    def test_a_design_that_leaves_nothing_over(self):
        table = {c: {0: 1.0, 1: 1.0} for c in (frozenset(), frozenset("a"))}
        with self.assertRaisesRegex(ValueError, "nothing left"):
            contrasts.Model("a", table)

    def test_fewer_blocks_than_noise_can_be_told_from(self):
        table = noisy(random.Random(9), {}, 2)
        del table[frozenset("ab")][1]
        with self.assertRaisesRegex(contrasts.NotEnough, "all 64 compositions: 1, wanted 2"):
            contrasts.Model(FACTORS, table)


class Ladder(unittest.TestCase):
    def test_the_greatest_gain_comes_first(self):
        gains = dict(zip(FACTORS, (3, 1, 7, 2, 5, 4, 6)))
        order = contrasts.ladder(FACTORS, lambda fixes: -sum(gains[fix] for fix in fixes))
        self.assertEqual("".join(order), "cgefadb")

    def test_what_a_fix_is_worth_depends_on_those_before_it(self):
        def cost(fixes):
            return -("a" in fixes) - 10 * (fixes >= {"a", "b"}) + ("b" in fixes)
        self.assertEqual(contrasts.ladder("abc", cost), ["a", "b", "c"])


if __name__ == "__main__":
    unittest.main()
