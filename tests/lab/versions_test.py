#!/usr/bin/env python3
"""What versions cost: the report on made results, in which every target's figure is known."""
import unittest

import made_export
import made_runs
from drawn import points, figure_of
from paths import room, shown
from lab import versions
from lab.question import Results
from lab.results import NotMeasured, exported, processes

SHARING, BASE, BLOCKS = "refcount+lazy", "lazy", 8
EVERY_ONE, DIFFER = "differ=100 every=1 versions=1000", "differ={} every=1 versions=1000"


def process(program, op, variant, scale, time, parameters="", values=None):
    """In each block; the machine gets slower from block to block."""
    return [{"program": program, "op": op, "variant": variant, "scale": scale, "parameters": parameters, "block": block,
             "samples": [time * (1 + block / 10)], "values": values or {}} for block in range(BLOCKS)]


def of_cell(op, variant, scale, time, parameters=EVERY_ONE, **values):
    return process("versions", op, variant, scale, time, parameters, values)


def all_of(variant, sharing):
    rows = [line for op in ("put", "get") for scale in (1000, 10 ** 6)
            for line in process("map", op, variant, scale, 103.0 if sharing and scale == 1000 else 100.0)]
    rows += of_cell("put", variant, 10 ** 6, 200.0)
    if sharing:
        rows += [*of_cell("snapshot", variant, 1000, 20.0), *of_cell("snapshot", variant, 10 ** 6, 25.0),
                 *of_cell("version", variant, 10 ** 6, 600.0, rss_per_version=900.0),
                 *of_cell("version", variant, 10 ** 4, 300.0, rss_per_version=350.0),
                 *of_cell("version", variant, 10 ** 4, 50.0, DIFFER.format(100).replace("every=1", "every=100"),
                          rss_per_version=9999.0),
                 *of_cell("diff", variant, 10 ** 6, 50000.0, DIFFER.format(100)),
                 *of_cell("diff", variant, 10 ** 6, 9e9, DIFFER.format(10000)),
                 *of_cell("merge", variant, 10 ** 6, 155000.0, DIFFER.format(100))]
    return rows


class Versions(unittest.TestCase):
    def setUp(self):
        self.results = room(self)

    def reached(self, *rows):
        made_export.write(self.results, "versions", [line for lines in rows for line in lines])
        runs = exported("versions", self.results).runs
        found = versions.read(runs, processes("versions", self.results)[1])
        return {row.target.what: row for row in versions.reached_by_sharing(found)}

    def test_each_target_is_held_against_what_was_measured(self):
        rows = self.reached(all_of(BASE, False), all_of(SHARING, True))
        said = {what: (row.who, row.scale, round(row.value.median, 6), row.verdict) for what, row in rows.items()}
        self.assertEqual(said, {
            "snapshot": (SHARING, 10 ** 6, 33.75, "met"),  # slower from block to block, and at the larger scale
            "put, nothing shared, over its base": (SHARING, 1000, 1.03, "met"),
            "get, nothing shared, over its base": (SHARING, 1000, 1.03, "met"),
            "put after a snapshot, over a put into its base": (SHARING, 10 ** 6, 3.0, "missed"),
            "a version for every put": (SHARING, 10 ** 4, 350.0, "met"),
            "diff, 100 entries differ": (SHARING, 10 ** 6, 67.5, "undecided"),
            "merge, 100 entries differ": (SHARING, 10 ** 6, 209.25, "missed")})

    def write_all(self, *more):
        rows = [*all_of(BASE, False), *all_of(SHARING, True), *all_of("stamped+lazy", True), *more]
        made_export.write(self.results, "versions", rows)
        return versions.stored(self.results)

    def test_the_layout_that_comes_nearest_is_told(self):
        found = self.write_all(*of_cell("snapshot", "pathcopy+lazy", 1000, 10.0))
        snapshot, *others = versions.nearest_table(versions.reached_by_sharing(found)).rows
        self.assertEqual(snapshot, ["snapshot", "100 ns", "`pathcopy+lazy`", "1K", "13.5 [10.0 17.0]", "met", "3 of 3",
                                    "0 of 3"])
        self.assertEqual([row[-3:] for row in others if row[0].startswith("merge")], [["missed", "0 of 2", "2 of 2"]])

    def test_what_a_version_takes_stands_beside_its_way(self):
        found = self.write_all()
        row = next(row for row in versions.cost_table(found).rows if row[:2] == ["`refcount+lazy`", "1M"])
        # Three levels of 64 children, and a fourth in which an entry has few beside it.
        self.assertEqual(row[3:6], ["3.00 [3.00 3.00]", "900", "4.04"])
        self.assertAlmostEqual(float(row[6]), 8 * (3 * 64 + 3.4), delta=8)
        self.assertEqual(row[7], f"{100 * float(row[6]) / 900:.0f} %")

    def test_a_cost_is_of_what_is_asked(self):
        found = self.write_all()

        def cost(*asked, **more):
            return round(versions.cost(found, *asked, **more).median, 6)
        self.assertEqual(cost("diff", SHARING, 10 ** 6, differ=100), 67500.0)
        self.assertEqual(cost("version/put", f"{SHARING}/{BASE}", 10 ** 6, every=1), 3.0)
        self.assertEqual(cost("version", SHARING, 10 ** 4, every=100), 67.5)
        self.assertEqual(cost("diff", f"{SHARING}/stamped+lazy", 10 ** 6, differ=100), 1.0)
        with self.assertRaisesRegex(NotMeasured, "equal of refcount"):
            cost("equal", SHARING, 10 ** 6)

    def test_the_figure_has_each_interval(self):
        self.write_all(*of_cell("put", BASE, 10 ** 4, 100.0))
        found = versions.INTERVALS.read(Results(self.results))
        with figure_of(versions.INTERVALS, found) as figure:
            drawn = points(figure)
        self.assertEqual(set(drawn), {"10K entries: time of a put over a plain one", "10K entries: bytes a put"})
        for title, wanted in zip(drawn, ([(1, 3.0), (100, 0.5)], [(1, 350.0), (100, 99.99)])):
            for series in drawn[title].values():
                self.assertEqual(sorted((x, round(y, 6)) for x, y in series), wanted, title)
        self.assertEqual(len(list(versions.INTERVALS.tell(found))), 2)

    def test_the_report_tells_all(self):
        made_export.write(self.results, "versions", [*all_of(BASE, False), *all_of(SHARING, True)])
        text = shown(versions.versions, self.results)
        for words in ("put after a snapshot", "missed", "differ=10000", "every=100", "bytes a version"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_without_a_layout_that_shares_nothing_is_measured(self):
        made_export.write(self.results, "versions", all_of(BASE, False))
        with self.assertRaises(NotMeasured):
            versions.versions(self.results)


class Layouts(unittest.TestCase):
    def test_the_base_is_the_same_but_for_the_sharing(self):
        names = ["lazy", "list", "refcount+lazy", "refcount", "fix4", "fix4+pathcopy", "champion", "absl"]
        self.assertEqual([name for name in names if versions.shares(name)],
                         ["refcount+lazy", "refcount", "fix4+pathcopy"])
        self.assertEqual([versions.base_of(name, names) for name in ("refcount+lazy", "refcount", "fix4+pathcopy")],
                         ["lazy", "list", "fix4"])
        self.assertIsNone(versions.base_of("refcount+lazy", ["list", "refcount+lazy"]))

    def test_the_plan_measures_all_that_the_targets_ask_for(self):
        planned = made_runs.planned("versions")
        sharing = {row["variant"] for row in planned if versions.shares(row["variant"])}
        named = {row["variant"] for row in planned}
        self.assertTrue(sharing)
        for variant in sharing:
            with self.subTest(variant):
                self.assertIn(versions.base_of(variant, named), named)
        asked = {(row["op"], row["scale"]) for row in planned if row["variant"] == "fix4+stamped"}
        self.assertLessEqual({("snapshot", "10000000"), ("version", "10000"), ("version", "1000000"),
                              ("diff", "1000000"), ("merge", "1000000"), ("drop", "1000000"),
                              ("put", "1000"), ("get", "10000000")}, asked)


if __name__ == "__main__":
    unittest.main()
