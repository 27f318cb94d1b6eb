"""Figures about the instrument itself: does it see what is there, and nothing else?"""
from typing import NamedTuple

from .. import stats
from ..instrument import studies, verdict as instrument
from ..tables import short_scale
from . import drawing, panels
from .question import NotMeasured, Question, demand


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


def draw_ratios(axes, ratios, marked, label, other):
    """Ratios from the smallest to the largest; those that the judge marks stand out."""
    ordered = sorted(ratios, key=lambda ratio: ratio.median)
    yes, no = panels.look(1) | {"markersize": 4}, panels.look(0, full=False) | {"markersize": 2.5}
    labels = {True: label, False: other}
    for place, ratio in enumerate(ordered):
        found = marked(ratio)
        panels.point(axes, place, ratio.median, ratio, "y", labels[found], elinewidth=0.6,
                     **(yes if found else no))
        labels[found] = None
    axes.axhline(1, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    seen = [value for ratio in ratios for value in ratio[:3] if value is not None] + [1]
    drawing.factor_axis(axes.yaxis, 0.98 * min(seen), 1.02 * max(seen))
    axes.set_xticks([])
    axes.set_xlabel(f"{len(ratios)} comparisons, in the order of their medians")
    axes.legend(loc="upper left", handlelength=1, ncol=2)


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
        draw_ratios(axes["copies"], trust.copies, instrument.is_flagged, "flagged", "not flagged")
        axes["copies"].set_title("A program beside its own copy:\ntime over the copy's")
        draw_p_values(axes["p"], trust.p_values)
    if "delayed" in axes:
        draw_ratios(axes["delayed"], trust.delayed, instrument.is_found, "found", "missed")
        axes["delayed"].axhline(1 + instrument.EFFECT, color=drawing.GREY, linewidth=0.8,
                                linestyle=":")
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
