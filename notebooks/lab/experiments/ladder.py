#!/usr/bin/env python3
"""README's table: what each fix does, from the stored experiment under results/runs.

    python3 -m lab.experiments.ladder [--runs DIR]

`make findings` prints it and, if it is that of the committed results, writes it between its marks
in README.md; a test fails if they differ.
"""
import pathlib
import re

from .. import fallbacks, store
from ..command import Parser, run_report
from ..stats import estimate, paired_ratio
from ..tables import digits, with_interval

NAME = "fixes"
README = store.ROOT / "README.md"
MARKS = ("<!-- made by `make findings` -->", "<!-- end -->")
BASELINE, REFERENCE = "outline", "reference"
# The rows, and what each changes; the groups are set apart.
ROWS = [
    ("outline", "the baseline: ten levels, a growable list in every node and leaf, all malloc'ed; all functions calls"),
    ("outline+array64", "64 slots in every node"),
    ("outline+exact", "children in arrays of exact size"),
    ("outline+pool+four", "children's arrays from a bump pool of 65,536 slots, four at first"),
    ("outline+growpool+exact", "children's arrays of exact size, from a growing pool with size classes"),
    ("outline+simd", "children found by comparing 16 bytes at once"),
    ("outline+move", "entries moved, not copied"),
    ("outline+inline4", "four entries in the leaf itself; entries moved"),
    ("outline+single", "one entry in the leaf itself; entries moved"),
    ("outline+sizes+tagged", "a node's kind in the pointer to it; each kind of node its own size"),
    ("outline+arena", "nodes from blocks of 1,024"),
    ("outline+freelist", "the same, dead nodes used again"),
    ("inline", "hot functions inlined"),
    ("outline+prefetch", "nodes prefetched"),
    ("outline+lazy", "a leaf at the first level where it is alone"),
    ("outline+pathcomp", "and no node in which nothing parts"),
    ("phase2", "seeds: arena + pool of 65,536 slots"),
    ("phase2.5", "seeds: pool of 4,194,304 slots"),
    ("phase2.6", "seeds: + move + inline"),
    ("phase3", "seeds: + free list"),
    ("fix1", "roadmap: phase3 with single"),
    ("fix2", "+ sizes + tagged"),
    ("fix3", "+ pathcomp"),
    ("fix4", "+ growpool and exact instead of the bump pool"),
    ("reference", "the design of libhamt"),
]


def by_variant(cells, op):
    """{variant: Replicates} of the one cell with this operation."""
    found = [row for cell, row in cells.items() if cell.op == op]
    if len(found) != 1:
        raise store.StoreError(f"wanted one cell with {op}, found {len(found)}")
    return {competitor.variant: replicates for competitor, replicates in found[0].items()}


def table(runs=store.RUNS):
    connection = store.open_runs(NAME, runs=runs)
    cells = store.replicates(connection, store.newest_experiment(connection))
    put, get = by_variant(cells, "put"), by_variant(cells, "get")

    def ratio(of, variant, other):
        return "1" if variant == other else with_interval(
            paired_ratio(of[variant].ns_per_op, of[other].ns_per_op))
    header = ["variant", "what it changes", "put / outline", "get / outline", "put / reference",
              "get / reference", "bytes/entry"]
    lines = [header, ["---"] * 2 + ["---:"] * 5]
    for name, change in ROWS:
        lines.append([fallbacks.marked(f"`{name}`", put[name].tree), change, ratio(put, name, BASELINE), ratio(get, name, BASELINE),
                      ratio(put, name, REFERENCE), ratio(get, name, REFERENCE),
                      digits(estimate(put[name].bytes_per_entry.values()).median)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def between_marks(text):
    return re.search(re.escape(MARKS[0]) + r"\n\n(.*?)\n\n" + re.escape(MARKS[1]), text, re.S)


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=store.RUNS, help="the exported experiments")
    given = parser.parse_args(arguments)
    made = table(given.runs)
    print(made)
    if pathlib.Path(given.runs).resolve() == store.RUNS.resolve():
        text = README.read_text()
        found = between_marks(text)
        README.write_text(text[:found.start(1)] + made + text[found.end(1):])


if __name__ == "__main__":
    run_report("findings", report)
