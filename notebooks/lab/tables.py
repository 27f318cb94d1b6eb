#!/usr/bin/env python3
"""Prints an experiment as a table in the manner of the seeds'.

    python3 -m lab.tables [--store FILE] [--experiment ID] [--reference VARIANT] [--baseline VARIANT]
    python3 -m lab.tables --runs DIR --name NAME ...     an exported experiment
    python3 -m lab.tables --csv FILE ...                 the same as CSV, unrounded

One line for each competitor in each cell: throughput, time, memory, and how many times as long it
takes as the reference and as the baseline.  Every figure is a median over processes, with its 95 %
interval in brackets; the ratios are taken pair by pair.
"""
import csv
import json
from typing import NamedTuple, Optional

from . import store
from .command import Parser, run_report
from .stats import Estimate, estimate, paired_ratio

OPS = ["put", "insert10", "update", "get", "get_in_order", "get_chained", "miss", "iterate",
       "remove", "churn"]
PATTERNS = ["sequential", "shuffled", "random"]


def short_scale(scale):
    for unit, size in (("M", 10 ** 6), ("K", 10 ** 3)):
        if scale >= size and scale % size == 0:
            return f"{scale // size}{unit}"
    return str(scale)


def digits(value):
    """Three significant digits, and no exponent."""
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:.{decimals}f}"


def span_text(span):
    """A range of values, or the one value that it is; "-" for none."""
    if span is None:
        return "-"
    low, high = digits(span.low), digits(span.high)
    return low if low == high else f"{low}-{high}"


def with_interval(figure, form=digits):
    if figure is None:
        return "-"
    if figure.low is None:
        return f"{form(figure.median)} [too few]"
    return f"{form(figure.median)} [{form(figure.low)} {form(figure.high)}]"


def throughput(time):
    """Millions of operations a second from nanoseconds an operation."""
    def invert(ns):
        return None if ns is None else 1000 / ns
    return Estimate(invert(time.median), invert(time.high), invert(time.low), time.count)


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


def pattern_order(pattern):
    """Files of a user's own come after the patterns."""
    return (PATTERNS.index(pattern) if pattern in PATTERNS else len(PATTERNS), pattern)


def cell_order(cell):
    return (OPS.index(cell.op), pattern_order(cell.pattern), cell.scale, cell.key)


class Row(NamedTuple):
    """What an experiment says of one competitor in one cell.  A ratio is None to itself, and where
    the other was not measured."""
    cell: store.Cell
    competitor: store.Competitor
    ns_per_op: Estimate
    bytes_per_entry: Estimate
    to_reference: Optional[Estimate]
    to_baseline: Optional[Estimate]


def rows_of(cells, reference, baseline):
    """Cell by cell, the slowest competitor first."""
    for cell in sorted(cells, key=cell_order):
        found = cells[cell]
        times = {c: estimate(r.ns_per_op.values()) for c, r in found.items()}
        for competitor in sorted(found, key=lambda c: -times[c].median):
            mine = found[competitor]

            def ratio(variant):
                other = found.get(partner(competitor, variant))
                return (paired_ratio(mine.ns_per_op, other.ns_per_op)
                        if other and competitor.variant != variant else None)
            yield Row(cell, competitor, times[competitor],
                      estimate(mine.bytes_per_entry.values()), ratio(reference), ratio(baseline))


def lines_of(cells, reference, baseline):
    """The rows as they are printed, the header first."""
    competitors = {c for row in cells.values() for c in row}
    several_keys = len({cell.key for cell in cells}) > 1
    yield ["scale", "op", "pattern", *(["key"] * several_keys), "variant", "M ops/s", "ns/op",
           "bytes/entry", f"x {reference}", f"x {baseline}"]

    def ratio(row, to, variant):
        return "1" if row.competitor.variant == variant else with_interval(to)
    for row in rows_of(cells, reference, baseline):
        yield [short_scale(row.cell.scale), row.cell.op, row.cell.pattern,
               *([row.cell.key] * several_keys), label(row.competitor, competitors),
               with_interval(throughput(row.ns_per_op)), with_interval(row.ns_per_op),
               with_interval(row.bytes_per_entry), ratio(row, row.to_reference, reference),
               ratio(row, row.to_baseline, baseline)]


def write_csv(path, cells, reference, baseline):
    """Every row with all its digits; what was not measured is empty."""
    def three(name):
        return [name, f"{name}_low", f"{name}_high"]

    def figures(of):
        return [of.median, of.low, of.high] if of else ["", "", ""]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*store.Cell._fields, *store.Competitor._fields, "replicates", *three("mops"),
                         *three("ns_per_op"), *three("bytes_per_entry"), *three(f"to_{reference}"),
                         *three(f"to_{baseline}")])
        for row in rows_of(cells, reference, baseline):
            writer.writerow([*row.cell, *row.competitor, row.ns_per_op.count,
                             *figures(throughput(row.ns_per_op)), *figures(row.ns_per_op),
                             *figures(row.bytes_per_entry), *figures(row.to_reference),
                             *figures(row.to_baseline)])


def split(lines):
    """The header, and the rows below it."""
    header, *rows = lines
    return header, rows


def align(header, rows, figures=5, cell=None):
    """Text to the left, the last columns, the figures, to the right; a blank line where the cell
    changes: the first columns, by default all text but the last."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    text_columns = len(header) - figures
    cell = text_columns - 1 if cell is None else cell
    def line(row):
        cells = [cell.ljust(w) if i < text_columns else cell.rjust(w)
                 for i, (cell, w) in enumerate(zip(row, widths))]
        return "  ".join(cells).rstrip()
    lines, last = [line(header), "  ".join("-" * w for w in widths)], None
    for row in rows:
        place = row[:cell]
        if last not in (None, place):
            lines.append("")
        lines.append(line(row))
        last = place
    return "\n".join(lines)


def describe(about, cells):
    processes = max(len(r.ns_per_op) for row in cells.values() for r in row.values())
    commit = (about["source_commit"] or "unknown")[:12] + (" with changes" if about["dirty"] else "")
    counters = json.loads(about["hardware_counters"])
    churn = ["one operation of churn is a remove and a put, its bytes are those of the map whose keys"
             " have all been replaced"] if any(cell.op == "churn" for cell in cells) else []
    return "\n".join([
        f"experiment {about['id']}  {about['started'][:16].replace('T', ' ')} UTC  commit {commit}",
        f"{about['cpu']}, {about['cores']} cores, {about['kernel']}"
        f"{', virtual' if about['virtualised'] else ''};"
        f" hardware counters: {', '.join(counters) or 'none'}",
        f"medians of {processes} processes, each the median of its samples;"
        " 95 % intervals by the sign test; ratios of times, pair by pair (below 1: faster)", *churn])


def print_failures(connection, name):
    for row in store.failures(connection, name):
        print(f"\n{row['status']}: {row['variant']} {row['op']} {row['pattern']}"
              f" {short_scale(row['scale'])}, {row['runs']} runs: {row['detail']}")


def print_table(connection, name, reference, baseline):
    about = store.experiment(connection, name)
    cells = store.replicates(connection, name)
    if cells:
        print(describe(about, cells), end="\n\n")
        print(align(*split(lines_of(cells, reference, baseline))))
    else:
        print(f"experiment {name}: no cell was measured")
    print_failures(connection, name)


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
    parser.add_argument("--reference", default="reference")
    parser.add_argument("--baseline", default="list")
    parser.add_argument("--csv", help="a file to write the table to, instead of printing it")
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
        write_csv(given.csv, cells, given.reference, given.baseline)
    else:
        print_table(connection, name, given.reference, given.baseline)


if __name__ == "__main__":
    run_report("tables", report)
