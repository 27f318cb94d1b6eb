"""What an experiment answers: each competitor's time over the yardsticks it was measured beside, in
each cell and, as a geometric mean, over all cells of an operation.

The mean is taken block by block: the runner measures block b of every cell before block b+1 of any,
so that a block of all cells is one replicate of the whole.  The interval is that of the median over
these: an interval of the processes of this run, on this machine, at that hour.
"""
import math
from typing import NamedTuple, Optional

from . import fallbacks, settings, printing
from .stats import Estimate, mean_ratio, paired_ratio

BASELINES, REFERENCE = ("list", "outline"), "reference"  # outline is what was measured before list was
SYSTEM = ("glibc", "system")  # the C library's allocator: of Linux, and of macOS
HASH = "xxh3"
USUAL = [*BASELINES, "lazy", "outline+lazy", "phase3", REFERENCE]  # in which order, after what was asked for
MARKS = FASTER, SLOWER, UNDECIDED = "<", ">", "?"


class Yardstick(NamedTuple):
    """A competitor's partner: the one that differs from it in this field alone."""
    field: str
    name: str

    def is_one(self, competitor):
        return getattr(competitor, self.field) == self.name

    def partner(self, competitor):
        return competitor._replace(**{self.field: self.name})


def competitors_of(cells):
    return {competitor for row in cells.values() for competitor in row}


def baseline(variants):
    """The one of these that others are held against: the first of BASELINES that is there."""
    return next((name for name in BASELINES if name in variants), BASELINES[0])


def order(plan):
    """The key by which competitors are sorted: as the plan names them, what was asked for first."""
    asked = settings.read(plan)
    known = {"variant": [settings.label(name) for name in asked.get("VARIANTS", [])],
             "hash": asked.get("HASH", []),
             "allocator": [settings.label(name) for name in asked.get("ALLOC", [])]}

    def key(competitor):
        usual = (USUAL.index(competitor.variant) if competitor.variant in USUAL else -1)
        return (printing.place(competitor.variant, known["variant"])[0], usual,
                *(printing.place(getattr(competitor, field), names)
                  for field, names in known.items()))
    return key


def yardsticks(competitors, key):
    """What times are held against: of two compositions the second; of more, list and reference (where
    list was not measured, outline).
    In a grid of allocators the C library's too, in one of hashes xxh3."""
    def values(field):
        ordered = sorted(competitors, key=key)
        return list(dict.fromkeys(getattr(competitor, field) for competitor in ordered))
    variants, found = values("variant"), []
    if len(variants) == 2:
        found = variants[1:]
    elif len(variants) > 2:
        found = [name for name in (baseline(variants), REFERENCE) if name in variants] or variants[-1:]
    found = [Yardstick("variant", name) for name in found]
    for field, names in (("allocator", SYSTEM), ("hash", (HASH,))):
        several = values(field)
        if len(several) > 1:
            known = [name for name in names if name in several]
            found.append(Yardstick(field, (known or several)[0]))
    return found


def that_fit(found):
    """Those for which a table has room: two, of a grid its own before list."""
    grid = [yardstick for yardstick in found if yardstick.field != "variant"]
    rest = [yardstick for yardstick in found if yardstick.field == "variant"]
    return rest[:max(0, 2 - len(grid))] + grid


def ratio(row, competitor, yardstick):
    """The Estimate in one cell, {competitor: Replicates}; None to itself, and where the partner was
    not measured."""
    partner = row.get(yardstick.partner(competitor))
    if partner is None or yardstick.is_one(competitor):
        return None
    return paired_ratio(row[competitor].ns_per_op, partner.ns_per_op)


def mark(estimate):
    """Faster, slower, or not to be told: the interval includes 1, or there is none."""
    if estimate is None or estimate.low is None or estimate.low <= 1 <= estimate.high:
        return UNDECIDED
    return FASTER if estimate.high < 1 else SLOWER


class Span(NamedTuple):
    low: float
    high: float


class Mean(NamedTuple):
    """A competitor over a yardstick, in all cells of an operation that have both."""
    ratio: Optional[Estimate]
    marks: str  # one for each cell


class Line(NamedTuple):
    """What is said of one competitor in one operation."""
    op: str
    competitor: tuple
    cells: int
    means: dict  # by Yardstick
    gap_closed: Optional[float]
    resident: Optional[Span]  # bytes an entry in its cells, from outside the map
    own: Optional[Span]       # as the map counts them; None if it does not
    cells_full: int  # in which its pool was full


def span(of_cells):
    """Of all values, {block: value} in each cell; None if there are none."""
    values = [value for by_block in of_cells for value in by_block.values()]
    return Span(min(values), max(values)) if values else None


def mean(rows, competitor, yardstick):
    pairs = [(row[competitor].ns_per_op, row[yardstick.partner(competitor)].ns_per_op)
             for row in rows if competitor in row and yardstick.partner(competitor) in row]
    if not pairs or yardstick.is_one(competitor):
        return Mean(None, "")
    return Mean(mean_ratio(pairs), "".join(mark(paired_ratio(*pair)) for pair in pairs))


def gap_closed(rows, competitor):
    """How much of the way from the baseline to reference it goes, in logarithms: 0 as slow as the
    baseline, 1 as fast as reference.  None where reference is not faster to begin with."""
    start = Yardstick("variant", baseline({one.variant for row in rows for one in row}))
    reference = Yardstick("variant", REFERENCE)
    end = reference.partner(competitor)
    whole = [row for row in rows if competitor in row and end in row
             and start.partner(competitor) in row]
    gap, mine = mean(whole, end, start).ratio, mean(whole, competitor, start).ratio
    if not gap or mark(gap) != FASTER or not mine or reference.is_one(competitor):
        return None
    return math.log(mine.median) / math.log(gap.median)


def answers(cells, against, key, cell_key):
    """A Line for each operation and competitor.  A grid does not ask for the gap."""
    grid = any(yardstick.field != "variant" for yardstick in against)
    by_op = {}
    for cell in sorted(cells, key=cell_key):
        by_op.setdefault(cell.op, []).append(cells[cell])
    for op, rows in by_op.items():
        for competitor in sorted({c for row in rows for c in row}, key=key):
            mine = [row[competitor] for row in rows if competitor in row]
            yield Line(op, competitor, sum(competitor in row for row in rows),
                       {yardstick: mean(rows, competitor, yardstick) for yardstick in against},
                       None if grid else gap_closed(rows, competitor),
                       span(found.rss_per_entry for found in mine), span(found.own_bytes() for found in mine),
                       sum(fallbacks.share(row[competitor].tree) > 0 for row in rows
                           if competitor in row))
