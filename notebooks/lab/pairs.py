"""Ratios of competitors that ran next to each other, on frames of lab.results.

Competitors are compared pair by pair within a block, so that what the machine did meanwhile divides out.  What
comes out is a pandas.Series of lab.stats.Estimate, indexed by what tells the pairs apart; lab.printing.with_interval
prints one, Series.unstack makes a table of them.
"""
import numpy
import pandas

from .results import RUN
from .stats import estimate


def estimates(values, by):
    """The Estimate of each group of a Series of values; `by`: names of its index levels."""
    return values.dropna().groupby(level=by, sort=False).agg(lambda group: [estimate(group)]).str[0]


def by_block(runs, over, field="variant", value="ns_per_op", who=RUN):
    """A Series of ratios, one for each block: each run's value over that of the run in the same block that differs
    in `field` alone, where it is `over`.  Empty if nothing else has such a partner."""
    rest = [name for name in who if name != field] + ["block"]
    wide = runs.pivot(index=rest, columns=field, values=value)
    if over not in wide:
        return pandas.Series(dtype=float, index=pandas.MultiIndex.from_arrays([[]] * (len(who) + 1), names=[*rest, field]))
    return wide.drop(columns=over).div(wide[over], axis=0).stack()


def ratios(runs, over, field="variant", value="ns_per_op", who=RUN):
    """The Estimate of each competitor's ratio to its partner, see by_block."""
    return estimates(by_block(runs, over, field, value, who), list(who))


def mean_ratios(runs, over, field="variant", value="ns_per_op", by=("op", "variant")):
    """Geometric means over cells, taken in each block that all cells of a group have; an Estimate for each group."""
    logs = numpy.log(by_block(runs, over, field, value)).rename("log").reset_index()
    groups = logs.groupby([*by, "block"], sort=False)["log"]
    whole = groups.count().groupby(level=list(by)).transform(lambda counts: counts == counts.max())
    return estimates(numpy.exp(groups.mean()[whole]), list(by))
