"""Can a get's time be told from counts?  A model of three terms, each with a price:

    time = a x instructions  +  b x misses of a first-level cache
         + c x misses of the second-level TLB x m

m is what a load costs on this machine that waits for the one before, from a random line of as many bytes as the map
has resident (lab.instrument.limits): who finds an address's translation in no TLB looks it up in tables that are as far
away as the map itself.  The prices are not negative and make the sum of squared relative errors the least.  Each
composition is predicted with prices to which it contributed nothing, at no scale.
"""
from typing import NamedTuple

import numpy
from scipy.optimize import nnls

from ..instrument import limits, study
from ..printing import align, digits, paragraph, short_scale, with_interval
from ..results import RESULTS, NotMeasured, exported
from ..stats import Estimate, estimate
from . import exact

NEAR = 0.15
AIM = 0.9
OP = "get"
EXPERIMENTS = ("fixes", "frontier-core", "frontier")  # what several measured is taken from the first


class Get(NamedTuple):
    composition: str
    scale: int
    measured: Estimate  # ns
    terms: tuple        # by what the prices are multiplied


def gets(results):
    """Every Get of the usual keys whose counts are stored, on the machine whose loads were timed."""
    machine, costs = study.read("limits", results)
    counted, found = exact.load(), {}
    for name in EXPERIMENTS:
        try:
            _, runs, _ = exported(name, results)
        except NotMeasured:
            continue
        wanted = {"op": OP, "pattern": exact.PATTERN, "key": exact.KEY, "hash": exact.HASH,
                  "machine": machine["machine"]}
        runs = runs[(runs[list(wanted)] == list(wanted.values())).all(axis=1)]
        for (composition, scale), some in runs.groupby(["variant", "scale"]):
            counts = exact.of_cell(counted, composition, OP, scale=scale)
            if counts is not None and (composition, scale) not in found:
                m = limits.latency(costs, some["rss_per_entry"].median() * scale).median()
                found[composition, scale] = Get(composition, scale, estimate(some["ns_per_op"]), (
                    counts["instructions"], counts["d1_misses"], counts["tlb2_misses"] * m))
    if not found:
        raise NotMeasured(f"{results}: no get with stored counts was measured on the machine whose loads were timed")
    return list(found.values())


def prices(known):
    """a, b and c."""
    times = numpy.array([get.measured.median for get in known])
    return nnls(numpy.array([get.terms for get in known]) / times[:, None], numpy.ones(len(known)))[0]


def predicted(known):
    """Of each get: its time by the prices of all other compositions."""
    return [float(prices([other for other in known if other.composition != get.composition]) @ get.terms)
            for get in known]


def is_near(ratio):
    return 1 / (1 + NEAR) <= ratio <= 1 + NEAR


def model(results=RESULTS):
    """A get's time predicted from counts and what the machine's loads cost, for compositions left out of the fit."""
    known = sorted(gets(results), key=lambda get: (get.scale, get.measured.median))
    if len({get.composition for get in known}) <= len(known[0].terms) + 1:
        raise NotMeasured(f"{results}: {len(known)} gets are too few to fit {len(known[0].terms)} prices and test them")
    rows, near, inside = [], 0, 0
    for get, time in zip(known, predicted(known)):
        ratio = time / get.measured.median
        near += is_near(ratio)
        inside += get.measured.low is not None and get.measured.low <= time <= get.measured.high
        rows.append([short_scale(get.scale), get.composition, with_interval(get.measured), digits(time), f"{ratio:.2f}",
                     "yes" if is_near(ratio) else "no"])
    a, b, c = prices(known)
    print(paragraph(f"get = {digits(a)} ns x instructions + {digits(b)} ns x misses of a first-level cache"
                    f" + {digits(c)} x m x misses of the second-level TLB, m being what a load costs that waits for the"
                    " one before, from as many bytes as the map has resident.  Predicted: by prices fitted without the"
                    " composition."))
    header = ["entries", "composition", "measured, ns", "predicted", "ratio", f"within {NEAR:.0%}"]
    print("", align(header, rows, figures=4, cell=1), "", sep="\n")
    share = near / len(known)
    print(paragraph(f"{near} of {len(known)} predictions ({share:.0%}) are within {NEAR:.0%} of the measured median; the"
                    f" aim is {AIM:.0%}: {'met' if share >= AIM else 'not met'}.  {inside} lie within its 95 % interval."))
