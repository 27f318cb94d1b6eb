"""How much does the program's place in memory decide?

One program was linked in other orders, padded, and run in larger environments.  How far apart are these layouts'
median times, beside those of copies that are the same?  No gate: it says how much of a difference to believe.
"""
import math

import numpy
from scipy.stats import permutation_test

from .. import panels, stats
from ..printing import align, short_scale
from ..question import Question, demand
from . import study
from .trust import SURPRISE

KINDS = {"same": "copies", "link": "order of linking", "move": "start moved", "envs": "size of the environment"}
CELL = ["op", "scale"]


def medians(runs):
    """The log of each layout's median time, the block's median taken off; by CELL, kind and layout."""
    logs = runs.assign(log=numpy.log(runs["ns_per_op"]))
    off = logs.groupby([*CELL, "block"])["log"].transform("median")
    return logs.assign(log=logs["log"] - off).groupby([*CELL, "kind", "layout"])["log"].median()


def spreads(found):
    """The standard deviation of each cell's and kind's layouts, an Estimate in percent."""
    return found.groupby(level=[*CELL, "kind"]).agg(lambda logs: [stats.bootstrap(logs, numpy.std).scaled(100)]).str[0]


def wider(logs, same):
    """The p-value, by permutation, that layouts differ no more than copies that are the same do: how often do medians
    dealt out at random lie as much farther apart?"""
    def excess(one, other, axis):
        return numpy.std(one, axis=axis) - numpy.std(other, axis=axis)
    return permutation_test([(each - each.median()).to_numpy() for each in (logs, same)], excess, vectorized=True,
                            alternative="greater", n_resamples=9999, random_state=1).pvalue


def judge_layout(runs):
    found = medians(runs)
    groups = dict(iter(found.groupby(level=[*CELL, "kind"])))
    compared = [place for place in groups if place[-1] != "same"]
    adjusted = dict(zip(compared, stats.holm([wider(groups[place], groups[(*place[:-1], "same")])
                                              for place in compared])))
    certain = [f"{op} at {short_scale(scale)} by {kind}" for (op, scale, kind), p in adjusted.items() if p <= SURPRISE]
    yield study.Verdict(None, "layouts that lie farther apart than copies of one program, after Holm's"
                  f" correction for {len(compared)}: {', '.join(certain) or 'none'}")
    lines, spread = [], spreads(found)
    for op, scale, kind in sorted(groups, key=lambda place: (place[:-1], list(KINDS).index(place[-1]))):
        logs, each = groups[op, scale, kind], spread[op, scale, kind]
        p = adjusted.get((op, scale, kind))
        lines.append([op, short_scale(scale), kind, str(len(logs)),
                      f"{each.median:.2f} [{each.low:.2f} {each.high:.2f}] %",
                      f"{100 * math.expm1(logs.max() - logs.min()):.1f} %", "" if p is None else stats.p_text(p)])
    yield study.Verdict(None, align([*CELL, "kind", "layouts", "standard deviation", "farthest apart", "p"], lines,
                              figures=4, cell=1))


# ---- The figure ----

def read(results):
    """The spreads in a table: a row for each cell, a column for each kind."""
    _, runs = study.read("layout", results.directory)
    demand(len(runs), "layout")
    found = spreads(medians(runs)).unstack("kind")
    found.index = [f"{op} {short_scale(scale)}" for op, scale in found.index]
    return found[[kind for kind in KINDS if kind in found]].rename(columns=KINDS)


def fill(figure, found):
    above, strip = panels.with_legend(figure, 0.1)
    axes = above.subplots()
    panels.factors(axes, list(found.index), {kind: dict(values) for kind, values in found.items()}, one=None,
                   looks={kind: panels.look(number, full=number > 0) for number, kind in enumerate(found)})
    axes.set_title("standard deviation of the layouts' median times, %")
    panels.shared_legend(strip, [axes])


def tell(found):
    for kind, values in found.items():
        place = max(values.index, key=lambda each: values[each].median)
        worst = values[place]
        yield (f"{kind}: at most {worst.median:.2f} % [{worst.low:.2f} {worst.high:.2f}], {place},"
               f" {worst.count} layouts.")


LAYOUT = Question("How much does the program's place in memory decide?", "layout", (7.5, 4), read, fill, tell)
