#!/usr/bin/env python3
"""Prints what chosen keys cost: comparisons of keys for each put and get, counted.

    python3 -m lab.shape.flooding [--anew] [--stored FILE]

Keys whose hashes agree in every bit share a leaf, or a collision table, which is searched key by
key: c of them cost (c - 1) / 2 comparisons a put and (c + 1) / 2 a get on the average.  The table has
keys chosen to collide under a known seed (lab.shape.crafted), the same under a seed that whoever
chose them did not know, and keys that nobody chose.  Counts are the same on every machine;
results/flooding.csv has them, and --anew makes it.
"""
import csv
import functools
import pathlib
import subprocess

from .. import cell, store, printing
from ..command import Parser, run_report
from .crafted import CRAFTED, any_keys

STORED = store.ROOT / "results" / "flooding.csv"
LAYOUTS = ("list", "fix4", "reference")
ENTRIES = 1024
KNOWN, OTHER = 0, 0x9e3779b97f4a7c15
COLUMNS = ["hash", "keys", "seed", "layout", "entries", "put_comparisons", "get_comparisons"]


@functools.lru_cache(maxsize=None)
def build(layout, hash_name):
    path = f"build/flooding/{layout}/str/{hash_name}/flooding"
    made = subprocess.run(["make", "-s", "SAY=", path], cwd=store.ROOT, text=True,
                          capture_output=True)
    if made.returncode != 0:
        raise cell.CellFailed(f"{path} cannot be built: {cell.complaint(made.stderr)}")
    return store.ROOT / path


def comparisons(layout, hash_name, seed, keys):
    """(to put all keys, to get all keys)"""
    done = subprocess.run([build(layout, hash_name), str(len(keys[0])), str(seed)],
                          input=b"".join(keys), capture_output=True)
    if done.returncode != 0:
        raise cell.CellFailed(cell.complaint(done.stderr.decode()))
    return tuple(map(int, done.stdout.split()))


def counted(hash_name, layout):
    """The rows of a hash in a layout."""
    craft = CRAFTED[hash_name]
    for what, keys in (("crafted", craft and craft(ENTRIES, KNOWN)), ("any", any_keys(ENTRIES))):
        for name, seed in (("known", KNOWN), ("another", OTHER)):
            if keys:
                put, get = comparisons(layout, hash_name, seed, keys)
                yield dict(zip(COLUMNS, map(str, (hash_name, what, name, layout, len(keys), put,
                                                  get))))


def count_all():
    return [row for name in CRAFTED for layout in LAYOUTS for row in counted(name, layout)]


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path):
    if not path.exists():
        raise store.StoreError(f"{path}: not there; make ANEW=1 flooding counts it")
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def lines_of(rows):
    yield ["hash", "keys", "seed", *(f"{layout} {op}" for layout in LAYOUTS
                                     for op in ("put", "get"))]
    found = {tuple(row[name] for name in COLUMNS[:4]): row for row in rows}
    for what in dict.fromkeys(where[:3] for where in found):
        yield [*what, *(printing.digits(int(row[f"{op}_comparisons"]) / int(row["entries"]))
                        for row in (found[*what, layout] for layout in LAYOUTS)
                        for op in ("put", "get"))]
    for name in (name for name, craft in CRAFTED.items() if not craft):
        yield [name, "crafted", "none known", *["-"] * 2 * len(LAYOUTS)]


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--anew", action="store_true", help="count, and store what was counted")
    parser.add_argument("--stored", type=pathlib.Path, default=STORED)
    given = parser.parse_args(arguments)
    if given.anew:
        write(given.stored, count_all())
    rows = read(given.stored)
    print(f"comparisons of keys an operation, {rows[0]['entries']} string keys in the map:"
          f" {ENTRIES / 2:.1f} is all keys in one leaf\n")
    header, *lines = lines_of(rows)
    print(printing.align(header, lines, figures=2 * len(LAYOUTS), cell=1))


if __name__ == "__main__":
    run_report("flooding", report)
