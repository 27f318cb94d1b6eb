#!/usr/bin/env python3
"""Three comparisons of hakmem's work log in which the treatment had not run, set up again as their author may have,
with the superslab allocator in hakmem's place: each is refused or marked, with the reason, and the one that was meant
is measured.

phase 9-1       a change to superslabs was compared while the fallback served every block: no gain
phase 17 v2     an A/B compared hakmem with itself under two names: +0.39 %
and before      gains of an allocator that was never loaded: all were measured on glibc
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The document's workload, cut short: what it does is to be proved, not how fast.
SHORT = "PATTERNS=lcg SCALES=8192 REPS=1 SAMPLES=1 cycles=60000"
TIMED = f"CELL=random-mixed OPS=mixed {SHORT} milliseconds=1"
COUNTED = f"CELL=random-mixed-counted OPS=count {SHORT}"
SAME = "are the same machine code, allocator and settings"
# What a wrong flag makes of an allocator: its malloc has another name, so that it takes nobody's place.
UNUSED = "#include <stddef.h>\nvoid *hak_malloc(size_t n) { static char at[1 << 20]; return n < %d ? at : NULL; }\n"
# Tells of allocators and of the workload what make does, which would read all its files for each; the rest it asks.
MAKE = """#!/bin/sh
for word; do
    case $word in
    ALLOC=*) MAKE=true exec sh tools/allocator.sh "${word#ALLOC=}" ;;
    CELL=*) exec echo "build/superslab/${word#CELL=}" ;;
    esac
done
exec make "$@"
"""


@unittest.skipUnless(sys.platform == "linux", "the superslab is for Linux")
class Blind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/run/run", "superslab-lib", "superslab-programs"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)
        (self.room / "make").write_text(MAKE)
        (self.room / "make").chmod(0o755)

    def measure(self, *lines):
        """The runner on a plan; what it measured is exported as a study of the superslab."""
        (self.room / "plan").write_text("\n".join(lines))
        return subprocess.run(["build/run/run", "--make", self.room / "make", "--store", self.room / "store", "--plan",
                               self.room / "plan", "--name", "superslab", "--export", self.room / "runs"], cwd=ROOT,
                              text=True, capture_output=True, env=os.environ | {"TMPDIR": str(self.room)})

    def assert_measured(self, *lines):
        done = self.measure(*lines)
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_refused(self, told, *lines):
        done = self.measure(*lines)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(told, done.stderr)

    # ---- Phase 9-1 ----

    def test_a_change_to_superslabs_while_the_fallback_served_every_block(self):
        """Larger SuperSlabs: with slabs off, as the document has it, with slabs on, and where nobody counted."""
        counted = "ALLOC=phase9-off,off+2m,phase9-on,2m"
        self.assert_measured(f"{COUNTED} {counted}", f"{TIMED} {counted},1m")
        done = subprocess.run([sys.executable, "-B", "-m", "lab", "superslab-table", f"RESULTS={self.room}"],
                              cwd=ROOT / "notebooks", text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = " ".join(done.stdout.split())
        self.assertIn("Not treated: phase9-off, off+2m took no slab; the legacy back end served every block", told)
        self.assertIn("Not known to be treated: 1m: nobody counted", told)

    # ---- Phase 17 v2 ----

    def test_an_allocator_compared_with_itself_under_two_names(self):
        other = self.room / "liblibc-of-the-same-binary.so"
        other.write_bytes((ROOT / "build/superslab/libsuperslab.so").read_bytes())
        self.assert_refused(SAME, f"{TIMED} ALLOC=superslab,{other}")
        self.assert_measured(f"{TIMED} ALLOC=superslab,glibc")

    def test_a_map_compared_with_itself_under_two_names(self):
        other = self.room / "fewer-instructions"
        other.mkdir()
        text = (ROOT / "variants/lazy/descend.h").read_text()
        (other / "descend.h").write_text(f"{text}\n/* Now with fewer instructions. */\n")
        line = "OPS=put PATTERNS=shuffled SCALES=1000 REPS=1 SAMPLES=1"
        self.assert_refused(SAME, f"VARIANTS=lazy,{other} {line}")
        self.assert_measured(f"VARIANTS=lazy,list {line}")

    # ---- Gains that were all measured on glibc ----

    def test_gains_of_an_allocator_that_never_served(self):
        for name, least in (("before", 64), ("after", 65)):
            (self.room / f"{name}.c").write_text(UNUSED % least)
            subprocess.run(["cc", "-shared", "-fPIC", f"{name}.c", "-o", f"lib{name}.so"], cwd=self.room, check=True)
        self.assert_refused("libbefore.so does not serve the process, libc.so.6 does",
                            f"{TIMED} ALLOC={self.room}/libbefore.so,{self.room}/libafter.so")
        self.assert_measured(f"{TIMED} ALLOC=superslab,superslab-wrapped")


if __name__ == "__main__":
    unittest.main()
