"""Which fix closes the gap, as data: the factorial experiment over the parts.

A Study is what was measured; the rest are questions to it.  lab.factorial.design says what is
measured and why, lab.factorial.contrasts how effects and intervals are made, lab.factorial.report
prints and draws the answers.
"""
import itertools
import math
import statistics
from typing import NamedTuple, Optional

from .. import store
from ..stats import Estimate, paired_ratio
from ..tables import short_scale
from . import contrasts, design

NAME = "factorial"
SINGLES = "fixes"  # another experiment that has the single fixes
OPS = ("put", "get")
# The phases and the roadmap of the seed documents, as experiments/lineups.conf has them: inlining
# (phase 2.6), node recycling (3), then fix1 to fix4.  They have no place for prefetching.
ROADMAP = ("inline", "arena freelist", "single", "sizes", "tagged sizes+tagged", "lazy", "growpool growpool+exact",
           "prefetch")


# ---- What was measured ----

class Measured(NamedTuple):
    """One operation at one scale."""
    ns: dict     # {variant: {block: nanoseconds an operation}}
    bytes: dict  # {variant: bytes an entry}, the same in every process but for the keys drawn
    rss: dict    # {variant: {block: bytes of resident memory an entry}}
    model: contrasts.Model  # of ns

    def ratio(self, one, other):
        """The ratio of two competitors' times, by the sign test or, with too few blocks for it, by
        the noise of all compositions.  None if no block has both."""
        found = paired_ratio(self.ns[one], self.ns[other])
        few = found is not None and found.low is None
        return self.model.ratio(self.ns[one], self.ns[other]) if few else found


class Study(NamedTuple):
    about: dict   # the experiment's row in the store
    times: dict   # {(op, scale): Measured}
    memory: dict  # {scale: Model of bytes an entry}
    design: design.Design

    @property
    def scales(self):
        return sorted(self.memory)


def _of_design(plan, values, what):
    """The design's part of {variant: anything}, by composition."""
    names = {plan.name(fixes): fixes for fixes in plan.fraction()}
    lost = [name for name in [*names, design.REFERENCE] if name not in values]
    if lost:
        raise store.StoreError(f"{what}: {len(lost)} of the design's competitors were not measured:"
                               f" {', '.join(lost[:3])}{' ...' if len(lost) > 3 else ''}")
    return {fixes: values[name] for name, fixes in names.items()}


def _measured(plan, cell, row):
    what = f"{NAME}: {cell.op} {short_scale(cell.scale)}"
    found = {competitor.variant: replicates for competitor, replicates in row.items()}
    if len(found) < len(row):
        raise store.StoreError(f"{what}: measured with several hashes or allocators; wanted one")
    ns = {variant: replicates.ns_per_op for variant, replicates in found.items()}
    table = _of_design(plan, ns, what)
    usable = ns[design.REFERENCE].keys()  # blocks: all that is told is told beside the reference
    try:
        model = contrasts.Model(plan.fixes, {
            fixes: {block: times[block] for block in times.keys() & usable}
            for fixes, times in table.items()})
    except contrasts.NotEnough as error:
        raise store.StoreError(f"{what}: {error}") from error
    return Measured(ns, {variant: statistics.median(replicates.bytes_per_entry.values())
                         for variant, replicates in found.items()},
                    {variant: replicates.rss_per_entry for variant, replicates in found.items()},
                    model)


def load(connection, experiment):
    """The study of an experiment in a store."""
    return study_of(dict(store.experiment(connection, experiment)),
                    store.replicates(connection, experiment))


def study_of(about, cells):
    """The study of an experiment's row and its cells, as store.replicates has them."""
    times = {}
    plan = design.of({competitor.variant for row in cells.values() for competitor in row})
    for cell, row in cells.items():
        if (cell.op, cell.scale) in times:
            raise store.StoreError(f"{NAME}: {cell.op} {short_scale(cell.scale)} was measured with"
                                   " several patterns or keys; wanted one")
        times[cell.op, cell.scale] = _measured(plan, cell, row)
    scales = sorted({scale for _, scale in times})
    lost = [f"{op} {short_scale(scale)}" for scale in scales for op in OPS
            if (op, scale) not in times]
    if lost or not scales:
        raise store.StoreError(f"{NAME}: not measured: {', '.join(lost) or 'anything'}")
    memory = {}
    for scale in scales:
        table = _of_design(plan, times["put", scale].bytes, f"{NAME}: bytes {short_scale(scale)}")
        memory[scale] = contrasts.Model(
            plan.fixes, {fixes: {0: value} for fixes, value in table.items()}, exact=True)
    return Study(about, times, memory, plan)


def open_study(runs=store.RUNS):
    connection = store.open_runs(NAME, runs=runs)
    return load(connection, store.newest_experiment(connection))


# ---- Effects ----

class Response(NamedTuple):
    what: str  # put, get or bytes
    scale: int
    model: contrasts.Model

    @property
    def label(self):
        return f"{self.what} {short_scale(self.scale)}"


def responses(study):
    """Times, then memory, from the smallest scale to the largest."""
    return [*(Response(op, scale, study.times[op, scale].model)
              for scale in study.scales for op in OPS),
            *(Response("bytes", scale, study.memory[scale]) for scale in study.scales)]


def timed(study):
    return [response for response in responses(study) if response.what in OPS]


def sorted_fixes(study):
    """The fixes, the greatest gain first: over all times, scales and operations alike."""
    return sorted(study.design.fixes, key=lambda fix: math.fsum(
        response.model.coefficients[(fix,)] for response in timed(study)))


def standing_pairs(study):
    """The interactions of two fixes that stand in a time, the greatest first."""
    def size(pair):
        return max(abs(response.model.coefficients[pair]) for response in timed(study))
    return sorted((pair for pair in itertools.combinations(study.design.fixes, 2)
                   if any(response.model.effects[pair].stands for response in timed(study))),
                  key=size, reverse=True)


# ---- The order that gains most soonest ----

def together(study, scale):
    """The mean of a composition's predicted put and get, as logarithms."""
    return lambda fixes: statistics.fmean(study.times[op, scale].model.log(fixes) for op in OPS)


def orders(study, scale):
    """{what it is best for: the fixes in that order}."""
    def ladder(cost):
        return contrasts.ladder(study.design.fixes, cost)
    return {"put and get": ladder(together(study, scale)),
            "put": ladder(study.times["put", scale].model.log),
            "get": ladder(study.times["get", scale].model.log),
            "bytes": ladder(study.memory[scale].log),
            "the seeds": [fix for step in ROADMAP for fix in step.split() if fix in study.design.fixes]}


def rungs(order):
    """The compositions on the way from none of the fixes to all."""
    return [frozenset(order[:count]) for count in range(len(order) + 1)]


def log_of(study, op, scale, variant):
    """The mean logarithm of a competitor's times in the model's blocks; None if it ran in none."""
    measured = study.times[op, scale]
    values = measured.ns.get(variant, {})
    logs = [math.log(values[block]) for block in measured.model.blocks if block in values]
    return statistics.fmean(logs) if logs else None


class Rung(NamedTuple):
    """One composition of a ladder.  Times are over the reference's."""
    fixes: frozenset
    added: str          # the fix; the baseline's name for the first rung
    predicted: dict     # {op: Prediction}
    measured: dict      # {op: Estimate}, of the operations for which it was measured
    together: float     # predicted, put and get together: their geometric mean
    gap_left: float     # the same: the share, as logarithms, of what the baseline is slower by
    bytes: contrasts.Prediction  # an entry
    bytes_measured: Optional[float]


def over_reference(study, scale, op, fixes):
    """A composition's predicted time over the reference's measured one."""
    return study.times[op, scale].model.predict_over(
        fixes, log_of(study, op, scale, design.REFERENCE))


def gap(study, scale):
    """By what factor the baseline is slower than the reference, put and get together."""
    return math.exp(statistics.fmean(log_of(study, op, scale, study.design.baseline)
                                     - log_of(study, op, scale, design.REFERENCE) for op in OPS))


def ladder(study, scale, order):
    """The Rungs of an order, from the baseline to all fixes."""
    found = []
    for fixes, added in zip(rungs(order), [study.design.baseline, *order]):
        name = study.design.name(fixes)
        predicted = {op: over_reference(study, scale, op, fixes) for op in OPS}
        time = statistics.geometric_mean(p.value for p in predicted.values())
        found.append(Rung(
            fixes, added, predicted,
            {op: study.times[op, scale].ratio(name, design.REFERENCE)
             for op in OPS if name in study.times[op, scale].ns},
            time, math.log(time) / math.log(gap(study, scale)),
            study.memory[scale].predict(fixes), study.times["put", scale].bytes.get(name)))
    return found


def mean_gap_left(ladder_rungs):
    """How soon a ladder gains: the share of the gap that is left, on the mean of its rungs."""
    return statistics.fmean(rung.gap_left for rung in ladder_rungs[1:])


def measured_ladder(study, scale):
    """[(fixes, time over the reference's)] by measurement alone, put and get together.  By twos:
    all that can be chosen from must be in the design."""
    def log(fixes):
        return statistics.fmean(study.times[op, scale].model.means[fixes] for op in OPS)
    unit = statistics.fmean(log_of(study, op, scale, design.REFERENCE) for op in OPS)
    way = [frozenset()]
    while found := [fixes for fixes in study.design.fraction()
                    if len(fixes) == len(way[-1]) + 2 and fixes > way[-1]]:
        way.append(min(found, key=log))
    return [(fixes, math.exp(log(fixes) - unit)) for fixes in way]


# ---- How well the model knows what it was not told ----

class Check(NamedTuple):
    """A composition of the other half: the measured mean over the predicted one."""
    variant: str
    what: str
    scale: int
    ratio: float
    inside: bool  # is it within the prediction's interval?


def checks(study):
    """[Check] of whatever of the design's checks was measured."""
    found = []
    for fixes, response in itertools.product(study.design.checks, responses(study)):
        variant = study.design.name(fixes)
        if response.what in OPS:
            log = log_of(study, response.what, response.scale, variant)
        else:
            memory = study.times["put", response.scale].bytes.get(variant)
            log = math.log(memory) if memory else None
        if log is not None:
            miss = log - response.model.log(fixes)
            found.append(Check(variant, response.what, response.scale, math.exp(miss),
                               abs(miss) <= math.log(response.model.prediction_factor())))
    return found


class Again(NamedTuple):
    """A single fix over the baseline: what the model predicts, and what another run measured."""
    fix: str
    op: str
    predicted: contrasts.Prediction
    measured: Estimate


def against(study, connection, experiment):
    """The single fixes in another experiment, at the scales that both have."""
    found = []
    for cell, row in store.replicates(connection, experiment).items():
        if cell.op not in OPS or (cell.op, cell.scale) not in study.times:
            continue
        ns = {competitor.variant: replicates.ns_per_op for competitor, replicates in row.items()}
        model = study.times[cell.op, cell.scale].model
        found += [Again(fix, cell.op, model.predict_over({fix}, model.means[frozenset()]),
                        paired_ratio(ns[study.design.name({fix})], ns[study.design.baseline]))
                  for fix in study.design.fixes if {study.design.name({fix}), study.design.baseline} <= ns.keys()]
    return found


# ---- What is left ----

class Left(NamedTuple):
    """One figure of the best composition and of the reference.  ratio has an interval if the figure
    has noise."""
    what: str
    scale: int
    best: float
    reference: float
    ratio: Optional[Estimate]  # None: what there is next to none of has no ratio


# Columns of results/counts/counts.csv (lab.counts.report), each for one operation.
COUNTED = {"instructions": "instructions", "d1_misses": "simulated L1 misses",
           "ll_misses": "simulated LL misses", "mispredictions": "simulated wrong branches",
           "chain": "dependent loads", "lines": "cache lines read"}


def best(study, scale):
    """The composition that the model has fastest for put and get together among those that were
    measured in the design.  By the model, since the fastest measurement is also the luckiest."""
    return study.design.name(min(study.design.fraction(), key=together(study, scale)))


LEAST = 0.005  # what is less is written as 0.00


def exact(what, scale, one, other):
    return Left(what, scale, one, other,
                Estimate(one / other, None, None, 1) if other >= LEAST else None)


def medians(values, *variants):
    return [statistics.median(values[variant].values()) for variant in variants]


def left(study, scale):
    """Times and memory of the best composition over the reference's."""
    name = best(study, scale)
    found = []
    for op in OPS:
        measured = study.times[op, scale]
        found.append(Left(f"{op}, ns", scale, *medians(measured.ns, name, design.REFERENCE),
                          measured.ratio(name, design.REFERENCE)))
    memory = study.times["put", scale]
    found.append(exact("bytes/entry", scale, memory.bytes[name], memory.bytes[design.REFERENCE]))
    resident = paired_ratio(memory.rss[name], memory.rss[design.REFERENCE])
    if resident:
        found.append(Left("resident bytes/entry", scale,
                          *medians(memory.rss, name, design.REFERENCE), resident))
    return found


def left_in_counts(study, scale, rows):
    """The same of what results/counts has for both: [Left] of each operation, and what it lacks."""
    name = best(study, scale)
    found, lost = [], []
    for op in OPS:
        of = {row["composition"]: row for row in rows
              if (row["op"], int(row["scale"])) == (op, scale)
              and (row["key"], row["hash"], row["pattern"]) == ("u64", "xxh3", "shuffled")}
        absent = [variant for variant in (name, design.REFERENCE) if variant not in of]
        if absent:
            lost.append(f"{op} {short_scale(scale)}: {' and '.join(absent)} not counted")
            continue
        for column, what in COUNTED.items():
            one, other = of[name][column], of[design.REFERENCE][column]
            if one and other:
                found.append(exact(f"{op}, {what}", scale, float(one), float(other)))
    return found, lost
