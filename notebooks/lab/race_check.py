"""Does a race find the best, and what does it save?  Races of the factorial's compositions, replayed from what is
stored.

In a replay a composition's score is what was measured of it, the median over its blocks, so the best is known; in
each block it takes longer or less by what some stored process did.

A race is held against the exhaustive plan of the right size: all compositions, and as many blocks as it takes until
in 95 % of replays the one with the lowest median is no more than a share worse than the best, and by a sign test at
95 % no other one is better than it by more than that share.  Nobody knows that size before measuring, and the plan
need not allow for how many compositions there are, as a race does.

Of a front, a race or a plan is right if everybody is covered by one who is left (lab.race_front), and nobody is left
who by more than the share is worse than another in every goal.  The exhaustive plan tells by the same sign test who is
beaten, and it is large enough if of any two who are not, that tells how they stand to each other.

That what a race says is false in 5 % at most is tried where that is hardest, on the made-up machines of
lab.simulation: one candidate is the best, and all others are a little more than the share worse.
"""
import math

import numpy
import pandas

from . import race, race_front, results, simulation, stats
from .command import Failure
from .printing import align, paragraph
from .race_course import waves
from .settings import REFERENCE

NAME = "race.csv"
SCALE = 100_000
CERTAIN = 0.95  # how often the exhaustive plan is to be right
MOST = 1000     # blocks of it
# (weights, the share by which what is found may be worse.)  By what is stored, the two best to get are so close, and
# their times scatter so much, that to tell them apart an exhaustive plan would need more than MOST blocks.
GOALS = (({"put": 1.0, "get": 1.0}, 0.02), ({"put": 1.0}, 0.02), ({"get": 1.0}, 0.1),
         ({"put": 1.0, "get": 1.0, "bytes": 1.0}, 0.02))
FRONTS = ((("put", "bytes"), 0.02),)
MADE_UP = "race-made-up.csv"
RIVALS = 15                # of the best on a machine that is made up
BETTER, LONGEST = 0.05, 100  # the share by which it is so, and blocks after which a race is given up
FEWER = 5  # times as few campaigns of a front, as each takes longer


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
    *_, last = waves(measure, race.Race(list(stored.truth.index), math.expm1(stored.margin)))
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


def exhaustive_size(enough):
    """Blocks of the exhaustive plan of the right size, up to one in 25; enough(blocks): whether a plan is right."""
    few, most = 4, 8  # too few for a sign test
    while not enough(most):
        few, most = most, 2 * most
        if few > MOST:
            raise Failure(f"an exhaustive plan would have more than {few} blocks")
    while most - few > max(1, most // 25):
        middle = (few + most) // 2
        few, most = (few, middle) if enough(middle) else (middle, most)
    return most


class StoredFront:
    """The factorial's scores by these goals."""
    def __init__(self, goals, share):
        self.goals, self.share = goals, share
        each = [Stored({goal: 1.0}, share) for goal in goals]
        self.candidates, self.margin = list(each[0].truth.index), each[0].margin
        self.truth = numpy.array([one.truth[self.candidates] for one in each])
        self.noise = numpy.array([one.noise for one in each])

    def draw(self, source, places, blocks):
        """Scores of so many blocks, (blocks, goals, candidates); those of one process stay together."""
        chosen = source.integers(self.noise.shape[1], size=(blocks, len(places)))
        return self.truth[:, places] + numpy.moveaxis(self.noise[:, chosen], 0, 1)

    def right(self, left):
        worse = self.truth[:, left][:, :, None] > self.truth[:, None, :] + self.margin  # goal, who is left, anybody
        missing, poor = worse.any(axis=0).all(axis=0), worse.all(axis=0)
        return not (missing.any() or poor.any())

    def replayed(self, source):
        """(whether a race is right, and as above)."""
        spent, place = [], {name: at for at, name in enumerate(self.candidates)}

        def measure(names, blocks):
            spent.append((blocks, len(names)))
            return pandas.DataFrame(self.draw(source, [place[name] for name in names], blocks).reshape(blocks, -1),
                                    columns=pandas.MultiIndex.from_product([self.goals, names]))
        *_, last = waves(measure, race_front.Front(self.candidates, self.goals, self.share))
        return self.right(last.left), sum(blocks * width for blocks, width in spent), len(last.logs)

    def enough(self, source, blocks, campaigns):
        """Whether an exhaustive plan of so many blocks is right."""
        return sum(self.exhaustive(source, blocks) for _ in range(campaigns)) >= CERTAIN * campaigns

    def exhaustive(self, source, blocks):
        logs = self.draw(source, numpy.arange(len(self.candidates)), blocks)
        least = blocks + 1 - stats.sign_test_rank(blocks, 0.9)  # one-sided
        better, covers = ((logs[:, :, :, None] < logs[:, :, None, :] + margin).sum(axis=0) >= least
                          for margin in (0, self.margin))
        better, covers = better.any(axis=0), covers.all(axis=0)
        left = list(race.order(logs.mean(axis=1)))
        for one in reversed(list(left)):
            if any(better[other, one] and covers[other, one] for other in left if other != one):
                left.remove(one)
        told = (better | covers)[numpy.ix_(left, left)] | numpy.eye(len(left), dtype=bool)
        return bool(told.all()) and self.right(left)


def row(goal, share, candidates, size, races):
    """A row of the table; races: (right, the blocks that all candidates together took, the most that one took)."""
    right, spent, longest = map(numpy.array, zip(*races))
    spent = spent / candidates  # blocks of all candidates
    return {"weights": goal, "within": share, "candidates": candidates, "races": len(races), "right": right.mean(),
            "exhaustive": size, "longest": numpy.median(longest), "share": numpy.median(spent / size),
            "p95": numpy.quantile(spent / size, 0.95), "equal": numpy.median(spent / longest)}


def checked(weights, share, campaigns, source):
    stored = Stored(weights, share)
    size = exhaustive_size(lambda blocks: enough(stored, source, blocks, campaigns))
    races = [(stored.right(best), *took) for best, *took in (replayed(stored, source) for _ in range(campaigns))]
    goal = " ".join(f"{name}:{weight:g}" for name, weight in weights.items())
    return row(goal, share, len(stored.truth), size, races)


def checked_front(goals, share, campaigns, source):
    stored, campaigns = StoredFront(goals, share), max(1, campaigns // FEWER)
    size = exhaustive_size(lambda blocks: stored.enough(source, blocks, campaigns))
    return row(",".join(goals), share, len(stored.candidates), size,
               [stored.replayed(source) for _ in range(campaigns)])


# ---- Machines that are made up ----

def false(times, source):
    """(whether what a race says is false, whether it was decided); times: the logarithms of what process after process
    takes longer or less."""
    names, place = ["best", *(f"rival {i}" for i in range(RIVALS))], 0

    def measure(candidates, blocks):
        nonlocal place
        if place + blocks * len(candidates) > len(times):
            return None
        block = times[place:place + blocks * len(candidates)].reshape(blocks, -1)
        place += block.size
        worse = [0 if name == names[0] else 1.001 * math.log1p(BETTER) for name in candidates]
        return pandas.DataFrame(source.permuted(block, axis=1) + worse, columns=candidates)
    *_, last = waves(measure, race.Race(names, BETTER))
    return last.after[0] > 0 or last.decided and last.names[0] != names[0], last.decided


def made_up(campaigns, seed):
    """A row for each machine."""
    for place, (name, machine) in enumerate(simulation.MACHINES.items()):
        source = numpy.random.default_rng([seed, place])
        every = machine(source, (campaigns, LONGEST * (RIVALS + 1)))
        wrong, decided = numpy.mean([false(times, source) for times in every], axis=0)
        yield {"machine": name, "races": campaigns, "false": wrong, "decided": decided}


def race_check(out=results.RESULTS, reps=200, seed=1):
    """races of the factorial's compositions, replayed: whether they find the best, and with how many processes"""
    kinds = [*((checked, *goal) for goal in GOALS), *((checked_front, *front) for front in FRONTS)]
    found = pandas.DataFrame([check(goal, share, reps, numpy.random.default_rng([seed, place]))
                              for place, (check, goal, share) in enumerate(kinds)])
    machines = pandas.DataFrame(made_up(reps, seed))
    for table, name in ((found, NAME), (machines, MADE_UP)):
        table.to_csv(out / name, index=False, float_format="%.4f")
    print(align(["best by", "within", "right", "exhaustive plan", "longest", "share", "19 of 20", "of equal blocks"],
                [[one.weights, f"{100 * one.within:g} %", f"{100 * one.right:.1f} %", f"{one.exhaustive} blocks",
                  f"{one.longest:.0f}", *(f"{100 * share:.0f} %" for share in (one.share, one.p95, one.equal))]
                 for one in found.itertuples()], figures=7, cell=0), end="\n\n")
    print(paragraph(f"Of {reps} races of {found['candidates'].max()} compositions a line, of a front"
                    f" {max(1, reps // FEWER)}.  Right: what is found is no more than the share within which it was"
                    " asked for worse than the best; a front, whose goals are named without weights, misses nobody whom"
                    " it does not cover.  Longest: blocks of the"
                    " candidate that ran in most, in half of the races.  Share: processes, of those of the exhaustive"
                    " plan, in half of the races and in 19 of 20; of equal blocks: of those that all compositions would"
                    " take in as many blocks as the longest.", "  "))
    print()
    print(align(["machine", "false", "decided"],
                [[one.machine, f"{100 * one.false:.1f} %", f"{100 * one.decided:.0f} %"]
                 for one in machines.itertuples()], figures=2, cell=0), end="\n\n")
    print(paragraph(f"Of {reps} races of {RIVALS + 1} candidates on each machine, of which one is the best and all"
                    f" others a little more than {100 * BETTER:g} % worse, given up after {LONGEST} blocks of all."
                    "  False: the best was dropped, or another was called good enough."))
