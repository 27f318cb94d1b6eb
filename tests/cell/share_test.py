#!/usr/bin/env python3
"""How much of an experiment's time is under the clock: counted from what the store has of a real one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import results  # noqa: E402


class Share(unittest.TestCase):
    def share(self, *options):
        """Of a block of get at 100,000 entries."""
        with tempfile.TemporaryDirectory() as room:
            store = f"{room}/store"
            done = subprocess.run([ROOT / "build/run/run", "--store", store, "--variants", "fix4,reference",
                                   "--ops", "get", "--patterns", "shuffled", "--scales", "100K", "--reps", "1",
                                   "--samples", "10", *options], cwd=ROOT, text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            (found, _) = results.find(store)
            return results.measured_share(found.runs), found.runs

    def test_a_third_of_the_time_or_more_is_measured(self):
        """Whatever else runs here slows down both parts, now this one and then that; on an idle machine it is two
        thirds."""
        for turns in ("none", "cold"):
            with self.subTest(turns):
                shares, runs = zip(*(self.share("--turns", turns) for _ in range(3)))
                self.assertGreater(max(shares), 1 / 3)
                self.assertLess(max(shares), 1)
                self.assertEqual(set(runs[0]["turns"]), {turns})

    def test_an_untimed_pass_takes_as_long_as_a_timed_one(self):
        """So that the share falls; and both maps gave a sample in each turn."""
        share, runs = self.share("--turns", "warm")
        self.assertLess(share, 0.6)
        self.assertEqual([len(samples) for samples in runs["samples"]], [10, 10])


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
