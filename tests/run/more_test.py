#!/usr/bin/env python3
"""More replicates for an experiment that there is: as many as are asked for, or until something is decided."""
import signal
import sqlite3
import subprocess

from runner import HERE, RUN, Runner, main


class More(Runner):
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


if __name__ == "__main__":
    main()
