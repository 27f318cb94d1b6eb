"""The statistics of the lab: medians, and intervals that assume nothing about a distribution.

The process is the replicate: samples inside one process are not independent of each other, so each
process counts as one value, the median of its samples.  Competitors are compared pair by pair,
within the blocks in which they ran next to each other, so that what the machine did meanwhile
divides out.  Where there are no pairs, because two experiments are compared, intervals come from
the bootstrap and p-values from the rank-sum test.

No value is ever dropped; outliers are classified and counted.  What is drawn at random is drawn
from a fixed seed: the same data give the same figures.
"""
import functools
import math
import random
import statistics
from typing import NamedTuple, Optional

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A median with its interval.  low and high are None where there are too few values for one."""
    median: float
    low: Optional[float]
    high: Optional[float]
    count: int

    def scaled(self, factor):
        """The same in another unit."""
        return Estimate(*(None if x is None else factor * x for x in self[:3]), self.count)


@functools.lru_cache(maxsize=None)
def sign_test_rank(count, confidence=CONFIDENCE):
    """The rank k for which the k-th smallest and the k-th largest of `count` values enclose the
    median of what they were drawn from with at least this confidence; 0 if there is none.

    Each value lies below that median with probability 1/2, so the number that do is binomial: the
    interval is the set of medians that a two-sided sign test does not reject.
    """
    ways, tail, rank = 1, 0.0, 0  # ways: in which exactly `below` values lie below
    for below in range(count // 2):
        tail += ways / 2 ** count
        if 2 * tail > 1 - confidence:
            break
        rank = below + 1
        ways = ways * (count - below) // (below + 1)
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


def mean_ratio(pairs, confidence=CONFIDENCE):
    """The geometric mean of the ratios of several pairs of mappings from block to value: taken in
    each block that all of them have, and estimated over these.  None if there is no such block."""
    blocks = set.intersection(*(above.keys() & below.keys() for above, below in pairs))
    means = [statistics.geometric_mean(above[block] / below[block] for above, below in pairs)
             for block in blocks]
    return estimate(means, confidence) if means else None


def paired_difference(minuend, subtrahend, confidence=CONFIDENCE):
    """The same of the difference, in the values' own unit."""
    differences = [minuend[block] - subtrahend[block]
                   for block in minuend.keys() & subtrahend.keys()]
    return estimate(differences, confidence) if differences else None


def log_ratios(numerator, denominator):
    """The logarithms of the paired ratios of two mappings from block to value, in the blocks'
    order: 0 is no difference, and twice as long is as far from it as half as long."""
    return [math.log(numerator[block] / denominator[block])
            for block in sorted(numerator.keys() & denominator)]


# ---- p-values ----

def binomial_tail(count, least, chance=0.5):
    """The probability of at least `least` successes among `count`, each with this chance."""
    return math.fsum(math.comb(count, k) * chance ** k * (1 - chance) ** (count - k)
                     for k in range(max(least, 0), count + 1))


def sign_test_p(values, null=0.0):
    """The two-sided p-value of the sign test that the values' median is `null`; values that equal
    it tell nothing and do not count.  1 where none is left."""
    above = sum(value > null for value in values)
    below = sum(value < null for value in values)
    return min(1.0, 2 * binomial_tail(above + below, max(above, below)))


@functools.lru_cache(maxsize=256)
def _rank_sums(ranks, drawn):
    """In how many ways `drawn` of the ranks add up to each sum."""
    ways = [{} for _ in range(drawn + 1)]
    ways[0][0] = 1
    for rank in ranks:
        for taken in range(drawn - 1, -1, -1):
            for total, count in ways[taken].items():
                ways[taken + 1][total + rank] = ways[taken + 1].get(total + rank, 0) + count
    return ways[drawn]


def rank_sum_p(first, second):
    """The two-sided p-value of the rank-sum test (Wilcoxon, Mann and Whitney) that two independent
    sets of values come from one distribution: exact, ties included.  For dozens of values, not
    thousands: the cost grows with the fourth power of their number."""
    ordered = sorted([*first, *second])
    # Twice the mean rank of equal values: a whole number.
    rank = {value: 2 * ordered.index(value) + 1 + ordered.count(value) for value in set(ordered)}
    sums = _rank_sums(tuple(rank[value] for value in ordered), len(first))
    found = sum(rank[value] for value in first)
    middle = len(first) * (len(ordered) + 1)
    far = sum(ways for total, ways in sums.items() if abs(total - middle) >= abs(found - middle))
    return far / sum(sums.values())


def p_text(p):
    """A p-value as it is printed."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


# ---- Many comparisons ----

def holm(p_values):
    """p-values, each adjusted so that calling those of at most 5 % differences calls a single one
    wrongly in at most 5 % of all such families (Holm, Scand. J. Statist. 6, 1979)."""
    adjusted, worst = [0.0] * len(p_values), 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        worst = max(worst, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = worst
    return adjusted


def benjamini_hochberg(p_values):
    """p-values, each adjusted so that of those of at most 5 % about one in twenty is wrong at most
    (Benjamini and Hochberg, J. R. Statist. Soc. B 57, 1995)."""
    adjusted, best = [0.0] * len(p_values), 1.0
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for place in range(len(order), 0, -1):
        best = min(best, len(order) / place * p_values[order[place - 1]])
        adjusted[order[place - 1]] = best
    return adjusted


# ---- Intervals without pairs ----

RESAMPLES = 2000


def _percentile_interval(draws, confidence):
    draws = sorted(draws)
    outside = (1 - confidence) / 2
    return quantile(draws, outside), quantile(draws, 1 - outside)


def bootstrap(values, statistic=statistics.median, confidence=CONFIDENCE, resamples=RESAMPLES,
              seed=1):
    """A statistic of the values with its percentile bootstrap interval (Efron and Tibshirani,
    1993); without one if there are fewer than two values."""
    values = list(values)
    low = high = None
    if len(values) > 1:
        source = random.Random(seed)
        low, high = _percentile_interval(
            [statistic(source.choices(values, k=len(values))) for _ in range(resamples)],
            confidence)
    return Estimate(statistic(values), low, high, len(values))


def unpaired_ratio(numerator, denominator, confidence=CONFIDENCE, resamples=RESAMPLES, seed=1):
    """The ratio of the medians of two independent sets of values with its percentile bootstrap
    interval; its count is that of the smaller set."""
    numerator, denominator = list(numerator), list(denominator)
    low = high = None
    if min(len(numerator), len(denominator)) > 1:
        source = random.Random(seed)

        def median(values):
            return statistics.median(source.choices(values, k=len(values)))
        low, high = _percentile_interval(
            [median(numerator) / median(denominator) for _ in range(resamples)], confidence)
    return Estimate(statistics.median(numerator) / statistics.median(denominator), low, high,
                    min(len(numerator), len(denominator)))


# ---- Outliers ----

OUTLIER_CLASSES = ("low severe", "low mild", "none", "high mild", "high severe")


def quantile(ordered, share):
    """The value below which this share of sorted values lies, linear between two of them."""
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def outliers(values):
    """The class of each value by Tukey's fences, as criterion has them: mild beyond 1.5 times the
    distance of the quartiles outside of them, severe beyond 3 times."""
    ordered = sorted(values)
    first, third = quantile(ordered, 0.25), quantile(ordered, 0.75)
    reach = third - first
    fences = (first - 3 * reach, first - 1.5 * reach, third + 1.5 * reach, third + 3 * reach)

    def class_of(value):
        below = sum(value >= fence for fence in fences[:2])
        above = sum(value > fence for fence in fences[2:])
        return OUTLIER_CLASSES[below + above]
    return [class_of(value) for value in values]


def count_outliers(values):
    """{class: how many values}, for every class that there is but "none"."""
    found = outliers(values)
    return {name: found.count(name) for name in OUTLIER_CLASSES if name != "none"}


# ---- What an experiment can see ----

def sign_test_power(share, pairs, confidence=CONFIDENCE):
    """How often the sign test's interval of so many pairs lies wholly on the right side of 1 if
    this share of the pairs does."""
    rank = sign_test_rank(pairs, confidence)
    return binomial_tail(pairs, pairs - rank + 1, share) if rank else 0.0


def share_above(null_log_ratios, effect):
    """The share of pairs without a difference that would lie above 1 if one of `effect` (0.05: 5 %
    slower) were added to each."""
    return sum(ratio + math.log1p(effect) > 0 for ratio in null_log_ratios) / len(null_log_ratios)


def effect_power(null_log_ratios, effect, pairs, confidence=CONFIDENCE):
    """How often so many pairs find a difference of `effect`, judged by pairs without any."""
    return sign_test_power(share_above(null_log_ratios, effect), pairs, confidence)


def pairs_wanted(null_log_ratios, effect, power=0.95, most=400):
    """The fewest pairs that find a difference of `effect` with this power, and so do any more;
    None if `most` do not."""
    share, wanted = share_above(null_log_ratios, effect), None
    for pairs in range(most, 0, -1):
        if sign_test_power(share, pairs) < power:
            return wanted
        wanted = pairs
    return wanted
