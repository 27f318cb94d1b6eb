#!/usr/bin/env python3
"""What a composition's time goes to, on one page: of a made store, made counts and made limits; and
what the page says where one of them is missing."""
import contextlib
import io
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab")]
from lab import cell, why  # noqa: E402
from lab.counts import report as counts  # noqa: E402
import made_export  # noqa: E402
from made import Made  # noqa: E402
from made_evidence import tree_of  # noqa: E402

SCALE = 10000
POOL = {"allocations": 50, "fallbacks": 10, "slots_used": 300, "slots_live": 90,
        "slots_capacity": 100}


def filled(given, hash_name, pattern, scale):
    """The line of a map that was filled, as the measuring program prints it."""
    grown = tree_of(cell.SHAPES["pathcomp"], scale)
    grown.update(leaves_at_level=[], children=[0] * 65, pool=POOL,
                 bytes={"nodes": 4 * scale, "children": 2 * scale})
    return {"variant": given.variant, "hash": hash_name, "key": given.key, "pattern": pattern,
            "scale": scale, "seed": given.seed, "pool_slots": 100, "tree": grown}


def counted(composition, op, **figures):
    row = dict.fromkeys(counts.COLUMNS, "")
    return row | {"composition": composition, "key": "u64", "hash": "xxh3", "op": op,
                  "pattern": "shuffled", "scale": str(SCALE), "seed": "1", "commit": "abc",
                  "instructions": "190", "chain": "9.5", "d1_misses": "6.5", **figures}


class Page(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)
        made = Made(self.room / "store.sqlite")
        self.addCleanup(made.connection.close)
        for op, times in (("put", (400, 1600)), ("get", (80, 160))):
            for name, time in zip(("pathcomp", "list"), times):
                made.add(name, op, "shuffled", SCALE, [time] * 12, bytes_per_entry=64.0)
        self.limits("m")
        self.stored = [counted("pathcomp", "get"), counted("list", "get", instructions="345"),
                       counted("list", "put")]

    def limits(self, machine):
        shutil.rmtree(self.room / "runs", ignore_errors=True)
        made_export.write(self.room, "instrument-limits", [
            {"op": "load_lines", "pattern": "small", "scale": size, "block": run, "values": {"ns": value}}
            for run in range(6) for size, value in ((4096, 1), (16 * SCALE, 4.0), (64 * SCALE, 10.0))], machine=machine)

    def page(self, *words):
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                mock.patch.object(cell, "fill", filled), \
                mock.patch.object(counts, "load", lambda: self.stored):
            why.report(["--variant", "pathcomp", "--scale", str(SCALE), "--store",
                        str(self.room / "store.sqlite"), "--runs", str(self.room), "--results",
                        str(self.room), *words])
        return out.getvalue()

    def test_time_beside_the_usual_ones(self):
        text = self.page()
        self.assertIn("Time: experiment e;", text)
        self.assertRegex(text, r"\nput +pathcomp +\d.* 0\.25 \[0\.25 0\.25\] < ")
        self.assertRegex(text, r"\nget +pathcomp +\d.* 0\.50 \[0\.50 0\.50\] < ")

    def test_tree_bytes_and_pool(self):
        text, found = self.page(), filled(mock.Mock(seed=1), "xxh3", "shuffled", SCALE)["tree"]
        self.assertRegex(text, rf"\ninner nodes +{found['inner_nodes']:,} ")
        self.assertRegex(text, r"\nlevel +inner nodes ")
        self.assertRegex(text, r"\nnodes +40,000 +4\.00\n")
        self.assertRegex(text, r"\n10K +50 +10 +20\.0 ")
        self.assertIn("10 arrays fell back to malloc", text)

    def test_counts_chain_and_floor(self):
        text = self.page()
        self.assertRegex(text, r"counted at commit abc\n(.*\n)+get\n  pathcomp +190 ")
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
        told = self.missing("--pattern", "random", "--hash", "wyhash")
        cell_of = "make VARIANT=pathcomp HASH=wyhash PATTERNS=random SCALES=10000"
        self.assertIn(f"time: not measured in this cell; {cell_of} experiment", told)
        self.assertIn(f"counts: not stored of this cell; {cell_of} counts", told)
        self.assertIn("chain and floor: no get of keys of known size was measured", told)
        self.limits("other")
        told = self.missing()
        self.assertNotIn("time:", told)
        self.assertIn("make VARIANTS=pathcomp recount", told)
        self.assertIn("make STUDIES=limits studies, then why with RESULTS=results/own", told)


if __name__ == "__main__":
    unittest.main()
