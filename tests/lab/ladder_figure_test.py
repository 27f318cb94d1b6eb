#!/usr/bin/env python3
"""The figures of the ladder, on made times."""
import json
import pathlib
import sys
import unittest
from types import SimpleNamespace

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer, figure_of, rings  # noqa: E402
from made import Made  # noqa: E402
from made_cells import made  # noqa: E402
from lab.documents import seeds  # noqa: E402
from lab.figures import ladder  # noqa: E402
from lab.figures.question import NotMeasured  # noqa: E402

# fix3 gains most, phase1 is slower than the baseline.
TIMES = dict(zip(ladder.STEPS, (100, 120, 90, 60, 50, 50, 48, 45, 9, 8, 7)))


# A pool that served 8 of 50 arrays.
FULL = json.dumps(Made.TREE | {"pool": Made.TREE["pool"] | {"allocations": 50, "fallbacks": 42}})


def cells(variants=ladder.STEPS, places=(("shuffled", 100000),), full=()):
    """`full` has the (variant, scale) whose pool did not do."""
    found = {}
    for pattern, scale in places:
        found |= made(lambda place, competitor: TIMES[competitor.variant] * (place.scale / 1e5),
                      patterns=(pattern,), scales=(scale,), variants=variants,
                      size=lambda competitor: 500 - len(competitor.variant),
                      shape=lambda place, competitor:
                      FULL if (competitor.variant, place.scale) in full else "{}")
    return found


def results(**experiments):
    """Stored results with these experiments' cells."""
    def read(name):
        if name not in experiments:
            raise NotMeasured("not measured: make results measures it")
        return SimpleNamespace(cells=experiments[name])
    return SimpleNamespace(experiment=read)


class Steps(unittest.TestCase):
    def test_each_step_is_over_the_baseline_and_over_the_step_before(self):
        found = ladder.ladder_of(cells())
        self.assertEqual(found.steps, list(ladder.STEPS))
        for op in ladder.OPS:
            self.assertAlmostEqual(found.ratios[op]["fix3"].median, 0.09)
            self.assertAlmostEqual(found.alone[op]["fix3"].median, 9 / 45)
            self.assertNotIn("reference", found.alone[op])  # no rung
        self.assertEqual(found.bytes["outline"].median, 493)

    def test_steps_that_were_not_measured_are_left_out(self):
        found = ladder.ladder_of(cells(("outline", "phase2", "fix4", "reference")))
        self.assertEqual(found.steps, ["outline", "phase2", "fix4", "reference"])
        self.assertAlmostEqual(found.alone["put"]["fix4"].median, 8 / 90)

    def test_without_a_baseline_or_a_step_there_is_no_ladder(self):
        for variants in (("phase2", "fix4"), ("outline", "reference")):
            with self.assertRaisesRegex(NotMeasured, "ladder at 100K"):
                ladder.ladder_of(cells(variants))

    def test_the_documents_ladder_is_over_their_own_baseline(self):
        theirs = ladder.seeds_ladder()
        times = {figure.id: figure.span.low for figure in seeds.read_figures()}
        self.assertEqual(theirs["get"]["phase3"], times["000.phases.10"] / times["000.phases.02"])
        self.assertEqual(theirs["put"]["phase2"], times["000.phases.03"] / times["000.phases.01"])

    def test_the_documents_stand_beside_the_same_order_of_keys(self):
        """And nothing in the figure is of an order that it does not tell."""
        sequential = cells(places=(("sequential", 100000),))
        found = ladder.ladders_by_order(results(seeds=sequential, fixes=cells()))
        self.assertEqual(list(found), ["sequential", "shuffled"])
        with figure_of(ladder.GAIN, found) as figure:
            labels = {label for axes in figure.axes
                      for label in axes.get_legend_handles_labels()[1]}
        self.assertEqual(labels, {"the documents, sequential keys", "here, sequential keys",
                                  "here, shuffled keys"})
        told = list(ladder.GAIN.tell(found))
        self.assertIn("put, sequential keys, phase3 over the baseline: 0.12 in the documents, 0.50"
                      " [0.50 0.50] here.", told)
        # The documents' order alone is held against theirs.
        shuffled = ladder.ladders_by_order(results(fixes=cells()))
        self.assertFalse([line for line in ladder.GAIN.tell(shuffled) if "documents" in line])
        with self.assertRaises(NotMeasured):
            ladder.ladders_by_order(results())

    def test_the_figure_has_every_step_and_what_to_see(self):
        found = ladder.ladders_by_order(results(seeds=cells(places=(("sequential", 100000),)),
                                                fixes=cells()))
        points, collisions, told = answer(ladder.GAIN, found)
        self.assertEqual(collisions, [])
        for marker in ("o", "s"):
            ours = points["put: time over the baseline's"][marker, True]
            self.assertEqual(len(ours), len(ladder.STEPS) - 1)
            self.assertAlmostEqual(min(x for x, _ in ours), 0.07)
            self.assertEqual(len(points["bytes/entry"][marker, True]), len(ladder.STEPS))
        self.assertEqual(len(points["get: time over the baseline's"]["D", False]), 4)
        text = "\n".join(told)
        self.assertIn("put, shuffled keys: the step that gains most is fix3, to 0.20 [0.20 0.20]",
                      text)
        self.assertIn("slower: phase1.", text)
        self.assertIn("fix4 takes 0.08", text)

    def test_a_step_whose_pool_was_full_is_ringed_and_told(self):
        found = ladder.ladders_by_order(results(fixes=cells(full={("phase2", 100000)})))
        with figure_of(ladder.GAIN, found) as figure:
            ringed = rings(figure)
        self.assertEqual({title: len(found) for title, found in ringed.items()},
                         {"put: time over the baseline's": 1, "get: time over the baseline's": 1,
                          "bytes/entry": 1})
        self.assertAlmostEqual(ringed["put: time over the baseline's"][0][0], 0.9)
        self.assertEqual(list(ladder.GAIN.tell(found))[-1],
                         "Arrays that malloc served because the pool was full:"
                         " phase2, shuffled 84 %.")


class Scales(unittest.TestCase):
    def test_each_order_has_panels_of_its_own(self):
        places = (("sequential", 10000), ("sequential", 100000), ("shuffled", 100000),
                  ("shuffled", 1000000))
        some = cells(("outline", "fix4"), places=(("shuffled", 100000),))
        found = ladder.ladders(some, cells(places=places, full={("phase3", 1000000)}))
        self.assertEqual({order: list(of) for order, of in found.items()},
                         {"sequential": [10000, 100000], "shuffled": [100000, 1000000]})
        points, collisions, told = answer(ladder.SCALES, found)
        self.assertEqual(collisions, [])
        title = "get, {} keys: time over the baseline's".format
        every = len(ladder.STEPS) - 1  # also where another experiment has but two steps
        self.assertEqual({marker: len(each) for marker, each in
                          points[title("sequential")].items()},
                         {("o", True): every, ("s", True): every})
        self.assertEqual({marker: len(each) for marker, each in points[title("shuffled")].items()},
                         {("s", True): every, ("D", True): every})
        with figure_of(ladder.SCALES, found) as figure:
            self.assertEqual({title: len(each) for title, each in rings(figure).items()},
                             {title("shuffled"): 1, title("shuffled").replace("get", "put"): 1})
        self.assertIn("put, sequential keys, fix4 over the baseline: 10K 0.08 [0.08 0.08], 100K",
                      told[0])
        self.assertIn("phase3 1M shuffled 84 %", told[-1])

    def test_no_scale_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            ladder.ladders({})


if __name__ == "__main__":
    unittest.main()
