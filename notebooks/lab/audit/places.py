"""Ratios of stored times as the paper and its findings name them.

Every field of a place may be a fraction, so one notation says what is compared, whatever it is:

    get lazy/list                          one composition over another
    get_chained/get list                   one operation over another, of the same composition
    put reference scale=100K/10K           the same at two scales
    put list alloc=mimalloc/glibc          under two allocators
    get list hash=siphash/xxh3             with two hashes
    put/insert10 reference scale=100K/10K  several at once

What is not said: 100,000 integer keys, shuffled, under XXH3 and the C library's malloc.
"""
import statistics

from ..settings import Wrong, read_scale
from ..command import BadSetting
from ..stats import estimate
from .evidence import Place, common_blocks, in_order

USUAL = {"pattern": "shuffled", "scale": "100K", "hash": "xxh3", "key": "u64", "alloc": "glibc"}
FIELDS = ("op", "composition", *USUAL)


class NotMeasured(Exception):
    """There is no evidence; the text says of what."""


def places(op, composition, **options):
    """The Places of a fraction: two, or one if nothing is divided."""
    unknown = options.keys() - USUAL
    if unknown:
        raise BadSetting(f"no such option: {', '.join(sorted(unknown))}")
    given = {"op": op, "composition": composition, **USUAL, **options}
    halves = [{}, {}]
    for field in FIELDS:
        upper, _, lower = given[field].partition("/")
        for half, value in zip(halves, (upper, lower or upper)):
            half[field] = value
    try:
        found = [Place(half["composition"], half["op"], half["pattern"], read_scale(half["scale"]),
                       half["hash"], half["key"], half["alloc"]) for half in halves]
    except Wrong as error:
        raise BadSetting(f"scale: wanted {error}") from None
    return found[:1] if found[0] == found[1] else found


def name_of(where):
    """What tells places apart, for messages."""
    return " and ".join(f"{place.op} {place.composition} {place.pattern} {place.scale}"
                        f" {place.hash} {place.key} {place.allocator}" for place in where)


def replicates(evidence, where, within=""):
    """The places' Replicates, from one experiment: the one that is named, or the one that has all
    of them with the most processes."""
    if within:
        table = evidence.experiments.get(within, {})
        found = [table.get(place._replace(composition=in_order(place.composition)))
                 for place in where]
        group = found if all(found) else None
    else:
        group = evidence.together(where)
    if not group:
        raise NotMeasured(f"{name_of(where)}{f' in {within}' if within else ''}")
    return group


def by_block(evidence, where, within=""):
    """{block: ns, or their ratio if there are two places}"""
    times = [one.ns_per_op for one in replicates(evidence, where, within)]
    found = {block: times[0][block] / times[1][block] if len(times) == 2 else times[0][block]
             for block in common_blocks(times)}
    if not found:
        raise NotMeasured(name_of(where))
    return found


def measured(evidence, where, within=""):
    """The median of by_block with its interval."""
    return estimate(by_block(evidence, where, within).values())


def memory(evidence, where, field="bytes_per_entry", within=""):
    """Bytes an entry, or their ratio: medians over processes, which differ by their keys alone."""
    values = [getattr(one, field) for one in replicates(evidence, where, within)]
    if not all(values):
        raise NotMeasured(f"{field} of {name_of(where)}")
    sizes = [statistics.median(value.values()) for value in values]
    return sizes[0] / sizes[1] if len(sizes) == 2 else sizes[0]
