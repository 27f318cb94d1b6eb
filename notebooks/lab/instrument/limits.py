"""What the machine itself costs, and each composition's get in those terms.

The limits come from experiments/instrument/limits.c, several processes of it.  Of a get it is told:

    m        ns of a load that waits for the one before it, from a random line of as many bytes as the map uses: all
             it has but the slots of its pool that it never came to
    k        how many of these last as long as the get: "k dependent misses of m ns"
    chain    the loads of a get that wait for one another, and
    misses   those of its loads that a first-level cache misses, both counted (lab.counts.exact)
    floor    ns of one such load from as many bytes as the entries alone have: no map that holds them in memory, in no
             matter what order, finds one with less, if it must wait for it

k is smaller than the chain where the upper levels lie in caches, and where gets overlap that do not wait for each
other: get may then be below the floor, get_chained, whose gets wait, may not.
"""
import math
from typing import NamedTuple, Optional

import numpy

from .. import stats
from ..counts import exact
from ..pairs import estimates
from ..printing import align, digits, paragraph, short_scale, with_interval
from ..results import RESULTS, RUN, NotMeasured, exported
from ..tree_figures import SLOT_BYTES
from .study import read

LOADS, PAGES, MANY = "load lines", "load pages", "load many"
SMALL, HUGE = "small", "huge"
OPS = ["get", "get_in_order", "get_chained"]
ENTRY_BYTES = {"u64": 16}  # key and value, for kinds of keys whose size is known


# ---- Limits ----

def figures(limits):
    """The Estimate of each limit, by what, pages and bytes."""
    place = ["what", "pages", "bytes"]
    return estimates(limits.set_index(place)["value"], place).sort_index()


def loads_of(limits):
    """{footprint: Estimate of the ns of a dependent load from a random line of it}."""
    return dict(figures(limits)[LOADS, SMALL])


def latency(limits, footprint, what=LOADS, pages=SMALL):
    """ns of such a load from any footprint, in each run: between two that were measured linear in the logarithm of the
    bytes, and that of the nearest outside of them.  what: MANY for one of many loads that do not wait for each
    other."""
    found = limits[(limits["what"] == what) & (limits["pages"] == pages)]
    by_run = found.pivot(index="run", columns="bytes", values="value").dropna()
    sizes = numpy.log(by_run.columns)
    place = math.log(max(footprint, by_run.columns[0]))
    return by_run.agg(lambda values: numpy.interp(place, sizes, values), axis=1)


def in_loads(measured, limits, footprint, what=LOADS):
    """(ns of a load from a footprint, how many of them last as long as what was measured)."""
    each = latency(limits, footprint, what)
    return stats.estimate(each), stats.unpaired_ratio(measured, each)


def size_text(size):
    for unit, bytes_in in (("M", 1 << 20), ("K", 1 << 10)):
        if size >= bytes_in:
            return f"{size / bytes_in:.3g}{unit}"
    return f"{size:.0f}"


def table_of_limits(found):
    columns = [column for column in ((LOADS, SMALL), (MANY, SMALL), (PAGES, SMALL), (LOADS, HUGE), ("read", SMALL),
                                     ("write", SMALL), ("copy", SMALL)) if column in found]
    rows = [[size_text(size), *(with_interval(found.get((*column, size))) for column in columns)]
            for size in found[LOADS, SMALL].index]
    return align(["footprint", *(f"{what}{', huge' * (pages == HUGE)}" for what, pages in columns)], rows,
                 figures=len(columns), cell=0)


def fault_lines(found):
    for pages in (SMALL, HUGE):
        for size, value in found.get(("fault", pages), {}).items():
            yield f"first touch of a page of {size_text(size)}: {with_interval(value)} ns"


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

    @property
    def texts(self):
        """All but the first three, as they are printed."""
        return [size_text(self.footprint), digits(self.chain), digits(self.misses), *map(with_interval, self[6:])]


def bytes_in_use(tree, bytes_per_entry, scale):
    """Of a full map: its bytes without the slots of its pool that it never came to, from which nothing is ever
    loaded."""
    pool = tree.get("pool", {})
    idle = max(0, pool["slots_capacity"] - pool["slots_used"]) if pool.get("slots_capacity") else 0
    return stats.estimate(bytes_per_entry).median * scale - SLOT_BYTES * idle


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


def table_of_gets(found):
    rows, last = [], None
    for get in sorted(found, key=lambda get: (get.op, get.scale, -get.measured_ns.median)):
        place = f"{get.op} {short_scale(get.scale)}"
        rows += [place] * (place != last)
        rows.append(["  " + get.variant, *get.texts])
        last = place
    return align(["variant", "map", "chain", "misses", "measured, ns", "m, ns", "k", "floor, ns", "x floor"], rows,
                 figures=8, cell=0)


def limits(results=RESULTS, experiment="fixes"):
    """What the machine's loads cost, and how many of them each composition's get lasts."""
    origin, stored = read("limits", results)
    found = figures(stored)
    print(f"{origin['cpu']}, {origin['started'][:10]}; medians of {origin['settings']},"
          " 95 % intervals by the sign test\n")
    many = ", or for one of 32 that do not depend on each other (load many)" if (MANY, SMALL) in found else ""
    print(paragraph(f"ns for a dependent load from a random line (load lines) or page (load pages){many}; GB/s") + "\n")
    print(table_of_limits(found), *fault_lines(found), sep="\n")
    about, runs, _ = exported(experiment, results)
    if about["machine"] != origin["machine"]:
        print(f"\nexperiment {experiment} was measured on another machine: its gets cannot be held beside these limits")
        return
    lines = list(gets(stored, runs, exact.load()))
    if not lines:
        raise NotMeasured(f"experiment {experiment} measured no get with keys of known size")
    print(f"\nA get lasts as long as k dependent loads of m ns; experiment {about['id']}, medians of\n"
          f"{lines[0].measured_ns.count} processes; intervals of k and x floor by the bootstrap\n")
    print(table_of_gets(lines))
