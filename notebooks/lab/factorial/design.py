#!/usr/bin/env python3
"""The factorial designs over the parts: which compositions tell the fixes' effects apart.

    python3 -m lab.factorial.design        prints experiments/factorial.plan

A fix has two levels.  Not every composition of fixes is measured but a fraction (Box, Hunter and
Hunter, Statistics for Experimenters, chapter 12): those that hold an even number of the fixes of
each of the design's words.  What a word has in common with a term of the model is confounded with
the rest of the word.  The composition without any fix is in every such fraction, and no single fix
is: what the fraction says about these is a prediction, and the design's checks test it.

PURE is what is to be measured: eight fixes, each of which changes one part (a step that
`make VARIANT=... show` tells), or nothing but one part's answer at that.  Its words are of five,
five and six fixes, so it is a quarter, a 2^(8-2) design of resolution V: a fix's effect is
confounded with interactions of four, an interaction of two with those of three and more.
Both levels have arrays of exact size, and entries that are moved, since `growpool` and `single` are
then one step.  An arena stands for `freelist`, which takes back what dies: nothing does here
(churn.plan).

FIRST is what was measured before each of the variants changed one thing: `outline` against
`inline`, and fixes that are two steps or more, `growpool+exact`, `single`, `sizes+tagged` and
`freelist`.  Its only word are all seven, so it is half of 128, of resolution VII.

lazy stands for descend.h, not pathcomp: it changes that part alone.  pathcomp also makes every node
eight bytes larger (inner.h), for 1 % fewer nodes.
"""
import functools
import itertools
from typing import NamedTuple

from ..cell import compose
from ..command import run_report

REFERENCE = "reference"


class Factor(NamedTuple):
    fix: str     # its variants, joined
    change: str
    low: str = ""  # what stands in the fix's place where it is off, if that is not the baseline


class Design(NamedTuple):
    factors: tuple
    words: tuple        # of fixes, each a tuple
    rungs: tuple        # of a likely ladder, each a tuple of fixes and no part of the fraction
    always: tuple = ()  # variants that every composition has

    @property
    def fixes(self):
        return tuple(factor.fix for factor in self.factors)

    def name(self, fixes):
        """The composition of these fixes, as the plan and the store name it."""
        return _name(self, frozenset(fixes))

    def fraction(self):
        """The compositions that are measured, as sets of fixes."""
        for levels in itertools.product((False, True), repeat=len(self.factors)):
            fixes = frozenset(itertools.compress(self.fixes, levels))
            if all(len(fixes & set(word)) % 2 == 0 for word in self.words):
                yield fixes

    @property
    def baseline(self):
        return self.name(())

    @property
    def checks(self):
        """What is measured beside the fraction where it does not take too long, none twice: the single fixes, and
        the rungs."""
        return list(dict.fromkeys(map(frozenset, [*((fix,) for fix in self.fixes), *self.rungs])))


@functools.lru_cache(maxsize=None)
def _name(design, fixes):
    words = [*design.always, *(factor.fix if factor.fix in fixes else factor.low for factor in design.factors)]
    return compose.Composition("+".join(filter(None, words))).composition


# Factors in the order in which tools/compose.py names a composition's directories.
PURE = Design(
    factors=(
        Factor("inline", "hot functions inlined, where the compiler decides otherwise"),
        Factor("growpool", "children's arrays from a pool with size classes, where malloc gives them otherwise"),
        Factor("single", "one entry in the leaf itself", low="move"),
        Factor("sizes", "inner nodes and leaves as large as each must be"),
        Factor("tagged", "a node's kind in its pointer"),
        Factor("arena", "nodes from blocks of 1,024"),
        Factor("prefetch", "nodes prefetched"),
        Factor("lazy", "a leaf where it is first alone"),
    ),
    words=(("sizes", "tagged", "inline", "single", "lazy"), ("sizes", "tagged", "growpool", "arena", "prefetch")),
    rungs=(("lazy", "inline", "single"), ("lazy", "growpool"), ("lazy", "growpool", "inline"),
           ("inline", "growpool", "single", "lazy"),
           ("inline", "growpool", "single", "sizes", "tagged", "arena", "lazy"),
           ("inline", "growpool", "single", "sizes", "tagged", "arena", "prefetch", "lazy")),
    always=("exact",),
)
SEVEN = ("inline", "growpool+exact", "single", "sizes+tagged", "freelist", "prefetch", "lazy")
FIRST = Design(
    factors=tuple(map(Factor, SEVEN, (
        "hot functions inlined", "children's arrays by size class", "one entry in the leaf itself",
        "a node's kind in its pointer", "nodes from blocks, used again", "nodes prefetched",
        "a leaf where it is first alone"), ("outline", "", "", "", "", "", ""))),
    words=(SEVEN,),
    rungs=(("lazy",), ("inline", "single", "lazy"), ("single", "freelist", "lazy"),
           ("inline", "single", "sizes+tagged", "freelist", "lazy"),
           ("inline", "growpool+exact", "single", "freelist", "lazy"), SEVEN),
)
DESIGNS = (PURE, FIRST)

PLAN = """\
# Which fix closes the gap, a quarter of the compositions of eight fixes: about 25 minutes.
#     make PLAN=experiments/factorial.plan experiment
# Beside them the reference, and some that are no part of the quarter, to test what that predicts.  Made by
#     PYTHONPATH=notebooks python3 -m lab.factorial.design >experiments/factorial.plan
# which says why these.
VARIANTS={small} OPS=put,get PATTERNS=shuffled SCALES=100K REPS=9 SAMPLES=1
VARIANTS={large} OPS=put,get PATTERNS=shuffled SCALES=1M REPS=2 SAMPLES=1
"""


def of(variants):
    """The design that most of these are of."""
    return max(DESIGNS, key=lambda design: sum(design.name(fixes) in variants for fixes in design.fraction()))


def plan():
    measured = [*map(PURE.name, PURE.fraction()), REFERENCE]
    small, large = (",".join(dict.fromkeys([*measured, *map(PURE.name, beside)]))
                    for beside in (PURE.checks, PURE.rungs))
    return PLAN.format(small=small, large=large)


if __name__ == "__main__":
    run_report("design", lambda _: print(plan(), end=""))
