#!/usr/bin/env python3
"""map-counted - the measuring program of a composition under callgrind: a cell (experiments/cell.c tells of the
protocol) whose values are what one repetition of an operation did.

    counted.py PROGRAM ...      PROGRAM is that of the composition, built to be counted; what make builds as this cell
                                is a script with the program's name in it

    operations              how often the operation was called; what follows is the sum over all of them
    instructions, loads, stores, branches, mispredictions, i1_misses, d1_misses, ll_misses      (callgrind.py)
    prefetched_ll_misses, tlb1_misses, tlb2_misses      of lookups: with a prefetcher, and of address translation
    followed                lookups followed instruction by instruction (chains.py), and the means over them:
    chain, lines, places, pages     loads that wait for each other; cache lines, stretches of them, and pages read
    instructions:CATEGORY:FILE:FUNCTION     the part of the instructions spent there (purposes.py); likewise
                                l1_misses, those of instructions and of data, and ll_misses

Counts have no replicates: keys_seed is the seed of the keys, which are the same in every block.  Nothing of the
process's own environment gets into the one that is counted.
"""
import argparse
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys
from collections import Counter

import callgrind
import chains
import purposes

OF_CACHES = {"instructions": ["Ir"], "loads": ["Dr"], "stores": ["Dw"], "branches": ["Bc", "Bi"],
             "mispredictions": ["Bcm", "Bim"], "i1_misses": ["I1mr"], "d1_misses": ["D1mr", "D1mw"],
             "ll_misses": ["ILmr", "DLmr", "DLmw"]}
OF_PAGES = {"tlb1_misses": OF_CACHES["d1_misses"], "tlb2_misses": ["DLmr", "DLmw"]}
OF_PREFETCHED = {"prefetched_ll_misses": OF_CACHES["ll_misses"]}
OF_PLACES = {"instructions": ["Ir"], "l1_misses": ["I1mr", "D1mr", "D1mw"], "ll_misses": OF_CACHES["ll_misses"]}
SEED_MOST = 2 ** 53


def fail(text, status=1):
    print(f"map-counted: {text}", file=sys.stderr)
    sys.exit(status)


# ---- What it is ----

def digest(*paths):
    return hashlib.sha256(b"".join(pathlib.Path(path).read_bytes() for path in paths)).hexdigest()[:16]


def instruction_set(cflags):
    """The name of the instruction set that a compiler's flags ask for; the last one counts."""
    return (re.findall(r"-m(?:arch|cpu)=(\S+)", cflags) or ["the compiler's default"])[-1]


@functools.cache
def description(program):
    """That of the program, with what counts it; of its operations those that can be told from others."""
    known = json.loads(subprocess.run([program, "--describe"], env={}, check=True, capture_output=True).stdout)
    known["identity"] |= {
        "counted": digest(program), "counter": digest(*sorted(pathlib.Path(__file__).parent.glob("*.py"))),
        "valgrind": callgrind.version(), "instruction_set": instruction_set(known["identity"]["cflags"]),
        "caches": str(callgrind.CACHES), "translations": str(callgrind.PAGES)}
    known["parameters"]["keys_seed"] = {"low": 0, "high": SEED_MOST, "default": 1}
    return {**known, "program": "map-counted",
            "operations": [name for name in known["operations"] if name in callgrind.FUNCTION]}


# ---- Counting ----

def told(file):
    """Where a reader's files lie is nobody's business."""
    return pathlib.Path(file).name if file.startswith("/") and not file.startswith("/usr/") else file


def by_place(counted):
    """{name of a value: number} of what was counted, by category, file and function."""
    found = Counter()
    for place, events in counted.places.items():
        category, file, function = purposes.classify(place)
        where = re.sub(r"[^!-~]|[,\"']", "_", f"{category}:{told(file)}:{function}")
        for name, of in OF_PLACES.items():
            found[f"{name}:{where}"] += sum(events[event] for event in of)
    return {name: number for name, number in found.items() if number}


def count(program, op, pattern, scale, seed, more):
    """The values of one sample."""
    def figures(geometry, wanted):
        counted = callgrind.count(program, op, pattern, scale, geometry, seed, more)
        return counted, {name: counted.sum(events) for name, events in wanted.items()}
    counted, values = figures(callgrind.CACHES, OF_CACHES)
    values |= {"operations": counted.operations} | by_place(counted)
    if op != "put":
        values |= figures(callgrind.PAGES, OF_PAGES)[1] | figures(callgrind.PREFETCHED, OF_PREFETCHED)[1]
        if chains.unavailable() is None:
            command = [program, *callgrind.arguments(op, pattern, scale, seed, more)]
            followed = chains.follow(command, min(int(scale), chains.GETS))
            values |= {name: getattr(followed, name) for name in ("chain", "lines", "places", "pages")}
            values["followed"] = followed.gets
    return values


def main():
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("program")
    for name in ("--op", "--pattern", "--scale", "--seed"):
        parser.add_argument(name)
    parser.add_argument("--keys-seed", default="1")
    for flag in ("--steps", "--describe"):
        parser.add_argument(flag, action="store_true")
    given, more = parser.parse_known_args()
    about = description(given.program)
    if given.describe:
        print(json.dumps(about))
        return
    if given.op not in about["operations"]:
        fail(f"--op {given.op}: wanted one of: {', '.join(about['operations'])}", 2)
    place = {"op": given.op, "pattern": given.pattern, "scale": int(given.scale), "seed": int(given.seed)}
    if given.steps:
        print('{"ready":true}', flush=True)
    number = 0
    while sys.stdin.readline().strip() == "go" if given.steps else number == 0:
        values = count(given.program, given.op, given.pattern, given.scale, given.keys_seed, more)
        print(json.dumps({**about["identity"], **place, "sample": number, "values": values}), flush=True)
        number += 1


if __name__ == "__main__":
    try:
        main()
    except callgrind.Failed as reason:
        fail(reason)
