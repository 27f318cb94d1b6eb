"""The figures of the seed documents that came from a profiler, beside what callgrind counted
(lab.counts.attribution): shares of instructions and of estimated cycles.

by purpose      the documents' shares of a put and the steps of their critical path, as
                lab.counts.attribution sorts functions
by function     document 002's profile of libhamt: in `reference`, which has libhamt's design, the
                functions that do what those of libhamt did.  What the kernel does is not counted.
a bump          document 003's 2 ns for an array from the pool, as a share of an insert: of its own
                insert, and here what the pool's allocator takes of one, for each array
"""
from .. import verdicts
from ..counts import attribution
from ..verdicts import NOT_MEASURED
from .seeds import LIBHAMT, Comparison, unrounded

# Which functions of the reference do the work of libhamt's: (operation, their names).
FUNCTIONS = {
    "segment table allocated": ("put", "tables_alloc|pool_grow"),
    "segment table freed": ("put", "tables_free"),
    "search_recursive": ("put", "search|search_from"),
    "hamt_get": ("get", "hamt_get"),
    "hamt_set": ("put", "hamt_put"),
    "hash_get_index": ("put", "chunk_at"),
    "insert_kv": ("put", "put_new|table_insert"),
    "memmove": ("put", r"(__)?mem(cpy|move)\w*"),
}
PROFILE = "002.profile"
SAMPLES = f"{PROFILE}.02"  # all that the profiler took
BUMP, INSERT, ARRAYS = "003.evidence.11", "003.impact.05", "003.evidence.06"


def alone(figure, ours, verdict):
    return Comparison(figure, "", ours, None, None, None, verdict)


def shown(found):
    instructions, cycles = (f"{share:.2g}" for share in found)
    return f"{instructions} % of instr., {cycles} % of cycles"


def by_purpose(figures, cells):
    for name, *_, instructions, cycles, verdict in [*attribution.share_claims(cells),
                                                    *attribution.path_claims(cells)]:
        if name in figures:
            counted = verdict != NOT_MEASURED
            ours = f"{instructions} % of instr., {cycles} % of cycles" if counted else "-"
            yield alone(figures[name], ours, verdict)


def shares_of(rows, functions):
    """Per cent of instructions, and of estimated cycles."""
    figures = rows[list(attribution.MEASURES)]
    return 100 * figures[rows["function"].str.fullmatch(functions)].sum() / figures.sum()


def by_function(figures, cells):
    for figure in figures.values():
        if not figure.id.startswith(PROFILE) or figure.row not in FUNCTIONS:
            continue
        op, functions = FUNCTIONS[figure.row]
        rows = attribution.of_cell(cells, LIBHAMT, op)
        if len(rows):
            found = shares_of(rows, functions)
            part = 100 / figures[SAMPLES].span.low if figure.metric == "samples" else 1
            theirs = verdicts.Span(*(part * bound for bound in unrounded(figure).span))
            yield alone(figure, f"{shown(found)} of a {op}",
                        verdicts.judge_estimates(theirs, found).text)


def of_a_bump(figures, cells):
    figure = figures.get(BUMP)
    rows = attribution.of_cell(cells, figure.composition, figure.op) if figure else ()
    if len(rows):
        arrays = figures[ARRAYS].span.low / figures[ARRAYS].scale
        found = [share / arrays for share in shares_of(rows, "pool_alloc")]
        theirs = verdicts.Span(*(100 * bound / figures[INSERT].span.low
                                 for bound in unrounded(figure).span))
        yield alone(figure, f"{shown(found)} of a put",
                    verdicts.judge_estimates(theirs, found).text)


def comparisons(figures, where):
    """{figure's id: Comparison}, of {id: Figure} and the attribution that is stored there."""
    cells = attribution.load(where)
    return {found.figure.id: found for of in (by_purpose, by_function, of_a_bump)
            for found in of(figures, cells)}
