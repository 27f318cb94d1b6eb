"""Counts as results/counts has them, of which a test says only what it is about."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "notebooks"))
from lab.counts import attribution, stored  # noqa: E402

USUAL = {"key": "u64", "hash": "xxh3", "pattern": "shuffled", "scale": 100000, "seed": 1, "operations": 1}


def counts(*rows):
    """Rows of counts.csv, each a dict."""
    return stored.typed([USUAL | row for row in rows], "counts")


def shares(*rows):
    """Rows of attribution.csv."""
    usual = USUAL | {"file": "f", "function": "f", "l1_misses": 0, "ll_misses": 0}
    return attribution.with_cycles(stored.typed([usual | row for row in rows], "attribution"))
