"""The figures of the seed documents that neither a time nor a tree can settle, by what does: the column `settled` of
results/seeds/figures.csv.

claim 003.c14         the audit's outcome of the claim that has the figure
put search|walk       what callgrind counted in these functions of the reference, which has libhamt's design, of an
                      operation: document 002's profile of libhamt.  What the kernel does is not counted.
arrays pool_alloc     the same of a step that is taken for each array, of an insert
setting               what the documents want to be set, and is set so: it is tested by nothing

Beside these, shares of a put and its critical path by purpose (lab.counts.attribution), and document 004
(lab.superslab.report).
"""
from .. import verdicts
from ..counts import attribution
from ..results import NotMeasured, read_rows
from ..shape import pool
from ..superslab import report as superslab
from ..superslab.study import Study
from ..verdicts import NOT_MEASURED
from .figures import LIBHAMT, NO_NEIGHBOUR, Comparison, unrounded

OF_AUDIT = {claim: figure for figure, claim in verdicts.OF_CLAIM.items()}
# All that document 002's profiler took; document 003's insert and the arrays that it needs.
SAMPLES, INSERT, ARRAYS = "002.profile.02", "003.impact.05", "003.evidence.06"


def by_claim(figures, directory):
    outcomes = {row["id"]: row for row in read_rows(directory / "audit" / "outcomes.csv")}
    for figure in figures.values():
        word, _, claim = figure.settled.partition(" ")
        if word == "claim" and claim in outcomes:
            told = outcomes[claim]
            yield Comparison(figure, verdicts.Judged(OF_AUDIT[told["verdict"]], told["how"]).text, told["measured"])


def by_purpose(figures, cells):
    for name, *_, instructions, cycles, verdict in [*attribution.share_claims(cells), *attribution.path_claims(cells)]:
        if name in figures:
            yield Comparison(figures[name], verdict, "-" if verdict == NOT_MEASURED else
                             f"{instructions} % of instr., {cycles} % of cycles")


def shares_of(rows, functions):
    """Per cent of instructions, and of estimated cycles."""
    figures = rows[list(attribution.MEASURES)]
    return 100 * figures[rows["function"].str.fullmatch(functions)].sum() / figures.sum()


def by_function(figures, cells):
    for figure in figures.values():
        op, _, functions = figure.settled.partition(" ")
        if op not in ("put", "get", "arrays"):
            continue
        each = op == "arrays"  # one of many steps of an insert
        place = (figure.composition, figure.op) if each else (LIBHAMT, op)
        rows = attribution.of_cell(cells, *place)
        if not len(rows):
            continue
        many = figures[ARRAYS].span.low / figures[ARRAYS].scale if each else 1
        of = {"samples": SAMPLES, "step_ns": INSERT}.get(figure.metric)  # the whole, where theirs is no share yet
        part = 100 / figures[of].span.low if of else 1
        shares = [share / many for share in shares_of(rows, functions)]
        theirs = verdicts.Span(*(part * bound for bound in unrounded(figure).span))
        instructions, cycles = (f"{share:.2g}" for share in shares)
        yield Comparison(figure, verdicts.judge_estimates(theirs, shares).text,
                         f"{instructions} % of instr., {cycles} % of cycles of a {'put' if each else op}")


def of_superslab(figures, directory):
    try:
        study = Study.stored(directory)
    except NotMeasured:
        return
    for _, lines in superslab.lines_of(study, list(figures.values())):
        yield from lines


def of_settings(figures):
    reached = f"a setting; {pool.HEADROOM} % headroom leave {pool.percent(100, 100 + pool.HEADROOM)}"
    return [Comparison(figure, NO_NEIGHBOUR, reached) for figure in figures.values() if figure.settled == "setting"]


def settled(figures, directory, counted):
    """{figure's id: Comparison}, of those that these directories settle."""
    by_name = {figure.id: figure for figure in figures}
    cells = attribution.load(counted / "counts")
    return {one.figure.id: one for source in (by_claim(by_name, directory), by_purpose(by_name, cells),
                                              by_function(by_name, cells), of_superslab(by_name, directory),
                                              of_settings(by_name)) for one in source}
