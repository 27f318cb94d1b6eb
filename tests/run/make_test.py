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

    def test_a_goal_and_a_budget(self):
        done = self.make("VARIANT=reference", "AGAINST=lazy", *SMALL[2:], "DECIDE=50%", "BUDGET=5s", "experiment")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("DECIDE=50%: blocks were added until that was reached or the budget gone.", done.stdout)
        with sqlite3.connect(self.store) as database:
            self.assertRegex(database.execute("SELECT settings FROM experiment").fetchone()[0], "DECIDE=50%$")
            (name,), = database.execute("SELECT id FROM experiment").fetchall()
        done = self.make(f"EXPERIMENT={name}", "BUDGET=1s", "experiment")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"experiment  {name}, ", done.stdout)
        for words, told in (
                (("DECIDE=2%", "MORE=3"), "MORE and SHARD: not with PRECISION, DECIDE or BUDGET"),
                (("DECIDE=2%", "PRECISION=5%"), "DECIDE=2%: PRECISION=5% is asked for, too; one of them"),
                (("DECIDE=2%", "SEED=1..3"), "SEED=1..3: PRECISION and DECIDE take one"),
                (("DECIDE=2%", "EXPERIMENT=a"), "EXPERIMENT=a: what it is to decide is stored with it"),
                (("PRECISION=5",), "PRECISION=5: must be a share from 0.1% to 50%"),
                (("BUDGET=10m",), "BUDGET=10m: PRECISION=5% or DECIDE=2% is to say what is to be decided"),
                (("DECIDE=2%", "BUDGET=10"), "BUDGET=10: makes no sense; wanted a duration, such as 90s, 10m or 2h")):
            done = self.make(*SMALL, "REPS=1", *words, "experiment")
            self.assertNotEqual(done.returncode, 0, done.stdout)
            self.assertIn(told, done.stderr)


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
