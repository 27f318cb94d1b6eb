#!/usr/bin/env python3
"""The rules that keep the architecture true: a variant is a directory with one change."""
import itertools
import math
import pathlib
import re
import subprocess
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


def code(path):
    """What the compiler reads of a file."""
    return re.sub(r"/\*.*?\*/|\s+", " ", path.read_text(), flags=re.S)


class Lineage(unittest.TestCase):
    def test_a_baseline_answers_every_part_of_its_family_and_nothing_else(self):
        for family in compose.families():
            with self.subTest(family.name):
                self.assertEqual(sorted(p.name for p in family.baseline.iterdir()),
                                 sorted(family.parts))

    def test_the_parts_of_the_families_are_those_that_their_essays_list(self):
        for core, joined in {"trie": "trie.h", "bucket": "buckets.h", "champ": "champ.h"}.items():
            family = next(f for f in compose.families() if f.name == core)
            essay = opening_comment(family.core / joined)
            with self.subTest(core):
                self.assertEqual(re.findall(r"^ \*     (\w+\.h) ", essay, re.M), family.parts)

    def test_a_variant_is_one_step_from_its_parent(self):
        for variant in PART_VARIANTS:
            changed = compose.step(variant)
            second = [part for part, _, new in changed if "second file" in opening_comment(new)]
            with self.subTest(variant.name):
                self.assertEqual(len(changed) - len(second), 1, changed)
                self.assertLessEqual(len(second), 1)
                for part, old, new in changed:
                    self.assertEqual(new, variant / part, "what its parent changed, it undoes")
                    self.assertNotEqual(code(old), code(new), part)

    def test_what_a_change_costs_stands_on_a_line_of_its_own(self):
        for variant in PART_VARIANTS:
            for part in variant.iterdir():
                with self.subTest(part):
                    said = re.findall(r"^(?! \* \w+: ).*\b(?:Cost|Waste|Doubt): .*", opening_comment(part), re.M)
                    self.assertEqual(said, [])

    def test_every_step_leads_to_the_baseline(self):
        for variant in PART_VARIANTS:
            seen, at = [], variant
            while at not in BASELINES:
                self.assertNotIn(at, seen)
                seen.append(at)
                at = compose.parent_of(at)

    def test_a_second_file_belongs_to_a_first_one(self):
        for variant in PART_VARIANTS:
            for part in compose.parts_of(variant):
                comment = opening_comment(variant / part)
                with self.subTest(f"{variant.name}/{part}"):
                    if "second file" in comment:
                        named = re.findall(r"\b\w+\.h\b", comment)
                        self.assertTrue(set(named) & {p.name for p in variant.iterdir()} - {part})
                    else:
                        self.assertRegex(comment, r"Parent: \w+\.  Change: ")

    def test_every_part_says_what_it_is(self):
        for path in (ROOT / "variants").glob("*/*.h"):
            if path.name in PARTS:
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertTrue(opening_comment(path).startswith(f"/* {path.name} ({path.parent.name}) - "))

    def test_a_variant_has_nothing_but_parts(self):
        for variant in PART_VARIANTS:
            with self.subTest(variant.name):
                self.assertLessEqual({p.name for p in variant.iterdir()}, set(PARTS))

    def test_no_part_includes_another(self):
        cores = [path for family in compose.families() for path in family.core.glob("*.h")]
        for path in [*(ROOT / "variants").glob("*/*.h"), *cores]:
            if path.name in ("trie.h", "buckets.h", "champ.h") or compose.is_core(path.parent.name):
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                included = set(re.findall(r'#include "([^"]+)"', path.read_text()))
                self.assertFalse(included & set(PARTS))

    def test_nothing_but_the_include_path_selects_code(self):
        allowed = re.compile(r"__APPLE__|__GLIBC__|__clang__|__cplusplus|__has_attribute|NDEBUG|_H$"
                             r"|CLOCK_MONOTONIC_RAW|CELL_POOL_SLOTS"
                             "|__SSE2__|__ARM_NEON|MADV_HUGEPAGE|MADV_POPULATE_WRITE|HASH_INVERTIBLE$|KEY_AHEAD$"
                             "|HAMT_(MALLOC|REALLOC|USABLE|RANDOM|NO_MMAP)|MAP_ANONYMOUS|__SIZEOF_INT128__")
        paths = [*(ROOT / "variants").glob("*/*.[ch]"), *(ROOT / "common").glob("**/*.[ch]")]
        for path in paths:
            if path.parent.name == "superslab":  # no part of a trie: an allocator
                continue
            for line in re.findall(r"^#\s*if.*$", path.read_text(), re.M):
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertRegex(line, allowed)


class Steps(unittest.TestCase):
    """What a directory outside the tree declares is held to the same."""

    def variant(self, comment):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        directory = pathlib.Path(room.name)
        (directory / "leaf.h").write_text(comment)
        return directory

    def test_one_that_says_nothing_is_a_step_from_the_baseline(self):
        for text in ("", "/* leaf.h (x) - Parent? */\n", "int x; /* Parent: move. */\n"):
            self.assertEqual(compose.parent_of(self.variant(text)), ROOT / "variants/list")

    def test_one_that_names_its_parent_is_a_step_from_it(self):
        variant = self.variant("/* leaf.h (x) - what?\n *\n * Parent: move.  Change: all. */\n")
        self.assertEqual(compose.step(variant),
                         [("leaf.h", ROOT / "variants/move/leaf.h", variant / "leaf.h")])

    def test_what_the_parent_changed_elsewhere_is_part_of_the_step(self):
        variant = self.variant("/* leaf.h (x) - what? */\n")
        (variant / "descend.h").write_text("/* descend.h (x) - Parent: pathcomp.  Change: inner.h is back. */\n")
        self.assertEqual([part for part, *_ in compose.step(variant)], ["leaf.h", "inner.h", "descend.h"])

    def test_a_parent_of_another_part_is_refused(self):
        for name in ("lazy", "nosuch", "bucket"):
            variant = self.variant(f"/* leaf.h (x) - Parent: {name}.  Change: x. */\n")
            with self.assertRaisesRegex(compose.Nonsense, f"wanted one parent that answers leaf.h, not {name}"):
                compose.parent_of(variant)

    def test_show_names_each_parent(self):
        told = subprocess.run([sys.executable, "tools/compose.py", "show", "single+pathcomp+freelist"], cwd=ROOT,
                              text=True, stdout=subprocess.PIPE, check=True).stdout
        for line in ("  single is one step from move: leaf.h\n", "  freelist is one step from arena: node.h\n",
                     "  pathcomp is one step from lazy: inner.h, descend.h\n",
                     "\n--- variants/move/leaf.h\n+++ variants/single/leaf.h\n"):
            self.assertIn(line, told)


class Ladder(unittest.TestCase):
    def test_the_ladders_of_the_bucket_trie_have_single_steps(self):
        plan = (ROOT / "experiments" / "frontier-steps.plan").read_text()
        for line, ends in zip(re.findall(r"^VARIANTS=(\S+)", plan, re.M), ("champion", "compact"), strict=True):
            rungs = [rung for rung in map(compose.Composition, line.split(",")) if rung.family]
            self.assertEqual(rungs[-1].name, ends)
            for before, after in zip(rungs, rungs[1:]):
                with self.subTest(after.name):
                    changed = [part for part in after.family.parts if after.answer(part) != before.answer(part)]
                    self.assertEqual(len(changed), 1, changed)
                    self.assertEqual(compose.parent_of(after.answer(changed[0])), before.answer(changed[0]))


class Compositions(unittest.TestCase):
    def test_a_name_means_the_same_in_any_order(self):
        self.assertEqual(compose.Composition("single+pool").id, compose.Composition("pool+single").id)

    def test_a_lineup_is_its_composition_with_its_settings(self):
        lineup = compose.Composition("phase2.5")
        self.assertEqual(lineup.composition, compose.Composition("four+arena+pool+outline").composition)
        self.assertEqual(lineup.settings, {"POOL_SLOTS": "4194304"})
        self.assertIn("CELL_POOL_SLOTS 4194304", lineup.identity("u64", "xxh3", ""))

    def test_nonsense_is_told(self):
        for spec, told in {"nosuch": "no such variant", "four+exact": "both four and exact",
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

    def test_threads_share_no_versions_whose_blocks_may_move(self):
        for own in ("dated", "holders"):
            for blocks in (["granules"], ["coalescing", "directory"]):
                with self.assertRaisesRegex(compose.Nonsense, f"versions with {own} need the blocks.h of bucket .*"
                                                              f" that of {blocks[0]} "):
                    compose.Composition("+".join([*blocks, own])).shared()
            for alone in ("", "segmented+"):
                compose.Composition(alone + own).shared()
        compose.Composition("granules").shared()

    def test_cover_lets_every_two_or_three_choices_meet(self):
        for family in compose.families():
            for strength, most in ((2, 60), (3, 310)):  # parts with 8, 7 and 5 answers need 56 and 280
                with self.subTest(family.name, strength=strength):
                    self.check_cover(family, strength, most)

    def check_cover(self, family, strength, most):
        columns = compose.choices(family)
        strength = min(strength, len(columns))
        rows = [set(row.split("+")) for row in compose.cover(family, strength)]
        present = [[name for name in names if name in row] for row in rows for names in columns]
        self.assertTrue(all(len(names) <= 1 for names in present))
        met = set()
        for row in rows:
            chosen = [next((n for n in names if n in row), None) for names in columns]
            met |= set(itertools.combinations(enumerate(chosen), strength))
        wanted = sum(math.prod(map(len, some)) for some in itertools.combinations(columns, strength))
        self.assertEqual(len(met), wanted)
        self.assertLess(len(rows), most)


if __name__ == "__main__":
    unittest.main()
