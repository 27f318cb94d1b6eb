"""What do versions of a map cost, and what does it cost to be able to have them?

Two kinds of layouts are compared: those that share nodes between versions, and those that copy the whole map for each.
A layout that shares differs in one part, share.h in a trie and own.h in a bucket trie, from one that was measured
beside it: its base, whose times say what sharing costs where nothing is shared.

The targets (lab.targets) are what people who choose such a map ask for.
"""
import functools
from typing import NamedTuple

import pandas

from . import cell, drawing, pairs, panels
from .experiment import describe, print_failures
from .printing import Table, align, code, digits, duration, paragraph, short_scale, with_interval
from .question import Question, demand
from .results import MAP, RESULTS, NotMeasured, exported, parameter, processes
from .settings import compose
from .shape import model
from .stats import Estimate, estimate
from .targets import MET, MISSED, Limit, Target, reached
from .tree_figures import SLOT_BYTES

NAME = "versions"  # of the trie's plan, and of the program of all
BUCKET = "versions-bucket"  # of the bucket trie's plan
PARTS = ("share.h", "own.h")
PARAMETERS = ["versions", "every", "differ"]
PUT, VERSION = "put", "version"
THOUSAND_VERSIONS, LARGE = 10 ** 4, 10 ** 6  # entries: of which what a version takes is asked, and its time


# ---- What was measured ----

@functools.lru_cache(maxsize=None)
def parts_beside(variant):
    """(family, {part: what answers it}) of a layout, but for the part that says who shares; whether that is
    answered."""
    composition = compose.Composition(variant)
    parts = dict(composition.by_part)
    own = [parts.pop(part, None) for part in PARTS]
    return (composition.family, parts), any(own)


def shares(variant):
    """Whether versions of this layout share nodes."""
    return parts_beside(variant)[1]


def base_of(variant, variants):
    """That of these which is the same but shares none; None if there is none."""
    wanted, _ = parts_beside(variant)
    return next((name for name in variants if parts_beside(name) == (wanted, False)), None)


class Measured(NamedTuple):
    times: pandas.Series  # by program, op, variant, scale, parameters and block, and turn if there are some
    bytes: pandas.Series  # of a version, that became resident, by variant, scale, every and block

    def of(self, program, op, variant, scale, **parameters):
        """The times in each block, or in each turn; empty where it was not measured."""
        return self._where(self.times, program=program, op=op, variant=variant, scale=scale, **parameters)

    @property
    def variants(self):
        return list(dict.fromkeys(self.times.index.get_level_values("variant")))

    def bytes_of(self, variant, scale, every):
        return self._where(self.bytes, variant=variant, scale=scale, every=every)

    @staticmethod
    def _where(series, **values):
        found = series
        for name, value in values.items():
            found = found[found.index.get_level_values(name) == value]
        return found.droplevel([name for name in found.index.names if name not in ("block", "turn")])


def read(runs, values):
    """Of the experiment's runs, and of its processes' values."""
    def with_parameters(frame):
        return frame.assign(**{name: parameter(frame, name).fillna(0).astype(int) for name in PARAMETERS})
    times = pairs.by_turn(with_parameters(runs).set_index(["program", "op", "variant", "scale", *PARAMETERS, "block"]))
    made = with_parameters(values[values["op"] == VERSION]).set_index(["variant", "scale", "every", "block"])
    return Measured(times, made.reindex(columns=["rss_per_version"]).squeeze("columns").dropna())


def stored(results, name=NAME):
    return read(exported(name, results).runs, processes(name, results)[1])


def estimated(values):
    return estimate(pairs.over_turns(values)) if len(values) else None


# ---- Targets ----

def scales(found, program, op, variant):
    index = found.times.index
    rows = index[(index.get_level_values("program") == program) & (index.get_level_values("op") == op)
                 & (index.get_level_values("variant") == variant)]
    return sorted(rows.get_level_values("scale").unique())


def targets(found):
    """What is asked of a layout that shares."""
    def base(variant):
        return base_of(variant, found.variants)

    def transient(op):
        """Over the base, where no version was ever taken."""
        return lambda variant: {
            scale: (found.of(MAP, op, variant, scale) / found.of(MAP, op, base(variant), scale)).dropna()
            for scale in scales(found, MAP, op, variant)}

    def differing(op):
        return lambda variant: {LARGE: found.of(NAME, op, variant, LARGE, differ=100) / 1000}
    return [
        Target("snapshot", Limit(100), lambda variant: {
            scale: found.of(NAME, "snapshot", variant, scale)
            for scale in scales(found, NAME, "snapshot", variant)}, "ns"),
        Target("put, nothing shared, over its base", Limit(1.05), transient("put"), "x"),
        Target("get, nothing shared, over its base", Limit(1.05), transient("get"), "x"),
        Target("put after a snapshot, over a put into its base", Limit(2), lambda variant: {
            LARGE: (found.of(NAME, VERSION, variant, LARGE, every=1)
                    / found.of(NAME, PUT, base(variant), LARGE, every=1)).dropna()}, "x"),
        Target("a version for every put", Limit(400), lambda variant: {
            THOUSAND_VERSIONS: found.bytes_of(variant, THOUSAND_VERSIONS, 1)}, "bytes"),
        Target("diff, 100 entries differ", Limit(50), differing("diff"), "us"),
        Target("merge, 100 entries differ", Limit(150), differing("merge"), "us")]


def reached_by_sharing(found):
    return reached(targets(found), list(filter(shares, found.variants)))


def most(target):
    return f"{target.limit.bound:g} {target.unit}"


def nearest_table(rows):
    """For each target the layout that comes nearest to it, and how many meet it and miss it."""
    table = []
    for target in dict.fromkeys(row.target for row in rows):
        of_it = [row for row in rows if row.target is target]
        best = min(of_it, key=lambda row: row.value.median)
        table.append([target.what, most(target), code(best.who), short_scale(best.scale),
                      with_interval(best.value), best.verdict,
                      *(f"{sum(row.verdict == word for row in of_it)} of {len(of_it)}" for word in (MET, MISSED))])
    return Table(["what", "at most", "nearest to it", "worst at", "reached", "", "met by", "missed by"], table, 4)


# ---- What a version takes, and what its way has ----

COST_NOTE = """\
A snapshot before every put: the time of a put with its snapshot, alone and over a put into the base; bytes that became
resident for a version; what a uniform hash has on the way to an entry, which such a put copies (lab.shape.model; of a
bucket trie there is no model)."""


def cost_table(found):
    rows = []
    for scale in (THOUSAND_VERSIONS, LARGE):
        for variant in filter(shares, found.variants):
            times, shape = found.of(NAME, VERSION, variant, scale, every=1), cell.shape_of(variant)
            size = estimated(found.bytes_of(variant, scale, 1))
            if not size:
                continue
            plain = found.of(NAME, PUT, base_of(variant, found.variants), scale)
            slots = SLOT_BYTES * model.children_on_way(shape, scale) if shape else None
            rows.append([code(variant), short_scale(scale), with_interval(estimated(times)),
                         with_interval(estimated((times / plain).dropna())), digits(size.median),
                         *([digits(model.mean_depth(shape, scale)), digits(slots), f"{100 * slots / size.median:.0f} %"]
                           if shape else ["-"] * 3)])
    return Table(["layout", "entries", "ns a put", "over its base's", "bytes a version", "nodes on the way",
                  "bytes of their children's slots", "of the version's"], rows, 2)


# ---- The figure: what a version costs, as more is put between two ----

def read_intervals(results):
    """{scale: ({layout: {puts a version: a put's time over a plain one}}, the same of bytes a put)}"""
    found, of_scale = stored(results.directory), {}
    for scale in (THOUSAND_VERSIONS, LARGE):
        times, sizes = of_scale.setdefault(scale, ({}, {}))
        for variant in filter(shares, found.variants):
            plain = found.of(NAME, PUT, base_of(variant, found.variants), scale)
            every = sorted({puts for name, at, puts, _ in found.bytes.index if (name, at) == (variant, scale)})
            if len(every) > 1 and len(plain):
                times[variant] = {
                    puts: estimated((found.of(NAME, VERSION, variant, scale, every=puts) / plain).dropna())
                    for puts in every}
                sizes[variant] = {puts: estimate(found.bytes_of(variant, scale, puts) / puts) for puts in every}
    return demand({scale: both for scale, both in of_scale.items() if both[0]}, "versions at several intervals")


def fill_row(row, curves_of_scale, titles):
    """Panels of one kind of curves side by side, which share their axis of values."""
    points = [point for curves in curves_of_scale for curve in curves.values() for point in curve.items()]
    puts = sorted({at for at, _ in points})
    low, high = drawing.room_around([value for _, one in points for value in one[:3] if value is not None], 0.06)
    for axes, curves, title in zip(row, curves_of_scale, titles):
        drawing.factor_axis(axes.xaxis, *drawing.room_around(puts), puts, "{:,}".format)
        drawing.factor_axis(axes.yaxis, low, high, drawing.plain_ticks(low, high, 7))
        for number, (variant, curve) in enumerate(curves.items()):
            # Smaller ones upon larger ones: some layouts take the same bytes.
            panels.curve(axes, curve, variant, panels.look(number) | {"markersize": max(2, 9 - 2 * number)})
        axes.set_title(title)


def fill_intervals(figure, of_scale):
    above, strip = panels.with_legend(figure, 0.07)
    rows = above.subplots(2, len(of_scale), squeeze=False, sharey="row")
    for row, curves, what in zip(rows, zip(*of_scale.values()), ("time of a put over a plain one", "bytes a put")):
        fill_row(row, curves, [f"{short_scale(scale)} entries: {what}" for scale in of_scale])
    for axes in rows[-1]:
        axes.set_xlabel("puts between two snapshots")
    panels.shared_legend(strip, rows.flat)


def tell_intervals(of_scale):
    for scale, (times, sizes) in of_scale.items():
        for variant, curve in times.items():
            yield f"{short_scale(scale)}, {variant}: " + "; ".join(
                f"{puts:,} puts a version, {with_interval(curve[puts])} of a plain put's time and"
                f" {digits(sizes[variant][puts].median)} bytes a put" for puts in sorted(curve)) + "."


INTERVALS = Question("What does a version cost, as more is put into each?", "versions", (10, 6.5), read_intervals,
                     fill_intervals, tell_intervals)


# ---- A figure by itself ----

def cost(found, op, what, scale, **asked):
    """The time of an operation, in each block: put, version, snapshot, ... of a layout, or version/put of one over
    another's; of what is asked (every=1), that which the operation knows."""
    def times(op, variant):
        return found.of(NAME, op, variant, scale, **{
            name: value for name, value in asked.items() if op != PUT and is_asked(op, name)})
    ops, variants = op.split("/"), what.split("/")
    values = times(ops[0], variants[0])
    if len(ops) + len(variants) > 2:
        values = (values / times(ops[-1], variants[-1])).dropna()
    if values.empty:
        raise NotMeasured(f"{op} of {what} at {scale} entries in {NAME}")
    return estimated(values)


# ---- All that was measured ----

def table_of_times(found, op):
    """A row for each layout and what was asked of the operation; a column for each scale."""
    of_op = pairs.over_turns(found.times).xs((NAME, op), level=["program", "op"])
    table = pairs.estimates(of_op, [*PARAMETERS, "variant", "scale"]).unstack("scale")
    rows = [[" ".join(f"{name}={value}" for name, value in zip(PARAMETERS, values) if is_asked(op, name)), variant,
             *(duration(cell if isinstance(cell, Estimate) else None) for cell in line)]
            for (*values, variant), line in sorted(zip(table.index, table.to_numpy()), key=lambda row: row[0])]
    return align([op, "layout", *map(short_scale, table.columns)], rows, figures=len(table.columns), cell=1)


def operations(found):
    """Those of the versions' program, in the plan's order."""
    index = found.times.index
    return list(dict.fromkeys(index[index.get_level_values("program") == NAME].get_level_values("op")))


def is_asked(op, name):
    """Whether an operation of the cell asks for this parameter."""
    if op in ("diff", "merge", "equal"):
        return name == "differ"
    return name == "versions" or (name == "every" and op != "snapshot")


def table_of_bytes(found):
    place = ["variant", "scale", "every"]
    rows = [[variant, short_scale(scale), str(every), digits(value.median)]
            for (variant, scale, every), value in pairs.estimates(found.bytes, place).sort_index().items()]
    return align(["layout", "scale", "puts a version", "bytes a version"], rows, figures=2, cell=1)


def versions(results=RESULTS):
    """What versions cost in each layout, and what was reached of the targets: of the tries, and of the bucket tries."""
    print_study(NAME, results)
    try:
        exported(BUCKET, results)
    except NotMeasured as lacking:
        print(f"\n{lacking}")
        return
    print()
    print_study(BUCKET, results)


def print_study(name, results):
    experiment = exported(name, results)
    found = stored(results, name)
    rows = reached_by_sharing(found)
    if not rows:
        raise NotMeasured(f"{name}: no layout that shares nodes was measured")
    print(describe(experiment.about, experiment.runs))
    print("\nTargets: medians over processes, of ratios in pairs, where it is worst; 95 % intervals\n")
    print(align(["what", "at most", "layout", "worst at", "reached", ""],
                [[row.target.what, most(row.target), row.who, short_scale(row.scale),
                  with_interval(row.value), row.verdict] for row in rows], figures=2, cell=2))
    print("\nFor each the layout that comes nearest to it\n")
    print(nearest_table(rows).columns())
    print("", paragraph(COST_NOTE), "", cost_table(found).columns(), sep="\n")
    print("\nThe time of an operation; of version, a put with its share in a snapshot")
    for op in operations(found):
        print("\n" + table_of_times(found, op))
    print("\nMemory that became resident for a version\n")
    print(table_of_bytes(found))
    print_failures(experiment.failed)
