"""A factorial design over a family's parts: which compositions tell the effects of its changes apart.

    python3 -m lab factorial-plan FAMILY=trie        prints experiments/factorial.plan

A factor has two levels that differ in one change, called a fix.  Not every composition of fixes is measured but a
fraction (Box, Hunter and Hunter, Statistics for Experimenters, chapter 12): those that hold an even number of the
fixes of each of its words.  What a word has in common with a term of the model is confounded with the rest of the word.
The composition without any fix is in the fraction; compositions that are no part of it check what it predicts.

What is asked of one family is a Factorial, which is data: lab.factorial.families has them.  The analysis
(lab.factorial.effects) takes any factors from there and is of whatever compositions of them were measured, but for
the checks: it says what these cannot tell apart.
"""
import dataclasses
import functools
import itertools
from typing import NamedTuple

from ..settings import compose


class Factor(NamedTuple):
    fix: str      # its variants, joined
    change: str
    low: str = ""  # what stands in the fix's place where it is off, if that is not the family's baseline


class Line(NamedTuple):
    settings: str          # all but VARIANTS
    singles: bool = True   # whether the single fixes are among the checks, where they do not take too long


@dataclasses.dataclass(frozen=True)
class Factorial:
    family: str      # as the core below common/ is called
    name: str        # of the plan and what is stored of it
    question: str    # which it answers, the title of its figure
    figure: str      # the name of the figure's files
    factors: tuple   # in the order in which tools/compose.py names a composition's directories
    words: tuple     # that define the fraction
    against: str     # whose times all are told over
    opening: str     # of the plan: a comment
    lines: tuple     # of the plan
    rungs: tuple     # sets of fixes that check the model: likely rungs of the ladder, which the fraction does not hold
    baseline_parts: str = ""  # the family's baseline, where it has no name of its own in a composition of no fixes
    always: tuple = ()        # on both levels of all factors
    roadmap: tuple = ()       # somebody else's order of the fixes
    singles_in: str = ""      # another experiment that has the single fixes
    beyond: tuple = ()        # compositions that are measured too, each one step from the one before it, the first from
                              # one of the factorial's
    beside: tuple = ()        # and others

    @functools.cached_property
    def fixes(self):
        return tuple(factor.fix for factor in self.factors)

    @functools.cached_property
    def changes(self):
        return {factor.fix: factor.change for factor in self.factors}

    @functools.cached_property
    def _names(self):
        """{fixes: the composition's name}"""
        return {frozenset(fixes): self._composed(fixes) for count in range(len(self.fixes) + 1)
                for fixes in itertools.combinations(self.fixes, count)}

    def _composed(self, fixes):
        words = [*self.always, *(factor.fix if factor.fix in fixes else factor.low for factor in self.factors)]
        return compose.Composition("+".join(filter(None, words)) or self.baseline_parts).composition

    @functools.cached_property
    def _fixes(self):
        return {name: fixes for fixes, name in self._names.items()}

    def composition(self, fixes):
        """The composition of these fixes, as the plan and the store name it."""
        return self._names[frozenset(fixes)]

    def fixes_of(self, composition):
        """The fixes of a composition of that name; None if it has others."""
        return self._fixes.get(composition)

    @property
    def every_composition(self):
        return list(self._fixes)

    @property
    def baseline(self):
        return self.composition(())

    def fraction(self):
        """The compositions that are measured, as sets of fixes."""
        for high in itertools.product((False, True), repeat=len(self.fixes)):
            found = frozenset(itertools.compress(self.fixes, high))
            if all(len(found.intersection(word)) % 2 == 0 for word in self.words):
                yield found

    def checks_of(self, line):
        """The compositions by which one line of the plan checks the model."""
        singles = [(fix,) for fix in self.fixes] if line.singles else []
        return tuple(dict.fromkeys(map(self.composition, [*singles, *self.rungs])))

    @functools.cached_property
    def checks(self):
        return tuple(dict.fromkeys(name for line in self.lines for name in self.checks_of(line)))

    def plan(self):
        measured = [*map(self.composition, self.fraction()), self.against]
        return self.opening + "".join(
            f"VARIANTS={','.join(dict.fromkeys([*measured, *self.checks_of(line), *self.beyond, *self.beside]))}"
            f" OPS=put,get PATTERNS=shuffled {line.settings}\n" for line in self.lines)
