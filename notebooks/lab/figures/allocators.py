"""Figures about swapping the allocator under compositions that ask it for everything, and under
some that hardly ask it."""
from typing import NamedTuple

from ..experiments import allocators
from ..stats import paired_ratio
from ..store import StoreError
from ..printing import short_scale, with_interval
from .. import panels
from ..question import NotMeasured, Question, demand

OPS = ("put", "get", "remove")
PATTERN, ENTRIES = "shuffled", 100000
# They ask malloc for large blocks alone, so that another should not matter: the controls.
POOLED = ("phase2.5", "phase3", "fix4")


class Reaction(NamedTuple):
    system: str     # the allocator that all are compared with
    variants: list  # those that ask for every node or array, then the controls
    asking: int     # how many of the former
    times: dict     # {op: {allocator: {variant: Estimate of the time's ratio to the system's}}}
    resident: dict  # {allocator: {variant: the same of resident bytes an entry of a full map}}


def ratios(measured, op, field):
    """{allocator: {variant: Estimate}}"""
    found = {}
    for allocator in measured.others:
        for variant in measured.variants(op, PATTERN):
            mine, system = (measured.find(op, PATTERN, ENTRIES, variant, name)
                            for name in (allocator, measured.system))
            ratio = paired_ratio(getattr(mine, field), getattr(system, field)) \
                if mine and system else None
            if ratio:
                found.setdefault(allocator, {})[variant] = ratio
    return found


def reaction(cells):
    try:
        measured = allocators.Measured(cells)
    except StoreError as reason:
        raise NotMeasured(str(reason)) from reason
    there = [op for op in OPS if (op, PATTERN) in measured.groups()]
    times = {op: ratios(measured, op, "ns_per_op") for op in there}
    times = {op: found for op, found in times.items() if found}
    demand(times.get("put"), f"put of {PATTERN} keys at {short_scale(ENTRIES)} under several"
                             " allocators")
    known = {variant for found in times["put"].values() for variant in found}
    order = [name for name in measured.variants("put", PATTERN) if name in known]
    asking = [name for name in order if name not in POOLED]
    return Reaction(measured.system, asking + [name for name in order if name in POOLED],
                    len(asking), times, ratios(measured, "put", "rss_per_entry"))


def fill(figure, found):
    shown = [(f"{op}: time over that under {found.system}", values)
             for op, values in found.times.items()]
    if found.resident:
        shown.append((f"put: resident bytes/entry over {found.system}'s", found.resident))
    names = sorted({name for _, values in shown for name in values})
    looks = {name: panels.look(number) for number, name in enumerate(names)}
    above, strip = panels.with_legend(figure, 0.05)
    axes = above.subplots((len(shown) + 1) // 2, 2, squeeze=False).ravel()
    for number, (one, (title, values)) in enumerate(zip(axes, shown)):
        panels.factors(one, found.variants, {name: values.get(name, {}) for name in names},
                       looks=looks, groups=(found.asking - 1,))
        one.set_title(title)
        if number % 2:
            panels.hide_names(one)
    for one in axes[len(shown):]:
        one.set_axis_off()
    panels.shared_legend(strip, axes)


def stands(ratio):
    """Does the interval leave out that there is no difference?"""
    return ratio.low is not None and not ratio.low <= 1 <= ratio.high


def tell(found):
    yield (f"Below the heavier rule: compositions with pools ({', '.join(POOLED)}), which ask the"
           " allocator for large blocks alone.")
    for op, by_allocator in found.times.items():
        every = [(ratio, variant, name) for name, values in by_allocator.items()
                 for variant, ratio in values.items()]
        least = min(every, key=lambda each: each[0].median)
        most = max(every, key=lambda each: each[0].median)
        pooled = [each for each in every if each[1] in POOLED]
        yield (f"{op}: from {least[1]} under {least[2]}, {with_interval(least[0])}, to {most[1]}"
               f" under {most[2]}, {with_interval(most[0])}; of {len(pooled)} ratios of the"
               f" controls {sum(stands(ratio) for ratio, *_ in pooled)} have an interval without"
               " 1.")


REACTION = Question("Who reacts to the allocator?", "allocators", (10, 7.4),
                    lambda results: reaction(results.experiment(allocators.NAME).cells), fill,
                    tell)
