#!/usr/bin/env python3
"""The figures of the instrument, on the made studies of instrument_test."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from matplotlib.container import BarContainer  # noqa: E402
from drawn import answer, figure_of  # noqa: E402
import instrument_test as made  # noqa: E402
from lab.figures import instrument  # noqa: E402
from lab.instrument import studies  # noqa: E402
from lab.question import NotMeasured  # noqa: E402


class Stored:
    def __init__(self, **rows):
        self.rows = rows

    def study(self, name):
        if name not in self.rows:
            raise NotMeasured("not measured: make instrument measures it")
        return self.rows[name], {}


def histograms(trust):
    """{title: (comparisons that are marked, others)}, by the bars that are drawn."""
    with figure_of(instrument.TRUST, trust) as figure:
        return {axes.get_title(loc="left"): tuple(
                    round(sum(bar.get_height() for bar in bars))
                    for bars in axes.containers if isinstance(bars, BarContainer))
                for axes in figure.axes if axes.patches}


class Trust(unittest.TestCase):
    def test_the_figure(self):
        trust = instrument.read_trust(Stored(aa=made.pairs(40), power=made.pairs(
            60, effect=0.05, noise=0.01)))
        self.assertEqual((len(trust.copies), len(trust.p_values), len(trust.delayed)), (40, 40, 60))
        _, collisions, told = answer(instrument.TRUST, trust)
        self.assertEqual(collisions, [])
        seen = histograms(trust)
        flagged, others = seen["A program beside its own copy"]
        self.assertEqual(flagged + others, 40)
        self.assertIn(f"Of 40 comparisons of a program with its own copy {flagged} are flagged",
                      told[0])
        self.assertEqual(seen["With a delay of 5 % over without"], (60, 0))
        self.assertIn("found in 60 of 60 comparisons; at least", told[1])

    def test_a_difference_the_wrong_way_is_missed(self):
        trust = instrument.read_trust(Stored(power=made.pairs(10, effect=-0.2)))
        _, _, told = answer(instrument.TRUST, trust)
        self.assertEqual(histograms(trust), {"With a delay of 5 % over without": (0, 10)})
        self.assertIn("found in 0 of 10", told[1])

    def test_one_study_alone_is_drawn_and_the_other_told(self):
        for stored, title, line in (
                (Stored(aa=made.pairs(10)), "Share of comparisons with at most this p", 1),
                (Stored(power=made.pairs(10)), "With a delay of 5 % over without", 0)):
            points, collisions, told = answer(instrument.TRUST, instrument.read_trust(stored))
            self.assertIn(title, points)
            self.assertEqual(collisions, [])
            self.assertIn("not measured: make instrument", told[line])
        self.assertIn("too few to tell", told[1])

    def test_neither_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            instrument.read_trust(Stored())


class Layout(unittest.TestCase):
    def test_the_figure(self):
        rows = made.LayoutStudy.rows(None, {("get", "link"): 0.04})
        spread = instrument.read_spread(Stored(layout=rows))
        self.assertEqual(list(spread.by_kind), studies.LAYOUT_KINDS)
        self.assertEqual(len(spread.places), 4)
        self.assertGreater(spread.by_kind["link"]["get", 10000].low,
                           spread.by_kind["same"]["get", 10000].high)
        # in percent: 20 layouts drawn with a deviation of 4
        self.assertAlmostEqual(spread.by_kind["link"]["get", 10000].median, 4, delta=2)
        points, collisions, told = answer(instrument.LAYOUT, spread)
        self.assertEqual(collisions, [])
        panel, = points.values()
        self.assertEqual({len(found) for found in panel.values()}, {4})
        self.assertRegex(told[1], 
                         r"^order of linking: at most \d\.\d+ % \[.*\], get 10+K, 20 layouts")

    def test_no_layout_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            instrument.read_spread(Stored())


if __name__ == "__main__":
    unittest.main()
