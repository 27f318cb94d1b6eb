#!/usr/bin/env python3
"""A campaign on a real Slurm of which something is killed twenty times: its node, a task, the merge, as chance has
it."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import chaos  # noqa: E402
import cluster  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000,2000 REPS=12 SAMPLES=2\n"
KILLS = {"node": 5, "task": 10, "merge": 5}


@unittest.skipIf(cluster.lacking(), cluster.lacking())
class Kills(unittest.TestCase):
    def test_identical_with_a_run_that_was_left_alone(self):
        with tempfile.TemporaryDirectory() as room:
            room = pathlib.Path(room)
            with cluster.Cluster(room) as node:
                killer = chaos.Chaos(node, 2026, **KILLS)
                given, _ = chaos.survive(room / "campaign", PLAN, node, killer)
                self.assertEqual({what: killer.killed.count(what) for what in KILLS}, KILLS)
                alone = chaos.compare(self, room / "campaign", room)
                self.assertEqual(len(alone["run"]), 96)
                chaos.tell(killer, given, alone)


if __name__ == "__main__":
    unittest.main()
