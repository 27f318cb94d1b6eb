#!/usr/bin/env python3
"""What operations are made of that are drawn before, or counted beside, the clock: numbers by Zipf's law, the mix of
look-ups and updates, and the histogram of latencies.  Each is held against a model written apart from it."""
import collections
import json
import math
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CELL = ROOT / "experiments/cell"
EXPONENT = 0.99


class Program(unittest.TestCase):
    """A program that is compiled from TEXT and these files of the cell."""
    TEXT, SOURCES = "", ()

    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.program = pathlib.Path(room.name) / "program"
        source = cls.program.with_suffix(".c")
        source.write_text(cls.TEXT)
        subprocess.run(["cc", "-std=c17", "-O1", "-D_GNU_SOURCE", f"-I{CELL}", f"-I{CELL}/keys/u64", f"-I{ROOT}/common",
                        f"-I{ROOT}/common/key/u64", source, *(CELL / name for name in cls.SOURCES), "-ldl", "-lm", "-o",
                        cls.program], check=True)

    def numbers(self, *arguments, given=""):
        """The numbers of each line that it prints."""
        out = subprocess.run([self.program, *map(str, arguments)], text=True, check=True, input=given,
                             stdout=subprocess.PIPE).stdout
        return [tuple(map(int, line.split())) for line in out.splitlines()]


class Zipf(Program):
    SOURCES = ("zipf.c",)
    TEXT = r"""
#include "zipf.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    uint64_t n = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10), state = argc;
    struct zipf zipf = zipf_of(n, strtod(argv[3], NULL));
    while (count-- > 0)
        printf("%" PRIu64 "\n", zipf_next(&zipf, &state));
}
"""

    def test_numbers_are_as_frequent_as_the_law_has_it(self):
        """Pearson's statistic of a fixed seed lies well within what chance gives; of another exponent it does not."""
        drawn, n = 200000, 50
        for exponent in (0.5, EXPONENT, 1.5):
            seen = collections.Counter(number for number, in self.numbers(n, drawn, exponent))
            self.assertEqual(set(seen), set(range(1, n + 1)))

            def statistic(law):
                weights = [k ** -law for k in range(1, n + 1)]
                expected = [drawn * weight / sum(weights) for weight in weights]
                return sum((seen[k] - wanted) ** 2 / wanted for k, wanted in enumerate(expected, 1))
            self.assertLess(statistic(exponent), n + 4 * math.sqrt(2 * n))
            self.assertGreater(statistic(exponent + 0.05), 4 * n)

    def test_of_many_the_tail_is_reached_and_the_head_has_its_share(self):
        n, drawn = 10 ** 7, 50000
        seen = [number for number, in self.numbers(n, drawn, EXPONENT)]
        self.assertGreater(max(seen), n / 2)
        self.assertLessEqual(max(seen), n)
        whole = sum(k ** -EXPONENT for k in range(1, n + 1))
        for k in (1, 2, 3):
            self.assertAlmostEqual(seen.count(k) / drawn, k ** -EXPONENT / whole, delta=0.004)

    def test_one_number(self):
        self.assertEqual(set(self.numbers(1, 100, EXPONENT)), {(1,)})


class Mix(Program):
    SOURCES = ("mix.c", "zipf.c", "trace.c", "process.c")
    TEXT = r"""
#include "mix.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What a mix does to a map is told, and always right. */
enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    (void)map;
    printf("1 %" PRIu64 " %" PRIu64 "\n", key, value);
    return HAMT_REPLACED;
}
bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    (void)map, (void)value;
    printf("0 %" PRIu64 " 0\n", key);
    return false;
}

int main(int argc, char **argv) {
    struct mix mix;
    bool no_memory = false;
    struct trace fill;
    struct keys keys = {.pattern = PATTERN_SHUFFLED, .scale = strtoull(argv[1], NULL, 10),
                        .seed = strtoull(argv[2], NULL, 10)};
    if (!mix_make(&mix, &keys) ||
        !trace_make(&fill, &keys, POPULATION_PRESENT, ORDER_OF_PUT, keys.scale))
        return 1;
    for (size_t i = 0; i < fill.count; i++)
        printf("2 %" PRIu64 " %" PRIu64 "\n", fill.steps[i].key, fill.steps[i].value);
    if (argc > 3)
        return mix_do(&mix, NULL, &no_memory) == 0;
    for (size_t i = 0; i < mix.trace.count; i++)
        printf("%d %" PRIu64 " %" PRIu64 "\n", mix.updates[i], mix.trace.steps[i].key,
               mix.trace.steps[i].value);
    trace_free(&fill);
}
"""
    GET, UPDATE, FILL = range(3)

    def made(self, scale, seed, *more):
        """({key: value} of the full map, [(what, key, value)] of the mix)"""
        lines = self.numbers(scale, seed, *more)
        return ({key: value for what, key, value in lines if what == self.FILL},
                [line for line in lines if line[0] != self.FILL])

    def test_each_look_up_finds_what_was_put_last_and_the_end_is_the_beginning(self):
        full, steps = self.made(20000, 1)
        now, changed = dict(full), 0
        for what, key, value in steps:
            if what == self.UPDATE:
                changed += now[key] != value
                now[key] = value
            self.assertEqual(now[key], value)
        self.assertEqual(now, full)
        self.assertGreater(changed, len(steps) / 40)  # half of the updates change something, at the least
        self.assertEqual(len(steps), len(full))

    def test_one_in_twenty_is_an_update_and_few_keys_have_most_of_it(self):
        full, steps = self.made(20000, 2)
        self.assertAlmostEqual(sum(what == self.UPDATE for what, *_ in steps) / len(steps), 0.05, delta=0.005)
        asked = collections.Counter(key for _, key, _ in steps).most_common(2)
        whole = sum(k ** -EXPONENT for k in range(1, len(full) + 1))
        for (_, count), k in zip(asked, (1, 2)):
            self.assertAlmostEqual(count / len(steps), k ** -EXPONENT / whole, delta=0.006)

    def test_seeds_ask_for_other_keys_the_most(self):
        hot = {collections.Counter(key for _, key, _ in self.made(1000, seed)[1]).most_common(1)[0][0]
               for seed in range(5)}
        self.assertGreater(len(hot), 3)

    def test_the_loop_does_the_steps(self):
        steps = self.made(300, 3)[1]
        self.assertEqual([(what, key, value if what == self.UPDATE else 0) for what, key, value in steps],
                         self.made(300, 3, "do")[1])


class Latency(Program):
    SOURCES = ("latency.c",)
    TEXT = r"""
#include "latency.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    (void)map, (void)value;
    return key == 3 ? HAMT_REPLACED : key == 7 ? HAMT_NO_MEMORY : HAMT_NEW;
}
bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    (void)map;
    *value = key == 4 ? 0 : 10 * key;
    return key != 5;
}

static int loops(void) {
    static struct latencies latencies;
    static struct step steps[10];
    struct trace trace = {.count = 10, .steps = steps};
    bool no_memory = false;
    uint64_t sum;
    for (size_t i = 0; i < 10; i++)
        steps[i] = (struct step){.key = i, .value = 10 * i};
    size_t wrong = get_each(NULL, &trace, &latencies, &sum);
    printf("%zu %" PRIu64 " %" PRIu64 "\n", wrong, sum, latencies.count);
    wrong = put_each(NULL, &trace, &latencies, &no_memory);
    printf("%zu %d %" PRIu64 "\n", wrong, no_memory, latencies.count);
    struct latency_clock clock = latency_clock();
    printf("%d %d\n", clock.tick_ns > 0.01 && clock.tick_ns < 1000,
           (double)clock.reading * clock.tick_ns < 10000);
    return 0;
}

int main(int argc, char **argv) {
    static struct latencies latencies;
    if (argc == 1)
        return loops();
    for (uint64_t ticks; scanf("%" SCNu64, &ticks) == 1;)
        latency_add(&latencies, ticks);
    for (int i = 1; i < argc; i++)
        printf("%" PRIu64 "\n", latency_of_share(&latencies, strtod(argv[i], NULL)));
    printf("%" PRIu64 " %" PRIu64 "\n", latencies.count, latencies.longest);
}
"""

    def shares(self, values, *shares):
        *found, (count, longest) = self.numbers(*shares, given="\n".join(map(str, values)))
        self.assertEqual((count, longest), (len(values), max(values)))
        return [ticks for ticks, in found]

    def test_none_is_told_too_short_or_more_than_a_64th_too_long(self):
        edges = sorted({max(0, (1 << bit) + off) for bit in range(63) for off in (-1, 0, 1, 12345)})
        for value in edges:
            found, = self.shares([value, (1 << 64) - 1], 0.5)
            self.assertGreaterEqual(found, value)
            self.assertLessEqual(found, value + value // 64)

    def test_shares_are_those_of_the_sorted_latencies(self):
        values = [(k * k * 7919) % 100 for k in range(1, 1000)]  # below 128 each is told exactly
        shares = (0.001, 0.5, 0.9, 0.99, 0.999, 1)
        self.assertEqual(self.shares(values, *shares),
                         [sorted(values)[math.ceil(share * len(values)) - 1] for share in shares])

    def test_the_longest_is_exact(self):
        self.assertEqual(self.shares([5, 1000003], 0.5, 0.9999), [5, 1000003])

    def test_loops_check_each_answer_and_the_clock_is_one(self):
        got, put, clock = self.numbers()
        self.assertEqual(got, (2, 410, 10))
        self.assertEqual(put, (1, 1, 18))  # memory is out at the eighth
        self.assertEqual(clock, (1, 1))


class Samples(unittest.TestCase):
    def test_a_sample_has_the_latencies_of_all_its_operations(self):
        made = subprocess.run(["make", "-s", "VARIANT=champion", "cell"], cwd=ROOT, text=True, capture_output=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        for op in ("put_each", "get_each"):
            out = subprocess.run([ROOT / made.stdout.splitlines()[-1], "--op", op, "--pattern", "shuffled", "--scale",
                                  "3000", "--seed", "1"], text=True, check=True, capture_output=True).stdout
            values = json.loads(out)["values"]
            self.assertEqual(list(values)[:7], ["p50", "p99", "p99.9", "p99.99", "worst", "clock", "clock_step"])
            rising = list(values.values())[:5]
            self.assertEqual(rising, sorted(rising))
            self.assertGreater(values["worst"], 0)


if __name__ == "__main__":
    unittest.main()
