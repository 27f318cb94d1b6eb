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
import pathlib
import re
from collections import Counter

import callgrind
import chains
import protocol
import purposes

OF_CACHES = {"instructions": ["Ir"], "loads": ["Dr"], "stores": ["Dw"], "branches": ["Bc", "Bi"],
             "mispredictions": ["Bcm", "Bim"], "i1_misses": ["I1mr"], "d1_misses": ["D1mr", "D1mw"],
             "ll_misses": ["ILmr", "DLmr", "DLmw"]}
OF_PAGES = {"tlb1_misses": OF_CACHES["d1_misses"], "tlb2_misses": ["DLmr", "DLmw"]}
OF_PREFETCHED = {"prefetched_ll_misses": OF_CACHES["ll_misses"]}
OF_PLACES = {"instructions": ["Ir"], "l1_misses": ["I1mr", "D1mr", "D1mw"], "ll_misses": OF_CACHES["ll_misses"]}


# ---- What it is ----

def instruction_set(cflags):
    """The name of the instruction set that a compiler's flags ask for; the last one counts."""
    return (re.findall(r"-m(?:arch|cpu)=(\S+)", cflags) or ["the compiler's default"])[-1]


def description(program):
    """That of the program, with what counts it; of its operations those that can be told from others."""
    known = protocol.description(program, program="map-counted")
    known["identity"] |= {
        "valgrind": callgrind.version(), "instruction_set": instruction_set(known["identity"]["cflags"]),
        "caches": str(callgrind.CACHES), "translations": str(callgrind.PAGES)}
    known["parameters"]["keys_seed"]["default"] = 1
    known["operations"] = [name for name in known["operations"] if name in callgrind.FUNCTION]
    return known


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


def sample(given, rest):
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--keys-seed", default="1")
    own, more = parser.parse_known_args(rest)
    return {"values": count(given.program, given.op, given.pattern, given.scale, own.keys_seed, more)}


if __name__ == "__main__":
    protocol.serve(description, sample)
