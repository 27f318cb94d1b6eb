#!/usr/bin/env python3
"""Prints an experiment: its settings, its answer, and every cell.

    python3 -m lab.tables [--store FILE] [--experiment ID] [--against A,B]
    python3 -m lab.tables --runs DIR --name NAME ...     an exported experiment
    python3 -m lab.tables --csv FILE ...                 every cell as CSV, unrounded

The answer is one line for each operation and competitor: geometric means over the cells of its time
over each yardstick's (lab.answer says which, and of what the interval is one).  Then the cells, one
line for each competitor.  Every time is a median over processes, with its 95 % interval in
brackets; ratios are taken pair by pair; bytes are counted, and have no interval.
"""
import csv
import itertools
import json
import os
import pathlib
import re
import sys
from typing import NamedTuple

from . import answer, fallbacks, settings, store
from .printing import (align, digits, fields, op_order, paragraph, pattern_order, short_scale, span_text,
                       throughput, with_interval)
from .command import BadSetting, Parser, run_report
from .stats import Estimate, estimate

def label(competitor, competitors):
    """The variant, and with it only what does not hold for all competitors alike."""
    words = [competitor.variant]
    for field in ("hash", "allocator"):
        if len({getattr(c, field) for c in competitors}) > 1:
            words.append(getattr(competitor, field))
    return " ".join(words)


def partner(competitor, variant):
    """The competitor of this name that has everything else in common."""
    return competitor._replace(variant=variant)


def cell_order(cell):
    return (op_order(cell.op), pattern_order(cell.pattern), cell.key, cell.scale)


# ---- The cells ----

class Row(NamedTuple):
    """What an experiment says of one competitor in one cell.  A ratio is None to itself, and where
    the other was not measured."""
    cell: store.Cell
    competitor: store.Competitor
    ns_per_op: Estimate
    bytes_per_entry: Estimate
    ratios: list  # of Estimate or None, one for each yardstick
    tree: str  # of one map, JSON


def rows_of(cells, against, key):
    for cell in sorted(cells, key=cell_order):
        found = cells[cell]
        for competitor in sorted(found, key=key):
            mine = found[competitor]
            yield Row(cell, competitor, estimate(mine.ns_per_op.values()),
                      estimate(mine.bytes_per_entry.values()),
                      [answer.ratio(found, competitor, yardstick) for yardstick in against],
                      mine.tree)


def marked(ratio, is_one):
    """A ratio and whether it is one: faster, slower, or not to be told."""
    if is_one:
        return "1  "
    return f"{with_interval(ratio)} {answer.mark(ratio)}" if ratio else "-  "


def header_of(yardstick):
    return f"x {yardstick.name}  "


def cell_tables(cells, against, key):
    """A title and a table for each operation and pattern."""
    competitors, rows = answer.competitors_of(cells), list(rows_of(cells, against, key))
    several_keys = len({cell.key for cell in cells}) > 1
    full = any(fallbacks.share(row.tree) for row in rows)
    header = ["scale", "composition", "ns/op", "bytes/entry", *map(header_of, against),
              *(["pool full"] * full)]
    for (op, pattern, kind), group in itertools.groupby(
            rows, lambda row: (row.cell.op, row.cell.pattern, row.cell.key)):
        lines = [[short_scale(row.cell.scale), label(row.competitor, competitors),
                  with_interval(row.ns_per_op), digits(row.bytes_per_entry.median),
                  *(marked(ratio, yardstick.is_one(row.competitor))
                    for ratio, yardstick in zip(row.ratios, against)),
                  *([fallbacks.words(row.tree)] * full)]
                 for row in group]
        yield (f"{op}, {pattern}{f', {kind}' if several_keys else ''} keys",
               align(header, lines, figures=len(header) - 2, cell=1))


# ---- The answer ----

def answer_table(lines, against, competitors):
    gap = any(line.gap_closed is not None for line in lines)
    full = any(line.cells_full for line in lines)
    wide = max(len(str(line.cells)) for line in lines)

    def in_columns(three):
        return "\xa0".join(str(one).rjust(wide, "\xa0") for one in three)
    header = ["op", "composition", "cells"]
    for yardstick in against:
        header += [header_of(yardstick), in_columns(answer.MARKS)]
    header += [*(["gap closed"] * gap), "bytes/entry", *(["pool full"] * full)]

    def mean_of(line, yardstick):
        mean = line.means[yardstick]
        return [marked(mean.ratio, yardstick.is_one(line.competitor)),
                in_columns(map(mean.marks.count, answer.MARKS)) if mean.marks else ""]

    def row(line):
        return [line.op, label(line.competitor, competitors), str(line.cells),
                *itertools.chain.from_iterable(mean_of(line, each) for each in against),
                *(["-" if line.gap_closed is None else f"{100 * line.gap_closed:.0f} %"] * gap),
                span_text(line.bytes_per_entry),
                *([f"{line.cells_full}/{line.cells}" if line.cells_full else ""] * full)]
    return align(header, list(map(row, lines)), figures=len(header) - 2, cell=1)


def legend(against, lines):
    """What the columns and marks mean: only of those that there are."""
    yield ("Times are medians over processes of the median of each one's samples [95 % interval by"
           " the sign test]; bytes/entry are counted, not timed; a peer's became resident.")
    if against:
        names = ", ".join(f"x {yardstick.name}" for yardstick in against)
        yield (f"{names}: its time over that one's, all else the same, process by process, on the same"
               " keys; below 1 is faster."
               f"  {answer.FASTER} faster, {answer.SLOWER} slower, {answer.UNDECIDED} cannot tell:"
               " the interval holds 1, or the processes are too few for one.  Of twenty that are"
               " equal, one is marked by chance.")
        yield ("Above: geometric means of these ratios over an operation's cells, and how many of the"
               f" cells are {', '.join(answer.MARKS)}."
               "  The interval is one of this run's processes; another run may differ by more.")
    if any(line.gap_closed is not None for line in lines):
        start = answer.baseline({line.competitor.variant for line in lines})
        yield (f"gap closed: log(x {start}) / log({answer.REFERENCE}'s x {start}): 0 % takes as long as"
               f" {start}, 100 % as long as {answer.REFERENCE}.")
    if any(line.cells_full for line in lines):
        yield ("pool full: in so many cells the pool of child slots was exhausted, and malloc served"
               " the part of all arrays that the cell's row tells.  make pool says which POOL_SLOTS"
               " would do.")


# ---- CSV ----

def write_csv(path, cells, against, key):
    """Every row with all its digits; what was not measured is empty."""
    def three(name):
        return [name, f"{name}_low", f"{name}_high"]

    def figures(of):
        return [of.median, of.low, of.high] if of else ["", "", ""]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*store.Cell._fields, *store.Competitor._fields, "replicates", *three("mops"),
                         *three("ns_per_op"), *three("bytes_per_entry"),
                         *itertools.chain.from_iterable(three(f"to_{each.name}")
                                                        for each in against), "by_malloc"])
        for row in rows_of(cells, against, key):
            writer.writerow([*row.cell, *row.competitor, row.ns_per_op.count,
                             *figures(throughput(row.ns_per_op)), *figures(row.ns_per_op),
                             *figures(row.bytes_per_entry),
                             *itertools.chain.from_iterable(map(figures, row.ratios)),
                             fallbacks.share(row.tree)])


# ---- What it was measured with ----

def source_text(about):
    commit = (about["source_commit"] or "unknown")[:12] + ", with changes" * about["dirty"]
    return f"commit {commit}; {about['compilers'] or 'compiler unknown'}"


def settings_text(about):
    given = settings.read(about["settings"])
    text = " ".join(f"{name}={','.join(values)}" for name, values in given.items()
                    if name != "VARIANTS")
    notes = ["POOL_SLOTS=0: those of each composition"] * ("0" in given.get("POOL_SLOTS", []))
    count = settings.grids(about["settings"])
    notes += [f"the values of all {count} lines of its plan"] * (count > 1)
    return (text or "unknown") + "".join(f"  ({note})" for note in notes)


def describe(about, cells):
    """The head of every table: which experiment, of what source, on what machine, with which
    settings."""
    churn = [("churn", "one operation is a remove and a put; bytes are those of the map whose keys have"
                       " all been replaced")] if any(cell.op == "churn" for cell in cells) else []
    processes = sorted({len(r.ns_per_op) for row in cells.values() for r in row.values()})
    counters = json.loads(about["hardware_counters"])
    return fields([
        ("experiment", f"{about['id']}{' (' + about['name'] + ')' if about['name'] else ''},"
                       f" {about['started'][:16].replace('T', ' ')} UTC, {about['status']}"),
        ("source", source_text(about)),
        ("machine", f"{about['cpu']}, {about['cores']} cores, {about['kernel']}"
                    f"{', virtual' if about['virtualised'] else ''};"
                    f" hardware counters: {', '.join(counters) or 'none'}"),
        ("settings", settings_text(about)),
        ("processes", f"{' to '.join(str(n) for n in sorted({processes[0], processes[-1]}))} for"
                      " each competitor in each cell"), *churn])


def print_failures(connection, name):
    for row in store.failures(connection, name):
        print("\n" + paragraph(
            f"{row['status']}: {row['variant']} {row['op']} {row['pattern']}"
            f" {short_scale(row['scale'])}, {row['runs']} runs: {row['detail']}", "  "))


# ---- The whole ----

def paint(text):
    """Ratios that are marked, in green and red."""
    return re.sub(r"[\d.]+ \[[\d. ]+\] ([<>])", lambda found:
                  f"\x1b[{32 if found[1] == answer.FASTER else 31}m{found[0]}\x1b[0m", text)


def show(text):
    """Prints it; in colour on a terminal only (https://no-color.org)."""
    print(paint(text) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text)


def name_of(connection, about, label):
    """What to type for a composition: a directory outside the tree is stored with its path."""
    row = connection.execute("SELECT composition FROM run WHERE experiment = ? AND variant = ?",
                             (about["id"], label)).fetchone()
    return row["composition"] if row and "/" in row["composition"] else label


def next_steps(connection, about, where):
    """The last line: where it lies, and what to ask next."""
    given = settings.read(about["settings"])
    # One cell that it has: the standard one, or the first of its settings and its largest scale.
    one = {name: usual if usual in given[name] else given[name][-1 if name == "SCALES" else 0]
           for name, usual in settings.STANDARD.items() if name in given}
    steps = [settings.command(name_of(connection, about, label), "why", **one)
             for label in given.get("VARIANTS", [])[:1]]
    steps.append("make csv")
    if about["status"] != "finished":
        steps = ["the same command goes on where it stopped"]
    path = pathlib.Path(where).resolve()
    shown = path.relative_to(store.ROOT) if path.is_relative_to(store.ROOT) else path
    return paragraph(f"experiment {about['id']} in {shown}; next: {', '.join(steps)}", "  ")


def yardsticks_of(cells, key, against):
    """Those that are named, or the usual ones."""
    competitors = answer.competitors_of(cells)
    usual = answer.yardsticks(competitors, key)
    if not against:
        return usual
    known = sorted({competitor.variant for competitor in competitors})
    for name in against:
        if name not in known:
            raise BadSetting(f"AGAINST={name}: was not measured; one of: {', '.join(known)}")
    return ([answer.Yardstick("variant", name) for name in against]
            + [yardstick for yardstick in usual if yardstick.field != "variant"])


def print_table(connection, name, against, where):
    about, cells = store.experiment(connection, name), store.replicates(connection, name)
    if cells:
        key = answer.order(about["settings"])
        yardsticks = yardsticks_of(cells, key, against)
        yardsticks = yardsticks if against else answer.that_fit(yardsticks)
        lines = list(answer.answers(cells, yardsticks, key, cell_order))
        print(describe(about, cells), end="\n\n")
        show(answer_table(lines, yardsticks, answer.competitors_of(cells)))
        print("", *(paragraph(text, "  ") for text in legend(yardsticks, lines)), sep="\n")
        for title, table in cell_tables(cells, yardsticks, key):
            print(f"\n{title}\n")
            show(table)
    else:
        print(f"experiment {name}: no cell was measured")
    print_failures(connection, name)
    print("\n" + next_steps(connection, about, where))


def stored_report(name, description, show):
    """report(arguments) on the exported experiment of this name, which show(about, cells, failed)
    prints; failed() prints the runs that gave nothing."""
    def of_runs(arguments=None):
        parser = Parser(description=description.split("\n")[0])
        parser.add_argument("--runs", default=store.RUNS, help="where exported experiments lie")
        connection = store.open_runs(name, runs=parser.parse_args(arguments).runs)
        newest = store.newest_experiment(connection)
        show(store.experiment(connection, newest), store.replicates(connection, newest),
             lambda: print_failures(connection, newest))
    return of_runs


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", default=store.STORE)
    parser.add_argument("--experiment", help="its id or the beginning; else the newest")
    parser.add_argument("--runs", help="where exported experiments lie, instead of a store")
    parser.add_argument("--name", help="of the exported experiment")
    parser.add_argument("--against", type=lambda text: text.split(","), default=[],
                        help="compositions to hold times against, instead of the usual ones")
    parser.add_argument("--csv", help="a file to write the cells to, instead of printing them")
    given = parser.parse_args(arguments)
    if given.runs and not given.name:
        parser.error("--runs: which of them?  --name says")
    connection = (store.open_runs(given.name, runs=given.runs) if given.runs else
                  store.connect(given.store))
    name = (store.find_experiment(connection, given.experiment) if given.experiment else
            store.newest_experiment(connection, None if given.runs else given.name))
    if given.csv:
        cells = store.replicates(connection, name)
        if not cells:
            raise store.StoreError(f"experiment {name}: no cell was measured")
        key = answer.order(store.experiment(connection, name)["settings"])
        write_csv(given.csv, cells, yardsticks_of(cells, key, given.against), key)
    else:
        print_table(connection, name, given.against,
                    pathlib.Path(given.runs, given.name) if given.runs else given.store)


if __name__ == "__main__":
    run_report("tables", report)
