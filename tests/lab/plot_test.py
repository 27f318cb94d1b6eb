#!/usr/bin/env python3
"""Any stored experiment as a figure: what is compared with what, and where it is taken from."""
import contextlib
import subprocess
import unittest

import pandas

from paths import room, shown
from drawn import answer, figure_of, rings
from made_runs import POOL_FULL as FULL
from made_runs import made
from made_store import RUN, add, build_runner, empty
from lab import store
from lab.command import BadSetting, Failure
from lab import plot

TIMES = {"list": 100.0, "lazy": 25.0, "pool": 50.0}


def cells(**more):
    def ns(place, competitor):
        return (TIMES[competitor.variant] * {"xxh3": 1, "wyhash": 1.5}[competitor.hash]
                * {"glibc": 1, "mimalloc": 0.8}[competitor.allocator])
    return made(ns, **{"variants": tuple(TIMES), **more})


class Drawn(unittest.TestCase):
    def drawn(self, found, baseline="list"):
        read = plot.read("e", found, baseline)
        points, told = answer(plot.question_of(read), read)
        return read, points, told

    def test_every_operation_order_scale_and_key_is_there(self):
        """Also an operation and an order that the lab has never heard of."""
        read, points, told = self.drawn(cells(
            ops=("put", "get", "remove-and-put"), patterns=("sequential", "words"),
            scales=(1000, 10000, 100000), keys=("u64", "str")))
        self.assertEqual(len(points), 3 * 2 * 2)
        for panel in points.values():
            self.assertEqual([round(x, 6) for x, _ in panel["o", True]], [0.25, 0.5])
            self.assertEqual({len(each) for each in panel.values()}, {2})
            self.assertEqual(len(panel), 3)
        self.assertIn("remove-and-put, words keys, str", points)
        self.assertEqual((read.against, told), ("list", []))

    def test_hashes_and_allocators_are_over_the_same_variant(self):
        read, points, _ = self.drawn(cells(ops=("put",), hashes=("xxh3", "wyhash"), allocators=("glibc", "mimalloc")))
        self.assertEqual(read.against, "list, xxh3, glibc")
        ratios = {row.label: round(row.figure.median, 6) for row in read.figures.itertuples()}
        self.assertEqual(ratios["lazy xxh3 glibc"], 0.25)
        self.assertEqual(ratios["lazy wyhash glibc"], 1.5)
        self.assertEqual(ratios["lazy wyhash mimalloc"], 0.8)
        self.assertNotIn("list xxh3 glibc", ratios)
        self.assertEqual(list(ratios), sorted(ratios, key=lambda label: (ratios[label], label)))

    def test_without_the_baseline_the_first_is_compared_with(self):
        read, _, _ = self.drawn(cells(variants=("pool", "lazy")))
        self.assertEqual(read.against, "pool")

    def test_one_alone_is_drawn_in_nanoseconds(self):
        read, points, _ = self.drawn(cells(variants=("lazy",), ops=("get",)))
        self.assertEqual(read.against, "")
        self.assertEqual(points["get, shuffled keys"]["o", True], [(25 * 1.875, -0.0)])
        self.assertIn("ns an operation", plot.question_of(read).title)

    def test_what_has_nothing_to_be_compared_with_is_told(self):
        found = pandas.concat([cells(ops=("put",), scales=(1000,)), cells(
            ops=("put",), scales=(10000,), variants=("lazy", "pool"))])
        self.assertRegex(self.drawn(found)[2][0], r"^not drawn: 2 times .*\(list\)")

    def test_few_processes_have_no_interval_and_full_pools_a_ring(self):
        found = cells(ops=("put",), shape=lambda place, competitor:
                      FULL if competitor.variant == "pool" else {}, blocks=3)
        read, _, _ = self.drawn(found)
        self.assertEqual({row.figure.low for row in read.figures.itertuples()}, {None})
        with figure_of(plot.question_of(read), read) as figure:
            self.assertEqual([len(each) for each in rings(figure).values()], [1])

    def test_nothing_measured_is_told(self):
        with self.assertRaisesRegex(Failure, "experiment e: no cell was measured"):
            plot.read("e", cells()[:0], "list")


class Stored(unittest.TestCase):
    def setUp(self):
        self.room = room(self)
        self.store = self.room / "s.sqlite"
        build_runner()
        times = {variant: [ns] * 6 for variant, ns in TIMES.items()}
        with contextlib.closing(empty(self.store)) as connection:
            add(connection, "older", {("put", 1000): times})
            add(connection, "much-newer", {("get", 1000): times})

    def report(self, **asked):
        out = shown(plot.plot, store=self.store, out=self.room / "out", **asked)
        paths = [self.room / "out" / f"plot.{kind}" for kind in ("svg", "png")]
        self.assertEqual(out.split(), list(map(str, paths)))
        return paths[0].read_text()

    def test_the_newest_or_the_one_that_is_asked_for(self):
        self.assertIn("Experiment much-newer", self.report())
        self.assertIn("Experiment older: how long, over list?", self.report(experiment="older"))
        self.assertIn("over lazy?", self.report(baseline="lazy"))

    def test_an_exported_one_by_its_directory(self):
        subprocess.run([RUN, "--store", self.store, "--export", self.room / "runs", "--experiment",
                        "older"], check=True, capture_output=True)
        self.store.unlink()
        exported, = (self.room / "runs").iterdir()
        self.assertIn("Experiment older", self.report(experiment=str(exported)))

    def test_what_is_not_there_is_one_line(self):
        with self.assertRaisesRegex(store.StoreError, "nosuch: no such experiment"):
            self.report(experiment="nosuch")
        with self.assertRaisesRegex(BadSetting, "BASELINE=simd: .*; one of: lazy, list, pool"):
            self.report(baseline="simd")


if __name__ == "__main__":
    unittest.main()
