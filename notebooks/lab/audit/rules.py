"""By which rules a claim holds.

A claim says what a figure should be (the column `claimed`): 1.5..2, a range; 2.3, a range of one
value; >1 or <1, only a direction; differs, anything clearly other than 1; or several of these, with
"or" between, where the documents give several: then one is enough.

A ratio of times is measured as a median over processes with its 95 % interval by the sign test.
TOLERANCE is that of lab.documents.seeds: the documents' machine was another one, so their ratios
can be expected only roughly.

a range without 1   holds if the interval, widened by TOLERANCE, reaches the range, and the interval
                    lies on the range's side of 1; undecided if it reaches it but contains 1, or
                    spans WIDE times what the claim spans: then it has room for the claim and for
                    its denial.
a range with 1      no effect: holds if the interval lies within the range widened by TOLERANCE,
                    does not hold if it lies wholly outside, undecided else.
differs             the opposite of the claim 1.
a direction         holds if the interval lies wholly on that side, does not hold if it lies wholly
                    on the other, undecided else.
a count             holds if it is within COUNT_TOLERANCE of lab.documents.seeds.

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

from ..documents import seeds
from ..stats import CONFIDENCE, benjamini_hochberg, estimate, sign_test_p
from ..tables import with_interval
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED, Outcome, not_measured

TOLERANCE, COUNT_TOLERANCE = seeds.TOLERANCE, seeds.COUNT_TOLERANCE
WIDE = 2
DIFFERS = "differs"
NUMBER = r"-?\d+(?:\.\d+)?(?:e\d+)?"
RANGE = re.compile(rf"({NUMBER})(?:\.\.({NUMBER}))?")
SIDE = re.compile(rf"([<>])({NUMBER})")


class Judged(NamedTuple):
    verdict: str
    p: Optional[float]


def readings(claimed):
    """The ranges of a claimed figure; DIFFERS for itself."""
    return [DIFFERS if word == DIFFERS else range_of(word) for word in claimed.split(" or ")]


def range_of(word):
    side, span = SIDE.fullmatch(word), RANGE.fullmatch(word)
    if side:
        bound = float(side[2])
        return seeds.Span(bound, math.inf) if side[1] == ">" else seeds.Span(-math.inf, bound)
    if not span:
        raise ValueError(f"{word!r} is no claimed figure")
    return seeds.Span(float(span[1]), float(span[2] or span[1]))


def is_side(span):
    return math.inf in (-span.low, span.high)


# ---- Ratios ----

def judge_side(span, values, ours):
    bound = span.low if span.high == math.inf else span.high
    low, high = (ours.low, ours.high) if span.high == math.inf else (-ours.high, -ours.low)
    edge = bound if span.high == math.inf else -bound
    if low > edge:
        return Judged(HOLDS, sign_test_p(values, bound))
    if high < edge:
        return Judged(DOES_NOT_HOLD, sign_test_p(values, bound))
    return Judged(UNDECIDED, None)


def judge_no_effect(span, values, ours):
    low, high = span.low / TOLERANCE, span.high * TOLERANCE
    if low <= ours.low and ours.high <= high:
        return Judged(HOLDS, max(sign_test_p(values, low), sign_test_p(values, high)))
    if ours.high < low or ours.low > high:
        return Judged(DOES_NOT_HOLD, sign_test_p(values, low if ours.high < low else high))
    return Judged(UNDECIDED, None)


def judge_effect(span, values, ours, none=1.0):
    low, high = sorted((span.low / TOLERANCE, span.high * TOLERANCE))
    if ours.high < low or ours.low > high:
        return Judged(DOES_NOT_HOLD, sign_test_p(values, low if ours.high < low else high))
    if ours.low <= none <= ours.high:
        return Judged(UNDECIDED, None)
    if (ours.low > none) != (span.low > none):
        return Judged(DOES_NOT_HOLD, sign_test_p(values, none))
    if ours.high / ours.low > WIDE * span.high / span.low:
        return Judged(UNDECIDED, None)
    return Judged(HOLDS, sign_test_p(values, none))


OPPOSITE = {HOLDS: DOES_NOT_HOLD, DOES_NOT_HOLD: HOLDS, UNDECIDED: UNDECIDED}


def judge_reading(reading, values, ours, none):
    if reading == DIFFERS:
        judged = judge_no_effect(seeds.Span(1, 1), values, ours)
        return judged._replace(verdict=OPPOSITE[judged.verdict])
    if is_side(reading):
        return judge_side(reading, values, ours)
    if reading.low <= none <= reading.high:
        return judge_no_effect(reading, values, ours)
    return judge_effect(reading, values, ours, none)


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
    return Judged(DOES_NOT_HOLD, max(one.p for one in judged))


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
    against = [one.p for one in judged if one.verdict == DOES_NOT_HOLD]
    if against:
        return Judged(DOES_NOT_HOLD, min(1.0, len(judged) * min(against)))
    if all(one.verdict == HOLDS for one in judged):
        return Judged(HOLDS, max(one.p for one in judged))
    return Judged(UNDECIDED, None)


# ---- Counts ----

def count_holds(claimed, ours):
    """Whether a count is what is claimed; of a direction, exactly."""
    def one(span):
        if is_side(span):
            return span.low < ours < span.high
        if span.low == span.high == 0:
            return ours == 0
        return seeds.judge_count(span, ours) == seeds.REPRODUCED
    return any(map(one, readings(claimed)))


def share_holds(claimed, ours):
    """Whether a share of counts is what is claimed of times: within TOLERANCE."""
    return any(span.low / TOLERANCE <= ours <= span.high * TOLERANCE for span in readings(claimed))


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
