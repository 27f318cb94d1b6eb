"""A whole directory of results, made up, with which the paper can be built: every plan under
experiments/ as a stored experiment, the studies of the instrument and the study of the superslab.
Times follow a simple rule, the same at every call; trees have the nodes that theory expects."""
import csv
import functools
import itertools
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import zlib

import made_export
import made_store
from made import ROOT, insert, insert_run

sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools")]
import compose  # noqa: E402
from lab import cell, settings  # noqa: E402
from lab.audit import trees  # noqa: E402
from lab.audit.evidence import EXPERIMENTS  # noqa: E402
from lab.counts import attribution, exact, stored  # noqa: E402
from lab.counts.counting import CATEGORIES  # noqa: E402
from lab.shape import model  # noqa: E402
from lab.superslab.configurations import CONFIGURATIONS, LOADS, MAIN  # noqa: E402

BLOCKS = 6  # the fewest that have an interval
# Compositions without a name of which the paper tells counts.
MORE_COUNTED = ["outline+arena", "outline+pool+four", "outline+lazy", "outline+pathcomp", "outline+growpool+exact",
                "outline+sizes+tagged", "outline+prefetch"]
# What each part does to a time: put, get.
FACTORS = {"lazy": (0.25, 0.25), "pathcomp": (0.25, 0.25), "growpool": (0.7, 1.05),
           "arena": (0.85, 1.3), "freelist": (0.85, 1.3), "pool": (1.1, 1.1), "inline": (0.9, 0.9),
           "array64": (3.0, 1.4), "reference": (0.2, 0.32), "libhamt": (0.2, 0.32)}
MEMORY = {"outline": 1, "lazy": 0.17, "pathcomp": 0.17, "growpool": 0.6, "array64": 8, "reference": 0.12,
          "libhamt": 0.12}
WAYS = {"get_chained": 1.6, "get_in_order": 0.7}
SLOWER = {"siphash": 1.1, "identity": 0.98}
ALLOCATORS = {"jemalloc": 0.8, "mimalloc": 0.7, "tcmalloc": 0.9}


def waver(*what):
    """Within 2 % of 1, and always the same for the same."""
    return 1 + (zlib.crc32(repr(what).encode()) % 41 - 20) / 1000


@functools.lru_cache(maxsize=None)
def parts(variant):
    if variant == "libhamt":
        return ("libhamt",)
    return tuple(directory.name for directory in compose.Composition(variant).directories)


def time_of(variant, op, scale, hash_name, allocator, pattern, block):
    way = 0 if op in ("put", "insert10", "update", "remove", "churn") else 1
    if way and pattern == "sequential" and "arena" in parts(variant):
        scale /= 100  # an arena serves those who ask in the order of filling
    factor = math.prod(FACTORS.get(part, (1, 1))[way] for part in parts(variant))
    return (100 * factor * (scale / 1000) ** 0.25 * WAYS.get(op, 1) * SLOWER.get(hash_name, 1)
            * ALLOCATORS.get(allocator, 1) * waver(variant, op, scale, hash_name, allocator, block)
            * waver(pattern, block))


@functools.lru_cache(maxsize=None)
def expected(shape, entries):
    return model.predict(shape, entries)


@functools.lru_cache(maxsize=None)
def tree_of(variant, entries):
    known = None if variant == "libhamt" else cell.shape_of(variant)
    shape = known or cell.CORES["reference"]  # or any: the trees are made up
    wanted = expected(shape, entries)
    inner = [round(nodes) for nodes in wanted.inner_at_level]
    nodes = sum(inner)
    names = parts(variant)
    capacity = {"phase2": 65536, "outline+pool+four": 65536}.get(variant, 4194304) if "pool" in names else (
        10 * entries)
    used = 30 * entries
    fallbacks = round(7 * entries * max(0, 1 - capacity / used)) if "pool" in names else 0
    return json.dumps({
        "entries": entries, "inner_nodes": nodes, "leaves": entries,
        "child_pointers": nodes + entries - 1, "depth_max": 10, "depth_mean": wanted.depth_mean,
        "inner_at_level": inner, "leaves_at_level": [0] * len(inner),
        "children": [0] * 65, "bytes": {"nodes": 32 * (nodes + entries), "children": 8 * nodes},
        "blocks": 2 * nodes, "pool": {
            "allocations": 7 * entries, "fallbacks": fallbacks, "slots_used": used,
            "slots_live": 8 * entries, "slots_capacity": capacity}})


def scale_of(word):
    return settings.read_scale(word)


def grids(plan):
    """What a plan measures: (variant, op, pattern, scale, hash, key, allocator)."""
    for line in plan.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        given = {name: value.split(",") for name, value in
                 (word.split("=", 1) for word in line.split())}
        yield from itertools.product(
            given["VARIANTS"], given["OPS"], given["PATTERNS"], map(scale_of, given["SCALES"]),
            given.get("HASH", ["xxh3"]), given.get("KEY", ["u64"]), given.get("ALLOC", ["glibc"]))


def fill(connection, name, rows, machine="m1"):
    if not connection.execute("SELECT 1 FROM machine WHERE id = ?", (machine,)).fetchone():
        insert(connection, "machine", id=machine, **{
            **made_store.MACHINE, "hardware_counters": "[]", "virtualised": 1,
            "caches": '[{"level":1,"type":"Data","size":32768,"line":64}]'})
    insert(connection, "experiment", id=f"made-{name}", name=name, settings="", plan_digest="p",
           builds_digest="b", planned=len(rows), machine=machine, source_commit="c" * 40, dirty=0,
           started="2026-01-01T00:00:00.000Z", finished="2026-01-01T00:10:00.000Z",
           status="finished")
    builds = set()
    for slot, ((variant, op, pattern, scale, hash_name, key, allocator), block) in enumerate(
            itertools.product(rows, range(BLOCKS))):
        build = f"{name} {variant} {hash_name} {key}"
        if build not in builds:
            builds.add(build)
            insert(connection, "build", id=build, program="map", variant=variant, composition=variant,
                   hash=hash_name, key=key, compiler="cc 1", cflags="-O3", identity="{}",
                   binary_digest=build)
        memory = 500 * math.prod(MEMORY.get(part, 0.97) for part in parts(variant))
        library = "libc.so.6" if allocator == "glibc" else f"lib{allocator}.so.2"
        insert_run(connection, f"made-{name}", slot, tree_of(variant, scale), build=build, op=op,
                   pattern=pattern, scale=scale, allocator_asked=allocator, allocator=library,
                   plan_seed=1, seed=block, block=block, position=0, status="ok", seconds=0.1,
                   bytes_per_entry=memory, rss_per_entry=1.2 * memory, checksum="0x1",
                   started="")
        insert(connection, "sample", experiment=f"made-{name}", slot=slot, number=0, ops=scale, repeats=1,
               ns_per_op=time_of(variant, op, scale, hash_name, allocator, pattern, block))


def experiments(directory, machines=None):
    """Exports below a directory; machines: {name: machine} of those that have another one."""
    plans = {path.stem: list(grids(path)) for path in (ROOT / "experiments").glob("*.plan") if path.stem in EXPERIMENTS}
    plans["libhamt"] = list(itertools.product(
        ["reference", "libhamt"], ["put", "get", "insert10"], ["shuffled"],
        [1000, 10000, 100000, 1000000], ["xxh3"], ["u64"], ["glibc"]))
    made_store.build_runner()
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "store.sqlite"
        connection = made_store.empty(path)
        connection.isolation_level = None
        connection.execute("BEGIN")
        for name, rows in plans.items():
            fill(connection, name, list(dict.fromkeys(rows)), (machines or {}).get(name, "m1"))
        connection.execute("COMMIT")
        connection.close()
        for name in plans:
            subprocess.run([made_store.RUN, "--store", path, "--export", directory,
                            "--experiment", f"made-{name}"], check=True, capture_output=True)


# ---- The studies ----

def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def pairs(changed, effect, comparisons, blocks=20):
    for number, block, side in itertools.product(range(comparisons), range(blocks), (0, 1)):
        value = 100 * (1 + effect * side) * waver(number, block) * (
            1 + (zlib.crc32(repr((number, block, "ab"[side])).encode()) % 21 - 10) / 10000)
        yield {"variant": "list", "plan_seed": number, "block": block, "parameters": f"{changed}={round(100 * effect) or 1 if side else 0}",
               "samples": [value]}


def instrument(directory):
    for study, rows in (("aa", pairs("copy", 0, 200)), ("power", pairs("delay_percent", 0.05, 93))):
        made_export.write(directory, f"instrument-{study}", list(rows), cores=2, dirty=0, source_commit="c" * 40)
    made_export.write(directory, "instrument-limits", [
        {"op": "load_lines", "pattern": "small", "scale": 4096 << size, "block": run,
         "values": {"ns": (1 + size) * waver(size, run)}} for size in range(16) for run in range(7)])


STEPS = ("cycle_ns", "pair_ns", "empty_pair_ns", "lookup_ns", "empty_lookup_ns", "map_ns")


def superslab(directory):
    """Every configuration in six blocks of every load; steps and a profile in as many, and a count."""
    rows = []

    def process(op, name, load, block, **values):
        rows.append({"op": op, "allocator_asked": name, "scale": load.slots, "pattern": load.generator, "block": block,
                     "parameters": f"threads={load.threads}", "values": values})
    for name, block in itertools.product(CONFIGURATIONS, range(6)):
        speed = {"phase8": 5, "phase9-off": 5, "phase9-on": 4, "best": 20}.get(name, 1 + zlib.crc32(name.encode()) % 7)
        for load in LOADS:
            process("mixed", name, load, block, mops=speed * waver(name, block), kernel_share=0.3, system=0.1,
                    cycles=1000, rss_most=1e6 * waver(block), rss_peak=1e6, live_peak=5e5, areas_most=3)
        process("steps", name, MAIN, block, **dict.fromkeys(STEPS, 2.0))
        process("profile", name, MAIN, block, **{f"profile.{place}": count for place, count in (
            ("kernel_munmap", 3), ("kernel_mmap", 1), ("loop", 4), ("lookup", 1), ("other", 1))})
    for name in CONFIGURATIONS:
        process("count", name, MAIN, 0, cycles=1000, allocations=100, frees=100, **{
            f"count.{what}": count for what, count in (("mmap_calls", 10), ("munmap_calls", 10), ("lookups", 5),
                                                       ("refills", 3), ("exhausted_c7", 1), ("fallbacks_c7", 9))})
    made_export.write(directory, "superslab", rows)


# ---- Counts ----

def translations(composition, pattern):
    """Misses: as many for all but those with an arena, for which the order decides."""
    return 100 + ("arena" in parts(composition)) * {"shuffled": 20, "sequential": -20}[pattern]


def counted(directory):
    """The counts that depend on no machine, laid out as in results."""
    write(directory / "audit" / "trees.csv", trees.TREE_COLUMNS, [
        {"composition": composition, "pattern": pattern, "scale": scale, "hash": hash_name,
         "pool_slots": slots or "", "tree": tree_of(composition, scale)}
        for composition, pattern, scale, hash_name, slots in trees.wanted()])
    write(directory / "counts" / "counts.csv", stored.COLUMNS["counts"], [
        {"composition": composition, "key": "u64", "hash": "xxh3", "op": op, "pattern": pattern,
         "scale": scale, "seed": 1, "operations": scale, **{name: 100 for name in stored.FIGURES},
         "tlb1_misses": translations(composition, pattern)}
        for composition in dict.fromkeys([*exact.named(), *MORE_COUNTED]) for op in ("put", "get")
        for pattern in ("shuffled", "sequential") for scale in (10000, 100000)])
    write(directory / "counts" / "attribution.csv", stored.COLUMNS["attribution"], [
        {"composition": composition, "op": op, "pattern": "shuffled", "scale": 100000,
         "category": category, "file": "f", "function": "f", "instructions": 10, "l1_misses": 1,
         "ll_misses": 0}
        for composition in attribution.SHOWN for op in ("put", "get")
        for category in CATEGORIES])
    (directory / "libhamt").mkdir()
    (directory / "libhamt" / "lost_keys.csv").write_text(
        "commit,hash,keys,lost,command,source\n100ec3e,made,1000,5,,\n")


def results(directory, machines=None):
    """The whole directory."""
    directory = pathlib.Path(directory)
    (directory / "runs").mkdir(parents=True)
    experiments(directory / "runs", machines)
    instrument(directory)
    superslab(directory)
    counted(directory)
    return directory
