"""What do put and get spend their instructions and simulated misses on?

Document 002 looked for the bottleneck in samples of two profilers and estimated from them where the time goes: half and
more on memory management; document 003 was left with 47 %, later 40 %, called "other", since symbols were missing.
Here every instruction is counted (experiments/counted/callgrind.py) and belongs to a line of source, also where
everything was inlined; the line belongs to a function, the function to a category (experiments/counted/purposes.py).

The share of time is estimated from counts, in callgrind's usual way: an instruction is one cycle, a miss of the first
level 10 more, one of the last level 100 more.  No cycle is measured: a machine executes several instructions at once,
and hides part of the misses.  The kernel's work is not in it (what malloc asks of it, and above all the page fault at
the first touch of each page); where perf is installed, a composition is sampled as well, and there the kernel's part is
seen (lab.counts.sampled).
"""
import shutil
import subprocess

import pandas

from .. import cell, printing, results, verdicts
from ..settings import STORED_BASELINE
from ..command import Failure
from ..seeds.figures import by_id
from . import sampled, stored
from .counting import CATEGORIES, Wanted, count_now

PLACE = ["composition", "op", "pattern", "scale"]
L1_CYCLES, LL_CYCLES = 10, 100
SHOWN = [STORED_BASELINE, "phase2", "phase2.5", "phase3", "fix4", "reference"]
OPS = ["put", "get"]
PATTERN, SCALE = "shuffled", 100000
MEASURES = {"instructions": "instructions", "cycles": "estimated cycles"}


# ---- Rows and shares ----

def with_cycles(rows):
    """The rows, and what they take by the estimate above."""
    return rows.assign(cycles=rows["instructions"] + L1_CYCLES * rows["l1_misses"] + LL_CYCLES * rows["ll_misses"])


def rows_of(count):
    """The rows of one count, for one operation each: the greatest first."""
    where, figures = stored.COLUMNS["attribution"][:-3], stored.COLUMNS["attribution"][-3:]
    costs = [(*(count.place[name] for name in PLACE), *of, *(spent.get(name, 0) for name in figures))
             for of, spent in count.spent().items()]
    rows = stored.typed(costs, "attribution").set_index(where)
    rows = rows.applymap(lambda figure: float(f"{figure:.4f}"))  # as they are stored
    rows = rows[rows.any(axis=1)].reset_index()
    order = rows.assign(category=rows["category"].map(CATEGORIES.index), instructions=-rows["instructions"])
    order = order.sort_values(["category", "instructions", "file", "function"]).index
    return rows.loc[order].reset_index(drop=True)


def load(where=stored.HERE):
    return with_cycles(stored.load("attribution", where))


def of_cell(rows, composition, op, pattern=PATTERN, scale=SCALE):
    return results.where(rows, composition=composition, op=op, pattern=pattern, scale=scale)


def shares(rows):
    """Per cent of instructions and of estimated cycles, by category; the rows are one cell's."""
    found = rows.groupby("category")[list(MEASURES)].sum().reindex(CATEGORIES, fill_value=0.0)
    return 100 * found / rows[list(MEASURES)].sum()


def shares_of(rows, categories):
    """The same of several categories together."""
    return shares(rows).loc[categories].sum()


# ---- Printing ----

def share_table(rows):
    lines = []
    for (composition, op, _, scale), some in rows.groupby(PLACE, sort=False):
        found = shares(some)
        lines += [[op, printing.short_scale(scale), composition, name, printing.digits(some[measure].sum()),
                   *(f"{share:.1f}" for share in found[measure])] for measure, name in MEASURES.items()]
    return printing.align(["op", "scale", "composition", "share of", "per op", *CATEGORIES], lines,
                          figures=1 + len(CATEGORIES), cell=3)


def function_table(rows, least=1.0):
    """The functions of one cell that take `least` per cent of instructions or cycles."""
    parts = 100 * rows[list(MEASURES)] / rows[list(MEASURES)].sum()
    wanted = rows[parts.max(axis=1) >= least].sort_values("cycles", ascending=False, kind="stable")
    lines = [[row.category, row.file, row.function, *map(printing.digits, row[-4:-1]),
              *(f"{share:.1f}" for share in parts.loc[row.Index])] for row in wanted.itertuples()]
    return printing.align(["category", "file", "function", "instr.", "miss L1", "miss LL", "instr. %", "cycles %"],
                          lines, figures=5, cell=0)


# ---- What the documents estimated ----

# Which of our categories it is: (figure, composition, categories).  "Core operations" are search, insert and hash.
CORE = ["walking", "hashing", "building"]
REST = ["loop", "unclassified"]
CLAIMS = [
    ("002.shares.05", STORED_BASELINE, ["memory"]),
    ("002.bottlenecks.06", STORED_BASELINE, ["memory"]),
    ("002.shares.06", STORED_BASELINE, CORE),
    ("002.shares.07", STORED_BASELINE, None),  # the program's start is not under the clock
    ("002.shares.08", STORED_BASELINE, REST),
    ("002.shares.01", "reference", ["memory"]),
    ("002.shares.02", "reference", CORE),
    ("002.shares.03", "reference", ["copying"]),
    ("002.shares.04", "reference", REST),
    # Document 003's "other", which was said to be mostly malloc.
    ("003.hotspots.08", "phase2", ["memory"]),
    ("003.hotspots.07", "phase2.5", ["memory"]),
]
# What document 003's profiler could not name; ours names nearly all.
OTHER = [("003 \"other\"", "phase2", "unresolved, ~47%", 47), ("003 \"other\"", "phase2.5", "still ~40%", 40)]
# The steps of a put on the documents' critical path, and the figure of each.
STEPS = ["hashing", "walking", "memory", "copying"]
PATHS = [("reference", [f"002.path.0{i}" for i in (1, 2, 3, 4)]),
         (STORED_BASELINE, [f"002.path.0{i}" for i in (6, 7, 8, 9)])]


def words_of(figure):
    return f"{figure.row}, {figure.as_written}"


def verdict(claimed, found):
    """What our shares, of instructions and of estimated cycles, say to an estimate."""
    return verdicts.judge_estimates(claimed, found).text


def share_claims(rows):
    """Lines of the documents' shares of a put beside what was counted, of the cells that are there."""
    figures = by_id()
    claims = [(name, composition, words_of(figures[name]), figures[name].span, categories)
              for name, composition, categories in CLAIMS]
    claims += [(name, composition, text, verdicts.Span(value, value), REST) for name, composition, text, value in OTHER]
    for name, composition, text, claimed, categories in claims:
        some = results.where(rows, composition=composition, op="put")
        if categories is None and len(some):
            yield [name, composition, text, "-", "-", "-", verdicts.NOT_MEASURED]
        elif len(some):
            found = shares_of(some, categories)
            yield [name, composition, text, " + ".join(categories), *(f"{share:.0f}" for share in found),
                   verdict(claimed, found)]


def path_claims(rows):
    """The documents' critical path of a put.  They give nanoseconds of another machine; what can be
    compared is the share of each step in the four."""
    figures = by_id()
    for composition, names in PATHS:
        some = results.where(rows, composition=composition, op="put")
        if not len(some):
            continue
        claimed = [figures[name].span.low for name in names]
        counted = shares(some).loc[STEPS]
        for name, step, ns, found in zip(names, STEPS, claimed, (100 * counted / counted.sum()).to_numpy()):
            share = 100 * ns / sum(claimed)
            yield [name, composition, words_of(figures[name]), step, f"{share:.0f}", *(f"{part:.0f}" for part in found),
                   verdict(verdicts.Span(share, share), found)]


def claim_tables(rows):
    """What the documents said beside what was counted; only what of it is there."""
    header = ["claim", "here", "as written", "counted as", "instr. %", "cycles %", "verdict"]
    for title, found, header in (
            ("the documents' shares of a put", share_claims(rows), header),
            ("their critical path of a put: each step's share of the four", path_claims(rows),
             [*header[:4], "said %", *header[4:]])):
        lines = list(found)
        if lines:
            yield f"{title}\n\n" + printing.align(header, lines, figures=0, cell=0)


# ---- Commands ----

def counters_here():
    """What this machine's own counters would add, in a line."""
    if not shutil.which("perf"):
        return "hardware counters: not looked for (perf is not installed)"
    done = subprocess.run(["perf", "stat", "-e", "instructions,cycles", "true"], text=True,
                          capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    if done.returncode != 0 or "not supported" in done.stderr or "not counted" in done.stderr:
        return "hardware counters: none on this machine; nothing but simulation is to be had here"
    return ("hardware counters: there; perf record --call-graph dwarf"
            " $(make -s VARIANT=x cell) --op put ... measures what is only simulated here")


def count(filled):
    found = count_now([Wanted.of(filled, op) for op in OPS])
    return with_cycles(pandas.concat(map(rows_of, found), ignore_index=True))


def sections(rows, functions=False):
    """The texts that tell of some cells."""
    yield (f"shares in per cent; estimated cycles: instructions + {L1_CYCLES} for each miss of the first level"
           f" + {LL_CYCLES} for each of the last")
    yield share_table(rows)
    for (composition, op, *_), some in rows.groupby(PLACE, sort=False) if functions else ():
        yield f"{composition}, {op}: functions with 1 % or more"
        yield function_table(some)
    yield from claim_tables(rows)
    yield counters_here()


def attribution(variant=None, pattern=PATTERN, scale=SCALE):
    """Prints what put and get spend their instructions on, as it is stored, beside the documents' shares; of VARIANT by
    function."""
    rows = load()
    wanted = [of_cell(rows, composition, op, pattern, scale)
              for op in OPS for composition in ([variant] if variant else SHOWN)]
    if not any(map(len, wanted)):
        raise Failure(f"nothing is stored{f' of {variant}' if variant else ''} for {pattern} keys at {scale};"
                      f" make VARIANT={variant or 'x'} attribute counts it")
    print(*sections(pandas.concat(wanted), functions=bool(variant)), sep="\n\n")


def attribute(variant="list", hash="xxh3", key="u64", scale=SCALE, pattern=PATTERN, seed=1):
    """Counts what put and get of a composition spend their instructions on, and prints it by function."""
    filled = cell.Filled(variant, hash, key, pattern, scale, seed)
    print(*sections(count(filled), functions=True), sampled.text(filled), sep="\n\n")
