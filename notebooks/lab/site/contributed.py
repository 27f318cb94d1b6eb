"""Results of other people's machines: results/contributed/NAME.json, one file a machine.

    make contribute NAME=alder EXPERIMENT=id         writes the file from the store, or adds an experiment to it
    make contribute NAME=alder EXPERIMENT=DIRECTORY  the same from an exported experiment

A file has FORM, its name, and experiments as lab.site.export describes them, all of one machine.  Whoever sends one is
a stranger: check() says what is wrong with it, and a page is made of no file that has not passed.  Names that end up in
commands to copy (variants, hashes, allocators, settings) have letters, digits and a few signs only; any other text may
hold what it likes, since the page shows text as text.
"""
import json
import math
import pathlib
import re

from .. import results, store as stores
from ..command import BadSetting, Failure
from . import export

CONTRIBUTED = stores.ROOT / "results" / "contributed"
WORD = re.compile(r"[\w.+=@,:-]{1,200}", re.A)
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TEXT_MOST, LIST_MOST = 20000, 100000
EXPERIMENT = {"id", "name", "started", "status", "commit", "dirty", "compilers", "plan", "failed", "machine",
              "sequential", "level", "cells", "competitors", "grids", "series", "samples", "levels"}
MACHINE = {"id", "cpu", "cores", "memory", "os", "kernel", "virtual", "caches"}
SERIES = {"cell", "competitor", "grid", "ns", "resident", "allocated", "own", "used", "full", "turns"}


class Wrong(Failure):
    """A file is not what it should be; the text says which, where, and why."""


def demand(holds, where, what):
    if not holds:
        raise Wrong(f"{where}: {what}")


def fields(value, names, where):
    demand(isinstance(value, dict) and set(value) == names, where, f"wanted the fields {', '.join(sorted(names))}")


def text(value, where):
    demand(isinstance(value, str) and len(value) <= TEXT_MOST, where,
           f"wanted a text of at most {TEXT_MOST} characters")


def word(value, where):
    demand(isinstance(value, str) and WORD.fullmatch(value), where,
           f"wanted letters, digits and . + = @ , : _ - only, since it becomes part of commands, not {value!r:.60}")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def positive(value, where):
    demand(is_number(value) and value > 0, where, f"wanted a number above 0, not {value!r:.60}")


def amount(value, where):
    demand(value is None or (is_number(value) and value >= 0), where,
           f"wanted a number from 0 on or null, not {value!r:.60}")


def items(value, where, least=0):
    demand(isinstance(value, list) and least <= len(value) <= LIST_MOST, where, f"wanted a list of {least} or more")
    return enumerate(value)


def place(value, among, where):
    demand(isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(among), where,
           f"wanted a place in a list of {len(among)}")


def check_machine(machine, where):
    fields(machine, MACHINE, where)
    word(machine["id"], f"{where}.id")
    for name in ("cpu", "os", "kernel"):
        text(machine[name], f"{where}.{name}")
    for name in ("cores", "memory"):
        positive(machine[name], f"{where}.{name}")
    demand(isinstance(machine["virtual"], bool) and isinstance(machine["caches"], dict), where,
           "wanted virtual: true or false, caches: a size for each level")
    for level, size in machine["caches"].items():
        text(level, f"{where}.caches")
        positive(size, f"{where}.caches.{level}")


def check_series(one, found, samples, where):
    fields(one, SERIES, where)
    place(one["cell"], found["cells"], f"{where}.cell")
    place(one["competitor"], found["competitors"], f"{where}.competitor")
    demand(one["grid"] is None or isinstance(one["grid"], int), where, "wanted grid: a number or null")
    if one["grid"] is not None:
        place(one["grid"], found["grids"], f"{where}.grid")
    for name in ("resident", "allocated", "own", "used", "full"):
        amount(one[name], f"{where}.{name}")
    for block, time in items(one["ns"], f"{where}.ns", least=1):
        if time is not None:
            positive(time, f"{where}.ns[{block}]")
    demand(isinstance(samples, list) and len(samples) == len(one["ns"]), where, "wanted samples of every block")
    demand(one["turns"] in (None, samples), where, "wanted turns: null or the samples")
    for block, taken in enumerate(samples):
        for _, time in items(taken, f"{where}: samples of block {block}"):
            positive(time, f"{where}: samples of block {block}")


def check_levels(shape, where):
    if shape is not None:
        demand(isinstance(shape, list) and len(shape) == 3, where, "wanted three lists, the last may be null, or null")
        for counts in shape if shape[2] is not None else shape[:2]:
            for _, count in items(counts, where):
                amount(count, where)


def check_experiment(found, where):
    fields(found, EXPERIMENT, where)
    for name in ("id", "name", "status"):
        word(found[name], f"{where}.{name}")
    for name in ("started", "commit", "compilers"):
        text(found[name], f"{where}.{name}")
    demand(found["plan"] is None or re.fullmatch(r"make PLAN=experiments/[\w-]+\.plan experiment", str(found["plan"])),
           f"{where}.plan", "wanted the command for a plan, or null")
    for name in ("dirty", "sequential"):
        demand(isinstance(found[name], bool), f"{where}.{name}", "wanted true or false")
    amount(found["failed"], f"{where}.failed")
    check_machine(found["machine"], f"{where}.machine")
    for number, cell in items(found["cells"], f"{where}.cells", least=1):
        at = f"{where}.cells[{number}]"
        demand(isinstance(cell, list) and len(cell) == 5, at, "wanted [op, pattern, scale, key, setting]")
        positive(cell[2], at)
        for value in (cell[0], cell[1], cell[3], *filter(None, cell[4:])):
            word(value, at)
    demand(isinstance(found["level"], list) and len(found["level"]) == len(found["cells"]), f"{where}.level",
           "wanted one for each cell")
    for share in found["level"]:
        amount(share, f"{where}.level")
    for number, competitor in items(found["competitors"], f"{where}.competitors", least=1):
        at = f"{where}.competitors[{number}]"
        demand(isinstance(competitor, list) and len(competitor) == 4, at,
               "wanted [variant, hash, allocator, composition]")
        for value in competitor:
            word(value, at)
    for number, grid in items(found["grids"], f"{where}.grids"):
        demand(isinstance(grid, dict) and set(grid) <= set(export.REPEATED), f"{where}.grids[{number}]",
               f"wanted some of {', '.join(export.REPEATED)}")
        for name, value in grid.items():
            word(value, f"{where}.grids[{number}].{name}")
    count = len(found["series"]) if isinstance(found["series"], list) else -1
    for name in ("samples", "levels"):
        demand(isinstance(found[name], list) and len(found[name]) == count, f"{where}.{name}",
               "wanted one for each series")
    for number, one in items(found["series"], f"{where}.series", least=1):
        check_series(one, found, found["samples"][number], f"{where}.series[{number}]")
        check_levels(found["levels"][number], f"{where}.levels[{number}]")


def check(data, name):
    """Raises Wrong unless this is a contributor's file of that name."""
    fields(data, {"form", "name", "experiments"}, name)
    demand(data["form"] == export.FORM, name, f"is of form {data['form']!r:.20}; this program knows form {export.FORM}")
    demand(data["name"] == name, name, "its name is not that of the file")
    for number, found in items(data["experiments"], name, least=1):
        check_experiment(found, f"{name}.experiments[{number}]")
    demand(len({found["machine"]["id"] for found in data["experiments"]}) == 1, name,
           "wanted experiments of one machine")
    ids = [found["id"] for found in data["experiments"]]
    demand(len(set(ids)) == len(ids), name, "has one experiment twice")


def read(path):
    """The data of a contributor's file, checked."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Wrong(f"{path}: cannot be read: {error}") from None
    check(data, path.stem)
    return data


def read_all(directory=CONTRIBUTED):
    return [read(path) for path in sorted(directory.glob("*.json"))]


def contribute(name="", experiment="", store=stores.STORE, out=CONTRIBUTED):
    """writes an experiment of the store, or an exported one, into OUT/NAME.json, and checks the file"""
    if not FILE_NAME.fullmatch(name):
        raise BadSetting(f"NAME={name}: wanted a name for this machine, of small letters, digits and -")
    found, where = results.find(store, experiment or None)
    if not len(found.runs):
        raise BadSetting(f"EXPERIMENT={experiment}: {where} times no map")
    made = json.loads(export.text_of(export.of_experiment(found)))
    path = pathlib.Path(out) / f"{name}.json"
    before = read(path)["experiments"] if path.exists() else []
    data = {"form": export.FORM, "name": name,
            "experiments": [*(one for one in before if one["id"] != made["id"]), made]}
    check(data, name)
    with stores.whole(path) as part:
        part.write_text(export.text_of(data) + "\n", encoding="utf-8")
    print(f"{path}: {len(data['experiments'])} experiments of {made['machine']['cpu']}; make site shows them")
