#!/usr/bin/env python3
"""Keys that were chosen to collide: that they do, and that what is stored of their cost is so."""
import contextlib
import io
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.shape import crafted, flooding  # noqa: E402

# In leaves that are searched key by key: of n colliding keys, put n(n-1)/2, get n(n+1)/2.
ENTRIES = flooding.ENTRIES
LEAST = ENTRIES * (ENTRIES - 1) // 2


def stored():
    return flooding.read(flooding.STORED)


class Crafted(unittest.TestCase):
    def test_keys_are_different_and_of_one_length(self):
        for name, craft in crafted.CRAFTED.items():
            if craft:
                keys = craft(1000, 0)
                self.assertEqual((len(set(keys)), len({len(key) for key in keys})), (1000, 1), name)

    def test_fnv1a_falls_whatever_its_seed_if_it_is_known(self):
        for seed in (0, 77, 2 ** 64 - 1):
            keys = crafted.fnv1a(64, seed)
            self.assertEqual(len({crafted.fnv1a_after(crafted.FNV_BASIS ^ seed, key)
                                  for key in keys}), 1)


class Counts(unittest.TestCase):
    def test_what_is_stored_is_what_is_counted(self):
        for hash_name, layout in (("xxh3", "list"), ("murmur3", "reference"), ("fnv1a", "fix4")):
            self.assertEqual(list(flooding.counted(hash_name, layout)),
                             [row for row in stored()
                              if (row["hash"], row["layout"]) == (hash_name, layout)])

    def test_crafted_keys_share_a_leaf_and_others_do_not(self):
        for row in stored():
            put = int(row["put_comparisons"])
            with self.subTest(" ".join(row.values())):
                if row["hash"] == "constant" or (row["keys"], row["seed"]) == ("crafted", "known"):
                    self.assertGreaterEqual(put, LEAST)
                elif row["keys"] == "any":
                    self.assertLess(put, ENTRIES)

    def test_the_glossary_says_what_each_hash_withstands(self):
        told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", (ROOT / "docs/glossary.md").read_text(), re.M))
        falls = {}
        for row in stored():
            if row["keys"] == "crafted" and int(row["put_comparisons"]) >= LEAST:
                falls.setdefault(row["hash"], set()).add(row["seed"])
        for name in crafted.CRAFTED:
            wanted = {2: "under every seed", 1: "under a known seed", 0: "no"}[
                len(falls.get(name, ()))]
            self.assertEqual(told[name], wanted, name)

    def test_the_table_has_every_hash(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            flooding.report([])
        self.assertEqual({line.split()[0] for line in out.getvalue().splitlines()[4:] if line},
                         set(crafted.CRAFTED))


if __name__ == "__main__":
    unittest.main()
