#!/usr/bin/env python3
"""The runner by way of make: what a plan would come to, and more replicates of what is measured."""
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMALL = ("VARIANT=reference", "BESIDE=reference", "OPS=get", "PATTERNS=random", "SCALES=100",
         "SAMPLES=1")


class Make(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.store = pathlib.Path(room.name) / "store.sqlite"

    def make(self, *arguments):
        return subprocess.run(["make", "-s", "--no-print-directory", f"STORE={self.store}",
                               *arguments], cwd=ROOT, text=True, capture_output=True)

    def test_a_plan_is_told_and_nothing_made(self):
        for arguments in (("plan",), ("DRY=1", "experiment")):
            done = self.make(*SMALL, "REPS=3", *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            first, *cells = done.stdout.splitlines()
            self.assertRegex(first, r"^3 runs of 1 cells, about \d+ s, up to \d+ MB of memory .*,"
                                    rf" into {self.store}$")
            self.assertEqual([cell.split()[-1] for cell in cells], ["3"])
            self.assertFalse(self.store.exists())

    def test_more_replicates(self):
        for more in (("REPS=2",), ("REPS=2", "MORE=3")):
            done = self.make(*SMALL, *more, "experiment")
            self.assertEqual(done.returncode, 0, done.stderr)
        with sqlite3.connect(self.store) as database:
            (name,), = database.execute("SELECT id FROM experiment").fetchall()
        done = self.make("MORE=4", f"EXPERIMENT={name[:12]}", "experiment")
        self.assertEqual(done.returncode, 0, done.stderr)
        with sqlite3.connect(self.store) as database:
            self.assertEqual(database.execute("SELECT id, planned, status FROM experiment")
                             .fetchall(), [(name, 9, "finished")])


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
