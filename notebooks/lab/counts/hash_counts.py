#!/usr/bin/env python3
"""Counts the instructions of each hash: those of a get that belong to hashing its key.

    python3 -m lab.counts.hash_counts             what is stored, results/counts/hashes.csv
    python3 -m lab.counts.hash_counts --store     counts all of it anew and stores it

A hash takes some nanoseconds of a get that takes hundreds, which no clock on a shared machine can
tell apart.  Its instructions can be counted exactly (lab.counts.callgrind), and which ones they are
is told by the lines of source they stem from (lab.counts.attribution).
"""
import argparse

from .. import printing
from ..command import Failure, run_report
from ..shape.hashes import HASHES
from . import attribution, callgrind, report as counts

STORED = counts.HERE / "hashes.csv"
KEYS = ("u64", "str")
# Hashing a key is the same work in every composition, at every scale.
COMPOSITION, OP, PATTERN, SCALE = "outline", "get", "random", 1000
COLUMNS = ["hash", "key", "instructions", "of_all", "operations", "program", "commit", "compiler",
           "cflags", "valgrind"]


def count(hash_name, key):
    program = counts.program_of(COMPOSITION, hash_name, key)
    about = counts.identity_of(program)
    counted = callgrind.count(program, OP, PATTERN, SCALE)
    hashing = sum(float(row["instructions"]) for row in attribution.rows_of(
        counted, COMPOSITION, OP, PATTERN, SCALE) if row["category"] == "hashing")
    return dict(zip(COLUMNS, (
        hash_name, key, f"{hashing:.4f}", f"{counted.per_operation('Ir'):.4f}", counted.operations,
        counts.digest_of(program), counts.commit(), about["compiler"], about["cflags"],
        callgrind.version())))


def load():
    """{key: {hash: instructions}}; empty if nothing is stored."""
    found = {}
    for row in counts.load(STORED, COLUMNS):
        found.setdefault(row["key"], {})[row["hash"]] = float(row["instructions"])
    return found


def report(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", action="store_true")
    if parser.parse_args(arguments).store:
        counts.save(STORED, COLUMNS, [count(name, key) for key in KEYS for name in HASHES])
    found = load()
    if not found:
        raise Failure("nothing is stored: make recount")
    print("instructions of hashing a key\n")
    print(printing.columns(["hash", *found], [
        [name, *(printing.digits(by_hash[name]) for by_hash in found.values())] for name in HASHES]))


if __name__ == "__main__":
    run_report("hash-counts", report)
