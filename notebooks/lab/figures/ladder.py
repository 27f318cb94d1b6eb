"""Figures about the ladder from the baseline to the reference: the seeds' phases, then their
roadmap, each step on top of the one before.

The order of keys decides much of what a step gains, so that no figure sets one order beside another
unmarked.  The documents fill their maps in sequence, and so does the ladder that is held against
theirs; the other order stands beside it."""
from typing import NamedTuple

from .. import fallbacks
from ..documents import seeds
from ..stats import Estimate, estimate, paired_ratio
from ..tables import digits, short_scale, with_interval
from . import drawing, panels
from .question import NotMeasured, Question, demand

BASELINE, REFERENCE = "outline", "reference"
PHASES = ("phase1", "phase2", "phase2.5", "phase2.6", "phase3")
ROADMAP = ("fix1", "fix2", "fix3", "fix4")
STEPS = (BASELINE, *PHASES, *ROADMAP, REFERENCE)
WHAT = {"outline": "outline: the baseline", "phase1": "phase1: arena, exact arrays",
        "phase2": "phase2: bump pool", "phase2.5": "phase2.5: larger pool",
        "phase2.6": "phase2.6: moves, inlining", "phase3": "phase3: free list",
        "fix1": "fix1: one entry a leaf", "fix2": "fix2: kind in the pointer",
        "fix3": "fix3: path compression", "fix4": "fix4: size classes",
        "reference": "reference"}
# Rules after the baseline, the phases and the roadmap.
GROUPS = (0, len(PHASES), len(PHASES) + len(ROADMAP))
OPS = ("put", "get")
ENTRIES = 100000  # the documents' largest scale
DOCUMENT, TABLE = "000", "phases"  # their table of phases at that scale
THEIR_ORDER = seeds.USUAL["pattern"]
# Where the ladder was measured, in each order of keys.
EXPERIMENTS = {THEIR_ORDER: "seeds", "shuffled": "fixes"}


class Ladder(NamedTuple):
    steps: list   # those of STEPS that were measured
    ratios: dict  # {op: {step: Estimate of its time over the baseline's}}
    alone: dict   # {op: {step: Estimate of its time over the step's before it}}
    bytes: dict   # {step: Estimate of bytes an entry}
    full: dict    # {step: share of its arrays that malloc served because its pool was full}


def seeds_ladder(figures=None):
    """{op: {step: ratio}} of the documents' own table."""
    times = {op: {} for op in OPS}
    for figure in seeds.read_figures() if figures is None else figures:
        if (figure.document, figure.table, figure.metric) == (DOCUMENT, TABLE, "ns_per_op"):
            times[figure.op][figure.composition] = figure.span.low
    return {op: {step: time / of[BASELINE] for step, time in of.items()}
            for op, of in times.items()}


def ratios_of(found, steps):
    """{step: Estimate} over the baseline; None is left out."""
    pairs = {step: paired_ratio(found[step].ns_per_op, found[BASELINE].ns_per_op)
             for step in steps if step != BASELINE}
    return {step: ratio for step, ratio in pairs.items() if ratio}


def ladder_of(cells, pattern="shuffled", scale=ENTRIES):
    by_op = {op: panels.of(cells, op, pattern, scale) for op in OPS}
    steps = [step for step in STEPS if all(step in found for found in by_op.values())]
    rungs = [step for step in steps if step != REFERENCE]
    demand(BASELINE in rungs and len(rungs) > 1,
           f"ladder at {short_scale(scale)}, {pattern} keys")
    alone = {op: {step: paired_ratio(found[step].ns_per_op, found[before].ns_per_op)
                  for before, step in zip(rungs, rungs[1:])} for op, found in by_op.items()}
    return Ladder(steps, {op: ratios_of(found, steps) for op, found in by_op.items()}, alone,
                  {step: estimate(by_op["put"][step].bytes_per_entry.values()) for step in steps},
                  {step: fallbacks.share(by_op["put"][step].tree) for step in steps})


# ---- How much does each step gain? ----

THEIRS = f"the documents, {THEIR_ORDER} keys"


def ours(order):
    return f"here, {order} keys"


def ladders_by_order(results):
    """{order of keys: Ladder} of the orders that were measured."""
    found = {}
    for order, name in EXPERIMENTS.items():
        try:
            found[order] = ladder_of(results.experiment(name).cells, order)
        except NotMeasured as reason:
            lacking = reason
    if not found:
        raise lacking
    return found


def fill_steps(figure, found):
    steps = [step for step in STEPS if any(step in ladder.steps for ladder in found.values())]
    names = [WHAT[step] for step in steps]
    looks = {THEIRS: panels.look(2, full=False),
             **{ours(order): panels.look(number) for number, order in enumerate(found)}}
    ringed = {(ours(order), WHAT[step]) for order, ladder in found.items()
              for step, share in ladder.full.items() if share}
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, 3, width_ratios=(1, 1, 0.8))
    documents = seeds_ladder()

    def by_name(values):
        return {WHAT[step]: value for step, value in values.items()}
    for one, op in zip(axes, OPS):
        theirs = {step: Estimate(value, None, None, 1) for step, value in documents[op].items()
                  if step != BASELINE and step in steps}
        panels.factors(one, names, {
            THEIRS: by_name(theirs),
            **{ours(order): by_name(ladder.ratios[op]) for order, ladder in found.items()}},
            groups=GROUPS, looks=looks, ringed=ringed, ticks=6)
        one.set_title(f"{op}: time over the baseline's")
    panels.factors(axes[2], names,
                   {ours(order): by_name(ladder.bytes) for order, ladder in found.items()},
                   one=None, groups=GROUPS, looks=looks, ticks=4, ringed=ringed)
    axes[2].set_title("bytes/entry")
    for one in axes[1:]:
        panels.hide_names(one)
    panels.shared_legend(strip, axes, columns=2)


def tell_steps(found):
    documents = seeds_ladder()
    for op in OPS:
        for order, ladder in found.items():
            what, alone, ratios = f"{op}, {order} keys", ladder.alone[op], ladder.ratios[op]
            best = min(alone, key=lambda step: alone[step].median)
            slower = [step for step, ratio in alone.items()
                      if ratio.low is not None and ratio.low > 1]
            yield (f"{what}: the step that gains most is {best}, to {with_interval(alone[best])} of"
                   f" the time before it; steps that make it slower: {', '.join(slower) or 'none'}.")
            last = [step for step in ladder.steps if step not in (BASELINE, REFERENCE)][-1]
            ends = [f"{step} takes {with_interval(ratios[step])}"
                    for step in (last, REFERENCE) if step in ratios]
            yield f"{what}, over the baseline: {'; '.join(ends)}."
        both = [step for step in documents[op]
                if THEIR_ORDER in found and step in found[THEIR_ORDER].ratios[op]]
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
    """{order of keys: {scale: Ladder}} of the places that were measured: each from the cells of the
    experiment that has most of its steps."""
    found = {}
    for order, scales in SCALES_OF.items():
        for scale in scales:
            there = []
            for cells in experiments:
                try:
                    there.append(ladder_of(cells, order, scale))
                except NotMeasured:
                    pass
            if there:
                found.setdefault(order, {})[scale] = max(there, key=lambda each: len(each.steps))
    return demand(found, "ladder at any scale")


def read_scales(results):
    found = []
    for name in EXPERIMENTS.values():
        try:
            found.append(results.experiment(name).cells)
        except NotMeasured as reason:
            lacking = reason
    if not found:
        raise lacking
    return ladders(*found)


def every(found):
    """(order, scale, Ladder)"""
    return [(order, scale, ladder) for order, by_scale in found.items()
            for scale, ladder in by_scale.items()]


def fill_scales(figure, found):
    steps = [step for step in STEPS[1:] if any(step in ladder.steps for *_, ladder in every(found))]
    scales = sorted({scale for _, scale, _ in every(found)})
    looks = {short_scale(scale): panels.look(number) for number, scale in enumerate(scales)}
    above, strip = panels.with_legend(figure, 0.05)
    axes = above.subplots(len(found), len(OPS), sharex="col", squeeze=False)
    for row, (order, by_scale) in zip(axes, found.items()):
        for one, op in zip(row, OPS):
            # A scale keeps its place on the line where the other order has it alone.
            panels.factors(one, [WHAT[step] for step in steps], {
                short_scale(scale): {WHAT[step]: ratio for step, ratio
                                     in (by_scale[scale].ratios[op] if scale in by_scale
                                         else {}).items()} for scale in scales},
                groups=(len(PHASES) - 1, len(PHASES) + len(ROADMAP) - 1), looks=looks,
                ringed={(short_scale(scale), WHAT[step]) for scale, ladder in by_scale.items()
                        for step, share in ladder.full.items() if share})
            one.set_title(f"{op}, {order} keys: time over the baseline's")
        panels.hide_names(row[1])
    for column, op in zip(axes.T, OPS):
        seen = [1, *(value for *_, ladder in every(found) for ratio in ladder.ratios[op].values()
                     for value in ratio[:3] if value is not None)]
        drawing.factor_axis(column[0].xaxis, *drawing.room_around(seen))
    panels.shared_legend(strip, axes.ravel())


def tell_scales(found):
    for op in OPS:
        for order, by_scale in found.items():
            told = [f"{short_scale(scale)} {with_interval(ladder.ratios[op][step])}"
                    for scale, ladder in by_scale.items() for step in ROADMAP[-1:]
                    if step in ladder.ratios[op]]
            if told:
                yield f"{op}, {order} keys, {ROADMAP[-1]} over the baseline: {', '.join(told)}."
    yield from panels.tell_fallbacks(
        {f"{step} {short_scale(scale)} {order}": share for order, scale, ladder in every(found)
         for step, share in ladder.full.items()})


SCALES = Question("Does the ladder gain as much at every scale?", "ladder-scales", (10, 8.4),
                  read_scales, fill_scales, tell_scales)
