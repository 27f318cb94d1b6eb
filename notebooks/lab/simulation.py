"""Does stopping when it is known keep its word?  Campaigns that are made up, of which the truth is known.

Two competitors run block by block, in the runner's order (two blocks alternate AB BA or BA AB), on machines that are
worse than ours; one takes TRUTH times as long as the other.  After every block a campaign is looked at, by the very
functions that end experiments, and stopped at the first look at which its goal is reached.  It was wrong if what it
then says is not so: faster or slower of equals, level or faster of what is 5 % slower, an interval that misses.  And
at any look, stopped or not, the interval should hold the truth: `ever` counts the campaigns in which one does not.

The yardstick for cost is the fixed plan of the right size: the fewest blocks with which 95 % of campaigns reach the
same goal, rightly, by the interval for fixed numbers of blocks.  Nobody knows it before measuring.  A campaign that
takes more than three times as many is given up, and counted.
"""
import bisect
import math
from typing import NamedTuple

import numpy
import pandas

from . import goal as goals, sequential, stats
from .command import Failure
from .goal import Goal
from .printing import align, paragraph
from .results import RESULTS

CERTAIN = 0.95  # how often a fixed plan of the right size is to reach the goal
MOST = 3        # times as many blocks as that
NAME = "sequential.csv"


# ---- Machines: the logarithms of what each process takes longer or less, (campaigns, processes) ----

def steady(source, shape):
    return source.normal(0, 0.04, shape)


def heavy(source, shape):
    """Student's t with 1.5 degrees of freedom, which has no variance; ten thousand times as long is the end."""
    return numpy.clip(0.03 * source.standard_t(1.5, shape), -math.log(1e4), math.log(1e4))


def drifting(source, shape):
    """Slower by a percent from process to process, then faster again, and now and then another machine altogether."""
    steps = 0.3 * source.normal(size=shape) * (source.random(shape) < 0.02)
    return 0.16 * numpy.abs(numpy.arange(shape[1]) % 33 - 16) / 16 + numpy.cumsum(steps, axis=1)


def autocorrelated(source, shape, memory=0.95, spread=0.2):
    """Each state is 0.95 times the one before, and something new."""
    noise = source.normal(0, spread * math.sqrt(1 - memory ** 2), shape)
    noise[:, 0] = source.normal(0, spread, shape[0])
    for i in range(1, shape[1]):
        noise[:, i] += memory * noise[:, i - 1]
    return noise


def all_of_it(source, shape):
    return heavy(source, shape) + drifting(source, shape) + autocorrelated(source, shape)


MACHINES = {"steady": steady, "heavy tails": heavy, "drift": lambda *asked: steady(*asked) + drifting(*asked),
            "autocorrelation": lambda *asked: steady(*asked) + autocorrelated(*asked), "all of it": all_of_it}


def ratios(source, machine, campaigns, blocks):
    """Ratios of two equal competitors, (campaigns, blocks)."""
    times = machine(source, (campaigns, 2 * blocks)).reshape(campaigns, blocks, 2)
    first = numpy.repeat(source.choice([-1, 1], (campaigns, -(-blocks // 2))), 2, axis=1)
    first[:, 1::2] *= -1
    return numpy.exp((times[:, :, 0] - times[:, :, 1]) * first[:, :blocks])


# ---- Campaigns ----

class Case(NamedTuple):
    machine: str
    truth: float
    goal: Goal

    def wrong(self, ratio):
        """Whether what is then said is not so."""
        if self.goal.name == "PRECISION":
            return not ratio.low <= self.truth <= ratio.high
        said = goals.mark(ratio, self.goal.share)
        level = self.truth <= 1 + self.goal.share
        return said == goals.FASTER or said == goals.SLOWER and self.truth == 1 or said == goals.LEVEL and not level


CASES = [Case(machine, truth, goal) for machine in MACHINES
         for truth, goal in ((1.0, Goal("DECIDE", 0.02)), (1.05, Goal("DECIDE", 0.02)), (1.0, Goal("PRECISION", 0.05)))]


def between(ordered, count, rank):
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return stats.Estimate(median, ordered[rank - 1], ordered[-rank], count)


def fixed_size(case, values):
    """The fewest blocks, up to one in 25, with which a fixed plan is right in CERTAIN of these campaigns."""
    count = 6  # the first with an interval
    while count <= values.shape[1]:
        found = [between(row, count, stats.sign_test_rank(count))
                 for row in numpy.sort(values[:, :count], axis=1).tolist()]
        if numpy.mean([case.goal.reached(ratio) and not case.wrong(ratio) for ratio in found]) >= CERTAIN:
            return count
        count += max(1, count // 25)
    raise Failure(f"{case}: a fixed plan would have more than {values.shape[1]} blocks")


def stopped(values, goal):
    """(blocks, Estimate) at the first look at which the goal is reached; None if there is none."""
    ordered = []
    for count, value in enumerate(values, 1):
        bisect.insort(ordered, value)
        rank = sequential.rank(count)
        if rank:
            ratio = between(ordered, count, rank)
            if goal.reached(ratio):
                return count, ratio
    return None


def ever_wrong(values, truth):
    """Whether at any look the interval misses the truth, of each campaign."""
    counts = numpy.arange(1, values.shape[1] + 1)
    ranks = numpy.array([sequential.rank(int(count)) for count in counts])
    below = numpy.cumsum(values < truth, axis=1)
    return numpy.any((below < ranks) | (counts - below < ranks), axis=1)


def simulated(case, campaigns, source, horizon=1200):
    machine = MACHINES[case.machine]
    size = fixed_size(case, case.truth * ratios(source, machine, campaigns, horizon))
    values = case.truth * ratios(source, machine, campaigns, MOST * size)
    ends = [stopped(row.tolist(), case.goal) for row in values]
    blocks = numpy.array([end[0] for end in ends if end])
    return {"machine": case.machine, "truth": case.truth, "goal": str(case.goal), "campaigns": campaigns,
            "wrong": sum(case.wrong(end[1]) for end in ends if end) / campaigns,
            "ever": float(numpy.mean(ever_wrong(values, case.truth))), "fixed": size,
            **{name: float(numpy.quantile(blocks, share)) / size
               for name, share in (("median", 0.5), ("p95", 0.95), ("most", 1))},
            "given_up": sum(not end for end in ends) / campaigns}


def simulation(campaigns=5000, seed=1):
    return pandas.DataFrame([simulated(case, campaigns, numpy.random.default_rng([seed, place]))
                             for place, case in enumerate(CASES)])


# ---- The table ----

def percent(share):
    return f"{100 * share:.2f} %"


def simulate(out=RESULTS, reps=5000, seed=1):
    """made-up campaigns that are looked at after every block: how often they are wrong, and what they cost"""
    found = simulation(reps, seed)
    found.to_csv(out / NAME, index=False, float_format="%.4f")
    print(align(["machine", "truth", "goal", "wrong", "ever", "fixed plan", "median", "19 of 20", "most", "given up"],
                [[row.machine, f"{row.truth:.2f}", row.goal, percent(row.wrong), percent(row.ever), str(row.fixed),
                  *(f"{times:.2f} x" for times in (row.median, row.p95, row.most)), percent(row.given_up)]
                 for row in found.itertuples()], figures=7, cell=1), end="\n\n")
    print(paragraph(f"Of {reps} campaigns a line, looked at after every block.  wrong: stopped and said what is not so;"
                    " ever: an interval at any look missed the truth.  Fixed plan: the blocks with which 95 % reach the"
                    " goal rightly where their number is set beforehand; what a campaign took is told in multiples of"
                    f" that.  Given up: not decided by {MOST} times as many."))
