"""Any experiment as a figure: how long each competitor takes beside what it is compared with.

A panel for each operation, order and kind of key, all on one axis; on it a line for each competitor, the fastest of all
panels first, and a marker for each scale.  Variants are over the baseline; the same variant with another hash is over
itself with the first hash, and under another allocator over itself under the first.  Where nothing can be compared the
times themselves are drawn.
"""
from typing import NamedTuple

import numpy
import pandas

from . import (drawing, experiment as experiments, fallbacks, pairs, panels, results, sequential, settings,
               store as stores)
from .command import BadSetting
from .printing import op_order, pattern_order, short_scale
from .question import Question
from .results import COMPETITOR, RUN

WIDTH = 10  # inches, for two columns of panels
TITLE, LEGEND, HEAD = 0.4, 0.45, 0.6  # inches of height: of the figure's title and legend, a panel's
LINE, MARK = 0.1, 0.085  # of a line, and of each of its markers
USUAL = {"allocator": "glibc", "hash": "xxh3"}  # what is compared with, where it was measured
PANEL = ["op", "pattern", "key"]


class Plot(NamedTuple):
    experiment: str
    figures: pandas.DataFrame  # PANEL, label, scale, figure (an Estimate), full (was its pool?)
    against: str  # what the times are over; empty where they are times
    lost: int     # times that are not drawn, since what they would be over was not measured there


def read(experiment, runs, baseline=None):
    """The Plot of an experiment's runs."""
    if not len(runs):
        raise results.NotMeasured(f"experiment {experiment}: no cell was measured")
    usual = {**USUAL, "variant": baseline or settings.baseline(set(runs["variant"]))}
    first = {name: value if value in set(runs[name]) else runs[name].iloc[0] for name, value in usual.items()}
    over = {name: pairs.ratios(runs, value, name) for name, value in first.items()}
    rows = runs.assign(label=experiments.labels(runs), full=runs["tree"].map(fallbacks.share) > 0).drop_duplicates(RUN)
    # Each is over the one that differs in the first of these fields in which it is not the usual one.
    rows["field"] = [next((name for name in first if getattr(row, name) != first[name]), None)
                     for row in rows.itertuples()]
    keys = [tuple(row) for row in rows[RUN].itertuples(index=False)]
    figures = [over[field].get(key) if field else None for key, field in zip(keys, rows["field"])]
    compared = any(figures)
    if not compared:
        times = pairs.estimates(runs.set_index([*RUN, "block"])["ns_per_op"], RUN, sequential.of(runs))
        figures = [times[key] for key in keys]
    rows = rows.assign(figure=figures)
    drawn, lost = rows[rows["figure"].notna()], rows["figure"].isna() & rows["field"].notna()
    logs = pandas.Series(numpy.log([each.median for each in drawn["figure"]]), drawn.index)
    rank = logs.groupby(drawn["label"]).mean()
    drawn = drawn.assign(rank=drawn["label"].map(rank)).sort_values(["rank", "label"], kind="stable")
    shown = ", ".join(first[name] for name in COMPETITOR if runs[name].nunique() > 1)
    return Plot(experiment, drawn[[*PANEL, "label", "scale", "figure", "full"]], shown if compared else "",
                int(lost.sum()))


# ---- The figure ----

def panels_of(plot):
    """[(title's words, its rows)] in the order in which operations are told."""
    return sorted(plot.figures.groupby(PANEL, sort=False),
                  key=lambda each: (op_order(each[0][0]), pattern_order(each[0][1]), each[0][2]))


def columns_of(plot):
    """[[(panel, its height)]] of the two columns, the longer of which is as short as can be."""
    scales = plot.figures["scale"].nunique()
    found = [(panel, HEAD + panel[1]["label"].nunique() * (LINE + MARK * scales)) for panel in panels_of(plot)]

    def longer(first):
        return max(sum(height for _, height in part) for part in (found[:first], found[first:]))
    first = min(range(1, len(found) + 1), key=longer)
    return found[:first], found[first:]


def tallest(plot):
    return max(sum(height for _, height in column) for column in columns_of(plot))


def look(number):
    """Looks for as many scales as there are: first the full markers, then the hollow ones."""
    return panels.look(number, full=number < len(panels.LOOKS))


def draw(axes, panel, plot, looks):
    (op, pattern, key), rows = panel
    by_scale = {short_scale(scale): dict(zip(group["label"], group["figure"]))
                for scale, group in rows.groupby("scale")}
    panels.factors(axes, list(dict.fromkeys(rows["label"])), {name: by_scale.get(name, {}) for name in looks},
                   one=1 if plot.against else None, looks=looks,
                   ringed={(short_scale(row.scale), row.label) for row in rows[rows["full"]].itertuples()})
    axes.set_title(f"{op}, {pattern} keys" + f", {key}" * (plot.figures["key"].nunique() > 1))


def fill(figure, plot):
    seen = [value for each in plot.figures["figure"] for value in each[:3] if value is not None]
    low, high = drawing.room_around([1, *seen] if plot.against else seen)
    looks = {short_scale(scale): look(number) for number, scale in enumerate(sorted(plot.figures["scale"].unique()))}
    above, strip = panels.with_legend(figure, LEGEND / (tallest(plot) + LEGEND))
    drawn = []
    for part, column in zip(above.subfigures(1, 2), columns_of(plot)):
        heights = [height for _, height in column]
        axes = part.subplots(len(column) + 1, squeeze=False,
                             height_ratios=[*heights, max(tallest(plot) - sum(heights), 0.01)]).ravel()
        axes[-1].set_axis_off()
        for one, (panel, _) in zip(axes, column):
            draw(one, panel, plot, looks)
            drawing.factor_axis(one.xaxis, low, high, drawing.plain_ticks(low, high, 7))
            drawn.append(one)
    panels.shared_legend(strip, drawn, order=list(looks))


def tell(plot):
    if plot.lost:
        yield (f"not drawn: {plot.lost} times of which what they would be over ({plot.against}) was not measured in the"
               " same place")


def question_of(plot):
    wanted = f"how long, over {plot.against}?" if plot.against else "how many ns an operation?"
    return Question(f"Experiment {plot.experiment}: {wanted}", "plot", (WIDTH, TITLE + tallest(plot) + LEGEND), None,
                    fill, tell)


def plot(store=stores.STORE, experiment=None, baseline=None, out=stores.ROOT / "build"):
    """draws an experiment into OUT/plot.svg and .png: the newest, or EXPERIMENT, an id or an export's directory"""
    found, _ = results.find(store, experiment)
    known = set(found.runs["variant"])
    if baseline and baseline not in known:
        raise BadSetting(f"BASELINE={baseline}: was not measured; one of: {', '.join(sorted(known))}")
    read_of = read(found.about["id"], results.told_apart(found.runs), baseline)
    question = question_of(read_of)
    print(*question.write(read_of, out), *question.tell(read_of), sep="\n")
    if len(found.failed):
        print(f"not drawn: {len(found.failed)} runs that gave no time; make table says why")
