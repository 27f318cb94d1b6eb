"""The stored studies of the instrument as frames, and what is said of one that is judged.

read() alone knows how they are stored.  A row of a frame is a process:

    aa, power   composition, op, pattern, scale, seed, block, side: a, or b with whatever was changed;
                power: percent, the delay
    layout      kind, layout (its number), op, scale, block
    counts      composition, op, scale, operations, instructions, l1_misses, last_misses
    limits      run, what, pages, bytes, value

with ns_per_op, the median of its samples, where it was timed.
"""
import re
from typing import NamedTuple, Optional

from ..results import RESULTS, NotMeasured, parameter, processes


class Verdict(NamedTuple):
    """A line of a judgement: passed is None where nothing is asked for."""
    passed: Optional[bool]
    text: str


def delay_of(about, runs):
    """Each process's delay, in percent of the operation.  Before the processes themselves turned that into steps, steps
    were the parameter, and the settings of the experiment said which share they are."""
    effect = re.search(r"\beffect=(\S+)", about["settings"])
    if effect:
        return 100 * float(effect[1]) * (parameter(runs, "delay") > 0)
    return parameter(runs, "delay_percent")


def of_limits(runs):
    value = runs.reindex(columns=["ns", "gb_per_s"]).bfill(axis=1)["ns"]  # each limit has one of these
    return runs.assign(run=runs["block"], what=runs["op"].str.replace("_", " "), pages=runs["pattern"],
                       bytes=runs["scale"], value=value)


def read(name, results=RESULTS):
    """(about, frame) of a study."""
    try:
        about, runs = processes(f"instrument-{name}", results)
    except NotMeasured:
        raise NotMeasured(f"{results}: study {name} is not measured; make instrument measures it") from None
    runs = runs[runs["status"] == "ok"]
    if name in ("aa", "power"):
        changed = parameter(runs, "copy") if name == "aa" else delay_of(about, runs)
        runs = runs.assign(composition=runs["variant"], seed=runs["plan_seed"], percent=changed,
                           side=(changed > 0).map({False: "a", True: "b"}))
    elif name == "layout":
        _, kind, layout = zip(*runs["variant"].str.rsplit(".", n=2))
        runs = runs.assign(kind=kind, layout=layout)
    elif name == "counts":
        runs = runs.assign(composition=runs["variant"])
        if "ll_misses" in runs:  # what the cell map-counted tells; before it there were sums alone
            runs = runs.assign(l1_misses=runs["i1_misses"] + runs["d1_misses"], last_misses=runs["ll_misses"])
    else:
        runs = of_limits(runs)
    return about, runs
