#!/usr/bin/env python3
"""What swapping the allocator does, beside what the seed documents say of theirs.

    python3 -m lab.experiments.allocators [--runs DIR]

From the stored experiment of experiments/allocators.plan.  For each operation: how many times as
long each composition takes under each allocator as under the C library's own, in the same block, on
the same trace.  Then the memory of a full map: the bytes that the allocator set aside for its
blocks (malloc_usable_size), which differ because each rounds a request up in its own way, and the
bytes that became resident, which have the allocator's headers and tables in them as well.  Both are
of the process that put, whose malloc had served nothing before.

The documents' programs ran on a tcmalloc, which they blamed.  Their figures are estimates; each is
shown beside what it is here under every allocator.
"""
import csv
import itertools
import json
import statistics
from typing import Callable, NamedTuple

from .. import fallbacks, store, tables
from ..command import run_report
from ..documents import seeds
from ..stats import estimate, paired_difference, paired_ratio
from ..tables import digits, short_scale, with_interval

NAME = "allocators"
SYSTEM = ("glibc", "system")  # of Linux and of macOS
CLAIMS = store.ROOT / "results" / "audit" / "claims.csv"


class Measured:
    """The experiment's cells, by what the tables ask for: every question is put under one hash."""

    def __init__(self, cells):
        self.cells = {}
        for cell, row in cells.items():
            for competitor, replicates in row.items():
                where = (cell.op, cell.pattern, cell.scale, competitor.variant)
                self.cells.setdefault(where, {})[competitor.allocator] = replicates
        found = {name for row in self.cells.values() for name in row}
        system = [name for name in SYSTEM if name in found]
        if not system:
            raise store.StoreError(f"nothing was measured under {SYSTEM[0]}, to which all is"
                                   " compared")
        self.system = system[0]
        self.others = sorted(found - {self.system})

    def scales(self, op, pattern, variant):
        return sorted(scale for o, p, scale, v in self.cells if (o, p, v) == (op, pattern, variant))

    def variants(self, op, pattern):
        """The slowest first, at the smallest scale that all have."""
        names = {v for o, p, _, v in self.cells if (o, p) == (op, pattern)}
        common = set.intersection(*(set(self.scales(op, pattern, name)) for name in names))

        def time(name):
            scale = min(common or self.scales(op, pattern, name))
            found = self.find(op, pattern, scale, name, self.system)
            return statistics.median(found.ns_per_op.values()) if found else 0
        return sorted(names, key=lambda name: (-time(name), name))

    def groups(self):
        """The pairs of operation and pattern there are, in the tables' order."""
        found = {(op, pattern) for op, pattern, _, _ in self.cells}
        return sorted(found, key=lambda group: (tables.op_order(group[0]),
                                                tables.pattern_order(group[1])))

    def find(self, op, pattern, scale, variant, allocator):
        return self.cells.get((op, pattern, scale, variant), {}).get(allocator)


# ---- Tables of the cells: a line for each composition and scale, a column for each allocator ----

def lines_of(measured, op, pattern, text):
    """[composition, scale, text of each allocator]"""
    for variant in measured.variants(op, pattern):
        for scale in measured.scales(op, pattern, variant):
            found = [measured.find(op, pattern, scale, variant, name)
                     for name in (measured.system, *measured.others)]
            yield [variant, short_scale(scale), *text(found)]


def times(found):
    """Nanoseconds under the C library's, and each other's ratio to that."""
    system, *others = found
    yield with_interval(estimate(system.ns_per_op.values()) if system else None)
    for other in others:
        yield with_interval(paired_ratio(other.ns_per_op, system.ns_per_op)
                            if system and other else None)


def figures(field, form=with_interval):
    """The values of a field of Replicates themselves."""
    def text(found):
        for replicates in found:
            values = getattr(replicates, field).values() if replicates else ()
            yield form(estimate(values)) if values else "-"
    return text


def exact(figure):
    """What is counted has no interval."""
    return digits(figure.median)


def counts(measured, op, pattern):
    """How many processes stand behind each figure of a table: "6", or "6 to 12"."""
    found = {len(replicates.ns_per_op) for where, row in measured.cells.items()
             if where[:2] == (op, pattern) for replicates in row.values()}
    low, high = min(found), max(found)
    return str(low) if low == high else f"{low} to {high}"


def full_pools(measured, op, pattern, variant):
    """Where its pool of child slots was full."""
    told = {scale: fallbacks.words(next(iter(
        measured.cells[op, pattern, scale, variant].values())).tree)
            for scale in measured.scales(op, pattern, variant)}
    full = [f"{words} at {short_scale(scale)}" for scale, words in told.items() if words]
    return f", pool full: {', '.join(full)}" if full else ""


def print_table(measured, op, pattern, title, first, text):
    header = ["scale", first, *measured.others]
    rows = []
    for variant, lines in itertools.groupby(lines_of(measured, op, pattern, text),
                                            lambda line: line[0]):
        rows.append(variant + full_pools(measured, op, pattern, variant))
        rows += [["  " + scale, *figures] for _, scale, *figures in lines]
    print(f"\n{op}, {pattern} keys: {title}; medians of {counts(measured, op, pattern)}"
          " processes\n")
    print(tables.align(header, rows, figures=len(header) - 1, cell=0))


# ---- The documents' figures ----

class Claim(NamedTuple):
    id: str    # in results/seeds/figures.csv or results/audit/claims.csv
    what: str
    ours: Callable  # of Measured and an allocator's name: an Estimate, or None if there is none
    counted: bool = False  # no time but a count, the same in every process under any allocator


ENTRIES = 100000  # the documents' largest scale
FILL = ("put", "sequential", ENTRIES)  # their order of keys, where they name none


def saving(mine, base, whole=1):
    """The part of the base's time that another saves, pair by pair; whole: what all of it is."""
    if not mine or not base:
        return None
    return estimate([whole * (1 - mine.ns_per_op[block] / base.ns_per_op[block])
                     for block in mine.ns_per_op.keys() & base.ns_per_op.keys()])


def pools(measured, allocator):
    """The compositions with the pool that is exhausted, and with the one that is large enough."""
    return [measured.find(*FILL, name, allocator) for name in ("phase2", "phase2.5")]


def exhaustion(unit):
    """The time that the exhausted pool costs.  unit(entries, fallbacks): what to multiply
    nanoseconds an insert with, where so many arrays came from malloc."""
    def ours(measured, allocator):
        found = pools(measured, allocator)
        if not all(found):
            return None
        factor = unit(ENTRIES, json.loads(found[0].tree)["pool"]["fallbacks"])
        return paired_difference(*({block: ns * factor for block, ns in one.ns_per_op.items()}
                                   for one in found))
    return ours


def exhaustion_share(measured, allocator):
    """The same as a part of the time with the small pool."""
    small, large = pools(measured, allocator)
    return saving(large, small)


def pair_with_system(measured, allocator, pattern, variant):
    """The same put under both; nothing for the system's own."""
    names = (allocator, measured.system) if allocator != measured.system else ()
    return [measured.find("put", pattern, ENTRIES, variant, name) for name in names] or [None] * 2


def to_system(variant, pattern):
    def ours(measured, allocator):
        mine, system = pair_with_system(measured, allocator, pattern, variant)
        return paired_ratio(mine.ns_per_op, system.ns_per_op) if mine and system else None
    return ours


def saved(measured, allocator):
    """Per cent of outline's time under the C library's allocator that this one saves."""
    mine, system = pair_with_system(measured, allocator, "shuffled", "outline")
    return saving(mine, system, whole=100)


def blocks(variant):
    """Blocks that a full map holds for a thousand entries: at least so often malloc was called."""
    def ours(measured, allocator):
        found = measured.find("put", "shuffled", ENTRIES, variant, allocator)
        tree = json.loads(found.tree) if found else None
        return estimate([1000 * tree["blocks"] / tree["entries"]]) if tree else None
    return ours


SEEDS = [
    Claim("003.evidence.10", "ns that an array from malloc costs more",
          exhaustion(lambda entries, fallbacks: entries / fallbacks)),
    Claim("003.evidence.12", "ms that all of them cost",
          exhaustion(lambda entries, fallbacks: entries / 1e6)),
    Claim("003.c15", "the same, as a part of all inserts' time", exhaustion_share),
    Claim("000.c38", "phase3, time / that under the system's", to_system("phase3", "sequential")),
    Claim("002.c17", "outline, time / that under the system's", to_system("outline", "shuffled")),
    Claim("002.shares.05", "outline, % of the system's time saved", saved),
    Claim("002.compare.02", "outline, blocks for 1000 entries", blocks("outline"), counted=True),
    Claim("002.compare.01", "reference, blocks for 1000 entries", blocks("reference"),
          counted=True),
]


def written():
    """What the documents say, by the ids of both files."""
    said = {figure.id: figure.as_written for figure in seeds.read_figures()}
    with open(CLAIMS, newline="", encoding="utf-8") as file:
        return {**{row["id"]: row["expected"] for row in csv.DictReader(file)}, **said}


def claim_lines(measured):
    said = written()
    for claim in SEEDS:
        for allocator in (measured.system, *measured.others):
            ours = claim.ours(measured, allocator)
            if ours is None:
                continue
            if claim.counted:
                yield [claim.id, claim.what, said[claim.id], "any", digits(ours.median), "-"]
                break
            yield [claim.id, claim.what, said[claim.id], allocator, with_interval(ours),
                   str(ours.count)]


SEEDS_NOTE = """
What another allocator saves was the allocator's; what it does not save may still be."""


def print_seeds(measured):
    lines = list(claim_lines(measured))
    if not lines:
        return
    print(f"\nThe documents' figures beside ours: put, {short_scale(ENTRIES)}; the pools and phase3"
          " with\nsequential keys, list and reference with shuffled ones\n")
    print(tables.align(["figure", "what", "documents", "allocator", "ours", "processes"], lines,
                       figures=2, cell=3))
    print(SEEDS_NOTE)


# ---- The whole ----

def print_report(about, cells, failed):
    print(tables.describe(about, cells))
    measured = Measured(cells)
    for op, pattern in measured.groups():
        print_table(measured, op, pattern,
                    f"ns/op under {measured.system}, and time under each other, relative to it",
                    measured.system + ", ns", times)
    for op, pattern in measured.groups():
        if (op, pattern) == ("put", "shuffled"):
            print_table(measured, op, pattern, "bytes an entry that the allocator set aside",
                        measured.system, figures("bytes_per_entry", exact))
            print_table(measured, op, pattern, "bytes an entry that became resident",
                        measured.system, figures("rss_per_entry"))
    print_seeds(measured)
    failed()


report = tables.stored_report(NAME, __doc__, print_report)


if __name__ == "__main__":
    run_report("allocators", report)
