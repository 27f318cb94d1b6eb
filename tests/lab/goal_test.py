#!/usr/bin/env python3
"""What an experiment is to decide: verdicts, what is left to do, and the waves of blocks that are added for it."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from made_runs import made  # noqa: E402
from lab import decide, experiment, goal, sequential, stats  # noqa: E402
from lab.goal import Decision, Goal  # noqa: E402
from lab.stats import Estimate  # noqa: E402

LINE = "VARIANTS=a,list OPS={} PATTERNS=shuffled SCALES={} HASH=xxh3 KEY=u64 REPS=12+6{}"
PLAN = "\n".join([LINE.format("put", 1000, " DECIDE=2%"), LINE.format("get", 1000, " PRECISION=2.5%"),
                  LINE.format("put,get", "10,20", "")])
PUT, GET = ("put", "shuffled", 1000, "u64"), ("get", "shuffled", 1000, "u64")


class Verdicts(unittest.TestCase):
    def test_marks(self):
        for low, high, mark in ((0.9, 0.99, "<"), (1.01, 1.2, ">"), (0.99, 1.01, "="), (0.99, 1.03, "?"),
                                (0.97, 1.01, "?"), (None, None, "?")):
            self.assertEqual(goal.mark(Estimate(1, low, high, 9), 0.02), mark, (low, high))
        self.assertEqual(goal.mark(Estimate(1, 0.99, 1.01, 9)), "?")  # unless level was asked for
        self.assertEqual(goal.mark(None, 0.02), "?")

    def test_what_reaches_a_goal(self):
        precise, decided = Goal("PRECISION", 0.05), Goal("DECIDE", 0.05)
        for low, high, wanted in ((1.94, 2.04, (True, True)), (0.97, 1.06, (True, False)), (1.7, 2.3, (False, True)),
                                  (0.96, 1.05, (True, True)), (0.9, 1.1, (False, False))):
            ratio = Estimate((low + high) / 2, low, high, 12)
            self.assertEqual((precise.reached(ratio), decided.reached(ratio)), wanted, ratio)
        self.assertFalse(precise.reached(Estimate(1, None, None, 5)))
        self.assertAlmostEqual(goal.half_width(Estimate(2, 1.8, 2.4, 9)), 0.15)

    def test_goals_are_read_from_stored_settings(self):
        rule = goal.rule_of(PLAN)
        self.assertEqual(rule.goals, {PUT: Goal("DECIDE", 0.02), GET: Goal("PRECISION", 0.025)})
        self.assertIs(rule.estimate, sequential.estimate)
        self.assertEqual(rule.names(), "DECIDE=2%, PRECISION=2.5%")
        self.assertEqual([cell for cell, _ in goal.lines(PLAN)], [PUT, GET, None])
        fixed = goal.rule_of(LINE.format("put", 1000, ""))
        self.assertEqual((fixed.goals, fixed.estimate), ({}, stats.estimate))


def runs(sequentially=True, noise=0.1, blocks=40):
    """a takes twice list's time to put, and its time to get."""
    def ns(cell, competitor):
        return 200 if (cell.op, competitor.variant) == ("put", "a") else 100
    return made(ns, scales=(1000,), variants=("a", "list"), noise=noise, blocks=blocks).assign(sequential=sequentially)


class Decisions(unittest.TestCase):
    def test_each_ratio_of_a_cell_with_a_goal(self):
        yards = [experiment.Yardstick("variant", "list")]
        put, = goal.decisions(runs(), yards, {PUT: Goal("DECIDE", 0.02)})
        self.assertEqual((put.cell, put.over, put.reached, put.ratio.count), (PUT, "list", True, 40))
        get, = goal.decisions(runs(), yards, {GET: Goal("PRECISION", 0.02)})
        self.assertFalse(get.reached)
        # With ten blocks for each as wide an interval, sixteen times as many are to make a quarter of it.
        least = 40 * (goal.half_width(get.ratio) / 0.02) ** 2
        self.assertTrue(0.4 * least < get.wanted < 2.5 * least, (get.wanted, least))

    def test_the_table_says_what_telling_would_take(self):
        rule = goal.rule_of(PLAN)
        text = goal.section(runs(), [experiment.Yardstick("variant", "list")], rule, "e")
        self.assertRegex(" ".join(text.split()), r"1 of 2 ratios have reached it; 1 slower, 1 cannot be told from 1 .*"
                         r"\(make EXPERIMENT=e BUDGET=30m experiment goes on\).* get +shuffled +1K +a +x list"
                         r" .* 40 +\d[\d,]* more blocks, \d+ (s|min)$")
        self.assertNotIn("\nput", text)
        text = goal.section(runs(noise=0), [experiment.Yardstick("variant", "list")], rule, "e")
        self.assertIn("2 of 2 ratios have reached it, so measuring has ended; 1 slower, 1 level",
                      " ".join(text.split()))

    def test_tables_use_the_interval_that_holds(self):
        yards, rule = [experiment.Yardstick("variant", "list")], goal.rule_of(PLAN)
        for found, expected in ((runs(), sequential.estimate), (runs(False), stats.estimate)):
            ratios = experiment.cells_of(found, yards)
            values = found.pivot(index=["op", "block"], columns="variant", values="ns_per_op")
            for row in ratios.itertuples():
                if row.Index[4] == "a":
                    own = values.loc[row.Index[0]]
                    self.assertEqual(ratios.at[row.Index, "x list  "], expected(own["a"] / own["list"]))
                    self.assertEqual(row.ns, expected(own["a"]))
        lines = {line.op: line for line in experiment.answers(runs(noise=0), yards, rule) if line.label == "a"}
        self.assertEqual([lines[op].means[0].marks for op in ("put", "get")], [">", "="])
        sharp, = [line.means[0].ratio for line in experiment.answers(runs(), yards)
                  if (line.op, line.label) == ("get", "a")]
        wide, = [line.means[0].ratio for line in experiment.answers(runs(), yards, rule)
                 if (line.op, line.label) == ("get", "a")]
        self.assertLess(sharp.high - sharp.low, wide.high - wide.low)


def decision(cell, has, wanted):
    return Decision(cell, ("a", "xxh3", "glibc"), "list", Estimate(1.0, 0.9, 1.1, has), wanted == has, wanted)


class Waves(unittest.TestCase):
    SECONDS = {PUT: 1.0, GET: 10.0}

    def test_groups_that_are_decided_get_none(self):
        found = [decision(PUT, 12, 12), decision(GET, 12, 15), decision(GET, 12, 12)]
        self.assertEqual(decide.wave(found, self.SECONDS, 1000), {GET: 3})
        self.assertEqual(decide.wave(found[:1], self.SECONDS, 1000), {})

    def test_no_more_than_half_of_what_there_is(self):
        self.assertEqual(decide.wave([decision(PUT, 40, 500)], self.SECONDS, 10 ** 6), {PUT: 20})
        self.assertEqual(decide.wave([decision(PUT, 1, 500)], self.SECONDS, 10 ** 6), {PUT: 2})

    def test_what_should_have_been_decided_by_now_gets_one_more(self):
        self.assertEqual(decide.wave([decision(PUT, 40, 40)._replace(reached=False)], self.SECONDS, 10 ** 6), {PUT: 1})

    def test_what_takes_the_least_time_comes_first(self):
        found = [decision(GET, 12, 22), decision(PUT, 12, 42)]  # 100 s and 30 s
        self.assertEqual(decide.wave(found, self.SECONDS, 131), {PUT: 6, GET: 6})
        self.assertEqual(decide.wave(found, self.SECONDS, 120), {PUT: 6})

    def test_what_the_budget_does_not_reach_gets_what_is_left_of_it(self):
        self.assertEqual(decide.wave([decision(PUT, 12, None)], self.SECONDS, 4.5), {PUT: 4})
        self.assertEqual(decide.wave([decision(GET, 12, 22)], self.SECONDS, 9.9), {})


if __name__ == "__main__":
    unittest.main()
