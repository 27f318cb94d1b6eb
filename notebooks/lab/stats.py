"""The statistics of the lab: medians, and intervals that assume nothing about a distribution.

The process is the replicate: samples inside one process are not independent of each other, so each
process counts as one value, the median of its samples.  Competitors are compared pair by pair,
within the blocks in which they ran next to each other, so that what the machine did meanwhile
divides out.
"""
import math
import statistics
from typing import NamedTuple, Optional

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A median with its interval.  low and high are None where there are too few values for one."""
    median: float
    low: Optional[float]
    high: Optional[float]
    count: int


def sign_test_rank(count, confidence=CONFIDENCE):
    """The rank k for which the k-th smallest and the k-th largest of `count` values enclose the
    median of what they were drawn from with at least this confidence; 0 if there is none.

    Each value lies below that median with probability 1/2, so the number that do is binomial: the
    interval is the set of medians that a two-sided sign test does not reject.
    """
    tail, rank = 0.0, 0
    for below in range(count // 2):
        tail += math.comb(count, below) / 2 ** count
        if 2 * tail > 1 - confidence:
            break
        rank = below + 1
    return rank


def estimate(values, confidence=CONFIDENCE):
    """The median of the values and its interval by the sign test."""
    ordered = sorted(values)
    rank = sign_test_rank(len(ordered), confidence)
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (None, None)
    return Estimate(statistics.median(ordered), low, high, len(ordered))


def paired_ratio(numerator, denominator, confidence=CONFIDENCE):
    """The ratio of two competitors, each a mapping from block to value, over the blocks in which
    both ran.  None if there is no such block."""
    ratios = [numerator[block] / denominator[block] for block in numerator.keys() & denominator]
    return estimate(ratios, confidence) if ratios else None
