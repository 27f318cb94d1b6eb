#!/usr/bin/env python3
"""The machine's limits: what the program prints, and the reading of it on made figures."""
import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import made_store  # noqa: E402
from lab import store  # noqa: E402
from lab.counts import report as counts  # noqa: E402
from lab.instrument import limits, studies  # noqa: E402

PROGRAM = made_store.ROOT / "build/instrument/limits"
LARGEST = 4 << 20


def run(op, *more, pattern="small", scale=LARGEST, said=""):
    return subprocess.run([PROGRAM, "--op", op, "--pattern", pattern, "--scale", str(scale), "--seed",
                           "1", *map(str, more)], text=True, input=said, capture_output=True)


def value(op, **asked):
    done = run(op, **asked)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    (name, found), = json.loads(done.stdout)["values"].items()
    assert name == ("gb_per_s" if op in ("read", "write", "copy") else "ns")
    return found


class Program(unittest.TestCase):
    def test_every_limit(self):
        about = json.loads(subprocess.run([PROGRAM, "--describe"], check=True, text=True,
                                          capture_output=True).stdout)
        self.assertEqual(about["program"], "limits")
        for pattern in about["patterns"]:
            for op in about["operations"]:
                page = {"small": os.sysconf("SC_PAGESIZE"), "huge": 2 << 20}[pattern]
                self.assertGreater(value(op, pattern=pattern, scale=page if op == "fault" else LARGEST),
                                   0)

    def test_a_sample_for_each_go(self):
        done = run("read", "--steps", said="go\ngo\nend\n")
        ready, *lines = map(json.loads, done.stdout.splitlines())
        self.assertEqual((ready, [line["sample"] for line in lines]), ({"ready": True}, [0, 1]))

    def test_a_load_from_afar_takes_longer(self):
        # In the first level, and behind it: three times as long at the least, however busy it is.
        for _ in range(3):
            near, far = value("load_lines", scale=4096), value("load_lines")
            if far > 3 * near:
                return
        self.fail(f"{near} {far}")

    def test_what_makes_no_sense_is_refused(self):
        for op, more in (("fly", ()), ("read", ("--scale", "8192")), ("read", ("--scale", "x")),
                         ("read", ("--scale", "20000")), ("fault", ("--scale", "8192")),
                         ("load_pages", ("--scale", "4096")), ("read", ("--seed", "-1")),
                         ("read", ("x",)), ("read", ("--pattern", "tiny")), ("read", ("--fast",))):
            with self.subTest(op=op, more=more):
                done = run(op, *more)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn("usage: limits", done.stderr)

    def test_no_memory_is_told(self):
        done = subprocess.run(["sh", "-c", f"ulimit -v 200000; exec '{PROGRAM}' --op read --pattern"
                               " small --scale 536870912 --seed 1"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("no memory", done.stderr)

    def test_the_plan_asks_for_what_there_is(self):
        """Few of its footprints; all of its lines."""
        text = (made_store.ROOT / "experiments/instrument-limits.plan").read_text()
        few = re.sub(r"SCALES=(\d+)\S*", lambda scales: f"SCALES={scales[1]}", text)
        few = re.sub(r"REPS=\d+", "REPS=1", few.replace("small,huge", "small"))
        few = "\n".join(line for line in few.splitlines() if "huge" not in line)
        with tempfile.TemporaryDirectory() as room:
            (pathlib.Path(room) / "plan").write_text(few)
            done = subprocess.run(["build/run/run", "--store", f"{room}/store", "--plan",
                                   f"{room}/plan"], cwd=made_store.ROOT, text=True,
                                  capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("6 runs, 6 ok", done.stderr)


class Reading(unittest.TestCase):
    def test_between_footprints(self):
        points = {1024: 1.0, 4096: 3.0, 8192: 10.0}
        for footprint, value in ((100, 1), (1024, 1), (2048, 2), (4096, 3), (8192, 10), (1e9, 10)):
            self.assertAlmostEqual(limits.between(points, footprint), value)

    def test_a_time_in_loads(self):
        # 50 ns a load at that footprint, in every run
        found = {(limits.LOADS, limits.SMALL): {4096: dict.fromkeys(range(6), 1.0),
                                                1 << 20: dict.fromkeys(range(6), 50.0)}}
        each, loads = limits.in_loads([150.0] * 8, found, 1 << 20)
        self.assertEqual((each, loads), ((50, 50, 50, 6), (3, 3, 3, 6)))
        self.assertEqual(limits.in_loads([150.0] * 8, found, 100)[1].median, 150)

    def test_runs_are_the_replicates(self):
        found = {(limits.LOADS, limits.SMALL): {
            4096: {run: 1.0 for run in range(7)}, 1 << 20: {run: 10.0 + run for run in range(7)}}}
        each, loads = limits.in_loads([26.0] * 7, found, 1 << 20)
        self.assertEqual(each, (13, 10, 16, 7))
        self.assertEqual(loads.median, 2)
        self.assertLess(loads.low, 2)
        self.assertGreater(loads.high, 2)

    def test_sizes(self):
        self.assertEqual([limits.size_text(n) for n in (100, 4096, 1 << 20, 5 << 19)],
                         ["100", "4K", "1M", "2.5M"])


class Report(unittest.TestCase):
    """1,000 entries of 100/3 bytes, 20 ns for a load among them; and of 16 bytes, 10 ns: what was
    measured lasts 80 ns."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)

    def prepare(self, machine="m1"):
        rows = [[run, what, "small", size, value, "ns"] for run in range(6)
                for what, size, value in (("load lines", 4096, 1.0), ("load lines", 15999, 10.0),
                                          ("load lines", 16001, 10.0), ("load lines", 32768, 20.0),
                                          ("load lines", 65536, 20.0), ("load pages", 65536, 7.0),
                                          ("read", 65536, 30.0), ("fault", 4096, 500.0))]
        studies.write_csv(self.root / "limits.csv",
                          ["run", "what", "pages", "bytes", "value", "unit"], rows)
        studies.note_origin(self.root, "limits", dict.fromkeys(studies.ORIGIN, "1") | {
            "machine": machine, "cpu": "made up", "started": "2026-01-01"}, "processes=6 pin=1")
        connection = made_store.empty(self.root / "store")
        made_store.add(connection, "plain", {("get", 1000): {"lazy": [80.0] * 6, "list": [9.0] * 6},
                                             ("put", 1000): {"lazy": [1.0] * 6}})
        connection.close()
        subprocess.run([made_store.RUN, "--store", self.root / "store", "--export", self.root,
                        "--experiment", "plain"], check=True, capture_output=True)

    def told(self):
        counted = [{"composition": "lazy", "op": "get", "pattern": "shuffled", "scale": "1000",
                    "key": "u64", "hash": "xxh3", "chain": "3.0", "d1_misses": "2.0"},
                   {"composition": "list", "op": "get", "pattern": "shuffled", "scale": "1000",
                    "key": "u64", "hash": "xxh3", "chain": "", "d1_misses": "2.0"}]
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                mock.patch.object(counts, "load", lambda: counted):
            limits.report(["--in", str(self.root), "--runs", str(self.root), "--name", "plain"])
        return out.getvalue()

    def test_a_get_in_misses(self):
        self.prepare()
        text = self.told()
        self.assertIn("first touch of a page of 4K: 500 [500 500] ns", text)
        self.assertRegex(text, r"\n64K +20\.0 \[20\.0 20\.0\] +7\.00 \[7\.00 7\.00\] +30\.0 \[")
        line, = [line for line in text.splitlines() if " lazy " in line]
        self.assertEqual(re.split(r"  +", line.strip()),
                         ["lazy", "32.6K", "3.00", "2.00", "80.0 [80.0 80.0]",
                          "20.0 [20.0 20.0]", "4.00 [4.00 4.00]", "10.0 [10.0 10.0]",
                          "8.00 [8.00 8.00]"])

    def test_a_get_that_was_not_counted_is_told_without_counts(self):
        self.prepare()
        above, line = re.search(r"\n(get .*)\n.*lazy.*\n(.* list .*)", self.told()).groups()
        self.assertEqual(above, "get 1K")
        self.assertEqual(line.split()[:5], ["list", "32.6K", "-", "-", "9.00"])

    def test_another_machine_is_not_compared(self):
        self.prepare(machine="other")
        text = self.told()
        self.assertIn("another machine", text)
        self.assertNotIn("A get lasts", text)

    def test_nothing_measured_is_told(self):
        with self.assertRaisesRegex(store.StoreError, "make instrument"):
            self.told()


if __name__ == "__main__":
    made_store.build_runner()
    subprocess.run(["make", "-s", "build/instrument/limits"], cwd=made_store.ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    unittest.main()
