#!/usr/bin/env python3
"""Prints and draws which fix closes the gap: what the factorial experiment over the parts says.

    python3 -m lab.factorial.report [--runs DIR] [--counts FILE] [--figures DIR]

What each fix does and which two do not simply multiply; in which order they gain most soonest; how
well the model knows what it was not told; what is left to the reference.  The figure is
DIR/factorial.svg and .png.  lab.factorial.effects has all of it as data.
"""
import pathlib
import statistics

from .. import store
from ..columns import align, fields
from ..command import Parser, run_report
from ..counts import report as counts
from ..figures import factorial as factorial_figure
from ..stats import Estimate
from ..tables import digits, short_scale, with_interval
from . import effects

FIGURES = store.ROOT / "results" / "figures"


def shown(figure):
    """A figure and its interval; one that is exact has none, and one that there is not a dash."""
    if figure is None:
        return "-"
    value, low, high = figure[:3]
    return digits(value) if low is None else with_interval(Estimate(value, low, high, 0))


def header(study):
    about = study.about
    commit = (about["source_commit"] or "unknown")[:12]
    changed = " with changes" if about["dirty"] else ""
    unrest = ", ".join(
        f"{response.label} {digits(statistics.fmean(response.model.unrest.values()))}"
        for response in effects.timed(study))
    blocks = " and ".join(f"{len(study.times['put', scale].model.blocks)} at {short_scale(scale)}"
                          for scale in study.scales)
    return "\n".join([
        f"experiment {about['id']}  {about['started'][:16].replace('T', ' ')} UTC"
        f"  commit {commit}{changed}",
        f"{about['cpu']}, {about['cores']} cores, {about['kernel']}"
        f"{', virtual' if about['virtualised'] else ''}",
        f"{len(list(study.design.fraction()))} of the {2 ** len(study.design.fixes)} compositions of"
        f" {len(study.design.fixes)} fixes, one process of each in a block; blocks: {blocks}",
        f"variance of effects between blocks over that of noise (1: the blocks agree): {unrest}"])


# ---- Effects ----

def effect_table(study):
    columns = effects.responses(study)
    change = {factor.fix: factor.change for factor in study.design.factors}

    def cells(term):
        found = [response.model.effects[term] for response in columns]
        return [shown(effect) if effect.p is None else
                shown(effect) + ("*" if effect.stands else " ") for effect in found]
    rows = [[fix, *cells((fix,))] for fix in effects.sorted_fixes(study)]
    rows += [[" x ".join(pair), *cells(pair)] for pair in effects.standing_pairs(study)]
    table = align(["fix", *(column.label for column in columns)], rows, figures=len(columns), cell=0)
    changes = fields([(fix, change[fix]) for fix in effects.sorted_fixes(study)])
    return f"{table}\n\n{changes}"


EFFECT_NOTE = """\
A fix: with it over without it, all others on and off alike; below 1 is faster, or less memory.
Two fixes: what one multiplies by where the other is, over the same where it is not; above 1, both
together are worth less than the product.  Two that do so in no time are left out.  95 % intervals;
* stands among all effects of its column (Holm).  Bytes are exact: they have no interval."""


# ---- The ladder ----

def ladder_table(study):
    """At each scale, the order that gains most soonest for put and get together, rung by rung."""
    rows = []
    for scale in study.scales:
        for rung in effects.ladder(study, scale, effects.orders(study, scale)["put and get"]):
            times = [text for op in effects.OPS for text in
                     (shown(rung.predicted[op]), with_interval(rung.measured.get(op)))]
            memory = (f"~{digits(rung.bytes.value)}" if rung.bytes_measured is None else
                      digits(rung.bytes_measured))
            rows.append([short_scale(scale), ("" if rung.added == study.design.baseline else "+ ")
                         + rung.added, *times, memory, f"{100 * rung.gap_left:.0f} %"])
    return align(["scale", "rung", *(f"{op}, {how}" for op in effects.OPS
                                     for how in ("predicted", "measured")),
                  "bytes/entry", "gap left"], rows, figures=6, cell=1)


LADDER_NOTE = """\
Times over the reference's.  Predicted: by the mean, the fixes and their pairs; the interval is that
of a composition that was not measured.  Measured: the median, its interval by the sign test, or by
the noise of all compositions where blocks are too few for it.  ~: bytes that are predicted.  Gap
left: put and get together, predicted: of the logarithm by which the baseline is slower."""


def order_table(study):
    rows, columns = [], [f"fix {number}" for number in range(1, len(study.design.fixes) + 1)]
    for scale in study.scales:
        for what, order in effects.orders(study, scale).items():
            rungs = effects.ladder(study, scale, order)
            rows.append([short_scale(scale), what,
                         *(f"{rung.added} {digits(rung.together)}" for rung in rungs[1:]),
                         f"{100 * effects.mean_gap_left(rungs):.0f} %"])
        cells = [""] * len(columns)
        way = effects.measured_ladder(study, scale)
        for (before, _), (after, time) in zip(way, way[1:]):
            added = "+".join(fix for fix in study.design.fixes if fix in after - before)
            cells[len(after) - 1] = f"{added} {digits(time)}"
        rows.append([short_scale(scale), "measured, by twos", *cells, ""])
    return align(["scale", "order", *columns, "gap left"], rows, figures=1, cell=1)


ORDER_NOTE = """\
The order that gains most soonest for both operations, for each, and for memory; that of the seed
documents; and, two fixes at a time, that of the measurements alone.  With each fix stands what put
and get together then take over the reference's: predicted, but for the last line of each scale.
Gap left: as above, on the mean of the rungs."""


# ---- How good the model is ----

def check_table(study):
    columns = effects.responses(study)
    by_variant = {}
    for check in effects.checks(study):
        by_variant.setdefault(check.variant, {})[check.what, check.scale] = check

    def cell(found):
        return "-" if found is None else digits(found.ratio) + (" " if found.inside else "!")
    rows = [[variant, *(cell(found.get((column.what, column.scale))) for column in columns)]
            for variant, found in by_variant.items()]
    rows.append(["interval", *(
        f"{digits(1 / column.model.prediction_factor())} to"
        f" {digits(column.model.prediction_factor())} " for column in columns)])
    return align(["composition", *(column.label + " " for column in columns)], rows,
                 figures=len(columns), cell=0)


def check_note(study):
    found = effects.checks(study)
    inside = sum(check.inside for check in found)
    return f"""\
Measured beside the design but no part of it: the measured mean over the model's prediction.  ! lies
outside of the prediction's 95 % interval, the last line; {inside} of {len(found)} lie inside."""


def again_table(found):
    rows = [[again.op, again.fix, shown(again.predicted), with_interval(again.measured)]
            for again in sorted(found, key=lambda again: effects.OPS.index(again.op))]
    return align(["op", "fix", "predicted", "measured"], rows, figures=2, cell=1)


AGAIN_NOTE = f"""\
Single fixes over the baseline: predicted from this run, and measured in runs/{effects.SINGLES}."""


# ---- What is left ----

def left_table(study, rows):
    lines, lost = [], []
    for scale in study.scales:
        counted, absent = effects.left_in_counts(study, scale, rows)
        lost += absent
        for left in [*effects.left(study, scale), *counted]:
            lines.append([short_scale(scale), left.what, digits(left.best), digits(left.reference),
                          shown(left.ratio)])
    table = align(["scale", "an operation", "best", "reference", "ratio"], lines, figures=3, cell=1)
    return "\n".join([table, *([""] if lost else []), *lost])


def left_note(study):
    told = "\n".join(f"    {short_scale(scale):<6}{effects.best(study, scale)}"
                     for scale in study.scales)
    return f"""\
The composition of the design that the model has fastest for put and get together, beside the
reference.  Instructions, misses and loads that wait for each other are counted (make counts).
{told}"""


# ---- The report ----

def sections(study, counted, again):
    yield "What each fix does", EFFECT_NOTE, effect_table(study)
    yield "The order that gains most soonest", LADDER_NOTE, ladder_table(study)
    yield "Orders", ORDER_NOTE, order_table(study)
    yield "What the model was not told", check_note(study), check_table(study)
    if again:
        yield "The same fixes in another run", AGAIN_NOTE, again_table(again)
    yield "What is left to the reference", left_note(study), left_table(study, counted)


def singles_again(study, runs):
    """What runs/fixes has about the single fixes; nothing if it is not there."""
    if not (pathlib.Path(runs) / effects.SINGLES / "experiment.csv").exists():
        return []
    connection = store.open_runs(effects.SINGLES, runs=runs)
    return effects.against(study, connection, store.newest_experiment(connection))


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=store.RUNS, help="where exported experiments are")
    parser.add_argument("--counts", default=counts.COUNTS, type=pathlib.Path)
    parser.add_argument("--figures", default=FIGURES, help="where the figure goes")
    given = parser.parse_args(arguments)
    study = effects.open_study(given.runs)
    print(header(study))
    for title, note, table in sections(study, counts.load(given.counts),
                                       singles_again(study, given.runs)):
        print("", title, note, "", table, sep="\n")
    print("", *factorial_figure.draw(study, given.figures), sep="\n")


if __name__ == "__main__":
    run_report("factorial", report)
