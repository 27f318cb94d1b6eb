"""Fills the maps whose counts the audit needs and no experiment has, and writes them down.

    trees.csv       the shape of each full map, as the measuring program prints it; the program ends with an error if a
                    single key of the full map is not found again
    switches.csv    how often the processes of one cell gave up the processor to wait

The counts in trees.csv depend on nothing but keys and hash, so they are the same on every machine.  About five
minutes, and 6 GB of memory for ten million entries.
"""
import itertools
import json
import resource

from .. import cell
from ..command import BadSetting
from ..printing import PATTERNS
from ..progress import Progress
from ..results import RESULTS
from ..shape import pool
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


def filled(composition, pattern, scale, hash_name, slots):
    return cell.fill(cell.Filled(composition, hash_name, "u64", pattern, scale), slots)["tree"]


def tree_row(*where):
    *shape, slots = where
    return [*shape, slots or "", json.dumps(filled(*where), separators=(",", ":"))]


def switch_row(process):
    """One process, and how often it waited: of the processes that have been waited for, itself and those it forked,
    the difference."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    tree = filled(*WAITING, "xxh3")
    waits = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw - before
    composition, pattern, scale = WAITING
    return [composition, "put", pattern, scale, process, tree["blocks"], waits]


def tree_rows():
    everything = wanted()
    progress = Progress("trees", everything)
    for row in everything:
        yield tree_row(*row)
        progress.step(row[:4])
    progress.end()


def audit_counts(out=RESULTS / "audit"):
    """Fills the maps that the audit needs and writes what is counted of them into OUT."""
    if not out.is_dir():
        raise BadSetting(f"OUT={out}: no such directory")
    cell.build(WAITING[0], "xxh3", "u64")  # so that the compiler's waiting does not count
    write_rows(out / "switches.csv", SWITCH_COLUMNS, map(switch_row, range(PROCESSES)))
    write_rows(out / "trees.csv", TREE_COLUMNS, tree_rows())
