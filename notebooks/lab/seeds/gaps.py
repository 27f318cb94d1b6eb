"""The figure about what the seed documents divided by: their ratios to libhamt, ours taken in the same way, and ours on
equal terms."""
from typing import NamedTuple

from .. import fallbacks, panels
from ..printing import digits, short_scale, with_interval
from ..question import Question, demand
from ..results import exported
from ..stats import Estimate
from .comparison import Measured, compare_all
from .figures import NAME, base_place, place, read_figures

# The range of what the documents say is drawn as an interval is.
SERIES = {"documents": lambda row: row.said, "ours, as they divide": lambda row: row.ours,
          "ours, on equal terms": lambda row: row.equal}
_, *OURS = SERIES
LOOKS = dict(zip(SERIES, [panels.look(2, full=False), panels.look(0), panels.look(1)]))


class Row(NamedTuple):
    """A ratio that a document has, in however many of its tables."""
    document: str
    label: str
    theirs: list    # Spans
    ours: Estimate
    equal: Estimate
    full: float     # share of its arrays that malloc served because its pool was full

    @property
    def said(self):
        """All of theirs as one range."""
        low, high = min(span.low for span in self.theirs), max(span.high for span in self.theirs)
        return Estimate((low * high) ** 0.5, low, high, len(self.theirs))


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
    panels.grid(figure, {"times libhamt's time; ours: times the reference's": {
        "names": [row.label for row in rows], "looks": LOOKS,
        "series": {name: {row.label: of(row) for row in rows} for name, of in SERIES.items()},
        "groups": [i for i, (one, other) in enumerate(zip(rows, rows[1:])) if one.document != other.document],
        "ringed": {(name, row.label) for name in OURS for row in rows if row.full}}}, 1, 0.05)


def tell(rows):
    for row in rows:
        theirs = " and ".join(dict.fromkeys(
            digits(span.low) + (f" to {digits(span.high)}" if span.high > span.low else "") for span in row.theirs))
        yield (f"{row.label}: {theirs} in the document, ours {with_interval(row.ours)}, on equal terms"
               f" {with_interval(row.equal)}")
    yield from panels.tell_fallbacks({row.label: row.full for row in rows})


EQUAL = Question("How large was the gap, like compared with like?", "gaps", (9, 7.5),
                 lambda results: rows_of(exported(NAME, results.directory).runs), fill, tell)
