"""Who reacts to the allocator?  What swapping it does, beside what the seed documents say of theirs.

For each operation: how many times as long each composition takes under each allocator as under the C library's own, in
the same block, on the same trace.  Then the memory of a full map: the bytes that the allocator set aside for its blocks
(malloc_usable_size), which differ because each rounds a request up in its own way, and the bytes that became resident,
which have the allocator's headers and tables in them as well.  Both are of the process that put, whose malloc had
served nothing before.

The documents' programs ran on a tcmalloc, which they blamed.  Their figures are estimates; each is shown beside what it
is here under every allocator.
"""
import math
from typing import NamedTuple

import pandas

from . import fallbacks, pairs, panels, printing
from .seeds import figures as seeds
from .experiment import SYSTEM, describe, print_failures
from .printing import digits, short_scale, with_interval
from .question import Question, demand
from .results import RESULTS, NotMeasured, exported, read_rows, where
from .settings import STORED_BASELINE, REFERENCE
from .stats import estimate

NAME = "allocators"
WHERE = ["op", "pattern", "variant", "scale"]


# ---- What was measured ----

def system_of(runs):
    """The C library's allocator, to which all is compared, and the others."""
    found = set(runs["allocator"])
    system = next((name for name in SYSTEM if name in found), None)
    if not system:
        raise NotMeasured(f"nothing was measured under {SYSTEM[0]}, to which all is compared")
    return system, sorted(found - {system})


def slowest_first(runs, system):
    """The variants by their time under the system's allocator at the smallest scale that all have."""
    scales = runs.groupby("variant")["scale"].agg(set)
    common = set.intersection(*scales)
    times = runs[runs["allocator"] == system].groupby(["variant", "scale"])["ns_per_op"].median()
    return sorted(scales.index, key=lambda name: (-times.get((name, min(common or scales[name])), 0), name))


def groups(runs):
    """(op, pattern, the runs of both) in the tables' order."""
    found = {group: some for group, some in runs.groupby(["op", "pattern"])}
    for op, pattern in sorted(found, key=lambda each: (printing.op_order(each[0]), printing.pattern_order(each[1]))):
        yield op, pattern, found[op, pattern]


# ---- Tables: a line for each composition and scale, a column for each allocator ----

def lines_of(runs, column, relative=False):
    """[composition, scale, Estimate under the system's allocator, under each other, or its ratio to the former] of runs
    of one operation and pattern; None where there is none."""
    system, others = system_of(runs)
    who = ["variant", "scale", "allocator"]
    own = pairs.estimates(runs.set_index(who)[column], who)
    over = pairs.ratios(runs, system, "allocator", column, who) if relative else own
    for variant in slowest_first(runs, system):
        for scale in sorted(runs[runs["variant"] == variant]["scale"].unique()):
            yield [variant, scale, own.get((variant, scale, system)),
                   *(over.get((variant, scale, other)) for other in others)]


def exact(figure):
    """What is counted has no interval."""
    return digits(figure.median) if figure else "-"


def full_pools(runs, variant):
    trees = runs[runs["variant"] == variant].sort_values("scale").drop_duplicates("scale")
    words = zip(trees["scale"], trees["tree"].map(fallbacks.words))
    full = [f"{told} at {short_scale(scale)}" for scale, told in words if told]
    return f", pool full: {', '.join(full)}" if full else ""


def print_table(runs, title, first, column, relative=False, text=with_interval):
    system, others = system_of(runs)
    header, rows, processes = ["scale", f"{system}{first}", *others], [], runs.groupby([*WHERE, "allocator"]).size()
    for variant, scale, *figures in lines_of(runs, column, relative):
        heading = variant + full_pools(runs, variant)
        rows += [heading] * (heading not in rows)
        rows.append(["  " + short_scale(scale), *map(text, figures)])
    print(f"\n{runs['op'].iat[0]}, {runs['pattern'].iat[0]} keys: {title}; medians of"
          f" {printing.from_to(processes)} processes\n")
    print(printing.align(header, rows, figures=len(header) - 1, cell=0))


# ---- The documents' figures ----

ENTRIES = 100000  # the documents' largest scale
# What they say of it, by the ids of results/seeds/figures.csv and results/audit/claims.csv.
TIMES = {"003.evidence.10": "ns that an array from malloc costs more", "003.evidence.12": "ms that all of them cost",
         "003.c15": "the same, as a part of all inserts' time", "000.c38": "phase3, time / that under the system's",
         "002.c17": f"{STORED_BASELINE}, time / that under the system's",
         "002.shares.05": f"{STORED_BASELINE}, % of the system's time saved"}
# Blocks that a full map holds for a thousand entries: at least so often malloc was called, any malloc.
COUNTS = {"002.compare.02": STORED_BASELINE, "002.compare.01": REFERENCE}


def written():
    """What the documents say, by the ids of both files."""
    return {**{row["id"]: row["expected"] for row in read_rows(RESULTS / "audit" / "claims.csv")},
            **{name: figure.as_written for name, figure in seeds.by_id().items()}}


def times_claimed(put, system, name):
    """{id of TIMES: what it is here under an allocator, block by block}, of the maps of that scale."""
    times = put.pivot(index="block", columns=["pattern", "variant", "allocator"], values="ns_per_op")

    def ns(pattern, variant, allocator=name):
        return times.get((pattern, variant, allocator), pandas.Series(dtype=float))
    small, large = ns("sequential", "phase2"), ns("sequential", "phase2.5")
    trees = where(put, variant="phase2", pattern="sequential")["tree"]
    fallen = trees.iat[0]["pool"]["fallbacks"] if len(trees) else math.nan
    ratios = {variant: ns(pattern, variant) / ns(pattern, variant, system)
              for variant, pattern in (("phase3", "sequential"), (STORED_BASELINE, "shuffled"))}
    of_pools = {"003.evidence.10": (small - large) * (ENTRIES / fallen),
                "003.evidence.12": (small - large) * (ENTRIES / 1e6), "003.c15": 1 - large / small}
    return of_pools if name == system else of_pools | {
        "000.c38": ratios["phase3"], "002.c17": ratios[STORED_BASELINE],
        "002.shares.05": 100 * (1 - ratios[STORED_BASELINE])}


def claim_lines(runs):
    said, (system, others) = written(), system_of(runs)
    put = where(runs, op="put", scale=ENTRIES)
    found = {name: times_claimed(put, system, name) for name in (system, *others)}
    for claim, what in TIMES.items():
        for name, by_claim in found.items():
            values = by_claim.get(claim, pandas.Series(dtype=float)).dropna()
            if len(values):
                yield [claim, what, said[claim], name, with_interval(estimate(values)), str(len(values))]
    for claim, variant in COUNTS.items():
        for tree in where(put, variant=variant, pattern="shuffled")["tree"][:1]:
            yield [claim, f"{variant}, blocks for 1000 entries", said[claim], "any",
                   digits(1000 * tree["blocks"] / tree["entries"]), "-"]


def print_seeds(runs):
    lines = list(claim_lines(runs))
    if not lines:
        return
    print(f"\nThe documents' figures beside ours: put, {short_scale(ENTRIES)}; the pools and phase3 with\nsequential"
          f" keys, {STORED_BASELINE} and {REFERENCE} with shuffled ones\n")
    print(printing.align(["figure", "what", "documents", "allocator", "ours", "processes"], lines, figures=2, cell=3))
    print("\nWhat another allocator saves was the allocator's; what it does not save may still be.")


def print_report(experiment):
    runs = experiment.runs
    system, _ = system_of(runs)
    print(describe(experiment.about, runs))
    for _, _, some in groups(runs):
        print_table(some, f"ns/op under {system}, and time under each other, relative to it", ", ns", "ns_per_op", True)
    put = where(runs, op="put", pattern="shuffled")
    if len(put):
        print_table(put, "bytes an entry that the allocator set aside", "", "bytes_per_entry", text=exact)
        print_table(put, "bytes an entry that became resident", "", "rss_per_entry")
    print_seeds(runs)
    print_failures(experiment.failed)


def allocators(results=RESULTS):
    """Each allocator beside the C library's: times, bytes an entry, and what the documents say."""
    print_report(exported(NAME, results))


# ---- Who reacts to the allocator? ----

OPS = ("put", "get", "remove")
PATTERN = "shuffled"
# They ask malloc for large blocks alone, so that another should not matter: the controls.
POOLED = ("phase2.5", "phase3", "fix4")


class Reaction(NamedTuple):
    system: str     # the allocator that all are compared with
    variants: list  # those that ask for every node or array, then the controls
    asking: int     # how many of the former
    times: dict     # {op: {allocator: {variant: Estimate of the time's ratio to the system's}}}
    resident: dict  # {allocator: {variant: the same of resident bytes an entry of a full map}}


def ratios(runs, column):
    """{allocator: {variant: Estimate}} of runs of one operation, pattern and scale."""
    found = pairs.ratios(runs, system_of(runs)[0], "allocator", column, ["variant", "allocator"])
    return {name: dict(some.droplevel("allocator")) for name, some in found.groupby(level="allocator")}


def reaction(runs):
    system, _ = system_of(runs)
    by_op = {op: some for op, pattern, some in groups(runs) if op in OPS and pattern == PATTERN}
    times = {op: ratios(some[some["scale"] == ENTRIES], "ns_per_op") for op, some in by_op.items()
             if ENTRIES in set(some["scale"])}
    demand(times.get("put"), f"put of {PATTERN} keys at {short_scale(ENTRIES)} under several allocators")
    known = {variant for found in times["put"].values() for variant in found}
    order = [name for name in slowest_first(by_op["put"], system) if name in known]
    asking = [name for name in order if name not in POOLED]
    return Reaction(system, asking + [name for name in order if name in POOLED], len(asking),
                    {op: found for op, found in times.items() if found},
                    ratios(by_op["put"][by_op["put"]["scale"] == ENTRIES], "rss_per_entry"))


def fill(figure, found):
    shown = {f"{op}: time over that under {found.system}": by_name for op, by_name in found.times.items()}
    if found.resident:
        shown[f"put: resident bytes/entry over {found.system}'s"] = found.resident
    names = sorted({name for by_name in shown.values() for name in by_name})
    panels.grid(figure, {title: {"names": found.variants, "groups": (found.asking - 1,),
                                 "series": {name: by_name.get(name, {}) for name in names}}
                         for title, by_name in shown.items()}, 2, 0.05)


def stands(ratio):
    """Does the interval leave out that there is no difference?"""
    return ratio.low is not None and not ratio.low <= 1 <= ratio.high


def tell(found):
    yield (f"Below the heavier rule: compositions with pools ({', '.join(POOLED)}), which ask the allocator for large"
           " blocks alone.")
    for op, by_allocator in found.times.items():
        every = [(ratio, f"{variant} under {name}, {with_interval(ratio)}", variant)
                 for name, by_variant in by_allocator.items() for variant, ratio in by_variant.items()]
        least, most = (choose(every, key=lambda each: each[0].median) for choose in (min, max))
        pooled = [ratio for ratio, _, variant in every if variant in POOLED]
        yield (f"{op}: from {least[1]}, to {most[1]}; of {len(pooled)} ratios of the controls"
               f" {sum(map(stands, pooled))} have an interval without 1.")


REACTION = Question("Who reacts to the allocator?", "allocators", (10, 7.4),
                    lambda stored: reaction(exported(NAME, stored.directory).runs), fill, tell)
