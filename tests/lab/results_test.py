#!/usr/bin/env python3
"""Blocks of lines that share none, but have a competitor in common, are told apart."""
import pathlib
import sys
import unittest

import pandas

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import pairs, results  # noqa: E402

CELL = {"op": "put", "pattern": "shuffled", "scale": 1000, "key": "u64", "hash": "xxh3", "allocator_asked": "glibc",
        "allocator": "glibc", "parameters": "", "turns": "none", "plan_seed": 1, "program": "map"}


def processes(lines):
    """Of each line, (reps, {variant: time}), its competitors in so many blocks."""
    rows, cell = [], 0
    for reps, times in lines:
        for variant, time in times.items():
            rows += [CELL | {"cell": cell, "variant": variant, "block": block, "ns_per_op": time * (1 + block)}
                     for block in range(reps)]
            cell += 1
    return pandas.DataFrame(rows).assign(slot=range(len(rows)))


class Apart(unittest.TestCase):
    def test_each_ratio_is_of_one_block(self):
        """The machine was ten times slower for one line: what is compared is of one of them."""
        found = results.apart(processes([(3, {"list": 10, "lazy": 5}), (2, {"list": 100, "fix4": 25})]))
        self.assertFalse(found.duplicated(["variant", "block"]).any())
        ratios = pairs.by_block(found, "list")
        self.assertEqual({name: sorted(group) for name, group in ratios.groupby("variant")},
                         {"lazy": [0.5] * 3, "fix4": [0.25] * 2})

    def test_what_shares_its_blocks_keeps_their_numbers(self):
        for lines in ([(3, {"list": 10, "lazy": 5})], [(3, {"list": 10}), (2, {"lazy": 5})]):
            every = processes(lines)
            pandas.testing.assert_frame_equal(results.apart(every), every)


if __name__ == "__main__":
    unittest.main()
