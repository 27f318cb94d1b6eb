"""By which rules a claim holds.

A claim says what a figure should be (the column `claimed`): 1.5..2, a range; 2.3, a range of one
value; >1 or <1, only a direction; differs, anything clearly other than 1; or several of these, with
"or" between, where the documents give several: then one is enough.

A ratio of times is measured as a median over processes with its 95 % interval by the sign test.
When a range holds is the rule of lab.verdicts, which the documents' tables follow too: what is
reproduced there holds here, and what does not hold says as well whether there is less of it, more,
or the opposite.  Beside it

differs             the opposite of the claim 1.
a direction         holds if the interval lies wholly on that side, does not hold if it lies wholly
                    on the other, undecided else.  It gets no tolerance.

Every decision on times is a sign test of the median against the bound that the interval excludes:
that is its p-value.  There are many, so after all claims have been tested the p-values are adjusted
together (Benjamini and Hochberg: of the decisions that stand, about one in twenty is wrong at
most); a decision whose adjusted p-value is above 5 % becomes undecided.  Holm's stricter correction
would ask of all twelve processes of a cell that they agree.  Document 004's claims are judged by
their intervals (lab.audit.superslab) and take no part in the correction.
"""
import math
import re
from typing import NamedTuple, Optional

from .. import verdicts
from ..stats import CONFIDENCE, benjamini_hochberg, estimate, sign_test_p
from ..printing import with_interval
from ..verdicts import LESS, MORE, OPPOSITE, Span
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED, Outcome, not_measured

DIFFERS = "differs"
NUMBER = r"-?\d+(?:\.\d+)?(?:e\d+)?"
RANGE = re.compile(rf"({NUMBER})(?:\.\.({NUMBER}))?")
SIDE = re.compile(rf"([<>])({NUMBER})")
OF_RULE = {verdicts.REPRODUCED: HOLDS, verdicts.NOT_REPRODUCED: DOES_NOT_HOLD,
           verdicts.UNDECIDED: UNDECIDED, verdicts.NOT_MEASURED: NOT_MEASURED}
DENIAL = {HOLDS: DOES_NOT_HOLD, DOES_NOT_HOLD: HOLDS, UNDECIDED: UNDECIDED}


class Judged(NamedTuple):
    verdict: str
    p: Optional[float]  # of the sign test that the verdict rests on
    how: str = ""       # as verdicts.Judged has it


def readings(claimed):
    """The ranges of a claimed figure; DIFFERS for itself."""
    return [DIFFERS if word == DIFFERS else range_of(word) for word in claimed.split(" or ")]


def range_of(word):
    side, span = SIDE.fullmatch(word), RANGE.fullmatch(word)
    if side:
        bound = float(side[2])
        return Span(bound, math.inf) if side[1] == ">" else Span(-math.inf, bound)
    if not span:
        raise ValueError(f"{word!r} is no claimed figure")
    return Span(float(span[1]), float(span[2] or span[1]))


def is_side(span):
    return math.inf in (-span.low, span.high)


# ---- Ratios ----

def judge_side(span, values, ours):
    above = span.high == math.inf
    bound = span.low if above else span.high
    if (ours.low > bound) if above else (ours.high < bound):
        return Judged(HOLDS, sign_test_p(values, bound))
    if (ours.high < bound) if above else (ours.low > bound):
        return Judged(DOES_NOT_HOLD, sign_test_p(values, bound), OPPOSITE)
    return Judged(UNDECIDED, None)


def judge_range(span, values, ours, none):
    judged = verdicts.judge(span, ours, none)
    p = max((sign_test_p(values, bound) for bound in judged.bounds), default=None)
    return Judged(OF_RULE[judged.verdict], p, judged.how)


def judge_reading(reading, values, ours, none):
    if reading == DIFFERS:
        judged = judge_range(Span(1, 1), values, ours, none)
        return Judged(DENIAL[judged.verdict], judged.p)
    if is_side(reading):
        return judge_side(reading, values, ours)
    return judge_range(reading, values, ours, none)


def judge(claimed, values, none=1.0):
    """The verdict on figures of several processes, of which `none` would be no effect."""
    values = list(values)
    ours = estimate(values) if values else None
    if ours is None or ours.low is None:
        return Judged(NOT_MEASURED, None)
    judged = [judge_reading(reading, values, ours, none) for reading in readings(claimed)]
    for verdict in (HOLDS, UNDECIDED):
        for one in judged:
            if one.verdict == verdict:
                return one
    return max(judged, key=lambda one: one.p)


def decide(claim, values, words="", none=1.0):
    """The outcome of a claim about the median of these figures, one of each process."""
    values = list(values)
    if not values:
        return not_measured(words or "nothing to judge")
    ours = estimate(values)
    judged = judge(claim["claimed"], values, none)
    measured = f"{with_interval(ours)} ({ours.count})" + (f"; {words}" if words else "")
    if judged.verdict == NOT_MEASURED:
        measured = f"too few processes for an interval: {ours.count}"
    return Outcome(measured, ours.low, ours.median, ours.high, ours.count, *judged)


# ---- Several cells, each of which must do ----

def all_of(judged):
    """The verdict on "in every case": one case that does not hold is enough against it, tested as
    one of so many; for it, the worst case counts."""
    judged = [one for one in judged if one.verdict != NOT_MEASURED]
    if not judged:
        return Judged(NOT_MEASURED, None)
    against = [one for one in judged if one.verdict == DOES_NOT_HOLD]
    if against:
        surest = min(against, key=lambda one: one.p)
        return surest._replace(p=min(1.0, len(judged) * surest.p))
    if all(one.verdict == HOLDS for one in judged):
        return Judged(HOLDS, max(one.p for one in judged))
    return Judged(UNDECIDED, None)


# ---- Counts ----

def judge_count(claimed, ours):
    """The verdict on a count, which has no p; of a direction, exactly."""
    def one(span):
        if is_side(span):
            return (Judged(HOLDS, None) if span.low < ours < span.high else
                    Judged(DOES_NOT_HOLD, None, LESS if ours <= span.low else MORE))
        return untested(verdicts.judge_count(span, ours))
    judged = [one(span) for span in readings(claimed)]
    return next((found for found in judged if found.verdict == HOLDS), judged[0])


def count_holds(claimed, ours):
    return judge_count(claimed, ours).verdict == HOLDS


def untested(judged):
    """A verdict of lab.verdicts that no sign test stands behind."""
    return Judged(OF_RULE[judged.verdict], None, judged.how)


# ---- All claims together ----

def corrected(outcomes):
    """The outcomes after the correction for their number: {id: Outcome} of the same."""
    tested = [name for name, outcome in outcomes.items() if outcome.p is not None]
    adjusted = dict(zip(tested, benjamini_hochberg([outcomes[name].p for name in tested])))

    def weigh(name, outcome):
        if adjusted.get(name, 0) <= 1 - CONFIDENCE:
            return outcome
        return outcome._replace(verdict=UNDECIDED, measured=(
            f"{outcome.measured}; {outcome.verdict} by itself, but not among so many claims"))
    return {name: weigh(name, outcome) for name, outcome in outcomes.items()}
