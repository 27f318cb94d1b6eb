#!/usr/bin/env python3
"""Prints what put and get spend their instructions and simulated misses on.

    python3 -m lab.counts.attribution [--variant X] [--scale N] [--functions]
                                           from what is stored under results/counts; of X alone
    python3 -m lab.counts.attribution --count --variant X [--scale N]
                                           profiles X now

Document 002 looked for the bottleneck in samples of two profilers and estimated from them where the
time goes: half and more on memory management; document 003 was left with 47 %, later 40 %, called
"other", since symbols were missing.  Here every instruction is counted (lab.counts.callgrind) and
belongs to a line of source, also where everything was inlined; the line belongs to a function, and
the function to one of these:

    memory      malloc, free and all below; pools, arenas, records, free lists
    walking     from level to level: find the child, tell its kind, compare the key in the leaf
    hashing     the hash of the key
    copying     memcpy, memmove; copies of entries and of arrays that grow
    building    new nodes made and attached
    loop        the benchmark: keys read, answers checked; what the dynamic linker does once
    unclassified    what this table does not know

The share of time is estimated from counts, in callgrind's usual way: an instruction is one cycle, a
miss of the first level 10 more, one of the last level 100 more.  No cycle is measured: a machine
executes several instructions at once, and hides part of the misses.  The kernel's work is not in it
(what malloc asks of it, and above all the page fault at the first touch of each page); where perf
is installed, X is sampled as well, and there the kernel's part is seen (lab.counts.sampled).
"""
import collections
import csv
import pathlib
import re
import shutil
import subprocess

from .. import cell, store, verdicts, printing
from ..cell import CellFailed
from ..progress import Progress
from . import callgrind, sampled, sources

HERE = store.ROOT / "results" / "counts" / "attribution.csv"
FIGURES = store.ROOT / "results" / "seeds" / "figures.csv"
COLUMNS = ["composition", "op", "pattern", "scale", "category", "file", "function", "instructions",
           "l1_misses", "ll_misses"]
COSTS = COLUMNS[-3:]
L1, LL = ["I1mr", "D1mr", "D1mw"], ["ILmr", "DLmr", "DLmw"]
L1_CYCLES, LL_CYCLES = 10, 100
CATEGORIES = ["memory", "walking", "hashing", "copying", "building", "loop", "unclassified"]
SHOWN = ["outline", "phase2", "phase2.5", "phase3", "fix4", "reference"]
PATTERN, SCALE = "shuffled", 100000

# What a function is there for: the first line whose patterns match the end of its file's name and
# its own name.  Parts are known by their file, so that a directory outside the tree is as well.
TABLE = [(category, re.compile(rf"(^|/)({files})$"), re.compile(rf"({names})$"))
         for category, files, names in [
    ("loop", r"experiments/.*", ".*"),
    # The C library, by its own files or, where their names are not known, by the function.
    ("memory", r"malloc\.c|arena\.c|morecore\.c|s?brk\w*\.[ch]|m(un|re)?map(64)?\.c|madvise\.c"
               r"|syscall-template\.S", ".*"),
    ("copying", r"mem(move|cpy)[\w-]*\.[Sch]", ".*"),
    ("building", r"memset[\w-]*\.[Sch]", ".*"),
    ("memory", r"\?\?\?", r"(_int_|__libc_)?(malloc|free|calloc|realloc)|sysmalloc|malloc_\w+"
                          r"|unlink_chunk\w*|s?brk|m(un)?map|__default_morecore"),
    ("copying", r"\?\?\?", r"_*mem(move|cpy)\w*"),
    ("building", r"\?\?\?", r"_*memset\w*"),
    ("hashing", r"xxhash\.h|wyhash\.h|common/hash/.*", ".*"),
    # reference, which has no parts
    ("hashing", r"reference/hamt\.c", "call_hash"),
    ("walking", r"reference/hamt\.c",
     r"call_equal|trail_\w+|collision_row|search(_from)?|hamt_get"),
    ("memory", r"reference/hamt\.c",
     r"hamt_create|hamt_destroy|release_if_empty|free_large_tables"),
    ("building", r"reference/(hamt\.c|walk\.h)", ".*"),
    ("memory", r"records\.h|tables\.h", ".*"),
    ("building", r"rows\.h", "row_of_value"),
    ("walking", r"rows\.h", ".*"),
    # what all parts stand on
    ("building", r"common/random\.h|map/config\.h", ".*"),
    ("memory", r"mem\.h|arena\.h|node_arenas\.h|node\.h|array\.h|count\.h", ".*"),
    ("hashing", r"chunk\.h", "chunk_hash"),
    ("walking", r"chunk\.h|ref_type\.h|ahead\.h", ".*"),
    ("copying", r"sparse\.h", r"sparse_(copy_)?(insert|erase)"),
    ("walking", r"sparse\.h", ".*"),
    ("walking", r"keyops\.h", "key_equal"),
    ("hashing", r"keyops\.h", "key_hash"),
    ("copying", r"keyops\.h", "key_clone"),
    ("memory", r"keyops\.h", "key_drop|key_block"),
    # the parts
    ("walking", r"children(_dense|_doubling)?\.h", "children_(find|index)"),
    ("memory", r"children(_dense|_doubling)?\.h", "children_(free|count_bytes|bytes|lane_bytes)"),
    ("building", r"children(_dense|_doubling)?\.h", r"children_\w+"),
    ("walking", r"leaf(_list)?\.h", "leaf_find"),
    ("copying", r"leaf(_list)?\.h", "leaf_grow"),
    ("memory", r"leaf(_list)?\.h", "leaf_(free|trim|count_bytes)"),
    ("building", r"leaf(_list)?\.h", r"leaf_\w+"),
    ("walking", r"entry\.h", "entries_find"),
    ("memory", r"entry\.h", "entries_free|entry_drop"),
    ("building", r"entry\.h", "entries_(add|check)"),
    ("copying", r"entry\.h", r"entr(y|ies)_\w+"),
    ("walking", r"inner\.h", "inner_(level|prefix|on_way)"),
    ("building", r"inner\.h", "inner_init"),
    ("building", r"size\.h", "size_room"),
    ("building", r"ref\.h", "ref_(make|node_bytes)"),
    ("walking", r"ref\.h", r"ref_\w+"),
    ("building", r"walk\.h", "walk_(attach|cut)"),
    ("walking", r"walk\.h", r"walk_\w+"),
    ("memory", r"build\.h", "build_free.*"),
    ("building", r"build\.h", r"build_\w+"),
    ("building", r"descend(_lazy)?\.h", r"descend_\w+"),
    ("hashing", r"trie/hamt\.c", "hash_of"),
    ("walking", r"trie/hamt\.c", "hamt_get"),
    ("memory", r"trie/hamt\.c", "hamt_(create|destroy)"),
    ("building", r"trie/hamt\.c", r"hamt_\w+"),
    ("building", r"trie/(inspect|iterate)\.h|common/hamt\.h", ".*"),
    # the bucket trie
    ("memory", r"blocks\.h", ".*"),
    ("walking", r"find\.h", r"find_(in|equal|tag)"),
    ("building", r"find\.h|capacity\.h", ".*"),
    ("walking", r"record\.h", r"record_(key|value)"),
    ("copying", r"record\.h", "record_copy"),
    ("building", r"record\.h", ".*"),
    ("walking", r"root\.h", r"root_(slot|at|depth|slots|wanted)"),
    ("memory", r"root\.h", ".*"),
    ("walking", r"fetch\.h", ".*"),
    ("copying", r"bucket\.h", "bucket_resized"),
    ("hashing", r"bucket\.h", "bucket_hash"),
    ("memory", r"bucket\.h", "bucket_(make|free|bytes)"),
    ("building", r"bucket\.h", "bucket_(append|remove)"),
    ("walking", r"bucket\.h", ".*"),
    ("memory", r"fork\.h", "fork_(make|free)"),
    ("walking", r"fork\.h", ".*"),
    ("building", r"way\.h", "way_(fill|replace)"),
    ("walking", r"way\.h", ".*"),
    ("building", r"part\.h|resize\.h", ".*"),
    ("walking", r"many\.h|one_by_one\.h", ".*"),
    ("walking", r"bucket/hamt\.c", "(hamt_)?get(_many)?|group"),
    ("memory", r"bucket/hamt\.c", "hamt_(create|destroy)|free_block"),
    ("building", r"bucket/(hamt\.c|inspect\.h|iterate\.h)", ".*"),
]]
# Of libraries other than libc: the dynamic linker finds each function when it is first called, and
# libc its fastest copy.
LOADER = re.compile(r"/ld[-.][^/]*\.so[^/]*$|/ifunc-[^/]*$|clock_gettime|/dl-[^/]*$|vdso")


def category_of(file, function):
    for category, files, names in TABLE:
        if files.search(file) and names.match(function):
            return category
    return "unclassified"


def category_of_file(file):
    """What most of a file is there for: the last line of the table that has it."""
    return next((category for category, files, _ in reversed(TABLE) if files.search(file)),
                "unclassified")


def function_of(place):
    """(file as shown, function) of a place in the program."""
    path = pathlib.Path(place.file)
    if not path.is_absolute() or not path.is_file():
        return place.file, callgrind.plain(place.symbol)
    function = sources.function_at(path, place.line)
    inside = path.is_relative_to(store.ROOT)
    return (str(path.relative_to(store.ROOT)) if inside else str(path),
            function or callgrind.plain(place.symbol))


def classify(place):
    file, function = function_of(place)
    category = category_of(file, function)
    if category == "unclassified" and place.line == 0 and file != "???":
        category = category_of_file(file)  # clang names no line where it has merged several
    if category == "unclassified" and (LOADER.search(place.object) or LOADER.search(file)):
        category = "loop"
    if category == "unclassified" and place.file == "???" and place.symbol.startswith("0x"):
        category = "loop"  # a jump through the table of the linked functions
    name = pathlib.Path(place.object).name if file == "???" else \
        file if not file.startswith(".") else pathlib.Path(file).name
    return category, name, function


def rows_of(counted, composition, op, pattern, scale):
    """The rows of one count, for one operation each: the greatest first."""
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for place, costs in counted.places.items():
        cost = sums[classify(place)]
        for i, events in enumerate((["Ir"], L1, LL)):
            cost[i] += sum(costs[event] for event in events)
    rows = [dict(zip(COLUMNS, (composition, op, pattern, scale, *where,
                               *(f"{part / counted.operations:.4f}" for part in cost))))
            for where, cost in sums.items()]
    rows = [row for row in rows if any(float(row[cost]) for cost in COSTS)]
    return sorted(rows, key=lambda row: (CATEGORIES.index(row["category"]),
                                         -float(row["instructions"]), row["file"], row["function"]))


def place_of(row):
    return (row["composition"], row["op"], row["pattern"], str(row["scale"]))


# ---- Shares ----

def cycles(row):
    return float(row["instructions"]) + L1_CYCLES * float(row["l1_misses"]) + \
        LL_CYCLES * float(row["ll_misses"])


def instructions(row):
    return float(row["instructions"])


def shares(rows, measure):
    """{category: share in per cent}; the rows are one cell's."""
    total = sum(map(measure, rows))
    found = collections.Counter()
    for row in rows:
        found[row["category"]] += measure(row)
    return {category: 100 * found[category] / total for category in CATEGORIES}


def load(path=HERE):
    if not path.exists():
        raise CellFailed("nothing is stored: make recount")
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def by_cell(rows):
    """{(composition, op, pattern, scale): rows}"""
    cells = collections.defaultdict(list)
    for row in rows:
        cells[place_of(row)].append(row)
    return cells


# ---- Printing ----

def share_table(cells):
    lines = []
    for (composition, op, _, scale), rows in cells.items():
        for name, measure in (("instructions", instructions), ("estimated cycles", cycles)):
            found = shares(rows, measure)
            lines.append([op, printing.short_scale(int(scale)), composition, name,
                          printing.digits(sum(map(measure, rows))),
                          *(f"{found[category]:.1f}" for category in CATEGORIES)])
    return printing.align(["op", "scale", "composition", "share of", "per op", *CATEGORIES], lines,
                        figures=1 + len(CATEGORIES), cell=3)


def function_table(rows, least=1.0):
    """The functions of one cell that take `least` per cent of instructions or cycles."""
    all_instructions, all_cycles = sum(map(instructions, rows)), sum(map(cycles, rows))
    lines = []
    for row in sorted(rows, key=cycles, reverse=True):
        part = 100 * instructions(row) / all_instructions, 100 * cycles(row) / all_cycles
        if max(part) >= least:
            lines.append([row["category"], row["file"], row["function"],
                          *(printing.digits(float(row[cost])) for cost in COSTS),
                          *(f"{share:.1f}" for share in part)])
    return printing.align(["category", "file", "function", "instr.", "miss L1", "miss LL", "instr. %",
                         "cycles %"], lines, figures=5, cell=0)


# What the documents estimated, and which of our categories that is: (figure, composition,
# operation, categories).  "Core operations" are search, insert and hash.
CORE = ["walking", "hashing", "building"]
REST = ["loop", "unclassified"]
CLAIMS = [
    ("002.shares.05", "outline", "put", ["memory"]),
    ("002.bottlenecks.06", "outline", "put", ["memory"]),
    ("002.shares.06", "outline", "put", CORE),
    ("002.shares.07", "outline", "put", None),
    ("002.shares.08", "outline", "put", REST),
    ("002.shares.01", "reference", "put", ["memory"]),
    ("002.shares.02", "reference", "put", CORE),
    ("002.shares.03", "reference", "put", ["copying"]),
    ("002.shares.04", "reference", "put", REST),
    # Document 003's "other", which was said to be mostly malloc.
    ("003.hotspots.08", "phase2", "put", ["memory"]),
    ("003.hotspots.07", "phase2.5", "put", ["memory"]),
]
# What document 003's profiler could not name; ours names nearly all.
OTHER = [
    ("003 \"other\"", "phase2", "put", "unresolved, ~47%", 47, REST),
    ("003 \"other\"", "phase2.5", "put", "still ~40%", 40, REST),
]
# The steps of a put on the documents' critical path, and the figure of each.
STEPS = ["hashing", "walking", "memory", "copying"]
PATHS = [("reference", [f"002.path.0{i}" for i in (1, 2, 3, 4)]),
         ("outline", [f"002.path.0{i}" for i in (6, 7, 8, 9)])]


def seed_figures():
    with open(FIGURES, newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def verdict(low, high, found):
    """What our shares, of instructions and of estimated cycles, say to an estimate."""
    return verdicts.judge_estimates(verdicts.Span(low, high), found).text


def find(cells, composition, op):
    return next((rows for place, rows in cells.items() if place[:2] == (composition, op)), None)


def both_shares(rows, categories):
    return [sum(shares(rows, measure)[c] for c in categories) for measure in (instructions, cycles)]


def share_claims(cells):
    """Lines of the documents' shares beside what was counted, of the cells that are there."""
    figures = seed_figures()
    claims = []
    for number, composition, op, categories in CLAIMS:
        seed = figures[number]
        value = float(seed["value"] or 0)
        claims.append((number, composition, op, f"{seed['row']}, {seed['as_written']}",
                       float(seed["value_low"] or value), float(seed["value_high"] or value),
                       categories))
    claims += [(number, composition, op, text, value, value, categories)
               for number, composition, op, text, value, categories in OTHER]
    for number, composition, op, text, low, high, categories in claims:
        rows = find(cells, composition, op)
        if rows is None:
            continue
        if categories is None:  # the program's start is not under the clock
            yield [number, composition, text, "-", "-", "-", verdicts.NOT_MEASURED]
            continue
        found = both_shares(rows, categories)
        yield [number, composition, text, " + ".join(categories),
               *(f"{share:.0f}" for share in found), verdict(low, high, found)]


def path_claims(cells):
    """The documents' critical path of a put.  They give nanoseconds of another machine; what can be
    compared is the share of each step in the four."""
    figures = seed_figures()
    for composition, numbers in PATHS:
        rows = find(cells, composition, "put")
        if rows is None:
            continue
        claimed = [float(figures[number]["value"]) for number in numbers]
        by_measure = [[shares(rows, measure)[step] for step in STEPS]
                      for measure in (instructions, cycles)]
        for i, number in enumerate(numbers):
            share = 100 * claimed[i] / sum(claimed)
            found = [100 * measured[i] / sum(measured) for measured in by_measure]
            seed = figures[number]
            yield [number, composition, f"{seed['row']}, {seed['as_written']}", STEPS[i],
                   f"{share:.0f}", *(f"{part:.0f}" for part in found),
                   verdict(share, share, found)]


def claim_tables(cells):
    """What the documents said beside what was counted; nothing if none of it is there."""
    text = ""
    claims, path = list(share_claims(cells)), list(path_claims(cells))
    if claims:
        header = ["claim", "here", "as written", "counted as", "instr. %", "cycles %", "verdict"]
        text += "the documents' shares of a put\n\n" + \
            printing.align(header, claims, figures=0, cell=0)
    if path:
        header = ["claim", "here", "as written", "counted as", "said %", "instr. %", "cycles %",
                  "verdict"]
        text += "\n\ntheir critical path of a put: each step's share of the four\n\n" + \
            printing.align(header, path, figures=0, cell=0)
    return text.strip()


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


def profile_now(given):
    program = callgrind.program_of(given.variant, given.hash, given.key)
    progress = Progress("attribution", ["put", "get"])
    rows = []
    for op in ("put", "get"):
        counted = callgrind.count(program, op, given.pattern, given.scale, seed=given.seed,
                                  hash_seed=given.hash_seed)
        rows += rows_of(counted, given.variant, op, given.pattern, given.scale)
        progress.step(op)
    progress.end()
    return rows


def show(rows, functions):
    cells = by_cell(rows)
    print(f"shares in per cent; estimated cycles: instructions + {L1_CYCLES} for each miss of the"
          f" first level + {LL_CYCLES} for each of the last\n\n{share_table(cells)}")
    if functions:
        for (composition, op, *_), some in cells.items():
            print(f"\n{composition}, {op}: functions with 1 % or more\n\n{function_table(some)}")
    claims = claim_tables(cells)
    if claims:
        print(f"\n{claims}")
    print(f"\n{counters_here()}")


def report(arguments=None):
    parser = cell.Parser(__doc__, variant=None)
    parser.add_argument("--hash", default="xxh3", type=cell.read_hash)
    parser.add_argument("--pattern", default=PATTERN, type=cell.read_pattern)
    parser.add_argument("--scale", default=SCALE, type=cell.read_scale)
    parser.add_argument("--count", action="store_true", help="the variant's now, instead of what is stored")
    parser.add_argument("--functions", action="store_true", help="of what is stored as well")
    given = parser.parse_args(arguments)
    if given.count:
        show(profile_now(given), True)
        print(f"\n{sampled.text(cell.build(given.variant, given.hash, given.key), given)}")
        return
    place, wanted = (given.pattern, str(given.scale)), [given.variant] if given.variant else SHOWN
    stored = [row for row in load() if place_of(row)[2:] == place and row["composition"] in wanted]
    if not stored:
        whose = f" of {given.variant}" if given.variant else ""
        raise CellFailed(f"nothing is stored{whose} for {given.pattern} keys at {given.scale};"
                         f" make VARIANT={given.variant or 'x'} attribute counts it")
    show(sorted(stored, key=lambda row: (row["op"] != "put", wanted.index(row["composition"]))),
         given.functions or bool(given.variant))


if __name__ == "__main__":
    cell.run_report("attribution", report)
