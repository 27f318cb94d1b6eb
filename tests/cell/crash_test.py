#!/usr/bin/env python3
"""A crash in the child that measures ends the measuring program by the same signal, and is stored
as a crash: it is neither a want of memory nor a wrong answer.  (Children are found in /proc.)"""
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from cells import ROOT, make

SCALE = "300000"  # so that there is time to find the child


def children(pid):
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == str(pid):
            found.append(stat.parent.name)
    return found


def measures(pid):
    try:
        return SCALE.encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@unittest.skipUnless(sys.platform == "linux", "needs /proc")
class Crash(unittest.TestCase):
    def start(self, *command):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, preexec_fn=no_core)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def kill_the_child(self, find, process, number):
        """Kills the first process that `find` gives."""
        deadline = time.monotonic() + 60
        while not (found := find()):
            self.assertIsNone(process.poll(), "it ended before its child was found")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.001)
        os.kill(int(found[0]), number)

    def test_the_cell_ends_by_the_signal(self):
        cell = make("VARIANT=list", "cell").split()[-1]
        for op, number in (("put", signal.SIGSEGV), ("remove", signal.SIGBUS),
                           ("put", signal.SIGABRT), ("put", signal.SIGKILL)):
            with self.subTest(f"{op} {number.name}"):
                process = self.start(cell, "--op", op, "--pattern", "shuffled", "--scale", SCALE)
                self.kill_the_child(lambda: children(process.pid), process, number)
                out, err = process.communicate(timeout=60)
                self.assertEqual((process.returncode, out, err), (-number, "", ""))

    def test_a_child_that_ends_without_an_answer_is_no_want_of_memory(self):
        cell = make("VARIANT=list", "cell").split()[-1]
        with tempfile.TemporaryDirectory() as room:
            library = pathlib.Path(room) / "leave.so"
            source = library.with_suffix(".c")
            source.write_text("#include <pthread.h>\n#include <unistd.h>\n"
                              "static void leave(void) { _exit(0); }\n"
                              "__attribute__((constructor)) static void prepare(void) {"
                              " pthread_atfork(NULL, NULL, leave); }\n")
            subprocess.run(["cc", "-shared", "-fPIC", source, "-o", library], check=True)
            for op in ("put", "remove"):
                done = subprocess.run([cell, "--op", op, "--pattern", "random", "--scale", "10"],
                                      cwd=ROOT, env={"LD_PRELOAD": str(library)}, text=True,
                                      capture_output=True)
                self.assertEqual((done.returncode, done.stdout), (4, ""))
                self.assertIn("the process that measures ended without an answer", done.stderr)

    def test_the_runner_tells_it_as_a_crash_and_tries_again(self):
        make("build/run/run")
        with tempfile.TemporaryDirectory() as room:
            store = pathlib.Path(room) / "store.sqlite"
            process = self.start("build/run/run", "--store", str(store), "--variants", "list",
                                 "--ops", "put", "--patterns", "shuffled", "--scales", SCALE,
                                 "--reps", "2", "--samples", "1")

            def grandchildren():
                return [pid for cell in children(process.pid) if measures(cell)
                        for pid in children(cell)]
            self.kill_the_child(grandchildren, process, signal.SIGSEGV)
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
            self.assertRegex(err, r"list .*: crash: signal 11 ")
            connection = sqlite3.connect(store)
            rows = connection.execute("SELECT status FROM run ORDER BY slot").fetchall()
            connection.close()
            self.assertEqual(rows, [("ok",), ("ok",)])


if __name__ == "__main__":
    unittest.main()
