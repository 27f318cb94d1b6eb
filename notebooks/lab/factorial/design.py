"""The factorial design over the parts: which compositions tell the fixes' effects apart.

    python3 -m lab factorial-plan        prints experiments/factorial.plan

One factor for each part that has an honest fix: low is the baseline's answer, high the fix.  Of the 128 compositions
the half with an even number of fixes is measured: a 2^(7-1) design of resolution VII (Box, Hunter and Hunter,
Statistics for Experimenters, chapter 12).  In it a fix's main effect is confounded with one interaction of six
factors, an interaction of two with one of five, and one of three with one of four.  The baseline is in that half; no
single fix is, nor are all seven: what the half says about them is a prediction, and CHECKS tests it.

lazy stands for descend.h, not pathcomp: it changes that part alone.  pathcomp also makes every node eight bytes
larger (inner.h), for 1 % fewer nodes.

The analysis (lab.factorial.effects) takes any factors from here and is of whatever compositions of them were measured,
but for CHECKS: it says what these cannot tell apart.
"""
import itertools
from typing import NamedTuple

from ..settings import BASELINE, REFERENCE  # noqa: F401 - the design's competitors have their names here


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

# The phases and the roadmap of the seed documents, as experiments/lineups.conf has them: inlining (phase 2.6), node
# recycling (3), then fix1 to fix4.  They have no place for prefetching.
ROADMAP = ("inline", "freelist", "single", "tagged", "lazy", "growpool", "prefetch")

# Measured beside the fraction: all fixes and likely rungs of the ladder, which it does not hold; and, where they do not
# take too long, the single fixes.
RUNGS = ("lazy", "inline+single+lazy", "single+freelist+lazy", "inline+single+tagged+freelist+lazy",
         "inline+growpool+single+freelist+lazy", "+".join(FIXES))
CHECKS = tuple(dict.fromkeys(FIXES + RUNGS))

PLAN = """\
# Which fix closes the gap, half of the compositions of seven fixes: about half an hour.
#     make PLAN=experiments/factorial.plan experiment
# Beside them the reference, and some of the other half, to test what the first predicts.  Made by
#     PYTHONPATH=notebooks python3 -m lab factorial-plan >experiments/factorial.plan
# which says why these (notebooks/lab/factorial/design.py).
VARIANTS={small} OPS=put,get PATTERNS=shuffled SCALES=100K REPS=9 SAMPLES=1
VARIANTS={large} OPS=put,get PATTERNS=shuffled SCALES=1M REPS=2 SAMPLES=1
"""


def name(fixes):
    """The composition of these fixes, as the plan and the store name it."""
    return "+".join(fix for fix in FIXES if fix in fixes) or BASELINE


def fixes(composition):
    """The fixes of a composition of that name; None if it has others."""
    found = frozenset(() if composition == BASELINE else composition.split("+"))
    return found if name(found) == composition else None


def fraction():
    """The compositions that are measured, as sets of fixes: those with an even number of them."""
    for high in itertools.product((False, True), repeat=len(FIXES)):
        if sum(high) % 2 == 0:
            yield frozenset(itertools.compress(FIXES, high))


def plan():
    measured = [*map(name, fraction()), REFERENCE]
    small, large = (",".join(dict.fromkeys([*measured, *checks])) for checks in (CHECKS, RUNGS))
    return PLAN.format(small=small, large=large)


def factorial_plan():
    """Prints experiments/factorial.plan."""
    print(plan(), end="")
