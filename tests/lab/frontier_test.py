#!/usr/bin/env python3
"""How fast, how small: targets beside what was reached, who leads, batches, strings, latencies, the front."""
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import pandas

import made_export
from asked import ROOT, Refusals, printed
from drawn import collisions, figure_of, points
from made_runs import grids
from paths import shown
from lab.frontier import evidence, pareto, report, targets, why
from lab.paper import sources, words
from lab.printing import OPS
from lab.stats import Estimate

BLOCKS = 6
TIMES = {  # ns, by operation
    "get": {"champion": 20, "reference": 100, "boost": 16, "absl": 10, "list": 300},
    "get_many": {"champion": 10, "reference": 100, "boost": 20, "absl": 16},
    "get_batched": {"champion": 25, "reference": 100, "boost": 20, "absl": 20},
    "put": {"champion": 40, "reference": 100, "boost": 80, "absl": 120, "list": 900},
    "iterate": {"champion": 4, "boost": 2},
}
BYTES = {"champion": 19, "reference": 50, "boost": 33, "absl": 30, "list": 500}
WORST = {"champion": 2000, "boost": 100000}


def rows_of(times, scale, pattern="shuffled", drift=1.0, **more):
    """A process a block of each; the machine gets slower from block to block."""
    return [{"op": op, "variant": name, "scale": scale, "pattern": pattern, "block": block,
             "samples": [ns * (1 + drift * block)], "rss_per_entry": BYTES[name] + block / 1000,
             "peak_rss_bytes": 3 * scale * BYTES[name], **more}
            for op, by_name in times.items() for name, ns in by_name.items() for block in range(BLOCKS)]


COSTS = (1 << 10, 1), (16 * 100_000, 25), (50 * 100_000, 50)  # of a load: bytes, ns
# ns by hash and allocator: one is best with both of another kind, one with another hash.
CHOICES = [("xxh3", "glibc"), ("wyhash", "glibc"), ("xxh3", "huge-pages"), ("wyhash", "huge-pages")]
TUNED = {"champion": dict(zip(CHOICES, (20, 18, 16, 12))), "boost": dict(zip(CHOICES, (16, 15, 17, 18)))}


def tuned(scale):
    return [row | {"hash": hash_name, "allocator_asked": allocator}
            for name, by_choice in TUNED.items() for (hash_name, allocator), ns in by_choice.items()
            for row in rows_of({"get": {name: ns}}, scale)]


def latencies(scale):
    return [{"op": "put_each", "variant": name, "scale": scale, "block": block, "samples": [100], "values": {
                "p50": 60, "p99": 200, "p99.9": 300, "p99.99": 400, "worst": worst * (1 + block),
                "clock": 20, "clock_step": 10}}
            for name, worst in WORST.items() for block in range(BLOCKS)]


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.results = pathlib.Path(room.name)
        made_export.write(cls.results, "frontier", rows_of(TIMES, 100_000) + rows_of({"get": TIMES["get"]}, 10_000))
        made_export.write(cls.results, "buckets", rows_of({"get": {"champion": 1, "reference": 1}}, 100_000)
                          + rows_of({"get": {"champion": 30, "reference": 100}}, 1_000_000))
        made_export.write(cls.results, "frontier-latency", latencies(1_000_000))
        made_export.write(cls.results, "frontier-strings", rows_of(
            {op: TIMES[op] for op in ("get", "put")}, 100_000, "words.txt@0123456789abcdef"), key="str")
        made_export.write(cls.results, "frontier-tuned", tuned(3_000_000))
        made_export.write(cls.results, "instrument-limits", [
            {"op": op, "pattern": "small", "scale": size, "block": block, "values": {"ns": ns / at_once}}
            for op, at_once in (("load_lines", 1), ("load_many", 10)) for size, ns in COSTS for block in range(BLOCKS)])
        cls.found = evidence.studies(cls.results)

    def row(self, what, over, entries):
        """Of the table of targets: [target, reached, verdict, best peer, over that one]"""
        return next(row[3:] for row in report.target_rows(self.found)[0] if row[:3] == [what, over, entries])


class Elsewhere(Made):
    def test_another_machine_s_are_beside_the_first_and_nobody_else_s(self):
        again = rows_of({"get": {"champion": 30, "reference": 100}}, 100_000)
        for name, machine, commit in (("frontier-new", "m2", ""), ("frontier-again", "m1", ""),
                                      ("frontier-old", "m3", "c")):
            directory = made_export.write(self.results, name, again, plan="frontier", machine=machine,
                                          cpu=f"of {machine}", source_commit=commit)
            self.addCleanup(shutil.rmtree, directory)
        told = shown(report.frontier, self.results)
        self.assertEqual(re.findall(r"The same on another machine: (.*)", told), ["of m2, unknown"])
        known = sources.Sources(self.results)
        row, = (row for row in known.targets_elsewhere if row[:3] == ["get", "reference", "100K"])
        self.assertEqual(row[4:6], ["0.30 [0.30 0.30]", "missed"])
        self.assertEqual(words.Words(known).targets("missed", elsewhere=True), str(len(known.targets_elsewhere)))
        self.assertEqual(self.row("get", "reference", "100K")[1], "0.20 [0.20 0.20]")  # it stays where it was

    def test_without_one_nothing_is_told(self):
        self.assertEqual(evidence.elsewhere(self.results), {})
        self.assertNotIn("another machine", shown(report.frontier, self.results))


class Targets(Made):
    def test_each_is_beside_what_was_reached_whatever_the_machine_did_meanwhile(self):
        self.assertEqual(self.row("get", "reference", "100K"),
                         ["0.20", "0.20 [0.20 0.20]", "met", "absl", "2.00 [2.00 2.00]"])
        self.assertEqual(self.row("get_many", "boost", "100K"),
                         ["0.70", "0.50 [0.50 0.50]", "met", "absl", "0.62 [0.62 0.62]"])
        self.assertEqual(self.row("iterate", "boost", "100K")[2:], ["missed", "boost", "2.00 [2.00 2.00]"])

    def test_bytes_are_those_of_put_and_the_smallest_peer_is_named(self):
        self.assertEqual(self.row("bytes/entry", "-", "100K"),
                         ["19.0", "19.0 [19.0 19.0]", "undecided", "absl", "0.63 [0.63 0.63]"])

    def test_the_first_that_measured_it_is_believed_and_another_where_it_did_not(self):
        self.assertEqual(self.row("get", "reference", "1M")[1], "0.30 [0.30 0.30]")

    def test_of_two_that_measured_it_the_one_with_more_blocks_is_believed(self):
        last = self.found[-1]
        more = pandas.concat([last.runs.assign(block=lambda runs: runs["block"] + shift) for shift in (0, BLOCKS)])
        found = [self.found[0], last._replace(runs=more)]
        row = next(row for row in report.target_rows(found)[0] if row[:3] == ["get", "reference", "100K"])
        self.assertEqual(row[4], "1.00 [1.00 1.00]")

    def test_latencies_have_targets_too(self):
        self.assertEqual(self.row("put: the worst", "boost", "1M"),
                         ["0.04", "0.02 [0.02 0.02]", "met", "boost", "0.02 [0.02 0.02]"])

    def test_every_row_of_the_table_is_one_that_a_plan_measures(self):
        planned = {place for name in evidence.plans() for grid in grids(name)
                   for place in itertools.product(grid["VARIANTS"], grid["OPS"], grid["SCALES"])}
        asked = {(name, target.op, report.short_scale(scale)) for target in targets.TARGETS for scale in target.at_most
                 for name in filter(None, (target.subject, target.over))}
        self.assertEqual(asked - planned, set())


class Printed(Made):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = printed("frontier", f"RESULTS={cls.results}")

    def test_it_says_what_was_not_measured_and_what_would(self):
        flat = " ".join(self.text.split())
        self.assertRegex(flat, r"not measured: frontier-100M, frontier-core, [^;]*frontier-strings-1M[^;]*;"
                         " make frontier-results measures")
        self.assertRegex(flat, r"Not measured: get over reference, 10M; get over boost, 1M 10M; ")

    def test_a_batch_is_over_the_same_one_asked_key_by_key(self):
        found = dict(re.findall(r"^get_many  shuffled  100K +(\w+) +(\S+) \[", self.text, re.M))
        self.assertEqual(found, {"champion": "0.40", "reference": "1.00", "boost": "1.00", "absl": "0.80"})

    def test_a_table_of_memory_has_the_smallest_first(self):
        told = re.search(r"(?m)^u64, shuffled .*\n-.*\n((\S.*\n)+)", self.text)[1].splitlines()
        self.assertEqual(told[0].split(), ["champion", "19.0", "5.44"])  # three times as much while it grows
        self.assertEqual([line.split()[0] for line in told], ["champion", "absl", "boost", "reference", "list"])

    def test_each_may_run_with_what_serves_it_best(self):
        self.assertRegex(self.text, r"(?m)^get +3M +wyhash huge-pages +wyhash glibc +- +1\.25 \[.*\] +1\.33 \[.*\]"
                         r" +0\.80 \[")

    def test_counts_stand_beside_times_and_times_are_told_in_loads(self):
        self.assertRegex(self.text, r"(?m)^get +100K +reference +350 +213 +4\.17 +6\.06 +7\.28 +6\.06"
                         r" +50\.0 +7\.00 \[.*\] +14\.0 \[")

    def test_loads_of_another_machine_are_not_taken(self):
        place, runs = evidence.Place("get", 100_000), self.found[0].runs
        loads = why.in_loads(runs.assign(machine="m2"), Estimate(50, 50, 50, 6), place, self.results)
        self.assertEqual(loads, ["-"] * 3)

    def test_a_batch_is_told_in_loads_of_which_none_waits_for_another(self):
        self.assertRegex(self.text, r"(?m)^get_many +shuffled +100K +champion +0\.40 \[.*\] +14\.0 \[")  # 35 ns of 2.5

    def test_strings_are_told_without_the_digest_of_their_file(self):
        self.assertRegex(self.text, r"(?m)^words\.txt +100K +get +- +2\.00 \[.*\] +- +absl +2\.00 \[")
        self.assertRegex(self.text, r"(?m)^words\.txt +100K +bytes/entry +- +0\.63 \[.*\] +- +absl ")

    def test_latencies_are_told_with_the_clock(self):
        self.assertRegex(self.text, r"(?m)^put_each +shuffled +1M +champion +60\.0 +200 +300 +400 +7000 +0\.02 \[")
        self.assertIn("a reading takes 20.0 ns", " ".join(self.text.split()))

    def test_the_figure_is_written(self):
        for kind in ("svg", "png"):
            self.assertTrue((self.results / "figures" / f"frontier.{kind}").exists())
        self.assertIn("put, 100K entries, from the smallest to the fastest: champion (19.0 bytes/entry, 0.50 [",
                      self.text)


class Front(Made):
    @staticmethod
    def point(name, size, time):
        return pareto.Point(name, Estimate(size, size, size, 6), Estimate(time, time, time, 6), pareto.OURS)

    def test_whoever_is_beaten_in_both_or_equalled_is_not_on_it(self):
        some = [self.point(*each) for each in (
            ("a", 10, 5), ("b", 20, 3), ("c", 20, 4), ("d", 30, 3), ("e", 40, 1), ("f", 9, 9))]
        self.assertEqual([each.name for each in pareto.front(some)], ["f", "a", "b", "e"])

    def test_each_that_was_measured_beside_the_yardstick_is_a_point(self):
        found = pareto.panels_of(self.found)
        self.assertEqual(set(found), {("get", 100_000), ("put", 100_000)})
        self.assertEqual({each.name: each.kind == pareto.PEERS for each in found["get", 100_000]},
                         {"absl": True, "boost": True, "champion": False, "list": False, "reference": False})
        with figure_of(pareto.QUESTION, found) as figure:
            drawn = points(figure)["get, 100K entries: time over boost's"]
            self.assertEqual(sorted(round(y, 6) for marks in drawn.values() for _, y in marks),
                             [0.625, 1, 1.25, 6.25, 18.75])
            self.assertEqual(collisions(figure), [])

    def test_compositions_without_a_name_are_points_without_one(self):
        self.assertEqual([pareto.kind_of(name) for name in ("champion", "bucket", "reference", "boost", "steps+tags")],
                         [pareto.OURS] * 3 + [pareto.PEERS, pareto.OTHERS])
        some = [self.point("a", 10, 5), self.point("steps+tags", 12, 4)._replace(kind=pareto.OTHERS)]
        with figure_of(pareto.QUESTION, {(op, 1000): some for op in pareto.OPS}) as figure:
            self.assertEqual({text.get_text() for axes in figure.axes for text in axes.texts}, {"a"})

    def test_names_find_room_where_points_are_close(self):
        some = [self.point(f"layout {number}", 20 + number % 3, 1 + number / 4) for number in range(15)]
        with figure_of(pareto.QUESTION, {(op, 1000): some for op in pareto.OPS}) as figure:
            self.assertEqual(collisions(figure), [])


class Plans(unittest.TestCase):
    def made(self, *arguments):
        """What make would do if no package had been installed yet."""
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS")}
        return subprocess.run(["make", "-n", "-W", "tools/packages.sh", *arguments], cwd=ROOT, env=environment,
                              text=True, check=True, capture_output=True).stdout

    def test_a_plan_that_takes_its_keys_from_a_dictionary_has_it_installed(self):
        for plan, needs_it in (("frontier-strings", True), ("frontier-strings-1M", False)):
            for arguments in ((f"PLAN=experiments/{plan}.plan", "plan"),
                              ("OWN=build/nowhere", f"build/nowhere/runs/{plan}/experiment.csv")):
                self.assertEqual("sh tools/packages.sh words\n" in self.made(*arguments), needs_it, arguments)


class Stored(unittest.TestCase, Refusals):
    def test_of_the_stored_bucket_tries_it_prints_what_there_is(self):
        with tempfile.TemporaryDirectory() as room:
            shutil.copytree(ROOT / "results/runs/buckets", pathlib.Path(room) / "runs/buckets")
            text = printed("frontier", f"RESULTS={room}")
        self.assertRegex(text, r"(?m)^get +boost +1M +0\.80 +2\.23 \[2\.01 2\.48\] +missed +boost ")

    def test_without_the_reference_there_are_tables_and_no_figure(self):
        with tempfile.TemporaryDirectory() as room:
            made_export.write(room, "frontier-tuned", tuned(1_000_000))
            text = printed("frontier", f"RESULTS={room}")
            self.assertRegex(text, r"(?m)^get +1M +wyhash huge-pages +wyhash glibc +0\.80 +1\.25 ")
            self.assertTrue(text.endswith("no figure: not measured: the stored results have no get and put of shuffled"
                                          " keys beside boost\n"), text)
            self.assertFalse((pathlib.Path(room) / "figures").exists())

    def test_without_any_one_line_says_what_measures_it(self):
        with tempfile.TemporaryDirectory() as room:
            self.assert_refused(f"frontier RESULTS={room}", "not measured; make frontier-results measures it", 1)

    def test_operations_have_an_order_that_knows_them_all(self):
        workload = (ROOT / "experiments/cell/workload.c").read_text()
        names = re.search(r"operation_names\[OPERATIONS\] = \{(.*?)\}", workload, re.S)
        self.assertEqual(set(OPS), set(re.findall(r'"(\w+)"', names[1])))


if __name__ == "__main__":
    unittest.main()
