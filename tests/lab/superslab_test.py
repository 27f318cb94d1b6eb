#!/usr/bin/env python3
"""The study of the superslab: its plan, how it is measured and gone on with, and what the report and
the audit make of measurements whose answers are known."""
import collections
import contextlib
import csv
import io
import pathlib
import sys
import unittest
from types import SimpleNamespace

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.audit import superslab as audit_superslab  # noqa: E402
from lab import verdicts  # noqa: E402
from lab.documents import seeds  # noqa: E402
from lab.superslab import report as superslab, measure as superslab_measure, plan  # noqa: E402
from lab.audit.outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED  # noqa: E402
from lab.superslab.study import Study, pairs_of  # noqa: E402

CLAIMS = ROOT / "results" / "audit" / "claims.csv"
MAIN = plan.MAIN


def claims():
    with open(CLAIMS, newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["document"] == "004"]


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
    def test_counts_go_there_and_back(self):
        self.assertEqual(pairs_of(superslab_measure.counts_text({"a": 1, "b_c": 2.5})),
                         {"a": 1.0, "b_c": 2.5})


# ---- Made-up studies ----

BLOCKS = 8
# Mop/s; what is not named runs at 10.
SPEEDS = {"phase8": 16.5, "phase9-off": 16.5, "phase9-on": 16.4, "linear": 16.5, "mask": 16.5,
          "2m": 22, "prewarm": 26, "2m+prewarm": 47, "pool": 50, "uncapped": 40, "wrapped": 15.3,
          "mimalloc": 95, "batch-1": 8, "batch-512": 20, "best": 90}
KERNELS = {"phase8": 0.55, "phase9-on": 0.55, "2m": 0.35, "prewarm": 0.3, "2m+prewarm": 0.1}


def row_of(kind, name, load, block, **values):
    process = plan.Process(kind, block, 0, plan.BY_NAME[name], load, 0, 0.0)
    row = dict.fromkeys(superslab_measure.COLUMNS, "")
    row |= {key: str(value) for key, value in superslab_measure.planned(0, process).items()}
    return row | {"status": "ok"} | {key: str(value) for key, value in values.items()}


def made_rows(speeds=None, kernels=None, lookup_cycles=60, calls=4000, fallbacks=None,
              profile="kernel_munmap=30 kernel_mmap=11 kernel_other=14 loop=45"):
    """A study in which everything is as the document has it; blocks differ by the machine's mood."""
    speeds, kernels = SPEEDS | (speeds or {}), KERNELS | (kernels or {})
    rows = []
    for load, names in plan.LOADS.items():
        for name in names:
            for block in range(BLOCKS):
                mood = 1 + 0.1 * block
                share = kernels.get(name, 0.02)
                rows.append(row_of("time", name, load, block, mops=speeds.get(name, 10) * mood,
                                   kernel_share=share, system=share * 0.605, user=1,
                                   cycles=10 ** 7, rss_most=5e6, areas_most=30,
                                   live_peak=4e6, rss_peak=4.5e6 if name == "uncapped+2m" else 5e6))
    for name in plan.STEPPED:
        for block in range(BLOCKS):
            lookup = {"uncapped+linear": lookup_cycles, "uncapped": 12}.get(name, 4)
            rows.append(row_of("steps", name, MAIN, block, cycle_ns=0.25, pair_ns=2.0,
                               empty_pair_ns=0.5, lookup_ns=1 + lookup / 4, empty_lookup_ns=1,
                               map_ns=900))
    for name in plan.COUNTED:
        found = dict(mmap_calls=calls / 2, munmap_calls=calls / 2, exhausted_c7=4,
                     lookups=0 if name == "phase9-off" else 100)
        found |= {f"fallbacks_{key}": count for key, count in (fallbacks or {"c7": 4000}).items()}
        rows.append(row_of("count", name, MAIN, 0, cycles=10 ** 7, allocations=5e6, frees=5e6,
                           counts=superslab_measure.counts_text(found)))
    for name in plan.PROFILED:
        rows += [row_of("profile", name, MAIN, block, counts=profile) for block in range(BLOCKS)]
    return rows


class Report(unittest.TestCase):
    def lines(self, rows):
        return {line.figure.id: line for _, lines in superslab.lines_of(Study(rows))
                for line in lines}

    def test_there_is_a_line_for_every_figure(self):
        self.assertEqual(set(self.lines(made_rows())),
                         {f.id for f in seeds.read_figures() if f.document == "004"})

    def test_a_machine_that_does_as_the_document_says_reproduces_it(self):
        lines = self.lines(made_rows())
        for figure in ("bench.02", "bench.04", "bench.05", "profile.01", "profile.03", "profile.05",
                       "causes.05", "causes.06", "causes.07", "phase8.01", "plan.04", "plan.05",
                       "plan.08", "scenarios.01", "scenarios.02", "scenarios.03", "scenarios.05",
                       "next.05"):
            self.assertEqual(lines[f"004.{figure}"].verdict, seeds.REPRODUCED, figure)
        self.assertEqual(lines["004.plan.12"].verdict, seeds.NOT_MEASURED)
        self.assertEqual(lines["004.profile.13"].ours, lines["004.profile.07"].ours)  # of free
        self.assertEqual(lines["004.plan.01"].verdict, seeds.NO_NEIGHBOUR)

    def test_another_does_not(self):
        lines = self.lines(made_rows({"2m": 16, "prewarm": 12, "2m+prewarm": 16, "phase9-on": 60},
                                     {"phase9-on": 0.2}, lookup_cycles=9, calls=100,
                                     profile="kernel_munmap=1 loop=99"))
        for figure in ("bench.04", "profile.01", "profile.03", "causes.07", "phase8.01", "plan.05",
                       "plan.08", "scenarios.03"):
            self.assertEqual(verdicts.kind(lines[f"004.{figure}"].verdict), seeds.NOT_REPRODUCED,
                             figure)

    def test_without_rows_nothing_is_measured(self):
        found = {line.verdict for line in self.lines([]).values()}
        self.assertEqual(found, {seeds.NOT_MEASURED, seeds.NO_NEIGHBOUR})

    def test_ratios_are_taken_within_blocks(self):
        """The machine's mood changes twofold, the ratio not at all."""
        ratio = Study(made_rows()).ratio("2m", "phase9-on")
        self.assertAlmostEqual(ratio.low, 22 / 16.4)
        self.assertAlmostEqual(ratio.high, 22 / 16.4)
        self.assertEqual(ratio.count, BLOCKS)

    def verdicts(self, rows):
        return {(target.what, target.load): superslab.verdict_of(target)
                for target in superslab.targets_of(Study(rows))}

    def test_targets(self):
        good = self.verdicts(made_rows())
        self.assertEqual(set(good.values()), {superslab.MET})
        slow = self.verdicts(made_rows({"best": 80}))  # 0.84 of mimalloc: enough for two threads
        for (what, load), verdict in slow.items():
            self.assertEqual(verdict, superslab.MISSED if what == "Mop/s / mimalloc"
                             and load.threads == 1 else superslab.MET, (what, load))
        self.assertEqual(self.verdicts(made_rows(kernels={"best": 0.06}))["kernel's share", MAIN],
                         superslab.MISSED)
        self.assertEqual(set(self.verdicts([]).values()), {seeds.NOT_MEASURED})

    def test_dependence_on_the_generator(self):
        rows = made_rows()
        self.assertEqual(superslab.dependence(Study(rows), "2m", "phase9-on")[2], "no")
        for row in rows:
            if (row["configuration"], row["load_generator"], row["kind"]) == ("2m", "good", "time"):
                row["mops"] = str(2 * float(row["mops"]))
        self.assertEqual(superslab.dependence(Study(rows), "2m", "phase9-on")[2], "yes")

    def test_throughputs_of_any_size_have_three_digits(self):
        self.assertEqual([superslab.significant(value) for value in
                          (0, 0.0345678, 1.23456, 45.678, 678.9, 12345.6, -2.345)],
                         ["0.00", "0.0346", "1.23", "45.7", "679", "12346", "-2.35"])

    def test_it_prints_all_of_it(self):
        about = {"started": "2030-01-02T03:04:05+00:00", "finished": None, "commit": None,
                 "dirty": True, "same": {"machine": {"cpu": "a processor", "cores": 2, "kernel": "k",
                                                     "thp": "never", "libc": "glibc 2"},
                                         "libraries": {"mimalloc": ["libmimalloc.so.2.0", "1"]}}}
        rows = made_rows() + [row_of("time", "best", MAIN, 9) | {"status": "failed",
                                                                 "detail": "it crashed"}]
        with contextlib.redirect_stdout(io.StringIO()) as out:
            superslab.print_report(about, rows)
        text = out.getvalue()
        for part in ("004 bench", "004 profile", "004 scenarios", "x mimalloc", "unfinished",
                     "depends on the generator", "What the best setting is to reach",
                     "failed, 1 processes: time best: it crashed"):
            self.assertIn(part, text)


class Audit(unittest.TestCase):
    def outcomes(self, rows):
        evidence = SimpleNamespace(superslab=rows)
        return {claim["id"][-3:]: audit_superslab.TESTS[claim["test"]](claim, evidence)
                for claim in claims()}

    def test_every_claim_has_a_test(self):
        self.assertEqual({claim["test"] for claim in claims()}, set(audit_superslab.TESTS))

    def test_claims_hold_where_all_is_as_they_say(self):
        found = self.outcomes(made_rows())
        for name in ("c01", "c02", "c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11", "c12",
                     "c13", "c14", "c15", "c16", "c17", "c18", "c19", "c20", "c21"):
            # A pair of 1.5 ns is 3 cycles of 0.25 ns for each of the two.
            self.assertEqual(found[name].verdict, HOLDS, (name, found[name]))
            self.assertGreaterEqual(found[name].replicates, 1)

    def test_and_do_not_where_nothing_is(self):
        found = self.outcomes(made_rows(
            {"phase9-on": 60, "2m": 60, "prewarm": 60, "2m+prewarm": 60, "pool": 60, "mask": 90,
             "wrapped": 30, "batch-512": 6, "mimalloc": 62}, dict.fromkeys(KERNELS, 0.2),
            lookup_cycles=10, calls=40, fallbacks={"c6": 100, "c7": 5}, profile="lookup=9 loop=91"))
        for name, outcome in found.items():
            if name not in ("c02", "c07", "c19", "c20"):
                self.assertEqual(outcome.verdict, DOES_NOT_HOLD, (name, outcome))

    def test_nothing_is_said_without_measurements(self):
        for name, outcome in self.outcomes([]).items():
            self.assertEqual(outcome.verdict, NOT_MEASURED, name)
            self.assertEqual(outcome.replicates, 0)

    def test_too_few_processes_decide_nothing(self):
        few = [row for row in made_rows() if int(row["block"]) < 3]
        found = self.outcomes(few)
        for name in ("c04", "c05", "c12", "c14", "c20", "c21"):
            self.assertEqual(found[name].verdict, NOT_MEASURED, name)

    def test_the_generators_are_told_apart(self):
        rows = made_rows()
        for row in rows:
            if row["load_generator"] == "good" and row["kind"] == "time":
                row["mops"] = str(1.5 * float(row["mops"]))
        self.assertEqual(self.outcomes(rows)["c20"].verdict, DOES_NOT_HOLD)


if __name__ == "__main__":
    unittest.main()
