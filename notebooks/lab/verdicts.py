"""The one rule by which a figure of the seed documents is held against ours, in their tables
(lab.seeds), in the audit (lab.audit) and in the study of the superslab.

A figure is a value or a range, of which `none` is no effect: 1 for a ratio, 0 for a share, a number
of cycles or calls.  Ours is a median with its 95 % interval.  Their machine was another one, so
theirs is widened on both sides by a factor of TOLERANCE, but of an effect never by more than half
of it (as a logarithm): "+30 %" reaches from +14 to +48 %, "7 times" from 5.6 to 8.75.

an effect is claimed      reproduced if our median lies in theirs, and our interval does not hold no
                          effect and is no wider than theirs (as a ratio of its ends).  Not reproduced
                          if the interval misses theirs, and how: "less" where our effect is smaller,
                          or none; "more" where it is larger; "opposite" where the whole interval lies
                          on the other side of no effect.  Undecided else: the interval has room for
                          the claim and for its denial.
no effect is claimed      that is any ratio less than NOTHING from 1, too.  Reproduced if our whole
                          interval lies within TOLERANCE of theirs, not reproduced ("more") if it
                          lies wholly outside, undecided if it lies across.
a count                   has no interval: reproduced within COUNT_TOLERANCE, 0 by 0 alone.  What is
                          estimated from counts in several ways has that of the estimates.

Too few processes for an interval measure nothing.
"""
import math
import statistics
from typing import NamedTuple

from .stats import Estimate

TOLERANCE = 1.25
COUNT_TOLERANCE = 1.05  # the documents round some counts to two digits
NOTHING = 1.05

REPRODUCED, NOT_REPRODUCED = "reproduced", "not reproduced"
UNDECIDED, NOT_MEASURED = "undecided", "not measured"
# The same of a claim (lab.audit).
HOLDS, DOES_NOT_HOLD = "holds", "does not hold"
OF_CLAIM = {REPRODUCED: HOLDS, NOT_REPRODUCED: DOES_NOT_HOLD, UNDECIDED: UNDECIDED, NOT_MEASURED: NOT_MEASURED}
LESS, MORE, OPPOSITE = "less", "more", "opposite"


class Span(NamedTuple):
    """What the documents give for a figure: a range, or one value twice."""
    low: float
    high: float


class Judged(NamedTuple):
    verdict: str
    how: str = ""      # LESS, MORE or OPPOSITE of what is not reproduced
    bounds: tuple = ()  # what our interval excludes: on that a decision rests

    @property
    def text(self):
        return f"{self.verdict}: {self.how}" if self.how else self.verdict


def kind(text):
    """The verdict of a Judged's text, without how."""
    return text.split(":")[0]


def nothing_claimed(claimed, none):
    if none == 1:
        return 1 / NOTHING < claimed.low and claimed.high < NOTHING or (claimed.low <= 1 <= claimed.high)
    return claimed.low <= none <= claimed.high


def widened(claimed, none=1.0):
    """What still counts as theirs."""
    def factor(bound):
        if none != 1 or nothing_claimed(claimed, none):
            return TOLERANCE
        return min(TOLERANCE, math.sqrt(max(bound, 1 / bound)))
    down, up = factor(claimed.low), factor(claimed.high)
    return Span(min(claimed.low / down, claimed.low * down), max(claimed.high / up, claimed.high * up))


def judge(claimed, ours, none=1.0):
    """Of a Span and an Estimate."""
    if ours is None or ours.low is None:
        return Judged(NOT_MEASURED)
    theirs = widened(claimed, none)
    above, below = ours.low > theirs.high, ours.high < theirs.low
    edge = (theirs.high,) if above else (theirs.low,)
    if nothing_claimed(claimed, none):
        if above or below:
            return Judged(NOT_REPRODUCED, MORE, edge)
        inside = theirs.low <= ours.low and ours.high <= theirs.high
        return Judged(REPRODUCED, bounds=tuple(theirs)) if inside else Judged(UNDECIDED)
    upward = claimed.low > none
    if (ours.high < none) if upward else (ours.low > none):
        return Judged(NOT_REPRODUCED, OPPOSITE, (none,))
    if above or below:
        return Judged(NOT_REPRODUCED, MORE if above == upward else LESS, edge)
    inside = theirs.low <= ours.median <= theirs.high
    if (not inside or ours.low <= none <= ours.high or ours.high / ours.low > theirs.high / theirs.low):
        return Judged(UNDECIDED)
    return Judged(REPRODUCED, bounds=(none,))


def judge_estimates(claimed, found):
    """Of a Span and a share of a whole, estimated in several ways."""
    return judge(claimed, Estimate(statistics.fmean(found), min(found), max(found), len(found)), none=0.0)


def judge_count(claimed, ours):
    if claimed.low / COUNT_TOLERANCE <= ours <= claimed.high * COUNT_TOLERANCE:
        return Judged(REPRODUCED)
    return Judged(NOT_REPRODUCED, LESS if ours < claimed.low else MORE)
