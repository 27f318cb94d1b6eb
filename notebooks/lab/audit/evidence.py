"""Everything that was measured and stored, as the tests of claims ask for it.

Times come from exported experiments (results/runs).  What is compared is taken from one experiment,
block by block, since only there it ran at about one time and on the same trace; if several have all
that is asked for, the one with the most processes serves.  Counts come from CSV files: they are the
same on every machine.  What is not there is None or empty, and no error: the audit says that a
claim was not measured.  A file that is there and cannot be read is an error.
"""
import csv
import functools
import json
import pathlib
import re
import statistics
from typing import NamedTuple

from .. import cell, store
from ..stats import estimate
from ..superslab import study as superslab_study

RESULTS = store.ROOT / "results"
# Where two have the same cells, with as many processes each, the first serves: `seeds`, from which
# the documents' tables are made, so that both speak of the same processes.
EXPERIMENTS = ("seeds", "audit", "fixes", "factorial", "allocators", "hashes", "libhamt",
               "suite", "churn", "buckets", "pools")
# Measured later, on another machine and at a later commit.  Each stands by itself: a ratio is always of one
# experiment.
LATER = ("churn", "buckets", "pools")
# A library's name as the measuring program tells it: libjemalloc.so.2.
LIBRARY = re.compile(r"lib([a-z]+)")
SYSTEM_ALLOCATOR = "glibc"
SYSTEM_LIBRARIES = ("c", "system")  # Linux, macOS


class Place(NamedTuple):
    """Where a time is to be found."""
    composition: str
    op: str
    pattern: str
    scale: int
    hash: str = "xxh3"
    key: str = "u64"
    allocator: str = SYSTEM_ALLOCATOR


class Shape(NamedTuple):
    """Where counts are to be found: they do not depend on operation and allocator."""
    composition: str
    pattern: str
    scale: int
    hash: str = "xxh3"
    pool_slots: str = ""  # the composition's own if empty


def allocator_name(library):
    found = LIBRARY.match(library)
    name = found[1] if found else library
    return SYSTEM_ALLOCATOR if name in SYSTEM_LIBRARIES else name


def in_order(composition):
    """One name for inline+tagged and tagged+inline."""
    return "+".join(sorted(composition.split("+")))


def read_rows(path):
    """A CSV file's lines as dicts; none if there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


class Evidence:
    def __init__(self, runs=store.RUNS, results=RESULTS):
        self.runs = pathlib.Path(runs)
        self.results = pathlib.Path(results)

    # ---- Experiments ----

    @functools.cached_property
    def stores(self):
        """{name: connection} of the exported experiments that are there."""
        return {name: store.open_runs(name, runs=self.runs) for name in EXPERIMENTS
                if (self.runs / name / "experiment.csv").exists()}

    @property
    def of_one_machine(self):
        """Those of them that are said to be of one machine, and of the same parts."""
        return {name: found for name, found in self.stores.items() if name not in LATER}

    @functools.cached_property
    def experiments(self):
        """{name: {Place: Replicates}}"""
        return {name: self._places(connection) for name, connection in self.stores.items()}

    @staticmethod
    def _places(connection):
        table = {}
        cells = store.replicates(connection, store.newest_experiment(connection))
        for where, competitors in cells.items():
            for who, replicates in competitors.items():
                table[Place(in_order(who.variant), where.op, where.pattern, where.scale, who.hash,
                            where.key, allocator_name(who.allocator))] = replicates
        return table

    def together(self, places):
        """The places' Replicates in the one experiment that has all of them; None if none has."""
        wanted = [place._replace(composition=in_order(place.composition)) for place in places]
        found = [[table[place] for place in wanted] for table in self.experiments.values()
                 if all(place in table for place in wanted)]
        return max(found, key=lambda group: len(common_blocks(r.ns_per_op for r in group)),
                   default=None)

    def each_block(self, function, *places):
        """{block: function of the places' times in it}; {} if they were not measured together."""
        group = self.together(places)
        times = [replicates.ns_per_op for replicates in group or []]
        return {block: function(*(ns[block] for ns in times)) for block in common_blocks(times)}

    def time(self, place):
        """ns an operation, None if it was not measured."""
        values = self.each_block(lambda ns: ns, place)
        return estimate(values.values()) if values else None

    def ratio(self, upper, lower):
        values = self.each_block(lambda a, b: a / b, upper, lower)
        return estimate(values.values()) if values else None

    def bytes_per_entry(self, place):
        group = self.together([place])
        return statistics.median(group[0].bytes_per_entry.values()) if group else None

    # ---- Counts ----

    @functools.cached_property
    def trees(self):
        """{Shape: a full map's counts}, as results/audit/trees.csv has them."""
        return {Shape(in_order(row["composition"]), row["pattern"], int(row["scale"]), row["hash"],
                      row["pool_slots"]): json.loads(row["tree"])
                for row in read_rows(self.results / "audit" / "trees.csv")}

    def tree(self, shape):
        """The counts of a full map, from trees.csv or else from an experiment's processes; None."""
        shape = shape._replace(composition=in_order(shape.composition))
        return self.trees.get(shape) or (None if shape.pool_slots else self._tree_of_a_run(shape))

    def _tree_of_a_run(self, shape):
        for table in self.experiments.values():
            for op in ("put", "get", "get_in_order"):
                found = table.get(Place(shape.composition, op, shape.pattern, shape.scale,
                                        shape.hash))
                if found:
                    return json.loads(found.tree)
        return None

    def model_of(self, composition):
        """The model of a composition's shape (lab.shape.model)."""
        return cell.shape_of(composition)

    @functools.cached_property
    def switches(self):
        """Rows of results/audit/switches.csv: how often processes had to wait."""
        return read_rows(self.results / "audit" / "switches.csv")

    @functools.cached_property
    def instructions(self):
        return read_rows(self.results / "counts" / "counts.csv")

    @functools.cached_property
    def attribution(self):
        return read_rows(self.results / "counts" / "attribution.csv")

    @functools.cached_property
    def lost_keys(self):
        return read_rows(self.results / "libhamt" / "lost_keys.csv")

    @functools.cached_property
    def superslab(self):
        return superslab_study.stored(self.results)


def common_blocks(mappings):
    """The blocks that all mappings have, in order."""
    sets = [set(mapping) for mapping in mappings]
    return sorted(set.intersection(*sets)) if sets else []
