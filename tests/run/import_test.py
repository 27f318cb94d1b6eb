#!/usr/bin/env python3
"""What an import refuses, and what neither it nor an export may damage."""
import csv
import hashlib
import io
import os
import resource
import signal
import sqlite3
import subprocess
import unittest

from runner import RUN, TABLES, Runner, main


class Import(Runner):
    def export(self, *more):
        """An export called x; the directory of its files."""
        self.run_it("good,other", "--export", "out", "--name", "x", *more)
        return self.root / "out/x"

    def edit(self, file, old, new, count=1):
        """Changes what a file says."""
        text = file.read_bytes()
        self.assertIn(old, text)
        file.write_bytes(text.replace(old, new, count))

    def reseal(self, directory):
        """Sums that fit, as a forger would write them."""
        lines = ["# hamtlab export, tables of version 2, form 2"]
        for table in TABLES:
            text = (directory / f"{table}.csv").read_bytes()
            rows = sum(1 for _ in csv.reader(io.StringIO(text.decode(), newline=""))) - 1
            lines += [f"# {rows} row{'s' * (rows != 1)}",
                      f"{hashlib.sha256(text).hexdigest()}  {table}.csv"]
        (directory / "SHA256SUMS").write_text("\n".join(lines) + "\n")

    def refused(self, directory, *said, store=Runner.SECOND):
        """Its import is refused in one line, and leaves no row behind."""
        before = self.count_rows(store)
        done = self.run_it("unused", "--import", str(directory), "--store", store, expect=1)
        self.assertEqual(done.err.count("\n"), 1, done.err)
        for words in said:
            self.assertIn(words, done.err)
        self.assertEqual(self.count_rows(store), before)

    def count_rows(self, store):
        if not (self.root / store).exists():
            return [0] * len(TABLES)
        return [self.ask(f"SELECT count(*) FROM {table}", store=store)[0][0]
                for table in TABLES]

    def test_sums_are_those_of_sha256sum(self):
        directory = self.export()
        subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=directory, check=True,
                       capture_output=True)
        whole = (directory / "SHA256SUMS").read_bytes()
        self.reseal(directory)
        self.assertEqual((directory / "SHA256SUMS").read_bytes(), whole)

    def test_cut_or_changed_file_is_refused(self):
        directory = self.export()
        for file in sorted(directory.glob("*.csv")):
            whole = file.read_bytes()
            lines = whole.splitlines(keepends=True)
            for kept, said in ((b"".join(lines[:-1]), ""), (lines[0], ": has 0 rows"), (b"", ""),
                               (whole[:-5], ""), (whole.replace(b"1", b"2"), "was changed")):
                if kept == whole:  # there are no values
                    continue
                with self.subTest(file=file.name, length=len(kept)):
                    file.write_bytes(kept)
                    self.refused(directory, f"{file.name}: ", said)
            file.unlink()
            self.refused(directory, f"{file.name}: No such file")
            file.write_bytes(whole)
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)

    def test_an_export_without_sums_or_of_another_version_is_refused(self):
        directory = self.export()
        sums = directory / "SHA256SUMS"
        whole = sums.read_bytes()
        for text, said in ((None, "No such file"), (b"", "first line"), (b"\xff\0\n", "first line"),
                           (whole.replace(b"version 2", b"version 1"),
                            "out/x: its tables are of version 1, form 2; this program knows version 2, form 2"),
                           (whole.replace(b", form 2", b""),
                            "out/x: its tables are of version 2; this program knows version 2, form 2"),
                           (b"".join(whole.splitlines(keepends=True)[:-2]),
                            "does not tell of value.csv")):
            with self.subTest(text=text):
                sums.unlink() if text is None else sums.write_bytes(text)
                self.refused(directory, "out/x", said)
        sums.write_bytes(whole)
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)

    def test_what_a_forger_would_write_is_refused(self):
        directory = self.export()
        (experiment,), = self.ask("SELECT id FROM experiment")
        files = {file.name: file.read_bytes() for file in directory.iterdir()}
        header = {name: text.split(b"\n")[0] + b"\n" for name, text in files.items()}
        for name, old, new, said in (
                ("experiment.csv", b",x,", b",../../../tmp/evil,", "the name ../../../tmp/evil"),
                ("experiment.csv", b",x,", b",.hidden,", "the name .hidden"),
                ("experiment.csv", b",x,", b',"",', "the name "),
                ("experiment.csv", b",x,", b',"a\nb\x1b[2J",', "the name a?b?[2J: "),
                ("experiment.csv", experiment.encode(), b"../evil", "the id ../evil"),
                ("experiment.csv", b"Z,finished", b"Z,interrupted", "constraint"),
                ("experiment.csv", files["experiment.csv"], header["experiment.csv"],
                 "there is no experiment to which it could belong"),
                ("sample.csv", b",40.125", b",inf", "ns_per_op is inf: must be a finite number"),
                ("sample.csv", b",40.125", b",1e400", "1e400"),
                ("sample.csv", b",40.125", b",1e400 ", "1e400"),
                ("sample.csv", b",40.125", b",nan", "nan"),
                ("sample.csv", b",40.125", b",zero", "sample.csv: record 2: "),
                ("sample.csv", b",40.125", b",", "ns_per_op is : must be a finite number"),
                ("sample.csv", b",40.125", b"", "3 fields where there are 4"),
                ("sample.csv", b",3,", b",3.5,", "cannot store"),
                ("sample.csv", b",3,", b",3\0,", "is not CSV"),
                ("build.csv", b",cc 1,", b",cc\0 1,", "is not CSV"),
                ("sample.csv", b"\n0,", b"\n99,", "FOREIGN KEY"),
                ("sample.csv", b"slot,", b"experiment,", "the table's columns"),
                ("tree.csv", b"1000", b"1001", "is not the one that is called so"),
                ("tree.csv", b",1 2", b",1 2*99999999999999", "is not the one that is called so"),
                ("tree.csv", b"digest", b"id", "the first line is not digest and names of figures"),
                ("sample.csv", b"ns_per_op", b"ns", "the table's columns"),
                ("sample.csv", files["sample.csv"], header["sample.csv"],
                 "its run 0 is ok and has neither a sample nor a value"),
                ("run.csv", b",ok,", b",fine,", "constraint"),
                ("run.csv", files["run.csv"], header["run.csv"], "FOREIGN KEY")):
            with self.subTest(file=name, new=new):
                for file, text in files.items():
                    (directory / file).write_bytes(text)
                self.edit(directory / name, old, new)
                self.reseal(directory)
                self.refused(directory, said)
        for emptied, said in ((("run", "sample"), "it has no run"),
                              (("experiment", "cell", "run", "sample"), "there is no experiment")):
            for table in emptied:
                (directory / f"{table}.csv").write_bytes(header[f"{table}.csv"])
            self.reseal(directory)
            self.refused(directory, said)
        self.assertEqual(sorted(os.listdir(self.root / "out")), ["x"])

    def test_a_name_that_leads_astray_is_not_exported_either(self):
        self.export()
        (experiment,), = self.ask("SELECT id FROM experiment")
        for change, asked in (("name = '../evil'", experiment), ("id = '../evil'", "../evil")):
            database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
            database.execute(f"UPDATE experiment SET {change}")
            database.commit()
            database.close()
            done = self.run_it("unused", "--export", "late/deep", "--experiment", asked, expect=1)
            self.assertIn("no directory can be called so", done.err)
            self.assertFalse((self.root / "late").exists())

    def test_what_contradicts_the_store_is_refused(self):
        directory = self.export()
        files = {file.name: file.read_bytes() for file in directory.iterdir()}
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)
        last = files["sample.csv"].splitlines(keepends=True)[-1]
        for name, old, new, said in (
                ("sample.csv", b",40.125", b",39.125", ".sqlite has sample "),
                ("run.csv", b"123456", b"123457", ".sqlite has run "),
                ("build.csv", b",cc 1,", b",cc 2,", ".sqlite has build "),
                ("machine.csv", b"[{", b"[ {", ".sqlite has machine "),
                ("experiment.csv", b",x,", b",y,", ".sqlite has experiment "),
                ("sample.csv", last, b"", "sample.csv: has 35 rows, and experiment")):
            with self.subTest(file=name, new=new):
                self.edit(directory / name, old, new)
                self.reseal(directory)
                self.refused(directory, "out/x", said,
                             "with" if name == "sample.csv" and not new else "with other values")
                (directory / name).write_bytes(files[name])

    def test_an_unfinished_copy_is_completed(self):
        self.export()
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)
        database = sqlite3.connect(self.root / self.SECOND)
        database.executescript("DELETE FROM sample WHERE slot = 7;"
                               "DELETE FROM run WHERE slot = 7;"
                               "UPDATE experiment SET status = 'interrupted', finished = NULL;")
        database.close()
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)
        for table in TABLES:
            rows = f"SELECT * FROM {table} ORDER BY 1, 2"
            self.assertEqual(self.ask(rows), self.ask(rows, store=self.SECOND))

    @unittest.skipUnless(os.path.exists("/dev/full"), "the system has no /dev/full")
    def test_a_full_disk_leaves_the_earlier_export(self):
        directory = self.export()
        (experiment,), = self.ask("SELECT id FROM experiment")
        before = {file.name: file.read_bytes() for file in directory.iterdir()}
        for file in ("sample.csv", "machine.csv", "SHA256SUMS"):
            with self.subTest(file=file):
                part = self.root / "out/.x.part"
                part.mkdir()
                (part / file).symlink_to("/dev/full")
                done = self.run_it("unused", "--export", "out", "--experiment", experiment, expect=1)
                self.assertIn(f"out/.x.part/{file}: cannot be written", done.err)
                self.assertEqual(sorted(os.listdir(self.root / "out")), ["x"])
                self.assertEqual({file.name: file.read_bytes() for file in directory.iterdir()},
                                 before)

    def test_a_full_disk_takes_nothing(self):
        directory = self.export()
        self.run_it("unused", "--import", "nowhere", "--store", self.SECOND, expect=1)

        def limit():  # of any file: enough for SQLite's index of the log, not for a log of ten pages
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (33000, 33000))
        before = self.count_rows(self.SECOND)
        done = subprocess.run([RUN, "--import", directory, "--store", self.SECOND], cwd=self.root,
                              text=True, capture_output=True, preexec_fn=limit)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        self.assertIn("second.sqlite: ", done.stderr)
        self.assertEqual(self.count_rows(self.SECOND), before)
        self.run_it("unused", "--import", "out/x", "--store", self.SECOND)

    def test_a_store_that_is_not_there_is_not_made_for_an_export(self):
        done = self.run_it("unused", "--export", "out", "--experiment", "x", expect=1)
        self.assertIn("STORE=results/hamtlab.sqlite: there is no such store", done.err)
        self.assertEqual(os.listdir(self.root / "results"), [])

    def test_a_damaged_store_is_not_exported(self):
        self.export("--scales", "1000,2000", "--samples", "50")
        (experiment,), = self.ask("SELECT id FROM experiment")
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,), = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sample'")
        (size,), = database.execute("PRAGMA page_size")
        database.close()
        with open(self.root / "results/hamtlab.sqlite", "r+b") as file:
            file.seek((root - 1) * size)
            page = file.read(size)
            file.seek((root - 1) * size + 8)
            file.write(page[8:12] + page[8:10] + page[14:])  # two children change places
        done = self.run_it("unused", "--export", "late", "--experiment", experiment, expect=1)
        self.assertIn("damaged", done.err)

    def test_ids_may_be_shortened(self):
        self.run_it("good", "--name", "one")
        self.run_it("good", "--name", "one")
        one, two = (row[0] for row in self.ask("SELECT id FROM experiment ORDER BY id"))
        self.assertEqual((one[:-2], one[-2:], two[-2:]), (two[:-2], "-1", "-2"))
        self.run_it("unused", "--export", "out", "--experiment", one)
        self.assertEqual(os.listdir(self.root / "out"), ["one"])
        done = self.run_it("unused", "--export", "out", "--experiment", one[:4], expect=1)
        self.assertRegex(done.err, f"^EXPERIMENT={one[:4]}: 2 experiments begin so: .*{two}")
        for beginning in (one + "0", "nosuch", "%"):
            done = self.run_it("unused", "--export", "out", "--experiment", beginning, expect=1)
            self.assertEqual(done.err, f"EXPERIMENT={beginning}: no experiment in the store is"
                                       " called so\n")
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("UPDATE experiment SET id = ? WHERE id = ?", (one + "0", two))
        database.commit()
        database.close()
        self.run_it("unused", "--export", "out", "--experiment", one)  # whole, not the beginning

    def test_moving_nothing_is_refused(self):
        for options, said in ((("--experiment", "", "--export", "out"), "EXPERIMENT=: "),
                              (("--import", ""), "FROM=: "),
                              (("--experiment", "x"), "--experiment: ")):
            done = self.run_it("unused", *options, expect=2)
            self.assertEqual((done.err[:len(said)], done.err.count("\n")), (said, 1), done.err)
        self.assertEqual(os.listdir(self.root / "results"), [])

    def test_another_programs_database_is_left_alone(self):
        directory = self.export()
        path = self.root / "other.sqlite"
        for version in (0, 1):
            database = sqlite3.connect(path)
            database.executescript(f"DROP TABLE IF EXISTS bookmark; CREATE TABLE bookmark (url);"
                                   f" PRAGMA user_version = {version}")
            database.close()
            before = path.read_bytes()
            done = self.run_it("unused", "--import", str(directory), "--store", str(path), expect=1)
            self.assertIn("STORE=", done.err)
            self.assertIn("another program", done.err)
            self.assertEqual(path.read_bytes(), before)


if __name__ == "__main__":
    main()
