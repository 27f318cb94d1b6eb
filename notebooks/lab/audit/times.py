"""Tests of claims about times: one thing's over another's.

The columns `compositions`, `op`, `pattern`, `scale` and `settings` (HASH=, KEY=, ALLOC=) say what
is compared, in the order that each test tells; lab.audit.cases says how one figure comes of many
cells.
"""
import itertools
import math
import statistics

from ..cell import compose
from ..documents import seeds
from ..stats import estimate
from ..tables import digits, short_scale, with_interval
from . import rules
from .cases import (NOT_TOGETHER, Case, decide_every, decide_over, divide, measured_cases, name_of,
                    of_several, over_blocks, place, scales, setting, words, work)
from .evidence import SYSTEM_ALLOCATOR
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED, Outcome, not_measured

LIBHAMT_SCALE = 10000  # the scale of the libhamt figures by which the documents divide


# ---- One composition against another ----

def ratio_cases(claim, against_last):
    """Each composition but the last in each cell: over the last, or the last over it."""
    *compositions, last = words(claim, "compositions")
    for composition in compositions:
        for where in work(claim):
            pair = (place(claim, composition, *where), place(claim, last, *where))
            yield Case(name_of(*[composition] * (len(compositions) > 1), *where),
                       pair if against_last else pair[::-1], divide)


def time_ratio(claim, evidence):
    """Each composition's time over the last one's."""
    return decide_over(claim, evidence, ratio_cases(claim, True))


def speedup(claim, evidence):
    """The last composition's time over each other one's: above 1 where the other is faster."""
    *compositions, last = words(claim, "compositions")
    idle = [name_of(one, op) for one in compositions for op in words(claim, "op")
            if seeds.same_work(one, last, op)]
    if idle:
        return not_measured(f"{', '.join(idle)}: does the same as {last}, since nothing is freed")
    return decide_over(claim, evidence, ratio_cases(claim, False))


def their_way(case, base):
    """What the documents divided by: libhamt's time at 10K, in shuffled order, its insert being
    that of a tenth more into a full map."""
    mine, _ = case.places
    op = seeds.LIBHAMT_USUAL.get(mine.op, mine.op)
    libhamt = mine._replace(composition=base, op=op, scale=LIBHAMT_SCALE,
                            pattern=seeds.LIBHAMT_USUAL["pattern"])
    return Case(case.name, (mine, libhamt), divide)


def gap_on_equal_terms(claim, evidence):
    """Each composition's time over the last one's, the reference: in the same cell, so at equal
    scale, operation and pattern.  Told beside it: the same over what the documents divided by."""
    cases = list(ratio_cases(claim, True))
    theirs = measured_cases([their_way(case, words(claim, "compositions")[-1]) for case in cases],
                            evidence)
    beside = (f"{digits(statistics.median(over_blocks(theirs)))} as the documents divide"
              if theirs else "")
    return decide_over(claim, evidence, cases, beside)


def ratio_of_speedups(claim, evidence):
    """Four compositions a b c d: the gain of a over b against that of c over d."""
    names = words(claim, "compositions")

    def against(a, b, c, d):
        return (b / a) / (d / c)

    def gain(first, second):
        return with_interval(estimate(over_blocks(found))) if (found := measured_cases(
            [Case("", (place(claim, second, *where), place(claim, first, *where)), divide)
             for where in work(claim)], evidence)) else "-"
    cases = [Case(name_of(*where), tuple(place(claim, name, *where) for name in names), against)
             for where in work(claim)]
    return decide_over(claim, evidence, cases, f"{names[0]} gains {gain(*names[:2])}, {names[2]}"
                                               f" {gain(*names[2:])}")


def gain_by_key(claim, evidence):
    """Two compositions and two kinds of keys: the ratio of times with the first kind over the same
    with the second."""
    first, second = words(claim, "compositions")

    def against(a, b, c, d):
        return (a / b) / (c / d)
    cases = [Case(name_of(*where), tuple(place(claim, name, *where)._replace(key=key)
                                         for key in setting(claim, "KEY", "u64")
                                         for name in (first, second)), against)
             for where in work(claim)]
    return decide_over(claim, evidence, cases)


# ---- The same composition elsewhere ----

def time_by_scale(claim, evidence):
    """Times at each scale over those at the first."""
    first, *others = scales(claim)
    cases = [Case(name_of(*of_several(claim, composition), op, pattern, scale),
                  tuple(place(claim, composition, op, pattern, n) for n in (scale, first)), divide)
             for composition in words(claim, "compositions") for op in words(claim, "op")
             for pattern in words(claim, "pattern") for scale in others]
    return decide_over(claim, evidence, cases)


def time_by_op(claim, evidence):
    """Times of the first operation over those of the second."""
    ops = words(claim, "op")
    cases = [Case(name_of(*of_several(claim, composition), pattern, scale),
                  tuple(place(claim, composition, op, pattern, scale) for op in ops), divide)
             for composition in words(claim, "compositions") for pattern in words(claim, "pattern")
             for scale in scales(claim)]
    return decide_over(claim, evidence, cases)


def pattern_cases(claim, compositions, ops, over, others):
    return [Case(name_of(*of_several(claim, composition), op, other, scale),
                 (place(claim, composition, op, over, scale),
                  place(claim, composition, op, other, scale)), divide)
            for composition in compositions for op in ops for other in others
            for scale in scales(claim)]


def time_by_pattern(claim, evidence):
    """Times with the first pattern over those with each other one."""
    first, *others = words(claim, "pattern")
    return decide_over(claim, evidence, pattern_cases(
        claim, words(claim, "compositions"), words(claim, "op"), first, others))


def sequential_is_best(claim, evidence):
    """In every case: filling in each other pattern over filling in sequence, and looking up one and
    the same map in another order than it was filled over the same order."""
    compositions = words(claim, "compositions")
    cases = [case._replace(places=case.places[::-1]) for case in pattern_cases(
        claim, compositions, ["put"], "sequential", ["shuffled", "random"])]
    cases += [Case(name_of(composition, "get", scale),
                   tuple(place(claim, composition, op, "shuffled", scale)
                         for op in ("get", "get_in_order")), divide)
              for composition in compositions for scale in scales(claim)]
    return decide_every(claim, evidence, cases)


def order_by_scale(claim, evidence):
    """Whether any two compositions change places: one is faster at one scale and slower at another,
    by sign tests that each count for one of as many as there are comparisons.  They do not if in
    every pair the same one is faster at all scales."""
    compared, undecided, changes = 0, 0, []
    for (one, other), op, pattern in itertools.product(
            itertools.combinations(words(claim, "compositions"), 2), words(claim, "op"),
            words(claim, "pattern")):
        faster, slower = [], []
        for scale in scales(claim):
            values = evidence.each_block(divide, *(place(claim, name, op, pattern, scale)
                                                   for name in (one, other))).values()
            judged = rules.judge("<1", values)
            compared += judged.verdict != NOT_MEASURED
            undecided += judged.verdict == UNDECIDED
            if judged.p is not None:
                side = faster if judged.verdict == HOLDS else slower
                side.append((judged.p, scale, estimate(values)))
        if faster and slower:
            ends = min(faster), min(slower)
            changes.append((max(end[0] for end in ends), f"{op} {one} / {other}", *ends))
    if not compared:
        return not_measured(NOT_TOGETHER)
    if not changes:
        return Outcome(f"no two change places for certain; {undecided} of {compared} comparisons"
                       " are undecided", None, None, None, 0,
                       UNDECIDED if undecided else DOES_NOT_HOLD)
    p, name, (_, low_scale, low), (_, high_scale, high) = min(changes)
    return Outcome(f"{len(changes)} times two change places; surest: {name} is {with_interval(low)}"
                   f" at {short_scale(low_scale)}, {with_interval(high)} ({high.count}) at"
                   f" {short_scale(high_scale)}",
                   high.low, high.median, high.high, high.count, HOLDS, min(1.0, compared * p))


# ---- Hashes and allocators ----

def time_by_hash(claim, evidence):
    """Times with the first hash over those with each other one."""
    first, *others = setting(claim, "HASH", "")
    cases = [Case(name_of(composition, *where, other),
                  tuple(place(claim, composition, *where)._replace(hash=name)
                        for name in (first, other)), divide)
             for composition in words(claim, "compositions") for where in work(claim)
             for other in others]
    return decide_over(claim, evidence, cases)


def time_by_allocator(claim, evidence):
    """Times under each allocator over those under the C library's, the cells of each together.
    That it does not matter holds if it holds for every one."""
    found = []
    for allocator in setting(claim, "ALLOC", ""):
        cases = [Case(name_of(*where),
                      tuple(place(claim, composition, *where)._replace(allocator=name)
                            for name in (allocator, SYSTEM_ALLOCATOR)), divide)
                 for composition in words(claim, "compositions") for where in work(claim)]
        cells = measured_cases(cases, evidence)
        if cells:
            found.append((allocator, over_blocks(cells)))
    if not found:
        return not_measured(NOT_TOGETHER)
    judged = rules.all_of([rules.judge("1", values) for _, values in found])
    if claim["claimed"] == rules.DIFFERS and judged.verdict != NOT_MEASURED:
        judged = judged._replace(verdict=rules.DENIAL[judged.verdict], how="")
    estimates = [(name, estimate(values)) for name, values in found]
    name, most = max(estimates, key=lambda pair: abs(math.log(pair[1].median)))
    told = ", ".join(f"{other} {with_interval(ours)}" for other, ours in estimates)
    return Outcome(f"{told} ({most.count}); furthest from 1 is {name}", most.low, most.median,
                   most.high, most.count, *judged)


# ---- Which change leads ----

def answers(part, variant):
    return part in compose.Composition(variant).by_part


def ablation_order(claim, evidence):
    """The last composition is the baseline, the others single changes of it: the gain of the best
    change of children.h over that of the best other one."""
    *changes, baseline = words(claim, "compositions")

    def gains(change):
        return measured_cases([
            Case(name_of(*where), (place(claim, baseline, *where), place(claim, change, *where)),
                 divide) for where in work(claim)], evidence)
    measured = {change: found for change in changes if (found := gains(change))}
    ranked = sorted(measured, key=lambda change: -statistics.median(over_blocks(measured[change])))
    children = next((change for change in ranked if answers("children.h", change)), None)
    other = next((change for change in ranked if change != children
                  and not answers("children.h", change)), None)
    if not children or not other:
        return not_measured(NOT_TOGETHER)
    told = ", ".join(f"{change} {digits(statistics.median(over_blocks(measured[change])))}"
                     for change in ranked)
    cases = [Case(name_of(*where), (place(claim, other, *where), place(claim, children, *where)),
                  divide) for where in work(claim)]
    return decide_over(claim, evidence, cases, f"{children} against {other}; gains: {told}")


TESTS = {test.__name__: test for test in (
    time_ratio, speedup, gap_on_equal_terms, ratio_of_speedups, gain_by_key, time_by_scale,
    time_by_op, time_by_pattern, sequential_is_best, order_by_scale, time_by_hash,
    time_by_allocator, ablation_order)}
