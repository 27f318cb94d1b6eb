#!/usr/bin/env python3
"""Every command of the lab that reads a store or results, on bad ones of each kind: one line that names it, a status
other than 0, and nothing written."""
import contextlib
import inspect
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

import made_store
from asked import asked
from paths import room
from lab import command
from lab.__main__ import COMMANDS, function_of

ROOT = made_store.ROOT
TIMES = {("get", 1000): {"list": [40.0, 41.0, 42.0], "lazy": [10.0, 11.0, 12.0]}}
# What a command needs beside a bad store or bad results, where it needs anything.
BESIDE = {"compare": ["A=fixes", "B=one"], "contribute": ["NAME=mine", "OUT={out}"], "csv": ["CSV={out}/table.csv"],
          "plot": ["OUT={out}"], "why": ["SCALES=1000"]}
# What is said of an experiment in which nothing was measured, where it is not said plainly.
OF_NOTHING = {"contribute": "times no map", "ways": "is not of two maps and their copies",
              "machines": "only one machine"}


def taking(parameter, *without):
    """The commands that have this parameter."""
    return [name for name in COMMANDS
            if name not in without and parameter in inspect.signature(function_of(name)).parameters]


# A merge has a test of its own here; a race and counts are measured into the store.
OF_STORES = taking("store", "merge", "race", "race-front", "recount", "audit-counts")
# Notebooks and paper have tests of their own; the paper of results of one's own leaves open what cannot be read.
OF_RESULTS = taking("results", "notebooks", "paper")


def setUpModule():
    subprocess.run(["make", "-s", "build/run/run", "build/packages-figures"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


class Room(unittest.TestCase):
    def setUp(self):
        self.root = room(self)
        self.good = self.make("good", "one", "two")
        self.out = self.root / "out"
        self.out.mkdir()

    def make(self, file, *experiments):
        with contextlib.closing(made_store.empty(self.root / file)) as connection:
            for name in experiments:
                made_store.add(connection, name, TIMES)
            connection.execute("PRAGMA journal_mode = DELETE")
        return self.root / file

    def change(self, path, sql):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.executescript(sql)

    def asked(self, name, *words):
        return asked(name, *(word.format(out=self.out) for word in BESIDE.get(name, [])), *words)

    def assert_told(self, ended, words):
        status, _, error = ended
        self.assertIn(status, (1, 2))
        self.assertEqual(error.count("\n"), 1, error)
        self.assertRegex(error, words)


class BadStores(Room):
    def bad_stores(self):
        """(what is wrong, path, what is said of it)."""
        yield "absent", self.root / "absent", "no such store"
        for name, content, said in (("nothing", b"", "is empty"),
                                    ("text", b"no store\n" * 999, "not a"),
                                    ("half", self.good.read_bytes()[:-8192], "malformed|damaged")):
            path = self.root / name
            path.write_bytes(content)
            yield name, path, said
        (self.root / "directory").mkdir()
        yield "directory", self.root / "directory", "is a directory"
        for version in (0, 1, 7):
            path = self.root / f"foreign{version}"
            self.change(path, f"CREATE TABLE bookmark (url); PRAGMA user_version = {version}")
            yield path.name, path, "database of another program"
        newer = shutil.copy(self.good, self.root / "newer")
        self.change(newer, "PRAGMA user_version = 999")
        yield "newer", newer, "version 999; this program knows version 2"
        yield "damaged", self.damage(), "damaged"

    def damage(self):
        """Two rows of a table change places."""
        path = self.root / "damaged"
        shutil.copy(self.good, path)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (page,), = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'build'")
            (size,), = connection.execute("PRAGMA page_size")
        with open(path, "r+b") as file:
            file.seek((page - 1) * size + 8)
            cells = file.read(4)
            file.seek((page - 1) * size + 8)
            file.write(cells[2:] + cells[:2])
        return path

    def test_is_told_in_one_line(self):
        for what, path, said in self.bad_stores():
            for name in OF_STORES:
                if what != "absent" or name != "why":  # which looks among the results too
                    with self.subTest(store=what, command=name):
                        self.assert_told(self.asked(name, f"STORE={path}"), f"^{name}: {path}: .*({said})")
        self.assertEqual(list(self.out.iterdir()), [])

    def test_merge_names_the_side_at_fault(self):
        before = self.good.read_bytes()
        for what, path, said in self.bad_stores():
            with self.subTest(store=what):
                self.assert_told(asked("merge", f"STORE={self.good}", f"FROM={path}"),
                                 f"^merge: FROM={path}: .*({said})")
                if what != "absent":  # which begins as a copy
                    self.assert_told(asked("merge", f"STORE={path}", f"FROM={self.good}"), f"^merge: STORE={path}: ")
            self.assertEqual(self.good.read_bytes(), before)
        self.assert_told(asked("merge", f"STORE={self.good}/where", f"FROM={self.good}"),
                         "^merge: STORE=.*good/where: ")
        self.assert_told(asked("merge", f"STORE={self.good}"), "^merge: FROM=: ")

    def test_the_runner_refuses_them_too(self):
        for what, path, said in self.bad_stores():
            if what in ("absent", "nothing"):
                continue  # a store begins so
            with self.subTest(store=what):
                foreign = what.startswith("foreign") and path.read_bytes()
                done = subprocess.run([made_store.RUN, "--store", path, "--export", self.out / "one",
                                       "--experiment", "one"], text=True, capture_output=True)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
                self.assertRegex(done.stderr, f"{said}|unable to open".replace("999;", "999, of a newer hamtlab;"))
                self.assertEqual(what.startswith("foreign") and path.read_bytes(), foreign)
        self.assertEqual(list(self.out.iterdir()), [])

    def test_experiment_that_is_not_there(self):
        with contextlib.closing(sqlite3.connect(self.good)) as connection:
            made_store.add(connection, "bare", {})
        new = self.make("new")
        for name in taking("experiment", "limits"):
            with self.subTest(command=name):
                self.assert_told(self.asked(name, f"STORE={self.good}", "EXPERIMENT=nosuch"),
                                 "nosuch: no such experiment")
                self.assert_told(self.asked(name, f"STORE={new}"), "no experiment yet")
                if name != "table":  # which says so on its page
                    self.assert_told(self.asked(name, f"STORE={self.good}", "EXPERIMENT=bare"),
                                     OF_NOTHING.get(name, "no cell was measured"))
        self.assert_told(asked("experiments", f"STORE={new}"), "no experiment yet")
        self.assertEqual(list(self.out.iterdir()), [])

    def test_ids_may_be_shortened(self):
        path = self.make("ids", "20260101-101500-aa", "20260101-101501-bb", "20260101-1015")
        def told(beginning):
            return asked("table", f"STORE={path}", f"EXPERIMENT={beginning}")
        for beginning, meant in (("20260101-101500", "20260101-101500-aa"), ("20260101-1015", "20260101-1015")):
            status, out, _ = told(beginning)
            self.assertEqual((status, out.split()[1]), (0, meant + ","))
        self.assert_told(told("20260101-10150"), "2 experiments begin so: .*-bb, .*-aa$")
        for beginning in ("20260101-101500-aab", "%"):
            self.assert_told(told(beginning), "no such experiment")


class Disks(Room):
    def as_nobody(self, ask):
        """What `ask` returns where nothing can be written, though this may be root's process."""
        for path in (self.root, *self.root.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgid(65534)
                    os.setuid(65534)
                os.write(write, repr(ask()).encode())
            finally:
                os._exit(0)
        os.close(write)
        with open(read, encoding="utf-8") as file:
            answer = file.read()
        os.waitpid(child, 0)
        self.root.chmod(0o755)
        return eval(answer)

    def test_a_store_is_read_from_a_disk_that_cannot_be_written(self):
        self.change(self.good, "PRAGMA journal_mode = WAL")  # as the runner leaves it
        there = [self.as_nobody(lambda: asked(name, f"STORE={self.good}"))
                 for name in ("table", "experiments")]  # first: a reader who can leaves its files beside the store
        self.assertEqual(there, [asked(name, f"STORE={self.good}") for name in ("table", "experiments")])
        self.assertEqual([status for status, _, _ in there], [0, 0])

    def test_merging_there_takes_nothing_and_says_why(self):
        theirs = self.make("theirs", "three")
        for into in (self.good, self.root / "new"):
            with self.subTest(into=into.name):
                self.assert_told(self.as_nobody(lambda: asked("merge", f"STORE={into}", f"FROM={theirs}")),
                                 f"merge: STORE={into}: .*; nothing was taken")
        self.assertEqual(sorted(p.name for p in self.root.iterdir()), ["good", "out", "theirs"])


class BadExports(Room):
    def setUp(self):
        super().setUp()
        self.runs = self.root / "runs"
        subprocess.run([made_store.RUN, "--store", self.good, "--export", self.runs, "--experiment",
                        "one"], check=True, capture_output=True)

    def bad_exports(self):
        """(what is wrong, names and texts of its files, what is said of it)."""
        files = {path.name: path.read_bytes() for path in (self.runs / "one").iterdir()}
        yield "cut", {**files, "sample.csv": files["sample.csv"][:200]}, r"sample\.csv: "
        yield "headers", {name: text.splitlines(keepends=True)[0] for name, text in files.items()}, (r"machine\.csv")
        yield "text", {"experiment.csv": b"no export\n"}, "SHA256SUMS: "
        yield "garbage", {name: b"\xff\0\xfe" for name in files}, "SHA256SUMS: "

    def test_is_told_in_one_line(self):
        names = {*(path.name for path in (ROOT / "results" / "runs").iterdir()),
                 *(path.stem for path in (ROOT / "experiments").glob("*.plan"))}
        for what, files, said in self.bad_exports():
            for name in names:
                directory = self.root / what / "runs" / name
                directory.mkdir(parents=True)
                for file, text in files.items():
                    (directory / file).write_bytes(text)
            for name in OF_RESULTS:
                with self.subTest(export=what, command=name):
                    stores = [f"STORE={self.root}/none"] * (name in OF_STORES)
                    self.assert_told(self.asked(name, f"RESULTS={self.root / what}", *stores), f"^{name}: .*{said}")
            self.assertEqual([path.name for path in (self.root / what).iterdir()], ["runs"])
        self.assertEqual(list(self.out.iterdir()), [])


class Targets(Room):
    def test_what_cannot_be_moved_or_printed_is_told_and_make_fails(self):
        table = ROOT / "build" / "table.csv"
        before = table.read_bytes() if table.exists() else None
        for target, settings, said in (
                ("csv", ["EXPERIMENT=nosuch"], "nosuch: no such experiment"),
                ("table", ["EXPERIMENT=nosuch"], "nosuch: no such experiment"),
                ("export", ["EXPERIMENT=nosuch"], "EXPERIMENT=nosuch: no experiment"),
                ("export", [], "EXPERIMENT= is missing: "), ("import", [], "FROM= is missing: "),
                ("import", ["FROM=/nowhere"], "/nowhere/SHA256SUMS: No such file"),
                ("merge", [], "FROM= is missing: "), ("compare", [], "A= is missing: ")):
            with self.subTest(target=target, settings=settings):
                done = subprocess.run(["make", "-s", f"STORE={self.good}", *settings, target],
                                      cwd=ROOT, text=True, capture_output=True)
                self.assertNotEqual(done.returncode, 0)
                told = [line for line in done.stderr.splitlines() if not line.startswith("make")]
                self.assertEqual((len(told), done.stdout), (1, ""), done.stderr)
                self.assertIn(said, told[0])
        self.assertEqual(table.read_bytes() if table.exists() else None, before)


class Output(Room):
    def shell(self, text):
        surroundings = {**os.environ, "PYTHONPATH": "notebooks"}
        surroundings.pop("PYTHONUNBUFFERED", None)  # what is buffered is written at the end
        return subprocess.run(["bash", "-c", text], cwd=ROOT, text=True, capture_output=True,
                              timeout=60, env=surroundings)

    def test_a_reader_who_goes_away_is_no_failure(self):
        for program in (f"{sys.executable} -B -m lab experiments STORE={self.good}",
                        f"{sys.executable} -B -m lab help",
                        f"{sys.executable} -B -m lab factorial-plan",
                        f"{sys.executable} -B tools/compose.py all",
                        "make --no-print-directory VARIANT=fix4 show",
                        "make --no-print-directory DOCUMENT=004 tables"):
            with self.subTest(program=program):
                done = self.shell(f"{program} | true; echo ${{PIPESTATUS[0]}}")
                self.assertEqual((done.stdout, done.stderr), ("0\n", ""))

    @unittest.skipUnless(os.path.exists("/dev/full"), "the system has no /dev/full")
    def test_a_full_disk_is_one(self):
        for program in (f"-m lab experiments STORE={self.good}", "tools/compose.py cores",
                        "tools/compose.py all", "-m lab help"):
            with self.subTest(program=program):
                done = self.shell(f"{sys.executable} -B {program} >/dev/full")
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, "^[a-z]+: writing: No space left on device\n$")

    def test_what_no_report_foresaw_is_told_in_one_line_too(self):
        def stumble(arguments):
            raise {"key": KeyError("a\nb"), "file": FileNotFoundError(2, "No such file", "x.csv"),
                   "store": sqlite3.OperationalError("disk I/O error")}[arguments]
        for what, said in (("key", r"r: stopped by KeyError: 'a\\nb' at bad_input_test.py:\d+;"),
                           ("file", "r: x.csv: No such file$"), ("store", "r: the store: disk I/O")):
            with contextlib.redirect_stderr(io.StringIO()) as error, \
                    self.assertRaises(SystemExit) as end:
                command.run_report("r", stumble, what)
            self.assertEqual((end.exception.code, error.getvalue().count("\n")), (1, 1))
            self.assertRegex(error.getvalue(), said)


if __name__ == "__main__":
    unittest.main()
