#!/usr/bin/env python3
"""A campaign on a real Slurm, of one node, while its node, a task and its merge are killed.  `make test-long` kills more."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import chaos  # noqa: E402
import cluster  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=5 SAMPLES=2\n"


@unittest.skipIf(cluster.lacking(), cluster.lacking())
class Slurm(unittest.TestCase):
    def test_what_is_killed_is_measured_again_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as room:
            room = pathlib.Path(room)
            with cluster.Cluster(room) as node:
                killer = chaos.Chaos(node, 1, node=1, task=2, merge=1)
                given, out = chaos.survive(room / "campaign", PLAN, node, killer)
                self.assertEqual(sorted(killer.killed), ["merge", "node", "task", "task"])
                self.assertIn("experiment ", out)
                alone = chaos.compare(self, room / "campaign", room)
                self.assertEqual(len(alone["run"]), 20)
                # What is complete is shown again; nothing is submitted.
                again, out = chaos.survive(room / "campaign", PLAN, node, killer)
                self.assertNotIn("shards", out)


if __name__ == "__main__":
    unittest.main()
