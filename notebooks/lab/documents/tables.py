#!/usr/bin/env python3
"""Prints every figure of the seed documents beside ours, table by table, with a verdict
(lab.documents.seeds).

    python3 -m lab.documents.tables [--runs DIR] [--figures FILE] [--document 000]
    python3 -m lab.documents.tables --store FILE [--experiment ID]

Above each figure, or several, stands what it is about and against what it is held.  Times and trees come from the exported experiment `seeds`, or from one in a store; profiles, the
superslab and the audit's outcomes (lab.documents.evidence) from what lies beside the runs.
"""
import pathlib

from .. import store, tables, printing
from ..printing import align, fields, paragraph
from ..command import BadSetting, Parser, run_report
from . import evidence
from .seeds import (CONTRADICTS, FIGURES, NAME, contradictions, place, read_figures,
                    tally_text, unfounded, words_of)

HEADER = ["figure", "seed", "ours", "seed x", "our x", "equal terms", "verdict"]
MARK = "*"
LEGEND = [
    ("seed", f"the figure as its document has it; {MARK}: the documents contradict themselves (the list"
             " at the end)"),
    ("ours", "the same quantity here; a time is a median over processes [95 % interval], of another"
             " machine than theirs"),
    ("seed x", "their time over that of what the line above names"),
    ("our x", "the same ratio here, pair by pair [95 % interval]"),
    ("equal terms", "ours where both have the same scale, pattern and operation, which theirs had not"),
    ("verdict", "whether their ratio or count holds here; a time alone cannot.  The rules:"
                " notebooks/lab/documents/seeds.py"),
]


def subject_of(comparison):
    """What a figure is about, and against what it is held."""
    figure = comparison.figure
    about = [" ".join([figure.composition, words_of(place(figure)[1:], ("",) * 3)])
             ] if figure.composition and figure.scale else [figure.composition]
    held = [f"against {comparison.against}"] * bool(comparison.against)
    return ", ".join(filter(None, about + held)) or "by itself"


def row_of(comparison, contradicted):
    figure = comparison.figure
    return ["  " + figure.row, figure.as_written + f" {MARK}" * (figure.id in contradicted),
            comparison.ours or "-", printing.span_text(comparison.seed_ratio),
            printing.with_interval(comparison.our_ratio), printing.with_interval(comparison.equal_terms),
            comparison.told]


def rows_of(comparisons, contradicted):
    """The rows; a heading where the subject is another than before."""
    last = None
    for comparison in comparisons:
        subject = subject_of(comparison)
        if subject != last:
            yield subject
        yield row_of(comparison, contradicted)
        last = subject


def print_comparisons(compared, contradicted):
    for (document, table), comparisons in compared:
        print(f"\n{document} {table}: {comparisons[0].figure.section}\n")
        print(align(HEADER, list(rows_of(comparisons, contradicted)), figures=6, cell=0))


def print_contradictions(groups, ratios):
    print("\nWhere the documents contradict themselves\n")
    for group in groups:
        first = group[0]
        print(paragraph(
            f"{first.composition or first.row} {first.op} {first.scale or ''} {first.kind}: "
            + ", ".join(f"{f.as_written} ({f.id})" for f in group), "  "))
    for figure, implied in ratios:
        print(paragraph(f"{figure.row} {figure.as_written} ({figure.id}): its times make it"
                        f" {', '.join(sorted({printing.span_text(ratio) for ratio in implied}))}",
                        "  "))


def print_report(connection, name, figures, document, results):
    cells = store.replicates(connection, name)
    if cells:
        print(tables.describe(store.experiment(connection, name), cells))
    print(f"\n{fields(LEGEND)}")
    groups, ratios = contradictions(figures), unfounded(figures)
    contradicted = {f.id for group in groups for f in group} | {f.id for f, _ in ratios}
    compared = [(key, comparisons) for key, comparisons in
                evidence.compare_with(figures, cells, results) if document in (None, key[0])]
    print_comparisons(compared, contradicted)
    listed = [comparison for _, comparisons in compared for comparison in comparisons]
    shown = {comparison.figure.id for comparison in listed}
    print_contradictions([group for group in groups if shown & {f.id for f in group}],
                         [ratio for ratio in ratios if ratio[0].id in shown])
    print("\n" + paragraph(f"{tally_text(listed)}; {len(contradicted & shown)} {CONTRADICTS}", "  "))
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
    known = sorted({figure.document for figure in figures})
    if given.document not in (None, *known):
        raise BadSetting(f"DOCUMENT={given.document}: no such document; one of: {', '.join(known)}")
    print_report(connection, name, figures, given.document, pathlib.Path(given.runs).parent)


if __name__ == "__main__":
    run_report("tables", report)
