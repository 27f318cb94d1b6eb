#!/usr/bin/env python3
"""The linear model of factorial experiments, on made data whose effects are known."""
import itertools
import math
import pathlib
import random
import sys
import unittest

import numpy
import pandas
import statsmodels.api

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab.factorial import fit  # noqa: E402
from lab.results import NotMeasured  # noqa: E402

FACTORS = tuple("abcdefg")  # the even half has 64 compositions
TERMS = fit.terms(FACTORS, (1, 2))


def sign(term, composition):
    return math.prod(1 if factor in composition else -1 for factor in term)


def subsets(parity):
    return [frozenset(chosen) for count in range(parity, len(FACTORS) + 1, 2)
            for chosen in itertools.combinations(FACTORS, count)]


def log_response(composition, coefficients):
    return 5 + math.fsum(coefficient * sign(term, composition) for term, coefficient in coefficients.items())


def draw(source, spread, terms=TERMS):
    return {term: source.gauss(0, spread) for term in terms}


def noisy(source, coefficients, blocks):
    """Times of the even half: blocks differ by as much as a factor of 2, compositions with a are
    six times as noisy as those without, and each has two humps."""
    drift = [source.uniform(-0.7, 0.7) for _ in range(blocks)]

    def time(composition, block):
        spread = 0.3 if "a" in composition else 0.05
        hump = source.choice((-2, 2)) * spread
        return math.exp(log_response(composition, coefficients) + drift[block] + hump + source.gauss(0, spread))
    return {composition: {block: time(composition, block) for block in range(blocks)} for composition in subsets(0)}


class Effects(unittest.TestCase):
    def test_without_noise_they_are_exactly_what_was_put_in(self):
        truth = draw(random.Random(1), 0.3)
        table = {composition: {0: math.exp(log_response(composition, truth))} for composition in subsets(0)}
        model = fit.Fit(FACTORS, table, exact=True)
        for term, coefficient in truth.items():
            self.assertAlmostEqual(math.log(model.effects[term].factor), 2 * len(term) * coefficient)
            self.assertEqual(model.effects[term][1:], (None, None, None))
            self.assertTrue(model.effects[term].stands)

    def test_a_fix_is_with_over_without_and_a_pair_is_the_ratio_of_two_such(self):
        # a halves the time, but alone: beside b it does nothing.
        table = {c: {0: 50.0 if "a" in c and "b" not in c else 100.0} for c in subsets(0)}
        model = fit.Fit(FACTORS, table, exact=True)
        self.assertAlmostEqual(model.effects["a",].factor, math.sqrt(0.5))
        self.assertAlmostEqual(model.effects["a", "b"].factor, 2)
        self.assertAlmostEqual(model.effects["a", "c"].factor, 1)

    def test_intervals_cover_the_truth_as_often_as_they_say(self):
        for blocks, trials in ((2, 200), (6, 60)):
            source, covered = random.Random(blocks), 0
            for _ in range(trials):
                truth = draw(source, 0.1)
                effects = fit.Fit(FACTORS, noisy(source, truth, blocks)).effects
                covered += sum(effects[term].low <= math.exp(2 * len(term) * truth[term])
                               <= effects[term].high for term in TERMS)
            self.assertAlmostEqual(covered / trials / len(TERMS), 0.95, delta=0.015)

    def test_where_there_is_nothing_something_stands_once_in_twenty_families_at_most(self):
        source, trials = random.Random(3), 200
        wrong = sum(any(effect.stands for effect in
                        fit.Fit(FACTORS, noisy(source, {}, 3)).effects.values())
                    for _ in range(trials))
        # 5 % of 200 are 10: more than 19 happen once in three hundred such tests, none never.
        self.assertLessEqual(wrong, 19)
        self.assertGreater(wrong, 0)

    def test_what_is_there_stands(self):
        truth = {("b",): math.log(0.5) / 2, ("c", "d"): math.log(2) / 4}
        effects = fit.Fit(FACTORS, noisy(random.Random(4), truth, 12)).effects
        self.assertEqual({term for term in TERMS if effects[term].stands}, truth.keys())

    def test_blocks_that_disagree_about_an_effect_are_told(self):
        source = random.Random(5)
        table = noisy(source, {}, 8)
        unrest = fit.Fit(FACTORS, table).unrest
        self.assertAlmostEqual(sum(unrest.values()) / len(TERMS), 1, delta=0.35)
        for composition, times in table.items():
            for block in times:
                times[block] *= math.exp(sign("b", composition) * 0.3 * (block - 3.5))
        unrest = fit.Fit(FACTORS, table).unrest
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
            model = fit.Fit(FACTORS, {c: table[c] for c in subsets(0)})
            for composition in subsets(1):
                found = model.predict(composition)
                mean = math.exp(sum(map(math.log, table[composition].values())) / 4)
                covered += found.low <= mean <= found.high
        self.assertAlmostEqual(covered / trials / len(subsets(1)), 0.95, delta=0.025)

    def test_over_a_competitor_its_noise_counts_too(self):
        source = random.Random(7)
        model = fit.Fit(FACTORS, noisy(source, {("a",): 0.2}, 4))
        plain, over = model.predict(frozenset("a")), model.predict_over(frozenset("a"), math.log(50))
        self.assertAlmostEqual(over.value, plain.value / 50)
        self.assertGreater(over.high / over.low, plain.high / plain.low)

    def test_ratios_of_few_blocks_cover_the_truth(self):
        source, covered, trials = random.Random(8), 0, 600
        table = {c: {b: math.exp(source.gauss(0, 0.2)) for b in range(3)} for c in subsets(0)}
        model = fit.Fit(FACTORS, table)
        for _ in range(trials):
            found = model.ratio(pandas.Series([1.5 * math.exp(source.gauss(0, 0.2 * math.sqrt(2))) for _ in range(3)]))
            covered += found.low <= 1.5 <= found.high
        self.assertAlmostEqual(covered / trials, 0.95, delta=0.03)


def fraction(*defining, factors=FACTORS):
    """The compositions in which each of these products is 1, or -1 where it begins with a minus."""
    every = (frozenset(chosen) for count in range(len(factors) + 1)
             for chosen in itertools.combinations(factors, count))
    return [c for c in every if all(sign(word.strip("-"), c) == (-1 if word[0] == "-" else 1) for word in defining)]


class Fractions(unittest.TestCase):
    def test_what_a_fraction_cannot_tell_apart_is_told_and_the_rest_estimated(self):
        """A sixteenth of 2^8 of resolution IV: each pair is aliased with others, no fix with a pair."""
        factors = "abcdefgh"
        some = fraction("abcd", "abef", "aceg", factors=factors)
        truth = {("a",): 0.3, ("d",): -0.2, ("a", "h"): 0.1}
        table = {c: {0: math.exp(log_response(c, truth))} for c in some}
        model = fit.Fit(factors, table, exact=True)
        self.assertEqual(len(some), 32)
        self.assertEqual(model.design.aliases["c", "d"], [("a", "b")])
        self.assertNotIn(("c", "d"), model.effects)
        for factor in factors:
            self.assertAlmostEqual(math.log(model.effects[factor,].factor), 2 * truth.get((factor,), 0))
        self.assertAlmostEqual(math.log(model.effects["a", "h"].factor), 0.4)

    def test_a_factor_that_never_changes_is_the_mean(self):
        model = fit.Fit("abc", {c: {0: 1.0} for c in fraction("c", factors="abc")} |
                        {c | {"d"}: {0: 1.0} for c in fraction("c", factors="abc")}, exact=True)
        self.assertEqual(model.design.aliases["c",], [fit.MEAN])
        self.assertEqual(model.design.aliases["a", "c"], [("a",)])

    def test_any_compositions_are_fitted_as_least_squares_would(self):
        """Against statsmodels, on a ragged half of the design in which nothing is orthogonal."""
        source = random.Random(10)
        some = source.sample(subsets(0), 48)
        table = {c: {b: math.exp(5 + 0.3 * ("a" in c) + source.gauss(0, 0.1)) for b in range(5)} for c in some}
        model = fit.Fit(FACTORS, table)
        design = fit.levels(some, [fit.MEAN, *TERMS])
        means = [numpy.mean([math.log(time) for time in table[c].values()]) for c in some]
        theirs = statsmodels.api.OLS(means, design).fit()
        error = theirs.bse / math.sqrt(theirs.scale) * math.sqrt(model.noise / 5)
        for number, term in enumerate(TERMS, 1):
            self.assertAlmostEqual(model.coefficients[term], theirs.params[number])
            reach = model.quantile(47 * 4) * error[number]
            self.assertAlmostEqual(math.log(model.effects[term].high), 2 * len(term) * (theirs.params[number] + reach))

    def test_a_prediction_is_wider_where_pairs_hide_interactions_of_three(self):
        """In a quarter of resolution IV the pairs of a prediction carry them along, in the half of VII none."""
        source, triples = random.Random(11), list(itertools.combinations(FACTORS, 3))
        for some, wanted in ((subsets(0), 0.93), (fraction("abcd", "cdefg"), 0.87)):
            covered = []
            for _ in range(60):
                truth = draw(source, 0.1) | draw(source, 0.05, triples)
                table = {c: {b: math.exp(log_response(c, truth) + source.gauss(0, 0.1)) for b in range(4)}
                         for c in some}
                model = fit.Fit(FACTORS, table)
                for c in subsets(1)[::7]:
                    miss = abs(log_response(c, truth) + source.gauss(0, 0.05) - model.log(c))
                    covered.append(miss <= math.log(model.prediction_factor(c)))
            self.assertGreater(numpy.mean(covered), wanted)


class Refusals(unittest.TestCase):
    def test_a_design_that_leaves_nothing_over(self):
        table = {c: {0: 1.0, 1: 1.0} for c in (frozenset(), frozenset("a"))}
        with self.assertRaisesRegex(NotMeasured, "nothing by which"):
            fit.Fit("a", table)

    def test_fewer_blocks_than_noise_can_be_told_from(self):
        table = noisy(random.Random(9), {}, 2)
        del table[frozenset("ab")][1]
        with self.assertRaisesRegex(NotMeasured, "all 64 compositions: 1, wanted 2"):
            fit.Fit(FACTORS, table)


class Ladder(unittest.TestCase):
    def test_the_greatest_gain_comes_first(self):
        gains = dict(zip(FACTORS, (3, 1, 7, 2, 5, 4, 6)))
        order = fit.ladder(FACTORS, lambda fixes: -sum(gains[fix] for fix in fixes))
        self.assertEqual("".join(order), "cgefadb")

    def test_what_a_fix_is_worth_depends_on_those_before_it(self):
        def cost(fixes):
            return -("a" in fixes) - 10 * (fixes >= {"a", "b"}) + ("b" in fixes)
        self.assertEqual(fit.ladder("abc", cost), ["a", "b", "c"])


if __name__ == "__main__":
    unittest.main()
