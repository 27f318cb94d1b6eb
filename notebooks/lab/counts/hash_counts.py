"""How many instructions does each hash take?  Those of a get that belong to hashing its key.

A hash takes some nanoseconds of a get that takes hundreds, which no clock on a shared machine can tell apart.  Its
instructions can be counted exactly (lab.counts.counting), and which ones they are is told by the lines of source they
stem from (lab.counts.attribution)."""
from .. import printing
from ..settings import STORED_BASELINE
from ..shape.hashes import HASHES
from . import stored
from .counting import Wanted, digest_of

KEYS = ("u64", "str")
# Hashing a key is the same work in every composition, at every scale.
COMPOSITION, OP, PATTERN, SCALE, SEED = STORED_BASELINE, "get", "random", 1000, 1


def wanted_cells():
    return [Wanted(COMPOSITION, name, key, OP, PATTERN, SCALE, SEED) for key in KEYS for name in HASHES]


def is_of(count):
    """Is this a count of a hash?"""
    return all(count.place[name] == value for name, value in (
        ("composition", COMPOSITION), ("op", OP), ("pattern", PATTERN), ("scale", SCALE)))


def is_stored(wanted, where=stored.HERE):
    """Was this very program counted?"""
    rows = stored.load("hashes", where)
    return digest_of(wanted.program()) in set(rows["program"][(rows["hash"] == wanted.hash)
                                                              & (rows["key"] == wanted.key)])


def row_of(count):
    hashing = sum(spent.get("instructions", 0) for (category, *_), spent in count.spent().items()
                  if category == "hashing")
    return count.origin | {"hash": count.place["hash"], "key": count.place["key"], "operations": count.operations,
                           "of_all": count.values["instructions"] / count.operations, "instructions": hashing}


def save(found, where=stored.HERE):
    """Puts what was counted in the place of what is stored of the same hashes and keys, in the order of both."""
    if not found:
        return
    rows = stored.instead(stored.load("hashes", where), stored.typed(map(row_of, found), "hashes"), ["hash", "key"])
    order = rows.apply(lambda row: (KEYS.index(row["key"]), HASHES.index(row["hash"])), axis=1, result_type="reduce")
    stored.save(rows.loc[order.sort_values().index], "hashes", where)


def load(where=stored.HERE):
    """{key: {hash: instructions}}; empty if nothing is stored."""
    rows = stored.load("hashes", where)
    return {key: dict(zip(some["hash"], some["instructions"])) for key, some in rows.groupby("key", sort=False)}


def table():
    found = load()
    return "instructions of hashing a key\n\n" + printing.columns(["hash", *found], [
        [name, *(printing.digits(by_hash[name]) for by_hash in found.values())] for name in HASHES])
