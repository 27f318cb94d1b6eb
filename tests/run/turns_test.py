#!/usr/bin/env python3
"""Competitors that are alive together and take their samples in turn: TURNS=warm, TURNS=cold."""
import collections
import itertools
import os
import signal
import subprocess
import sys
import time
import unittest

from runner import HERE, Runner, main

THREE = "good,other,third"


class Turns(Runner):
    def told(self):
        path = self.root / "told"
        return [tuple(line.split()) for line in path.read_text().splitlines()] if path.exists() else []

    def samples(self):
        """{variant: the numbers of its samples, block by block}."""
        found = collections.defaultdict(list)
        for variant, number in self.ask("SELECT variant, number FROM measurement ORDER BY run, number"):
            found[variant].append(number)
        return dict(found)

    def statuses(self):
        return set(self.ask("SELECT DISTINCT variant, status FROM process WHERE status <> 'skipped'"))

    # ---- The turns ----

    def test_every_competitor_gives_a_sample_in_every_turn(self):
        self.run_it(THREE, "--reps", "2", "--samples", "6", "--turns", "cold")
        self.assertEqual(self.samples(), {name: 2 * list(range(6)) for name in THREE.split(",")})
        told = self.told()
        self.assertEqual({word for _, word in told}, {"go"})
        orders = [[name for name, _ in told[at:at + 3]] for at in range(0, 36, 3)]
        for order in orders:
            self.assertEqual(len(set(order)), 3)
        for square in (orders[at:at + 3] for at in range(0, 12, 3)):
            for place in range(3):
                self.assertEqual(len({order[place] for order in square}), 3)
        for block in (told[:18], told[18:]):
            for before, after in itertools.pairwise(block):
                self.assertNotEqual(before[0], after[0])
        self.assertNotEqual(orders[:3], orders[6:9])  # drawn anew for each block

    def test_all_are_ready_before_the_first_goes(self):
        self.run_it("good,slow", "--reps", "1", "--samples", "2", "--turns", "cold")
        ready, told = (os.stat(self.root / name).st_mtime_ns for name in ("ends", "told"))
        self.assertLessEqual(ready, told)  # by the clock of files, which ticks every few milliseconds
        self.assertEqual(len(self.starts()), 2)
        self.assertEqual([name for name, _ in self.told()][:2], [name for name, _ in self.told()][2:])

    def test_a_warm_sample_comes_after_a_pass_of_the_same(self):
        self.run_it("good,other", "--reps", "1", "--samples", "4", "--turns", "warm")
        told = self.told()
        self.assertEqual([word for _, word in told], 8 * ["warm", "go"])
        self.assertEqual([name for name, _ in told[::2]], [name for name, _ in told[1::2]])
        self.assertEqual(self.samples(), {"good": [0, 1, 2, 3], "other": [0, 1, 2, 3]})

    def test_the_store_says_how_it_was_measured(self):
        first = self.run_it(THREE, "--turns", "warm", "--samples", "2").out
        (settings,), = self.ask("SELECT settings FROM experiment")
        self.assertRegex(settings, r" TURNS=warm PIN=\d+$" if sys.platform == "linux" else r" TURNS=warm PIN=none$")
        self.assertEqual(self.ask("SELECT DISTINCT parameters FROM process"), [("pool_slots=65536 turns=warm",)])
        (self.root / "plan").write_text(settings)
        again = self.run_it("unused", "--plan", "plan", settings=()).out
        self.assertEqual(again.split("-")[0], first.split("-")[0])

    def test_ways_are_measured_beside_each_other(self):
        grid = "VARIANTS=good,other OPS=put PATTERNS=shuffled SCALES=10 REPS=2 SAMPLES=3"
        (self.root / "plan").write_text("".join(f"{grid} TURNS={way}\n" for way in ("none", "warm", "cold")))
        self.run_it("unused", "--plan", "plan", settings=())
        self.assertEqual(self.ask("SELECT parameters, count(*) FROM process GROUP BY 1 ORDER BY 1"),
                         [("pool_slots=65536" + way, 4) for way in ("", " turns=cold", " turns=warm")])

    def test_an_export_comes_back(self):
        self.run_it(THREE, "--turns", "cold", "--export", "out", "--name", "x")
        self.run_it("unused", "--import", "out/x", "--store", "results/second.sqlite")
        self.assertEqual(self.everything("results/second.sqlite"), self.everything("results/hamtlab.sqlite"))

    def test_shards_make_the_same_experiment_as_one_run(self):
        options = ("--scales", "1000,2000", "--reps", "3", "--samples", "2", "--turns", "warm")
        self.run_it(THREE, *options, "--store", "whole")
        for index in (1, 2):
            self.run_it(THREE, *options, "--store", f"part{index}", "--shard", f"{index}/2")
            self.merge("merged", f"part{index}")
        self.assertEqual(self.everything("merged"), self.everything("whole"))

    def test_more_are_added(self):
        first = self.run_it(THREE, "--turns", "cold").out
        self.assertEqual(self.run_it(THREE, "--turns", "cold", "--more", "2").out, first)
        self.assertEqual(self.ask("SELECT count(*), count(DISTINCT block) FROM process WHERE status = 'ok'"), [(18, 6)])

    # ---- What is to come ----

    def test_a_dry_run_counts_what_is_alive_together(self):
        def told(turns):
            out = self.run_it(THREE, "--dry-run", "--turns", turns, "--scales", "100000").out
            return {word.strip(","): float(number) for number, word in zip(out.split(), out.split()[1:])
                    if number.replace(".", "").isdigit()}
        alone, warm, cold = map(told, ("none", "warm", "cold"))
        self.assertEqual(alone["runs"], warm["runs"])
        self.assertGreater(cold["MB"], 2.9 * alone["MB"])
        self.assertGreater(warm["s"], 1.5 * cold["s"])
        self.assertEqual(alone["s"], cold["s"])

    def test_what_does_not_fit_together_is_refused(self):
        for variants in ("good,hungry", "hungry,hungry2"):
            done = self.run_it(variants, "--turns", "cold", "--scales", "200000", expect=2)
            self.assertRegex(done.err.splitlines()[-1], r"^TURNS: competitors in put shuffled 200000 do not fit into "
                             rf"memory together: {variants.split(',')[0]} .* GB, hungry.* GB, where .* GB are"
                             " available")
            self.assertEqual(os.listdir(self.root / "results"), [])

    def test_what_makes_no_sense_is_refused(self):
        for options, said in ((("--turns", "hot"), "TURNS=hot: not a way to take turns; none, warm"),
                              (("--parameters", "turns=warm"), "turns=warm: not a parameter of a cell; ")):
            self.assertIn(said, self.run_it("good", *options, expect=2).err)
        done = self.run_it("good,hasty", "--turns", "warm", expect=2)
        self.assertIn("TURNS=warm: the cell map knows no untimed pass; cold needs none", done.err)
        self.assertEqual(self.starts(), [])
        self.run_it("good,hasty", "--turns", "cold")

    # ---- What goes wrong ----

    def test_one_that_goes_wrong_in_the_third_turn_does_not_spoil_the_others(self):
        done = self.run_it("good,third_crash,third_hang,other", "--reps", "2", "--turns", "warm", "--timeout", "1",
                           expect=1)
        self.assertEqual(self.samples(), {name: 2 * list(range(5)) for name in ("good", "other")})
        self.assertEqual(self.statuses(), {("good", "ok"), ("other", "ok"), ("third_crash", "crash"),
                                           ("third_hang", "timeout")})
        self.check_gone()
        for name, said in (("third_crash", "crash: signal 11"), ("third_hang", "timeout: no end after 1")):
            first, second = (line for line in done.err.splitlines() if line.startswith(f"{name} xxh3"))
            self.assertIn(said, first)
            self.assertIn("tried once more at the end of its block", first)
            self.assertIn(" again: ", second)
            if name == "third_crash":
                again = subprocess.run(second.split("repeat it with: ")[1], shell=True, cwd=self.root,
                                       capture_output=True, text=True, timeout=120)
                self.assertEqual(again.stdout.count('"sample":'), 2)
        self.assertEqual(len(self.starts()), 4 + 2 + 2 + 1)

    def test_one_accident_is_mended_at_the_end_of_its_block(self):
        done = self.run_it("good,once,other", "--turns", "cold")
        self.assertIn("good when tried again", done.err)
        self.assertEqual(self.samples(), {name: 4 * list(range(5)) for name in ("good", "once", "other")})
        self.assertEqual(self.ask("SELECT variant, block FROM process WHERE position > 2"), [("once", 0)])

    def test_what_cells_say_is_checked_as_ever(self):
        self.run_it("good,other,garbage,short,liar,wrong,mute", "--turns", "cold", "--reps", "1", "--timeout", "1",
                    expect=1)
        self.assertEqual(self.statuses(), {("good", "ok"), ("other", "ok"), ("garbage", "malformed"),
                                           ("mute", "timeout"), ("short", "timeout"), ("liar", "wrong"),
                                           ("wrong", "wrong")})

    @unittest.skipUnless(sys.platform == "linux", "elsewhere orphans are not the runner's")
    def test_what_one_leaves_behind_ends_with_it_and_the_others_live(self):
        self.run_it("daemon,good,third_crash,other", "--turns", "cold", "--reps", "1", expect=1)
        self.assertEqual(self.samples(), {name: list(range(5)) for name in ("daemon", "good", "other")})
        self.check_gone()

    # ---- What is interrupted ----

    def still_there(self):
        """Cells of this test that are alive."""
        found = subprocess.run(["pgrep", "-f", f"{HERE}/fake_cell (slow|good) xxh3"], capture_output=True, text=True)
        return [pid for pid in found.stdout.split() if os.path.realpath(f"/proc/{pid}/cwd") == str(self.root.resolve())]

    @unittest.skipUnless(sys.platform == "linux", "looks into /proc")
    def test_an_interrupt_ends_all_that_are_alive(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)):
            process = self.start("good,slow,pause", "--reps", "3", "--turns", "cold", "--samples", "40")
            before = len(self.told())
            deadline = time.monotonic() + 120
            while len(self.told()) < before + 20:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            self.assertEqual(len(self.still_there()), 2)
            process.send_signal(number)
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, status)
            deadline = time.monotonic() + 60
            while self.still_there():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
        done = self.run_it("good,slow,pause", "--reps", "3", "--turns", "cold", "--samples", "40")
        self.assertIn("experiment ", done.out)
        self.assertEqual(self.samples(), {name: 3 * list(range(40)) for name in ("good", "pause", "slow")})
        self.assertEqual(self.ask("SELECT count(*), min(status) FROM experiment"), [(1, "finished")])


if __name__ == "__main__":
    main()
