#!/usr/bin/env python3
"""The trace: which keys a seed gives, and in which order, against a model written apart from it.

Other traces would be other experiments under the old seeds, so what a seed gives never changes."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
PATTERNS, POPULATIONS, ORDERS = range(3), range(2), range(2)
SEQUENTIAL, SHUFFLED, RANDOM = PATTERNS
PRESENT, ABSENT = POPULATIONS
PUT, USE = ORDERS
COUNT, SEEDS = 200, (0, 1, (1 << 53) - 1)

PROGRAM = r"""
#include "trace.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    struct trace trace;
    uint64_t number[5];
    for (int i = 1; i < argc; i++)
        number[i - 1] = strtoull(argv[i], NULL, 10);
    struct keys keys = {.pattern = (enum pattern)number[0], .scale = number[3], .seed = number[4]};
    if (!trace_make(&trace, &keys, (enum population)number[1], (enum order)number[2], number[3]))
        return 1;
    for (size_t i = 0; i < trace.count; i++)
        printf("%" PRIu64 " %" PRIu64 "\n", trace.steps[i].key, trace.steps[i].value);
    trace_free(&trace);
}
"""


def mix(x):
    """The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & MASK
    return x ^ x >> 31


def model(pattern, population, order, count, seed):
    """The (key, value) of every step."""
    first = 1 << 32 if population == ABSENT else 0
    keys = list(range(first, first + count))
    if pattern == RANDOM:
        keys = [mix((key + mix(seed)) & MASK) for key in keys]
    if pattern != SEQUENTIAL:  # Fisher and Yates, with SplitMix64's upper half scaled
        state = mix((seed + GOLDEN * (1 + order)) & MASK)
        for last in range(count - 1, 0, -1):
            state = (state + GOLDEN) & MASK
            other = (mix(state) >> 32) * (last + 1) >> 32
            keys[last], keys[other] = keys[other], keys[last]
    return [(key, mix((key + seed) & MASK)) for key in keys]


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.program = pathlib.Path(room.name) / "trace"
        source = cls.program.with_suffix(".c")
        source.write_text(PROGRAM)
        cell = ROOT / "experiments/cell"
        subprocess.run(["cc", "-std=c17", "-O1", "-D_GNU_SOURCE", f"-I{cell}", f"-I{cell}/keys/u64",
                        f"-I{ROOT}/common", f"-I{ROOT}/common/key/u64", source, cell / "trace.c",
                        cell / "process.c", "-ldl", "-o", cls.program], check=True)

    def test_the_model_knows_what_is_published(self):
        self.assertEqual(mix(GOLDEN), 0xE220A8397B1DCDAF)  # SplitMix64's first number of seed 0

    def test_every_trace_is_that_of_the_model(self):
        for pattern in PATTERNS:
            for population in POPULATIONS:
                for order in ORDERS:
                    for seed in SEEDS:
                        what = (pattern, population, order, COUNT, seed)
                        with self.subTest(what):
                            out = subprocess.run([self.program, *map(str, what)], text=True,
                                                 check=True, stdout=subprocess.PIPE).stdout
                            steps = [tuple(map(int, line.split())) for line in out.splitlines()]
                            self.assertEqual(steps, model(*what))

    def test_the_absent_are_others_and_orders_differ(self):
        for pattern in PATTERNS:
            present, used = (model(pattern, PRESENT, order, COUNT, 1) for order in ORDERS)
            absent = model(pattern, ABSENT, PUT, COUNT, 1)
            self.assertEqual(len(set(present + absent)), 2 * COUNT)
            self.assertEqual(sorted(present), sorted(used))
            self.assertEqual(present == used, pattern == SEQUENTIAL)


if __name__ == "__main__":
    unittest.main()
