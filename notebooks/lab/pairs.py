"""Ratios of competitors that ran next to each other, on frames of lab.results.

Competitors are compared pair by pair within a block, so that what the machine did meanwhile divides out.  What
comes out is a pandas.Series of lab.stats.Estimate, indexed by what tells the pairs apart; lab.printing.with_interval
prints one, Series.unstack makes a table of them.
"""
import numpy
import pandas

from . import sequential, stats
from .results import CELL, COMPETITOR, RUN


def estimates(values, by, estimate=stats.estimate):
    """The Estimate of each group of a Series of values; `by`: names of its index levels.  estimate: how; that of
    lab.sequential where what was measured decided how much was measured."""
    groups = values.dropna().groupby(level=by, sort=False)
    return pandas.Series([estimate(group) for _, group in groups], groups.size().index, dtype=object)


def by_block(runs, over, field="variant", value="ns_per_op", who=RUN):
    """A Series of ratios, one for each block: each run's value over that of the run in the same block that differs
    in `field` alone, where it is `over`.  Empty if nothing else has such a partner."""
    index = [*who, "block"]
    values = runs.set_index(index)[value].dropna()
    partners = values[values.index.get_level_values(field) == over].droplevel(field)
    partners = partners.reindex(values.index.droplevel(field)).set_axis(values.index)
    return (values / partners)[values.index.get_level_values(field) != over].dropna()


def ratios(runs, over, field="variant", value="ns_per_op", who=RUN):
    """The Estimate of each competitor's ratio to its partner, see by_block."""
    return estimates(by_block(runs, over, field, value, who), list(who), sequential.of(runs))


def mean_of_cells(blocks, estimate=stats.estimate):
    """Of ratios by cell and block: their geometric mean in each block that every cell has, estimated over these.  None
    if there is no such block."""
    if not len(blocks):
        return None
    by_cell = numpy.log(blocks.droplevel(COMPETITOR)).unstack(CELL).dropna()
    return estimate(numpy.exp(by_cell.mean(axis=1))) if len(by_cell) else None
