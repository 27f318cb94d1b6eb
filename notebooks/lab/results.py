"""Measured results as one tidy frame: one row a process, read from the CSV files that git holds or from a store.

A row says what ran (variant, composition, hash, key, allocator, parameters), where (op, pattern, scale, block), and
what came of it (samples, the times in their order, and ns_per_op, their median; bytes_per_entry; rss_per_entry;
allocated_per_entry, NaN where it was not told; tree, the shape of the full map; seconds that the process took, and
clocked, those of them under the clock).  turns says how the samples of a block's competitors follow each other: none,
one process after the other; warm or cold, in turn.  sequential says whether what was measured decided how much was
(lab.goal).  RUN names what tells two competitors in one block apart; CELL is what they have in common.
No compiler is needed, and no store of another program's version is believed.
"""
import contextlib
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
TIMED = ["ns_per_op", "samples", "clocked", "allocated_per_entry"]  # columns of processes, of which none may have one
WEIGHED = ["bytes_per_entry", "rss_per_entry", "peak_rss_bytes"]  # numbers, though none may be there
MAP = "map"  # the program that times a map; what a process of another one did, its CELL alone does not tell
NO_TURNS = "none"
UNSAID = {"shuffle_file": "0"}  # parameters that go without saying, as in results from before there were such


class NotMeasured(Failure):
    """The evidence is not there; the text says what measures it."""


def where(runs, **values):
    """Those in which each named column has this value, or one of these."""
    for name, value in values.items():
        runs = runs[runs[name].isin(list(value) if isinstance(value, (list, tuple, set, dict)) else [value])]
    return runs


class Experiment(NamedTuple):
    about: dict             # its row in the store, with the machine's in machine_is; its caches are parsed
    runs: pandas.DataFrame  # processes that gave samples
    failed: pandas.DataFrame

    def where(self, **values):
        return where(self.runs, **values)


@functools.lru_cache(maxsize=None)
def tree_of(text):
    """The shape of a map; most processes share one with others."""
    return json.loads(text)


def of_connection(connection, name):
    """The experiment of this id."""
    about = dict(store.experiment(connection, name))
    machine = dict(connection.execute("SELECT * FROM machine WHERE id = ?", (about["machine"],)).fetchone())
    _, every = processes_of(connection, name)
    every = every.reindex(columns=list(dict.fromkeys([*every, *TIMED])))
    good = every["status"] == "ok"
    runs = every[good & every["samples"].notna()]
    runs = runs.assign(allocator=runs["allocator_asked"], tree=runs["tree"].map(tree_of, na_action="ignore"))
    about |= {"machine_is": machine, "caches": json.loads(machine["caches"])}
    return Experiment(about, runs, every[~good])


@functools.lru_cache(maxsize=None)
def of_export(directory):
    """The experiment whose CSV files lie in a directory; it is read once."""
    return find(None, directory)[0]


def directory_of(name, results):
    """Where the experiment of a plan lies, among results laid out as ours are."""
    directory = pathlib.Path(results) / "runs" / name
    if not (directory / "experiment.csv").exists():
        raise NotMeasured(f"{directory}: not measured; make results measures it")
    return directory


def exported(name, results=RESULTS):
    """The experiment of a plan, among results laid out as ours are."""
    return of_export(directory_of(name, results).resolve())


def apart(runs):
    """Processes with a number of its own for each block: lines of a plan with unequal REPS share no blocks, and if they
    have a competitor in common, it runs in two blocks of one number."""
    ran = ["program", *CELL, "variant", "hash", "allocator_asked", "parameters", "plan_seed"]
    if not runs.duplicated([*ran, "block"]).any():
        return runs
    reps = runs.groupby("cell")["slot"].transform("size")
    return runs.assign(block=runs["block"] + (reps.rank(method="dense").astype(int) - 1) * (runs["block"].max() + 1))


def processes_of(connection, name):
    """(about, frame) of an experiment that times no map, or of which more is asked than that: a row is a process, those
    that failed too, with its turns, with samples, ns_per_op and clocked if it was timed, and a column for each value it
    reported.
    About: the experiment's row, with its machine's, and its compilers."""
    def rows(sql):
        return pandas.read_sql_query(sql, connection, params=(name,))
    runs = rows("SELECT * FROM process WHERE experiment = ? ORDER BY slot").astype(dict.fromkeys(WEIGHED, float))
    values = rows("SELECT * FROM value WHERE experiment = ?").pivot(index="slot", columns="name", values="value")
    runs = apart(runs).join(values, on="slot").assign(turns=turns_of(runs))
    by_slot = rows("SELECT slot, ns_per_op, ns_per_op * ops * repeats / 1e9 AS clocked FROM sample WHERE experiment = ?"
                   " ORDER BY slot, number").groupby("slot")
    times = pandas.DataFrame({"ns_per_op": by_slot["ns_per_op"].median(), "samples": by_slot["ns_per_op"].agg(tuple),
                              "clocked": by_slot["clocked"].sum()})
    about, = rows("SELECT * FROM experiment WHERE id = ?").fillna("").to_dict("records")
    machine, = rows("SELECT * FROM machine WHERE id = (SELECT machine FROM experiment WHERE id = ?)").fillna(
        "").to_dict("records")
    compilers = rows("SELECT compiler FROM build WHERE id IN (SELECT build FROM cell WHERE experiment = ?)")["compiler"]
    about = machine | about | {"compilers": sorted(set(compilers))}
    runs = runs.assign(sequential=settings.has_goal(about["settings"]))
    return about, runs.join(times, on="slot") if len(times) else runs


def processes(name, results=RESULTS):
    """The same of the experiment of a plan, among results laid out as ours are."""
    with opened(None, directory_of(name, results)) as (connection, identity, _):
        return processes_of(connection, identity)


def parameter(runs, name):
    """A Series of the parameter's numbers; NaN where a process has none."""
    return runs["parameters"].str.extract(rf"(?:^| ){name}=(\S+)", expand=False).astype(float)


def turns_of(runs):
    """How each process took its samples: the parameter that the runner adds."""
    return runs["parameters"].str.extract(r"(?:^| )turns=(\w+)", expand=False).fillna(NO_TURNS)


def setting_of(program, parameters):
    """What a process was told besides what all are: its program, if that is not the map's, and its parameters without
    those that come with a composition or go without saying."""
    own = {name.lower() for name in settings.compose.SETTINGS}
    unsaid = {f"{name}={value}" for name, value in UNSAID.items()}
    words = [word for word in parameters.split() if word.partition("=")[0] not in own and word not in unsaid]
    return ",".join([*([program] if program != MAP else []), *words])


def with_settings(runs):
    return runs.assign(setting=list(map(setting_of, runs["program"], runs["parameters"])))


def told_apart(runs):
    """The same, but where only what processes were told tells them apart, the words that some were told and others not
    make operations of their own."""
    told = [setting.split(",") for setting in with_settings(runs)["setting"]]
    if not runs.assign(told=list(map(tuple, told))).groupby(RUN)["told"].nunique().gt(1).any():
        return runs
    common = set.intersection(*map(set, told))
    return runs.assign(op=[" ".join([op, *(word for word in words if word and word not in common)])
                           for op, words in zip(runs["op"], told)])


def measured_share(runs):
    """The share of the processes' time that was under the clock."""
    return runs["clocked"].sum() / runs["seconds"].sum()


def siblings_of(directory):
    """The names of the exports beside this one of the same plan's name and sources, which other machines measured."""
    def about(path):
        return read_rows(path / "experiment.csv")[0]
    own = about(directory)
    return [path.parent.name for path in sorted(directory.parent.glob("*/experiment.csv"))
            if (other := about(path.parent))["name"] == own["name"] and other["machine"] != own["machine"]
            and other["source_commit"] == own["source_commit"]]


@contextlib.contextmanager
def opened(path, wanted=None, name=None, siblings=False):
    """(connection, id, where it lies) of an experiment, until the block ends.  wanted: an id in the store at `path`, or
    the beginning of one; the directory of an exported experiment, which with `siblings` is opened with those of other
    machines; or None, the newest in the store, of this name if there is one."""
    directory = pathlib.Path(wanted) if wanted else None
    if directory and (directory / "experiment.csv").exists():
        names = [directory.name, *(siblings_of(directory) if siblings else ())]
        with contextlib.closing(store.open_runs(*names, runs=directory.parent)) as connection:
            yield connection, read_rows(directory / "experiment.csv")[0]["id"], directory
    else:
        with contextlib.closing(store.connect(path)) as connection:
            yield connection, (store.find_experiment(connection, wanted) if wanted else
                               store.newest_experiment(connection, name)), path


def find(path, wanted=None):
    """(Experiment, where it lies), see opened."""
    with opened(path, wanted) as (connection, name, where):
        return of_connection(connection, name), where


def read_rows(path):
    """A CSV file's lines as dicts; none if there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))
