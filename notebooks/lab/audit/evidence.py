"""Everything that was measured and stored, as claims, findings and the paper ask for it.

A place is where a time is to be found.  Every field of it may be a fraction, so one notation says what is compared,
whatever it is; operands are a, b, c, ... in their order:

    get lazy/list                           one composition over another
    get_chained/get list                    one operation over another, of the same composition
    put reference scale=100K/10K            the same at two scales
    put list alloc=mimalloc/glibc           under two allocators
    put/insert10 reference scale=100K/10K   several at once
    put list/arena/pool                     three compositions

What is not said: 100,000 integer keys, shuffled, under XXH3 and the C library's malloc.

What is compared is taken from one experiment, block by block, since only there it ran at about one time and on the
same trace; if several have all that is asked for, the one with the most blocks serves.  Times come from exported
experiments, counts from CSV files: these are the same on every machine.  What is not there is empty or None, where
one figure is asked for NotMeasured, and the audit says so; a file that is there and cannot be read is an error.
"""
import functools
import pathlib
import statistics
import string
from typing import NamedTuple

import pandas

from .. import results
from ..experiment import SYSTEM
from ..command import BadSetting
from ..counts import attribution, exact
from ..pairs import by_turn, over_turns
from ..results import NotMeasured, read_rows, tree_of
from ..settings import Wrong, read_scale
from ..stats import estimate
from ..superslab.study import Study

# Where two have the same cells, with as many blocks each, the first serves: `seeds`, from which the documents'
# tables are made, so that both speak of the same processes.
EXPERIMENTS = ("seeds", "audit", "fixes", "steps", "factorial", "allocators", "hashes", "libhamt", "suite", "churn",
               "buckets", "pools", "frontier-core", "frontier-factorial", "versions", "threads", "champ", "pages",
               "rise", "frontier-tried", "threads-writes", "frontier-latency", "frontier-strings",
               "frontier-strings-1M", "frontier-large", "frontier-large-batch", "frontier-large-more")
USUAL = {"pattern": "shuffled", "scale": "100K", "hash": "xxh3", "key": "u64", "alloc": SYSTEM[0]}


class Place(NamedTuple):
    """Where a time is to be found."""
    composition: str
    op: str
    pattern: str
    scale: int
    hash: str = USUAL["hash"]
    key: str = USUAL["key"]
    alloc: str = USUAL["alloc"]


class Shape(NamedTuple):
    """Where counts are to be found: they do not depend on operation and allocator."""
    composition: str
    pattern: str
    scale: int
    hash: str = USUAL["hash"]
    pool_slots: str = ""  # the composition's own if empty


COLUMNS = ["variant", "op", "pattern", "scale", "hash", "key", "allocator"]  # of a frame of runs, in a Place's order


def in_order(where):
    """The same place or shape with one name for inline+tagged and tagged+inline."""
    return where._replace(composition="+".join(sorted(where.composition.split("+"))))


def places(op, composition, **options):
    """The Places of a fraction: as many as it has parts."""
    unknown = options.keys() - USUAL
    if unknown:
        raise BadSetting(f"no such option: {', '.join(sorted(unknown))}")
    parts = {name: text.split("/") for name, text in {"op": op, "composition": composition, **USUAL, **options}.items()}
    count = max(map(len, parts.values()))
    if any(len(words) not in (1, count) for words in parts.values()):
        raise BadSetting(f"{op} {composition}: of these fractions one has {count} parts, another fewer")
    try:
        parts["scale"] = [read_scale(word) for word in parts["scale"]]
    except Wrong as wanted:
        raise BadSetting(f"scale: wanted {wanted}") from None
    return [Place(**{name: words[i % len(words)] for name, words in parts.items()}) for i in range(count)]


def name_of(where):
    """What tells places apart, for messages."""
    return " and ".join(f"{one.op} {one.composition} {' '.join(map(str, one[2:]))}" for one in where)


def by_place(found):
    """{Place: frame of its processes, by block} of an experiment."""
    runs = found.where(program=results.MAP).replace({"allocator": dict.fromkeys(SYSTEM, SYSTEM[0])})
    return {in_order(Place(*key)): group.set_index("block") for key, group in runs.groupby(COLUMNS, sort=False)}


class Evidence:
    """What depends on the machine comes from one directory of results, counts from another."""

    def __init__(self, directory=results.RESULTS, counted=results.RESULTS):
        self.directory, self.counted = pathlib.Path(directory), pathlib.Path(counted)

    # ---- Experiments ----

    @functools.cached_property
    def experiments(self):
        """{name: results.Experiment} of those that are there."""
        return {name: results.exported(name, self.directory) for name in EXPERIMENTS
                if (self.directory / "runs" / name / "experiment.csv").exists()}

    @functools.cached_property
    def processes(self):
        """{experiment: {Place: frame of its processes, by block}}"""
        return {name: by_place(found) for name, found in self.experiments.items()}

    @functools.cached_property
    def elsewhere(self):
        """The same of those that another machine measured again, which only their name leads to."""
        return {name: by_place(results.exported(name, self.directory)) for known in self.experiments
                for name in results.siblings_of(results.directory_of(known, self.directory))}

    def together(self, where, column="ns_per_op", within=""):
        """A frame of the places' figures, a column (a, b, ...) each and a row a block, or a turn in it, of the
        experiment that is named, or else of the one with the most rows; empty if none has them all."""
        wanted, letters = [in_order(place) for place in where], string.ascii_lowercase[:len(where)]
        tables = ([self.processes.get(within) or self.elsewhere.get(within, {})] if within else
                  self.processes.values())
        found = [pandas.concat([by_turn(table[place], column) for place in wanted], axis=1, join="inner",
                               keys=list(letters))
                 for table in tables if all(place in table for place in wanted)]
        return max(found, key=len, default=pandas.DataFrame(columns=list(letters), dtype=float)).sort_index()

    # ---- Counts ----

    @functools.cached_property
    def trees(self):
        """{Shape: a full map's counts}, as audit/trees.csv has them."""
        return {in_order(Shape(row["composition"], row["pattern"], int(row["scale"]), row["hash"], row["pool_slots"])):
                tree_of(row["tree"]) for row in read_rows(self.counted / "audit" / "trees.csv")}

    def tree(self, shape):
        """The counts of a full map, from trees.csv or else from an experiment's processes; None."""
        shape = in_order(shape)
        if shape in self.trees or shape.pool_slots:
            return self.trees.get(shape)
        ways = [Place(shape.composition, op, *shape[1:4]) for op in ("put", "get", "get_in_order")]
        return next((table[place]["tree"].iloc[0] for table in self.processes.values() for place in ways
                     if place in table), None)

    def rows(self, *path):
        return read_rows(self.counted.joinpath(*path))

    switches = functools.cached_property(lambda self: self.rows("audit", "switches.csv"))
    instructions = functools.cached_property(lambda self: exact.load(self.counted / "counts"))
    attribution = functools.cached_property(lambda self: attribution.load(self.counted / "counts"))
    lost_keys = functools.cached_property(lambda self: self.rows("libhamt", "lost_keys.csv"))

    @functools.cached_property
    def superslab(self):
        try:
            return Study.stored(self.directory)
        except NotMeasured:
            return Study()


# ---- One figure, which must be there ----

def by_block(evidence, where, within="", column="ns_per_op"):
    """A Series: what was measured in each block, or the ratio if there are two places."""
    found = evidence.together(where, column, within).dropna()
    if found.empty:
        what = f"{column} of " if column != "ns_per_op" else ""
        raise NotMeasured(f"{what}{name_of(where)}{f' in {within}' if within else ''}")
    return over_turns(found["a"] / found["b"] if len(where) > 1 else found["a"])


def measured(evidence, where, within="", column="ns_per_op"):
    return estimate(by_block(evidence, where, within, column))


def memory(evidence, where, column="bytes_per_entry", within=""):
    """Bytes an entry, or their ratio: medians over processes, which differ by their keys alone."""
    by_block(evidence, where, within, column)
    sizes = [statistics.median(values.dropna()) for _, values in evidence.together(where, column, within).items()]
    return sizes[0] / sizes[1] if len(sizes) == 2 else sizes[0]


def counted(evidence, column, composition, op, scale, pattern=USUAL["pattern"]):
    row = exact.of_cell(evidence.instructions, composition, op, pattern, scale)
    if row is None or not row.notna()[column]:
        raise NotMeasured(f"{column} of {op} {composition} {pattern} {scale}")
    return row[column]


def full_map(evidence, shape):
    tree = evidence.tree(shape)
    if not tree:
        raise NotMeasured(f"a full map: {' '.join(map(str, shape[:4]))}")
    return tree
