"""Which composition is the best?  A race: what is certainly not is dropped early, and the time goes to those that are
left.

What is best is said by weights: put:1,get:1 is the geometric mean of the two times, so that doubling the one costs as
much as doubling the other; bytes are the resident ones of an entry.  Each block gives a candidate one score, less is
better.

In every block each candidate is set against the leader, which is the one that the blocks *before* say is the best;
the leader against the second.  The best one is the one that against any other is as likely the better in a block as
the worse, or likelier; so whoever leads, betting against it is at most a fair game (lab.sequential has the game).  A
candidate is dropped when the bet against it has won STAKES times what it began with: of 40 races that happens to the
best in one at most, however many candidates there are, which is why losers can go after FEWEST blocks.

A race ends when one is left, or when no other is more than a share (DECIDE=2%) better than the leader: of each, the
bet against that has won STAKES times the number of others, since any of these may lead by chance.  Both errors
together: what is then said is right in 95 % of races.
"""
import functools
import itertools
import math
import shlex
import sys
import time

import numpy
import pandas
from scipy.special import bdtr, betaln

from . import results, sequential, settings, stats, store as stores
from .decide import BUDGET, RUNNER, run
from .command import BadSetting, Failure
from .factorial.families import TRIE, of_family
from .goal import duration
from .printing import align, paragraph, with_interval

SIZE = "bytes"  # a weight beside those of operations
FILLS = "put"   # what is run where nothing but bytes is wanted
STAKES = 2 / (1 - stats.CONFIDENCE)  # half of the errors for each of the two ends
SHOWN = 20  # lines of the table


# ---- The rule ----

@functools.lru_cache(maxsize=None)
def log_winnings(worse, count):
    """The logarithm of what the bet that a candidate is the worse one more often than not has made of 1, where it was
    in `worse` of `count` blocks: 2^count p^worse (1-p)^(count-worse), the mean over all p from 1/2 to 1."""
    above = bdtr(worse, count + 1, 0.5)  # the share of the integral from 0 to 1 that is that from 1/2 to 1
    return (count + 1) * math.log(2) + betaln(worse + 1, count - worse + 1) + math.log(above) if above else -math.inf


# The fewest blocks after which a candidate may be dropped.
FEWEST = next(count for count in itertools.count() if log_winnings(count, count) >= math.log(STAKES))


def order(logs):
    """Places in these blocks of scores, the best first."""
    return numpy.argsort(numpy.median(logs - numpy.median(logs, axis=1, keepdims=True), axis=0), kind="stable")


class Race:
    """How a race stands.  Candidates are columns of logs."""
    fewest = FEWEST

    def __init__(self, candidates, share):
        count = len(candidates)
        self.candidates, self.share = numpy.array(candidates, object), share
        self.left = numpy.arange(count)       # the best first
        self.after = numpy.zeros(count, int)  # how many blocks each was dropped; 0 of those who are left
        self.logs = numpy.empty((0, count))   # scores, see below; NaN of those who were dropped
        self.worse, self.compared = (numpy.zeros(count, int) for _ in range(2))
        self.decided = False

    @property
    def names(self):
        """Of those who are left, the best first."""
        return list(self.candidates[self.left])

    @property
    def state(self):
        return f"{self.names[0]} leads"

    def run(self, scores):
        """Goes on with a frame of blocks; one that somebody who is left has no score in does not count."""
        for block in scores.reindex(columns=self.candidates).to_numpy():
            if len(self.left) > 1 and not numpy.isnan(block[self.left]).any():
                self.add(block)
        self.decided = len(self.left) == 1 or self.level()

    def add(self, block):
        own, rivals = block[self.left], numpy.full(len(self.left), block[self.left[0]])
        rivals[0] = own[1]
        self.worse[self.left] += own > rivals
        self.compared[self.left] += own != rivals
        row = numpy.full(len(self.candidates), numpy.nan)
        row[self.left] = own
        self.logs = numpy.vstack([self.logs, row])
        won = numpy.array([log_winnings(*each) for each in zip(self.worse[self.left].tolist(),
                                                              self.compared[self.left].tolist())])
        gone = (won >= math.log(STAKES)) & (won > won.min())  # somebody stays
        self.after[self.left[gone]] = len(self.logs)
        left = self.left[~gone]
        self.left = left[order(self.logs[:, left])]

    def level(self):
        """Whether no other is more than the share better than the leader, which any candidate might have been."""
        logs = self.logs[:, self.left]
        lead = logs[:, 1:] + math.log1p(self.share) - logs[:, :1]
        return all(log_winnings(*each) >= math.log(STAKES * (len(self.candidates) - 1))
                   for each in zip(numpy.sum(lead > 0, axis=0).tolist(), numpy.sum(lead != 0, axis=0).tolist()))


def waves(measure, race):
    """The race, which is about to begin, after each wave of blocks, until it is decided or measure(candidates, blocks),
    which gives scores, gives None.  A wave adds a quarter of what there is."""
    while not race.decided:
        blocks = len(race.logs)
        scores = measure(race.names, max(2, blocks // 4) if blocks else race.fewest)
        if scores is None:
            return
        race.run(scores)
        yield race


# ---- Scores ----

def scores(runs, weights):
    """Scores of a frame of runs: logarithms of weighted geometric means, a row a block, a column a variant.  Orders of
    keys and scales count alike."""
    if SIZE in weights and not (runs["rss_per_entry"] > 0).all():
        raise Failure(f"{SIZE}: of some processes no memory became resident; more entries would tell")
    values = {name: runs["rss_per_entry"] if name == SIZE else runs["ns_per_op"][runs["op"] == name]
              for name in weights}
    means = (weights[name] * numpy.log(each).groupby([runs["block"], runs["variant"]]).mean()
             for name, each in values.items())
    return (sum(means) / sum(weights.values())).unstack("variant")


def operations(wanted):
    """Those to measure of operations and bytes; of bytes alone, what fills a map."""
    return [name for name in wanted if name != SIZE] or [FILLS]


class Runner:
    """Measures waves of these operations, each an experiment of its own: other candidates, other keys.  score: makes
    scores of runs.  No wave begins that the budget, in seconds, has no room for."""
    def __init__(self, command, store, ops, score, seed, budget):
        self.command, self.store, self.ops, self.score = command, store, ops, score
        self.seed, self.budget = seed, budget
        self.start, self.processes = time.monotonic(), 0
        self.seconds = pandas.Series(dtype=float)  # that a block of each candidate takes

    def __call__(self, candidates, blocks):
        left = self.budget - (time.monotonic() - self.start)
        if len(self.seconds):
            blocks = min(blocks, math.floor(left / self.seconds[candidates].sum()))
        if blocks < 1:
            return None
        identity = run([*self.command, "--variants", ",".join(candidates), "--ops", ",".join(self.ops),
                        "--reps", str(blocks), "--seed", str(self.seed)])
        self.seed += 1
        runs = results.find(self.store, identity)[0].runs
        self.processes += len(runs)
        self.seconds = runs.groupby("variant")["seconds"].sum() / blocks
        return self.score(runs).rename(columns={settings.label(name): name for name in candidates}, level=-1)


# ---- What is told ----

def verdict(now):
    leader = now.names[0]
    if not now.decided:
        return f"The budget is gone.  With 95 % confidence the best is one of the {len(now.left)} that are left."
    if len(now.left) == 1:
        return f"With 95 % confidence the best is {leader}."
    return (f"With 95 % confidence the best is one of the {len(now.left)} that are left, and {leader} takes at most"
            f" {100 * now.share:g} % more than it.")


def table(now):
    leader, out = now.left[0], numpy.argsort(-now.after, kind="stable")
    ratios = numpy.exp(now.logs - now.logs[:, [leader]])
    rows = [[now.candidates[one],
             "1" if one == leader else with_interval(sequential.estimate(ratios[~numpy.isnan(ratios[:, one]), one])),
             str(now.after[one] or "")]
            for one in [*now.left, *out[:len(out) - len(now.left)]][:SHOWN]]
    more = len(now.candidates) - len(rows)
    return (align(["composition", f"x {now.candidates[leader]}", "dropped after"], rows, figures=2, cell=0)
            + f"\n\nand {more} more, dropped earlier" * (more > 0))


def entrants(candidates, family):
    """Those that are named, or all that the fixes of the family's factorial make."""
    candidates = candidates or of_family(family).every_composition
    if len(candidates) < 2:
        raise BadSetting(f"VARIANT={candidates[0]}: a race takes two compositions or more")
    return candidates


def raced(now, asked, store, ops, score, seed, budget, runner):
    """Runs a race that is about to begin, and says what it took."""
    command = [*shlex.split(runner), "--store", str(store), "--name", "race", *shlex.split(asked)]
    measure = Runner(command, store, ops, score, seed, budget)
    for _ in waves(measure, now):
        print(f"{len(now.logs)} blocks, {duration(time.monotonic() - measure.start)}: {len(now.left)} of"
              f" {len(now.candidates)} left, {now.state}", file=sys.stderr)
    return (f"It took {measure.processes:,} processes; as many blocks of all candidates would take"
            f" {len(now.logs) * len(now.candidates) * len(ops):,}.")


def race(asked="", store=stores.STORE, candidates=(), weights=None, decide=0.02, budget=BUDGET, seed=1,
         family=TRIE.family, runner=RUNNER):
    """finds the best of CANDIDATES by WEIGHTS of operations and bytes, or one at most DECIDE worse, at 95 %; without
    candidates, of all that the fixes of FAMILY's factorial make"""
    now, weights = Race(entrants(candidates, family), decide), weights or {"put": 1.0, "get": 1.0}
    took = raced(now, asked, store, operations(weights), lambda runs: scores(runs, weights), seed, budget, runner)
    told = ", ".join(f"{name}:{weight:g}" for name, weight in weights.items())
    print(table(now), paragraph(
        f"{verdict(now)}  Scores are geometric means, weighted {told}; less is better.  {took}", "  "), sep="\n\n")
