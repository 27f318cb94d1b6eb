"""Exact counts of what put and get do: instructions, simulated misses, loads in a chain.

Times on a shared machine waver by a few per cent; these figures do not, so that they show differences which a clock
cannot.  An unchanged program is not counted again when counts are stored, unless ANEW asks for it.
"""
import itertools

import pandas

from .. import cell, printing, results
from ..command import BadSetting, Failure
from ..settings import USUAL, compose
from ..store import STORE
from . import attribution, hash_counts, stored
from .counting import OPS, Wanted, count_now, digest_of, measure

PLACE = ["composition", "key", "hash", "op", "pattern", "scale", "seed"]
SCALES = [10000, 100000]
# What is stored has these; attribution is stored for one scale and two operations, of which the seed documents speak.
KEY, HASH, SEED, PATTERN = "u64", "xxh3", 1, attribution.PATTERN
ATTRIBUTED = [(op, PATTERN, attribution.SCALE) for op in attribution.OPS]


def load(where=stored.HERE):
    """All that is stored, as a frame: a row a count."""
    return stored.load("counts", where)


def of_cell(rows, composition, op, pattern=PATTERN, scale=attribution.SCALE, key=KEY, hash=HASH):
    """The row of one cell, as a Series; None if it was not counted."""
    found = results.where(rows, composition=composition, op=op, pattern=pattern, scale=scale, key=key, hash=hash)
    return found.iloc[0] if len(found) else None


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


def wanted_cells(variants, ops, pattern, scales, where):
    """Without variants: all that have a name, and whatever else is stored."""
    cells = list(itertools.product(variants or named(), ops, [pattern], scales))
    if not variants:
        cells += load(where)[attribution.PLACE].itertuples(index=False, name=None)
    return [Wanted(variant, HASH, KEY, *at, SEED) for variant, *at in dict.fromkeys(cells)]


def is_stored(wanted, rows):
    """Was this very program counted?"""
    old = of_cell(rows, wanted.variant, *wanted[3:6])
    return old is not None and old["program"] == digest_of(wanted.program())


def save(found, where):
    """Puts what was counted in the place of what is stored of the same cells."""
    attributed = [attribution.rows_of(one) for one in found
                  if tuple(one.place[name] for name in attribution.PLACE[1:]) in ATTRIBUTED]
    new = {"attribution": (attributed, attribution.PLACE),
           "counts": ([stored.typed([one.row() for one in found], "counts")], PLACE)}
    for name, (frames, place) in new.items():
        if frames:
            rows = pandas.concat(frames, ignore_index=True)
            stored.save(in_order(stored.instead(stored.load(name, where), rows, place)), name, where)


def store_all(variants, ops, pattern, anew=False, scales=SCALES, where=stored.HERE, into=STORE):
    """Counts what is not stored yet, and each hash.  into: the runner's store; what it has of an interrupted run is not
    counted again."""
    rows = load(where)
    cells = [wanted for wanted in wanted_cells(variants, ops, pattern, scales, where)
             if anew or not is_stored(wanted, rows)]
    hashes = [wanted for wanted in hash_counts.wanted_cells() if anew or not hash_counts.is_stored(wanted, where)]
    found, complete = measure(cells + hashes, into) if cells or hashes else ([], True)
    of_hashes = [one for one in found if hash_counts.is_of(one)]
    save([one for one in found if not hash_counts.is_of(one)], where)
    hash_counts.save(of_hashes, where)
    if not complete:
        raise Failure("not everything was counted: the lines above say why; what was is stored")


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
    return [row["composition"], *map(printing.digits, row[[*HEADER.values()]])]


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
    found = count_now([Wanted.of(cell.Filled(variant, hash, key, pattern, scale, seed), op)
                       for op, scale in itertools.product(countable(ops), scales)])
    mine, others = stored.typed([one.row() for one in found], "counts"), load()
    beside = others[others["composition"].isin(set(USUAL) - {variant})].merge(mine[PLACE[1:]])
    print(table(in_order(pandas.concat([mine, beside], ignore_index=True))))


def recount(variants=None, ops=attribution.OPS, pattern=PATTERN, anew=False, store=STORE):
    """Counts what has changed since it was stored, or with ANEW=1 all, and stores it; each hash, too."""
    store_all(variants, countable(ops), pattern, anew, into=store)
    counts()
    print(f"\n{hash_counts.table()}")
