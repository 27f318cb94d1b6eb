#!/usr/bin/env python3
"""The cell that measures the machine's limits: what it prints, what it refuses, and its plan."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/instrument/limits"
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

    def test_loads_that_need_not_wait_cost_less(self):
        for _ in range(3):
            one, many = value("load_lines"), value("load_many")
            if one > 2 * many:
                return
        self.fail(f"{one} {many}")

    def test_what_makes_no_sense_is_refused(self):
        page = os.sysconf("SC_PAGESIZE")
        for op, scale, wanted in (("read", 8192, "a power of two from 16384"),
                                  ("read", 20000, "a power of two from 16384"),
                                  ("load_pages", 8 * page, f"a power of two from {16 * page}"),
                                  ("load_lines", 2048, "a number from 4096 to"),
                                  ("fault", 2 * page, f"the page, {page}")):
            with self.subTest(op=op, scale=scale):
                done = run(op, scale=scale)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"limits: --scale {scale}: wanted {wanted}", done.stderr)

    def test_no_memory_is_told(self):
        done = subprocess.run(["sh", "-c", f"ulimit -v 200000; exec '{PROGRAM}' --op read --pattern"
                               " small --scale 536870912 --seed 1"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("no memory", done.stderr)

    def test_the_plan_asks_for_what_there_is(self):
        """Few of its footprints; all of its lines."""
        text = (ROOT / "experiments/instrument-limits.plan").read_text()
        few = re.sub(r"SCALES=(\d+)\S*", lambda scales: f"SCALES={scales[1]}", text)
        few = re.sub(r"REPS=\d+", "REPS=1", few.replace("small,huge", "small"))
        few = "\n".join(line for line in few.splitlines() if "huge" not in line)
        with tempfile.TemporaryDirectory() as room:
            (pathlib.Path(room) / "plan").write_text(few)
            done = subprocess.run(["build/run/run", "--store", f"{room}/store", "--plan",
                                   f"{room}/plan"], cwd=ROOT, text=True,
                                  capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("7 runs, 7 ok", done.stderr)


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/instrument/limits", "build/run/run"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    unittest.main()
