#!/usr/bin/env python3
"""Single steps beside what each is one step from."""
import unittest

from made_runs import made
from lab import steps

TIMES = {"list": 100.0, "move": 80.0, "single": 60.0, "lazy": 25.0, "fix4": 10.0}


class Steps(unittest.TestCase):
    def rows(self, names):
        runs = made(lambda cell, competitor: TIMES[competitor.variant], variants=names,
                    size=lambda competitor: TIMES[competitor.variant] / 2)
        return {name: (parent, round(times["put"].median, 6), own, before)
                for name, parent, times, own, before in steps.rows(runs)}

    def test_each_is_over_its_parent(self):
        """single is one step from move, which is one from list; a lineup is no step."""
        self.assertEqual(self.rows(tuple(TIMES)), {
            "lazy": ("list", 0.25, 12.5, 50.0), "move": ("list", 0.8, 40.0, 50.0),
            "single": ("move", 0.75, 30.0, 40.0)})

    def test_one_without_its_parent_is_no_row(self):
        self.assertEqual(set(self.rows(("list", "single"))), set())


if __name__ == "__main__":
    unittest.main()
