"""Document 004's figures beside ours, what each switch of the superslab does, and whether it reaches what it is to
reach.

The document's machine was another, so none of its throughputs can be expected here.  What can be expected is their
ratio to its own baseline, a share of time, and a count.  The rule of the verdicts is lab.verdicts'.  Its benchmark is
held against phase 8, as the document does; everything else against slabs on (phase9-on): the document has the same
throughput off and on, and with slabs off no other switch does anything.
"""
from typing import NamedTuple

from ..seeds import figures as seeds
from ..seeds.figures import NO_NEIGHBOUR, Comparison
from ..printing import Table, align, commit_of, moment, paragraph, span_text
from ..results import RESULTS
from ..stats import Estimate
from ..targets import Limit
from ..verdicts import NOT_MEASURED, Span, judge, judge_count
from .configurations import (ALLOCATORS, BASELINE, BEST, CONFIGURATIONS, CONTROL, GOOD, LOADS, MAIN, MIMALLOC, SHIPPED)
from .study import COUNT, MIXED, Study, estimated, read, scaled, significant, text_of

DOCUMENT = "004"


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
PLACES = {"kernel": "kernel", "kernel: munmap": "kernel_munmap", "kernel: mmap": "kernel_mmap",
          "free wrapper": "free", "fast free": "free", "leaner wrapper": "free",
          "benchmark loop": "loop", "cache refill": "refill", "lookup": "lookup", "other": "other"}
SINGLE_STEPS = {"lookup": "steps:lookup uncapped+linear", "fast free": f"steps:pair {BEST}"}
CALLS = {"failures of the back end": "exhausted", "allocations per failure": "fallbacks / exhausted",
         "system calls": "mmap_calls + munmap_calls"}
# The baseline of its gains, and so of its expected throughputs.
SEED_BASE_MOPS = 16.5


def switch_of(figure):
    """Which configuration a row is about: its first words tell."""
    known = [name for name in SWITCHES if figure.row == name or figure.row.startswith(name + ",")]
    return SWITCHES[max(known, key=len)] if known else None


# ---- One figure beside ours ----

def to_mimalloc(figure, study):
    """The throughput that a row is about over mimalloc's; None of what has none."""
    switch = switch_of(figure) if LINES[figure.metric] is throughput else None
    name = BEST if figure.metric == "ratio_to_mimalloc" else switch and switch.name
    return name and study.figure(f"{name}/{MIMALLOC}")


def percent_gain(ratio):
    return ratio and Estimate(*(None if x is None else 100 * (x - 1) for x in ratio[:3]), ratio.count)


def throughput(figure, study):
    switch = switch_of(figure)
    if switch is None:
        return Comparison(figure, NOT_MEASURED)
    absolute = figure.metric == "mops"
    speed, ratio = study.figure(switch.name), study.figure(f"{switch.name}/{switch.base}")
    ours = text_of(speed if absolute else percent_gain(ratio))
    if switch.name == switch.base:
        return Comparison(figure, NO_NEIGHBOUR if speed else NOT_MEASURED, ours)
    seed = Span(*(value / SEED_BASE_MOPS if absolute else 1 + value / 100 for value in figure.span))
    return Comparison(figure, judge(seed, ratio).text, ours, switch.base, seed, ratio)


def judged(figure, ours, against=""):
    """A share, or cycles of a step: theirs is what their rounding leaves open."""
    return Comparison(figure, judge(seeds.unrounded(figure).span, ours, none=0.0).text, text_of(ours), against)


def share_of(figure, study):
    """In percent; the kernel's by the process's own account, its parts and the rest by perf."""
    if figure.row == "kernel" or figure.row.endswith(", kernel"):
        switch = switch_of(figure) or Switch(SHIPPED)
        return scaled(study.figure(f"kernel_share {switch.name}"), 100)
    return scaled(study.figure(f"profile:{PLACES[figure.row]} {SHIPPED}"), 100) if figure.row in PLACES else None


def share(figure, study):
    return judged(figure, share_of(figure, study))


def saved(figure, study):
    """Points of the kernel's share."""
    switch = switch_of(figure)
    if not switch or "kernel" not in figure.row:
        return judged(figure, None, switch.base if switch else "")
    before, after = (study.values(f"kernel_share {name}") for name in (switch.base, switch.name))
    return judged(figure, scaled(estimated((before - after).dropna()), 100), switch.base)


def cycles(figure, study):
    """Cycles of a single step have a verdict; the profile's are shares of the cycles that one operation took on the
    document's machine, and follow from these."""
    if figure.row in SINGLE_STEPS:
        return judged(figure, study.figure(SINGLE_STEPS[figure.row]))
    found = share_of(figure, study), study.figure(SHIPPED), study.figure(f"steps:cycle_ns {BEST}")
    if not all(found):
        return Comparison(figure, NOT_MEASURED)
    part, speed, cycle = (each.median for each in found)
    return Comparison(figure, NO_NEIGHBOUR, significant(part / 100 * 1000 / speed / cycle))


def calls(figure, study):
    ours = study.figure(f"count:{CALLS[figure.row]} {SHIPPED}") if figure.row in CALLS else None
    if ours is None:
        return Comparison(figure, NOT_MEASURED)
    return Comparison(figure, judge_count(seeds.unrounded(figure).span, ours).text, f"{ours:,.0f}")


def not_ours(what):
    """Of what nothing here can be held beside: settings, and what the document wants to do next."""
    return lambda figure, _study: Comparison(figure, NO_NEIGHBOUR, what)


LINES = {"mops": throughput, "percent_gain": throughput, "share_percent": share, "saved_percent": saved,
         "cycles": cycles, "calls": calls, "ratio_to_mimalloc": not_ours("a threshold"),
         **dict.fromkeys(("bytes", "kibibytes", "mebibytes", "slabs", "speedup"), not_ours("a setting"))}


def lines_of(study, figures=None):
    """[((document, table), lines)]"""
    figures = seeds.read_figures() if figures is None else figures
    return [(key, [LINES[figure.metric](figure, study) for figure in group])
            for key, group in seeds.tables_of(figures) if key[0] == DOCUMENT]


# ---- What the allocator is to reach ----

class Target(NamedTuple):
    what: str
    asked: str       # of the study
    at_least: bool   # or at most
    bounds: tuple    # of one thread, and of two

    def limit(self, load):
        return Limit(self.bounds[load.threads - 1], self.at_least)

    def verdict(self, ours, load):
        return self.limit(load).verdict(ours) if ours else NOT_MEASURED


# Of the best setting, on every load.
TARGETS = (Target("memory / mimalloc", f"rss_most {BEST}/{MIMALLOC}", False, (1.3, 1.3)),
           Target("Mop/s / mimalloc", f"{BEST}/{MIMALLOC}", True, (0.9, 0.8)),
           Target("kernel's share", f"kernel_share {BEST}", False, (0.05, 0.05)))


def target_table(study):
    found = [(target, load, study.figure(target.asked, load)) for target in TARGETS for load in LOADS]
    return Table(["what", "load", "verdict", "wanted", "ours"], [
        [target.what, str(load), target.verdict(ours, load),
         str(target.limit(load)), text_of(ours)]
        for target, load, ours in found], 3)


# ---- Which results depend on the generator ----

def apart(one, other):
    """Whether two intervals have nothing in common; None if there is one too few."""
    if not (one and other) or one.low is None or other.low is None:
        return None
    return one.high < other.low or other.high < one.low


def dependence(study, name, base):
    """The same ratio with either generator, and whether the intervals are apart."""
    ratios = [study.figure(f"{name}/{base}", load) for load in (MAIN, GOOD)]
    return (*ratios, {True: "yes", False: "no", None: "-"}[apart(*ratios)])


# ---- Tables ----

SPEED, GAIN, TO_MIMALLOC, SYSTEM = "Mop/s", f"x {SHIPPED}", f"x {MIMALLOC}", "kernel %"
# {header: what is asked of a configuration, and in which unit}
COLUMNS = {SPEED: ("{}", 1), GAIN: (f"{{}}/{SHIPPED}", 1), TO_MIMALLOC: (f"{{}}/{MIMALLOC}", 1),
           SYSTEM: ("kernel_share {}", 100), f"memory x {MIMALLOC}": (f"rss_most {{}}/{MIMALLOC}", 1),
           "areas, most": ("areas_most {}", 1)}


def print_table(heading, header, rows, figures=5, cell=0):
    print(f"\n{heading}\n\n{align(header, rows, figures, cell)}")


def print_performance(study, heading, load, names, columns, words=None, last=None):
    """A line for each of the names that was measured; words and last: {header: text of a name}, what stands before the
    figures and behind."""
    def figure(name, asked, unit):
        return text_of(scaled(study.figure(asked.format(name), load), unit))
    texts, ends = words or {}, last or {}
    rows = [[name, *(text(name) for text in texts.values()), *(figure(name, *COLUMNS[column]) for column in columns),
             *(text(name) for text in ends.values())] for name in names if study.figure(name, load)]
    print_table(heading, ["configuration", *texts, *columns, *ends], rows, len(columns) + len(ends))


def print_about(about, study):
    blocks = max((len(rows) for (kind, *_), rows in study.found.items() if kind == MIXED), default=0)
    print(f"study of the superslab  {moment(about)} UTC  commit {commit_of(about)}"
          f"{'' if about['finished'] else '  unfinished'}")
    print(f"{about['cpu']}, {about['cores']} cores, {about['os']}, {about['kernel']}; huge pages: {about['thp']}")
    libraries = {name: rows["allocator"].iloc[0] for (kind, name, *_), rows in study.found.items() if kind == MIXED}
    beside = ", ".join(f"{name} ({libraries[name]})" for name in ALLOCATORS if name in libraries)
    print(paragraph(f"beside {beside}", "  "))
    print(f"medians of {blocks} processes; 95 % intervals by the sign test; ratios of Mop/s within"
          " blocks (above 1: faster)")


def print_document(study):
    tables = lines_of(study)
    for (document, table), lines in tables:
        print_table(f"{document} {table}: {lines[0].figure.section}",
                    ["figure", "against", "verdict", "seed", "ours", "seed x", "our x", TO_MIMALLOC],
                    [[one.figure.row, one.against or "-", one.verdict, one.figure.as_written, one.ours,
                      span_text(one.seed_ratio), text_of(one.our_ratio), text_of(to_mimalloc(one.figure, study))]
                     for one in lines])
    print(f"\n{seeds.tally_text([one for _, lines in tables for one in lines])}")


def print_switches(study):
    print_performance(study, f"What each switch does: {MAIN.slots} slots, one thread, the generator of the document"
                      " (lcg)", MAIN, CONFIGURATIONS, [SPEED, GAIN, TO_MIMALLOC, SYSTEM],
                      words={"settings": CONFIGURATIONS.get})
    print_performance(study, f"The same with a good generator.  The last column: is the interval of its"
                      f" \"{GAIN}\" apart from the one above?", GOOD, CONFIGURATIONS, [SPEED, GAIN, TO_MIMALLOC],
                      last={"depends on the generator": lambda name: dependence(study, name, SHIPPED)[2]})


def print_loads(study):
    for load in LOADS:
        alone = scaled(study.figure(f"{BEST}/{CONTROL}", load), 100)  # of draws and slots
        print_performance(study, f"{load}.  The loop alone takes {text_of(alone)} % of {BEST}'s time", load,
                          [name for name in CONFIGURATIONS if name != CONTROL],
                          [column for column in COLUMNS if column != GAIN])


def print_counts(study):
    columns = ["cycles", "mmap_calls", "munmap_calls", "madvise_calls", "refills", "lookups", "prewarmed", "areas_most",
               "exhausted", "fallbacks"]

    def cell(name, column):
        found = study.figure(f"{COUNT}:{column} {name}")
        return "-" if found is None else f"{found:,.0f}"
    print_table(f"Counted in one process each, from start to end: {MAIN.slots} slots, lcg",
                ["configuration", *(column.replace("_", " ") for column in columns)],
                [[name, *(cell(name, column) for column in columns)] for name in CONFIGURATIONS
                 if (COUNT, name, *MAIN) in study.found], len(columns))


def untreated(study):
    """Configurations of which no block came from a SuperSlab: what they set of SuperSlabs has not run."""
    return [name for name in CONFIGURATIONS
            if study.figure(f"{COUNT}:slabs_taken {name}") == 0 and study.figure(f"{COUNT}:fallbacks {name}")]


def uncounted(study):
    """Those that were timed, and of which nothing tells whether a SuperSlab served them."""
    others = {*ALLOCATORS, CONTROL}
    timed = dict.fromkeys(name for kind, name, *_ in study.found if kind == MIXED and name not in others)
    return [name for name in timed if study.figure(f"{COUNT}:slabs_taken {name}") is None]


def print_untreated(study):
    fell_back, unknown = untreated(study), uncounted(study)
    if fell_back:
        print("\n" + paragraph(
            f"Not treated: {', '.join(fell_back)} took no slab; the legacy back end served every block.  What they set"
            " of SuperSlabs has not run, and their ratios to each other compare that back end with itself, but for the"
            " lookup", "  "))
    if unknown:
        print("\n" + paragraph(f"Not known to be treated: {', '.join(unknown)}: nobody counted (OPS=count) what"
                               " served them", "  "))


def print_failures(runs):
    failed = runs[runs["status"] != "ok"]
    for (op, name, detail), count in failed.groupby(["op", "configuration", "detail"]).size().items():
        print(f"\nfailed, {count} process{'es' * (count > 1)}: {op} {name}: {detail}")


def print_report(about, runs):
    study = Study(runs)
    print_about(about, study)
    for part in (print_document, print_switches, print_loads, print_counts, print_untreated):
        part(study)
    print(f"\nWhat the best setting is to reach ({BEST})\n\n{target_table(study).columns(1)}")
    print_failures(runs)


def superslab(results=RESULTS, name="superslab"):
    """Document 004's figures beside ours, what each switch does, and the allocator beside others."""
    print_report(*read(results, name))
