"""The documents' profile of a composition: performance, tree, pool, and where it goes.

The documents' profiling program inserts 100,000 integers, queries them, and prints its times, the structure of the tree
and the statistics of the pool; a profiler looks on.  This does the same: it puts the keys and gets them in several
processes and prints the median time with its interval; then the tree beside what a uniform hash predicts (make tree has
it level by level); then the pool (make pool has it scale by scale); and, where valgrind is there, what the instructions
are spent on (make attribution has it function by function).
"""
import shutil

from .. import cell, printing, results, runner
from ..shape import pool, tree
from ..stats import estimate
from . import attribution, sampled

OPS = attribution.OPS


def performance(runs, line):
    times = {op: estimate(some["ns_per_op"]) for op, some in runs.groupby("op")}
    rows = [[op, printing.with_interval(times[op]), printing.with_interval(printing.throughput(times[op])),
             str(times[op].count)] for op in OPS]
    return (printing.columns(["", "ns/op", "M ops/s", "processes"], rows)
            + f"\nmemory: {printing.digits(line['bytes_per_entry'])} bytes an entry")


def pool_statistics(line):
    found = pool.table([line])
    return "\n".join(filter(None, found)) if found else "no pool: arrays come from malloc, or there are none"


def profile(variant="list", hash="xxh3", key="u64", scale=100000, pattern="sequential", seed=1, reps=8):
    """Prints the documents' profile of a composition: times of REPS processes, tree, pool, what it is spent on."""
    filled = cell.Filled(variant, hash, key, pattern, scale, seed)
    with runner.once(filled.plan(OPS=",".join(OPS), REPS=reps, SAMPLES=3), "profile") as found:
        line, runs = next(cell.full_maps(*found)), results.of_connection(*found).runs
    spent = (attribution.sections(attribution.count(filled)) if shutil.which("valgrind") else
             ["where it goes: valgrind is not installed; make build/packages-counts installs it"])
    print(tree.title(line, cell.shape_of(variant)), performance(runs, line),
          tree.summary(line["tree"], tree.expectation(variant, line["tree"]["entries"])), pool_statistics(line), *spent,
          sampled.text(filled), sep="\n\n")
