"""How much does each change gain, alone and as a step of the ladder from the baseline to the reference?  The ladder's
steps are the seeds' phases and then their roadmap, each on top of the one before.

docs/results.md has a table of each change (`make findings` writes it there); the figures have the ladder.  The order
of keys decides much of what a step gains, so that no figure sets one order beside another unmarked.  The documents
fill their maps in sequence, and so does the ladder that is held against theirs; the other order stands beside it.
"""
import itertools
import re
from typing import NamedTuple

import pandas

from . import drawing, fallbacks, pairs, panels
from .seeds import figures as seeds
from .printing import Table, code, digits, short_scale, with_interval
from .question import Question, demand, those_measured
from .results import RESULTS, NotMeasured, exported, where
from .settings import STORED_BASELINE, REFERENCE
from .stats import Estimate
from .store import ROOT

OPS = ("put", "get")
WHO = ["op", "variant"]
ENTRIES = 100000  # the documents' largest scale


def of_cell(runs, pattern, scale):
    return where(runs, op=OPS, pattern=pattern, scale=scale, key="u64")


def of_maps(runs):
    """Of each composition's full map, by variant: an Estimate of its bytes an entry, and the shape of one."""
    put = runs[runs["op"] == "put"].set_index("variant")
    return pairs.estimates(put["bytes_per_entry"], ["variant"]), put["tree"][~put.index.duplicated()]


# ---- The table of docs/results.md ----

NAME = "fixes"
PAGE = ROOT / "docs" / "results.md"
MARKS = ("<!-- made by `make findings` -->", "<!-- end -->")
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
CHANGES = dict(ROWS) | {"phase1": "seeds: nodes from an arena, children in exact arrays"}


def fix_table(runs, names, others):
    """What each of these does at the documents' largest scale: times over those of the others, and bytes."""
    runs = of_cell(runs, "shuffled", ENTRIES)
    sizes, trees = of_maps(runs)
    lost = [name for name in names if name not in sizes]
    if lost:
        raise NotMeasured(f"{NAME}: not measured: {', '.join(lost)}")
    ratios = {other: pairs.ratios(runs, other, who=WHO) for other in others}
    columns = [(op, other) for other in others for op in OPS]
    rows = [[fallbacks.marked(code(name), trees[name]), CHANGES[name],
             *("1" if name == other else with_interval(ratios[other].get((op, name))) for op, other in columns),
             digits(sizes[name].median)] for name in names]
    return Table(["variant", "what it changes", *(f"{op} / {other}" for op, other in columns), "bytes/entry"], rows, 2)


def findings_table(results=RESULTS):
    """What each fix does, in Markdown."""
    return fix_table(exported(NAME, results).runs, [name for name, _ in ROWS], (STORED_BASELINE, REFERENCE)).markdown()


def between_marks(text):
    return re.search(re.escape(MARKS[0]) + r"\n\n(.*?)\n\n" + re.escape(MARKS[1]), text, re.S)


def findings(results=RESULTS):
    """What each fix does; of the committed results it is written into docs/results.md between its marks, too."""
    made = findings_table(results)
    print(made)
    if results.resolve() == RESULTS.resolve():
        text = PAGE.read_text()
        found = between_marks(text)
        PAGE.write_text(text[:found.start(1)] + made + text[found.end(1):])


# ---- The ladder ----

PHASES = {"phase1": "arena, exact arrays", "phase2": "bump pool", "phase2.5": "larger pool",
          "phase2.6": "moves, inlining", "phase3": "free list"}
ROADMAP = {"fix1": "one entry a leaf", "fix2": "kind in the pointer", "fix3": "path compression",
           "fix4": "size classes"}
WHAT = {step: f"{step}: {what}" for step, what in ({STORED_BASELINE: "the baseline"} | PHASES | ROADMAP).items()}
WHAT[REFERENCE] = REFERENCE
STEPS = tuple(WHAT)
# Rules after the baseline, the phases and the roadmap.
GROUPS = (0, len(PHASES), len(PHASES) + len(ROADMAP))
DOCUMENT, TABLE = "000", "phases"  # their table of phases at that scale
THEIR_ORDER = seeds.USUAL["pattern"]
# Where the ladder was measured, in each order of keys.
EXPERIMENTS = {THEIR_ORDER: "seeds", "shuffled": NAME}


class Ladder(NamedTuple):
    steps: list            # those of STEPS that were measured
    ratios: pandas.Series  # Estimate of the time over the baseline's, by op and step
    alone: pandas.Series   # the same over the step's before it
    bytes: pandas.Series   # Estimate of bytes an entry, by step
    full: pandas.Series    # share of arrays that malloc served because the pool was full, by step


def seeds_ladder():
    """{op: {step: ratio}} of the documents' own table."""
    times = {op: {} for op in OPS}
    for figure in seeds.read_figures():
        if (figure.document, figure.table, figure.metric) == (DOCUMENT, TABLE, "ns_per_op"):
            times[figure.op][figure.composition] = figure.span.low
    return {op: {step: time / of[STORED_BASELINE] for step, time in of.items()} for op, of in times.items()}


def ladder_of(runs, pattern="shuffled", scale=ENTRIES):
    here = of_cell(runs, pattern, scale)
    ops = here.groupby("variant")["op"].nunique()
    steps = [step for step in STEPS if ops.get(step) == len(OPS)]
    rungs = [step for step in steps if step != REFERENCE]
    demand(STORED_BASELINE in rungs and len(rungs) > 1, f"ladder at {short_scale(scale)}, {pattern} keys")
    sizes, trees = of_maps(here)
    alone = [pairs.ratios(here[here["variant"].isin(two)], two[0], who=WHO) for two in zip(rungs, rungs[1:])]
    over = pairs.ratios(here[here["variant"].isin(steps)], STORED_BASELINE, who=WHO)
    return Ladder(steps, over, pandas.concat(alone), sizes[steps], trees[steps].map(fallbacks.share))


def ringed(label, ladder):
    """The points of a series whose pool was full."""
    return {(label, WHAT[step]) for step, share in ladder.full.items() if share}


# ---- How much does each step gain? ----

THEIRS = f"the documents, {THEIR_ORDER} keys"


def ours(order):
    return f"here, {order} keys"


def ladders_by_order(stored):
    """{order of keys: Ladder} of the orders that were measured."""
    found = those_measured(EXPERIMENTS.values(), stored)
    return {order: ladder_of(found[name].runs, order) for order, name in EXPERIMENTS.items() if name in found}


def fill_steps(figure, found):
    steps = [step for step in STEPS if any(step in ladder.steps for ladder in found.values())]
    names, documents = [WHAT[step] for step in steps], seeds_ladder()
    style = {"names": names, "groups": GROUPS, "looks": {
        THEIRS: panels.look(2, full=False), **{ours(order): panels.look(number) for number, order in enumerate(found)}},
             "ringed": set().union(*(ringed(ours(order), ladder) for order, ladder in found.items()))}
    theirs = {op: {WHAT[step]: Estimate(value, None, None, 1) for step, value in documents[op].items()
                   if step != STORED_BASELINE and step in steps} for op in OPS}
    panels.grid(figure, {
        **{f"{op}: time over the baseline's": style | {"ticks": 6, "series": {THEIRS: theirs[op], **{
            ours(order): ladder.ratios[op].rename(WHAT) for order, ladder in found.items()}}} for op in OPS},
        "bytes/entry": style | {"one": None, "ticks": 4, "series": {
            ours(order): ladder.bytes.rename(WHAT) for order, ladder in found.items()}}},
                3, 0.09, legend_columns=2, width_ratios=(1, 1, 0.8))


def tell_steps(found):
    documents = seeds_ladder()
    for op in OPS:
        for order, ladder in found.items():
            what, alone, ratios = f"{op}, {order} keys", ladder.alone[op], ladder.ratios[op]
            best = min(alone.index, key=lambda step: alone[step].median)
            slower = [step for step, ratio in alone.items() if ratio.low is not None and ratio.low > 1]
            yield (f"{what}: the step that gains most is {best}, to {with_interval(alone[best])} of"
                   f" the time before it; steps that make it slower: {', '.join(slower) or 'none'}.")
            last = [step for step in ladder.steps if step not in (STORED_BASELINE, REFERENCE)][-1]
            ends = [f"{step} takes {with_interval(ratios[step])}" for step in (last, REFERENCE) if step in ratios]
            yield f"{what}, over the baseline: {'; '.join(ends)}."
        both = [step for step in documents[op] if THEIR_ORDER in found and step in found[THEIR_ORDER].ratios[op]]
        if both:
            yield (f"{op}, {THEIR_ORDER} keys, {both[-1]} over the baseline:"
                   f" {digits(documents[op][both[-1]])} in the documents,"
                   f" {with_interval(found[THEIR_ORDER].ratios[op][both[-1]])} here.")
    some = next(iter(found.values()))
    yield f"Each interval is of {some.ratios['put'][some.steps[1]].count} pairs of processes."
    yield from panels.tell_fallbacks({f"{step}, {order}": share for order, ladder in found.items()
                                      for step, share in ladder.full.items()})


GAIN = Question("How much does each step of the ladder gain?", "ladder", (10, 5.4),
                ladders_by_order, fill_steps, tell_steps)


# ---- At every scale? ----

SCALES_OF = {"sequential": (1000, 10000, 100000), "shuffled": (1000, 10000, 100000, 1000000)}


def ladders(*experiments):
    """{order of keys: {scale: Ladder}} of the places that were measured: each from the frame of runs that has most of
    its steps."""
    found = {}
    for order, scales in SCALES_OF.items():
        for scale in scales:
            there = []
            for runs in experiments:
                try:
                    there.append(ladder_of(runs, order, scale))
                except NotMeasured:
                    pass
            if there:
                found.setdefault(order, {})[scale] = max(there, key=lambda each: len(each.steps))
    return demand(found, "ladder at any scale")


def every(found):
    """(order, scale, Ladder)"""
    return [(order, scale, ladder) for order, by_scale in found.items() for scale, ladder in by_scale.items()]


def fill_scales(figure, found):
    steps = [step for step in STEPS[1:] if any(step in ladder.steps for *_, ladder in every(found))]
    scales = sorted({scale for _, scale, _ in every(found)})
    # A scale keeps its place on the line where the other order has it alone.
    axes = panels.grid(figure, {f"{op}, {order} keys: time over the baseline's": {
        "names": [WHAT[step] for step in steps], "groups": [after - 1 for after in GROUPS[1:]],
        "series": {short_scale(scale): by_scale[scale].ratios[op].rename(WHAT) if scale in by_scale else {}
                   for scale in scales},
        "ringed": set().union(*(ringed(short_scale(scale), ladder) for scale, ladder in by_scale.items()))}
        for (order, by_scale), op in itertools.product(found.items(), OPS)}, len(OPS), 0.05, sharex="col")
    for column, op in zip(axes.T, OPS):
        seen = [1, *(value for *_, ladder in every(found) for ratio in ladder.ratios[op]
                     for value in ratio[:3] if value is not None)]
        drawing.factor_axis(column[0].xaxis, *drawing.room_around(seen))


def tell_scales(found):
    last = list(ROADMAP)[-1]
    for op in OPS:
        for order, by_scale in found.items():
            told = [f"{short_scale(scale)} {with_interval(ladder.ratios[op, last])}"
                    for scale, ladder in by_scale.items() if (op, last) in ladder.ratios]
            if told:
                yield f"{op}, {order} keys, {last} over the baseline: {', '.join(told)}."
    yield from panels.tell_fallbacks(
        {f"{step} {short_scale(scale)} {order}": share for order, scale, ladder in every(found)
         for step, share in ladder.full.items()})


SCALES = Question("Does the ladder gain as much at every scale?", "ladder-scales", (10, 8.4), lambda stored: ladders(
    *(found.runs for found in those_measured(EXPERIMENTS.values(), stored).values())), fill_scales, tell_scales)
