#!/usr/bin/env python3
"""What a composition's time goes to, on one page: of a made store, made counts and made limits; and
what the page says where one of them is missing."""
import contextlib
import re
import shutil
import unittest
from unittest import mock

from paths import room
import made_counts
import made_export
import made_store
from asked import Refusals, printed
from lab import cell
from lab.counts import exact
from made_evidence import tree_of

SCALE = 10000
POOL = {"allocations": 50, "fallbacks": 10, "slots_used": 300, "slots_live": 90, "slots_capacity": 100}
GROWN = tree_of(cell.SHAPES["pathcomp"], SCALE, leaves_at_level=[], children=[0] * 65, pool=POOL, leaves=SCALE,
                blocks=50, child_pointers=2 * SCALE, depth_max=7, depth_mean=3.5) | {
    "bytes": {"nodes": 4 * SCALE, "children": 2 * SCALE}}


def fill(filled):
    """What is told of a map that was filled."""
    return [filled._asdict() | {"pool_slots": 100, "tree": GROWN}]


def counted(composition, op, instructions=190):
    return {"composition": composition, "op": op, "scale": SCALE, "commit": "abc", "instructions": instructions,
            "chain": 9.5, "d1_misses": 6.5}


class Page(unittest.TestCase, Refusals):
    def setUp(self):
        self.room = room(self)
        times = {(op, SCALE): {name: [time * (1 + block) for block in range(12)] for name, time in of.items()}
                 for op, of in (("put", {"pathcomp": 400, "list": 1600}), ("get", {"pathcomp": 80, "list": 160}))}
        with contextlib.closing(made_store.empty(self.room / "store.sqlite")) as connection:
            made_store.add(connection, "e", times, bytes_per_entry=64.0)
        self.limits("m1")
        self.stored = [counted("pathcomp", "get"), counted("list", "get", 345), counted("list", "put")]

    def limits(self, machine):
        """Of a machine: 10 ns a load from all that the map uses, 4 ns from the entries alone."""
        shutil.rmtree(self.room / "runs" / "instrument-limits", ignore_errors=True)
        made_export.write(self.room, "instrument-limits", [
            {"op": "load_lines", "pattern": "small", "scale": size, "block": run, "values": {"ns": value}}
            for run in range(6) for size, value in ((4096, 1.0), (16 * SCALE, 4.0), (64 * SCALE, 10.0))],
                          machine=machine)

    def page(self, *words):
        with mock.patch.object(cell, "fill", fill), \
                mock.patch.object(exact, "load", lambda: made_counts.counts(*self.stored)):
            return printed("why", "VARIANT=pathcomp", f"SCALES={SCALE}", f"STORE={self.room / 'store.sqlite'}",
                           f"RESULTS={self.room}", *words)

    def test_time_beside_the_usual_ones(self):
        text = self.page()
        self.assertIn("Time: experiment e;", text)
        self.assertRegex(text, r"\nput +pathcomp +\d.* 0\.25 \[0\.25 0\.25\] < .*\nput +list .* 1  ")
        self.assertRegex(text, r"\nget +pathcomp +\d.* 0\.50 \[0\.50 0\.50\] < ")

    def test_tree_bytes_and_pool(self):
        text = self.page()
        self.assertRegex(text, rf"\ninner nodes +{GROWN['inner_nodes']:,} ")
        self.assertRegex(text, r"\nlevel +inner nodes ")
        self.assertRegex(text, r"\nnodes +40,000 +4\.00\n")
        self.assertRegex(text, r"\n10K +50 +10 +20\.0 ")
        self.assertIn("10 arrays fell back to malloc", text)

    def test_counts_chain_and_floor(self):
        text = self.page()
        self.assertRegex(text, r"counted at commit abc\n(.*\n)+get\n  pathcomp +190 .*\n  list +345 ")
        self.assertNotRegex(text, r"\nput\n")  # of which pathcomp was not counted
        # 64 bytes an entry: 10 ns a load, 16 of them: 4; of 80 to 960 ns, 520 in the middle
        row = re.search(r"\nget 10K\n(.*\n)*?  pathcomp (.*)\n", text)[2].split()
        self.assertEqual(row[:4], ["625K", "9.50", "6.50", "520"])
        self.assertRegex(text, r"  pathcomp .* 10\.0 \[10\.0 10\.0\] .* 4\.00 \[4\.00 4\.00\] ")

    def test_no_line_is_longer_than_the_page(self):
        for line in self.page().splitlines():
            self.assertLessEqual(len(line), 120, line)

    def missing(self, *words):
        text = self.page(*words)
        return " ".join(text[text.index("\nMissing\n"):].split())

    def test_what_is_missing_is_told_with_what_makes_it(self):
        self.stored = []
        told = self.missing("PATTERNS=random", "HASH=wyhash")
        cell_of = "make VARIANT=pathcomp HASH=wyhash PATTERNS=random SCALES=10000"
        self.assertIn(f"time: not measured in this cell; {cell_of} experiment", told)
        self.assertIn(f"counts: not stored of this cell; to count them: {cell_of} count", told)
        self.assertIn("chain and floor: no get of keys of known size was measured", told)
        self.limits("other")
        told = self.missing()
        self.assertNotIn("time:", told)
        self.assertIn("make VARIANTS=pathcomp recount", told)
        self.assertIn("make STUDIES=limits RESULTS=results/own instrument", told)

    def test_a_store_or_an_export_that_cannot_be_read_is_told_in_one_line(self):
        bad, words = self.room / "bad", f"why VARIANT=pathcomp RESULTS={self.room} STORE="
        bad.write_text("no store\n" * 999)
        runs = self.room / "runs" / "fixes"
        runs.mkdir(parents=True)
        (runs / "experiment.csv").write_text("no export\n")
        with mock.patch.object(cell, "fill", fill):
            self.assert_refused(words + str(bad), f"{bad}: .*not a database", status=1)
            self.assert_refused(words + "nowhere", "SHA256SUMS", status=1)


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
