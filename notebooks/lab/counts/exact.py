"""Exact counts of what put and get do: instructions, simulated misses, loads in a chain.

Times on a shared machine waver by a few per cent; these figures do not, so that they show differences which a clock
cannot.  An unchanged program is not counted again when counts are stored, unless ANEW asks for it.
"""
import itertools
import signal
import sys

import pandas

from .. import cell, printing, store
from ..command import BadSetting, Failure
from ..progress import Progress
from ..settings import USUAL, compose
from . import attribution, callgrind, hash_counts, steps, stored

PLACE = ["composition", "key", "hash", "op", "pattern", "scale", "seed"]
OPS = list(callgrind.FUNCTION)
SCALES = [10000, 100000]
# What is stored has these; attribution is stored for one scale and two operations, of which the seed documents speak.
KEY, HASH, SEED, PATTERN = "u64", "xxh3", 1, attribution.PATTERN
ATTRIBUTED = [(op, PATTERN, attribution.SCALE) for op in attribution.OPS]
# callgrind's events in each figure, under caches; of address translation dressed up as caches; with a prefetcher.
OF_CACHES = {"instructions": ["Ir"], "loads": ["Dr"], "stores": ["Dw"], "branches": ["Bc", "Bi"],
             "mispredictions": ["Bcm", "Bim"], "i1_misses": ["I1mr"], "d1_misses": ["D1mr", "D1mw"],
             "ll_misses": ["ILmr", "DLmr", "DLmw"]}
OF_PAGES = {"tlb1_misses": OF_CACHES["d1_misses"], "tlb2_misses": ["DLmr", "DLmw"]}
OF_PREFETCHED = {"prefetched_ll_misses": OF_CACHES["ll_misses"]}


def load(where=stored.HERE):
    """All that is stored, as a frame: a row a count."""
    return stored.load("counts", where)


def of_cell(rows, composition, op, pattern=PATTERN, scale=attribution.SCALE, key=KEY, hash=HASH):
    """The row of one cell, as a Series; None if it was not counted."""
    wanted = {"composition": composition, "op": op, "pattern": pattern, "scale": scale, "key": key, "hash": hash}
    found = rows[(rows[list(wanted)] == list(wanted.values())).all(axis=1)]
    return found.iloc[0] if len(found) else None


# ---- Counting ----

def figures_of(counted, wanted=OF_CACHES):
    """The figures of one count, for one operation."""
    return {name: counted.per_operation(*events) for name, events in wanted.items()}


def count_cell(program, filled, op):
    """Counts one cell: (its row, and the count by place)."""
    where = (program, op, filled.pattern, filled.scale)
    counted = callgrind.count(*where, seed=filled.seed)
    row = callgrind.origin_of(program) | filled._asdict() | figures_of(counted) | {
        "composition": filled.variant, "op": op, "operations": counted.operations, "caches": str(callgrind.CACHES)}
    if op != "put":
        row |= figures_of(callgrind.count(*where, callgrind.PAGES, filled.seed), OF_PAGES)
        row |= figures_of(callgrind.count(*where, callgrind.PREFETCHED, filled.seed), OF_PREFETCHED)
        row["translations"] = str(callgrind.PAGES)
    if op != "put" and steps.unavailable() is None:
        followed = steps.follow([store.ROOT / program, *filled.arguments(op)], min(filled.scale, steps.GETS))
        row |= {name: getattr(followed, name) for name in ("chain", "lines", "places", "pages")}
        row["followed"] = followed.gets
    return row, counted


# ---- Storing ----

def named():
    """Every composition that has a name, in the order of the table of layouts."""
    cores = [name for name in compose.variants() if compose.is_core(name)]
    parts = [name for name in compose.variants() if name not in cores]
    return ["list", *(part for part in parts if part != "list"), *compose.lineups(), *cores]


def in_order(rows):
    """Compositions as they are named, puts first."""
    known = named()
    order = rows.apply(lambda row: (*printing.place(row["composition"], known), row["op"] != "put", row["pattern"],
                                    row["scale"]), axis=1, result_type="reduce")
    return rows.loc[order.sort_values(kind="stable").index] if len(rows) else rows


def store_all(variants, ops, pattern, anew=False, scales=SCALES, where=stored.HERE):
    """Counts what is not stored yet, and stores each cell as soon as it is counted.  Without
    variants: all that have a name, and whatever else is stored."""
    cells = list(itertools.product(variants or named(), ops, [pattern], scales))
    if not variants:
        cells += load(where)[attribution.PLACE].itertuples(index=False, name=None)
    cells = list(dict.fromkeys(cells))
    progress = Progress("counts", cells)
    for variant, op, *at in cells:
        filled = cell.Filled(variant, HASH, KEY, *at)
        program = callgrind.program_of(variant, HASH)
        old = of_cell(load(where), variant, op, *at)
        if not anew and old is not None and old["program"] == callgrind.digest_of(program):
            progress.skip((variant, op, *at))
            continue
        row, counted = count_cell(program, filled, op)
        new = {"counts": (stored.typed([row], "counts"), PLACE)}
        if (op, *at) in ATTRIBUTED:
            new["attribution"] = attribution.rows_of(counted, variant, op, *at), attribution.PLACE
        for name, (rows, place) in reversed(new.items()):
            stored.save(in_order(stored.instead(stored.load(name, where), rows, place)), name, where)
        progress.step((variant, op, *at))
    progress.end()


# ---- Printing ----

HEADER = {"instr.": "instructions", "loads": "loads", "stores": "stores", "miss L1": "d1_misses",
          "miss LL": "ll_misses", "fetched": "prefetched_ll_misses", "miss T1": "tlb1_misses",
          "miss T2": "tlb2_misses", "wrong": "mispredictions", "chain": "chain", "lines": "lines", "places": "places",
          "pages": "pages"}
LEGEND = """
Means for one operation; from `fetched` on, all but `wrong` are told of a get only.

instr.    instructions under the clock, with the loop that calls the map
loads     of these, how many read memory, and
stores      how many write it
miss L1   accesses to data that miss a first-level cache of 32 KiB, and
miss LL     those to data or code that miss a last-level cache of 32 MiB too, and
fetched     those that still do when lines read one after the other are fetched ahead
miss T1   translations of addresses that 64 places for pages do not have, and
miss T2     those that 2,048 places do not have either
wrong     branches that a simple predictor gets wrong
chain     loads of which each waits for the one before: the longest chain
lines     different cache lines of the map that are read,
places      stretches of neighbouring ones among them, and
pages       different pages of 4 KiB
"""


def cells_of(row):
    """A composition and its figures, as they are printed."""
    return [row["composition"], *("-" if pandas.isna(row[name]) else printing.digits(row[name])
                                  for name in HEADER.values())]


def origin(rows):
    """What holds for all rows, in a few lines."""
    def all_of(name):
        return ", ".join(sorted(filter(None, rows[name].map(str).unique())))
    return (f"{all_of('key')} keys, {all_of('pattern')}, {all_of('hash')}, seed {all_of('seed')};"
            f" valgrind {all_of('valgrind')}; {all_of('compiler')} for {all_of('instruction_set')};"
            f" commit {all_of('commit')}\n"
            f"caches {all_of('caches')}; translations {all_of('translations') or '-'} (bytes/ways/line)")


def table(rows):
    rows = rows.sort_values(["op", "pattern", "scale"], kind="stable")
    lines = [[row["op"], row["pattern"], printing.short_scale(row["scale"]), *cells_of(row)]
             for _, row in rows.iterrows()]
    return f"{origin(rows)}\n\n" + printing.align(["op", "pattern", "scale", "composition", *HEADER], lines,
                                                  figures=len(HEADER), cell=3) + f"\n{LEGEND.rstrip()}"


# ---- Commands ----

def countable(ops):
    for op in ops:
        if op not in OPS:
            raise BadSetting(f"OPS={op}: is no operation that can be counted; one of: {', '.join(OPS)}")
    return ops


def counts(variant=None, ops=None, scales=None, pattern=None):
    """Prints the exact counts that are stored: instructions, misses, chains of loads; of VARIANT beside the usual."""
    rows = load()
    if variant and variant not in set(rows["composition"]):
        raise Failure(f"nothing is stored of {variant}: make VARIANT={variant} count")
    for column, values in {"composition": variant and [variant, *USUAL], "op": ops, "scale": scales,
                           "pattern": pattern and [pattern]}.items():
        rows = rows[rows[column].isin(values)] if values else rows
    if not len(rows):
        raise Failure("nothing of that is stored: make recount")
    print(table(rows))


def count(variant="list", hash=HASH, key=KEY, ops=attribution.OPS, scales=SCALES, pattern=PATTERN, seed=SEED):
    """Counts a composition, and prints it beside what is stored of the usual ones."""
    cells = list(itertools.product(countable(ops), scales))
    progress, rows = Progress("counts", cells), []
    program = callgrind.program_of(variant, hash, key)
    for op, scale in cells:
        rows.append(count_cell(program, cell.Filled(variant, hash, key, pattern, scale, seed), op)[0])
        progress.step((op, scale))
    progress.end()
    mine, others = stored.typed(rows, "counts"), load()
    beside = others[others["composition"].isin(set(USUAL) - {variant})].merge(mine[PLACE[1:]])
    print(table(in_order(pandas.concat([mine, beside], ignore_index=True))))


def recount(variants=None, ops=attribution.OPS, pattern=PATTERN, anew=False):
    """Counts what has changed since it was stored, or with ANEW=1 all, and stores it; then each hash."""
    callgrind.version()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends what runs below, too
    store_all(variants, countable(ops), pattern, anew)
    counts()
    hash_counts.store_all()
    print(f"\n{hash_counts.table()}")
