"""The figure about what the seed documents divided by: their ratios to libhamt, ours taken in the
same way, and ours on equal terms."""
from ..documents import seeds
from ..tables import digits, short_scale, with_interval
from . import drawing, panels
from .question import Question, demand

SERIES = {"ours, as they divide": lambda comparison: comparison.our_ratio,
          "ours, on equal terms": lambda comparison: comparison.equal_terms}


def read_cells(cells):
    """[Comparison] of every measured ratio to libhamt for which there are both of ours."""
    measured = seeds.Measured(cells)
    found = [comparison for _, group in seeds.compare_all(seeds.read_figures(), measured)
             for comparison in group]
    return demand([one for one in found
                   if one.figure.metric == "ratio_to_libhamt" and one.figure.kind == "measured"
                   and one.figure.scale and one.our_ratio and one.equal_terms
                   and one.equal_terms.low is not None and one.our_ratio.low is not None],
                  "ratio to the reference that the documents have to libhamt")


def label(comparison):
    where = seeds.place(comparison.figure)
    return (f"{comparison.figure.document}: {where.op} {short_scale(where.scale)} {where.pattern},"
            f" {where.composition}")


def fill(figure, found):
    axes = figure.subplots()
    for row, comparison in enumerate(found):
        axes.plot(comparison.figure.span, [row - 0.25] * 2, label="documents" if row == 0 else None,
                  **panels.look(2, full=False))
        for number, (name, of) in enumerate(SERIES.items()):
            panels.point(axes, of(comparison).median, row + 0.25 * number, of(comparison), "x",
                         label=name if row == 0 else None, **panels.look(number))
    axes.set_yticks(range(len(found)), map(label, found))
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.axvline(1, color=drawing.BLACK, linewidth=0.8)
    axes.set_xlabel("times libhamt's time; ours: the reference's")
    seen = [edge for one in found for edge in (*one.figure.span, *(
        bound for of in SERIES.values() for bound in (of(one).low, of(one).high)))]
    drawing.factor_axis(axes.xaxis, 0.9 * min(1, *seen), 1.1 * max(seen))
    axes.legend(loc="lower right")


def tell(found):
    for one in found:
        yield (f"{label(one)}: {digits(one.figure.span.low)} in the document, ours"
               f" {with_interval(one.our_ratio)}, on equal terms {with_interval(one.equal_terms)}")


EQUAL = Question("How large was the gap, like compared with like?", "gaps", (9, 7.5),
                 lambda results: read_cells(results.experiment(seeds.NAME).cells), fill, tell)
