"""The stored study of the superslab, as reports ask for it.

read() alone knows how it is stored.  A row of its frame is a process: what ran (kind, configuration), under which load
(slots, generator, threads), where (block, position), how it ended (status, detail), and what it measured, a column for
each value; `counts` is {name: number} of what was counted or sampled.  Study finds values by load, configuration and
column, one for each block, and takes ratios within blocks.
"""
import json
import pathlib
import re
from typing import NamedTuple

import pandas

from ..command import Failure
from ..results import RESULTS
from ..stats import estimate
from .measure import ABOUT, COLUMNS, RUNS
from .plan import COUNT, MAIN, PROFILE, STEPS, TIME

KERNEL = "kernel_"  # with what a profile's places in the kernel begin
LOAD = ["slots", "generator", "threads"]


class Stored(NamedTuple):
    about: dict             # machine, programs, libraries, when
    runs: pandas.DataFrame


def pairs_of(text):
    """{key: number} of "key=value key=value"."""
    return {key: float(value) for key, value in re.findall(r"(\S+)=(\S+)", text)}


def frame(rows):
    """The frame of a list of rows as they are stored."""
    found = pandas.DataFrame(rows, columns=COLUMNS).rename(columns={f"load_{name}": name for name in LOAD})
    return found.assign(counts=found["counts"].fillna("").astype(str).map(pairs_of))


def read(directory=RESULTS / "superslab"):
    """The study that this directory holds."""
    directory = pathlib.Path(directory)
    if not (directory / RUNS).exists() or not (directory / ABOUT).exists():
        raise Failure(f"{directory}: no study of the superslab there; make superslab-results measures one")
    return Stored(json.loads((directory / ABOUT).read_text()), frame(pandas.read_csv(directory / RUNS)))


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
                      for place, rows in good.groupby(["kind", *LOAD, "configuration"])}

    def rows(self, kind, load, name):
        return self.found.get((kind, load.slots, load.generator, load.threads, name), self.none)

    def column(self, name, column, load=MAIN, kind=TIME):
        return self.rows(kind, load, name)[column].dropna().astype(float)

    def value(self, name, column, load=MAIN, kind=TIME):
        return estimated(self.column(name, column, load, kind))

    def ratio(self, name, base, column="mops", load=MAIN, base_load=None, kind=TIME):
        """Of two configurations within blocks."""
        lower = self.column(base, column, base_load or load, kind)
        return estimated(self.column(name, column, load, kind) / lower[lower != 0])

    def difference(self, name, base, column, load=MAIN):
        return estimated(self.column(name, column, load) - self.column(base, column, load))

    def counts(self, name, load=MAIN):
        """What was counted once: {key: number}; empty if it was not."""
        for _, row in self.rows(COUNT, load, name).iterrows():
            return row["counts"] | {key: float(row[key]) for key in ("cycles", "allocations", "frees")}
        return {}

    def cycles(self, name, column, empty, steps=1):
        """Cycles that a step takes without the loop around it."""
        cost, loop, cycle = (self.column(name, each, kind=STEPS) for each in (column, empty, "cycle_ns"))
        return estimated((cost - loop) / steps / cycle)

    def share(self, name, prefix):
        """The share of a profile's samples that fell into places that begin so."""
        samples = self.rows(PROFILE, MAIN, name)["counts"]
        return estimated(samples.map(lambda counts: total(counts, prefix) / sum(counts.values())))


def stored(directory):
    """The Study in this directory; an empty one where there is none."""
    there = (pathlib.Path(directory) / RUNS).exists()
    return Study(read(directory).runs if there else frame([]))


def total(counts, prefix):
    """The sum of all counts whose names begin so."""
    return sum(value for key, value in counts.items() if key.startswith(prefix))
