"""The cells of a claim, and one figure for all of them.

A claim names compositions, operations, patterns and scales, and is about every combination of
them: its cells.  Its figure is taken in each cell and block of processes; the mean over the cells
gives one figure a block, whose median and interval are judged (lab.audit.rules).  A claim about a
gain is about no single cell, so the extremes among the cells stand beside it; cells that were not
measured are counted.  Where a claim says "in every case", each cell is judged.
"""
import itertools
import statistics
from typing import Callable, NamedTuple

from ..stats import estimate
from ..printing import digits, short_scale, with_interval
from . import rules
from .evidence import Place, common_blocks
from .outcome import Outcome, counted, not_measured

NOT_TOGETHER = "no stored experiment has these cells together"


class Case(NamedTuple):
    """One cell of a claim: its name, what is compared there, and how."""
    name: str
    places: tuple
    function: Callable


# ---- What a claim names ----

def words(claim, column):
    return claim[column].split()


def setting(claim, name, default):
    """The values of HASH=a,b and the like."""
    for word in words(claim, "settings"):
        if word.startswith(name + "="):
            return word[len(name) + 1:].split(",")
    return [default]


def scales(claim):
    return [int(word) for word in words(claim, "scale")]


def work(claim):
    """(op, pattern, scale) of every cell."""
    return list(itertools.product(words(claim, "op"), words(claim, "pattern"), scales(claim)))


def place(claim, composition, op, pattern, scale):
    return Place(composition, op, pattern, scale, setting(claim, "HASH", "xxh3")[0],
                 setting(claim, "KEY", "u64")[0])


def name_of(*things):
    return " ".join(short_scale(thing) if isinstance(thing, int) else thing for thing in things)


def of_several(claim, composition):
    """The composition's name, where there is another."""
    return [composition] if len(words(claim, "compositions")) > 1 else []


def divide(upper, lower):
    return upper / lower


# ---- Figures over cells ----

def measured_cases(cases, evidence):
    """[(name, {block: figure})] of those that were measured."""
    found = [(case.name, evidence.each_block(case.function, *case.places)) for case in cases]
    return [(name, blocks) for name, blocks in found if blocks]


def over_blocks(found, mean=statistics.geometric_mean):
    """One figure a block, from the blocks that all cells have."""
    return [mean([blocks[block] for _, blocks in found])
            for block in common_blocks(blocks for _, blocks in found)]


def median_of(blocks):
    return statistics.median(blocks.values())


def extremes(found, form=digits):
    if len(found) < 2:
        return ""
    (least, low), *_, (most, high) = sorted(((name, median_of(blocks)) for name, blocks in found),
                                            key=lambda pair: pair[1])
    return f"from {form(low)} ({least}) to {form(high)} ({most})"


def missing(cases, found):
    return (f"{len(cases) - len(found)} of {len(cases)} cells not measured"
            if len(found) < len(cases) else "")


def joined(*parts):
    return "; ".join(filter(None, parts))


def decide_over(claim, evidence, cases, more="", mean=statistics.geometric_mean, none=1.0):
    """The outcome of a claim about the mean over its cases."""
    cases = list(cases)
    found = measured_cases(cases, evidence)
    if not found:
        return not_measured(NOT_TOGETHER)
    told = joined(extremes(found), missing(cases, found), more)
    return rules.decide(claim, over_blocks(found, mean), told, none)


def decide_every(claim, evidence, cases):
    """The outcome of "in every case": each is judged; shown is the one that is furthest from it."""
    found = measured_cases(cases, evidence)
    if not found:
        return not_measured(NOT_TOGETHER)
    judged = [rules.judge(claim["claimed"], blocks.values()) for _, blocks in found]
    verdicts = [one.verdict for one in judged]
    wanted_above = ">" in claim["claimed"]
    name, blocks = (min if wanted_above else max)(found, key=lambda pair: median_of(pair[1]))
    worst = estimate(blocks.values())
    return Outcome(joined(f"in {len(found)} cells: {counted(verdicts)}", f"furthest from it is {name} with"
                          f" {with_interval(worst)} ({worst.count})", missing(cases, found)),
                   worst.low, worst.median, worst.high, worst.count, *rules.all_of(judged))
