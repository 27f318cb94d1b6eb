#!/usr/bin/env python3
"""The style of figures: the same bytes for the same data, numbers that can be read, colours that
print."""
import builtins
import itertools
import subprocess
import sys
import unittest
import xml.etree.ElementTree
from unittest import mock

from paths import ROOT, room
from lab import drawing
from lab.command import Failure

# Draws a small figure into the directory of its argument, in a process with hashes of its own.
DRAW = """
import sys
from lab import drawing
with drawing.style() as plot:
    figure, axes = plot.subplots()
    axes.errorbar([0.3, 1, 2], [1, 2, 3], xerr=0.1, marker="o", linestyle="none", label="get")
    drawing.factor_axis(axes.xaxis, 0.2, 3)
    axes.legend()
    drawing.save(figure, sys.argv[1], "small", "Is it small?")
"""


def luminance(colour):
    """WCAG 2's relative luminance of #RRGGBB."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Files(unittest.TestCase):
    def setUp(self):
        self.room = room(self)

    def draw(self, name, **environment):
        subprocess.run([sys.executable, "-c", DRAW, self.room / name], cwd=ROOT / "notebooks",
                       check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(self.room),
                                        **environment})
        return {kind: (self.room / name / f"small.{kind}").read_bytes() for kind in ("svg", "png")}

    def test_the_same_data_give_the_same_bytes(self):
        settings = self.room / "matplotlibrc"
        settings.write_text("font.size: 20\naxes.linewidth: 9\nxtick.direction: in\n")
        first = self.draw("first", PYTHONHASHSEED="1", SOURCE_DATE_EPOCH="1")
        second = self.draw("second", PYTHONHASHSEED="2", MATPLOTLIBRC=str(settings))
        self.assertEqual(first["svg"], second["svg"])
        self.assertEqual(first["png"], second["png"])
        self.assertEqual(sorted(path.name for path in (self.room / "first").iterdir()),
                         ["small.png", "small.svg"])  # and nothing unfinished beside them

    def test_the_question_is_the_title_and_there_is_no_date(self):
        svg = self.draw("one")["svg"].decode()
        root = xml.etree.ElementTree.fromstring(svg)
        self.assertEqual([e.text for e in root.iter("{http://purl.org/dc/elements/1.1/}title")], ["Is it small?"])
        self.assertNotIn("<dc:date>", svg)
        self.assertNotIn("matplotlib.org", svg)


class Ticks(unittest.TestCase):
    def test_they_are_round_lie_inside_and_are_few(self):
        for low, high in itertools.product((0.0002, 0.05, 0.15, 0.6), (1.05, 1.4, 3, 40, 5e4)):
            ticks = drawing.plain_ticks(low, high)
            self.assertTrue(all(low <= tick <= high for tick in ticks))
            self.assertIn(1, ticks)
            self.assertLessEqual(len(ticks), 12)
        self.assertEqual(drawing.plain_ticks(0.15, 3), [0.2, 0.5, 1, 2])
        self.assertEqual(drawing.plain_ticks(0.85, 1.25), [0.9, 1, 1.1, 1.2])

    def test_a_short_axis_has_even_ones(self):
        self.assertEqual(drawing.plain_ticks(0.98, 1.02), [0.98, 0.99, 1, 1.01, 1.02])
        self.assertEqual(drawing.plain_ticks(95, 120), [95, 100, 105, 110, 115, 120])
        self.assertEqual(drawing.plain_ticks(95, 120, most=3), [100, 110, 120])


class Colours(unittest.TestCase):
    def test_each_stands_out_from_white_paper(self):
        for colour in (drawing.BLACK, drawing.GREY, drawing.BLUE, drawing.VERMILION, drawing.GREEN):
            contrast = 1.05 / (luminance(colour) + 0.05)
            self.assertGreaterEqual(contrast, 3, colour)  # WCAG 2.1, 1.4.11: graphical objects


class Want(unittest.TestCase):
    def test_what_to_install_is_told_in_one_line(self):
        real = builtins.__import__

        def absent(name, *arguments, **more):
            if name.split(".")[0] == "matplotlib":
                raise ImportError(name)
            return real(name, *arguments, **more)
        with mock.patch("builtins.__import__", absent):
            with self.assertRaisesRegex(Failure, "no matplotlib: make build/packages-figures"):
                with drawing.style():
                    pass


if __name__ == "__main__":
    unittest.main()
