"""Tests of claims about what a part costs: a share of a whole time, found by leaving the part out.

A share is judged as it is, and none would be 0; a cost in ns only stands beside it, since times of
another machine cannot be expected here.  The columns are as in lab.audit.times.
"""
import functools
import itertools
import statistics

from ..stats import estimate
from ..printing import digits, with_interval
from .cases import (Case, decide_over, extremes, measured_cases, median_of, name_of, over_blocks,
                    place, setting, words, work)
from .evidence import SYSTEM_ALLOCATOR, Shape


def share_of(whole, without):
    return (whole - without) / whole


def share(claim, evidence, cases, more=""):
    return decide_over(claim, evidence, cases, more, statistics.fmean, none=0.0)


def time_difference(claim, evidence):
    """What each other composition saves of the first one's time, as a share of it: of several, what
    they save together if nothing that one saves is saved by another.  In ns beside it."""
    first, *others = words(claim, "compositions")

    def saved(whole, *without):
        return sum(whole - rest for rest in without)

    def share_saved(whole, *without):
        return saved(whole, *without) / whole
    cases = [Case(name_of(*where), tuple(place(claim, name, *where) for name in (first, *others)),
                  share_saved) for where in work(claim)]
    found = measured_cases([case._replace(function=saved) for case in cases], evidence)
    told = (with_interval(estimate(over_blocks(found, statistics.fmean))) + " ns" if found else "")
    return share(claim, evidence, cases, told)


def hash_share(claim, evidence):
    """The part of the time with the first hash that is saved with the second."""
    first, second = setting(claim, "HASH", "")
    return share(claim, evidence, [
        Case(name_of(*where), tuple(place(claim, composition, *where)._replace(hash=name)
                                    for name in (first, second)), share_of)
        for composition in words(claim, "compositions") for where in work(claim)])


# ---- What one of many parts costs ----

def node_cost(claim, evidence):
    """Three compositions, the second of which makes fewer nodes: what each node more adds to an
    insert of the first, over a whole insert of the third.  In ns beside it."""
    many, few, reference = words(claim, "compositions")

    def cases(function):
        for op, pattern, scale in work(claim):
            trees = [evidence.tree(Shape(name, pattern, scale)) for name in (many, few)]
            if all(trees):
                nodes = (trees[0]["inner_nodes"] - trees[1]["inner_nodes"]) / trees[0]["entries"]
                yield Case(name_of(op, pattern, scale), tuple(
                    place(claim, name, op, pattern, scale) for name in (many, few, reference)),
                    functools.partial(function, nodes))
    found = measured_cases(cases(lambda nodes, a, b, _: (a - b) / nodes), evidence)
    told = (f"{with_interval(estimate(over_blocks(found, statistics.fmean)))} ns a node" if found
            else "")
    return decide_over(claim, evidence, cases(lambda nodes, a, b, whole: (a - b) / nodes / whole),
                       told, statistics.fmean)


def fallback_cases(claim, evidence, function):
    """One case for each allocator and scale: of a small pool and one that never falls back."""
    small, large = words(claim, "compositions")
    for allocator, (op, pattern, scale) in itertools.product(
            setting(claim, "ALLOC", SYSTEM_ALLOCATOR), work(claim)):
        tree = evidence.tree(Shape(small, pattern, scale))
        each = tree["pool"]["fallbacks"] / tree["entries"] if tree else 0
        if each:
            places = tuple(place(claim, name, op, pattern, scale)._replace(allocator=allocator)
                           for name in (small, large))
            yield Case(name_of(allocator, scale), places, functools.partial(function, each))


def fallback_cost(claim, evidence):
    """What one fallback adds to an insert, as a share of the whole insert; in ns beside it."""
    def cost(each, small, large):
        return (small - large) / each

    def share_of_insert(each, small, large):
        return cost(each, small, large) / small
    found = measured_cases(fallback_cases(claim, evidence, cost), evidence)
    told = f"{extremes(found) or digits(median_of(found[0][1]))} ns" if found else ""
    return share(claim, evidence, fallback_cases(claim, evidence, share_of_insert), told)


def fallback_share(claim, evidence):
    """What all fallbacks of an insert together add to it, as a share of the whole insert."""
    return share(claim, evidence, fallback_cases(
        claim, evidence, lambda _, small, large: share_of(small, large)))


TESTS = {test.__name__: test for test in (
    time_difference, hash_share, node_cost, fallback_cost, fallback_share)}
