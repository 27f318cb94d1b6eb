#!/usr/bin/env python3
"""Which fix closes the gap: the design, and the report on a made experiment whose answers are
known."""
import contextlib
import csv
import functools
import io
import itertools
import math
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab"), str(ROOT / "tools")]
import compose  # noqa: E402
from lab import store  # noqa: E402
from lab.counts import report as counts  # noqa: E402
from lab.factorial import design, effects, report as factorial  # noqa: E402
from lab.factorial.design import PURE, REFERENCE  # noqa: E402
from made import Made  # noqa: E402

SMALL, LARGE = 100000, 1000000
BLOCKS = {SMALL: 6, LARGE: 2}
REFERENCE_NS = 60.0
# What a fix multiplies put and get by, and what some pairs do beside that.
PUT = {"lazy": 0.25, "growpool": 0.70, "arena": 0.75, "inline": 0.9, "single": 0.95,
       "tagged": 0.96, "sizes": 0.98, "prefetch": 1.02}
GET = {"lazy": 0.20, "inline": 0.7, "tagged": 0.9, "single": 0.96, "growpool": 0.97, "sizes": 0.98,
       "arena": 1.05, "prefetch": 1.01}
PAIR = ("growpool", "lazy")  # together worth less in put than the product, by this:
PAIR_PUT = 1.5
BYTES = {"lazy": 0.2, "tagged": 0.8}


def product(factors, fixes):
    return math.prod(factors.get(fix, 1) for fix in fixes)


def put_ns(fixes):
    return 600 * product(PUT, fixes) * (PAIR_PUT if set(PAIR) <= set(fixes) else 1)


def get_ns(fixes):
    return 900 * product(GET, fixes)


def competitors(scale):
    """Those of the plan."""
    line = [line for line in design.plan().splitlines() if line.startswith("VARIANTS=")]
    return line[0 if scale == SMALL else 1].split()[0][len("VARIANTS="):].split(",")


# {variant: its fixes}, of all compositions of the design's.
FIXES_OF = {PURE.name(fixes): frozenset(fixes) for count in range(len(PURE.fixes) + 1)
            for fixes in itertools.combinations(PURE.fixes, count)}


class Experiment(Made):
    """The plan's competitors with the times above, 3 % noise and drift from block to block."""

    def __init__(self):
        super().__init__(":memory:")
        source = random.Random(1)
        for scale, blocks in BLOCKS.items():
            for variant in competitors(scale):
                for op, time in (("put", put_ns), ("get", get_ns)):
                    ns = REFERENCE_NS if variant == REFERENCE else time(FIXES_OF[variant])
                    self.add(variant, op, "shuffled", scale,
                             [ns * source.lognormvariate(0, 0.03) for _ in range(blocks)])
        for variant in competitors(SMALL):
            size = 60 if variant == REFERENCE else 500 * product(BYTES, FIXES_OF[variant])
            self.connection.execute("UPDATE run SET bytes_per_entry = ?, rss_per_entry = ?"
                                    " WHERE variant = ?", (size, size + 1, variant))
        self.connection.commit()


made = functools.lru_cache(Experiment)


def copy_to(path, change=None):
    """A store that holds the experiment, after a statement that changes it."""
    connection = sqlite3.connect(path)
    made().connection.backup(connection)
    if change:
        connection.execute(change)
        connection.commit()
    connection.row_factory = sqlite3.Row
    return connection


@functools.lru_cache
def study_of(change=None):
    with contextlib.closing(copy_to(":memory:", change)) as connection:
        return effects.load(connection, "e")


class Design(unittest.TestCase):
    def test_the_plan_is_what_the_design_prints(self):
        self.assertEqual((ROOT / "experiments" / "factorial.plan").read_text(), design.plan())

    def test_every_composition_is_one_and_has_its_canonical_name(self):
        for variant in set(competitors(SMALL) + competitors(LARGE)):
            self.assertEqual(compose.Composition(variant).id, variant)

    def test_each_factor_is_one_step(self):
        for factor in PURE.factors:
            fix = ROOT / "variants" / factor.fix
            self.assertEqual(compose.parent_of(fix).name, factor.low or "list")
            self.assertEqual([part for part, *_ in compose.step(fix)], compose.parts_of(fix))
            self.assertEqual(len(compose.parts_of(fix)), 1)

    def test_the_fraction_is_balanced_and_holds_the_baseline(self):
        for one in design.DESIGNS:
            fraction = list(one.fraction())
            self.assertEqual((len(set(fraction)), len(fraction)), (64, 64))
            self.assertIn(frozenset(), fraction)
            for fix in one.fixes:
                self.assertEqual(sum(fix in fixes for fixes in fraction), 32)

    def test_every_word_confounds_two_factors_with_three_or_more(self):
        for one in design.DESIGNS:
            words = [functools.reduce(frozenset.symmetric_difference, map(frozenset, some))
                     for count in range(1, len(one.words) + 1)
                     for some in itertools.combinations(one.words, count)]
            self.assertGreaterEqual(min(map(len, words)), 5)

    def test_what_checks_it_is_no_part_of_it(self):
        for one in design.DESIGNS:
            self.assertFalse(set(one.fraction()) & set(one.checks))

    def test_a_design_is_known_by_its_compositions(self):
        for one in design.DESIGNS:
            names = {one.name(fixes) for fixes in one.fraction()}
            self.assertEqual(design.of(names | {REFERENCE}), one)
            self.assertEqual(design.of(sorted(names)[1:]), one)

    def test_what_is_stored_is_of_a_design(self):
        with open(ROOT / "results/runs/factorial/build.csv", newline="") as file:
            stored = {row["variant"] for row in csv.DictReader(file)}
        one = design.of(stored)
        self.assertLessEqual({*map(one.name, one.fraction()), *map(one.name, one.checks), REFERENCE}, stored)


class Answers(unittest.TestCase):
    study = staticmethod(study_of)

    def test_effects_are_what_was_put_in(self):
        study = self.study()
        for op, truth in (("put", PUT), ("get", GET)):
            found = study.times[op, SMALL].model.effects
            for fix, factor in truth.items():
                if op == "put" and fix in PAIR:
                    factor *= math.sqrt(PAIR_PUT)  # half of its compositions hold the other
                self.assertAlmostEqual(found[fix,].factor, factor, delta=0.02)
                self.assertLess(found[fix,].low, found[fix,].factor)
        self.assertAlmostEqual(study.memory[LARGE].effects["lazy",].factor, 0.2)
        self.assertIsNone(study.memory[LARGE].effects["lazy",].low)

    def test_the_pair_that_does_not_multiply_stands_and_comes_first(self):
        pairs = effects.standing_pairs(self.study())
        self.assertEqual(pairs[0], PAIR)
        self.assertLess(len(pairs), 4)

    def test_fixes_are_sorted_by_what_they_gain(self):
        self.assertEqual(effects.sorted_fixes(self.study())[0], "lazy")
        self.assertEqual(effects.sorted_fixes(self.study())[-1], "prefetch")

    def test_the_ladder_takes_the_greatest_gain_first(self):
        study = self.study()
        orders = effects.orders(study, SMALL)
        # In put growpool gains 0.7 only where lazy is not; beside it, 1.05.
        self.assertEqual(orders["put"][:3], ["lazy", "arena", "inline"])
        self.assertEqual(orders["get"][:3], ["lazy", "inline", "tagged"])
        self.assertEqual(orders["put and get"][:2], ["lazy", "inline"])
        self.assertEqual(orders["bytes"][:2], ["lazy", "tagged"])
        for order in orders.values():
            self.assertEqual(sorted(order), sorted(PURE.fixes))

    def test_rungs_are_predicted_and_where_they_ran_measured(self):
        study = self.study()
        rungs = effects.ladder(study, SMALL, effects.orders(study, SMALL)["put and get"])
        self.assertAlmostEqual(rungs[0].gap_left, 1, delta=0.03)
        for rung in rungs:
            for op, time in (("put", put_ns), ("get", get_ns)):
                truth = time(rung.fixes) / REFERENCE_NS
                self.assertAlmostEqual(rung.predicted[op].value / truth, 1, delta=0.05)
                self.assertLess(rung.predicted[op].low, truth)
                self.assertGreater(rung.predicted[op].high, truth)
                if rung.fixes in set(PURE.fraction()):
                    self.assertAlmostEqual(rung.measured[op].median / truth, 1, delta=0.06)
        self.assertEqual(rungs[1].added, "lazy")
        self.assertTrue(rungs[1].measured)  # by its checks
        together = math.sqrt(0.2 * 0.25)
        self.assertAlmostEqual(rungs[1].gap_left, 1 + math.log(together) / math.log(math.sqrt(150)),
                               delta=0.03)
        best, seeds = (effects.mean_gap_left(effects.ladder(study, SMALL, order))
                       for order in (effects.orders(study, SMALL)[what] for what in ("put and get", "the seeds")))
        self.assertLess(best, seeds)

    def test_the_measured_ladder_agrees(self):
        way = effects.measured_ladder(self.study(), SMALL)
        self.assertEqual([len(fixes) for fixes, _ in way], [0, 2, 4, 6])
        self.assertEqual(way[1][0], {"lazy", "inline"})
        self.assertAlmostEqual(way[0][1], math.sqrt(150), delta=0.5)

    def test_what_was_left_out_is_predicted(self):
        found = effects.checks(self.study())
        self.assertEqual(len({check.variant for check in found}), len(PURE.checks))
        # 14 compositions at 100K, of which 6 at 1M too; put, get and bytes
        self.assertEqual(len(found), (14 + 6) * 3)
        self.assertGreater(sum(check.inside for check in found) / len(found), 0.85)
        self.assertAlmostEqual(sum(check.ratio for check in found) / len(found), 1, delta=0.02)

    def test_what_the_pairs_cannot_tell_is_seen_outside_of_the_interval(self):
        slow = self.study("UPDATE sample SET ns_per_op = 2 * ns_per_op WHERE run IN (SELECT id"
                          " FROM run WHERE variant = 'exact+move+prefetch' AND op = 'get')")
        wrong = [(check.variant, check.what) for check in effects.checks(slow) if check.ratio > 1.5]
        self.assertEqual(wrong, [("exact+move+prefetch", "get")])
        self.assertFalse(next(check for check in effects.checks(slow)
                              if (check.variant, check.what) == wrong[0]).inside)

    def test_another_run_is_compared_by_the_baseline(self):
        other = Made(":memory:")
        for fixes, ns in (((), 100), (["inline"], 90), (["lazy"], 25)):
            other.add(PURE.name(fixes), "put", "shuffled", SMALL, [ns] * 6)
        self.addCleanup(other.connection.close)
        other.connection.row_factory = sqlite3.Row
        found = effects.against(self.study(), other.connection, "e")
        self.assertEqual([(again.fix, again.op) for again in found],
                         [("inline", "put"), ("lazy", "put")])
        self.assertAlmostEqual(found[1].measured.median, 0.25)
        self.assertAlmostEqual(found[1].predicted.value, 0.25, delta=0.02)
        self.assertRegex(factorial.again_table(found),
                         r"put +lazy +0\.2\d \[.*\] +0\.25 \[0\.25 0\.25\]")

    def test_the_best_is_compared_with_the_reference(self):
        study = self.study()
        # growpool and prefetch do not gain beside lazy; arena does for both together; of what is in
        # the design with those that do, sizes is not.
        fixes = FIXES_OF[effects.best(study, SMALL)]
        self.assertEqual(fixes, {"inline", "single", "tagged", "arena", "lazy"})
        self.assertLess(put_ns(fixes), put_ns(fixes | {"growpool"}))
        self.assertEqual(fixes, min(PURE.fraction(), key=lambda c: put_ns(c) * get_ns(c)))
        put, get, size, resident = effects.left(study, SMALL)
        self.assertAlmostEqual(put.ratio.median, put_ns(fixes) / REFERENCE_NS, delta=0.08)
        self.assertLess(put.ratio.low, put.ratio.median)
        self.assertAlmostEqual(get.ratio.median, get_ns(fixes) / REFERENCE_NS, delta=0.08)
        self.assertAlmostEqual(size.ratio.median, 80 / 60)
        self.assertAlmostEqual(resident.best, 81)
        few = effects.left(study, LARGE)[0].ratio  # two blocks: by the noise of all compositions
        self.assertLess(few.low, put_ns(fixes) / REFERENCE_NS)
        self.assertLess(few.high / few.low, 1.3)

    def test_counts_of_both_are_compared_and_their_want_is_told(self):
        study = self.study()
        row = dict.fromkeys(counts.COLUMNS, "") | dict(key="u64", hash="xxh3", op="get",
                                                       pattern="shuffled", scale=str(SMALL))
        rows = [row | dict(composition=effects.best(study, SMALL), instructions="120", chain="6"),
                row | dict(composition=REFERENCE, instructions="100", chain="8")]
        found, lost = effects.left_in_counts(study, SMALL, rows)
        self.assertEqual([(left.what, left.ratio.median) for left in found],
                         [("get, instructions", 1.2), ("get, dependent loads", 0.75)])
        self.assertEqual(lost,
                         [f"put 100K: {effects.best(study, SMALL)} and reference not counted"])


class Refusals(unittest.TestCase):
    def refused(self, change):
        with self.assertRaises(store.StoreError) as caught:
            study_of(change)
        return str(caught.exception)

    def test_a_composition_that_was_not_measured(self):
        self.assertEqual(self.refused("DELETE FROM run WHERE variant = 'exact+move+sizes+tagged'"
                                      " AND op = 'get' AND scale = 100000"),
                         "factorial: get 100K: 1 of the design's competitors were not measured:"
                         " exact+move+sizes+tagged")

    def test_too_few_blocks(self):
        self.assertEqual(self.refused("DELETE FROM run WHERE variant = 'reference' AND block = 1"
                                      " AND op = 'put' AND scale = 1000000"),
                         "factorial: put 1M: blocks that hold all 64 compositions: 1, wanted 2 or"
                         " more")

    def test_an_operation_that_is_missing(self):
        self.assertEqual(self.refused("DELETE FROM run WHERE op = 'put' AND scale = 1000000"),
                         "factorial: not measured: put 1M")

    def test_competitors_of_the_same_name(self):
        self.assertIn("several hashes", self.refused(
            "UPDATE run SET hash = 'wyhash' WHERE variant = 'exact+move+lazy' AND block = 0"))


class Report(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)

    def run_report(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            factorial.report([str(argument) for argument in arguments])
        return out.getvalue()

    def test_all_of_it_is_printed_from_an_export_and_drawn(self):
        runner = ROOT / "build/run/run"
        subprocess.run(["make", "-s", str(runner.relative_to(ROOT))], cwd=ROOT, check=True)
        header = (ROOT / "experiments" / "run" / "schema.h").read_text()
        version = re.search(r"SCHEMA_VERSION = (\d+)", header)[1]
        copy = copy_to(self.room / "made.sqlite", "UPDATE experiment SET name = 'factorial',"
                       " status = 'finished', finished = '2026-01-02T00:00:00Z'")
        copy.execute(f"PRAGMA user_version = {version}")  # or the runner takes it for another's
        copy.close()
        subprocess.run([runner, "--store", self.room / "made.sqlite", "--export",
                        self.room / "runs", "--experiment", "e"], check=True, capture_output=True)
        with open(self.room / "counts.csv", "w", newline="") as file:
            csv.DictWriter(file, counts.COLUMNS).writeheader()
        text = self.run_report("--runs", self.room / "runs", "--counts", self.room / "counts.csv",
                               "--figures", self.room / "figures")
        lines = text.splitlines()
        self.assertIn("blocks: 6 at 100K and 2 at 1M", text)
        lazy = next(line for line in lines if line.startswith("lazy "))
        self.assertRegex(text, r"\nlazy +a leaf where it is first alone\n")
        self.assertRegex(lazy, r"0\.3\d \[0\.\d\d 0\.\d\d\]\* +0\.20 \[.*  0\.20  +0\.20$")
        pair = next(line for line in lines if line.startswith("growpool x lazy"))
        self.assertRegex(pair, r"1\.\d\d \[1\.\d\d 1\.\d\d\]\*")
        self.assertRegex(text, r"100K +\+ lazy +\d")
        self.assertRegex(text, r"1M +the seeds +inline ")
        self.assertRegex(text, r"100K +measured, +inline\+lazy ")
        self.assertRegex(text, r"100K +bytes/entry +80\.0 +60\.0 +1\.33\n")
        self.assertIn("reference not counted", text)
        self.assertNotIn("another run", text)  # there is no runs/fixes
        for kind in ("svg", "png"):
            self.assertIn(str(self.room / "figures" / f"factorial.{kind}"), lines)
            self.assertGreater((self.room / "figures" / f"factorial.{kind}").stat().st_size, 10000)

    def test_without_an_export_there_is_one_line(self):
        done = subprocess.run([sys.executable, "-m", "lab.factorial.report", "--runs", self.room],
                              cwd=ROOT / "notebooks", text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^factorial: .*no exported experiment there.*\n$")


if __name__ == "__main__":
    unittest.main()
