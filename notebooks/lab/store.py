"""Reading the store that the runner writes (its tables are described in experiments/), and stored
results: experiments that were exported as CSV, which git holds below results/runs."""
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile

from .command import BadSetting, Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORE = ROOT / "results" / "hamtlab.sqlite"
RUNS = ROOT / "results" / "runs"
SCHEMA = ROOT / "experiments" / "run" / "schema.h"
# In an order in which a row comes after what it refers to, with their keys.
TABLES = {"machine": ["id"], "build": ["id"], "experiment": ["id"], "run": ["id"],
          "sample": ["run", "number"]}


class StoreError(Failure):
    """There is nothing to read; the text says what was looked for."""


def uri_of(path, mode="ro"):
    """How SQLite is to open a store.  Where its directory cannot be written to, there is no place
    for what SQLite keeps beside a database while it reads; and nobody changes the database."""
    path = pathlib.Path(path).resolve()
    log = path.with_name(f"{path.name}-wal")
    still = (mode == "ro" and not os.access(path.parent, os.W_OK)
             and not (log.exists() and log.stat().st_size))
    return f"{path.as_uri()}?{'immutable=1' if still else f'mode={mode}'}"


def known_version():
    """Of the tables, as the runner of this tree makes them."""
    return int(re.search(r"SCHEMA_VERSION = (\d+)", SCHEMA.read_text())[1])


def check(connection):
    """What is wrong with a store, None if nothing is: it is read wholly, once."""
    version, = connection.execute("PRAGMA user_version").fetchone()
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not found and not version:
        return "is empty; make experiment measures into it"
    if not found & set(TABLES):
        return "is the database of another program"
    if version != known_version():
        return (f"its tables are of version {version}; this program knows version"
                f" {known_version()}")
    if not found >= set(TABLES):
        return "is the database of another program"
    damage, = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if damage == "ok" else f"is damaged: {damage.splitlines()[-1]}"


def connect(path=STORE, mode="ro"):
    """A store that is there, whole, and of this version, to be read (or written: mode rw)."""
    if not pathlib.Path(path).exists():
        raise StoreError(f"{path}: no such store; make experiment makes one")
    if pathlib.Path(path).is_dir():
        raise StoreError(f"{path}: is a directory, not a store")
    connection = None
    try:
        connection = sqlite3.connect(uri_of(path, mode), uri=True, timeout=10)
        wrong = check(connection)
    except sqlite3.Error as error:
        wrong = str(error)
    if wrong:
        if connection:
            connection.close()
        raise StoreError(f"{path}: {wrong}")
    connection.row_factory = sqlite3.Row
    return connection


def open_runs(*names, runs=RUNS):
    """Exported experiments, the directories of these names below `runs`, as one store in memory.

    The runner reads them, so that there is one schema and one check of what is read."""
    runner = ROOT / "build/run/run"
    for name in names:
        if not (pathlib.Path(runs) / name / "experiment.csv").exists():
            raise StoreError(f"{pathlib.Path(runs) / name}: no exported experiment there;"
                             " make results measures and exports them")
    if not runner.exists():
        made = subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, text=True,
                              capture_output=True)
        if made.returncode:
            raise StoreError(f"the runner cannot be built: {made.stderr.strip()}")
    memory = sqlite3.connect(":memory:")
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "store.sqlite"
        for name in names:
            done = subprocess.run([runner, "--store", path, "--import", pathlib.Path(runs) / name],
                                  text=True, capture_output=True)
            if done.returncode:
                raise StoreError(done.stderr.strip())
        connection = connect(path)
        connection.backup(memory)
        connection.close()
    memory.row_factory = sqlite3.Row
    return memory


def newest_experiment(connection, called=None):
    """The id of the newest experiment, or of the newest that was given this name."""
    row = connection.execute(
        "SELECT id FROM experiment WHERE ?1 IS NULL OR name = ?1"
        " ORDER BY started DESC, id DESC LIMIT 1", (called,)).fetchone()
    if not row:
        raise StoreError(f"the store has no experiment called {called}" if called else
                         "the store has no experiment yet; make experiment measures one")
    return row["id"]


def find_experiment(connection, beginning, finished=False):
    """The id of the experiment (of the finished ones) whose id is, or alone begins with, this."""
    ids = [row["id"] for row in connection.execute(
        "SELECT id FROM experiment WHERE substr(id, 1, length(?1)) = ?1 AND ?1 <> ''"
        " AND (status = 'finished' OR NOT ?2) ORDER BY started DESC, id DESC",
        (beginning, finished))]
    if beginning in ids:
        return beginning
    if len(ids) > 1:
        raise BadSetting(f"{beginning}: {len(ids)} experiments begin so: {', '.join(ids[:3])}"
                         f"{', ...' if len(ids) > 3 else ''}")
    if not ids:
        raise StoreError(f"{beginning}: no such experiment in the store; make experiments lists"
                         " what there is")
    return ids[0]


def experiment(connection, name):
    row = connection.execute(
        "SELECT experiment.*, machine.cpu, machine.cores, machine.kernel, machine.virtualised,"
        " machine.hardware_counters, (SELECT group_concat(DISTINCT compiler || ' ' || trim(cflags))"
        " FROM build WHERE id IN (SELECT build FROM run WHERE experiment = experiment.id))"
        " AS compilers FROM experiment JOIN machine ON machine.id = machine"
        " WHERE experiment.id = ?", (name,)).fetchone()
    if not row:
        raise StoreError(f"{name}: no such experiment in the store")
    return row
