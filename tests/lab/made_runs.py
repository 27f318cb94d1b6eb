"""Runs of experiments, as lab.results has them, with whatever times a test wants."""
import itertools
import random
import subprocess
from typing import NamedTuple

import pandas

from paths import ROOT
from made_store import Made
from lab import settings
from lab.results import Experiment

BLOCKS = 8
# A map whose pool served 8 of 50 arrays.
POOL_FULL = Made.TREE | {"pool": Made.TREE["pool"] | {"allocations": 50, "fallbacks": 42}}
ABOUT = {"id": "e", "machine": "m", "source_commit": None, "dirty": 0, "cpu": "made up", "cores": 2, "kernel": "k",
         "virtualised": 0, "hardware_counters": "[]", "started": "2026-01-01T00:00:00Z", "status": "finished",
         "name": None, "settings": "", "compilers": "cc 1 -O3", "caches": []}


class Cell(NamedTuple):
    op: str
    pattern: str
    scale: int
    key: str


class Competitor(NamedTuple):
    variant: str
    hash: str
    allocator: str


def made(ns, ops=("put", "get"), patterns=("shuffled",), scales=(100000,), variants=("list",), hashes=("xxh3",),
         allocators=("glibc",), keys=("u64",), size=lambda competitor: 100.0, shape=lambda cell, competitor: {},
         noise=0.0, seed=1, blocks=BLOCKS):
    """ns(cell, competitor) is the time, or None where nothing was measured; the machine gets slower from block to
    block, whatever runs.  Ten bytes more become resident than the map accounts for."""
    source, rows = random.Random(seed), []
    for cell in itertools.starmap(Cell, itertools.product(ops, patterns, scales, keys)):
        for competitor in itertools.starmap(Competitor, itertools.product(variants, hashes, allocators)):
            time = ns(cell, competitor)
            for block in range(blocks if time is not None else 0):
                value = time * (1 + block / 4) * source.lognormvariate(0, noise)
                rows.append({**cell._asdict(), **competitor._asdict(), "composition": competitor.variant,
                             "program": "map", "block": block,
                             "ns_per_op": value, "samples": (value,), "bytes_per_entry": size(competitor),
                             "rss_per_entry": size(competitor) + 10, "allocated_per_entry": float("nan"),
                             "tree": shape(cell, competitor), "turns": "none", "seconds": 0.1, "clocked": 0.05,
                             "sequential": False})
    return pandas.DataFrame(rows)


def experiment(*runs, failed=(), **about):
    """An experiment of such frames; failed: rows of what gave no sample."""
    columns = ["status", "variant", "op", "pattern", "scale", "detail"]
    return Experiment(ABOUT | about, pandas.concat(runs, ignore_index=True), pandas.DataFrame(failed, columns=columns))


def grids(plan):
    """[{NAME: values}] of the lines of a plan."""
    lines = (ROOT / "experiments" / f"{plan}.plan").read_text(encoding="utf-8").splitlines()
    return [settings.read(line) for line in lines if line.startswith("VARIANTS=")]


def planned(plan):
    """What a plan measures, as the runner tells: a dict for each competitor in each cell."""
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run(["build/run/run", "--plan", f"experiments/{plan}.plan", "--dry-run"], cwd=ROOT, text=True,
                           capture_output=True, check=True)
    names = ("variant", "hash", "key", "alloc", "op", "pattern", "scale")
    return [dict(zip(names, line.split())) | {"reps": line.rpartition(" x ")[2]}
            for line in shown.stdout.splitlines()[1:]]
