"""A runner that works in a directory of its own, with a make and cells that are made up: what the tests of it share.

Each test has a directory of its own for its working directory, in which fake_make and fake_cell leave traces of what
was started.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = str(HERE.parents[1] / "build/run/run")
SYSTEM = "glibc" if sys.platform == "linux" else "system"  # the allocator without preloading
TABLES = ("machine", "tree", "build", "experiment", "cell", "run", "sample", "value")
SMALL = ("--ops", "put", "--patterns", "shuffled", "--scales", "1000", "--reps", "4")


class Runner(unittest.TestCase):
    """A directory of its own, and what is asked of a runner that works there."""
    SECOND = "results/second.sqlite"

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        for part in ("hash/xxh3", "hash/wyhash", "key/u64", "key/str"):
            (self.root / "common" / part).mkdir(parents=True)
        (self.root / "results").mkdir()
        # What others measure on this machine is not to be seen here.
        os.environ["TMPDIR"] = str(self.root)

    def command(self, variants, *options):
        return [RUN, "--make", str(HERE / "fake_make"), "--variants", variants, *options]

    def start(self, variants, *options, settings=SMALL):
        return subprocess.Popen(self.command(variants, *settings, *options), cwd=self.root,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_it(self, variants, *options, settings=SMALL, expect=0):
        process = self.start(variants, *options, settings=settings)
        process.out, process.err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expect, process.err)
        return process

    def ask(self, sql, *values, store="results/hamtlab.sqlite"):
        database = sqlite3.connect(self.root / store)
        rows = database.execute(sql, values).fetchall()
        database.close()
        return rows

    def starts(self):
        path = self.root / "starts"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for_starts(self, count):
        deadline = time.monotonic() + 120
        while len(self.starts()) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def check_gone(self):
        with self.assertRaises(ProcessLookupError):
            for _ in range(100):  # until whoever inherits orphans has buried it
                os.kill(int((self.root / "hung").read_text()), 0)
                time.sleep(0.02)

    def everything(self, store):
        """What was measured, without the times at which."""
        columns = ("experiment, slot, cell, block, position, seed, hash_seed, status, detail, allocator,"
                   " peak_rss_bytes, bytes_per_entry, rss_per_entry, checksum, tree, machine")
        queries = [f"SELECT {columns} FROM run ORDER BY slot",
                   "SELECT id, name, settings, plan_digest, builds_digest, planned, machine,"
                   " source_commit, dirty, diff_digest, status FROM experiment",
                   *(f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in ("cell", "sample")),
                   *(f"SELECT * FROM {table} ORDER BY 1" for table in ("machine", "tree", "build"))]
        return [self.ask(query, store=store) for query in queries]

    def merge(self, into, source):
        done = subprocess.run([sys.executable, "-B", "-m", "lab", "merge", f"STORE={self.root / into}",
                               f"FROM={self.root / source}"], cwd=HERE.parents[1] / "notebooks",
                              text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)


def main():
    subprocess.run(["make", "-s", "build/run/run"], cwd=HERE.parents[1], check=True)
    unittest.main()
