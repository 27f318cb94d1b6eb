#!/usr/bin/env python3
"""The audit: its rules, its suspicions, that every claim has its test, and the stored outcomes
against what the stored results give."""
import collections
import contextlib
import io
import itertools
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools"), str(ROOT / "tests" / "lab")]
import compose  # noqa: E402
from lab import cell, command, store  # noqa: E402
from lab.audit import (report as audit, counts as audit_counts, superslab, suspicions,  # noqa: E402
                       trees as audit_trees)
from lab.audit import rules  # noqa: E402
from lab.audit.evidence import (Evidence, Place, Shape, allocator_name, in_order,  # noqa: E402
                                read_rows)
from lab.audit.outcome import (DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED,  # noqa: E402
                               VERDICTS, Outcome)
from made_evidence import (MODULES, TIMED, BLOCKS, OUTCOMES, at, claim, made,  # noqa: E402
                           processes, tree_of)


class Rules(unittest.TestCase):
    def judged(self, claimed, low, high, count=BLOCKS):
        """The verdict on values spread evenly from low to high."""
        step = (high - low) / (count - 1)
        return rules.judge(claimed, [low + i * step for i in range(count)])

    def test_readings(self):
        inf = float("inf")
        self.assertEqual(rules.readings("1.5..2 or 3"), [(1.5, 2), (3, 3)])
        self.assertEqual(rules.readings(">1 or <0.5"), [(1, inf), (-inf, 0.5)])
        self.assertEqual(rules.readings("22e6"), [(22e6, 22e6)])
        for nonsense in ("", "1.5-2", "about 2", "> 1"):
            with self.assertRaises(ValueError):
                rules.readings(nonsense)

    def test_an_effect(self):
        for claimed, low, high, verdict in [
                ("2", 1.7, 1.9, HOLDS), ("2", 2.6, 2.9, DOES_NOT_HOLD),
                ("2", 0.5, 2.5, UNDECIDED), ("1.5..2 or 4", 4.1, 4.2, HOLDS),
                ("1.2 or 4", 0.5, 1.6, UNDECIDED)]:
            self.assertEqual(self.judged(claimed, low, high).verdict, verdict, (claimed, low, high))

    def test_what_does_not_hold_says_how(self):
        for claimed, low, high, how in [("2", 2.6, 2.9, "more"), ("2", 1.1, 1.5, "less"),
                                        ("2", 0.8, 0.9, "opposite"), (">1", 0.8, 0.9, "opposite"),
                                        ("2", 1.7, 1.9, ""), ("2 or 3", 1.1, 1.2, "less")]:
            self.assertEqual(self.judged(claimed, low, high).how, how)
        self.assertEqual(rules.judge_count("100", 90).how, "less")
        self.assertEqual(rules.judge_count("<10", 12).how, "more")

    def test_no_effect(self):
        for low, high, verdict in [
                (0.9, 1.1, HOLDS), (1.02, 1.05, HOLDS), (1.4, 1.6, DOES_NOT_HOLD),
                (0.5, 0.7, DOES_NOT_HOLD), (0.6, 1.2, UNDECIDED)]:
            self.assertEqual(self.judged("1", low, high).verdict, verdict)
            self.assertEqual(self.judged("differs", low, high).verdict, rules.DENIAL[verdict])

    def test_a_direction(self):
        for claimed, low, high, verdict in [
                (">1", 1.01, 1.1, HOLDS), (">1", 0.9, 0.99, DOES_NOT_HOLD),
                (">1", 0.9, 1.1, UNDECIDED),
                ("<1", 0.9, 0.99, HOLDS), ("<1", 1.01, 1.1, DOES_NOT_HOLD)]:
            self.assertEqual(self.judged(claimed, low, high).verdict, verdict, (claimed, low, high))

    def test_a_decision_rests_on_the_bound_that_the_interval_excludes(self):
        self.assertAlmostEqual(self.judged(">1", 1.01, 1.1).p, 2 / 2 ** 12)
        self.assertAlmostEqual(rules.judge(">1", [0.9, *[1.1] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("2", [2.4, *[2.6] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("1", [0.7, *[1.0] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertAlmostEqual(rules.judge("1", [1.5, *[1.0] * 11]).p, 2 * 13 / 2 ** 12)
        self.assertIsNone(self.judged(">1", 0.9, 1.1).p)

    def test_too_few_processes_decide_nothing(self):
        self.assertEqual(self.judged(">1", 2, 3, count=5).verdict, NOT_MEASURED)
        outcome = rules.decide(claim("x", claimed=">1"), [2.0] * 5)
        self.assertEqual((outcome.verdict, outcome.p), (NOT_MEASURED, None))
        self.assertEqual(rules.decide(claim("x", claimed=">1"), []).verdict, NOT_MEASURED)

    def test_a_share_is_judged_against_none(self):
        def verdict(values):
            return rules.judge("0.2", values, none=0.0).verdict
        self.assertEqual(verdict([0.19, 0.2, 0.21] * 4), HOLDS)
        self.assertEqual(verdict([-0.1, 0.0, 0.3] * 4), UNDECIDED)
        self.assertEqual(verdict([0.01, 0.02] * 6), DOES_NOT_HOLD)

    def test_counts(self):
        for claimed, ours, holds in [("100", 104, True), ("100", 107, False), ("0", 0, True),
                                     ("0", 1, False), (">10", 10.1, True), (">10", 10, False),
                                     ("30..33", 29.7, True), ("1 or 5", 5, True)]:
            self.assertEqual(rules.count_holds(claimed, ours), holds, (claimed, ours))

    def test_in_every_case(self):
        def one(verdict, p):
            return rules.Judged(verdict, p)
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(HOLDS, 0.02)]), one(HOLDS, 0.02))
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(UNDECIDED, None)]),
                         one(UNDECIDED, None))
        self.assertEqual(rules.all_of([one(HOLDS, 0.01), one(DOES_NOT_HOLD, 0.01)]),
                         one(DOES_NOT_HOLD, 0.02))
        self.assertEqual(rules.all_of([one(NOT_MEASURED, None)]), one(NOT_MEASURED, None))

    def test_the_correction_takes_weak_decisions_back(self):
        def outcome(p):
            return Outcome("1.2", 1.1, 1.2, 1.3, 12, HOLDS, p)
        alone = rules.corrected({"a": outcome(0.04)})
        self.assertEqual(alone["a"].verdict, HOLDS)
        many = rules.corrected({"a": outcome(0.04), "b": outcome(0.0005),
                                "c": outcome(None)._replace(verdict=UNDECIDED),
                                **{str(i): outcome(0.9) for i in range(18)}})
        self.assertEqual([many[name].verdict for name in "abc"], [UNDECIDED, HOLDS, UNDECIDED])
        self.assertIn("by itself", many["a"].measured)


class Finding(unittest.TestCase):
    """Where evidence is found."""

    def test_names(self):
        for library, name in {"libc.so.6": "glibc", "libjemalloc.so.2": "jemalloc",
                              "libtcmalloc_minimal.so.4": "tcmalloc",
                              "libsuperslab.so": "superslab",
                              "libtbbmalloc_proxy.so.2": "tbbmalloc",
                              "libsystem_malloc.dylib": "glibc"}.items():
            self.assertEqual(allocator_name(library), name)
        self.assertEqual(in_order("tagged+inline"), in_order("inline+tagged"))

    def test_what_is_compared_is_of_one_experiment(self):
        first, second = at("a"), at("b")
        apart = made([{first: 2}, {second: 1}])
        self.assertIsNone(apart.ratio(first, second))
        self.assertEqual(apart.each_block(lambda a, b: a / b, first, second), {})
        both = made([{first: 3, second: 1}, {first: processes(8, 20), second: processes(2, 20)}])
        self.assertEqual(both.ratio(first, second).count, 20)
        self.assertAlmostEqual(both.ratio(first, second).median, 4)
        self.assertEqual(both.time(first).count, 20)

    def test_pairs_are_of_one_block(self):
        replicates = processes(5)
        del replicates.ns_per_op[3]
        evidence = made([{at("a"): replicates, at("b"): 1}])
        self.assertNotIn(3, evidence.each_block(lambda a, b: a / b, at("a"), at("b")))
        self.assertEqual(evidence.ratio(at("a"), at("b")).count, BLOCKS - 1)

    def test_an_empty_place_has_no_evidence_and_no_error(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        evidence = Evidence(directory, directory)
        for row in read_rows(audit.CLAIMS):
            self.assertEqual(audit.test(row, evidence).verdict, NOT_MEASURED, row["id"])
            self.assertTrue(audit.test(row, evidence).measured, row["id"])

    def test_an_experiment_that_cannot_be_read_is_an_error(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        (directory / "seeds").mkdir()
        (directory / "seeds" / "experiment.csv").write_text("nonsense\n")
        with self.assertRaises(store.StoreError):
            Evidence(directory, directory).time(at("list"))

    def test_trees_come_from_the_file_first(self):
        place = at("list", "get")
        run = processes(1, tree={"entries": 2, "bytes_per_entry": 1})
        evidence = made([{place: run}], {Shape("list", "random", 1000): {"entries": 1}})
        self.assertEqual(evidence.tree(Shape("list", "random", 1000)), {"entries": 1})
        self.assertEqual(evidence.tree(Shape("list", "sequential", 1000))["entries"], 2)
        self.assertIsNone(evidence.tree(Shape("list", "sequential", 1000, pool_slots="7")))


class Suspicions(unittest.TestCase):
    claims = read_rows(audit.CLAIMS)

    def outcomes(self, verdict, **others):
        made_up = Outcome("2.0 [1.9 2.1] (12)", 1.9, 2.0, 2.1, 12, verdict)
        return {row["id"]: made_up._replace(verdict=others.get(row["id"], verdict))
                for row in self.claims}

    def test_each_names_claims_there_are_that_bear_on_it(self):
        self.assertEqual([s.number for s in suspicions.SUSPICIONS], list(range(1, 10)))
        for suspicion in suspicions.SUSPICIONS:
            bearing = suspicions.bearing(suspicion.number, self.claims)
            self.assertLessEqual(set(suspicion.decisive), set(bearing), suspicion.number)

    def test_verdicts(self):
        first = suspicions.SUSPICIONS[0]
        one = first.decisive[0]
        for outcomes, verdict in [
                (self.outcomes(DOES_NOT_HOLD), suspicions.CONFIRMED),
                (self.outcomes(HOLDS), suspicions.REFUTED),
                (self.outcomes(DOES_NOT_HOLD, **{one: HOLDS}), suspicions.IN_PART),
                (self.outcomes(DOES_NOT_HOLD, **{one: UNDECIDED}),
                 suspicions.CONFIRMED + suspicions.SO_FAR),
                (self.outcomes(UNDECIDED), suspicions.OPEN)]:
            self.assertEqual(suspicions.settled(first, outcomes), verdict)
        confirmed = suspicions.conclusion(first, self.outcomes(DOES_NOT_HOLD))
        self.assertEqual(confirmed, first.confirmed)
        part = suspicions.conclusion(first, self.outcomes(DOES_NOT_HOLD, **{one: UNDECIDED}))
        self.assertEqual(part, f"Not decided: {one}.")

    def test_figures_are_substituted_and_clauses_without_them_left_out(self):
        language = suspicions.SUSPICIONS[2]
        findings = suspicions.Findings(self.outcomes(DOES_NOT_HOLD), made())
        self.assertIn("take 2.00 [1.90 2.10] times", suspicions.told(language, findings))
        findings = suspicions.Findings(self.outcomes(NOT_MEASURED), made())
        self.assertIn("Nothing", suspicions.told(language, findings))

    def test_every_clause_can_be_told(self):
        trees = {Shape(name, pattern, 100000): tree_of(cell.shape_of(name), 100000)
                 for name in ("outline", "outline+lazy", "outline+pathcomp") for pattern in ("sequential", "random")}
        trees[Shape("phase2.5", "sequential", 100000)] = {
            "child_pointers": 25, "pool": {"slots_live": 90, "slots_used": 100}}
        findings = suspicions.Findings(self.outcomes(HOLDS), made(trees=trees))
        for suspicion in suspicions.SUSPICIONS:
            for clause in suspicion.clauses:
                self.assertRegex(clause(findings), r"\d", clause.__name__)


def planned():
    """{plan: {Place: ns}} of every cell of every plan."""
    usual = {"HASH": "xxh3", "KEY": "u64", "ALLOC": "glibc"}
    tables = collections.defaultdict(dict)
    for path in (ROOT / "experiments").glob("*.plan"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("VARIANTS="):
                settings = usual | dict(word.split("=", 1) for word in line.split())
                lists = [settings[name].split(",") for name in
                         ("VARIANTS", "OPS", "PATTERNS", "SCALES", "HASH", "KEY", "ALLOC")]
                for variant, op, pattern, scale, *how in itertools.product(*lists):
                    place = Place(in_order(variant), op, pattern, cell.read_scale(scale), *how)
                    tables[path.stem][place] = processes(100 + len(tables[path.stem]),
                                                         int(settings["REPS"]))
    return tables


class Claims(unittest.TestCase):
    claims = read_rows(audit.CLAIMS)
    mine = set().union(*(module.TESTS for module in MODULES))

    def test_every_test_was_tried(self):
        source = "".join(path.read_text(encoding="utf-8")
                         for path in (ROOT / "tests" / "lab").glob("audit_*_test.py"))
        for module in MODULES:
            for name in module.TESTS:
                self.assertTrue(re.search(rf'"{name}"', source), name)

    def test_every_claim_has_a_test(self):
        for row in self.claims:
            self.assertIn(row["test"], audit.TESTS, row["id"])
        names = [set(module.TESTS) for module in (*MODULES, superslab)]
        self.assertEqual(len(set.union(*names)), sum(map(len, names)))

    def test_claimed_figures_can_be_read(self):
        for row in self.claims:
            for claimed in filter(None, row["claimed"].split(" then ")):
                with self.subTest(row["id"]):
                    rules.readings(claimed)

    def test_compositions_exist(self):
        for row in self.claims:
            for name in row["compositions"].split():
                if row["test"] in self.mine:
                    compose.Composition(name)  # raises Nonsense

    def test_a_claim_without_a_test_is_told(self):
        with self.assertRaises(command.BadSetting):
            audit.test(claim("nonsense"), made())

    def test_every_cell_that_a_claim_names_is_planned(self):
        evidence = made()
        evidence.experiments = planned()
        tree = {"entries": 1000, "inner_nodes": 7000, "pool": {"fallbacks": 500}}
        evidence.tree = lambda shape: tree | {"inner_nodes": 100 if "lazy" in shape.composition
                                              else 7000}
        for row in self.claims:
            if row["test"] in TIMED:
                outcome = audit.test(row, evidence)
                if "nothing is freed" in outcome.measured:
                    continue
                with self.subTest(row["id"]):
                    self.assertNotEqual(outcome.verdict, NOT_MEASURED, outcome.measured)

    def test_every_count_that_a_claim_names_is_made(self):
        made_here = {(in_order(c), p, n, h) for c, p, n, h, slots in audit_trees.wanted() if not slots}
        few = (audit_trees.SOME_RANDOM, 10 ** 7)  # with one hash and some patterns
        made_here |= {(c, p, n, h) for table in planned().values() for c, _, p, n, h, *_ in table}
        for row in self.claims:
            if row["test"] in audit_counts.TESTS and row["test"] != "sufficient_pool":
                for name, shape in audit_counts.shapes(row):
                    found = (in_order(shape.composition), *shape[1:4]) in made_here
                    self.assertTrue(found or shape.scale in few, f"{row['id']} {name}")


class Report(unittest.TestCase):
    def report(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            audit.report([str(argument) for argument in arguments])
        return out.getvalue()

    def test_every_claim_is_shown_once_and_counted(self):
        text = self.report()
        ids = re.findall(r"^(\d{3}\.c\d\d) ", text, re.M)
        rows = read_rows(audit.CLAIMS)
        self.assertEqual(ids, [row["id"] for row in rows])
        totals = text.splitlines()[-1]
        counts = [int(re.search(rf"(\d+) {verdict}", totals)[1]) for verdict in VERDICTS]
        self.assertTrue(totals.startswith(f"{len(rows)} claims: "))
        self.assertEqual(sum(counts), len(rows))
        self.assertEqual(max(map(len, text.splitlines())), min(150, max(map(
            len, text.splitlines()))))
        for number in range(1, 10):
            self.assertRegex(text, rf"(?m)^{number}\. ")

    def test_one_document(self):
        text = self.report("--document", "003")
        self.assertIn("\n==== Document 003", text)
        self.assertNotIn("\n==== Document 000", text)
        with self.assertRaises(command.BadSetting):
            self.report("--document", "007")

    def test_the_stored_outcomes_are_those_of_the_stored_results(self):
        outcomes = audit.audit(read_rows(audit.CLAIMS), Evidence())
        stored = [list(row.values()) for row in read_rows(OUTCOMES)]
        self.assertEqual(stored, [audit.outcome_row(*pair) for pair in outcomes.items()],
                         "results/audit/outcomes.csv: make audit writes it")

    def test_outcomes_are_written_whole(self):
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        outcomes = {"a": Outcome("x, y", 1.0, 2.0, 3.0, 12, HOLDS, 0.01),
                    "b": Outcome("none", None, None, None, 0, NOT_MEASURED)}
        audit.write_outcomes(directory / "o.csv", outcomes)
        rows = read_rows(directory / "o.csv")
        self.assertEqual([row["id"] for row in rows], ["a", "b"])
        self.assertEqual((rows[0]["measured"], rows[0]["low"], rows[1]["value"]), ("x, y", "1", ""))
        self.assertEqual(list(directory.iterdir()), [directory / "o.csv"])


if __name__ == "__main__":
    unittest.main()
