"""The figures of the seed documents, as they were written, and where they contradict each other.

results/seeds/figures.csv has those of documents 000 to 004.  `composition` is what stands for a row here, `base` what
a ratio is to; `settled` says what decides a figure that neither a time nor a tree can (lab.seeds.elsewhere).  What the
documents leave unsaid is taken as USUAL has it.
"""
import itertools
import re
from typing import NamedTuple, Optional

from ..results import RESULTS, read_rows
from ..tree_figures import FIGURES as COUNTS
from ..stats import Estimate
from ..verdicts import NOT_MEASURED, NOT_REPRODUCED, REPRODUCED, UNDECIDED, Span, kind

NAME = "seeds"  # the experiment that has the places of all of them
STORED = RESULTS / "seeds" / "figures.csv"
CONTRADICTS, NO_NEIGHBOUR = "contradicts itself", "-"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, UNDECIDED, NOT_MEASURED, NO_NEIGHBOUR)  # of a figure
SAME = 1.10  # two figures of the documents' closer than this agree

# What is meant where nothing is said: inserts, of the keys 0, 1, 2, ... in this order.
USUAL = {"op": "put", "pattern": "sequential"}
LIBHAMT = "reference"
# libhamt's benchmark asks for its keys in random order, and times an insert into a full map.
LIBHAMT_USUAL = {"put": "insert10", "pattern": "shuffled"}
# Document 000: the list of dead nodes costs nothing as long as nothing is removed.  So it gains nothing either, and
# filling a map, which frees no node, cannot tell what it is worth.
SAME_WORK = {"phase3": "phase2.6"}
NOTHING_FREED = ("put", "insert10", "get")

# To nanoseconds an operation, of the figure and how many it is about.
TIMES = {"ns_per_op": lambda x, _: x, "mops": lambda x, _: 1000 / x, "milliseconds": lambda x, scale: 1e6 * x / scale}
# To the time divided by that of the base.
RATIOS = {
    "ratio_to_libhamt": lambda x: x,
    "speedup": lambda x: 1 / x,
    "percent_gain": lambda x: 100 / (100 + x),
    "percent_slower": lambda x: 1 + x / 100,
    "time_saved_percent": lambda x: 1 - x / 100,
    "gap_closed_percent": lambda x: 1 - x / 100,  # libhamt's time divides out
}


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
    as_written: str
    settled: str
    span: Span


class Place(NamedTuple):
    """Where in an experiment a time is to be found."""
    composition: str
    op: str
    pattern: str
    scale: Optional[int]


class Comparison(NamedTuple):
    """A figure beside ours.  What there is not is None."""
    figure: Figure
    verdict: str
    ours: str = "-"
    against: str = ""
    seed_ratio: Optional[Span] = None
    our_ratio: Optional[Estimate] = None
    equal_terms: Optional[Estimate] = None
    equal_verdict: str = ""  # that of equal_terms, where there are
    fallback: str = ""       # how much of our map's arrays its pool could not serve, in words

    @property
    def told(self):
        """The verdict, and that on equal terms beside it."""
        return self.verdict + (f"; on equal terms {self.equal_verdict}" if self.equal_verdict else "")

    @property
    def composition(self):
        """Its name here, marked where a pool fell back."""
        name = self.figure.composition or "-"
        return f"{name} ({self.fallback})" if self.fallback else name


def read_figures(path=STORED):
    def figure(row):
        low, high, value = row.pop("value_low"), row.pop("value_high"), row.pop("value")
        row |= {name: int(row[name]) if row[name] else None for name in ("scale", "base_scale")}
        return Figure(**row, span=Span(float(low or value), float(high or value)))
    return list(map(figure, read_rows(path)))


def by_id():
    """{figure's id: Figure} of all of them."""
    return {figure.id: figure for figure in read_figures()}


def tables_of(figures):
    """[((document, table), figures)] in the order of the file."""
    return [(key, list(group)) for key, group in itertools.groupby(figures, key=lambda f: (f.document, f.table))]


def place(figure):
    usual = LIBHAMT_USUAL if figure.composition == LIBHAMT else USUAL
    op = figure.op or USUAL["op"]
    return Place(figure.composition, usual.get(op, op), figure.pattern or usual["pattern"], figure.scale)


def base_place(figure):
    """Where the time is that the documents divided by."""
    return place(figure._replace(
        composition=figure.base, scale=figure.base_scale or figure.scale,
        pattern=figure.base_pattern or ("" if figure.base == LIBHAMT else figure.pattern)))


def neighbour(figure, earlier):
    """The last time before it of the same operation and unit that differs in one thing."""
    def differences(other):
        return sum(a != b for a, b in zip(place(figure), place(other)))
    return next((other for other in reversed(earlier) if (other.op, other.metric) == (figure.op, figure.metric)
                 and figure.composition and other.composition and differences(other) == 1), None)


def same_work(composition, base, op):
    """Whether the two do the same in this operation, so that it cannot show a gain."""
    return SAME_WORK.get(composition) == base and op in NOTHING_FREED


# ---- What they come to ----

def span_as(convert, figure):
    return Span(*sorted(convert(x) for x in figure.span))


def time_of(figure):
    return span_as(lambda x: TIMES[figure.metric](x, figure.scale), figure)


def ratio_of(figure):
    return span_as(RATIOS[figure.metric], figure)


def over(upper, lower):
    return Span(upper.low / lower.high, upper.high / lower.low)


def rounding(figure):
    """Half of the last decimal written."""
    fraction = re.search(r"\d\.(\d+)", figure.as_written)
    return 0.5 * 10 ** -len(fraction[1] if fraction else "")


def unrounded(figure):
    """The figure with all values that are written as it is."""
    half = rounding(figure)
    return figure._replace(span=Span(figure.span.low - half, figure.span.high + half))


# ---- Contradictions among them ----

def quantity(figure):
    """What a figure is about but for the pattern: figures that agree in it should agree.  Times are one quantity in any
    unit; what is no count, and what is of no composition, goes by its name."""
    where, expected = place(figure), figure.kind == "expected"
    composition = figure.composition or figure.row
    composition = composition if expected else SAME_WORK.get(composition, composition)
    if figure.metric in TIMES:
        return (expected, "time", composition, where.op, figure.scale)
    if figure.metric in RATIOS:
        return (expected, "ratio", composition, where.op, figure.scale, figure.base, figure.base_pattern,
                base_place(figure).scale)
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


def disagree(one, other):
    """Unless one may be the other, written with fewer digits."""
    lower, upper = sorted((one.span, other.span))
    rounded_alike = one.metric == other.metric and upper.low - lower.high < max(rounding(one), rounding(other))
    return gap(comparable(one), comparable(other)) > SAME and not rounded_alike


def pattern_meant(figure, group):
    """The figure's pattern; if it has none, that of the group's figure that comes closest to it: the reading that finds
    the fewest contradictions."""
    said = [other for other in group if other.pattern]
    if figure.pattern or not said:
        return figure.pattern
    return min(said, key=lambda other: gap(comparable(figure), comparable(other))).pattern


def grouped(items, key):
    found = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def contradictions(figures):
    """Groups of figures about the same thing, at least two of which disagree."""
    about = grouped(figures, quantity)
    alike = grouped(itertools.chain(*about.values()),
                    lambda figure: (quantity(figure), pattern_meant(figure, about[quantity(figure)])))
    return [group for group in alike.values() if any(disagree(*pair) for pair in itertools.combinations(group, 2))]


def implied_ratios(figure, figures):
    """The ratios of all times that the figure can be the ratio of: its own from its document, the base's from any."""
    def times(wanted, document=None, kinds=("measured",)):
        return [time_of(f) for f in figures if f.metric in TIMES and f.kind in kinds and f.composition
                and document in (None, f.document) and place(f)._replace(pattern="") == wanted._replace(pattern="")
                and (not f.pattern or f.pattern == wanted.pattern)]
    return [over(mine, base) for mine in times(place(figure), figure.document, (figure.kind,))
            for base in times(base_place(figure))]


def unfounded(figures):
    """Ratios that differ from those of all the times they can have come from: (figure, ratios)."""
    implied = [(figure, implied_ratios(figure, figures)) for figure in figures if figure.metric in RATIOS]
    return [(figure, ratios) for figure, ratios in implied
            if ratios and all(gap(ratio_of(unrounded(figure)), ratio) > SAME for ratio in ratios)]


# ---- How many hold ----

def tally(comparisons):
    """{verdict: how many figures have it}, of every verdict there is."""
    found = [kind(comparison.verdict) for comparison in comparisons]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


def tally_text(comparisons):
    """The same in words."""
    return f"{len(comparisons)} figures: " + ", ".join(
        f"{count} {'without a neighbour' if verdict == NO_NEIGHBOUR else verdict}"
        for verdict, count in tally(comparisons).items())
