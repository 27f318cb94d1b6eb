#!/usr/bin/env python3
"""What threads do that read while others write: the report on made results, in which every target's figure is known."""
import unittest

import pandas

import made_export
import made_runs
from drawn import answer
from paths import room, shown
from lab import threads
from lab.paper import sources, tables, words as paper_words
from lab.question import Results
from lab.results import NotMeasured, processes

OURS, LOCKED, PEERS, BLOCKS = "fix4+stamped", "fix4+stamped, lock", ("urcu", "tbb"), 8
SCALES = (10 ** 4, 10 ** 6)


def process(who, op, scale, time, threads, writes, writers, more="", **values):
    """In each block; the machine gets slower from block to block."""
    variant, _, way = who.partition(", ")
    return [{"program": f"threads-{way}" if way else "threads", "op": op, "variant": variant, "scale": scale,
             "parameters": f"threads={threads} writes={writes} writers={writers}{more}", "block": block,
             "samples": [time * (1 + block / 10)], "values": {"threads": 2.0, **values}} for block in range(BLOCKS)]


def latencies(who, scale, writes, tail):
    return process(who, "latency", scale, 200.0, 2, writes, 1, **{
        "p50": 50.0, "p99": 90.0, "p99.9": tail, "worst": 9999.0, "put_p50": 300.0, "put_p99": 400.0,
        "put_p99.9": 500.0, "put_worst": 7777.0})


def all_of(who, mix, gain, tail):
    """mix: of all cores; gain: of the second core at each scale; tail: of a look-up with a writer, 100 without."""
    rows = []
    for scale, factor in zip(SCALES, gain):
        for writes in (0, 5):
            rows += process(who, "mix", scale, 80.0, 1, writes, 1)
            rows += process(who, "mix", scale, 80.0 / factor, 2, writes, 1)
        rows += process(who, "mix", scale, mix, 0, 5, 0)
        rows += process(who, "mix", scale, 1.0, 0, 1, 0)  # no target asks for it, nor for batches
        rows += process(who, "mix", scale, 1.0, 0, 5, 0, " batch=16")
        rows += process(who, "mix", scale, 1.0, 1, 5, 1, " batch=16")
        rows += latencies(who, scale, 0, 100.0) + latencies(who, scale, 5, tail)
    return rows


class Threads(unittest.TestCase):
    def setUp(self):
        self.results = room(self)

    def write(self, *rows):
        made_export.write(self.results, "threads", [line for lines in rows for line in lines])

    def write_all(self):
        self.write(all_of(OURS, 50.0, (1.95, 1.85), 250.0), all_of(LOCKED, 200.0, (1.2, 0.9), 900.0),
                   all_of("urcu", 40.0, (1.9, 1.9), 120.0), all_of("tbb", 100.0, (1.0, 1.0), 150.0),
                   process(OURS, "iterate", 10 ** 4, 3.0, 2, 5, 0))

    def test_each_target_is_held_against_what_was_measured(self):
        self.write_all()
        rows = threads.reached_by_ours(threads.read(processes("threads", self.results)[1]))
        said = {(row.who, row.target.what):
                (row.scale, round(row.value.median, 3), row.verdict) for row in rows}
        self.assertEqual(said, {
            (OURS, "two cores over one, beside a writer"): (10 ** 6, 1.85, "met"),  # the least, not the most
            (LOCKED, "two cores over one, beside a writer"): (10 ** 6, 0.9, "missed"),
            (OURS, "a look-up's p99.9, with a writer over without"): (10 ** 4, 2.5, "met"),
            (LOCKED, "a look-up's p99.9, with a writer over without"): (10 ** 4, 9.0, "missed"),
            (OURS, "time of the mix, all cores, over urcu's"): (10 ** 4, 1.25, "missed"),
            (OURS, "time of the mix, all cores, over tbb's"): (10 ** 4, 0.5, "met"),
            (LOCKED, "time of the mix, all cores, over urcu's"): (10 ** 4, 5.0, "missed"),
            (LOCKED, "time of the mix, all cores, over tbb's"): (10 ** 4, 2.0, "missed")})

    def test_the_paper_has_them(self):
        self.write_all()
        stored = sources.Sources(self.results)
        self.assertEqual(len(tables.tables_of(stored)["thread-targets"]().rows), 8)
        kept = paper_words.Words(stored).kept
        self.assertEqual([kept("threads", OURS, *verdict) for verdict in ((), ("met",), ("missed",), ("undecided",))],
                         ["4", "3", "1", "0"])
        with self.assertRaisesRegex(NotMeasured, "a target of urcu"):
            kept("threads", "urcu")

    def test_the_report_tells_all_and_the_answer_first(self):
        self.write_all()
        text = shown(threads.threads, self.results)
        self.assertTrue(text.startswith(f"{OURS} meets 3 of 4 targets; missed: "), text)
        self.assertIn(f"{LOCKED}: 0 of 4.", text)
        for told_of in ("over urcu's", LOCKED, "iterate", "7777", "put p99.9", "threads.svg"):
            self.assertIn(told_of, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)
        self.assertTrue((self.results / "figures/threads.svg").exists())

    def test_what_a_put_takes_by_the_share_of_writes(self):
        self.write_all()
        drift, put = 1.35, 100.0  # the median of the blocks' factors; ns

        def mix(threads, writes, time, **values):
            return process(LOCKED, "mix", 10 ** 4, time, threads, writes, 1, **values)
        rows = []
        for writes in (0, 5, 20):
            rows += mix(1, writes, 10.0)
            two = mix(2, writes, 8.0, **{"pass": 27.0, "writing": put * writes / 100 / 8.0})
            rows += [row | {"samples": [9e9], "values": row["values"] | {"pass": 180.0}} if row["block"] == 7 else row
                     for row in two]  # that one was far
        made_export.write(self.results, "threads-writes", rows)
        words = paper_words.Words(sources.Sources(self.results))
        near = 1.3  # the factors' median without the last block
        for writes in (5, 20):
            self.assertEqual(words.put_beside(LOCKED, writes).split()[0], f"{put * near:.0f}")
        self.assertEqual(words.second_core(LOCKED, writes=20).split()[0], "1.25")
        self.assertEqual(words.second_core(LOCKED).split()[0], "1.20")  # of the plan that has the targets
        self.assertEqual(words.passage(), "27.0")
        self.assertEqual(words.best_of_two(LOCKED, 20), f"{10 * drift / (5 * drift + 27 * 0.2):.2f}")
        self.assertEqual(words.beside(f"{LOCKED}/{LOCKED}", 20).split()[0], "1.00")
        text = shown(threads.threads, self.results)
        self.assertRegex(" ".join(text.split()), "Left out are 3 of 24 processes .* there a line took 180 ns")
        self.assertRegex(text, r"(?m)^fix4\+stamped, lock +10K +20 % .* 1\.25 \[1\.25 1\.25\] +130 ")
        self.assertRegex(text, r"(?m)^fix4\+stamped, lock +10K +0 % .* 1\.25 \[1\.25 1\.25\] +-$")

    def test_cores_are_far_beside_the_nearest_and_not_in_ns(self):
        runs = pandas.DataFrame({"pass": [300.0] * 5 + [float("nan"), 899.0, 901.0]})
        self.assertEqual(threads.near(runs)["pass"].max(), 899.0)
        self.assertEqual(len(threads.near(runs)), 7)  # one thread alone has no other core

    def test_shares_of_writes_that_one_core_or_two_lack_are_left_out(self):
        self.write_all()
        made_export.write(self.results, "threads-writes", process(LOCKED, "mix", 10 ** 4, 10.0, 1, 5, 1) + process(
            OURS, "mix", 10 ** 4, 10.0, 2, 5, 1, **{"pass": 27.0, "writing": 0.5}))
        text = shown(threads.threads, self.results)
        self.assertIn("two over one: operations", text)
        self.assertNotRegex(text, r"(?m)^fix4.*10K +5 %")

    def test_the_mix_of_two_maps(self):
        self.write_all()
        words = paper_words.Words(sources.Sources(self.results))
        self.assertEqual(words.shared_mix(f"{OURS}/tbb").split()[0], "0.50")
        self.assertEqual(words.shared_mix(f"{OURS}/tbb", scale="1M", batch=16).split()[0], "0.01")
        with self.assertRaisesRegex(NotMeasured, "the mix of fix4.stamped/tbb"):
            words.shared_mix(f"{OURS}/tbb", scale="10M")

    def test_without_a_layout_of_ours_nothing_is_measured(self):
        self.write(all_of("tbb", 100.0, (1.0, 1.0), 150.0))
        with self.assertRaises(NotMeasured):
            threads.threads(self.results)

    def test_the_figure(self):
        self.write_all()
        points, told = answer(threads.SCALING, threads.SCALING.read(Results(self.results)))
        self.assertEqual(list(points), ["10K entries", "1M entries"])
        self.assertIn(f"{OURS}, 1M: 0 % writes 1.85 [1.85 1.85], 5 % writes 1.85 [1.85 1.85].", told)

    def test_no_figure_without_one_core_and_two(self):
        self.write(process(OURS, "mix", 10 ** 4, 80.0, 2, 5, 1))
        with self.assertRaises(NotMeasured):
            threads.SCALING.read(Results(self.results))

    def test_the_plan_measures_all_that_the_targets_ask_for(self):
        planned = [row for row in made_runs.planned("threads")
                   if row["variant"] in (OURS, "urcu", "cds", "tbb", "cuckoo")]
        for peer in PEERS:
            self.assertTrue(threads.is_peer(peer))
            self.assertIn(peer, {row["variant"] for row in planned})
        self.assertLessEqual({("mix", "1000000"), ("latency", "1000000"), ("iterate", "1000000")},
                             {(row["op"], row["scale"]) for row in planned if row["variant"] == OURS})


if __name__ == "__main__":
    unittest.main()
