"""The figures of the seed documents that neither a time nor a tree can settle, by what does.

shares of a profile     lab.documents.profiles: instructions and estimated cycles
document 004            lab.superslab.report: the study of the allocator
differences of times    the audit's outcome of the claim that has the figure
"""
import csv

from .. import store, verdicts
from ..command import Failure
from ..shape import pool
from ..superslab import report as superslab, study as superslab_study
from ..verdicts import NOT_MEASURED, NOT_REPRODUCED, REPRODUCED, UNDECIDED
from . import profiles
from .profiles import alone
from .seeds import NO_NEIGHBOUR, Comparison, Measured, compare_all

# Which claim of results/audit/claims.csv decides a figure.
CLAIMS = {
    "000.tree.09": "000.c05", "000.wins.05": "000.c36", "000.causes.02": "000.c33",
    "001.bottlenecks.01": "001.c13", "003.hotspots.01": "001.c13",
    "001.bottlenecks.03": "001.c15", "003.hotspots.03": "001.c15",
    "001.bottlenecks.05": "001.c17", "003.hotspots.05": "001.c17",
    "003.evidence.10": "003.c14", "003.evidence.12": "003.c15",
}
OF_AUDIT = {"holds": REPRODUCED, "does not hold": NOT_REPRODUCED, "undecided": UNDECIDED,
            "not measured": NOT_MEASURED}
LATER = "pools"  # experiments/pools.plan: figures that `seeds` lacks
# Counts depend on no machine: they are always the committed ones.
COUNTED = store.ROOT / "results"


def of_superslab(figures, results):
    try:
        _, runs = superslab_study.read(results)
    except Failure:
        return {}
    lines = superslab.lines_of(superslab_study.Study(runs), list(figures.values()))
    return {line.figure.id: Comparison(line.figure, line.against, line.ours, line.seed_ratio,
                                       line.our_ratio, None, line.verdict)
            for _, group in lines for line in group}


def verdict_of(outcome):
    """An outcome of the audit as the tables say it."""
    return verdicts.Judged(OF_AUDIT[outcome["verdict"]], outcome["how"]).text


def of_audit(figures, path):
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        outcomes = {row["id"]: row for row in csv.DictReader(file)}
    return {name: alone(figures[name], outcomes[claim]["measured"],
                        verdict_of(outcomes[claim]))
            for name, claim in CLAIMS.items() if name in figures and claim in outcomes}


def of_settings(figures):
    """What the documents want to be set, and is set so: it is tested by nothing."""
    figure = figures.get("003.advice.03")
    reached = f"a setting; {pool.HEADROOM} % headroom leave {pool.percent(100, 100 + pool.HEADROOM)}"
    return {figure.id: alone(figure, reached, NO_NEIGHBOUR)} if figure else {}


def comparisons(figures, results, counted=COUNTED):
    """{figure's id: Comparison} of those that are settled by what lies in these directories."""
    by_name = {figure.id: figure for figure in figures}
    return (of_audit(by_name, results / "audit" / "outcomes.csv")
            | profiles.comparisons(by_name, counted / "counts" / "attribution.csv")
            | of_superslab(by_name, results) | of_settings(by_name))


def compare_with(figures, cells, results, counted=COUNTED):
    """[((document, table), comparisons)] of all figures: with an experiment's cells, and with what
    lies beside it.  What the tables print and what the paper counts."""
    return compare_all(figures, Measured(cells), comparisons(figures, results, counted),
                       Measured(later_cells(results / "runs")))


def later_cells(runs):
    """Those of the experiment `pools`, which has what `seeds` has not; none if it is not there."""
    if not (runs / LATER / "experiment.csv").exists():
        return {}
    connection = store.open_runs(LATER, runs=runs)
    return store.replicates(connection, store.newest_experiment(connection))
