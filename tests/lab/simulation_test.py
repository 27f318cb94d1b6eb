#!/usr/bin/env python3
"""Stopping when it is known keeps its word, on campaigns that are made up: a few hundred here, thousands in what is
stored."""
import pathlib
import sys
import unittest
import unittest.mock

import numpy
import pandas

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import results, sequential, simulation, stats  # noqa: E402
from lab.goal import Goal  # noqa: E402
from lab.instrument import study, trust  # noqa: E402
from lab.simulation import Case  # noqa: E402

# Easier than what is stored, so that it takes seconds.
CASES = [Case(machine, truth, goal) for machine in simulation.MACHINES
         for truth, goal in ((1.0, Goal("DECIDE", 0.1)), (1.25, Goal("DECIDE", 0.1)), (1.0, Goal("PRECISION", 0.15)))]


class Simulated(unittest.TestCase):
    def test_at_most_one_in_twenty_is_wrong_and_none_takes_three_times_as_long(self):
        for place, case in enumerate(CASES):
            with self.subTest(case=case):
                row = simulation.simulated(case, 200, numpy.random.default_rng([7, place]), horizon=200)
                # 5 % of 200 are 10; 17 or more would come up once in 40 such cases, were it 5 %.
                self.assertLessEqual(max(row["wrong"], row["ever"]), 17 / 200)
                self.assertEqual(row["given_up"], 0)

    def test_fixed_intervals_would_fail_it(self):
        # The same campaigns by the sign test, looked at as often: or nothing here could fail.
        values = simulation.ratios(numpy.random.default_rng(5), simulation.all_of_it, 300, 150)
        with unittest.mock.patch.object(sequential, "rank", stats.sign_test_rank):
            self.assertGreater(numpy.mean(simulation.ever_wrong(values, 1)), 0.12)

    def test_what_is_wrong(self):
        def wrong(truth, low, high, goal=Goal("DECIDE", 0.02)):
            return Case("steady", truth, goal).wrong(stats.Estimate((low + high) / 2, low, high, 20))
        self.assertEqual([wrong(1, 1.01, 1.02), wrong(1, 0.99, 1.01), wrong(1, 0.9, 0.99)], [True, False, True])
        self.assertEqual([wrong(1.05, 1.01, 1.02), wrong(1.05, 0.99, 1.01), wrong(1.05, 0.9, 0.99)],
                         [False, True, True])
        precise = Goal("PRECISION", 0.05)
        self.assertEqual([wrong(1, 1.01, 1.02, precise), wrong(1, 0.9, 1.02, precise)], [True, False])


class Stored(unittest.TestCase):
    def test_what_is_stored_keeps_its_word(self):
        stored = pandas.read_csv(results.RESULTS / simulation.NAME)
        self.assertEqual([(row.machine, row.truth, row.goal) for row in stored.itertuples()],
                         [(case.machine, case.truth, str(case.goal)) for case in simulation.CASES])
        self.assertTrue((stored["campaigns"] >= 5000).all())
        self.assertLessEqual(stored[["wrong", "ever"]].to_numpy().max(), 0.05)
        self.assertLessEqual(stored["most"].max(), simulation.MOST)
        self.assertLessEqual(stored["given_up"].max(), 0.001)

    def test_docs_tell_it(self):
        stored = pandas.read_csv(results.RESULTS / simulation.NAME)
        page = " ".join((results.store.ROOT / "docs/method.md").read_text(encoding="utf-8").split())
        wrong, ever = (f"{100 * stored[column].max():.1f} %" for column in ("wrong", "ever"))
        too_long = round((stored["given_up"] * stored["campaigns"]).sum())
        self.assertIn(f"{len(stored)} kinds of campaigns, {stored['campaigns'].min():,} of each, at most {wrong} were"
                      f" stopped on something that was not so, in at most {ever} the interval missed the truth at any"
                      f" look. Of a fixed plan of the right size half took at most {stored['median'].max():.2f} times"
                      f" the blocks, 19 of 20 at most {stored['p95'].max():.2f} times, and {too_long} of all more than"
                      " three times", page)

    def test_neighbouring_blocks_are_no_more_alike_than_others(self):
        """What the bet takes for granted, in the stored study of copies: that a pair above the median comes after one
        above it no more often than after one below."""
        logs = trust.compared(study.read("aa", results.RESULTS)[1]).logs
        alike = []
        for _, pairs in logs.groupby(level=trust.COMPARISON):
            sign = numpy.sign(pairs.to_numpy() - pairs.median())
            alike.append(numpy.mean(sign[1:] * sign[:-1]) + 1 / (len(sign) - 1))  # so much is due to their own median
        error = numpy.std(alike) / len(alike) ** 0.5
        self.assertLess(numpy.mean(alike), 3 * error)


if __name__ == "__main__":
    unittest.main()
