"""What times come from: exact counts of an operation beside its time, and how many of the machine's loads it lasts."""
from ..counts import exact
from ..instrument import limits, study
from ..printing import align, digits, op_order, short_scale, with_interval
from ..results import NotMeasured
from . import evidence
from .targets import BYTES, TIME

COUNTS = {"instr.": "instructions", "miss L1": "d1_misses", "chain": "chain", "lines": "lines", "pages": "pages"}
LOADS = ["m", "k", "x floor"]
ENTRY_BYTES = limits.ENTRY_BYTES[exact.KEY]

NOTE = f"""\
Counts of one operation (make counts explains them) beside its time, where they are stored (make VARIANTS=x recount).
m: ns of a load that waits for the one before, from a random line of as many bytes as became resident; k: how many of
these last as long as the operation; x floor: how many of such loads from the entries' own {ENTRY_BYTES} bytes alone do.
They are told where the loads of the machine that measured were timed (make STUDIES=limits instrument)."""


def limits_of(machine, results):
    """What its loads cost; None if they were not timed."""
    try:
        about, measured = study.read("limits", results)
    except NotMeasured:
        return None
    return measured if about["machine"] == machine else None


def in_loads(runs, size, place, results):
    """m, k and x floor of one competitor's runs, as they are printed."""
    costs = limits_of(runs["machine"].iloc[0], results)
    if costs is None or size is None:
        return ["-"] * len(LOADS)
    each, lasting = limits.in_loads(runs[TIME], costs, size.median * place.scale)
    return [digits(each.median), with_interval(lasting),
            with_interval(limits.in_loads(runs[TIME], costs, ENTRY_BYTES * place.scale)[1])]


def over_floor_of_many(runs, place, results):
    """How many loads from the entries' bytes last as long as an operation, where many loads are under way at once."""
    costs = limits_of(runs["machine"].iloc[0], results)
    if costs is None or place.key not in limits.ENTRY_BYTES or not (costs["what"] == limits.MANY).any():
        return None
    return limits.in_loads(runs[TIME], costs, limits.ENTRY_BYTES[place.key] * place.scale, limits.MANY)[1]


def rows(found, results):
    counted = exact.load()
    for place in sorted(evidence.places(found), key=lambda place: (op_order(place.op), place)):
        for name in evidence.names_at(found, place):
            counts = exact.of_cell(counted, name, place.op, place.pattern, place.scale, place.key, evidence.HASH)
            runs = evidence.with_all(found, place, [name], TIME)
            if counts is None or runs is None:
                continue
            runs = runs[(runs["variant"] == name) & runs[TIME].notna()]
            size = evidence.figure(found, place._replace(op="put"), name, BYTES)
            yield [place.op, short_scale(place.scale), name, digits(runs[TIME].median()),
                   *map(digits, counts[[*COUNTS.values()]]), *in_loads(runs, size, place, results)]


def table(found, results):
    lines = list(rows(found, results))
    return align(["", "entries", "", "ns", *COUNTS, *LOADS], lines, figures=len(COUNTS) + len(LOADS) + 1,
                 cell=2) if lines else ""
