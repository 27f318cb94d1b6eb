"""The claims of document 004, each held against the stored study of the superslab.

TESTS maps the word in the column `test` of results/audit/claims.csv to a function of the claim and
the evidence; `evidence.superslab` is the list of the study's rows.  What the configurations are is
listed in lab.superslab.plan; phase9-on is the state that the document calls "slabs on".

A claim about a quantity is a span, held against ours by the rule of lab.verdicts, as the tables of
the document are (lab.superslab.report).  A claim about a direction holds if the whole interval lies
on that side of 1.
"""
from .. import verdicts
from ..stats import estimate
from ..superslab.plan import BATCHES, MAIN
from ..superslab.report import (BASELINE, BEST, GOOD, LOOKUP, MIMALLOC, PAIR, SHIPPED, per_cycle,
                                scaled, text_of, total)
from ..superslab.study import KERNEL, Study
from ..verdicts import OPPOSITE, Span
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED, Outcome, not_measured
from .rules import Judged, judge_count, untested

MISSING = "the study has no process of it"


# ---- Verdicts ----

def judge_ratio(span, ours):
    return untested(verdicts.judge(span, ours))


def judge(span, ours):
    """Of a share, a number of cycles or of microseconds."""
    return untested(verdicts.judge(span, ours, none=0.0))


def judge_direction(ours, above=True):
    if ours is None or ours.low is None:
        return Judged(NOT_MEASURED, None)
    low, high = (ours.low, ours.high) if above else (-ours.high, -ours.low)
    edge = 1 if above else -1
    if low > edge:
        return Judged(HOLDS, None)
    return Judged(DOES_NOT_HOLD, None, OPPOSITE) if high <= edge else Judged(UNDECIDED, None)


def all_of(*judged):
    """A claim of several parts holds if each does, and fails with any."""
    for verdict in (DOES_NOT_HOLD, NOT_MEASURED, UNDECIDED):
        found = [one for one in judged if one.verdict == verdict]
        if found:
            return found[0]
    return judged[0]


def holds_if(fact):
    return Judged(HOLDS if fact else DOES_NOT_HOLD, None)


def outcome(text, ours, judged):
    """About one figure; text: what stands beside it."""
    if ours is None:
        return not_measured(MISSING)
    return Outcome(text, ours.low, ours.median, ours.high, ours.count, *judged)


def counted(text, value, judged):
    return Outcome(text, value, value, value, 1, *judged)


def about_ratio(name, base, ours):
    return f"{name} / {base} {text_of(ours)}"


# ---- Switches ----

def one_switch(name, base, span, aside=()):
    """Mop/s of a configuration over that of another, in a span; aside: other pairs to tell."""
    def test(study):
        ours = study.ratio(name, base)
        told = [about_ratio(name, base, ours), *(about_ratio(a, b, study.ratio(a, b))
                                                 for a, b in aside)]
        return outcome("Mop/s: " + ", ".join(told), ours, judge_ratio(span, ours))
    return test


def hashed_lookup(study):
    on, off = study.ratio(SHIPPED, "linear"), study.ratio("phase9-off", BASELINE)
    uncapped = study.ratio("uncapped", "uncapped+linear")
    return outcome(f"Mop/s hashed / linear: slabs on {text_of(on)}, off {text_of(off)},"
                   f" without a cap {text_of(uncapped)}", on,
                   all_of(judge_ratio(Span(0.99, 0.99), on), judge_ratio(Span(1, 1), off)))


def lean_wrappers_time(study):
    """The other way round: what of the time is left when wrappers are inlined."""
    ours = study.ratio("wrapped", SHIPPED)
    return outcome("time inlined / not, as Mop/s " + about_ratio("wrapped", SHIPPED, ours), ours,
                   judge_ratio(Span(0.92, 0.94), ours))


def batches(study):
    small, large = (f"batch-{size}" for size in (min(BATCHES), max(BATCHES)))
    ours = study.ratio(large, small)
    told = [about_ratio(large, small, ours)]
    for size in BATCHES:
        counts = study.counts(f"batch-{size}")
        if counts:
            told.append(f"{calls_of(counts):,.0f} calls with {size}")
    return outcome("Mop/s " + ", ".join(told), ours, judge_direction(ours))


def fewer_fallbacks(study):
    """The cure is what gains more than a faster lookup does, and gains at all."""
    cure, lookup = study.ratio("pool", SHIPPED), study.ratio("mask", "linear")
    judged = judge_direction(cure)
    if judged.verdict == HOLDS and (lookup is None or lookup.low is None):
        judged = Judged(UNDECIDED, None)
    elif judged.verdict == HOLDS and cure.low <= lookup.high:
        judged = Judged(DOES_NOT_HOLD if cure.high < lookup.low else UNDECIDED, None)
    return outcome(f"Mop/s {about_ratio('pool', SHIPPED, cure)}; the fastest lookup instead of the"
                   f" slowest: {about_ratio('mask', 'linear', lookup)}", cure, judged)


SWITCH_ALONE = {
    "004.c01": hashed_lookup,
    "004.c08": lean_wrappers_time,
    "004.c12": one_switch("2m", SHIPPED, Span(1.3, 1.8),
                          [("uncapped+2m", "uncapped"), ("off+2m", "phase9-off")]),
    "004.c13": one_switch("prewarm", SHIPPED, Span(1.5, 1.7),
                          [("uncapped+prewarm", "uncapped"), ("off+prewarm", "phase9-off")]),
    "004.c16": batches,
    "004.c17": one_switch(SHIPPED, "wrapped", Span(1.06, 1.08), [(BEST, "best-wrapped")]),
    "004.c18": fewer_fallbacks,
}


def switch_alone(claim, evidence):
    return SWITCH_ALONE[claim["id"]](Study(evidence.superslab))


def switches_together(_claim, evidence):
    study = Study(evidence.superslab)
    both = study.ratio("2m+prewarm", SHIPPED)
    large, ahead = study.ratio("2m", SHIPPED), study.ratio("prewarm", SHIPPED)
    if not (both and large and ahead):
        return not_measured(MISSING)
    return outcome(f"Mop/s {about_ratio('2m+prewarm', SHIPPED, both)}; each alone"
                   f" {text_of(large)} and {text_of(ahead)}, whose product is"
                   f" {large.median * ahead.median:.2f};"
                   f" {about_ratio('2m+prewarm', BASELINE, study.ratio('2m+prewarm', BASELINE))}",
                   both, judge_ratio(Span(1.5, 3.0), both))


# ---- Lookups, and the fast path ----

def lookups_off(study):
    counts = study.counts("phase9-off")
    if not counts or "lookups" not in counts:
        return not_measured(MISSING)
    found = counts["lookups"]
    return counted(f"{found:,.0f} lookups with slabs off, of {counts['frees']:,.0f} frees", found,
                   holds_if(found == 0))


# Per cent: what is written as 0.
VISIBLE = Span(0, 0.5)


def lookups_on(study):
    counts, share = study.counts(SHIPPED), scaled(study.share(SHIPPED, "lookup"), 100)
    if not counts or "lookups" not in counts or share is None:
        return not_measured(MISSING)
    return outcome(f"{counts['lookups'] / counts['frees']:.2f} lookups a free, {text_of(share)}"
                   " % of the samples", share, judge(VISIBLE, share))


LOOKUPS = {"004.c02": lookups_off, "004.c03": lookups_on}


def lookups_counted(claim, evidence):
    return LOOKUPS[claim["id"]](Study(evidence.superslab))


def cycles(study, name, step):
    values = per_cycle(study, name, *step)
    return estimate(values.values()) if values else None


def lookup_cost(_claim, evidence):
    study = Study(evidence.superslab)
    linear, hashed, mask = (cycles(study, name, LOOKUP)
                            for name in ("uncapped+linear", "uncapped", "uncapped+mask"))
    return outcome(f"cycles of a lookup: linear {text_of(linear)}, hashed"
                   f" {text_of(hashed)}, mask {text_of(mask)}", linear,
                   judge(Span(50, 80), linear))


# Cycles: what is written as 3.
FAST = Span(2.5, 3.5)


def fast_path_cost(_claim, evidence):
    study = Study(evidence.superslab)
    ours = cycles(study, BEST, PAIR)
    return outcome(f"cycles of an allocation or a free: {text_of(ours)}; mimalloc"
                   f" {text_of(cycles(study, MIMALLOC, PAIR))}", ours, judge(FAST, ours))


# ---- The kernel ----

def kernel_total(study):
    ours = study.value(BASELINE, "kernel_share")
    return outcome(f"system time / all time: slabs off {text_of(ours)}, on"
                   f" {text_of(study.value(SHIPPED, 'kernel_share'))}", ours,
                   judge(Span(0.55, 0.55), ours))


def kernel_parts(study):
    unmap, map_, kernel = (study.share(SHIPPED, place)
                           for place in ("kernel_munmap", "kernel_mmap", KERNEL))
    faults = study.share(SHIPPED, "kernel_fault")
    return outcome(f"share of samples in munmap {text_of(unmap)}, mmap {text_of(map_)},"
                   f" page faults {text_of(faults)}; the kernel {text_of(kernel)}", unmap,
                   all_of(judge(Span(0.30, 0.30), unmap), judge(Span(0.11, 0.11), map_)))


def kernel_after(study):
    large, both = (study.value(name, "kernel_share") for name in ("2m", "2m+prewarm"))
    return outcome(f"system time / all time: {SHIPPED}"
                   f" {text_of(study.value(SHIPPED, 'kernel_share'))}, 2m"
                   f" {text_of(large)}, prewarm"
                   f" {text_of(study.value('prewarm', 'kernel_share'))}, both"
                   f" {text_of(both)}", large,
                   all_of(judge(Span(0.35, 0.35), large), judge(Span(0.10, 0.10), both)))


KERNEL_SHARES = {"004.c05": kernel_total, "004.c06": kernel_parts, "004.c15": kernel_after}


def kernel_share(claim, evidence):
    return KERNEL_SHARES[claim["id"]](Study(evidence.superslab))


def calls_of(counts):
    return counts["mmap_calls"] + counts["munmap_calls"]


def calls_counted(study):
    counts = study.counts(SHIPPED)
    if not counts or "mmap_calls" not in counts:
        return not_measured(MISSING)
    calls = calls_of(counts) * 1e7 / counts["cycles"]
    failures = total(counts, "exhausted_")
    return counted(f"{calls:,.0f} calls of mmap and munmap in 10,000,000 cycles;"
                   f" the pool refused {failures:,.0f} times in {counts['cycles']:,.0f}", calls,
                   judge_count("4000", calls))


def cost_of_a_call(study):
    """Microseconds of kernel time for each call of mmap or munmap; 4,000 of them take 55 % of
    0.605 s if one takes 83."""
    counts, system = study.counts(SHIPPED), study.column(SHIPPED, "system")
    made = study.column(SHIPPED, "cycles")
    if not counts or not system or not counts.get("mmap_calls"):
        return not_measured(MISSING)
    calls_per_cycle = calls_of(counts) / counts["cycles"]
    ours = estimate(1e6 * system[block] / (made[block] * calls_per_cycle) for block in system)
    bare = scaled(study.value(BEST, "map_ns", kind="steps"), 1e-3)
    return outcome(f"{text_of(ours)} us of kernel time a call; a bare pair of mmap and munmap"
                   f" takes {text_of(bare)} us", ours, judge(Span(83, 83), ours))


SYSTEM_CALLS = {"004.c09": calls_counted, "004.c10": cost_of_a_call}


def system_calls(claim, evidence):
    return SYSTEM_CALLS[claim["id"]](Study(evidence.superslab))


# ---- Fallbacks, memory, generators, mimalloc ----

def fallbacks_by_class(_claim, evidence):
    counts = Study(evidence.superslab).counts(SHIPPED)
    found = {key[len("fallbacks_"):]: count for key, count in (counts or {}).items()
             if key.startswith("fallbacks_")}
    if not found:
        return not_measured(MISSING)
    every = sum(found.values())
    told = ", ".join(f"{name} {count:,.0f}" for name, count in found.items() if count) or "none"
    share = found.get("c7", 0) / every if every else 0.0
    return counted(f"fallbacks by class: {told}; {100 * share:.0f} % of them in class 7", share,
                   holds_if(share == 1))


def fragmentation(_claim, evidence):
    """Bytes resident when most live over bytes asked for: 2 MB over 512 KB, and without fallbacks,
    which have mappings of their own."""
    study = Study(evidence.superslab)

    def waste(name):
        resident, live = study.column(name, "rss_peak"), study.column(name, "live_peak")
        return {block: resident[block] / live[block] for block in resident.keys() & live}
    small, large = waste("uncapped"), waste("uncapped+2m")
    if not small or not large:
        return not_measured(MISSING)
    ours = estimate(large[block] / small[block] for block in large.keys() & small)
    return outcome(f"resident / asked for: 2 MB {text_of(estimate(large.values()))}, 512 KB"
                   f" {text_of(estimate(small.values()))}; ratio {text_of(ours)}", ours,
                   judge_direction(ours, above=False))


def generator_dependence(_claim, evidence):
    study = Study(evidence.superslab)

    def between(name):
        return study.ratio(name, name, load=GOOD, base_load=MAIN)
    ours = between(SHIPPED)
    return outcome(f"Mop/s good / lcg: {SHIPPED} {text_of(ours)}, {BASELINE}"
                   f" {text_of(between(BASELINE))}, {BEST} {text_of(between(BEST))},"
                   f" {MIMALLOC} {text_of(between(MIMALLOC))}", ours, judge_ratio(Span(1, 1), ours))


def allocator_ratio(_claim, evidence):
    return one_switch(MIMALLOC, SHIPPED, Span(96.5 / 16.5, 96.5 / 16.5),
                      [(MIMALLOC, BASELINE), (MIMALLOC, BEST)])(Study(evidence.superslab))


TESTS = {test.__name__: test for test in (
    switch_alone, switches_together, lookups_counted, lookup_cost, fast_path_cost, kernel_share,
    system_calls, fallbacks_by_class, fragmentation, generator_dependence, allocator_ratio)}
