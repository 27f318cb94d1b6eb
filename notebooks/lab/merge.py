"""Takes the experiments of another store into this one, without loss.

Ids mean the same in all stores (experiments/run/schema.c), so a row that is there already is the
same row.  Where it is not, the stores do not belong together: nothing is taken, and the row is
named.  Merging twice changes nothing.

Only the course of an experiment may differ, if one store was copied while it was measured, or each
holds a shard of it: it began when and where the first run was made, and has ended if one store says
so, or if all its runs are good.
"""
import contextlib
import sqlite3

from . import store as stores
from .command import BadSetting

# What the course of time changes, and on which machine it was.
COURSE = {"experiment": ["status", "started", "finished", "machine"], "run": ["machine"]}


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def conflict(connection, table, keys):
    """The key of a row that both have and that is not the same; None if there is none."""
    rest = [c for c in columns(connection, table) if c not in keys + COURSE.get(table, [])]
    same_key = " AND ".join(f"ours.{c} = theirs.{c}" for c in keys)
    differs = " OR ".join(f"ours.{c} IS NOT theirs.{c}" for c in rest)
    names = ", ".join(f"ours.{c}" for c in keys)
    return connection.execute(f"SELECT {names} FROM main.{table} AS ours"
                              f" JOIN other.{table} AS theirs ON {same_key}"
                              f" WHERE {differs} LIMIT 1").fetchone()


def take(connection, table):
    """How many rows were taken.  A run is taken with its machine, of which its experiment may tell."""
    names = columns(connection, table)
    values = ["ifnull(machine, (SELECT machine FROM other.experiment WHERE id = experiment))"
              if (table, name) == ("run", "machine") else name for name in names]
    return connection.execute(f"INSERT INTO main.{table} ({', '.join(names)}) SELECT"
                              f" {', '.join(values)} FROM other.{table} WHERE true"
                              " ON CONFLICT DO NOTHING").rowcount


def name_machines(connection):
    """Says of each run of the experiments that both have on which machine it was, as the row of the
    experiment tells of one only."""
    connection.execute(
        "UPDATE main.run AS run SET machine = (SELECT machine FROM main.experiment WHERE id ="
        " run.experiment) WHERE machine IS NULL AND experiment IN (SELECT ours.id FROM"
        " main.experiment AS ours JOIN other.experiment AS theirs ON ours.id = theirs.id)")


def join_experiments(connection):
    """Beginning and end of the experiments that both have."""
    connection.execute(
        "UPDATE main.experiment AS ours SET (started, machine) = (SELECT started, machine FROM"
        " other.experiment WHERE id = ours.id) WHERE started > (SELECT started FROM"
        " other.experiment WHERE id = ours.id)")
    connection.execute(
        "UPDATE main.experiment AS ours SET (status, finished) = (SELECT status, finished FROM"
        " other.experiment WHERE id = ours.id) WHERE ours.status <> 'finished' AND ours.id IN"
        " (SELECT id FROM other.experiment WHERE status = 'finished')")
    connection.execute(
        "UPDATE main.experiment AS ours SET status = 'finished', finished = (SELECT max(started)"
        " FROM main.run WHERE experiment = ours.id) WHERE status <> 'finished' AND id IN (SELECT id"
        " FROM other.experiment) AND planned = (SELECT count(*) FROM main.run WHERE experiment ="
        " ours.id AND status = 'ok')")
    connection.execute(
        "UPDATE main.run SET machine = NULL WHERE machine = (SELECT machine FROM main.experiment"
        " WHERE id = run.experiment)")


def add(path, source):
    """{table: rows taken} from the store at `source` into that at `path`, all or nothing."""
    connection = opened("STORE", path, "rw")
    connection.isolation_level = None
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("ATTACH ? AS other", (stores.uri_of(source),))
        connection.execute("BEGIN IMMEDIATE")
        for table, keys in stores.TABLES.items():
            found = conflict(connection, table, keys)
            if found:
                raise stores.StoreError(f"FROM={source}: {table} {'/'.join(map(str, found))} is not"
                                       f" the same there and in STORE={path}; nothing was taken")
        name_machines(connection)
        taken = {table: take(connection, table) for table in stores.TABLES}
        join_experiments(connection)
        connection.execute("COMMIT")
        return taken
    except sqlite3.Error as error:
        raise stores.StoreError(f"STORE={path}: {error}; nothing was taken") from None
    finally:
        connection.close()  # which undoes what was not committed


def copy(path, source):
    """Begins a store as a copy of another, whole or not at all; {table: rows}."""
    theirs = opened("FROM", source)
    try:
        with stores.whole(path) as part, contextlib.closing(sqlite3.connect(part)) as ours:
            theirs.backup(ours)
            return {table: ours.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in stores.TABLES}
    except (OSError, sqlite3.Error) as error:
        raise stores.StoreError(f"STORE={path}: {error}; nothing was taken") from None
    finally:
        theirs.close()


def opened(side, path, mode="ro"):
    """A store that is fit to be merged; what is wrong is told by the side it is on."""
    try:
        return stores.connect(path, mode)
    except stores.StoreError as error:
        raise stores.StoreError(f"{side}={error}") from None


def merge(source=None, store=stores.STORE):
    """takes all experiments of the store FROM into STORE"""
    if not source:
        raise BadSetting("FROM=: which store?  make merge FROM=file")
    opened("FROM", source).close()
    if store.exists() and store.samefile(source):
        raise BadSetting(f"FROM={source}: is the store itself")
    taken = (add if store.exists() else copy)(store, source)
    print(", ".join(f"{count} {table}s" for table, count in taken.items()) + " taken")
