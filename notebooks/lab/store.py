"""Reading the store that the runner writes (its tables are described in experiments/), and stored
results: experiments that were exported as CSV, which git holds below results/runs."""
import collections
import contextlib
import csv
import hashlib
import itertools
import os
import pathlib
import re
import sqlite3

from .command import BadSetting, Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORE = ROOT / "results" / "hamtlab.sqlite"
RUNS = ROOT / "results" / "runs"
SCHEMA = ROOT / "experiments" / "run" / "schema.h"
# In an order in which a row comes after what it refers to, with their keys.
TABLES = {"machine": ["id"], "tree": ["digest"], "build": ["id"], "experiment": ["id"],
          "cell": ["experiment", "cell"], "run": ["experiment", "slot"],
          "sample": ["experiment", "slot", "number"], "value": ["experiment", "slot", "name"]}
# Those of an experiment, whose exports do not name it in each row.
WITHIN = {table for table, keys in TABLES.items() if keys[0] == "experiment"}
SUMS = "SHA256SUMS"


class StoreError(Failure):
    """There is nothing to read; the text says what was looked for."""


@contextlib.contextmanager
def whole(path):
    """Where to write a file, the directory made: it gets its name when it is done, and is gone if that fails."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def uri_of(path, mode="ro"):
    """How SQLite is to open a store.  Where its directory cannot be written to, there is no place
    for what SQLite keeps beside a database while it reads; and nobody changes the database."""
    path = pathlib.Path(path).resolve()
    log = path.with_name(f"{path.name}-wal")
    still = (mode == "ro" and not os.access(path.parent, os.W_OK)
             and not (log.exists() and log.stat().st_size))
    return f"{path.as_uri()}?{'immutable=1' if still else f'mode={mode}'}"


def known(what):
    """A number of schema.h: SCHEMA_VERSION, of the tables, or EXPORT_FORM, of how an export has them."""
    return int(re.search(rf"{what} = (\d+)", SCHEMA.read_text())[1])


def schema():
    """The statements of schema.c, which make an empty database a store."""
    text = SCHEMA.with_suffix(".c").read_text()
    body = re.sub(r"/\*.*?\*/", "", text.split("schema[] = {")[1].split("NULL}")[0], flags=re.S)
    return [*("".join(re.findall(r'"([^"]*)"', statement))
              for statement in re.findall(r'(?:"[^"]*"\s*)+', body)),
            f"PRAGMA user_version = {known('SCHEMA_VERSION')}"]


def check(connection):
    """What is wrong with a store, None if nothing is: it is read wholly, once."""
    version, = connection.execute("PRAGMA user_version").fetchone()
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not found and not version:
        return "is empty; make experiment measures into it"
    if not found & set(TABLES):
        return "is the database of another program"
    if version != known("SCHEMA_VERSION"):
        return f"its tables are of version {version}; this program knows version {known('SCHEMA_VERSION')}"
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


def check_sums(directory):
    """Raises StoreError unless the files are those that were exported, by this version."""
    try:
        first, *lines = (directory / SUMS).read_text().splitlines()
    except (OSError, UnicodeError, ValueError) as error:
        raise StoreError(f"{directory / SUMS}: cannot be read: {error}") from None
    version = f"{known('SCHEMA_VERSION')}, form {known('EXPORT_FORM')}"
    if first != f"# hamtlab export, tables of version {version}":
        raise StoreError(f"{directory / SUMS}: its first line is {first!r}; this program knows version {version}")
    sums = dict(line.split("  ")[::-1] for line in lines if not line.startswith("#"))
    for table in TABLES:
        path = directory / f"{table}.csv"
        if not path.exists():
            raise StoreError(f"{path}: is missing")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sums.get(path.name):
            raise StoreError(f"{path}: was changed since it was exported: its sum is not that in"
                             f" {SUMS}")


def shape_of(digest, figures):
    """The JSON of a tree, from {name: text} of its columns."""
    shape = {}
    for name, text in figures.items():
        if name.endswith("[]"):
            runs = (run.partition("*") for run in text.split())
            text = "[" + ",".join(number for number, _, count in runs for _ in range(int(count or 1))) + "]"
        within, _, key = name.removesuffix("[]").rpartition(".")
        (shape.setdefault(within, {}) if within else shape)[key] = text

    def json_of(value):
        if isinstance(value, str):
            return value
        return "{" + ",".join(f'"{key}":{json_of(each)}' for key, each in value.items()) + "}"
    text = json_of(shape)
    if hashlib.sha256(text.encode()).hexdigest()[:len(digest)] != digest:
        raise ValueError(f"tree {digest}: is not the one that is called so")
    return text


def rows_of(table, columns, lines):
    """(columns, rows) of a table without the experiment, from its lines in an export."""
    if table == "tree":
        return ["digest", "shape"], [[digest, shape_of(digest, {name: text for name, text in zip(columns[1:], figures)
                                                                if text is not None})]
                                     for digest, *figures in lines]
    if table == "sample":
        numbers = collections.defaultdict(itertools.count)
        return [*columns, "number"], [[slot, *taken, time, next(numbers[slot])] for slot, *taken, times in lines
                                      for time in times.split()]
    if table == "value":
        return ["slot", "name", "value"], [[slot, name, float(value)] for slot, *values in lines
                                           for name, value in zip(columns[1:], values) if value is not None]
    return columns, lines


def read_export(directory, connection):
    """Puts an export into a store that does not have it."""
    def insert(table, columns, rows):
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
                               f" ({', '.join('?' * len(columns))}) ON CONFLICT DO NOTHING", rows)
    experiment = []
    for table in TABLES:
        with (directory / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            columns, *rows = csv.reader(file)
        # What is empty is an empty text where there has to be one, and nothing elsewhere.
        texts = {row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[3]}
        rows = [[value or ("" if column in texts else None) for column, value in zip(columns, row)]
                for row in rows]
        if table == "experiment":
            experiment = [row[columns.index("id")] for row in rows]
        columns, rows = rows_of(table, columns, rows)
        if table in WITHIN:
            insert(table, ["experiment", *columns], [[*experiment, *row] for row in rows])
        else:
            insert(table, columns, rows)


def open_runs(*names, runs=RUNS):
    """The exported experiments in the directories of these names below `runs`, as a store in memory."""
    memory = sqlite3.connect(":memory:")
    for statement in schema():
        memory.execute(statement)
    for directory in (pathlib.Path(runs) / name for name in names):
        if not (directory / "experiment.csv").exists():
            raise StoreError(f"{directory}: no exported experiment there; make results measures and exports them")
        check_sums(directory)
        try:
            read_export(directory, memory)
        except (sqlite3.Error, ValueError, UnicodeError, csv.Error) as error:
            raise StoreError(f"{directory}: {error}") from None
    memory.commit()
    memory.row_factory = sqlite3.Row
    return memory


def newest_experiment(connection, name=None):
    """The id of the newest experiment, or of the newest of this name."""
    row = connection.execute("SELECT id FROM experiment WHERE ?1 IS NULL OR name = ?1 ORDER BY started DESC, id DESC"
                             " LIMIT 1", (name,)).fetchone()
    if not row:
        raise StoreError(f"the store has no experiment yet{f' of the name {name}' if name else ''}; make experiment"
                         " measures one")
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
        " FROM build WHERE id IN (SELECT build FROM cell WHERE experiment = experiment.id))"
        " AS compilers FROM experiment JOIN machine ON machine.id = machine"
        " WHERE experiment.id = ?", (name,)).fetchone()
    if not row:
        raise StoreError(f"{name}: no such experiment in the store")
    return row


def single_file(path, to):
    """Copies a store into one file, without the log that SQLite keeps beside one that is written to."""
    with contextlib.closing(connect(path)) as theirs, contextlib.closing(sqlite3.connect(to)) as ours:
        theirs.backup(ours)
        ours.execute("PRAGMA journal_mode = DELETE")


def finish(path, name):
    """Marks an experiment as finished, of which the runner does not know when it is (lab.decide)."""
    with contextlib.closing(connect(path, "rw")) as connection, connection:
        connection.execute("UPDATE experiment SET status = 'finished', finished = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
                           " WHERE id = ?", (name,))
