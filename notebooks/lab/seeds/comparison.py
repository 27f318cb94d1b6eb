"""Every figure of the seed documents beside ours, and which hold.

The documents' machine was an Apple M4 Pro, so none of their times can be expected here.  What can be expected:

a time     its ratio to its neighbour: the last time before it in the same table that has the same operation and unit
           and differs in just one of composition, pattern and scale.  The first of a table has no neighbour, and no
           verdict.
a ratio    the same ratio of two times, taken the way the documents took it: libhamt's times are those at the scale
           `base_scale`, and its insert adds a tenth to a full map.  "On equal terms" is the ratio at equal scale,
           pattern and operation, with a verdict of its own: it is what the audit judges, too.
a count    itself: nodes and slots depend on no machine.

The rule of the verdicts is lab.verdicts'.  Beside it
not measured           also: nothing stored has such a cell, or the figure is of a kind that nothing here yields; or a
                       gain was hoped for from what does nothing on this load (lab.seeds.figures, SAME_WORK).
contradicts itself     beside one of these: the documents' own figures for the same composition, operation, pattern,
                       scale and quantity differ by more than SAME, or a ratio differs by as much from that of every
                       two times it can have come from.
"""
from .. import fallbacks, printing, results, tree_figures, verdicts
from ..command import Failure
from ..pairs import by_turn, over_turns
from ..stats import estimate
from ..verdicts import NOT_MEASURED
from . import elsewhere
from .figures import (COUNTS, LIBHAMT, NAME, NO_NEIGHBOUR, RATIOS, TIMES, Comparison, Place, base_place, neighbour,
                      over, place, ratio_of, same_work, tables_of, time_of)

LATER = "pools"  # experiments/pools.plan: figures that `seeds` lacks
# From nanoseconds an operation, as a figure is shown.
SHOWN = {"ns_per_op": lambda time, _: time, "mops": lambda time, _: printing.throughput(time),
         "milliseconds": lambda time, scale: time.scaled(scale / 1e6)}


class Measured:
    """An experiment's runs as these comparisons need them: found by place."""

    def __init__(self, runs):
        self.found = {Place(*key): group.set_index("block") for key, group in
                      runs.groupby(["variant", "op", "pattern", "scale"])} if len(runs) else {}
        for where, group in self.found.items():
            if not group.index.is_unique:
                raise Failure(f"{where.composition} was measured with several hashes, allocators or kinds of keys; the"
                              " documents know one of each")

    def time(self, where):
        return estimate(self.found[where]["ns_per_op"]) if where in self.found else None

    def ratio(self, upper, lower):
        """Pair by pair: blocks of one number have one trace and run at about one time."""
        if upper not in self.found or lower not in self.found:
            return None
        values = over_turns(by_turn(self.found[upper]) / by_turn(self.found[lower])).dropna()
        return estimate(values) if len(values) else None

    def tree(self, where):
        return self.found[where]["tree"].iloc[0] if where in self.found else None

    def fallback(self, where):
        """lab.fallbacks.words of the map; empty if it was not measured."""
        return fallbacks.words(self.tree(where)) if where in self.found else ""


def words_of(where, unlike=("",) * 4):
    """The place in words, but only those that differ."""
    return " ".join(printing.short_scale(a) if isinstance(a, int) else str(a) for a, b in zip(where, unlike) if a != b)


def against(base, mine, measured):
    """What a ratio is to, in words; marked where a pool fell back."""
    told = measured.fallback(base)
    return words_of(base, mine) + (f" ({told})" if told else "")


def judge(figure, base, seed, ours):
    """The verdict on a ratio to the place `base`; a gain is not measured where there can be none."""
    mine = place(figure)
    if figure.kind == "expected" and same_work(mine.composition, base.composition, mine.op):
        return NOT_MEASURED
    return verdicts.judge(seed, ours).text


def compare_count(figure, measured):
    tree = measured.tree(place(figure))
    ours = tree_figures.figure(figure.metric, tree) if tree else None
    if ours is None:
        return Comparison(figure, NOT_MEASURED)
    return Comparison(figure, verdicts.judge_count(figure.span, ours).text, printing.digits(ours))


def compare_ratio(figure, measured):
    mine, base, seed = place(figure), base_place(figure), ratio_of(figure)
    ours = measured.ratio(mine, base)
    equal = measured.ratio(mine, mine._replace(composition=base.composition)) if figure.base == LIBHAMT else None
    return Comparison(figure, judge(figure, base, seed, ours), "", against(base, mine, measured), seed, ours, equal,
                      judge(figure, base, seed, equal) if equal else "")


def compare_time(figure, earlier, measured):
    mine, other = place(figure), neighbour(figure, earlier)
    time = measured.time(mine)
    shown = printing.with_interval(SHOWN[figure.metric](time, mine.scale) if time else None)
    if not other:
        return Comparison(figure, NO_NEIGHBOUR if time else NOT_MEASURED, shown)
    base, seed = place(other), over(time_of(figure), time_of(other))
    ours = measured.ratio(mine, base)
    return Comparison(figure, judge(figure, base, seed, ours), shown, against(base, mine, measured), seed, ours)


def compare(figure, earlier, measured):
    if figure.metric in COUNTS:
        found = compare_count(figure, measured)
    elif figure.metric in RATIOS:
        found = compare_ratio(figure, measured)
    elif figure.metric in TIMES:
        found = compare_time(figure, earlier, measured)
    else:
        return Comparison(figure, NOT_MEASURED)
    return found._replace(fallback=measured.fallback(place(figure)))


def compare_all(figures, measured, settled=None, later=None):
    """[((document, table), comparisons)]; settled: {figure's id: Comparison} of those that times and trees cannot
    decide; later: what was measured of figures of which nothing was."""
    def one(figure, earlier):
        if figure.id in (settled or {}):
            return settled[figure.id]
        found = compare(figure, earlier, measured)
        again = compare(figure, earlier, later) if later and found.verdict == NOT_MEASURED else found
        return found if again.verdict == NOT_MEASURED else again
    return [(key, [one(figure, group[:i]) for i, figure in enumerate(group)]) for key, group in tables_of(figures)]


def compare_stored(figures, directory=results.RESULTS, counted=results.RESULTS):
    """The same with all that is stored in a directory of results, and counts in another: what the tables print and what
    the paper counts."""
    measured = Measured(results.exported(NAME, directory).runs)
    try:
        later = Measured(results.exported(LATER, directory).runs)
    except results.NotMeasured:
        later = None
    return compare_all(figures, measured, elsewhere.settled(figures, directory, counted), later)
