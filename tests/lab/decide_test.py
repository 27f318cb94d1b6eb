#!/usr/bin/env python3
"""Measuring up to a goal, with the real runner and cells that are made up: `rough` takes 4 to 12 times ten nanoseconds
by its keys, `good` always 40."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from paths import ROOT, room

FAKES = ROOT / "tests" / "run"
RUNNER = f"{ROOT}/build/run/run --make {FAKES}/fake_make"
ASKED = "--ops put,get --patterns shuffled --scales 1000 --samples 1 --variants"


class Decide(unittest.TestCase):
    def setUp(self):
        self.room = room(self)
        for part in ("hash/xxh3", "key/u64"):
            (self.room / "common" / part).mkdir(parents=True)

    def start(self, *words):
        environment = os.environ | {"PYTHONPATH": str(ROOT / "notebooks"), "TMPDIR": str(self.room)}
        return subprocess.Popen([sys.executable, "-B", "-m", "lab", *words, f"STORE={self.room}/store"], cwd=self.room,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                                start_new_session=True)

    def lab(self, *words, expect=0):
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expect, err)
        return out, err

    def decide(self, asked, *words, **expect):
        return self.lab("decide", f"RUNNER={RUNNER}", *([f"ASKED={ASKED} {asked}"] if asked else []), *words, **expect)

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(self.room / "store")) as database:
            return database.execute(sql).fetchall()

    def blocks(self, op):
        (count,), = self.ask(f"SELECT count(DISTINCT block) FROM process WHERE op = '{op}'")
        return count

    def test_it_ends_when_all_is_decided(self):
        out, err = self.decide("good,other --decide 2%")
        (name, status), = self.ask("SELECT id, status FROM experiment")
        self.assertEqual((out, status), (f"experiment {name}\n", "finished"))
        self.assertEqual((self.blocks("put"), self.blocks("get")), (12, 12))
        self.assertIn("DECIDE=2%: 2 of 2 ratios have reached it, so measuring has ended; 2 level", err)

    def test_blocks_are_added_up_to_the_goal_and_tables_know(self):
        out, err = self.decide("rough,good --reps 4 --decide 2%")
        self.assertIn("0 of 2 ratios have reached it", err)
        self.assertIn("more blocks in ", err)
        self.assertTrue(12 <= self.blocks("put") < 200)
        (settings, status), = self.ask("SELECT settings, status FROM experiment")
        self.assertEqual(status, "finished")
        self.assertRegex(settings, r"REPS=4(\+\d+)+ .* DECIDE=2%\n")
        text = " ".join(self.lab("table", f"EXPERIMENT={out.split()[1]}")[0].split())
        self.assertIn("95 % interval by a confidence sequence", text)
        self.assertIn("DECIDE=2%: 2 of 2 ratios have reached it, so measuring has ended; 2 slower", text)

    def test_a_budget_ends_it_too_and_it_can_be_gone_on_with(self):
        out, _ = self.decide("rough,good --precision 2% --reps 12", "BUDGET=1s")
        name, before = out.split()[1], self.blocks("put") + self.blocks("get")
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])
        text = self.lab("table", f"EXPERIMENT={name}")[0]
        self.assertIn(f"Cannot be told with what was spent (make EXPERIMENT={name} BUDGET=30m", text)
        self.decide("", f"EXPERIMENT={name}", "BUDGET=6s")
        self.assertGreater(self.blocks("put") + self.blocks("get"), before)
        self.assertEqual(self.ask("SELECT id, status FROM experiment"), [(name, "finished")])

    def test_interrupted_it_goes_on_where_it_was(self):
        asked = "rough,slow --precision 1% --ops put"
        process = self.start("decide", f"RUNNER={RUNNER}", f"ASKED={ASKED} {asked}")
        deadline = time.monotonic() + 60
        starts = self.room / "starts"
        while not starts.exists() or len(starts.read_text().splitlines()) < 30:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(err.splitlines()[-1], "decide: interrupted")
        (name, status), = self.ask("SELECT id, status FROM experiment")
        self.assertEqual(status, "interrupted")
        before, = self.ask("SELECT count(*) FROM run")
        self.decide(asked, "BUDGET=1s")
        self.assertEqual(self.ask("SELECT id, status FROM experiment"), [(name, "finished")])
        self.assertEqual(self.ask("SELECT planned = (SELECT count(*) FROM run) FROM experiment"), [(1,)])
        self.assertGreater(self.ask("SELECT count(*) FROM run"), [before])

    def test_what_makes_no_sense_is_told_in_one_line(self):
        first = self.decide("good,other --reps 1 --decide 2%", "BUDGET=1s")[0].split()[1]
        for asked, words, status, told in (
                ("good,other --reps 1", ["BUDGET=5s"], 2, "decide: BUDGET: PRECISION=5% or DECIDE=2% is to say what"),
                ("", [f"EXPERIMENT={first}", "BUDGET=soon"], 2, "BUDGET=soon: makes no sense; wanted a duration"),
                ("", ["EXPERIMENT=zz"], 1, "decide: zz: no such experiment"),
                ("good --reps 1 --decide 2%", [], 1, "no competitor was measured beside another"),
                ("good,crash --reps 1 --decide 2%", [], 1, "the runner has told why")):
            err = self.decide(asked, *words, expect=status)[1]
            self.assertIn(told, err.splitlines()[-1])


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
