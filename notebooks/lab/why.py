#!/usr/bin/env python3
"""Prints what a composition's time goes to, on one page.

    python3 -m lab.why [--variant X] [--scale 100K] [--pattern P] [--hash H] [--key K] [--seed S]
                       [--store FILE] [--runs DIR] [--instrument DIR]

It puts beside each other what the laboratory knows of one cell, and of the usual compositions in the
same cell where that is stored as well:

    time      measured: the newest experiment of the store that has it, or the exported one of NAME
    tree      a map is filled now: its nodes and levels, the bytes of each kind, its pool
    counts    instructions, cache lines and misses, as they are stored (lab.counts.report), and what
              they are spent on (lab.counts.attribution)
    loads     the chain of loads that wait for each other, and the floor: one such load from as many
              bytes as the entries alone have, at this machine's latency (lab.instrument.limits)

Nothing is timed or counted here.  What is missing is told, with the command that makes it.
"""
import itertools
import pathlib
from typing import NamedTuple, Optional

from . import answer, cell, settings, store, tables, printing
from .printing import align, paragraph
from .counts import attribution, profile, report as counts
from .instrument import limits, studies
from .shape import model, tree

NAME = "fixes"


class Missing(Exception):
    """A section that cannot be told; the text says what is missing and which command makes it."""


class Measured(NamedTuple):
    about: object  # the row of the experiment
    cells: dict    # of this pattern, scale and key alone, and of the compositions that are shown


def shown(given):
    """The compositions of the page."""
    mine = settings.label(given.variant)
    return [mine, *(name for name in answer.USUAL if name != mine)]


def newest_with(connection, given):
    row = connection.execute(
        "SELECT experiment.id FROM process JOIN experiment ON experiment.id = experiment"
        " WHERE process.status = 'ok' AND variant = ? AND hash = ? AND key = ? AND pattern = ?"
        " AND scale = ? AND allocator_asked IN (?, ?) ORDER BY experiment.started DESC LIMIT 1",
        (shown(given)[0], given.hash, given.key, given.pattern, given.scale,
         *answer.SYSTEM)).fetchone()
    return row and row["id"]


def read(connection, name, given):
    cells = {}
    for place, row in store.replicates(connection, name).items():
        if (place.pattern, place.scale, place.key) == (given.pattern, given.scale, given.key):
            cells[place] = {competitor: found for competitor, found in row.items()
                            if competitor.variant in shown(given) and competitor.hash == given.hash
                            and competitor.allocator in answer.SYSTEM}
    return Measured(store.experiment(connection, name), cells)


def measured(given) -> Optional[Measured]:
    """From the reader's own store, or else from what is stored; None if neither has the cell."""
    places = [(pathlib.Path(given.store), lambda: store.connect(given.store)),
              (given.runs / NAME, lambda: store.open_runs(NAME, runs=given.runs))]
    for connect in [connect for path, connect in places if path.exists()]:
        connection = connect()
        name = newest_with(connection, given)
        if name:
            return read(connection, name, given)
    return None


# ---- What a reader may do about it ----

def command(given, target):
    return settings.command(given.variant, target, KEY=given.key, HASH=given.hash,
                            PATTERNS=given.pattern, SCALES=given.scale)


def recount(given):
    """The command that counts this cell, and stores it if it is one of those that are stored."""
    standard = ((given.key, given.hash, given.seed, given.pattern)
                == (counts.KEY, counts.HASH, counts.SEED, counts.PATTERN))
    if standard and given.scale in counts.SCALES:
        return f"to count and store them: make VARIANTS={given.variant} recount"
    return f"to count them: {command(given, 'count')}"


# ---- Sections: a text each ----

def times(found, given):
    if not found:
        raise Missing(f"time: not measured in this cell; {command(given, 'experiment')}")
    mine = shown(given)[0]
    key = answer.order(f"VARIANTS={','.join(shown(given))}")
    known = {competitor.variant for row in found.cells.values() for competitor in row}
    others = [name for name in (answer.baseline(known), answer.REFERENCE) if name != mine]
    against = [answer.Yardstick("variant", name) for name in others]
    rows = [[row.cell.op, row.competitor.variant, printing.with_interval(row.ns_per_op),
             *(tables.marked(ratio, yardstick.is_one(row.competitor))
               for ratio, yardstick in zip(row.ratios, against))]
            for row in tables.rows_of(found.cells, against, key)]
    return (f"Time: experiment {found.about['id']}; medians of processes, 95 % intervals;"
            " < faster, > slower, ? cannot tell\n\n"
            + align(["op", "composition", "ns/op", *map(tables.header_of, against)], rows,
                    figures=1 + len(against), cell=1))


def shape(line, variant):
    rule, full = cell.shape_of(variant), line["tree"]
    expected = model.predict(rule, full["entries"]) if rule else tree.UNKNOWN
    pool = "\n".join(map(paragraph, profile.pool_statistics(line).splitlines()))
    return "\n\n".join(["Tree and bytes", tree.summary(full, expected),
                        tree.inner_by_level(full, expected), tree.memory(full), "Pool", pool])


def stored_counts(given):
    """The rows about this cell, of the operations of which the composition itself was counted."""
    names = [given.variant, *shown(given)[1:]]
    rows = [row for row in counts.load()
            if row["composition"] in names and (row["key"], row["hash"], row["pattern"])
            == (given.key, given.hash, given.pattern)
            and (int(row["scale"]), int(row["seed"])) == (given.scale, given.seed)]
    mine = {row["op"] for row in rows if row["composition"] == given.variant}
    return sorted((row for row in rows if row["op"] in mine), key=lambda row: (printing.op_order(row["op"]),
                                         names.index(row["composition"])))


def counted(rows, given):
    if not rows:
        raise Missing(f"counts: not stored of this cell; {recount(given)}")
    lines = []
    for op, group in itertools.groupby(rows, lambda row: row["op"]):
        lines.append(op)
        for row in group:
            _, _, _, composition, *figures = counts.cells_of(row)
            lines.append(["  " + composition, *figures])
    return ("Counts of one operation (make counts explains the columns), counted at commit "
            + ", ".join(sorted({row["commit"] for row in rows})) + "\n\n"
            + align(counts.HEADER[3:], lines, figures=len(counts.SHOWN), cell=0))


def spent(given):
    path = counts.HERE / "attribution.csv"
    rows = attribution.load(path) if path.exists() else []
    cells = {place: found for place, found in attribution.by_cell(rows).items()
             if (place[0], place[2], int(place[3])) == (given.variant, given.pattern, given.scale)}
    standard = (given.key, given.hash, given.seed) == (counts.KEY, counts.HASH, counts.SEED)
    if not cells or not standard:
        raise Missing("what the instructions are spent on: not stored of this cell;"
                      f" to count it: {command(given, 'attribute')}")
    return "What they are spent on, per cent\n\n" + attribution.share_table(cells)


def loads(found, given, rows):
    path = given.instrument / "studies.csv"
    origin = next((row for row in studies.read_csv(path) if row["study"] == "limits"),
                  None) if path.exists() else None
    if not origin or found and found.about["machine"] != origin["machine"]:
        raise Missing("chain and floor: the loads of the machine that measured were not timed;"
                      " make STUDIES=limits RESULTS=results/own instrument, then why with this"
                      " RESULTS")
    gets = list(limits.gets(limits.read_limits(given.instrument / "limits.csv"), limits.runs_of(found.cells), rows)
                ) if found else []
    if not gets:
        raise Missing("chain and floor: no get of keys of known size was measured in this cell")
    return ("Loads: a get lasts as long as k dependent loads of m ns from a footprint as large as"
            " the map.  chain: loads that wait\nfor one another; misses: loads that a first-level"
            " cache misses; floor: one load from the entries' bytes alone\n\n"
            + limits.table_of_gets(gets))


# ---- The page ----

def report(arguments=None):
    parser = cell.Parser(__doc__, variant="list")
    parser.add_argument("--hash", default=counts.HASH, type=cell.read_hash)
    parser.add_argument("--pattern", default=counts.PATTERN, type=cell.read_pattern)
    parser.add_argument("--scale", default=100000, type=cell.read_scale)
    parser.add_argument("--store", default=store.STORE)
    parser.add_argument("--runs", type=pathlib.Path, default=store.RUNS)
    parser.add_argument("--instrument", type=pathlib.Path, default=studies.OUT)
    given = parser.parse_args(arguments)
    line = cell.fill(given, given.hash, given.pattern, given.scale)
    found, rows = measured(given), stored_counts(given)
    page, missing = [tree.title(line, cell.shape_of(given.variant))], []
    for section in (lambda: times(found, given), lambda: shape(line, given.variant),
                    lambda: counted(rows, given), lambda: spent(given),
                    lambda: loads(found, given, rows)):
        try:
            page.append(section())
        except Missing as lack:
            missing.append(paragraph(f"  {lack}", "    "))
    print(*page, *(["Missing\n\n" + "\n".join(missing)] * bool(missing)), sep="\n\n")


if __name__ == "__main__":
    cell.run_report("why", report)
