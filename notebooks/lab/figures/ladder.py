"""Figures about the ladder from the baseline to the reference: the seeds' phases, then their
roadmap, each step on top of the one before."""
from typing import NamedTuple

from ..documents import seeds
from ..stats import Estimate, estimate, paired_ratio
from ..tables import digits, short_scale, with_interval
from . import panels
from .question import Question, demand

BASELINE, REFERENCE = "list", "reference"
PHASES = ("phase1", "phase2", "phase2.5", "phase2.6", "phase3")
ROADMAP = ("fix1", "fix2", "fix3", "fix4")
STEPS = (BASELINE, *PHASES, *ROADMAP, REFERENCE)
WHAT = {"list": "list: the baseline", "phase1": "phase1: arena, exact arrays",
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


class Ladder(NamedTuple):
    steps: list   # those of STEPS that were measured
    ratios: dict  # {op: {step: Estimate of its time over the baseline's}}
    alone: dict   # {op: {step: Estimate of its time over the step's before it}}
    bytes: dict   # {step: Estimate of bytes an entry}
    seeds: dict   # {op: {step: the documents' time over their baseline's}}


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
                  seeds_ladder())


# ---- How much does each step gain? ----

OURS, THEIRS = "here", "in the documents, over their own baseline"


def fill_steps(figure, ladder):
    names = [WHAT[step] for step in ladder.steps]
    looks = {OURS: panels.look(0), THEIRS: panels.look(2, full=False)}
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, 3, width_ratios=(1, 1, 0.8))
    for one, op in zip(axes, OPS):
        theirs = {step: Estimate(value, None, None, 1) for step, value in ladder.seeds[op].items()
                  if step != BASELINE and step in ladder.steps}
        series = {OURS: ladder.ratios[op], THEIRS: theirs}
        panels.factors(one, names, {label: {WHAT[step]: value for step, value in values.items()}
                                    for label, values in series.items()},
                       groups=GROUPS, looks=looks)
        one.set_title(f"{op}: time over the baseline's")
    panels.factors(axes[2], names, {OURS: {WHAT[step]: value
                                           for step, value in ladder.bytes.items()}},
                   one=None, groups=GROUPS, looks=looks, ticks=4)
    axes[2].set_title("bytes/entry")
    for one in axes[1:]:
        panels.hide_names(one)
    panels.shared_legend(strip, axes)


def tell_steps(ladder):
    for op in OPS:
        alone = ladder.alone[op]
        best = min(alone, key=lambda step: alone[step].median)
        slower = [step for step, ratio in alone.items() if ratio.low is not None and ratio.low > 1]
        yield (f"{op}: the step that gains most is {best}, to {with_interval(alone[best])} of the"
               f" time before it; steps that make it slower: {', '.join(slower) or 'none'}.")
        last = [step for step in ladder.steps if step not in (BASELINE, REFERENCE)][-1]
        ends = [f"{step} takes {with_interval(ladder.ratios[op][step])}"
                for step in (last, REFERENCE) if step in ladder.ratios[op]]
        yield f"{op}, over the baseline: {'; '.join(ends)}."
        both = [step for step in ladder.seeds[op] if step in ladder.ratios[op]]
        if both:
            theirs, ours = ladder.seeds[op][both[-1]], ladder.ratios[op][both[-1]]
            yield (f"{op}, {both[-1]} over the baseline: {digits(theirs)} in the documents,"
                   f" {with_interval(ours)} here.")
    yield f"Each interval is of {ladder.ratios['put'][ladder.steps[1]].count} pairs of processes."


GAIN = Question("How much does each step of the ladder gain?", "ladder", (10, 4.6),
                lambda results: ladder_of(results.experiment("fixes").cells), fill_steps,
                tell_steps)


# ---- At every scale? ----

PLACES = (("sequential", 1000), ("sequential", 10000), ("sequential", 100000),
          ("shuffled", 1000000))


def ladders(cells):
    """{label: Ladder} of the places that were measured."""
    found = {}
    for pattern, scale in PLACES:
        if BASELINE in panels.of(cells, "put", pattern, scale):
            found[f"{short_scale(scale)} {pattern}"] = ladder_of(cells, pattern, scale)
    return demand(found, "ladder at any scale")


def fill_scales(figure, found):
    steps = [step for step in STEPS[1:]
             if any(step in ladder.steps for ladder in found.values())]
    above, strip = panels.with_legend(figure, 0.08)
    axes = above.subplots(1, len(OPS))
    for one, op in zip(axes, OPS):
        panels.factors(one, [WHAT[step] for step in steps], {
            label: {WHAT[step]: ratio for step, ratio in ladder.ratios[op].items()}
            for label, ladder in found.items()},
            groups=(len(PHASES) - 1, len(PHASES) + len(ROADMAP) - 1))
        one.set_title(f"{op}: time over the baseline's")
    panels.hide_names(axes[1])
    panels.shared_legend(strip, axes)


def tell_scales(found):
    for op in OPS:
        told = [f"{label} {with_interval(ladder.ratios[op][step])}"
                for label, ladder in found.items() for step in ROADMAP[-1:]
                if step in ladder.ratios[op]]
        if told:
            yield f"{op}, {ROADMAP[-1]} over the baseline: {', '.join(told)}."


SCALES = Question("Does the ladder gain as much at every scale?", "ladder-scales", (10, 5),
                  lambda results: ladders(results.experiment("seeds").cells), fill_scales,
                  tell_scales)
