#!/usr/bin/env python3
"""One plan on several machines, on made stores: columns by what a machine is, ratios alone, and what holds where."""
import itertools
import json
import sqlite3
import subprocess
import unittest
from unittest import mock

import made_store
from paths import room, shown
from lab import machine, machines, results, store as stores

def times(factor, **medians):
    """{variant: times} on a machine that is `factor` times as slow."""
    return made_store.noisy(7, **{name: factor * time for name, time in medians.items()})


class Machines(unittest.TestCase):
    def setUp(self):
        self.store = room(self) / "store"
        self.connection = made_store.empty(self.store)
        self.addCleanup(self.connection.close)

    def add(self, name, machine, factor=1, commit="c" * 40, get=20.0, put=20.0, **machine_is):
        both = {("get", 1000): times(factor, list=40.0, lazy=get, fix4=39.0),
                ("put", 1000): times(factor, list=40.0, lazy=put)}
        made_store.add(self.connection, name, both, machine=machine, commit=commit, **machine_is)

    def told(self, **asked):
        return shown(machines.machines, store=self.store, **asked)

    def line(self, text, *words):
        found = [line for line in text.splitlines() if line.split()[:len(words)] == list(words)]
        self.assertEqual(len(found), 1, text)
        return found[0]

    def test_what_holds_where(self):
        self.add("one", "m1", cpu="old")
        self.add("two", "m2", factor=9, put=80.0, cpu="new", cores=8)
        text = self.told(against=["list"])
        self.assertRegex(text, r"(?m)^A +processor new; cores 8; experiment two, finished")
        self.assertRegex(text, r"(?m)^B +processor old; cores 2; experiment one")
        self.assertRegex(self.line(text, "get", "lazy"), r"0\.50 \[.*\] <.*0\.50 \[.*\] <.*faster on all$")
        self.assertRegex(self.line(text, "put", "lazy"),
                         r"(1\.9|2\.0)\d \[.*\] >.*0\.50 \[.*\] <.*faster on B; slower on A$")
        self.assertRegex(self.line(text, "put", "shuffled", "u64", "1K", "lazy"), r"faster on B; slower on A$")
        self.assertNotIn("ns/op", text)  # no time of one machine stands beside another's

    def test_machines_are_told_apart_by_what_they_are(self):
        self.add("one", "m1", cpu="old")
        self.add("two", "m2", factor=2, cpu="old", memory_bytes=(1 << 30) + 4096)  # some pages are nothing
        with self.assertRaisesRegex(results.NotMeasured, "only one machine"):
            self.told()
        self.add("three", "m3", cpu="old", thp="always")
        text = self.told(against=["list"])
        self.assertRegex(text, r"(?m)^A .*huge pages always; experiment three")
        self.assertRegex(text, r"(?m)^B .*huge pages never; experiment two")  # the newest of them
        self.assertNotIn("experiment one", text)

    def test_only_the_same_plan_and_sources(self):
        self.add("one", "m1", cpu="old")
        self.add("two", "m2", cpu="new", commit="d" * 40)
        with self.assertRaises(results.NotMeasured):
            self.told()
        self.add("three", "m3", cpu="newer")
        self.connection.execute("UPDATE experiment SET settings = 'other' WHERE id = 'three'")
        self.connection.commit()
        with self.assertRaises(results.NotMeasured):
            self.told(experiment="one")

    def test_what_one_machine_lacks_is_left_open(self):
        self.add("one", "m1", cpu="old")
        made_store.add(self.connection, "two", {("get", 1000): times(1, list=40.0, lazy=20.0)}, machine="m2", cpu="new")
        text = self.told(against=["list"])
        self.assertRegex(self.line(text, "put", "lazy"), r" -  .*faster on B$")

    def test_however_many_there_are_each_has_a_column(self):
        self.assertEqual(list(itertools.islice(machines.columns(), 28))[24:], ["Y", "Z", "AA", "AB"])

    def test_no_store_stays_open(self):
        opened, connect = [], stores.connect
        self.add("one", "m1")
        with mock.patch.object(stores, "connect", lambda *asked: opened.append(connect(*asked)) or opened[-1]), \
                self.assertRaises(results.NotMeasured):
            self.told()
        connection, = opened
        with self.assertRaisesRegex(sqlite3.ProgrammingError, "closed"):
            connection.execute("SELECT 1")

    def test_an_export_and_those_beside_it_of_the_same_plan(self):
        self.add("one", "m1", cpu="old")
        self.add("two", "m2", put=80.0, cpu="new")
        self.add("other", "m3", cpu="newest")
        self.connection.execute("UPDATE experiment SET name = CASE id WHEN 'other' THEN 'other' ELSE 'plan' END")
        self.connection.commit()
        runs = self.store.parent / "runs"
        runs.mkdir()
        for name, directory in (("one", "plan"), ("two", "plan-new"), ("other", "other")):
            subprocess.run([made_store.RUN, "--store", self.store, "--export", self.store.parent / name,
                            "--experiment", name], check=True, capture_output=True)
            exported, = (self.store.parent / name).iterdir()
            exported.rename(runs / directory)
        text = self.told(experiment=str(runs / "plan"), against=["list"])
        self.assertRegex(self.line(text, "put", "lazy"), r"faster on B; slower on A$")
        self.assertNotIn("other", text)
        with self.assertRaises(results.NotMeasured):
            self.told(experiment=str(runs / "other"))

    def test_caches_in_words(self):
        caches = [{"level": 1, "type": "Data", "size": 49152, "line": 64},
                  {"level": 2, "type": "Unified", "size": 1 << 20, "line": 128}]
        self.assertEqual(machine.caches_text(json.dumps(caches)), "L1 data 48 KiB, L2 1024 KiB in lines of 128")
        self.assertEqual(machine.caches_text("[]"), "unknown")

    def test_texts_of_what_holds(self):
        self.assertEqual(machines.where({"A": "<", "B": "<", "C": "?"}), "faster on A B; cannot tell on C")
        self.assertEqual(machines.where({"A": "?", "B": "?"}), "cannot tell on all")
        self.assertEqual(machines.where({"A": "="}), "level on A")


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
