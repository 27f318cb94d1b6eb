#!/usr/bin/env python3
"""map-followed - the very program of a composition that is timed, some of whose lookups are followed instruction by
instruction (chains.py): a cell whose values are means for one lookup.

    followed                lookups that were
    instructions, loads     executed by one, and
    chain                   loads that wait for each other
    lines, places, pages    cache lines read, stretches of them, and pages
    wrong, missed           branches guessed wrong, and lines not in the first-level cache, by a core (core.py)

keys_seed is the seed of the keys, which are the same in every block.
"""
import argparse

import callgrind
import chains
import protocol

FIGURES = ("instructions", "loads", "chain", "lines", "places", "pages", "wrong", "missed")


def description(program):
    if chains.unavailable():
        raise protocol.Failed(chains.unavailable())
    known = protocol.description(program, program="map-followed")
    known["parameters"]["keys_seed"]["default"] = 1
    known["operations"] = [name for name in known["operations"] if callgrind.FUNCTION.get(name) == "hamt_get"]
    return known


def sample(given, rest):
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--keys-seed", default="1")
    own, more = parser.parse_known_args(rest)
    command = [given.program, *callgrind.arguments(given.op, given.pattern, given.scale, own.keys_seed, more)]
    found = chains.follow(command, min(int(given.scale), chains.GETS))
    return {"values": {"followed": found.gets} | {name: getattr(found, name) for name in FIGURES}}


if __name__ == "__main__":
    protocol.serve(description, sample)
