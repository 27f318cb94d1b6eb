"""The stored studies of the instrument as frames, and what is said of one that is judged.

read() alone knows how they are stored.  A row of a frame is a process:

    aa, power   composition, op, pattern, scale, seed, block, side: a, or b with whatever was changed
    layout      kind, layout (its number), op, scale, block
    counts      composition, op, scale, run, operations, and a column for each of COUNTED
    limits      run, what, pages, bytes, value (unit): several rows a process

with samples, a process's times, and ns_per_op, their median, where it is a process that was timed.
"""
import pathlib
from typing import NamedTuple, Optional

import pandas

from ..results import RESULTS, NotMeasured

FILES = {"counts": "repeats"}


class Verdict(NamedTuple):
    """A line of a judgement: passed is None where nothing is asked for."""
    passed: Optional[bool]
    text: str


def read_csv(name, directory, **options):
    path = pathlib.Path(directory) / f"{name}.csv"
    if not path.exists():
        raise NotMeasured(f"{path}: not measured; make instrument measures it")
    return pandas.read_csv(path, **options)


def timed(rows):
    """The frame with a process's samples, which are stored as one text, and their median."""
    samples = rows["ns_per_op"].astype(str).str.split(expand=True).astype(float)
    return rows.assign(samples=samples.agg(tuple, axis=1), ns_per_op=samples.median(axis=1))


def read(name, directory=RESULTS / "instrument"):
    found = read_csv(FILES.get(name, name), directory)
    return timed(found) if "ns_per_op" in found else found


def origins(directory=RESULTS / "instrument"):
    """{study: on what, of what and when it was measured}, in the order in which they are told."""
    rows = read_csv("studies", directory, dtype=str)
    return {row["study"]: row for row in rows.fillna("").to_dict("records")}
