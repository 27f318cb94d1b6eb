#!/usr/bin/env python3
"""The delay that is known, with which the instrument is tested: its length, where it is, and that the
processes with and without one are of one program."""
import collections
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from cells import ROOT, build, make
sys.path.insert(0, str(ROOT / "experiments" / "counted"))
import callgrind  # noqa: E402

HASH = "fnv1a"  # other tests do not build with it
CALLS_PER_SPIN = 256


def program(variant="reference"):
    return build(variant, hash_name=HASH, cell="delayed")


def run(*words, op="get", scale=1000):
    return subprocess.run([program(), "--op", op, "--pattern", "shuffled", "--scale", str(scale), "--seed", "1",
                           *words], text=True, capture_output=True)


def sample(*words, **place):
    done = run(*words, **place)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[0])


@unittest.skipUnless(shutil.which("valgrind"), "valgrind counts the steps")
class Steps(unittest.TestCase):
    """2,560 calls: ten spins, whose steps are a few instructions each."""
    SCALE = 10 * CALLS_PER_SPIN

    @classmethod
    def setUpClass(cls):
        cls.program = f"build/delayed-count/reference/u64/{HASH}/cell"
        make(cls.program)

    def count(self, op, steps):
        counted = callgrind.count(self.program, op, "shuffled", self.SCALE, more=["--delay", str(steps)])
        return counted.events["Ir"]

    def test_every_256th_call_takes_exactly_the_steps_that_were_asked_for(self):
        for op in ("get", "put"):
            once, again, long = (self.count(op, steps) for steps in (1000, 1001, 3000))
            per_step = (again - once) / 10
            with self.subTest(op):
                self.assertIn(per_step, (3, 4, 5))
                self.assertEqual(long - once, 10 * 2000 * per_step)


class Percent(unittest.TestCase):
    def test_each_process_finds_out_how_many_steps_a_share_of_its_operation_is(self):
        for op in ("get", "put"):
            told = sample("--delay-percent", "100", op=op)["values"]
            steps_of_operation = CALLS_PER_SPIN * told["plain_ns"]  # a step takes about one ns, on a busy machine more
            self.assertGreater(told["delay_steps"], steps_of_operation / 10)
            self.assertLess(told["delay_steps"], steps_of_operation * 10)

    def test_no_delay_is_calibrated_as_well_and_takes_no_step(self):
        told = sample("--delay-percent", "0")["values"]
        self.assertEqual(told["delay_steps"], 0)
        self.assertGreater(told["plain_ns"], 0)

    def test_a_delay_in_steps_is_taken_as_it_is(self):
        told = sample("--delay", "123")["values"]
        self.assertEqual((told["delay_steps"], told.get("plain_ns")), (123, None))


class Asking(unittest.TestCase):
    def test_what_makes_no_sense_is_refused(self):
        for words, op, told in ((("--delay", "1", "--delay-percent", "1"), "get", "one of them says"),
                                (("--delay-percent", "5"), "remove", "--op remove: there is no delay in it"),
                                (("--delay-percent", "1001"), "get", "from 0 to 1000")):
            done = run(*words, op=op)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(told, done.stderr)

    def test_other_programs_have_no_delay(self):
        plain = ROOT / make("VARIANT=reference", f"HASH={HASH}", "cell").splitlines()[-1]
        told = json.loads(subprocess.run([plain, "--describe"], capture_output=True, check=True).stdout)
        self.assertEqual(told["program"], "map")
        plain = set(told["parameters"])
        told = json.loads(subprocess.run([program(), "--describe"], capture_output=True, check=True).stdout)
        self.assertEqual((told["program"], set(told["parameters"])), ("delayed", plain | {"delay", "delay_percent"}))
        self.assertFalse(plain & {"delay", "delay_percent"})
        self.assertFalse({"iterate", "get_many", "put_each"} & set(told["operations"]))


class Plan(unittest.TestCase):
    """The plan of the study, cut short."""

    def test_one_program_with_and_without_a_delay_answers_alike(self):
        plan = (ROOT / "experiments/instrument-power.plan").read_text()
        for long, short in (("REPS=200", "REPS=2"), ("SCALES=1000,10000", "SCALES=100"), ("SEED=101..123..2", "SEED=1"),
                            ("SEED=102..124..2", "SEED=2"), ("PIN=last", f"HASH={HASH}")):
            self.assertEqual(plan.count(long), 1 if long.startswith("SEED") else 2)
            plan = plan.replace(long, short)
        make("build/run/run")
        with tempfile.TemporaryDirectory() as room:
            path, store = pathlib.Path(room) / "short.plan", pathlib.Path(room) / "store"
            path.write_text(plan)
            done = subprocess.run(["build/run/run", "--store", store, "--plan", path], cwd=ROOT, text=True,
                                  capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            with sqlite3.connect(store) as connection:
                rows = connection.execute("SELECT variant, op, block, parameters, status FROM process").fetchall()
                builds = connection.execute("SELECT variant, program FROM build").fetchall()
        self.assertEqual(sorted(builds), [("fix4", "delayed"), ("reference", "delayed")])
        blocks = collections.defaultdict(list)
        for variant, op, block, parameters, status in rows:
            blocks[variant, op, block].append((parameters.split()[1], status))
        self.assertEqual(len(blocks), 2 * 2 * 2)
        for found in blocks.values():
            self.assertEqual(sorted(found), [(f"delay_percent={percent}", "ok") for percent in (0, 2, 5)])


if __name__ == "__main__":
    unittest.main()
