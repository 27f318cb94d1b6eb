#!/usr/bin/env python3
"""The rule by which the documents' figures are held against ours, on made data with known answers;
and that the documents' tables and the audit come to the same wherever they speak of the same."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab import verdicts  # noqa: E402
from lab.audit import cells, report as audit, rules  # noqa: E402
from lab.results import exported, read_rows  # noqa: E402
from lab.seeds import comparison, elsewhere, figures as seeds  # noqa: E402
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
    """Over all that is stored: the audit and the tables come to the same."""

    @classmethod
    def setUpClass(cls):
        cls.figures = seeds.read_figures()
        cls.compared = [one for _, group in comparison.compare_stored(cls.figures) for one in group]
        cls.claims = {row["id"]: row for row in read_rows(audit.CLAIMS)}
        cls.told = {row["id"]: verdicts.Judged(elsewhere.OF_AUDIT[row["verdict"]], row["how"]).text
                    for row in read_rows(audit.OUTCOMES)}
        cls.replicates = {row["id"]: int(row["replicates"]) for row in read_rows(audit.OUTCOMES)}
        cls.processes = exported("seeds").runs["block"].nunique()

    def single(self, *tests):
        """(id, span, Cell) of claims of one cell and one figure."""
        for name, row in self.claims.items():
            found = list(cells.cells(row)) if row["test"] in tests else []
            if len(found) == 1 and " or " not in row["claimed"]:
                yield name, rules.span_of(row["claimed"]), found[0]

    def ratios(self):
        """(id, pair of places, the documents' ratio, verdict) of every figure that is a ratio."""
        for i, one in enumerate(self.compared):
            if one.seed_ratio is None or one.figure.document == "004":
                continue
            mine = seeds.place(one.figure)
            table = [other.figure for other in self.compared[:i]
                     if (other.figure.document, other.figure.table) == (one.figure.document, one.figure.table)]
            base = seeds.base_place(one.figure) if one.figure.metric in seeds.RATIOS else seeds.place(
                seeds.neighbour(one.figure, table))
            yield one.figure.id, (mine, base), one.seed_ratio, one.verdict
            if one.equal_verdict:
                equal = mine._replace(composition=base.composition)
                yield one.figure.id, (mine, equal), one.seed_ratio, one.equal_verdict

    def test_ratios(self):
        agreed, every = set(), list(self.ratios())
        for claim, claimed, cell in self.single("ratio", "gain", "gap"):
            if self.claims[claim]["comparison"] not in ("a / b", "b / a"):
                continue
            pair = tuple(tuple(place)[:4] for place in cell.places)
            pair = pair if self.claims[claim]["comparison"] == "a / b" else pair[::-1]
            for figure, places, seed, verdict in every:
                turned = verdicts.Span(1 / seed.high, 1 / seed.low)
                if places == pair and same(claimed, seed) or places[::-1] == pair and same(claimed, turned):
                    if verdict == verdicts.UNDECIDED != self.told[claim]:  # the audit takes the run with the most
                        self.assertGreater(self.replicates[claim], self.processes, (claim, figure))
                    else:
                        self.assertEqual(self.told[claim], verdict, (claim, figure))
                        agreed.add(claim)
        self.assertGreater(len(agreed), 10, agreed)

    def test_counts(self):
        agreed = set()
        for claim, claimed, cell in self.single("tree_figure"):
            shape, = cell.shapes
            for one in self.compared:
                where = seeds.place(one.figure)
                if (one.figure.metric == self.claims[claim]["comparison"] and same(claimed, one.figure.span)
                        and (where.composition, where.pattern, where.scale) == shape[:3]):
                    self.assertEqual(self.told[claim], one.verdict, claim)
                    agreed.add(claim)
        self.assertGreater(len(agreed), 4, agreed)

    def test_the_superslab(self):
        """Claims of document 004 and the figures that say the same."""
        found = {one.figure.id: one.verdict for one in self.compared}
        for claim, figure in (("c04", "phase8.01"), ("c07", "causes.03"), ("c03", "causes.02"), ("c13", "plan.08"),
                              ("c17", "plan.13"), ("c21", "next.05")):
            self.assertEqual(self.told[f"004.{claim}"], found[f"004.{figure}"], claim)

    def test_no_figure_is_reproduced_by_nothing(self):
        """Of an effect of 5 % or more, never by an interval that includes none."""
        for one in self.compared:
            if (one.verdict == REPRODUCED and one.our_ratio
                    and not 1 / 1.05 < one.seed_ratio.low <= one.seed_ratio.high < 1.05):
                self.assertFalse(one.our_ratio.low <= 1 <= one.our_ratio.high, one)

    def test_recycling_is_not_judged_by_loads_that_free_nothing(self):
        self.assertEqual({one.verdict for one in self.compared if one.figure.row == "node recycling"},
                         {verdicts.NOT_MEASURED})
        self.assertEqual(self.told["001.c20"], verdicts.NOT_MEASURED)


if __name__ == "__main__":
    unittest.main()
