"""The audit: the outcome of every claim of the seed documents and of our findings, recomputed from stored results.

results/audit/claims.csv has the claims; the column `test` names the function that decides each, in lab.audit.times,
counts or superslab.  The rules by which a figure of another machine is held to hold are at the heads of lab.verdicts
and lab.audit.rules.  What the committed results give is written to results/audit/outcomes.csv too, and a test fails
when it differs.
"""
import itertools

import pandas

from .. import store
from ..command import BadSetting
from ..printing import align, commit_of, paragraph
from ..results import RESULTS, read_rows
from . import counts, findings, rules, superslab, suspicions, times
from .evidence import EXPERIMENTS, Evidence

CLAIMS = RESULTS / "audit" / "claims.csv"
OUTCOMES = RESULTS / "audit" / "outcomes.csv"
OUTCOME_COLUMNS = ["id", "measured", "low", "value", "high", "replicates", "verdict", "how"]
TESTS = times.TESTS | counts.TESTS | superslab.TESTS
HEADER = ["claim", "section", "", "expected", "measured", "verdict"]
WIDTH = 150  # characters: claims are sentences


def claim_outcomes(claims, evidence):
    """{id: Outcome} of the documents' claims, corrected for their number."""
    return rules.corrected({claim["id"]: TESTS[claim["test"]](claim, evidence) for claim in claims})


# ---- Outcomes as CSV ----

def outcome_row(name, outcome):
    figures = ["" if value is None else f"{value:.6g}" for value in outcome[1:4]]
    return [name, outcome.measured, *figures, str(outcome.replicates), outcome.verdict, outcome.how]


def write_rows(path, header, rows):
    with store.whole(path) as part:
        pandas.DataFrame(rows, columns=header).to_csv(part, index=False, lineterminator="\n")


# ---- Text ----

def table(rows, found):
    return align(HEADER, [[row["id"], row["section"], row["claim"], row["expected"], found[row["id"]].measured,
                           found[row["id"]].told] for row in rows], figures=0, cell=0, width=WIDTH)


def tally(found):
    verdicts = [outcome.verdict for outcome in found]
    return f"{len(verdicts)} claims: {rules.counted(verdicts)}"


def suspicion_text(suspicion, settled, bearing, sentence, found):
    by_verdict = [(verdict, [name for name in bearing if found[name].verdict == verdict]) for verdict in rules.VERDICTS]
    told = "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in by_verdict if names)
    return "\n".join(paragraph(text, "   ", WIDTH) for text in (
        f"{suspicion['number']}. {suspicion['suspected']}: {settled}", "   " + sentence, f"   Claims: {told}"))


def sources(evidence):
    for name, (about, *_) in evidence.experiments.items():
        yield f"{name:<11} {about['started'][:10]}  commit {commit_of(about)}  {about['cpu']}, {about['cores']} cores"
    absent = [name for name in EXPERIMENTS if name not in evidence.experiments]
    if absent:
        yield f"not there: {', '.join(absent)}"


def rules_text(found):
    tested = sum(outcome.p is not None for outcome in found.values())
    return paragraph(
        "medians over processes, 95 % intervals by the sign test, the number of processes in parentheses;"
        f" {len(found)} claims, {tested} of them decided by a sign test, whose p-values are adjusted together"
        " (Benjamini and Hochberg). The rule by which a claimed figure holds stands at the head of"
        " notebooks/lab/verdicts.py, what else is claimed in notebooks/lab/audit/rules.py.", width=WIDTH)


def audit(document="", results=RESULTS):
    """Every claim of the seed documents with what was measured and a verdict, the nine suspicions, and our findings."""
    claims, evidence = read_rows(CLAIMS), Evidence(results)
    documents = sorted({claim["document"] for claim in claims})
    if document not in ("", *documents):
        raise BadSetting(f"DOCUMENT={document}: no such document; one of: {', '.join(documents)}")
    found = claim_outcomes(claims, evidence)
    print(*sources(evidence), rules_text(found), sep="\n")
    for name, group in itertools.groupby(claims, key=lambda claim: claim["document"]):
        rows = list(group)
        if document in ("", name):
            print(f"\n==== Document {name}: {tally([found[row['id']] for row in rows])}\n\n{table(rows, found)}")
    if not document:
        print("\n==== The nine suspicions\n")
        for reported in suspicions.report(claims, found, evidence):
            print(suspicion_text(*reported, found), end="\n\n")
        ours = read_rows(findings.FINDINGS)
        print("==== What this project claims itself (results/audit/findings.csv)\n",
              table(ours, findings.finding_outcomes(ours, evidence)),
              sep="\n", end="\n\n")
        print(tally(found.values()))
    if results.resolve() == RESULTS:
        write_rows(OUTCOMES, OUTCOME_COLUMNS, itertools.starmap(outcome_row, found.items()))
