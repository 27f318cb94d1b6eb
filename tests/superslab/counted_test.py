#!/usr/bin/env python3
"""The workload under what counts it, and the superslab's study as a plan, cut short."""
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments" / "counted"))
import protocol  # noqa: E402
import random_mixed  # noqa: E402

PLAN = ROOT / "experiments" / "superslab.plan"


class Telling(unittest.TestCase):
    def test_perf_s_samples_fall_where_they_fell(self):
        kernel, program, library = "([kernel.kallsyms])", "(/x/random-mixed)", "(/x/libsuperslab.so)"
        script = "\n\n".join("\n".join(f"\t{symbol} {file}" for symbol, file in frames) for frames in (
            [("do_vmi_munmap", kernel), ("__x64_sys_munmap", kernel), ("__munmap", "(/x/libc.so.6)")],
            [("mas_walk", kernel), ("ksys_mmap_pgoff", kernel)],
            [("clear_page_erms", kernel), ("asm_exc_page_fault", kernel), ("main", program)],
            [("schedule", kernel)],
            [("mixed_run", program)], [("mixed_run", program)],
            [("free", library), ("mixed_run", program)],
            [("heap_refill", library)],
            [("lookup", library), ("free", library)],
            [("memcpy", "(/x/libc.so.6)")])) + "\n"
        self.assertEqual(random_mixed.places(script), {
            "kernel_munmap": 1, "kernel_mmap": 1, "kernel_fault": 1, "kernel_other": 1, "loop": 2,
            "free": 1, "refill": 1, "lookup": 1, "other": 1})

    def test_strace_s_counts(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 98.50    0.123456          12     10234           mmap\n"
                "  1.50    0.000001           1         7         2 open\n"
                "100.00    0.123457                 10241         2 total\n")
        self.assertEqual(dict((name, calls) for calls, name in
                              random_mixed.STRACE_LINE.findall(text)),
                         {"mmap": "10234", "open": "7"})


class Failing(unittest.TestCase):
    def test_what_the_workload_found_wrong_is_told_from_counting_that_failed(self):
        for status, said, expected in ((1, "random-mixed: a block was overwritten while it lived", 1),
                                       (1, "strace: attach: ptrace: Operation not permitted", 4),
                                       (2, "random-mixed: --scale x: wanted a number", 4)):
            with self.subTest(said):
                with self.assertRaises(protocol.Failed) as caught:
                    random_mixed.run(["sh", "-c", f"echo '{said}' >&2; exit {status}"], {})
                self.assertEqual(caught.exception.status, expected)
                self.assertIn(said, str(caught.exception))


@unittest.skipUnless(sys.platform == "linux", "the study is for Linux")
class Study(unittest.TestCase):
    """The plan's lines with few configurations, blocks and cycles."""
    FEW = ["phase8", "best", "wrapped", "loop", "glibc"]

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/run/run", "superslab-programs"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        cls.known = json.loads(subprocess.run(
            ["build/superslab/random-mixed-counted", "--describe"], cwd=ROOT, check=True, text=True,
            capture_output=True).stdout)["operations"]

    def short(self, line):
        op = re.search(r"OPS=(\S+)", line)[1]
        if op in ("count", "profile") and op not in self.known:
            return ""
        names = re.search(r"ALLOC=(\S+)", line)[1].split(",")
        line = re.sub(r"ALLOC=\S+", f"ALLOC={','.join(n for n in names if n in self.FEW)}", line)
        line = re.sub(r"REPS=\d+", "REPS=1", re.sub(r" cycles=\S+ milliseconds=\S+", "", line))
        return line + (" rounds=1" if op == "steps" else f" cycles=2000 milliseconds={20 if op == 'profile' else 5}")

    def test_each_line_is_measured_and_says_what_the_report_needs(self):
        lines = [self.short(line) for line in PLAN.read_text().splitlines() if line[0] != "#"]
        with tempfile.TemporaryDirectory() as room:
            (pathlib.Path(room) / "plan").write_text("\n".join(lines))
            done = subprocess.run(["build/run/run", "--store", f"{room}/store", "--plan",
                                   f"{room}/plan"], cwd=ROOT, text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            store = sqlite3.connect(f"{room}/store")
            rows = store.execute("SELECT op, allocator_asked, allocator, parameters, group_concat(name)"
                                 " FROM process JOIN value USING (experiment, slot)"
                                 " GROUP BY experiment, slot").fetchall()
            store.close()
        needed = {"mixed": "mops", "count": "count.mmap_calls", "steps": "pair_ns",
                  "profile": "profile."}  # where samples fall is chance
        self.assertEqual({op for op, *_ in rows}, {"mixed", "steps", *self.known})
        for op, asked, served, parameters, names in rows:
            self.assertTrue(any(name.startswith(needed[op]) for name in names.split(",")), names)
            self.assertEqual(served, "libc.so.6" if asked in ("loop", "glibc") else "libsuperslab.so")
        self.assertEqual({p.split("threads=")[1][0] for op, _, _, p, _ in rows if op == "mixed"},
                         {"1", "2"})


if __name__ == "__main__":
    unittest.main()
