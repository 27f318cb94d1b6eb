"""Every figure of the seed documents beside ours, and which hold; lab.documents.tables prints them.

results/seeds/figures.csv has the figures of documents 000-004, as they were written; everything
else comes from the exported experiment `seeds`, or from one in a store.  The documents' machine was
an Apple M4 Pro, so none of their times can be expected here.  What can be expected:

a time     its ratio to its neighbour: the last time before it in the same table that has the same
           operation and unit and differs in just one of composition, pattern and scale.  The first
           of a table has no neighbour, and no verdict.
a ratio    the same ratio of two times, taken the way the documents took it: libhamt's times are
           those at the scale `base_scale`, and its insert adds a tenth to a full map.  "On equal
           terms" is the ratio at equal scale, pattern and operation, with a verdict of its own: it
           is what the audit judges, too.
a count    itself: nodes and slots depend on no machine.

The rule of the verdicts is lab.verdicts'.  Beside it
not measured           also: the store has no such cell, or the figure is of a kind that nothing
                       here yields; or a gain was hoped for from what does nothing on this load
                       (SAME_WORK).
contradicts itself     beside one of these: the documents' own figures for the same composition,
                       operation, pattern, scale and quantity differ by more than SAME, or a ratio
                       differs by as much from that of every two times it can have come from.

What the documents leave unsaid is taken as USUAL has it.
"""
import csv
import itertools
import json
import math
import re
from typing import NamedTuple, Optional

from .. import fallbacks, store, verdicts, printing
from ..stats import Estimate, estimate, paired_ratio
from ..verdicts import NOT_MEASURED, NOT_REPRODUCED, REPRODUCED, UNDECIDED, Span

NAME = "seeds"
FIGURES = store.ROOT / "results" / "seeds" / "figures.csv"

SAME = 1.10  # two figures of the documents' closer than this agree

CONTRADICTS = "contradicts itself"
NO_NEIGHBOUR = "-"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, UNDECIDED, NOT_MEASURED, NO_NEIGHBOUR)

# What is meant where nothing is said: inserts, of the keys 0, 1, 2, ... in this order.
USUAL = {"op": "put", "pattern": "sequential"}
LIBHAMT = "reference"
# libhamt's benchmark asks for its keys in random order, and times an insert into a full map.
LIBHAMT_USUAL = {"put": "insert10", "pattern": "shuffled"}
# Document 000: the list of dead nodes costs nothing as long as nothing is removed.  So it gains
# nothing either, and filling a map, which frees no node, cannot tell what it is worth.
SAME_WORK = {"phase3": "phase2.6"}
NOTHING_FREED = ("put", "insert10", "get")


class Figure(NamedTuple):
    id: str
    document: str
    section: str
    table: str
    row: str
    kind: str  # measured, estimated or expected, by the documents' authors
    metric: str
    unit: str
    composition: str
    op: str
    pattern: str
    scale: Optional[int]
    base: str  # what a ratio is to: the composition, and where it differs the pattern and scale
    base_pattern: str
    base_scale: Optional[int]
    span: Span
    as_written: str


class Place(NamedTuple):
    """Where in an experiment a time is to be found."""
    composition: str
    op: str
    pattern: str
    scale: Optional[int]


class Comparison(NamedTuple):
    """A figure beside ours.  What there is not is None."""
    figure: Figure
    against: str
    ours: str
    seed_ratio: Optional[Span]
    our_ratio: Optional[Estimate]
    equal_terms: Optional[Estimate]
    verdict: str
    equal_verdict: str = ""  # that of equal_terms, where there are
    fallback: str = ""       # how much of our map's arrays its pool could not serve, in words

    @property
    def told(self):
        """The verdict, and that on equal terms beside it."""
        return self.verdict + (f"; on equal terms {self.equal_verdict}" if self.equal_verdict
                               else "")

    @property
    def composition(self):
        """Its name here, marked where a pool fell back."""
        name = self.figure.composition or "-"
        return f"{name} ({self.fallback})" if self.fallback else name


# ---- What the metrics mean ----

# To nanoseconds an operation, of the figure and how many it is about.
TIMES = {"ns_per_op": lambda x, _: x, "mops": lambda x, _: 1000 / x,
         "milliseconds": lambda x, scale: 1e6 * x / scale}
# And back, as it is shown.
SHOWN = {"ns_per_op": lambda time, _: time, "mops": lambda time, _: printing.throughput(time),
         "milliseconds": lambda time, scale: time.scaled(scale / 1e6)}

# To the time divided by that of the base.
RATIOS = {
    "ratio_to_libhamt": lambda x: x,
    "speedup": lambda x: 1 / x,
    "percent_gain": lambda x: 100 / (100 + x),
    "percent_slower": lambda x: 1 + x / 100,
    "time_saved_percent": lambda x: 1 - x / 100,
    "gap_closed_percent": lambda x: 1 - x / 100,  # libhamt's time divides out
}

SLOT_BYTES = 8
SMALL_POOL = 65536  # slots: the pool before it was enlarged


def nodes_of(tree):
    return tree["inner_nodes"] + tree["leaves"]


def served_of(tree):
    return tree["pool"]["allocations"] - tree["pool"]["fallbacks"]


# From a map's shape, as the measuring program prints it (experiments/cell.c).
COUNTS = {
    "entries": lambda tree: tree["entries"],
    "depth_max": lambda tree: tree["depth_max"],
    "inner_nodes": lambda tree: tree["inner_nodes"],
    "leaves": lambda tree: tree["leaves"],
    "child_pointers": lambda tree: tree["child_pointers"],
    "children_per_node": lambda tree: tree["child_pointers"] / tree["inner_nodes"],
    "nodes_per_entry": lambda tree: tree["inner_nodes"] / tree["entries"],
    "leaves_per_entry": lambda tree: tree["leaves"] / tree["entries"],
    # A node has a place for each value of the chunk, and `children` counts from none to all.
    "chunk_bits": lambda tree: math.log2(len(tree["children"]) - 1),
    "node_bytes": lambda tree: tree["bytes"]["nodes"] / nodes_of(tree),
    "inner_node_megabytes": lambda tree: (tree["bytes"]["nodes"] * tree["inner_nodes"]
                                          / nodes_of(tree) / 1e6),
    "pool_allocations": lambda tree: tree["pool"]["allocations"],
    "pool_fallbacks": lambda tree: tree["pool"]["fallbacks"],
    "pool_fallback_percent": lambda tree: (100 * tree["pool"]["fallbacks"]
                                           / tree["pool"]["allocations"]),
    "pool_served": served_of,
    "pool_served_percent": lambda tree: 100 * served_of(tree) / tree["pool"]["allocations"],
    "pool_slots_used": lambda tree: tree["pool"]["slots_used"],
    "pool_capacity": lambda tree: tree["pool"]["slots_capacity"],
    "pool_growth": lambda tree: tree["pool"]["slots_capacity"] / SMALL_POOL,
    "pool_overuse": lambda tree: tree["pool"]["slots_used"] / tree["pool"]["slots_capacity"],
    "pool_utilisation_percent": lambda tree: (100 * tree["pool"]["slots_used"]
                                              / tree["pool"]["slots_capacity"]),
    "pool_kibibytes": lambda tree: tree["pool"]["slots_capacity"] * SLOT_BYTES / 2 ** 10,
    "pool_mebibytes": lambda tree: tree["pool"]["slots_capacity"] * SLOT_BYTES / 2 ** 20,
    "slots_per_entry": lambda tree: tree["pool"]["slots_used"] / tree["entries"],
    "pool_added_mebibytes": lambda tree: ((tree["pool"]["slots_capacity"] - SMALL_POOL)
                                          * SLOT_BYTES / 2 ** 20),
    "pool_headroom_percent": lambda tree: (100 - 100 * tree["pool"]["slots_used"]
                                           / tree["pool"]["slots_capacity"]),
    "entries_served": lambda tree: (tree["pool"]["slots_capacity"] * tree["entries"]
                                    / tree["pool"]["slots_used"]),
    # What it holds at the end; arrays that grew had blocks before, which are not counted.
    "mallocs_per_1000_ops": lambda tree: 1000 * tree["blocks"] / tree["entries"],
}


# ---- The documents' figures ----

def read_figures(path=FIGURES):
    def integer(text):
        return int(text) if text else None

    def figure(row):
        low, high = row.pop("value_low"), row.pop("value_high")
        value = row.pop("value")
        row |= {"scale": integer(row["scale"]), "base_scale": integer(row["base_scale"]),
                "span": Span(float(low or value), float(high or value))}
        return Figure(**row)
    with open(path, newline="", encoding="utf-8") as file:
        return [figure(row) for row in csv.DictReader(file, strict=True)]


def tables_of(figures):
    """[((document, table), figures)] in the order of the file."""
    return [(key, list(group)) for key, group in
            itertools.groupby(figures, key=lambda f: (f.document, f.table))]


def span_as(convert, figure):
    return Span(*sorted(convert(x) for x in figure.span))


def time_of(figure):
    return span_as(lambda x: TIMES[figure.metric](x, figure.scale), figure)


def ratio_of(figure):
    return span_as(RATIOS[figure.metric], figure)


def over(upper, lower):
    return Span(upper.low / lower.high, upper.high / lower.low)


def place(figure):
    usual = LIBHAMT_USUAL if figure.composition == LIBHAMT else USUAL
    op = figure.op or USUAL["op"]
    return Place(figure.composition, usual.get(op, op), figure.pattern or usual["pattern"],
                 figure.scale)


def base_place(figure):
    """Where the time is that the documents divided by."""
    return place(figure._replace(
        composition=figure.base, scale=figure.base_scale or figure.scale,
        pattern=figure.base_pattern or ("" if figure.base == LIBHAMT else figure.pattern)))


def neighbour(figure, earlier):
    def differences(other):
        return sum(a != b for a, b in zip(place(figure), place(other)))
    return next((other for other in reversed(earlier)
                 if (other.op, other.metric) == (figure.op, figure.metric)
                 and all((figure.composition, other.composition)) and differences(other) == 1),
                None)


# ---- Contradictions among them ----

def quantity(figure):
    """What a figure is about but for the pattern: figures that agree in it should agree.  Times are
    one quantity in any unit; what is no count, and what is of no composition, goes by its name."""
    where = place(figure)
    expected = figure.kind == "expected"
    same = {} if expected else SAME_WORK
    composition = same.get(figure.composition, figure.composition) or figure.row
    if figure.metric in TIMES:
        return (expected, "time", composition, where.op, figure.scale)
    if figure.metric in RATIOS:
        return (expected, "ratio", composition, where.op, figure.scale, figure.base,
                figure.base_pattern, base_place(figure).scale)
    row = "" if figure.metric in COUNTS else figure.row
    return (expected, figure.metric, composition, row, figure.op, figure.scale)


def comparable(figure):
    if figure.metric in TIMES:
        return time_of(figure)
    return ratio_of(figure) if figure.metric in RATIOS else figure.span


def gap(one, other):
    """How many times the lower span goes into the higher; 1 where they overlap."""
    lower, upper = sorted((one, other))
    if upper.low <= lower.high:
        return 1.0
    return upper.low / lower.high if lower.high > 0 else float("inf")


def rounding(figure):
    """Half of the last decimal written."""
    fraction = re.search(r"\d\.(\d+)", figure.as_written)
    return 0.5 * 10 ** -len(fraction[1] if fraction else "")


def rounded_alike(one, other):
    """Whether one may be the other, written with fewer digits."""
    lower, upper = sorted((one.span, other.span))
    return (one.metric == other.metric
            and upper.low - lower.high < max(rounding(one), rounding(other)))


def disagree(one, other):
    return gap(comparable(one), comparable(other)) > SAME and not rounded_alike(one, other)


def pattern_meant(figure, group):
    """The figure's pattern; if it has none, that of the group's figure that comes closest to it:
    the reading that finds the fewest contradictions."""
    said = [other for other in group if other.pattern]
    if figure.pattern or not said:
        return figure.pattern
    return min(said, key=lambda other: gap(comparable(figure), comparable(other))).pattern


def contradictions(figures):
    """Groups of figures about the same thing, at least two of which disagree."""
    about = {}
    for figure in figures:
        about.setdefault(quantity(figure), []).append(figure)
    alike = {}
    for key, group in about.items():
        for figure in group:
            alike.setdefault((key, pattern_meant(figure, group)), []).append(figure)
    return [group for group in alike.values()
            if any(disagree(*pair) for pair in itertools.combinations(group, 2))]


def implied_ratios(figure, figures):
    """The ratios of all times that the figure can be the ratio of: its own from its document, the
    base's from any."""
    def times(wanted, document=None, kinds=("measured",)):
        return [time_of(f) for f in figures
                if f.metric in TIMES and f.kind in kinds and document in (None, f.document)
                and f.composition and (place(f)._replace(pattern="") == wanted._replace(pattern=""))
                and (not f.pattern or f.pattern == wanted.pattern)]
    return [over(mine, base)
            for mine in times(place(figure), figure.document, (figure.kind,))
            for base in times(base_place(figure))]


def unrounded(figure):
    """The figure with all values that are written as it is."""
    half = rounding(figure)
    return figure._replace(span=Span(figure.span.low - half, figure.span.high + half))


def unfounded(figures):
    """Ratios that differ from those of all the times they can have come from: (figure, ratios)."""
    found = []
    for figure in figures:
        implied = implied_ratios(figure, figures) if figure.metric in RATIOS else []
        if implied and all(gap(ratio_of(unrounded(figure)), ratio) > SAME for ratio in implied):
            found.append((figure, implied))
    return found


# ---- Theirs beside ours ----

def same_work(composition, base, op):
    """Whether the two do the same in this operation, so that it cannot show a gain."""
    return SAME_WORK.get(composition) == base and op in NOTHING_FREED


def judge(figure, base, seed, ours):
    """The verdict on a ratio to the place `base`; a gain is not measured where there can be none."""
    mine = place(figure)
    if figure.kind == "expected" and same_work(mine.composition, base.composition, mine.op):
        return NOT_MEASURED
    return verdicts.judge(seed, ours).text


class Measured:
    """An experiment as these comparisons need it: found by place."""

    def __init__(self, cells):
        self.found = {}
        for cell, competitors in cells.items():
            for competitor, replicates in competitors.items():
                where = Place(competitor.variant, cell.op, cell.pattern, cell.scale)
                if self.found.setdefault(where, replicates) is not replicates:
                    raise store.StoreError(
                        f"{competitor.variant} was measured with several hashes, allocators or"
                        " kinds of keys; the documents know one of each")

    def time(self, where):
        return estimate(self.found[where].ns_per_op.values()) if where in self.found else None

    def ratio(self, upper, lower):
        """Pair by pair: blocks of one number have one trace and run at about one time."""
        if upper not in self.found or lower not in self.found:
            return None
        return paired_ratio(self.found[upper].ns_per_op, self.found[lower].ns_per_op)

    def tree(self, where):
        return json.loads(self.found[where].tree) if where in self.found else None

    def fallback(self, where):
        """lab.fallbacks.words of the map; empty if it was not measured."""
        return fallbacks.words(self.found[where].tree) if where in self.found else ""


def words_of(where, unlike):
    """The place in words, but only those that differ."""
    def word(value):
        return printing.short_scale(value) if isinstance(value, int) else str(value)
    return " ".join(word(a) for a, b in zip(where, unlike) if a != b)


def against(base, mine, measured):
    """What a ratio is to, in words; marked where a pool fell back."""
    told = measured.fallback(base)
    return words_of(base, mine) + (f" ({told})" if told else "")


def compare_count(figure, measured):
    tree = measured.tree(place(figure))
    try:
        ours = COUNTS[figure.metric](tree) if tree else None
    except ZeroDivisionError:  # a map without a pool, or without nodes
        ours = None
    if ours is None:
        return Comparison(figure, "", "-", None, None, None, NOT_MEASURED)
    return Comparison(figure, "", printing.digits(ours), None, None, None,
                      verdicts.judge_count(figure.span, ours).text)


def compare_ratio(figure, measured):
    mine, base = place(figure), base_place(figure)
    seed, ours = ratio_of(figure), measured.ratio(mine, base)
    equal = (measured.ratio(mine, mine._replace(composition=base.composition))
             if figure.base == LIBHAMT else None)
    return Comparison(figure, against(base, mine, measured), "", seed, ours, equal,
                      judge(figure, base, seed, ours),
                      judge(figure, base, seed, equal) if equal else "")


def compare_time(figure, earlier, measured):
    mine, other = place(figure), neighbour(figure, earlier)
    time = measured.time(mine)
    shown = SHOWN[figure.metric](time, mine.scale) if time else None
    if not other:
        return Comparison(figure, "", printing.with_interval(shown), None, None, None,
                          NO_NEIGHBOUR if time else NOT_MEASURED)
    base = place(other)
    seed, ours = over(time_of(figure), time_of(other)), measured.ratio(mine, base)
    return Comparison(figure, against(base, mine, measured), printing.with_interval(shown), seed,
                      ours, None, judge(figure, base, seed, ours))


def compare(figure, earlier, measured):
    if figure.metric in COUNTS:
        found = compare_count(figure, measured)
    elif figure.metric in RATIOS:
        found = compare_ratio(figure, measured)
    elif figure.metric in TIMES:
        found = compare_time(figure, earlier, measured)
    else:
        return Comparison(figure, "", "-", None, None, None, NOT_MEASURED)
    return found._replace(fallback=measured.fallback(place(figure)))


def compare_all(figures, measured, elsewhere=None, later=None):
    """[((document, table), comparisons)]; elsewhere: comparisons that times and trees cannot give,
    by the figure's id; later: what was measured of figures of which nothing was."""
    ready = elsewhere or {}

    def one(figure, earlier):
        found = ready.get(figure.id) or compare(figure, earlier, measured)
        again = compare(figure, earlier, later) if later and found.verdict == NOT_MEASURED else found
        return found if again.verdict == NOT_MEASURED else again

    return [(key, [one(figure, group[:i]) for i, figure in enumerate(group)])
            for key, group in tables_of(figures)]


def tally(comparisons):
    """{verdict: how many figures have it}, of every verdict there is."""
    found = [verdicts.kind(comparison.verdict) for comparison in comparisons]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


def tally_text(comparisons):
    """The same in words."""
    return f"{len(comparisons)} figures: " + ", ".join(
        f"{count} {'without a neighbour' if verdict == NO_NEIGHBOUR else verdict}"
        for verdict, count in tally(comparisons).items())
