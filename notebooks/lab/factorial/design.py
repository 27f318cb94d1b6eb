"""The factorial design over the parts: which compositions tell the fixes' effects apart.

    python3 -m lab factorial-plan        prints experiments/factorial.plan

A factor has two levels that differ in one change.  Not every composition of fixes is measured but a fraction (Box,
Hunter and Hunter, Statistics for Experimenters, chapter 12): those that hold an even number of the fixes of each of
WORDS.  What a word has in common with a term of the model is confounded with the rest of the word.  The composition
without any fix is in the fraction, and no single fix is: what the fraction says about these is a prediction, and CHECKS
tests it.

lazy stands for descend.h, not pathcomp: it changes that part alone.  pathcomp also makes every node eight bytes
larger (inner.h), for 1 % fewer nodes.

The analysis (lab.factorial.effects) takes any factors from here and is of whatever compositions of them were measured,
but for CHECKS: it says what these cannot tell apart.
"""
import functools
import itertools
from typing import NamedTuple

from ..settings import REFERENCE, compose


class Factor(NamedTuple):
    fix: str      # its variants, joined
    change: str
    low: str = ""  # what stands in the fix's place where it is off, if that is not the family's baseline


# In the order in which tools/compose.py names a composition's directories.
FACTORS = (
    Factor("inline", "hot functions inlined, where the compiler decides otherwise"),
    Factor("growpool", "arrays from a pool with size classes, where malloc gives them otherwise"),
    Factor("single", "one entry in the leaf itself", low="move"),
    Factor("sizes", "inner nodes and leaves as large as each must be"),
    Factor("tagged", "a node's kind in its pointer"),
    Factor("arena", "nodes from blocks of 1,024"),
    Factor("prefetch", "nodes prefetched"),
    Factor("lazy", "a leaf where it is first alone"),
)
# Arrays of exact size on both levels, and entries that are moved: growpool and single are one step from these.
ALWAYS = ("exact",)
FIXES = tuple(factor.fix for factor in FACTORS)
# A quarter of 256, of resolution V: a fix's effect is confounded with interactions of four, that of a pair with those
# of three and more.  An arena stands for freelist, which takes back what dies: nothing does here
# (experiments/churn.plan).
WORDS = (("sizes", "tagged", "inline", "single", "lazy"), ("sizes", "tagged", "growpool", "arena", "prefetch"))

# The phases and the roadmap of the seed documents, as experiments/lineups.conf has them: inlining (phase 2.6), nodes
# from an arena (3 recycles them), then fix1 to fix4.  They have no place for prefetching.
ROADMAP = ("inline", "arena", "single", "sizes", "tagged", "lazy", "growpool", "prefetch")

# Measured beside the fraction: all fixes and likely rungs of the ladder, which it does not hold; and, where they do not
# take too long, the single fixes.
RUNGS = (("lazy", "inline", "single"), ("lazy", "growpool"), ("lazy", "growpool", "inline"),
         ("inline", "growpool", "single", "lazy"), ("inline", "growpool", "single", "sizes", "tagged", "arena", "lazy"),
         FIXES)

PLAN = """\
# Which fix closes the gap, a quarter of the compositions of eight fixes: about 25 minutes.
#     make PLAN=experiments/factorial.plan experiment
# Beside them the reference, and some that are no part of the fraction, to test what that predicts.  Made by
#     PYTHONPATH=notebooks python3 -m lab factorial-plan >experiments/factorial.plan
# which says why these (notebooks/lab/factorial/design.py).
VARIANTS={small} OPS=put,get PATTERNS=shuffled SCALES=100K REPS=6 SAMPLES=1
VARIANTS={large} OPS=put,get PATTERNS=shuffled SCALES=1M REPS=2 SAMPLES=1
"""


@functools.lru_cache(maxsize=None)
def _name(fixes):
    words = [*ALWAYS, *(factor.fix if factor.fix in fixes else factor.low for factor in FACTORS)]
    return compose.Composition("+".join(filter(None, words)) or "list").composition


def name(fixes):
    """The composition of these fixes, as the plan and the store name it."""
    return _name(frozenset(fixes))


@functools.lru_cache(maxsize=None)
def _known():
    return {name(fixes): frozenset(fixes) for count in range(len(FIXES) + 1)
            for fixes in itertools.combinations(FIXES, count)}


def fixes(composition):
    """The fixes of a composition of that name; None if it has others."""
    return _known().get(composition)


BASELINE = name(())
CHECKS = tuple(dict.fromkeys(map(name, [*((fix,) for fix in FIXES), *RUNGS])))


def fraction():
    """The compositions that are measured, as sets of fixes."""
    for high in itertools.product((False, True), repeat=len(FIXES)):
        found = frozenset(itertools.compress(FIXES, high))
        if all(len(found.intersection(word)) % 2 == 0 for word in WORDS):
            yield found


def plan():
    measured = [*map(name, fraction()), REFERENCE]
    small, large = (",".join(dict.fromkeys([*measured, *checks])) for checks in (CHECKS, map(name, RUNGS)))
    return PLAN.format(small=small, large=large)


def factorial_plan():
    """Prints experiments/factorial.plan."""
    print(plan(), end="")
