#!/usr/bin/env python3
"""Attribution: every function of the sources has its category, lines find their function, shares
and verdicts are right on made data, and next to nothing of a real count is left unclassified."""
import pathlib
import re
import subprocess
import tempfile
import unittest
from unittest import mock

import made_counts
from asked import ROOT, Refusals, printed
from lab import runner
from lab.cell import Filled
from lab.counts import attribution, sampled, stored
from lab.counts.counting import Count, Wanted, callgrind, count_now, purposes

HASH = "fnv1a"

SOURCE = """/* a comment with brace { and name( */
#define MACRO(x) \\
    f(x)

typedef bool visitor(int key);

const char *const names[2] = {
    "one", "two"};

static inline int first(int a) {
    return a;
}

struct pair {
    int (*hook)(int);
};

HOT enum result second(struct pair *pair, int b,
                       int c) {
    if (b)
        return first(c);
    return c;
}

__attribute__((noinline)) static void third(void) {
}
enum { FOUR = 4 };
static int declared(int a);
"""


def rows(*made):
    """Of (composition, op, category, instructions, misses of the first level, and of the last)."""
    names = ("composition", "op", "category", "instructions", "l1_misses", "ll_misses")
    return made_counts.shares(*(dict(zip(names, row)) for row in made))


class Sources(unittest.TestCase):
    def test_functions_are_found_with_their_lines(self):
        self.assertEqual(purposes.functions(SOURCE), [(10, 12, "first"), (18, 23, "second"), (25, 26, "third")])

    def test_a_comment_hides_no_function(self):
        text = ("enum { ONE = 1 }; /* so */\nint f(void) {\n}\nint g(void); /* a\n * b */\n"
                "int h(int a /* A */, int b /* B */) {\n}\n")
        self.assertEqual([name for _, _, name in purposes.functions(text)], ["f", "h"])

    def test_a_line_finds_its_function(self):
        with tempfile.TemporaryDirectory() as room:
            path = pathlib.Path(room) / "x.h"
            path.write_text(SOURCE)
            found = [purposes.function_at(path, line) for line in (9, 10, 12, 13, 19, 23, 24, 99)]
        self.assertEqual(found, [None, "first", "first", None, "second", "second", None, None])


class Classification(unittest.TestCase):
    def test_every_function_of_the_sources_has_a_category(self):
        missing = []
        for pattern in ("common/*.[ch]", "common/trie/*.[ch]", "common/bucket/*.[ch]", "common/champ/*.[ch]",
                        "common/map/*.h", "common/key/*/*.h", "common/hash/*/*.h", "variants/*/*.[ch]",
                        "experiments/cell/**/*.[ch]"):
            for path in ROOT.glob(pattern):
                file = str(path.relative_to(ROOT))
                missing += [(file, name) for _, _, name in purposes.functions_of(path)
                            if purposes.category_of(file, name) == "unclassified"]
        self.assertEqual(missing, [])

    def test_functions_are_what_they_are_there_for(self):
        for category, file, function in (
                ("memory", "./malloc/./malloc/malloc.c", "_int_malloc"),
                ("memory", "???", "_int_free"),
                ("memory", "common/map/pool.h", "pool_grow"),
                ("memory", "/some/dir/node.h", "node_alloc"),
                ("memory", "variants/reference/records.h", "record_new"),
                ("walking", "variants/list/children.h", "children_find"),
                ("walking", "variants/reference/hamt.c", "search_from"),
                ("walking", "common/trie/hamt.c", "hamt_get"),
                ("hashing", "common/trie/trie.h", "hash_of"),
                ("hashing", "variants/reference/hamt.c", "call_hash"),
                ("hashing", "/usr/include/xxhash.h", "XXH_INLINE_XXH3_64bits"),
                ("copying", "memmove-vec-unaligned-erms.S", "__memcpy_avx_unaligned_erms"),
                ("copying", "common/trie/sparse.h", "sparse_copy_insert"),
                ("copying", "common/map/entry.h", "entries_reserve"),
                ("copying", "variants/list/leaf.h", "leaf_grow"),
                ("building", "variants/list/children.h", "children_add"),
                ("building", "common/trie/build.h", "build_fork"),
                ("loop", "experiments/cell/workload.c", "get_all"),
                ("unclassified", "common/trie/new.h", "something")):
            self.assertEqual(purposes.category_of(file, function), category, (file, function))

    def test_what_links_the_program_is_no_part_of_the_map(self):
        place = callgrind.Place("./elf/./elf/dl-lookup.c", 5, "do_lookup_x",
                                "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        self.assertEqual(purposes.classify(place), ("loop", "dl-lookup.c", "do_lookup_x"))


    def test_what_has_no_line_is_what_its_file_is_mostly_there_for(self):
        for file, category in (("common/trie/walk.h", "walking"), ("common/trie/build.h", "building"),
                               ("variants/single/leaf.h", "building")):
            place = callgrind.Place(str(ROOT / file), 0, "hamt_put", "cell")
            self.assertEqual(purposes.classify(place), (category, file, "hamt_put"))
        self.assertEqual(purposes.classify(callgrind.Place("???", 0, "odd", "cell"))[0], "unclassified")


class Shares(unittest.TestCase):
    PUT = [("outline", "put", "memory", 60, 1, 0), ("outline", "put", "walking", 30, 0, 0.1),
           ("outline", "put", "loop", 10, 0, 0)]

    def test_they_are_of_instructions_and_of_estimated_cycles(self):
        found = attribution.shares(rows(*self.PUT))
        self.assertEqual(list(found["instructions"][["memory", "walking", "loop", "hashing"]]), [60, 30, 10, 0])
        self.assertAlmostEqual(found["cycles"]["memory"], 100 * 70 / 120)
        self.assertAlmostEqual(found["cycles"]["walking"], 100 * 40 / 120)
        self.assertEqual(attribution.shares_of(rows(*self.PUT), ["walking", "loop"])["instructions"], 40)

    def test_rows_are_for_one_operation_and_lose_nothing(self):
        values = {"instructions:walking:walk.h:walk_find": 40, "l1_misses:walking:walk.h:walk_find": 5,
                  "ll_misses:walking:walk.h:walk_find": 1, "instructions:walking:walk.h:walk_up": 50,
                  "instructions:memory:malloc.c:free": 5, "instructions:memory:malloc.c:seldom": 0.0001,
                  "operations": 10}
        place = {"composition": "list", "op": "put", "pattern": "shuffled", "scale": 10}
        found = attribution.rows_of(Count(place, {}, values))
        self.assertEqual(list(found), stored.COLUMNS["attribution"])
        self.assertEqual(list(found.iloc[:, 4:].itertuples(index=False, name=None)),
                         [("memory", "malloc.c", "free", 0.5, 0, 0), ("walking", "walk.h", "walk_up", 5, 0, 0),
                          ("walking", "walk.h", "walk_find", 4, 0.5, 0.1)])

    def test_the_documents_claims_stand_beside_what_was_counted(self):
        some = rows(*self.PUT, ("reference", "put", "copying", 100, 0, 0))
        claims = {(line[0], line[3]): line for line in attribution.share_claims(some)}
        self.assertEqual(claims["002.shares.05", "memory"][4:], ["60", "58", "reproduced"])
        self.assertEqual(claims["002.shares.03", "copying"][-1], "not reproduced: more")
        self.assertEqual(claims["002.shares.07", "-"][-1], "not measured")
        self.assertNotIn("003.hotspots.08", [name for name, _ in claims])  # of phase2, which was not counted
        path = list(attribution.path_claims(some))
        self.assertEqual(len(path), 8)
        traverse = next(line for line in path if line[0] == "002.path.07")
        self.assertEqual(traverse[4:7], ["14", "33", "36"])  # 100 of 700 ns; 30 of 90 instructions

    def test_functions_of_less_than_a_hundredth_are_left_out(self):
        some = rows(*self.PUT, ("outline", "put", "hashing", 0.5, 0, 0))
        table = attribution.function_table(some).splitlines()[2:]
        self.assertEqual([line.split()[0] for line in table], ["memory", "walking", "loop"])
        self.assertEqual(table[0].split()[-2:], ["59.7", "58.1"])


class Sampled(unittest.TestCase):
    def test_shares_stand_with_their_intervals(self):
        text = sampled.table(dict.fromkeys(sampled.KINDS, 1))
        self.assertRegex(text, r"the kernel +20.0 +0.0 +55.1")
        self.assertIn("5 samples", text)

    def test_a_machine_on_which_perf_may_not_look_is_no_failure(self):
        failed = runner.CellFailed("failed list: map-sampled: perf may not look on here")
        with mock.patch.object(runner, "once", side_effect=failed):
            self.assertEqual(sampled.text(Filled("list", HASH, "u64", "random", 300)), f"sampled time: {failed}")


class Real(unittest.TestCase):
    """Small maps under valgrind."""

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/packages-counts"], cwd=ROOT, check=True)

    def test_next_to_nothing_is_left_unclassified(self):
        wanted = [Wanted(variant, HASH, "u64", op, "shuffled", 300, 1)
                  for variant in attribution.SHOWN for op in attribution.OPS]
        for count in count_now(wanted):
            found = attribution.with_cycles(attribution.rows_of(count))
            shares, op = attribution.shares(found)["instructions"], count.place["op"]
            with self.subTest(**count.place):
                self.assertLessEqual(shares["unclassified"], 2)
                self.assertAlmostEqual(found["instructions"].sum(), count.values["instructions"] / 300, delta=0.02)
                self.assertGreater(shares["memory" if op == "put" else "walking"], 10)

    def test_the_profile_has_its_four_parts(self):
        text = printed("profile", "VARIANT=phase2", f"HASH={HASH}", "SCALES=200", "REPS=6")
        put = re.search(r"^put  +([\d.]+) \[([\d.]+) ([\d.]+)\] .* 6$", text, re.M)
        self.assertLessEqual(float(put[2]), float(put[1]))
        self.assertLessEqual(float(put[1]), float(put[3]))
        self.assertIn("inner nodes per entry", text)
        self.assertIn("fallbacks", text)
        self.assertRegex(text, r"(?m)^get +200 +phase2 +instructions")


class Commands(unittest.TestCase, Refusals):
    def test_wrong_settings_and_what_is_not_stored_are_told_in_one_line(self):
        for words, told, status in (("attribute VARIANT=nonsense", "no such variant", 2),
                                    ("attribution SCALES=many", "number of entries", 2),
                                    ("profile REPS=0", "a number from 1", 2), ("profile PATTERNS=odd", "a pattern", 2),
                                    ("attribution SCALES=12345", "nothing is stored", 1),
                                    ("attribution VARIANT=list+move", "VARIANT=list.move attribute counts it", 1)):
            with self.subTest(words):
                self.assert_refused(words, told, status)

    def test_what_is_stored_can_be_shown(self):
        text = printed("attribution")
        for composition in attribution.SHOWN:
            self.assertRegex(text, rf"(?m)^put  100K   {composition} +instructions ")
        self.assertIn("their critical path of a put", text)
        of_one = printed("attribution", "VARIANT=outline+lazy")
        self.assertRegex(of_one, r"(?m)^get  100K   outline.lazy [^#]*\noutline.lazy, put: functions with")

    def test_counters_are_looked_for(self):
        with mock.patch.object(attribution.shutil, "which", return_value=None):
            self.assertIn("perf is not installed", attribution.counters_here())
        for status, said, expected in ((0, "12 instructions", "there"),
                                       (0, "<not supported> instructions", "none"),
                                       (1, "", "none")):
            done = mock.Mock(returncode=status, stderr=said)
            with mock.patch.object(attribution.shutil, "which", return_value="/perf"), \
                    mock.patch.object(attribution.subprocess, "run", return_value=done):
                self.assertIn(f"hardware counters: {expected}", attribution.counters_here())


if __name__ == "__main__":
    unittest.main()
