#!/usr/bin/env python3
"""Which fix closes the gap: the design, and all that is told and drawn of a made experiment whose answers are known."""
import contextlib
import functools
import io
import itertools
import math
import pathlib
import tempfile
import unittest
from unittest import mock

from drawn import answer, collisions, figure_of, intervals, legends
from made_runs import ROOT, experiment, grids, made as made_runs
import compose
import made_counts
from lab.counts import exact
from lab.factorial import effects, figure, report
from lab.factorial.fit import design_of
from lab.factorial.families import BUCKET, FACTORIALS, TRIE
from lab.printing import short_scale
from lab.results import NotMeasured

SMALL, LARGE = 100000, 1000000
BLOCKS = {SMALL: 6, LARGE: 2}
REFERENCE_NS = 60.0
# What a fix multiplies put and get by, and what some pairs do beside that.
PUT = {"lazy": 0.25, "growpool": 0.70, "arena": 0.75, "inline": 0.9, "single": 0.95, "tagged": 0.96, "sizes": 0.98,
       "prefetch": 1.02}
GET = {"lazy": 0.20, "inline": 0.7, "tagged": 0.9, "single": 0.96, "growpool": 0.97, "sizes": 0.98, "arena": 1.05,
       "prefetch": 1.01}
PAIR = ("growpool", "lazy")  # together worth less in put than the product, by this:
PAIR_PUT = 1.5
BYTES = {"lazy": 0.2, "tagged": 0.8}
INSIDE = TRIE.composition(["sizes", "tagged"])  # in the fraction


def product(factors, fixes):
    return math.prod(factors.get(fix, 1) for fix in fixes)


def put_ns(fixes):
    return 600 * product(PUT, fixes) * (PAIR_PUT if set(PAIR) <= set(fixes) else 1)


def get_ns(fixes):
    return 900 * product(GET, fixes)


def competitors(scale):
    """Those of the plan."""
    return grids(TRIE.name)[scale == LARGE]["VARIANTS"]


def ns(cell, competitor):
    if competitor.variant == TRIE.against:
        return REFERENCE_NS
    return {"put": put_ns, "get": get_ns}[cell.op](TRIE.fixes_of(competitor.variant))


def size(competitor):
    return 60 if competitor.variant == TRIE.against else 500 * product(BYTES, TRIE.fixes_of(competitor.variant))


@functools.lru_cache
def made():
    """The plan's competitors with the times above, 3 % noise and drift from block to block."""
    return experiment(*(made_runs(ns, scales=(scale,), variants=competitors(scale), blocks=blocks, size=size,
                                       noise=0.03) for scale, blocks in BLOCKS.items()))


def without(condition):
    return made()._replace(runs=made().runs.query(f"not ({condition})"))


@functools.lru_cache
def study():
    return effects.study_of(made())


class Design(unittest.TestCase):
    def test_the_plans_are_what_the_designs_print(self):
        for factorial in FACTORIALS.values():
            self.assertEqual((ROOT / "experiments" / f"{factorial.name}.plan").read_text(), factorial.plan())

    def test_every_composition_is_one_and_has_its_canonical_name(self):
        for factorial in FACTORIALS.values():
            for variant in {name for grid in grids(factorial.name) for name in grid["VARIANTS"]}:
                self.assertEqual(compose.Composition(variant).id, variant)

    def test_each_fix_answers_its_part_and_no_other(self):
        for factorial in FACTORIALS.values():
            parts = []
            for factor in factorial.factors:
                part, = compose.parts_of(ROOT / "variants" / factor.fix)
                parts.append(part)
                if factor.low:
                    self.assertEqual(compose.parts_of(ROOT / "variants" / factor.low), [part])
            self.assertEqual(len(set(parts)), len(parts))

    def test_the_fractions_are_balanced_and_tell_all_fixes_and_pairs_apart(self):
        for factorial in FACTORIALS.values():
            fraction = list(factorial.fraction())
            self.assertEqual(len(set(fraction)), len(fraction))
            self.assertIn(frozenset(), fraction)
            for fix in factorial.fixes:
                self.assertEqual(2 * sum(fix in fixes for fixes in fraction), len(fraction))
            self.assertEqual(design_of(factorial.fixes, tuple(fraction)).aliases, {})

    def test_what_checks_it_is_no_part_of_it(self):
        for factorial in FACTORIALS.values():
            fraction = set(factorial.fraction())
            for variant in factorial.checks:
                self.assertNotIn(factorial.fixes_of(variant), fraction)

    def test_steps_beyond_change_one_part_each(self):
        first = BUCKET.composition(BUCKET.rungs[-1])
        for before, after in itertools.pairwise([first, *BUCKET.beyond]):
            differ = set(before.split("+")) ^ set(after.split("+"))
            part, = {part for variant in differ for part in compose.parts_of(ROOT / "variants" / variant)}
            self.assertEqual(len(differ), 2, part)


class Answers(unittest.TestCase):
    def test_effects_are_what_was_put_in(self):
        for op, truth in (("put", PUT), ("get", GET)):
            found = study().times[op, SMALL].fit.effects
            for fix, factor in truth.items():
                if op == "put" and fix in PAIR:
                    factor *= math.sqrt(PAIR_PUT)  # half of its compositions hold the other
                self.assertAlmostEqual(found[fix,].factor, factor, delta=0.02)
                self.assertLess(found[fix,].low, found[fix,].factor)
        self.assertAlmostEqual(study().memory[LARGE].effects["lazy",].factor, 0.2)
        self.assertIsNone(study().memory[LARGE].effects["lazy",].low)

    def test_the_pair_that_does_not_multiply_stands_and_comes_first(self):
        pairs = effects.standing_pairs(study())
        self.assertEqual(pairs[0], PAIR)
        self.assertLess(len(pairs), 4)

    def test_fixes_are_sorted_by_what_they_gain(self):
        order = effects.sorted_fixes(study())
        self.assertEqual((order[0], order[-1]), ("lazy", "prefetch"))

    def test_the_ladder_takes_the_greatest_gain_first(self):
        orders = effects.orders(study(), SMALL)
        # In put growpool gains 0.7 only where lazy is not; beside it, 1.05.
        self.assertEqual(orders["put"][:3], ["lazy", "arena", "inline"])
        self.assertEqual(orders["get"][:3], ["lazy", "inline", "tagged"])
        self.assertEqual(orders["put and get"][:2], ["lazy", "inline"])
        # Six fixes do nothing to memory: they come in the order of the design.
        self.assertEqual(orders["bytes"], ["lazy", "tagged", *(fix for fix in TRIE.fixes if fix not in BYTES)])
        for order in orders.values():
            self.assertEqual(sorted(order), sorted(TRIE.fixes))

    def test_rungs_are_predicted_and_where_they_ran_measured(self):
        rungs = effects.ladder(study(), SMALL, effects.orders(study(), SMALL)["put and get"])
        self.assertAlmostEqual(rungs[0].gap_left, 1, delta=0.03)
        for rung in rungs:
            for op, time in (("put", put_ns), ("get", get_ns)):
                truth = time(rung.fixes) / REFERENCE_NS
                self.assertAlmostEqual(rung.predicted[op].value / truth, 1, delta=0.05)
                self.assertLess(rung.predicted[op].low, truth)
                self.assertGreater(rung.predicted[op].high, truth)
                if rung.fixes in set(TRIE.fraction()):
                    self.assertAlmostEqual(rung.measured[op].median / truth, 1, delta=0.06)
        self.assertEqual(rungs[1].added, "lazy")
        self.assertTrue(rungs[1].measured)  # by CHECKS
        together = math.sqrt(0.2 * 0.25)
        self.assertAlmostEqual(rungs[1].gap_left, 1 + math.log(together) / math.log(math.sqrt(150)), delta=0.03)
        best, seeds = (effects.mean_gap_left(effects.ladder(study(), SMALL, order))
                       for order in (effects.orders(study(), SMALL)["put and get"], TRIE.roadmap))
        self.assertLess(best, seeds)

    def test_the_measured_ladder_goes_through_what_was_measured(self):
        way = effects.measured_ladder(study(), SMALL)
        self.assertEqual([len(fixes) for fixes, _ in way], [0, 2, 4, 6])
        self.assertEqual(way[1][0], {"lazy", "inline"})
        self.assertAlmostEqual(way[0][1], math.sqrt(150), delta=0.5)

    def test_what_was_left_out_is_predicted(self):
        found = effects.checks(study())
        # Rungs at both scales; put, get and bytes.
        self.assertEqual(len(found), (len(TRIE.checks) + len(TRIE.rungs)) * 3)
        self.assertGreater(sum(check.inside for check in found) / len(found), 0.85)
        self.assertAlmostEqual(sum(check.ratio for check in found) / len(found), 1, delta=0.02)

    def test_what_the_pairs_cannot_tell_is_seen_outside_of_the_interval(self):
        prefetch = TRIE.composition(["prefetch"])
        slow = made().runs.assign(ns_per_op=made().runs["ns_per_op"].mask(
            (made().runs["variant"] == prefetch) & (made().runs["op"] == "get"), 2 * made().runs["ns_per_op"]))
        wrong = [check for check in effects.checks(effects.study_of(experiment(slow))) if check.ratio > 1.5]
        self.assertEqual([(check.variant, check.what, check.inside) for check in wrong], [(prefetch, "get", False)])

    def test_another_run_is_compared_by_the_baseline(self):
        other = {TRIE.baseline: 100, TRIE.composition(["inline"]): 90, TRIE.composition(["lazy"]): 25}
        found = effects.against(study(), experiment(made_runs(
            lambda cell, competitor: other[competitor.variant], ops=("put", "remove"), variants=other, blocks=6)))
        self.assertEqual([(again.fix, again.op) for again in found], [("inline", "put"), ("lazy", "put")])
        self.assertAlmostEqual(found[1].measured.median, 0.25)
        self.assertAlmostEqual(found[1].predicted.value, 0.25, delta=0.02)
        self.assertRegex(report.again_table(found).columns(), r"put +lazy +0\.2\d \[.*\] +0\.25 \[0\.25 0\.25\]")

    def test_the_best_is_compared_with_the_reference(self):
        fixes = TRIE.fixes_of(effects.best(study(), SMALL))
        least = min(put_ns(c) * get_ns(c) for c in TRIE.fraction())
        self.assertLess(put_ns(fixes) * get_ns(fixes) / least, 1.03)
        put, get, size_of, resident = effects.left(study(), SMALL)
        self.assertAlmostEqual(put.ratio.median, put_ns(fixes) / REFERENCE_NS, delta=0.08)
        self.assertLess(put.ratio.low, put.ratio.median)
        self.assertAlmostEqual(get.ratio.median, get_ns(fixes) / REFERENCE_NS, delta=0.08)
        self.assertAlmostEqual(size_of.ratio.median, 80 / 60)
        self.assertEqual((round(resident.best, 9), resident.other), (90, 70))
        few = effects.left(study(), LARGE)[0].ratio  # two blocks: by the noise of all compositions
        self.assertLess(few.low, put_ns(fixes) / REFERENCE_NS)
        self.assertLess(few.high / few.low, 1.3)

    def test_counts_of_both_are_compared_and_their_want_is_told(self):
        rows = made_counts.counts(
            dict(composition=effects.best(study(), SMALL), op="get", scale=SMALL, instructions=120, chain=6),
            dict(composition=TRIE.against, op="get", scale=SMALL, instructions=100, chain=8))
        found, lost = effects.left_in_counts(study(), SMALL, rows)
        self.assertEqual([(left.what, left.ratio.median) for left in found],
                         [("get, instructions", 1.2), ("get, dependent loads", 0.75)])
        self.assertEqual(lost, [f"put 100K: {effects.best(study(), SMALL)} and reference not counted"])


class Buckets(unittest.TestCase):
    """The other family's, by the same code."""
    @staticmethod
    def times(name):
        """A step beyond the design takes a tenth less than the one before it."""
        known = BUCKET.fixes_of(name)
        if known is None:
            number = BUCKET.beyond.index(name) + 1 if name in BUCKET.beyond else 0
            known = frozenset(BUCKET.rungs[-1])
        else:
            number = 0
        return 800 * product({"directory": 0.2, "tags": 0.5, "quotients": 1.1}, known) * 0.9 ** number

    def test_effects_ladder_and_steps_beyond_are_told_over_the_hash_table(self):
        names = [name for grid in grids(BUCKET.name) for name in grid["VARIANTS"]]
        runs = [made_runs(lambda cell, competitor: 50 if competitor.variant == "boost" else
                          self.times(competitor.variant), scales=(SMALL,), variants=dict.fromkeys(names), blocks=7,
                          noise=0.02)]
        found = effects.study_of(experiment(*runs), BUCKET)
        self.assertAlmostEqual(found.times["get", SMALL].fit.effects["directory",].factor, 0.2, delta=0.01)
        self.assertEqual(effects.orders(found, SMALL)["put and get"][:2], ["directory", "tags"])
        self.assertNotIn("the seeds", effects.orders(found, SMALL))
        self.assertAlmostEqual(effects.gap(found, SMALL), 16, delta=0.5)
        steps = effects.beyond(found, SMALL)
        self.assertEqual([step.variant for step in steps], list(BUCKET.beyond))
        for number, step in enumerate(steps, 1):
            self.assertAlmostEqual(step.before["put"].median, 0.9, delta=0.03)
            self.assertAlmostEqual(step.over["get"].median, 800 * 0.2 * 0.5 / 50 * 0.9 ** number, delta=0.1)
        text = "\n".join(table for *_, table in report.sections(found, ROOT / "results"))
        self.assertIn("huge+roomy+vector+directory+lines", text)
        answer(figure.BUCKETS, found)


class Parts(unittest.TestCase):
    """What is there of a design that was measured in part."""

    def test_a_composition_that_was_not_measured_is_told_and_the_rest_fitted(self):
        part = effects.study_of(without(f"variant == '{INSIDE}' and op == 'get' and scale == 100000"))
        self.assertAlmostEqual(part.times["get", SMALL].fit.effects["lazy",].factor, 0.2, delta=0.01)
        self.assertIn("63 to 64 of the 256 compositions", report.header(part))
        self.assertTrue(report.header(part).endswith("of the design, not measured: get 100K: " + INSIDE))

    def test_a_smaller_fraction_tells_what_it_confounds(self):
        """Without inline: tagged x lazy is single x sizes then."""
        def kept(variant):
            return variant == TRIE.against or "inline" not in TRIE.fixes_of(variant)
        names = [name for name in competitors(SMALL) if kept(name)]
        part = effects.study_of(made()._replace(runs=made().runs[made().runs["variant"].isin(names)]))
        self.assertEqual(effects.aliases(part)["tagged", "lazy"], [("single", "sizes")])
        self.assertEqual(effects.aliases(part)["inline",], [()])
        self.assertIn("do not tell apart inline from the mean; ", report.effect_note(part))
        self.assertIn("tagged x lazy from single x sizes", " ".join(report.effect_note(part).split()))
        self.assertRegex(report.effect_table(part).columns(), r"\ninline( +-){6}\n")
        answer(figure.GAP, part)

    def test_compositions_of_other_parts_are_no_part_of_it(self):
        other = made_runs(lambda cell, competitor: 1e6, variants=("pathcomp", "lazy+pathcomp", "lazy+inline"), blocks=6)
        self.assertEqual(effects.study_of(experiment(*(made().runs, other))).times["put", SMALL].fit.coefficients,
                         study().times["put", SMALL].fit.coefficients)

    def test_what_was_measured_beyond_the_fraction_serves_too(self):
        more = frozenset(["inline", "prefetch"])
        self.assertNotIn(more, set(TRIE.fraction()))
        other = made_runs(ns, variants=(TRIE.composition(more),), blocks=6, size=size)
        self.assertIn(more, effects.study_of(experiment(made().runs, other)).times["put", SMALL].fit.compositions)

    def test_without_what_all_is_compared_with_there_is_no_study(self):
        for condition, said in (
                ("variant == 'reference' and op == 'get' and scale == 100000", "get 100K: not measured: reference"),
                ("variant == 'reference' and block == 1 and op == 'put' and scale == 1000000",
                 "put 1M: blocks that hold all 64 compositions: 1, wanted 2 or more"),
                ("op == 'put' and scale == 1000000", "not measured: put 1M"), ("scale > 0", "not measured: anything")):
            with self.assertRaisesRegex(NotMeasured, f"^factorial: {said}$"):
                effects.study_of(without(condition))

    def test_competitors_of_the_same_name(self):
        runs = made().runs.assign(hash=made().runs["hash"].mask(made().runs["block"] == 0, "wyhash"))
        with self.assertRaisesRegex(NotMeasured, "several patterns, hashes"):
            effects.study_of(experiment(runs))


class Report(unittest.TestCase):
    def test_all_of_it_is_printed_and_drawn(self):
        def exported(name, directory):
            if name == TRIE.name:
                return made()
            raise NotMeasured("there is no runs/fixes")
        with tempfile.TemporaryDirectory() as room, contextlib.redirect_stdout(io.StringIO()) as out, \
                mock.patch.object(effects, "exported", exported), mock.patch.object(report, "exported", exported), \
                mock.patch.object(exact, "load", return_value=made_counts.counts()):
            report.factorial(results=pathlib.Path(room))
            drawn = sorted(path.name for path in (pathlib.Path(room) / "figures").iterdir())
        text, lines = out.getvalue(), out.getvalue().splitlines()
        self.assertIn("blocks: 6 at 100K and 2 at 1M", text)
        lazy = next(line for line in lines if line.startswith("lazy "))
        self.assertRegex(text, r"\nlazy +a leaf where it is first alone\n")
        self.assertRegex(lazy, r"0\.3\d \[0\.\d\d 0\.\d\d\]\* +0\.20 \[.*  0\.20  +0\.20$")
        pair = next(line for line in lines if line.startswith("growpool x lazy"))
        self.assertRegex(pair, r"1\.\d\d \[1\.\d\d 1\.\d\d\]\*")
        self.assertRegex(text, r"100K +\+ lazy +\d")
        self.assertRegex(text, r"1M +the +inline .*\n +seeds ")
        self.assertRegex(text, r"100K +measured +inline\+lazy ")
        self.assertRegex(text, r"100K +bytes/entry +80\.0 +60\.0 +1\.33\n")
        self.assertIn("reference not counted", text)
        self.assertNotIn("another run", text)
        self.assertEqual(drawn, ["factorial.png", "factorial.svg"])
        self.assertEqual([pathlib.Path(line).name for line in lines[-2:]], drawn[::-1])
        self.assertEqual([line for line in lines if len(line) > 120], [])


class Figures(unittest.TestCase):
    def test_the_product_of_the_single_fixes_beside_what_was_measured(self):
        found = figure.sums(study(), "put", SMALL)
        self.assertEqual(len(found), 63)
        for one in found:
            self.assertAlmostEqual(math.log(one.promised / product(PUT, one.fixes)), 0, delta=0.1)
            self.assertAlmostEqual(math.log(one.measured.median / put_ns(one.fixes) * 600), 0, delta=0.1)
        off = {set(PAIR) <= one.fixes: one.measured.median / one.promised for one in found}
        self.assertAlmostEqual(off[True], PAIR_PUT, delta=0.15)
        self.assertAlmostEqual(off[False], 1, delta=0.15)

    def test_sums(self):
        points, told = answer(figure.SUMS, study())
        panel = next(panel for title, panel in points.items() if title.startswith("put 100K: each"))
        # lazy is in half of the compositions; the baseline, without it, is no sum
        self.assertEqual((len(panel["o", False]), len(panel["s", True])), (31, 32))
        self.assertRegex(told[0], r"^put: .* median of 63 compositions; with 7 fixes")
        self.assertIn("growpool x lazy", told[-1])

    def test_every_measured_sum_and_every_pair_has_its_interval(self):
        with figure_of(figure.SUMS, study()) as drawn:
            for axes in drawn.axes:
                if "each composition" in axes.get_title(loc="left"):
                    self.assertEqual(len(list(intervals(axes))), 63)
                else:
                    texts = [text.get_text() for text in axes.texts]
                    self.assertEqual(len([text for text in texts if text[0] == "["]), math.comb(len(TRIE.fixes), 2))

    def test_the_gap_has_one_legend_that_names_every_series(self):
        with figure_of(figure.GAP, study()) as drawn:
            self.assertEqual(collisions(drawn), [])
            legend, = legends(drawn)
            named = [text.get_text() for text in legend.get_texts()]
        self.assertEqual(sorted(named), sorted(f"{what} {short_scale(scale)}" for what in ("put", "get", "bytes")
                                               for scale in study().scales))

    def test_what_the_gap_is_told_of(self):
        told = list(figure.GAP.tell(study()))
        self.assertEqual(len(told), 2)
        self.assertRegex(told[0], r"^100K: .* takes 12\.\d times as long as reference; lazy"
                                  r" alone leaves (39|40|41) % of that gap")


if __name__ == "__main__":
    unittest.main()
