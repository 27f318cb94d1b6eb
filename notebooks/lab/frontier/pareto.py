"""How much memory does speed cost?  Time over memory of every layout and peer: whoever is not beaten in both stands on
the front, which is drawn.

Times are ratios to those of the hash table that all is held against, in the same block; memory is what became resident;
both are logarithmic.  A panel is of one experiment, that which has the most competitors there: times of others were
taken in another way, or beside another state of the machine.  There is a panel for each of get and put, at the two
scales where most were measured.

Peers are named, and compositions that have a name of their own; the others, one point each among many, are not.
"""
import math
from typing import NamedTuple

from .. import drawing, panels
from ..printing import digits, short_scale, with_interval
from ..question import Question, demand
from ..settings import USUAL
from ..stats import Estimate
from . import evidence
from .targets import BYTES, TIME, YARDSTICK

OPS = ("get", "put")
MOST_SCALES = 2
OURS, OTHERS, PEERS, FRONT = ("layouts of hamtlab", "other compositions of its parts", "other libraries' maps",
                              "the front: nobody beats these in both")
LOOKS = {OURS: panels.look(0), PEERS: panels.look(1),
         OTHERS: panels.look(0, full=False) | {"markersize": 3.5, "markeredgewidth": 0.7}}


class Point(NamedTuple):
    name: str
    bytes: Estimate  # an entry
    time: Estimate   # over the yardstick's
    kind: str        # OURS, OTHERS or PEERS


def kind_of(name):
    if name in evidence.compose.peer_names():
        return PEERS
    baselines = (path.name for path in evidence.compose.baselines())
    return OURS if name in {*USUAL, *evidence.compose.lineups(), *baselines} else OTHERS


def points_at(found, op, scale):
    """Those of one experiment, by name: of all that have the yardstick there, that with the most competitors."""
    runs = max((runs for runs in evidence.every_runs_at(found, evidence.Place(op, scale))
                if YARDSTICK in set(runs["variant"])), key=lambda runs: runs["variant"].nunique(), default=None)
    if runs is None:
        return []
    ratios = {YARDSTICK: Estimate(1, None, None, 0)} | evidence.ratios_to(runs, YARDSTICK, TIME)
    sizes = {name: evidence.figure(found, evidence.Place("put", scale), name, BYTES) for name in ratios}
    return [Point(name, sizes[name], ratio, kind_of(name)) for name, ratio in sorted(ratios.items()) if sizes[name]]


def front(points):
    """Those that no other beats, or equals, in both; from the smallest to the fastest."""
    best = []
    for point in sorted(points, key=lambda point: (point.bytes.median, point.time.median)):
        if not best or point.time.median < best[-1].time.median:
            best.append(point)
    return best


def panels_of(found):
    """{(op, scale): [Point]}"""
    scales = {place.scale for place in evidence.places(found) if place[2:] == ("shuffled", "u64")}
    by_scale = {scale: {op: points_at(found, op, scale) for op in OPS} for scale in scales}
    most = sorted((scale for scale, of in by_scale.items() if all(of.values())), key=lambda scale: (
        min(map(len, by_scale[scale].values())), scale))[-MOST_SCALES:]
    return demand({(op, scale): by_scale[scale][op] for scale in sorted(most) for op in OPS},
                  f"get and put of shuffled keys beside {YARDSTICK}")


# ---- Names beside points ----

PANEL = (300, 180)  # points of the typesetter's, about: its width and height
LETTER, HEIGHT, MARK, GAP = 4.7, 9, 6, 5  # of a name at 8 points, of a marker


def overlap(one, other):
    return all(one[side] < other[side + 2] and other[side] < one[side + 2] for side in (0, 1))


def name_places(points, x_of, y_of):
    """{name: (how many points right, up), and how it is aligned} so that no name hides another, a marker or its
    interval, and as few as can be of those without a name.  x_of, y_of: from bytes and from a time to where they stand
    on the panel, from 0 to 1."""
    at, taken, small = {}, [], []
    for point in points:
        x, y = PANEL[0] * x_of(point.bytes.median), PANEL[1] * y_of(point.time.median)
        low, high = (y, y) if point.time.low is None else (PANEL[1] * y_of(end) for end in point.time[1:3])
        if point.kind == OTHERS:
            small.append((x - MARK / 4, y - MARK / 4, x + MARK / 4, y + MARK / 4))
        else:
            at[point.name] = x, y
            taken.append((x - MARK / 2, min(low, y - MARK / 2), x + MARK / 2, max(high, y + MARK / 2)))
    found = {}
    for name, (x, y) in sorted(at.items(), key=lambda each: -each[1][1]):
        width, boxes = LETTER * len(name), {}
        for side, up in ((side, up) for up in (7, -7, 0, 15, -15, 23, -23, 31, -31) for side in (1, -1)):
            left = x + GAP if side > 0 else x - GAP - width
            boxes[side, up] = (left, y + up - HEIGHT / 2, left + width, y + up + HEIGHT / 2)

        def hidden(choice):
            box = boxes[choice]
            return ((box[0] < 0 or box[2] > PANEL[0]) + sum(overlap(box, other) for other in taken),
                    sum(overlap(box, other) for other in small))
        choice = min(boxes, key=hidden)
        taken.append(boxes[choice])
        found[name] = (choice[0] * GAP, choice[1]), "left" if choice[0] > 0 else "right"
    return found


# ---- The figure ----

def share_of(low, high):
    """Where on a logarithmic axis a value stands, from 0 to 1."""
    return lambda value: math.log(value / low) / math.log(high / low)


def fill_panel(axes, points):
    limits = [drawing.room_around([value for point in points for value in figure(point)[:3] if value is not None], 0.08)
              for figure in (lambda point: point.bytes, lambda point: point.time)]
    drawing.factor_axis(axes.xaxis, *limits[0], drawing.plain_ticks(*limits[0], 7))
    drawing.factor_axis(axes.yaxis, *limits[1], drawing.plain_ticks(*limits[1], 7))
    axes.axhline(1, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    best = front(points)
    corners = [(best[0].bytes.median, limits[1][1]), *((point.bytes.median, point.time.median) for point in best),
               (limits[0][1], best[-1].time.median)]
    axes.step(*zip(*corners), where="post", color=drawing.GREY, linewidth=1, label=FRONT, zorder=1)
    for kind, style in LOOKS.items():
        for number, point in enumerate(point for point in points if point.kind == kind):
            time = Estimate(point.time.median, None, None, 0) if kind == OTHERS else point.time
            panels.point(axes, point.bytes.median, point.time.median, time, "y", None if number else kind, **style)
    places = name_places(points, share_of(*limits[0]), share_of(*limits[1]))
    for point in points:
        if point.name in places:
            offset, side = places[point.name]
            axes.annotate(point.name, (point.bytes.median, point.time.median), textcoords="offset points",
                          xytext=offset, ha=side, va="center", fontsize=8,
                          weight="bold" if point in best else "normal", path_effects=drawing.halo())


def fill(figure, found):
    above, strip = panels.with_legend(figure, 0.05)
    rows = list(dict.fromkeys(scale for _, scale in found))
    axes = above.subplots(len(rows), len(OPS), squeeze=False)
    for row, scale in zip(axes, rows):
        for one, op in zip(row, OPS):
            fill_panel(one, found[op, scale])
            one.set_title(f"{op}, {short_scale(scale)} entries: time over {YARDSTICK}'s")
    for one in axes[-1]:
        one.set_xlabel("resident bytes/entry; left and below is better")
    panels.shared_legend(strip, axes.ravel(), order=(OURS, OTHERS, PEERS, FRONT))


def tell(found):
    for (op, scale), points in found.items():
        told = [f"{point.name} ({digits(point.bytes.median)} bytes/entry, {with_interval(point.time)} of the time)"
                if point.name != YARDSTICK else f"{point.name} ({digits(point.bytes.median)} bytes/entry)"
                for point in front(points)]
        beaten = len(points) - len(told)
        yield (f"{op}, {short_scale(scale)} entries, from the smallest to the fastest: {', '.join(told)};"
               f" {beaten} are beaten.")


QUESTION = Question("How much memory does speed cost?", "frontier", (10, 8.4),
                    lambda stored: panels_of(evidence.studies(stored.directory)), fill, tell)
