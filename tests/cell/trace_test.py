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
POPULATIONS, ORDERS = range(2), range(2)
SEQUENTIAL, SHUFFLED, RANDOM, FILE, DIGESTS = range(5)
PATTERNS = SEQUENTIAL, SHUFFLED, RANDOM, DIGESTS
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
    static struct keyfile file;
    uint64_t number[5];
    for (int i = 1; i < 6; i++)
        number[i - 1] = strtoull(argv[i], NULL, 10);
    struct keys keys = {.pattern = (enum pattern)number[0], .scale = number[3], .seed = number[4],
                        .file = &file, .shuffle_file = true};
    if (argc > 6 && !keyfile_read(&file, argv[6], true))
        return 1;
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


def shuffled(keys, state):
    """Fisher and Yates, with SplitMix64's upper half scaled."""
    keys = list(keys)
    for last in range(len(keys) - 1, 0, -1):
        state = (state + GOLDEN) & MASK
        other = (mix(state) >> 32) * (last + 1) >> 32
        keys[last], keys[other] = keys[other], keys[last]
    return keys


def order_seed(seed, order):
    return mix((seed + GOLDEN * (1 + order)) & MASK)


def model(pattern, population, order, count, seed):
    """The (key, value) of every step."""
    first = 1 << 32 if population == ABSENT else 0
    keys = list(range(first, first + count))
    if pattern == RANDOM:
        keys = [mix((key + mix(seed)) & MASK) for key in keys]
    if pattern != SEQUENTIAL:
        keys = shuffled(keys, order_seed(seed, order))
    return [(mix(key) if pattern == DIGESTS else key, mix((key + seed) & MASK)) for key in keys]


def model_of_file(lines, population, order, count, seed):
    """The same of a file of numbers that is shuffled: which of them, and then in which order."""
    taken = shuffled(range(len(lines)), mix(seed))[count if population == ABSENT else 0:][:count]
    return [(lines[line], mix((line + seed) & MASK)) for line in shuffled(taken, order_seed(seed, order))]


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
                        cell / "process.c", cell / "keyfile.c", "-ldl", "-o", cls.program], check=True)

    def steps(self, *arguments):
        out = subprocess.run([self.program, *map(str, arguments)], text=True, check=True,
                             stdout=subprocess.PIPE).stdout
        return [tuple(map(int, line.split())) for line in out.splitlines()]

    def test_the_model_knows_what_is_published(self):
        self.assertEqual(mix(GOLDEN), 0xE220A8397B1DCDAF)  # SplitMix64's first number of seed 0

    def test_every_trace_is_that_of_the_model(self):
        for pattern in PATTERNS:
            for population in POPULATIONS:
                for order in ORDERS:
                    for seed in SEEDS:
                        what = (pattern, population, order, COUNT, seed)
                        with self.subTest(what):
                            self.assertEqual(self.steps(*what), model(*what))

    def test_a_shuffled_file_is_that_of_the_model(self):
        lines = [7 * number + 3 for number in range(2 * COUNT + 50)]
        path = self.program.with_suffix(".txt")
        path.write_text("".join(f"{line}\n" for line in lines))
        for population in POPULATIONS:
            for order in ORDERS:
                with self.subTest((population, order)):
                    self.assertEqual(self.steps(FILE, population, order, COUNT, 5, path),
                                     model_of_file(lines, population, order, COUNT, 5))

    def test_the_absent_are_others_and_orders_differ(self):
        for pattern in PATTERNS:
            present, used = (model(pattern, PRESENT, order, COUNT, 1) for order in ORDERS)
            absent = model(pattern, ABSENT, PUT, COUNT, 1)
            self.assertEqual(len(set(present + absent)), 2 * COUNT)
            self.assertEqual(sorted(present), sorted(used))
            self.assertEqual(present == used, pattern == SEQUENTIAL)


if __name__ == "__main__":
    unittest.main()
