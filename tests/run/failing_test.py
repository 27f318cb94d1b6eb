#!/usr/bin/env python3
"""Cells that crash, hang, give wrong answers or would not fit, and what becomes of the others."""
import subprocess
import sys
import time
import unittest

from runner import SYSTEM, Runner, main


class Failing(Runner):
    def test_failing_cells_do_not_stop_the_others(self):
        cases = {"crash": ("crash", "signal 11"), "abort": ("crash", "exit 9: sanitizer: it broke"),
                 "wrong": ("wrong", "get 7: 8 where 9 is right"),
                 "memory": ("nomemory", "out of memory"), "garbage": ("malformed", "line 1"),
                 "short": ("malformed", "4 samples where 5"),
                 "other_op": ("malformed", "op is get where put"),
                 "other_build": ("malformed", 'compiler is "cc 2" where the program has said "cc 1"')}
        done = self.run_it(",".join(["good", *cases, "other"]), expect=1)
        for variant, (status, said) in cases.items():
            with self.subTest(variant=variant):
                (detail, position), = self.ask("SELECT detail, position FROM process WHERE variant = ?"
                                               " AND status = ?", variant, status)
                self.assertIn(said, detail)
                self.assertGreaterEqual(position, len(cases) + 2)
                cell = f"{variant} xxh3 u64 {SYSTEM} put shuffled 1000"
                first, second = [line for line in done.err.splitlines()
                                 if line.startswith(f"{cell}: ")]
                self.assertIn(f": {status}: ", first)
                self.assertIn(f": {status} again: ", second)
                self.assertIn("tried once more at the end of its block", first)
                self.assertIn(f"\nfailed {cell}: {status} in block 0: ", done.err)
                self.assertEqual(*(line.split("repeat it with: ")[1] for line in (first, second)))
                again = subprocess.run(second.split("repeat it with: ")[1], shell=True,
                                       cwd=self.root, capture_output=True, text=True)
                self.assertEqual(again.returncode == 0, status == "malformed")
        self.assertEqual(self.ask("SELECT variant, count(*) FROM process WHERE status = 'ok'"
                                  " GROUP BY 1"), [("good", 4), ("other", 4)])
        self.assertEqual(self.ask("SELECT count(*) FROM process WHERE status = 'skipped'"),
                         [(3 * len(cases),)])
        self.assertEqual(self.ask("SELECT count(DISTINCT position), max(position) FROM process"
                                  " WHERE status NOT IN ('ok', 'skipped')"),
                         [(len(cases), 2 * len(cases) + 1)])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(2 * 4 * 5,)])
        self.assertEqual(self.ask("SELECT status, finished FROM experiment"),
                         [("interrupted", None)])
        self.assertIn("not finished: 8 of 40 runs are good; the same command", done.err)
        for variant in cases:  # twice in the first block, and once above, by hand
            self.assertEqual(sum(line.startswith(f"{variant} ") for line in self.starts()), 3)

    def test_one_accident_is_mended_at_the_end_of_its_block(self):
        done = self.run_it("good,once,other")
        self.assertIn("once xxh3", done.err)
        self.assertIn(": crash: signal 11", done.err)
        self.assertIn("good when tried again", done.err)
        self.assertNotIn("failed", done.err)
        self.assertEqual(self.ask("SELECT variant, status, count(*), count(DISTINCT block)"
                                  " FROM process GROUP BY 1, 2"),
                         [(name, "ok", 4, 4) for name in ("good", "once", "other")])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(3 * 4 * 5,)])
        self.assertEqual(self.ask("SELECT variant, block FROM process WHERE position > 2"),
                         [("once", 0)])
        self.assertEqual([line.split()[0] for line in self.starts()].index("once", 3), 3)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])

    def test_the_same_command_fills_what_is_missing(self):
        self.run_it("good,ill", expect=1)
        self.run_it("good,ill", expect=1)  # a part that is ill still
        self.assertEqual(self.ask("SELECT status, count(*) FROM process GROUP BY 1"),
                         [("crash", 1), ("ok", 4), ("skipped", 3)])
        (self.root / "well").write_text("")
        done = self.run_it("good,ill")
        self.assertRegex(done.err, r"going on with experiment \S+: 4 of 8 runs are good")
        self.assertEqual(self.ask("SELECT status, count(*), sum(detail IS NULL) FROM process"),
                         [("ok", 8, 8)])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(8 * 5,)])
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])
        self.assertEqual(sum(line.startswith("good ") for line in self.starts()), 4)

    def test_hanging_cell_is_killed_with_its_children(self):
        began = time.monotonic()
        self.run_it("hang,mute,good", "--timeout", "0.3", expect=1)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.ask("SELECT variant, count(*) FROM process WHERE status = 'timeout'"
                                  " GROUP BY 1"), [("hang", 1), ("mute", 1)])
        self.check_gone()

    @unittest.skipUnless(sys.platform == "linux", "elsewhere orphans are not the runner's")
    def test_what_has_left_its_cell_ends_with_it(self):
        self.run_it("daemon", "--reps", "1")
        self.check_gone()

    def test_child_that_writes_without_end_is_stopped(self):
        self.run_it("flood", "--reps", "1", expect=1)
        self.assertEqual(self.ask("SELECT status, detail FROM process"),
                         [("malformed", "more than 67108864 bytes of output")])

    def test_differing_checksum_is_an_error(self):
        done = self.run_it("good,liar,other", expect=1)
        self.assertIn(f"liar xxh3 u64 {SYSTEM} put shuffled 1000: wrong: checksum 0x00000000000000ff",
                      done.err)
        self.assertEqual(self.ask("SELECT variant, status, count(*) FROM process GROUP BY 1, 2"),
                         [("good", "ok", 4), ("liar", "skipped", 3), ("liar", "wrong", 1),
                          ("other", "ok", 4)])

    def test_two_that_differ_are_both_in_doubt(self):
        self.run_it("good,liar", expect=1)
        self.assertEqual(self.ask("SELECT variant FROM process WHERE status = 'wrong' ORDER BY 1"),
                         [("good",), ("liar",)])

    def test_cell_that_would_not_fit_is_left_out(self):
        done = self.run_it("good,hungry", "--scales", "1000,200000")
        self.assertRegex(done.err, r"\nskipped hungry .* 200000: needs 2400\d+\.\d GB")
        self.assertNotIn("failed", done.err)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])
        self.assertRegex(done.err, r"hungry .* 200000: skipped: needs 2400\d+\.\d GB")
        self.assertEqual(self.ask("SELECT variant, scale, status, count(*) FROM process"
                                  " GROUP BY 1, 2, 3"),
                         [("good", 1000, "ok", 4), ("good", 200000, "ok", 4),
                          ("hungry", 1000, "ok", 4), ("hungry", 200000, "skipped", 4)])

    def test_what_fits_with_one_pool_may_not_with_another(self):
        grid = "VARIANTS=pooled OPS=put PATTERNS=random SCALES=200000 REPS=1"
        (self.root / "plan").write_text(f"{grid}\n{grid} pool_slots=64\n")
        self.run_it("unused", "--plan", "plan", settings=())
        self.assertEqual(self.ask("SELECT parameters, status FROM process ORDER BY 1"),
                         [("pool_slots=64", "skipped"), ("pool_slots=65536", "ok")])


if __name__ == "__main__":
    main()
