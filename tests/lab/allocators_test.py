#!/usr/bin/env python3
"""lab.experiments.allocators on made-up cells whose answers are known."""
import contextlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab")]
from lab import command, store  # noqa: E402
from lab.experiments import allocators  # noqa: E402
from lab.store import Cell, Competitor, Replicates  # noqa: E402
from made_cells import ABOUT  # noqa: E402

TREE = {"entries": 100000, "blocks": 1570000, "pool": {"fallbacks": 680000}}
BLOCKS = 6


def replicates(ns, bytes_per_entry=100.0, rss=110.0, drift=True):
    """The machine drifts: whatever is not taken pair by pair comes out wrong."""
    times = {block: ns * (1 + block * drift) for block in range(BLOCKS)}
    return Replicates(times, dict.fromkeys(times, bytes_per_entry), dict.fromkeys(times, rss),
                      json.dumps(TREE))


def add(cells, variant, op, pattern, scale, allocator, ns, **more):
    cells.setdefault(Cell(op, pattern, scale, "u64"), {})[
        Competitor(variant, "xxh3", allocator)] = replicates(ns, **more)


def made():
    cells = {}
    for scale, slow in ((10000, 1), (100000, 2)):
        for name, factor, rss in (("glibc", 1, 640), ("mimalloc", 0.5, 340),
                                  ("tcmalloc", 0.6, 333)):
            add(cells, "outline", "put", "shuffled", scale, name, 1000 * slow * factor,
                bytes_per_entry=514 if name == "glibc" else 334, rss=rss)
            add(cells, "fix4", "put", "shuffled", scale, name, 100 * slow, rss=50)
    add(cells, "fix4", "put", "shuffled", 1000000, "glibc", 300)
    add(cells, "fix4", "get", "shuffled", 100000, "glibc", 40)
    add(cells, "fix4", "get", "shuffled", 100000, "mimalloc", 80)
    for name, small in (("glibc", 1200), ("tcmalloc", 1150)):
        add(cells, "phase2", "put", "sequential", 100000, name, small, drift=False)
        add(cells, "phase2.5", "put", "sequential", 100000, name, 1000, drift=False)
    return cells


def printed(cells):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        allocators.print_report(ABOUT, cells, lambda: print("failures here"))
    return out.getvalue()


def section(text, title):
    """The rows of the table below a title, as columns, the composition first, and its header."""
    lines = text[text.index(title):].splitlines()[2:]
    end = next((i for i, line in enumerate(lines)
                if re.match(r"^[a-z]+, \w+ keys:|^The |^What", line)), len(lines))
    header, *rows = [re.split(r" {2,}", line) for line in lines[:end]
                     if line and not line.startswith("--")]
    composition, found = None, []
    for row in rows:
        if row[0]:
            composition, = row
        else:
            found.append([composition, *row[1:]])
    return header, found


class Tables(unittest.TestCase):
    text = printed(made())

    def test_a_full_pool_is_told(self):
        cells = {}
        for variant in ("outline", "phase2"):
            add(cells, variant, "put", "shuffled", 10000, "glibc", 100)
        row, full = cells[Cell("put", "shuffled", 10000, "u64")], {"allocations": 4, "fallbacks": 3}
        phase2 = Competitor("phase2", "xxh3", "glibc")
        row[phase2] = row[phase2]._replace(tree=json.dumps({"pool": full}))
        self.assertRegex(printed(cells), r"\noutline\n  10K .*\n"
                         r"phase2, pool full: 75 % by malloc at 10K\n  10K ")

    def test_times_are_paired_ratios_to_the_system(self):
        header, rows = section(self.text, "put, shuffled keys: ns/op")
        self.assertEqual(header, ["scale", "glibc, ns", "mimalloc", "tcmalloc"])
        self.assertEqual(rows[0], ["outline", "10K", "3500 [1000 6000]", "0.50 [0.50 0.50]",
                                   "0.60 [0.60 0.60]"])
        self.assertEqual([row[:2] for row in rows],
                         [["outline", "10K"], ["outline", "100K"],
                          ["fix4", "10K"], ["fix4", "100K"], ["fix4", "1M"]])
        self.assertEqual(rows[4][2:], ["1050 [300 1800]", "-", "-"])

    def test_every_operation_and_pattern_has_its_table(self):
        _, rows = section(self.text, "get, shuffled keys: ns/op")
        self.assertEqual(rows, [["fix4", "100K", "140 [40.0 240]", "2.00 [2.00 2.00]", "-"]])
        _, rows = section(self.text, "put, sequential keys: ns/op")
        self.assertEqual([row[0] for row in rows], ["phase2", "phase2.5"])

    def test_memory_is_of_each_allocator(self):
        _, rows = section(self.text, "put, shuffled keys: bytes an entry that became resident")
        self.assertEqual(rows[0][2:], ["640 [640 640]", "340 [340 340]", "333 [333 333]"])
        _, rows = section(self.text,
                          "put, shuffled keys: bytes an entry that the allocator set aside")
        self.assertEqual(rows[0][2:], ["514", "334", "334"])

    def test_the_number_of_processes_is_told(self):
        for title in re.findall(r"^[a-z]+, \w+ keys: .*", self.text, re.M):
            self.assertTrue(title.endswith("; medians of 6 processes"), title)
        cells = made()
        for values in cells[Cell("get", "shuffled", 100000, "u64")].values():
            del values.ns_per_op[0]
            break
        self.assertIn("; medians of 5 to 6 processes", printed(cells))

    def test_lines_fit(self):
        self.assertLessEqual(max(map(len, self.text.splitlines())), 120)
        self.assertTrue(self.text.endswith("failures here\n"))


class Documents(unittest.TestCase):
    def lines(self):
        return {(row[0], row[3]): row for row in
                allocators.claim_lines(allocators.Measured(made()))}

    def test_figures_are_what_they_say(self):
        lines = self.lines()
        self.assertEqual(lines["003.evidence.10", "glibc"][2:],
                         ["~150 ns overhead", "glibc", "29.4 [29.4 29.4]", "6"])  # 200 * 100 / 680
        self.assertEqual(lines["003.evidence.12", "glibc"][4], "20.0 [20.0 20.0]")
        self.assertEqual(lines["003.evidence.10", "tcmalloc"][4], "22.1 [22.1 22.1]")
        self.assertEqual(lines["003.c15", "glibc"][4], "0.17 [0.17 0.17]")  # 200 of 1200
        self.assertEqual(lines["002.c17", "tcmalloc"][4], "0.60 [0.60 0.60]")
        self.assertEqual(lines["002.shares.05", "tcmalloc"][4], "40.0 [40.0 40.0]")
        self.assertEqual(lines["002.compare.02", "any"][4:], ["15700", "-"])

    def test_what_was_not_measured_is_left_out(self):
        lines = self.lines()
        self.assertNotIn(("003.evidence.10", "mimalloc"), lines)
        self.assertNotIn(("002.shares.05", "glibc"), lines)
        self.assertNotIn(("002.c17", "glibc"), lines)
        self.assertNotIn("000.c38", {name for name, _ in lines})
        self.assertNotIn("002.compare.01", {name for name, _ in lines})

    def test_the_ids_are_those_of_the_documents_figures(self):
        said = allocators.written()
        for claim in allocators.SEEDS:
            self.assertTrue(said[claim.id])


class Plan(unittest.TestCase):
    def test_it_measures_what_the_tables_show(self):
        subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        shown = subprocess.run(["build/run/run", "--plan", "experiments/allocators.plan",
                                "--dry-run"], cwd=ROOT, text=True, capture_output=True, check=True)
        table = (ROOT / "experiments/allocators.conf").read_text()
        names = {"glibc", *re.findall(r"^(?!#)(\w+)", table, re.M)}
        cells, asked = {}, set()
        for line in shown.stdout.splitlines()[1:]:
            variant, hash_name, key, allocator, op, pattern, scale, _, reps = line.split()
            asked.add(allocator)
            cells.setdefault(Cell(op, pattern, int(scale), key), {})[
                Competitor(variant, hash_name, allocator)] = replicates(1)
            self.assertGreaterEqual(int(reps), 6, "fewer give no interval")
        self.assertLessEqual(asked, names)
        lines = list(allocators.claim_lines(allocators.Measured(cells)))
        self.assertEqual({line[0] for line in lines}, {claim.id for claim in allocators.SEEDS})


class Refusal(unittest.TestCase):
    def test_without_the_system_there_is_nothing_to_compare_with(self):
        cells = {}
        add(cells, "outline", "put", "shuffled", 10, "mimalloc", 1)
        with self.assertRaisesRegex(store.StoreError, "glibc"):
            allocators.Measured(cells)

    def test_no_stored_results_are_told_in_one_line(self):
        with tempfile.TemporaryDirectory() as empty, \
                contextlib.redirect_stderr(io.StringIO()) as error:
            with self.assertRaises(SystemExit) as end:
                command.run_report("allocators", allocators.report, ["--runs", empty])
        self.assertEqual(end.exception.code, 1)
        self.assertRegex(error.getvalue(), r"^allocators: \S+/allocators: .*\n$")


if __name__ == "__main__":
    unittest.main()
