"""Can a get's time be told from counts and from the machine's limits?

The times, and what this machine's loads cost, are of one experiment (experiments/model.plan), whose competitors took
turns; the counts are means over gets that were followed in the same programs (model-counts.plan).  A get costs the sum
of

    a x instructions        what a core gets through if nothing waits
    b x wrong branches      work that is thrown away
    c x lines               that are not in the first-level cache
    d x lines x many        many: ns of a load that waits for no other, from a random line of as many bytes as the map
                            has resident
    e x lines x apart x alone   alone: ns of such a load that waits for the one before.  apart: the share of a get that
                            others do not overlap.  The next gets' loads begin while this one waits, as far ahead as a
                            core looks, WINDOW instructions, and no further than to a branch that it guesses wrong.

many and alone are those of small pages, of huge ones, or of both, as the map has them.  Prices a to e are not negative
and make the sum of squared relative errors the least.  What is predicted has no part in its prices: neither the
composition at any scale nor, in a second judgement, any composition of its family.
"""
from typing import NamedTuple

import numpy
from scipy.optimize import nnls

from ..instrument import limits, study
from ..printing import align, digits, paragraph, short_scale, with_interval
from ..results import MAP, RESULTS, NotMeasured, processes, where
from ..settings import compose
from ..stats import Estimate, estimate

NAME, COUNTS = "model", "model-counts"
NEAR = 0.15
AIM = 0.9
PRICED = ("instructions", "wrong", "missed")
WINDOW = 448  # of a Zen 5 (AMD, Software Optimization Guide for the Zen 5 Microarchitecture)
ENOUGH = 8  # compositions, from which prices are fitted


class Get(NamedTuple):
    composition: str
    family: str
    scale: int
    measured: Estimate  # ns
    counts: dict         # for one get
    many: float          # ns, as above
    alone: float

    @property
    def apart(self):
        wrong = min(1, self.counts["wrong"])
        return wrong + (1 - wrong) * min(1, self.counts["instructions"] / WINDOW)

    @property
    def terms(self):
        """By what the prices are multiplied."""
        lines = self.counts["missed"]
        return [*(self.counts[name] for name in PRICED), lines * self.many, lines * self.apart * self.alone]

    @property
    def is_sharp(self):
        """Whether it is known well enough to be predicted: a prediction is no better than what is predicted."""
        return None not in self.measured and self.measured.high <= (1 + NEAR) * self.measured.low


def family_of(name):
    """The composition's family; other maps, our own or a library's, have none."""
    family = compose.Composition(name).family
    return family.name if family else "other maps"


def load(costs, what, size, huge):
    """ns of a load from so many bytes, a share of them on huge pages."""
    small, large = (limits.latency(costs, size, what, pages).median() for pages in (limits.SMALL, limits.HUGE))
    return (1 - huge) * small + huge * large


def at_one_speed(runs):
    """Times as if the machine had been equally fast in every block: over what the block's competitors, which took
    turns, took there of what they take otherwise, the median of all."""
    usual = runs.groupby(["variant", "scale"])["ns_per_op"].transform("median")
    slower = (runs["ns_per_op"] / usual).groupby([runs["scale"], runs["block"]]).transform("median")
    return runs.assign(ns_per_op=runs["ns_per_op"] / slower)


def gets(results):
    """(about the machine and its run, every Get that was measured and counted)"""
    about, frame = processes(NAME, results)
    frame = frame[frame["status"] == "ok"]
    costs = study.of_limits(frame[frame["program"] == "limits"])
    counted = where(processes(COUNTS, results)[1], status="ok").set_index(["variant", "scale"])
    found = []
    for (composition, scale), runs in at_one_speed(where(frame, program=MAP)).groupby(["variant", "scale"]):
        if (composition, scale) not in counted.index:
            continue
        row = counted.loc[composition, scale]
        weight = runs["rss_per_entry"].median()
        loads = (load(costs, what, weight * scale, min(1, runs["large_per_entry"].median() / weight))
                 for what in (limits.MANY, limits.LOADS))
        found.append(Get(composition, family_of(composition), scale, estimate(runs["ns_per_op"]),
                         {name: row[name] for name in PRICED}, *loads))
    return about, sorted(found, key=lambda get: (get.scale, get.measured.median))


def prices(known):
    """a to e."""
    times = numpy.array([get.measured.median for get in known])
    return nnls(numpy.array([get.terms for get in known]) / times[:, None], numpy.ones(len(known)))[0]


class Judged(NamedTuple):
    get: Get
    predicted: float

    @property
    def ratio(self):
        return self.predicted / self.get.measured.median

    @property
    def is_near(self):
        return 1 / (1 + NEAR) <= self.ratio <= 1 + NEAR

    @property
    def is_inside(self):
        """Whether the prediction lies within the interval of what was measured."""
        return self.get.measured.low <= self.predicted <= self.get.measured.high


def judged(known, apart):
    """A Judged for each get, by the prices of all that have another value of this attribute."""
    return [Judged(get, float(prices([other for other in known if getattr(other, apart) != getattr(get, apart)])
                              @ get.terms)) for get in known]


class Verdict(NamedTuple):
    about: dict        # the run and its machine
    known: list        # every Get
    compositions: list  # of those that are sharp, a Judged, by prices fitted without the composition
    families: list      # and without its family

    @property
    def share(self):
        return share(self.compositions)

    @property
    def left_out(self):
        return len(self.known) - len(self.compositions)

    @property
    def is_met(self):
        return sum(one.is_near for one in self.compositions) >= AIM * len(self.compositions)


def share(found):
    return f"{sum(one.is_near for one in found)} of {len(found)}"


def verdict(results=RESULTS):
    about, known = gets(results)
    sharp = [get for get in known if get.is_sharp]
    if len({get.composition for get in sharp}) < ENOUGH:
        raise NotMeasured(f"{results}: fewer than {ENOUGH} compositions are known to within {NEAR:.0%} ({NAME}) and"
                          f" counted ({COUNTS})")
    return Verdict(about, known, judged(sharp, "composition"), judged(sharp, "family"))


# ---- What is printed ----

def rows_of(found, families):
    """A row for each get, with both predictions."""
    for one, other in zip(found, families):
        yield [short_scale(one.get.scale), one.get.composition, with_interval(one.get.measured), digits(one.predicted),
               *(f"{judged.ratio:.2f}{' ' if judged.is_near else '!'}" for judged in (one, other))]


def model(results=RESULTS):
    """A get's time predicted from counts and what the machine's loads cost, for compositions left out of the fit."""
    found = verdict(results)
    print(f"{found.share} within {NEAR:.0%}, aim {AIM:.0%}: {'met' if found.is_met else 'not met'}, for machine"
          f" {found.about['machine'][:8]} ({found.about['cpu']}), run {found.about['id']}\n")
    print(paragraph("Each composition is predicted by prices fitted without it, at any scale.  Without its family:"
                    f" {share(found.families)}.  {sum(one.is_inside for one in found.compositions)} lie within the 95 %"
                    f" interval of what was measured.  {found.left_out} gets are left out, whose interval is wider than"
                    f" {NEAR:.0%}."), "\n")
    a, b, c, d, e = map(digits, prices([one.get for one in found.compositions]))
    print(paragraph(f"get = {a} ns x instructions + {b} ns x wrong branches + {c} ns x lines"
                    f" + {d} x lines x many + {e} x lines x apart x alone.  lines: not in the first-level cache; many,"
                    " alone: ns of a load that waits for no other, or for the one before, from as many bytes as the map"
                    " has resident; apart: the share that other gets do not overlap.  Below, predicted over measured,"
                    " and the same without the family; ! is not near."), "\n")
    header = ["entries", "composition", "measured, ns", "predicted", "ratio", "family out"]
    print(align(header, list(rows_of(found.compositions, found.families)), figures=4, cell=1))
