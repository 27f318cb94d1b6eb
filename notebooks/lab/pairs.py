"""Ratios of competitors that ran next to each other, on frames of lab.results.

Competitors are compared pair by pair within a block, so that what the machine did meanwhile divides out.  Where they
took turns (TURNS=warm or cold), samples of one number are neighbours in time: what is compared is taken turn by turn,
and its median over the turns is the block's.  The block stays what is counted.

What comes out is a pandas.Series of lab.stats.Estimate, indexed by what tells the pairs apart;
lab.printing.with_interval prints one, Series.unstack makes a table of them.
"""
import numpy
import pandas

from . import sequential, stats
from .results import CELL, COMPETITOR, NO_TURNS, RUN


def estimates(values, by, estimate=stats.estimate):
    """The Estimate of each group of a Series of values; `by`: names of its index levels.  estimate: how; that of
    lab.sequential where what was measured decided how much was measured."""
    groups = values.dropna().groupby(level=by, sort=False)
    return pandas.Series([estimate(group) for _, group in groups], groups.size().index, dtype=object)


def by_turn(runs, value="ns_per_op"):
    """A Series of each run's value, under the runs' index.  Times of competitors that took turns have an index level
    more, turn, and a value for each: what is made of them, over_turns brings back to one."""
    values = runs[value]
    if value != "ns_per_op" or "turns" not in runs or (runs["turns"] == NO_TURNS).all():
        return values
    taken = runs["samples"].where(runs["turns"] != NO_TURNS, runs[value].map(lambda time: (time,))).explode()
    turn = taken.groupby(level=taken.index.names, sort=False).cumcount()
    return taken.astype(float).to_frame(value).set_index(turn.rename("turn"), append=True)[value]


def over_turns(values):
    """The median of each block's turns; the same where there are none."""
    if "turn" not in values.index.names:
        return values
    return values.groupby(level=[name for name in values.index.names if name != "turn"], sort=False).median()


def by_block(runs, over, field="variant", value="ns_per_op", who=RUN):
    """A Series of ratios, one for each block: each run's value over that of the run in the same block that differs
    in `field` alone, where it is `over`.  Empty if nothing else has such a partner."""
    values = by_turn(runs.set_index([*who, "block"]), value).dropna()
    partners = values[values.index.get_level_values(field) == over].droplevel(field)
    partners = partners.reindex(values.index.droplevel(field)).set_axis(values.index)
    return over_turns((values / partners)[values.index.get_level_values(field) != over].dropna())


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
