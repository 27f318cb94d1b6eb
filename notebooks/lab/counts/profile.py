"""The documents' profile of a composition: performance, tree, pool, and where it goes.

The documents' profiling program inserts 100,000 integers, queries them, and prints its times, the structure of the tree
and the statistics of the pool; a profiler looks on.  This does the same: it puts the keys and gets them in several
processes and prints the median time with its interval; then the tree beside what a uniform hash predicts (make tree has
it level by level); then the pool (make pool has it scale by scale); and, where valgrind is there, what the instructions
are spent on (make attribution has it function by function).
"""
import json
import shutil
import statistics

from .. import cell, printing
from ..progress import Progress
from ..shape import pool, tree
from ..stats import estimate
from . import attribution, sampled

OPS = attribution.OPS


def sample(filled, op):
    """One process's line, its time the median of its samples."""
    lines = list(map(json.loads, cell.output([filled.program(), *filled.arguments(op, samples=3)]).splitlines()))
    return lines[-1] | {"ns_per_op": statistics.median(line["ns_per_op"] for line in lines)}


def measure(filled, processes):
    """{op: the lines of its processes}; the operations take turns."""
    steps, found = OPS * processes, {op: [] for op in OPS}
    progress = Progress("profile", steps)
    for op in steps:
        found[op].append(sample(filled, op))
        progress.step(op)
    progress.end()
    return found


def performance(lines):
    times = {op: estimate([line["ns_per_op"] for line in lines[op]]) for op in OPS}
    rows = [[op, printing.with_interval(time), printing.with_interval(printing.throughput(time)), str(time.count)]
            for op, time in times.items()]
    return (printing.columns(["", "ns/op", "M ops/s", "processes"], rows)
            + f"\nmemory: {printing.digits(lines['put'][0]['bytes_per_entry'])} bytes an entry")


def pool_statistics(line):
    found = pool.table([line])
    return "\n".join(filter(None, found)) if found else "no pool: arrays come from malloc, or there are none"


def profile(variant="list", hash="xxh3", key="u64", scale=100000, pattern="sequential", seed=1, reps=8):
    """Prints the documents' profile of a composition: times of REPS processes, tree, pool, what it is spent on."""
    filled = cell.Filled(variant, hash, key, pattern, scale, seed)
    lines = measure(filled, reps)
    line, full = lines["put"][0], lines["put"][0]["tree"]
    spent = (attribution.sections(attribution.count(filled)) if shutil.which("valgrind") else
             ["where it goes: valgrind is not installed; make build/packages-counts installs it"])
    print(tree.title(line, cell.shape_of(variant)), performance(lines),
          tree.summary(full, tree.expectation(variant, full["entries"])), pool_statistics(line), *spent,
          sampled.text(filled), sep="\n\n")
