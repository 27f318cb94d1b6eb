"""The statistics of the lab: medians, and intervals that assume nothing about a distribution.

The process is the replicate: samples inside one process are not independent of each other, so each process counts as
one value, the median of its samples.  Competitors are compared pair by pair, within the blocks in which they ran next
to each other (lab.pairs), so that what the machine did meanwhile divides out.  Where there are no pairs, because two
experiments are compared, intervals come from the bootstrap and p-values from the rank-sum test.

No value is ever dropped; outliers are classified and counted.  What is drawn at random is drawn from a fixed seed: the
same data give the same figures.  Tests and distributions are scipy's; the interval of a median by the sign test, and
what follows from it for power, are ours.
"""
import functools
import math
import statistics
from typing import NamedTuple, Optional

import numpy
from scipy import stats as scipy_stats

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
    """The rank k for which the k-th smallest and the k-th largest of `count` values enclose the median of what they
    were drawn from with at least this confidence; 0 if there is none.

    Each value lies below that median with probability 1/2, so the number that do is binomial: the interval is the set
    of medians that a two-sided sign test does not reject.
    """
    return int(scipy_stats.binom.ppf((1 - confidence) / 2, count, 0.5))


def estimate(values, confidence=CONFIDENCE, rank_of=sign_test_rank):
    """The median of the values and its interval by the sign test, for a number of values that was fixed beforehand;
    with another rank_of by that."""
    ordered = sorted(values)
    rank = rank_of(len(ordered), confidence)
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (None, None)
    return Estimate(statistics.median(ordered), low, high, len(ordered))


# ---- p-values ----

def binomial_tail(count, least, chance=0.5):
    """The probability of at least `least` successes among `count`, each with this chance."""
    return float(scipy_stats.binom.sf(least - 1, count, chance))


def sign_test_p(values, null=0.0):
    """The two-sided p-value of the sign test that the values' median is `null`; values that equal it tell nothing and
    do not count.  1 where none is left."""
    above, below = sum(value > null for value in values), sum(value < null for value in values)
    return scipy_stats.binomtest(above, above + below).pvalue if above + below else 1.0


def rank_sum_p(first, second):
    """The two-sided p-value of the rank-sum test (Wilcoxon, Mann and Whitney) that two independent sets of values come
    from one distribution: exact, but where values tie."""
    first, second = list(first), list(second)
    ties = len({*first, *second}) < len(first) + len(second)
    return float(scipy_stats.mannwhitneyu(first, second, method="asymptotic" if ties else "exact").pvalue)


def p_text(p):
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _adjusted(p_values, method):
    from statsmodels.stats.multitest import multipletests  # a second to import, and few reports need it
    return [float(p) for p in multipletests(p_values, method=method)[1]] if len(p_values) else []


def holm(p_values):
    """p-values, each adjusted so that calling those of at most 5 % differences calls a single one wrongly in at most
    5 % of all such families (Holm, Scand. J. Statist. 6, 1979)."""
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values):
    """p-values, each adjusted so that of those of at most 5 % about one in twenty is wrong at most (Benjamini and
    Hochberg, J. R. Statist. Soc. B 57, 1995)."""
    return _adjusted(p_values, "fdr_bh")


# ---- Intervals without pairs ----

RESAMPLES = 2000


def bootstrap(values, statistic=numpy.median, confidence=CONFIDENCE, resamples=RESAMPLES, seed=1):
    """A statistic of the values with its percentile bootstrap interval (Efron and Tibshirani, 1993); without one if
    there are fewer than two values."""
    values = numpy.asarray(list(values), float)
    low = high = None
    if len(values) > 1:
        draws = numpy.random.default_rng(seed).choice(values, (resamples, len(values)))
        low, high = numpy.quantile([statistic(draw) for draw in draws], [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(statistic(values)), low, high, len(values))


def unpaired_ratio(numerator, denominator):
    """The ratio of the medians of two independent sets of values with its percentile bootstrap interval; its count is
    that of the smaller set."""
    numerator, denominator = list(numerator), list(denominator)
    low = high = None
    if min(len(numerator), len(denominator)) > 1:
        low, high = scipy_stats.bootstrap(
            (numerator, denominator), lambda above, below, axis: numpy.median(above, axis) / numpy.median(below, axis),
            n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="percentile", vectorized=True,
            random_state=1).confidence_interval
    return Estimate(float(numpy.median(numerator) / numpy.median(denominator)), low, high,
                    min(len(numerator), len(denominator)))


# ---- Outliers ----

OUTLIER_CLASSES = ("low severe", "low mild", "none", "high mild", "high severe")


def outliers(values):
    """The class of each value by Tukey's fences, as criterion has them: mild beyond 1.5 times the distance of the
    quartiles outside of them, severe beyond 3 times."""
    first, third = numpy.quantile(values, [0.25, 0.75])
    reach = third - first
    low = numpy.digitize(values, [first - 3 * reach, first - 1.5 * reach])
    high = numpy.digitize(values, [third + 1.5 * reach, third + 3 * reach], right=True)
    return [OUTLIER_CLASSES[place] for place in low + high]


def count_outliers(values):
    """{class: how many values}, for every class that there is but "none"."""
    found = outliers(values)
    return {name: found.count(name) for name in OUTLIER_CLASSES if name != "none"}


# ---- What an experiment can see ----

def sign_test_power(share, pairs, confidence=CONFIDENCE):
    """How often the sign test's interval of so many pairs lies wholly on the right side of 1 if this share of the
    pairs does."""
    rank = sign_test_rank(pairs, confidence)
    return binomial_tail(pairs, pairs - rank + 1, share) if rank else 0.0


def share_above(null_log_ratios, effect):
    """The share of pairs without a difference that would lie above 1 if one of `effect` (0.05: 5 % slower) were added
    to each."""
    return float(numpy.mean(numpy.add(null_log_ratios, math.log1p(effect)) > 0))


def effect_power(null_log_ratios, effect, pairs, confidence=CONFIDENCE):
    """How often so many pairs find a difference of `effect`, judged by pairs without any."""
    return sign_test_power(share_above(null_log_ratios, effect), pairs, confidence)


def pairs_wanted(null_log_ratios, effect, power=0.95, most=400):
    """The fewest pairs that find a difference of `effect` with this power, and so do any more; None if `most` do
    not."""
    share, wanted = share_above(null_log_ratios, effect), None
    for pairs in range(most, 0, -1):
        if sign_test_power(share, pairs) < power:
            return wanted
        wanted = pairs
    return wanted
