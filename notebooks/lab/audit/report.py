#!/usr/bin/env python3
"""Recomputes the outcome of every claim of the seed documents from stored results.

    python3 -m lab.audit.report [--runs DIR] [--results DIR] [--document 000] [--outcomes FILE]

results/audit/claims.csv has the claims; the column `test` names the function that decides each, in
the module for its kind of evidence: times, costs, counts, processes or superslab.  The rules by
which a figure of another machine is held to hold are at the heads of lab.verdicts and
lab.audit.rules.
Printed are the claims, document by document, and the nine suspicions with which the audit began.

--outcomes writes them as CSV too: results/audit/outcomes.csv is what the stored results give, and a
test fails when it differs.
"""
import csv
import itertools
import os
import pathlib
import textwrap

from .. import store
from ..command import BadSetting, Parser, run_report
from . import costs, counts, findings, processes, rules, superslab, suspicions, times
from .evidence import EXPERIMENTS, RESULTS, Evidence, read_rows
from .outcome import VERDICTS, counted

CLAIMS = RESULTS / "audit" / "claims.csv"
OUTCOME_COLUMNS = ["id", "measured", "low", "value", "high", "replicates", "verdict", "how"]
TESTS = times.TESTS | costs.TESTS | counts.TESTS | processes.TESTS | superslab.TESTS
# The table's columns and their widths: 150 characters with the gaps.
COLUMNS = [("claim", 8), ("section", 16), ("", 32), ("expected", 26), ("measured", 45),
           ("verdict", 13)]
WIDTH = 150


def test(claim, evidence):
    if claim["test"] not in TESTS:
        raise BadSetting(f"{claim['id']}: there is no test called {claim['test']}")
    return TESTS[claim["test"]](claim, evidence)


def audit(claims, evidence):
    """{id: Outcome}, corrected for their number."""
    return rules.corrected({claim["id"]: test(claim, evidence) for claim in claims})


# ---- Outcomes as CSV ----

def outcome_row(name, outcome):
    def figure(value):
        return "" if value is None else f"{value:.6g}"
    return [name, outcome.measured, figure(outcome.low), figure(outcome.value),
            figure(outcome.high), str(outcome.replicates), outcome.verdict, outcome.how]


def write_outcomes(path, outcomes):
    """The file is written whole or not at all."""
    path = pathlib.Path(path)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(part, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(OUTCOME_COLUMNS)
            writer.writerows(outcome_row(*pair) for pair in outcomes.items())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


# ---- Text ----

def lines_of(cells):
    """A row of the table, as many lines as its longest cell needs."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, (_, width) in zip(cells, COLUMNS)]
    for line in itertools.zip_longest(*wrapped, fillvalue=""):
        yield "  ".join(text.ljust(width) for text, (_, width) in zip(line, COLUMNS)).rstrip()


def print_header():
    print(*lines_of([title for title, _ in COLUMNS]), sep="\n")
    print("  ".join("-" * width for _, width in COLUMNS))


def print_document(document, claims, outcomes):
    print(f"\n==== Document {document}: {tally([outcomes[claim['id']] for claim in claims])}\n")
    print_header()
    for claim in claims:
        outcome = outcomes[claim["id"]]
        print(*lines_of([claim["id"], claim["section"], claim["claim"], claim["expected"],
                         outcome.measured, outcome.told]), sep="\n")


def tally(outcomes):
    verdicts = [outcome.verdict for outcome in outcomes]
    return f"{len(verdicts)} claims: {counted(verdicts)}"


def print_suspicions(claims, outcomes, evidence):
    print("\n==== The nine suspicions\n")
    reported = suspicions.report(claims, outcomes, evidence)
    for suspicion, settled, bearing, sentence in reported:
        by_verdict = [(verdict, [name for name in bearing if outcomes[name].verdict == verdict])
                      for verdict in VERDICTS]
        told = "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in by_verdict if names)
        for text, indent in ((f"{suspicion.number}. {suspicion.suspected}: {settled}", ""),
                             (sentence, "   "), (f"Claims: {told}", "   ")):
            print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent="   "))
        print()


def print_findings(evidence):
    print("==== What this project claims itself (results/audit/findings.csv)\n")
    print_header()
    for row in findings.lines(evidence):
        print(*lines_of(row), sep="\n")
    print()


def print_sources(evidence):
    for name, connection in evidence.stores.items():
        about = store.experiment(connection, store.newest_experiment(connection))
        commit = (about["source_commit"] or "unknown")[:12] + " with changes" * about["dirty"]
        print(f"{name:<11} {about['started'][:10]}  commit {commit}  {about['cpu']},"
              f" {about['cores']} cores")
    absent = [name for name in EXPERIMENTS if name not in evidence.stores]
    if absent:
        print(f"not there: {', '.join(absent)}")


def print_rules(outcomes):
    tested = sum(outcome.p is not None for outcome in outcomes.values())
    print(textwrap.fill(
        "medians over processes, 95 % intervals by the sign test, the number of processes in"
        f" parentheses; {len(outcomes)} claims, {tested} of them decided by a sign test, whose"
        " p-values are adjusted together (Benjamini and Hochberg). The rule by which a claimed figure"
        " holds stands at the head of notebooks/lab/verdicts.py, what else is claimed in"
        " notebooks/lab/audit/rules.py.", WIDTH))


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=store.RUNS, help="where exported experiments lie")
    parser.add_argument("--results", default=RESULTS, help="where the other stored results lie")
    parser.add_argument("--document", help="only this one's claims: 000 to 004")
    parser.add_argument("--outcomes", help="a file to write the outcomes to, as CSV")
    given = parser.parse_args(arguments)
    claims, evidence = read_rows(CLAIMS), Evidence(given.runs, given.results)
    documents = sorted({claim["document"] for claim in claims})
    if given.document not in (None, *documents):
        raise BadSetting(f"--document {given.document}: wanted one of: {', '.join(documents)}")
    print_sources(evidence)
    outcomes = audit(claims, evidence)
    print_rules(outcomes)
    for document, group in itertools.groupby(claims, key=lambda claim: claim["document"]):
        if given.document in (None, document):
            print_document(document, list(group), outcomes)
    if not given.document:
        print_suspicions(claims, outcomes, evidence)
        print_findings(evidence)
        print(tally(outcomes.values()))
    if given.outcomes:
        write_outcomes(given.outcomes, outcomes)


if __name__ == "__main__":
    run_report("audit", report)
