#!/usr/bin/env python3
"""map-entered - which functions of a composition's parts an operation enters: a cell (experiments/cell.c tells of the
protocol) whose values are how often each was entered.

    entered.py PROGRAM ...      PROGRAM is that of the composition, built so that functions say when they are entered
                                (experiments/instrument/entered.c); what make builds as this cell is a script with the
                                program's name in it

    operations              how often its function of the map was called, of get_many once for 32 keys and of iterate
                            once for all: what follows is the sum over these calls
    PART:FILE:FUNCTION      how often this function of the part was entered; 0: never

A part's functions are those of the file that answers it, and of the files that this one includes and the core by itself
does not (FILES).  Of a map with a core of its own, all files of its directory are its one part.  What has no function,
a part of constants or macros alone, has no value here.
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

import callgrind
import protocol
import purposes

sys.path.insert(0, str(callgrind.ROOT / "tools"))
import compose  # noqa: E402

# The function of the map that each operation calls.  Those that first fill a map under the clock by the same function
# as they call are left out.
FUNCTION = {"put": "hamt_put", "get": "hamt_get", "miss": "hamt_get", "update": "hamt_put", "remove": "hamt_remove",
            "iterate": "hamt_each", "get_many": "hamt_get_many", "put_many": "hamt_put_many"}
# What a header includes, or names for another one to include.
INCLUDED = re.compile(r'^#(?:include|define \w+) "([^"]+)"', re.M)


# ---- What there is to enter ----

def reached(path, where, passed=()):
    """The file and those that it includes, found in these directories; none that is named as one of `passed`."""
    found, left = [], [path]
    while left:
        at = left.pop(0)
        if at not in found and at.name not in passed:
            found.append(at)
            left += [there for name in INCLUDED.findall(at.read_text())
                     if (there := next((d / name for d in where if (d / name).exists()), None))]
    return found


def files_of_parts(composition, key, hash_name):
    """{part: the files that may be its code}, of the parts that the composition changes; of a baseline, of all."""
    family = composition.family
    if not family:
        directory = composition.by_part[composition.core]
        return {composition.core: sorted(path for path in directory.iterdir() if path.suffix in (".c", ".h"))}
    where = composition.include(key, hash_name)
    everybodys = reached(family.core / compose.CORE, where, family.parts)
    return {part: [path for path in reached(composition.answer(part) / part, where) if path not in everybodys]
            for part in family.parts if part in composition.by_part or not composition.by_part}


def compiled(program):
    """The files that its map was made of."""
    listed = pathlib.Path(program).with_name("hamt.d").read_text().replace("\\\n", " ").split()
    return {(callgrind.ROOT / word).resolve() for word in listed}


def name_of(part, file, function):
    """That of a value; where a reader's files lie is nobody's business."""
    place = pathlib.Path(file).name if file.startswith("/") else file
    return re.sub(r"[^!-~]|[,\"']", "_", f"{part}:{place}:{function}")


# ---- What was entered ----

def calls_in(program, text):
    """[stretch: Counter of (file, first line of a function)] of what the program told."""
    told = [line.split()[1:] for line in text.splitlines()]
    addresses = list(dict.fromkeys(address for _, address, _ in told))
    try:
        done = subprocess.run(["addr2line", "-e", program], input="\n".join(addresses), text=True, capture_output=True,
                              check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise protocol.Failed(f"addr2line, of binutils, does not tell where functions are: {error}") from None
    places = dict(zip(addresses, (line.split(" ")[0].rpartition(":") for line in done.stdout.splitlines())))
    found = collections.defaultdict(collections.Counter)
    for stretch, address, calls in told:
        file, _, line = places[address]
        first = purposes.function_of(callgrind.Place(file, int(line) if line.isdecimal() else 0, "?", program))
        found[int(stretch)][first] += int(calls)
    return [found[stretch] for stretch in sorted(found)]


def told_by(program, given, more):
    """What the program told while it ran."""
    with tempfile.NamedTemporaryFile("r") as file:
        done = subprocess.run([program, *callgrind.arguments(given.op, given.pattern, given.scale, given.seed, more)],
                              env={"ENTERED_INTO": file.name}, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            raise protocol.ended(done.returncode, said, "the program")
        return file.read()


def operation_in(stretches, op):
    """(calls, Counter) of the stretch in which the operation ran: the first that entered its function."""
    for calls in stretches:
        of_map = sum(number for (_, name), number in calls.items() if name == FUNCTION[op])
        if of_map:
            return of_map, calls
    raise protocol.Failed(f"{FUNCTION[op]} was not entered under the clock: is the program built to tell?")


def sample(given, rest):
    about = protocol.description(given.program)["identity"]
    composition = compose.Composition(about["composition"])
    operations, calls = operation_in(calls_in(given.program, told_by(given.program, given, rest)), given.op)
    values, there = {"operations": operations}, compiled(given.program)
    for part, files in files_of_parts(composition, about["key"], about["hash"]).items():
        for path in files:
            shown = compose.relative(path)
            for *_, function in purposes.functions_of(path) if path.resolve() in there else ():
                values[name_of(part, shown, function)] = calls[shown, function]
    return {"values": values}


def description(program):
    known = protocol.description(program, program="map-entered")
    known["operations"] = [name for name in known["operations"] if name in FUNCTION]
    return known


if __name__ == "__main__":
    protocol.serve(description, sample)
