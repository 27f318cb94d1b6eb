#!/usr/bin/env python3
"""Experiments as CSV: what is written, and comes back."""
import csv
import hashlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import unittest

from runner import RUN, SMALL, SYSTEM, Runner, main


class Export(Runner):
    def test_export_and_import(self):
        self.run_it("good,crash", "--export", "out", expect=1)  # not finished
        self.assertFalse((self.root / "out").exists())
        self.run_it("good,hungry", "--scales", "200000", "--export", "out", "--name", "ladder")
        (experiment,), = self.ask("SELECT id FROM experiment WHERE name = 'ladder'")
        again = ["--import", "out/ladder", "--store", "results/second.sqlite"]
        for _ in range(2):
            self.run_it("unused", *again)
        its = f"WHERE experiment = '{experiment}'"
        rows_of = {"machine": "", "build": "WHERE variant <> 'crash'",
                   "tree": f"WHERE digest IN (SELECT tree FROM run {its})",
                   "experiment": f"WHERE id = '{experiment}'", "cell": its, "run": its,
                   "sample": its}
        for table, where in rows_of.items():
            rows = self.ask(f"SELECT * FROM {table} {where} ORDER BY 1, 2")
            self.assertNotEqual(rows, [])
            self.assertEqual(rows, self.ask(f"SELECT * FROM {table} ORDER BY 1, 2",
                                            store="results/second.sqlite"))
        self.run_it("good", "--export", "out", "--name", "ladder")  # does not write over the first
        self.assertEqual(len(os.listdir(self.root / "out")), 2)
        self.run_it("unused", "--export", "late", "--experiment", experiment)
        for file in sorted((self.root / "out/ladder").iterdir()):
            self.assertEqual(file.read_bytes(), (self.root / "late/ladder" / file.name).read_bytes())

    @unittest.skipUnless(sys.platform == "linux", "LD_PRELOAD puts another version before SQLite's")
    def test_an_older_sqlite_is_told_before_anything_is_measured(self):
        (self.root / "old.c").write_text('int sqlite3_libversion_number(void) { return 3037002; }\n'
                                         'const char *sqlite3_libversion(void) { return "3.37.2"; }\n')
        subprocess.run(["cc", "-shared", "-fPIC", "-o", "old.so", "old.c"], cwd=self.root, check=True)
        done = subprocess.run(self.command("good", *SMALL, "--export", "out"), cwd=self.root, text=True,
                              capture_output=True, env={**os.environ, "LD_PRELOAD": str(self.root / "old.so")})
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "--export: needs SQLite 3.38 or later, and this is 3.37.2\n"))
        self.assertEqual(self.starts(), [])

    def test_export_that_cannot_be_written_is_told(self):
        experiment = self.run_it("good").out.split()[1]
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("UPDATE build SET identity = ?", (f'"{"x" * 300000}"',))
        database.commit()
        database.close()

        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))
        done = subprocess.run([RUN, "--export", "out", "--experiment", experiment], cwd=self.root,
                              capture_output=True, text=True, preexec_fn=little_room)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("build.csv", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_samples_and_trees_are_written_once_for_what_they_share(self):
        """Samples that were taken alike on one line, a tree's figures in columns; and back without loss."""
        experiment = self.run_it("good").out.split()[1]
        shape = '{"entries":3,"mean":2.6699999999999999,"children":[0,0,7,1,0,0,0],"none":[],' \
                '"bytes":{"map":40,"nodes":0},"blocks":-1}'
        digest = hashlib.sha256(shape.encode()).hexdigest()[:12]
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.executescript(f"""
            INSERT INTO tree VALUES ('{digest}', '{shape}');
            UPDATE run SET tree = '{digest}' WHERE slot <> 1;
            DELETE FROM sample WHERE slot = 0;""")
        database.executemany("INSERT INTO sample SELECT id, 0, ?, ?, ?, ? FROM experiment", [
            (0, 0.1 + 0.2, 10, 1), (1, 5.0, 10, 1), (2, 5.0, 20, 1), (3, 6.25, None, 1), (4, 7.0, 10, 1)])
        database.commit()
        database.close()
        self.run_it("unused", "--export", "out", "--experiment", experiment)
        directory, = (self.root / "out").iterdir()
        self.assertEqual((directory / "sample.csv").read_text().splitlines()[:5], [
            "slot,ops,repeats,ns_per_op", "0,10,1,0.30000000000000004 5", "0,20,1,5", "0,,1,6.25", "0,10,1,7"])
        trees = list(csv.DictReader((directory / "tree.csv").read_text().splitlines()))
        mine, = (tree for tree in trees if tree["digest"] == digest)
        self.assertEqual({name: text for name, text in mine.items() if name not in ("digest", "depth[]")},
                         {"entries": "3", "mean": "2.6699999999999999", "children[]": "0*2 7 1 0*3", "none[]": "",
                          "bytes.map": "40", "bytes.nodes": "0", "blocks": "-1"})
        self.run_it("unused", "--import", str(directory), "--store", self.SECOND)
        for table in ("sample", "tree"):
            rows = f"SELECT * FROM {table} ORDER BY 1, 2, 3" if table == "sample" else (
                f"SELECT * FROM {table} WHERE digest IN (SELECT tree FROM run) ORDER BY 1")
            self.assertEqual(self.ask(rows), self.ask(rows, store=self.SECOND))

    def test_what_would_not_come_back_is_not_exported(self):
        experiment = self.run_it("good").out.split()[1]
        for change, said in (("UPDATE tree SET shape = '{\"entries\":1000,\"depth\":[[1],2]}'",
                              "is not made of numbers and lists of numbers"),
                             ("UPDATE sample SET number = 99 WHERE slot = 0 AND number = 0",
                              "run 0 are not numbered from 0 on")):
            with self.subTest(said):
                database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
                database.execute(change)
                database.commit()
                database.close()
                done = self.run_it("unused", "--export", "out", "--experiment", experiment, expect=1)
                self.assertIn(said, done.err)
                database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
                database.execute("UPDATE tree SET shape = '{\"entries\":1000,\"depth\":[1,2]}'")
                database.commit()
                database.close()

    def test_no_path_of_the_reader_is_stored(self):
        library = self.root / "libown.so"
        library.write_text("no library")
        variants = f"good,{self.root}/mine,lost"
        self.run_it(variants, "--alloc", f"{SYSTEM},{library}", "--export", "out", "--name", "x",
                    expect=1)
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        dump = "\n".join(database.iterdump())
        database.close()
        self.assertIn("lost.h: no such file", dump)
        self.assertIn("-isystemown", dump)
        self.assertNotRegex(dump, r"[^0-9A-Za-z.'<]/[A-Za-z]")
        self.assertNotIn(str(self.root), dump)


if __name__ == "__main__":
    main()
