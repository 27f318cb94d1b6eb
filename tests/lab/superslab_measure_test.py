#!/usr/bin/env python3
"""The study of the superslab: its plan, how it is measured and gone on with."""
import collections
import contextlib
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.superslab import measure as superslab_measure, plan, report as superslab  # noqa: E402
from lab.command import BadSetting, Failure  # noqa: E402
from lab.superslab.study import pairs_of  # noqa: E402

MAIN = plan.MAIN


class Plan(unittest.TestCase):
    size = plan.QUICK

    def processes(self, kind, **more):
        return [p for p in plan.schedule(self.size, **more) if p.kind == kind]

    def test_each_configuration_runs_once_in_each_block_of_its_loads(self):
        found = collections.Counter((p.block, p.load, p.configuration.name)
                                    for p in self.processes(plan.TIME))
        self.assertEqual(set(found.values()), {1})
        self.assertEqual(len(found), self.size.blocks * sum(
            len(names) for names in plan.LOADS.values()))

    def test_positions_are_balanced(self):
        """Over two blocks the mean position of all is the same."""
        sums = collections.Counter()
        for p in self.processes(plan.TIME):
            sums[p.load, p.configuration.name] += p.position
        for load, names in plan.LOADS.items():
            self.assertEqual({sums[load, name] for name in names},
                             {self.size.blocks * (len(names) - 1) // 2}, load)

    def test_blocks_are_not_all_in_the_same_order(self):
        first = {p.block: p.configuration.name for p in self.processes(plan.TIME)
                 if p.load == MAIN and p.position == 0}
        self.assertGreater(len(set(first.values())), 2)

    def test_what_is_compared_runs_next_to_each_other(self):
        """A load's configurations are not interrupted by another's."""
        order = [(p.block, p.load) for p in self.processes(plan.TIME)]
        runs = [place for i, place in enumerate(order) if i == 0 or place != order[i - 1]]
        self.assertEqual(len(runs), len(set(runs)))

    def test_all_competitors_of_a_block_draw_alike(self):
        seeds_of = collections.defaultdict(set)
        for p in self.processes(plan.TIME):
            seeds_of[p.block].add(p.seed)
        self.assertEqual(seeds_of, {block: {42 + block} for block in range(self.size.blocks)})

    def test_without_tools_their_rows_are_left_out(self):
        self.assertEqual(self.processes(plan.PROFILE, tools=()), [])
        self.assertEqual({p.configuration.allocator for p in
                          self.processes(plan.COUNT, tools=())},
                         {plan.SUPERSLAB})

    def test_a_switch_thrown_alone_is_the_only_difference(self):
        settings = {name: c.settings for name, c in plan.BY_NAME.items()}
        for name, base, changed in (("2m", "phase9-on", {"SUPERSLAB_SIZE"}),
                                    ("prewarm", "phase9-on", {"SUPERSLAB_PREWARM"}),
                                    ("mask", "linear", {"SUPERSLAB_LOOKUP"}),
                                    ("phase9-off", "phase8", {"SUPERSLAB_LOOKUP"}),
                                    ("phase9-off", "phase9-on", {"SUPERSLAB"}),
                                    ("pool", "phase9-on", {"SUPERSLAB_BACKEND"}),
                                    ("uncapped", "phase9-on", {"SUPERSLAB_POOL_CAP"}),
                                    ("wrapped", "phase9-on", set())):
            one, other = settings[name], settings[base]
            self.assertEqual({key for key in one.keys() | other.keys()
                              if one.get(key) != other.get(key)}, changed, name)


class Parsing(unittest.TestCase):
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
        self.assertEqual(superslab_measure.places(script), {
            "kernel_munmap": 1, "kernel_mmap": 1, "kernel_fault": 1, "kernel_other": 1, "loop": 2,
            "free": 1, "refill": 1, "lookup": 1, "other": 1})

    def test_strace_s_counts(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 98.50    0.123456          12     10234           mmap\n"
                "  1.50    0.000001           1         7         2 open\n"
                "100.00    0.123457                 10241         2 total\n")
        self.assertEqual(dict((name, calls) for calls, name in
                              superslab_measure.STRACE_LINE.findall(text)),
                         {"mmap": "10234", "open": "7"})

    def test_counts_go_there_and_back(self):
        self.assertEqual(pairs_of(superslab_measure.counts_text({"a": 1, "b_c": 2.5})),
                         {"a": 1.0, "b_c": 2.5})


@unittest.skipUnless(sys.platform == "linux", "the study is for Linux")
class Measuring(unittest.TestCase):
    """With the C library's malloc and the loop alone, on few cycles."""

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "superslab-programs"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        # A starved process may be over before perf has seen it once.
        without_perf = mock.patch.object(superslab_measure, "usable_tools", lambda: ["strace"])
        without_perf.start()
        self.addCleanup(without_perf.stop)
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.out = pathlib.Path(directory.name) / "superslab"

    def measure(self, *more):
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            superslab_measure.report(["--out", str(self.out), "--only", "glibc,best,loop", "--size",
                                      "quick", "--blocks", "1", "--cycles", "20000", *more])
        return error.getvalue()

    def rows(self):
        return superslab_measure.read_rows(self.out / superslab_measure.RUNS)

    def test_every_process_is_a_row_and_is_what_was_planned(self):
        self.measure()
        about, rows = json.loads((self.out / superslab_measure.ABOUT).read_text()), self.rows()
        self.assertIsNotNone(about["finished"])
        self.assertEqual(len(rows), about["same"]["processes"])
        self.assertEqual([row["detail"] for row in rows if row["status"] != "ok"], [])
        self.assertEqual([int(row["number"]) for row in rows], list(range(len(rows))))
        for row in rows:
            self.assertEqual(row["allocator"], "libsuperslab.so" if row["configuration"] == "best"
                             else "libc.so.6")
        draws = collections.defaultdict(set)
        for row in rows:  # where the machine is slow, the time of some is up before their cycles are
            if row["kind"] == plan.COUNT and row["cycles"] == "20000":
                draws[row["load_slots"], row["load_generator"]].add(row["checksum"])
        self.assertEqual({len(found) for found in draws.values()}, {1})
        counted = {row["configuration"]: pairs_of(row["counts"]) for row in rows
                   if row["kind"] == plan.COUNT}
        self.assertGreater(counted["best"]["refills"], 0)
        # The report can be made of it.
        with contextlib.redirect_stdout(io.StringIO()) as out:
            superslab.superslab(results=self.out.parent)
        self.assertIn("004 bench", out.getvalue())

    def test_what_was_interrupted_goes_on(self):
        self.measure()
        path = self.out / superslab_measure.RUNS
        whole, about = path.read_text(), json.loads((self.out / "about.json").read_text())
        lines = whole.splitlines(keepends=True)
        half = len(lines) // 2
        # Killed while it wrote a row.
        path.write_text("".join(lines[:half]) + lines[half][:20])
        about["finished"] = None
        (self.out / "about.json").write_text(json.dumps(about))
        said = self.measure()
        self.assertIn(f"going on: {half - 1} of {len(lines) - 1} processes are stored", said)
        again = path.read_text().splitlines(keepends=True)
        self.assertEqual(again[:half], lines[:half])
        self.assertEqual(len(again), len(lines))
        self.assertEqual([int(row["number"]) for row in self.rows()], list(range(len(lines) - 1)))
        self.assertEqual(json.loads((self.out / "about.json").read_text())["started"],
                         about["started"])

    def test_another_study_s_rows_are_kept_aside(self):
        self.measure()
        before = (self.out / superslab_measure.RUNS).read_text()
        said = self.measure("--cycles", "30000")
        aside = list(self.out.glob("before-*"))
        self.assertEqual(len(aside), 1, said)
        self.assertEqual((aside[0] / superslab_measure.RUNS).read_text(), before)
        self.assertTrue(all(row["cycles"] != "20000" for row in self.rows()
                            if row["kind"] == plan.TIME))

    def test_what_fails_is_stored_and_told(self):
        broken = dict(superslab_measure.PROGRAMS) | {"steps": shutil.which("false")}
        kept, superslab_measure.PROGRAMS = superslab_measure.PROGRAMS, {
            name: pathlib.Path(path) for name, path in broken.items()}
        try:
            with self.assertRaisesRegex(Failure, "processes gave no result"):
                self.measure()
        finally:
            superslab_measure.PROGRAMS = kept
        failed = [row for row in self.rows() if row["status"] == "failed"]
        self.assertEqual({row["kind"] for row in failed}, {plan.STEPS})
        self.assertEqual({row["detail"] for row in failed}, {"exit status 1"})

    def test_bad_settings(self):
        for given in (["--only", "phase7"], ["--blocks", "0"], ["--cycles", "-1"]):
            with self.subTest(given), self.assertRaises(BadSetting):
                superslab_measure.report(["--out", str(self.out), *given])
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
