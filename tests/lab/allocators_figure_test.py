#!/usr/bin/env python3
"""The figure of the superslab beside mimalloc."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drawn import answer  # noqa: E402
from lab.seeds import figures as seeds  # noqa: E402
from lab.figures import superslab  # noqa: E402
from lab.question import NotMeasured  # noqa: E402
from lab.superslab.plan import MAIN  # noqa: E402
from lab.superslab.study import Study  # noqa: E402

def row(name, mops, block, load):
    return {"kind": "time", "status": "ok", "configuration": name, "block": str(block),
            "load_slots": str(load.slots), "load_generator": load.generator,
            "load_threads": str(load.threads), "mops": str(mops)}


def study(names=("phase9-on", "2m", "2m+prewarm", "best", "glibc", "mimalloc")):
    speed = {"phase9-on": 16, "2m": 25, "2m+prewarm": 40, "best": 90, "glibc": 50, "mimalloc": 100}
    return Study([row(name, speed[name] * (2 if name == "2m" and load is not MAIN else 1)
                      * (1 + block), block, load)
                  for name in names for block in range(6)
                  for load in (MAIN, MAIN._replace(generator="good"))])


class Superslab(unittest.TestCase):
    def test_throughputs_are_over_mimalloc_s(self):
        found = superslab.gap(study())
        self.assertEqual(found.rows, ["phase9-on", "2m", "2m+prewarm", "best", "glibc"])
        self.assertAlmostEqual(found.ours["lcg"]["2m"].median, 0.25)
        self.assertAlmostEqual(found.ours["good"]["2m"].median, 0.5)
        self.assertAlmostEqual(found.measured["phase9-on"], 16.4 / 96.5)
        self.assertAlmostEqual(found.projected[superslab.SCENARIOS]["2m+prewarm"].high, 50 / 96.5)
        # said as a gain of 70 % at most
        self.assertAlmostEqual(found.projected[superslab.PLAN]["prewarm"].high, 16.4 * 1.7 / 96.5)

    def test_every_configuration_that_was_projected_has_its_projection(self):
        """Of all that the document expects of throughput; a leaner wrapper was not tried."""
        rows = {"slabs of 2 MB": "2m", "slabs mapped ahead": "prewarm", "both, slabs on": "2m+prewarm"}
        wanted = {rows[figure.row] for figure in seeds.read_figures()
                  if figure.document == "004" and figure.kind == "expected"
                  and figure.metric in ("mops", "percent_gain") and figure.row in rows}
        _, projected = superslab.of_the_document()
        self.assertEqual({name for spans in projected.values() for name in spans}, wanted)

    def test_the_figure(self):
        points, collisions, told = answer(superslab.GAP, superslab.gap(study()))
        self.assertEqual(collisions, [])
        panel, = points.values()
        self.assertEqual(len(panel["o", True]), 5)
        self.assertEqual(len(panel["D", True]), 1)  # of the document's rows, what was measured here
        self.assertEqual((len(panel["D", False]), len(panel["v", False])), (2, 2))
        self.assertIn("slabs of 2 MB, projected in its scenarios: 0.26 to 0.31, here 0.25 [0.25"
                      " 0.25].", told)

    def test_without_mimalloc_there_is_nothing_to_hold_it_against(self):
        with self.assertRaisesRegex(NotMeasured, "superslab beside mimalloc"):
            superslab.gap(study(("phase9-on", "2m")))


if __name__ == "__main__":
    unittest.main()
