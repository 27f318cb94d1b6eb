"""Which compositions form the front?  A race for several goals at once (FRONT=get,bytes), for whoever does not know
beforehand what a byte is worth in time.

One candidate *covers* another if in every goal it is better than that or level, at most a share (DECIDE=2%) worse.  It
*beats* it if it covers it and is better in a goal.  Who is beaten by somebody who is left is dropped.  The race ends
when each who is left is better than any other in some goal, or covers it.  Bytes are a goal like others: as they
hardly scatter, bets on them are won as fast as can be.

Dropping.  In every block each candidate is held against one rival, which is the one that beat it in the most blocks
*before*; the first few only tell who that is.  A bet is on being covered by the rival.  If nobody covers a candidate,
there is for each rival a goal in which that is, within the share, as likely the worse in a block as the better, and a
bet on that goal is at most a fair game (lab.race, lab.sequential).  Which goal it is nobody knows, so of each rival
the goal with the fewest blocks won is counted: that wins no more than the right one would.  So one bet a candidate
does, whatever rivals it had, and however many there are.

Ending.  For each two who are left there are bets, too, one in each goal on the first being better, one on its
covering the second.  If that one is beaten all are fair games, and it takes a win against every other to say that it
is not.

A bet that is at most fair ever wins x times its stake in one race of x at most (Ville, 1939).  Of each candidate only
one of two errors can be made: it is dropped though nobody covers it, or kept though somebody who is left beats it.  So
with N candidates a bet must win 20 N times its stake (Bonferroni's union), times the number of bets any of which would
do, and in 95 % of races no error is made.  That a rival is better in a goal is told likewise before a candidate is
dropped; if that were wrong, one of two that are level would be gone.

Level is not transitive: a row of candidates, each level with the next in one goal and better in the other, might be
dropped one by one, and the front with them.  So who drops another takes over what it is worse by, as medians tell it,
and of the share only the rest is left for being dropped itself.

What is left is an approximate Pareto set as in Kone, Kaufmann and Richert, Adaptive algorithms for relaxed Pareto set
identification (NeurIPS 2023); they sample one candidate at a time, and want noise without heavy tails.
"""
import bisect
import functools
import itertools
import math

import numpy
import pandas

from . import race, sequential, stats, store as stores
from .decide import BUDGET, RUNNER
from .factorial.families import TRIE, of_family
from .printing import align, paragraph, with_interval
from .race_course import Question, live
from .results import RESULTS

LEARN = 3  # blocks that only tell who is whose rival


@functools.lru_cache(maxsize=None)
def fewest_won(count, stakes):
    """Of so many blocks those that a bet must have won to have made its stake so many times larger; more than there
    are if that cannot be."""
    return bisect.bisect_left(range(count + 1), math.log(stakes), key=lambda won: race.log_winnings(won, count))


class Front:
    """How a race stands.  Counts of blocks won have a place for each goal, each candidate, and each that it is set
    against."""
    def __init__(self, candidates, goals, share):
        count = len(candidates)
        self.candidates, self.goals, self.margin = numpy.array(candidates, object), list(goals), math.log1p(share)
        self.stakes = count / (1 - stats.CONFIDENCE)
        self.fewest = LEARN + next(blocks for blocks in itertools.count(1)
                                   if self.enough(blocks, len(goals)) <= blocks)
        self.left = numpy.arange(count)       # the best on the whole first
        self.after = numpy.zeros(count, int)  # how many blocks each was dropped; 0 of those who are left
        self.by = numpy.arange(count)         # who dropped it; of those who are left, itself
        self.logs = numpy.empty((0, len(goals), count))  # scores; NaN of those who were dropped
        self.taken = numpy.zeros((len(goals), count))    # of the margin, by those whom it dropped
        self.better, self.covers, self.rival_better, self.rival_covers = numpy.zeros((4, len(goals), count, count), int)
        self.is_better, self.is_covering = numpy.zeros((2, count, count), bool)  # [a, b]: it is certain that a is
        self.decided = False

    @property
    def names(self):
        return list(self.candidates[self.left])

    @property
    def state(self):
        return f"{len(self.open())} of the pairs open"

    def enough(self, blocks, bets):
        """How many of these a bet must win, if any of so many bets would do."""
        return fewest_won(max(blocks, 0), self.stakes * bets)

    def run(self, scores):
        """Goes on with a frame of blocks, with columns (goal, candidate); one that somebody who is left has no score in
        does not count."""
        columns = pandas.MultiIndex.from_product([self.goals, self.candidates])
        blocks = scores.reindex(columns=columns).to_numpy().reshape(-1, *self.logs.shape[1:])
        blocks = numpy.where(numpy.isin(numpy.arange(len(self.candidates)), self.left), blocks, numpy.nan)
        blocks = blocks[~numpy.isnan(blocks[:, :, self.left]).any(axis=(1, 2))]
        before, self.logs = len(self.logs), numpy.concatenate([self.logs, blocks])
        for place, block in enumerate(blocks, before):
            self.add(block, place)
            if place < self.fewest or place == len(self.logs) - 1:  # later a block changes little
                self.left = self.left[race.order(self.logs[:place + 1, :, self.left].mean(axis=1))]
        enough = self.enough(len(self.logs), len(self.goals) + 1)
        self.is_better |= self.better.max(axis=0) >= enough
        self.is_covering |= self.covers.min(axis=0) >= enough
        self.drop()
        self.decided = not self.open()

    def add(self, block, place):
        left, pairs = self.left, numpy.ix_(self.left, self.left)
        own = block[:, left]
        if place >= LEARN and len(left) > 1:
            rivals = self.rivals()
            self.rival_better[:, rivals, left] += block[:, rivals] < own
            self.rival_covers[:, rivals, left] += block[:, rivals] < own + self.margin - self.taken[:, left]
        self.better[:, *pairs] += own[:, :, None] < own[:, None, :]
        self.covers[:, *pairs] += own[:, :, None] < own[:, None, :] + self.margin

    def rivals(self):
        """Whom each who is left is held against: who beat it in the most blocks; of several the best on the whole."""
        pairs = numpy.ix_(self.left, self.left)
        beat = numpy.minimum(self.covers.min(axis=0)[pairs], self.better.max(axis=0)[pairs])
        numpy.fill_diagonal(beat, -1)
        return self.left[beat.argmax(axis=0)]

    def drop(self):
        """The worst go first, so that of those who beat each other the best stays."""
        if len(self.left) < 2:
            return
        blocks = len(self.logs) - LEARN
        beaten = ((self.rival_covers.min(axis=0).sum(axis=0) >= self.enough(blocks, 1))
                  & (self.rival_better.sum(axis=1).max(axis=0) >= self.enough(blocks, len(self.goals))))
        for one, rival in reversed(list(zip(self.left, self.rivals()))):
            lost = self.taken[:, one] + numpy.median(self.logs[:, :, rival] - self.logs[:, :, one], axis=0)
            if beaten[one] and self.by[rival] == rival and (lost <= self.margin).all():
                self.by[one], self.after[one] = rival, len(self.logs)
                self.taken[:, rival] = numpy.maximum(self.taken[:, rival], lost)
        self.left = self.left[self.by[self.left] == self.left]

    def pairs(self):
        """Each two places of those who are left."""
        return itertools.combinations(self.left, 2)

    def open(self):
        """Pairs of whom it is not certain that each is better in some goal, or covers the other."""
        told = self.is_better | self.is_covering
        return [(a, b) for a, b in self.pairs() if not (told[a, b] and told[b, a])]

    def level(self):
        """Pairs who certainly cover each other."""
        return [(a, b) for a, b in self.pairs() if self.is_covering[a, b] and self.is_covering[b, a]]

    def keeper(self, one):
        """Who is left of those by whom it was dropped, one after the other."""
        while self.by[one] != one:
            one = self.by[one]
        return one


def scores(runs, goals):
    """Those of lab.race by each goal alone, with columns (goal, variant)."""
    return pandas.concat({goal: race.scores(runs, {goal: 1.0}) for goal in goals}, axis=1)


# ---- What is told ----

def names_of(pairs, one, number):
    """The numbers of those whom these pairs have beside this one."""
    return ", ".join(str(number[b if a == one else a]) for a, b in pairs if one in (a, b))


def point(now, one):
    """Its figure in each goal: bytes as they are, times as ratios to the least of the front."""
    for place, goal in enumerate(now.goals):
        logs = now.logs[:, place]
        if goal != race.SIZE:
            logs = logs - logs[:, [now.left[race.order(logs[:, now.left])[0]]]]
        yield with_interval(sequential.estimate(numpy.exp(logs[:, one]))) if logs[:, one].any() else "1"


def table(now):
    """The front by number, from the least to the most of the last goal, and below who was dropped, when, and by whom of
    the front."""
    last = numpy.median(now.logs[:, -1][:, now.left], axis=0)
    front, level, opened = now.left[numpy.argsort(last, kind="stable")], now.level(), now.open()
    number = {one: place for place, one in enumerate(front, 1)}
    header = [*(goal if goal == race.SIZE else f"{goal}, x least" for goal in now.goals), "level with", "open with"]
    told = align(["the front", *header],
                 [[f"{number[one]} {now.candidates[one]}", *point(now, one), names_of(level, one, number),
                   names_of(opened, one, number)] for one in front], figures=len(header), cell=0)
    gone = sorted(numpy.flatnonzero(now.after), key=lambda one: -now.after[one])
    if not gone:
        return told
    return told + "\n\n" + align(["dropped", "beaten by", "after"], [
        [now.candidates[one], str(number[now.keeper(one)]), str(now.after[one])] for one in gone], figures=2, cell=0)


def verdict(now):
    share = f"{100 * math.expm1(now.margin):g} %"
    dropped = f"With 95 % confidence nobody was dropped who is more than {share} better than all others in some goal"
    if not now.decided:
        return (f"The budget is gone: {len(now.open())} pairs of the {len(now.left)} that are left cannot be told"
                f" apart.  {dropped}.")
    return (f"{dropped}, and each of the {len(now.left)} that are left is better in some goal than any other of them,"
            f" or at most {share} worse in all.")


def question(candidates=(), front=("get", race.SIZE), decide=0.02, family=TRIE.family):
    """Who is beaten by nobody in all these goals?"""
    now = Front(race.entrants(candidates, family), front, decide)

    def told(more):
        return f"{table(now)}\n\n" + paragraph(f"{verdict(now)}  {more}", "  ")
    return Question(now, lambda runs: scores(runs, front), race.operations(front), told, of_family(family),
                    {"candidates": candidates, "front": front, "decide": decide, "family": family})


def race_front(asked="", store=stores.STORE, candidates=(), front=("get", race.SIZE), decide=0.02, budget=BUDGET,
               seed=1, family=TRIE.family, name=None, out=RESULTS, runner=RUNNER):
    """finds those of CANDIDATES that no other beats in all goals of FRONT, operations and bytes, at 95 %; what is
    within DECIDE is level; without candidates, of all that the fixes of FAMILY's factorial make; with a NAME it is
    kept"""
    live(question(candidates, front, decide, family), asked, store, name, out, seed, budget, runner)
