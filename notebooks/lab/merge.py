"""Takes the experiments of another store into this one, without loss.

Ids mean the same in all stores (experiments/run/schema.c), so a row that is there already is the
same row.  Where it is not, the stores do not belong together: nothing is taken, and the row is
named.  Merging twice changes nothing.

Only the course of an experiment may differ, if one store was copied while it was measured, or each
holds a shard of it: it began when and where the first run was made, and has ended if one store says
so, or if all its runs are good.  And one store may know of blocks that were added later: its plan is
the longer one.

What a merge costs does not hang on how large the store is that takes: rows are looked up by their
keys, from the side of those that are taken.
"""
import contextlib
import re
import sqlite3

from . import settings, store as stores
from .command import BadSetting

# What the course of time changes, and on which machine it was; what blocks that are added do.
LONGER = ["settings", "plan_digest", "planned"]
COURSE = {"experiment": ["status", "started", "finished", "machine", *LONGER], "run": ["machine"]}


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def conflict(connection, table, keys):
    """The key of a row that both have and that is not the same; None if there is none."""
    rest = [c for c in columns(connection, table) if c not in keys + COURSE.get(table, [])]
    same_key = " AND ".join(f"ours.{c} = theirs.{c}" for c in keys)
    differs = " OR ".join(f"ours.{c} IS NOT theirs.{c}" for c in rest)
    names = ", ".join(f"ours.{c}" for c in keys)
    return connection.execute(f"SELECT {names} FROM other.{table} AS theirs"
                              f" CROSS JOIN main.{table} AS ours ON {same_key}"
                              f" WHERE {differs} LIMIT 1").fetchone()


def rounds(plan):
    """(the plan with the blocks of the first round alone, [those of each round] of each line)."""
    found = [reps.split("+") for reps in re.findall(r"\bREPS=(\S+)", plan)]
    return re.sub(r"(\bREPS=\d+)\S*", r"\1", plan), found


def goes_on(plan, longer):
    """Whether a plan is the other one or has blocks that were added to it."""
    (first, short), (same, long) = rounds(plan), rounds(longer)
    return first == same and all(own == other[:len(own)] for own, other in zip(short, long))


def lengthen(connection):
    """Gives experiments that both have the longer of the two plans; the key of one of which neither plan goes on with
    the other, None if there is none."""
    for name, ours, theirs in connection.execute(
            "SELECT ours.id, ours.settings, theirs.settings FROM other.experiment AS theirs"
            " JOIN main.experiment AS ours ON ours.id = theirs.id WHERE ours.settings <> theirs.settings").fetchall():
        if goes_on(ours, theirs):
            connection.execute(f"UPDATE main.experiment SET ({', '.join(LONGER)}) = (SELECT {', '.join(LONGER)} FROM"
                               " other.experiment WHERE id = ?1), status = 'interrupted', finished = NULL"
                               " WHERE id = ?1", (name,))
        elif not goes_on(theirs, ours):
            return [name]
    return None


def take(connection, table):
    """How many rows were taken.  A run is taken with its machine, of which its experiment may tell."""
    names = columns(connection, table)
    values = ["ifnull(machine, (SELECT machine FROM other.experiment WHERE id = experiment))"
              if (table, name) == ("run", "machine") else name for name in names]
    return connection.execute(f"INSERT INTO main.{table} ({', '.join(names)}) SELECT"
                              f" {', '.join(values)} FROM other.{table} WHERE true"
                              " ON CONFLICT DO NOTHING").rowcount


def ids(connection, side):
    return {name for name, in connection.execute(f"SELECT id FROM {side}.experiment")}


def name_machines(connection, experiment):
    """Says of each run of an experiment on which machine it was, as the experiment's row tells of one only."""
    connection.execute("UPDATE main.run SET machine = (SELECT machine FROM main.experiment WHERE id = ?1)"
                       " WHERE machine IS NULL AND experiment = ?1", (experiment,))


def join_experiments(connection):
    """Beginning and end of the experiments that both have."""
    connection.execute(
        "UPDATE main.experiment AS ours SET (started, machine) = (SELECT started, machine FROM"
        " other.experiment WHERE id = ours.id) WHERE started > (SELECT started FROM"
        " other.experiment WHERE id = ours.id)")
    connection.execute(
        "UPDATE main.experiment AS ours SET (status, finished) = (SELECT status, finished FROM"
        " other.experiment WHERE id = ours.id) WHERE ours.status <> 'finished' AND ours.id IN"
        " (SELECT id FROM other.experiment WHERE status = 'finished' AND planned = ours.planned)")


def settle(connection, experiment):
    """Ends an experiment of which every run is good, unless blocks may be added until something is decided; a run that
    was on the experiment's machine does not name it."""
    settings_, = connection.execute("SELECT settings FROM main.experiment WHERE id = ?", (experiment,)).fetchone()
    if not settings.has_goal(settings_):
        connection.execute(
            "UPDATE main.experiment AS ours SET status = 'finished', finished = (SELECT max(started)"
            " FROM main.run WHERE experiment = ours.id) WHERE status <> 'finished' AND id = ?1"
            " AND planned = (SELECT count(*) FROM main.run WHERE experiment = ?1 AND status = 'ok')", (experiment,))
    connection.execute("UPDATE main.run SET machine = NULL WHERE experiment = ?1 AND machine ="
                       " (SELECT machine FROM main.experiment WHERE id = ?1)", (experiment,))


def take_all(connection):
    """{table: rows taken} from the attached store; the key of a row that is not the same raises."""
    for table, keys in stores.TABLES.items():
        found = conflict(connection, table, keys)
        if not found and table == "experiment":
            found = lengthen(connection)
        if found:
            raise Conflict(f"{table} {'/'.join(map(str, found))}")
    taken = {table: take(connection, table) for table in stores.TABLES}
    join_experiments(connection)
    return taken


class Conflict(Exception):
    """A row that is not the same in both stores."""


def add(path, sources, kept=True):
    """{table: rows taken} from the last of these stores into that at `path`.  Of each all or nothing; what need not be
    kept, should the machine stop, is not waited for."""
    connection, joined, taken = opened("STORE", path, "rw"), set(), {}
    connection.isolation_level = None
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {'FULL' if kept else 'OFF'}")
        for source in sources:
            opened("FROM", source).close()
            connection.execute("ATTACH ? AS other", (stores.uri_of(source),))
            connection.execute("BEGIN IMMEDIATE")
            theirs = ids(connection, "other")
            for experiment in theirs & ids(connection, "main") - joined:
                name_machines(connection, experiment)
            joined |= theirs
            taken = take_all(connection)
            for experiment in joined if source == sources[-1] else ():
                settle(connection, experiment)
            connection.execute("COMMIT")
            connection.execute("DETACH other")
        return taken
    except Conflict as row:
        raise stores.StoreError(f"FROM={source}: {row} is not the same there and in STORE={path}; nothing was"
                                " taken") from None
    except sqlite3.Error as error:
        raise stores.StoreError(f"STORE={path}: {error}; nothing was taken") from None
    finally:
        connection.close()  # which undoes what was not committed


def gather(path, sources):
    """Merges many stores into that at `path`, which need not be there; if the machine stops meanwhile, anew."""
    if sources and not path.exists():
        copy(path, sources[0])
    if sources:
        add(path, sources, kept=False)


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
    if store.exists() and source.exists() and store.samefile(source):
        raise BadSetting(f"FROM={source}: is the store itself")
    taken = add(store, [source]) if store.exists() else copy(store, source)
    print(", ".join(f"{count} {table}s" for table, count in taken.items()) + " taken")
