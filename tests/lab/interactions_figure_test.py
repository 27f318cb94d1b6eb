#!/usr/bin/env python3
"""Do fixes add up: on the made experiment of factorial_test, in which one pair does not."""
import math
import pathlib
import sys
import unittest
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer, collisions, figure_of, intervals, legends  # noqa: E402
import factorial_test as made  # noqa: E402
from lab import store  # noqa: E402
from lab.factorial import design, effects  # noqa: E402
from lab.figures import interactions  # noqa: E402
from lab.tables import short_scale  # noqa: E402
from lab.figures.question import NotMeasured  # noqa: E402


class Sums(unittest.TestCase):
    def test_the_product_of_the_single_fixes_beside_what_was_measured(self):
        found = interactions.sums(made.study_of(), "put", made.SMALL)
        self.assertEqual(len(found), 63)
        for one in found:
            self.assertAlmostEqual(math.log(one.promised / made.product(made.PUT, one.fixes)), 0,
                                   delta=0.1)
            self.assertAlmostEqual(math.log(one.measured.median / made.put_ns(one.fixes) * 600), 0,
                                   delta=0.1)
        off = {set(made.PAIR) <= one.fixes: one.measured.median / one.promised for one in found}
        self.assertAlmostEqual(off[True], made.PAIR_PUT, delta=0.15)
        self.assertAlmostEqual(off[False], 1, delta=0.15)

    def test_the_figure(self):
        points, collisions, told = answer(interactions.SUMS, made.study_of())
        self.assertEqual(collisions, [])
        panel = next(panel for title, panel in points.items() if title.startswith("put 100K: each"))
        # lazy is in half of the compositions; the baseline, without it, is no sum
        self.assertEqual((len(panel["o", False]), len(panel["s", True])), (31, 32))
        self.assertRegex(told[0], r"^put: .* median of 63 compositions; with 7 fixes")
        self.assertIn("growpool x lazy", told[-1])

    def test_every_measured_sum_and_every_pair_has_its_interval(self):
        study = made.study_of()
        with figure_of(interactions.SUMS, study) as figure:
            for axes in figure.axes:
                if "each composition" in axes.get_title(loc="left"):
                    self.assertEqual(len(list(intervals(axes))), 63)
                else:
                    texts = [text.get_text() for text in axes.texts]
                    self.assertEqual(len([text for text in texts if text[0] == "["]),
                                     math.comb(len(design.PURE.fixes), 2))

    def test_the_factorial_figure_has_one_legend_that_names_every_series(self):
        study = made.study_of()
        with figure_of(interactions.GAP, study) as figure:
            self.assertEqual(collisions(figure), [])
            legend, = legends(figure)
            named = [text.get_text() for text in legend.get_texts()]
        self.assertEqual(sorted(named), sorted(
            f"{what} {short_scale(scale)}" for what in ("put", "get", "bytes")
            for scale in study.scales))

    def test_what_the_gap_is_told_of(self):
        told = list(interactions.tell_gap(made.study_of()))
        self.assertEqual(len(told), 2)
        self.assertRegex(told[0], r"^100K: .* takes 12\.\d times as long as the reference; lazy"
                                  r" alone leaves (39|40|41) % of that gap")

    def test_a_part_of_the_design_is_not_measured(self):
        cells = store.replicates(made.copy_to(":memory:", "DELETE FROM run WHERE variant ="
                                              " 'exact+move+arena+prefetch'"), "e")
        results = SimpleNamespace(experiment=mock.Mock(
            return_value=SimpleNamespace(about={}, cells=cells)))
        with self.assertRaisesRegex(NotMeasured, "arena.prefetch"):
            interactions.read(results)
        results.experiment.assert_called_once_with(effects.NAME)


if __name__ == "__main__":
    unittest.main()
