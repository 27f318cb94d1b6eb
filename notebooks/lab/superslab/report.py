#!/usr/bin/env python3
"""Document 004's figures beside ours, what each switch of the superslab does, and whether it
reaches what it is to reach.

    python3 -m lab.superslab.report [--runs DIR]

DIR is a study that lab.superslab.measure has stored, by default the one in results/superslab.

The document's machine was another, so none of its throughputs can be expected here.  What can be
expected is their ratio to its own baseline, a share of time, and a count.  The rule of the verdicts
is lab.verdicts'.

Against what a figure is held:
bench                  phase 8, as the document does
everything else        slabs on (phase9-on): the document has the same throughput off and on, and
                       with slabs off no other switch does anything
"""
import math
from typing import NamedTuple, Optional

from .. import printing
from ..printing import paragraph
from ..command import Parser, run_report
from ..seeds import figures as seeds
from ..seeds.figures import NO_NEIGHBOUR
from ..stats import Estimate, estimate
from ..verdicts import NOT_MEASURED, Span, judge as judge_ratio, judge_count
from .plan import BY_NAME, CONTROL, LOADS, MAIN, STEPS, TIME
from .study import KERNEL, RESULTS, Study, load_study

DOCUMENT = "004"
GOOD = MAIN._replace(generator="good")
SHIPPED, BASELINE, MIMALLOC, BEST = "phase9-on", "phase8", "mimalloc", "best"


# ---- What the document's rows are here ----

class Switch(NamedTuple):
    name: str
    base: str = SHIPPED


SWITCHES = {
    "phase 8": Switch(BASELINE, BASELINE),
    "phase 9-1, slabs off": Switch("phase9-off", BASELINE),
    "phase 9-1, slabs on": Switch(SHIPPED, BASELINE),
    "faster lookup": Switch("phase9-off", BASELINE),
    "nothing done": Switch(SHIPPED),
    "slabs of 2 MB": Switch("2m"),
    "slabs mapped ahead": Switch("prewarm"),
    "both, slabs on": Switch("2m+prewarm"),
    "leaner wrapper": Switch(SHIPPED, "wrapped"),
    "mimalloc": Switch(MIMALLOC),
}
# Where perf's samples fell, by the row of the document's profile.
# The wrapper of free is inlined (but in `wrapped`): it and the fast path are one function.
PLACES = {"kernel": KERNEL, "kernel: munmap": "kernel_munmap", "kernel: mmap": "kernel_mmap",
          "free wrapper": "free", "fast free": "free", "leaner wrapper": "free",
          "benchmark loop": "loop", "cache refill": "refill", "lookup": "lookup", "other": "other"}
# The baseline of its gains, and so of its expected throughputs.
SEED_BASE_MOPS = 16.5


def switch_of(figure):
    """Which configuration a row is about: its first words tell."""
    known = [name for name in SWITCHES if figure.row == name or figure.row.startswith(name + ",")]
    return SWITCHES[max(known, key=len)] if known else None


# ---- One figure beside ours ----

class Line(NamedTuple):
    """A figure beside ours; what there is not is None."""
    figure: seeds.Figure
    against: str
    ours: str
    seed_ratio: Optional[Span]
    our_ratio: Optional[Estimate]
    to_mimalloc: Optional[Estimate]
    verdict: str


def scaled(figure, factor):
    return None if figure is None else figure.scaled(factor)


def percent_gain(ratio):
    if ratio is None:
        return None
    return Estimate(*(None if x is None else 100 * (x - 1) for x in ratio[:3]), ratio.count)


def judge(figure, ours):
    """A share or a count: theirs is what their rounding leaves open."""
    return judge_ratio(seeds.unrounded(figure).span, ours, none=0.0).text


def throughput_line(figure, study):
    switch = switch_of(figure)
    if switch is None:
        return Line(figure, "", "-", None, None, None, NOT_MEASURED)
    if figure.metric == "mops":
        seed = Span(*(value / SEED_BASE_MOPS for value in figure.span))
    else:
        seed = Span(*(1 + value / 100 for value in figure.span))
    speed, ratio = study.value(switch.name, "mops"), study.ratio(switch.name, switch.base)
    shown = speed if figure.metric == "mops" else percent_gain(ratio)
    alone = switch.name == switch.base
    verdict = NO_NEIGHBOUR if alone and speed else judge_ratio(seed, ratio).text
    return Line(figure, "" if alone else switch.base, text_of(shown),
                None if alone else seed, None if alone else ratio,
                study.ratio(switch.name, MIMALLOC), verdict)


def kernel_of(figure, study):
    """The kernel's share of time in percent, of the row's configuration."""
    switch = switch_of(figure) or SWITCHES["phase 9-1, slabs on"]
    return scaled(study.value(switch.name, "kernel_share"), 100)


def share_of(figure, study):
    """In percent; the kernel's by the process's own account, its parts and the rest by perf."""
    if figure.row == "kernel" or figure.row.endswith(", kernel"):
        return kernel_of(figure, study)
    place = PLACES.get(figure.row)
    return scaled(study.share(SHIPPED, place), 100) if place else None


def share_line(figure, study):
    ours = share_of(figure, study)
    return Line(figure, "", text_of(ours), None, None, None, judge(figure, ours))


def saved_line(figure, study):
    """Points of the kernel's share."""
    switch = switch_of(figure)
    ours = scaled(study.difference(switch.base, switch.name, "kernel_share"), 100) \
        if switch and "kernel" in figure.row else None
    return Line(figure, switch.base if switch else "", text_of(ours), None, None, None,
                judge(figure, ours))


def per_cycle(study, name, column, empty, steps=1):
    """Cycles that a step takes, by block, without the loop around it."""
    cost, loop = study.step(name, column), study.step(name, empty)
    cycle = study.step(name, "cycle_ns")
    return {block: (cost[block] - loop[block]) / steps / cycle[block] for block in cost}


LOOKUP = ("lookup_ns", "empty_lookup_ns")
PAIR = ("pair_ns", "empty_pair_ns", 2)  # an allocation and a free: two steps


def cycles_line(figure, study):
    """Cycles of a single step have a verdict; the profile's are shares of the cycles that one
    operation took on the document's machine, and follow from these."""
    if figure.row in ("lookup", "fast free"):
        values = (per_cycle(study, "uncapped+linear", *LOOKUP) if figure.row == "lookup"
                  else per_cycle(study, BEST, *PAIR))
        ours = estimate(values.values()) if values else None
        return Line(figure, "", text_of(ours), None, None, None, judge(figure, ours))
    share, speed = share_of(figure, study), study.value(SHIPPED, "mops")
    cycle = study.value(BEST, "cycle_ns", kind=STEPS)
    if not (share and speed and cycle):
        return Line(figure, "", "-", None, None, None, NOT_MEASURED)
    ours = share.median / 100 * 1000 / speed.median / cycle.median
    return Line(figure, "", significant(ours), None, None, None, NO_NEIGHBOUR)


def total(counts, prefix):
    return sum(value for key, value in counts.items() if key.startswith(prefix))


CALLS = {
    "failures of the back end": lambda counts: total(counts, "exhausted_"),
    "allocations per failure": lambda counts: (total(counts, "fallbacks_")
                                               / total(counts, "exhausted_")),
    "system calls": lambda counts: counts["mmap_calls"] + counts["munmap_calls"],
}


def calls_line(figure, study):
    counts = study.counts(SHIPPED)
    try:
        ours = CALLS[figure.row](counts) if counts and figure.row in CALLS else None
    except (KeyError, ZeroDivisionError):
        ours = None
    if ours is None:
        return Line(figure, "", "-", None, None, None, NOT_MEASURED)
    verdict = judge_count(seeds.unrounded(figure).span, ours).text
    return Line(figure, "", f"{ours:,.0f}", None, None, None, verdict)


def setting_line(figure, _study):
    """Sizes and numbers that are settings, and what the document wants to do next."""
    return Line(figure, "", "a setting", None, None, None, NO_NEIGHBOUR)


def gap_line(figure, study):
    return Line(figure, "", "a threshold", None, None, study.ratio(BEST, MIMALLOC), NO_NEIGHBOUR)


LINES = {"mops": throughput_line, "percent_gain": throughput_line, "share_percent": share_line,
         "saved_percent": saved_line, "cycles": cycles_line, "calls": calls_line,
         "bytes": setting_line, "kibibytes": setting_line, "mebibytes": setting_line,
         "slabs": setting_line, "speedup": setting_line, "ratio_to_mimalloc": gap_line}


def lines_of(study, figures=None):
    """[((document, table), lines)]"""
    figures = seeds.read_figures() if figures is None else figures
    return [(key, [LINES[figure.metric](figure, study) for figure in group])
            for key, group in seeds.tables_of(figures) if key[0] == DOCUMENT]


# ---- What the allocator is to reach ----

class Target(NamedTuple):
    what: str
    load: object
    ours: Optional[Estimate]
    bound: float
    at_least: bool


MET, MISSED, UNDECIDED = "met", "missed", "undecided"


def targets_of(study):
    result = []
    for load in LOADS:
        result += [
            Target("Mop/s / mimalloc", load, study.ratio(BEST, MIMALLOC, load=load),
                   0.9 if load.threads == 1 else 0.8, True),
            Target("kernel's share", load, study.value(BEST, "kernel_share", load), 0.05, False),
            Target("memory / mimalloc", load, study.ratio(BEST, MIMALLOC, "rss_most", load), 1.3,
                   False)]
    return sorted(result, key=lambda target: -len(target.what))


def verdict_of(target):
    ours = target.ours
    if ours is None or ours.low is None:
        return NOT_MEASURED
    if target.at_least:
        met, missed = ours.low >= target.bound, ours.high < target.bound
    else:
        met, missed = ours.high <= target.bound, ours.low > target.bound
    return MET if met else MISSED if missed else UNDECIDED


# ---- Which results depend on the generator ----

def apart(one, other):
    """Whether two intervals have nothing in common; None if there is one too few."""
    if not (one and other) or one.low is None or other.low is None:
        return None
    return one.high < other.low or other.high < one.low


def dependence(study, name, base):
    """The same ratio with either generator, and whether the intervals are apart."""
    ratios = study.ratio(name, base), study.ratio(name, base, load=GOOD)
    return (*ratios, {True: "yes", False: "no", None: "-"}[apart(*ratios)])


# ---- Printing ----

def significant(value):
    """Three significant digits, and no exponent: throughputs differ a thousandfold."""
    decimals = 2 if value == 0 else min(4, max(0, 2 - math.floor(math.log10(abs(value)))))
    return f"{value:.{decimals}f}"


def text_of(figure):
    return printing.with_interval(figure, significant)


def heading(text):
    print(f"\n{text}\n")


def print_about(about, study):
    same = about["same"]
    machine = same["machine"]
    blocks = max((len(rows) for (kind, *_), rows in study.found.items() if kind == TIME), default=0)
    commit = (about["commit"] or "unknown")[:12] + (" with changes" if about["dirty"] else "")
    print(f"study of the superslab  {about['started'][:16].replace('T', ' ')} UTC  commit {commit}"
          f"{'' if about['finished'] else '  unfinished'}")
    print(f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']};"
          f" huge pages: {machine['thp']}")
    print(paragraph("beside " + ", ".join(
        f"{name} ({file})" for name, (file, _) in same["libraries"].items())
        + f" and the C library ({machine['libc']})", "  "))
    print(f"medians of {blocks} processes; 95 % intervals by the sign test; ratios of Mop/s within"
          " blocks (above 1: faster)")


def print_document(study):
    header = ["figure", "against", "verdict", "seed", "ours", "seed x", "our x", "x mimalloc"]
    for (document, table), lines in lines_of(study):
        heading(f"{document} {table}: {lines[0].figure.section}")
        print(printing.align(header, [
            [line.figure.row, line.against or "-", line.verdict,
             line.figure.as_written, line.ours, printing.span_text(line.seed_ratio),
             text_of(line.our_ratio), text_of(line.to_mimalloc)]
            for line in lines], cell=0))


def print_switches(study):
    heading(f"What each switch does: {MAIN.slots} slots, one thread, the generator of the document"
            " (lcg)")
    measured = [name for name in BY_NAME if study.value(name, "mops")]

    def row(name, load, change):
        return [text_of(study.value(name, "mops", load)), text_of(change),
                text_of(study.ratio(name, MIMALLOC, load=load))]
    changes = {name: dependence(study, name, SHIPPED) for name in measured}
    figures = ["Mop/s", f"x {SHIPPED}", f"x {MIMALLOC}"]
    print(printing.align(["configuration", "settings", *figures, "kernel %"], [
        [name, BY_NAME[name].about, *row(name, MAIN, changes[name][0]),
         text_of(scaled(study.value(name, "kernel_share"), 100))] for name in measured],
        figures=4, cell=0))
    heading(f"The same with a good generator.  The last column: is the interval of its"
            f" \"x {SHIPPED}\" apart from the one above?")
    print(printing.align(["configuration", *figures, "depends on the generator"], [
        [name, *row(name, GOOD, changes[name][1]), changes[name][2]] for name in measured],
        figures=4, cell=0))


def print_loads(study):
    for load, names in LOADS.items():
        heading(f"{load}.  The loop alone takes"
                f" {text_of(loop_share(study, load))} % of {BEST}'s time")
        header = ["configuration", "Mop/s", "x mimalloc", "kernel %", "memory x mimalloc",
                  "areas, most"]
        print(printing.align(header, [
            [name, text_of(study.value(name, "mops", load)),
             text_of(study.ratio(name, MIMALLOC, load=load)),
             text_of(scaled(study.value(name, "kernel_share", load), 100)),
             text_of(study.ratio(name, MIMALLOC, "rss_most", load)),
             text_of(study.value(name, "areas_most", load))]
            for name in names if name != CONTROL.name and study.value(name, "mops", load)], cell=0))


def loop_share(study, load):
    """What the draws and the slots take of the best setting's time, in percent."""
    return scaled(study.ratio(BEST, CONTROL.name, load=load), 100)


def print_targets(study):
    heading(f"What the best setting is to reach ({BEST})")
    header = ["what", "load", "verdict", "wanted", "ours"]
    print(printing.align(header, [
        [target.what, str(target.load), verdict_of(target),
         f"{'at least' if target.at_least else 'at most'} {target.bound}",
         text_of(target.ours)] for target in targets_of(study)], figures=2, cell=1))


def print_counts(study):
    heading(f"Counted in one process each, from start to end: {MAIN.slots} slots, lcg")
    columns = ["mmap_calls", "munmap_calls", "madvise_calls", "refills", "lookups", "prewarmed",
               "areas_most", "exhausted_", "fallbacks_"]
    header = ["configuration", "cycles", *(name.replace("_", " ").strip() for name in columns)]
    rows = []
    for name in BY_NAME:
        counts = study.counts(name)
        if counts:
            def cell(column):
                if column.endswith("_"):
                    found = [key for key in counts if key.startswith(column)]
                    return f"{total(counts, column):,.0f}" if found else "-"
                return f"{counts[column]:,.0f}" if column in counts else "-"
            rows.append([name, f"{counts['cycles']:,.0f}", *map(cell, columns)])
    print(printing.align(header, rows, figures=len(columns) + 1, cell=0))


def print_tally(study):
    print(f"\n{seeds.tally_text([line for _, lines in lines_of(study) for line in lines])}")


def print_failures(rows):
    failed = {}
    for row in rows:
        if row["status"] != "ok":
            key = f"{row['kind']} {row['configuration']}: {row['detail']}"
            failed[key] = failed.get(key, 0) + 1
    for key, count in failed.items():
        print(f"\nfailed, {count} processes: {key}")


def print_report(about, rows):
    study = Study(rows)
    print_about(about, study)
    print_document(study)
    print_tally(study)
    print_switches(study)
    print_loads(study)
    print_counts(study)
    print_targets(study)
    print_failures(rows)


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=RESULTS, help="the stored study")
    given = parser.parse_args(arguments)
    print_report(*load_study(given.runs))


if __name__ == "__main__":
    run_report("superslab", report)
