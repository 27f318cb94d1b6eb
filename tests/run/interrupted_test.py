#!/usr/bin/env python3
"""An experiment that is interrupted or killed, and goes on; two that are measured at once."""
import signal
import sys
import time

from runner import Runner, main


class Interrupted(Runner):
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


if __name__ == "__main__":
    main()
