#!/usr/bin/env python3
"""lab.experiments.hash_costs on made-up cells whose answers are known."""
import contextlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab")]
from lab import cell, command, store  # noqa: E402
from lab.experiments import hash_costs  # noqa: E402
from lab.shape import model  # noqa: E402
from lab.store import Cell, Competitor, Replicates  # noqa: E402
from made_cells import ABOUT  # noqa: E402

ENTRIES = 1000
EXPECTED = model.predict(cell.SHAPES["lazy"], ENTRIES)


def tree(more_nodes=0):
    """As many nodes as are expected, and more at the second level."""
    levels = [round(nodes) for nodes in EXPECTED.inner_at_level]
    levels[1] += more_nodes
    return json.dumps({"inner_at_level": levels, "inner_nodes": sum(levels)})


def add(cells, variant, op, pattern, hash_name, ns, shape=None, key="u64"):
    """The machine gets slower from block to block, whatever runs."""
    times = {block: ns + 100 * block for block in range(6)}
    row = cells.setdefault(Cell(op, pattern, ENTRIES, key), {})
    row[Competitor(variant, hash_name, "glibc")] = Replicates(times, {}, {}, shape or tree())


def made():
    cells = {}
    for op, base in (("put", 200), ("get", 100)):
        for pattern in ("sequential", "random"):
            odd = tree(-60) if pattern == "sequential" else None
            add(cells, "lazy", op, pattern, "xxh3", base)
            add(cells, "lazy", op, pattern, "siphash", base + 40)
            add(cells, "lazy", op, pattern, "identity", base - 5, odd)
    add(cells, "outline", "put", "random", "xxh3", 1000)
    add(cells, "outline", "put", "random", "identity", 950)
    add(cells, "lazy", "put", "random", "xxh3", 300, key="str")
    return cells


def printed(cells):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        hash_costs.print_report(ABOUT, cells, lambda: print("failures here"))
    return out.getvalue()


def rows_of(text):
    return [re.split(r" {2,}", line) for line in text.splitlines()]


class Report(unittest.TestCase):
    text = printed(made())
    rows = rows_of(text)

    def find(self, *begin):
        """The rest of the first row that begins so: integer keys come before strings."""
        return next(row for row in self.rows if row[:len(begin)] == list(begin))[len(begin):]

    def test_times_are_paired_ratios(self):
        self.assertEqual(self.find("lazy", "1K", "random", "xxh3")[:2],
                         ["450 [200 700] ns", "350 [100 600] ns"])
        put, get = self.find("lazy", "1K", "random", "siphash")[:2]
        self.assertEqual(put, "1.09 [1.06 1.20]")  # 240/200, 340/300, ... 740/700
        self.assertEqual(get, "1.12 [1.07 1.40]")

    def test_nodes_stand_beside_the_model(self):
        nodes = sum(json.loads(tree())["inner_at_level"])
        self.assertEqual(self.find("lazy", "1K", "random", "identity")[2], str(nodes))
        self.assertEqual(self.find("lazy", "1K", "random", "identity")[5], "uniform")
        inner, off, deviations, verdict = self.find("lazy", "1K", "sequential", "identity")[2:]
        self.assertEqual((inner, verdict), (str(nodes - 60), "not uniform"))
        self.assertAlmostEqual(float(off), 100 * ((nodes - 60) / EXPECTED.inner_nodes - 1),
                               places=1)
        self.assertLess(float(deviations), -5)

    def test_order(self):
        found = [tuple(row[:4]) for row in self.rows
                 if row[0] in ("u64 keys", "str keys") or len(row) > 8 and row[1] == "1K"]
        self.assertEqual(found[:3], [("u64 keys",), ("outline", "1K", "random", "xxh3"),
                                     ("outline", "1K", "random", "identity")])
        self.assertEqual([row[2:] for row in found[3:9]],
                         [(pattern, name) for pattern in ("sequential", "random")
                          for name in ("xxh3", "siphash", "identity")])
        self.assertEqual(found[9:11], [("str keys",), ("lazy", "1K", "random", "xxh3")])

    def test_the_cost_of_a_hash_is_its_difference_to_none(self):
        self.assertEqual(self.find("lazy", "1K", "put"), ["-", "5.00 [5.00 5.00]",
                                                          "45.0 [45.0 45.0]"])
        self.assertEqual(self.find("lazy", "1K", "get")[1], "5.00 [5.00 5.00]")
        self.assertEqual(self.find("outline", "1K", "put"), ["~50ns", "50.0 [50.0 50.0]", "-"])

    def test_it_is_told_how_many_and_fits(self):
        self.assertIn("medians of 6 processes", self.text)
        self.assertLessEqual(max(map(len, self.text.splitlines())), 120)
        self.assertTrue(self.text.endswith("failures here\n"))

    def test_what_has_no_model_has_no_verdict(self):
        cells = {}
        add(cells, "/some/dir", "put", "random", "xxh3", 1)
        with unittest.mock.patch.object(cell, "shape_of", lambda variant: None):
            text = printed(cells)
        self.assertRegex(text, r"xxh3 .* ns +- +\d+ +- +- +-\n")


class Plan(unittest.TestCase):
    def test_it_measures_what_the_tables_show(self):
        subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        shown = subprocess.run(["build/run/run", "--plan", "experiments/hashes.plan", "--dry-run"],
                               cwd=ROOT, text=True, capture_output=True, check=True)
        cells = {}
        for line in shown.stdout.splitlines()[1:]:
            variant, hash_name, key, _, op, pattern, _, _, reps = line.split()
            add(cells, variant, op, pattern, hash_name, 1, key=key)
            self.assertGreaterEqual(int(reps), 6, "fewer give no interval")
        measured = hash_costs.Measured(cells)
        self.assertEqual({key for key, *_ in measured.rows}, {"u64", "str"})
        for place, row in measured.rows.items():
            for op in hash_costs.OPS:
                self.assertIn((op, hash_costs.BASE), row, place)
        compared = {(variant, op) for variant, _, op, *_ in hash_costs.differences(measured)}
        self.assertLessEqual(set(hash_costs.SEEDS), compared)


class Refusal(unittest.TestCase):
    def test_without_the_base_there_is_nothing_to_compare_with(self):
        cells = {}
        add(cells, "lazy", "put", "random", "siphash", 1)
        with self.assertRaisesRegex(store.StoreError, "xxh3"):
            hash_costs.Measured(cells)

    def test_no_stored_results_are_told_in_one_line(self):
        with tempfile.TemporaryDirectory() as empty, \
                contextlib.redirect_stderr(io.StringIO()) as error:
            with self.assertRaises(SystemExit) as end:
                command.run_report("hash-costs", hash_costs.report, ["--runs", empty])
        self.assertEqual(end.exception.code, 1)
        self.assertRegex(error.getvalue(), r"^hash-costs: \S+/hashes: .*\n$")


if __name__ == "__main__":
    unittest.main()
