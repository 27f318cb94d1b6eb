#!/usr/bin/env python3
"""The machine's limits: the reading of what was measured, on made figures."""
import contextlib
import io
import pathlib
import re
import subprocess
import tempfile
import unittest
from unittest import mock

import made_counts
import made_export
import made_store
from paths import room
from lab.counts import exact
from lab.instrument import limits, study
from lab.results import NotMeasured


def write(results, *values, runs=6, **about):
    """Stores limits of so many runs: (what, bytes, value, or one for each run)."""
    made_export.write(results, "instrument-limits", [
        {"op": what, "pattern": "small", "scale": size, "block": run,
         "values": {"gb_per_s" if what == "read" else "ns": value[run] if isinstance(value, list) else value}}
        for run in range(runs) for what, size, value in values], settings="processes=6 pin=1", **about)


def stored(*values, **more):
    """The frame of these."""
    with tempfile.TemporaryDirectory() as results:
        write(results, *values, **more)
        return study.read("limits", pathlib.Path(results))[1]


class Reading(unittest.TestCase):
    def test_between_footprints(self):
        found = stored(*(("load_lines", size, value) for size, value in ((1024, 1.0), (4096, 3.0), (8192, 10.0))))
        for footprint, value in ((-3000, 1), (100, 1), (1024, 1), (2048, 2), (4096, 3), (8192, 10), (1e9, 10)):
            self.assertAlmostEqual(limits.latency(found, footprint)[5], value)

    def test_a_time_in_loads(self):
        # 50 ns a load at that footprint, in every run
        found = stored(("load_lines", 4096, 1.0), ("load_lines", 1 << 20, 50.0), ("load_pages", 4096, 7.0))
        each, loads = limits.in_loads([150.0] * 8, found, 1 << 20)
        self.assertEqual((each, loads), ((50, 50, 50, 6), (3, 3, 3, 6)))
        self.assertEqual(limits.in_loads([150.0] * 8, found, 100)[1].median, 150)

    def test_runs_are_the_replicates(self):
        found = stored(("load_lines", 4096, 1.0), ("load_lines", 1 << 20, [10.0 + run for run in range(7)]), runs=7)
        each, loads = limits.in_loads([26.0] * 7, found, 1 << 20)
        self.assertEqual(each, (13, 10, 16, 7))
        self.assertEqual(limits.loads_of(found), {4096: (1, 1, 1, 7), 1 << 20: (13, 10, 16, 7)})
        self.assertEqual(loads.median, 2)
        self.assertLess(loads.low, 2)
        self.assertGreater(loads.high, 2)

    def test_slots_that_a_pool_never_came_to_are_not_in_use(self):
        pool = {"slots_capacity": 4000, "slots_used": 1000}
        for slots, size in ((pool, 76000), (pool | {"slots_used": 9000}, 100000), ({}, 100000)):
            self.assertEqual(limits.bytes_in_use({"pool": slots}, [100.0] * 3, 1000), size)

    def test_sizes(self):
        self.assertEqual([limits.size_text(n) for n in (100, 4096, 1 << 20, 5 << 19)], ["100", "4K", "1M", "2.5M"])


class Report(unittest.TestCase):
    """1,000 entries of 100/3 bytes, 20 ns for a load among them; and of 16 bytes, 10 ns: what was
    measured lasts 80 ns."""

    def setUp(self):
        self.root = room(self)

    def prepare(self, machine="m1"):
        write(self.root, ("load_lines", 4096, 1.0), ("load_lines", 15999, 10.0), ("load_lines", 16001, 10.0),
              ("load_lines", 32768, 20.0), ("load_lines", 65536, 20.0), ("load_pages", 65536, 7.0),
              ("read", 65536, 30.0), ("fault", 4096, 500.0), machine=machine)
        connection = made_store.empty(self.root / "store")
        made_store.add(connection, "plain", {("get", 1000): {"lazy": [80.0] * 6, "list": [9.0] * 6},
                                             ("put", 1000): {"lazy": [1.0] * 6}})
        connection.close()
        subprocess.run([made_store.RUN, "--store", self.root / "store", "--export", self.root / "runs",
                        "--experiment", "plain"], check=True, capture_output=True)

    def told(self):
        counted = made_counts.counts(dict(composition="lazy", op="get", scale=1000, chain=3, d1_misses=2),
                                     dict(composition="list", op="get", scale=1000, d1_misses=2))
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                mock.patch.object(exact, "load", lambda: counted):
            limits.limits(results=self.root, experiment="plain")
        return out.getvalue()

    def test_a_get_in_misses(self):
        self.prepare()
        text = self.told()
        self.assertIn("first touch of a page of 4K: 500 [500 500] ns", text)
        self.assertRegex(text, r"\n64K +20\.0 \[20\.0 20\.0\] +7\.00 \[7\.00 7\.00\] +30\.0 \[")
        line, = [line for line in text.splitlines() if " lazy " in line]
        self.assertEqual(re.split(r"  +", line.strip()),
                         ["lazy", "32.6K", "3.00", "2.00", "80.0 [80.0 80.0]",
                          "20.0 [20.0 20.0]", "4.00 [4.00 4.00]", "10.0 [10.0 10.0]",
                          "8.00 [8.00 8.00]"])

    def test_a_get_that_was_not_counted_is_told_without_counts(self):
        self.prepare()
        above, line = re.search(r"\n(get .*)\n.*lazy.*\n(.* list .*)", self.told()).groups()
        self.assertEqual(above, "get 1K")
        self.assertEqual(line.split()[:5], ["list", "32.6K", "-", "-", "9.00"])

    def test_another_machine_is_not_compared(self):
        self.prepare(machine="other")
        text = self.told()
        self.assertIn("another machine", text)
        self.assertNotIn("A get lasts", text)

    def test_nothing_measured_is_told(self):
        with self.assertRaisesRegex(NotMeasured, "make instrument"):
            self.told()


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
