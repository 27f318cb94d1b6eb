"""What panels of figures have in common: a marker for each series, medians with their intervals,
lines of names.

A panel of lines has names down its left side and a figure for each series on every line; a panel of
curves has figures over an axis of sizes.  A line through a point is its 95 % interval; where there
are too few replicates for one there is a point alone.  A ring around a point tells that the map's
pool was full and malloc served arrays in its place: what is measured there is not the pool alone.
"""
from . import drawing

LOOKS = [("o", drawing.BLUE), ("s", drawing.VERMILION), ("D", drawing.BLACK),
         ("^", drawing.GREEN), ("v", drawing.GREY), ("P", drawing.ORANGE)]
FAINT = "#DDDDDD"
FALLBACK = "ringed: the pool was full, malloc served in its place"
RULE = 0.9  # where a rule is drawn: it lies above the grid and below all figures


def look(number, full=True):
    """Marker and colours of a series by its number: both are its own, for print may be grey.  From the seventh on a
    marker comes again, in another colour."""
    again, place = divmod(number, len(LOOKS))
    marker, colour = LOOKS[place][0], LOOKS[(place + again) % len(LOOKS)][1]
    return {"marker": marker, "color": colour, "linestyle": "none",
            "markerfacecolor": colour if full else "white",
            # Orange alone is too faint on white.
            "markeredgecolor": drawing.BLACK if colour == drawing.ORANGE else colour}


def point(axes, x, y, figure, along, label=None, **style):
    """One median with its interval along an axis, "x" or "y"."""
    reach = None if figure.low is None else [[figure.median - figure.low], [figure.high - figure.median]]
    axes.errorbar(x, y, **{f"{along}err": reach}, label=label, **style)


def ring(axes, x, y):
    """Marks a point whose pool fell back to malloc; once in the legend."""
    known = axes.get_legend_handles_labels()[1]
    axes.scatter([x], [y], s=90, facecolors="none", edgecolors=drawing.BLACK, linewidths=0.9,
                 zorder=3, label=None if FALLBACK in known else FALLBACK)


def offsets(count, room=0.7):
    """Where on a line of height 1 the series stand, so that none hides another."""
    return [room * ((i + 0.5) / count - 0.5) for i in range(count)]


def lines(axes, names, groups=()):
    """A line for each name, the first on top; after the lines in `groups` a heavier rule."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(False, axis="y")
    for line in range(len(names) - 1):
        heavy = line in groups
        axes.axhline(line + 0.5, color=drawing.GREY if heavy else FAINT, linewidth=0.9 if heavy else 0.6, zorder=RULE)


def factors(axes, names, series, one=1, groups=(), looks=None, ticks=8, ringed=()):
    """A panel of lines with a logarithmic axis of figures.

    series   {label: {name: Estimate, or None where there is none}}
    one      a value to draw a rule at, None for none
    looks    {label: look}; by default one after the other
    ticks    the most that the axis has room for
    ringed   (label, name) of the figures that get a ring
    """
    found = [] if one is None else [one]
    for number, (place, (label, values)) in enumerate(zip(offsets(len(series)), series.items())):
        style, legend = looks[label] if looks else look(number), label
        for line, name in enumerate(names):
            figure = values.get(name)
            if figure is not None:
                point(axes, figure.median, line + place, figure, "x", legend, **style)
                legend = None  # one
                if (label, name) in ringed:
                    ring(axes, figure.median, line + place)
                found += [value for value in figure[:3] if value is not None]
    lines(axes, names, groups)
    if one is not None:
        axes.axvline(one, color=drawing.BLACK, linewidth=0.8, zorder=RULE)
    low, high = drawing.room_around(found)
    drawing.factor_axis(axes.xaxis, low, high, drawing.plain_ticks(low, high, ticks))


def curve(axes, points, label, style, line="-"):
    """A curve through {x: Estimate}, on axes whose scales are set already."""
    xs = sorted(points)
    axes.plot(xs, [points[x].median for x in xs], color=style["color"], linestyle=line, zorder=1)
    for x in xs:
        point(axes, x, points[x].median, points[x], "y", label, **style)
        label = None


def with_legend(figure, height=0.06):
    """A part of a figure for panels, and a strip beneath it for the one legend of all of them."""
    above, below = figure.subfigures(2, 1, height_ratios=(1 - height, height))
    return above, below


def shared_legend(strip, axes, columns=None, order=()):
    """Puts the legend of all these panels, each series once, on a strip of with_legend(): in one
    line, or in so many columns; those of `order` first."""
    found = {}
    for each in axes:
        for handle, label in zip(*each.get_legend_handles_labels()):
            found.setdefault(label, handle)
    found = {label: found[label] for label in [*order, *found] if label in found}
    if FALLBACK in found:
        found[FALLBACK] = found.pop(FALLBACK)  # the last
    strip.legend(found.values(), found, loc="center", ncol=columns or len(found), handlelength=1.5)


def grid(figure, wanted, columns, legend, legend_columns=None, **layout):
    """Panels of lines in so many columns over one legend: {title: what factors() takes}.  The names stand left of the
    first column alone.  layout: what subplots() takes.  The panels, as an array."""
    above, strip = with_legend(figure, legend)
    axes = above.subplots(-(-len(wanted) // columns), columns, squeeze=False, **layout)
    for number, one in enumerate(axes.flat):
        if number >= len(wanted):
            one.set_axis_off()
            continue
        title, what = list(wanted.items())[number]
        factors(one, **what)
        one.set_title(title)
        if number % columns:
            hide_names(one)
    shared_legend(strip, axes.flat, legend_columns)
    return axes


def hide_names(axes):
    """For a panel beside another that has the same lines."""
    axes.tick_params(axis="y", labelleft=False)


def tell_fallbacks(shares):
    """A line about {what: share}, none where no pool was full."""
    told = [f"{what} {100 * share:.0f} %" for what, share in shares.items() if share]
    if told:
        yield f"Arrays that malloc served because the pool was full: {', '.join(told)}."
