"""Figures about the instrument itself: does it see what is there, and nothing else?"""
import math
import statistics
from typing import NamedTuple

from .. import stats
from ..instrument import studies, verdict as instrument
from ..printing import short_scale
from .. import drawing, panels
from ..question import NotMeasured, Question, demand


BINS = 20  # of a histogram, about


class Trust(NamedTuple):
    copies: list    # Estimates of b over a, of a program beside its own copy
    p_values: list  # of the same comparisons, that there is no difference
    delayed: list   # Estimates of a program with a delay over the same without


def compared(rows):
    """(ratios, p-values) of a study of pairs."""
    found = instrument.comparisons(rows).values()
    return ([instrument.ratio(sides) for sides in found],
            [stats.sign_test_p(stats.log_ratios(sides["b"], sides["a"])) for sides in found])


def pairs_of(results, study):
    try:
        return compared(results.study(study)[0])
    except NotMeasured:
        return [], []


def read_trust(results):
    copies, p_values = pairs_of(results, "aa")
    delayed, _ = pairs_of(results, "power")
    if not copies and not delayed:
        results.study("aa")  # says what measures it
    return Trust(copies, p_values, delayed)


def draw_ratios(axes, ratios, marked, label, other, truth):
    """How many comparisons found which ratio, those that the judge marks apart; above them the
    interval that a comparison typically has, about the ratio that is true."""
    medians = {True: [], False: []}
    for ratio in ratios:
        medians[marked(ratio)].append(100 * (ratio.median - 1))
    every = [*medians[True], *medians[False], 0]
    low, high = math.floor(min(every)), math.ceil(max(every))
    step = max(0.5, round((high - low) / BINS))  # percent
    edges = [low + step * i for i in range(math.ceil((high - low) / step) + 1)]
    # Told apart in grey, too: what is marked is hatched.
    counts, _, _ = axes.hist([medians[True], medians[False]], edges, stacked=True,
                             color=[drawing.VERMILION, "#9ECAE1"], edgecolor=drawing.BLACK,
                             linewidth=0.5, label=[f"{label}: {len(medians[True])}",
                                                   f"{other}: {len(medians[False])}"])
    for bar in axes.containers[0]:
        bar.set_hatch("////")
    most = counts[-1].max()
    with_interval = [ratio for ratio in ratios if ratio.low is not None]
    if with_interval:
        below, above = (statistics.median(of(ratio) for ratio in with_interval) for of in (
            lambda ratio: 1 - ratio.low / ratio.median, lambda ratio: ratio.high / ratio.median - 1))
        axes.errorbar([100 * (truth - 1)], [1.1 * most], xerr=[[100 * truth * below],
                                                               [100 * truth * above]],
                      color=drawing.BLACK, marker="D", linestyle="none", label="a typical interval")
    for place, line in ((0, "-"), (100 * (truth - 1), ":")):
        axes.axvline(place, color=drawing.BLACK, linewidth=0.8, linestyle=line, zorder=panels.RULE)
    axes.set_ylim(0, 1.65 * most)  # room for the legend
    axes.set_ylabel(f"of {len(ratios)} comparisons")
    axes.set_xlabel("found to take longer by, %")
    axes.grid(False, axis="x")
    axes.legend(loc="upper left", handlelength=1.5, frameon=True, framealpha=1, edgecolor="white")


def draw_p_values(axes, p_values):
    """The share of p-values up to each p; without differences it lies below the diagonal, since
    there are only so many signs that a few pairs can have."""
    ordered = sorted(p_values)
    shares = [(i + 1) / len(ordered) for i in range(len(ordered))]
    axes.step([0, *ordered, 1], [0, *shares, 1], where="post", color=drawing.BLUE,
              label="found")
    axes.plot([0, 1], [0, 1], color=drawing.BLACK, linewidth=0.8, linestyle="--",
              label="chance, at most")
    axes.axvline(instrument.SURPRISE, color=drawing.GREY, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("p that a program and its copy are the same")
    axes.set_title("Share of comparisons with at most this p")
    axes.legend(loc="lower right")


def fill_trust(figure, trust):
    panes = [draw for draw, there in (("copies", trust.copies), ("p", trust.p_values),
                                      ("delayed", trust.delayed)) if there]
    axes = dict(zip(panes, figure.subplots(1, len(panes), squeeze=False)[0]))
    if "copies" in axes:
        draw_ratios(axes["copies"], trust.copies, instrument.is_flagged, "flagged", "not flagged", 1)
        axes["copies"].set_title("A program beside its own copy")
        draw_p_values(axes["p"], trust.p_values)
    if "delayed" in axes:
        draw_ratios(axes["delayed"], trust.delayed, instrument.is_found, "found", "missed",
                    1 + instrument.EFFECT)
        axes["delayed"].set_title(f"With a delay of {100 * instrument.EFFECT:.0f} % over without")


def tell_trust(trust):
    if trust.copies:
        flagged = sum(map(instrument.is_flagged, trust.copies))
        yield (f"Of {len(trust.copies)} comparisons of a program with its own copy {flagged} are"
               f" flagged; more than {instrument.flags_allowed(len(trust.copies))} would be a"
               " surprise.")
    else:
        yield "Copies of one program: not measured: make instrument measures it."
    if trust.delayed:
        seen = sum(map(instrument.is_found, trust.delayed))
        wanted = instrument.finds_wanted(len(trust.delayed))
        yield (f"A delay of {100 * instrument.EFFECT:.0f} % is found in {seen} of"
               f" {len(trust.delayed)} comparisons; "
               + (f"at least {wanted} are to be." if wanted <= len(trust.delayed) else
                  "these are too few to tell."))
    else:
        yield "A delay that is there: not measured: make instrument measures it."


TRUST = Question("Can the instrument be trusted?", "instrument", (11, 4.2), read_trust, fill_trust,
                 tell_trust)


# ---- How much does where the program lies in memory decide? ----

KINDS = {"same": "copies", "link": "order of linking", "move": "start moved",
         "envs": "size of the environment"}


class Spread(NamedTuple):
    places: list  # (op, scale)
    by_kind: dict  # {kind: {place: Estimate of the standard deviation of layouts, in percent}}


def read_spread(results):
    medians = instrument.layout_medians(results.study("layout")[0])
    by_kind = {kind: {} for kind in studies.LAYOUT_KINDS}
    for place, kinds in sorted(medians.items()):
        for kind, values in kinds.items():
            found = stats.bootstrap(values, instrument.deviation, resamples=500)
            by_kind[kind][place] = stats.Estimate(*(None if value is None else 100 * value
                                                    for value in found[:3]), found.count)
    demand(medians, "layout")
    return Spread(sorted(medians), {kind: found for kind, found in by_kind.items() if found})


def name_of(place):
    return f"{place[0]} {short_scale(place[1])}"


def fill_spread(figure, spread):
    above, strip = panels.with_legend(figure, 0.1)
    axes = above.subplots()
    panels.factors(axes, list(map(name_of, spread.places)), {
        KINDS[kind]: {name_of(place): value for place, value in found.items()}
        for kind, found in spread.by_kind.items()}, one=None,
        looks={KINDS[kind]: panels.look(number, full=number > 0)
               for number, kind in enumerate(spread.by_kind)})
    axes.set_title("standard deviation of the layouts' median times, %")
    panels.shared_legend(strip, [axes])


def tell_spread(spread):
    for kind, found in spread.by_kind.items():
        worst = max(found, key=lambda place: found[place].median)
        yield (f"{KINDS[kind]}: at most {found[worst].median:.2f} % [{found[worst].low:.2f}"
               f" {found[worst].high:.2f}], {name_of(worst)}, {found[worst].count} layouts.")


LAYOUT = Question("How much does the program's place in memory decide?", "layout", (7.5, 4),
                  read_spread, fill_spread, tell_spread)
