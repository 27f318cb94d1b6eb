#!/usr/bin/env python3
"""What is said of the instrument, in gates, tables and figures, on made studies whose answers are known."""
import contextlib
import io
import itertools
import math
import pathlib
import random
import re
import tempfile
import unittest
from types import SimpleNamespace

import numpy
import pandas
from matplotlib.container import BarContainer
import made_export
from drawn import answer, figure_of
from lab.command import Failure
from lab.instrument import layout, study, trust, verdict
from lab.question import NotMeasured

ROOM = tempfile.TemporaryDirectory()


def pairs(comparisons=200, blocks=20, effect=0.0, noise=0.03, seed=1, changed="copy=1"):
    """The processes of a study of pairs, as made_export takes them, with a drift that both sides of a block share.
    changed: the parameter that side b has; side a has it with 0."""
    source, rows = random.Random(seed), []
    for number, block in itertools.product(range(comparisons), range(blocks)):
        drift = source.lognormvariate(3, 0.5)
        for side, factor in ((0, 1.0), (1, 1 + effect)):
            time = drift * factor * source.lognormvariate(0, noise)
            rows.append({"variant": ("fix4", "reference")[number % 2], "plan_seed": number, "block": block,
                         "parameters": changed if side else re.sub("=.*", "=0", changed),
                         "samples": (50 * time, time, time)})  # one was interrupted
    return rows


def delays(comparisons, percent=5, **more):
    return pairs(comparisons, changed=f"delay_percent={percent}", **more)


def layouts(effects, noise=0.01, seed=1):
    """20 layouts of each kind in two cells of either operation, 10 blocks; effects: {(op, kind): the deviation of the
    layouts' own logs}."""
    source, rows = random.Random(seed), []
    for op, scale in itertools.product(("get", "put"), (10000, 100000)):
        own = {(kind, n): source.gauss(0, effects.get((op, kind), 0)) for kind in layout.KINDS for n in range(20)}
        for block in range(10):
            drift = source.gauss(3, 0.4)
            rows += [{"variant": f"fix4.{kind}.{n:02}", "op": op, "scale": scale, "block": block,
                      "samples": (math.exp(drift + of_it + source.gauss(0, noise)),)}
                     for (kind, n), of_it in own.items()]
    return rows


def counts(runs=3, **last):
    """The same run again and again; last: what the last of them counts instead."""
    same = {"operations": 10000, "instructions": 1357251, "i1_misses": 385, "d1_misses": 41000, "ll_misses": 0}
    return [{"scale": 10000, "block": run, "values": same | (last if run == runs - 1 else {})} for run in range(runs)]


def stored(settings="pairs=20", **studies):
    """Results in a directory that lasts as long as the program: of these studies, {name: rows}."""
    results = pathlib.Path(tempfile.mkdtemp(dir=ROOM.name))
    for name, rows in studies.items():
        made_export.write(results, f"instrument-{name}", rows, settings=settings)
    return results


def frame(settings="pairs=20", **study_of_rows):
    """The frame of one study, read from its files."""
    (name, rows), = study_of_rows.items()
    return study.read(name, stored(settings, **{name: rows}))[1]


def failed(verdicts):
    return [verdict.text for verdict in verdicts if verdict.passed is False]


def texts(verdicts):
    return "\n".join(verdict.text for verdict in verdicts)


def judged_aa(**more):
    return list(trust.judge_aa(frame(aa=pairs(**more))))


def judged_power(comparisons=96, **more):
    return list(trust.judge_power(frame(power=delays(comparisons, **more))))


class Reading(unittest.TestCase):
    def test_a_process_is_the_median_of_its_samples_on_its_side(self):
        found = frame(power=[{"parameters": "delay_percent=2", "samples": (1000, 20, 21), "plan_seed": 103},
                             {"parameters": "delay_percent=0", "samples": (7,)},
                             {"parameters": "delay_percent=0", "status": "crash", "detail": "signal 11"}])
        self.assertEqual(list(found[["side", "ns_per_op", "seed", "composition", "percent"]]
                              .itertuples(index=False, name=None)),
                         [("b", 21, 103, "fix4", 2), ("a", 7, 1, "fix4", 0)])

    def test_a_delay_that_was_stored_in_steps_is_the_share_that_the_settings_tell(self):
        found = frame("pairs=300 effect=0.05 steps: fix4/get/1000=630", power=[{"parameters": "delay=630"},
                                                                              {"parameters": "delay=0"}])
        self.assertEqual(list(found["percent"]), [5, 0])
        self.assertEqual(list(found["side"]), ["b", "a"])


class Gates(unittest.TestCase):
    def test_flags_allowed(self):
        self.assertEqual([trust.flags_allowed(n) for n in (200, 400)], [18, 31])

    def test_finds_wanted(self):
        self.assertEqual([trust.finds_wanted(n) for n in (58, 59, 92, 93, 96)], [59, 59, 92, 92, 95])


class Copies(unittest.TestCase):
    def test_no_difference_passes(self):
        verdicts = judged_aa()
        self.assertEqual(failed(verdicts), [])
        self.assertRegex(verdicts[0].text, r"^\d+ of 200 comparisons")
        self.assertIn("4000 pairs", texts(verdicts))
        self.assertRegex(texts(verdicts), r"outliers .*\d+ low severe, \d+ low mild")

    def test_a_difference_on_one_side_fails(self):
        told = failed(judged_aa(effect=0.02))
        self.assertEqual(len(told), 2)  # flags, and the median of all
        self.assertRegex(told[1], r"median of all pairs \+(1\.9|2\.[01])")

    def test_a_small_bias_in_all_fails_the_median_alone(self):
        told = failed(judged_aa(effect=0.007, noise=0.05))
        self.assertEqual(len(told), 1)
        self.assertIn("within 0.5 %", told[0])

    def test_too_few_comparisons_fail(self):
        self.assertIn("at least 200", failed(judged_aa(comparisons=199))[0])

    def test_power_is_foretold(self):
        for noise, low, high in ((0.01, 99, 100), (0.3, 0, 20)):
            text = texts(judged_aa(noise=noise))
            power = int(re.search(r"moved by 5 %.* power of (\d+) %", text)[1])
            self.assertTrue(low <= power <= high, text)

    def test_the_table(self):
        """100 comparisons of 20 pairs for each composition; two sides with 3 % noise differ by 4.2 %."""
        line = next(line for line in texts(judged_aa()).splitlines() if line.startswith("fix4"))
        _, op, scale, comparisons, _, many, *_ = line.split()
        self.assertEqual((op, scale, comparisons, many), ("get", "1K", "100", "2000"))
        spread = float(re.search(r"\] +([\d.]+) %", line)[1])
        self.assertAlmostEqual(spread, 100 * 0.03 * 2 ** 0.5, delta=0.3)


class Delays(unittest.TestCase):
    def test_what_is_there_is_found(self):
        verdicts = judged_power(effect=0.05, noise=0.015)
        self.assertEqual(failed(verdicts), [])
        injected = float(re.search(r"all pairs see it: \+([\d.]+) %", texts(verdicts))[1])
        self.assertAlmostEqual(injected, 5, delta=0.3)

    def test_noise_that_hides_it_fails(self):
        self.assertEqual(len(failed(judged_power(effect=0.05, noise=0.1))), 1)

    def test_a_larger_delay_does_not_count(self):
        told = failed(judged_power(effect=0.06, noise=0.015))
        self.assertEqual(len(told), 1)
        self.assertIn("not to be certainly more than 5.3 %", told[0])

    def test_a_difference_the_wrong_way_is_not_found(self):
        self.assertIn("found in 0 of 96", failed(judged_power(effect=-0.05, noise=0.01))[0])

    def test_of_another_delay_it_is_told_how_many_are_found_and_nothing_is_asked_for(self):
        half = [row for row in delays(96, percent=2, effect=0.02, noise=0.1, seed=2)
                if row["parameters"] == "delay_percent=2"]
        verdicts = list(trust.judge_power(frame(power=delays(96, effect=0.05, noise=0.015) + half)))
        self.assertEqual(failed(verdicts), [])
        self.assertRegex(texts(verdicts), r"a delay of 2 % found in \d+ of 96 comparisons, as all pairs see it: [+-]")

    def test_other_delays_alone_are_no_test(self):
        with self.assertRaisesRegex(NotMeasured, "no delay of 5 %"):
            judged_power(percent=2, effect=0.02)

    def test_too_few_fail_though_all_are_found(self):
        self.assertIn("at least 59", failed(judged_power(40, effect=0.05, noise=0.01))[0])


class Layouts(unittest.TestCase):
    def judged(self, effects):
        return texts(layout.judge_layout(frame(layout=layouts(effects))))

    def test_the_kind_that_matters_is_named_and_no_other(self):
        self.assertIn("for 12: get at 10K by link, get at 100K by link\n", self.judged({("get", "link"): 0.03}))

    def test_nothing_is_found_where_nothing_is(self):
        text = self.judged({})
        self.assertIn("for 12: none\n", text)
        self.assertEqual([line.split()[2] for line in text.splitlines() if line.startswith("get  10K ")],
                         ["same", "link", "move", "envs"])

    def test_a_layout_is_its_median_beside_the_block_s(self):
        """Three layouts at 100, 200 and 400 ns; the second block is ten times as slow, and lacks the first of them:
        there the others lie a factor of sqrt(2) on either side of the middle."""
        runs = pandas.DataFrame([[kind, 0, "get", 1000, block, time * 10 ** block]
                                 for kind, time in (("same", 100), ("link", 200), ("move", 400)) for block in range(2)
                                 if (kind, block) != ("same", 1)],
                                columns=["kind", "layout", "op", "scale", "block", "ns_per_op"])
        found = layout.medians(runs)["get", 1000]
        for kind, factor in (("same", 0.5), ("link", 2 ** -0.25), ("move", 2 ** 0.75)):
            self.assertAlmostEqual(numpy.exp(found[kind, 0]), factor)


class Counts(unittest.TestCase):
    def test_the_same_passes_and_one_instruction_more_fails(self):
        self.assertEqual(failed(verdict.judge_counts(frame(counts=counts()))), [])
        self.assertEqual(len(failed(verdict.judge_counts(frame(counts=counts(instructions=1357252))))), 1)
        self.assertEqual(len(failed(verdict.judge_counts(frame(counts=counts(runs=1))))), 1)

    def test_misses_are_told(self):
        verdicts = list(verdict.judge_counts(frame(counts=counts(d1_misses=41010))))
        self.assertEqual(failed(verdicts), [])
        self.assertRegex(texts(verdicts), r"135\.725 +0 +4\.138 +10 +0\.000 +0")


class Report(unittest.TestCase):
    def report(self, **studies):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            try:
                verdict.verdict(results=stored(**studies))
                status = 0
            except SystemExit as end:
                status = end.code
        return status, out.getvalue()

    def test_all_passed(self):
        status, text = self.report(aa=pairs(), power=delays(96, effect=0.05, noise=0.015),
                                   layout=layouts({}), counts=counts())
        self.assertEqual((status, text.count("passed: ")), (0, 5), text)
        self.assertIn("every gate is passed", text)
        self.assertIn("2026-01-01 00:00 UTC, commit unknown with changes, made up, 1 cores, virtual, cc 1; pairs=20",
                      text)

    def test_one_failed_and_one_missing(self):
        status, text = self.report(aa=pairs(effect=0.1), counts=counts(), layout=layouts({}))
        self.assertEqual(status, 1)
        self.assertIn("falls short in: aa, power (not measured yet)", text)

    def test_nothing_stored_is_told(self):
        with self.assertRaisesRegex(Failure, "make instrument"):
            self.report()


# ---- The figures ----

def results(**studies):
    return SimpleNamespace(directory=stored(**studies))


def histograms(found):
    """{title: (comparisons that are marked, others)}, by the bars that are drawn."""
    with figure_of(trust.TRUST, found) as figure:
        return {axes.get_title(loc="left"): tuple(round(sum(bar.get_height() for bar in bars))
                                                  for bars in axes.containers if isinstance(bars, BarContainer))
                for axes in figure.axes if axes.patches}


class TrustFigure(unittest.TestCase):
    def test_the_figure(self):
        found = trust.read(results(aa=pairs(40), power=delays(60, effect=0.05, noise=0.01)))
        _, told = answer(trust.TRUST, found)
        seen = histograms(found)
        flagged, others = seen["A program beside its own copy"]
        self.assertEqual(flagged + others, 40)
        self.assertIn(f"Of 40 comparisons of a program with its own copy {flagged} are flagged", told[0])
        self.assertEqual(seen["With a delay of 5 % over without"], (60, 0))
        self.assertIn("found in 60 of 60 comparisons; at least", told[1])

    def test_a_difference_the_wrong_way_is_missed(self):
        found = trust.read(results(power=delays(10, effect=-0.2)))
        _, told = answer(trust.TRUST, found)
        self.assertEqual(histograms(found), {"With a delay of 5 % over without": (0, 10)})
        self.assertIn("found in 0 of 10", told[1])

    def test_one_study_alone_is_drawn_and_the_other_told(self):
        for measured, title, line in ((results(aa=pairs(10)), "Share of comparisons with at most this p", 1),
                                    (results(power=delays(10)), "With a delay of 5 % over without", 0)):
            points, told = answer(trust.TRUST, trust.read(measured))
            self.assertIn(title, points)
            self.assertIn("not measured: make instrument", told[line])
        self.assertIn("too few to tell", told[1])

    def test_neither_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            trust.read(results())


class LayoutFigure(unittest.TestCase):
    def test_the_figure(self):
        found = layout.read(results(layout=layouts({("get", "link"): 0.04})))
        self.assertEqual(list(found.columns), list(layout.KINDS.values()))
        self.assertEqual(list(found.index), ["get 10K", "get 100K", "put 10K", "put 100K"])
        linked, same = (found.loc["get 10K", layout.KINDS[kind]] for kind in ("link", "same"))
        self.assertGreater(linked.low, same.high)
        self.assertAlmostEqual(linked.median, 4, delta=2)  # per cent: 20 layouts drawn with a deviation of 4
        points, told = answer(layout.LAYOUT, found)
        panel, = points.values()
        self.assertEqual({len(each) for each in panel.values()}, {4})
        self.assertRegex(told[1], r"^order of linking: at most \d\.\d+ % \[.*\], get 10+K, 20 layouts")

    def test_no_layout_is_not_measured(self):
        with self.assertRaises(NotMeasured):
            layout.read(results())


if __name__ == "__main__":
    unittest.main()
