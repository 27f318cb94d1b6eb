#!/usr/bin/env python3
"""Prints exact counts of what put and get do: instructions, simulated misses, loads in a chain.

    python3 -m lab.counts.report [--variant X] [--ops put] [--scales 10K] [--pattern P]
                                                       what is stored under results/counts; of X, beside a few
    python3 -m lab.counts.report --count --variant X [--ops put,get] [--scales 10K,100K] [--pattern P]
                                                       counts X now, beside what is stored
    python3 -m lab.counts.report --store [--variants X,Y] [--pattern P]
                                                       counts all that have a name, and stores it

Times on a shared machine waver by a few per cent; these figures do not, so that they show
differences which a clock cannot.  What a figure is:

    instr.    instructions under the clock, with the loop that calls the map (lab.counts.callgrind)
    loads     of these, how many read memory, and
    stores      how many write it
    miss L1   accesses to data that miss a first-level cache of 32 KiB, and
    miss LL     those to data or code that miss a last-level cache of 32 MiB too, and
    fetched     those that still do when lines read one after the other are fetched ahead
    miss T1   translations of addresses that 64 places for pages do not have, and
    miss T2     those that 2,048 places do not have either
    wrong     branches that a simple predictor gets wrong
    chain     loads of which each waits for the one before: the longest chain (lab.counts.steps)
    lines     different cache lines of the map that are read,
    places      stretches of neighbouring ones among them, and
    pages       different pages of 4 KiB

All are means for one operation.  From `fetched` on, all but `wrong` are told of a get only.  An
unchanged program is not counted again when counts are stored, unless --anew asks for it.
"""
import csv
import hashlib
import io
import itertools
import json
import os
import signal
import subprocess
import sys

from .. import answer, cell, store, printing
from ..cell import BadSetting, CellFailed
from ..progress import Progress
from . import attribution, callgrind, steps
from .callgrind import instruction_set, program_of

HERE = store.ROOT / "results" / "counts"
COUNTS = HERE / "counts.csv"
BESIDE = answer.USUAL
OPS = list(callgrind.FUNCTION)
SCALES = [10000, 100000]
PATTERN = "shuffled"
KEY, HASH, SEED, HASH_SEED = "u64", "xxh3", 1, 0
# Attribution is stored for this scale and these operations only, of which the seed documents speak.
ATTRIBUTED = 100000
ATTRIBUTED_OPS = ["put", "get"]

# What one row is about, what was counted, and with what.
ABOUT = ["composition", "key", "hash", "op", "pattern", "scale", "seed"]
FIGURES = ["instructions", "loads", "stores", "branches", "mispredictions", "i1_misses",
           "d1_misses", "ll_misses", "prefetched_ll_misses", "tlb1_misses", "tlb2_misses", "chain",
           "lines", "places", "pages"]
ORIGIN = ["operations", "followed", "program", "commit", "compiler", "cflags", "instruction_set",
          "valgrind", "caches", "translations"]
COLUMNS = ABOUT + FIGURES + ORIGIN


# ---- Counting ----

def figures_of(counted):
    """The figures of one count with simulated caches, for one operation."""
    per = counted.per_operation
    return {"instructions": per("Ir"), "loads": per("Dr"), "stores": per("Dw"),
            "branches": per("Bc") + per("Bi"), "mispredictions": per("Bcm") + per("Bim"),
            "i1_misses": per("I1mr"), "d1_misses": per("D1mr") + per("D1mw"),
            "ll_misses": per("ILmr") + per("DLmr") + per("DLmw")}


def translations_of(counted):
    """The same of a count in which pages took the place of cache lines."""
    per = counted.per_operation
    return {"tlb1_misses": per("D1mr") + per("D1mw"), "tlb2_misses": per("DLmr") + per("DLmw")}


def identity_of(program):
    done = subprocess.run([store.ROOT / program, "--identity"], text=True, capture_output=True)
    if done.returncode != 0:
        raise CellFailed(cell.complaint(done.stderr))
    return json.loads(done.stdout)


def digest_of(program):
    return hashlib.sha256((store.ROOT / program).read_bytes()).hexdigest()[:16]


def commit():
    """The commit that is checked out, and whether what is measured was changed since."""
    def git(*words):
        done = subprocess.run(["git", *words], cwd=store.ROOT, text=True, capture_output=True)
        return done.stdout.strip() if done.returncode == 0 else None
    name = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--", "common", "variants", "experiments", "Makefile", "tools")
    return "unknown" if name is None else name + ("+changes" if changed else "")


def count_cell(program, variant, op, pattern, scale, key=KEY, hash_name=HASH, seed=SEED,
               hash_seed=HASH_SEED):
    """Counts one cell: (its row, and the count by place)."""
    about = identity_of(program)
    settings = dict(seed=seed, hash_seed=hash_seed)
    counted = callgrind.count(program, op, pattern, scale, **settings)
    row = dict.fromkeys(COLUMNS, "")
    row.update(composition=variant, key=key, hash=hash_name, op=op, pattern=pattern, scale=scale,
               seed=seed, operations=counted.operations, program=digest_of(program),
               commit=commit(), compiler=about["compiler"], cflags=about["cflags"],
               instruction_set=instruction_set(about["cflags"]), valgrind=callgrind.version(),
               caches=str(callgrind.CACHES))
    row.update({name: f"{figure:.4f}" for name, figure in figures_of(counted).items()})
    if op != "put":
        pages = callgrind.count(program, op, pattern, scale, callgrind.PAGES, **settings)
        row.update({name: f"{figure:.4f}" for name, figure in translations_of(pages).items()})
        fetched = callgrind.count(program, op, pattern, scale, callgrind.PREFETCHED, **settings)
        row.update(prefetched_ll_misses=f"{figures_of(fetched)['ll_misses']:.4f}",
                   translations=str(callgrind.PAGES))
        if steps.unavailable() is None:
            found = steps.follow([str(store.ROOT / program),
                                  *callgrind.arguments(op, pattern, scale, seed, hash_seed)],
                                 min(scale, steps.GETS))
            row.update({name: f"{getattr(found, name):.4f}"
                        for name in ("chain", "lines", "places", "pages")}, followed=found.gets)
    return row, counted


# ---- Storing ----

def load(path=COUNTS, columns=None):
    if not path.exists():
        return []
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and list(rows[0]) != (columns or COLUMNS):
        raise CellFailed(f"{path}: other columns than these: {', '.join(columns or COLUMNS)}")
    return rows


def save(path, columns, rows):
    """The file is either the old one or the new one, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(text.getvalue())
    part.replace(path)


def place_of(row):
    return tuple(str(row[name]) for name in ABOUT)


def named():
    """Every composition that has a name, in the order of docs/results.md."""
    cores = [name for name in cell.compose.variants() if cell.compose.is_core(name)]
    parts = [name for name in cell.compose.variants() if name not in cores]
    return ["list", *(p for p in parts if p != "list"), *cell.compose.lineups(), *cores]


def order_of(row):
    known = named()
    name = row["composition"]
    return (known.index(name) if name in known else len(known), name, row["op"] != "put",
            row["pattern"], int(row["scale"]))


def merge(old, new, place):
    """The old rows without those about the same place as the new ones, and the new ones."""
    places = {place(row) for row in new}
    return [row for row in old if place(row) not in places] + new


def store_all(variants, ops, pattern, scales, anew, where=HERE):
    """Counts what is not stored yet, and stores each cell as soon as it is counted.  Without
    variants: all that have a name, and whatever else is stored."""
    cells = list(itertools.product(variants or named(), ops, [pattern], scales))
    if not variants:
        stored = ((row["composition"], row["op"], row["pattern"], int(row["scale"]))
                  for row in load(where / "counts.csv"))
        cells = list(dict.fromkeys([*cells, *stored]))
    progress = Progress("counts", cells)
    counts, shares = where / "counts.csv", where / "attribution.csv"
    for variant, op, pattern, scale in cells:
        program = program_of(variant, HASH)
        stored = {place_of(row): row for row in load(counts)}
        wanted = (variant, KEY, HASH, op, pattern, str(scale), str(SEED))
        old = stored.get(wanted)
        if not anew and old and old["program"] == digest_of(program):
            progress.skip((variant, op, pattern, scale))
            continue
        row, counted = count_cell(program, variant, op, pattern, scale)
        if (scale, pattern) == (ATTRIBUTED, PATTERN) and op in ATTRIBUTED_OPS:
            rows = load(shares, attribution.COLUMNS)
            new = attribution.rows_of(counted, variant, op, pattern, scale)
            save(shares, attribution.COLUMNS,
                 sorted(merge(rows, new, attribution.place_of), key=order_of))
        save(counts, COLUMNS, sorted(merge(load(counts), [row], place_of), key=order_of))
        progress.step((variant, op, pattern, scale))
    progress.end()


# ---- Printing ----

HEADER = ["op", "pattern", "scale", "composition", "instr.", "loads", "stores", "miss L1", "miss LL",
          "fetched", "miss T1", "miss T2", "wrong", "chain", "lines", "places",
          "pages"]
SHOWN = ["instructions", "loads", "stores", "d1_misses", "ll_misses", "prefetched_ll_misses",
         "tlb1_misses", "tlb2_misses", "mispredictions", "chain", "lines", "places", "pages"]


def cells_of(row):
    return [row["op"], row["pattern"], printing.short_scale(int(row["scale"])), row["composition"],
            *(printing.digits(float(row[name])) if row[name] else "-" for name in SHOWN)]


def origin(rows):
    """What holds for all rows, in a few lines."""
    def all_of(name):
        return ", ".join(sorted({str(row[name]) for row in rows if row[name]}))
    return "\n".join([
        f"{all_of('key')} keys, {all_of('pattern')}, {all_of('hash')}, seed {all_of('seed')};"
        f" valgrind {all_of('valgrind')}; {all_of('compiler')} for {all_of('instruction_set')};"
        f" commit {all_of('commit')}",
        f"caches {all_of('caches')}; translations {all_of('translations') or '-'}"
        " (bytes/ways/line)"])


def show(rows):
    if not rows:
        raise CellFailed("nothing is stored: make recount")
    by_cell = sorted(rows, key=lambda row: (row["op"], row["pattern"], int(row["scale"])))
    print(origin(rows), printing.align(HEADER, [cells_of(row) for row in by_cell],
                                     figures=len(SHOWN), cell=3), sep="\n\n")


def count_one(given):
    """Counts one composition, and shows it beside what is stored about others."""
    rows = []
    progress = Progress("counts", [(op, scale) for op in given.ops for scale in given.scales])
    program = program_of(given.variant, given.hash, given.key)
    for op in given.ops:
        for scale in given.scales:
            rows.append(count_cell(program, given.variant, op, given.pattern, scale, given.key,
                                   given.hash, given.seed, given.hash_seed)[0])
            progress.step((op, scale))
    progress.end()
    mine = {place_of(row)[1:] for row in rows}
    beside = [row for row in load() if row["composition"] in BESIDE
              and row["composition"] != given.variant and place_of(row)[1:] in mine]
    show(sorted(rows + beside, key=order_of))


def stored(given):
    """The rows that were asked for; those of one composition with the usual ones beside it."""
    rows = load()
    if given.variant and given.variant not in {row["composition"] for row in rows}:
        raise CellFailed(f"nothing is stored of {given.variant}: make VARIANT={given.variant} count")
    wanted = [("composition", given.variant and {given.variant, *BESIDE}), ("op", given.ops),
              ("pattern", given.pattern and [given.pattern]), ("scale", given.scales and map(str, given.scales))]
    for column, values in wanted:
        values = values and set(values)
        rows = [row for row in rows if not values or row[column] in values]
    return rows


def report(arguments=None):
    parser = cell.Parser(__doc__, variant=None)
    parser.add_argument("--hash", default=HASH, type=cell.read_hash)
    parser.add_argument("--pattern", type=cell.read_pattern)
    parser.add_argument("--ops", type=cell.several(cell.one_of("operation that can be counted", OPS)))
    parser.add_argument("--scales", type=cell.several(cell.read_scale))
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--variants", type=cell.several(cell.read_variant))
    parser.add_argument("--anew", action="store_true")
    given = parser.parse_args(arguments)
    if not given.count and not given.store:
        show(stored(given))
        return
    given.pattern, given.scales = given.pattern or PATTERN, given.scales or SCALES
    given.ops = given.ops or ["put", "get"]
    if given.store:
        for name, fixed in (("key", KEY), ("hash", HASH), ("seed", SEED), ("hash_seed", HASH_SEED)):
            if getattr(given, name) != fixed:
                raise BadSetting(f"--{name.replace('_', '-')}: what is stored has {fixed}")
        callgrind.version()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends what runs below, too
        store_all(given.variants, given.ops, given.pattern, given.scales, given.anew)
        show(load())
    else:
        count_one(given)


if __name__ == "__main__":
    cell.run_report("counts", report)
