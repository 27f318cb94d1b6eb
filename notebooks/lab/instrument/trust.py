"""Can the instrument be trusted?  Copies of one program must not differ, and a known delay must be found.

    aa          copies of one program: at most 18 of 200 comparisons flagged (5 % and what chance adds to it), and the
                median of all pairs within 0.5 % of no difference
    power       a delay of 5 %: found in so many comparisons (59 of 59, 92 of 93) that a power below 95 % would be a
                surprise; and it was no larger delay.  Of other delays it is told how many are found

A comparison is flagged when the 95 % interval of its median ratio, by the sign test over its pairs, does not include 1.
"""
import math
from typing import NamedTuple

import numpy
import pandas

from .. import drawing, panels, stats
from ..pairs import by_turn, estimates, over_turns
from ..printing import align, short_scale
from ..question import NotMeasured, Question
from . import study

EFFECT = 0.05    # the delay
SURPRISE = 0.05  # what happens less often than this, is not believed to be chance
FALSE_POSITIVES = 0.05
POWER = 0.95
BIAS = 0.005
LARGER = 0.003  # by how much more a delay may be
ENOUGH = 200    # comparisons of copies
CELL = ["composition", "op", "scale"]
COMPARISON = [*CELL, "pattern", "seed"]


# ---- Comparisons ----

class Compared(NamedTuple):
    """The comparisons of a study of pairs: b over a, pair by pair."""
    ratios: pandas.Series  # the Estimate of each comparison
    logs: pandas.Series    # the log ratio of each pair

    def by_comparison(self, figure):
        """A figure of the log ratios of each comparison."""
        return self.logs.groupby(level=COMPARISON).agg(figure)

    @property
    def p_values(self):
        """That there is no difference."""
        return self.by_comparison(stats.sign_test_p)


def compared(runs):
    wide = by_turn(runs.set_index([*COMPARISON, "block", "side"])).unstack("side")
    ratios = over_turns((wide["b"] / wide["a"]).dropna())
    return Compared(estimates(ratios, COMPARISON), numpy.log(ratios))


def delays(runs):
    """{delay in percent: the comparisons of processes that have it with those that have none}"""
    percent = runs["percent"]
    return {delay: compared(runs[percent.isin((0, delay))]) for delay in sorted(set(percent) - {0})}


def the_delay(runs):
    """The comparisons of the delay that is to be found."""
    found = delays(runs)
    if 100 * EFFECT not in found:
        raise NotMeasured(f"no delay of {100 * EFFECT:.0f} % was measured")
    return found[100 * EFFECT]


def is_flagged(estimate):
    return estimate.low is not None and not estimate.low <= 1 <= estimate.high


def is_found(estimate):
    return estimate.low is not None and estimate.low > 1


# ---- Gates ----

def flags_allowed(comparisons):
    """The most flags among so many comparisons that are no surprise where 5 % are false positives: 18 of 200, 31 of
    400, more in one of 150 such studies."""
    limit = stats.binomial_tail(400, 32, FALSE_POSITIVES)
    return next(k for k in range(comparisons + 1)
                if stats.binomial_tail(comparisons, k + 1, FALSE_POSITIVES) <= limit)


def finds_wanted(comparisons):
    """How many must be found to rule out a power below 95 %; more than there are if too few."""
    return next((k for k in range(comparisons + 1)
                 if stats.binomial_tail(comparisons, k, POWER) <= SURPRISE), comparisons + 1)


def judge_aa(runs):
    found = compared(runs)
    count, flagged = len(found.ratios), sum(map(is_flagged, found.ratios))
    allowed, bias = flags_allowed(count), stats.estimate(found.logs)
    yield study.Verdict(flagged <= allowed and count >= ENOUGH,
                  f"{flagged} of {count} comparisons of a program with itself flagged; at most {allowed} are to be"
                  + ("" if count >= ENOUGH else f", and at least {ENOUGH} compared"))
    yield study.Verdict(abs(math.expm1(bias.median)) <= BIAS,
                  f"median of all pairs {estimate_text(bias)}, {bias.count} pairs; within {100 * BIAS} % is wanted")
    after = sum(p <= SURPRISE for p in stats.holm(list(found.p_values)))
    yield study.Verdict(None, f"after Holm's correction for {count} comparisons {after} flagged")
    yield study.Verdict(None, "outliers among the pairs, all kept: " + ", ".join(
        f"{number} {name}" for name, number in stats.count_outliers(list(found.logs)).items()))
    pairs = max(estimate.count for estimate in found.ratios)
    for effect in (0.02, EFFECT):
        power = found.by_comparison(lambda logs: stats.effect_power(list(logs), effect, pairs)).mean()
        yield study.Verdict(None, f"moved by {100 * effect:.0f} %, these pairs would be found with a power of"
                      f" {100 * power:.0f} % ({pairs} pairs each)")
    yield study.Verdict(None, table(found, is_flagged, "flagged"))


def judge_power(runs):
    found = the_delay(runs)
    count, seen = len(found.ratios), sum(map(is_found, found.ratios))
    wanted, injected = finds_wanted(count), stats.estimate(found.logs)
    yield study.Verdict(seen >= wanted,
                  f"a delay of {100 * EFFECT:.0f} % found in {seen} of {count} comparisons;"
                  + (f" at least {wanted} are to be" if wanted <= count else " at least 59 are to be made"))
    yield study.Verdict(math.expm1(injected.low) <= EFFECT + LARGER,
                  f"the delay as all pairs see it: {estimate_text(injected)}, {injected.count} pairs; not to be"
                  f" certainly more than {100 * (EFFECT + LARGER):.1f} %")
    for delay, other in delays(runs).items():
        if delay != 100 * EFFECT:
            yield study.Verdict(None, f"a delay of {delay:g} % found in {sum(map(is_found, other.ratios))} of"
                                f" {len(other.ratios)} comparisons, as all pairs see it:"
                                f" {estimate_text(stats.estimate(other.logs))}")
    yield study.Verdict(None, table(found, is_found, "found"))


# ---- The table ----

def estimate_text(logs):
    """A median of log ratios as a percentage with its interval."""
    median, low, high = (f"{100 * math.expm1(log):+.2f} %" for log in logs[:3])
    return f"{median} [{low} {high}]"


def half_width(estimate):
    """Of a ratio's interval, in percent."""
    return 50 * math.log(estimate.high / estimate.low)


def table(found, judge, heading):
    """How many comparisons `judge` says yes to, for each composition, operation and scale, with the pairs' median and
    spread, the usual interval of a comparison, and how many pairs one needs to see a difference of 5 %."""
    rows = []
    for place, logs in found.logs.groupby(level=CELL):
        ratios, middle = found.ratios.xs(place, level=CELL), stats.estimate(logs)
        spread = (logs.quantile(0.75) - logs.quantile(0.25)) / 1.349
        wanted = stats.pairs_wanted(list(logs - middle.median), EFFECT, POWER)
        rows.append([*place[:2], short_scale(place[2]), str(len(ratios)), str(sum(map(judge, ratios))), str(len(logs)),
                     estimate_text(middle), f"{100 * spread:.1f} %", f"{ratios.map(half_width).median():.1f} %",
                     str(wanted or "> 400")])
    return align([*CELL, "comparisons", heading, "pairs", "median of pairs", "spread", "+-", "pairs for 5 %"],
                 rows, figures=7, cell=0)


# ---- The figure ----

BINS = 20  # of a histogram, about


def read(results):
    """{study: Compared} of those that were measured, one at least."""
    found = {}
    for name, comparisons in (("aa", compared), ("power", the_delay)):
        try:
            found[name] = comparisons(study.read(name, results.directory)[1])
        except NotMeasured as reason:
            lacking = reason
    if not found:
        raise lacking
    return found


def draw_ratios(axes, ratios, judge, names, truth):
    """How many comparisons found which ratio, those that the judge says yes to apart; above them the interval that a
    comparison typically has, about the ratio that is true."""
    marked = ratios.map(judge)
    slower = ratios.map(lambda ratio: 100 * (ratio.median - 1))
    groups = [slower[marked], slower[~marked]]
    low, high = math.floor(min(0, slower.min())), math.ceil(max(0, slower.max()))
    step = max(0.5, round((high - low) / BINS))  # percent
    edges = [low + step * i for i in range(math.ceil((high - low) / step) + 1)]
    # Told apart in grey, too: what is marked is hatched.
    counts, _, bars = axes.hist(groups, edges, stacked=True, color=[drawing.VERMILION, "#9ECAE1"],
                                edgecolor=drawing.BLACK, linewidth=0.5,
                                label=[f"{name}: {len(group)}" for name, group in zip(names, groups)])
    for bar in bars[0]:
        bar.set_hatch("////")
    most, place = counts[-1].max(), 100 * (truth - 1)
    whole = ratios[ratios.map(lambda ratio: ratio.low is not None)]
    if len(whole):
        below = whole.map(lambda ratio: 1 - ratio.low / ratio.median).median()
        above = whole.map(lambda ratio: ratio.high / ratio.median - 1).median()
        axes.errorbar([place], [1.1 * most], xerr=[[100 * truth * below], [100 * truth * above]],
                      color=drawing.BLACK, marker="D", linestyle="none", label="a typical interval")
    for at, line in ((0, "-"), (place, ":")):
        axes.axvline(at, color=drawing.BLACK, linewidth=0.8, linestyle=line, zorder=panels.RULE)
    axes.set_ylim(0, 1.65 * most)  # room for the legend
    axes.set_ylabel(f"of {len(ratios)} comparisons")
    axes.set_xlabel("found to take longer by, %")
    axes.grid(False, axis="x")
    axes.legend(loc="upper left", handlelength=1.5, frameon=True, framealpha=1, edgecolor="white")


def draw_p_values(axes, p_values):
    """The share of p-values up to each p; without differences it lies below the diagonal, since there are only so many
    signs that a few pairs can have."""
    ordered = sorted(p_values)
    shares = numpy.arange(1, len(ordered) + 1) / len(ordered)
    axes.step([0, *ordered, 1], [0, *shares, 1], where="post", color=drawing.BLUE, label="found")
    axes.plot([0, 1], [0, 1], color=drawing.BLACK, linewidth=0.8, linestyle="--", label="chance, at most")
    axes.axvline(SURPRISE, color=drawing.GREY, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("p that a program and its copy are the same")
    axes.set_title("Share of comparisons with at most this p")
    axes.legend(loc="lower right")


def fill(figure, found):
    axes = iter(figure.subplots(1, 2 * ("aa" in found) + ("power" in found), squeeze=False)[0])
    if "aa" in found:
        copies = next(axes)
        draw_ratios(copies, found["aa"].ratios, is_flagged, ("flagged", "not flagged"), 1)
        copies.set_title("A program beside its own copy")
        draw_p_values(next(axes), found["aa"].p_values)
    if "power" in found:
        delayed = next(axes)
        draw_ratios(delayed, found["power"].ratios, is_found, ("found", "missed"), 1 + EFFECT)
        delayed.set_title(f"With a delay of {100 * EFFECT:.0f} % over without")


def tell(found):
    if "aa" in found:
        ratios = found["aa"].ratios
        yield (f"Of {len(ratios)} comparisons of a program with its own copy {sum(map(is_flagged, ratios))} are"
               f" flagged; more than {flags_allowed(len(ratios))} would be a surprise.")
    else:
        yield "Copies of one program: not measured: make instrument measures it."
    if "power" in found:
        ratios = found["power"].ratios
        wanted = finds_wanted(len(ratios))
        yield (f"A delay of {100 * EFFECT:.0f} % is found in {sum(map(is_found, ratios))} of {len(ratios)}"
               " comparisons; "
               + (f"at least {wanted} are to be." if wanted <= len(ratios) else "these are too few to tell."))
    else:
        yield "A delay that is there: not measured: make instrument measures it."


TRUST = Question("Can the instrument be trusted?", "instrument", (11, 4.2), read, fill, tell)
