"""The race in which each runs with the hash and the pages that serve it best, where several of these were measured."""
from typing import NamedTuple

from ..printing import align, op_order, short_scale, with_interval
from ..stats import Estimate, estimate
from . import evidence
from .targets import SUBJECT, TIME, YARDSTICK

NOTE = f"""\
{SUBJECT} over {YARDSTICK}, each with the hash, and from the allocator, with which its median time was the least: below 1 is
faster.  huge-pages is glibc's malloc asking for pages of 2 MB.  All of them ran in the same blocks."""
CHOICE = ["hash", "allocator"]


class Race(NamedTuple):
    place: evidence.Place
    mine: tuple    # hash, allocator
    theirs: tuple
    ratio: Estimate
    plain: Estimate  # where both have the hash of all other tables and the system's allocator


def best(times):
    """The choice with the least median.  times: a Series by hash, allocator and block."""
    return times.groupby(CHOICE).median().idxmin()


def races(found):
    for study in found:
        for place, runs in study.every.groupby(list(evidence.Place._fields)):
            mine, theirs = (runs[runs["variant"] == name].set_index([*CHOICE, "block"])[TIME].dropna().sort_index()
                            for name in (SUBJECT, YARDSTICK))
            choices = [times.index.droplevel("block").unique() for times in (mine, theirs)]
            if min(map(len, choices)) > 1:
                plain = next(choice for choice in choices[0] if evidence.is_plain(*choice))
                yield Race(evidence.Place(*place), best(mine), best(theirs),
                           *(estimate((mine[of_mine] / theirs[of_theirs]).dropna())
                             for of_mine, of_theirs in ((best(mine), best(theirs)), (plain, plain))))


def table(found):
    rows = [[race.place.op, short_scale(race.place.scale), *(" ".join(choice) for choice in (race.mine, race.theirs)),
             *map(with_interval, (race.ratio, race.plain))]
            for race in sorted(races(found), key=lambda race: (op_order(race.place.op), race.place))]
    return align(["", "entries", SUBJECT, YARDSTICK, "ratio", f"both with {evidence.HASH}"], rows, figures=2,
                 cell=1) if rows else ""
