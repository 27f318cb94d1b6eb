"""Intervals that hold however often one looks: a confidence sequence for the median.

An interval by the sign test is right in 95 % of experiments whose number of blocks was fixed beforehand.  Who looks
after every block and stops when it pleases, gets one that is wrong far more often.  A confidence sequence is a series
of intervals, one after each block, all of which hold the true median at once in 95 % of experiments: so whichever one
stops at, for whatever reason, is right at least as often.

It comes from a bet.  Where m is the median, each new value lies below m with probability 1/2, whatever came
before.  A gambler who bets on every value that the probability is another one, p, multiplies his stake fairly; so
does one who spreads it over all p by a Beta(a, a) distribution, and after n values, s of them below m, has

    2^n B(a + s, a + n - s) / B(a, a)

times what he began with.  Of a fair game no more than a share 1/x of the gamblers ever has x times his stake (Ville,
1939), so a median against which he has won twenty times his stake is refuted at 95 %, for good.  Those that are not
are an interval between two of the sorted values, as in the sign test (Robbins, Ann. Math. Statist. 41, 1970, has the
mixture; Howard and Ramdas, Bernoulli 28, 2022, confidence sequences for quantiles).

The block is the unit: the ratio of two processes that ran in one block is one value.  The order within a block is
drawn anew for each, so where two competitors are equal either is the slower one with probability 1/2, however the
machine drifts.
"""
import functools
import math

import numpy
from scipy.special import betaln

from . import stats

# Of the Beta distribution.  It costs little anywhere and least at about a hundred blocks: as narrow an interval as a
# fixed number of blocks gives takes 2.1 to 2.6 times as many, from 12 blocks to 400.
SPREAD = 5.0


def log_wealth(below, count):
    """The logarithm of what the bet against a median has made of 1 where so many of `count` values lie below it."""
    return count * math.log(2) + betaln(SPREAD + below, SPREAD + count - below) - betaln(SPREAD, SPREAD)


@functools.lru_cache(maxsize=None)
def rank(count, confidence=stats.CONFIDENCE):
    """The rank k for which the k-th smallest and the k-th largest of `count` values enclose the medians that no bet has
    refuted; 0 if there is no such interval yet."""
    below = numpy.arange(count // 2 + 1)
    return int(numpy.sum(log_wealth(below, count) >= -math.log(1 - confidence)))


def estimate(values, confidence=stats.CONFIDENCE):
    """The median of the values and its interval, one of a confidence sequence."""
    return stats.estimate(values, confidence, rank)


def p_value(values, null):
    """A p-value that the values' median is `null` which holds at every look, as the interval does."""
    below, above = sum(value < null for value in values), sum(value > null for value in values)
    return min(1.0, math.exp(-log_wealth(below, below + above)))


def of(runs):
    """What estimates a median of these runs: as above where what was measured decided how much was measured."""
    return estimate if runs["sequential"].any() else stats.estimate


# ---- What it would take ----

def expected(ordered, count, rank_of=rank):
    """The estimate to be expected of so many values, if they are like those in this sorted array."""
    middle, reach = float(numpy.median(ordered)), rank_of(count)
    if not reach:
        return stats.Estimate(middle, None, None, count)
    share = (reach - 0.5) / count
    low, high = numpy.quantile(ordered, [share, 1 - share])
    return stats.Estimate(middle, float(low), float(high), count)


def wanted(values, reached, most, rank_of=rank):
    """The least number of values like these of which reached(Estimate) is to be expected, up to one in fifty; None if
    `most` would not do."""
    ordered, few, enough = numpy.sort(numpy.asarray(list(values), float)), 0, 8
    while not reached(expected(ordered, enough, rank_of)):
        if enough >= most:
            return None
        few, enough = enough, min(2 * enough, most)
    while enough - few > max(1, enough // 50):
        middle = (few + enough) // 2
        few, enough = (few, middle) if reached(expected(ordered, middle, rank_of)) else (middle, enough)
    return enough
