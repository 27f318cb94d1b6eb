"""Fills the maps whose counts the audit needs and no experiment has, and writes them down.

    trees.csv       the shape of each full map, as the measuring program prints it; the program ends with an error if a
                    single key of the full map is not found again
    switches.csv    how often the processes of one cell gave up the processor to wait

The counts in trees.csv depend on nothing but keys and hash, so they are the same on every machine.  About five
minutes, and 6 GB of memory for ten million entries.
"""
import contextlib
import itertools
import json

from .. import cell, runner
from ..command import BadSetting, Failure
from ..printing import PATTERNS
from ..results import RESULTS
from ..shape import pool
from ..store import STORE, connect
from .report import write_rows

SCALES = [1000, 10000, 100000, 1000000]
HASHES = ["xxh3", "wyhash", "murmur3", "siphash", "fnv1a"]
TREE_COLUMNS = ["composition", "pattern", "scale", "hash", "pool_slots", "tree"]
SWITCH_COLUMNS = ["composition", "op", "pattern", "scale", "process", "blocks", "switches"]
SOME_RANDOM = 95219  # distinct keys, of 100,000 drawn
WAITING = ("outline", "sequential", 100000)  # the cell of switches.csv
PROCESSES = 12
# Compositions, patterns, scales and hashes, each with each other.
GRIDS = [
    (["outline"], PATTERNS, SCALES, HASHES),
    (["outline"], ["sequential", "random"], [10 ** 7], ["xxh3"]),
    (["outline"], ["random"], [SOME_RANDOM], ["xxh3"]),
    (["outline"], ["sequential"], [100000], ["identity", "weak"]),
    (["outline+lazy", "outline+pathcomp", "reference"], PATTERNS, SCALES, ["xxh3"]),
    (["outline+lazy", "reference"], ["sequential"], [100000], ["murmur3"]),
    (["phase2.5"], PATTERNS, SCALES, ["xxh3"]),
    (["phase2.5"], ["sequential", "random"], [130000], ["xxh3"]),
    (["phase2"], ["sequential"], [1000, 10000, 50000, 100000], ["xxh3"]),
    (["phase2.5"], ["sequential"], [50000], ["xxh3"]),
    (["outline+arena+growpool+exact"], ["sequential"], SCALES, ["xxh3"]),
    (["reference"], ["random"], [10 ** 7], ["murmur3"]),
    (["reference"], ["random"], [1000, 10000], ["weak"]),
]


def wanted():
    """(composition, pattern, scale, hash, pool slots or None) of every map, none twice."""
    own = [(*row, None) for grid in GRIDS for row in itertools.product(*grid)]
    sized = [("phase2.5", pattern, scale, "xxh3", pool.with_headroom(pool.SLOTS_PER_ENTRY * scale))
             for pattern, scale in itertools.product(PATTERNS, SCALES)]
    return list(dict.fromkeys(own + sized))


def plan():
    """Each map once; those whose waiting is counted in as many processes."""
    def line(composition, pattern, scale, hash_name="xxh3", slots=None, processes=1):
        return cell.Filled(composition, hash_name, "u64", pattern, scale).plan(OPS="put", REPS=processes, SAMPLES=1,
                                                                              pool_slots=slots)
    return "".join([*itertools.starmap(line, wanted()), line(*WAITING, processes=PROCESSES)])


def switch_rows(connection, experiment, line):
    """The processes of that last cell, and how often each waited."""
    composition, pattern, scale = WAITING
    rows = connection.execute("SELECT value FROM process JOIN value USING (experiment, slot) WHERE experiment = ? AND"
                              " cell = ? AND name = 'waits' ORDER BY block", (experiment, line["cell"]))
    return [[composition, "put", pattern, scale, number, line["tree"]["blocks"], int(waits)]
            for number, (waits,) in enumerate(rows)]


def audit_counts(out=RESULTS / "audit", store=STORE):
    """Fills the maps that the audit needs and writes what is counted of them into OUT; those that STORE has of an
    interrupted run are not filled again."""
    if not out.is_dir():
        raise BadSetting(f"OUT={out}: no such directory")
    experiment, complete = runner.measure(plan(), store, "audit-counts", "--timeout", "3600")
    if not complete:
        raise Failure("not every map was filled: the lines above say why")
    with contextlib.closing(connect(store)) as connection:
        *lines, waiting = cell.full_maps(connection, experiment)
        write_rows(out / "switches.csv", SWITCH_COLUMNS, switch_rows(connection, experiment, waiting))
        write_rows(out / "trees.csv", TREE_COLUMNS, [
            [*where, slots or "", json.dumps(line["tree"], separators=(",", ":"))]
            for (*where, slots), line in zip(wanted(), lines, strict=True)])
