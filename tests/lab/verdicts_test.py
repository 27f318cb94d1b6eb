#!/usr/bin/env python3
"""The rule by which the documents' figures are held against ours, on made data with known answers;
and that the documents' tables and the audit come to the same wherever they speak of the same."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools"), str(ROOT / "tests" / "lab")]
from lab import store, verdicts  # noqa: E402
from lab.audit import counts, report as audit, times  # noqa: E402
from lab.audit.evidence import Evidence, read_rows  # noqa: E402
from lab.documents import evidence, seeds  # noqa: E402
from lab.documents.evidence import OF_AUDIT  # noqa: E402
from lab.stats import Estimate  # noqa: E402
from lab.verdicts import Span  # noqa: E402

REPRODUCED, UNDECIDED = verdicts.REPRODUCED, verdicts.UNDECIDED
LESS, MORE, OPPOSITE = (f"not reproduced: {how}" for how in ("less", "more", "opposite"))


class Rule(unittest.TestCase):
    def check(self, claimed, ours, wanted, none=1.0):
        low, median, high = ours
        self.assertEqual(verdicts.judge(Span(*claimed), Estimate(median, low, high, 12), none).text,
                         wanted, (claimed, ours))

    def test_an_effect(self):
        for claimed, ours, wanted in [
                ((2, 2), (1.7, 1.8, 1.9), REPRODUCED),
                ((2, 2), (1.3, 1.4, 1.5), LESS),
                ((2, 2), (2.6, 2.7, 2.9), MORE),
                ((2, 2), (0.6, 0.7, 0.9), OPPOSITE),
                ((2, 2), (0.9, 1.7, 2.5), UNDECIDED),   # holds no effect and theirs
                ((1.2, 1.2), (0.99, 1.1, 1.15), UNDECIDED),
                ((2, 2), (1.2, 1.9, 3.0), UNDECIDED),   # has room for less and for more
                ((2, 2), (1.3, 1.4, 1.7), UNDECIDED),   # most of it is less
                ((3, 5), (2.5, 3.5, 5.0), REPRODUCED),  # a range has room for more
                ((0.5, 0.5), (0.45, 0.5, 0.55), REPRODUCED),
                ((0.5, 0.5), (0.7, 0.75, 0.8), LESS),
                ((0.5, 0.5), (0.2, 0.25, 0.3), MORE),
                ((0.5, 0.5), (1.1, 1.2, 1.3), OPPOSITE)]:
            self.check(claimed, ours, wanted)

    def test_what_was_called_reproduced_and_was_nothing(self):
        self.check((1.3, 1.5), (0.92, 0.95, 1.08), LESS)
        self.check((1.3, 1.4), (7.75, 8.68, 9.87), MORE)

    def test_no_null_reproduces_an_effect(self):
        for claimed in (1.05, 1.1, 1.3, 2, 7):
            for low, high in ((0.5, 1.5), (0.9, 1.1), (0.99, 1.01), (0.7, 20), (1.0, 1.2)):
                for span, ours in ((Span(claimed, claimed), Estimate(claimed, low, high, 12)),
                                   (Span(1 / claimed, 1 / claimed),
                                    Estimate(1 / claimed, 1 / high, 1 / low, 12))):
                    self.assertNotEqual(verdicts.judge(span, ours).verdict, REPRODUCED)

    def test_a_small_effect_gets_half_of_itself(self):
        self.check((1.1, 1.1), (1.06, 1.08, 1.13), REPRODUCED)
        self.check((1.1, 1.1), (1.01, 1.02, 1.04), LESS)
        self.check((1.1, 1.1), (1.16, 1.18, 1.2), MORE)

    def test_no_effect(self):
        for claimed in ((1, 1), (1.02, 1.02), (0.97, 1.04), (0.9, 1.1)):
            self.check(claimed, (0.95, 1.0, 1.1), REPRODUCED)
            self.check(claimed, (1.5, 1.6, 1.7), MORE)
            self.check(claimed, (0.4, 0.5, 0.6), MORE)
            self.check(claimed, (0.7, 1.0, 1.1), UNDECIDED)

    def test_a_share_has_none_at_0(self):
        for claimed, ours, wanted in [
                ((55, 55), (52, 55, 57), REPRODUCED), ((55, 55), (70, 74, 77), MORE),
                ((11, 11), (0.2, 0.9, 1.5), LESS), ((20, 20), (-5, 10, 21), UNDECIDED),
                ((20, 20), (-9, -5, -1), OPPOSITE), ((-0.5, 0.5), (0, 0.1, 0.5), REPRODUCED),
                ((-0.5, 0.5), (0.7, 0.8, 0.9), MORE)]:
            self.check(claimed, ours, wanted, none=0.0)
        self.assertEqual(verdicts.judge_estimates(Span(50, 60), [52, 58]).text, REPRODUCED)
        self.assertEqual(verdicts.judge_estimates(Span(14, 14), [4, 20]).text, UNDECIDED)

    def test_a_count(self):
        for claimed, ours, wanted in [((100, 100), 104, REPRODUCED), ((100, 100), 107, MORE),
                                      ((100, 100), 90, LESS), ((0, 0), 0, REPRODUCED),
                                      ((0, 0), 1, MORE), ((30, 33), 29.7, REPRODUCED)]:
            self.assertEqual(verdicts.judge_count(Span(*claimed), ours).text, wanted)

    def test_too_few_processes_measure_nothing(self):
        for ours in (None, Estimate(2, None, None, 3)):
            self.assertEqual(verdicts.judge(Span(2, 2), ours).text, verdicts.NOT_MEASURED)

    def test_a_decision_rests_on_what_the_interval_excludes(self):
        def bounds(claimed, low, high):
            return verdicts.judge(Span(claimed, claimed), Estimate(low, low, high, 12)).bounds
        self.assertEqual(bounds(2, 1.7, 1.9), (1,))
        self.assertEqual(bounds(2, 2.6, 2.9), (2.5,))
        self.assertEqual(bounds(2, 1.1, 1.5), (1.6,))
        self.assertEqual(bounds(2, 0.5, 0.9), (1,))
        self.assertEqual(bounds(1, 0.9, 1.1), (0.8, 1.25))
        self.assertEqual(bounds(2, 0.9, 2.1), ())


def same(one, other):
    return all(abs(a - b) <= 0.03 * a for a, b in zip(one, other))


class OneRule(unittest.TestCase):
    """Over all that is stored."""

    @classmethod
    def setUpClass(cls):
        connection = store.open_runs(seeds.NAME)
        cls.measured = seeds.Measured(store.replicates(connection,
                                                       store.newest_experiment(connection)))
        cls.figures = seeds.read_figures()
        cls.compared = seeds.compare_all(cls.figures, cls.measured)
        cls.evidence = Evidence()
        cls.claims = read_rows(audit.CLAIMS)
        cls.outcomes = audit.audit(cls.claims, cls.evidence)

    def told(self, claim):
        outcome = self.outcomes[claim["id"]]
        return verdicts.Judged(OF_AUDIT[outcome.verdict], outcome.how).text

    def pair_of(self, claim):
        """The two places of a claim about one cell."""
        cases = list(times.ratio_cases(claim, claim["test"] != "speedup"))
        return cases[0].places if len(cases) == 1 else None

    def ratios(self):
        """(pair of places, the documents' ratio, verdict) of every figure that is a ratio."""
        for (_, _), group in self.compared:
            for i, comparison in enumerate(group):
                figure = comparison.figure
                if comparison.seed_ratio is None:
                    continue
                mine = seeds.place(figure)
                earlier = [one.figure for one in group[:i]]
                base = (seeds.base_place(figure) if figure.metric in seeds.RATIOS else
                        seeds.place(seeds.neighbour(figure, earlier)))
                yield figure.id, (mine, base), comparison.seed_ratio, comparison.verdict
                if comparison.equal_verdict:
                    yield (figure.id, (mine, mine._replace(composition=base.composition)),
                           comparison.seed_ratio, comparison.equal_verdict)

    def test_ratios(self):
        agreed = set()
        for claim in self.claims:
            if claim["test"] not in ("time_ratio", "speedup", "gap_on_equal_terms"):
                continue
            pair = self.pair_of(claim)
            if not pair or " or " in claim["claimed"]:
                continue
            upper, lower = (tuple(place)[:4] for place in pair)
            claimed = audit.rules.range_of(claim["claimed"])
            for name, (mine, base), seed, verdict in self.ratios():
                turned = Span(1 / seed.high, 1 / seed.low)
                if ((mine, base) == (upper, lower) and same(claimed, seed)
                        or (base, mine) == (upper, lower) and same(claimed, turned)):
                    self.assertEqual(self.told(claim), verdict, (claim["id"], name))
                    agreed.add(claim["id"])
        self.assertGreater(len(agreed), 10, agreed)

    def test_counts(self):
        agreed = set()
        for claim in self.claims:
            shapes = list(counts.shapes(claim)) if claim["test"] == "tree_count" else []
            if len(shapes) != 1 or claim["comparison"].split()[0] not in seeds.COUNTS:
                continue
            (_, shape), metric = shapes[0], claim["comparison"].split()[0]
            for comparison in (c for _, group in self.compared for c in group):
                figure = comparison.figure
                where = seeds.place(figure)
                if (figure.metric == metric and where.scale == shape.scale
                        and (where.composition, where.pattern) == shape[:2]
                        and same(audit.rules.range_of(claim["claimed"]), figure.span)):
                    self.assertEqual(self.told(claim), comparison.verdict, claim["id"])
                    agreed.add(claim["id"])
        self.assertGreater(len(agreed), 4, agreed)

    def test_the_superslab(self):
        """Claims of document 004 and the figures that say the same."""
        lines = evidence.comparisons(self.figures, store.ROOT / "results")
        for claim, figure in (("004.c04", "004.phase8.01"),
                              ("004.c07", "004.causes.03"), ("004.c03", "004.causes.02"),
                              ("004.c13", "004.plan.08"), ("004.c17", "004.plan.13"),
                              ("004.c21", "004.next.05")):
            row = next(one for one in self.claims if one["id"] == claim)
            self.assertEqual(self.told(row), lines[figure].verdict, claim)

    def test_no_figure_is_reproduced_by_nothing(self):
        """Of an effect of 5 % or more, never by an interval that includes none."""
        for comparison in (c for _, group in self.compared for c in group):
            ours, seed = comparison.our_ratio, comparison.seed_ratio
            if (comparison.verdict == REPRODUCED and ours is not None
                    and not 1 / 1.05 < seed.low <= seed.high < 1.05):
                self.assertFalse(ours.low <= 1 <= ours.high, comparison)

    def test_recycling_is_not_judged_by_loads_that_free_nothing(self):
        recycling = [c for _, group in self.compared for c in group
                     if c.figure.row == "node recycling"]
        self.assertEqual({c.verdict for c in recycling}, {verdicts.NOT_MEASURED})
        self.assertEqual(self.outcomes["001.c20"].verdict, verdicts.NOT_MEASURED)


if __name__ == "__main__":
    unittest.main()
