#!/usr/bin/env python3
"""Campaigns on a real Slurm, of one node: while its node, a task and its merge are killed (`make test-long` kills
more), and in waves that its merge job submits."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import chaos  # noqa: E402
import cluster  # noqa: E402

from lab.campaign import directory  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=4 SAMPLES=2\n"
WAVES = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=4 SAMPLES=2 DECIDE=2%\n"


@unittest.skipIf(cluster.lacking(), cluster.lacking())
class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.room = pathlib.Path(room.name)
        cls.node = cluster.Cluster(cls.room)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__)

    def leave(self, campaign, node, plan, *settings):
        """Ctrl-C leaves the jobs, and says how to end them."""
        process = chaos.on_slurm(campaign, plan, node, *settings)
        cluster.wait_for(lambda: "R" in node.queue() or process.poll() is not None, 300,
                         lambda: f"no job runs: {node.queue()}")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        out = process.communicate(timeout=60)[0]
        self.assertRegex(out, r"its jobs go on; to end them: scancel --name=\w+-\d+-\d+; the same command")
        self.assertNotEqual(process.returncode, 0, out)
        self.assertIn("R", node.queue())

    def test_what_is_killed_is_measured_again_and_nothing_else(self):
        campaign = self.room / "campaign"
        self.leave(campaign, self.node, PLAN)
        killer = chaos.Chaos(self.node, 1, node=1, task=1, merge=1)
        given, out = chaos.survive(campaign, PLAN, self.node, killer)
        self.assertEqual(sorted(killer.killed), ["merge", "node", "task"])
        self.assertIn("experiment ", out)
        alone = chaos.compare(self, campaign, self.room)
        self.assertEqual(len(alone["run"]), 16)
        chaos.tell(killer, given, alone)
        # What is complete is shown again; nothing is submitted.
        _, out = chaos.survive(campaign, PLAN, self.node, killer)
        self.assertNotIn("shards", out)

    def test_where_nobody_watches_the_merge_job_submits_waves_until_it_is_decided(self):
        campaign = self.room / "waves"
        built = self.room / "campaign" / "machines" / "tree"
        if built.exists():  # the same programs need not be built again
            shutil.copytree(built, campaign / "machines" / "tree", symlinks=True)
        self.leave(campaign, self.node, WAVES, "BLOCKS=4", "BUDGET=1m")
        cluster.wait_for(lambda: not self.node.queue(), chaos.LIMIT, lambda: f"jobs do not end: {self.node.queue()}")
        begun = directory.Campaign(campaign)
        self.assertTrue(begun.complete(), begun.have())
        waves = begun.kinds()[0].waves()
        self.assertGreaterEqual(len(waves), 2)
        with contextlib.closing(sqlite3.connect(begun.store)) as store:
            (settings, planned), = store.execute("SELECT settings, planned FROM experiment").fetchall()
            slots = [slot for slot, in store.execute("SELECT slot FROM run WHERE status = 'ok' ORDER BY slot")]
            seconds, = store.execute("SELECT sum(seconds) FROM run").fetchone()
        rounds = [reps.split("+") for reps in re.findall(r"REPS=(\S+)", settings)]
        self.assertEqual([len(each) for each in rounds], [len(waves)] * 2)
        self.assertEqual(planned, 2 * sum(int(count) for each in rounds for count in each))
        self.assertEqual(slots, list(range(planned)))  # none is lost, none is there twice
        self.assertLess(seconds, 2 * 60)  # the budget, and what the last wave took longer than was expected
        merges = [path.read_text() for path in begun.logs.iterdir() if "ratios have reached it" in path.read_text()]
        self.assertEqual(len(merges), len(waves))  # each wave was looked at once, by a job
        _, out = chaos.survive(campaign, WAVES, self.node, chaos.Chaos(self.node, 1), "BLOCKS=4", "BUDGET=1m")
        self.assertNotIn("shards", out)
        self.assertIn("confidence sequence", " ".join(out.split()))
        print(f"{len(waves)} waves of {[wave.shards for wave in waves]} shards, {planned} runs, {seconds:.1f} s of"
              f" measuring; REPS {', '.join('+'.join(each) for each in rounds)}", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
