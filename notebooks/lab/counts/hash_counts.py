"""How many instructions does each hash take?  Those of a get that belong to hashing its key.

A hash takes some nanoseconds of a get that takes hundreds, which no clock on a shared machine can tell apart.  Its
instructions can be counted exactly (lab.counts.callgrind), and which ones they are is told by the lines of source they
stem from (lab.counts.attribution)."""
from .. import printing
from ..settings import STORED_BASELINE
from ..shape.hashes import HASHES
from . import attribution, callgrind, stored

KEYS = ("u64", "str")
# Hashing a key is the same work in every composition, at every scale.
COMPOSITION, OP, PATTERN, SCALE = STORED_BASELINE, "get", "random", 1000


def count(hash_name, key):
    program = callgrind.program_of(COMPOSITION, hash_name, key)
    counted = callgrind.count(program, OP, PATTERN, SCALE)
    rows = attribution.rows_of(counted, COMPOSITION, OP, PATTERN, SCALE)
    return callgrind.origin_of(program) | {
        "hash": hash_name, "key": key, "operations": counted.operations, "of_all": counted.per_operation("Ir"),
        "instructions": rows.loc[rows["category"] == "hashing", "instructions"].sum()}


def store_all(where=stored.HERE):
    stored.save(stored.typed([count(name, key) for key in KEYS for name in HASHES], "hashes"), "hashes", where)


def load(where=stored.HERE):
    """{key: {hash: instructions}}; empty if nothing is stored."""
    rows = stored.load("hashes", where)
    return {key: dict(zip(some["hash"], some["instructions"])) for key, some in rows.groupby("key", sort=False)}


def table():
    found = load()
    return "instructions of hashing a key\n\n" + printing.columns(["hash", *found], [
        [name, *(printing.digits(by_hash[name]) for by_hash in found.values())] for name in HASHES])
