#!/usr/bin/env python3
"""Takes the experiments of another store into this one, without loss.

    python3 -m lab.merge [--store FILE] FROM

Ids do not collide between stores (experiments/run/schema.c), so a row that is there already is the
same row.  Where it is not, the stores do not belong together: nothing is taken, and the row is
named.  Only an experiment's end may differ, if one store was copied while it was measured: the end
counts.  Merging twice changes nothing.
"""
import pathlib
import sqlite3

from . import store
from .command import BadSetting, run_report
from .instrument.studies import Parser

# In an order in which a row comes after what it refers to, with their keys.
TABLES = {"machine": ["id"], "build": ["id"], "experiment": ["id"], "run": ["id"],
          "sample": ["run", "number"]}
ENDS = {"experiment": ["status", "finished"]}  # what the course of time changes


def uri_of(path, mode="ro"):
    return f"{pathlib.Path(path).resolve().as_uri()}?mode={mode}"


def version(connection, schema="main"):
    return connection.execute(f"PRAGMA {schema}.user_version").fetchone()[0]


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def conflict(connection, table, keys):
    """The key of a row that both have and that is not the same; None if there is none."""
    rest = [c for c in columns(connection, table) if c not in keys + ENDS.get(table, [])]
    same_key = " AND ".join(f"ours.{c} = theirs.{c}" for c in keys)
    differs = " OR ".join(f"ours.{c} IS NOT theirs.{c}" for c in rest)
    names = ", ".join(f"ours.{c}" for c in keys)
    return connection.execute(f"SELECT {names} FROM main.{table} AS ours"
                              f" JOIN other.{table} AS theirs ON {same_key}"
                              f" WHERE {differs} LIMIT 1").fetchone()


def take(connection, table):
    """How many rows were taken."""
    names = ", ".join(columns(connection, table))
    return connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names}"
                              f" FROM other.{table} WHERE true ON CONFLICT DO NOTHING").rowcount


def end_experiments(connection):
    connection.execute(
        "UPDATE main.experiment AS ours SET (status, finished) = (SELECT status, finished FROM"
        " other.experiment WHERE id = ours.id) WHERE ours.status <> 'finished' AND ours.id IN"
        " (SELECT id FROM other.experiment WHERE status = 'finished')")


def merge(path, source):
    """{table: rows taken} from the store at `source` into that at `path`, all or nothing."""
    connection = sqlite3.connect(uri_of(path, "rw"), uri=True, timeout=10, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("ATTACH ? AS other", (uri_of(source),))
        if version(connection) != version(connection, "other"):
            raise store.StoreError(f"{source}: its tables are of version"
                                   f" {version(connection, 'other')}, those here of"
                                   f" {version(connection)}")
        connection.execute("BEGIN IMMEDIATE")
        for table, keys in TABLES.items():
            found = conflict(connection, table, keys)
            if found:
                connection.execute("ROLLBACK")
                raise store.StoreError(f"{source}: {table} {'/'.join(map(str, found))} is not the"
                                       " same here and there; nothing was taken")
        taken = {table: take(connection, table) for table in TABLES}
        end_experiments(connection)
        connection.execute("COMMIT")
        return taken
    finally:
        connection.close()


def is_store(path):
    """True for a database that the runner has made."""
    try:
        connection = sqlite3.connect(uri_of(path), uri=True)
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        connection.close()
    except sqlite3.Error:
        return False
    return found >= set(TABLES)


def copy(path, source):
    """Begins a store as a copy of another, whole or not at all; {table: rows}."""
    part = path.with_name(path.name + ".part")
    theirs, ours = sqlite3.connect(uri_of(source), uri=True), sqlite3.connect(part)
    theirs.backup(ours)
    counts = {table: ours.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
              for table in TABLES}
    theirs.close()
    ours.close()
    part.replace(path)
    return counts


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", type=pathlib.Path, default=store.STORE)
    parser.add_argument("source", metavar="FROM", type=pathlib.Path)
    given = parser.parse_args(arguments)
    if not is_store(given.source):
        raise BadSetting(f"FROM={given.source}: not a store")
    if given.store.exists() and not is_store(given.store):
        raise BadSetting(f"STORE={given.store}: not a store")
    if given.store.exists() and given.store.samefile(given.source):
        raise BadSetting(f"FROM={given.source}: is the store itself")
    try:
        taken = (merge if given.store.exists() else copy)(given.store, given.source)
    except sqlite3.Error as error:
        raise store.StoreError(f"{given.store}: {error}") from None
    print(", ".join(f"{count} {table}s" for table, count in taken.items()) + " taken")


if __name__ == "__main__":
    run_report("merge", report)
