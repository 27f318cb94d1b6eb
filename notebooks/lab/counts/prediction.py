"""Can a get's time be told from counts?  A model of four terms, each with a price:

    time = a x instructions  +  b x branches that are guessed wrong  +  c x misses of a first-level cache
         + d x misses of the second-level TLB x m

m is what a load costs on this machine that waits for the one before, from a random line of as many bytes as the map
has resident (lab.instrument.limits): who finds an address's translation in no TLB looks it up in tables that are as far
away as the map itself.  A get that has no such misses is predicted without it, on a machine whose loads were not timed
too.

Prices are a machine's.  They are not negative and make the sum of squared relative errors the least.  Each composition
is predicted with prices to which it contributed nothing, at no scale.
"""
from typing import NamedTuple

import numpy
from scipy.optimize import nnls

from ..instrument import limits, study
from ..printing import align, digits, paragraph, short_scale, with_interval
from ..results import RESULTS, NotMeasured, exported, where
from ..stats import Estimate, estimate
from . import exact

NEAR = 0.15
AIM = 0.9
OP = "get"
EXPERIMENTS = ("fixes", "frontier-factorial", "frontier-core", "frontier")  # what several measured is of the first
PRICED = ("instructions", "mispredictions", "d1_misses")  # columns of counts.csv
NONE = 0.005  # misses a get, and fewer: none


class Get(NamedTuple):
    machine: str
    composition: str
    scale: int
    measured: Estimate  # ns
    terms: tuple        # by what the prices are multiplied


def walks(counts, bytes_resident, costs):
    """m for each miss of the second-level TLB; None if there are some and the machine's loads were not timed."""
    if counts["tlb2_misses"] < NONE:
        return 0.0
    return None if costs is None else counts["tlb2_misses"] * limits.latency(costs, bytes_resident).median()


def gets(results):
    """Every Get of the usual keys whose counts are stored and all of whose terms are known."""
    timed, costs = study.read("limits", results)
    counted, found = exact.load(), {}
    for name in EXPERIMENTS:
        try:
            _, runs, _ = exported(name, results)
        except NotMeasured:
            continue
        runs = where(runs, op=OP, pattern=exact.PATTERN, key=exact.KEY, hash=exact.HASH)
        for (machine, composition, scale), some in runs.groupby(["machine", "variant", "scale"]):
            counts = exact.of_cell(counted, composition, OP, scale=scale)
            if counts is None or (machine, composition, scale) in found:
                continue
            walked = walks(counts, some["rss_per_entry"].median() * scale,
                           costs if machine == timed["machine"] else None)
            if walked is not None:
                found[machine, composition, scale] = Get(machine, composition, scale, estimate(some["ns_per_op"]),
                                                         (*(counts[column] for column in PRICED), walked))
    return list(found.values())


def prices(known):
    """a, b, c and d."""
    times = numpy.array([get.measured.median for get in known])
    return nnls(numpy.array([get.terms for get in known]) / times[:, None], numpy.ones(len(known)))[0]


def predicted(known):
    """Of each get: its time by the prices of all other compositions."""
    return [float(prices([other for other in known if other.composition != get.composition]) @ get.terms)
            for get in known]


def is_near(ratio):
    return 1 / (1 + NEAR) <= ratio <= 1 + NEAR


class Judged(NamedTuple):
    get: Get
    predicted: float

    @property
    def ratio(self):
        return self.predicted / self.get.measured.median

    @property
    def inside(self):
        """Whether the prediction lies within the interval of what was measured."""
        low, high = self.get.measured[1:3]
        return low is not None and low <= self.predicted <= high


def judged(results):
    """{machine: [Judged]}, of those with enough gets to fit the prices and test them."""
    by_machine = {}
    for get in sorted(gets(results), key=lambda get: (get.scale, get.measured.median)):
        by_machine.setdefault(get.machine, []).append(get)
    enough = {machine: known for machine, known in by_machine.items()
              if len({get.composition for get in known}) > len(known[0].terms) + 1}
    if not enough:
        most = max(map(len, by_machine.values()), default=0)
        raise NotMeasured(f"{results}: {most} gets with stored counts on one machine are too few to fit"
                          f" {len(PRICED) + 1} prices and test them")
    return {machine: [Judged(get, time) for get, time in zip(known, predicted(known))]
            for machine, known in enough.items()}


def near(found):
    return sum(is_near(one.ratio) for one in found)


def model(results=RESULTS):
    """A get's time predicted from counts and what the machine's loads cost, for compositions left out of the fit."""
    for machine, found in judged(results).items():
        a, b, c, d = prices([one.get for one in found])
        print(paragraph(f"On machine {machine[:8]}: get = {digits(a)} ns x instructions + {digits(b)} ns x wrong"
                        f" branches + {digits(c)} ns x misses of a first-level cache + {digits(d)} x m x misses of the"
                        " second-level TLB, m being what a load costs that waits for the one before, from as many bytes"
                        " as the map has resident.  Predicted: by prices fitted without the composition."))
        rows = [[short_scale(one.get.scale), one.get.composition, with_interval(one.get.measured),
                 digits(one.predicted), f"{one.ratio:.2f}", "yes" if is_near(one.ratio) else "no"] for one in found]
        header = ["entries", "composition", "measured, ns", "predicted", "ratio", f"within {NEAR:.0%}"]
        print("", align(header, rows, figures=4, cell=1), "", sep="\n")
        share = near(found) / len(found)
        print(paragraph(f"{near(found)} of {len(found)} predictions ({share:.0%}) are within {NEAR:.0%} of the measured"
                        f" median; the aim is {AIM:.0%}: {'met' if share >= AIM else 'not met'}."
                        f"  {sum(one.inside for one in found)} lie within its 95 % interval."), "\n")
