"""The stored study of the superslab, as reports ask for it.

read() alone knows how it is stored.  A row of its frame is a process: what it did (op: one of MIXED, COUNT, STEPS,
PROFILE), with which configuration, under which load (slots, generator, threads), where (block, position), how it ended
(status, detail), and what it measured, a column for each value; `counts` is {name: number} of what was counted or
sampled.  Study finds values by load, configuration and column, one for each block, and takes ratios within blocks.
"""
from typing import NamedTuple

import pandas

from ..results import RESULTS, NotMeasured, parameter, processes
from ..stats import estimate
from .configurations import MAIN

# The workload timed, counting, and under perf; and what single steps cost.
MIXED, COUNT, PROFILE, STEPS = "mixed", "count", "profile", "steps"
KERNEL = "kernel_"  # with what a profile's places in the kernel begin
LOAD = list(MAIN._fields)


class Stored(NamedTuple):
    about: dict             # the experiment and its machine
    runs: pandas.DataFrame


def counts_of(runs):
    """{name: number} of each process, from the columns count.NAME and profile.NAME."""
    columns = {name: name.partition(".")[2] for name in runs if name.startswith((f"{COUNT}.", f"{PROFILE}."))}
    return [{name: value for name, value in row.items() if value == value}
            for row in runs[list(columns)].rename(columns=columns).to_dict("records")]


def frame(runs):
    """The frame of processes as processes() has them.  A step knows no load: it is found under the document's."""
    runs = runs.rename(columns={"allocator_asked": "configuration", "scale": "slots", "pattern": "generator"})
    runs = runs.assign(threads=parameter(runs, "threads"), counts=counts_of(runs))
    steps = runs["op"] == STEPS
    return runs.assign(**{name: runs[name].mask(steps, value) for name, value in MAIN._asdict().items()})


def read(results=RESULTS, name="superslab"):
    try:
        about, runs = processes(name, results)
    except NotMeasured:
        raise NotMeasured(f"{results}: the study of the superslab is not measured; make superslab-results measures it"
                          ) from None
    return Stored(about, frame(runs))


def estimated(values):
    """The median of a Series with its interval; None if there is no value."""
    values = values.dropna()
    return estimate(values) if len(values) else None


def scaled(figure, factor):
    """An Estimate, or None, in another unit."""
    return figure and figure.scaled(factor)


class Study:
    """What asks for a single column gives a Series by block; what asks for a figure an Estimate, or None."""

    def __init__(self, runs):
        good = runs[runs["status"] == "ok"]
        self.none = good.iloc[:0].set_index("block")
        self.found = {place: rows.set_index("block")
                      for place, rows in good.groupby(["op", *LOAD, "configuration"])}

    def rows(self, op, load, name):
        return self.found.get((op, *load, name), self.none)

    def column(self, name, column, load=MAIN, op=MIXED):
        return self.rows(op, load, name).get(column, self.none["slots"]).dropna().astype(float)

    def value(self, name, column, load=MAIN, op=MIXED):
        return estimated(self.column(name, column, load, op))

    def ratio(self, name, base, column="mops", load=MAIN, base_load=None):
        """Of two configurations within blocks."""
        lower = self.column(base, column, base_load or load)
        return estimated(self.column(name, column, load) / lower[lower != 0])

    def difference(self, name, base, column, load=MAIN):
        return estimated(self.column(name, column, load) - self.column(base, column, load))

    def counts(self, name, load=MAIN):
        """What was counted once: {key: number}; empty if it was not."""
        for _, row in self.rows(COUNT, load, name).iterrows():
            return row["counts"] | {key: float(row[key]) for key in ("cycles", "allocations", "frees")}
        return {}

    def cycles(self, name, column, empty, steps=1):
        """Cycles that a step takes without the loop around it."""
        cost, loop, cycle = (self.column(name, each, op=STEPS) for each in (column, empty, "cycle_ns"))
        return estimated((cost - loop) / steps / cycle)

    def share(self, name, prefix):
        """The share of a profile's samples that fell into places that begin so."""
        samples = self.rows(PROFILE, MAIN, name)["counts"]
        return estimated(samples.map(lambda counts: total(counts, prefix) / sum(counts.values())))


def stored(results):
    """The Study among these results; an empty one where there is none."""
    try:
        return Study(read(results).runs)
    except NotMeasured:
        return Study(frame(pandas.DataFrame(columns=["op", "allocator_asked", "scale", "pattern", "parameters", "block",
                                                     "status"])))


def total(counts, prefix):
    """The sum of all counts whose names begin so."""
    return sum(value for key, value in counts.items() if key.startswith(prefix))
