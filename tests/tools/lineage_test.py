#!/usr/bin/env python3
"""The rules that keep the architecture true: a variant is a directory with one change."""
import pathlib
import re
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402

PARTS = [part for family in compose.families() for part in family.parts]
BASELINES = [family.baseline for family in compose.families()]
PART_VARIANTS = [ROOT / "variants" / name for name in compose.variants()
                 if ROOT / "variants" / name not in BASELINES and not compose.is_core(name)]


def opening_comment(path):
    return re.match(r"/\*.*?\*/", path.read_text(), re.S)[0]


class Lineage(unittest.TestCase):
    def test_a_baseline_answers_every_part_of_its_family_and_nothing_else(self):
        for family in compose.families():
            with self.subTest(family.name):
                self.assertEqual(sorted(p.name for p in family.baseline.iterdir()),
                                 sorted(family.parts))

    def test_the_parts_of_the_families_are_those_that_their_essays_list(self):
        for core, joined in {"trie": "trie.h", "bucket": "buckets.h"}.items():
            family = next(f for f in compose.families() if f.name == core)
            essay = opening_comment(family.core / joined)
            with self.subTest(core):
                self.assertEqual(re.findall(r"^ \*     (\w+\.h) ", essay, re.M), family.parts)

    def test_a_variant_is_one_change(self):
        for variant in PART_VARIANTS:
            files = sorted(p.name for p in variant.iterdir())
            with self.subTest(variant.name):
                self.assertTrue(set(files) <= set(PARTS), f"{files} are not all parts")
                if len(files) == 2:
                    second = [f for f in files if "second file" in opening_comment(variant / f)]
                    self.assertEqual(len(second), 1, "one file says why it is the second one")
                else:
                    self.assertEqual(len(files), 1)

    def test_every_part_says_what_it_is(self):
        for path in (ROOT / "variants").glob("*/*.h"):
            if path.name not in PARTS:
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                comment = opening_comment(path)
                self.assertTrue(comment.startswith(f"/* {path.name} ({path.parent.name}) - "))
                if path.parent not in BASELINES and "second file" not in comment:
                    self.assertRegex(comment, r"Parent: \w+\.  Change: ")
                    parent = re.search(r"Parent: (\w+)", comment)[1]
                    self.assertTrue((path.parent.parent / parent / path.name).exists(),
                                    f"the parent {parent} has no {path.name}")

    def test_no_part_includes_another(self):
        cores = [path for family in compose.families() for path in family.core.glob("*.h")]
        for path in [*(ROOT / "variants").glob("*/*.h"), *cores]:
            if path.name in ("trie.h", "buckets.h") or compose.is_core(path.parent.name):
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                included = set(re.findall(r'#include "([^"]+)"', path.read_text()))
                self.assertFalse(included & set(PARTS))

    def test_nothing_but_the_include_path_selects_code(self):
        allowed = re.compile(r"__APPLE__|__clang__|__cplusplus|__has_attribute|NDEBUG|_H$|CLOCK_MONOTONIC_RAW|CELL_POOL_SLOTS")
        paths = [*(ROOT / "variants").glob("*/*.[ch]"), *(ROOT / "common").glob("**/*.[ch]")]
        for path in paths:
            if path.parent.name == "superslab":  # no part of a trie: an allocator
                continue
            for line in re.findall(r"^#\s*if.*$", path.read_text(), re.M):
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertRegex(line.split()[1], allowed)


class Compositions(unittest.TestCase):
    def test_a_name_means_the_same_in_any_order(self):
        self.assertEqual(compose.Composition("single+pool").id, compose.Composition("pool+single").id)

    def test_a_lineup_is_its_composition_with_its_settings(self):
        lineup = compose.Composition("phase2.5")
        self.assertEqual(lineup.composition, compose.Composition("pool+arena").composition)
        self.assertEqual(lineup.settings, {"POOL_SLOTS": "4194304"})
        self.assertIn("CELL_POOL_SLOTS 4194304", lineup.identity("u64", "xxh3", ""))

    def test_nonsense_is_told(self):
        for spec, told in {"nosuch": "no such variant", "pool+exact": "both pool and exact",
                           "reference+pool": "stands alone", "/": "has none of",
                           "": "no such variant", "pool+": "no such variant"}.items():
            with self.subTest(spec), self.assertRaisesRegex(compose.Nonsense, told):
                compose.Composition(spec)

    def test_a_path_that_a_shell_would_read_is_refused(self):
        for name in ("a b", "a;b", "a`b", "a$b", "a@b", "a%b", "a\nb"):
            with tempfile.TemporaryDirectory() as room:
                directory = pathlib.Path(room) / name
                directory.mkdir()
                (directory / "call.h").touch()
                with self.assertRaisesRegex(compose.Nonsense, "a path may contain"):
                    self.assertTrue(compose.Composition(str(directory)).id)

    def test_lines_of_lineups_that_make_no_sense_are_told(self):
        for line, told in ((b"x pool POOL_SLOTS=-5", "1: POOL_SLOTS=-5: wanted"),
                           (b"x pool POOL_SLOTS=0", "wanted a number of slots"),
                           (b"x pool POOL_SLOTS=1e6", "wanted a number of slots"),
                           (b"x pool POOL_SLOTS=9999999999999", "wanted a number of slots"),
                           (b"list pool", "1: list: there is a variant of that name"),
                           (b"x pool\nx arena", "2: x: there is a lineup of that name"),
                           (b"x;y pool", "letters, digits"), (b"x", "wanted NAME COMPOSITION"),
                           (b"x pool ODD=1", "wanted NAME COMPOSITION"),
                           (b"# fine\n\xe9 pool", "2: it is not UTF-8")):
            with tempfile.NamedTemporaryFile() as file, mock.patch.object(
                    compose, "LINEUPS", pathlib.Path(file.name)):
                pathlib.Path(file.name).write_bytes(line)
                with self.subTest(line), self.assertRaisesRegex(compose.Nonsense, told):
                    compose.lineups()

    def test_a_directory_outside_the_tree_is_found_again_by_its_id(self):
        directory = ROOT / "variants" / "pool"
        spec = f"{directory}/../single"
        found = compose.Composition(spec)
        self.assertEqual(compose.from_id(found.id).directories, found.directories)

    def test_parts_of_different_families_do_not_compose(self):
        for spec in ("bucket+pool", "list+tags", "tags+pool", "list+bucket"):
            with self.subTest(spec), self.assertRaisesRegex(compose.Nonsense, "do not compose"):
                compose.Composition(spec)

    def test_cover_lets_every_three_choices_meet(self):
        for family in compose.families():
            with self.subTest(family.name):
                self.check_cover(family)

    def check_cover(self, family):
        columns = compose.choices(family)
        rows = [set(row.split("+")) for row in compose.cover(family)]
        present = [[name for name in names if name in row] for row in rows for names in columns]
        self.assertTrue(all(len(names) <= 1 for names in present))
        met = set()
        for row in rows:
            chosen = [next((n for n in names if n in row), None) for names in columns]
            met |= {((i, chosen[i]), (j, chosen[j]), (k, chosen[k]))
                    for i in range(len(columns)) for j in range(i) for k in range(j)}
        wanted = sum(len(columns[i]) * len(columns[j]) * len(columns[k])
                     for i in range(len(columns)) for j in range(i) for k in range(j))
        self.assertEqual(len(met), wanted)
        self.assertLess(len(rows), 150)


if __name__ == "__main__":
    unittest.main()
