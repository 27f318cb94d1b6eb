#!/usr/bin/env python3
"""Merging stores, and their way through CSV and back: nothing is lost, nothing counted twice."""
import contextlib
import sqlite3
import subprocess
import unittest

import made_store
from paths import room, shown
from lab import command, merge, store

TIMES = {("get", 1000): {"list": [40.0, 41.0 / 3], "lazy": [10.0, 1e-3]}}


class Stores(unittest.TestCase):
    def setUp(self):
        self.root = room(self)

    def make(self, file, *experiments, **settings):
        connection = made_store.empty(self.root / file)
        for name in experiments:
            made_store.add(connection, name, TIMES, **settings)
        connection.close()
        return self.root / file

    def merge(self, into, source):
        return shown(merge.merge, source, store=into)

    def change(self, path, *sql):
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for one in sql:
                connection.execute(one)

    def ids(self, path):
        return [row[0] for row in made_store.everything(path)["experiment"]]


class Merge(Stores):
    def test_takes_what_is_new_and_twice_changes_nothing(self):
        ours, theirs = self.make("ours", "one", "both"), self.make("theirs", "both", "two")
        told = self.merge(ours, theirs)
        self.assertEqual(self.ids(ours), ["both", "one", "two"])
        self.assertIn("1 experiments, 2 cells, 4 runs, 8 samples, 0 values taken", told)
        first = made_store.everything(ours)
        self.assertIn("0 experiments, 0 cells, 0 runs, 0 samples, 0 values taken", self.merge(ours, theirs))
        self.assertEqual(made_store.everything(ours), first)

    def test_order_does_not_matter(self):
        one, two = self.make("one", "a", "b"), self.make("two", "b", "c")
        again_one, again_two = self.make("again_one", "a", "b"), self.make("again_two", "b", "c")
        self.merge(one, two)
        self.merge(again_two, again_one)
        self.assertEqual(made_store.everything(one), made_store.everything(again_two))

    def test_into_nothing_is_a_copy(self):
        theirs = self.make("theirs", "one")
        self.assertIn("1 experiments", self.merge(self.root / "new", theirs))
        self.assertEqual(made_store.everything(self.root / "new"), made_store.everything(theirs))
        self.assertEqual([p.name for p in self.root.glob("*.part*")], [])

    def test_an_unfinished_copy_is_completed(self):
        ours, theirs = self.make("ours", "one", status="interrupted"), self.make("theirs", "one")
        self.change(ours, "DELETE FROM sample WHERE slot = 3", "DELETE FROM run WHERE slot = 3")
        self.merge(ours, theirs)
        self.assertEqual(made_store.everything(ours), made_store.everything(theirs))
        older = self.make("older", "one", status="interrupted")
        self.merge(ours, older)  # does not undo the end
        self.assertEqual(made_store.everything(ours), made_store.everything(theirs))

    def test_an_end_that_is_there_stays(self):
        ours, theirs = self.make("ours", "one"), self.make("theirs", "one")
        self.change(theirs, "UPDATE experiment SET finished = '2027-01-01T00:00:00.000Z'")
        before = made_store.everything(ours)
        self.merge(ours, theirs)
        self.assertEqual(made_store.everything(ours), before)

    def test_what_contradicts_is_refused_whole(self):
        for table, change in (("sample", "ns_per_op = 7"), ("run", "seed = 99"),
                              ("experiment", "settings = 'other'"), ("machine", "cores = 3"),
                              ("run", "detail = 'x', status = 'wrong'"),
                              ("machine", "virtualised = 1")):
            with self.subTest(table=table, change=change):
                ours, theirs = self.make(f"ours {change}", "one"), self.make(f"theirs {change}", "one", "two")
                key = ", ".join(store.TABLES[table])
                self.change(theirs, f"UPDATE {table} SET {change} WHERE ({key}) = (SELECT {key} FROM {table} LIMIT 1)")
                before = made_store.everything(ours)
                with self.assertRaisesRegex(store.StoreError, f"{table} .*nothing was taken"):
                    self.merge(ours, theirs)
                self.assertEqual(made_store.everything(ours), before)

    def plans(self, *names):
        """Stores of one experiment, each with its own run and one of these plans."""
        for place, plan in enumerate(names):
            path = self.root / f"store{len(list(self.root.iterdir()))}"
            with contextlib.closing(made_store.empty(path)) as connection:
                made_store.add(connection, "one", TIMES, status="interrupted")
            self.change(path, f"UPDATE experiment SET settings = '{plan}', planned = {4 + place}",
                        *(f"DELETE FROM {table} WHERE slot % {len(names)} <> {place}" for table in ("sample", "run")))
            yield path

    def settings(self, path):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT settings, planned, status FROM experiment").fetchone()

    def test_the_longer_plan_of_an_experiment_stays(self):
        short, long = "A=1 REPS=4 DECIDE=2%\nA=2 REPS=4 DECIDE=2%", "A=1 REPS=4+2 DECIDE=2%\nA=2 REPS=4+0 DECIDE=2%"
        for order in ((0, 1), (1, 0)):
            one, two = list(self.plans(short, long))
            ours, theirs = [(one, two)[place] for place in order]
            self.merge(ours, theirs)
            self.assertEqual(self.settings(ours), (long, 5, "interrupted"))
            self.assertEqual(len(made_store.everything(ours)["run"]), 4)

    def test_plans_that_differ_in_more_than_added_blocks_are_refused(self):
        for other in ("A=2 REPS=4+2", "A=1 REPS=5+2", "A=1 REPS=4+3\nA=2 REPS=4", "A=1 REPS=4+3+1"):
            with self.subTest(other=other):
                ours, theirs = list(self.plans("A=1 REPS=4+2", other))
                if other.endswith("+3+1"):
                    self.change(ours, "UPDATE experiment SET settings = 'A=1 REPS=4+2+1'")
                before = made_store.everything(ours)
                with self.assertRaisesRegex(store.StoreError, "experiment one is not the same"):
                    self.merge(ours, theirs)
                self.assertEqual(made_store.everything(ours), before)

    def test_what_is_taken_is_looked_up_and_the_store_that_takes_is_never_read_through(self):
        ours, theirs = self.make("ours", "one"), self.make("theirs", "one")
        asked = []
        with contextlib.closing(sqlite3.connect(ours)) as connection:
            connection.execute("ATTACH ? AS other", (str(theirs),))
            connection.set_trace_callback(asked.append)
            for table, keys in store.TABLES.items():
                self.assertIsNone(merge.conflict(connection, table, keys))
            connection.set_trace_callback(None)
            asked = [sql for sql in asked if sql.startswith("SELECT")]
            self.assertEqual(len(asked), len(store.TABLES))
            for sql in asked:
                steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
                self.assertFalse([step for step in steps if step.startswith("SCAN ours")], steps)

    def test_many_are_merged_as_one_after_the_other(self):
        plan = "A=1 REPS=4"
        sources = list(self.plans(*[plan] * 3))
        merge.gather(self.root / "all", sources)
        whole = made_store.everything(self.root / "all")
        self.assertEqual(len(whole["run"]), 4)
        for source in reversed(sources):
            self.merge(self.root / "back", source)
        back = made_store.everything(self.root / "back")
        for table in ("run", "sample", "cell", "build", "machine"):
            self.assertEqual(back[table], whole[table])

    def test_merging_a_store_into_itself_is_refused(self):
        ours = self.make("ours", "one")
        with self.assertRaisesRegex(command.BadSetting, "is the store itself"):
            self.merge(ours, ours)


class RoundTrip(Stores):
    def run_it(self, *arguments):
        subprocess.run([made_store.RUN, *map(str, arguments)], check=True, capture_output=True)

    def test_store_csv_store_csv(self):
        first = self.make("first", "one")
        self.run_it("--store", first, "--export", self.root / "out", "--experiment", "one")
        self.run_it("--store", self.root / "second", "--import", self.root / "out/one")
        self.run_it("--store", self.root / "second", "--export", self.root / "again", "--experiment", "one")
        self.assertEqual(made_store.everything(first), made_store.everything(self.root / "second"))
        files = sorted(path.name for path in (self.root / "out/one").iterdir())
        self.assertEqual(files, sorted([*(f"{table}.csv" for table in store.TABLES), store.SUMS]))
        for name in files:
            self.assertEqual((self.root / "out/one" / name).read_bytes(), (self.root / "again/one" / name).read_bytes())

    def test_merged_and_imported_are_the_same(self):
        theirs = self.make("theirs", "one", "two")
        merged, imported = self.make("merged"), self.make("imported")
        self.merge(merged, theirs)
        for name in ("one", "two"):
            self.run_it("--store", theirs, "--export", self.root / "out", "--experiment", name)
            self.run_it("--store", imported, "--import", self.root / "out" / name)
        self.assertEqual(made_store.everything(merged), made_store.everything(imported))
        self.merge(imported, theirs)  # finds no contradiction


if __name__ == "__main__":
    made_store.build_runner()
    unittest.main()
