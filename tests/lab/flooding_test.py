#!/usr/bin/env python3
"""Keys that were chosen to collide: that they do, and that what is stored of their cost is so."""
import re
import unittest

from asked import ROOT, printed
from lab import flooding

# In leaves that are searched key by key: of n colliding keys, put n(n-1)/2, get n(n+1)/2.
LEAST = flooding.ENTRIES * (flooding.ENTRIES - 1) // 2


class Crafted(unittest.TestCase):
    def test_keys_are_different_and_of_one_length(self):
        for name, craft in flooding.CRAFTED.items():
            if craft:
                keys = craft(1000, 0)
                self.assertEqual((len(set(keys)), len({len(key) for key in keys})), (1000, 1), name)

    def test_fnv1a_falls_whatever_its_seed_if_it_is_known(self):
        for seed in (0, 77, 2 ** 64 - 1):
            hashed = {flooding.fnv1a_after(flooding.FNV_BASIS ^ seed, key) for key in flooding.fnv1a(64, seed)}
            self.assertEqual(len(hashed), 1)


class Counts(unittest.TestCase):
    def setUp(self):
        self.rows = flooding.load()

    def test_what_is_stored_is_what_is_counted(self):
        for name, layout in (("xxh3", "list"), ("murmur3", "reference"), ("fnv1a", "fix4")):
            stored = self.rows[(self.rows["hash"] == name) & (self.rows["layout"] == layout)]
            self.assertEqual(list(flooding.counted(name, layout)), list(stored.itertuples(index=False, name=None)))

    def test_crafted_keys_share_a_leaf_and_others_do_not(self):
        known = (self.rows["keys"] == "crafted") & (self.rows["seed"] == "known") | (self.rows["hash"] == "constant")
        self.assertGreaterEqual(self.rows[known]["put_comparisons"].min(), LEAST)
        self.assertLess(self.rows[~known & (self.rows["keys"] == "any")]["put_comparisons"].max(), flooding.ENTRIES)

    def test_the_glossary_says_what_each_hash_withstands(self):
        told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.M))
        falls = self.rows[(self.rows["keys"] == "crafted") & (self.rows["put_comparisons"] >= LEAST)]
        seeds = falls.groupby("hash")["seed"].nunique()
        for name in flooding.CRAFTED:
            self.assertEqual(told[name], ["no", "under a known seed", "under every seed"][seeds.get(name, 0)], name)

    def test_the_table_has_every_hash(self):
        lines = printed("flooding").splitlines()[4:]
        self.assertEqual({line.split()[0] for line in lines if line}, set(flooding.CRAFTED))


if __name__ == "__main__":
    unittest.main()
