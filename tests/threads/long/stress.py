#!/usr/bin/env python3
"""Thousands of versions held and left while writers go on: the long version.  `make test-long` runs this."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from faults_test import ROOT, buildable  # noqa: E402

TIMES = "10"
LAYOUTS = ["fix4+stamped/u64", "refcount+lazy/str", "pathcopy+lazy/u64"]


class Long(unittest.TestCase):
    def test_no_version_is_lost_or_changed(self):
        for way in buildable():
            for kind in ("thread", "address"):
                for layout in LAYOUTS:
                    program = f"build/test/sharing/{kind}/{way}/{layout}/stress_test"
                    with self.subTest(program):
                        subprocess.run(["make", "-s", "SAY=", program], cwd=ROOT, check=True)
                        done = subprocess.run([ROOT / program, TIMES], text=True, capture_output=True)
                        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
