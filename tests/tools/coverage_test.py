#!/usr/bin/env python3
"""make coverage: two tests, one of C and one of Python, have figures of both in its last lines."""
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
THERE = shutil.which("gcovr") and importlib.util.find_spec("coverage")


@unittest.skipUnless(THERE, "gcovr or Python's coverage is not installed: make build/packages-coverage")
class Coverage(unittest.TestCase):
    def measure(self, *names):
        return subprocess.run([sys.executable, "tests/coverage_of_all.py", *names], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def test_figures_of_both_languages_are_in_the_last_lines(self):
        done = self.measure("build/test/hash/fnv1a/hash_test", "tests/lab/stats_test.py")
        self.assertEqual(done.returncode, 0, done.stdout)
        c, python = done.stdout.splitlines()[-2:]
        for line, language in ((c, "C"), (python, "Python")):
            told = re.fullmatch(rf"{language}: ([\d.]+) % of ([\d,]+) \w+ are run \(([\d,]+)\)", line)
            share, lines, run = told.groups()
            lines, run = (int(number.replace(",", "")) for number in (lines, run))
            self.assertTrue(0 < run <= lines)
            self.assertAlmostEqual(float(share), 100 * run / lines, delta=1)
        self.assertTrue((ROOT / "build/coverage/c.html").exists())

    def test_a_failure_is_told(self):
        done = self.measure("build/test/hash/nosuch/hash_test", "build/test/hash/fnv1a/hash_test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FAILED build/test/hash/nosuch/hash_test", done.stdout)


if __name__ == "__main__":
    unittest.main()
