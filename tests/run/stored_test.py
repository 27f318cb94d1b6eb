#!/usr/bin/env python3
"""The runner from the outside: what it stores, and what it tells of what is to come."""
import os
import sqlite3
import subprocess

from runner import SYSTEM, Runner, main


class Stored(Runner):
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


if __name__ == "__main__":
    main()
