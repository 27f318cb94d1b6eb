#!/usr/bin/env python3
"""Which instruction set is counted with, told by made compilers of made processors."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Its processor has what is in $has; of what an option asks for it tells the macros.
COMPILER = """#!/bin/sh
case "$*" in
*-dumpmachine*) echo {machine}-linux-gnu; exit ;;
*-march=native* | *-mcpu=native*) features="{has}" ;;
*-march=x86-64-v3*) features="SSE4_2 AVX2" ;;
*-march=x86-64-v2*) features="SSE4_2" ;;
*-march=x86-64* | *-march=armv8-a*) features="BASE" ;;
*) echo "unknown option" >&2; exit 1 ;;
esac
for feature in BASE $features; do echo "#define __${{feature}}__ 1"; done
"""


class Counted(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.compiler = pathlib.Path(room.name) / "cc"

    def ask(self, machine, has, *words):
        self.compiler.write_text(COMPILER.format(machine=machine, has=has))
        self.compiler.chmod(0o755)
        done = subprocess.run(["sh", ROOT / "tools/instruction_set.sh", *words, self.compiler],
                              text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.strip()

    def test_it_is_the_best_that_valgrind_and_the_processor_know(self):
        for has, told in (("SSE4_2 AVX2 AVX512F", "-march=x86-64-v3"),
                          ("SSE4_2", "-march=x86-64-v2"), ("", "-march=x86-64")):
            self.assertEqual(self.ask("x86_64", has, "counted"), told)
        self.assertEqual(self.ask("aarch64", "SVE", "counted"), "-march=armv8-a")
        self.assertEqual(self.ask("riscv64", "V", "counted"), "")

    def test_what_a_processor_lacks_is_told(self):
        self.assertEqual(self.ask("x86_64", "SSE4_2", "lacks", "-march=x86-64-v3"),
                         "-march=x86-64-v3: this processor lacks __AVX2__")
        self.assertEqual(self.ask("x86_64", "SSE4_2 AVX2", "lacks", "-march=x86-64-v3"), "")
        self.assertIn("does not know -march=odd", self.ask("x86_64", "", "lacks", "-march=odd"))


if __name__ == "__main__":
    unittest.main()
