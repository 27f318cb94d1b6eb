#!/usr/bin/env python3
"""The figures of the tree's shape, on trees as the model has them and on one that is off."""
import itertools
import pathlib
import sys
import unittest
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer, figure_of  # noqa: E402
from made_cells import made, tree  # noqa: E402
from lab.figures import shape  # noqa: E402
from lab.shape import model  # noqa: E402
from lab.question import NotMeasured  # noqa: E402

ENTRIES = 10000


def cells(more=0, variants=("outline+lazy", "outline", "outline+single"), scales=(ENTRIES,), patterns=("shuffled",)):
    return made(lambda place, competitor: 1.0, ops=("put",), scales=scales, patterns=patterns,
                variants=variants,
                shape=lambda place, competitor: tree(
                    "lazy" if competitor.variant == "outline+lazy" else "list",
                    place.scale, more if competitor.variant == "outline+lazy" else
                    7 * (place.pattern == "random")))


class Levels(unittest.TestCase):
    def test_a_tree_that_is_off_is_seen_in_standard_deviations(self):
        lists, lazy = shape.trees_of(cells(more=100), ENTRIES)
        self.assertEqual((lists.variant, lazy.variant), ("outline", "outline+lazy"))
        self.assertLess(max(map(abs, lists.deviations().values())), 0.6)  # counts are whole
        level, off = max(lazy.deviations().items(), key=lambda item: item[1])
        deviation = lazy.expected.covariance[level][level] ** 0.5
        self.assertAlmostEqual(off, 100 / deviation, delta=1 / deviation)
        self.assertNotIn(0, lazy.deviations())  # chance does not move the root
        self.assertAlmostEqual(lazy.total_deviation, 100 / lazy.expected.inner_deviation, delta=0.1)

    def test_the_figure(self):
        found = shape.trees_of(cells(more=100), ENTRIES)
        points, collisions, told = answer(shape.SPARSE, found)
        self.assertEqual(collisions, [])
        title = next(title for title in points if title.startswith("outline: inner nodes"))
        self.assertEqual([y for _, y in points[title]["o", False]], found[0].inner_at_level)
        self.assertIn("calls the hash uniform", told[0])
        self.assertIn("calls the hash not uniform", told[1])

    def test_no_tree_is_not_measured(self):
        with self.assertRaisesRegex(NotMeasured, r"tree of outline, outline\+lazy, outline\+pathcomp"):
            shape.trees_of(cells(variants=("outline+single",)), ENTRIES)


class Growth(unittest.TestCase):
    def results(self, **experiments):
        def read(name):
            if name not in experiments:
                raise NotMeasured("not measured")
            return SimpleNamespace(cells=experiments[name])
        return SimpleNamespace(experiment=mock.Mock(side_effect=read))

    def test_all_experiments_are_searched_for_trees(self):
        found = shape.grown(self.results(
            seeds=cells(variants=("phase3",), scales=(1000,), patterns=("random", "sequential")),
            hashes=cells(), fixes=cells(scales=(1000, 100000))))
        self.assertEqual({rule: sorted(points) for rule, points in found.items()},
                         {"outline": [1000, 100000], "outline+lazy": [1000, 100000]})
        self.assertAlmostEqual(found["outline"][100000], 6.86996, delta=1e-4)
        # not the tree of random keys, which has seven nodes more
        self.assertAlmostEqual(found["outline"][1000],
                               shape.nodes_per_entry(shape.SHAPES["outline"], 1000), delta=0.004)

    def test_no_experiment_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            shape.grown(self.results())

    def test_the_curve_is_the_model(self):
        for rule, wanted in shape.SHAPES.items():
            self.assertAlmostEqual(shape.nodes_per_entry(wanted, 5000),
                                   model.predict(wanted, 5000).inner_nodes / 5000)

    def test_the_figure(self):
        found = {"outline": {1000: 7.5}, "outline+lazy": {1000: 0.2, 100000: 0.19326}}
        points, collisions, told = answer(shape.GROWTH, found)
        self.assertEqual(collisions, [])
        self.assertEqual(points["inner nodes an entry"]["s", False], [(1000, 0.2), (1e5, 0.19326)])
        self.assertRegex(told[1], r"^outline\+lazy: 1K, 100K entries; the farthest .* tree of 1K")

    def test_no_curve_covers_another(self):
        found = {rule: {10000: shape.nodes_per_entry(shape.SHAPES[rule], 10000)}
                 for rule in shape.GROWN}
        points, collisions, _ = answer(shape.GROWTH, found)
        self.assertEqual(collisions, [])
        self.assertEqual([len(panel) for panel in points.values()], [2, 1])
        (_, share), = points["outline+pathcomp: inner nodes, % of outline+lazy's predicted\ngrey: 95 of 100"
                              " uniform hashes"]["D", False]
        self.assertAlmostEqual(share, 100 * found["outline+pathcomp"][10000] / found["outline+lazy"][10000])
        with figure_of(shape.GROWTH, found) as figure:
            for axes in figure.axes:
                curves = [line.get_ydata() for line in axes.lines if line.get_marker() == "None"]
                for one, other in itertools.combinations(curves, 2):
                    self.assertGreater(min(max(a, b) / min(a, b) for a, b in zip(one, other)), 1.5)


if __name__ == "__main__":
    unittest.main()
