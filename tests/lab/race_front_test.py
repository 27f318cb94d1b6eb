#!/usr/bin/env python3
"""A race for a front keeps those that nobody beats and drops the others: the rule on scores that are made up, and
stored samples that are replayed.  race_test.py has the command."""
import pathlib
import sys
import unittest
import unittest.mock

import numpy
import pandas

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import race_check, race_course, race_front, settings  # noqa: E402

GOALS = ("get", "bytes")


def raced(truth, share=0.02, most=2000, seed=1, noise=(0.1, 0.0)):
    """The Front at the race's end; truth: {name: score by each goal}."""
    source, now = numpy.random.default_rng(seed), race_front.Front(list(truth), GOALS, share)

    def measure(names, count):
        if len(now.logs) > most:
            return None
        spread = numpy.array(noise)[:, None] * source.standard_t(2, (count, len(GOALS), len(names)))
        scores = spread + source.normal(0, 1, (count, 1, 1)) + numpy.array([truth[name] for name in names]).T
        return pandas.DataFrame(scores.reshape(count, -1), columns=pandas.MultiIndex.from_product([GOALS, names]))
    for _ in race_course.waves(measure, now):
        pass
    return now


class Rule(unittest.TestCase):
    def test_those_that_nobody_beats_stay(self):
        truth = {"slow": (1.0, 1.0), "small": (0.5, 0.0), "both": (1.2, 1.3), "fast": (0.0, 0.5), "near": (0.1, 0.55)}
        now = raced(truth)
        self.assertEqual((sorted(now.names), now.decided, now.open()), (["fast", "small"], True, []))
        after = dict(zip(now.candidates, now.after))
        self.assertEqual(after["both"], now.fewest)
        self.assertGreaterEqual(after["near"], after["both"])
        self.assertEqual(now.candidates[now.keeper(4)], "fast")
        self.assertEqual(raced({"here": (0.0, 0.0), "there": (1.0, 1.0)}).names, ["here"])

    def test_who_is_equal_in_one_goal_and_worse_in_the_other_goes(self):
        now = raced({"worse": (0.4, 0.0), "better": (0.0, 0.0)})
        self.assertEqual((now.names, now.decided), (["better"], True))

    def test_the_equal_stay_and_are_called_level(self):
        now = raced({"a": (0.0, 0.0), "b": (0.0, 0.0), "far": (1.0, 1.0)}, share=0.1)
        self.assertEqual((sorted(now.names), now.decided, now.level()), (["a", "b"], True, [tuple(now.left)]))
        self.assertRegex(" ".join(race_front.table(now).split()),
                         r"level with open with .* 1 [ab] .* 2 2 [ab] .* 1 dropped")

    def test_what_is_not_certain_is_called_open(self):
        now = raced({"a": (0.0, 0.0), "b": (0.001, 0.0)}, share=0.0001, most=30)
        self.assertEqual((now.decided, now.open()), (False, [tuple(now.left)]))
        self.assertIn("budget is gone: 1 pairs of the 2", race_front.verdict(now))

    def test_a_row_in_which_each_is_level_with_the_next_does_not_vanish(self):
        """From one to the next a percent of bytes is lost, and three of time won: each beats the one before, as 2 % are
        level.  The first is eleven percent smaller than the last."""
        row = {f"c{i}": (-0.03 * i, 0.01 * i) for i in range(12)}
        truth = numpy.array(list(row.values())).T
        now = raced(row, noise=(0.002, 0.0))
        covered = (truth[:, now.left][:, :, None] <= truth[:, None, :] + now.margin + 1e-3).all(axis=0).any(axis=0)
        self.assertTrue(covered.all(), now.names)
        self.assertGreater(len(now.left), 2)

    def lost(self, confidence, races=120):
        """How many races drop one that is by just the share faster than all others, which are smaller."""
        source, lost = numpy.random.default_rng(3), 0
        with unittest.mock.patch.object(race_front.stats, "CONFIDENCE", confidence):
            for _ in range(races):
                now = race_front.Front(["fast", "a", "b"], GOALS, 0.02)
                columns = pandas.MultiIndex.from_product([GOALS, now.candidates])
                for _ in range(8):
                    scores = source.normal(0, 0.1, (4, 6)) * [1, 1, 1, 0, 0, 0] + [0, *[now.margin] * 2, 1, 0, 0]
                    now.run(pandas.DataFrame(scores, columns=columns))
                lost += now.after[0] > 0
        return lost

    def test_one_that_nobody_covers_is_dropped_no_more_often_than_is_allowed(self):
        self.assertLessEqual(self.lost(0.95), 2)
        self.assertGreater(self.lost(0.05), 2)

    def test_a_block_in_which_somebody_failed_does_not_count(self):
        now = race_front.Front(["a", "b"], GOALS, 0.02)
        scores = pandas.DataFrame(0.0, range(9), pandas.MultiIndex.from_product([GOALS, now.candidates]))
        scores.loc[[2, 5], ("get", "b")] = numpy.nan
        now.run(scores)
        self.assertEqual((len(now.logs), now.names, now.decided), (7, ["a", "b"], False))
        now.run(scores.assign(x=0).loc[[2]])
        self.assertEqual(len(now.logs), 7)


class Setting(unittest.TestCase):
    def test_a_front_has_two_goals_or_more(self):
        self.assertEqual(settings.read_front("get,bytes"), ["get", "bytes"])
        for text in ("get", "get,get", "get,", "get:1,bytes"):
            with self.assertRaises(settings.Wrong):
                settings.read_front(text)


class Replayed(unittest.TestCase):
    def test_stored_samples_give_the_front_for_less(self):
        stored, source = race_check.StoredFront(*race_check.FRONTS[0]), numpy.random.default_rng(5)
        for _ in range(2):
            right, spent, longest = stored.replayed(source)
            self.assertTrue(right)
            self.assertLess(spent, longest * len(stored.candidates) / 5)

    def test_what_is_right(self):
        stored = race_check.StoredFront(*race_check.FRONTS[0])
        front = [a for a, one in enumerate(stored.truth.T)
                 if not any((other <= one).all() and (other < one).any() for other in stored.truth.T)]
        self.assertTrue(stored.right(front))
        self.assertFalse(stored.right(front[1:]))
        worst = int(stored.truth.sum(axis=0).argmax())
        self.assertFalse(stored.right([*front, worst]))


if __name__ == "__main__":
    unittest.main()
