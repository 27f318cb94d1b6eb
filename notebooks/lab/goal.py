"""What an experiment is to decide, and how far it has come.

PRECISION=5% asks that the interval of every ratio reach no further than 5 % of it to either side; DECIDE=2% that every
ratio be certainly below 1, certainly above it, or certainly within 2 % of it.  Blocks are added until that is so
(lab.decide), which what was measured decides; so the intervals are those of a confidence sequence (lab.sequential).
The goal stands in the stored settings of an experiment, and whoever reads it there knows which intervals hold.

Each ratio by itself is right at 95 %: of twenty that are equal, one may be said to differ.
"""
from typing import Callable, NamedTuple, Optional

from . import pairs, sequential, settings, stats
from .printing import align, digits, paragraph, short_scale, with_interval
from .results import CELL, RUN
from .stats import Estimate

MOST = 10 ** 5  # blocks beyond which nobody waits

FASTER, SLOWER, LEVEL, UNDECIDED = "<", ">", "=", "?"


class Goal(NamedTuple):
    name: str     # PRECISION or DECIDE
    share: float

    def __str__(self):
        return f"{self.name}={100 * self.share:g}%"

    def reached(self, ratio):
        if ratio.low is None:
            return False
        if self.name == "PRECISION":
            return half_width(ratio) <= self.share
        return mark(ratio, self.share) != UNDECIDED


def half_width(ratio):
    """Of its interval, as a share of the ratio."""
    return (ratio.high - ratio.low) / (2 * ratio.median)


def mark(ratio, level=0.0):
    """Faster, slower, level (within this share of 1), or not to be told: the interval includes 1, or there is none."""
    if ratio is None or ratio.low is None:
        return UNDECIDED
    if not ratio.low <= 1 <= ratio.high:
        return FASTER if ratio.high < 1 else SLOWER
    return LEVEL if level and 1 / (1 + level) <= ratio.low and ratio.high <= 1 + level else UNDECIDED


class Rule(NamedTuple):
    """How the medians of an experiment are estimated, and what was to be decided."""
    estimate: Callable
    goals: dict  # {(op, pattern, scale, key): Goal}

    def marks(self):
        """Those that there can be."""
        return (FASTER, LEVEL, SLOWER, UNDECIDED) if self.goals else (FASTER, SLOWER, UNDECIDED)

    def level(self, cell):
        """What counts as level in this cell: a share, or 0 where nothing does."""
        return self.goals[cell].share if cell in self.goals else 0.0

    def mark(self, ratio, cell):
        return mark(ratio, self.level(cell))

    def names(self):
        return ", ".join(sorted(set(map(str, self.goals.values()))))


FIXED = Rule(stats.estimate, {})


def lines(plan):
    """{(op, pattern, scale, key): Goal or None} of each line of stored settings; one with a goal has a single cell."""
    for line in plan.splitlines():
        given = settings.read(line)
        goal = next((Goal(name, settings.read_share(given[name][0])) for name in ("PRECISION", "DECIDE")
                     if name in given), None)
        cell = goal and (given["OPS"][0], given["PATTERNS"][0], int(given["SCALES"][0]), given["KEY"][0])
        yield cell, goal


def rule_of(plan):
    goals = {cell: goal for cell, goal in lines(plan) if goal}
    return Rule(sequential.estimate, goals) if goals else FIXED


class Decision(NamedTuple):
    """What is known of one ratio."""
    cell: tuple       # op, pattern, scale, key
    competitor: tuple
    over: str         # the yardstick
    ratio: Estimate
    reached: bool
    wanted: Optional[int]  # blocks that the goal takes in all, by what is known; None where MOST would not do


def decisions(runs, yardsticks, goals):
    """A Decision for each ratio of a cell that has a goal."""
    found = []
    for yardstick in yardsticks:
        blocks = pairs.by_block(runs, yardstick.name, yardstick.field)
        for key, group in blocks.groupby(level=RUN, sort=False):
            cell, goal = key[:len(CELL)], goals.get(key[:len(CELL)])
            if not goal:
                continue
            ratio = sequential.estimate(group)
            reached = goal.reached(ratio)
            wanted = len(group) if reached else sequential.wanted(group, goal.reached, MOST)
            found.append(Decision(cell, key[len(CELL):], yardstick.name, ratio, reached, wanted))
    return found


def block_seconds(runs):
    """{cell: how long a block of it takes}."""
    return runs.groupby([*CELL, "block"])["seconds"].sum().groupby(level=CELL).median().to_dict()


# ---- What is told ----

def duration(seconds):
    if seconds < 90:
        return f"{max(1, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def summary(found, rule):
    """How many of the ratios are what, in one line."""
    told = [rule.mark(each.ratio, each.cell) for each in found]
    names = dict(zip((FASTER, SLOWER, LEVEL, UNDECIDED), ("faster", "slower", "level", "cannot be told from 1")))
    counts = ", ".join(f"{told.count(sign)} {name}" for sign, name in names.items() if sign in told)
    open_ = sum(not each.reached for each in found)
    return (f"{rule.names()}: {len(found) - open_} of {len(found)} ratios have reached it"
            f"{'' if open_ else ', so measuring has ended'}; {counts}")


def take_text(each, seconds):
    """What deciding would take, beyond what was spent."""
    if each.wanted is None:
        return f"more than {MOST:,} blocks"
    more = max(1, each.wanted - each.ratio.count)
    return f"{more:,} more blocks, {duration(more * seconds[each.cell])}"


def section(runs, yardsticks, rule, name):
    """What has been decided, and of each ratio that is open what deciding it would take: text."""
    found, seconds = decisions(runs, yardsticks, rule.goals), block_seconds(runs)
    open_ = [each for each in found if not each.reached]
    text = paragraph(summary(found, rule), "  ")
    if not open_:
        return text
    several_keys = runs["key"].nunique() > 1
    rows = [[*each.cell[:2], *([each.cell[3]] if several_keys else []), short_scale(each.cell[2]),
             " ".join(value for value, field in zip(each.competitor, ("variant", "hash", "allocator"))
                      if field == "variant" or runs[field].nunique() > 1),
             f"x {each.over}", with_interval(each.ratio),
             "-" if each.ratio.low is None else f"{digits(100 * half_width(each.ratio))} %", str(each.ratio.count),
             take_text(each, seconds)] for each in open_]
    header = ["op", "pattern", *(["key"] if several_keys else []), "scale", "composition", "over", "ratio", "+-",
              "blocks", "reaching it would take"]
    return (f"{text}\n\nCannot be told with what was spent (make EXPERIMENT={name} BUDGET=30m experiment goes on):\n\n"
            f"{align(header, rows, figures=4, cell=2)}")
