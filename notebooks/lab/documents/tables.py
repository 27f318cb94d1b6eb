#!/usr/bin/env python3
"""Prints every figure of the seed documents beside ours, table by table, with a verdict
(lab.documents.seeds).

    python3 -m lab.documents.tables [--runs DIR] [--figures FILE] [--document 000]
    python3 -m lab.documents.tables --store FILE [--experiment ID]

Times and trees come from the exported experiment `seeds`, or from one in a store; profiles, the
superslab and the audit's outcomes (lab.documents.evidence) from what lies beside the runs.
"""
import pathlib

from .. import store, tables
from ..command import Parser, run_report
from . import evidence
from .seeds import (CONTRADICTS, FIGURES, NAME, NO_NEIGHBOUR, NOT_MEASURED, NOT_REPRODUCED,
                    REPRODUCED, UNDECIDED, Measured, compare_all, contradictions, place,
                    read_figures, unfounded, words_of)

HEADER = ["figure", "metric", "composition", "where", "against", "verdict",
          "seed", "ours", "seed x", "our x", "equal terms"]


def row_of(comparison, contradicted):
    figure = comparison.figure
    where = place(figure)
    verdict = comparison.verdict
    if figure.id in contradicted:
        verdict = CONTRADICTS if verdict == NO_NEIGHBOUR else f"{verdict}, {CONTRADICTS}"
    return [figure.row, figure.metric, figure.composition or "-",
            words_of(where[1:], ("",) * 3) if figure.composition and figure.scale else "-",
            comparison.against or "-", verdict, figure.as_written, comparison.ours or "-",
            tables.span_text(comparison.seed_ratio), tables.with_interval(comparison.our_ratio),
            tables.with_interval(comparison.equal_terms)]


def print_comparisons(compared, contradicted):
    for (document, table), comparisons in compared:
        print(f"\n{document} {table}: {comparisons[0].figure.section}\n")
        print(tables.align(HEADER, [row_of(c, contradicted) for c in comparisons], cell=0))


def print_contradictions(groups, ratios):
    print("\nWhere the documents contradict themselves\n")
    for group in groups:
        first = group[0]
        print(f"{first.composition or first.row} {first.op} {first.scale or ''} {first.kind}: "
              + ", ".join(f"{f.as_written} ({f.id})" for f in group))
    for figure, implied in ratios:
        print(f"{figure.row} {figure.as_written} ({figure.id}): its times make it"
              f" {', '.join(sorted({tables.span_text(ratio) for ratio in implied}))}")


def tally(compared, contradicted):
    verdicts = [c.verdict for _, comparisons in compared for c in comparisons]
    return {verdict: verdicts.count(verdict) for verdict in
            (REPRODUCED, NOT_REPRODUCED, UNDECIDED, NOT_MEASURED, NO_NEIGHBOUR)} | {
                CONTRADICTS: len(contradicted)}


def print_report(connection, name, figures, document, elsewhere):
    cells = store.replicates(connection, name)
    if cells:
        print(tables.describe(store.experiment(connection, name), cells))
    groups, ratios = contradictions(figures), unfounded(figures)
    contradicted = {f.id for group in groups for f in group} | {f.id for f, _ in ratios}
    compared = [(key, comparisons) for key, comparisons in compare_all(figures, Measured(cells), elsewhere)
                if document in (None, key[0])]
    print_comparisons(compared, contradicted)
    print_contradictions(groups, ratios)
    shown = {c.figure.id for _, comparisons in compared for c in comparisons}
    print(f"\n{len(shown)} figures: " + ", ".join(
        f"{count} {'without a neighbour' if verdict == NO_NEIGHBOUR else verdict}"
        for verdict, count in tally(compared, contradicted & shown).items()))
    tables.print_failures(connection, name)


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=store.RUNS, help="where exported experiments lie")
    parser.add_argument("--store", help="a store to read instead")
    parser.add_argument("--experiment",
                        help="its id there or the beginning; else the newest called seeds")
    parser.add_argument("--figures", default=FIGURES)
    parser.add_argument("--document", help="only this one's tables: 000 to 004")
    given = parser.parse_args(arguments)
    connection = (store.connect(given.store) if given.store else
                  store.open_runs(NAME, runs=given.runs))
    name = (store.find_experiment(connection, given.experiment) if given.experiment else
            store.newest_experiment(connection, NAME))
    figures = read_figures(given.figures)
    elsewhere = evidence.comparisons(figures, pathlib.Path(given.runs).parent)
    print_report(connection, name, figures, given.document, elsewhere)


if __name__ == "__main__":
    run_report("tables", report)
