#!/usr/bin/env python3
"""The cell that samples puts with perf: what kind of work a stack tells of, and its side of the protocol, with a perf
that is played."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments" / "counted"))
import sampled  # noqa: E402

HASH = "fnv1a"  # other tests, which may run at the same time, build few cells with it
STACKS = """
\t    ffffffff81 clear_page_erms ([kernel.kallsyms])
\t      55550003 children_add.constprop.0 (/x/cell)
\t      55550002 hamt_put (/x/cell)
\t      55550001 main (/x/cell)

\t      7ffff001 sysmalloc (/usr/lib/libc.so.6)
\t      7ffff002 malloc (/usr/lib/libc.so.6)
\t      55550002 hamt_put (/x/cell)

\t      7ffff003 __memmove_avx_unaligned_erms (/usr/lib/libc.so.6)
\t      55550002 hamt_put (/x/cell)

\t      55550004 XXH_INLINE_XXH3_64bits_withSeed.constprop.0 (/x/cell)
\t      55550002 hamt_put (/x/cell)

\t      55550005 ref_is_leaf (/x/cell)
\t      55550002 hamt_put (/x/cell)
\t      7ffff002 malloc (/usr/lib/libc.so.6)

\t      55550006 walk_find (/x/cell)
\t      55550007 hamt_get (/x/cell)
"""

PERF = """#!/bin/sh
case $1 in
record) shift; echo "$@" >>"$(dirname "$0")/asked" ;;
script) cat "$(dirname "$0")/stacks" ;;
esac
"""


class Stacks(unittest.TestCase):
    def test_a_sample_is_of_the_kind_its_stack_tells(self):
        self.assertEqual(sampled.read(STACKS), dict.fromkeys(sampled.KINDS, 1))


class Cell(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = subprocess.run(["make", "-s", "CELL=map-sampled", "VARIANT=list", f"HASH={HASH}", "cell"], cwd=ROOT,
                              text=True, capture_output=True, check=True)
        cls.cell = ROOT / made.stdout.splitlines()[-1]

    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)

    def ask(self, *words, stacks=STACKS, **more):
        (self.room / "stacks").write_text(stacks)
        (self.room / "perf").write_text(PERF)
        (self.room / "perf").chmod(0o755)
        return subprocess.run([self.cell, *words], cwd=ROOT, text=True, capture_output=True,
                              env={"PATH": f"{self.room}:{os.environ['PATH']}"}, **more)

    def put(self, **more):
        return self.ask("--op", "put", "--pattern", "random", "--scale", "50", "--seed", "3", "--keys-seed", "4",
                        **more)

    def test_a_sample_is_what_perf_saw_of_the_program_that_was_asked_for(self):
        done = self.put()
        self.assertEqual(done.returncode, 0, done.stderr)
        line = json.loads(done.stdout)
        self.assertEqual((line["op"], line["pattern"], line["scale"], line["seed"]), ("put", "random", 50, 3))
        self.assertEqual(line["values"], dict.fromkeys(sampled.KINDS, 1))
        self.assertRegex((self.room / "asked").read_text(), "-- build/cell/list/u64/fnv1a/cell --op put"
                         " --pattern random --scale 50 --seed 3 .*--keys-seed 4")

    def test_no_sample_is_told_in_one_line(self):
        done = self.put(stacks="")
        self.assertEqual((done.returncode, done.stdout), (4, ""))  # 1 would say that the map was wrong
        self.assertEqual(done.stderr, "map-sampled: perf took no sample of a put; take a larger scale\n")

    def test_other_operations_are_refused(self):
        done = self.ask("--op", "get", "--pattern", "random", "--scale", "50", "--seed", "3")
        self.assertEqual((done.returncode, done.stderr), (2, "map-sampled: --op get: wanted one of: put\n"))


if __name__ == "__main__":
    unittest.main()
