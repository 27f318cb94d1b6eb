"""A factorial experiment's figures.  Which fix closes the gap: each fix's effect, the pairs that do not simply
multiply, and the ladder from the baseline to all fixes.  Do fixes add up: what the single fixes promise together
beside what was measured, and what each two of them multiply the time by beyond that."""
import math
import statistics
from typing import NamedTuple

from .. import drawing, panels
from ..printing import digits, short_scale
from ..question import Question
from ..stats import Estimate
from . import effects
from .families import BUCKET, TRIE

PAIRS = 10  # interactions that are drawn, the greatest
# What is told by marker and colour; the scale by its filling, the first is full.
SERIES = {"put": ("o", drawing.BLUE), "get": ("s", drawing.VERMILION), "bytes": ("D", drawing.BLACK)}
NO_LINE = {"linestyle": "none"}


# ---- Which fix closes the gap? ----

def look(study, what, scale):
    marker, colour = SERIES[what]
    first = scale == study.scales[0]
    return {"marker": marker, "color": colour, "linestyle": "-" if first else "--",
            "markerfacecolor": colour if first else "white"}


def draw_terms(axes, study, columns, terms):
    """A row for each term, in it a point for each response with its interval."""
    panels.factors(axes, [" x ".join(term) for term in terms], {
        response.label: {" x ".join(term): Estimate(*effect[:3], 0) for term, effect in response.fit.effects.items()}
        for response in columns}, looks={response.label: look(study, response.what, response.scale) | NO_LINE |
                                         {"markersize": 4.5} for response in columns})


def draw_standing_pairs(axes, study):
    pairs = effects.standing_pairs(study)
    if not pairs:
        axes.set_axis_off()
        axes.set_title("All fixes simply multiply: no pair stands")
        return
    draw_terms(axes, study, effects.timed(study), pairs[:PAIRS])
    axes.set_title("Pairs that do not simply multiply"
                   + (f" (the greatest {PAIRS} of {len(pairs)})" if len(pairs) > PAIRS else "")
                   + "\nabove 1: together worth less than the product")


def draw_ladder(axes, study, scale):
    """The order that gains most soonest: predicted lines, measured points with their intervals."""
    order = effects.orders(study, scale)["put and get"]
    rungs = effects.ladder(study, scale, order)
    memory = study.times["put", scale].bytes[study.factorial.against]
    predicted = {**{op: [rung.predicted[op].value for rung in rungs] for op in effects.OPS},
                 "bytes": [rung.bytes.value / memory for rung in rungs]}
    measured = {**{op: [rung.measured.get(op) for rung in rungs] for op in effects.OPS},
                "bytes": [rung.bytes_measured and Estimate(rung.bytes_measured / memory, None, None, 1)
                          for rung in rungs]}
    seen = [1]
    for what, shift in (("put", -0.06), ("get", 0.06), ("bytes", 0)):
        style, label = look(study, what, scale), f"{what} {short_scale(scale)}"
        axes.plot(range(len(rungs)), predicted[what], color=style["color"], linestyle=":" if what == "bytes" else "-")
        for place, estimate in enumerate(measured[what]):
            if estimate:
                panels.point(axes, place + shift, estimate.median, estimate, "y", label, **style | NO_LINE)
                label = None
                seen += [value for value in estimate[:3] if value is not None]
        seen += predicted[what]
    axes.axhline(1, color=drawing.BLACK, linewidth=0.8)
    axes.set_xticks(range(len(rungs)), [study.factorial.baseline, *(f"+ {fix}" for fix in order)],
                    rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.4, len(rungs) - 0.6)
    axes.set_title(f"One fix after another at {short_scale(scale)}, the greatest gain first:\n"
                   f"over {study.factorial.against}; points measured, lines predicted from the effects")
    drawing.factor_axis(axes.yaxis, *drawing.room_around(seen))


def fill_gap(figure, study):
    panes, strip = panels.with_legend(figure, 0.05)
    above, below = panes.subfigures(2, 1, height_ratios=(1.25, 1))
    first, second = above.subplots(1, 2, width_ratios=(1.1, 1))
    draw_terms(first, study, effects.responses(study), [(fix,) for fix in effects.sorted_fixes(study)])
    first.set_title("What each fix does: with it over without it\nbelow 1: less time, or fewer bytes")
    draw_standing_pairs(second, study)
    ladders = below.subplots(1, len(study.scales), squeeze=False)[0]
    for axes, scale in zip(ladders, study.scales):
        draw_ladder(axes, study, scale)
    panels.shared_legend(strip, [first, second, *ladders])


def tell_gap(study):
    for scale in study.scales:
        order = effects.orders(study, scale)["put and get"]
        rungs = effects.ladder(study, scale, order)
        yield (f"{short_scale(scale)}: put and get together, the baseline takes {digits(effects.gap(study, scale))}"
               f" times as long as {study.factorial.against}; {order[0]} alone leaves {100 * rungs[1].gap_left:.0f} %"
               f" of that gap, {order[0]} and {order[1]} {100 * rungs[2].gap_left:.0f} %, all of them"
               f" {100 * rungs[-1].gap_left:.0f} % (as logarithms).")


def reader(factorial):
    return lambda stored: effects.open_study(stored.directory, factorial)


def question_of(factorial):
    return Question(factorial.question, factorial.figure, (10, 9), reader(factorial), fill_gap, tell_gap)


GAP, BUCKETS = map(question_of, (TRIE, BUCKET))


# ---- Do fixes add up? ----

class Sum(NamedTuple):
    """A composition's time over the baseline's."""
    fixes: frozenset
    promised: float  # the product of its fixes, each alone
    measured: Estimate


def sums(study, op, scale):
    """A Sum of every composition of the design but the baseline.  What a fix does alone is the model's prediction,
    whether or not it was measured alone."""
    times, name_of = study.times[op, scale], study.factorial.composition
    baseline = times.fit.log(frozenset())
    alone = {fix: times.fit.log(frozenset([fix])) - baseline for fix in study.factorial.fixes}
    return [Sum(fixes, math.exp(math.fsum(alone[fix] for fix in fixes)),
                times.fit.ratio((times.ns.loc[name_of(fixes)] / times.ns.loc[study.factorial.baseline]).dropna()))
            for fixes in times.fit.compositions if fixes]


def draw_sums(axes, study, op, scale):
    """With and without the fix that gains most, which overshadows others, are told apart."""
    found, most = sums(study, op, scale), effects.sorted_fixes(study)[0]
    for number, label in enumerate((f"without {most}", f"with {most}")):
        style = panels.look(number, full=bool(number)) | {"markersize": 4.5, "elinewidth": 0.5}
        for one in found:
            if (most in one.fixes) == bool(number):
                panels.point(axes, one.promised, one.measured.median, one.measured, "y", label, **style)
                label = None
    low, high = drawing.room_around([1, *(one.promised for one in found),
                                     *(edge for one in found for edge in one.measured[:3])])
    axes.plot([low, high], [low, high], color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    for axis in (axes.xaxis, axes.yaxis):
        drawing.factor_axis(axis, low, high)
    axes.set_xlabel("product of the single fixes")
    axes.set_ylabel("measured")
    axes.set_title(f"{op} {short_scale(scale)}: each composition over the baseline\n"
                   "above the line: worth less than the product")


def draw_pairs(axes, study, op, scale):
    """A square for each two fixes: what they multiply by, dark and bold where it stands; empty where the compositions
    do not tell."""
    from matplotlib.patches import Rectangle
    fixes = effects.sorted_fixes(study)
    for pair, effect in study.times[op, scale].fit.effects.items():
        if len(pair) != 2:
            continue
        column, row = sorted(map(fixes.index, pair))
        # As dark as the effect is strong, up to a factor of 2 in either direction.
        shade = 1 - 0.55 * min(1.0, abs(math.log2(effect.factor))) * effect.stands
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=(shade,) * 3, edgecolor=panels.FAINT,
                                 linewidth=0.6))
        style = {"ha": "center", "weight": "bold" if effect.stands else "normal",
                 "color": drawing.BLACK if effect.stands else drawing.GREY}
        axes.text(column, row, digits(effect.factor), va="bottom", fontsize=9, **style)
        axes.text(column, row + 0.06, f"[{digits(effect.low)} {digits(effect.high)}]", va="top", fontsize=7, **style)
    axes.set_xticks(range(len(fixes) - 1), fixes[:-1], rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(1, len(fixes)), fixes[1:])
    axes.set_xlim(-0.5, len(fixes) - 1.5)
    axes.set_ylim(len(fixes) - 0.5, 0.5)
    axes.grid(False)
    axes.set_title(f"{op} {short_scale(scale)}: what two multiply by beside the product\n"
                   "grey and bold: stands; above 1: worth less together")


def fill_sums(figure, study):
    scale = study.scales[0]
    # The legend is of the upper panels alone, so it stands between them and the lower ones.
    upper, strip, lower = figure.subfigures(3, 1, height_ratios=(1, 0.08, 1.1))
    above, below = upper.subplots(1, len(effects.OPS)), lower.subplots(1, len(effects.OPS))
    for first, second, op in zip(above, below, effects.OPS):
        draw_sums(first, study, op, scale)
        draw_pairs(second, study, op, scale)
    panels.shared_legend(strip, above)


def tell_sums(study):
    for op in effects.OPS:
        found = sums(study, op, study.scales[0])
        most = max(found, key=lambda one: len(one.fixes))
        off = statistics.median(one.measured.median / one.promised for one in found)
        yield (f"{op}: the measured time is {digits(off)} times the product of the single fixes, by the median of"
               f" {len(found)} compositions; with {len(most.fixes)} fixes ({study.factorial.composition(most.fixes)})"
               " the product"
               f" promises {digits(most.promised)} of the baseline's time, and {digits(most.measured.median)} was"
               " measured.")
    standing = effects.standing_pairs(study)
    told = ", ".join(" x ".join(pair) for pair in standing[:3])
    yield (f"Pairs that do not simply multiply, in any time: {len(standing)}"
           + (f", the greatest {told}." if told else "."))


SUMS = Question("Do fixes add up?", "interactions", (10, 9), reader(TRIE), fill_sums, tell_sums)
