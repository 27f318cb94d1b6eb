#!/usr/bin/env python3
"""Faults of ordering and reclamation, seeded one at a time into a copy of the sources: the tests of shared
maps must fail on each.

    tests/threads/faults_test.py          a few of them
    tests/threads/faults_test.py all      all, of which 95 % must be caught
    tests/threads/faults_test.py NAME     those of a way, or whose description has NAME in it

`make test-long` tries all of them (tests/threads/long).
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(ROOT / "tests"))
import matrix  # noqa: E402
from faults import FAULTS  # noqa: E402

PARTS = pathlib.Path("common/threads")
LAYOUT = "fix4+stamped/u64"
PROGRAMS = {"contract": "contract", "history": "thread", "stress": "thread"}  # each test's kind
CAUGHT_LEAST = 0.95
EACH = 11  # of these, one is tried by the quick test


class Room:
    """A copy of the sources in which things go wrong."""

    def __init__(self):
        self.room = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.room.name)
        self.limits = {}
        matrix.copy(self.root)

    def end(self):
        self.room.cleanup()

    def seconds(self, way, test, limit=None):
        """How long a test takes that passes; None if it fails, or hangs.  A program that cannot be built is an error of
        this test's own."""
        program = f"build/test/sharing/{PROGRAMS[test]}/{way}/{LAYOUT}/{test}_test"
        built = subprocess.run(["make", "-s", "SAY=", program], cwd=self.root, text=True, capture_output=True)
        if built.returncode:
            raise AssertionError(f"{program}: {built.stdout}{built.stderr}")
        start = time.monotonic()
        try:
            done = subprocess.run([self.root / program], cwd=self.root, capture_output=True, timeout=limit,
                                  env=os.environ | {"TSAN_OPTIONS": "halt_on_error=1"})
        except subprocess.TimeoutExpired:
            return None
        return time.monotonic() - start if done.returncode == 0 else None

    def limit(self, way, test):
        """What takes longer hangs.  Without a fault the test passes."""
        if (way, test) not in self.limits:
            seconds = self.seconds(way, test)
            assert seconds is not None, f"{way}: the {test} fails without a fault"
            self.limits[way, test] = 5 + 5 * seconds
        return self.limits[way, test]

    def caught(self, fault):
        """The test that a fault makes fail; None if none does."""
        _, way, expected, name, before, after = fault
        path = self.root / PARTS / name
        text = path.read_text()
        if text.count(before) != 1:
            raise AssertionError(f"{name}: it stands there {text.count(before)} times: {before}")
        for test in sorted(PROGRAMS, key=lambda test: test != expected):
            limit = self.limit(way, test)
            path.write_text(text.replace(before, after))
            passes = self.seconds(way, test, limit) is not None
            path.write_text(text)
            if not passes:
                return test
        return None


def buildable():
    told = subprocess.run(["make", "-s", "sharing"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    return [line for line in told.split("\n") if line and ":" not in line]


class Faults(unittest.TestCase):
    tried = FAULTS[::EACH]

    @classmethod
    def setUpClass(cls):
        cls.room = Room()
        cls.addClassCleanup(cls.room.end)
        cls.ways = buildable()

    def test_faults_are_caught(self):
        found, missed = 0, []
        for fault in self.tried:
            name, way, expected, *_ = fault
            if way not in self.ways:
                print(f"skipped, as {way} cannot be built here: {name}", file=sys.stderr)
                continue
            start = time.monotonic()
            by = self.room.caught(fault)
            print(f"{way:<7} {by or 'MISSED':<9} {time.monotonic() - start:5.1f} s  {name}", file=sys.stderr,
                  flush=True)
            found += by is not None
            missed += [] if by else [f"{way}: {name}"]
        self.assertGreaterEqual(found, CAUGHT_LEAST * (found + len(missed)), missed)
        self.assertGreater(found, 0)


if __name__ == "__main__":
    if sys.argv[1:]:
        wanted = sys.argv.pop(1)
        Faults.tried = [fault for fault in FAULTS if wanted == "all" or wanted in fault[0] or wanted == fault[1]]
    unittest.main()
