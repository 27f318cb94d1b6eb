"""Where does a get's time go as the map outgrows the caches, and how far is it from what it must wait for?

Gets of maps of every size stand beside the machine's own loads from as much memory (lab.instrument.limits), and beside
one load from the entries alone, with which no map in memory can do without.
"""
from typing import NamedTuple, Optional

from . import drawing, fallbacks, panels
from .counts import exact
from .instrument import limits, study
from .printing import digits, short_scale, with_interval
from .question import Question, demand, those_measured
from .results import NotMeasured, exported, where
from .settings import STORED_BASELINE, REFERENCE
from .stats import Estimate, estimate

# The first that has a cell is believed; the plan of the suite leaves the largest to the seeds'.
EXPERIMENTS = ("suite", "seeds")
PATTERN = "shuffled"
OPS = {"get": "get", "get_chained": "get_chained: each waits for the one before"}
VARIANTS = (STORED_BASELINE, "phase3", "fix4", REFERENCE)


def gets_of(runs):
    return where(runs, op=OPS, variant=VARIANTS, pattern=PATTERN, key="u64")


# ---- Where does a get's time go? ----

class Point(NamedTuple):
    footprint: float  # bytes that the map uses
    scale: int
    time: Estimate    # of ns
    full: float       # share of its arrays that malloc served because its pool was full


class Caches(NamedTuple):
    gets: dict     # {op: {variant: [Point]}}
    loads: dict    # {footprint: Estimate of ns of a load from a random line of it}, or none
    levels: dict   # {"L1": bytes}
    lacking: Optional[str]  # why there are no loads


def points_of(experiments):
    """{op: {variant: [Point]}} of what any of the experiments has, the first believed."""
    found = {}
    for experiment in reversed(experiments):
        for (op, variant, scale), runs in gets_of(experiment.runs).groupby(["op", "variant", "scale"]):
            tree = runs["tree"].iat[0]
            found[op, variant, scale] = Point(limits.bytes_in_use(tree, runs["bytes_per_entry"], scale), scale,
                                              estimate(runs["ns_per_op"]), fallbacks.share(tree))
    by_variant = {op: {variant: [found[at] for at in sorted(found) if at[:2] == (op, variant)] for variant in VARIANTS}
                  for op in OPS}
    by_variant = {op: {variant: points for variant, points in of.items() if points} for op, of in by_variant.items()}
    return {op: of for op, of in by_variant.items() if of}


def machine_loads(stored, machine):
    """(loads, None), or ({}, why there are none)."""
    try:
        origin, found = study.read("limits", stored.directory)
    except NotMeasured as reason:
        return {}, f"the machine's own loads: {reason}"
    if origin["machine"] != machine:
        return {}, "the machine's own loads were measured on another machine than the gets"
    return limits.loads_of(found), None


def level_sizes(caches):
    """{"L1": bytes} of the caches that hold data."""
    return {f"L{cache['level']}": cache["size"] for cache in caches
            if cache.get("type") != "Instruction" and cache.get("size")}


def read_caches(stored):
    experiments = list(those_measured(EXPERIMENTS, stored).values())
    about = experiments[0].about
    loads, lacking = machine_loads(stored, about["machine"])
    gets = demand(points_of(experiments), f"get of {PATTERN} keys")
    return Caches(gets, loads, level_sizes(about["caches"]), lacking)


LOADED = "one load from a random line of as much memory"


def draw_gets(axes, points, loads, look):
    """One composition's gets beside the machine's loads; each point is named by its entries."""
    if loads:
        ordered = sorted(loads)
        axes.plot(ordered, [loads[size].median for size in ordered], color=drawing.BLACK, linewidth=2, zorder=1,
                  label=LOADED)
    panels.curve(axes, {point.footprint: point.time for point in points}, "a get", look)
    for number, point in enumerate(points):
        if point.full:
            panels.ring(axes, point.footprint, point.time.median)
        # By turns above and below, since neighbours are near.
        place = ({"xytext": (5, -3), "ha": "left", "va": "top"} if number % 2 else
                 {"xytext": (-4, 4), "ha": "right", "va": "bottom"})
        axes.annotate(short_scale(point.scale), (point.footprint, point.time.median), textcoords="offset points",
                      fontsize=8, path_effects=drawing.halo(), **place)


def fill_caches(figure, found):
    variants = [variant for variant in VARIANTS if any(variant in of for of in found.gets.values())]
    every = [point for of in found.gets.values() for points in of.values() for point in points]
    sizes = [*(point.footprint for point in every), *found.loads]
    times = [value for figure in [*(point.time for point in every), *found.loads.values()]
             for value in figure[:3] if value is not None]
    above, strip = panels.with_legend(figure, 0.06)
    axes = above.subplots(len(found.gets), len(variants), sharex=True, sharey=True, squeeze=False)
    for row, (op, of) in zip(axes, found.gets.items()):
        for one, variant in zip(row, variants):
            draw_gets(one, of.get(variant, ()), found.loads, panels.look(0))
            for name, size in found.levels.items():
                if min(sizes) < size < max(sizes):
                    one.axvline(size, color=drawing.GREY, linewidth=0.8, linestyle=":", zorder=panels.RULE)
                    one.text(size, 0.985, f" {name}", transform=one.get_xaxis_transform(), va="top",
                             color=drawing.GREY, fontsize=8)
            one.set_title(f"{variant}: {op}")
        row[0].set_ylabel("ns" if op == "get" else "ns, each waits for the one before")
    for one in axes.ravel():
        drawing.factor_axis(one.xaxis, *drawing.room_around(sizes),
                            [tick for tick in (4096 << (6 * i) for i in range(4))
                             if min(sizes) <= tick <= max(sizes)], limits.size_text)
        drawing.factor_axis(one.yaxis, *drawing.room_around(times))
    for one in axes[-1]:
        one.set_xlabel("bytes the map uses")
    panels.shared_legend(strip, axes.ravel())


def tell_caches(found):
    for op, of in found.gets.items():
        told = []
        for variant, points in of.items():
            first, last = points[0], points[-1]
            told.append(f"{variant} {digits(last.time.median / first.time.median)} times as long at"
                        f" {short_scale(last.scale)} entries ({limits.size_text(last.footprint)})"
                        f" as at {short_scale(first.scale)}")
        yield f"{op}: {'; '.join(told)}."
    if found.lacking:
        yield found.lacking[0].upper() + found.lacking[1:] + "."
    else:
        told = [f"{limits.size_text(size)} {with_interval(found.loads[size])}"
                for size in (min(found.loads), max(found.loads))]
        yield f"One load from a random line, ns: {', '.join(told)}."
    yield from panels.tell_fallbacks({f"{variant} {short_scale(point.scale)}": point.full for of in found.gets.values()
                                      for variant, points in of.items() for point in points})


CACHES = Question("Where does a get's time go as the map outgrows the caches?", "scale", (10, 6.4),
                  read_caches, fill_caches, tell_caches)


# ---- How far is a get from what it must wait for? ----

FLOOR, LOAD, TAKEN = ("floor: one load from the entries alone", "one load from as many bytes as the map uses",
                      "measured")
NUMBERS = {"x floor": lambda get: get.over, "loads": lambda get: get.k}  # what is written beside each line


class Floors(NamedTuple):
    gets: list  # [limits.Get], composition by composition
    full: dict  # {(variant, scale): share of its arrays that malloc served, its pool being full}


def read_floors(stored):
    origin, found = study.read("limits", stored.directory)
    experiment = exported(EXPERIMENTS[0], stored.directory)
    if origin["machine"] != experiment.about["machine"]:
        raise NotMeasured("not measured: the machine's limits and the gets are of two machines;"
                          " make STUDIES=limits instrument measures this one's")
    runs = gets_of(experiment.runs)
    gets = demand(list(limits.gets(found, runs, exact.load())), f"get of {PATTERN} keys")
    trees = runs.drop_duplicates(["variant", "scale"]).set_index(["variant", "scale"])["tree"]
    return Floors(sorted(gets, key=lambda get: (VARIANTS.index(get.variant), get.scale)),
                  dict(trees.map(fallbacks.share)))


def line_of(get):
    return f"{get.variant} {short_scale(get.scale)}"


def write_numbers(axes, names, some):
    """Right of a panel: how many times the floor a get takes, and as how many loads it lasts."""
    for column, (head, of) in enumerate(NUMBERS.items()):
        x = 1.12 + 0.14 * column
        axes.text(x, -0.7, head, transform=axes.get_yaxis_transform(), ha="right", va="bottom")
        for line, name in enumerate(names):
            if name in some:
                axes.text(x, line, digits(of(some[name]).median), transform=axes.get_yaxis_transform(), ha="right",
                          va="center", fontsize=8)


def fill_floors(figure, found):
    places = list(dict.fromkeys((get.variant, get.scale) for get in found.gets))
    names = list(dict.fromkeys(map(line_of, found.gets)))
    ops = [op for op in OPS if any(get.op == op for get in found.gets)]
    by_op = {op: {line_of(get): get for get in found.gets if get.op == op} for op in ops}
    style = {"names": names, "one": None,
             "groups": [i for i, (one, other) in enumerate(zip(places, places[1:])) if one[0] != other[0]],
             "looks": {FLOOR: panels.look(2, full=False), LOAD: panels.look(1, full=False), TAKEN: panels.look(0)},
             "ringed": {(TAKEN, name) for place, name in zip(places, names) if found.full.get(place)}}
    axes = panels.grid(figure, {f"{op}: ns": style | {"series": {
        label: {name: getattr(get, what) for name, get in by_op[op].items()}
        for label, what in ((FLOOR, "floor_ns"), (LOAD, "miss_ns"), (TAKEN, "measured_ns"))}} for op in ops},
                       len(ops), 0.09, legend_columns=2)
    for one, op in zip(axes.flat, ops):
        write_numbers(one, names, by_op[op])


def tell_floors(found):
    for get in found.gets:
        if get.scale == max(each.scale for each in found.gets if each.variant == get.variant):
            counted = ("" if get.chain is None else
                       f"; it has a chain of {digits(get.chain)} loads, {digits(get.misses)} of its"
                       " loads miss the first cache")
            yield (f"{get.op}, {get.variant} {short_scale(get.scale)}: as long as"
                   f" {with_interval(get.k)} loads from as many bytes as the map uses,"
                   f" {with_interval(get.over)} times the floor{counted}.")
    yield from panels.tell_fallbacks({f"{variant} {short_scale(scale)}": share
                                      for (variant, scale), share in found.full.items()})


FLOORS = Question("How far is a get from what it must wait for?", "floors", (10, 6),
                  read_floors, fill_floors, tell_floors)
