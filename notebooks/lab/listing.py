"""What a store has: an experiment a line, the newest last.

Ids are cut to the part that tells them apart; any program here takes them so.  An experiment is complete when it is
finished and every run of its plan was good.
"""
import contextlib
import os

import pandas

from . import store as stores
from .printing import OPS, align, place, short_scale
from .results import NotMeasured

LEAST = len("20260301-101500")  # of an id: when it began
WHAT, NAME = 44, 16  # columns for the settings and for the name


def short_ids(ids):
    """{id: the shortest beginning of at least LEAST characters that no other id has}."""
    ordered = sorted(ids)
    return {own: own[:max(LEAST, 1 + max(len(os.path.commonprefix([own, other])) for other in (before, after)))]
            for before, own, after in zip([""] + ordered, ordered, ordered[1:] + [""])}


def cut(text, width):
    return text if len(text) <= width else text[:width - 3] + "..."


def settings(runs):
    """Variants, operations and scales of an experiment, in short."""
    def several(column, what, order=None):
        values = sorted(runs[column].unique(), key=order)
        text = ",".join(values)
        return text if len(text) <= 20 else f"{len(values)} {what}"
    scales = sorted(runs["scale"].unique())
    shown = map(short_scale, scales if len(scales) < 4 else [scales[0], scales[-1]])
    return cut(" ".join([several("variant", "variants"), several("op", "ops", lambda op: place(op, OPS)),
                         (",", "-")[len(scales) > 3].join(shown)]), WHAT)


def experiments(store=stores.STORE):
    """what the store has: an experiment a line, the newest last"""
    with contextlib.closing(stores.connect(store)) as connection:
        found = pandas.read_sql_query("SELECT * FROM experiment ORDER BY started, id", connection)
        runs = pandas.read_sql_query("SELECT experiment, variant, op, scale, status FROM process", connection)
        machines = connection.execute("SELECT * FROM machine WHERE id IN (SELECT machine FROM experiment)"
                                      " ORDER BY id").fetchall()
    if not len(found):
        raise NotMeasured("the store has no experiment yet; make experiment measures one")
    by_experiment, short = dict(iter(runs.groupby("experiment"))), short_ids(found["id"])

    def line(row):
        own = by_experiment.get(row.id, runs[:0])
        good = sum(own["status"] == "ok")
        state = ("not finished" if row.status != "finished" else "complete" if good == row.planned else "incomplete")
        return [short[row.id], cut(row.name or "-", NAME), state, settings(own) if len(own) else "-", row.machine[:12],
                f"{good}/{row.planned}"]
    rows = [line(row) for row in found.itertuples(index=False)]
    print(align(["id", "name", "", "variants, operations, scales", "machine", "runs"], rows, figures=1, cell=0),
          end="\n\n")
    for row in machines:
        print(f"machine {row['id']}: {row['cpu']}, {row['cores']} cores{', virtual' if row['virtualised'] else ''},"
              f" {row['os']}")
    print(f"make EXPERIMENT={rows[-1][0]} table prints the newest")
