#!/usr/bin/env python3
"""Stores that cannot be used, get full or vanish."""
import re
import sqlite3
import subprocess
import unittest
from pathlib import Path

from runner import SMALL, Runner, main


class BadStore(Runner):
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


if __name__ == "__main__":
    main()
