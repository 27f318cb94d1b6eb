#!/usr/bin/env python3
"""Where competitors took turns, they are compared turn by turn, whoever asks; and what part of a process was timed."""
import tempfile
import unittest

import pandas
import made_export
from made_runs import experiment, made
from lab import allocators, compare, hash_costs, pairs, results
from lab.audit import evidence, times
from lab.instrument import study, trust
from lab.seeds import comparison
from lab.seeds.figures import Place

# The second takes twice the first's time but in two turns; the quotient of the medians is 4.5.
FIRST, SECOND = (1.0, 10.0, 100.0, 1000.0, 5.0), (2.0, 20.0, 200.0, 1000.0, 45.0)
MEDIANS = {FIRST: 10.0, SECOND: 45.0}
BLOCKS = 7


def in_turns(runs, second, turns="warm"):
    """Such runs with these samples; second: which of them are of the slower one."""
    samples = [SECOND if slow else FIRST for slow in second]
    return runs.assign(samples=samples, ns_per_op=[MEDIANS[each] for each in samples], turns=turns)


def variants(turns="warm"):
    runs = made(lambda cell, competitor: 1, ops=["get"], variants=("list", "lazy"), blocks=BLOCKS)
    return in_turns(runs, runs["variant"] == "lazy", turns)


class Pairs(unittest.TestCase):
    def test_the_ratio_of_a_block_is_the_median_of_its_turns(self):
        for turns in ("warm", "cold"):
            ratios = pairs.by_block(variants(turns), "list")
            self.assertEqual(list(ratios), [2.0] * BLOCKS)
            self.assertEqual(list(ratios.index.get_level_values("block")), list(range(BLOCKS)))

    def test_without_turns_it_is_that_of_the_medians(self):
        self.assertEqual(list(pairs.by_block(variants("none"), "list")), [4.5] * BLOCKS)
        self.assertEqual(list(pairs.by_block(variants().drop(columns="turns"), "list")), [4.5] * BLOCKS)

    def test_the_block_is_what_is_counted(self):
        found, = pairs.ratios(variants(), "list")
        self.assertEqual(found, (2.0, 2.0, 2.0, BLOCKS))

    def test_what_is_not_a_time_has_no_turns(self):
        self.assertEqual(list(pairs.by_block(variants(), "list", value="bytes_per_entry")), [1.0] * BLOCKS)

    def test_blocks_with_and_without_turns_may_stand_in_one_frame(self):
        other = variants("none").assign(scale=10)
        found = pairs.ratios(pandas.concat([variants(), other], ignore_index=True), "list")
        self.assertEqual({key[2]: each.median for key, each in found.items()}, {100000: 2.0, 10: 4.5})


class Everybody(unittest.TestCase):
    """Each report that compares takes them from there."""

    def test_allocators(self):
        runs = made(lambda cell, competitor: 1, ops=["get"], allocators=("glibc", "swift"), blocks=BLOCKS)
        (*_, own, ratio), = allocators.lines_of(in_turns(runs, runs["allocator"] == "swift"), "ns_per_op",
                                                relative=True)
        self.assertEqual((own.median, ratio.median, ratio.count), (10.0, 2.0, BLOCKS))

    def test_hashes(self):
        runs = made(lambda cell, competitor: 1, ops=["put", "get"], hashes=("xxh3", hash_costs.NONE), blocks=BLOCKS,
                    patterns=["random"])
        (*_, found), *_ = hash_costs.differences(in_turns(runs, runs["hash"] == "xxh3"))
        self.assertEqual(found["xxh3"].median, 10.0)  # of 1, 10, 100, 0, 40

    def test_two_variants_of_one_experiment(self):
        one = experiment(variants())
        sides = [compare.Side(one.about, one.runs, name) for name in ("list", "lazy")]
        line, = compare.compared(*sides, relative=False, baseline="list")
        self.assertEqual((line["ratio"].median, line["a"].median, line["b"].median), (2.0, 10.0, 45.0))

    def test_the_audit(self):
        class Stored(evidence.Evidence):
            experiments = {"seeds": experiment(variants())}
        stored = Stored("nowhere", "nowhere")
        lazy, plain = (evidence.Place(name, "get", "shuffled", 100000) for name in ("lazy", "list"))
        self.assertEqual(evidence.measured(stored, [lazy, plain]).median, 2.0)
        self.assertEqual(evidence.measured(stored, [lazy]).median, 45.0)
        self.assertEqual(list(times.formula_by_block(stored, [lazy, plain], "a / b - 1")), [1.0] * BLOCKS)

    def test_the_seed_documents(self):
        lazy, plain = (Place(name, "get", "shuffled", 100000) for name in ("lazy", "list"))
        self.assertEqual(comparison.Measured(variants()).ratio(lazy, plain).median, 2.0)

    def test_the_study_of_copies(self):
        with tempfile.TemporaryDirectory() as room:
            made_export.write(room, "instrument-aa", [
                {"block": block, "parameters": f"copy={side} turns=cold", "samples": samples}
                for block in range(BLOCKS) for side, samples in enumerate((FIRST, SECOND))])
            found, = trust.compared(study.read("aa", room)[1]).ratios
            self.assertEqual((found.median, found.count), (2.0, BLOCKS))


class Stored(unittest.TestCase):
    def test_turns_and_what_was_under_the_clock_are_read(self):
        with tempfile.TemporaryDirectory() as room:
            directory = made_export.write(room, "x", [
                {"variant": name, "block": block, "parameters": f"pool_slots=1{way}", "samples": samples,
                 "ops": 1000000, "repeats": 3, "seconds": 1.5} for block in range(2)
                for name, samples, way in (("a", FIRST, " turns=warm"), ("b", SECOND, ""))])
            runs = results.of_export(directory).runs
            self.assertEqual(set(zip(runs["variant"], runs["turns"])), {("a", "warm"), ("b", "none")})
            clocked = sum(FIRST + SECOND) * 3 * 1e-3
            self.assertAlmostEqual(results.measured_share(runs), clocked / 3)
            _, frame = results.processes("x", room)
            self.assertAlmostEqual(results.measured_share(frame), clocked / 3)
            self.assertEqual(list(frame["samples"][:1]), [FIRST])


if __name__ == "__main__":
    unittest.main()
