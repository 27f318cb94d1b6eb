"""What a claim comes to, and by which rules it holds.

A claim says what a figure should be (the column `claimed`): 1.5..2, a range; 2.3, a range of one value; >1 or <1, only
a direction; =0, exactly; differs, anything clearly other than 1; or several of these, with "or" between, where the
documents give several: then one is enough.

A ratio of times is measured as a median over processes with its 95 % interval by the sign test.  When a range holds is
the rule of lab.verdicts, which the documents' tables follow too: what is reproduced there holds here, and what does
not hold says as well whether there is less of it, more, or the opposite.  Beside it

differs             the opposite of the claim 1.
a direction         holds if the interval lies wholly on that side, does not hold if it lies wholly on the other, or
                    from either side so close to no effect that less than LEVEL is certain; undecided else.

Every decision on times is a sign test of the median against the bound that the interval excludes: that is its
p-value.  There are many, so after all claims have been tested the p-values are adjusted together (Benjamini and
Hochberg: of the decisions that stand, about one in twenty is wrong at most); a decision whose adjusted p-value is
above 5 % becomes undecided.  Holm's stricter correction would ask of all twelve processes of a cell that they agree.
Document 004's claims are judged by their intervals (lab.audit.superslab) and take no part in the correction.
"""
import functools
import math
import re
from typing import NamedTuple, Optional

from .. import verdicts
from ..printing import with_interval
from ..results import NotMeasured
from ..stats import CONFIDENCE, benjamini_hochberg, estimate, sign_test_p
from ..verdicts import DOES_NOT_HOLD, HOLDS, LESS, MORE, NOT_MEASURED, OF_CLAIM, OPPOSITE, UNDECIDED, Span

VERDICTS = (HOLDS, DOES_NOT_HOLD, UNDECIDED, NOT_MEASURED)
# Of several, and of one.
IN_A_COUNT = {HOLDS: ("hold", "holds"), DOES_NOT_HOLD: ("do not", "does not"),
              UNDECIDED: ("are undecided", "is undecided"), NOT_MEASURED: ("were not measured", "was not measured")}
DENIAL = {HOLDS: DOES_NOT_HOLD, DOES_NOT_HOLD: HOLDS}
DIFFERS = "differs"
LEVEL = 1.02  # of a ratio: what is claimed to gain, and certainly gains or loses less, does not
NUMBER = r"-?\d+(?:\.\d+)?(?:e\d+)?"


def counted(verdicts):
    """How many there are of each, in words: 29 hold, 1 does not."""
    counts = [(verdict, verdicts.count(verdict)) for verdict in VERDICTS]
    return ", ".join(f"{count} {IN_A_COUNT[verdict][count == 1]}" for verdict, count in counts if count)


class Outcome(NamedTuple):
    """low, value and high are of the one figure that the verdict is about: a median and its 95 % interval, or a count
    without one.  None where there is none."""
    measured: str  # in words: that figure and what it is of; the reason if nothing was measured
    low: Optional[float]
    value: Optional[float]
    high: Optional[float]
    replicates: int  # processes; 1 for a count, which is the same in each
    verdict: str
    p: Optional[float] = None  # of the sign test on which the verdict rests, if it rests on one
    how: str = ""  # of what does not hold: less, more or opposite (lab.verdicts)

    @property
    def told(self):
        return self.verdict + (f" ({self.how})" if self.how else "")


class Judged(NamedTuple):
    verdict: str
    p: Optional[float] = None
    how: str = ""


def not_measured(reason):
    return Outcome(reason, None, None, None, 0, NOT_MEASURED)


def outcome(told, ours, judged):
    """About one Estimate."""
    return Outcome(told, ours.low, ours.median, ours.high, ours.count, *judged)


def exact(told, value, judged):
    """About one count; judged: whether it holds, or how."""
    judged = judged if isinstance(judged, Judged) else Judged(HOLDS if judged else DOES_NOT_HOLD)
    return Outcome(told, value, value, value, 1, *judged)


def registry(lacking=NotMeasured):
    """({name: test}, what enters a function there).  A test is a function of a claim and the evidence; where what it
    needs is not there it raises `lacking`, and the claim was not measured."""
    tests = {}

    def test(function):
        @functools.wraps(function)
        def tried(claim, evidence):
            try:
                return function(claim, evidence)
            except lacking as reason:
                return not_measured(str(reason))
        tests[function.__name__] = tried
        return tried
    return tests, test


def need(found, what):
    if not found:
        raise NotMeasured(what)
    return found


# ---- What is claimed ----

def span_of(word):
    """A Span; of a direction one end is infinite."""
    side, span = re.fullmatch(rf"([<>])({NUMBER})", word), re.fullmatch(rf"({NUMBER})(?:\.\.({NUMBER}))?", word)
    if side:
        return Span(float(side[2]), math.inf) if side[1] == ">" else Span(-math.inf, float(side[2]))
    if not span:
        raise ValueError(f"{word!r} is no claimed figure")
    return Span(float(span[1]), float(span[2] or span[1]))


def readings(claimed):
    """The Spans of a claimed figure; DIFFERS for itself."""
    return [DIFFERS if word == DIFFERS else span_of(word) for word in claimed.split(" or ")]


def is_side(span):
    return math.inf in (-span.low, span.high)


# ---- Of what has an interval ----

def of_verdicts(judged, p=None):
    """A verdict of lab.verdicts as one on a claim."""
    return Judged(OF_CLAIM[judged.verdict], p, judged.how)


def judge_reading(reading, ours, none, test):
    """test: the p-value of a bound, None where no test stands behind the interval."""
    if reading == DIFFERS:
        judged = judge_reading(Span(1, 1), ours, none, test)
        return Judged(DENIAL.get(judged.verdict, judged.verdict), judged.p)
    if is_side(reading):
        above = reading.high == math.inf
        bound = reading.low if above else reading.high
        if ours.low > bound if above else ours.high < bound:
            return Judged(HOLDS, test(bound))
        if ours.high <= bound if above else ours.low >= bound:
            return Judged(DOES_NOT_HOLD, test(bound), OPPOSITE)
        if bound == none == 1 and 1 / LEVEL < ours.low and ours.high < LEVEL:
            return Judged(DOES_NOT_HOLD, max(test(1 / LEVEL), test(LEVEL)), LESS)
        return Judged(UNDECIDED)
    judged = verdicts.judge(reading, ours, none)
    return of_verdicts(judged, max(map(test, judged.bounds), default=None))


def judge_estimate(claimed, ours, none=1.0, test=lambda _: 0.0):
    """The verdict on an Estimate, of which `none` would be no effect: the first reading that holds, or else is
    undecided, or else is denied most weakly."""
    if ours is None or ours.low is None:
        return Judged(NOT_MEASURED)
    judged = [judge_reading(reading, ours, none, test) for reading in readings(claimed)]
    return next((one for verdict in (HOLDS, UNDECIDED) for one in judged if one.verdict == verdict),
                max(judged, key=lambda one: one.p or 0))


def judge(claimed, values, none=1.0):
    """The same of figures of several processes."""
    values = list(values)
    return judge_estimate(claimed, estimate(values) if values else None, none, lambda bound: sign_test_p(values, bound))


def judge_interval(claimed, ours, none=1.0):
    """The same of an interval that takes no part in the correction."""
    return judge_estimate(claimed, ours, none)._replace(p=None)


def decide(claim, values, words="", none=1.0):
    """The outcome of a claim about the median of these figures, one of each process."""
    values = list(values)
    if not values:
        return not_measured(words or "nothing to judge")
    ours, judged = estimate(values), judge(claim["claimed"], values, none)
    told = f"{with_interval(ours)} ({ours.count})" + (f"; {words}" if words else "")
    if judged.verdict == NOT_MEASURED:
        told = f"too few processes for an interval: {ours.count}"
    return outcome(told, ours, judged)


# ---- Several cells, each of which must do ----

def all_of(judged):
    """The verdict on "in every case": one case that does not hold is enough against it, tested as one of so many;
    for it, the worst case counts."""
    judged = [one for one in judged if one.verdict != NOT_MEASURED]
    against = [one for one in judged if one.verdict == DOES_NOT_HOLD]
    if not judged:
        return Judged(NOT_MEASURED)
    if against:
        surest = min(against, key=lambda one: 1 if one.p is None else one.p)
        return surest if surest.p is None else surest._replace(p=min(1.0, len(judged) * surest.p))
    if all(one.verdict == HOLDS for one in judged):
        return Judged(HOLDS, max((one.p for one in judged if one.p is not None), default=None))
    return Judged(UNDECIDED)


# ---- Counts ----

def judge_count(claimed, ours):
    """The verdict on a count, which has no p; of a direction and of "=", exactly."""
    def one(word):
        if word.startswith("="):
            return Judged(HOLDS if ours == float(word[1:]) else DOES_NOT_HOLD)
        span = span_of(word)
        if is_side(span):
            return Judged(HOLDS) if span.low < ours < span.high else Judged(
                DOES_NOT_HOLD, None, LESS if ours <= span.low else MORE)
        return of_verdicts(verdicts.judge_count(span, ours))
    judged = [one(word) for word in claimed.split(" or ")]
    return next((found for found in judged if found.verdict == HOLDS), judged[0])


def count_holds(claimed, ours):
    return judge_count(claimed, ours).verdict == HOLDS


# ---- All claims together ----

def corrected(outcomes):
    """The outcomes after the correction for their number: {id: Outcome} of the same."""
    tested = [name for name, found in outcomes.items() if found.p is not None]
    adjusted = dict(zip(tested, benjamini_hochberg([outcomes[name].p for name in tested])))

    def weigh(name, found):
        if adjusted.get(name, 0) <= 1 - CONFIDENCE:
            return found
        return found._replace(verdict=UNDECIDED, measured=(
            f"{found.measured}; {found.verdict} by itself, but not among so many claims"))
    return {name: weigh(name, found) for name, found in outcomes.items()}
