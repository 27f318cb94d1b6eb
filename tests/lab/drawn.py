"""What a question's figure shows: its points, and whether its words are in each other's way."""
import contextlib
import itertools

from matplotlib.collections import LineCollection

import paths
from lab import drawing

ROOT = paths.ROOT


@contextlib.contextmanager
def figure_of(question, data):
    """The question's figure, laid out."""
    with drawing.style() as plot:
        figure = plot.figure(figsize=question.size, layout="constrained")
        figure.suptitle(question.title, x=0.01, ha="left", weight="bold")
        question.fill(figure, data)
        figure.canvas.draw()
        yield figure
        plot.close(figure)


def points(figure):
    """{title of a panel: {marker and its filling: [(x, y)]}}, of every marker that is drawn."""
    found = {}
    for axes in (axes for axes in figure.axes if axes.axison):
        panel = found.setdefault(axes.get_title(loc="left"), {})
        for line in axes.lines:
            if line.get_marker() not in (None, "None", ""):
                full = line.get_markerfacecolor() == line.get_color()
                panel.setdefault((line.get_marker(), full), []).extend(
                    zip(map(float, line.get_xdata()), map(float, line.get_ydata())))
    return found


def rings(figure):
    """{title of a panel: [(x, y)]}, of the points with a ring (panels.ring)."""
    found = {}
    for axes in figure.axes:
        for ring in axes.collections:
            if type(ring).__name__ == "PathCollection":
                found.setdefault(axes.get_title(loc="left"), []).extend(
                    tuple(map(float, place)) for place in ring.get_offsets())
    return found


def legends(figure):
    yield from figure.legends
    for sub in figure.subfigs:
        yield from legends(sub)
    for axes in figure.axes:
        if axes.get_legend():
            yield axes.get_legend()


def words(figure):
    """(text, its box, whether it slants) of all that is written, but for legends."""
    for axes in figure.axes:
        texts = [axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        for text in texts:
            if text.get_visible() and text.get_text().strip() and axes.axison:
                yield text.get_text(), text.get_window_extent(), 0 < text.get_rotation() < 90


def markers(axes):
    """(x, y, radius) of every marker, in pixels."""
    for line in axes.lines:
        if line.get_marker() not in (None, "None", ""):
            radius = line.get_markersize() / 2 * axes.figure.dpi / 72
            radius *= 2 ** 0.5 if line.get_marker() == "D" else 1  # a square on its corner
            for x, y in line.get_transform().transform(line.get_xydata()):
                yield x, y, radius


def intervals(axes):
    """The box of every interval, in pixels."""
    for bars in axes.collections:
        if isinstance(bars, LineCollection):
            for path in bars.get_paths():
                yield bars.get_transform().transform_path(path).get_extents()


def hidden(axes):
    """The markers that the panel's edge cuts, and what its legend lies upon."""
    legend = axes.get_legend().get_window_extent() if axes.get_legend() else None
    box = axes.bbox
    if legend:
        yield from ((axes.get_title(loc="left"), "an interval is below the legend")
                    for bar in intervals(axes) if legend.overlaps(bar))
    for x, y, radius in markers(axes):
        if (x - radius < box.x0 - 1 or x + radius > box.x1 + 1 or y - radius < box.y0 - 1 or y + radius > box.y1 + 1):
            yield axes.get_title(loc="left"), "a point is cut", (round(x), round(y))
        if legend and legend.contains(x, y):
            yield axes.get_title(loc="left"), "a point is below the legend", (round(x), round(y))


def collisions(figure):
    """What is written over something else or over the figure's edge, and points that are hidden."""
    found = [each for axes in figure.axes for each in hidden(axes)]
    # Boxes of slanting words overlap, though the words do not.
    found += [(one, other) for (one, box, slants), (other, beside, slanting) in
              itertools.combinations(words(figure), 2)
              if box.overlaps(beside) and not (slants and slanting)]
    whole = figure.bbox
    boxes = [*((text, box) for text, box, _ in words(figure)),
             *((str([text.get_text() for text in legend.get_texts()]), legend.get_window_extent())
               for legend in legends(figure))]
    return found + [(text, "the edge") for text, box in boxes
                    if box.x0 < whole.x0 or box.y0 < whole.y0 or box.x1 > whole.x1
                    or box.y1 > whole.y1]


def answer(question, data):
    """(points, the lines that are told); nothing may be in the way of anything else."""
    with figure_of(question, data) as figure:
        found = collisions(figure)
        if found:
            raise AssertionError(f"{question.title}: {found}")
        return points(figure), list(question.tell(data))
