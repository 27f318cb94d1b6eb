#!/usr/bin/env python3
"""Allocators on made-up runs whose answers are known: the tables, the documents' figures, who reacts."""
import re
import unittest

import pandas

from drawn import answer
from made_runs import POOL_FULL, ROOT, experiment, made, planned
from paths import shown
from lab import allocators
from lab.results import NotMeasured
from lab.settings import STORED_BASELINE as BASELINE

TREE = {"entries": 100000, "blocks": 1570000, "pool": {"fallbacks": 680000}}
GLIBC = ("glibc",)
SHARES = {"glibc": 1, "mimalloc": 0.5, "tcmalloc": 0.6}


def of(variant, ns, op="put", pattern="shuffled", scale=100000, names=tuple(SHARES), tree=TREE, size=100.0):
    """Runs of one variant; ns: by allocator, or one for all."""
    times = ns if isinstance(ns, dict) else dict.fromkeys(names, ns)
    return made(lambda cell, competitor: times[competitor.allocator], ops=(op,), patterns=(pattern,), scales=(scale,),
                variants=(variant,), allocators=times, blocks=6, shape=lambda cell, competitor: tree,
                size=lambda competitor: size[competitor.allocator] if isinstance(size, dict) else size)


def runs():
    """A process is, by the block it ran in, up to 2.25 times as slow: 1.625 times at the median."""
    baseline = {name: 1000 * share for name, share in SHARES.items()}
    sizes = {"glibc": 514, "mimalloc": 334, "tcmalloc": 333}
    return pandas.concat([
        of(BASELINE, baseline, scale=10000, size=sizes), of(BASELINE, {n: 2 * ns for n, ns in baseline.items()},
                                                            size=sizes),
        of("fix4", 100, scale=10000), of("fix4", 200), of("fix4", 300, scale=1000000, names=GLIBC),
        of("fix4", {"glibc": 40, "mimalloc": 80}, op="get"),
        of("phase2", {"glibc": 1200, "tcmalloc": 1150}, pattern="sequential"),
        of("phase2.5", 1000, pattern="sequential", names=("glibc", "tcmalloc"))], ignore_index=True)


def printed(*some, **more):
    return shown(allocators.print_report, experiment(*some, **more))


def section(text, title):
    """The rows of the table below a title, as columns, the composition first, and its header."""
    lines = text[text.index(title):].splitlines()[2:]
    end = next((i for i, line in enumerate(lines) if re.match(r"^[a-z]+, \w+ keys:|^The |^What", line)), len(lines))
    header, *rows = [re.split(r" {2,}", line) for line in lines[:end] if line and not line.startswith("--")]
    composition, found = None, []
    for row in rows:
        if row[0]:
            composition, = row
        else:
            found.append([composition, *row[1:]])
    return header, found


class Tables(unittest.TestCase):
    text = printed(runs())

    def test_a_full_pool_is_told(self):
        text = printed(of(BASELINE, 100, names=GLIBC), of("phase2", 100, names=GLIBC, tree=POOL_FULL, scale=10000))
        self.assertRegex(text, rf"\n{BASELINE}\n  100K .*\nphase2, pool full: 84 % by malloc at 10K\n  10K ")

    def test_times_are_paired_ratios_to_the_system(self):
        header, rows = section(self.text, "put, shuffled keys: ns/op")
        self.assertEqual(header, ["scale", "glibc, ns", "mimalloc", "tcmalloc"])
        self.assertEqual(rows[0], [BASELINE, "10K", "1625 [1000 2250]", "0.50 [0.50 0.50]", "0.60 [0.60 0.60]"])
        self.assertEqual([row[:2] for row in rows], [[BASELINE, "10K"], [BASELINE, "100K"], ["fix4", "10K"],
                                                     ["fix4", "100K"], ["fix4", "1M"]])
        self.assertEqual(rows[4][2:], ["488 [300 675]", "-", "-"])

    def test_the_slowest_at_the_smallest_scale_that_all_have_comes_first(self):
        some = pandas.concat([of("lazy", 9, scale=1000, names=GLIBC), of("lazy", 50, scale=10000, names=GLIBC),
                              of("lazy", 900, names=GLIBC), of("fix4", 60, scale=10000, names=GLIBC),
                              of("fix4", 300, names=GLIBC)])
        self.assertEqual(allocators.slowest_first(some, "glibc"), ["fix4", "lazy"])

    def test_every_operation_and_pattern_has_its_table(self):
        _, rows = section(self.text, "get, shuffled keys: ns/op")
        self.assertEqual(rows, [["fix4", "100K", "65.0 [40.0 90.0]", "2.00 [2.00 2.00]"]])
        _, rows = section(self.text, "put, sequential keys: ns/op")
        self.assertEqual([row[0] for row in rows], ["phase2", "phase2.5"])

    def test_memory_is_of_each_allocator(self):
        _, rows = section(self.text, "put, shuffled keys: bytes an entry that became resident")
        self.assertEqual(rows[0][2:], ["524 [524 524]", "344 [344 344]", "343 [343 343]"])
        _, rows = section(self.text, "put, shuffled keys: bytes an entry that the allocator set aside")
        self.assertEqual(rows[0][2:], ["514", "334", "333"])
        self.assertEqual(rows[4][2:], ["100", "-", "-"])

    def test_the_number_of_processes_is_told(self):
        for title in re.findall(r"^[a-z]+, \w+ keys: .*", self.text, re.M):
            self.assertTrue(title.endswith("; medians of 6 processes"), title)
        some = runs()
        self.assertIn("; medians of 5 to 6 processes", printed(some.drop(some[some["op"] == "get"].index[0])))

    def test_it_fits_and_ends_with_what_failed(self):
        text = printed(runs(), failed=[("crashed", "fix4", "get", "shuffled", 1000, "signal 11")])
        self.assertLessEqual(max(map(len, text.splitlines())), 120)
        self.assertTrue(text.endswith("\ncrashed: fix4 get shuffled 1K, 1 runs: signal 11\n"))


class Documents(unittest.TestCase):
    lines = {(row[0], row[3]): row for row in allocators.claim_lines(runs())}

    def test_figures_are_what_they_say(self):
        """A difference of 200 ns an insert is one of 325 at the median."""
        self.assertEqual(self.lines["003.evidence.10", "glibc"][2:],
                         ["~150 ns overhead", "glibc", "47.8 [29.4 66.2]", "6"])  # 200 * 100 / 680 = 29.4
        self.assertEqual(self.lines["003.evidence.12", "glibc"][4], "32.5 [20.0 45.0]")
        self.assertEqual(self.lines["003.evidence.10", "tcmalloc"][4], "35.8 [22.1 49.6]")
        self.assertEqual(self.lines["003.c15", "glibc"][4], "0.17 [0.17 0.17]")  # 200 of 1200
        self.assertEqual(self.lines["002.c17", "tcmalloc"][4], "0.60 [0.60 0.60]")
        self.assertEqual(self.lines["002.shares.05", "tcmalloc"][4], "40.0 [40.0 40.0]")
        self.assertEqual(self.lines["002.compare.02", "any"][4:], ["15700", "-"])

    def test_what_was_not_measured_is_left_out(self):
        for place in (("003.evidence.10", "mimalloc"), ("002.shares.05", "glibc"), ("002.c17", "glibc")):
            self.assertNotIn(place, self.lines)
        self.assertFalse({"000.c38", "002.compare.01"} & {name for name, _ in self.lines})

    def test_the_ids_are_those_of_the_documents_figures(self):
        said = allocators.written()
        for claim in (*allocators.TIMES, *allocators.COUNTS):
            self.assertTrue(said[claim])


class Plan(unittest.TestCase):
    def test_it_measures_what_the_tables_show(self):
        table, found, asked = (ROOT / "experiments/allocators.conf").read_text(), [], set()
        for line in planned("allocators"):
            asked.add(line["alloc"])
            found.append(of(line["variant"], 1, line["op"], line["pattern"], int(line["scale"]),
                            names=(line["alloc"],)))
            self.assertGreaterEqual(int(line["reps"]), 6, "fewer give no interval")
        self.assertLessEqual(asked, {"glibc", *re.findall(r"^(?!#)(\w+)", table, re.M)})
        lines = list(allocators.claim_lines(pandas.concat(found)))
        self.assertEqual({line[0] for line in lines}, {*allocators.TIMES, *allocators.COUNTS})


def reacting(ops=allocators.OPS, names=("glibc", "mimalloc", "tcmalloc"), variants=(BASELINE, "lazy", "fix4")):
    share = {"glibc": 1.0, "mimalloc": 0.5, "tcmalloc": 1.25}

    def ns(cell, competitor):
        return 100.0 if competitor.variant in allocators.POOLED else 500.0 * share[competitor.allocator]
    return made(ns, ops=ops, variants=variants, allocators=names)


class Reaction(unittest.TestCase):
    def test_ratios_are_to_the_system_s_allocator_and_controls_come_last(self):
        found = allocators.reaction(reacting())
        self.assertEqual((found.system, found.variants, found.asking),
                         ("glibc", sorted(["lazy", BASELINE]) + ["fix4"], 2))
        self.assertAlmostEqual(found.times["remove"]["mimalloc"][BASELINE].median, 0.5)
        self.assertAlmostEqual(found.times["get"]["tcmalloc"]["fix4"].median, 1)
        self.assertEqual(found.resident["mimalloc"]["lazy"].median, 1)

    def test_the_figure(self):
        points, told = answer(allocators.REACTION, allocators.reaction(reacting()))
        panel = points["put: time over that under glibc"]
        self.assertEqual([round(x, 3) for x, _ in panel["o", True]], [0.5, 0.5, 1])
        self.assertEqual([round(x, 3) for x, _ in panel["s", True]], [1.25, 1.25, 1])
        self.assertIn("put: from outline under mimalloc, 0.50 [0.50 0.50], to outline under tcmalloc", told[1])
        self.assertIn("of 2 ratios of the controls 0 have an interval without 1", told[1])

    def test_one_operation_alone_is_drawn_and_no_allocator_but_one_is_not(self):
        answer(allocators.REACTION, allocators.reaction(reacting(ops=("put",))))
        for some in (reacting(ops=("get",)), reacting(names=GLIBC), reacting(names=("mimalloc",))):
            with self.assertRaises(NotMeasured):
                allocators.reaction(some)


if __name__ == "__main__":
    unittest.main()
