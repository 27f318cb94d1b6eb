#!/usr/bin/env python3
"""Prints the documents' profile of a composition: performance, tree, pool, and where it goes.

    python3 -m lab.counts.profile [--variant X] [--scale 100K] [--processes 8]

The documents' profiling program inserts 100,000 integers, queries them, and prints its times, the
structure of the tree and the statistics of the pool; a profiler looks on.  This does the same: it
puts the keys and gets them in several processes and prints the median time with its interval; then
the tree beside what a uniform hash predicts (lab.shape.tree has it level by level); then the pool
(lab.shape.pool has it scale by scale); and, where valgrind is there, what the instructions are
spent on (lab.counts.attribution has it function by function).
"""
import json
import shutil
import statistics
import subprocess

from .. import cell, store, printing
from ..cell import CellFailed
from ..progress import Progress
from ..shape import model, pool, tree
from ..stats import estimate
from . import attribution, callgrind, sampled

PROCESSES = 8
OPS = ["put", "get"]
read_processes = cell.whole_number(1, 1000, "a number of processes from 1 to 1000")


def sample(program, given, op):
    """One process's line, its time the median of its samples."""
    command = [store.ROOT / program, *callgrind.arguments(op, given.pattern, given.scale,
                                                          given.seed, given.hash_seed, samples=3)]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode != 0:
        raise CellFailed(cell.complaint(done.stderr))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[-1] | {"ns_per_op": statistics.median(line["ns_per_op"] for line in lines)}


def measure(program, given):
    """{op: the lines of its processes}; the operations take turns."""
    progress = Progress("profile", [(op, i) for i in range(given.processes) for op in OPS])
    found = {op: [] for op in OPS}
    for _ in range(given.processes):
        for op in OPS:
            found[op].append(sample(program, given, op))
            progress.step(op)
    progress.end()
    return found


def performance(lines):
    rows = []
    for op in OPS:
        time = estimate([line["ns_per_op"] for line in lines[op]])
        rows.append([op, printing.with_interval(time), printing.with_interval(printing.throughput(time)),
                     str(time.count)])
    line = lines["put"][0]
    memory = f"\nmemory: {printing.digits(line['bytes_per_entry'])} bytes an entry"
    return printing.columns(["", "ns/op", "M ops/s", "processes"], rows) + memory


def pool_statistics(line):
    if not line["tree"]["pool"]["allocations"]:
        return "no pool: arrays come from malloc, or there are none"
    warning = pool.warning_of(line)
    return printing.columns(pool.HEADER, [pool.row_of(line)]) + (f"\n{warning}" if warning else "")


def report(arguments=None):
    parser = cell.Parser(__doc__, variant="list")
    parser.add_argument("--hash", default="xxh3", type=cell.read_hash)
    parser.add_argument("--pattern", default="sequential", type=cell.read_pattern)
    parser.add_argument("--scale", default=100000, type=cell.read_scale)
    parser.add_argument("--processes", default=PROCESSES, type=read_processes)
    given = parser.parse_args(arguments)
    program = cell.build(given.variant, given.hash, given.key).relative_to(store.ROOT)
    lines = measure(program, given)
    line, shape = lines["put"][0], cell.shape_of(given.variant)
    expected = model.predict(shape, line["tree"]["entries"]) if shape else tree.UNKNOWN
    print(tree.title(line, shape), performance(lines), tree.summary(line["tree"], expected),
          pool_statistics(line), sep="\n\n")
    print()
    if shutil.which("valgrind"):
        attribution.show(attribution.profile_now(given), False)
    else:
        print("where it goes: valgrind is not installed; make build/packages-counts installs it")
    print(f"\n{sampled.text(program, given)}")


if __name__ == "__main__":
    cell.run_report("profile", report)
