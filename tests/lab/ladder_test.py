#!/usr/bin/env python3
"""The ladder and the table of findings, on made times."""
import contextlib
import io
import pathlib
import tempfile
import unittest
from types import SimpleNamespace
from unittest import mock

from drawn import answer, figure_of, rings
from made_runs import POOL_FULL, experiment, made
from lab import ladder, question
from lab.seeds import figures as seeds
from lab.results import NotMeasured

# fix3 gains most, phase1 is slower than the baseline.
TIMES = dict(zip(ladder.STEPS, (100, 120, 90, 60, 50, 50, 48, 45, 9, 8, 7)))


def runs(variants=ladder.STEPS, pattern="shuffled", scales=(100000,), full=()):
    """`full` has the (variant, scale) whose pool did not do."""
    return made(lambda cell, competitor: TIMES[competitor.variant] * (cell.scale / 1e5), patterns=(pattern,),
                scales=scales, variants=variants, size=lambda competitor: 500 - len(competitor.variant),
                shape=lambda cell, competitor: POOL_FULL if (competitor.variant, cell.scale) in full else {})


def asked(read, **found):
    """What is read from results that have these experiments' runs."""
    def exported(name, directory):
        if name not in found:
            raise NotMeasured(f"{name}: make results measures it")
        return experiment(found[name])
    with mock.patch.object(question, "exported", exported):
        return read(SimpleNamespace(directory=None))


def by_order(**found):
    return asked(ladder.GAIN.read, **found)


class Steps(unittest.TestCase):
    def test_each_step_is_over_the_baseline_and_over_the_step_before(self):
        found = ladder.ladder_of(runs())
        self.assertEqual(found.steps, list(ladder.STEPS))
        for op in ladder.OPS:
            self.assertAlmostEqual(found.ratios[op, "fix3"].median, 0.09)
            self.assertAlmostEqual(found.alone[op, "fix3"].median, 9 / 45)
            self.assertNotIn((op, "reference"), found.alone)  # no rung
        self.assertEqual(found.bytes[ladder.STORED_BASELINE].median, 500 - len(ladder.STORED_BASELINE))

    def test_steps_that_were_not_measured_are_left_out(self):
        found = ladder.ladder_of(runs((ladder.STORED_BASELINE, "phase2", "fix4", "reference")))
        self.assertEqual(found.steps, [ladder.STORED_BASELINE, "phase2", "fix4", "reference"])
        self.assertAlmostEqual(found.alone["put", "fix4"].median, 8 / 90)

    def test_without_a_baseline_or_a_step_there_is_no_ladder(self):
        for variants in (("phase2", "fix4"), (ladder.STORED_BASELINE, "reference")):
            with self.assertRaisesRegex(NotMeasured, "ladder at 100K"):
                ladder.ladder_of(runs(variants))

    def test_the_documents_ladder_is_over_their_own_baseline(self):
        theirs = ladder.seeds_ladder()
        times = {figure.id: figure.span.low for figure in seeds.read_figures()}
        self.assertEqual(theirs["get"]["phase3"], times["000.phases.10"] / times["000.phases.02"])
        self.assertEqual(theirs["put"]["phase2"], times["000.phases.03"] / times["000.phases.01"])

    def test_the_documents_stand_beside_the_same_order_of_keys(self):
        """And nothing in the figure is of an order that it does not tell."""
        found = by_order(seeds=runs(pattern="sequential"), fixes=runs())
        self.assertEqual(list(found), ["sequential", "shuffled"])
        with figure_of(ladder.GAIN, found) as figure:
            labels = {label for axes in figure.axes for label in axes.get_legend_handles_labels()[1]}
        self.assertEqual(labels, {"the documents, sequential keys", "here, sequential keys", "here, shuffled keys"})
        self.assertIn("put, sequential keys, phase3 over the baseline: 0.12 in the documents, 0.50 [0.50 0.50] here.",
                      list(ladder.GAIN.tell(found)))
        # The documents' order alone is held against theirs.
        self.assertFalse([line for line in ladder.GAIN.tell(by_order(fixes=runs())) if "documents" in line])
        with self.assertRaisesRegex(NotMeasured, "make results"):
            by_order()

    def test_a_step_whose_pool_was_full_is_ringed_and_told(self):
        found = by_order(fixes=runs(full={("phase2", 100000)}))
        with figure_of(ladder.GAIN, found) as figure:
            ringed = rings(figure)
        self.assertEqual({title: len(found) for title, found in ringed.items()},
                         {"put: time over the baseline's": 1, "get: time over the baseline's": 1, "bytes/entry": 1})
        self.assertAlmostEqual(ringed["put: time over the baseline's"][0][0], 0.9)
        self.assertEqual(list(ladder.GAIN.tell(found))[-1],
                         "Arrays that malloc served because the pool was full: phase2, shuffled 84 %.")


class Scales(unittest.TestCase):
    def test_each_order_has_panels_of_its_own(self):
        some = runs((ladder.STORED_BASELINE, "fix4"))
        found = asked(ladder.SCALES.read, seeds=runs(pattern="sequential", scales=(10000, 100000)),
                      fixes=runs(scales=(100000, 1000000), full={("phase3", 1000000)}))
        self.assertEqual({order: list(of) for order, of in found.items()},
                         {"sequential": [10000, 100000], "shuffled": [100000, 1000000]})
        points, told = answer(ladder.SCALES, found)
        title = "get, {} keys: time over the baseline's".format
        every = len(ladder.STEPS) - 1
        self.assertEqual({marker: len(each) for marker, each in points[title("sequential")].items()},
                         {("o", True): every, ("s", True): every})
        self.assertEqual({marker: len(each) for marker, each in points[title("shuffled")].items()},
                         {("s", True): every, ("D", True): every})
        with figure_of(ladder.SCALES, found) as figure:
            self.assertEqual({title: len(each) for title, each in rings(figure).items()},
                             {title("shuffled"): 1, title("shuffled").replace("get", "put"): 1})
        self.assertIn("put, sequential keys, fix4 over the baseline: 10K 0.08 [0.08 0.08], 100K", told[0])
        self.assertIn("phase3 1M shuffled 84 %", told[-1])
        # Of two experiments with one place that with more steps serves, in whichever order.
        for both in ((some, runs()), (runs(), some)):
            self.assertEqual(len(ladder.ladders(*both)["shuffled"][100000].steps), len(ladder.STEPS))

    def test_no_scale_is_not_measured(self):
        with self.assertRaisesRegex(NotMeasured, "ladder at any scale"):
            ladder.ladders(runs(("phase2",)))


class Findings(unittest.TestCase):
    def table(self, variants, full=()):
        times = {ladder.STORED_BASELINE: 100, "reference": 10}
        found = made(lambda cell, competitor: times.get(competitor.variant, 25), variants=variants,
                     shape=lambda cell, competitor: POOL_FULL if competitor.variant in full else {})
        with mock.patch.object(ladder, "exported", return_value=experiment(found)):
            return ladder.findings_table()

    def test_a_line_is_a_change_over_baseline_and_reference(self):
        lines = self.table([name for name, _ in ladder.ROWS], full=("phase2",)).splitlines()
        self.assertEqual(len(lines), len(ladder.ROWS) + 2)
        self.assertIn("| `fix4` | + growpool and exact instead of the bump pool | 0.25 [0.25 0.25] | 0.25 [0.25 0.25] |"
                      " 2.50 [2.50 2.50] | 2.50 [2.50 2.50] | 100 |", lines)
        self.assertTrue(lines[2].startswith(f"| `{ladder.STORED_BASELINE}` | the baseline"))
        self.assertIn("| 1 | 1 | 10.0 [10.0 10.0] |", lines[2])
        self.assertIn("| `phase2` (84 % by malloc) |", "\n".join(lines))

    def test_a_change_that_was_not_measured_is_told(self):
        with self.assertRaisesRegex(NotMeasured, r"^fixes: not measured: outline\+array64, outline\+exact$"):
            self.table([name for name, _ in ladder.ROWS if name not in ("outline+array64", "outline+exact")])

    def test_results_of_one_s_own_do_not_change_the_page(self):
        with tempfile.TemporaryDirectory() as room, contextlib.redirect_stdout(io.StringIO()) as out, \
                mock.patch.object(ladder, "findings_table", return_value="made"), \
                mock.patch.object(ladder, "PAGE", pathlib.Path(room) / "results.md"):
            ladder.PAGE.write_text("a\n" + "\n\nold\n\n".join(ladder.MARKS) + "\nz\n")
            ladder.findings(results=pathlib.Path(room))
            self.assertIn("old", ladder.PAGE.read_text())
            ladder.findings()
            self.assertEqual(ladder.PAGE.read_text(), "a\n" + "\n\nmade\n\n".join(ladder.MARKS) + "\nz\n")
        self.assertEqual(out.getvalue(), "made\nmade\n")


if __name__ == "__main__":
    unittest.main()
