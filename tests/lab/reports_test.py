#!/usr/bin/env python3
"""The reports on single cells, lab.shape: on real cells, and what they say
to settings that make no sense."""
import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from types import SimpleNamespace

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import printing, cell
from lab.shape import hashes, model, pool, tree

HASH = "murmur3"  # other tests, which may run at the same time, build none of these cells with it
GIVEN = dict(key="u64", seed=1, hash_seed=0)


def printed(report, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        report([str(argument) for argument in arguments])
    return out.getvalue()


def refused(name, report, *arguments):
    """(status, standard output, standard error) of a report that ends early."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            cell.run_report(name, report, arguments)
            status = 0
        except SystemExit as end:
            status = end.code
    return status, out.getvalue(), error.getvalue()


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
    def report(self, variant):
        given = SimpleNamespace(variant=variant, **GIVEN)
        found = cell.fill(given, HASH, "shuffled", 1000)["tree"]
        return found, printed(tree.report, "--variant", variant, "--hash", HASH, "--pattern",
                              "shuffled", "--scale", "1K")

    def test_it_shows_what_is_there_beside_what_is_predicted(self):
        for variant in ("list", "lazy", "pathcomp"):
            found, text = self.report(variant)
            expected = model.predict(cell.SHAPES[variant], 1000)
            with self.subTest(variant):
                self.assertEqual(cells_of(text, "entries")[0], "1,000")
                inner = cells_of(text, "inner nodes")
                self.assertEqual(plain(inner[0]), found["inner_nodes"])
                self.assertEqual(plain(inner[1]), round(expected.inner_nodes))
                off = found["inner_nodes"] - expected.inner_nodes
                self.assertAlmostEqual(float(inner[2]), 100 * off / expected.inner_nodes, places=2)
                self.assertAlmostEqual(float(inner[3]), off / expected.inner_deviation, places=2)
                self.assertEqual(plain(cells_of(text, "child pointers")[0]),
                                 found["inner_nodes"] + 999)
                self.assertEqual(cells_of(text, "maximum depth")[0], str(found["depth_max"]))
                self.assertEqual(plain(cells_of(text, "all")[0]), sum(found["bytes"].values()))
                self.assertIn(f"in {found['blocks']:,} blocks", text)
                self.assertEqual(text.splitlines()[-1], f"{found['inner_nodes'] / 1000:.3f} inner"
                                 " nodes per entry; a uniform hash predicts"
                                 f" {expected.inner_nodes / 1000:.3f}")

    def test_histograms_hold_every_node(self):
        for variant in ("list", "lazy", "pathcomp"):
            found, text = self.report(variant)
            rows = {"level +inner": found["inner_nodes"], "level +leaves": 1000,
                    "children": found["inner_nodes"]}
            for heading, nodes in rows.items():
                with self.subTest(f"{variant} {heading}"):
                    self.assertEqual(sum(plain(row[1]) for row in section(text, heading)), nodes)
            with self.subTest(f"{variant} bars"):
                by_level = section(text, "level +inner")
                longest = max(by_level, key=lambda row: plain(row[1]))
                self.assertEqual(longest[-1], "#" * tree.BAR)
                for row in by_level:
                    share = plain(row[1]) / plain(longest[1])
                    self.assertEqual(row[-1], "#" * round(share * tree.BAR) or ".")

    def test_tables_are_aligned(self):
        text = printing.columns(["a", "b", "c"], [["one", "1", "22"], ["x", "333", "4"]])
        self.assertEqual(text, "a      b   c\n---  ---  --\none    1  22\nx    333   4")

    def test_a_layout_without_a_model_is_shown_without_predictions(self):
        found = self.report("lazy")[0]
        text = "\n".join([tree.summary(found, tree.UNKNOWN), tree.inner_by_level(found, tree.UNKNOWN),
                          tree.leaves_by_level(found, tree.UNKNOWN),
                          tree.children_by_node(found, tree.UNKNOWN)])
        self.assertEqual(cells_of(text, "inner nodes"),
                         [str(found["inner_nodes"]), "-", "-", "-"])
        self.assertIn("no model", tree.verdict(found, tree.UNKNOWN))


class Shapes(unittest.TestCase):
    def test_a_composition_has_the_shape_of_its_descent(self):
        for variant, rule in {"list": "list", "phase2": "list", "lazy+pool": "lazy",
                              "pathcomp": "pathcomp", "fix4": "pathcomp"}.items():
            self.assertEqual(cell.shape_of(variant), model.Shape(rule, 6, 10), variant)
        self.assertEqual(cell.shape_of("reference"), model.Shape("lazy", 5, 13))

    def test_what_lies_outside_the_tree_has_none(self):
        for part in ("descend.h", "hamt.c"):
            directory = pathlib.Path(tempfile.mkdtemp(prefix="lazy"))
            self.addCleanup(shutil.rmtree, directory)
            (directory / part).touch()
            self.assertIsNone(cell.shape_of(str(directory)))


class Pool(unittest.TestCase):
    def report(self, *more):
        return printed(pool.report, "--variant", "phase2", "--hash", HASH, *more)

    def asked(self):
        """Slots that a thousand entries ask for."""
        given = SimpleNamespace(variant="phase2", **GIVEN)
        return cell.fill(given, HASH, "sequential", 1000)["tree"]["pool"]["slots_used"]

    def test_figures(self):
        text = self.report("--scales", "1K,500")
        asked = self.asked()
        first = cells_of(text, "1K")
        self.assertEqual([first[1], plain(first[3]), first[6]], ["0", asked, "65,536"])
        self.assertEqual(plain(first[3]), plain(first[4]) + plain(first[5]))
        self.assertAlmostEqual(float(first[7]), 100 * asked / 65536, places=1)
        self.assertAlmostEqual(float(first[9]), asked / 1000, places=1)
        self.assertEqual(first[10], "36,000")
        self.assertAlmostEqual(plain(first[11]), 1.2 * asked, delta=1)
        self.assertIn("\n500 ", text)
        self.assertNotIn("warning", text)

    def test_it_warns_from_80_percent_on(self):
        limit = self.asked() * 5 // 4
        self.assertNotIn("warning", self.report("--scales", "1K", "--pool-slots", limit + 2))
        text = self.report("--scales", "1K", "--pool-slots", limit)
        self.assertRegex(text, r"warning: 1K entries ask for 80\.0 % of the pool; POOL_SLOTS=65536 ")

    def test_what_the_warning_proposes_is_enough(self):
        text = self.report("--scales", "1K", "--pool-slots", 2048)
        told = re.search(r"([\d,]+) arrays fell back .* POOL_SLOTS=(\d+) would do, or (\d+)", text)
        self.assertGreater(plain(told[1]), 1000)
        self.assertNotIn("warning", self.report("--scales", "1K", "--pool-slots", told[2]))
        self.assertEqual(cells_of(self.report("--scales", "1K", "--pool-slots", told[3]), "1K")[1],
                         "0")

    def test_the_power_of_two_is_the_smallest_that_does_not_warn(self):
        for asked, power in {1: 2, 3: 4, 13: 32, 51: 64, 52: 128, 2965784: 4194304}.items():
            self.assertEqual(pool.sufficient_power(asked), power, asked)

    def test_a_pool_that_grows_does_not_warn(self):
        figures = dict(allocations=9, fallbacks=0, slots_used=990, slots_live=700)
        line = {"scale": 100, "pool_slots": 65536,
                "tree": {"entries": 100, "pool": dict(figures, slots_capacity=1000)}}
        self.assertIsNone(pool.warning_of(line))
        self.assertEqual(pool.row_of(line)[-2:], ["-", "-"])
        line["pool_slots"] = 1000
        self.assertIn("POOL_SLOTS=2048 ", pool.warning_of(line))

    def test_a_layout_without_a_pool_is_refused(self):
        status, out, error = refused("pool", pool.report, "--variant", "list", "--hash", HASH,
                                     "--scales", "100")
        self.assertEqual((status, out, len(error.splitlines())), (2, "", 1))
        self.assertIn("no pool", error)


class Hashes(unittest.TestCase):
    def test_it_tells_uniform_hashes_from_others(self):
        text = printed(hashes.report, "--variant", "lazy", "--scale", "10K", "--hashes",
                       f"{HASH},identity", "--patterns", "sequential,random")
        verdicts = {tuple(line.split()[:2]): line for line in text.splitlines()}
        for uniform in [(HASH, "sequential"), (HASH, "random"), ("identity", "random")]:
            self.assertRegex(verdicts[uniform], r"  uniform$")
        self.assertRegex(verdicts["identity", "sequential"], r"<0\.001  not uniform$")
        expected = model.predict(cell.SHAPES["lazy"], 10000)
        self.assertRegex(verdicts["a", "uniform"], rf"{expected.inner_nodes:,.0f} +"
                         rf"{expected.depth_mean:.2f} +{expected.depth_max:.2f} +1\.00")
        # the keys in sequence share 12 bits by twos and threes, 18 bits never: three full levels
        self.assertEqual(verdicts["identity", "sequential"].split()[2], "4,161")

    def test_too_few_nodes_are_not_judged(self):
        few = model.predict(cell.SHAPES["lazy"], 3)
        test = hashes.uniformity([1] + [0] * 9, few)
        self.assertEqual((test.freedom, test.verdict), (0, "too few to tell"))

    def test_levels_are_joined_until_chance_moves_them(self):
        diagonal = [0, 4, 5, 3, 50, 11, 2, 1]
        covariance = [[value if i == j else 0 for j in range(8)] for i, value in enumerate(diagonal)]
        self.assertEqual(hashes.groups_of_levels(covariance), [[0, 1, 2, 3], [4], [5, 6, 7]])

    def test_correlated_deviations_are_not_counted_twice(self):
        self.assertAlmostEqual(hashes.quadratic_form([[2, 1], [1, 2]], [3, 0]), 6)
        self.assertAlmostEqual(hashes.quadratic_form([[2, 1], [1, 2]], [3, 3]), 6)
        self.assertAlmostEqual(hashes.quadratic_form(
            [[4, 2, 1], [2, 3, 0], [1, 0, 2]], [1, 2, 3]), 96 / 13)


class Refusal(unittest.TestCase):
    REPORTS = {"tree": tree.report, "pool": pool.report, "hashes": hashes.report}
    WRONG = {
        "tree": {("--variant", "nope"): "no such variant", ("--scale", "12x"): "wanted a number",
                 ("--scale", "0"): "from 1 to 1e9", ("--scale", "2e9"): "from 1 to 1e9",
                 ("--scale", "1K,2K"): "wanted a number", ("--pattern", "zigzag"): "sequential",
                 ("--hash", "md5"): "one of: ", ("--key", "float"): "one of: str, u64",
                 ("--seed", "-1"): "wanted a number", ("--bogus", "1"): "--bogus"},
        "pool": {("--scales", "1K,,2K"): "wanted a number", ("--pool-slots", "0"): "from 1"},
        "hashes": {("--hashes", "xxh3,md5"): "'md5' makes no sense",
                   ("--patterns", "sequential,"): "wanted a pattern",
                   ("--variant", "exact+pool"): "both .* bring children.h"},
    }

    def test_settings_that_make_no_sense(self):
        for name, table in self.WRONG.items():
            for arguments, told in table.items():
                with self.subTest(f"{name} {arguments}"):
                    status, out, error = refused(name, self.REPORTS[name], *arguments)
                    self.assertEqual((status, out, len(error.splitlines())), (2, "", 1), error)
                    self.assertRegex(error, rf"^{name}: ")
                    self.assertRegex(error, told)

    def test_as_a_program(self):
        for name in self.REPORTS:
            done = subprocess.run([sys.executable, "-B", "-m", f"lab.shape.{name}", "--variant", "nope"],
                                  env={**os.environ, "PYTHONPATH": str(ROOT / "notebooks")},
                                  text=True, capture_output=True)
            self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())),
                             (2, "", 1), done.stderr)

    def test_a_program_that_cannot_be_built(self):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="broken"))
        built = ROOT / "build/cell" / str(directory).replace("/", "@")
        for path in (directory, built):
            self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        (directory / "call.h").write_text("#error this is no part\n")
        status, out, error = refused("tree", tree.report, "--variant", str(directory))
        self.assertEqual((status, out, len(error.splitlines())), (1, "", 1), error)
        self.assertRegex(error, "cannot be built: .*this is no part")


if __name__ == "__main__":
    unittest.main()
