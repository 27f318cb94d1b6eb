#!/usr/bin/env python3
"""PIN: the runner keeps the processes it measures on one core, and says which in the settings."""
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = str(HERE.parents[1] / "build/run/run")


@unittest.skipUnless(sys.platform == "linux", "only Linux keeps a process on a core")
class Pin(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        for part in ("hash/xxh3", "key/u64"):
            (self.root / "common" / part).mkdir(parents=True)
        (self.root / "results").mkdir()
        # A make whose programs put down where they may run, before they do what fake_cell does.
        (self.root / "make").write_text(
            f"#!/bin/sh\nreal=$({HERE}/fake_make \"$@\") || exit\ncell=./pinned-$$\n"
            "printf '#!/bin/sh\\ngrep Cpus_allowed_list /proc/self/status >>cores\\nexec %s \"$@\"'"
            " \"$(echo \"$real\" | tail -n 1)\" >$cell\nchmod +x $cell\necho $cell\n")
        (self.root / "make").chmod(0o755)
        self.allowed = sorted(os.sched_getaffinity(0))

    def run_it(self, *options):
        return subprocess.run([RUN, "--make", "./make", "--ops", "put", "--patterns", "shuffled",
                               "--scales", "1000", "--reps", "3", *options], cwd=self.root,
                              text=True, capture_output=True)

    def cores(self):
        """Of the measured processes: the first line is that of --identity."""
        lines = (self.root / "cores").read_text().splitlines()
        return {line.split(":")[1].strip() for line in lines[1:]}

    def settings(self):
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        (settings,), = database.execute("SELECT settings FROM experiment").fetchall()
        database.close()
        return settings

    def test_a_core_by_number_and_the_last(self):
        for pin, core in ((str(self.allowed[0]), self.allowed[0]), ("last", self.allowed[-1])):
            with self.subTest(pin=pin):
                self.setUp()
                done = self.run_it("--variants", "good", "--pin", pin)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.cores(), {str(core)})
                self.assertIn(f"PIN={core}", self.settings().split())

    def test_none_leaves_them_where_the_runner_may_be(self):
        done = self.run_it("--variants", "good", "--pin", "none")
        self.assertEqual(done.returncode, 0, done.stderr)
        own = next(line for line in Path("/proc/self/status").read_text().splitlines()
                   if line.startswith("Cpus_allowed_list")).split(":")[1].strip()
        self.assertEqual(self.cores(), {own})
        self.assertIn("PIN=none", self.settings().split())

    def test_programs_are_built_and_asked_on_any_core(self):
        self.run_it("--variants", "good", "--pin", "last")
        if len(self.allowed) > 1:
            first = (self.root / "cores").read_text().splitlines()[0]
            self.assertNotEqual(first.split(":")[1].strip(), str(self.allowed[-1]))

    def test_what_is_no_core_is_refused(self):
        for pin in ("999", "-1", "first", "1x", ""):
            with self.subTest(pin=pin):
                done = self.run_it("--variants", "good", "--pin", pin)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr.startswith(f"PIN={pin}: not a core"), done.stderr)
                self.assertIn("last", done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
        self.assertEqual(os.listdir(self.root / "results"), [])

    def test_each_line_of_a_plan_has_its_own(self):
        (self.root / "plan").write_text(f"VARIANTS=good PIN={self.allowed[0]}\n"
                                        f"VARIANTS=good PIN={self.allowed[-1]} SCALES=2000\n")
        done = self.run_it("--plan", "plan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.cores(), {str(self.allowed[0]), str(self.allowed[-1])})


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=HERE.parents[1], check=True)
    unittest.main()
