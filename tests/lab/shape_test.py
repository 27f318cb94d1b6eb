#!/usr/bin/env python3
"""The shape of full maps, on real cells: tree, pool and hashes, and what they say to settings that make no sense; and
the figures of it, on trees as the model has them and on one that is off."""
import itertools
import pathlib
import re
import shutil
import tempfile
import unittest
from types import SimpleNamespace
from unittest import mock

import pandas

from asked import ROOT, Refusals, printed
from drawn import answer, figure_of
from made_evidence import tree_of
from lab import cell, results
from lab.shape import density, model, pool, tree

HASH = "murmur3"  # other tests, which may run at the same time, build none of these cells with it


def filled(variant, pattern="sequential", scale=1000):
    line, = cell.fill(cell.Filled(variant, HASH, "u64", pattern, scale))
    return line["tree"]


def cells_of(text, label):
    """The cells of the line that begins with a label."""
    line = next(line for line in text.splitlines() if re.match(rf"{re.escape(label)}  ", line))
    return re.split(r" {2,}", line[len(label):].strip())


def section(text, heading):
    """The lines of the table whose first column has this heading, as cells."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if re.match(rf"{heading} ", line)) + 2
    return [line.split() for line in lines[first:lines.index("", first)]]


def plain(number):
    return int(number.replace(",", ""))


class Tree(unittest.TestCase):
    def test_it_shows_what_is_there_beside_what_is_predicted(self):
        for variant in ("list", "lazy", "pathcomp"):
            found, expected = filled(variant, "shuffled"), model.predict(cell.SHAPES[variant], 1000)
            text = printed("tree", f"VARIANT={variant}", f"HASH={HASH}", "PATTERNS=shuffled", "SCALES=1K")
            with self.subTest(variant):
                inner, off = cells_of(text, "inner nodes"), found["inner_nodes"] - expected.inner_nodes
                self.assertEqual(plain(inner[0]), found["inner_nodes"])
                self.assertEqual(plain(inner[1]), round(expected.inner_nodes))
                self.assertAlmostEqual(float(inner[2]), 100 * off / expected.inner_nodes, places=2)
                self.assertAlmostEqual(float(inner[3]), off / expected.inner_deviation, places=2)
                self.assertEqual(cells_of(text, "entries")[0], "1,000")
                self.assertEqual(plain(cells_of(text, "child pointers")[0]), found["inner_nodes"] + 999)
                self.assertEqual(cells_of(text, "maximum depth")[0], str(found["depth_max"]))
                self.assertEqual(plain(cells_of(text, "all")[0]), sum(found["bytes"].values()))
                self.assertIn(f"in {found['blocks']:,} blocks", text)
                self.assertEqual(text.splitlines()[-1], f"{found['inner_nodes'] / 1000:.3f} inner nodes per entry;"
                                 f" a uniform hash predicts {expected.inner_nodes / 1000:.3f}")
            for heading, nodes in {"level +inner": found["inner_nodes"], "level +leaves": 1000,
                                   "children": found["inner_nodes"]}.items():
                with self.subTest(f"{variant} {heading}"):
                    self.assertEqual(sum(plain(row[1]) for row in section(text, heading)), nodes)
            by_level = section(text, "level +inner")
            most = max(plain(row[1]) for row in by_level)
            for row in by_level:
                self.assertEqual(row[-1], "#" * round(plain(row[1]) / most * tree.BAR) or ".")

    def test_a_layout_without_a_model_is_shown_without_predictions(self):
        found = filled("lazy", "shuffled")
        text = "\n".join(part(found, None) for part in (tree.summary, tree.inner_by_level, tree.leaves_by_level,
                                                        tree.children_by_node))
        self.assertEqual(cells_of(text, "inner nodes"), [str(found["inner_nodes"]), "-", "-", "-"])
        self.assertIn("no model", tree.verdict(found, None))

    def test_a_composition_has_the_shape_of_its_descent(self):
        for variant, rule in {"list": "list", "phase2": "list", "lazy+pool": "lazy", "pathcomp": "pathcomp",
                              "fix4": "pathcomp"}.items():
            self.assertEqual(cell.shape_of(variant), model.Shape(rule, 6, 10), variant)
        self.assertEqual(cell.shape_of("sixteen+lazy"), model.Shape("lazy", 4, 15))
        self.assertEqual(cell.shape_of("reference"), model.Shape("lazy", 5, 13))

    def test_what_lies_outside_the_tree_has_none(self):
        for part in ("descend.h", "hamt.c"):
            with tempfile.TemporaryDirectory(prefix="lazy") as directory:
                (pathlib.Path(directory) / part).touch()
                self.assertIsNone(cell.shape_of(directory))


class Pool(unittest.TestCase):
    def report(self, *more):
        return printed("pool", "VARIANT=phase2", f"HASH={HASH}", *more)

    def asked(self):
        """Slots that a thousand entries ask for."""
        return filled("phase2")["pool"]["slots_used"]

    def test_figures(self):
        text, asked_for = self.report("SCALES=1K,500"), self.asked()
        first = cells_of(text, "1K")
        self.assertEqual([first[1], plain(first[3]), first[6]], ["0", asked_for, "65,536"])
        self.assertEqual(plain(first[3]), plain(first[4]) + plain(first[5]))
        self.assertAlmostEqual(float(first[7]), 100 * asked_for / 65536, places=1)
        self.assertAlmostEqual(float(first[9]), asked_for / 1000, places=1)
        self.assertEqual(first[10], "36,000")
        self.assertAlmostEqual(plain(first[11]), 1.2 * asked_for, delta=1)
        self.assertIn("\n500 ", text)
        self.assertNotIn("warning", text)

    def test_it_warns_from_80_percent_on(self):
        limit = self.asked() * 5 // 4
        self.assertNotIn("warning", self.report("SCALES=1K", f"POOL_SLOTS={limit + 2}"))
        self.assertRegex(self.report("SCALES=1K", f"POOL_SLOTS={limit}"),
                         r"warning: 1K entries ask for 80\.0 % of the pool; POOL_SLOTS=65536 ")

    def test_what_the_warning_proposes_is_enough(self):
        text = self.report("SCALES=1K", "POOL_SLOTS=2048")
        told = re.search(r"([\d,]+) arrays fell back .* POOL_SLOTS=(\d+) would do, or (\d+)", text)
        self.assertGreater(plain(told[1]), 1000)
        self.assertNotIn("warning", self.report("SCALES=1K", f"POOL_SLOTS={told[2]}"))
        self.assertEqual(cells_of(self.report("SCALES=1K", f"POOL_SLOTS={told[3]}"), "1K")[1], "0")

    def test_the_power_of_two_is_the_smallest_that_does_not_warn(self):
        for slots, power in {1: 2, 3: 4, 13: 32, 51: 64, 52: 128, 2965784: 4194304}.items():
            self.assertEqual(pool.sufficient_power(slots), power, slots)

    def test_a_pool_that_grows_does_not_warn(self):
        figures = dict(allocations=9, fallbacks=0, slots_used=990, slots_live=700, slots_capacity=1000)
        line = {"scale": 100, "pool_slots": 65536, "tree": {"entries": 100, "pool": figures}}
        self.assertIsNone(pool.warning_of(line))
        self.assertEqual(pool.row_of(line)[-2:], ["-", "-"])
        line["pool_slots"] = 1000
        self.assertIn("POOL_SLOTS=2048 ", pool.warning_of(line))


class Hashes(unittest.TestCase):
    def test_it_tells_uniform_hashes_from_others(self):
        text = printed("hashes", "SCALES=10K", f"HASH={HASH},identity", "PATTERNS=sequential,random")
        verdicts = {tuple(line.split()[:2]): line for line in text.splitlines()}
        for uniform in [(HASH, "sequential"), (HASH, "random"), ("identity", "random")]:
            self.assertRegex(verdicts[uniform], r"  uniform$")
        self.assertRegex(verdicts["identity", "sequential"], r"<0\.001  not uniform$")
        expected = model.predict(cell.SHAPES["lazy"], 10000)
        self.assertRegex(verdicts["a", "uniform"], rf"{expected.inner_nodes:,.0f} +{expected.depth_mean:.2f}"
                                                   rf" +{expected.depth_max:.2f} +1\.00")
        # the keys in sequence share 12 bits by twos and threes, 18 bits never: three full levels
        self.assertEqual(verdicts["identity", "sequential"].split()[2], "4,161")


class Refusal(unittest.TestCase, Refusals):
    def test_settings_that_make_no_sense(self):
        for words, told in {
                "tree VARIANT=nope": "no such variant", "tree SCALES=12x": "wanted a number",
                "tree SCALES=0": "from 1 to 1e9", "tree SCALES=2e9": "from 1 to 1e9", "tree SCALES=1K,2K": "a number",
                "tree PATTERNS=zigzag": "sequential", "tree HASH=md5": "one of: ", "tree KEY=float": "one of: str, u64",
                "tree SEED=-1": "wanted a number", "tree BOGUS=1": "no such setting here",
                "pool SCALES=1K,,2K": "wanted a number", "pool POOL_SLOTS=0": "from 1",
                f"pool VARIANT=list HASH={HASH} SCALES=100": "no pool", "hashes HASH=xxh3,md5": "makes no sense",
                "hashes PATTERNS=sequential,": "wanted a pattern", "hashes VARIANT=champion": "no model",
                "hashes VARIANT=lazy+pathcomp": "both .* bring descend.h"}.items():
            with self.subTest(words):
                self.assert_refused(words, told)

    def test_a_program_that_cannot_be_built(self):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="broken"))
        for path in (directory, ROOT / "build/cell" / str(directory).replace("/", "@")):
            self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        (directory / "call.h").write_text("#error this is no part\n")
        self.assert_refused(f"tree VARIANT={directory}", "call.h:1:.*this is no part", status=1)


# ---- Figures ----

ENTRIES = 10000


def made_tree(variant, entries, more):
    """As the model has it, with more nodes at the level that chance moves most."""
    shape = cell.shape_of(variant)
    found = tree_of(shape, entries)
    found["inner_at_level"][model.predict(shape, entries).deviations.argmax()] += more
    return found | {"inner_nodes": found["inner_nodes"] + more}


def experiment(more=0, variants=("outline+lazy", "outline", "outline+single"), scales=(ENTRIES,),
               patterns=("shuffled",)):
    """Trees as the model has them, but for more nodes in lazy's, and seven more of random keys."""
    runs = [{"op": "put", "key": "u64", "variant": variant, "scale": scale, "pattern": pattern,
             "tree": made_tree(variant, scale, more if variant == "outline+lazy" else 7 * (pattern == "random"))}
            for variant, scale, pattern in itertools.product(variants, scales, patterns)]
    return results.Experiment({}, pandas.DataFrame(runs), None)


class Levels(unittest.TestCase):
    def test_a_tree_that_is_off_is_seen_in_standard_deviations(self):
        lists, lazy = density.trees_of(experiment(more=100), ENTRIES)
        self.assertEqual((lists.variant, lazy.variant), ("outline", "outline+lazy"))
        self.assertLess(max(map(abs, lists.deviations().values())), 0.6)  # counts are whole
        level, off = max(lazy.deviations().items(), key=lambda item: item[1])
        deviation = lazy.expected.covariance[level][level] ** 0.5
        self.assertAlmostEqual(off, 100 / deviation, delta=1 / deviation)
        self.assertNotIn(0, lazy.deviations())  # chance does not move the root
        self.assertAlmostEqual(lazy.total_deviation, 100 / lazy.expected.inner_deviation, delta=0.1)

    def test_no_tree_is_not_measured(self):
        with self.assertRaisesRegex(results.NotMeasured, r"tree of outline, outline\+lazy, outline\+pathcomp"):
            density.trees_of(experiment(variants=("outline+single",)), ENTRIES)


class Growth(unittest.TestCase):
    def grown(self, **experiments):
        def exported(name, directory):
            if name not in experiments:
                raise results.NotMeasured(f"{directory}/{name}")
            return experiments[name]
        with mock.patch.object(results, "exported", exported):
            return density.grown(SimpleNamespace(directory="made"))

    def test_all_experiments_are_searched_for_trees(self):
        found = self.grown(
            seeds=experiment(variants=("phase3",), scales=(1000,), patterns=("random", "sequential")),
            hashes=experiment(), fixes=experiment(scales=(1000, 100000)))
        self.assertEqual({rule: sorted(points) for rule, points in found.items()},
                         {"outline": [1000, 100000], "outline+lazy": [1000, 100000]})
        self.assertAlmostEqual(found["outline"][100000], 6.86996, delta=1e-4)
        # not the tree of random keys, which has seven nodes more
        self.assertAlmostEqual(found["outline"][1000], density.nodes_per_entry("outline", 1000), delta=0.004)

    def test_no_experiment_is_not_measured(self):
        with self.assertRaises(results.NotMeasured):
            self.grown()

    def test_no_curve_covers_another(self):
        found = {rule: {10000: density.nodes_per_entry(rule, 10000)} for rule in density.GROWN}
        points, _ = answer(density.GROWTH, found)
        self.assertEqual([len(panel) for panel in points.values()], [2, 1])
        panel = next(panel for title, panel in points.items() if title.startswith("outline+pathcomp: inner nodes, %"))
        (_, share), = panel["D", False]
        self.assertAlmostEqual(share, 100 * found["outline+pathcomp"][10000] / found["outline+lazy"][10000])
        with figure_of(density.GROWTH, found) as figure:
            for axes in figure.axes:
                curves = [line.get_ydata() for line in axes.lines if line.get_marker() == "None"]
                for one, other in itertools.combinations(curves, 2):
                    self.assertGreater(min(max(a, b) / min(a, b) for a, b in zip(one, other)), 1.5)


if __name__ == "__main__":
    unittest.main()
