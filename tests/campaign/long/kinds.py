#!/usr/bin/env python3
"""A campaign on a real Slurm whose two nodes are of two kinds, told apart by what they are: each kind builds once and
measures everything, and what they say is put together by ratios alone."""
import contextlib
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import chaos  # noqa: E402
import cluster  # noqa: E402
from lab.campaign import directory  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=6 SAMPLES=2\n"
ONE_CORE = "[measure]\ncpus-per-task = 1\n"
# A site that takes both for one kind: it builds on the one, and its tasks come to the other.
MISTAKEN = f"{ONE_CORE}constraint = two\n[build]\nconstraint = one\n"
APART = f"{ONE_CORE}[kinds]\nzen = constraint=one\nstrange = constraint=two\n"


@unittest.skipIf(cluster.Pair.lacking(), cluster.Pair.lacking())
class Kinds(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)
        self.pair = cluster.Pair(self.room)
        self.pair.__enter__()
        self.addCleanup(self.pair.__exit__)

    def measure(self, name, site):
        process = chaos.on_slurm(self.room / name, PLAN, self.pair, "BLOCKS=6", site=site)
        return process.communicate(timeout=500)[0], process.returncode

    def test_kinds_are_told_apart_by_what_they_are(self):
        out, status = self.measure("mistaken", MISTAKEN)
        self.assertEqual(status, 2, out)
        self.assertIn("2 shards are missing, and the last jobs have brought nothing", out)
        logs = "".join(path.read_text() for path in (self.room / "mistaken" / "logs").iterdir())
        self.assertIn(f"this machine is not of the kind machines (processor {self.pair.processor}, not ", logs)

        self.assertEqual([self.pair.compiled(node, "cell") for node in self.pair.nodes], [2, 0])
        out, status = self.measure("apart", APART)
        self.assertEqual(status, 0, out)
        # Both programs, once for each kind, on a node of that kind.
        self.assertEqual([self.pair.compiled(node, "cell") for node in self.pair.nodes], [4, 2])

        campaign = directory.Campaign(self.room / "apart")
        machines = {}
        for kind in campaign.kinds():
            for shard in kind.waves()[0].sources():
                with contextlib.closing(sqlite3.connect(shard)) as store:
                    told = store.execute("SELECT experiment.id, machine.cpu FROM experiment JOIN machine ON"
                                         " machine.id = machine").fetchall()
                machines.setdefault(kind.name, set()).update(told)
        self.assertEqual([len(found) for found in machines.values()], [1, 1])  # each shard is of its kind alone
        (first, one), (second, two) = (*machines["zen"], *machines["strange"])
        self.assertNotEqual(first, second)
        self.assertNotEqual(one, two)
        self.assertEqual(two, self.pair.processor)
        with contextlib.closing(sqlite3.connect(campaign.store)) as store:
            runs = store.execute("SELECT experiment, count(*) FROM run WHERE status = 'ok' GROUP BY 1").fetchall()
            programs = store.execute("SELECT count(DISTINCT build) FROM cell").fetchone()[0]
        self.assertEqual(dict(runs), {first: 24, second: 24})
        self.assertEqual(programs, 4)  # of each kind its own

        again = subprocess.run(["make", "-s", f"PYTHON={sys.executable}", f"STORE={campaign.store}", "machines"],
                               cwd=chaos.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for table in (out, again.stdout):
            self.assertRegex(table, rf"(?m)^ *A +processor {re.escape(one)}; .*experiment {first}, finished")
            self.assertRegex(table, rf"(?m)^ *B +processor {re.escape(two)}; .*experiment {second}, finished")
            self.assertRegex(table, r"(?m)^ *op +composition +A +B +holds")
            self.assertRegex(table, r"(?m)^ *put +\S+ .* (faster|slower|cannot tell) on (all|A|B)")
        print(table, file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
