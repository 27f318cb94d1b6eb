#!/usr/bin/env python3
"""The audit's tests of counts and of what is known of processes, on made-up evidence with known
answers; and the trees that it has made."""
import contextlib
import io
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests" / "lab")]
from lab import cell, command  # noqa: E402
from lab.audit import (counts as audit_counts, processes as audit_processes,  # noqa: E402
                       trees as audit_trees)
from lab.shape import pool  # noqa: E402
from lab.audit.evidence import Evidence, Shape  # noqa: E402
from lab.audit.outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED  # noqa: E402
import made_counts  # noqa: E402
from made_evidence import at, claim, made, processes, tree_of  # noqa: E402


class Counts(unittest.TestCase):
    def check(self, row, holds, fails, **more):
        test = audit_counts.TESTS[row["test"]]
        outcome = test(row, made(trees=holds, **more))
        self.assertEqual(outcome.verdict, HOLDS, outcome)
        self.assertEqual(test(row, made(trees=fails, **more)).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made()).verdict, NOT_MEASURED)
        return outcome

    def test_tree_count(self):
        row = claim("tree_count", "list phase3", comparison="nodes_per_entry", claimed="6.87")
        def trees(second):
            return {Shape("list", "sequential", 1000): {"entries": 1000, "inner_nodes": 6900},
                    Shape("phase3", "sequential", 1000): {"entries": 1000, "inner_nodes": second}}
        self.check(row, trees(6800), trees(5000))

    def test_counts_by_scale(self):
        row = claim("counts_by_scale", "p", scale="1000 5000", comparison="pool_fallback_percent",
                    claimed="0 then 79")

        def trees(last):
            return {Shape("p", "sequential", scale): {
                "pool": {"allocations": 100, "fallbacks": many}}
                for scale, many in ((1000, 0), (5000, last))}
        outcome = self.check(row, trees(79), trees(60))
        self.assertIn("79.0 at 5K", outcome.measured)

    def test_growth(self):
        row = claim("growth", "list", scale="1000 10000", comparison="inner_nodes", claimed=">10")

        def trees(last):
            return {Shape("list", "sequential", scale): {"inner_nodes": nodes}
                    for scale, nodes in ((1000, 100), (10000, last))}
        self.check(row, trees(1100), trees(900))

    def test_tree_against_model(self):
        row = claim("tree_against_model", "list", pattern="sequential random", scale="10000")

        def trees(factor):
            return {Shape("list", pattern, 10000): tree_of(cell.SHAPES["list"], 10000, many)
                    for pattern, many in (("sequential", factor), ("random", 1.0))}
        self.check(row, trees(1.2), trees(1.0))

    def test_levels_against_model(self):
        row = claim("levels_against_model", "list", settings="HASH=a,b", scale="10000")

        def trees(**extra):
            made_up = {}
            for name, nodes in extra.items():
                tree = tree_of(cell.SHAPES["list"], 10000)
                tree["inner_at_level"][2] -= nodes
                made_up[Shape("list", "sequential", 10000, name)] = tree
            return made_up
        outcome = self.check(row, trees(a=400, b=300), trees(a=400, b=0))
        self.assertIn("a, b not; furthest off is level 2", outcome.measured)

    def test_nodes_by_hash(self):
        row = claim("nodes_by_hash", "list", settings="HASH=xxh3,other")

        def trees(other):
            return {Shape("list", "sequential", 1000, name): {"inner_nodes": nodes}
                    for name, nodes in (("xxh3", 1000), ("other", other))}
        self.check(row, trees(800), trees(990))

    def test_lazy_or_compressed(self):
        row = claim("lazy_or_compressed", "reference", scale="10000")

        def trees(rule):
            return {Shape("reference", "sequential", 10000): tree_of(
                cell.CORES["reference"]._replace(rule=rule), 10000)}
        self.check(row, trees("pathcomp"), trees("lazy"))

    def test_nodes_removed(self):
        row = claim("nodes_removed", "list lazy pathcomp", claimed=">0.5")

        def trees(compressed):
            return {Shape(name, "sequential", 1000): {"inner_nodes": nodes} for name, nodes in
                    (("list", 1000), ("lazy", 820), ("pathcomp", compressed))}
        outcome = self.check(row, trees(400), trees(800))
        self.assertAlmostEqual(outcome.value, 0.6)
        self.assertIn("are 70.00 % at most", outcome.measured)

    def test_sufficient_pool(self):
        row = claim("sufficient_pool", "p", claimed="0")
        slots = str(pool.with_headroom(pool.SLOTS_PER_ENTRY * 1000))

        def trees(fallbacks):
            return {Shape("p", "sequential", 1000, pool_slots=slots): {"pool": {
                "fallbacks": fallbacks}}}
        self.check(row, trees(0), trees(3))

    def test_memory_against_need(self):
        row = claim("memory_against_need", "bump grow", claimed="1")

        def evidence(bump):
            trees = {Shape("bump", "sequential", 1000): {
                "pool": {"slots_live": 20, "slots_capacity": 100}}}
            return made([{at(name): processes(1, tree={"bytes_per_entry": size})
                          for name, size in (("bump", bump), ("grow", 100))}], trees)
        self.assertEqual(audit_counts.memory_against_need(row, evidence(102)).verdict, HOLDS)
        outcome = audit_counts.memory_against_need(row, evidence(800))
        self.assertEqual((outcome.verdict, outcome.value), (DOES_NOT_HOLD, 8))
        self.assertIn("20.0 % of its slots live", outcome.measured)
        self.assertEqual(audit_counts.memory_against_need(row, made()).verdict, NOT_MEASURED)


class Processes(unittest.TestCase):
    def test_instruction_share(self):
        row = claim("instruction_share", "list", comparison="memory: share", claimed="0.5..0.6")

        def profile(memory, walking):
            return made_counts.shares(*(dict(composition="list", op="put", pattern="sequential", scale=1000,
                                             category=category, instructions=many, ll_misses=1)
                                        for category, many in (("memory", memory), ("walking", walking))))
        test = audit_processes.instruction_share
        outcome = test(row, made(attribution=profile(1000, 1000)))
        self.assertEqual((outcome.verdict, outcome.value), (HOLDS, 0.5))
        self.assertEqual(test(row, made(attribution=profile(100, 1000))).verdict, DOES_NOT_HOLD)
        self.assertEqual(test(row, made(attribution=made_counts.shares())).verdict, NOT_MEASURED)

    def counts(self, op, scale, instructions, **misses):
        return dict.fromkeys(audit_processes.MISSES, 0) | dict(
            composition="a", op=op, pattern="sequential", scale=scale, instructions=instructions, **misses)

    def test_growth_beyond_instructions(self):
        row = claim("growth_beyond_instructions", "a", scale="1000 5000", claimed=">1")
        rows = made_counts.counts(self.counts("put", 1000, 100), self.counts("put", 5000, 150))
        test = audit_processes.growth_beyond_instructions
        for late, verdict in ((40, HOLDS), (10, DOES_NOT_HOLD)):
            evidence = made([{at("a"): 10, at("a", scale=5000): late}], instructions=rows)
            outcome = test(row, evidence)
            self.assertEqual(outcome.verdict, verdict)
            self.assertAlmostEqual(outcome.value, late / 10 / 1.5, delta=0.1)
        self.assertEqual(test(row, made(instructions=made_counts.counts())).verdict, NOT_MEASURED)

    def test_simulated_misses(self):
        row = claim("simulated_misses", "a", op="get get_in_order")
        test = audit_processes.simulated_misses

        def verdict(other, instructions=100):
            rows = made_counts.counts(self.counts("get", 1000, instructions, d1_misses=10),
                                      self.counts("get_in_order", 1000, 100, d1_misses=other))
            return test(row, made(instructions=rows)).verdict
        self.assertEqual(verdict(5), HOLDS)
        self.assertEqual(verdict(10), DOES_NOT_HOLD)
        self.assertEqual(verdict(5, instructions=150), DOES_NOT_HOLD)
        self.assertEqual(test(row, made(instructions=made_counts.counts())).verdict, NOT_MEASURED)

    def test_waiting(self):
        row = claim("waiting", "list", claimed=">1")
        for switches, verdict in ((5000, HOLDS), (3, DOES_NOT_HOLD)):
            rows = [dict(composition="list", op="put", blocks="1000000", switches=str(switches + i))
                    for i in range(6)]
            self.assertEqual(audit_processes.waiting(row, made(switches=rows)).verdict, verdict)
        self.assertEqual(audit_processes.waiting(row, made(switches=[])).verdict, NOT_MEASURED)

    def test_lost_keys(self):
        row = claim("lost_keys", "reference")

        def lost(many):
            return [dict(commit="c", hash="h", keys="1000", lost=str(many))]
        test = audit_processes.lost_keys
        trees = {Shape("reference", "random", 10 ** 6): {}}
        outcome = test(row, made(trees=trees, lost_keys=lost(3)))
        self.assertEqual((outcome.verdict, outcome.value), (DOES_NOT_HOLD, 3))
        self.assertIn("0 lost in 1 maps of up to 1,000,000", outcome.measured)
        self.assertEqual(test(row, made(trees=trees, lost_keys=lost(0))).verdict, HOLDS)
        self.assertEqual(test(row, made(lost_keys=[])).verdict, NOT_MEASURED)


class Trees(unittest.TestCase):
    def test_no_map_is_made_twice(self):
        wanted = audit_trees.wanted()
        self.assertEqual(len(set(wanted)), len(wanted))
        self.assertIn(("phase2.5", "random", 1000, "xxh3", 36000), wanted)

    def test_a_row_is_read_back(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        (directory / "audit").mkdir()
        rows = [audit_trees.tree_row("list", "sequential", 1000, "murmur3", None),
                audit_trees.tree_row("phase2", "sequential", 1000, "murmur3", 36000)]
        audit_trees.write(directory / "audit" / audit_trees.TREES, audit_trees.TREE_COLUMNS, rows)
        evidence = Evidence(directory, directory)
        plain = Shape("list", "sequential", 1000, "murmur3")
        self.assertEqual(evidence.tree(plain)["entries"], 1000)
        sized = Shape("phase2", "sequential", 1000, "murmur3", "36000")
        self.assertEqual(evidence.tree(sized)["pool"]["slots_capacity"], 36000)

    def test_a_directory_that_is_not_there(self):
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            with self.assertRaises(SystemExit) as stopped:
                command.run_report("audit_trees", audit_trees.report, ["--out", "/nowhere"])
        self.assertEqual((stopped.exception.code, len(error.getvalue().splitlines())), (2, 1))


if __name__ == "__main__":
    unittest.main()
