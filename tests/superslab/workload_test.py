#!/usr/bin/env python3
"""The workload and the steps, from the outside: what they draw, what they count, and that they find
out allocators that are wrong."""
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIXED, STEPS = (ROOT / "build" / "superslab" / name for name in ("random-mixed", "steps"))
OF_STEPS = ("--op", "steps", "--pattern", "good", "--scale", 8192, "--seed", 1)
SLOTS = 512  # as many as there are stretches, so that the fewest cycles visit each slot once

# Allocators that hand out blocks from one region and take none back; each does one thing wrong.
BUMP = """
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static char *at, *end;
static size_t count;
void *malloc(size_t size) {
    if (!at) {
        at = mmap(NULL, (size_t)1 << 30, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        end = at + ((size_t)1 << 30);
    }
    size_t bytes = (size + 15) / 16 * 16;
    char *block = at;
    count++;
    %s
    at = block + bytes;
    return at > end ? NULL : block;
}
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *old, size_t size) {
    void *block = malloc(size);
    return old && block ? memcpy(block, old, size) : block;
}
size_t malloc_usable_size(void *block) { (void)block; return 1; }
"""
RIGHT = ""
OVERLAPS = "if (count == 700) block -= 16;"         # the last 16 bytes of the block before
ONE_TWICE = "if (count == 700) return at - 512;"    # with sizes of 512, the block before once more
UNALIGNED = "if (count == 700) block += 8;"
GIVES_NONE = "if (count == 700) return NULL;"


def setUpModule():
    if sys.platform != "linux":
        raise unittest.SkipTest("the study of the superslab is for Linux")
    subprocess.run(["make", "-s", str(MIXED.relative_to(ROOT)), str(STEPS.relative_to(ROOT))],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def run(*arguments, program=MIXED, said="", **variables):
    variables = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run([program, *map(str, arguments)], env=variables, text=True, input=said,
                          capture_output=True, timeout=300)


def asked(cycles, slots, seed, *more, op="mixed", pattern="lcg"):
    return ("--op", op, "--pattern", pattern, "--cycles", cycles, "--scale", slots, "--seed", seed,
            "--milliseconds", 100000, *more)


class Workload(unittest.TestCase):
    def line(self, *arguments, **variables):
        done = run(*arguments, **variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def measured(self, cycles, slots, seed, *more, op="mixed", pattern="lcg", **variables):
        line = self.line(*asked(cycles, slots, seed, *more, op=op, pattern=pattern), **variables)
        return {**line["values"], "checksum": line["draws"], "allocator": line["allocator"]}


def lcg(seed, slots):
    while True:
        seed = (seed * 1664525 + 1013904223) % 2 ** 32
        yield seed % slots, 16 + ((seed >> 16) * 1009 >> 16)


def split_mix(seed, slots):
    mask = 2 ** 64 - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        z ^= z >> 31
        yield (z >> 32) * slots >> 32, 16 + ((z & 0xFFFF) * 1009 >> 16)


class Draws(Workload):
    def test_they_are_those_of_the_generators(self):
        for name, generator in (("lcg", lcg), ("good", split_mix)):
            draws = list(itertools.islice(generator(42, 1000), 5000))
            found = self.measured(5000, 1000, 42, op="count", pattern=name)
            self.assertEqual(found["checksum"], sum(slot << 16 ^ size for slot, size in draws))
            occupied, allocations = set(), 0
            for slot, _ in draws:
                allocations += slot not in occupied
                occupied ^= {slot}
            self.assertEqual(found["allocations"], allocations)
            self.assertEqual(found["frees"], 5000 - allocations)

    def test_the_lcg_visits_each_slot_once_in_a_round(self):
        once = self.measured(SLOTS, SLOTS, 42, op="count")
        self.assertEqual((once["allocations"], once["frees"]), (SLOTS, 0))
        twice = self.measured(2 * SLOTS, SLOTS, 7, op="count")
        self.assertEqual((twice["allocations"], twice["frees"]), (SLOTS, SLOTS))

    def test_the_good_generator_does_not(self):
        found = self.measured(SLOTS, SLOTS, 42, op="count", pattern="good")
        self.assertEqual(found["allocations"] + found["frees"], SLOTS)
        self.assertGreater(found["frees"], SLOTS // 10)

    def test_half_of_the_slots_are_occupied_under_it(self):
        found = self.measured(200_000, SLOTS, 42, "--size-low", 100, "--size-high", 100,
                              pattern="good")
        self.assertEqual(found["live_peak"] % 100, 0)
        self.assertTrue(0.4 * SLOTS < found["live_peak"] / 100 < 0.7 * SLOTS, found["live_peak"])

    def test_what_is_drawn_depends_on_the_seed_alone(self):
        for generator in ("lcg", "good"):
            with self.subTest(generator):
                def draws(seed, **more):
                    found = self.measured(100_000, 1000, seed, pattern=generator, **more)
                    return found["checksum"], found["allocations"], found["frees"]
                self.assertEqual(draws(42), draws(42))
                self.assertEqual(draws(42), draws(42, RANDOM_MIXED_LOOP="1"))
                self.assertNotEqual(draws(42)[0], draws(43)[0])

    def test_sizes_reach_their_bounds(self):
        """With every slot full, and equally many of each size, the mean is that of the bounds."""
        for low, high in ((16, 1024), (16, 31), (40000, 60000)):
            found = self.measured(8192, 8192, 42, "--size-low", low, "--size-high", high,
                                  op="count")
            self.assertAlmostEqual(found["live_peak"] / 8192, (low + high) / 2,
                                   delta=0.02 * (high + low) / 2)

    def test_threads_share_the_slots(self):
        found = self.measured(50_000, SLOTS, 42, "--threads", 3, "--touch", 2)
        self.assertEqual(found["cycles"], 150_000)
        # Each cycle frees or allocates, and frees besides what another thread was quicker to put.
        self.assertGreaterEqual(found["allocations"] + found["frees"], 150_000)
        self.assertLessEqual(abs(found["allocations"] - found["frees"]), SLOTS)


class Figures(Workload):
    def test_they_fit_together(self):
        found = self.measured(400_000, 8192, 42, pattern="good")
        self.assertEqual(found["allocator"], "libc.so.6")
        self.assertAlmostEqual(found["cycles"] / found["wall"] / 1e6 / found["mops"], 1, places=3)
        self.assertGreaterEqual(found["areas_most"], found["areas"])
        self.assertGreater(found["rss_peak"], found["live_peak"])
        self.assertGreaterEqual(found["rss_most"], found["rss_peak"])

    def test_the_kernel_s_share_is_that_of_the_processor_s_time(self):
        found = self.measured(400_000, 8192, 42)
        if found["kernel_share"] is not None:
            self.assertAlmostEqual(found["kernel_share"],
                                   found["system"] / (found["user"] + found["system"]), places=4)

    def test_mappings_are_seen(self):
        """glibc maps each block by itself if it is told to, and keeps what it has if not."""
        def faults(**variables):
            found = self.measured(50_000, 512, 42, "--size-low", 60000, "--size-high", 60001,
                                  **variables)
            return found["minor_faults"] / found["allocations"], found["system"]
        mapped = faults(MALLOC_MMAP_THRESHOLD_="4096")
        kept = faults(MALLOC_MMAP_THRESHOLD_="30000000", MALLOC_TRIM_THRESHOLD_="100000000")
        self.assertLess(kept[0], 0.5)
        self.assertGreater(mapped[0], 0.9)
        self.assertGreater(mapped[1], 0)

    def test_the_control_takes_no_memory(self):
        found = self.measured(100_000, 8192, 42, RANDOM_MIXED_LOOP="1")
        self.assertIsNone(found["live_peak"])
        self.assertLess(found["rss_most"], self.measured(100_000, 8192, 42)["rss_most"])

    def test_a_limit_ends_it_after_a_stretch(self):
        found = self.measured(512_000_000, 256, 42, "--milliseconds", 1)
        self.assertLess(found["cycles"], 512_000_000)
        self.assertEqual(found["cycles"] % 1_000_000, 0)


class WrongAllocators(Workload):
    def preload(self, fault):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        source = pathlib.Path(directory.name) / "wrong.c"
        source.write_text(BUMP % fault)
        library = source.with_suffix(".so")
        subprocess.run(["cc", "-std=c17", "-O1", "-D_GNU_SOURCE", "-fno-builtin", "-shared",
                        "-fPIC", source, "-o", library], check=True)
        return str(library)

    def fails(self, fault, reason, *more):
        done = run(*asked(20_000, SLOTS, 42, *more), LD_PRELOAD=self.preload(fault))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(reason, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_right_one_passes(self):
        for touch in (0, 1, 2):
            found = self.measured(20_000, SLOTS, 42, "--touch", touch, LD_PRELOAD=self.preload(RIGHT))
            self.assertEqual(found["allocator"], "wrong.so")

    def test_blocks_that_overlap(self):
        self.fails(OVERLAPS, "a block was overwritten while it lived", "--touch", 2)

    def test_a_block_that_is_handed_out_twice(self):
        self.fails(ONE_TWICE, "a block was overwritten while it lived", "--touch", 1, "--size-low",
                   512, "--size-high", 512)

    def test_blocks_without_alignment(self):
        self.fails(UNALIGNED, "a block is not aligned to 16 bytes", "--touch", 2)

    def test_no_memory(self):
        self.fails(GIVES_NONE, "the allocator gave no memory")


class Settings(unittest.TestCase):
    def test_bad_ones_are_refused_in_one_line(self):
        for arguments, reason in (
                (("--scale", "x"), "--scale x: wanted a number from 1 to"),
                (("--cycles", 1), "--cycles 1: wanted a number from 512 to"),
                (("--seed", -1), "--seed -1: wanted a number"),
                (("--pattern", "best"), "wanted one of: lcg, good"), (("--op", "fly"), "wanted one of: mixed, count"),
                (("--threads", 0), "--threads 0: wanted a number from 1 to 64"),
                (("--touch", 3), "--touch 3: wanted a number from 0 to 2"),
                (("--size-low", 8), "wanted a number from 16 to 65535"),
                (("--size-low", 64, "--size-high", 32), "--size-low 64: wanted no more than --size-high"),
                (("--milliseconds", 0), "--milliseconds 0: wanted a number"), (("more",), "usage")):
            with self.subTest(arguments):
                done = run(*asked(1000, 256, 42, *arguments))
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(reason, done.stderr)

    def test_of_the_steps(self):
        for arguments in (("--rounds", "0"), ("--rounds", "x"), ("--scale", 1), ("more",)):
            self.assertEqual(run(*OF_STEPS, *arguments, program=STEPS).returncode, 2)


class Protocol(Workload):
    def test_a_sample_for_each_go(self):
        for program, arguments in ((MIXED, asked(1000, 256, 42)), (STEPS, (*OF_STEPS, "--rounds", 1))):
            done = run(*arguments, "--steps", program=program, said="go\ngo\nend\ngo\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            ready, *lines = map(json.loads, done.stdout.splitlines())
            self.assertEqual(ready, {"ready": True})
            self.assertEqual([line["sample"] for line in lines], [0, 1])

    def test_what_it_is_told_else_is_refused(self):
        done = run(*asked(1000, 256, 42), "--steps", said="went\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("random-mixed: went: wanted go, warm or end", done.stderr)


class Steps(unittest.TestCase):
    def test_what_must_cost_more_does(self):
        done = run(*OF_STEPS, "--rounds", 3, program=STEPS)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)["values"]
        for name, ns in found.items():
            self.assertGreater(ns, 0, name)
        self.assertGreater(found["touched_map_ns"], found["map_ns"])
        self.assertGreater(found["map_ns"], found["pair_ns"])
        self.assertGreater(found["pair_ns"], found["empty_pair_ns"])


if __name__ == "__main__":
    unittest.main()
