"""The figure that answers which fix closes the gap: each fix's effect, the pairs that do not simply
multiply, and the ladder from the baseline to the reference."""
from ..factorial import design, effects
from ..tables import short_scale
from . import drawing, panels

QUESTION = "Which fix closes the gap?"
NAME = "factorial"
SIZE = (10, 9)
PAIRS = 10  # interactions that are drawn, the greatest
# What is told by marker and colour; the scale by its filling, the first is full.
SERIES = {"put": ("o", drawing.BLUE), "get": ("s", drawing.VERMILION),
          "bytes": ("D", drawing.BLACK)}


def look(study, what, scale):
    """Marker, colours and line of one response."""
    marker, colour = SERIES[what]
    first = scale == study.scales[0]
    return {"marker": marker, "color": colour, "linestyle": "-" if first else "--",
            "markerfacecolor": colour if first else "white"}


def points(axes, study, columns, terms):
    """A row for each term, in it a point for each response with its interval."""
    for index, response in enumerate(columns):
        place = (index - (len(columns) - 1) / 2) * 0.8 / len(columns)
        for row, term in enumerate(terms):
            effect = response.model.effects[term]
            reach = None if effect.low is None else [[effect.factor - effect.low],
                                                     [effect.high - effect.factor]]
            axes.errorbar(effect.factor, row + place, xerr=reach,
                          label=response.label if row == 0 else None,
                          **look(study, response.what, response.scale) | {"linestyle": "none"},
                          markersize=4.5)
    panels.lines(axes, [" x ".join(term) for term in terms])
    found = [figure for response in columns for term in terms
             for figure in response.model.effects[term][:3] if figure is not None]
    axes.axvline(1, color=drawing.BLACK, linewidth=0.8)
    drawing.factor_axis(axes.xaxis, *drawing.room_around([1, *found]))


def draw_effects(axes, study):
    columns = effects.responses(study)
    points(axes, study, columns, [(fix,) for fix in effects.sorted_fixes(study)])
    axes.set_title("What each fix does: with it over without it\nbelow 1: less time, or fewer bytes")


def draw_pairs(axes, study):
    pairs = effects.standing_pairs(study)
    if not pairs:
        axes.set_axis_off()
        axes.set_title("All fixes simply multiply: no pair stands")
        return
    points(axes, study, effects.timed(study), pairs[:PAIRS])
    axes.set_title("Pairs that do not simply multiply"
                   + (f" (the greatest {PAIRS} of {len(pairs)})" if len(pairs) > PAIRS else "")
                   + "\nabove 1: together worth less than the product")


def draw_ladder(axes, study, scale):
    """The order that gains most soonest: predicted lines, measured points with their intervals."""
    order = effects.orders(study, scale)["put and get"]
    rungs = effects.ladder(study, scale, order)
    memory = study.times["put", scale].bytes[design.REFERENCE]
    seen = [1]
    for what in SERIES:
        style = look(study, what, scale)
        predicted = [rung.bytes if what == "bytes" else rung.predicted[what] for rung in rungs]
        unit = memory if what == "bytes" else 1
        axes.plot(range(len(rungs)), [figure.value / unit for figure in predicted],
                  color=style["color"], linestyle=":" if what == "bytes" else "-")
        for place, rung in enumerate(rungs):
            measured = rung.bytes_measured if what == "bytes" else rung.measured.get(what)
            if measured is None:
                continue
            value, low, high = ((measured / unit,) * 3 if what == "bytes" else measured[:3])
            shift = {"put": -0.06, "get": 0.06, "bytes": 0}[what]
            axes.errorbar(place + shift, value, yerr=[[value - low], [high - value]], **style
                          | {"linestyle": "none"},
                          label=f"{what} {short_scale(scale)}" if place == 0 else None)
            seen += [low, high]
        seen += [figure.value / unit for figure in predicted]
    axes.axhline(1, color=drawing.BLACK, linewidth=0.8)
    axes.set_xticks(range(len(rungs)), [study.design.baseline, *(f"+ {fix}" for fix in order)],
                    rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.4, len(rungs) - 0.6)
    axes.set_title(f"One fix after another at {short_scale(scale)}, the greatest gain first:\n"
                   f"over {design.REFERENCE}; points measured, lines predicted from the effects")
    drawing.factor_axis(axes.yaxis, *drawing.room_around(seen))


def fill(figure, study):
    """Draws all of it onto a figure."""
    panes, strip = panels.with_legend(figure, 0.05)
    above, below = panes.subfigures(2, 1, height_ratios=(1.25, 1))
    first, second = above.subplots(1, 2, width_ratios=(1.1, 1))
    draw_effects(first, study)
    draw_pairs(second, study)
    ladders = below.subplots(1, len(study.scales), squeeze=False)[0]
    for axes, scale in zip(ladders, study.scales):
        draw_ladder(axes, study, scale)
    panels.shared_legend(strip, [first, second, *ladders])


def draw(study, directory):
    """Writes the figure below the directory; its paths."""
    return drawing.write(directory, NAME, QUESTION, SIZE, lambda figure: fill(figure, study))
