"""What the stored studies say about the instrument: does it see what is there, and nothing else?

What was asked of it and what is reached stands first (lab.instrument.aims).  aa and power have gates
(lab.instrument.trust); counts too: the same instructions in every run.  Layout has none (lab.instrument.layout).  The
exit status is 1 if a gate is not passed, or a study was not measured.
"""
import contextlib
import sys

from ..printing import align, commit_of, moment, short_scale
from ..results import RESULTS, NotMeasured
from . import aims
from .layout import judge_layout
from .study import Verdict, read
from .trust import CELL, judge_aa, judge_power


COUNTED = ["instructions", "l1_misses", "last_misses"]


def judge_counts(runs):
    cells, lines = runs.groupby(CELL), []
    apart = cells[COUNTED].agg(lambda counts: counts.max() - counts.min())
    for place, rows in cells:
        lines.append([*place[:2], short_scale(place[2]), str(len(rows))])
        for event in COUNTED:
            lines[-1] += [f"{rows[event].median() / rows['operations'].iloc[0]:.3f}", f"{apart[event][place]:,.0f}"]
    same, fewest = not apart["instructions"].any(), cells.size().min()
    yield Verdict(bool(same and fewest > 1),
                  f"instructions of {fewest} runs of each cell {'are the same' if same else 'differ'}")
    yield Verdict(None, align([*CELL, "runs", "instructions/op", "apart", "L1 misses/op", "apart",
                               "last-level misses/op", "apart"], lines, figures=7, cell=0))


JUDGES = {"aa": judge_aa, "power": judge_power, "layout": judge_layout, "counts": judge_counts}


def judge(results):
    """[(study, its experiment and machine, its verdicts)], of the studies that are stored."""
    judged = []
    for study, judge_study in JUDGES.items():
        with contextlib.suppress(NotMeasured):
            about, runs = read(study, results)
            judged.append((study, about, list(judge_study(runs))))
    return judged


def origin_text(about):
    return (f"{moment(about)} UTC, commit {commit_of(about)}, {about['cpu']}, {about['cores']} cores"
            f"{', virtual' * (about['virtualised'] == 1)}, {', '.join(about['compilers'])};"
            f" {' '.join(about['settings'].split())}")


MARKS = {None: "", True: "passed: ", False: "FAILED: "}


def verdict(results=RESULTS):
    """What the tests of the instrument say; exit status 1 if it falls short."""
    judged = judge(results)
    if not judged:
        raise NotMeasured(f"{results}: no study of the instrument is measured; make instrument measures them")
    print(aims.table(results).columns(), end="\n\n")
    for study, about, verdicts in judged:
        print(f"{study}: {origin_text(about)}\n")
        print(*(MARKS[passed] + text for passed, text in verdicts), sep="\n", end="\n\n")
    found = {study: all(passed is not False for passed, _ in verdicts) for study, _, verdicts in judged}
    failed = [study + " (not measured yet)" * (study not in found) for study in JUDGES if not found.get(study)]
    print("the instrument falls short in: " + ", ".join(failed) if failed else "every gate is passed")
    if failed:
        sys.exit(1)
