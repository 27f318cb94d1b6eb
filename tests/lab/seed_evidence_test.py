#!/usr/bin/env python3
"""The seed documents' figures that profiles, the superslab and the audit settle."""
import csv
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.counts import attribution
from lab.documents import evidence, seeds

CLAIMS = ROOT / "results" / "audit" / "claims.csv"


def write(path, columns, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


class Evidence(unittest.TestCase):
    def setUp(self):
        self.room = tempfile.TemporaryDirectory()
        self.addCleanup(self.room.cleanup)
        self.results = pathlib.Path(self.room.name)
        self.figures = seeds.read_figures()

    def comparisons(self):
        return evidence.comparisons(self.figures, self.results, self.results)

    def test_nothing_is_settled_by_nothing(self):
        self.assertEqual({name for name, found in self.comparisons().items()
                          if found.verdict != seeds.NO_NEIGHBOUR}, set())

    def test_a_profile_by_function_settles_libhamts(self):
        def row(op, function, cost):
            return ["reference", op, "shuffled", 100000, "walking", "f", function, cost, 0, 0]
        path = self.results / "counts" / "attribution.csv"
        write(path, attribution.COLUMNS, row("put", "search", 3), row("put", "search_from", 4),
              row("put", "tables_free", 9), row("put", "__memcpy_avx", 6), row("put", "x", 978),
              row("get", "hamt_get", 1), row("get", "y", 1))
        found = self.comparisons()
        for name, verdict in (("09", "reproduced"), ("10", "reproduced"),  # 3 of 439: 0.68 %
                              ("05", "reproduced"), ("19", "reproduced"), ("12", "not reproduced: more"),
                              ("14", "not reproduced: less"), ("04", "not reproduced: less")):
            self.assertEqual(found[f"002.profile.{name}"].verdict, verdict, name)
        self.assertEqual(found["002.profile.10"].ours, "0.7 % of instr., 0.7 % of cycles of a put")
        self.assertFalse({"002.profile.01", "002.profile.07"} & set(found))

    def test_a_bump_is_a_share_of_an_insert(self):
        """2 of 402 ns, and 7 arrays an insert: 3.5 % of it are as much."""
        def verdict(cost):
            write(self.results / "counts" / "attribution.csv", attribution.COLUMNS, *(
                ["phase2.5", "put", "shuffled", 100000, "memory", "f", function, each, 0, 0]
                for function, each in (("pool_alloc", cost), ("x", 1000 - cost))))
            return self.comparisons()["003.evidence.11"].verdict
        self.assertEqual([verdict(cost) for cost in (35, 10, 90)],
                         ["reproduced", "not reproduced: less", "not reproduced: more"])

    def test_a_setting_has_no_verdict(self):
        self.assertEqual(self.comparisons()["003.advice.03"].verdict, seeds.NO_NEIGHBOUR)

    def test_the_figures_and_claims_exist(self):
        with open(CLAIMS, newline="", encoding="utf-8") as file:
            claims = {row["id"] for row in csv.DictReader(file)}
        self.assertLessEqual(set(evidence.CLAIMS), {figure.id for figure in self.figures})
        self.assertLessEqual(set(evidence.CLAIMS.values()), claims)

    def test_a_profile_settles_shares(self):
        def row(category, cost):
            return ["outline", "put", "shuffled", 100000, category, "f", "g", cost, 0, 0]
        path = self.results / "counts" / "attribution.csv"
        write(path, attribution.COLUMNS, row("memory", 55), row("walking", 45))
        found = self.comparisons()["002.shares.05"]  # the documents have 50 to 60 %
        self.assertEqual((found.ours, found.verdict),
                         ("55 % of instr., 55 % of cycles", seeds.REPRODUCED))
        write(path, attribution.COLUMNS, row("memory", 10), row("walking", 90))
        self.assertEqual(self.comparisons()["002.shares.05"].verdict, "not reproduced: less")
        self.assertEqual(self.comparisons()["002.shares.07"].verdict, seeds.NOT_MEASURED)

    def test_the_audit_settles_differences(self):
        for verdict, ours in evidence.OF_AUDIT.items():
            write(self.results / "audit" / "outcomes.csv", ["id", "measured", "verdict", "how"],
                  ["003.c14", "40 [30 50] ns", verdict, ""])
            found = self.comparisons()
            self.assertEqual(set(found), {"003.evidence.10", "003.advice.03"})
            self.assertEqual((found["003.evidence.10"].ours, found["003.evidence.10"].verdict),
                             ("40 [30 50] ns", ours))

    def test_what_is_settled_elsewhere_goes_before(self):
        figure = next(f for f in self.figures if f.id == "003.evidence.10")
        ready = {figure.id: evidence.alone(figure, "40", seeds.UNDECIDED)}
        compared = dict(pair for _, group in seeds.compare_all(self.figures, seeds.Measured({}), ready)
                        for pair in [(c.figure.id, c) for c in group])
        self.assertIs(compared[figure.id], ready[figure.id])
        self.assertEqual(compared["003.evidence.11"].verdict, seeds.NOT_MEASURED)


if __name__ == "__main__":
    unittest.main()
