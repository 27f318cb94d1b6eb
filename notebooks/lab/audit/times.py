"""Claims about times.

A claim's column `comparison` is a formula of the times of its operands, a, b, c, ... (lab.audit.evidence), and of
CONSTANTS.  It is taken in each cell and block of processes; the mean over the cells gives one figure a block, whose
median and interval are judged.  The mean is geometric of ratios, arithmetic of differences.  A claim about a gain is
about no single cell, so the extremes among the cells stand beside it; cells that were not measured are counted.

The column `beside` is what else is told, with formulas in braces: each stands for its median and interval over the
same cells, {formula:range} for its extremes among them.
"""
import itertools
import re

import pandas
from scipy.stats import gmean

from ..cell import compose
from ..counts import exact
from ..pairs import over_turns
from ..printing import digits, short_scale, with_interval
from ..seeds.figures import LIBHAMT_USUAL, same_work
from ..stats import estimate
from ..tree_figures import figure
from ..verdicts import DOES_NOT_HOLD, HOLDS, LESS, NOT_MEASURED, UNDECIDED
from . import rules
from .cells import cells
from .evidence import Shape
from .rules import Outcome, need, not_measured, outcome

TESTS, test = rules.registry()
NOT_TOGETHER = "no stored experiment has these cells together"
LIBHAMT_SCALE = 10000  # the scale of the libhamt figures by which the documents divide


# ---- Figures over cells ----

def nodes_fewer(evidence, where):
    """By how many nodes an entry the second has fewer than the first."""
    found = [evidence.tree(Shape(place.composition, *place[2:5])) for place in where[:2]]
    return (found[0]["inner_nodes"] - found[1]["inner_nodes"]) / found[0]["entries"] if all(found) else None


def fallbacks(evidence, where):
    """Of the first, an entry; None where there are none."""
    tree = evidence.tree(Shape(where[0].composition, *where[0][2:5]))
    return figure("fallbacks_per_entry", tree) or None if tree else None


def work(evidence, where):
    """Instructions of the first over those of the second."""
    found = [exact.of_cell(evidence.instructions, *place[:4]) for place in where[:2]]
    return None if any(row is None for row in found) else found[0]["instructions"] / found[1]["instructions"]


CONSTANTS = {"nodes": nodes_fewer, "fallbacks": fallbacks, "work": work}


def formula_by_block(evidence, where, formula):
    """A Series of the formula's value in each block; empty if it was not measured."""
    used = set(re.findall(r"\b[a-z]\w*", formula))
    constants = {name: CONSTANTS[name](evidence, where) for name in used & CONSTANTS.keys()}
    operands = [place for letter, place in zip("abcdefgh", where) if letter in used]
    times = evidence.together(operands).set_axis(sorted(used - constants.keys()), axis=1)
    if times.empty or None in constants.values():
        return pandas.Series(dtype=float)
    return over_turns(times.assign(**constants).eval(formula))


def by_cell(claim, evidence, formula=None, where=None):
    """{name: Series by block} of the cells that were measured; where: another place of each cell's operands."""
    found = {}
    for cell in cells(claim):
        places = where(cell.places) if where else cell.places
        values = formula_by_block(evidence, places, formula or claim["comparison"])
        if len(values):
            found[cell.called()] = values
    return found


def mean(found, formula):
    """One figure a block, of as many blocks as all cells have: the first of each, the second, and so on."""
    table = pandas.concat([each.sort_index().reset_index(drop=True) for each in found.values()], axis=1, join="inner")
    return table.mean(axis=1) if "-" in formula else pandas.Series(gmean(table, axis=1), table.index)


def extremes(found):
    (low, least), *_, (high, most) = sorted((values.median(), name) for name, values in found.items())
    return f"from {digits(low)} ({least}) to {digits(high)} ({most})"


def beside(claim, evidence):
    """The column beside, with figures for formulas."""
    def told(match):
        found = by_cell(claim, evidence, match[1])
        if match[2]:
            return extremes(found) if len(found) > 1 else digits(*(values.median() for values in found.values()))
        return with_interval(estimate(mean(found, match[1])))
    return re.sub(r"\{(.*?)(:range)?\}", told, claim["beside"])


def joined(*parts):
    return "; ".join(filter(None, parts))


def missing(claim, found):
    count = len(list(cells(claim)))
    return f"{count - len(found)} of {count} cells not measured" if len(found) < count else ""


def decide(claim, evidence, more=None, none=1.0):
    found = need(by_cell(claim, evidence), NOT_TOGETHER)
    told = joined(extremes(found) if len(found) > 1 else "", missing(claim, found), more or beside(claim, evidence))
    return rules.decide(claim, mean(found, claim["comparison"]), told, none)


# ---- Ratios and shares ----

@test
def ratio(claim, evidence):
    """A figure of which 1 would be no effect."""
    return decide(claim, evidence)


@test
def share(claim, evidence):
    """A figure of which 0 would be none.  A cost in ns only stands beside it: times of another machine cannot be
    expected here."""
    return decide(claim, evidence, none=0.0)


@test
def gain(claim, evidence):
    """The same as ratio, but of what does the same work nothing can be gained."""
    pairs = [cell.places for cell in cells(claim)]
    idle = dict.fromkeys(f"{one.op}: does the same as {other.composition}, since nothing is freed"
                         for one, other in pairs if same_work(one.composition, other.composition, one.op))
    return not_measured(f"{pairs[0][0].composition} {', '.join(idle)}") if idle else decide(claim, evidence)


@test
def gap(claim, evidence):
    """The time over the reference's in the same cell, so at equal scale, operation and pattern.  Told beside it: the
    same over what the documents divided by, libhamt's time at 10K in shuffled order, its insert being that of a tenth
    more into a full map."""
    def theirs(where):
        op = LIBHAMT_USUAL.get(where[0].op, where[0].op)
        return [where[0], where[0]._replace(composition=where[1].composition, op=op, scale=LIBHAMT_SCALE,
                                            pattern=LIBHAMT_USUAL["pattern"])]
    found = by_cell(claim, evidence, where=theirs)
    return decide(claim, evidence, found and f"{digits(mean(found, claim['comparison']).median())} as the documents"
                                             " divide")


@test
def growth(claim, evidence):
    """Growth of the time over that of instructions."""
    told = {cell.words["composition"]: work(evidence, cell.places) for cell in cells(claim)}
    need(all(told.values()), "no instructions are stored for both scales")
    return decide(claim, evidence, "instructions grow " + ", ".join(
        f"{digits(value)} times ({name})" for name, value in told.items()))


# ---- Several that are judged each ----

@test
def every(claim, evidence):
    """The outcome of "in every case": each is judged; shown is the one that is furthest from it."""
    found = need(by_cell(claim, evidence), NOT_TOGETHER)
    judged = [rules.judge(claim["claimed"], values) for values in found.values()]
    verdicts = [one.verdict for one in judged]
    tally = rules.counted(verdicts)
    furthest = (min if ">" in claim["claimed"] else max)(found, key=lambda name: found[name].median())
    worst = estimate(found[furthest])
    told = f"furthest from it is {furthest} with {with_interval(worst)} ({worst.count})"
    return outcome(joined(f"in {len(found)} cells: {tally}", told, missing(claim, found)), worst, rules.all_of(judged))


@test
def allocators(claim, evidence):
    """Times under each allocator over those under the C library's.  That it does not matter holds if it holds for
    every one."""
    found = need(by_cell(claim, evidence), NOT_TOGETHER)
    judged = rules.all_of([rules.judge("1", values) for values in found.values()])
    if claim["claimed"] == rules.DIFFERS:
        judged = judged._replace(verdict=rules.DENIAL.get(judged.verdict, judged.verdict), how="")
    estimates = {name: estimate(values) for name, values in found.items()}
    name = max(estimates, key=lambda one: max(estimates[one].median, 1 / estimates[one].median))
    told = ", ".join(f"{other} {with_interval(ours)}" for other, ours in estimates.items())
    return outcome(f"{told} ({estimates[name].count}); furthest from 1 is {name}", estimates[name], judged)


@test
def order_by_scale(claim, evidence):
    """Whether any two compositions change places: one is faster at one scale and slower at another, by sign tests that
    each count for one of as many as there are comparisons.  They do not if in every pair the same one is faster at
    all scales."""
    pairs = itertools.combinations(claim["compositions"].split(), 2)
    compared, sides = [], {}
    for cell in cells(claim | {"compositions": " ".join(map("/".join, pairs))}):
        values = formula_by_block(evidence, cell.places, "a / b")
        judged = rules.judge("<1", values)
        level = judged.how == LESS  # of two that are level none is the faster
        compared.append(UNDECIDED if level else judged.verdict)
        if judged.p is not None and not level:
            pair = f"{cell.words['op']} {cell.words['composition'].replace('/', ' / ')}", cell.words["pattern"]
            sides.setdefault(pair, {}).setdefault(judged.verdict, []).append(
                (judged.p, cell.places[0].scale, estimate(values)))
    compared = [verdict for verdict in compared if verdict != NOT_MEASURED]
    need(compared, NOT_TOGETHER)
    changes = [(pair[0], min(found[HOLDS]), min(found[DOES_NOT_HOLD])) for pair, found in sides.items()
               if len(found) == 2]
    if not changes:
        undecided = compared.count(UNDECIDED)
        return Outcome(f"no two change places for certain; {undecided} of {len(compared)} comparisons are undecided",
                       None, None, None, 0, UNDECIDED if undecided else DOES_NOT_HOLD)
    p, name, (_, low_scale, low), (_, high_scale, high) = min(
        (max(faster[0], slower[0]), name, faster, slower) for name, faster, slower in changes)
    return outcome(f"{len(changes)} times two change places; surest: {name} is {with_interval(low)} at"
                   f" {short_scale(low_scale)}, {with_interval(high)} ({high.count}) at {short_scale(high_scale)}",
                   high, (HOLDS, min(1.0, len(compared) * p)))


@test
def leading_part(claim, evidence):
    """The last composition is the baseline, the others single changes of it: the gain of the best change of
    children.h over that of the best other one."""
    def over(one, other):
        return by_cell(claim | {"compositions": f"{one}/{other}"}, evidence)
    *changes, baseline = claim["compositions"].split()
    gains = {change: mean(found, "a / b").median() for change in changes if (found := over(baseline, change))}
    ranked = sorted(gains, key=gains.get, reverse=True)
    best = {}
    for change in ranked:
        best.setdefault("children.h" in compose.Composition(change).by_part, change)
    need(len(best) == 2, NOT_TOGETHER)
    told = ", ".join(f"{change} {digits(gains[change])}" for change in ranked)
    return decide(claim | {"compositions": f"{best[False]}/{best[True]}"}, evidence,
                  f"{best[True]} against {best[False]}; gains: {told}")
