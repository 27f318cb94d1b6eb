"""Is a target met?  A target is a limit that somebody who chooses a map asks for; what was measured is a median with
its interval.

It is met if the whole interval is on the right side of the limit, or ends there; missed if none of it is; undecided if
the interval holds the limit, or if too few processes were measured for an interval.  Of several scales the worst
counts: one that misses the limit before one that is undecided, and that before one that meets it; of those that came
out alike the one whose median is worst.
"""
from typing import Callable, NamedTuple

from .pairs import over_turns
from .stats import Estimate, estimate

MET, MISSED, UNDECIDED = VERDICTS = "met", "missed", "undecided"
WORST_FIRST = (MISSED, UNDECIDED, MET)


class Limit(NamedTuple):
    bound: float
    at_least: bool = False  # else at most

    def __str__(self):
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}"

    def verdict(self, value):
        """Of an Estimate."""
        if value.low is None:
            return UNDECIDED
        if self.at_least:
            return MET if value.low >= self.bound else MISSED if value.high < self.bound else UNDECIDED
        return MET if value.high <= self.bound else MISSED if value.low > self.bound else UNDECIDED

    def worst(self, by_scale):
        """(scale, Estimate, verdict) of that which counts, of {scale: Estimate}."""
        def badness(one):
            _, value, verdict = one
            return WORST_FIRST.index(verdict), value.median if self.at_least else -value.median
        return min(((scale, value, self.verdict(value)) for scale, value in by_scale.items()), key=badness)


class Target(NamedTuple):
    what: str
    limit: Limit
    found: Callable  # of a layout: {scale: values by block, or by turn}; empty where it was not measured
    unit: str = ""


class Reached(NamedTuple):
    target: Target
    who: str
    scale: int       # at which it is worst
    value: Estimate
    verdict: str


def reached(targets, layouts):
    rows = []
    for target in targets:
        for who in layouts:
            by_scale = {scale: estimate(over_turns(values)) for scale, values in target.found(who).items()
                        if len(values)}
            if by_scale:
                rows.append(Reached(target, who, *target.limit.worst(by_scale)))
    return rows


def count(verdicts):
    """How many came out how: 3 met, 1 missed, 0 undecided."""
    verdicts = list(verdicts)
    return ", ".join(f"{verdicts.count(word)} {word}" for word in VERDICTS)
