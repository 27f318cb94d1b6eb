"""An experiment as `make experiment` prints it: its settings, its answer, and every cell.

The answer is one line for each operation and competitor: geometric means over the operation's cells of its time over
each yardstick's.  A mean is taken block by block: the runner measures block b of every cell before block b+1 of any, so
a block of all cells is one replicate of the whole.  Then the cells, one line for each competitor.  Every time is a
median over processes, with its 95 % interval in brackets; ratios are taken pair by pair.

Memory is told three times.  Two figures are seen from outside, of every competitor alike: what became resident, and
what malloc gave out, which is exact where the allocator tells (glibc's does).  The third is what the map itself
accounts for, where it does so.
"""
import json
import math
import os
import pathlib
import re
import sys
from typing import NamedTuple, Optional

import pandas

from . import fallbacks, goal, pairs, results, sequential, settings, store
from .command import BadSetting
from .goal import FASTER, FIXED, LEVEL, SLOWER, UNDECIDED, mark
from .printing import (align, digits, fields, op_order, paragraph, pattern_order, place, short_scale, span_text,
                       throughput, with_interval)
from .results import CELL, COMPETITOR, RUN
from .stats import Estimate

BASELINE, REFERENCE, USUAL = settings.BASELINE, settings.REFERENCE, settings.USUAL
SYSTEM = ("glibc", "system")  # the C library's allocator: of Linux, and of macOS
HASH = "xxh3"


# ---- Order, and what times are held against ----

class Yardstick(NamedTuple):
    """The competitor that differs in this field alone: there it is called `name`."""
    field: str
    name: str

    @property
    def title(self):
        return f"x {self.name}  "


def in_order(runs, plan):
    """The runs sorted: cells as they are told, competitors as the plan names them, what was asked for first."""
    runs, asked = results.told_apart(runs), settings.read(plan)
    known = {"variant": [settings.label(name) for name in asked.get("VARIANTS", [])], "hash": asked.get("HASH", []),
             "allocator": [settings.label(name) for name in asked.get("ALLOC", [])]}

    def key(row):
        usual = USUAL.index(row.variant) if row.variant in USUAL else -1
        return (op_order(row.op), pattern_order(row.pattern), row.key, row.scale,
                place(row.variant, known["variant"])[0], usual,
                *(place(getattr(row, field), names) for field, names in known.items()), row.block)
    order = sorted(range(len(runs)), key=[key(row) for row in runs.itertuples()].__getitem__)
    return runs.iloc[order]


def yardsticks(runs, against=(), room=math.inf):
    """Those that are named, or the usual ones: of two compositions the second; of more, baseline and reference.  In a
    grid of allocators the C library's too, in one of hashes xxh3, which come first where there is room for so many."""
    variants = list(dict.fromkeys(runs.sort_values("block", kind="stable")["variant"]))
    for name in against:
        if name not in variants:
            raise BadSetting(f"AGAINST={name}: was not measured; one of: {', '.join(sorted(variants))}")
    found, grid = list(against), []
    if not against and len(variants) == 2:
        found = variants[1:]
    elif not against and len(variants) > 2:
        found = [name for name in (settings.baseline(variants), REFERENCE) if name in variants] or variants[-1:]
    for field, names in (("allocator", SYSTEM), ("hash", (HASH,))):
        several = list(dict.fromkeys(runs[field]))
        if len(several) > 1:
            grid.append(Yardstick(field, next((name for name in names if name in several), several[0])))
    keep = len(found) if against else max(0, min(len(found), room - len(grid)))
    return [Yardstick("variant", name) for name in found[:keep]] + grid


def labels(runs):
    """A competitor's name: the variant, and with it only what does not hold for all alike."""
    told = ["variant", *(field for field in ("hash", "allocator") if runs[field].nunique() > 1)]
    return runs[told].agg(" ".join, axis=1)


# ---- The answer ----

class Mean(NamedTuple):
    """A competitor over a yardstick in all cells of an operation that have both, and a mark for each cell."""
    ratio: Optional[Estimate]
    marks: str


class Span(NamedTuple):
    low: float
    high: float


class Line(NamedTuple):
    """What is said of one competitor in one operation."""
    op: str
    label: str
    competitor: tuple
    cells: int
    means: list  # of Mean, one for each yardstick
    gap_closed: Optional[float]
    resident: Optional[Span]   # bytes an entry in its cells, as seen from outside
    allocated: Optional[Span]  # in the blocks that malloc gave out, with what it adds to each
    own: Optional[Span]        # in the blocks that the map says it holds
    cells_full: int            # in which its pool was full


def mean(blocks, rule):
    """The Mean of ratios by block and cell."""
    by_cell = blocks.groupby(level=CELL, sort=False)
    marks = "".join(rule.mark(rule.estimate(ratios), cell) for cell, ratios in by_cell)
    return Mean(pairs.mean_of_cells(blocks, rule.estimate), marks)


def gap_closed(mine, end, rule):
    """How much of the way from the baseline to the reference it goes, in logarithms: 0 as slow as the one, 1 as fast
    as the other.  mine, end: ratios to the baseline, by block and cell.  None where the reference is not the faster one
    to begin with."""
    def cells(blocks):
        return blocks.index.droplevel([*COMPETITOR, "block"])
    both = cells(mine).intersection(cells(end))
    mine, end = (pairs.mean_of_cells(blocks[cells(blocks).isin(both)], rule.estimate) for blocks in (mine, end))
    return math.log(mine.median) / math.log(end.median) if mine and mark(end) == FASTER else None


def own_bytes(runs):
    """bytes_per_entry of maps that count their blocks; nothing of others, peers, whose blocks are 0 and in whose place
    the cell gives what became resident, nor of processes that tell no tree."""
    return runs["bytes_per_entry"].where([tree is not None and any(tree.get("bytes", {"": 1}).values())
                                          for tree in runs["tree"]])


def span(values):
    values = values.dropna()
    return Span(values.min(), values.max()) if len(values) else None


def answers(runs, against, rule=FIXED):
    """A Line for each operation and competitor.  A grid does not ask for the gap."""
    who = ["op", *COMPETITOR]

    def ratios_over(yardstick):
        return dict(iter(pairs.by_block(runs, yardstick.name, yardstick.field).groupby(level=who)))
    start = settings.baseline(set(runs["variant"]))
    over, nothing = list(map(ratios_over, against)), pairs.by_block(runs[:0], start)
    grid = any(each.field != "variant" for each in against)
    to_baseline = {} if grid else ratios_over(Yardstick("variant", start))
    for key, group in runs.assign(label=labels(runs)).groupby([*who, "label"], sort=False):
        op, variant, *rest, label = key
        cells = group.groupby(CELL, sort=False)
        gap = None if variant == REFERENCE else gap_closed(
            to_baseline.get(key[:-1], nothing), to_baseline.get((op, REFERENCE, *rest), nothing), rule)
        yield Line(op, label, (variant, *rest), cells.ngroups,
                   [mean(each.get(key[:-1], nothing), rule) for each in over],
                   gap, span(group["rss_per_entry"]), span(group["allocated_per_entry"]), span(own_bytes(group)),
                   sum(fallbacks.share(tree) > 0 for tree in cells["tree"].first()))


# ---- Tables ----

def marked(ratio, is_one, level=0.0):
    if is_one:
        return "1  "
    return f"{with_interval(ratio)} {mark(ratio, level)}" if ratio else "-  "


def answer_table(lines, against, rule=FIXED):
    gap = any(line.gap_closed is not None for line in lines)
    full = any(line.cells_full for line in lines)
    allocated = any(line.allocated for line in lines)

    def row(line):
        told = [line.op, line.label, *([] if against else [str(line.cells)])]
        for yardstick, found in zip(against, line.means):
            is_one = line.competitor[COMPETITOR.index(yardstick.field)] == yardstick.name
            told += [marked(found.ratio, is_one),
                     "\xa0".join(str(found.marks.count(one)) for one in rule.marks()) if found.marks else ""]
        return [*told, *(["-" if line.gap_closed is None else f"{100 * line.gap_closed:.0f} %"] * gap),
                span_text(line.resident), *([span_text(line.allocated)] * allocated), span_text(line.own),
                *([f"{line.cells_full}/{line.cells}" if line.cells_full else ""] * full)]
    header = ["op", "composition", *([] if against else ["cells"])]  # else the marks count them
    for yardstick in against:
        header += [yardstick.title, "\xa0".join(rule.marks())]
    header += [*(["gap closed"] * gap), "resident", *(["allocated"] * allocated), "own", *(["pool full"] * full)]
    return align(header, list(map(row, lines)), figures=len(header) - 2, cell=1)


def cells_of(runs, against):
    """A frame with a row for each competitor in each cell; a ratio is None to itself, and where the other was not
    measured."""
    cells = runs.assign(label=labels(runs), own=own_bytes(runs)).groupby(RUN, sort=False)
    found = pandas.DataFrame({
        "label": cells["label"].first(),
        "ns": pairs.estimates(runs.set_index([*RUN, "block"])["ns_per_op"], RUN, sequential.of(runs)),
        "resident": cells["rss_per_entry"].median(), "allocated": cells["allocated_per_entry"].median(),
        "own": cells["own"].median(),
        "tree": cells["tree"].first()})
    for yardstick in against:
        ratios = pairs.ratios(runs, yardstick.name, yardstick.field)
        found[yardstick.title] = [ratios.get(key) for key in found.index]
    return found


def cell_tables(runs, against, rule=FIXED):
    """A title and a table for each operation, pattern and kind of key."""
    cells = cells_of(runs, against)
    full = any(map(fallbacks.share, cells["tree"]))
    sizes = ["resident", *(["allocated"] if cells["allocated"].notna().any() else []), "own"]
    header = ["scale", "composition", "ns/op", *sizes, *(each.title for each in against),
              *(["pool full"] * full)]
    several_keys = runs["key"].nunique() > 1
    for (op, pattern, kind), group in cells.groupby(["op", "pattern", "key"], sort=False):
        rows = [[short_scale(row.Index[CELL.index("scale")]), row.label, with_interval(row.ns),
                 *map(digits, map(row._asdict().get, sizes)),
                 *(marked(group.at[row.Index, each.title], row.Index[RUN.index(each.field)] == each.name,
                          rule.level(row.Index[:len(CELL)])) for each in against),
                 *([fallbacks.words(row.tree)] * full)] for row in group.itertuples()]
        yield (f"{op}, {pattern}{f', {kind}' if several_keys else ''} keys",
               align(header, rows, figures=len(header) - 2, cell=1))


def legend(against, lines, start, rule=FIXED):
    """What the columns and marks mean: only of those that there are."""
    yield ("Times are medians over processes of the median of each one's samples"
           f" [95 % interval by {'a confidence sequence' if rule.goals else 'the sign test'}]."
           "  Resident: bytes an entry by which the process grew while the map was filled, the same measure for all; it"
           " grows by pages, which shows in small maps."
           + "  Allocated: bytes an entry in the blocks that malloc gave out, what it adds to each included,"
             " likewise of all." * any(line.allocated for line in lines)
           + "  Own: bytes an entry in the blocks that the map says it holds; - where it does not say.")
    if against:
        names = ", ".join(each.title.strip() for each in against)
        level = f" {LEVEL} level: the whole interval is within the share of 1 that was asked for," if rule.goals else ""
        yield (f"{names}: its time over that one's, all else the same, process by process, on the same"
               " keys; below 1 is faster."
               f"  {FASTER} faster, {SLOWER} slower,{level} {UNDECIDED} cannot tell:"
               " the interval holds 1, or the processes are too few for one.  Of twenty that are"
               " equal, one is marked by chance.")
        yield ("Above: geometric means of these ratios over an operation's cells, and how many of the"
               f" cells are {', '.join(rule.marks())}."
               "  The interval is one of this run's processes; another run may differ by more.")
    if rule.goals:
        yield (f"{rule.names()}: blocks were added until that was reached or the budget gone.  The intervals allow for"
               " it: those of one ratio hold its median at every look, all of them, in 95 % of experiments.")
    if any(line.gap_closed is not None for line in lines):
        yield (f"gap closed: log(x {start}) / log({REFERENCE}'s x {start}): 0 % takes as long as {start},"
               f" 100 % as long as {REFERENCE}.")
    if any(line.cells_full for line in lines):
        yield ("pool full: in so many cells the pool of child slots was exhausted, and malloc served"
               " the part of all arrays that the cell's row tells.  make pool says which POOL_SLOTS"
               " would do.")


# ---- The head and the foot ----

def settings_text(plan):
    given = settings.read(plan)
    if settings.has_goal(plan):
        del given["REPS"]  # the rounds in which blocks were added
    text = " ".join(f"{name}={','.join(values)}" for name, values in given.items() if name != "VARIANTS")
    notes = ["POOL_SLOTS=0: those of each composition"] * ("0" in given.get("POOL_SLOTS", []))
    notes += [f"the values of all {settings.grids(plan)} lines of its plan"] * (settings.grids(plan) > 1)
    return (text or "unknown") + "".join(f"  ({note})" for note in notes)


def describe(about, runs):
    """The head of every table: which experiment, of what source, on what machine, with which settings."""
    commit = (about["source_commit"] or "unknown")[:12] + ", with changes" * about["dirty"]
    counters = json.loads(about["hardware_counters"])
    processes = runs.groupby(RUN).size()
    least, most = processes.min(), processes.max()
    told = [("experiment", f"{about['id']}{' (' + about['name'] + ')' if about['name'] else ''},"
                           f" {about['started'][:16].replace('T', ' ')} UTC, {about['status']}"),
            ("source", f"commit {commit}; {about['compilers'] or 'compiler unknown'}"),
            ("machine", f"{about['cpu']}, {about['cores']} cores, {about['kernel']}"
                        f"{', virtual' if about['virtualised'] else ''};"
                        f" hardware counters: {', '.join(counters) or 'none'}"),
            ("settings", settings_text(about["settings"])),
            ("processes", f"{least if least == most else f'{least} to {most}'} for each competitor in each cell;"
                          f" {100 * results.measured_share(runs):.0f} % of their time was under the clock")]
    if (runs["turns"] != results.NO_TURNS).any():
        told.append(("turns", "competitors of a block were alive together and took their samples in turn; ratios are"
                              " taken turn by turn, and a block's is their median"))
    if "churn" in set(runs["op"]):
        told.append(("churn", "one operation is a remove and a put; bytes are those of the map whose keys have"
                              " all been replaced"))
    return fields(told)


def print_failures(failed):
    """A paragraph for each cell whose runs gave no sample."""
    for (status, variant, op, pattern, scale), group in failed.groupby(["status", "variant", "op", "pattern", "scale"]):
        print("\n" + paragraph(f"{status}: {variant} {op} {pattern} {short_scale(scale)}, {len(group)} runs:"
                               f" {group['detail'].min()}", "  "))


def next_steps(experiment, where):
    """The last line: where it lies, and what to ask next."""
    about, given = experiment.about, settings.read(experiment.about["settings"])
    # One cell that it has: the standard one, or the first of its settings and its largest scale.
    one = {name: usual if usual in given[name] else given[name][-1 if name == "SCALES" else 0]
           for name, usual in settings.STANDARD.items() if name in given}
    outside = {row.variant: row.composition for row in experiment.runs.itertuples() if "/" in row.composition}
    steps = [settings.command(outside.get(label, label), "why", **one) for label in given.get("VARIANTS", [])[:1]]
    steps.append("make csv")
    if about["status"] != "finished":
        steps = ["the same command goes on where it stopped"]
    path = pathlib.Path(where).resolve()
    shown = path.relative_to(store.ROOT) if path.is_relative_to(store.ROOT) else path
    return paragraph(f"experiment {about['id']} in {shown}; next: {', '.join(steps)}", "  ")


def paint(text):
    """Ratios that are marked, in green and red."""
    return re.sub(r"[\d.]+ \[[\d. ]+\] ([<>])", lambda found:
                  f"\x1b[{32 if found[1] == FASTER else 31}m{found[0]}\x1b[0m", text)


def show(text):
    """Prints it; in colour on a terminal only (https://no-color.org)."""
    print(paint(text) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text)


# ---- Commands ----

def table(store=store.STORE, experiment=None, against=()):
    """an experiment's settings, its answer and all its cells: the newest in STORE, or EXPERIMENT"""
    found, where = results.find(store, experiment)
    runs = in_order(found.runs, found.about["settings"])
    if len(runs):
        yards, rule = yardsticks(runs, against, room=2), goal.rule_of(found.about["settings"])
        lines = list(answers(runs, yards, rule))
        print(describe(found.about, runs), end="\n\n")
        show(answer_table(lines, yards, rule))
        told = legend(yards, lines, settings.baseline(set(runs["variant"])), rule)
        print("", *(paragraph(text, "  ") for text in told), sep="\n")
        if rule.goals:
            print("\n" + goal.section(runs, yards, rule, found.about["id"]))
        for title, text in cell_tables(runs, yards, rule):
            print(f"\n{title}\n")
            show(text)
    else:
        print(f"experiment {found.about['id']}: no cell was measured")
    print_failures(found.failed)
    print("\n" + next_steps(found, where))


def csv(store=store.STORE, experiment=None, against=(), csv=None):
    """writes every cell of an experiment to CSV, unrounded"""
    found, _ = results.find(store, experiment)
    if not len(found.runs):
        raise results.NotMeasured(f"experiment {found.about['id']}: no cell was measured")
    runs = in_order(found.runs, found.about["settings"])
    yards = yardsticks(runs, against)
    cells = cells_of(runs, yards)
    told = cells[[]].assign(replicates=[each.count for each in cells["ns"]])
    columns = {"mops": cells["ns"].map(throughput), "ns_per_op": cells["ns"],
               **{f"to_{each.name}": cells[each.title] for each in yards}}
    for name, figures in columns.items():
        for part, suffix in enumerate(("", "_low", "_high")):
            told[name + suffix] = [each[part] if each else None for each in figures]
    told["resident_per_entry"], told["bytes_per_entry"] = cells["resident"], cells["own"]
    told["allocated_per_entry"] = cells["allocated"]
    told["by_malloc"] = [fallbacks.share(tree) for tree in cells["tree"]]
    told.to_csv(csv)
    print(csv)
