"""How sure each way of taking samples is (TURNS=none, warm or cold), in the same cells and in equal time.

The plan is experiments/instrument-ways.plan, which is measured in rounds of ROUND blocks, as many as there is time for.
Of each cell, an operation at a scale, it is told for each way:

    clocked     the share of the processes' time that was under the clock
    blocks      how many of its blocks fit into the time that the way which was measured for the shortest time has had
    +-          the half-width of the intervals of so many blocks: of two maps' ratio, and of a map's to its own copy
    narrower    how many times narrower than by `none` they are, over both
    flagged     of comparisons of a map with its copy, PAIRS blocks each: those that find a difference; 5 % are to be
    power       how often so many blocks find that a map takes 5 % longer, or 2 %, judged by those that compare copies
    bias        what a known delay is found longer than it is, in percent of the operation

The ratio of the two maps is told as well: each way may estimate another one (docs/method.md).
"""
import math
import shlex
import subprocess
import time
from typing import NamedTuple, Optional

import numpy
import pandas

from .. import results, stats, store as stores
from ..decide import BUDGET, RUNNER, run
from ..machine import caches_text
from ..pairs import by_turn, over_turns
from ..printing import align, op_order, paragraph, short_scale, with_interval
from ..results import NO_TURNS, NotMeasured, parameter
from .limits import size_text
from .trust import half_width, is_flagged

PLACE = ["op", "scale"]
BLOCK = [*PLACE, "turns", "plan_seed", "block"]
WAYS = [NO_TURNS, "warm", "cold"]
ROUND = 2             # blocks of every line, those of each seed
PAIRS = 12            # blocks of a comparison that must not find a difference
EFFECTS = (0.05, 0.02)
NAME = "instrument-ways"
NOTHING = pandas.Series(dtype=float)
NARROWER, BIAS = 3, 0.01  # what is wanted of a way


# ---- Measuring ----

def measure(asked, store, budget, runner):
    """Measures what the runner is asked for, or a round more of it where the store has it from these sources; and
    further rounds, while there is time for another like the last."""
    end, command = time.monotonic() + budget, [*shlex.split(runner), "--store", str(store), *shlex.split(asked),
                                               "--name", NAME]
    more = [*command, "--more", str(ROUND)]
    known = subprocess.run([*more, "--dry-run"], capture_output=True).returncode == 0
    while True:
        start = time.monotonic()
        run(more if known else command)
        if 2 * time.monotonic() - start > end:
            return
        known = True


# ---- What was measured ----

class Measured(NamedTuple):
    """One way in one cell.  Series have an entry for each block, in the order in which they ran."""
    seconds: pandas.Series  # that a block took
    clocked: float          # the share of them under the clock
    copies: dict            # {map: ratios of it to its copy}
    maps: pandas.Series     # ratios of one map to the other
    left: pandas.Series     # ratios of the delayed program to the other, the delay taken off again; may be empty

    @property
    def time(self):
        return self.seconds.sum()

    def blocks_in(self, time):
        return int((self.seconds.cumsum() <= time * (1 + 1e-9)).sum())


def ratios(runs, field, above, below):
    """The ratio of the two runs in each block that differ in `field`."""
    values = by_turn(runs.set_index([*BLOCK, field])).unstack(field)
    return over_turns((values[above] / values[below]).dropna()) if {above, below} <= set(values) else NOTHING


def in_order(series, order):
    return series.reindex(order[order.isin(series.index)])


def without_delay(runs):
    """The same runs as if they had had no delay: of every sample, that share of what the operation took without one."""
    delay = runs["percent"] / 100 * runs["plain_ns"]
    return runs.assign(ns_per_op=runs["ns_per_op"] - delay,
                       samples=[tuple(numpy.subtract(times, own)) for times, own in zip(runs["samples"], delay)])


def measured(runs, names):
    delayed = runs[runs["percent"].notna()]
    plain = runs[runs["percent"].isna()]
    blocks = plain.groupby(BLOCK, sort=False)
    order = blocks["slot"].min().sort_values().index
    copies = {name: in_order(ratios(plain[plain["variant"] == name], "copy", 1, 0), order) for name in names}
    maps = in_order(ratios(plain[plain["copy"] == 0], "variant", *names), order)
    left = ratios(without_delay(delayed), "percent", delayed["percent"].max(), 0) if len(delayed) else NOTHING
    return Measured(blocks["seconds"].sum()[order], results.measured_share(plain), copies, maps, left)


def read(connection, name):
    """(about, names of the two maps, {place: {way: Measured}}, {place: {map: bytes}}) of an experiment."""
    about, runs = results.processes_of(connection, name)
    runs = runs[runs["status"] == "ok"]
    runs = runs.assign(copy=parameter(runs, "copy"), percent=parameter(runs, "delay_percent"))
    names = sorted(set(runs[runs["copy"].notna()]["variant"]))
    if len(names) != 2:
        raise NotMeasured(f"experiment {name}: is not of two maps and their copies, as make ways measures them")
    found, sizes = {}, {}
    for (op, scale, way), group in runs.groupby([*PLACE, "turns"]):
        if group["percent"].isna().any():
            found.setdefault((op, scale), {})[way] = measured(group, names)
            sizes[op, scale] = (group.groupby("variant")["bytes_per_entry"].median() * scale).to_dict()
    return about, names, found, sizes


# ---- What is said of it ----

def comparisons(ratios):
    """The Estimates of so many blocks in a row as a comparison takes, of ratios of a map to its copy."""
    return [stats.estimate(ratios[at:at + PAIRS]) for at in range(0, len(ratios) - PAIRS + 1, PAIRS)]


class Judged(NamedTuple):
    """One way in one cell, with as many blocks as fit into the time that all ways have."""
    clocked: float
    blocks: int
    block_seconds: float
    ratio: stats.Estimate            # of the two maps
    widths: list                     # half-widths in percent, of the maps' ratio and of copies'; NaN: none
    narrower: float                  # than by none; NaN where that is not known
    flagged: int
    comparisons: int
    power: tuple                     # for EFFECTS
    bias: Optional[stats.Estimate]   # in percent

    @property
    def wanted(self):
        """Is it what is wanted of a way in the place of `none`?"""
        return self.narrower >= NARROWER and self.bias is not None and abs(self.bias.median) <= 100 * BIAS


def width(ratios_in_time):
    estimate = stats.estimate(ratios_in_time) if len(ratios_in_time) else None
    return half_width(estimate) if estimate and estimate.low else math.nan


def judged(way, time, plain_widths):
    """plain_widths: those of `none` in the same time; None for itself."""
    count = way.blocks_in(time)
    widths = [width(each[:count]) for each in (way.maps, *way.copies.values())]
    whole = [estimate for each in way.copies.values() for estimate in comparisons(each)]
    power = tuple(float(numpy.mean([stats.effect_power(list(numpy.log(each)), effect, count)
                                    for each in way.copies.values()])) for effect in EFFECTS)
    return Judged(way.clocked, count, way.seconds.mean(), stats.estimate(way.maps), widths,
                  float(numpy.exp(numpy.mean(numpy.log(numpy.divide(plain_widths or widths, widths))))),
                  sum(map(is_flagged, whole)), len(whole), power,
                  stats.estimate(100 * (way.left - 1)) if len(way.left) else None)


def judge(ways):
    """(seconds that each way has, {way: Judged}) of one cell."""
    time = min(way.time for way in ways.values())
    found, plain = {}, None
    for name in filter(ways.__contains__, WAYS):
        found[name] = judged(ways[name], time, plain)
        plain = found[NO_TURNS].widths if NO_TURNS in found else len(found[name].widths) * [math.nan]
    return time, found


# ---- The report ----

def percent(value, decimals=1):
    return "-" if math.isnan(value) else f"{value:.{decimals}f} %"


def row(name, way):
    maps, *copies = way.widths
    return [name, percent(100 * way.clocked, 0), str(way.blocks), with_interval(way.ratio), percent(maps),
            percent(float(numpy.mean(copies))), "-" if math.isnan(way.narrower) else f"{way.narrower:.1f}",
            f"{way.flagged} of {way.comparisons}", *(percent(100 * power, 0) for power in way.power),
            "-" if way.bias is None else with_interval(way.bias)]


def heading(place, time, sizes, way_of):
    maps = ", ".join(f"{name} {size_text(size)}" for name, size in sizes.items())
    blocks = ", ".join(f"{name} {way.block_seconds:.2g}" for name, way in way_of.items())
    return f"{place}: {time:.0f} s each; maps: {maps} bytes; seconds a block takes: {blocks}"


def ways(asked="", store=stores.STORE, experiment=None, budget=BUDGET, runner=RUNNER):
    """how sure each way of taking samples is, side by side: as STORE has it newest, or of EXPERIMENT; what the runner
    is ASKED for is measured before, in so many rounds as BUDGET has room for, and one at least"""
    if asked:
        measure(asked, store, budget, runner)
    with results.opened(store, experiment, NAME) as (connection, name, where):
        about, names, found, sizes = read(connection, name)
    print(paragraph(f"experiment {name} ({about['status']}) in {where}: {about['cpu']}, {about['cores']} cores; caches:"
                    f" {caches_text(about['caches'])}"), end="\n\n")
    rows, good = [], {}
    for place in sorted(found, key=lambda place: (op_order(place[0]), place[1])):
        title = f"{place[0]} {short_scale(place[1])}"
        time, way_of = judge(found[place])
        rows += [heading(title, time, sizes[place], way_of), *(row(f"  {way}", each) for way, each in way_of.items())]
        for way, each in way_of.items():
            good.setdefault(way, []).extend([title] * each.wanted)
    print(align(["way", "clocked", "blocks", "/".join(names), "+-", "copies +-", "narrower", "flagged",
                 *(f"finds {100 * effect:.0f} %" for effect in EFFECTS), "bias, %"], rows, figures=10, cell=0))
    print()
    for way in WAYS[1:]:
        print(paragraph(f"{way}: {NARROWER} times narrower than {NO_TURNS} in equal time, and a bias within"
                        f" {100 * BIAS:.0f} %: {', '.join(good.get(way, [])) or 'in no cell'}"))
