"""The figure that answers whether fixes add up: what the single fixes promise together beside what
was measured, and what each two of them multiply the time by beyond that."""
import math
import statistics
from typing import NamedTuple

from ..factorial import effects
from ..stats import Estimate
from ..store import StoreError
from ..tables import digits, short_scale
from . import drawing, factorial, panels
from .question import NotMeasured, Question

LAZY = "lazy"  # the fix that others are overshadowed by: with and without it are told apart


class Sum(NamedTuple):
    """A composition's time over the baseline's."""
    fixes: frozenset
    promised: float  # the product of its fixes, each alone
    measured: Estimate


def sums(study, op, scale):
    """A Sum of every composition of the design but the baseline.  A fix alone is no part of the
    design, so what it does alone is the model's prediction."""
    ns, model = study.times[op, scale].ns, study.times[op, scale].model
    baseline = model.log(frozenset())
    alone = {fix: model.log({fix}) - baseline for fix in study.design.fixes}
    return [Sum(fixes, math.exp(math.fsum(alone[fix] for fix in fixes)),
                model.ratio(ns[study.design.name(fixes)], ns[study.design.baseline]))
            for fixes in model.means if fixes]


def draw_sums(axes, study, op, scale):
    found = sums(study, op, scale)
    for number, (with_lazy, label) in enumerate(((False, "without lazy"), (True, "with lazy"))):
        some = [one for one in found if (LAZY in one.fixes) == with_lazy]
        style = panels.look(number, full=with_lazy) | {"markersize": 4.5, "elinewidth": 0.5}
        for one in some:
            panels.point(axes, one.promised, one.measured.median, one.measured, "y", label, **style)
            label = None
    values = [1, *(one.promised for one in found), *(edge for one in found
                                                     for edge in one.measured[:3])]
    low, high = drawing.room_around(values)
    axes.plot([low, high], [low, high], color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    for axis in (axes.xaxis, axes.yaxis):
        drawing.factor_axis(axis, low, high)
    axes.set_xlabel("product of the single fixes")
    axes.set_ylabel("measured")
    axes.set_title(f"{op} {short_scale(scale)}: each composition over the baseline\n"
                   "above the line: worth less than the product")


def draw_pairs(axes, study, op, scale):
    """A square for each two fixes: what they multiply by, dark and bold where it stands."""
    found = study.times[op, scale].model.effects
    fixes = effects.sorted_fixes(study)
    order = {fix: place for place, fix in enumerate(fixes)}
    for pair, effect in found.items():
        if len(pair) != 2:
            continue
        column, row = sorted(order[fix] for fix in pair)
        # As dark as the effect is strong, up to a factor of 2 in either direction.
        depth = min(1.0, abs(math.log2(effect.factor))) if effect.stands else 0.0
        shade = 1 - 0.55 * depth
        axes.add_patch(_square(column, row, (shade, shade, shade)))
        look = {"ha": "center", "weight": "bold" if effect.stands else "normal",
                "color": drawing.BLACK if effect.stands else drawing.GREY}
        axes.text(column, row, digits(effect.factor), va="bottom", fontsize=9, **look)
        axes.text(column, row + 0.06, f"[{digits(effect.low)} {digits(effect.high)}]", va="top",
                  fontsize=7, **look)
    axes.set_xticks(range(len(fixes) - 1), fixes[:-1], rotation=30, ha="right",
                    rotation_mode="anchor")
    axes.set_yticks(range(1, len(fixes)), fixes[1:])
    axes.set_xlim(-0.5, len(fixes) - 1.5)
    axes.set_ylim(len(fixes) - 0.5, 0.5)
    axes.grid(False)
    axes.set_title(f"{op} {short_scale(scale)}: what two multiply by beside the product\n"
                   "grey and bold: stands; above 1: worth less together")


def _square(column, row, colour):
    from matplotlib.patches import Rectangle
    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor=panels.FAINT,
                     linewidth=0.6)


def fill(figure, study):
    scale = study.scales[0]
    # The legend is of the upper panels alone, so it stands between them and the lower ones.
    upper, strip, lower = figure.subfigures(3, 1, height_ratios=(1, 0.08, 1.1))
    above, below = upper.subplots(1, len(effects.OPS)), lower.subplots(1, len(effects.OPS))
    for first, second, op in zip(above, below, effects.OPS):
        draw_sums(first, study, op, scale)
        draw_pairs(second, study, op, scale)
    panels.shared_legend(strip, above)


def tell(study):
    scale = study.scales[0]
    for op in effects.OPS:
        found = sums(study, op, scale)
        all_but = max(found, key=lambda one: len(one.fixes))
        off = statistics.median(one.measured.median / one.promised for one in found)
        yield (f"{op}: the measured time is {digits(off)} times the product of the single fixes,"
               f" by the median of {len(found)} compositions;"
               f" with {len(all_but.fixes)} fixes ({study.design.name(all_but.fixes)}) the product"
               f" promises {digits(all_but.promised)} of the baseline's time, and"
               f" {digits(all_but.measured.median)} was measured.")
    standing = effects.standing_pairs(study)
    told = [f"{' x '.join(pair)}" for pair in standing[:3]]
    yield (f"Pairs that do not simply multiply, in any time: {len(standing)}"
           + (f", the greatest {', '.join(told)}." if told else "."))


def read(results):
    """The factorial study; without all of its design there is none."""
    experiment = results.experiment(effects.NAME)
    try:
        return effects.study_of(experiment.about, experiment.cells)
    except StoreError as reason:
        raise NotMeasured(str(reason)) from reason


def tell_gap(study):
    for scale in study.scales:
        order = effects.orders(study, scale)["put and get"]
        rungs = effects.ladder(study, scale, order)
        yield (f"{short_scale(scale)}: put and get together, the baseline takes"
               f" {digits(effects.gap(study, scale))} times as long as the reference;"
               f" {order[0]} alone leaves {100 * rungs[1].gap_left:.0f} % of that gap,"
               f" {order[0]} and {order[1]} {100 * rungs[2].gap_left:.0f} %, all of them"
               f" {100 * rungs[-1].gap_left:.0f} % (as logarithms).")


GAP = Question(factorial.QUESTION, factorial.NAME, factorial.SIZE, read,
               factorial.fill, tell_gap)
SUMS = Question("Do fixes add up?", "interactions", (10, 9), read, fill, tell)
