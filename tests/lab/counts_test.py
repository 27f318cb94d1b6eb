#!/usr/bin/env python3
"""Exact counts: which are counted anew, how they are stored, read and printed; the runner's store of counts as rows."""
import contextlib
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest
from collections import Counter
from unittest import mock

from asked import ROOT, Refusals, printed
from paths import room
from lab.command import Failure
from lab.counts import counting, exact, hash_counts, stored

HASH = "fnv1a"  # other tests, which may run at the same time, build few cells with it


def made(composition="list", op="get", hash="xxh3", key="u64", pattern="shuffled", scale=100000, seed=1, program="one",
         **values):
    """A Count of ten operations."""
    place = {"composition": composition, "op": op, "hash": hash, "key": key, "pattern": pattern, "scale": scale,
             "seed": seed}
    origin = dict.fromkeys(stored.ORIGIN, "") | {"program": program, "caches": "c", "translations": "t"}
    return counting.Count(place, origin, {"operations": 10} | values)


class Rows(unittest.TestCase):
    """What of a count is stored: figures are for one operation."""

    def test_sums_are_divided_and_means_are_not(self):
        row = made(instructions=25, tlb1_misses=5, chain=7.5, followed=300).row()
        self.assertEqual((row["instructions"], row["tlb1_misses"], row["chain"], row["followed"], row["operations"]),
                         (2.5, 0.5, 7.5, 300, 10))
        self.assertEqual((row["composition"], row["caches"], row["translations"]), ("list", "c", "t"))
        self.assertEqual(made(op="put", instructions=25).row()["translations"], "")

    def test_places_are_found_in_the_names_of_values(self):
        count = made(**{"instructions:walking:/usr/x.h:std::get": 25, "l1_misses:walking:/usr/x.h:std::get": 5,
                        "instructions": 25})
        self.assertEqual(count.spent(), {("walking", "/usr/x.h", "std::get"): {"instructions": 2.5, "l1_misses": 0.5}})

    def test_hashing_is_the_sum_of_what_belongs_to_it(self):
        row = hash_counts.row_of(made("outline", hash="fnv1a", instructions=90, **{
            "instructions:hashing:a.h:f": 20, "instructions:hashing:b.h:g": 10, "instructions:walking:b.h:h": 60}))
        self.assertEqual((row["hash"], row["instructions"], row["of_all"]), ("fnv1a", 3, 9))

    def test_cells_that_do_the_same_work_share_a_line(self):
        wanted = [counting.Wanted(name, "xxh3", "u64", op, "shuffled", 10, 1)
                  for name in ("list", "pool") for op in ("put", "get")]
        self.assertEqual(counting.plan_text(wanted).splitlines(), [
            f"CELL=map-counted VARIANTS=list,pool HASH=xxh3 KEY=u64 OPS={op} PATTERNS=shuffled SCALES=10 REPS=1"
            " SAMPLES=1 keys_seed=1" for op in ("put", "get")])


class Counting(unittest.TestCase):
    """A small map, counted through the runner."""
    WANTED = counting.Wanted("list", HASH, "u64", "get", "shuffled", 60, 2)

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/packages-counts"], cwd=ROOT, check=True)

    def test_what_is_in_the_store_is_what_the_cell_told(self):
        count, = counting.count_now([self.WANTED])
        cell = subprocess.run(["make", "-s", "CELL=map-counted", "VARIANT=list", f"HASH={HASH}", "cell"], cwd=ROOT,
                              text=True, capture_output=True, check=True).stdout.splitlines()[-1]
        told = json.loads(subprocess.run(
            [cell, "--op", "get", "--pattern", "shuffled", "--scale", "60", "--seed", "9", "--keys-seed", "2"],
            cwd=ROOT, text=True, capture_output=True, check=True).stdout)
        self.assertEqual(count.values, told["values"])
        self.assertEqual(count.place, {"composition": "list", "hash": HASH, "key": "u64", "op": "get",
                                       "pattern": "shuffled", "scale": 60, "seed": 2})
        self.assertEqual(count.origin["program"], counting.digest_of(self.WANTED.program()))
        self.assertEqual(count.origin["cflags"], told["cflags"])
        row = stored.typed([count.row()], "counts").iloc[0]
        self.assertFalse(row[["instructions", "d1_misses", "tlb2_misses", "prefetched_ll_misses"]].isna().any())

    def test_what_was_counted_is_not_counted_again_after_an_interruption(self):
        """The same cells into the store of a run that was cut short: the runner goes on where it stopped."""
        cells = [self.WANTED, self.WANTED._replace(op="put")]
        with tempfile.TemporaryDirectory() as room:
            store = pathlib.Path(room) / "store"
            first, complete = counting.measure(cells, store)
            self.assertTrue(complete)
            with sqlite3.connect(store) as connection:
                connection.execute("UPDATE experiment SET status = 'running', finished = NULL")
                connection.execute("DELETE FROM value WHERE slot = 1")
                connection.execute("DELETE FROM run WHERE slot = 1")
            with contextlib.redirect_stderr(io.StringIO()):
                again, complete = counting.measure(cells, store)
            with sqlite3.connect(store) as connection:
                self.assertEqual(connection.execute("SELECT count(*) FROM experiment").fetchone(), (1,))
        self.assertEqual((again, complete), (first, True))

    def test_of_a_composition_that_does_not_build_it_is_told(self):
        with self.assertRaisesRegex(Failure, "nothing was measured"), contextlib.redirect_stderr(io.StringIO()):
            counting.count_now([self.WANTED._replace(variant="nothing")])


class Storing(unittest.TestCase):
    """What is asked of the runner, which is played here, and what is stored of it."""

    def setUp(self):
        self.where = room(self)
        self.program, self.counted, self.whole = "one", [], True
        for module, target, double in ((exact, "digest_of", lambda _: self.program), (hash_counts, "digest_of",
                                                                                    lambda _: self.program),
                                       (counting.Wanted, "program", lambda _: None), (exact, "measure", self.measure),
                                       (hash_counts, "wanted_cells", lambda: [])):
            patch = mock.patch.object(module, target, double)
            patch.start()
            self.addCleanup(patch.stop)

    def measure(self, cells, _):
        self.counted += [(wanted.variant, wanted.op, wanted.scale) for wanted in cells]
        return [made(wanted.variant, wanted.op, wanted.hash, wanted.key, wanted.pattern, wanted.scale, wanted.seed,
                     self.program, instructions=len(self.counted),
                     **{"instructions:walking:walk.h:walk_find": 80, "l1_misses:walking:walk.h:walk_find": 20})
                for wanted in cells], self.whole

    def store(self, variants, ops=("put", "get"), pattern="shuffled", anew=False, **more):
        exact.store_all(variants, ops, pattern, anew, where=self.where, **more)

    def rows(self, *columns, name="counts"):
        return list(stored.load(name, self.where)[list(columns)].itertuples(index=False, name=None))

    def test_what_is_stored_and_unchanged_is_not_counted_again(self):
        for variants, content, anew, counted in ((["list"], "one", False, 4), (["pool", "list"], "one", False, 8),
                                                 (["list"], "two", False, 12), (["list"], "two", True, 16)):
            self.program = content
            self.store(variants, anew=anew)
            self.assertEqual(len(self.counted), counted)
        self.assertEqual(self.rows("composition", "op", "scale", "program"),
                         [(variant, op, scale, program) for variant, program in (("list", "two"), ("pool", "one"))
                          for op in ("put", "get") for scale in (10000, 100000)])

    def test_attribution_is_stored_at_its_scale_and_replaced(self):
        for _ in range(2):
            self.store(["list"], anew=True)
            self.assertEqual(self.rows("op", "scale", "category", "instructions", "l1_misses", name="attribution"),
                             [(op, 100000, "walking", 8, 2) for op in ("put", "get")])

    def test_what_failed_is_told_when_the_rest_is_stored(self):
        self.whole = False
        with self.assertRaisesRegex(Failure, "what was is stored"):
            self.store(["list"], ["get"])
        self.assertEqual(len(self.rows("op")), 2)

    def test_hashes_are_counted_when_their_program_has_changed(self):
        wanted = counting.Wanted("outline", "fnv1a", "str", "get", "random", 1000, 1)
        with mock.patch.object(hash_counts, "wanted_cells", lambda: [wanted]):
            for content, anew, counted in (("one", False, 1), ("one", False, 1), ("two", False, 2), ("two", True, 3)):
                self.program = content
                self.store(["list"], [], anew=anew)
                self.assertEqual(self.counted.count(("outline", "get", 1000)), counted)
        self.assertEqual(self.rows("hash", "key", "program", name="hashes"), [("fnv1a", "str", "two")])
        self.assertEqual(self.rows("op"), [])

    def test_other_columns_are_refused(self):
        (self.where / "counts.csv").write_text("a,b\n1,2\n")
        with self.assertRaisesRegex(Failure, "other columns"):
            self.store(["list"])

    def test_what_is_stored_is_among_all(self):
        self.store(["list+pool"])
        with mock.patch.object(exact, "named", lambda: ["list"]):
            self.store(None, anew=True)
        self.assertEqual(Counter(variant for variant, *_ in self.counted[4:]), {"list": 4, "list+pool": 4})

    def test_other_orders_of_keys_are_counted_anew_with_the_rest(self):
        self.store(["list"], ["get"], "sequential", scales=[100000])
        self.assertEqual(self.rows("pattern", "program"), [("sequential", "one")])
        self.assertFalse((self.where / "attribution.csv").exists())
        self.program = "two"
        with mock.patch.object(exact, "named", lambda: []):
            self.store(None)
        self.assertEqual(self.rows("pattern", "program"), [("sequential", "two")])

    def test_all_that_have_a_name_are_counted(self):
        named = exact.named()
        self.assertLessEqual({"list", "array64", "pathcomp", "phase2.5", "fix4", "reference"}, set(named))
        self.assertEqual(len(named), len(set(named)))

    def test_what_is_written_is_what_was_read(self):
        for name in stored.COLUMNS:
            stored.save(stored.load(name), name, self.where)
            self.assertEqual((self.where / f"{name}.csv").read_bytes(), (stored.HERE / f"{name}.csv").read_bytes())

    def test_it_can_be_narrowed_and_nothing_is_counted_for_it(self):
        with mock.patch.object(exact, "count_now", side_effect=AssertionError):
            text = printed("counts", "VARIANT=outline+pathcomp", "OPS=get", "SCALES=10K", "PATTERNS=shuffled")
        lines = [line.split() for line in text.splitlines() if line.startswith("get ")]
        self.assertEqual({tuple(line[:3]) for line in lines}, {("get", "shuffled", "10K")})
        self.assertIn("outline+pathcomp", [line[3] for line in lines])
        with self.assertRaisesRegex(AssertionError,
                                    "nothing is stored of single.tagged: make VARIANT=single.tagged count"):
            printed("counts", "VARIANT=single+tagged")

    def test_make_counts_anew_only_where_its_target_says_so(self):
        def planned(target, **environment):
            done = subprocess.run(["make", "-n", "-s", target], cwd=ROOT, text=True, capture_output=True, check=True,
                                  env=os.environ | environment)
            return [line for line in done.stdout.splitlines() if "-m lab" in line]
        for target in ("counts", "attribution"):
            for variant in ("", "lazy"):
                line, = planned(target, VARIANT=variant)
                self.assertIn(f"-m lab {target}", line)
                self.assertEqual("VARIANT=lazy" in line, variant == "lazy")
        for target in ("count", "attribute"):
            line, = planned(target)
            self.assertIn(f"-m lab {target} 'VARIANT=list'", line)


class Commands(unittest.TestCase, Refusals):
    def test_what_is_stored_can_be_shown(self):
        text, rows = printed("counts"), exact.load()
        for row in rows.itertuples():
            self.assertGreater(row.instructions, 1)
            self.assertIn(f"  {row.composition} ", text)
        for column in exact.HEADER:
            self.assertRegex(text, rf"(?m)^{column}  +\w")  # says what each is

    def test_of_what_is_stored_a_part_can_be_shown(self):
        text = printed("counts", "VARIANT=fix4", "OPS=get", "SCALES=100K", "PATTERNS=shuffled")
        self.assertEqual([line.split()[3] for line in text.splitlines() if line.startswith("get ")],
                         ["outline", "outline+lazy", "phase3", "fix4", "reference", "lazy"])
        with mock.patch.object(exact, "load", lambda: stored.typed([], "counts")):
            self.assert_refused("counts", "make recount", 1)
            self.assert_refused("counts VARIANT=pool", "make VARIANT=pool count", 1)

    def test_a_composition_is_counted_beside_the_usual_ones(self):
        with mock.patch.object(exact, "count_now", lambda cells: [
                made(wanted.variant, wanted.op, instructions=1230) for wanted in cells]):
            text = printed("count", "VARIANT=pool", "OPS=get", "SCALES=100K")
        self.assertEqual([line.split()[3] for line in text.splitlines() if line.startswith("get ")],
                         ["lazy", "outline", "pool", "phase3", "reference", "outline+lazy"])
        self.assertRegex(text, r"get +shuffled +100K +pool +123 +- ")

    def test_wrong_settings_are_told_in_one_line(self):
        for words, told in (("count VARIANT=nonsense", "no such variant"),
                            ("count OPS=put,iterate", "OPS=iterate: is no operation that can be counted"),
                            ("count SCALES=0", "number of entries"), ("count PATTERNS=odd", "a pattern"),
                            ("recount HASH=murmur3", "no such setting"), ("recount SEED=2", "no such setting")):
            with self.subTest(words):
                self.assert_refused(words, told)


if __name__ == "__main__":
    unittest.main()
