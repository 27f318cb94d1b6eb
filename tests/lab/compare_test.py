#!/usr/bin/env python3
"""Two experiments beside each other, on made stores whose differences are known."""
import contextlib
import io
import random
import subprocess
import unittest

import made_store
from made_store import BLOCKS, noisy
from paths import room, shown
from lab import command, compare

CELL = ("get", 1000)
OLD, NEW = "a" * 40, "b" * 40


def steady(seed, **medians):
    source = random.Random(seed)
    return {name: [time * source.lognormvariate(0, 0.01) for _ in range(BLOCKS)] for name, time in medians.items()}


class Compare(unittest.TestCase):
    def setUp(self):
        self.root = room(self)
        self.store = self.root / "store"
        self.connection = made_store.empty(self.store)
        self.addCleanup(self.connection.close)

    def add(self, name, cell, **settings):
        made_store.add(self.connection, name, {CELL: cell}, **settings)

    def told(self, a, b, **asked):
        return shown(compare.compare, a, b, store=self.store, results=self.root, **asked)

    def line(self, text, variant):
        found, = [line for line in text.splitlines() if f"  {variant}  " in line]
        return found

    def refused(self, *arguments):
        with self.assertRaises(command.BadSetting) as caught:
            self.told(*arguments)
        return str(caught.exception)

    # ---- What is compared ----

    def test_one_machine_compares_times(self):
        self.add("one", steady(1, list=40.0, lazy=20.0), commit=OLD)
        self.add("two", steady(2, list=40.0, lazy=22.0), commit=NEW)
        text = self.told("one", "two")
        self.assertIn("slower", self.line(text, "lazy"))
        self.assertRegex(self.line(text, "lazy"), r" 1\.1[01]? \[1\.0\d 1\.1\d\]")
        self.assertNotRegex(self.line(text, "list"), "slower|faster")
        self.assertIn("B is slower in 1 and faster in 0", text)
        self.assertIn("not side by side", text)
        self.assertIn(f"differ in source: {OLD[:12]} | {NEW[:12]}", text)
        self.assertIn("B is slower in 0 and faster in 1", self.told("two", "one"))

    def test_two_machines_compare_ratios_to_the_baseline(self):
        # The other machine takes three times as long for everything: no difference.
        self.add("one", noisy(1, list=40.0, lazy=20.0, pool=50.0), machine="m1")
        self.add("two", noisy(2, list=120.0, lazy=60.0, pool=180.0), machine="m2", cores=64)
        text = self.told("one", "two")
        self.assertIn("two machines: times cannot be compared", text)
        self.assertIn("differ in machine, cores: 2 | 64", text)
        self.assertNotRegex(self.line(text, "lazy"), "slower|faster")
        self.assertIn("slower", self.line(text, "pool"))
        self.assertRegex(self.line(text, "pool"), r"1\.2[0 ]")
        self.assertNotRegex(text, "  list  ")

    def test_relative_divides_out_what_the_machine_did(self):
        self.add("one", steady(1, list=40.0, lazy=20.0))
        self.add("two", steady(2, list=60.0, lazy=30.0))
        self.assertIn("slower in 2", self.told("one", "two"))
        self.assertIn("slower in 0 and faster in 0", self.told("one", "two", relative=True))

    def test_one_experiment_compares_pairs(self):
        # A drift far larger than the difference: only pairs see it.
        self.add("one", noisy(3, list=40.0, lazy=42.0, other=10.0))
        text = self.told("one:list", "one:lazy")
        self.assertIn("ratios pair by pair", text)
        self.assertRegex(self.line(text, "list | lazy"), r"1\.05 \[1\.0\d 1\.0\d\].*slower")

    def test_an_export_is_an_experiment_too(self):
        self.add("one", steady(1, list=40.0))
        self.add("two", steady(2, list=50.0))
        subprocess.run([made_store.RUN, "--store", self.store, "--export", self.root,
                        "--experiment", "two"], check=True, capture_output=True)
        for name in ("two", str(self.root / "two")):
            self.assertIn("slower in 1", self.told("one", name))
        self.assertIn("faster in 1", self.told("two", "one"))

    def test_commits_and_machines_mean_their_newest_finished_experiment(self):
        self.add("one", steady(1, list=40.0), commit=OLD, started="2026-01-01")
        self.add("two", steady(2, list=50.0), commit=NEW, started="2026-01-02")
        self.add("three", steady(3, list=80.0), commit=NEW, started="2026-01-03", machine="other")
        self.add("four", steady(4, list=99.0), commit=NEW, started="2026-01-04", status="running")
        self.assertIn("experiment three", self.header(OLD, NEW[:9]))
        self.assertIn("experiment three", self.header("one", "other"))
        self.assertIn("experiment two", self.header("one", "m1"))

    def header(self, a, b):
        """The lines before the table, which not every pair of experiments gets as far as."""
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.suppress(command.BadSetting):
            compare.compare(a, b, store=self.store, results=self.root)
        return out.getvalue()

    # ---- How sure it is ----

    def test_chance_is_no_difference(self):
        # Of 15 comparisons at 5 % each, one is flagged in half of all families if nothing is done.
        variants, flagged = {f"v{i}": 20.0 + i for i in range(15)}, 0
        for seed in range(8):
            self.add(f"a{seed}", steady(seed, **variants))
            self.add(f"b{seed}", steady(1000 + seed, **variants))
            flagged += "slower in 0 and faster in 0" not in self.told(f"a{seed}", f"b{seed}")
        self.assertLessEqual(flagged, 1)

    def test_too_few_processes_are_said_to_be_too_few(self):
        few = {variant: times[:3] for variant, times in steady(1, list=40.0, lazy=20.0).items()}
        slow = {variant: [2 * t for t in times] for variant, times in few.items()}
        self.add("one", few)
        self.add("two", slow)
        text = self.told("one", "two")
        self.assertIn("slower in 0", text)
        self.assertIn("cannot be told from chance", text)

    # ---- What is refused ----

    def test_what_makes_no_sense_is_refused_in_one_line(self):
        self.add("same1", steady(1, list=40.0))
        self.add("same2", steady(1, list=40.0))
        self.add("other", {"lazy": [1.0, 2.0]})
        self.add("later", steady(1, list=40.0), status="running")
        self.assertIn("neither an export nor", self.refused("same1", "absent"))
        self.assertIn("nor a finished experiment", self.refused("same1", "later"))
        self.assertIn("2 experiments begin so", self.refused("same", "other"))
        self.assertIn("the same experiment", self.refused("same1", "same1"))
        self.assertIn("on both sides", self.refused("same1:list", "same2"))
        self.assertIn("must name", self.refused("", "same1"))
        self.assertIn("in common", self.refused("same1", "other"))


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
