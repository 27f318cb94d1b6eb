"""Cells of experiments, as store.replicates has them, with whatever times a test wants."""
import itertools
import json
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import cell  # noqa: E402
from lab.shape import model  # noqa: E402
from lab.store import Cell, Competitor, Replicates  # noqa: E402

BLOCKS = 8
DEPTH = 16  # levels that the measuring program tells of
ABOUT = {"id": "e", "machine": "m", "source_commit": None, "dirty": 0, "cpu": "made up", "cores": 2,
         "kernel": "k", "virtualised": 0, "hardware_counters": "[]",
         "started": "2026-01-01T00:00:00Z", "status": "finished", "name": None, "settings": "",
         "compilers": "cc 1 -O3"}


def tree(rule="lazy", entries=1000, more=0):
    """As many nodes at every level as are expected, and more at the last that chance moves much."""
    expected = model.predict(cell.SHAPES[rule], entries)
    levels = [round(nodes) for nodes in expected.inner_at_level] + [0] * DEPTH
    if more:
        moved = max(range(len(expected.inner_at_level)), key=lambda i: expected.covariance[i][i])
        levels[moved] += more
    return json.dumps({"entries": entries, "inner_at_level": levels[:DEPTH],
                       "inner_nodes": sum(levels)})


def made(ns, ops=("put", "get"), patterns=("shuffled",), scales=(100000,), variants=("list",),
         hashes=("xxh3",), allocators=("glibc",), keys=("u64",), size=lambda competitor: 100.0,
         shape=lambda place, competitor: "{}", noise=0.0, seed=1):
    """{Cell: {Competitor: Replicates}}.  ns(cell, competitor) is the time, or None where nothing
    was measured; the machine gets slower from block to block, whatever runs."""
    source, cells = random.Random(seed), {}
    for op, pattern, scale, key in itertools.product(ops, patterns, scales, keys):
        place = Cell(op, pattern, scale, key)
        for competitor in itertools.starmap(Competitor,
                                            itertools.product(variants, hashes, allocators)):
            time = ns(place, competitor)
            if time is not None:
                times = {block: time * (1 + block / 4) * source.lognormvariate(0, noise)
                         for block in range(BLOCKS)}
                sizes = dict.fromkeys(times, size(competitor))
                cells.setdefault(place, {})[competitor] = Replicates(
                    times, sizes, {block: each + 10 for block, each in sizes.items()},
                    shape(place, competitor))
    return cells
