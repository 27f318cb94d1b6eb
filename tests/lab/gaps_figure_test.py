#!/usr/bin/env python3
"""The figure of the documents' ratios to libhamt, on made times of every place they speak of."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer, figure_of, rings  # noqa: E402
from ladder_figure_test import FULL  # noqa: E402
from made import Made  # noqa: E402
from made_cells import made  # noqa: E402
from lab.documents import seeds  # noqa: E402
from lab.figures import gaps  # noqa: E402
from lab.figures.question import NotMeasured  # noqa: E402

TIMES = {"outline": 100.0, "phase2": 60.0, "phase2.5": 40.0, "phase3": 30.0, "reference": 10.0}
SERVED = json.dumps(Made.TREE | {"pool": Made.TREE["pool"] | {"fallbacks": 0}})


def cells(variants=tuple(TIMES)):
    return made(lambda place, competitor: TIMES[competitor.variant],
                ops=("put", "get", "insert10"), patterns=("sequential", "shuffled"),
                scales=(1000, 10000, 50000, 100000), variants=variants,
                shape=lambda place, competitor: FULL if competitor.variant == "phase2" else SERVED)


class Gaps(unittest.TestCase):
    def test_what_a_document_says_twice_is_one_row(self):
        rows = gaps.read_cells(cells())
        labels = [row.label for row in rows]
        self.assertEqual(len(set(labels)), len(labels))
        self.assertEqual(sum(len(row.theirs) for row in rows), sum(
            figure.metric == "ratio_to_libhamt" and figure.kind == "measured"
            and bool(figure.scale and figure.composition) for figure in seeds.read_figures()))
        twice = rows[labels.index("003: put 10K sequential, phase2.5")]
        self.assertEqual([span.low for span in twice.theirs], [3.9, 4.0])
        self.assertAlmostEqual(twice.equal.median, 4)

    def test_every_point_is_seen(self):
        """None is cut by the edge, none lies below the legend; full pools are ringed."""
        rows = gaps.read_cells(cells())
        points, collisions, told = answer(gaps.EQUAL, rows)
        self.assertEqual(collisions, [])
        panel, = points.values()
        self.assertEqual((len(panel["o", True]), len(panel["s", True])), (len(rows),) * 2)
        with figure_of(gaps.EQUAL, rows) as figure:
            marked, = rings(figure).values()
        self.assertEqual(len(marked), 2 * sum("phase2" == row.label.split(", ")[1] for row in rows))
        self.assertIn("003: put 10K sequential, phase2 84 %", told[-1])

    def test_without_the_reference_there_is_no_gap(self):
        with self.assertRaisesRegex(NotMeasured, "ratio to the reference"):
            gaps.read_cells(cells(("outline", "phase3")))


if __name__ == "__main__":
    unittest.main()
