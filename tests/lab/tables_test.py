#!/usr/bin/env python3
"""The table of an experiment, on made data: its figures, its CSV, and how it ends."""
import contextlib
import csv
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
sys.path.insert(0, str(ROOT / "tests" / "lab"))
from lab import store, tables  # noqa: E402
from made import Made  # noqa: E402


class Table(unittest.TestCase):
    def setUp(self):
        self.room = tempfile.TemporaryDirectory()
        self.addCleanup(self.room.cleanup)
        self.path = str(pathlib.Path(self.room.name) / "store.sqlite")
        made = Made(self.path)
        self.addCleanup(made.connection.close)
        made.add("list", "put", "shuffled", 10000, [400] * 12)
        made.add("pool", "put", "shuffled", 10000, [100] * 12)
        made.add("reference", "put", "shuffled", 10000, [50] * 12)
        made.add("list", "get", "shuffled", 10000, [300] * 3)

    def report(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tables.report(["--store", self.path, *arguments])
        return out.getvalue()

    def line(self, *words):
        return next(line.split("  ") for line in self.report().splitlines()
                    if line.split()[:len(words)] == list(words))

    def test_ratios_are_taken_pair_by_pair(self):
        # Blocks differ by up to 12 times, pairs not at all.
        line = [word.strip() for word in self.line("10K", "put", "shuffled", "pool") if word]
        self.assertEqual(line[-2:], ["2.00 [2.00 2.00]", "0.25 [0.25 0.25]"])

    def test_few_replicates_have_no_interval(self):
        self.assertIn("[too few]", "  ".join(self.line("10K", "get", "shuffled", "list")))

    def test_the_slowest_of_a_cell_stands_first(self):
        found = [line.split()[3] for line in self.report().splitlines() if line[:3] == "10K"]
        self.assertEqual(found, ["list", "pool", "reference", "list"])

    def test_as_csv(self):
        path = pathlib.Path(self.room.name) / "table.csv"
        self.assertEqual(self.report("--csv", str(path)), "")
        with open(path, newline="", encoding="utf-8") as file:
            rows = {(row["op"], row["variant"]): row for row in csv.DictReader(file)}
        self.assertEqual(len(rows), 4)
        pool = rows["put", "pool"]
        self.assertEqual((pool["replicates"], pool["scale"], pool["hash"]), ("12", "10000", "xxh3"))
        self.assertEqual(float(pool["to_list_low"]), 0.25)
        self.assertEqual(float(pool["ns_per_op"]), 650.0)  # of 100, 200, ... 1200
        self.assertAlmostEqual(float(pool["mops"]), 1000 / 650)
        self.assertEqual(rows["put", "list"]["to_list"], "")
        self.assertEqual(rows["get", "list"]["ns_per_op_low"], "")

    def test_an_exported_experiment(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tables.report(["--runs", str(store.RUNS), "--name", "fixes"])
        self.assertRegex(out.getvalue(), r"100K +put +shuffled +list ")

    def test_what_is_not_there_is_told_in_one_line(self):
        for arguments in (["--store", "/nowhere"], ["--experiment", "x", "--store", self.path],
                          ["--runs", self.room.name, "--name", "fixes"]):
            done = self.program(*arguments)
            self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())),
                             (1, "", 1), done.stderr)

    def test_a_reader_may_go_away(self):
        text = subprocess.run(f"{sys.executable} -B -m lab.tables --store {self.path} | true",
                              shell=True, text=True, capture_output=True, env=self.environment())
        self.assertEqual((text.returncode, text.stderr), (0, ""))

    @staticmethod
    def environment():
        return {**os.environ, "PYTHONPATH": str(ROOT / "notebooks")}

    def program(self, *arguments):
        return subprocess.run([sys.executable, "-B", "-m", "lab.tables", *arguments], text=True,
                              capture_output=True, env=self.environment())


if __name__ == "__main__":
    unittest.main()
