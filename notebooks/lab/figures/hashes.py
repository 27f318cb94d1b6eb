"""The figure that holds what a hash costs against what it buys: nodes as chance would have them.

What it costs is counted: a clock on a shared machine cannot tell instructions by the dozen from noise,
which the lines told below the figure show."""
from typing import NamedTuple

from ..counts import hash_counts
from ..experiments import hash_costs
from ..shape import hashes
from ..store import StoreError
from ..tables import PATTERNS, digits
from . import drawing, panels
from .question import NotMeasured, Question, demand

KEY = "u64"
SHAPE_OF = "outline+lazy"  # the composition whose trees are shown: any good hash gives it the same
NEAR = 10          # standard deviations up to which the axis is linear


KEYS = {"u64": "an integer", "str": "a string"}


class Hashes(NamedTuple):
    counted: dict  # {key: {hash: instructions of hashing a key}}
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
    return Hashes(demand(hash_counts.load(), "counted hashes; make recount counts them"), costs, off,
                  verdicts)


def draw_counts(axes, found, names):
    for number, (place, (key, by_hash)) in enumerate(
            zip(panels.offsets(len(found.counted)), found.counted.items())):
        there = [(line, by_hash[name]) for line, name in enumerate(names) if name in by_hash]
        axes.plot([count for _, count in there], [line + place for line, _ in there],
                  label=KEYS[key], **panels.look(number))
        for line, instructions in there:
            axes.annotate(f"{instructions:.0f}", (instructions, line + place), xytext=(7, 0),
                          textcoords="offset points", va="center", fontsize=8)
    panels.lines(axes, names)
    most = max(count for by_hash in found.counted.values() for count in by_hash.values())
    axes.set_xlim(-0.04 * most, 1.15 * most)
    axes.axvline(0, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    axes.set_title("instructions of hashing a key,\n"
                   f"counted in a get of {hash_counts.COMPOSITION}")


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
    named = {name for by_hash in found.off.values() for name in by_hash}
    names = [name for name in hashes.HASHES if name in named]
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, 2, width_ratios=(1, 1.1))
    draw_counts(axes[0], found, names)
    draw_off(axes[1], found, names)
    panels.hide_names(axes[1])
    left, right = strip.subfigures(1, 2, width_ratios=(1, 1.1))
    panels.shared_legend(left, axes[:1])
    panels.shared_legend(right, axes[1:])


def tell(found):
    for key, by_hash in found.counted.items():
        told = [f"{name} {digits(count)}" for name, count in by_hash.items()]
        yield f"Instructions of hashing {KEYS[key]}: {', '.join(told)}."
    times = [value for *_, by_hash in found.costs for value in by_hash.values()
             if value.low is not None]
    apart = sum(not value.low <= 0 <= value.high for value in times)
    yield (f"Of {len(times)} differences in time to no hash {apart} have an interval without 0"
           " (make hash-costs).")
    odd = [f"{name} on {pattern} keys" for (pattern, name), verdict in found.verdicts.items()
           if verdict == "not uniform"]
    yield (f"Of {len(found.verdicts)} trees of {SHAPE_OF} those that a uniform hash would not make:"
           f" {', '.join(odd) or 'none'}.")


COST = Question("What does a hash cost, and what does it buy?", "hashes", (10, 4.6),
                lambda results: read_cells(results.experiment(hash_costs.NAME).cells), fill, tell)
