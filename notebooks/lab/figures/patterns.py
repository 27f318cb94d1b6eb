"""The figure about the order of keys: filling a map in it, and three ways to ask for them again."""
from typing import NamedTuple

from .. import fallbacks
from ..stats import estimate, paired_ratio
from ..tables import PATTERNS, short_scale, with_interval
from . import drawing, panels
from .question import Question, demand

EXPERIMENT = "suite"
OPS = {"put": "put", "get": "get: in random order",
       "get_in_order": "get_in_order: as they were put",
       "get_chained": "get_chained: each waits for the one before"}
VARIANTS = ("outline", "phase3", "fix4", "reference")


class Orders(NamedTuple):
    scale: int
    variants: list
    times: dict   # {variant: {op: {pattern: Replicates}}}


def orders_of(cells):
    """At the largest scale that has every operation on every pattern."""
    def complete(scale):
        return all(panels.of(cells, op, pattern, scale) for op in OPS for pattern in PATTERNS)
    scales = [scale for scale in {cell.scale for cell in cells} if complete(scale)]
    demand(scales, "scale with every operation on every pattern")
    scale = max(scales)
    times = {}
    for op in OPS:
        for pattern in PATTERNS:
            for variant, replicates in panels.of(cells, op, pattern, scale).items():
                times.setdefault(variant, {}).setdefault(op, {})[pattern] = replicates
    variants = [variant for variant in VARIANTS if variant in times]
    return Orders(scale, demand(variants, f"one of {', '.join(VARIANTS)}"), times)


def fill(figure, found):
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, len(found.variants), sharey=True, squeeze=False)[0]
    seen = []
    for one, variant in zip(axes, found.variants):
        for number, (place, (op, label)) in enumerate(zip(panels.offsets(len(OPS)), OPS.items())):
            for column, pattern in enumerate(PATTERNS):
                replicates = found.times[variant].get(op, {}).get(pattern)
                if replicates:
                    time = estimate(replicates.ns_per_op.values())
                    panels.point(one, column + place, time.median, time, "y", label,
                                 **panels.look(number, full=op != "put"))
                    if fallbacks.share(replicates.tree):
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


def ratio(found, variant, one, other):
    """Of two (op, pattern) of one variant: blocks of one number have one trace and run at about one
    time.  None where one was not measured."""
    times = [found.times[variant].get(op, {}).get(pattern) for op, pattern in (one, other)]
    return paired_ratio(*(each.ns_per_op for each in times)) if all(times) else None


QUESTIONS = {
    "put, shuffled over sequential keys": (("put", "shuffled"), ("put", "sequential")),
    "get, shuffled over sequential keys": (("get", "shuffled"), ("get", "sequential")),
    "shuffled keys, get_in_order over get": (("get_in_order", "shuffled"), ("get", "shuffled")),
    "shuffled keys, get_chained over get": (("get_chained", "shuffled"), ("get", "shuffled"))}


def tell(found):
    for what, pair in QUESTIONS.items():
        told = {variant: ratio(found, variant, *pair) for variant in found.variants}
        yield f"{what}: " + ", ".join(f"{variant} {with_interval(value)}"
                                      for variant, value in told.items() if value) + "."


ORDER = Question("Does the order of keys matter?", "patterns", (10, 4.4),
                 lambda results: orders_of(results.experiment(EXPERIMENT).cells), fill, tell)
