#!/usr/bin/env python3
"""The runner from the outside, with a make and cells that are made up.

Each test has a directory of its own for its working directory, in which fake_make and fake_cell
leave traces of what was started.
"""
import csv
import hashlib
import io
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = str(HERE.parents[1] / "build/run/run")
SYSTEM = "glibc" if sys.platform == "linux" else "system"  # the allocator without preloading
TABLES = ("machine", "tree", "build", "experiment", "cell", "run", "sample", "value")
SMALL = ("--ops", "put", "--patterns", "shuffled", "--scales", "1000", "--reps", "4")


class Runner(unittest.TestCase):
    """A directory of its own, and what is asked of a runner that works there."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        for part in ("hash/xxh3", "hash/wyhash", "key/u64", "key/str"):
            (self.root / "common" / part).mkdir(parents=True)
        (self.root / "results").mkdir()
        # What others measure on this machine is not to be seen here.
        os.environ["TMPDIR"] = str(self.root)

    def command(self, variants, *options):
        return [RUN, "--make", str(HERE / "fake_make"), "--variants", variants, *options]

    def start(self, variants, *options, settings=SMALL):
        return subprocess.Popen(self.command(variants, *settings, *options), cwd=self.root,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_it(self, variants, *options, settings=SMALL, expect=0):
        process = self.start(variants, *options, settings=settings)
        process.out, process.err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expect, process.err)
        return process

    def ask(self, sql, *values, store="results/hamtlab.sqlite"):
        database = sqlite3.connect(self.root / store)
        rows = database.execute(sql, values).fetchall()
        database.close()
        return rows

    def starts(self):
        path = self.root / "starts"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for_starts(self, count):
        deadline = time.monotonic() + 120
        while len(self.starts()) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def check_gone(self):
        with self.assertRaises(ProcessLookupError):
            for _ in range(100):  # until whoever inherits orphans has buried it
                os.kill(int((self.root / "hung").read_text()), 0)
                time.sleep(0.02)

    def everything(self, store):
        """What was measured, without the times at which."""
        columns = ("experiment, slot, cell, block, position, seed, hash_seed, status, detail, allocator,"
                   " peak_rss_bytes, bytes_per_entry, rss_per_entry, checksum, tree, machine")
        queries = [f"SELECT {columns} FROM run ORDER BY slot",
                   "SELECT id, name, settings, plan_digest, builds_digest, planned, machine,"
                   " source_commit, dirty, diff_digest, status FROM experiment",
                   *(f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in ("cell", "sample")),
                   *(f"SELECT * FROM {table} ORDER BY 1" for table in ("machine", "tree", "build"))]
        return [self.ask(query, store=store) for query in queries]

    def merge(self, into, source):
        done = subprocess.run([sys.executable, "-B", "-m", "lab", "merge", f"STORE={self.root / into}",
                               f"FROM={self.root / source}"], cwd=HERE.parents[1] / "notebooks",
                              text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)


class RunTest(Runner):
    # ---- What is stored ----

    def test_stores_every_sample_with_its_origin(self):
        done = self.run_it("good,other", "--name", "first", "--samples", "2")
        (experiment, name, status, planned, finished), = self.ask(
            "SELECT id, name, status, planned, finished FROM experiment")
        self.assertEqual(done.out, f"experiment {experiment}\n")
        self.assertEqual((name, status, planned), ("first", "finished", 8))
        self.assertRegex(finished, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(self.ask("SELECT count(*), count(DISTINCT run), min(ns_per_op),"
                                  " max(ns_per_op), sum(ops) FROM measurement"),
                         [(16, 8, 40.125, 41.125, 16000)])
        self.assertEqual(self.ask("SELECT DISTINCT composition, allocator_asked, allocator,"
                                  " parameters, bytes_per_entry, rss_per_entry, tree,"
                                  " peak_rss_bytes FROM process"),
                         [("fake", SYSTEM, "libc.so.6", "pool_slots=65536", 41.25, 44.0,
                           '{"entries":1000,"depth":[1,2]}', 123456)])
        self.assertEqual(self.ask("SELECT cflags FROM build"), [('-O2 -DX="a,b"',)] * 2)
        self.assertEqual(self.ask("SELECT source_commit, dirty FROM experiment"), [(None, 1)])
        self.assertEqual(self.ask("PRAGMA foreign_key_check"), [])
        self.assertEqual(self.ask("PRAGMA journal_mode"), [("wal",)])

    def test_blocks_share_a_trace_and_stand_together(self):
        self.run_it("good,other,third", "--reps", "6", "--scales", "1000,2000")
        rows = self.ask("SELECT slot, variant, scale, block, position, seed FROM process ORDER BY slot")
        self.assertEqual([f"{v} put shuffled {scale} {seed} " for _, v, scale, _, _, seed in rows],
                         self.starts())
        for i in range(0, len(rows), 3):
            block = rows[i:i + 3]
            self.assertEqual([row[4] for row in block], [0, 1, 2])
            self.assertEqual({row[1] for row in block}, {"good", "other", "third"})
            self.assertEqual(len({row[2:4] + row[5:] for row in block}), 1)
        self.assertEqual([row[3] for row in rows], sorted(row[3] for row in rows))
        self.assertEqual(len({row[5] for row in rows}), 6)

    def test_the_source_is_told_without_results(self):
        def git(*arguments):
            done = subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *arguments],
                                  cwd=self.root, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.strip()
        git("init", "-q")
        (self.root / ".gitignore").write_text("/starts\n/ends\n/told\n/asked\n/cell-*\n/build/\n"
                                              "/hamtlab-measuring\n")
        (self.root / "code").write_text("1")
        (self.root / "results/old").write_text("1")
        git("add", ".")
        git("commit", "-q", "-m", "c")
        commit = git("rev-parse", "HEAD")

        def told():
            self.run_it("good", "--reps", "1")
            return self.ask("SELECT source_commit, dirty, diff_digest FROM experiment"
                            " ORDER BY rowid DESC LIMIT 1")[0]
        self.assertEqual(told(), (commit, 0, None))
        (self.root / "results/old").write_text("2")
        (self.root / "results/new").write_text("1")
        self.assertEqual(told(), (commit, 0, None))
        changes = []
        for file, text in (("code", "2"), ("code", "3"), ("other", "1"), ("other", "2"),
                           ("third", "2")):
            (self.root / file).write_text(text)
            at, dirty, diff = told()
            self.assertEqual((at, dirty), (commit, 1))
            changes.append(diff)
        self.assertEqual(len(set(changes)), 5)

    def test_seed_alone_decides_the_order(self):
        self.run_it("good,other")
        self.run_it("good,other")
        self.run_it("good,other", "--seed", "2")
        first, again, reseeded = (self.starts()[i:i + 8] for i in (0, 8, 16))
        self.assertEqual(first, again)
        self.assertNotEqual(first, reseeded)

    def test_finished_experiment_starts_anew(self):
        self.run_it("good")
        self.run_it("good")
        self.assertEqual(self.ask("SELECT count(*), count(DISTINCT id) FROM experiment"), [(2, 2)])

    def test_every_process_gets_the_same_small_environment(self):
        self.run_it("listed", "--reps", "1")
        self.assertEqual((self.root / "environment").read_text(), "LC_ALL=C\nPATH=/usr/bin:/bin\n")

    def test_plan_file(self):
        (self.root / "plan").write_text("# two grids, the second overlaps the first\n\n"
                                        "VARIANTS=good,other OPS=put,get REPS=2 # here\n"
                                        "VARIANTS=good OPS=put REPS=2\n")
        self.run_it("unused", "--plan", "plan")
        self.assertEqual(self.ask("SELECT op, variant, count(*) FROM process GROUP BY 1, 2"),
                         [("get", "good", 2), ("get", "other", 2),
                          ("put", "good", 2), ("put", "other", 2)])

    # ---- What is to come ----

    def test_dry_run_builds_and_stores_nothing(self):
        done = self.run_it("good", "--dry-run")
        self.assertRegex(done.out, r"^4 runs of 1 cells, about 1 s, up to 5 MB of memory"
                                   r" \(by a rule of thumb, as none of them is stored\),"
                                   r" into results/hamtlab.sqlite\n"
                                   rf"good xxh3 u64 {SYSTEM} put shuffled 1000 x 4\n$")
        self.assertEqual(sorted(os.listdir(self.root)), ["common", "results"])
        self.assertEqual(os.listdir(self.root / "results"), [])

    def test_what_is_to_come_is_told_from_what_is_stored(self):
        plan = ("--ops", "put", "--patterns", "shuffled", "--scales", "1000,2000", "--reps", "10")
        self.run_it("good", settings=plan)
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        # Of a process with 5 samples, and so 6 repetitions.
        database.execute("UPDATE run SET seconds = 3 * (SELECT scale FROM cell"
                         " WHERE cell.cell = run.cell AND cell.experiment = run.experiment) / 1000,"
                         " peak_rss_bytes = 7e9")
        database.commit()
        database.close()
        for samples, duration in (("5", "2 min"), ("11", "3 min"), ("119", "30 min"), ("1199", "5.0 h")):
            done = self.run_it("good", "--dry-run", "--samples", samples, settings=plan)
            self.assertIn(f"20 runs of 2 cells, about {duration}, up to 7.0 GB of memory"
                          " (as stored runs of 2 of them tell), into", done.out)
        # Another of the same group takes as long; 60 runs of 3 s for 1000 entries.
        done = self.run_it("good,other", "--dry-run", settings=plan)
        self.assertIn("40 runs of 4 cells, about 3 min, ", done.out)
        self.assertIn("(as stored runs of 2 of them tell)", done.out)

    def test_the_first_line_of_an_experiment_tells_what_is_to_come(self):
        done = self.run_it("good,other")
        self.assertRegex(done.err, r"^8 runs of 2 cells, about \d+ s, .*, into results/hamtlab.sqlite\n")

    # ---- More replicates ----

    def blocks(self, experiment):
        return self.ask("SELECT slot, variant, block, position, seed, status FROM process"
                        " WHERE experiment = ? ORDER BY slot", experiment)

    def test_more_replicates_are_added_to_what_is_finished(self):
        first = self.run_it("good,other", "--name", "n").out.split()[1]
        self.run_it("good,other")  # another one, without the name
        before = self.blocks(first)
        for total in (7, 10):
            done = self.run_it("good,other", "--name", "n", "--more", "3")
            self.assertEqual(done.out.split()[1], first)
            self.assertTrue(done.err.startswith("6 runs of 2 cells, "), done.err)
            after = self.blocks(first)
            self.assertEqual(after[:8], before[:8])
            self.assertEqual([row[0] for row in after], list(range(2 * total)))
            self.assertEqual([row[2] for row in after], [i // 2 for i in range(2 * total)])
            self.assertEqual(len({row[4] for row in after}), total)
        self.assertEqual(self.ask("SELECT status, planned, settings LIKE '% REPS=4+3+3 %'"
                                  " FROM experiment WHERE id = ?", first), [("finished", 20, 1)])
        self.assertEqual(self.ask("SELECT count(*) FROM experiment"), [(2,)])

    def test_more_replicates_for_an_id_or_its_beginning(self):
        first = self.run_it("good").out.split()[1]
        self.run_it("good", "--seed", "2")
        command = [RUN, "--make", str(HERE / "fake_make"), "--more", "2", "--experiment"]
        done = subprocess.run([*command, first[:-1]], cwd=self.root, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, f"experiment {first}\n"), done.stderr)
        self.assertEqual(len(self.blocks(first)), 6)
        self.run_it("good")
        for beginning, said in ((first[:-1], "2 experiments begin so: "), ("x", "no experiment"),):
            done = subprocess.run([*command, beginning], cwd=self.root, capture_output=True,
                                  text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith(f"EXPERIMENT={beginning}: {said}"), done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
        done = self.run_it("good", "--more", "2", "--experiment", first, expect=2)
        self.assertIn("its settings are stored with it", done.err)

    def test_more_replicates_go_to_the_newest(self):
        ids = [self.run_it("good").out.split()[1] for _ in range(3)]
        self.assertEqual(self.run_it("good", "--more", "1").out.split()[1], ids[-1])

    def test_more_goes_on_with_what_it_has_begun(self):
        first = self.run_it("slow").out.split()[1]
        process = self.start("slow", "--more", "20")
        self.wait_for_starts(6)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
        self.run_it("slow", "--more", "20")
        self.assertEqual(self.ask("SELECT id, status, planned FROM experiment"),
                         [(first, "finished", 24)])
        self.assertIn(len(self.starts()), (24, 25))  # one may have been interrupted

    def test_more_of_what_is_not_there_is_refused(self):
        self.run_it("good,third", "--more", "2", expect=2)
        self.run_it("good,other")
        for variants, options in (("good,third", ()), ("good,other", ("--reps", "5")),
                                  ("good,other", ("--name", "n")), ("good,other", ("--seed", "3"))):
            done = self.run_it(variants, *options, "--more", "2", expect=2)
            self.assertTrue(done.err.startswith("MORE=2: no experiment in results/"), done.err)
            self.assertEqual(done.err.count("\n"), 1)
        plan = ("--ops", "put", "--scales", ",".join(map(str, range(1, 11))))
        self.run_it("good", "--reps", "1", settings=plan)
        done = self.run_it("good", "--reps", "1", "--more", "99999", settings=plan, expect=2)
        self.assertEqual(done.err, "MORE=99999: the plan comes to more than 1000000 processes\n")
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("DELETE FROM experiment WHERE planned <> 8")
        database.execute("UPDATE experiment SET builds_digest = 'others'")
        database.commit()
        database.close()
        done = self.run_it("good,other", "--more", "2", expect=1)
        self.assertIn("its programs were others than these", done.err)
        self.assertEqual(self.ask("SELECT status, planned FROM experiment"), [("finished", 8)])

    # ---- What is to be decided ----

    def test_blocks_are_added_where_they_are_asked_for_until_the_lab_ends_it(self):
        settings = ("--ops", "put,get", "--patterns", "shuffled", "--scales", "1000", "--reps", "2")
        asked = ("--decide", "2%")
        first = self.run_it("good,other", *asked, settings=settings).out.split()[1]
        more = [RUN, "--make", str(HERE / "fake_make"), "--experiment", first, "--more"]
        for counts in ("0,3", "1,0"):
            subprocess.run([*more, counts], cwd=self.root, check=True, capture_output=True)
        blocks = "SELECT op, count(*) FROM process GROUP BY op ORDER BY op"
        self.assertEqual(self.ask(blocks), [("get", 10), ("put", 6)])
        rows = self.ask("SELECT op, block FROM process ORDER BY slot")
        self.assertEqual(rows[8:], [("get", block) for block in (2, 2, 3, 3, 4, 4)] + [("put", 2)] * 2)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("interrupted",)])
        done = subprocess.run([*more, "1,2,3"], cwd=self.root, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (2, "MORE=1,2,3: there must be one number, or 2\n"))

        # The same command takes it up with its rounds, until it has ended.
        again = self.run_it("good,other", *asked, settings=settings)
        self.assertEqual((again.out.split()[1], self.ask(blocks)), (first, [("get", 10), ("put", 6)]))
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("UPDATE experiment SET status = 'finished', finished = '2026'")
        database.commit()
        database.close()
        self.assertNotEqual(self.run_it("good,other", *asked, settings=settings).out.split()[1], first)

    def test_an_interrupted_round_is_gone_on_with(self):
        first = self.run_it("slow", "--precision", "5%").out.split()[1]
        process = subprocess.Popen([RUN, "--make", str(HERE / "fake_make"), "--experiment", first, "--more", "20"],
                                   cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_for_starts(6)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
        self.run_it("slow", "--precision", "5%")
        self.assertEqual(self.ask("SELECT id, status, planned FROM experiment"), [(first, "interrupted", 24)])
        self.assertEqual(self.ask("SELECT count(*) FROM process WHERE status = 'ok'"), [(24,)])

    # ---- What is refused ----

    def test_bad_settings_store_nothing(self):
        (self.root / "plan").write_text("VARIANTS=good\nVARIANTS=good FLAVOUR=sweet\n")
        (self.root / "cut").write_bytes(b"VARIANTS=good\nVARIANTS=other REPS=2\0 OPS=get\n")
        for options, begins, names in [
                (("--scales", "0"), "SCALES=0: ", "1000000000"),
                (("--scales", "1e10"), "SCALES=1e10: ", "1 to"),
                (("--scales", "10X"), "SCALES=10X: ", "10K"),
                (("--hash", "md6"), "HASH=md6: ", "wyhash, xxh3"),
                (("--key", "int"), "KEY=int: ", "str, u64"),
                (("--ops", "fly"), "OPS=fly: ", "put, get"),
                (("--patterns", "zigzag"), "PATTERNS=zigzag: ", "shuffled"),
                (("--reps", "0"), "REPS=0: ", "from 1"),
                (("--seed", "-1"), "SEED=-1: ", "from 0"),
                (("--seed", "9007199254740993"), "SEED=9007199254740993: ", "to 9007199254740992"),
                (("--reps", "12+"), "REPS=12+: ", "from 1"),
                (("--more", "0"), "MORE=0: ", "from 1"),
                (("--more", "0,0"), "MORE=0,0: ", "from 1"),
                (("--more", "3,x"), "MORE=3,x: ", "or one for each line of the plan"),
                (("--decide", "2"), "DECIDE=2: ", "a share from 0.1%"),
                (("--decide", "x%"), "DECIDE=x%: ", "a share from 0.1%"),
                (("--precision", "60%"), "PRECISION=60%: ", "to 50%"),
                (("--precision", "-5%"), "PRECISION=-5%: ", "to 50%"),
                (("--precision", "5%", "--decide", "2%"), "DECIDE=2%: PRECISION=5% is asked for, too", "one of"),
                (("--decide", "2%", "--export", "x"), "--export: not with PRECISION or DECIDE", "all blocks"),
                (("--experiment", "", "--export", "x"), "EXPERIMENT=: ", "id"),
                (("--experiment", "x"), "--experiment: ", "--export or --more"),
                (("--hash", "."), "HASH=.: ", "wyhash, xxh3"),
                (("--name", "."), "NAME=.: ", "letters"),
                (("--samples", "1.5"), "SAMPLES=1.5: ", "whole"),
                (("--timeout", "0"), "TIMEOUT=0: ", "seconds"),
                (("--name", "../x"), "NAME=../x: ", "letters"),
                (("--alloc", "/nothing.so"), "ALLOC=/nothing.so: ", "no such library"),
                (("--alloc", "a$(x)"), "ALLOC=a$(x): ", SYSTEM),
                (("--alloc", "nosuch"), "ALLOC=nosuch: ", "one of: swift, steady\n"),
                (("--alloc", "silent"), "ALLOC=silent: ", "no path"),
                (("--plan", "cut"), "cut, line 2: a NUL byte", "in it"),
                (("--variants", "a,a"), "VARIANTS=a,a: ", "twice"),
                (("--variants", "$(x)"), "VARIANTS=$(x): ", "letters"),
                (("--reps", "1e5", "--scales", "1,2,3,4,5,6,7,8,9,10,11"), "REPS=100000: ", "more"),
                (("--plan", "plan"), "plan, line 2: FLAVOUR=sweet: ", "SCALES"),
                (("--plan", "absent"), "PLAN=absent: ", "No such file"),
                (("--store", "absent/x"), "STORE=absent/x: ", "directory"),
                (("--colour",), "--colour: ", "--help"),
                (("--variants", "good,unknown"), "VARIANT=unknown: ", "one of: good, other\n"),
                (("--variants", "broken"), "VARIANTS=broken: ", "x.c:1: error: it does not")]:
            with self.subTest(options=options):
                done = self.run_it("good", *options, expect=2)
                self.assertEqual(done.out, "")
                # What is found out by make comes after the line that tells what is to come.
                complaint = re.sub(r"^\d+ runs of .*\n", "", done.err)
                self.assertEqual(complaint.count("\n"), 1, done.err)
                self.assertTrue(complaint.startswith(begins), done.err)
                self.assertIn(names, complaint)
                self.assertEqual(os.listdir(self.root / "results"), [])
        self.assertEqual(self.starts(), [])

    def test_library_that_was_not_loaded_is_found_out(self):
        (self.root / "libx.so").write_text("")
        done = self.run_it("good", "--alloc", f"{SYSTEM},{self.root}/libx.so", expect=1)
        self.assertIn("libx.so does not serve the process, libc.so.6 does", done.err)
        self.assertEqual(self.ask("SELECT allocator_asked, status, count(*) FROM process"
                                  " GROUP BY 1, 2 ORDER BY 1, 2"),
                         sorted([(SYSTEM, "ok", 4), ("libx.so", "malformed", 1),
                                 ("libx.so", "skipped", 3)]))

    def test_named_allocators_are_resolved_once_and_stored_by_name(self):
        (self.root / "libx.so").write_text("no library")
        self.run_it("good,other", "--alloc", f"swift,{SYSTEM},steady,{self.root}/libx.so",
                    "--ops", "put,get")
        asked = (self.root / "asked").read_text().splitlines()
        self.assertEqual(asked[:2], [f"-s --no-print-directory ALLOC={name} allocator"
                                     for name in ("swift", "steady")])
        self.assertEqual([line for line in asked[2:] if "ALLOC" in line], [])
        self.assertEqual(self.ask("SELECT allocator_asked, allocator, count(*) FROM process"
                                  " WHERE status = 'ok' GROUP BY 1, 2 ORDER BY 1, 2"),
                         sorted([("swift", "libswift.so.1", 16), (SYSTEM, "libc.so.6", 16),
                                 ("steady", "libsteady.so.1", 16), ("libx.so", "libx.so", 16)]))
        self.assertEqual(len({line.split()[-1] for line in self.starts() if ".so" in line}), 3)
        (settings,), = self.ask("SELECT settings FROM experiment")
        self.assertIn(f"ALLOC=swift,{SYSTEM},steady,libx.so ", settings)

    def test_another_library_of_the_same_name_is_another_experiment(self):
        library = self.root / "libx.so"
        for text in ("one", "two", "two"):
            library.write_text(text)
            process = self.start("slow", "--alloc", str(library), "--reps", "30")
            self.wait_for_starts(len(self.starts()) + 1)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
        self.assertEqual(self.ask("SELECT count(*), count(DISTINCT builds_digest)"
                                  " FROM experiment"), [(2, 2)])

    def test_what_is_rebuilt_meanwhile_is_not_measured(self):
        library = self.root / "libx.so"
        library.write_text("no library")
        process = self.start("good,slow", "--reps", "10", "--alloc", str(library))
        self.wait_for_starts(2)
        library.write_text("")  # would not be loaded
        for name in ("good", "slow"):
            cell = self.root / f"cell-{name}-xxh3-u64"
            cell.write_text(cell.read_text().replace(f'fake_cell" {name} ', 'fake_cell" hungry '))
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.ask("SELECT status, bytes_per_entry, count(*) FROM process GROUP BY 1, 2"),
                         [("ok", 41.25, 20)])

    def test_copies_that_nothing_has_asked_for_lately_are_removed(self):
        self.run_it("good")
        copies = self.root / "build/run/copies"
        first, = copies.iterdir()
        week = time.time() - 8 * 24 * 3600
        os.utime(first / "cell", (week, week))
        os.utime(first, (week, week))
        self.run_it("other")
        second, = copies.iterdir()
        self.assertNotEqual(first, second)
        self.run_it("third")
        self.assertEqual(len(list(copies.iterdir())), 2)

    # ---- What goes wrong ----

    def test_failing_cells_do_not_stop_the_others(self):
        cases = {"crash": ("crash", "signal 11"), "abort": ("crash", "exit 9: sanitizer: it broke"),
                 "wrong": ("wrong", "get 7: 8 where 9 is right"),
                 "memory": ("nomemory", "out of memory"), "garbage": ("malformed", "line 1"),
                 "short": ("malformed", "4 samples where 5"),
                 "other_op": ("malformed", "op is get where put"),
                 "other_build": ("malformed", 'compiler is "cc 2" where the program has said "cc 1"')}
        done = self.run_it(",".join(["good", *cases, "other"]), expect=1)
        for variant, (status, said) in cases.items():
            with self.subTest(variant=variant):
                (detail, position), = self.ask("SELECT detail, position FROM process WHERE variant = ?"
                                               " AND status = ?", variant, status)
                self.assertIn(said, detail)
                self.assertGreaterEqual(position, len(cases) + 2)
                cell = f"{variant} xxh3 u64 {SYSTEM} put shuffled 1000"
                first, second = [line for line in done.err.splitlines()
                                 if line.startswith(f"{cell}: ")]
                self.assertIn(f": {status}: ", first)
                self.assertIn(f": {status} again: ", second)
                self.assertIn("tried once more at the end of its block", first)
                self.assertIn(f"\nfailed {cell}: {status} in block 0: ", done.err)
                self.assertEqual(*(line.split("repeat it with: ")[1] for line in (first, second)))
                again = subprocess.run(second.split("repeat it with: ")[1], shell=True,
                                       cwd=self.root, capture_output=True, text=True)
                self.assertEqual(again.returncode == 0, status == "malformed")
        self.assertEqual(self.ask("SELECT variant, count(*) FROM process WHERE status = 'ok'"
                                  " GROUP BY 1"), [("good", 4), ("other", 4)])
        self.assertEqual(self.ask("SELECT count(*) FROM process WHERE status = 'skipped'"),
                         [(3 * len(cases),)])
        self.assertEqual(self.ask("SELECT count(DISTINCT position), max(position) FROM process"
                                  " WHERE status NOT IN ('ok', 'skipped')"),
                         [(len(cases), 2 * len(cases) + 1)])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(2 * 4 * 5,)])
        self.assertEqual(self.ask("SELECT status, finished FROM experiment"),
                         [("interrupted", None)])
        self.assertIn("not finished: 8 of 40 runs are good; the same command", done.err)
        for variant in cases:  # twice in the first block, and once above, by hand
            self.assertEqual(sum(line.startswith(f"{variant} ") for line in self.starts()), 3)

    def test_one_accident_is_mended_at_the_end_of_its_block(self):
        done = self.run_it("good,once,other")
        self.assertIn("once xxh3", done.err)
        self.assertIn(": crash: signal 11", done.err)
        self.assertIn("good when tried again", done.err)
        self.assertNotIn("failed", done.err)
        self.assertEqual(self.ask("SELECT variant, status, count(*), count(DISTINCT block)"
                                  " FROM process GROUP BY 1, 2"),
                         [(name, "ok", 4, 4) for name in ("good", "once", "other")])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(3 * 4 * 5,)])
        self.assertEqual(self.ask("SELECT variant, block FROM process WHERE position > 2"),
                         [("once", 0)])
        self.assertEqual([line.split()[0] for line in self.starts()].index("once", 3), 3)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])

    def test_the_same_command_fills_what_is_missing(self):
        self.run_it("good,ill", expect=1)
        self.run_it("good,ill", expect=1)  # a part that is ill still
        self.assertEqual(self.ask("SELECT status, count(*) FROM process GROUP BY 1"),
                         [("crash", 1), ("ok", 4), ("skipped", 3)])
        (self.root / "well").write_text("")
        done = self.run_it("good,ill")
        self.assertRegex(done.err, r"going on with experiment \S+: 4 of 8 runs are good")
        self.assertEqual(self.ask("SELECT status, count(*), sum(detail IS NULL) FROM process"),
                         [("ok", 8, 8)])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(8 * 5,)])
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])
        self.assertEqual(sum(line.startswith("good ") for line in self.starts()), 4)

    def test_hanging_cell_is_killed_with_its_children(self):
        began = time.monotonic()
        self.run_it("hang,mute,good", "--timeout", "0.3", expect=1)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.ask("SELECT variant, count(*) FROM process WHERE status = 'timeout'"
                                  " GROUP BY 1"), [("hang", 1), ("mute", 1)])
        self.check_gone()

    @unittest.skipUnless(sys.platform == "linux", "elsewhere orphans are not the runner's")
    def test_what_has_left_its_cell_ends_with_it(self):
        self.run_it("daemon", "--reps", "1")
        self.check_gone()

    def test_child_that_writes_without_end_is_stopped(self):
        self.run_it("flood", "--reps", "1", expect=1)
        self.assertEqual(self.ask("SELECT status, detail FROM process"),
                         [("malformed", "more than 67108864 bytes of output")])

    def test_differing_checksum_is_an_error(self):
        done = self.run_it("good,liar,other", expect=1)
        self.assertIn(f"liar xxh3 u64 {SYSTEM} put shuffled 1000: wrong: checksum 0x00000000000000ff",
                      done.err)
        self.assertEqual(self.ask("SELECT variant, status, count(*) FROM process GROUP BY 1, 2"),
                         [("good", "ok", 4), ("liar", "skipped", 3), ("liar", "wrong", 1),
                          ("other", "ok", 4)])

    def test_two_that_differ_are_both_in_doubt(self):
        self.run_it("good,liar", expect=1)
        self.assertEqual(self.ask("SELECT variant FROM process WHERE status = 'wrong' ORDER BY 1"),
                         [("good",), ("liar",)])

    def test_cell_that_would_not_fit_is_left_out(self):
        done = self.run_it("good,hungry", "--scales", "1000,200000")
        self.assertRegex(done.err, r"\nskipped hungry .* 200000: needs 2400\d+\.\d GB")
        self.assertNotIn("failed", done.err)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])
        self.assertRegex(done.err, r"hungry .* 200000: skipped: needs 2400\d+\.\d GB")
        self.assertEqual(self.ask("SELECT variant, scale, status, count(*) FROM process"
                                  " GROUP BY 1, 2, 3"),
                         [("good", 1000, "ok", 4), ("good", 200000, "ok", 4),
                          ("hungry", 1000, "ok", 4), ("hungry", 200000, "skipped", 4)])

    def test_what_fits_with_one_pool_may_not_with_another(self):
        grid = "VARIANTS=pooled OPS=put PATTERNS=random SCALES=200000 REPS=1"
        (self.root / "plan").write_text(f"{grid}\n{grid} pool_slots=64\n")
        self.run_it("unused", "--plan", "plan", settings=())
        self.assertEqual(self.ask("SELECT parameters, status FROM process ORDER BY 1"),
                         [("pool_slots=64", "skipped"), ("pool_slots=65536", "ok")])

    # ---- What the cell can do, and copies ----

    def test_what_the_cell_lacks_is_refused_by_name(self):
        for options, said in ((("--ops", "put,fly"), "OPS=fly: not an operation of the cell map; one"
                               " of: put, get"),
                              (("--patterns", "zigzag"), "PATTERNS=zigzag: not a pattern of the cell"
                               " map; one of: sequential, shuffled, random, file"),
                              (("--parameters", "threads=2"), "threads=2: not a parameter of the cell"
                               " map; one of: pool_slots"),
                              (("--parameters", "pool_slots=1e10"), "pool_slots=1e10: must be a whole"
                               " number from 0 to 1000000000"),
                              (("--parameters", "copy=1"), "copy=1: not a parameter of a cell; ")):
            done = self.run_it("good", *options, expect=2)
            self.assertIn(said, done.err)
        self.assertEqual(self.starts(), [])

    def test_copies_and_parameters_are_competitors(self):
        self.run_it("good", "--copies", "2", "--parameters", "pool_slots=64,128")
        self.assertEqual(self.ask("SELECT parameters, count(*) FROM process GROUP BY 1"),
                         [(f"copy={copy} pool_slots={slots}", 4) for copy in (0, 1)
                          for slots in (128, 64)])
        self.assertEqual(self.ask("SELECT DISTINCT count(*), sum(position) FROM process GROUP BY block"),
                         [(4, 6)])
        (settings,), = self.ask("SELECT settings FROM experiment")
        self.assertIn(" pool_slots=64,128 COPIES=2 ", settings)
        self.run_it("good", "--plan", self.plan_of(settings))
        self.assertEqual(self.ask("SELECT DISTINCT settings FROM experiment"), [(settings,)])

    def plan_of(self, text):
        (self.root / "plan").write_text(text)
        return "plan"

    # ---- Shards ----

    def test_shards_make_the_same_experiment_as_one_run(self):
        options = ("--scales", "1000,2000", "--reps", "5", "--samples", "2", "--copies", "2")
        whole = self.run_it("good,other", *options, "--store", "whole")
        started = self.starts()
        for index in (1, 2, 3):
            done = self.run_it("good,other", *options, "--store", f"part{index}", "--shard",
                               f"{index}/3")
            self.assertEqual(done.out, whole.out)  # the experiment's id
            self.assertIn(f"shard {index}/3 is complete: ", done.err)
            self.assertEqual(self.ask("SELECT status FROM experiment", store=f"part{index}"),
                             [("interrupted",)])
        self.assertEqual(sorted(self.starts()), sorted(2 * started))  # no slot twice
        for order in ((1, 2, 3), (3, 1, 2)):
            for index in order:
                self.merge("merged", f"part{index}")
            self.assertEqual(self.everything("merged"), self.everything("whole"))
            for file in self.root.glob("merged*"):
                file.unlink()

    def test_the_rest_of_a_shard_can_be_measured_where_it_is(self):
        self.run_it("good,other", "--store", "part", "--shard", "2/2")
        self.run_it("good,other", "--store", "part")
        self.run_it("good,other", "--store", "whole")
        self.assertEqual(self.everything("part"), self.everything("whole"))

    def test_what_is_no_shard(self):
        for text in ("0/2", "3/2", "1", "x/2", "1/", "1/0", "-1/2"):
            self.assertIn(f"SHARD={text}: ", self.run_it("good", "--shard", text, expect=2).err)

    def test_shards_of_an_experiment_with_a_goal_stay_open(self):
        for index in (1, 2):
            self.run_it("good,other", "--decide", "2%", "--store", f"part{index}", "--shard", f"{index}/2")
            self.merge("merged", f"part{index}")
        self.assertEqual(self.ask("SELECT status, planned FROM experiment", store="merged"), [("interrupted", 8)])
        self.assertEqual(self.ask("SELECT count(*) FROM run", store="merged"), [(8,)])

    def test_what_comes_before_is_measured_elsewhere(self):
        self.run_it("good,other", "--store", "part", "--from", "4", "--shard", "1/2")
        self.assertEqual(self.ask("SELECT slot FROM run", store="part"), [(4,), (5,)])
        self.assertIn("--from x: must be the number", self.run_it("good", "--from", "x", expect=2).err)

    def test_what_would_be_measured_is_told_to_other_programs(self):
        told = json.loads(self.run_it("good,other", "--describe").out)
        self.assertEqual((told["runs"], told["cells"], told["blocks"], told["family"]), (8, 2, 4, None))
        self.assertEqual(told["programs"], [[f"VARIANT={name}", "HASH=xxh3", "KEY=u64"] for name in ("good", "other")])
        self.assertFalse((self.root / "asked").exists())  # nothing was built
        built = json.loads(self.run_it("good,other", "--build").out)
        self.assertEqual((built["runs"], built["blocks"], self.starts()), (8, 4, []))
        self.assertFalse((self.root / "results/hamtlab.sqlite").exists())
        done = self.run_it("good,other")
        self.assertEqual(done.out, f"experiment {built['family']}1\n")
        columns = ", ".join(built["machine"])
        self.assertEqual(self.ask(f"SELECT {columns} FROM machine"), [tuple(built["machine"].values())])
        self.assertIn("nosuch", self.run_it("good", "--alloc", "nosuch", "--build", expect=2).err)

    # ---- What is interrupted ----

    def check_complete(self, experiments=1):
        self.assertEqual(self.ask("SELECT count(*) FROM experiment"), [(experiments,)])
        self.assertEqual(self.ask("SELECT DISTINCT status FROM experiment"), [("finished",)])
        self.assertEqual(self.ask("SELECT variant, count(*), count(DISTINCT block) FROM process"
                                  " WHERE status = 'ok' GROUP BY 1"),
                         [("good", 10, 10), ("slow", 10, 10)])
        self.assertEqual(self.ask("SELECT count(*) FROM sample"), [(100,)])

    def test_interrupt_and_go_on(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            before = len(self.starts())
            process = self.start("good,slow", "--reps", "10")
            self.wait_for_starts(before + 5)
            process.send_signal(number)
            out, err = process.communicate(timeout=120)
            self.assertEqual((process.returncode, out), (130, ""))
            self.assertRegex(err, r"interrupted: \d+ of 20 runs are stored; the same command")
            self.assertEqual(self.ask("SELECT status FROM experiment"), [("interrupted",)])
        done = self.run_it("good,slow", "--reps", "10")
        self.assertIn("going on with experiment", done.err)
        self.check_complete()

    def test_kill_loses_the_process_in_flight_only(self):
        process = self.start("good,slow", "--reps", "10")
        self.wait_for_starts(6)
        while not self.starts()[-1].startswith("slow"):
            time.sleep(0.01)
        process.kill()
        process.communicate()
        if sys.platform == "linux":  # elsewhere the cell ends by itself
            ends = (self.root / "ends").read_text()
            time.sleep(0.2)  # a cell that outlived the runner would end in this time
            self.assertEqual((self.root / "ends").read_text(), ends)
        self.assertGreaterEqual(self.ask("SELECT count(*) FROM process")[0][0], 4)
        self.run_it("good,slow", "--reps", "10")
        self.check_complete()
        self.assertIn(len(self.starts()), (20, 21))

    def test_another_plan_does_not_go_on(self):
        process = self.start("slow", "--reps", "10")
        self.wait_for_starts(2)
        process.send_signal(signal.SIGINT)
        process.communicate()
        self.run_it("slow", "--reps", "3")
        self.run_it("slow", "--reps", "10", "--name", "named", "--ops", "get")
        self.assertEqual(self.ask("SELECT status, count(*) FROM experiment GROUP BY 1"),
                         [("finished", 2), ("interrupted", 1)])

    def test_two_runners_do_not_measure_into_one_store(self):
        process = self.start("slow", "--reps", "10")
        self.wait_for_starts(1)
        other = self.run_it("slow", "--reps", "10", expect=1)
        self.assertIn("another experiment is being measured", other.err)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)

    def test_two_stores_measured_at_once_are_warned_of(self):
        process = self.start("slow", "--reps", "20")
        self.wait_for_starts(1)
        other = self.run_it("good", "--store", "results/second.sqlite")
        self.assertIn(f"\nwarning: process {process.pid} measures on this machine as well; both",
                      other.err)
        _, err = process.communicate(timeout=120)
        self.assertNotIn("warning", err)
        self.assertNotIn("warning", self.run_it("good").err)

    # ---- A store that cannot be used ----

    def check_refused(self, done, *said):
        complaint = re.sub(r"^\d+ runs of .*\n", "", done.err)
        self.assertEqual((complaint.count("\n"), done.out), (1, ""), done.err)
        for words in said:
            self.assertIn(words, complaint)

    def test_stores_that_are_none(self):
        self.run_it("good", "--name", "x", "--export", "out")
        store = self.root / "results/hamtlab.sqlite"
        whole = store.read_bytes()
        page = 4096
        (self.root / "newer").write_bytes(whole)
        newer = sqlite3.connect(self.root / "newer")
        newer.execute("PRAGMA user_version = 99")
        newer.close()
        foreign = sqlite3.connect(self.root / "foreign")
        foreign.execute("CREATE TABLE t (x)")
        foreign.commit()
        foreign.close()
        (self.root / "garbage").write_bytes(b"no database at all " * 1000)
        (self.root / "cut").write_bytes(whole[:len(whole) // 2 // page * page])
        damaged = bytearray(whole)
        for at in range(len(whole) // 2 // page * page, len(whole), page):
            damaged[at:at + 200] = b"\xa5" * 200
        (self.root / "damaged").write_bytes(damaged)
        for name, said in (("newer", "its tables are of version 99, of a newer hamtlab"),
                           ("foreign", "is the database of another program"),
                           ("garbage", "not a database"), ("cut", "STORE=cut: "),
                           ("damaged", "it is damaged: ")):
            before = (self.root / name).read_bytes()
            for options in ((), ("--dry-run",), ("--more", "3"), ("--import", "out/x"),
                            ("--experiment", "2", "--export", "out")):
                with self.subTest(store=name, options=options):
                    done = self.run_it("good", "--store", name, *options, expect=1)
                    self.check_refused(done, f"STORE={name}: ", said)
                    self.assertEqual((self.root / name).read_bytes(), before)
        self.assertEqual(len(self.starts()), 4)

    def test_full_disk_is_told_with_the_path_and_what_is_kept(self):
        self.run_it("good")
        database = sqlite3.connect(self.root / "results/hamtlab.sqlite")
        database.execute("CREATE TRIGGER full BEFORE INSERT ON run WHEN NEW.slot = 2"
                         " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
        database.commit()
        done = self.run_it("good", "--seed", "2", expect=1)
        self.check_refused(done, "STORE=results/hamtlab.sqlite: database or disk is full; "
                                 "2 of 4 runs are stored and kept, and the same command goes on")
        database.execute("DROP TRIGGER full")
        database.commit()
        database.close()
        self.run_it("good", "--seed", "2")
        self.assertEqual(self.ask("SELECT status, planned FROM experiment"), [("finished", 4)] * 2)
        self.assertEqual(len(self.starts()), 4 + 2 + 1 + 2)  # one was not stored

    def test_store_that_is_deleted_meanwhile(self):
        store = self.root / "results/hamtlab.sqlite"
        for replaced in (False, True):
            before = len(self.starts())
            process = self.start("slow", "--reps", "20")
            self.wait_for_starts(before + 3)
            store.unlink()
            if replaced:
                store.write_text("")
            process.out, process.err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 1)
            self.check_refused(process, "STORE=results/hamtlab.sqlite: its file was deleted or")
            for rest in (self.root / "results").iterdir():
                rest.unlink()

    @unittest.skipUnless(Path("/dev/full").exists(), "needs /dev/full")
    def test_output_that_nobody_gets_is_told(self):
        for options in (("--help",), ("--dry-run",), ()):
            with open("/dev/full", "w") as full:
                done = subprocess.run(self.command("good", *SMALL, *options), cwd=self.root,
                                      stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.endswith("stdout: No space left on device\n"), done.stderr)
        self.assertEqual(self.ask("SELECT status FROM experiment"), [("finished",)])

    # ---- What is exported ----

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
        done = subprocess.run(self.command("good", *SMALL, "--export", "out"), cwd=self.root, text=True, capture_output=True,
                              env={**os.environ, "LD_PRELOAD": str(self.root / "old.so")})
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

    # ---- What an import refuses ----

    SECOND = "results/second.sqlite"

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

    def refused(self, directory, *said, store=SECOND):
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
    subprocess.run(["make", "-s", "build/run/run"], cwd=HERE.parents[1], check=True)
    unittest.main()
