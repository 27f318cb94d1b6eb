"""Runs of experiments, as lab.results has them, with whatever times a test wants."""
import itertools
import pathlib
import random
import sys
from typing import NamedTuple

import pandas

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

BLOCKS = 8


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
                rows.append({**cell._asdict(), **competitor._asdict(), "composition": competitor.variant, "block": block,
                             "ns_per_op": value, "samples": (value,), "bytes_per_entry": size(competitor),
                             "rss_per_entry": size(competitor) + 10, "tree": shape(cell, competitor)})
    return pandas.DataFrame(rows)
