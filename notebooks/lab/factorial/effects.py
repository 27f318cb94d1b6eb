"""Which fix closes the gap, as data: a factorial experiment over a family's parts.

A Study is what was measured; the rest are questions to it.  lab.factorial.design and lab.factorial.families say what
is measured and why, lab.factorial.fit how effects and intervals are made, lab.factorial.report prints the answers,
lab.factorial.figure draws them.
"""
import itertools
import math
import statistics
from typing import NamedTuple, Optional

import pandas

from .. import pairs
from ..counts import exact
from ..printing import short_scale
from ..results import RESULTS, NotMeasured, exported
from ..stats import Estimate, estimate
from .design import Factorial
from .families import TRIE
from .fit import Fit, Prediction, ladder as soonest

OPS = ("put", "get")
ALIKE = ["pattern", "hash", "key", "allocator"]  # what all of a response has in common


# ---- What was measured ----

class Measured(NamedTuple):
    """One operation at one scale."""
    ns: pandas.DataFrame   # nanoseconds an operation, by variant and block
    rss: pandas.DataFrame  # bytes of resident memory an entry, likewise
    bytes: pandas.Series   # bytes an entry by variant, the same in every process but for the keys drawn
    fit: Fit               # of ns

    def ratio(self, one, other):
        """The ratio of two competitors' times, by the sign test or, with too few blocks for it, by the noise of all
        compositions.  None if no block has both."""
        ratios = (self.ns.loc[one] / self.ns.loc[other]).dropna()
        if ratios.empty:
            return None
        found = estimate(ratios)
        return self.fit.ratio(ratios) if found.low is None else found

    def log(self, variant):
        """The mean logarithm of a competitor's times in the fit's blocks; None if it ran in none."""
        times = self.ns.loc[variant, self.fit.blocks].dropna() if variant in self.ns.index else ()
        return statistics.fmean(map(math.log, times)) if len(times) else None


class Study(NamedTuple):
    factorial: Factorial
    about: dict   # the experiment's row in the store
    times: dict   # {(op, scale): Measured}
    memory: dict  # {scale: Fit of bytes an entry}

    @property
    def scales(self):
        return sorted(self.memory)


def of_factors(factorial, by_variant):
    """{fixes: what was measured} of all compositions of the fixes but those by which the model is checked."""
    found = {factorial.fixes_of(name): values for name, values in by_variant.items() if name not in factorial.checks}
    return {fixes: values for fixes, values in found.items() if fixes is not None}


def fitted(factorial, what, by_variant, **more):
    try:
        return Fit(factorial.fixes, of_factors(factorial, by_variant), **more)
    except NotMeasured as lacking:
        raise NotMeasured(f"{factorial.name}: {what}: {lacking}") from None


def measured(factorial, op, scale, runs):
    what = f"{op} {short_scale(scale)}"
    if len(runs[ALIKE].drop_duplicates()) > 1:
        raise NotMeasured(f"{factorial.name}: {what}: measured with several patterns, hashes, keys or allocators;"
                          " wanted one")
    ns, rss = (runs.pivot(index="variant", columns="block", values=value) for value in ("ns_per_op", "rss_per_entry"))
    lost = [name for name in (factorial.baseline, factorial.against) if name not in ns.index]
    if lost:
        raise NotMeasured(f"{factorial.name}: {what}: not measured: {', '.join(lost)}")
    usable = ns.loc[factorial.against].dropna().index  # blocks: all that is told is told beside it
    return Measured(ns, rss, runs.groupby("variant")["bytes_per_entry"].median(),
                    fitted(factorial, what, {name: row.dropna().to_dict() for name, row in ns[usable].iterrows()}))


def study_of(experiment, factorial=TRIE):
    found = {where: measured(factorial, *where, runs) for where, runs in experiment.runs.groupby(["op", "scale"])}
    scales = sorted({scale for _, scale in found})
    lost = [f"{op} {short_scale(scale)}" for scale in scales for op in OPS if (op, scale) not in found]
    if lost or not scales:
        raise NotMeasured(f"{factorial.name}: not measured: {', '.join(lost) or 'anything'}")
    return Study(factorial, experiment.about, found, {
        scale: fitted(factorial, f"bytes {short_scale(scale)}", {name: {0: size} for name, size in
                                                      found["put", scale].bytes.items()}, exact=True)
        for scale in scales})


def open_study(directory=RESULTS, factorial=TRIE):
    return study_of(exported(factorial.name, directory), factorial)


# ---- Effects ----

class Response(NamedTuple):
    what: str  # put, get or bytes
    scale: int
    fit: Fit

    @property
    def label(self):
        return f"{self.what} {short_scale(self.scale)}"


def responses(study):
    """Times, then memory, from the smallest scale to the largest."""
    return [*(Response(op, scale, study.times[op, scale].fit) for scale in study.scales for op in OPS),
            *(Response("bytes", scale, study.memory[scale]) for scale in study.scales)]


def timed(study):
    return [response for response in responses(study) if response.what in OPS]


def sorted_fixes(study):
    """The fixes, the greatest gain first: over all times, scales and operations alike."""
    return sorted(study.factorial.fixes, key=lambda fix: math.fsum(
        response.fit.coefficients.get((fix,), 0) for response in timed(study)))


def standing_pairs(study):
    """The interactions of two fixes that stand in a time, the greatest first."""
    fits = [response.fit for response in timed(study)]
    return sorted((pair for pair in itertools.combinations(study.factorial.fixes, 2)
                   if any(pair in fit.effects and fit.effects[pair].stands for fit in fits)),
                  key=lambda pair: max(abs(fit.coefficients.get(pair, 0)) for fit in fits), reverse=True)


def aliases(study):
    """{a term that cannot be told apart in some response: the terms that it is taken for there}."""
    return {term: found for response in responses(study) for term, found in response.fit.design.aliases.items()}


# ---- The order that gains most soonest ----

def together(study, scale):
    """The mean of a composition's predicted put and get, as logarithms."""
    return lambda fixes: statistics.fmean(study.times[op, scale].fit.log(fixes) for op in OPS)


def orders(study, scale):
    """{what it is best for: the fixes in that order}."""
    costs = {"put and get": together(study, scale), **{op: study.times[op, scale].fit.log for op in OPS},
             "bytes": study.memory[scale].log}
    theirs = {"the seeds": list(study.factorial.roadmap)} if study.factorial.roadmap else {}
    return {what: soonest(study.factorial.fixes, cost) for what, cost in costs.items()} | theirs


class Rung(NamedTuple):
    """One composition of a ladder.  Times are over those of what the factorial is told against."""
    fixes: frozenset
    added: str          # the fix; the baseline's name for the first rung
    predicted: dict     # {op: Prediction}
    measured: dict      # {op: Estimate}, of the operations for which it was measured
    together: float     # predicted, put and get together: their geometric mean
    gap_left: float     # the same: the share, as logarithms, of what the baseline is slower by
    bytes: Prediction   # an entry
    bytes_measured: Optional[float]


def gap(study, scale):
    """By what factor the baseline is slower than what it is told against, put and get together."""
    factorial = study.factorial
    return math.exp(statistics.fmean(measured.log(factorial.baseline) - measured.log(factorial.against)
                                     for measured in (study.times[op, scale] for op in OPS)))


def ladder(study, scale, order):
    """The Rungs of an order, from the baseline to all fixes."""
    times, factorial, found = {op: study.times[op, scale] for op in OPS}, study.factorial, []
    for count, added in enumerate([factorial.baseline, *order]):
        fixes = frozenset(order[:count])
        name = factorial.composition(fixes)
        predicted = {op: of.fit.predict_over(fixes, of.log(factorial.against)) for op, of in times.items()}
        time = statistics.geometric_mean(each.value for each in predicted.values())
        found.append(Rung(
            fixes, added, predicted,
            {op: of.ratio(name, factorial.against) for op, of in times.items() if name in of.ns.index},
            time, math.log(time) / math.log(gap(study, scale)),
            study.memory[scale].predict(fixes), times["put"].bytes.get(name)))
    return found


def mean_gap_left(rungs):
    """How soon a ladder gains: the share of the gap that is left, on the mean of its rungs."""
    return statistics.fmean(rung.gap_left for rung in rungs[1:])


def measured_ladder(study, scale):
    """[(fixes, time over what it is told against)] by measurement alone, put and get together: from the baseline to the
    fastest of the fitted compositions that add the fewest fixes, and so on."""
    fits = [study.times[op, scale].fit for op in OPS]
    logs = {fixes: statistics.fmean(fit.means[fixes] for fit in fits) for fixes in fits[0].means
            if all(fixes in fit.means for fit in fits)}
    unit = statistics.fmean(study.times[op, scale].log(study.factorial.against) for op in OPS)
    way = [frozenset()]
    while above := [fixes for fixes in logs if fixes > way[-1]]:
        way.append(min(above, key=lambda fixes: (len(fixes), logs[fixes])))
    return [(fixes, math.exp(logs[fixes] - unit)) for fixes in way]


# ---- How well the model knows what it was not told ----

class Check(NamedTuple):
    """A composition that is no part of the design: the measured mean over the predicted one."""
    variant: str
    what: str
    scale: int
    ratio: float
    factor: float  # the prediction's interval is from 1 over this to this

    @property
    def inside(self):
        return 1 / self.factor <= self.ratio <= self.factor


def checks(study):
    """[Check] of whatever of the factorial's checks was measured."""
    found = []
    for variant, response in itertools.product(study.factorial.checks, responses(study)):
        if response.what in OPS:
            log = study.times[response.what, response.scale].log(variant)
        else:
            memory = study.times["put", response.scale].bytes.get(variant)
            log = math.log(memory) if memory else None
        if log is not None:
            fixes = study.factorial.fixes_of(variant)
            found.append(Check(variant, response.what, response.scale, math.exp(log - response.fit.log(fixes)),
                               response.fit.prediction_factor(fixes)))
    return found


class Again(NamedTuple):
    """A single fix over the baseline: what the model predicts, and what another run measured."""
    fix: str
    op: str
    predicted: Prediction
    measured: Estimate


def against(study, experiment):
    """The single fixes in another experiment, at the scales that both have."""
    factorial = study.factorial
    found = pairs.ratios(experiment.where(op=OPS), factorial.baseline, who=["op", "scale", "variant"])
    places = [(op, scale, fix, (op, scale, factorial.composition([fix])))
              for op, scale in study.times for fix in factorial.fixes]
    fits = {where: of.fit for where, of in study.times.items()}
    return [Again(fix, op, fits[op, scale].predict_over(frozenset([fix]), fits[op, scale].means[frozenset()]),
                  found[place]) for op, scale, fix, place in places if place in found]


# ---- Steps beyond the design ----

class Step(NamedTuple):
    """One composition, over the one that it is a step from and over what the factorial is told against."""
    variant: str
    before: dict   # {op: Estimate}
    over: dict     # {op: Estimate}
    bytes: float   # an entry


def beyond(study, scale):
    """The Steps that were measured beyond the design, in their order."""
    factorial, times = study.factorial, {op: study.times[op, scale] for op in OPS}
    first = factorial.composition(factorial.rungs[-1])
    there = [name for name in (first, *factorial.beyond) if all(name in of.ns.index for of in times.values())]
    return [Step(name, {op: of.ratio(name, last) for op, of in times.items()},
                 {op: of.ratio(name, factorial.against) for op, of in times.items()}, times["put"].bytes[name])
            for last, name in itertools.pairwise(there)]


# ---- What is left ----

class Left(NamedTuple):
    """One figure of the best composition and of what it is told against.  ratio has an interval if the figure has
    noise."""
    what: str
    scale: int
    best: float
    other: float
    ratio: Optional[Estimate]  # None: what there is next to none of has no ratio


# Columns of results/counts/counts.csv (lab.counts.exact), each for one operation.
COUNTED = {"instructions": "instructions", "d1_misses": "simulated L1 misses", "ll_misses": "simulated LL misses",
           "mispredictions": "simulated wrong branches", "chain": "dependent loads", "lines": "cache lines read"}
LEAST = 0.005  # what is less is written as 0.00


def best(study, scale):
    """The composition that the model has fastest for put and get together among those that it was fitted to.  By the
    model, since the fastest measurement is also the luckiest."""
    return study.factorial.composition(min(study.times["put", scale].fit.compositions, key=together(study, scale)))


def known(what, scale, one, other):
    return Left(what, scale, one, other, Estimate(one / other, None, None, 1) if other >= LEAST else None)


def left(study, scale):
    """Times and memory of the best composition over the other's."""
    pair, memory = [best(study, scale), study.factorial.against], study.times["put", scale]
    found = [Left(f"{op}, ns", scale, *study.times[op, scale].ns.loc[pair].median(axis="columns"),
                  study.times[op, scale].ratio(*pair)) for op in OPS]
    found.append(known("bytes/entry", scale, *memory.bytes[pair]))
    resident = memory.rss.loc[pair].dropna(axis="columns")
    if not resident.empty:
        found.append(Left("resident bytes/entry", scale, *memory.rss.loc[pair].median(axis="columns"),
                          estimate(resident.loc[pair[0]] / resident.loc[pair[1]])))
    return found


def left_in_counts(study, scale, rows):
    """The same of what results/counts has for both: [Left] of each operation, and what it lacks."""
    pair, found, lost = [best(study, scale), study.factorial.against], [], []
    for op in OPS:
        of = [exact.of_cell(rows, variant, op, scale=scale) for variant in pair]
        absent = [variant for variant, row in zip(pair, of) if row is None]
        if absent:
            lost.append(f"{op} {short_scale(scale)}: {' and '.join(absent)} not counted")
            continue
        found += [known(f"{op}, {what}", scale, *(row[column] for row in of))
                  for column, what in COUNTED.items() if all(row.notna()[column] for row in of)]
    return found, lost
