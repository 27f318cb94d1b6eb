#!/usr/bin/env python3
"""What the runner refuses before anything is measured, and what it takes: allocators, copies, parameters."""
import os
import re
import signal
import time

from runner import SYSTEM, Runner, main


class Refused(Runner):
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


if __name__ == "__main__":
    main()
