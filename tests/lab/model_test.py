#!/usr/bin/env python3
"""The model of a uniform hash: against every way in which few keys can hash, against simulated
tries, against its closed forms at high precision, and against figures that are known otherwise."""
import decimal
import itertools
import math
import pathlib
import random
import statistics
import sys
import unittest
from collections import Counter
from unittest import mock

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab.shape import hashes, model  # noqa: E402
from lab.shape.model import Shape  # noqa: E402

RULES = ["list", "lazy", "pathcomp"]
D = decimal.Decimal


class Trie:
    """A trie of some hashes, counted by definition from their prefixes, without building it."""

    def __init__(self, shape, hashed):
        self.inner_at_level, self.children = [0] * shape.levels, [0] * (shape.fan_out + 1)
        self.entries_at_level = [0] * (shape.levels + 1)
        self.leaves = len(set(hashed))
        depth, leaf_at, on_way = Counter(), Counter(), Counter()  # of each hash
        for level in range(shape.levels):
            for some in self.by_prefix(shape, set(hashed), level):
                children = len({h >> shape.bits * level & shape.fan_out - 1 for h in some})
                if {"list": 1, "lazy": len(some) > 1, "pathcomp": children > 1}[shape.rule]:
                    self.inner_at_level[level] += 1
                    self.children[children] += 1
                    depth.update(some)
                    on_way.update(dict.fromkeys(some, children))
                if shape.rule == "list" or len(some) > 1:
                    leaf_at.update(some)
        for h in hashed:
            self.entries_at_level[leaf_at[h]] += 1
        self.depth_mean = statistics.fmean(depth[h] for h in hashed)
        self.children_on_way = statistics.fmean(on_way[h] for h in hashed)
        self.depth_max = max(depth[h] for h in hashed)
        self.inner_nodes = sum(self.inner_at_level)
        self.child_pointers = sum(j * nodes for j, nodes in enumerate(self.children))

    @staticmethod
    def by_prefix(shape, distinct, level):
        groups = {}
        for h in distinct:
            groups.setdefault(h & (1 << shape.bits * level) - 1, []).append(h)
        return groups.values()


FIGURES = ["inner_nodes", "leaves", "child_pointers", "depth_mean"]
HISTOGRAMS = ["inner_at_level", "entries_at_level", "children"]


class Enumeration(unittest.TestCase):
    """Few keys and few hashes: all ways in which they can fall, collisions included."""

    def test_expectations_are_exact(self):
        cases = [(1, 3, 1), (1, 3, 2), (1, 3, 4), (1, 4, 3), (2, 2, 3), (2, 1, 4), (1, 1, 5)]
        for rule, (bits, levels, entries) in itertools.product(RULES, cases):
            shape = Shape(rule, bits, levels)
            tries = [Trie(shape, h) for h in itertools.product(range(2 ** (bits * levels)), repeat=entries)]
            expected = model.predict(shape, entries)
            for name in FIGURES:
                with self.subTest(f"{shape} {entries} {name}"):
                    self.assertAlmostEqual(getattr(expected, name), statistics.fmean(
                        getattr(trie, name) for trie in tries), places=12)
            with self.subTest(f"{shape} {entries} children on the way"):
                self.assertAlmostEqual(model.children_on_way(shape, entries), statistics.fmean(
                    trie.children_on_way for trie in tries), places=12)
            for name in HISTOGRAMS:
                found = [statistics.fmean(column) for column in zip(*(getattr(trie, name) for trie in tries))]
                with self.subTest(f"{shape} {entries} {name}"):
                    for some, wanted in zip(found, getattr(expected, name)):
                        self.assertAlmostEqual(some, wanted, places=12)


class Simulation(unittest.TestCase):
    """Tries of some hundred random hashes."""
    TRIES = 400

    def test_expectations_and_deviations(self):
        for rule, (bits, levels, entries) in itertools.product(RULES, [(6, 10, 150), (2, 12, 100)]):
            shape = Shape(rule, bits, levels)
            source, expected = random.Random(f"{shape} {entries}"), model.predict(shape, entries)
            tries = [Trie(shape, [source.getrandbits(bits * levels) for _ in range(entries)])
                     for _ in range(self.TRIES)]
            found = {name: numpy.array([getattr(trie, name) for trie in tries], float)
                     for name in [*FIGURES, *HISTOGRAMS, "depth_max"]}
            for name in [*FIGURES, *HISTOGRAMS]:
                with self.subTest(f"{shape} {name}"):
                    # Within 4 standard errors; where nothing varied, what is rare may have been missed.
                    wanted, error = numpy.asarray(getattr(expected, name)), found[name].std(0) / self.TRIES ** 0.5
                    off = abs(found[name].mean(0) - wanted) - 4 * error - 4 / self.TRIES
                    self.assertLessEqual(numpy.max(numpy.where(wanted > 0.2, off, 0)), 0)
            with self.subTest(f"{shape} deviation"):
                self.assertAlmostEqual(found["inner_nodes"].std() / expected.inner_deviation, 1, delta=0.1)
            if expected.depth_max is not None:
                with self.subTest(f"{shape} maximum depth"):
                    self.assertAlmostEqual(found["depth_max"].mean() / expected.depth_max, 1, delta=0.02)
            deviations = numpy.sqrt(numpy.diag(expected.covariance))
            scale = numpy.outer(deviations, deviations)
            off = (numpy.cov(found["inner_at_level"].T, bias=True) - expected.covariance)[scale > 1] / scale[scale > 1]
            with self.subTest(f"{shape} covariance"):
                self.assertLessEqual(numpy.max(abs(off)), 0.2)


class ClosedForms(unittest.TestCase):
    """The sums against the closed forms of model.py's opening comment, with eighty digits."""

    def closed(self, shape, entries, level):
        n, p = D(entries), 1 / D(shape.fan_out) ** level
        none = (1 - p) ** n
        if shape.rule == "list":
            return (1 - none) / p
        m = D(shape.fan_out) ** (1 if shape.rule == "pathcomp" else shape.levels - level)
        return (1 - none - m * ((1 - p + p / m) ** n - none)) / p

    def test_no_digits_are_lost(self):
        with decimal.localcontext() as context:
            context.prec = 80
            for rule, entries in itertools.product(RULES, [2, 3, 50, 2999, 3001, 100000, 12345678, 10 ** 9]):
                for shape in (Shape(rule, 6, 10), Shape(rule, 5, 13)):
                    expected = model.predict(shape, entries)
                    for level, found in enumerate(expected.inner_at_level):
                        with self.subTest(f"{shape} {entries} {level}"):
                            wanted = self.closed(shape, entries, level)
                            self.assertLess(abs(D(found) / wanted - 1), D("1e-11"))

    def test_the_variance_of_occupied_prefixes(self):
        """Known exactly for list: how many of M boxes n balls occupy."""
        for bits, entries, level in [(6, 500, 2), (6, 5000, 2), (4, 60, 2), (5, 400, 2)]:
            expected = model.predict(Shape("list", bits, 4), entries)
            boxes = D(2) ** (bits * level)
            missed, both = (1 - 1 / boxes) ** entries, (1 - 2 / boxes) ** entries
            exact = boxes * (boxes - 1) * both + boxes * missed - (boxes * missed) ** 2
            with self.subTest(f"{bits} {entries}"):
                self.assertAlmostEqual(expected.covariance[level][level] / float(exact), 1, delta=0.006)

    def test_child_pointers_are_what_the_nodes_have(self):
        for rule, entries in itertools.product(RULES, [2, 1000, 100000, 10 ** 9]):
            expected = model.predict(Shape(rule, 6, 10), entries)
            pointers = sum(j * nodes for j, nodes in enumerate(expected.children))
            self.assertAlmostEqual(pointers / expected.child_pointers, 1, places=11)
            self.assertAlmostEqual(sum(expected.children) / expected.inner_nodes, 1, places=11)
            self.assertAlmostEqual(sum(expected.entries_at_level) / entries, 1, places=11)

    def test_a_hundred_thousand_entries(self):
        """Figures computed by other means; document 000 counted 687,212 nodes and 1.1455."""
        plain, lazy, compressed = (model.predict(Shape(rule, 6, 10), 100000) for rule in RULES)
        self.assertEqual(round(plain.inner_nodes), 686996)
        self.assertAlmostEqual(plain.child_pointers / plain.inner_nodes, 1.1456, places=4)
        self.assertAlmostEqual(lazy.inner_nodes, 19300, delta=50)
        self.assertLess(compressed.inner_nodes, lazy.inner_nodes)
        self.assertLess(abs(687212 - plain.inner_nodes), 3 * plain.inner_deviation)


class Uniformity(unittest.TestCase):
    def test_it_is_the_squared_deviation_in_units_of_the_covariance(self):
        """Two groups with the covariance [[20, 10], [10, 20]]: C^-1 = [[2, -1], [-1, 2]] / 30."""
        expected = mock.Mock(covariance=numpy.array([[20.0, 10], [10, 20]]), inner_at_level=numpy.array([100.0, 200]))
        test = hashes.uniformity([130, 200, 0, 0], expected)
        self.assertAlmostEqual(test.statistic, 30 * 30 * 2 / 30)
        self.assertEqual(test.freedom, 2)
        self.assertAlmostEqual(test.chance, math.exp(-60 / 2))  # chi-squared of two degrees
        self.assertEqual(test.verdict, "not uniform")
        self.assertAlmostEqual(hashes.uniformity([130, 230], expected).statistic, 30 * 30 * 2 * (2 - 1) / 30)
        self.assertEqual(hashes.uniformity([101, 201], expected).verdict, "uniform")

    def test_levels_are_joined_until_chance_moves_them(self):
        groups = hashes.groups_of_levels(numpy.diag([0.0, 4, 5, 3, 50, 11, 2, 1]))
        self.assertEqual([list(numpy.flatnonzero(group)) for group in groups], [[0, 1, 2, 3], [4], [5, 6, 7]])

    def test_too_few_nodes_are_not_judged(self):
        test = hashes.uniformity([1] + [0] * 9, model.predict(Shape("lazy", 6, 10), 3))
        self.assertEqual((test.freedom, test.verdict), (0, "too few to tell"))

    def test_uniform_hashes_pass_as_often_as_they_should(self):
        source, trials = random.Random(5), 250
        for rule in RULES:
            shape = Shape(rule, 3, 8)
            expected = model.predict(shape, 250)
            chances = []
            for _ in range(trials):
                trie = Trie(shape, [source.getrandbits(24) for _ in range(250)])
                chances.append(hashes.uniformity(trie.inner_at_level, expected).chance)
            with self.subTest(rule):
                for limit in (0.1, 0.5):
                    below = sum(chance < limit for chance in chances)
                    error = (trials * limit * (1 - limit)) ** 0.5
                    self.assertAlmostEqual(below, trials * limit, delta=4 * error)


if __name__ == "__main__":
    unittest.main()
