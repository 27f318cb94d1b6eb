#!/usr/bin/env python3
"""Puts two experiments beside each other: two commits, two machines, yesterday and today.

    python3 -m lab.compare [--store FILE] [--runs DIR] [--baseline VARIANT] [--relative] A B

A and B each name an experiment: its id in the store or the beginning of one, the directory of an
export or its name below results/runs, or a commit or machine, of which the newest finished
experiment is taken.  A:VARIANT takes that one variant only, and it is then held beside B's,
whatever that is called.

What is compared depends on what can be:

    one experiment          both ran side by side: ratios pair by pair, sign test
    one machine             times, as ratios of medians with a bootstrap interval, rank-sum test;
                            what the machine did in between is in them
    two machines            times say nothing; each variant's ratio to the baseline within its own
                            experiment, pair by pair, is compared with the other's (also --relative)

A difference is called one if its p-value is at most 5 % after Holm's correction for all that are
compared.
"""
import pathlib
import sqlite3
from typing import NamedTuple

from . import answer, stats, store, tables
from .command import BadSetting, Parser, run_report

LEVEL = 0.05


class Side(NamedTuple):
    """An experiment, and of it one variant or all (None)."""
    connection: sqlite3.Connection
    about: sqlite3.Row
    variant: str

    @property
    def id(self):
        return self.about["id"]


class Line(NamedTuple):
    """One competitor in one cell of both."""
    cell: store.Cell
    name: str
    a: stats.Estimate      # of what is compared: times, or ratios to the baseline
    b: stats.Estimate
    ratio: stats.Estimate  # of b over a
    p: float
    bytes_ratio: float


# ---- Which experiments ----

def exported(name, runs):
    """The directory of an export of this name, if there is one."""
    for directory in (pathlib.Path(name), pathlib.Path(runs) / name):
        if (directory / "experiment.csv").exists():
            return directory
    return None


def in_store(connection, name):
    """The id of the experiment that is meant: by its own id, its commit or its machine."""
    try:
        return store.find_experiment(connection, name, finished=True)
    except store.StoreError:
        pass  # what begins so may be its commit, or its machine
    for column in ("source_commit", "machine"):
        found = connection.execute(
            f"SELECT id FROM experiment WHERE substr({column}, 1, length(?1)) = ?1"
            " AND status = 'finished' ORDER BY started DESC, id DESC LIMIT 1", (name,)).fetchone()
        if found:
            return found["id"]
    return None


def find(text, given):
    name, _, variant = text.partition(":")
    if not name:
        raise BadSetting("A and B: each must name an experiment: make compare A=... B=...")
    directory = exported(name, given.runs)
    if directory:
        connection = store.open_runs(directory.name, runs=directory.parent)
        found = store.newest_experiment(connection)
    else:
        connection = store.connect(given.store)
        found = in_store(connection, name)
    if found is None:
        raise BadSetting(f"{name}: neither an export nor a finished experiment, a commit or a"
                         f" machine in {given.store}")
    return Side(connection, store.experiment(connection, found), variant or None)


# ---- What differs beside the times ----

def builds(side):
    return {(row["compiler"], row["cflags"].strip()) for row in side.connection.execute(
        "SELECT DISTINCT compiler, cflags FROM build WHERE id IN (SELECT build FROM run WHERE"
        " experiment = ?)", (side.id,))}


def machine(side):
    return dict(side.connection.execute("SELECT * FROM machine WHERE id = ?",
                                        (side.about["machine"],)).fetchone())


def commit(side):
    return (side.about["source_commit"] or "unknown")[:12] + " with changes" * side.about["dirty"]


def variants(side):
    return {row["variant"] for row in side.connection.execute(
        "SELECT DISTINCT variant FROM run WHERE experiment = ?", (side.id,))}


def differences(a, b):
    """What else tells the two experiments apart: lines of text."""
    here, there = machine(a), machine(b)
    for column in here:
        if column != "id" and here[column] != there[column]:
            yield f"machine, {column}: {here[column]} | {there[column]}"
    if commit(a) != commit(b) or a.about["diff_digest"] != b.about["diff_digest"]:
        yield f"source: {commit(a)} | {commit(b)}"
    if builds(a) != builds(b):
        told = [", ".join(" ".join(words) for words in sorted(builds(side))) for side in (a, b)]
        yield f"compiler: {told[0]} | {told[1]}"


# ---- Comparing ----

def competitors(side, found):
    """{name to join by: competitor} of a cell; a single variant that was asked for joins whatever
    the other side's is called."""
    return {(None if side.variant else c.variant, c.hash, c.allocator): c for c in found
            if side.variant in (None, c.variant)}


def joined(a, b):
    """(cell, competitor of a, its replicates, of b, its, the cell's replicates on both sides)."""
    cells_a, cells_b = (store.replicates(side.connection, side.id) for side in (a, b))
    for cell in sorted(cells_a.keys() & cells_b, key=tables.cell_order):
        found_a, found_b = cells_a[cell], cells_b[cell]
        of_a, of_b = competitors(a, found_a), competitors(b, found_b)
        for key in sorted(of_a.keys() & of_b, key=str):
            yield (cell, of_a[key], found_a[of_a[key]], of_b[key], found_b[of_b[key]],
                   found_a, found_b)


def to_baseline(competitor, found, baseline):
    """The times as ratios to the baseline's, block by block; None without a baseline."""
    other = found.get(tables.partner(competitor, baseline))
    if other is None or competitor.variant == baseline:
        return None
    mine = found[competitor].ns_per_op
    return {block: mine[block] / other.ns_per_op[block]
            for block in mine.keys() & other.ns_per_op}


def compare_cells(a, b, relative, baseline):
    """A Line for everything that both have."""
    same_run = a.id == b.id
    for cell, one, values_a, other, values_b, found_a, found_b in joined(a, b):
        times_a, times_b = values_a.ns_per_op, values_b.ns_per_op
        if relative:
            times_a = to_baseline(one, found_a, baseline)
            times_b = to_baseline(other, found_b, baseline)
            if not times_a or not times_b:
                continue
        if same_run:
            ratio = stats.paired_ratio(times_b, times_a)
            p = stats.sign_test_p(stats.log_ratios(times_b, times_a))
        else:
            ratio = stats.unpaired_ratio(times_b.values(), times_a.values())
            p = stats.rank_sum_p(times_a.values(), times_b.values())
        bytes_a, bytes_b = (stats.estimate(v.bytes_per_entry.values()).median
                            for v in (values_a, values_b))
        name = one.variant if one.variant == other.variant else f"{one.variant} | {other.variant}"
        yield Line(cell, name, stats.estimate(times_a.values()), stats.estimate(times_b.values()),
                   ratio, p, bytes_b / bytes_a)


def verdict(line, adjusted):
    if adjusted > LEVEL:
        return ""
    return "slower" if line.ratio.median > 1 else "faster"


def smallest_p(count, same_run):
    """The smallest p-value that so many values on each side can have."""
    return (stats.sign_test_p([1] * count) if same_run
            else stats.rank_sum_p(range(count), range(count, 2 * count)))


def print_lines(lines, what, same_run):
    adjusted = stats.holm([line.p for line in lines])
    rows = [[tables.short_scale(line.cell.scale), line.cell.op, line.cell.pattern, line.name,
             tables.with_interval(line.a), tables.with_interval(line.b),
             tables.with_interval(line.ratio), stats.p_text(p), verdict(line, p),
             tables.digits(line.bytes_ratio)] for line, p in zip(lines, adjusted)]
    print(tables.align(["scale", "op", "pattern", "variant", f"A {what}", f"B {what}", "B / A", "p",
                        "", "bytes B / A"], rows, figures=6))
    told = [verdict(line, p) for line, p in zip(lines, adjusted)]
    replicates = min(line.ratio.count for line in lines)
    print(f"\n{len(lines)} compared, {replicates} processes or more on each side; after Holm's"
          f" correction B is slower in {told.count('slower')} and faster in {told.count('faster')}")
    if smallest_p(replicates, same_run) * len(lines) > LEVEL:
        print(f"so many comparisons of {replicates} processes cannot be told from chance, however"
              " large the difference: compare fewer, or measure with more REPS")


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", default=store.STORE)
    parser.add_argument("--runs", default=store.RUNS)
    parser.add_argument("--baseline")
    parser.add_argument("--relative", action="store_true", help="compare ratios to the baseline")
    parser.add_argument("a", metavar="A")
    parser.add_argument("b", metavar="B")
    given = parser.parse_args(arguments)
    a, b = find(given.a, given), find(given.b, given)
    if (a.variant is None) != (b.variant is None):
        raise BadSetting(f"{given.a} {given.b}: name a variant on both sides, or on neither")
    same_run, same_machine = a.id == b.id, a.about["machine"] == b.about["machine"]
    if same_run and a.variant == b.variant:
        raise BadSetting(f"{given.a} and {given.b} are the same experiment")
    relative = given.relative or not same_machine
    baseline = given.baseline or answer.baseline(variants(a))

    for letter, side in (("A", a), ("B", b)):
        only = f"  {side.variant} alone" if side.variant else ""
        print(f"{letter}  experiment {side.id}  {side.about['started'][:16].replace('T', ' ')} UTC"
              f"  commit {commit(side)}  machine {side.about['machine']}{only}")
    for line in differences(a, b):
        print(f"   differ in {line}")
    print()
    if same_run:
        print("one experiment: both ran side by side; ratios pair by pair, intervals and p-values"
              " by the sign test")
    elif relative:
        print(f"{'one machine' if same_machine else 'two machines: times cannot be compared'}; what"
              f" is compared is each variant's time relative to {baseline} in its own"
              " experiment.\n95 % intervals by the bootstrap, p-values by the rank-sum test")
    else:
        print("one machine, but not side by side: what it did in between is in the ratios too"
              " (--relative divides it out).\n95 % intervals by the bootstrap, p-values by the"
              " rank-sum test")
    print()
    lines = list(compare_cells(a, b, relative, baseline))
    if not lines:
        raise store.StoreError("A and B have no competitor in a cell in common" +
                               (f" beside {baseline}" if relative else ""))
    print_lines(lines, f"/ {baseline}" if relative else "ns", same_run)


if __name__ == "__main__":
    run_report("compare", report)
