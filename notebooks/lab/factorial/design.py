#!/usr/bin/env python3
"""The factorial design over the parts: which compositions tell the fixes' effects apart.

    python3 -m lab.factorial.design        prints experiments/factorial.plan

One factor for each part that has an honest fix: low is the baseline's answer, high the fix.  Of the
128 compositions the half with an even number of fixes is measured: a 2^(7-1) design of resolution
VII (Box, Hunter and Hunter, Statistics for Experimenters, chapter 12).  In it a fix's main effect
is confounded with one interaction of six factors, an interaction of two with one of five, and one
of three with one of four.  The baseline is in that half; no single fix is, nor are all seven: what
the half says about them is a prediction, and CHECKS tests it.

lazy stands for descend.h, not pathcomp: it changes that part alone.  pathcomp also makes every node
eight bytes larger (inner.h), for 1 % fewer nodes.
"""
import itertools
from typing import NamedTuple

from ..command import run_report

BASELINE, REFERENCE = "list", "reference"


class Factor(NamedTuple):
    fix: str   # the variant
    part: str  # the header it replaces
    change: str


# In the order in which tools/compose.py names a composition's directories.
FACTORS = (
    Factor("inline", "call.h", "hot functions inlined"),
    Factor("growpool", "children.h", "children's arrays by size class"),
    Factor("single", "leaf.h", "one entry in the leaf itself"),
    Factor("tagged", "ref.h", "a node's kind in its pointer"),
    Factor("freelist", "node.h", "nodes from blocks, used again"),
    Factor("prefetch", "ahead.h", "nodes prefetched"),
    Factor("lazy", "descend.h", "a leaf where it is first alone"),
)
FIXES = tuple(factor.fix for factor in FACTORS)

# Measured beside the half: all seven fixes and likely rungs of the ladder, each with an odd number
# of fixes; and, where they do not take too long, the single fixes.
RUNGS = ("lazy", "inline+single+lazy", "single+freelist+lazy", "inline+single+tagged+freelist+lazy",
         "inline+growpool+single+freelist+lazy", "+".join(FIXES))
CHECKS = FIXES + RUNGS

PLAN = """\
# Which fix closes the gap, half of the compositions of seven fixes: about half an hour.
#     make PLAN=experiments/factorial.plan experiment
# Beside them the reference, and some of the other half, to test what the first predicts.  Made by
#     PYTHONPATH=notebooks python3 -m lab.factorial.design >experiments/factorial.plan
# which says why these.
VARIANTS={small} OPS=put,get PATTERNS=shuffled SCALES=100K REPS=9 SAMPLES=1
VARIANTS={large} OPS=put,get PATTERNS=shuffled SCALES=1M REPS=2 SAMPLES=1
"""


def name(fixes):
    """The composition of these fixes, as the plan and the store name it."""
    return "+".join(fix for fix in FIXES if fix in fixes) or BASELINE


def half():
    """The compositions that are measured, as sets of fixes: those with an even number of them."""
    for levels in itertools.product((False, True), repeat=len(FIXES)):
        if sum(levels) % 2 == 0:
            yield frozenset(itertools.compress(FIXES, levels))


def plan():
    measured = [*map(name, half()), REFERENCE]
    small, large = (",".join(dict.fromkeys([*measured, *checks])) for checks in (CHECKS, RUNGS))
    return PLAN.format(small=small, large=large)


if __name__ == "__main__":
    run_report("design", lambda _: print(plan(), end=""))
