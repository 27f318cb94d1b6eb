"""Does a race find the best, and what does it save?  Races of the factorial's compositions, replayed from what is
stored.

In a replay a composition's score is what was measured of it, the median over its blocks, so the best is known; in
each block it takes longer or less by what some stored process did.

A race is held against the exhaustive plan of the right size: all compositions, and as many blocks as it takes until
in 95 % of replays the one with the lowest median is no more than a share worse than the best, and by a sign test at
95 % no other one is better than it by more than that share.  Nobody knows that size before measuring, and the plan
need not allow for how many compositions there are, as a race does.
"""
import math

import numpy
import pandas

from . import race, results, stats
from .command import Failure
from .printing import align, paragraph
from .settings import REFERENCE

NAME = "race.csv"
SCALE = 100_000
CERTAIN = 0.95  # how often the exhaustive plan is to be right
MOST = 1000     # blocks of it
# (weights, the share by which what is found may be worse.)  By what is stored, the two best to get are so close, and
# their times scatter so much, that to tell them apart an exhaustive plan would need more than MOST blocks.
GOALS = (({"put": 1.0, "get": 1.0}, 0.02), ({"put": 1.0}, 0.02), ({"get": 1.0}, 0.1),
         ({"put": 1.0, "get": 1.0, "bytes": 1.0}, 0.02))


class Stored:
    """The factorial's scores by these weights."""
    def __init__(self, weights, share):
        self.margin = math.log1p(share)
        runs = results.exported("factorial").where(scale=SCALE)
        blocks = race.scores(runs[runs["variant"] != REFERENCE], weights)
        blocks = blocks.sub(blocks.median(axis=1), axis=0)  # what the machine did to all alike
        self.truth = blocks.median()
        self.noise = (blocks - self.truth).to_numpy().ravel()
        self.noise = self.noise[~numpy.isnan(self.noise)]

    def draw(self, source, candidates, *shape):
        """Scores of so many blocks."""
        return self.truth[candidates].to_numpy() + source.choice(self.noise, (*shape, len(candidates)))

    def right(self, name):
        return self.truth[name] <= self.truth.min() + self.margin


def replayed(stored, source):
    """(the composition that a race finds, the blocks that all candidates together took, the most that one took)."""
    spent = []

    def measure(candidates, blocks):
        spent.append((blocks, len(candidates)))
        return pandas.DataFrame(stored.draw(source, candidates, blocks), columns=candidates)
    *_, last = race.waves(measure, race.Race(list(stored.truth.index), math.expm1(stored.margin)))
    return last.names[0], sum(blocks * width for blocks, width in spent), sum(blocks for blocks, _ in spent)


def enough(stored, source, blocks, campaigns):
    """Whether an exhaustive plan of so many blocks is right."""
    candidates, good = list(stored.truth.index), 0
    for _ in range(campaigns):
        logs = stored.draw(source, candidates, blocks)
        first = numpy.argmin(numpy.median(logs, axis=0))
        better = numpy.sum(logs + stored.margin < logs[:, [first]], axis=0)
        good += better.max() < stats.sign_test_rank(blocks, 0.9) and stored.right(candidates[first])  # one-sided
    return good >= CERTAIN * campaigns


def exhaustive_size(stored, source, campaigns):
    """Blocks of the exhaustive plan of the right size, up to one in 25."""
    few, most = 4, 8  # too few for a sign test
    while not enough(stored, source, most, campaigns):
        few, most = most, 2 * most
        if few > MOST:
            raise Failure(f"an exhaustive plan would have more than {few} blocks")
    while most - few > max(1, most // 25):
        middle = (few + most) // 2
        few, most = (few, middle) if enough(stored, source, middle, campaigns) else (middle, most)
    return most


def checked(weights, share, campaigns, source):
    """A row of the table."""
    stored = Stored(weights, share)
    size = exhaustive_size(stored, source, campaigns)
    races = pandas.DataFrame([replayed(stored, source) for _ in range(campaigns)], columns=["best", "spent", "longest"])
    spent = races["spent"] / len(stored.truth)  # blocks of all candidates
    return {"weights": " ".join(f"{name}:{weight:g}" for name, weight in weights.items()), "within": share,
            "candidates": len(stored.truth),
            "races": campaigns, "right": races["best"].map(stored.right).mean(), "exhaustive": size,
            "longest": races["longest"].median(), "share": (spent / size).median(),
            "p95": (spent / size).quantile(0.95), "equal": (spent / races["longest"]).median()}


def race_check(out=results.RESULTS, reps=200, seed=1):
    """races of the factorial's compositions, replayed: whether they find the best, and with how many processes"""
    found = pandas.DataFrame([checked(*goal, reps, numpy.random.default_rng([seed, place]))
                              for place, goal in enumerate(GOALS)])
    found.to_csv(out / NAME, index=False, float_format="%.4f")
    print(align(["best by", "within", "right", "exhaustive plan", "longest", "share", "19 of 20", "of equal blocks"],
                [[row.weights, f"{100 * row.within:g} %", f"{100 * row.right:.1f} %", f"{row.exhaustive} blocks",
                  f"{row.longest:.0f}", *(f"{100 * share:.0f} %" for share in (row.share, row.p95, row.equal))]
                 for row in found.itertuples()], figures=7, cell=0), end="\n\n")
    print(paragraph(f"Of {reps} races of {found['candidates'].max()} compositions a line.  Right: what is found is no"
                    " more than the share within which it was asked for worse than the best.  Longest: blocks of the"
                    " candidate that ran in most, in half of the races.  Share: processes, of those of the exhaustive"
                    " plan, in half of the races and in 19 of 20; of equal blocks: of those that all compositions would"
                    " take in as many blocks as the longest.", "  "))
