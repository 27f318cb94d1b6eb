#!/usr/bin/env python3
"""What each hash costs, and what it makes of the trie.

    python3 -m lab.experiments.hash_costs [--runs DIR]

From the stored experiment of experiments/hashes.plan.  A hash acts on time in two ways: it takes
time itself, and it decides where entries lie.  So each time stands beside the inner nodes of a full
map and how far they are from what a uniform hash gives (lab.shape.model; the test of
lab.shape.hashes).  To use no hash at all, identity, parts the two: keys in sequence then fill a
trie more evenly than chance does, and random keys make it just as any good hash would, only without
the cost.  The last table is the difference to it on random keys.
"""
import functools
import json

from .. import cell, store, tables
from ..cell import count, deviations_off, percent_off
from ..command import run_report
from ..documents import seeds
from ..shape import hashes, model
from ..stats import estimate, paired_difference, paired_ratio
from ..tables import short_scale, with_interval

NAME = "hashes"
BASE = "xxh3"       # to which times are relative
NONE = "identity"   # which costs nothing
OPS = ["put", "get"]
# Documents' figures for the time of a hash: by composition and operation.
SEEDS = {("outline", "put"): "002.path.06", ("reference", "put"): "002.path.01"}


class Measured:
    """The experiment's cells: {(key, scale, composition, pattern): {(op, hash): Replicates}}"""

    def __init__(self, cells):
        self.rows = {}
        for where, row in cells.items():
            for competitor, replicates in row.items():
                place = (where.key, where.scale, competitor.variant, where.pattern)
                self.rows.setdefault(place, {})[where.op, competitor.hash] = replicates
        if not any(BASE == name for row in self.rows.values() for _, name in row):
            raise store.StoreError(f"nothing was measured with {BASE}, to which all is"
                                   " compared")

    def places(self):
        """Integers before strings; compositions by their time, the slowest first."""
        def order(place):
            key, scale, variant, pattern = place
            return (key != "u64", scale, self.slowness(key, scale, variant), variant,
                    tables.pattern_order(pattern))
        return sorted(self.rows, key=order)

    def slowness(self, key, scale, variant):
        times = [estimate(row[op, BASE].ns_per_op.values()).median
                 for place, row in self.rows.items() if place[:3] == (key, scale, variant)
                 for op in OPS if (op, BASE) in row]
        return -max(times, default=0)


def hash_names(row):
    """The hashes of a row: the one that others are compared with, then as lab.shape.hashes has
    them."""
    known = [BASE, *(name for name in hashes.HASHES if name != BASE)]
    found = {name for _, name in row}
    return [name for name in known if name in found] + sorted(found - set(known))


def time_text(row, op, name):
    mine, base = row.get((op, name)), row.get((op, BASE))
    if not mine:
        return "-"
    if name == BASE:
        return with_interval(estimate(mine.ns_per_op.values())) + " ns"
    return with_interval(paired_ratio(mine.ns_per_op, base.ns_per_op) if base else None)


@functools.lru_cache(maxsize=None)
def expectation(variant, scale):
    shape = cell.shape_of(variant)
    return model.predict(shape, scale) if shape else None


def shape_texts(row, name, expected):
    """Inner nodes, how far off the model they are, and whether the hash could be uniform."""
    tree = json.loads(next(r.tree for (_, other), r in row.items() if other == name))
    inner = tree["inner_nodes"]
    if not expected:
        return [count(inner), "-", "-", "-"]
    return [count(inner), percent_off(inner, expected.inner_nodes),
            deviations_off(inner, expected.inner_nodes, expected.inner_deviation),
            hashes.uniformity(tree["inner_at_level"], expected).verdict]


HEADER = ["composition", "scale", "pattern", "hash", *(f"{op}, x {BASE}" for op in OPS),
          "inner nodes", "off %", "in sd", "verdict"]


def lines_of(measured, kind):
    """The rows of one kind of key."""
    for place in measured.places():
        key, scale, variant, pattern = place
        row = measured.rows[place]
        for name in hash_names(row) if key == kind else ():
            yield [variant, short_scale(scale), pattern, name,
                   *(time_text(row, op, name) for op in OPS),
                   *shape_texts(row, name, expectation(variant, scale))]


def differences(measured):
    """(composition, scale, operation, documents' figure, {hash: difference to no hash})"""
    said = {figure.id: figure.as_written for figure in seeds.read_figures()}
    for place in measured.places():
        key, scale, variant, pattern = place
        row = measured.rows[place]
        for op in OPS:
            if pattern == "random" and key == "u64" and (op, NONE) in row:
                without = row[op, NONE].ns_per_op
                written = said.get(SEEDS.get((variant, op)), "")
                yield variant, scale, op, written, {
                    name: paired_difference(row[op, name].ns_per_op, without)
                    for name in hash_names(row) if name != NONE and (op, name) in row}


def print_differences(measured, processes):
    found = list(differences(measured))
    if not found:
        return
    names = list(dict.fromkeys(name for *_, by_hash in found for name in by_hash))
    print(f"\nns an operation more than with {NONE}, random integer keys; \"documents\" is what 002"
          f" says of hashing a key;\nmedians of {processes} pairs\n")
    print(tables.align(["composition", "scale", "op", "documents", *names],
                       [[variant, short_scale(scale), op, written or "-",
                         *(with_interval(by_hash.get(name)) for name in names)]
                        for variant, scale, op, written, by_hash in found],
                       figures=len(names) + 1, cell=2))


def count_processes(cells):
    found = {len(r.ns_per_op) for row in cells.values() for r in row.values()}
    return " to ".join(str(n) for n in sorted({min(found), max(found)}))


def print_report(about, cells, failed):
    measured, processes = Measured(cells), count_processes(cells)
    print(tables.describe(about, cells))
    print(f"\nEach hash: time relative to {BASE}'s, medians of {processes} processes; inner"
          " nodes of one of them, and how far\nthey are off a uniform hash's")
    for kind in dict.fromkeys(key for key, *_ in measured.places()):
        print(f"\n{kind} keys\n")
        print(tables.align(HEADER, list(lines_of(measured, kind)), figures=6, cell=3))
    print_differences(measured, processes)
    failed()


report = tables.stored_report(NAME, __doc__, print_report)


if __name__ == "__main__":
    run_report("hash-costs", report)
