#!/usr/bin/env python3
"""Lists what a store has: an experiment a line, the newest last.

    python3 -m lab.listing [--store FILE]

Ids are cut to the part that tells them apart; any program here takes them so.  An experiment is
complete when it is finished and every run of its plan was good.
"""
import os

from . import store, tables
from .command import Parser, run_report

LEAST = len("20260301-101500")  # of an id: when it began
WHAT = 44  # columns for the settings; all together fit in 120
NAME = 16


def short_ids(ids):
    """{id: the shortest beginning of at least LEAST characters that no other id has}."""
    ordered = sorted(ids)
    short = {}
    for before, own, after in zip([""] + ordered, ordered, ordered[1:] + [""]):
        shared = max(len(os.path.commonprefix([own, other])) for other in (before, after))
        short[own] = own[:max(LEAST, shared + 1)]
    return short


def several(values, what):
    """The values, or how many where they take more than a few words."""
    text = ",".join(values)
    return text if len(text) <= 20 else f"{len(values)} {what}"


def settings(connection, name):
    """Variants, operations and scales of an experiment, in short."""
    def distinct(column, order=None):
        rows = connection.execute(f"SELECT DISTINCT {column} FROM process WHERE experiment = ?", (name,))
        return sorted((row[0] for row in rows), key=order)
    scales = distinct("scale")
    text = " ".join([several(distinct("variant"), "variants"),
                     several(distinct("op", tables.OPS.index), "ops"),
                     ",".join(map(tables.short_scale, scales)) if len(scales) < 4 else
                     f"{tables.short_scale(scales[0])}-{tables.short_scale(scales[-1])}"])
    return cut(text, WHAT)


def cut(text, width):
    return text if len(text) <= width else text[:width - 3] + "..."


def state(row):
    if row["status"] != "finished":
        return "not finished"
    return "complete" if row["good"] == row["planned"] else "incomplete"


def lines_of(connection):
    """The experiments as they are printed, the header first."""
    rows = connection.execute(
        "SELECT experiment.*, (SELECT count(*) FROM run WHERE experiment = experiment.id"
        " AND run.status = 'ok') AS good FROM experiment ORDER BY started, id").fetchall()
    if not rows:
        raise store.StoreError("the store has no experiment yet; make experiment measures one")
    short = short_ids([row["id"] for row in rows])
    yield ["id", "name", "", "variants, operations, scales", "machine", "runs"]
    for row in rows:
        yield [short[row["id"]], cut(row["name"] or "-", NAME), state(row),
               settings(connection, row["id"]), row["machine"][:12],
               f"{row['good']}/{row['planned']}"]


def machines(connection):
    for row in connection.execute("SELECT * FROM machine WHERE id IN (SELECT machine FROM"
                                  " experiment) ORDER BY id"):
        yield (f"machine {row['id']}: {row['cpu']}, {row['cores']} cores"
               f"{', virtual' if row['virtualised'] else ''}, {row['os']}")


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", default=store.STORE)
    connection = store.connect(parser.parse_args(arguments).store)
    header, *rows = lines_of(connection)
    print(tables.align(header, rows, figures=1, cell=0))
    print()
    print(*machines(connection), sep="\n")
    print(f"make EXPERIMENT={rows[-1][0]} table prints the newest")


if __name__ == "__main__":
    run_report("experiments", report)
