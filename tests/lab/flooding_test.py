#!/usr/bin/env python3
"""Keys that were chosen to collide: that they do, and that what is stored of their cost is so."""
import contextlib
import io
import re
import subprocess
import sys
import unittest

from asked import ROOT, printed
from lab import flooding, settings

sys.path.insert(0, str(ROOT / "experiments" / "counted"))
import flooding as crafted

# In leaves that are searched key by key: of n colliding keys, put n(n-1)/2, get n(n+1)/2.
ENTRIES = 1024
LEAST = ENTRIES * (ENTRIES - 1) // 2


class Crafted(unittest.TestCase):
    def test_keys_are_different_and_of_one_length(self):
        for name, craft in crafted.CRAFTED.items():
            if craft:
                keys = craft(1000, 0)
                self.assertEqual((len(set(keys)), len({len(key) for key in keys})), (1000, 1), name)

    def test_fnv1a_falls_whatever_its_seed_if_it_is_known(self):
        for seed in (0, 77, 2 ** 64 - 1):
            hashed = {crafted.fnv1a_after(crafted.FNV_BASIS ^ seed, key) for key in crafted.fnv1a(64, seed)}
            self.assertEqual(len(hashed), 1)


class Counts(unittest.TestCase):
    def setUp(self):
        self.rows = flooding.load()

    def test_what_is_stored_is_what_is_counted(self):
        """By the runner: lines of the plan, narrowed."""
        lines = flooding.PLAN.read_text().splitlines()[1:]
        for layout, narrowed in (("list", "xxh3,fnv1a"), ("reference", "siphash"), ("fix4", "constant")):
            line, = (line for line in lines if narrowed.split(",")[-1] in settings.read(line)["HASH"])
            line = re.sub("HASH=\\S+", f"HASH={narrowed}", re.sub("VARIANTS=\\S+", f"VARIANTS={layout}", line))
            with contextlib.redirect_stderr(io.StringIO()):
                found = flooding.counted(line)
            stored = self.rows[self.rows["hash"].isin(narrowed.split(",")) & (self.rows["layout"] == layout)]
            self.assertEqual(len(stored), len(narrowed.split(",")) * (2 if layout == "reference" else 4))
            self.assertEqual(found.values.tolist(), stored.values.tolist())

    def test_the_plan_has_every_hash_with_the_keys_that_are_known(self):
        plan = {name: settings.read(line)["PATTERNS"] for line in flooding.PLAN.read_text().splitlines()[1:]
                for name in settings.read(line)["HASH"]}
        self.assertEqual(plan, {name: ["crafted", "any"] if craft else ["any"]
                                for name, craft in crafted.CRAFTED.items()})

    def test_what_the_cell_has_no_keys_for_is_told(self):
        made = subprocess.run(["make", "-s", "CELL=flooding", "VARIANT=list", "KEY=str", "HASH=siphash", "cell"],
                              cwd=ROOT, text=True, capture_output=True, check=True)
        cell = [ROOT / made.stdout.splitlines()[-1], "--op", "put", "--scale", "8", "--seed", "1", "--pattern"]
        done = subprocess.run([*cell, "crafted"], cwd=ROOT, text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "flooding: --pattern crafted: wanted one of: any\n"))
        done = subprocess.run([*cell, "any"], cwd=ROOT, text=True, capture_output=True)
        self.assertIn('"comparisons": 0', done.stdout)

    def test_crafted_keys_share_a_leaf_and_others_do_not(self):
        known = (self.rows["keys"] == "crafted") & (self.rows["seed"] == "known") | (self.rows["hash"] == "constant")
        self.assertGreaterEqual(self.rows[known]["put_comparisons"].min(), LEAST)
        self.assertLess(self.rows[~known & (self.rows["keys"] == "any")]["put_comparisons"].max(), ENTRIES)

    def test_the_glossary_says_what_each_hash_withstands(self):
        told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.M))
        falls = self.rows[(self.rows["keys"] == "crafted") & (self.rows["put_comparisons"] >= LEAST)]
        seeds = falls.groupby("hash")["seed"].nunique()
        for name in crafted.CRAFTED:
            self.assertEqual(told[name], ["no", "under a known seed", "under every seed"][seeds.get(name, 0)], name)

    def test_the_table_has_every_hash(self):
        lines = printed("flooding").splitlines()[4:]
        self.assertEqual({line.split()[0] for line in lines if line}, set(crafted.CRAFTED))


if __name__ == "__main__":
    unittest.main()
