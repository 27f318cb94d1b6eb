"""What was asked of the measuring, beside what the stored results reach: how narrow, how sure, in what time.

    narrow        half the width of the interval of each ratio of put and get over the baseline and over the reference,
                  from 1,000 to a million entries (the plan fixes); of each over boost, at ten million (frontier-large)
    claims        of the documents, that cannot be told (results/audit/outcomes.csv)
    false alarms  of a map beside its own copy, taking turns (instrument-ways, warm): how many comparisons of PAIRS
                  blocks find a difference (5 % of them, and what chance adds), and how far from none the blocks lie
    power         how often 60 blocks of the same would find that a map inside the second-level cache takes 2 % longer
    time          from the start of each stored experiment to its end, all together

What was not measured is told, and is not met.
"""
import datetime
from typing import NamedTuple, Optional

import numpy
import pandas

from .. import pairs, results, stats
from ..printing import Table
from ..results import RESULTS, NotMeasured, exported, read_rows, where
from ..settings import REFERENCE, STORED_BASELINE
from ..targets import MET, MISSED
from ..verdicts import UNDECIDED
from . import ways
from .trust import flags_allowed, half_width, is_flagged

LARGEST, BEYOND = 10 ** 6, 10 ** 7  # entries
PLAN, LARGE, AGAINST = "fixes", "frontier-large", "boost"
INSIDE, BLOCKS, LONGER = ("get", 4000), 60, 0.02
HOUR = datetime.timedelta(hours=1)
NOT_MEASURED = "not measured"


class Aim(NamedTuple):
    what: str
    asked: str
    reached: str
    is_met: Optional[bool]  # None: not measured


def percent(value):
    return f"{value:.1f} %"


# ---- How narrow ----

def widths(runs, over):
    """Of each ratio of put and get over that one, in percent."""
    found = pairs.ratios(where(runs, op=("put", "get")), over)
    return [half_width(ratio) for ratio in found if ratio.low is not None]


def narrow(directory):
    runs = exported(PLAN, directory).runs
    runs = runs[runs["scale"] <= LARGEST]
    found = numpy.array([*widths(runs, STORED_BASELINE), *widths(runs, REFERENCE)])
    nine, most = numpy.quantile(found, 0.9, method="higher"), found.max()
    return f"{percent(nine)}, {percent(most)} ({len(found)} ratios)", nine <= 5 and most <= 10


def narrow_beyond(directory):
    found = widths(exported(LARGE, directory).where(scale=BEYOND), AGAINST)
    return f"{percent(max(found))} ({len(found)} ratios)", max(found) <= 10


# ---- How sure ----

def undecided(directory):
    outcomes = read_rows(directory / "audit" / "outcomes.csv")
    if not outcomes:
        raise NotMeasured("no claim was tested: make audit")
    count = sum(row["verdict"] == UNDECIDED for row in outcomes)
    return f"{count} of {len(outcomes)}", count <= 10


def copies(directory):
    """{(operation, scale): a Series of block ratios, of each map to its copy}, of those who took turns."""
    with results.opened(None, results.directory_of(ways.NAME, directory)) as (connection, name, _):
        _, _, found, _ = ways.read(connection, name)
    return {place: list(of["warm"].copies.values()) for place, of in found.items() if "warm" in of}


def false_alarms(directory):
    blocks = [ratios for place in copies(directory).values() for ratios in place]
    whole = [ratios[at:at + ways.PAIRS] for ratios in blocks
             for at in range(0, len(ratios) - ways.PAIRS + 1, ways.PAIRS)]
    flagged = sum(is_flagged(stats.estimate(each)) for each in whole)
    bias = stats.estimate(100 * (pandas.concat(blocks) - 1))
    return (f"{flagged} of {len(whole)} ({percent(100 * flagged / len(whole))}), {bias.median:+.2f} %",
            flagged <= flags_allowed(len(whole)) and abs(bias.median) <= 1)


def power(directory):
    inside = copies(directory).get(INSIDE)
    if not inside:
        raise NotMeasured("no map inside the second-level cache")
    found = numpy.mean([stats.effect_power(list(numpy.log(ratios)), LONGER, BLOCKS) for ratios in inside])
    return f"{percent(100 * found)} of {BLOCKS} blocks", found >= 0.9


# ---- In what time ----

def hours(directory):
    rows = [row for path in (directory / "runs").glob("*/experiment.csv") for row in read_rows(path)]
    started, finished = ([datetime.datetime.fromisoformat(row[name].replace("Z", "+00:00")) for row in rows
                          if row["finished"]] for name in ("started", "finished"))
    taken = sum((end - start for start, end in zip(started, finished)), datetime.timedelta())
    return f"{taken / HOUR:.1f} hours ({len(rows)} experiments)", taken <= 3 * HOUR


AIMS = {
    ("half-width of put and get, over the baseline and the reference, up to 1M", "5 % for nine in ten, 10 % for all"):
        narrow,
    ("the same over boost at 10M", "10 %"): narrow_beyond,
    ("claims of the documents that cannot be told", "10"): undecided,
    ("a map beside its copy: differences found, and the median of all", "5 %, within 1 %"): false_alarms,
    ("a map inside L2 that takes 2 % longer is found", "by 60 blocks in 90 %"): power,
    ("time for everything that is stored", "3 hours"): hours}


def aims(directory=RESULTS):
    """Every Aim, in the order in which they were set."""
    for (what, asked), reach in AIMS.items():
        try:
            yield Aim(what, asked, *reach(directory))
        except NotMeasured:
            yield Aim(what, asked, NOT_MEASURED, None)


def table(directory=RESULTS):
    return Table(["what", "asked", "reached", ""], [
        [aim.what, aim.asked, aim.reached, {True: MET, False: MISSED, None: ""}[aim.is_met]]
        for aim in aims(directory)], 4)
