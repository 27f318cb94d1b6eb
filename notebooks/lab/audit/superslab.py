"""The claims of document 004, each held against the stored study of the superslab.

CLAIMS has a function for each: of the study, with its outcome.  phase9-on is the state that the document calls "slabs
on" (lab.superslab.configurations lists all).  A claim about a quantity is a span, held against ours by the rule
of lab.verdicts, as the document's tables are (lab.superslab.report).  A claim about a direction holds if the whole
interval lies on that side of 1.
"""
from .. import verdicts
from ..superslab.configurations import BASELINE, BATCHES, BEST, GOOD, MAIN, MIMALLOC, SHIPPED
from ..superslab.report import CALLS, LOOKUP, PAIR, text_of
from ..superslab.study import KERNEL, STEPS, estimated, scaled, total
from ..verdicts import OPPOSITE, Span
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED, Outcome, not_measured
from .rules import Judged, judge_count, untested

MISSING = not_measured("the study has no process of it")


# ---- Verdicts ----

def judge(low, high, ours, none=0.0):
    """Of a share, a number of cycles or of microseconds; of a ratio with none=1."""
    return untested(verdicts.judge(Span(low, high), ours, none))


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
    order = [DOES_NOT_HOLD, NOT_MEASURED, UNDECIDED, HOLDS]
    return min(judged, key=lambda one: order.index(one.verdict))


def holds_if(fact):
    return Judged(HOLDS if fact else DOES_NOT_HOLD, None)


def outcome(text, ours, judged):
    """About one figure; text: what stands beside it."""
    return Outcome(text, ours.low, ours.median, ours.high, ours.count, *judged) if ours else MISSING


def counted(text, value, judged):
    return Outcome(text, value, value, value, 1, *judged)


def told(study, *pairs):
    """The ratios of throughputs: "2m / phase9-on 8.68 [7.75 9.87]", one after the other."""
    return ", ".join(f"{name} / {base} {text_of(study.ratio(name, base))}" for name, base in pairs)


# ---- Switches ----

def one_switch(low, high, pair, *aside, words="Mop/s: "):
    """Mop/s of a configuration over that of another, in a span; aside: other pairs to tell."""
    def test(study):
        ours = study.ratio(*pair)
        return outcome(words + told(study, pair, *aside), ours, judge(low, high, ours, none=1.0))
    return test


def hashed_lookup(study):
    on, off = study.ratio(SHIPPED, "linear"), study.ratio("phase9-off", BASELINE)
    return outcome(f"Mop/s hashed / linear: slabs on {text_of(on)}, off {text_of(off)}, without a cap"
                   f" {text_of(study.ratio('uncapped', 'uncapped+linear'))}", on,
                   all_of(judge(0.99, 0.99, on, none=1.0), judge(1, 1, off, none=1.0)))


def batches(study):
    pair = f"batch-{max(BATCHES)}", f"batch-{min(BATCHES)}"
    found = {size: study.counts(f"batch-{size}") for size in BATCHES}
    ours = study.ratio(*pair)
    return outcome(", ".join([f"Mop/s {told(study, pair)}", *(f"{calls_of(counts):,.0f} calls with {size}"
                                                              for size, counts in found.items() if counts)]),
                   ours, judge_direction(ours))


def fewer_fallbacks(study):
    """The cure is what gains more than a faster lookup does, and gains at all."""
    cure, lookup = study.ratio("pool", SHIPPED), study.ratio("mask", "linear")
    judged = judge_direction(cure)
    if judged.verdict == HOLDS and (lookup is None or lookup.low is None or cure.low <= lookup.high):
        beaten = lookup is not None and lookup.low is not None and cure.high < lookup.low
        judged = Judged(DOES_NOT_HOLD if beaten else UNDECIDED, None)
    return outcome(f"Mop/s {told(study, ('pool', SHIPPED))}; the fastest lookup instead of the slowest:"
                   f" {told(study, ('mask', 'linear'))}", cure, judged)


def switches_together(study):
    both, large, ahead = (study.ratio(name, SHIPPED) for name in ("2m+prewarm", "2m", "prewarm"))
    if not (both and large and ahead):
        return MISSING
    return outcome(f"Mop/s {told(study, ('2m+prewarm', SHIPPED))}; each alone {text_of(large)} and {text_of(ahead)},"
                   f" whose product is {large.median * ahead.median:.2f}; {told(study, ('2m+prewarm', BASELINE))}",
                   both, judge(1.5, 3.0, both, none=1.0))


# ---- Lookups, and the fast path ----

def lookups_off(study):
    counts = study.counts("phase9-off")
    if "lookups" not in counts:
        return MISSING
    found = counts["lookups"]
    return counted(f"{found:,.0f} lookups with slabs off, of {counts['frees']:,.0f} frees", found, holds_if(found == 0))


def lookups_on(study):
    """The claim's 0 per cent: what is written so."""
    counts, share = study.counts(SHIPPED), scaled(study.share(SHIPPED, "lookup"), 100)
    if "lookups" not in counts or share is None:
        return MISSING
    return outcome(f"{counts['lookups'] / counts['frees']:.2f} lookups a free, {text_of(share)}"
                   " % of the samples", share, judge(0, 0.5, share))


def lookup_cost(study):
    linear, hashed, mask = (study.cycles(name, *LOOKUP) for name in ("uncapped+linear", "uncapped", "uncapped+mask"))
    return outcome(f"cycles of a lookup: linear {text_of(linear)}, hashed {text_of(hashed)}, mask {text_of(mask)}",
                   linear, judge(50, 80, linear))


def fast_path_cost(study):
    """The claim's 3 cycles: what is written so."""
    ours = study.cycles(BEST, *PAIR)
    return outcome(f"cycles of an allocation or a free: {text_of(ours)}; mimalloc"
                   f" {text_of(study.cycles(MIMALLOC, *PAIR))}", ours, judge(2.5, 3.5, ours))


# ---- The kernel ----

def kernel_total(study):
    off, on = (study.value(name, "kernel_share") for name in (BASELINE, SHIPPED))
    return outcome(f"system time / all time: slabs off {text_of(off)}, on {text_of(on)}", off, judge(0.55, 0.55, off))


def kernel_parts(study):
    unmap, map_, kernel, faults = (study.share(SHIPPED, place)
                                   for place in ("kernel_munmap", "kernel_mmap", KERNEL, "kernel_fault"))
    return outcome(f"share of samples in munmap {text_of(unmap)}, mmap {text_of(map_)},"
                   f" page faults {text_of(faults)}; the kernel {text_of(kernel)}", unmap,
                   all_of(judge(0.30, 0.30, unmap), judge(0.11, 0.11, map_)))


def kernel_after(study):
    shipped, large, ahead, both = (study.value(name, "kernel_share")
                                   for name in (SHIPPED, "2m", "prewarm", "2m+prewarm"))
    return outcome(f"system time / all time: {SHIPPED} {text_of(shipped)}, 2m {text_of(large)}, prewarm"
                   f" {text_of(ahead)}, both {text_of(both)}", large,
                   all_of(judge(0.35, 0.35, large), judge(0.10, 0.10, both)))


calls_of = CALLS["system calls"]


def calls_counted(study):
    counts = study.counts(SHIPPED)
    if "mmap_calls" not in counts:
        return MISSING
    calls = calls_of(counts) * 1e7 / counts["cycles"]
    return counted(f"{calls:,.0f} calls of mmap and munmap in 10,000,000 cycles; the pool refused"
                   f" {total(counts, 'exhausted_'):,.0f} times in {counts['cycles']:,.0f}", calls,
                   judge_count("4000", calls))


def cost_of_a_call(study):
    """Microseconds of kernel time for each call of mmap or munmap; 4,000 of them take 55 % of 0.605 s if one takes
    83."""
    counts, system = study.counts(SHIPPED), study.column(SHIPPED, "system")
    if system.empty or not counts.get("mmap_calls"):
        return MISSING
    ours = estimated(1e6 * system / (study.column(SHIPPED, "cycles") * (calls_of(counts) / counts["cycles"])))
    bare = scaled(study.value(BEST, "map_ns", op=STEPS), 1e-3)
    return outcome(f"{text_of(ours)} us of kernel time a call; a bare pair of mmap and munmap takes"
                   f" {text_of(bare)} us", ours, judge(83, 83, ours))


# ---- Fallbacks, memory, generators ----

def fallbacks_by_class(study):
    prefix = "fallbacks_"
    found = {key[len(prefix):]: count for key, count in study.counts(SHIPPED).items() if key.startswith(prefix)}
    if not found:
        return MISSING
    words = ", ".join(f"{name} {count:,.0f}" for name, count in found.items() if count) or "none"
    share = found.get("c7", 0) / (sum(found.values()) or 1)
    return counted(f"fallbacks by class: {words}; {100 * share:.0f} % of them in class 7", share, holds_if(share == 1))


def fragmentation(study):
    """Bytes resident when most live over bytes asked for: 2 MB over 512 KB, and without fallbacks, which have mappings
    of their own."""
    large, small = (study.column(name, "rss_peak") / study.column(name, "live_peak")
                    for name in ("uncapped+2m", "uncapped"))
    ours = estimated(large / small)
    return outcome(f"resident / asked for: 2 MB {text_of(estimated(large))}, 512 KB {text_of(estimated(small))};"
                   f" ratio {text_of(ours)}", ours, judge_direction(ours, above=False))


def generator_dependence(study):
    found = {name: study.ratio(name, name, load=GOOD, base_load=MAIN) for name in (SHIPPED, BASELINE, BEST, MIMALLOC)}
    return outcome("Mop/s good / lcg: " + ", ".join(f"{name} {text_of(ratio)}" for name, ratio in found.items()),
                   found[SHIPPED], judge(1, 1, found[SHIPPED], none=1.0))


CLAIMS = {
    "004.c01": hashed_lookup, "004.c02": lookups_off, "004.c03": lookups_on, "004.c04": lookup_cost,
    "004.c05": kernel_total, "004.c06": kernel_parts, "004.c07": fast_path_cost,
    # The other way round: what of the time is left when wrappers are inlined.
    "004.c08": one_switch(0.92, 0.94, ("wrapped", SHIPPED), words="time inlined / not, as Mop/s "),
    "004.c09": calls_counted, "004.c10": cost_of_a_call, "004.c11": fallbacks_by_class,
    "004.c12": one_switch(1.3, 1.8, ("2m", SHIPPED), ("uncapped+2m", "uncapped"), ("off+2m", "phase9-off")),
    "004.c13": one_switch(1.5, 1.7, ("prewarm", SHIPPED), ("uncapped+prewarm", "uncapped"),
                          ("off+prewarm", "phase9-off")),
    "004.c14": switches_together, "004.c15": kernel_after, "004.c16": batches,
    "004.c17": one_switch(1.06, 1.08, (SHIPPED, "wrapped"), (BEST, "best-wrapped")),
    "004.c18": fewer_fallbacks, "004.c19": fragmentation, "004.c20": generator_dependence,
    "004.c21": one_switch(96.5 / 16.5, 96.5 / 16.5, (MIMALLOC, SHIPPED), (MIMALLOC, BASELINE), (MIMALLOC, BEST)),
}


def superslab(claim, evidence):
    return CLAIMS[claim["id"]](evidence.superslab)


# By the word in the column `test` of results/audit/claims.csv.
TESTS = dict.fromkeys(("switch_alone", "switches_together", "lookups_counted", "lookup_cost", "fast_path_cost",
                       "kernel_share", "system_calls", "fallbacks_by_class", "fragmentation", "generator_dependence",
                       "allocator_ratio"), superslab)
