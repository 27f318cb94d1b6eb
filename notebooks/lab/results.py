"""Measured results as one tidy frame: one row a process, read from the CSV files that git holds or from a store.

A row says what ran (variant, composition, hash, key, allocator, parameters), where (op, pattern, scale, block), and
what came of it (ns_per_op, the median of the process's samples; bytes_per_entry; rss_per_entry; tree, the shape of
the full map; sequential: whether what was measured decided how much was, see lab.goal).  RUN names what tells two
competitors in one block apart; CELL is what they have in common.  No compiler is needed, and no store of another
program's version is believed.
"""
import csv
import functools
import json
import pathlib
from typing import NamedTuple

import pandas

from . import settings, store
from .command import Failure

CELL = ["op", "pattern", "scale", "key"]
COMPETITOR = ["variant", "hash", "allocator"]
RUN = CELL + COMPETITOR
RESULTS = store.ROOT / "results"


class NotMeasured(Failure):
    """The evidence is not there; the text says what measures it."""


class Experiment(NamedTuple):
    about: dict             # its row in the store, with the machine's in machine_is; its caches are parsed
    runs: pandas.DataFrame  # processes that gave samples
    failed: pandas.DataFrame

    def where(self, **values):
        """The runs in which each named column has this value, or one of these."""
        found = self.runs
        for name, value in values.items():
            found = found[found[name].isin(value if isinstance(value, (list, tuple, set)) else [value])]
        return found


@functools.lru_cache(maxsize=None)
def tree_of(text):
    """The shape of a map; most processes share one with others."""
    return json.loads(text)


def of_connection(connection, name):
    """The experiment of this id."""
    about = dict(store.experiment(connection, name))
    machine = dict(connection.execute("SELECT * FROM machine WHERE id = ?", (about["machine"],)).fetchone())
    samples = pandas.read_sql_query(
        "SELECT * FROM measurement WHERE experiment = ? ORDER BY run, number", connection, params=(name,))
    samples["allocator"] = samples.pop("allocator_asked")
    times = samples.groupby("run", sort=False)["ns_per_op"]
    seconds = pandas.read_sql_query("SELECT id, seconds FROM process WHERE experiment = ?", connection, "id",
                                    params=(name,))["seconds"]
    runs = samples.drop_duplicates("run").set_index("run", drop=False)
    runs = runs.assign(ns_per_op=times.median(), samples=times.agg(tuple),
                       tree=runs["tree"].map(tree_of, na_action="ignore"), seconds=seconds,
                       sequential=settings.has_goal(about["settings"]))
    failed = pandas.read_sql_query("SELECT * FROM process WHERE experiment = ? AND status <> 'ok' ORDER BY slot",
                                   connection, params=(name,))
    about |= {"machine_is": machine, "caches": json.loads(machine["caches"])}
    return Experiment(about, runs.drop(columns="number"), failed)


@functools.lru_cache(maxsize=None)
def of_export(directory):
    """The experiment whose CSV files lie in a directory; it is read once."""
    connection = store.open_runs(directory.name, runs=directory.parent)
    return of_connection(connection, store.newest_experiment(connection))


def directory_of(name, results):
    """Where the experiment of a plan lies, among results laid out as ours are."""
    directory = pathlib.Path(results) / "runs" / name
    if not (directory / "experiment.csv").exists():
        raise NotMeasured(f"{directory}: not measured; make results measures it")
    return directory


def exported(name, results=RESULTS):
    """The experiment of a plan, among results laid out as ours are."""
    return of_export(directory_of(name, results).resolve())


def processes(name, results=RESULTS):
    """(about, frame) of the experiment of a plan that times no map, or more than that: a row is a process, those that
    failed too, with ns_per_op, the median of its samples, if it was timed, and a column for each value it reported.
    About: the experiment's row, with its machine's, and its compilers."""
    directory = directory_of(name, results)
    connection = store.open_runs(name, runs=directory.parent)

    def rows(sql):
        return pandas.read_sql_query(sql, connection)
    runs = rows("SELECT * FROM process ORDER BY slot")
    runs = runs.join(rows("SELECT * FROM value").pivot(index="slot", columns="name", values="value"), on="slot")
    times = rows("SELECT slot, ns_per_op FROM sample").groupby("slot")["ns_per_op"].median()
    (machine,), (about,) = (rows(f"SELECT * FROM {table}").fillna("").to_dict("records")
                            for table in ("machine", "experiment"))
    return (machine | about | {"compilers": sorted(set(rows("SELECT compiler FROM build")["compiler"]))},
            runs.join(times, on="slot") if len(times) else runs)


def parameter(runs, name):
    """A Series of the parameter's numbers; NaN where a process has none."""
    return runs["parameters"].str.extract(rf"(?:^| ){name}=(\S+)", expand=False).astype(float)


def find(path, wanted=None):
    """(Experiment, where it lies).  wanted: an id in the store at `path`, or the beginning of one; the directory of an
    exported experiment; or None, the newest in the store."""
    directory = pathlib.Path(wanted) if wanted else None
    if directory and (directory / "experiment.csv").exists():
        return of_export(directory.resolve()), directory
    connection = store.connect(path)
    found = store.find_experiment(connection, wanted) if wanted else store.newest_experiment(connection)
    return of_connection(connection, found), path


def read_rows(path):
    """A CSV file's lines as dicts; none if there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))
