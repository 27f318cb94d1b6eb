"""The stored study of the superslab, and how it is asked.

read() alone knows how it is stored.  A row of its frame is a process: what it did (op: one of MIXED, COUNT, STEPS,
PROFILE), with which configuration, under which load (slots, generator, threads), in which block, how it ended (status,
detail), and what it measured, a column for each value.  A Study is asked for figures by a text:

    2m                                    a configuration's Mop/s, in each block
    2m/phase9-on                          its ratio to another's, within blocks
    phase9-on@good/phase9-on              under the good generator, over the other
    kernel_share 2m                       another column of the study, or a formula of its columns
    profile:kernel_mmap phase9-on         share of a profile's samples, by where they fell; kernel: all of these
    steps:lookup best                     cycles of a single step; pair: of an allocation and a free
    count:lookups / frees phase9-on       what was counted once: one number, without an interval
"""
import math
import re

import numpy
import pandas

from ..printing import with_interval
from ..results import RESULTS, NotMeasured, parameter, processes
from ..stats import estimate
from .configurations import MAIN

# The workload timed, counting, and under perf; and what single steps cost.
MIXED, COUNT, PROFILE, STEPS = "mixed", "count", "profile", "steps"
LOAD = list(MAIN._fields)


def frame(runs):
    """The frame of processes as processes() has them.  A step knows no load: it is found under the document's."""
    runs = runs.rename(columns={"allocator_asked": "configuration", "scale": "slots", "pattern": "generator"})
    runs, steps = runs.assign(threads=parameter(runs, "threads")), runs["op"] == STEPS
    return runs.assign(**{name: runs[name].mask(steps, value) for name, value in MAIN._asdict().items()})


def read(results=RESULTS, name="superslab"):
    """(the experiment and its machine, the frame of its processes)"""
    try:
        about, runs = processes(name, results)
    except NotMeasured:
        raise NotMeasured(f"{results}: the study of the superslab is not measured; make superslab-results measures it"
                          ) from None
    return about, frame(runs)


# ---- What the processes of one kind told of themselves, as columns ----

def _sum(part, begins):
    return part[[name for name in part if name.startswith(begins)]].sum(axis=1, min_count=1)


def _counts(part):
    part = part.assign(exhausted=_sum(part, "exhausted_"), fallbacks=_sum(part, "fallbacks_"))
    calls = part.reindex(columns=["mmap_calls", "munmap_calls"]).sum(axis=1, min_count=2)
    return part.assign(calls=calls / part["cycles"])


def _shares(part):
    places = list(part.columns.difference(["configuration", "block", *LOAD]))
    part[places] = part[places].div(part[places].sum(axis=1), axis=0).fillna(0.0)
    return part.assign(kernel=_sum(part, "kernel_"))


def _cycles(part):
    return part.assign(lookup=(part["lookup_ns"] - part["empty_lookup_ns"]) / part["cycle_ns"],
                       pair=(part["pair_ns"] - part["empty_pair_ns"]) / 2 / part["cycle_ns"])


def _of_kind(runs, kind, prepare):
    """{(kind, configuration, *load): frame by block}"""
    part = runs[runs["op"] == kind].dropna(axis=1, how="all")
    own = {name: name.partition(".")[2] for name in part if name.startswith(f"{kind}.")}
    part = part.drop(columns=set(own.values()) & set(part)).rename(columns=own)
    if kind == PROFILE and len(part):
        part = part[["configuration", "block", *LOAD, *own.values()]]
    return {(kind, *place): rows.set_index("block")
            for place, rows in prepare(part).groupby(["configuration", *LOAD])} if len(part) else {}


# ---- Figures ----

def estimated(values):
    """The median of a Series with its interval; None if there is no value."""
    return estimate(values) if len(values) else None


def scaled(figure, factor):
    """An Estimate, or None, in another unit."""
    return figure and figure.scaled(factor)


def significant(value):
    """Three significant digits, and no exponent: throughputs differ a thousandfold."""
    decimals = 2 if value == 0 else min(4, max(0, 2 - math.floor(math.log10(abs(value)))))
    return f"{value:.{decimals}f}"


def text_of(figure):
    return with_interval(figure, significant)


class Study:
    """runs: as read() has them; () for a study that was not measured."""

    def __init__(self, runs=()):
        self.found = {}
        if len(runs):
            runs = runs[runs["status"] == "ok"]
            for kind, prepare in ((COUNT, _counts), (PROFILE, _shares), (STEPS, _cycles), (MIXED, lambda part: part)):
                self.found |= _of_kind(runs, kind, prepare)
        for (kind, *place), rows in self.found.items():
            counted = self.found.get((COUNT, *place))
            if kind == MIXED and counted is not None:  # how many calls a cycle makes
                rows["calls"] = counted["calls"].iloc[0]

    @classmethod
    def stored(cls, directory):
        return cls(read(directory)[1])

    def _series(self, kind, formula, name, load):
        configuration, _, generator = name.partition("@")
        rows = self.found.get((kind, configuration, *load._replace(generator=generator or load.generator)))
        if rows is None:
            return pandas.Series(dtype=float)
        if kind == PROFILE:  # where no sample fell is not told
            rows = rows.assign(**{place: 0.0 for place in re.findall(r"[a-z]\w+", formula) if place not in rows})
        try:
            return (rows[formula] if formula in rows else rows.eval(formula)).astype(float)
        except pandas.errors.UndefinedVariableError:
            return pandas.Series(dtype=float)  # a column that these processes do not have

    def values(self, text, load=MAIN):
        """What a text asks for, by block; empty where nothing was measured.  Nothing is a multiple of nothing."""
        *formula, names = text.split(" ")
        kind, _, formula = " ".join(formula).rpartition(":")
        upper, *lower = (self._series(kind or MIXED, formula or "mops", name, load) for name in names.split("/"))
        return (upper / lower[0] if lower else upper).replace([numpy.inf, -numpy.inf], numpy.nan).dropna()

    def figure(self, text, load=MAIN):
        """The Estimate, or the number that was counted; None where there is none."""
        values = self.values(text, load)
        return values.iloc[0] if text.startswith(f"{COUNT}:") and len(values) else estimated(values)
