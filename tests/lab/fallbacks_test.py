#!/usr/bin/env python3
"""What is said of a map whose pool was too small."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import fallbacks  # noqa: E402


def tree(allocations, fell_back):
    return {"entries": 1, "pool": {"allocations": allocations, "fallbacks": fell_back}}


class Fallbacks(unittest.TestCase):
    def test_the_share_is_that_of_the_arrays(self):
        self.assertEqual(fallbacks.share(tree(8, 2)), 0.25)

    def test_a_map_without_a_pool_has_none(self):
        for none in ({}, {"pool": None}, tree(0, 0), tree(8, 0)):
            self.assertEqual((fallbacks.share(none), fallbacks.marked("list", none)), (0, "list"))

    def test_the_name_says_how_much(self):
        for allocations, fell_back, told in ((1000, 843, "84 %"), (10000, 1, "under 1 %")):
            self.assertEqual(fallbacks.marked("phase3", tree(allocations, fell_back)), f"phase3 ({told} by malloc)")


if __name__ == "__main__":
    unittest.main()
