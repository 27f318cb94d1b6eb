#!/usr/bin/env python3
"""Draws any stored experiment: how long each competitor takes beside what it is compared with.

    python3 -m lab.figures.plot [--store FILE] [--experiment ID or DIRECTORY] [--baseline VARIANT]
                                [--out DIRECTORY]

A panel for each operation, order and kind of key, all on one axis; on it a line for each competitor,
the fastest of all panels first, and a marker for each scale.  Variants are over the baseline; the
same variant with another hash is over itself with the first hash, and under another allocator over
itself under the first.  Where nothing can be compared the times themselves are drawn.  Written to
DIRECTORY/plot.svg and plot.png.
"""
import argparse
import pathlib
import statistics
from typing import NamedTuple

from .. import answer, fallbacks, store, tables
from ..command import BadSetting, Failure, run_report
from ..stats import estimate, paired_ratio
from ..tables import short_scale
from . import drawing, panels
from .question import Question

NAME = "plot"
WIDTH = 10  # inches, for two columns of panels
TITLE, LEGEND, HEAD = 0.4, 0.45, 0.6  # inches of height: of the figure's title and legend, a panel's
LINE, MARK = 0.1, 0.085  # of a line, and of each of its markers
USUAL = {"hash": "xxh3", "allocator": "glibc"}  # what is compared with, where it was measured


class Panel(NamedTuple):
    op: str
    pattern: str
    key: str
    rows: dict   # {competitor's label: {scale: Estimate}}
    full: set    # (label, scale) whose pool fell back to malloc


class Plot(NamedTuple):
    experiment: str
    panels: list
    scales: list
    against: str  # what the times are over; empty where they are times
    lost: int     # times that are not drawn, since what they would be over was not measured there


# ---- What is compared with what ----

def first_of(competitors, field):
    values = [getattr(each, field) for each in competitors]
    return USUAL[field] if USUAL[field] in values else values[0]


class Bases:
    """What each competitor is compared with: another that differs from it in one thing."""

    def __init__(self, competitors, baseline):
        variants = [each.variant for each in competitors]
        self.variant = baseline if baseline in variants else variants[0]
        self.usual = {field: first_of(competitors, field) for field in USUAL}
        self.several = {field for field in store.Competitor._fields
                        if len({getattr(each, field) for each in competitors}) > 1}

    def of(self, competitor):
        """None for the one that all others are compared with."""
        for field in ("allocator", "hash"):
            if getattr(competitor, field) != self.usual[field]:
                return competitor._replace(**{field: self.usual[field]})
        return (competitor._replace(variant=self.variant) if competitor.variant != self.variant
                else None)

    def text(self):
        firsts = {"variant": self.variant, **self.usual}
        return ", ".join(firsts[field] for field in store.Competitor._fields
                         if field in self.several)


def in_order(value, known):
    """A key for sorting: as known has them, and what it does not know last."""
    return (known.index(value) if value in known else len(known), value)


def read(experiment, cells, baseline):
    """The Plot of an experiment's cells."""
    competitors = list(dict.fromkeys(each for row in cells.values() for each in row))
    if not competitors:
        raise Failure(f"experiment {experiment}: no cell was measured")
    bases, found, lost = Bases(competitors, baseline), {}, 0
    compared = any(bases.of(each) in row for row in cells.values() for each in row)
    for cell in sorted(cells, key=lambda cell: (in_order(cell.op, tables.OPS),
                                                in_order(cell.pattern, tables.PATTERNS), cell.key,
                                                cell.scale)):
        row = cells[cell]
        panel = found.setdefault((cell.op, cell.pattern, cell.key),
                                 Panel(cell.op, cell.pattern, cell.key, {}, set()))
        for competitor in competitors:
            mine, base = row.get(competitor), bases.of(competitor)
            if not mine or compared and not base:
                continue
            figure = (estimate(mine.ns_per_op.values()) if not compared else
                      paired_ratio(mine.ns_per_op, row[base].ns_per_op) if base in row else None)
            if figure is None:
                lost += 1
            else:
                label = tables.label(competitor, competitors)
                panel.rows.setdefault(label, {})[cell.scale] = figure
                if fallbacks.share(mine.tree):
                    panel.full.add((label, cell.scale))
    return Plot(experiment, sorted_rows([panel for panel in found.values() if panel.rows]),
                sorted({cell.scale for cell in cells}), bases.text() if compared else "", lost)


def sorted_rows(found):
    """The panels with their rows in one order."""
    every = {}
    for panel in found:
        for label, figures in panel.rows.items():
            every.setdefault(label, []).extend(figure.median for figure in figures.values())
    order = sorted(every, key=lambda label: (statistics.geometric_mean(every[label]), label))
    return [panel._replace(rows={label: panel.rows[label] for label in order
                                 if label in panel.rows}) for panel in found]


# ---- The figure ----

def look(number):
    """Looks for as many scales as there are: first the full markers, then the hollow ones."""
    return panels.look(number % len(panels.LOOKS), full=number < len(panels.LOOKS))


def height(panel, scales):
    return HEAD + len(panel.rows) * (LINE + MARK * scales)


def split(heights):
    """How many of the panels stand in the first of two columns, so that the longer one is short."""
    return min(range(1, len(heights) + 1),
               key=lambda first: max(sum(heights[:first]), sum(heights[first:])))


def draw(axes, panel, plot, several_keys):
    looks = {short_scale(scale): look(number) for number, scale in enumerate(plot.scales)}
    panels.factors(axes, list(panel.rows), {
        short_scale(scale): {label: figures[scale] for label, figures in panel.rows.items()
                             if scale in figures} for scale in plot.scales},
        one=1 if plot.against else None, looks=looks,
        ringed={(short_scale(scale), label) for label, scale in panel.full})
    axes.set_title(f"{panel.op}, {panel.pattern} keys" + f", {panel.key}" * several_keys)


def columns_of(plot):
    """[(panels, their heights)] of the two columns."""
    heights = [height(panel, len(plot.scales)) for panel in plot.panels]
    first = split(heights)
    return [(plot.panels[:first], heights[:first]), (plot.panels[first:], heights[first:])]


def tallest(plot):
    return max(sum(heights) for _, heights in columns_of(plot))


def fill(figure, plot):
    several_keys = len({panel.key for panel in plot.panels}) > 1
    seen = [value for panel in plot.panels for figures in panel.rows.values()
            for each in figures.values() for value in each[:3] if value is not None]
    low, high = drawing.room_around([1, *seen] if plot.against else seen)
    above, strip = panels.with_legend(figure, LEGEND / (tallest(plot) + LEGEND))
    drawn = []
    for part, (shown, heights) in zip(above.subfigures(1, 2), columns_of(plot)):
        rest = max(tallest(plot) - sum(heights), 0.01)
        axes = part.subplots(len(shown) + 1, squeeze=False, height_ratios=[*heights, rest]).ravel()
        axes[-1].set_axis_off()
        for one, panel in zip(axes, shown):
            draw(one, panel, plot, several_keys)
            drawing.factor_axis(one.xaxis, low, high, drawing.plain_ticks(low, high, 7))
            drawn.append(one)
    panels.shared_legend(strip, drawn, order=list(map(short_scale, plot.scales)))


def tell(plot):
    if plot.lost:
        yield (f"not drawn: {plot.lost} times of which what they would be over"
               f" ({plot.against}) was not measured in the same place")


def question_of(plot):
    wanted = f"how long, over {plot.against}?" if plot.against else "how many ns an operation?"
    return Question(f"Experiment {plot.experiment}: {wanted}", NAME,
                    (WIDTH, TITLE + tallest(plot) + LEGEND), None, fill, tell)


# ---- Which experiment ----

def open_experiment(path, wanted):
    """(connection, id): `wanted` is an id in the store, the directory of an exported experiment, or
    None for the newest in the store."""
    exported = pathlib.Path(wanted or "") / "experiment.csv"
    if wanted and exported.exists():
        directory = exported.parent.resolve()
        connection = store.open_runs(directory.name, runs=directory.parent)
        return connection, store.newest_experiment(connection)
    connection = store.connect(path)
    return connection, store.experiment(connection,
                                        wanted or store.newest_experiment(connection))["id"]


def report(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", default=store.STORE)
    parser.add_argument("--experiment", help="its id, or the directory of an exported one; the"
                                             " newest if it is not given")
    parser.add_argument("--baseline", help="the variant that others are compared with (list, or"
                                           " the first)")
    parser.add_argument("--out", type=pathlib.Path, default=store.ROOT / "build")
    given = parser.parse_args(arguments)
    connection, name = open_experiment(given.store, given.experiment)
    cells = store.replicates(connection, name)
    known = {each.variant for row in cells.values() for each in row}
    if given.baseline and given.baseline not in known:
        raise BadSetting(f"--baseline: experiment {name} has no {given.baseline}; one of:"
                         f" {', '.join(sorted(known))}")
    plot = read(name, cells, given.baseline or answer.baseline(known))
    question = question_of(plot)
    print(*question.write(plot, given.out), *question.tell(plot), sep="\n")
    failed = sum(row["runs"] for row in store.failures(connection, name))
    if failed:
        print(f"not drawn: {failed} runs that gave no time; make table says why")


if __name__ == "__main__":
    run_report("plot", report)
