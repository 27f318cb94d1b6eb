#!/usr/bin/env python3
"""The list of a store's experiments: what each line says, and that it fits."""
import re
import unittest

import made_store
from paths import room, shown
from lab import listing

VARIANTS = {f"variant{i}": [1.0, 2.0] for i in range(12)}


class Listing(unittest.TestCase):
    def setUp(self):
        self.path = room(self) / "store"
        self.connection = made_store.empty(self.path)
        self.addCleanup(self.connection.close)

    def add(self, name, times, planned, called=None, **settings):
        made_store.add(self.connection, name, times, **settings)
        self.connection.execute("UPDATE experiment SET planned = ?, name = ? WHERE id = ?", (planned, called, name))
        self.connection.commit()

    def listed(self):
        """The words of each line that is about an experiment, and all lines."""
        lines = shown(listing.experiments, store=self.path).splitlines()
        return [re.split(r"  +", line) for line in lines[2:lines.index("")]], lines

    def test_what_there_is_the_newest_last(self):
        cell = {"lazy": [1.0, 2.0], "list": [1.0, 2.0]}
        self.add("20260301-101500-bbb", {("get", 1000): cell}, 4, called="first")
        self.add("20260302-101500-ccc", {("put", 1000): cell, ("get", 10 ** 6): cell}, 9,
                 started="2026-01-03", machine="m2", cores=64)
        self.add("20260303-101500-aaa", {("put", s): VARIANTS for s in (1000, 2000, 5000, 10000)},
                 200, status="interrupted", started="2026-01-04", called="n" * 64)
        rows, lines = self.listed()
        self.assertEqual(rows, [
            ["20260301-101500", "first", "complete", "lazy,list get 1K", "m1", "4/4"],
            ["20260302-101500", "-", "incomplete", "lazy,list put,get 1K,1M", "m2", "8/9"],
            ["20260303-101500", "n" * 13 + "...", "not finished", "12 variants put 1K-10K", "m1",
             "96/200"]])
        self.assertIn("machine m2: made up, 64 cores, none", lines)
        self.assertIn("make EXPERIMENT=20260303-101500 table", lines[-1])
        self.assertLessEqual(max(map(len, lines)), 120)

    def test_it_fits_whatever_there_is(self):
        cell = {"a" * 30: [1.0], "b" * 18: [1.0]}
        operations = [("put", 1), ("insert10", 22222), ("update", 333333), ("get_in_order", 10 ** 9)]
        self.add("20260301-101500-bbb", {where: cell for where in operations}, 10 ** 6, "m" * 64,
                 machine="0123456789abcdef", status="running")
        self.assertLessEqual(max(map(len, self.listed()[1])), 120)

    def test_a_failed_run_is_not_complete(self):
        self.add("20260301-101500-bbb", {("get", 1000): {"list": [1.0, 2.0]}}, 2)
        self.connection.execute("UPDATE run SET status = 'crash', detail = 'x' WHERE slot = 0")
        self.connection.commit()
        (row,), _ = self.listed()
        self.assertEqual((row[2], row[-1]), ("incomplete", "1/2"))

    def test_ids_are_cut_to_what_tells_them_apart(self):
        ids = ["20260301-101500-bbb", "20260301-101500-bcc", "20260301-101501-aaa"]
        self.assertEqual(listing.short_ids(ids), dict(zip(ids, [
            "20260301-101500-bb", "20260301-101500-bc", "20260301-101501"])))


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
