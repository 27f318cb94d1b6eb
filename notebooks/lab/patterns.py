"""Does the order of keys matter: filling a map in it, and three ways to ask for them again?"""
from typing import NamedTuple

import pandas

from . import drawing, fallbacks, pairs, panels
from .printing import PATTERNS, short_scale, with_interval
from .question import Question, demand
from .results import exported, where
from .settings import STORED_BASELINE, REFERENCE

NAME = "suite"
OPS = {"put": "put", "get": "get: in random order", "get_in_order": "get_in_order: as they were put",
       "get_chained": "get_chained: each waits for the one before"}
VARIANTS = (STORED_BASELINE, "phase3", "fix4", REFERENCE)
WHO = ["variant", "op", "pattern"]


class Orders(NamedTuple):
    scale: int
    variants: list
    ns: pandas.Series     # by variant, op, pattern and block, and turn if there are some
    times: pandas.Series  # Estimate of ns by variant, op and pattern
    full: pandas.Series   # share of the arrays that malloc served, the pool being full, likewise


def orders_of(runs):
    """At the largest scale that has every operation on every pattern."""
    runs = where(runs, op=OPS, pattern=PATTERNS, key="u64")
    cells = runs.drop_duplicates(["scale", "op", "pattern"]).groupby("scale").size()
    scales = cells[cells == len(OPS) * len(PATTERNS)].index
    demand(len(scales), "scale with every operation on every pattern")
    runs = runs[runs["scale"] == scales.max()].set_index([*WHO, "block"])
    variants = [variant for variant in VARIANTS if variant in runs.index.levels[0]]
    trees = runs["tree"].droplevel("block")
    return Orders(scales.max(), demand(variants, f"one of {', '.join(VARIANTS)}"), pairs.by_turn(runs),
                  pairs.estimates(runs["ns_per_op"], WHO), trees[~trees.index.duplicated()].map(fallbacks.share))


def fill(figure, found):
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, len(found.variants), sharey=True, squeeze=False)[0]
    seen = []
    for one, variant in zip(axes, found.variants):
        for number, (place, (op, label)) in enumerate(zip(panels.offsets(len(OPS)), OPS.items())):
            for column, pattern in enumerate(PATTERNS):
                time = found.times.get((variant, op, pattern))
                if time:
                    panels.point(one, column + place, time.median, time, "y", label,
                                 **panels.look(number, full=op != "put"))
                    if found.full[variant, op, pattern]:
                        panels.ring(one, column + place, time.median)
                    seen += [value for value in time[:3] if value is not None]
                    label = None
        one.set_xticks(range(len(PATTERNS)), PATTERNS)
        one.set_xlim(-0.5, len(PATTERNS) - 0.5)
        one.grid(False, axis="x")
        one.set_title(variant)
    for one in axes:
        drawing.factor_axis(one.yaxis, 0.85 * min(seen), 1.15 * max(seen))
    axes[0].set_ylabel(f"ns an operation, {short_scale(found.scale)} entries")
    panels.shared_legend(strip, axes)


# What is told: of the first (op, pattern) over the second, of one variant.  Blocks of one number have one trace and
# run at about one time.
RATIOS = {
    "put, shuffled over sequential keys": (("put", "shuffled"), ("put", "sequential")),
    "get, shuffled over sequential keys": (("get", "shuffled"), ("get", "sequential")),
    "shuffled keys, get_in_order over get": (("get_in_order", "shuffled"), ("get", "shuffled")),
    "shuffled keys, get_chained over get": (("get_chained", "shuffled"), ("get", "shuffled"))}


def ratios(found, one, other):
    """{variant: Estimate}, of those that have both."""
    blocks = found.ns.unstack(["op", "pattern"])
    return pairs.estimates(pairs.over_turns(blocks[one] / blocks[other]), ["variant"])


def tell(found):
    for what, pair in RATIOS.items():
        of = ratios(found, *pair)
        yield f"{what}: " + ", ".join(f"{variant} {with_interval(of[variant])}" for variant in found.variants
                                      if variant in of) + "."


ORDER = Question("Does the order of keys matter?", "patterns", (10, 4.4),
                 lambda stored: orders_of(exported(NAME, stored.directory).runs), fill, tell)
