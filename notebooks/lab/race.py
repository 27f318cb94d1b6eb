"""Which composition is the best?  A race: what is certainly not is dropped early, and the time goes to those that are
left.

What is best is said by weights: put:1,get:1 is the geometric mean of the two times, so that doubling the one costs as
much as doubling the other; bytes are the resident ones of an entry.  Each block gives a candidate one score, less is
better.

In every block but the first each candidate is set against the leader, the one that the blocks *before* say is the best;
the leader against the second.  The best one is the one that against any other is as likely the better in a block as
the worse, or likelier; so whoever leads, betting against it is at most a fair game (lab.sequential has the game).  A
candidate is dropped when the bet against it has won DROPS times what it began with: of 25 races that happens to the
best in one at most, however many candidates there are, which is why losers can go after FEWEST blocks.  No rule that
knows only who was the worse can be quicker: what lost all of four blocks may have been unlucky in one race of sixteen.

A race ends when one is left, or when no other is more than a share (DECIDE=2%) better than the leader: of each, the
bet against that has won ENDS times the number of others, since any of these may lead by chance.  Both errors
together: what is then said is right in 95 % of races.  Dropping gets most of what may go wrong, since all have to run
until then, and few until the end.
"""
import functools
import itertools
import math

import numpy
from scipy.special import bdtr, betaln

from . import sequential, stats, store as stores
from .command import BadSetting, Failure
from .decide import BUDGET, RUNNER
from .factorial.families import TRIE, of_family
from .printing import align, paragraph, with_interval
from .race_course import Question, live, text_of
from .results import RESULTS

SIZE = "bytes"  # a weight beside those of operations
FILLS = "put"   # what is run where nothing but bytes is wanted
# Of what may go wrong, the share that is left to dropping; and so how many times its stake a bet must win.
LEARN = 1  # blocks that only tell who leads: before the first that could be anybody, and bets be lost to the worst
DROPPING = 0.8
DROPS, ENDS = (1 / (share * (1 - stats.CONFIDENCE)) for share in (DROPPING, 1 - DROPPING))
# Of a stake, what is bet on a candidate's being the worse in every block: lost with the first in which it is not.
# With any less a candidate would not go after five of them.
ALL_IN = 0.7
SHOWN = 20  # lines of the table


# ---- The rule ----

@functools.lru_cache(maxsize=None)
def log_winnings(worse, count):
    """The logarithm of what the bet that a candidate is the worse one more often than not has made of 1, where it was
    in `worse` of `count` blocks: ALL_IN of it 2^count if that is all of them; the rest 2^count p^worse (1-p)^(count -
    worse), the mean over all p from 1/2 to 1."""
    above = bdtr(worse, count + 1, 0.5)  # the share of the integral from 0 to 1 that is that from 1/2 to 1
    spread = math.log(2 * above) + betaln(worse + 1, count - worse + 1) if above else -math.inf
    every = math.log(ALL_IN) if worse == count else -math.inf
    return count * math.log(2) + numpy.logaddexp(every, math.log(1 - ALL_IN) + spread)


# The fewest blocks after which a candidate may be dropped.
FEWEST = LEARN + next(count for count in itertools.count() if log_winnings(count, count) >= math.log(DROPS))


def order(logs):
    """Places in these blocks of scores, the best first."""
    return numpy.argsort(numpy.median(logs - numpy.median(logs, axis=1, keepdims=True), axis=0), kind="stable")


class Race:
    """How a race stands.  Candidates are columns of logs."""
    fewest = FEWEST

    def __init__(self, candidates, share, beside=()):
        """beside: compositions of which scores are kept to the end, whether they take part or not."""
        self.count = len(candidates)
        self.candidates = numpy.array(list(dict.fromkeys([*candidates, *beside])), object)
        self.share, count = share, len(self.candidates)
        self.beside = numpy.flatnonzero(numpy.isin(self.candidates, beside))
        self.left = numpy.arange(self.count)  # the best first
        self.after = numpy.zeros(count, int)  # how many blocks each was dropped; 0 of those who are left
        self.logs = numpy.empty((0, count))   # scores, see below; NaN of those who were dropped, but for beside
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
        if len(self.logs) >= LEARN:
            self.worse[self.left] += own > rivals
            self.compared[self.left] += own != rivals
        row = numpy.full(len(self.candidates), numpy.nan)
        for kept in (self.left, self.beside):
            row[kept] = block[kept]
        self.logs = numpy.vstack([self.logs, row])
        won = numpy.array([log_winnings(*each) for each in zip(self.worse[self.left].tolist(),
                                                              self.compared[self.left].tolist())])
        gone = (won >= math.log(DROPS)) & (won > won.min())  # somebody stays
        self.after[self.left[gone]] = len(self.logs)
        left = self.left[~gone]
        self.left = left[order(self.logs[:, left])]

    def level(self):
        """Whether no other is more than the share better than the leader, which any candidate might have been."""
        logs = self.logs[:, self.left]
        lead = logs[:, 1:] + math.log1p(self.share) - logs[:, :1]
        return all(log_winnings(*each) >= math.log(ENDS * (self.count - 1))
                   for each in zip(numpy.sum(lead > 0, axis=0).tolist(), numpy.sum(lead != 0, axis=0).tolist()))


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
    """Who is left, who runs along, and who was dropped last, with ratios to the leader."""
    leader, out = now.left[0], numpy.argsort(-now.after, kind="stable")
    ratios = numpy.exp(now.logs - now.logs[:, [leader]])
    rows = [[now.candidates[one],
             "1" if one == leader else with_interval(sequential.estimate(ratios[~numpy.isnan(ratios[:, one]), one])),
             str(now.after[one] or "")]
            for one in list(dict.fromkeys([*now.left, *now.beside, *out[now.after[out] > 0]]))[:SHOWN]]
    more = len(now.candidates) - len(rows)
    return (align(["composition", f"x {now.candidates[leader]}", "dropped after"], rows, figures=2, cell=0)
            + f"\n\nand {more} more, dropped earlier" * (more > 0))


def entrants(candidates, family):
    """Those that are named, or all that the fixes of the family's factorial make."""
    candidates = candidates or of_family(family).every_composition
    if len(candidates) < 2:
        raise BadSetting(f"VARIANT={candidates[0]}: a race takes two compositions or more")
    return candidates


def question(candidates=(), weights=None, decide=0.02, family=TRIE.family, against=None):
    """Which is the best by these weights?  It is told beside `against`: the family's baseline, if all of it compete."""
    weights, factorial = weights or {"put": 1.0, "get": 1.0}, of_family(family)
    if against is None:
        against = [] if candidates else [factorial.baseline]
    now = Race(entrants(candidates, family), decide, against)

    def told(more):
        return f"{table(now)}\n\n" + paragraph(f"{verdict(now)}  Scores are geometric means, weighted"
                                               f" {text_of(weights)}; less is better.  {more}", "  ")
    return Question(now, lambda runs: scores(runs, weights), operations(weights), told, factorial,
                    {"candidates": candidates, "weights": weights, "decide": decide, "family": family,
                     "against": against})


def race(asked="", store=stores.STORE, candidates=(), weights=None, decide=0.02, budget=BUDGET, seed=1,
         family=TRIE.family, against=None, name=None, out=RESULTS, runner=RUNNER):
    """finds the best of CANDIDATES by WEIGHTS of operations and bytes, or one at most DECIDE worse, at 95 %, and tells
    it beside AGAINST; without candidates, of all that the fixes of FAMILY's factorial make; with a NAME it is kept"""
    live(question(candidates, weights, decide, family, against), asked, store, name, out, seed, budget, runner)
