"""The race against the best there is: the yardstick runs with the hash and the pages that serve it best, where several
of these were measured, and the subject with what all others have, or with its own best."""
from typing import NamedTuple

from .. import pairs
from ..printing import align, digits, op_order, short_scale, with_interval
from ..results import where
from ..stats import Estimate, estimate
from . import evidence
from .targets import SUBJECT, TARGETS, TIME, YARDSTICK

NOTE = (
    f"{SUBJECT} over {YARDSTICK}: below 1 is faster.  Tuned: with the hash, and from the allocator, with which its"
    f" median time was\nthe least; not tuned: {evidence.HASH}, from glibc.  huge-pages is glibc's malloc asking for"
    " pages of 2 MB.  All ran in the\nsame blocks.")
CHOICE = ["hash", "allocator"]


class Race(NamedTuple):
    place: evidence.Place
    mine: tuple        # hash, allocator
    theirs: tuple
    neither: Estimate  # tuned
    over_tuned: Estimate
    both: Estimate


def best(times):
    """The choice with the least median.  times: a Series by hash, allocator and block."""
    return times.groupby(CHOICE).median().idxmin()


def race(place, mine, theirs):
    plain = next(choice for choice in mine.groupby(CHOICE).groups if evidence.is_plain(*choice))
    choices = (plain, plain), (plain, best(theirs)), (best(mine), best(theirs))
    ratios = (pairs.over_turns((mine[of_mine] / theirs[of_theirs]).dropna()) for of_mine, of_theirs in choices)
    return Race(place, best(mine), best(theirs), *map(estimate, ratios))


def races(found):
    for study in found:
        for place, runs in study.every.groupby(list(evidence.Place._fields)):
            mine, theirs = (pairs.by_turn(where(runs, variant=name).set_index([*CHOICE, "block"])).dropna().sort_index()
                            for name in (SUBJECT, YARDSTICK))
            if min(times.groupby(CHOICE).ngroups for times in (mine, theirs)) > 1:
                yield race(evidence.Place(*place), mine, theirs)


def target_at(place):
    return next((target.at_most[place.scale] for target in TARGETS if place.scale in target.at_most and (
        target.op, target.over, target.subject, target.value) == (place.op, YARDSTICK, SUBJECT, TIME)), None)


def table(found):
    rows = []
    for one in sorted(races(found), key=lambda one: (op_order(one.place.op), one.place)):
        target = target_at(one.place)
        rows.append([one.place.op, short_scale(one.place.scale), " ".join(one.mine), " ".join(one.theirs),
                     digits(target) if target else "-", *map(with_interval, one[3:])])
    header = ["", "entries", f"{SUBJECT}'s best", f"{YARDSTICK}'s best", "target", "neither tuned",
              f"{YARDSTICK} tuned", "both tuned"]
    return align(header, rows, figures=4, cell=1) if rows else ""
