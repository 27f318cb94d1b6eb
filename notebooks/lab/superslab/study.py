"""Stored measurements of the superslab, as reports and tests ask for them.

A study is a list of rows (lab.superslab.measure describes them).  Values are found by load,
configuration and column, one for each block; ratios are taken within blocks.
"""
import json
import pathlib
import re

from .. import store
from ..command import Failure
from ..stats import estimate, paired_ratio
from .measure import ABOUT, RUNS, read_rows
from .plan import COUNT, MAIN, PROFILE, STEPS, TIME

RESULTS = store.ROOT / "results" / "superslab"

KERNEL = "kernel_"  # with what a profile's places in the kernel begin


def pairs_of(text):
    """{key: number} of "key=value key=value"."""
    return {key: float(value) for key, value in re.findall(r"(\S+)=(\S+)", text)}


class Study:
    def __init__(self, rows):
        self.found = {}  # {(kind, load, configuration): {block: row}}
        for row in rows:
            if row["status"] == "ok":
                key = (row["kind"], (int(row["load_slots"]), row["load_generator"],
                                     int(row["load_threads"])), row["configuration"])
                self.found.setdefault(key, {})[int(row["block"])] = row

    def rows(self, kind, load, name):
        """{block: row}, empty where nothing was measured."""
        return self.found.get((kind, (load.slots, load.generator, load.threads), name), {})

    def column(self, name, column, load=MAIN, kind=TIME):
        """{block: value}"""
        return {block: float(row[column]) for block, row in self.rows(kind, load, name).items()
                if row.get(column)}

    def value(self, name, column, load=MAIN, kind=TIME):
        """The median with its interval; None if there is no value."""
        values = self.column(name, column, load, kind)
        return estimate(values.values()) if values else None

    def ratio(self, name, base, column="mops", load=MAIN, base_load=None, kind=TIME):
        """The ratio of two configurations within blocks; None if no block has both."""
        upper = self.column(name, column, load, kind)
        lower = self.column(base, column, base_load or load, kind)
        return paired_ratio(upper, {block: value for block, value in lower.items() if value})

    def difference(self, name, base, column, load=MAIN):
        """The same, of differences."""
        upper, lower = self.column(name, column, load), self.column(base, column, load)
        found = [upper[block] - lower[block] for block in upper.keys() & lower]
        return estimate(found) if found else None

    def counts(self, name, load=MAIN):
        """What was counted once: {key: number}; None if it was not."""
        for row in self.rows(COUNT, load, name).values():
            return pairs_of(row["counts"]) | {key: float(row[key])
                                              for key in ("cycles", "allocations", "frees")}
        return None

    def step(self, name, column):
        """{block: ns}"""
        return self.column(name, column, MAIN, STEPS)

    def shares(self, name, prefix):
        """The share of a profile's samples that fell into places that begin so; {block: share}."""
        result = {}
        for block, row in self.rows(PROFILE, MAIN, name).items():
            samples = pairs_of(row["counts"])
            result[block] = (sum(count for place, count in samples.items()
                                 if place.startswith(prefix)) / sum(samples.values()))
        return result

    def share(self, name, prefix):
        values = self.shares(name, prefix)
        return estimate(values.values()) if values else None


def load_study(directory=RESULTS):
    """(about, rows) of a stored study."""
    directory = pathlib.Path(directory)
    if not (directory / RUNS).exists() or not (directory / ABOUT).exists():
        raise Failure(f"{directory}: no study of the superslab there; make superslab-results"
                      " measures one")
    return json.loads((directory / ABOUT).read_text()), read_rows(directory / RUNS)
