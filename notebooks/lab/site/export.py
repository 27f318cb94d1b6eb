"""An experiment as the page has it: JSON with every process, from a results.Experiment.

What a reader of the page may choose freely, a baseline above all, cannot be computed ahead; so the page gets the
medians of all processes, block by block, and takes ratios of these as lab.pairs does (web/ratios.js, held against it by
a test).  Whatever else is told is computed here.

    machine     what it is: cpu, cores, os, kernel, virtual, memory, caches ({"L1": bytes})
    sequential  whether what was measured decided how much was (lab.goal): other intervals hold
    level       for each cell the share of 1 that counts as level, mostly 0
    cells       [[op, pattern, scale, key, setting]]; setting: what results.setting_of() says, mostly nothing
    competitors [[variant, hash, allocator, composition]]
    grids       [{"REPS": .., "SAMPLES": .., ...}], the lines of its plan, without what cell and competitor tell
    series      what the processes of one competitor in one cell found: the numbers of cell, competitor and grid;
                ns: the median of each block's process, null where there is none; bytes an entry: resident, allocated,
                own; used: the bytes that a full map uses; full: the share of arrays that malloc served, a pool
                being full; turns: the samples by block, where competitors took turns and so are compared turn by
                turn, or null
    samples     for each series and block the samples of its process, [] where there is none
    levels      for each series [inner nodes, leaves, inner nodes that a uniform hash predicts] at each level of a full
                map, the last null where no model is known; null of a peer

A contributor's file has the same (lab.site.contributed).
"""
import functools
import json
import statistics

import pandas

from .. import fallbacks, goal, settings
from ..cell import shape_of
from ..command import Failure
from ..experiment import own_bytes
from ..instrument.limits import bytes_in_use
from ..results import CELL, COMPETITOR, MAP, NO_TURNS, RUN, UNSAID, with_settings
from ..scale import level_sizes
from ..shape import model
from ..store import ROOT

FORM = 1  # of what is described above; a file of another one is refused
# Of a plan's line, what a command that repeats a cell needs; what cell and competitor tell, and how a line names it.
REPEATED = ("REPS", "SAMPLES", "SEED", "POOL_SLOTS", "PIN", "TURNS")
CHOSEN = {"OPS": "op", "PATTERNS": "pattern", "SCALES": "scale", "KEY": "key", "HASH": "hash", "ALLOC": "allocator",
          "VARIANTS": "variant"}


def text_of(data):
    """JSON without a blank; numpy's numbers are numbers, and what is none is refused."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False,
                      default=lambda value: value.item())


def machine_of(about):
    row = about["machine_is"]
    return {"id": row["id"], "cpu": row["cpu"], "cores": row["cores"], "memory": row["memory_bytes"], "os": row["os"],
            "kernel": row["kernel"], "virtual": bool(row["virtualised"]), "caches": level_sizes(about["caches"])}


def line_of(given):
    """{NAME: the values it may have} of a line of a plan."""
    return {"CELL": [MAP]} | {name.upper(): list(map(settings.label, values)) if name in CHOSEN else values
                              for name, values in given.items()}


def grid_of(row, lines):
    """The number of the plan's line that has a series; None if no line tells.  What a line does not name is as it is
    usual, so of two lines that may have it, it is that which names more."""
    told = UNSAID | dict(word.split("=", 1) for word in row.setting.split(",") if "=" in word)
    asked = {name.upper(): value for name, value in told.items()}
    wanted = asked | {"CELL": row.program} | {name: settings.label(str(getattr(row, field)))
                                              for name, field in CHOSEN.items()}
    fitting = {number: len(asked.keys() & line.keys()) for number, line in enumerate(lines)
               if all(value in line.get(name, [value]) for name, value in wanted.items())}
    return max(fitting, key=fitting.get, default=None)


def plan_of(about):
    """The command that measures the whole experiment again; None where the tree has no plan of that name."""
    name = about["name"] or ""
    return f"make PLAN=experiments/{name}.plan experiment" if (ROOT / "experiments" / f"{name}.plan").exists() else None


@functools.lru_cache(maxsize=None)
def predicted(composition, entries):
    """The inner nodes at each level that a uniform hash makes; None where no model is known."""
    try:
        shape = shape_of(composition)
    except settings.compose.Nonsense:  # it is of another tree
        return None
    return shape and [round(float(prefixes * model.level_of(shape, entries, level).stands), 3)
                      for level, prefixes in enumerate(shape.prefixes)]


def levels(row):
    """Up to the last level that has a node or a leaf."""
    found = [row.tree.get("inner_at_level"), row.tree.get("leaves_at_level")]
    if not all(found):
        return None
    last = max((level for counts in found for level, count in enumerate(counts) if count), default=-1)
    return [*(counts[:last + 1] for counts in found), predicted(row.composition, row.scale)]


def median(values):
    """A JSON number; null of nothing."""
    known = [value for value in values if not pandas.isna(value)]
    return float(statistics.median(known)) if known else None


def used(group):
    """The bytes that the map of these processes uses when it is full; None where it was not told."""
    known = [row.bytes_per_entry for row in group if not pandas.isna(row.bytes_per_entry)]
    return float(bytes_in_use(group[0].tree, known, group[0].scale)) if known else None


def processes(runs):
    """{who ran where: its rows, by block}"""
    runs = with_settings(runs.sort_values("block", kind="stable"))
    runs["tree"] = [tree if isinstance(tree, dict) else {} for tree in runs["tree"]]  # a process may have told none
    groups = {}
    for row in runs.assign(own=own_bytes(runs)).itertuples():
        groups.setdefault(tuple(getattr(row, field) for field in [*RUN, "setting"]), []).append(row)
    return groups


def of_experiment(experiment, name=None):
    """The dict that the opening comment describes."""
    about, rule = experiment.about, goal.rule_of(experiment.about["settings"])
    grids = [settings.read(line) for line in about["settings"].splitlines()]
    lines = list(map(line_of, grids))
    cells, competitors, compositions, series, samples, shapes = {}, {}, {}, [], [], []
    for group in processes(experiment.runs).values():
        row, blocks = group[0], group[-1].block + 1
        times, taken = [None] * blocks, [[] for _ in range(blocks)]
        for run in group:
            if taken[run.block]:
                raise Failure(f"{about['id']}: {row.variant}, {row.op} ran twice in block {run.block}")
            times[run.block], taken[run.block] = run.ns_per_op, list(run.samples)
        cell, competitor = (tuple(getattr(row, field) for field in fields)
                            for fields in ([*CELL, "setting"], COMPETITOR))
        competitor = (settings.label(row.variant), *competitor[1:])
        compositions.setdefault(competitor, settings.label(row.composition))
        series.append({
            "cell": cells.setdefault(cell, len(cells)),
            "competitor": competitors.setdefault(competitor, len(competitors)),
            "grid": grid_of(row, lines), "ns": times, "resident": median(run.rss_per_entry for run in group),
            "allocated": median(run.allocated_per_entry for run in group),
            "own": median(run.own for run in group), "used": used(group),
            "full": float(fallbacks.share(row.tree)), "turns": None if row.turns == NO_TURNS else taken})
        samples.append(taken)
        shapes.append(levels(row))
    return {"id": about["id"], "name": name or about["name"] or about["id"], "started": about["started"],
            "status": about["status"], "commit": about["source_commit"] or "", "dirty": bool(about["dirty"]),
            "compilers": about["compilers"] or "", "plan": plan_of(about), "failed": len(experiment.failed),
            "machine": machine_of(about),
            "sequential": bool(rule.goals), "level": [rule.level(cell[:len(CELL)]) for cell in cells],
            "cells": [list(cell) for cell in cells],
            "competitors": [[*one, compositions[one]] for one in competitors],
            "grids": [{name: given[name][0] for name in REPEATED if name in given} for given in grids],
            "series": series, "samples": samples, "levels": shapes}
