"""What was asked of the measuring, beside what the stored results reach: how narrow, how sure, in what time.

    narrow        half the width of the interval of each ratio of put and get over the baseline and over the reference,
                  from 1,000 to a million entries (the plan fixes); of each over boost, at ten million (frontier-large)
    claims        of the documents, that cannot be told (results/audit/outcomes.csv)
    false alarms  of a map beside its own copy, taking turns (instrument-ways, warm): how many comparisons find a
                  difference, and how far from none all blocks lie; undecided if more than 5 % do, and no more than
                  chance may add to that
    power         how often 60 blocks of the same would find that a map inside the second-level cache takes 2 % longer
    time          from the start of each stored experiment to its end, all together

What was not measured is told, and has no verdict.
"""
import datetime
from typing import NamedTuple

import numpy
import pandas

from .. import pairs, results, stats
from ..printing import Table
from ..results import RESULTS, NotMeasured, exported, read_rows, where
from ..settings import REFERENCE, STORED_BASELINE
from ..targets import MET, MISSED, UNDECIDED
from ..verdicts import NOT_MEASURED
from . import ways
from .trust import FALSE_POSITIVES, flags_allowed, half_width, is_flagged

LARGEST, BEYOND = 10 ** 6, 10 ** 7  # entries
PLAN, LARGE, AGAINST = "fixes", "frontier-large", "boost"
INSIDE, BLOCKS, LONGER = ("get", 4000), 60, 0.02
HOUR = datetime.timedelta(hours=1)


class Aim(NamedTuple):
    what: str
    asked: str
    reached: str
    verdict: str  # empty where it was not measured


def met(whether):
    return MET if whether else MISSED


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
    return f"{ways.percent(nine)}, {ways.percent(most)} ({len(found)} ratios)", met(nine <= 5 and most <= 10)


def narrow_beyond(directory):
    found = widths(exported(LARGE, directory).where(scale=BEYOND), AGAINST)
    return f"{ways.percent(max(found))} ({len(found)} ratios)", met(max(found) <= 10)


# ---- How sure ----

def undecided(directory):
    outcomes = read_rows(directory / "audit" / "outcomes.csv")
    if not outcomes:
        raise NotMeasured("no claim was tested: make audit")
    count = sum(row["verdict"] == UNDECIDED for row in outcomes)
    return f"{count} of {len(outcomes)}", met(count <= 10)


def copies(directory):
    """{(operation, scale): a Series of block ratios, of each map to its copy}, of those who took turns."""
    with results.opened(None, results.directory_of(ways.NAME, directory)) as (connection, name, _):
        _, _, found, _ = ways.read(connection, name)
    return {place: list(of["warm"].copies.values()) for place, of in found.items() if "warm" in of}


def false_alarms(directory):
    blocks = [ratios for place in copies(directory).values() for ratios in place]
    whole = [estimate for ratios in blocks for estimate in ways.comparisons(ratios)]
    flagged, bias = sum(map(is_flagged, whole)), stats.estimate(100 * (pandas.concat(blocks) - 1))
    verdict = met(flagged <= flags_allowed(len(whole)) and abs(bias.median) <= 100 * ways.BIAS)
    if verdict == MET and flagged > FALSE_POSITIVES * len(whole):
        verdict = UNDECIDED
    return f"{flagged} of {len(whole)}, {bias.median:+.2f} %", verdict


def power(directory):
    inside = copies(directory).get(INSIDE)
    if not inside:
        raise NotMeasured("no map inside the second-level cache")
    found = numpy.mean([stats.effect_power(list(numpy.log(ratios)), LONGER, BLOCKS) for ratios in inside])
    return f"in {ways.percent(100 * found)}", met(found >= 0.9)


# ---- In what time ----

def hours(directory):
    rows = [row for path in (directory / "runs").glob("*/experiment.csv") for row in read_rows(path)]
    started, finished = ([datetime.datetime.fromisoformat(row[name].replace("Z", "+00:00")) for row in rows
                          if row["finished"]] for name in ("started", "finished"))
    taken = sum((end - start for start, end in zip(started, finished)), datetime.timedelta())
    return f"{taken / HOUR:.1f} hours, of {len(rows)}", met(taken <= 3 * HOUR)


AIMS = {
    ("half-width of put and get, over the baseline and the reference, up to 1M", "5 % for nine in ten, 10 % for all"):
        narrow,
    ("the same over boost at 10M", "10 %"): narrow_beyond,
    ("claims of the documents that cannot be told", "10"): undecided,
    ("a map beside its copy: differences found, and the median of all", "5 %, within 1 %"): false_alarms,
    ("a map inside L2 that takes 2 % longer is found", "by 60 blocks in 90 %"): power,
    ("time of all experiments that are stored", "3 hours"): hours}


def aims(directory=RESULTS):
    """Every Aim, in the order in which they were set."""
    for (what, asked), reach in AIMS.items():
        try:
            yield Aim(what, asked, *reach(directory))
        except NotMeasured:
            yield Aim(what, asked, NOT_MEASURED, "")


def table(directory=RESULTS):
    return Table(["what", "asked", "reached", ""], list(map(list, aims(directory))), 4)
