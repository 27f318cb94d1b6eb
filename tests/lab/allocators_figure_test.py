#!/usr/bin/env python3
"""The figures of allocators: who reacts."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer  # noqa: E402
from made_cells import made  # noqa: E402
from lab.figures import allocators as reaction  # noqa: E402
from lab.question import NotMeasured  # noqa: E402

FACTORS = {"glibc": 1.0, "mimalloc": 0.5, "tcmalloc": 1.25}


def cells(ops=reaction.OPS, allocators=tuple(FACTORS), variants=("list", "lazy", "fix4")):
    def ns(place, competitor):
        pooled = competitor.variant in reaction.POOLED
        return (100.0 if pooled else 500.0) * (1 if pooled else FACTORS[competitor.allocator])
    return made(ns, ops=ops, variants=variants, allocators=allocators)


class Reaction(unittest.TestCase):
    def test_ratios_are_to_the_system_s_allocator_and_controls_come_last(self):
        found = reaction.reaction(cells())
        self.assertEqual((found.system, found.variants, found.asking),
                         ("glibc", ["lazy", "list", "fix4"], 2))
        self.assertAlmostEqual(found.times["remove"]["mimalloc"]["list"].median, 0.5)
        self.assertAlmostEqual(found.times["get"]["tcmalloc"]["fix4"].median, 1)
        self.assertEqual(found.resident["mimalloc"]["lazy"].median, 1)

    def test_the_figure(self):
        points, collisions, told = answer(reaction.REACTION, reaction.reaction(cells()))
        self.assertEqual(collisions, [])
        panel = points["put: time over that under glibc"]
        self.assertEqual([round(x, 3) for x, _ in panel["o", True]], [0.5, 0.5, 1])
        self.assertEqual([round(x, 3) for x, _ in panel["s", True]], [1.25, 1.25, 1])
        self.assertIn("put: from lazy under mimalloc, 0.50 [0.50 0.50], to lazy under tcmalloc",
                      told[1])
        self.assertIn("of 2 ratios of the controls 0 have an interval without 1", told[1])

    def test_one_operation_alone_is_drawn_and_no_allocator_but_one_is_not(self):
        self.assertEqual(answer(reaction.REACTION, reaction.reaction(cells(ops=("put",))))[1], [])
        for some in (cells(ops=("get",)), cells(allocators=("glibc",)),
                     cells(allocators=("mimalloc",))):
            with self.assertRaises(NotMeasured):
                reaction.reaction(some)


if __name__ == "__main__":
    unittest.main()
