"""The figure that holds what a hash costs against what it buys: nodes as chance would have them."""
from typing import NamedTuple

from ..experiments import hash_costs
from ..shape import hashes
from ..store import StoreError
from ..tables import PATTERNS, short_scale, with_interval
from . import drawing, panels
from .question import NotMeasured, Question, demand

KEY = "u64"
SHAPE_OF = "lazy"  # the composition whose trees are shown: any good hash gives it the same
NEAR = 10          # standard deviations up to which the axis is linear


class Hashes(NamedTuple):
    costs: list   # [(composition, scale, op, {hash: Estimate of ns more than without a hash})]
    off: dict     # {pattern: {hash: inner nodes off the prediction, in standard deviations}}
    verdicts: dict  # {(pattern, hash): verdict}


def read_cells(cells):
    try:
        measured = hash_costs.Measured(cells)
    except StoreError as reason:
        raise NotMeasured(str(reason)) from reason
    costs = [(variant, scale, op, {name: value for name, value in by_hash.items() if value})
             for variant, scale, op, _, by_hash in hash_costs.differences(measured)]
    off, verdicts = {}, {}
    for place in measured.places():
        key, scale, variant, pattern = place
        expected = hash_costs.expectation(variant, scale)
        if (key, variant) != (KEY, SHAPE_OF) or not expected:
            continue
        row = measured.rows[place]
        for name in hash_costs.hash_names(row):
            tree = panels.tree(next(r for (_, other), r in row.items() if other == name))
            off.setdefault(pattern, {})[name] = (
                (tree["inner_nodes"] - expected.inner_nodes) / expected.inner_deviation)
            verdicts[pattern, name] = hashes.uniformity(tree["inner_at_level"], expected).verdict
    demand(costs and off, f"hashes beside {hash_costs.NONE}")
    return Hashes(costs, off, verdicts)


def label_of(variant, scale, several_scales):
    return f"{variant} {short_scale(scale)}" if several_scales else variant


def draw_costs(axes, found, op, names):
    rows = [(variant, scale, by_hash) for variant, scale, of, by_hash in found.costs if of == op]
    several = len({scale for _, scale, _ in rows}) > 1
    for number, (place, (variant, scale, by_hash)) in enumerate(
            zip(panels.offsets(len(rows)), rows)):
        label = label_of(variant, scale, several)
        for line, name in enumerate(names):
            if name in by_hash:
                panels.point(axes, by_hash[name].median, line + place, by_hash[name], "x", label,
                             **panels.look(number))
                label = None
    panels.lines(axes, names)
    axes.axvline(0, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    axes.set_title(f"{op}: ns more than with no hash,\nrandom integer keys")


def draw_off(axes, found, names):
    looks = {pattern: panels.look(number, full=False) for number, pattern in enumerate(PATTERNS)}
    axes.axvspan(-2, 2, color=panels.FAINT, zorder=0)
    for place, (pattern, by_hash) in zip(panels.offsets(len(found.off)), found.off.items()):
        there = [(line, by_hash[name]) for line, name in enumerate(names) if name in by_hash]
        axes.plot([off for _, off in there], [line + place for line, _ in there], label=pattern,
                  **looks[pattern])
    most = max(abs(off) for by_hash in found.off.values() for off in by_hash.values())
    panels.lines(axes, names)
    # Linear where a good hash lies, logarithmic beyond, where only its absence leads.
    axes.set_xscale("symlog", linthresh=NEAR, linscale=2)
    axes.set_xlim(-1.5 * max(most, NEAR), 1.5 * max(most, NEAR))
    beyond = [10 ** power for power in range(2, 7) if 10 ** power <= 1.5 * most]
    ticks = [-5, -2, 0, 2, 5, NEAR, -NEAR, *beyond, *(-tick for tick in beyond)]
    axes.set_xticks(ticks, [f"{tick:,}" if abs(tick) != 2 else "" for tick in ticks])
    axes.axvline(0, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    axes.set_title(f"{SHAPE_OF}: inner nodes off a uniform hash's, in standard\n"
                   "deviations; grey: 95 of 100 uniform hashes")


def fill(figure, found):
    named = {name for *_, by_hash in found.costs for name in by_hash}
    named |= {name for by_hash in found.off.values() for name in by_hash}
    names = [name for name in hashes.HASHES if name in named]
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, len(hash_costs.OPS) + 1, width_ratios=(1, 1, 1.3))
    for one, op in zip(axes, hash_costs.OPS):
        draw_costs(one, found, op, names)
    draw_off(axes[-1], found, names)
    for one in axes[1:]:
        panels.hide_names(one)
    axes[-1].legend(loc="best", handlelength=1)
    panels.shared_legend(strip, axes[:-1])


def tell(found):
    for variant, scale, op, by_hash in found.costs:
        told = [f"{name} {with_interval(by_hash[name])}" for name in (hash_costs.BASE, "siphash")
                if name in by_hash]
        yield (f"{op}, {variant} {short_scale(scale)}: ns more than without a hash:"
               f" {', '.join(told)}.")
    odd = [f"{name} on {pattern} keys" for (pattern, name), verdict in found.verdicts.items()
           if verdict == "not uniform"]
    yield (f"Of {len(found.verdicts)} trees of {SHAPE_OF} those that a uniform hash would not make:"
           f" {', '.join(odd) or 'none'}.")


COST = Question("What does a hash cost, and what does it buy?", "hashes", (11, 4.6),
                lambda results: read_cells(results.experiment(hash_costs.NAME).cells), fill, tell)
