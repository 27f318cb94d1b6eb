#!/usr/bin/env python3
"""What the machine itself costs, and each composition's get in those terms.

    python3 -m lab.instrument.limits [--in DIR] [--runs DIR] [--name EXPERIMENT]

The limits come from experiments/instrument/limits.c, several processes of it, stored by
lab.instrument.studies.  Of a get it is told:

    m        ns of a load that waits for the one before it, from a random line of as many bytes as
             the map uses: all it has but the slots of its pool that it never came to
    k        how many of these last as long as the get: "k dependent misses of m ns"
    chain    the loads of a get that wait for one another, and
    misses   those of its loads that a first-level cache misses, both counted (lab.counts.exact)
    floor    ns of one such load from as many bytes as the entries alone have: no map that holds
             them in memory, in no matter what order, finds one with less, if it must wait for it

k is smaller than the chain where the upper levels lie in caches, and where gets overlap that do not
wait for each other: get may then be below the floor, get_chained, whose gets wait, may not.
"""
import bisect
import collections
import json
import math
import pathlib
from typing import NamedTuple, Optional

import pandas

from .. import stats, store, printing
from ..command import Parser, run_report
from ..counts import exact
from ..results import RUN
from ..tree_figures import SLOT_BYTES
from . import studies

LOADS = "load lines"
PAGES = "load pages"
SMALL, HUGE = "small", "huge"
OPS = ["get", "get_in_order", "get_chained"]
ENTRY_BYTES = {"u64": 16}  # key and value, for kinds of keys whose size is known


# ---- Limits ----

def read_limits(path):
    return limits_of(studies.read_csv(path))


def limits_of(rows):
    """{(what, pages): {bytes: {run: value}}}."""
    limits = collections.defaultdict(lambda: collections.defaultdict(dict))
    for row in rows:
        limits[row["what"], row["pages"]][int(row["bytes"])][int(row["run"])] = float(row["value"])
    return limits


def loads_of(limits):
    """{footprint: Estimate of the ns of a dependent load from a random line of it}."""
    return {size: stats.estimate(values.values()) for size, values in limits[LOADS, SMALL].items()}


def between(points, footprint):
    """The value at a footprint, from {bytes: value}: linear in the logarithm of the bytes, and that
    of the nearest footprint outside of those measured."""
    sizes = sorted(points)
    at = bisect.bisect_left(sizes, footprint)
    if at == 0 or at == len(sizes):
        return points[sizes[min(at, len(sizes) - 1)]]
    low, high = sizes[at - 1], sizes[at]
    share = math.log(footprint / low) / math.log(high / low)
    return points[low] + share * (points[high] - points[low])


def latency(loads, footprint):
    """{run: ns of a load from a random line of a footprint}, from {bytes: {run: ns}}."""
    runs = set.intersection(*(set(values) for values in loads.values()))
    return {run: between({size: values[run] for size, values in loads.items()}, footprint)
            for run in runs}


def size_text(size):
    for unit, bytes_in in (("M", 1 << 20), ("K", 1 << 10)):
        if size >= bytes_in:
            return f"{size / bytes_in:.3g}{unit}"
    return f"{size:.0f}"


def figure(values):
    return printing.with_interval(stats.estimate(values.values()))


def table_of_limits(limits):
    columns = [(LOADS, SMALL), (PAGES, SMALL), (LOADS, HUGE), ("read", SMALL), ("write", SMALL),
               ("copy", SMALL)]
    columns = [column for column in columns if column in limits]
    header = ["footprint", *(f"{what}{', huge' * (pages == HUGE)}" for what, pages in columns)]
    rows = [[size_text(size), *(figure(limits[column][size]) if size in limits[column] else "-"
                                for column in columns)] for size in sorted(limits[LOADS, SMALL])]
    return printing.align(header, rows, figures=len(columns), cell=0)


def fault_lines(limits):
    for pages in (SMALL, HUGE):
        for size, values in sorted(limits.get(("fault", pages), {}).items()):
            yield f"first touch of a page of {size_text(size)}: {figure(values)} ns"


# ---- Gets ----

class Get(NamedTuple):
    """A composition's get in terms of the machine's loads."""
    op: str
    scale: int
    variant: str
    footprint: float
    chain: Optional[float]   # None where it was not counted
    misses: Optional[float]
    measured_ns: stats.Estimate
    miss_ns: stats.Estimate
    k: stats.Estimate
    floor_ns: stats.Estimate
    over: stats.Estimate     # how many times the floor it takes


def bytes_in_use(tree, bytes_per_entry, scale):
    """Of a full map: its bytes without the slots of its pool that it never came to, from which
    nothing is ever loaded."""
    pool = tree.get("pool", {})
    idle = max(0, pool["slots_capacity"] - pool["slots_used"]) if pool.get("slots_capacity") else 0
    return stats.estimate(bytes_per_entry).median * scale - SLOT_BYTES * idle


def in_loads(measured, limits, footprint):
    """(ns of a load from a footprint, how many of them last as long as what was measured)."""
    each = latency(limits[LOADS, SMALL], footprint).values()
    return stats.estimate(each), stats.unpaired_ratio(measured, each)


def runs_of(cells):
    """The frame of runs of cells as store.replicates has them."""
    return pandas.DataFrame([(*cell, *competitor, block, ns, found.bytes_per_entry[block], json.loads(found.tree))
                             for cell, row in cells.items() for competitor, found in row.items()
                             for block, ns in found.ns_per_op.items()],
                            columns=[*RUN, "block", "ns_per_op", "bytes_per_entry", "tree"])


def gets(limits, runs, counted):
    """A Get for each that was measured; with what was counted of it, if it was."""
    by_place = {tuple(row[name] for name in ("composition", "op", "pattern", "scale", "key", "hash")): row
                for row in counted.dropna(subset="chain").to_dict("records")}
    known = runs[runs["op"].isin(OPS) & runs["key"].isin(ENTRY_BYTES)]
    for (op, pattern, scale, key, variant, hash_name, _), group in known.groupby(RUN):
        row = by_place.get((variant, op, pattern, scale, key, hash_name))
        measured = list(group["ns_per_op"])
        size = bytes_in_use(group["tree"].iloc[0], group["bytes_per_entry"], scale)
        yield Get(op, scale, variant, size, row and row["chain"], row and row["d1_misses"],
                  stats.estimate(measured), *in_loads(measured, limits, size),
                  *in_loads(measured, limits, ENTRY_BYTES[key] * scale))


GET_HEADER = ["variant", "map", "chain", "misses", "measured, ns", "m, ns", "k", "floor, ns", "x floor"]


def table_of_gets(found):
    def counted(number):
        return "-" if number is None else printing.digits(number)
    rows, last = [], None
    for get in sorted(found, key=lambda g: (g.op, g.scale, -g.measured_ns.median)):
        place = f"{get.op} {printing.short_scale(get.scale)}"
        rows += [place] * (place != last)
        rows.append(["  " + get.variant, size_text(get.footprint), counted(get.chain),
                     counted(get.misses), *map(printing.with_interval, get[6:])])
        last = place
    return printing.align(GET_HEADER, rows, figures=8, cell=0)


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--in", dest="directory", type=pathlib.Path, default=studies.OUT)
    parser.add_argument("--runs", type=pathlib.Path, default=store.RUNS)
    parser.add_argument("--name", default="fixes", help="the exported experiment (%(default)s)")
    given = parser.parse_args(arguments)
    origin = next((row for row in studies.read_csv(given.directory / "studies.csv")
                   if row["study"] == "limits"), None)
    if origin is None:
        raise store.StoreError("the limits were not measured yet: make instrument STUDIES=limits")
    limits = read_limits(given.directory / "limits.csv")
    print(f"{origin['cpu']}, {origin['started'][:10]}; medians of {origin['settings']},"
          " 95 % intervals by the sign test\n")
    print("ns for a dependent load from a random line (load lines) or page (load pages); GB/s\n")
    print(table_of_limits(limits), *fault_lines(limits), sep="\n")

    connection = store.open_runs(given.name, runs=given.runs)
    experiment = store.newest_experiment(connection)
    about = store.experiment(connection, experiment)
    if about["machine"] != origin["machine"]:
        print(f"\nexperiment {given.name} was measured on another machine: its gets cannot be held"
              " beside these limits")
        return
    found = list(gets(limits, runs_of(store.replicates(connection, experiment)), exact.load()))
    if not found:
        raise store.StoreError(f"experiment {given.name} measured no get with keys of known size")
    print(f"\nA get lasts as long as k dependent loads of m ns; experiment {about['id']}, medians"
          f" of\n{found[0].measured_ns.count} processes; intervals of k and x floor by the"
          " bootstrap\n")
    print(table_of_gets(found))


if __name__ == "__main__":
    run_report("limits", report)
