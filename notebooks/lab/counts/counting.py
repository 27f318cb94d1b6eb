"""Counting, by the runner: its cell map-counted (experiments/counted) in a plan of what is wanted, and what came of it
as rows of results/counts (lab.counts.stored)."""
import contextlib
import hashlib
import json
import sys
from typing import NamedTuple

from .. import cell, runner, store
from . import stored

sys.path.insert(0, str(store.ROOT / "experiments" / "counted"))
import callgrind  # noqa: E402
import purposes  # noqa: E402

CATEGORIES = purposes.CATEGORIES
OPS = list(callgrind.FUNCTION)
PROGRAM = "map-counted"
PATIENCE = ["--timeout", "3600"]  # seconds for one process, which is a hundred times as slow as it is otherwise
# Figures that are sums over all operations; the others are means already.
SUMS = [name for name in stored.FIGURES if name not in ("chain", "lines", "places", "pages")]


def digest_of(program):
    return hashlib.sha256((store.ROOT / program).read_bytes()).hexdigest()[:16]


class Wanted(NamedTuple):
    """A cell that is to be counted; the seed is that of the keys."""
    variant: str
    hash: str
    key: str
    op: str
    pattern: str
    scale: int
    seed: int

    @classmethod
    def of(cls, filled, op):
        return cls(filled.variant, filled.hash, filled.key, op, filled.pattern, filled.scale, filled.seed)

    def program(self):
        return cell.build(self.variant, self.hash, self.key, "counted-cell")


class Count(NamedTuple):
    place: dict   # composition, key, hash, op, pattern, scale, seed
    origin: dict  # what was counted, and with what
    values: dict

    @property
    def operations(self):
        return self.values["operations"]

    def row(self):
        """Of counts.csv."""
        figures = {name: self.values[name] / (self.operations if name in SUMS else 1)
                   for name in stored.FIGURES if name in self.values}
        of_lookups = {"translations": self.origin["translations"] if "tlb1_misses" in self.values else ""}
        return (self.origin | self.place | figures | of_lookups
                | {name: self.values[name] for name in ("operations", "followed") if name in self.values})

    def spent(self):
        """{(category, file, function): {figure: number for one operation}}"""
        found = {}
        for name, number in self.values.items():
            figure, *where = name.split(":", 3)
            if where:
                found.setdefault(tuple(where), {})[figure] = number / self.operations
        return found


# ---- Plans ----

def plan_text(cells, program=PROGRAM):
    """The lines of a plan; cells that do the same work share one."""
    work = {}
    for wanted in cells:
        work.setdefault(wanted[1:], []).append(wanted.variant)
    return "".join(runner.line(CELL=program, VARIANTS=",".join(variants), HASH=hash_name, KEY=key, OPS=op,
                               PATTERNS=pattern, SCALES=scale, REPS=1, SAMPLES=1, keys_seed=seed)
                   for (hash_name, key, op, pattern, scale, seed), variants in work.items())


# ---- Results ----

def samples_of(connection, experiment):
    """(place, origin, what its program tells of itself, values) of each process of a stored experiment that came to a
    good end."""
    about = store.experiment(connection, experiment)
    values = {}
    for slot, name, value in connection.execute("SELECT slot, name, value FROM value WHERE experiment = ?",
                                                (experiment,)):
        values.setdefault(slot, {})[name] = int(value) if value == int(value) else value
    commit = (about["source_commit"] or "unknown")[:12] + "+changes" * about["dirty"]
    for row in connection.execute(
            "SELECT process.*, identity, compiler, cflags FROM process JOIN build ON build.id = process.build"
            " WHERE experiment = ? AND process.status = 'ok' ORDER BY slot", (experiment,)):
        identity = json.loads(row["identity"])
        seed = next(word.partition("=")[2] for word in row["parameters"].split() if word.startswith("keys_seed="))
        place = {"composition": row["variant"], "seed": int(seed)} | {
            name: row[name] for name in ("key", "hash", "op", "pattern", "scale")}
        origin = {"program": identity["counted"], "commit": commit, "compiler": row["compiler"],
                  "cflags": row["cflags"]}
        yield place, origin, identity, values[row["slot"]]


def counts_of(connection, experiment):
    """A Count for each of them."""
    for place, origin, identity, values in samples_of(connection, experiment):
        tools = {name: identity[name] for name in ("instruction_set", "valgrind", "caches", "translations")}
        yield Count(place, origin | tools, values)


def measure(cells, where):
    """Counts cells into a store, or what an interrupted run has left; a list of Count, and whether that is all."""
    experiment, complete = runner.measure(plan_text(cells), where, "counts", *PATIENCE)
    with contextlib.closing(store.connect(where)) as connection:
        return list(counts_of(connection, experiment)), complete


def count_now(cells):
    """The same into a store that nobody keeps: a Count for each cell."""
    with runner.once(plan_text(cells), "counts", *PATIENCE) as (connection, experiment):
        return list(counts_of(connection, experiment))
