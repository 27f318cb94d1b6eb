"""The figure about what the seed documents divided by: their ratios to libhamt, ours taken in the same way, and ours on
equal terms."""
from typing import NamedTuple

from .. import drawing, fallbacks, panels
from ..printing import digits, short_scale, with_interval
from ..question import Question, demand
from ..results import exported
from ..stats import Estimate
from .comparison import Measured, compare_all
from .figures import NAME, base_place, place, read_figures

SERIES = {"ours, as they divide": lambda row: row.ours, "ours, on equal terms": lambda row: row.equal}


class Row(NamedTuple):
    """A ratio that a document has, in however many of its tables."""
    document: str
    label: str
    theirs: list    # Spans
    ours: Estimate
    equal: Estimate
    full: float     # share of its arrays that malloc served because its pool was full


def label(figure):
    """The place, and that of libhamt's time where its scale was another."""
    where, base = place(figure), base_place(figure)
    return (f"{figure.document}: {where.op} {short_scale(where.scale)} {where.pattern}, {where.composition}"
            + (f", over {short_scale(base.scale)}" if base.scale != where.scale else ""))


def is_drawn(comparison):
    """A measured ratio to libhamt for which there are both of ours."""
    figure = comparison.figure
    return (figure.metric == "ratio_to_libhamt" and figure.kind == "measured" and figure.scale
            and all(ours and ours.low is not None for ours in (comparison.our_ratio, comparison.equal_terms)))


def rows_of(runs):
    measured, rows = Measured(runs), {}
    for _, group in compare_all(read_figures(), measured):
        for one in filter(is_drawn, group):
            name = label(one.figure)
            full = fallbacks.share(measured.tree(place(one.figure)))
            rows.setdefault(name, Row(one.figure.document, name, [], one.our_ratio, one.equal_terms, full)
                            ).theirs.append(one.figure.span)
    return demand(list(rows.values()), "ratio to the reference that the documents have to libhamt")


def fill(figure, rows):
    above, strip = panels.with_legend(figure, 0.05)
    axes = above.subplots()
    for line, row in enumerate(rows):
        for number, span in enumerate(dict.fromkeys(row.theirs)):
            axes.plot(span, [line - 0.25] * 2, label=None if line or number else "documents",
                      **panels.look(2, full=False) | {"linestyle": "-"})
        for number, (name, of) in enumerate(SERIES.items()):
            y = line + 0.25 * number
            panels.point(axes, of(row).median, y, of(row), "x", label=None if line else name, **panels.look(number))
            if row.full:
                panels.ring(axes, of(row).median, y)
    panels.lines(axes, [row.label for row in rows],
                 [i for i, (one, other) in enumerate(zip(rows, rows[1:])) if one.document != other.document])
    axes.axvline(1, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    seen = [edge for row in rows for span in (*row.theirs, row.ours[1:3], row.equal[1:3]) for edge in span]
    drawing.factor_axis(axes.xaxis, *drawing.room_around([1, *seen]))
    axes.set_title("times libhamt's time; ours: times the reference's")
    panels.shared_legend(strip, [axes])


def tell(rows):
    for row in rows:
        theirs = " and ".join(dict.fromkeys(
            digits(span.low) + (f" to {digits(span.high)}" if span.high > span.low else "") for span in row.theirs))
        yield (f"{row.label}: {theirs} in the document, ours {with_interval(row.ours)}, on equal terms"
               f" {with_interval(row.equal)}")
    yield from panels.tell_fallbacks({row.label: row.full for row in rows})


EQUAL = Question("How large was the gap, like compared with like?", "gaps", (9, 7.5),
                 lambda results: rows_of(exported(NAME, results.directory).runs), fill, tell)
