#!/usr/bin/env python3
"""What hashes cost, on made-up runs whose answers are known."""
import re
import unittest
from unittest import mock

import pandas

from drawn import answer
from made_runs import experiment, made, planned
from paths import shown
from lab import cell, hash_costs
from lab.counts import hash_counts
from lab.results import NotMeasured
from lab.settings import STORED_BASELINE as BASELINE
from lab.shape import hashes, model

ENTRIES = 1000
EXPECTED = model.predict(cell.SHAPES["lazy"], ENTRIES)


def tree(more=0):
    """As many nodes at every level as are expected, and more at the second, which holds all its 64 otherwise."""
    levels = [round(nodes) for nodes in EXPECTED.inner_at_level]
    levels[1] += more
    return {"inner_at_level": levels, "inner_nodes": sum(levels)}


def of(variant, ns, patterns=("random",), keys=("u64",), ops=("put",), even=False):
    """Runs of one variant, ns: by hash; every block adds 100 ns.  even: identity lacks nodes."""
    runs = made(lambda _, competitor: 1, ops, patterns, (ENTRIES,), (variant,), tuple(ns), keys=keys, blocks=6,
                shape=lambda _, competitor: tree(-60 if even and competitor.hash == "identity" else 0))
    return runs.assign(ns_per_op=[ns[name] + 100 * block for name, block in zip(runs["hash"], runs["block"])])


def runs():
    found = [of("lazy", {"xxh3": base, "siphash": base + 40, "identity": base - 5}, (pattern,), ops=(op,), even=even)
             for op, base in (("put", 200), ("get", 100))
             for pattern, even in (("sequential", True), ("random", False))]
    return pandas.concat([*found, of(BASELINE, {"xxh3": 1000, "identity": 950}),
                          of("lazy", {"xxh3": 300}, keys=("str",))], ignore_index=True)


def printed(some, **more):
    return shown(hash_costs.print_report, experiment(some, **more))


class Report(unittest.TestCase):
    text = printed(runs())
    rows = [re.split(r" {2,}", line) for line in text.splitlines()]

    def find(self, *begin):
        """The rest of the first row that begins so: integer keys come before strings."""
        return next(row for row in self.rows if row[:len(begin)] == list(begin))[len(begin):]

    def test_times_are_paired_ratios(self):
        self.assertEqual(self.find("lazy", "1K", "random", "xxh3")[:2], ["450 [200 700] ns", "350 [100 600] ns"])
        put, get = self.find("lazy", "1K", "random", "siphash")[:2]
        self.assertEqual(put, "1.09 [1.06 1.20]")  # 240/200, 340/300, ... 740/700
        self.assertEqual(get, "1.12 [1.07 1.40]")

    def test_nodes_stand_beside_the_model(self):
        nodes = tree()["inner_nodes"]
        self.assertEqual(self.find("lazy", "1K", "random", "identity")[2], str(nodes))
        self.assertEqual(self.find("lazy", "1K", "random", "identity")[5], "uniform")
        inner, off, deviations, verdict = self.find("lazy", "1K", "sequential", "identity")[2:]
        self.assertEqual((inner, verdict), (str(nodes - 60), "not uniform"))
        self.assertAlmostEqual(float(off), 100 * ((nodes - 60) / EXPECTED.inner_nodes - 1), places=1)
        self.assertLess(float(deviations), -5)

    def test_order(self):
        found = [tuple(row[:4]) for row in self.rows
                 if row[0] in ("u64 keys", "str keys") or len(row) > 8 and row[1] == "1K"]
        self.assertEqual(found[:3], [("u64 keys",), (BASELINE, "1K", "random", "xxh3"),
                                     (BASELINE, "1K", "random", "identity")])
        self.assertEqual([row[2:] for row in found[3:9]], [(pattern, name) for pattern in ("sequential", "random")
                                                           for name in ("xxh3", "siphash", "identity")])
        self.assertEqual(found[9:11], [("str keys",), ("lazy", "1K", "random", "xxh3")])

    def test_the_cost_of_a_hash_is_its_difference_to_none(self):
        self.assertEqual(self.find("lazy", "1K", "put"), ["-", "5.00 [5.00 5.00]", "45.0 [45.0 45.0]"])
        self.assertEqual(self.find("lazy", "1K", "get")[1], "5.00 [5.00 5.00]")
        self.assertEqual(self.find(BASELINE, "1K", "put"), ["~50ns", "50.0 [50.0 50.0]", "-"])

    def test_compositions_stand_by_their_slowest_time_whatever_its_pattern(self):
        """lazy is slower on sequential keys than the baseline on random ones."""
        both = pandas.concat([of("lazy", {"xxh3": 2000, "identity": 2000}, ("sequential",)),
                              of("lazy", {"xxh3": 1, "identity": 1}), of(BASELINE, {"xxh3": 9, "identity": 9})])
        self.assertEqual([variant for variant, *_ in hash_costs.differences(both)], ["lazy", BASELINE])

    def test_it_is_told_how_many_fits_and_ends_with_what_failed(self):
        text = printed(runs(), failed=[("crashed", "fix4", "get", "random", 1000, "signal 11")])
        self.assertIn("medians of 6 processes", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)
        self.assertTrue(text.endswith("\ncrashed: fix4 get random 1K, 1 runs: signal 11\n"))

    def test_what_has_no_model_has_no_verdict(self):
        with mock.patch.object(cell, "shape_of", lambda variant: None):
            self.assertRegex(printed(of("/some/dir", {"xxh3": 1})), r"xxh3 .* ns +- +\d+ +- +- +-\n")

    def test_without_the_base_there_is_nothing_to_compare_with(self):
        with self.assertRaisesRegex(NotMeasured, "xxh3"):
            printed(of("lazy", {"siphash": 1}))


class Plan(unittest.TestCase):
    def test_it_measures_what_the_tables_show(self):
        found = []
        for line in planned("hashes"):
            found.append(of(line["variant"], {line["hash"]: 1}, (line["pattern"],), (line["key"],), (line["op"],)))
            self.assertGreaterEqual(int(line["reps"]), 6, "fewer give no interval")
        some = pandas.concat(found)
        self.assertEqual(set(some["key"]), {"u64", "str"})
        base = set(some[some["hash"] == hash_costs.BASE][[*hash_costs.PLACE, "op"]].itertuples(index=False, name=None))
        self.assertEqual(base, {(*place, op) for place in hash_costs.places(some) for op in hash_costs.OPS})
        compared = {(variant, op) for variant, _, op, *_ in hash_costs.differences(some)}
        self.assertLessEqual(set(hash_costs.SEEDS), compared)


COSTS = {"xxh3": 103, "siphash": 120, "identity": 100}


def figured(names=tuple(COSTS)):
    """identity spreads sequential keys more evenly than chance."""
    ns = {name: COSTS[name] for name in names}
    return pandas.concat([of(variant, ns, (pattern,), ops=hash_costs.OPS, even=pattern == "sequential")
                          for pattern in ("sequential", "random") for variant in (hash_costs.SHAPE_OF, "reference")])


class Figure(unittest.TestCase):
    def test_costs_are_over_no_hash_and_nodes_over_the_model(self):
        found = hash_costs.read(figured())
        self.assertEqual([(variant, op) for variant, _, op, *_ in found.costs],
                         [(v, op) for v in (hash_costs.SHAPE_OF, "reference") for op in ("put", "get")])
        for *_, by_hash in found.costs:
            self.assertEqual({name: cost.median for name, cost in by_hash.items()}, {"xxh3": 3, "siphash": 20})
        self.assertLess(found.off["sequential"]["identity"], -5)
        self.assertLess(abs(found.off["sequential"]["xxh3"]), 0.1)
        self.assertEqual(found.verdicts["random", "identity"], "uniform")

    def test_the_figure(self):
        found = hash_costs.read(figured())
        points, told = answer(hash_costs.COST, found)
        counted = next(panel for title, panel in points.items() if title.startswith("instructions"))
        stored = hash_counts.load()
        for marker, key in (("o", "u64"), ("s", "str")):
            self.assertEqual(sorted(x for x, _ in counted[marker, True]), sorted(stored[key][name] for name in COSTS))
        right = next(panel for title, panel in points.items() if title.startswith(f"{hash_costs.SHAPE_OF}: inner"))
        self.assertEqual(min(x for x, _ in right["o", False]), min(found.off["sequential"].values()))
        self.assertIn("Of 8 differences in time to no hash 8 have an interval without 0", told[2])
        self.assertTrue(told[-1].endswith("not make: identity on sequential keys."))

    def test_every_hash_is_counted_on_every_kind_of_key(self):
        found = hash_counts.load()
        self.assertEqual(list(found), list(hash_counts.KEYS))
        for by_hash in found.values():
            self.assertEqual(list(by_hash), hashes.HASHES)
        self.assertEqual(found["u64"]["identity"], 0)
        self.assertLess(found["u64"]["wyhash"], found["u64"]["siphash"])

    def test_without_no_hash_there_is_no_cost(self):
        for names in (("xxh3", "siphash"), ("siphash", "identity")):
            with self.assertRaises(NotMeasured):
                hash_costs.read(figured(names))


if __name__ == "__main__":
    unittest.main()
