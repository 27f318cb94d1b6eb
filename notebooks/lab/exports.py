"""An exported experiment as one frame, straight from its CSV files (results/README.md has their form): a row a process.

Beside what it ran and where (program, variant, op, pattern, scale, allocator_asked, parameters, block ...) a row has
what came of it: ns_per_op, the median of its samples, if it was timed, and a column for each value that it reported.
No compiler is needed, and files that were changed since they were exported are not believed.
"""
import hashlib
import pathlib
import re
from typing import NamedTuple

import pandas

from .command import Failure
from .results import RESULTS, NotMeasured

TABLES = ("machine", "build", "experiment", "cell", "run", "sample", "value")
TEXTS = {"id": str, "machine": str, "build": str, "parameters": str, "checksum": str, "detail": str}


class Stored(NamedTuple):
    about: dict             # the experiment's row, with its machine's, and its compilers
    runs: pandas.DataFrame


def check(directory):
    """Raises a Failure unless all files are those that were exported."""
    sums = directory / "SHA256SUMS"
    listed = re.findall(r"^([0-9a-f]{64})  (\S+)$", sums.read_text(errors="replace"), re.M)
    for expected, name in listed:
        if hashlib.sha256((directory / name).read_bytes()).hexdigest() != expected:
            raise Failure(f"{directory / name}: was changed since it was exported: its sum is not that in SHA256SUMS")
    for table in TABLES:
        if not any(name == f"{table}.csv" for _, name in listed):
            raise Failure(f"{sums}: has no sum of {table}.csv")


def read(name, results=RESULTS):
    """The experiment of this name, among results laid out as ours are."""
    directory = pathlib.Path(results) / "runs" / name
    if not (directory / "experiment.csv").exists():
        raise NotMeasured(f"{directory}: not measured; make results measures it")
    check(directory)
    tables = {table: pandas.read_csv(directory / f"{table}.csv", dtype=TEXTS)
              for table in TABLES}
    run = tables["run"].assign(detail=tables["run"].get("detail", ""))  # a column of nothing is left out
    runs = run.merge(tables["cell"], on="cell").merge(tables["build"].drop(columns="identity"), left_on="build",
                                                      right_on="id")
    runs = runs.merge(tables["value"], on="slot", how="left").fillna({"parameters": ""})
    if "ns_per_op" in tables["sample"]:
        runs = runs.join(tables["sample"].groupby("slot")["ns_per_op"].median(), on="slot")
    (machine,), (about,) = (tables[table].fillna("").to_dict("records") for table in ("machine", "experiment"))
    return Stored(machine | about | {"compilers": sorted(set(tables["build"]["compiler"].dropna()))},
                  runs.sort_values("slot", ignore_index=True))


def parameter(runs, name):
    """A Series of the parameter's numbers; NaN where a process has none."""
    return runs["parameters"].str.extract(rf"(?:^| ){name}=(\S+)", expand=False).astype(float)
