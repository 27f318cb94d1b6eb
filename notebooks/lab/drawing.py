"""The style that all figures share, and how they are written.

A figure's title is the question that it answers.  Colours are those that colour-blind readers tell
apart (Okabe and Ito, Color Universal Design, 2008); since print may be grey, nothing is told by
colour alone: each series has a marker of its own too.

A figure is written twice, as SVG for pages and as PNG for what shows no SVG.  The same data and the
same matplotlib give the same bytes: no date, no random names.
"""
import contextlib
import math
import pathlib
import sys

from .command import Failure
from .store import whole

BLACK, GREY = "#000000", "#767676"
BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PAGE_DPI = 96  # of a page of HTML, by definition; files have more, for sharp screens
STYLE = {
    "figure.dpi": 100, "savefig.dpi": 150, "savefig.facecolor": "white",
    "font.family": "DejaVu Sans", "font.size": 9, "axes.titlesize": 9, "axes.titlelocation": "left",
    "figure.titlesize": 12, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#DDDDDD", "grid.linewidth": 0.6,
    "lines.linewidth": 1.2, "lines.markersize": 5.5, "legend.frameon": False,
    "svg.hashsalt": "hamtlab", "svg.fonttype": "path",
}
METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


@contextlib.contextmanager
def style():
    """matplotlib.pyplot, in the style of the lab as long as it is used; without a screen."""
    try:
        import matplotlib
    except ImportError:
        raise Failure(f"{sys.executable} has no matplotlib: make build/packages-figures") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot
    # The reader's own matplotlibrc must not change what is drawn.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield matplotlib.pyplot


def save(figure, directory, name, question):
    """Writes DIRECTORY/NAME.svg and .png, the directory with them; their paths."""
    paths = [pathlib.Path(directory) / f"{name}.{kind}" for kind in METADATA]
    for path, (kind, metadata) in zip(paths, METADATA.items()):
        with whole(path) as part:
            figure.savefig(part, format=kind, metadata=metadata | {"Title": question})
    return paths


def write(directory, name, question, size, fill):
    """Writes a figure of a size in inches under its question; fill(figure) draws it.  Its paths."""
    with style() as plot:
        figure = plot.figure(figsize=size, layout="constrained")
        figure.suptitle(question, x=0.01, ha="left", weight="bold")
        fill(figure)
        paths = save(figure, directory, name, question)
        plot.close(figure)
    return paths


def room_around(values, share=0.04):
    """(low, high) of a logarithmic axis on which the outermost markers are whole."""
    low, high = min(values), max(values)
    room = max(1.02, (high / low) ** share)
    return low / room, high * room


def halo():
    """path_effects of words that may lie upon a line."""
    from matplotlib.patheffects import withStroke
    return [withStroke(linewidth=2, foreground="white")]


def plain_ticks(low, high, most=8):
    """Ticks for a logarithmic axis of factors: round numbers, as many as can be read."""
    if high < 1.5 * low:
        return even_ticks(low, high, most)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9),
                  (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10 ** decade for decade in decades for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= most:
            break
    return ticks


def even_ticks(low, high, most):
    """The same for an axis so short that it is nearly linear: multiples of one round number."""
    decade = math.floor(math.log10(high - low)) - 1
    for step in (digit * 10.0 ** (decade + more) for more in range(3) for digit in (1, 2, 5)):
        ticks = [round(step * i, 12) for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
        if len(ticks) <= most:
            break
    return ticks


def factor_axis(axis, low, high, ticks=None, text="{:g}".format):
    """Makes an axis (axes.xaxis or axes.yaxis) logarithmic from low to high with plain numbers, or
    with the ticks and the text that are asked for."""
    scale, limits = ((axis.axes.set_xscale, axis.axes.set_xlim) if axis.axis_name == "x" else
                     (axis.axes.set_yscale, axis.axes.set_ylim))
    scale("log")
    limits(low, high)
    axis.set_major_locator(_fixed(plain_ticks(low, high) if ticks is None else ticks))
    axis.set_minor_locator(_fixed([]))
    axis.set_major_formatter(lambda value, _: text(value))


def _fixed(ticks):
    from matplotlib.ticker import FixedLocator
    return FixedLocator(ticks)
