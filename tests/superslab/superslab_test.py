#!/usr/bin/env python3
"""The superslab allocator preloaded into programs: its settings, its counters, its exports."""
import os
import platform
import re
import shlex
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from programs import forks  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "build/superslab/libsuperslab.so"
DEBUG = "build/superslab/libsuperslab-debug.so"
PYTHON = sys.executable
CC = shlex.split(os.environ.get("CC", "cc"))
# Blocks of every kind, and a sum that depends on what they hold.
WORK = ("import hashlib\n"
        "parts = [bytes([i % 251]) * n for i, n in enumerate((1, 20, 300, 4000, 50000, 600000) * 40)]\n"
        "print(hashlib.sha256(b''.join(parts)).hexdigest())\n")
EXPORTS = {"malloc", "free", "calloc", "realloc", "reallocarray", "aligned_alloc", "posix_memalign",
           "memalign", "valloc", "pvalloc", "malloc_usable_size", "free_sized", "free_aligned_sized"}


def setUpModule():
    if sys.platform != "linux":
        raise unittest.SkipTest("the superslab allocator is for Linux")
    subprocess.run(["make", "-s", "SAY=", RELEASE, DEBUG], cwd=ROOT, check=True)


def run(program, library=RELEASE, expect=0, **settings):
    environment = {**os.environ, "LD_PRELOAD": str(ROOT / library), "PYTHONMALLOC": "malloc",
                   **settings}
    result = subprocess.run([PYTHON, "-S", "-E", "-c", program], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if result.returncode != expect:
        raise AssertionError(f"{settings}: {result.returncode}: {result.stderr[-2000:]}")
    return result


def counters(result):
    lines = result.stderr.splitlines()
    found = dict(re.fullmatch(r"superslab: (\w+)=(\d+)", line).groups() for line in lines)
    if len(found) != len(lines):
        raise AssertionError(f"a counter twice: {lines}")
    return {name: int(value) for name, value in found.items()}


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = subprocess.run([PYTHON, "-S", "-E", "-c", WORK], text=True, check=True,
                                      stdout=subprocess.PIPE).stdout

    def test_good_values_are_taken_in_silence(self):
        for name, values in {"SUPERSLAB": "0 1", "SUPERSLAB_SIZE": "512K 1M 2M",
                             "SUPERSLAB_LOOKUP": "linear hash mask",
                             "SUPERSLAB_BACKEND": "legacy both pool",
                             "SUPERSLAB_POOL_CAP": "0 1 7", "SUPERSLAB_BATCH": "1 200 512",
                             "SUPERSLAB_REFILL": "1 512",
                             "SUPERSLAB_PREWARM": "7:1 0:1,3:2", "SUPERSLAB_STATS": "0"}.items():
            for value in (*values.split(), ""):
                with self.subTest(name=name, value=value):
                    result = run(WORK, **{name: value})
                    self.assertEqual((result.stdout, result.stderr), (self.expected, ""))

    def test_bad_values_are_said_once_and_the_default_holds(self):
        for name, values in {"SUPERSLAB": "2 yes", "SUPERSLAB_SIZE": "3M 2m 4M 2097152",
                             "SUPERSLAB_LOOKUP": "fast Mask", "SUPERSLAB_BACKEND": "none",
                             "SUPERSLAB_POOL_CAP": "-1 x 1e3 99999999999999999999",
                             "SUPERSLAB_BATCH": "0 513 64k",
                             "SUPERSLAB_REFILL": "0 -1 513", "SUPERSLAB_STATS": "on",
                             "SUPERSLAB_PREWARM": "8:1 7 7: 7:1, :1 7:1;6:1 7:2000 7:1,x"}.items():
            for value in values.split():
                with self.subTest(name=name, value=value):
                    result = run(WORK, **{name: value})
                    self.assertEqual(result.stdout, self.expected)
                    self.assertRegex(result.stderr, rf"\Asuperslab: {name}={re.escape(value)}: "
                                                    r"not [^\n]*; the default holds\n\Z")

    def test_several_bad_values_get_a_line_each(self):
        result = run(WORK, SUPERSLAB_SIZE="x", SUPERSLAB_BATCH="y", SUPERSLAB_LOOKUP="z")
        self.assertEqual(len(result.stderr.splitlines()), 3)

    def test_what_is_set_is_done(self):
        default = counters(run(WORK, SUPERSLAB_STATS="1"))
        self.assertGreater(default["superslabs_most"], 0)
        self.assertGreater(default["lookups"], 1000)
        self.assertGreater(default["large"], 0)
        self.assertEqual(sum(n for key, n in default.items() if key.startswith("fallbacks")), 0)

        without = counters(run(WORK, SUPERSLAB_STATS="1", SUPERSLAB="0"))
        self.assertEqual(without["superslabs_most"], 0)
        self.assertGreater(without["fallbacks_c2"], 1000)
        self.assertGreater(without["mmap_calls"], 10 * default["mmap_calls"])

        small = counters(run(WORK, SUPERSLAB_STATS="1", SUPERSLAB_SIZE="512K"))
        self.assertGreater(small["superslabs_most"], default["superslabs_most"])

        single = counters(run(WORK, SUPERSLAB_STATS="1", SUPERSLAB_REFILL="1"))
        self.assertGreater(single["refills"], 2 * default["refills"])

        capped = counters(run(WORK, SUPERSLAB_STATS="1", SUPERSLAB_POOL_CAP="1",
                              SUPERSLAB_BACKEND="legacy"))
        self.assertEqual(capped["superslabs_most"], 1)
        self.assertGreater(capped["exhausted_larger"], 0)

        warm = counters(run(WORK, SUPERSLAB_STATS="1", SUPERSLAB_PREWARM="7:2"))
        self.assertEqual(warm["prewarmed"], 2)

    def test_counters_are_printed_after_standard_error_was_closed(self):
        result = run("import os; os.close(2)", SUPERSLAB_STATS="1")
        self.assertIn("refills", counters(result))


class Forks(unittest.TestCase):
    def test_children_count_what_they_do_themselves(self):
        result = run("import os\n"
                     "blocks = [bytearray(i % 3000) for i in range(50000)]\n"
                     "child = os.fork()\n"
                     "if child: assert os.waitpid(child, 0)[1] == 0\n", SUPERSLAB_STATS="1")
        lines = result.stderr.splitlines()
        child, parent = (dict(re.fullmatch(r"superslab: (\w+)=(\d+)", line).groups()
                              for line in half)
                         for half in (lines[:len(lines) // 2], lines[len(lines) // 2:]))
        self.assertEqual(child.keys(), parent.keys())
        for name in ("refills", "slabs_taken", "mmap_calls"):
            self.assertLess(int(child[name]), int(parent[name]) / 2, name)
        self.assertGreater(int(child["superslabs_most"]), 0)

    def test_nobody_waits_for_a_fork(self):
        """The second settings make each call of malloc and free come to the gate."""
        for settings in ({}, {"SUPERSLAB_REFILL": "1", "SUPERSLAB_BATCH": "1"}):
            with self.subTest(**settings):
                forks(100, **settings)


class Compiled(unittest.TestCase):
    def refusal(self, *flags):
        """What the compiler says to the head of all files; the C library's own are left out, of
        which there are none for another width."""
        return subprocess.run([*CC, "-std=c17", "-ffreestanding", "-fsyntax-only", "-x", "c", *flags,
                               "common/superslab/common.h"], cwd=ROOT, text=True,
                              stderr=subprocess.PIPE).stderr

    def test_is_for_64_bits_and_says_so(self):
        narrow = ["-U__UINTPTR_MAX__", "-D__UINTPTR_MAX__=0xffffffffu",   # gcc asks for this one,
                  "-U__INTPTR_WIDTH__", "-D__INTPTR_WIDTH__=32"]          # clang for this one
        self.assertEqual(self.refusal(), "")
        self.assertIn("the superslab is for 64-bit systems", self.refusal(*narrow))

    @unittest.skipUnless(platform.machine() == "x86_64", "only there compilers have -m32")
    def test_32_bits_are_refused(self):
        for flag in ("-m32", "-mx32"):
            self.assertIn("the superslab is for 64-bit systems", self.refusal(flag))


class Programs(unittest.TestCase):
    def test_exports_malloc_and_its_kin_alone(self):
        for library in (RELEASE, DEBUG):
            listed = subprocess.run(["nm", "-D", "--defined-only", library], cwd=ROOT, text=True,
                                    check=True, stdout=subprocess.PIPE).stdout
            self.assertEqual({line.split()[-1] for line in listed.splitlines()}, EXPORTS)

    def test_takes_no_memory_of_the_c_library(self):
        listed = subprocess.run(["nm", "-D", "--undefined-only", RELEASE], cwd=ROOT, text=True,
                                check=True, stdout=subprocess.PIPE).stdout
        used = {line.split()[-1].split("@")[0] for line in listed.splitlines()}
        self.assertFalse(used & {"__libc_malloc", "sbrk", "brk", "printf", "fopen", "strdup"})

    def test_threads_and_children(self):
        run("import os, threading\n"
            "def work(): [bytearray(i % 3000) for i in range(20000)]\n"
            "threads = [threading.Thread(target=work) for _ in range(4)]\n"
            "[t.start() for t in threads]\n"
            "for _ in range(5):\n"
            "    child = os.fork()\n"
            "    if not child: work(); os._exit(0)\n"
            "    assert os.waitpid(child, 0)[1] == 0\n"
            "[t.join() for t in threads]\n", library=DEBUG)

    def test_debug_build_finds_nothing_in_a_sound_program(self):
        for lookup in ("mask", "linear"):
            self.assertEqual(run(WORK, library=DEBUG, SUPERSLAB_LOOKUP=lookup).stderr, "")

    def test_debug_build_stops_at_a_double_free(self):
        result = run("import ctypes\n"
                     "c = ctypes.CDLL(None)\n"
                     "c.malloc.restype = ctypes.c_void_p\n"
                     "c.free.argtypes = [ctypes.c_void_p]\n"
                     "block = c.malloc(100); c.free(block); c.free(block)\n",
                     library=DEBUG, expect=-signal.SIGABRT)
        self.assertRegex(result.stderr, r"\Asuperslab: free\(0x[0-9a-f]+\): not a block in use; "
                                        r"freed before\?\n\Z")


if __name__ == "__main__":
    unittest.main()
