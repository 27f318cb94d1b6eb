#!/usr/bin/env python3
"""Fills the maps whose counts the audit needs and no experiment has, and writes them down.

    python3 -m lab.audit.trees [--out DIR]

    trees.csv       the shape of each full map, as the measuring program prints it; the program ends
                    with an error if a single key of the full map is not found again
    switches.csv    how often the processes of one cell gave up the processor to wait

in DIR, results/audit by default.  The counts in trees.csv depend on nothing but keys and hash, so
they are the same on every machine.  About five minutes, and 6 GB of memory for ten million entries.
"""
import csv
import itertools
import json
import os
import pathlib
import resource
from types import SimpleNamespace

from .. import cell, store, tables
from ..command import BadSetting, Parser, run_report
from ..progress import Progress
from ..shape import pool

OUT = store.ROOT / "results" / "audit"
SCALES = [1000, 10000, 100000, 1000000]
HASHES = ["xxh3", "wyhash", "murmur3", "siphash", "fnv1a"]
TREES = "trees.csv"
SWITCHES = "switches.csv"
TREE_COLUMNS = ["composition", "pattern", "scale", "hash", "pool_slots", "tree"]
SWITCH_COLUMNS = ["composition", "op", "pattern", "scale", "process", "blocks", "switches"]
SOME_RANDOM = 95219  # distinct keys, of 100,000 drawn
WAITING = ("outline", "sequential", 100000)  # the cell of switches.csv
PROCESSES = 12


def wanted():
    """(composition, pattern, scale, hash, pool slots or None) of every map, none twice."""
    grids = [
        (["outline"], tables.PATTERNS, SCALES, HASHES),
        (["outline"], ["sequential", "random"], [10 ** 7], ["xxh3"]),
        (["outline"], ["random"], [SOME_RANDOM], ["xxh3"]),
        (["outline"], ["sequential"], [100000], ["identity", "weak"]),
        (["outline+lazy", "outline+pathcomp", "reference"], tables.PATTERNS, SCALES, ["xxh3"]),
        (["outline+lazy", "reference"], ["sequential"], [100000], ["murmur3"]),
        (["phase2.5"], tables.PATTERNS, SCALES, ["xxh3"]),
        (["phase2.5"], ["sequential", "random"], [130000], ["xxh3"]),
        (["phase2"], ["sequential"], [1000, 10000, 50000, 100000], ["xxh3"]),
        (["phase2.5"], ["sequential"], [50000], ["xxh3"]),
        (["outline+arena+growpool+exact"], ["sequential"], SCALES, ["xxh3"]),
        (["reference"], ["random"], [10 ** 7], ["murmur3"]),
        (["reference"], ["random"], [1000, 10000], ["weak"]),
    ]
    rows = [(*row, None) for grid in grids for row in itertools.product(*grid)]
    rows += [("phase2.5", pattern, scale, "xxh3",
              pool.with_headroom(pool.SLOTS_PER_ENTRY * scale))
             for pattern, scale in itertools.product(tables.PATTERNS, SCALES)]
    return list(dict.fromkeys(rows))


def filled(composition, pattern, scale, hash_name, slots):
    given = SimpleNamespace(variant=composition, key="u64", seed=1, hash_seed=0)
    return cell.fill(given, hash_name, pattern, scale, slots)["tree"]


def tree_row(composition, pattern, scale, hash_name, slots):
    tree = filled(composition, pattern, scale, hash_name, slots)
    return [composition, pattern, scale, hash_name, slots or "",
            json.dumps(tree, separators=(",", ":"))]


def switch_row(process):
    """One process, and how often it waited: of the processes that have been waited for, itself and
    those it forked, the difference."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    tree = filled(*WAITING, "xxh3", None)
    composition, pattern, scale = WAITING
    return [composition, "put", pattern, scale, process, tree["blocks"],
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw - before]


def write(path, header, rows):
    """The file is written whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(part, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def rows_of_trees():
    everything = wanted()
    progress = Progress("trees", everything)
    for row in everything:
        yield tree_row(*row)
        progress.step(row[:4])
    progress.end()


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default=OUT, type=pathlib.Path, help="a directory that is there")
    given = parser.parse_args(arguments)
    if not given.out.is_dir():
        raise BadSetting(f"--out {given.out}: no such directory")
    cell.build(WAITING[0], "xxh3", "u64")  # so that the compiler's waiting does not count
    write(given.out / SWITCHES, SWITCH_COLUMNS, map(switch_row, range(PROCESSES)))
    write(given.out / TREES, TREE_COLUMNS, rows_of_trees())


if __name__ == "__main__":
    run_report("audit-counts", report)
