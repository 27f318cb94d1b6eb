#!/usr/bin/env python3
"""The figures of the ladder, on made times."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer  # noqa: E402
from made_cells import made  # noqa: E402
from lab.documents import seeds  # noqa: E402
from lab.figures import ladder  # noqa: E402
from lab.figures.question import NotMeasured  # noqa: E402

# fix3 gains most, phase1 is slower than the baseline.
TIMES = dict(zip(ladder.STEPS, (100, 120, 90, 60, 50, 50, 48, 45, 9, 8, 7)))


def cells(variants=ladder.STEPS, places=(("shuffled", 100000),)):
    found = {}
    for pattern, scale in places:
        found |= made(lambda place, competitor: TIMES[competitor.variant] * (place.scale / 1e5),
                      patterns=(pattern,), scales=(scale,), variants=variants,
                      size=lambda competitor: 500 - len(competitor.variant))
    return found


class Steps(unittest.TestCase):
    def test_each_step_is_over_the_baseline_and_over_the_step_before(self):
        found = ladder.ladder_of(cells())
        self.assertEqual(found.steps, list(ladder.STEPS))
        for op in ladder.OPS:
            self.assertAlmostEqual(found.ratios[op]["fix3"].median, 0.09)
            self.assertAlmostEqual(found.alone[op]["fix3"].median, 9 / 45)
            self.assertNotIn("reference", found.alone[op])  # no rung
        self.assertEqual(found.bytes["list"].median, 496)

    def test_steps_that_were_not_measured_are_left_out(self):
        found = ladder.ladder_of(cells(("list", "phase2", "fix4", "reference")))
        self.assertEqual(found.steps, ["list", "phase2", "fix4", "reference"])
        self.assertAlmostEqual(found.alone["put"]["fix4"].median, 8 / 90)

    def test_without_a_baseline_or_a_step_there_is_no_ladder(self):
        for variants in (("phase2", "fix4"), ("list", "reference")):
            with self.assertRaisesRegex(NotMeasured, "ladder at 100K"):
                ladder.ladder_of(cells(variants))

    def test_the_documents_ladder_is_over_their_own_baseline(self):
        theirs = ladder.seeds_ladder()
        times = {figure.id: figure.span.low for figure in seeds.read_figures()}
        self.assertEqual(theirs["get"]["phase3"], times["000.phases.10"] / times["000.phases.02"])
        self.assertEqual(theirs["put"]["phase2"], times["000.phases.03"] / times["000.phases.01"])

    def test_the_figure_has_every_step_and_what_to_see(self):
        points, collisions, told = answer(ladder.GAIN, ladder.ladder_of(cells()))
        self.assertEqual(collisions, [])
        ours = points["put: time over the baseline's"]["o", True]
        self.assertEqual(len(ours), len(ladder.STEPS) - 1)
        self.assertAlmostEqual(min(x for x, _ in ours), 0.07)
        self.assertEqual(len(points["get: time over the baseline's"]["D", False]), 4)
        self.assertEqual(len(points["bytes/entry"]["o", True]), len(ladder.STEPS))
        text = "\n".join(told)
        self.assertIn("put: the step that gains most is fix3, to 0.20 [0.20 0.20]", text)
        self.assertIn("slower: phase1.", text)
        self.assertIn("fix4 takes 0.08", text)
        self.assertIn("get, phase3 over the baseline: 0.44 in the documents, 0.50", text)


class Scales(unittest.TestCase):
    def test_every_scale_that_was_measured_is_a_series(self):
        found = ladder.ladders(cells(places=ladder.PLACES[1:]))
        self.assertEqual(list(found), ["10K sequential", "100K sequential", "1M shuffled"])
        points, collisions, told = answer(ladder.SCALES, found)
        self.assertEqual(collisions, [])
        panel = points["get: time over the baseline's"]
        self.assertEqual(sorted(map(len, panel.values())), [len(ladder.STEPS) - 1] * 3)
        self.assertIn("put, fix4 over the baseline: 10K sequential 0.08 [0.08 0.08]", told[0])

    def test_no_scale_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            ladder.ladders({})


if __name__ == "__main__":
    unittest.main()
