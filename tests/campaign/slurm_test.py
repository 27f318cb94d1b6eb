#!/usr/bin/env python3
"""A campaign on a real Slurm, of one node, while its node, a task and its merge are killed.  `make test-long` kills
more."""
import os
import pathlib
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import chaos  # noqa: E402
import cluster  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=4 SAMPLES=2\n"


@unittest.skipIf(cluster.lacking(), cluster.lacking())
class Slurm(unittest.TestCase):
    def leave(self, campaign, node):
        """Ctrl-C leaves the jobs, and says how to end them."""
        process = chaos.on_slurm(campaign, PLAN, node)
        cluster.wait_for(lambda: "R" in node.queue(), 60, lambda: f"no job runs: {node.queue()}")
        os.killpg(process.pid, signal.SIGINT)
        out = process.communicate(timeout=60)[0]
        self.assertRegex(out, r"its jobs go on; to end them: scancel --name=campaign-\d+-\d+; the same command")
        self.assertNotEqual(process.returncode, 0, out)
        self.assertIn("R", node.queue())

    def test_what_is_killed_is_measured_again_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as room:
            room = pathlib.Path(room)
            with cluster.Cluster(room) as node:
                self.leave(room / "campaign", node)
                killer = chaos.Chaos(node, 1, node=1, task=1, merge=1)
                given, out = chaos.survive(room / "campaign", PLAN, node, killer)
                self.assertEqual(sorted(killer.killed), ["merge", "node", "task"])
                self.assertIn("experiment ", out)
                alone = chaos.compare(self, room / "campaign", room)
                self.assertEqual(len(alone["run"]), 16)
                # What is complete is shown again; nothing is submitted.
                again, out = chaos.survive(room / "campaign", PLAN, node, killer)
                self.assertNotIn("shards", out)


if __name__ == "__main__":
    unittest.main()
