"""Stores made by the runner, into which several experiments are put with whatever machine, commit
and times a test wants them to have."""
import hashlib
import json
import random
import re
import sqlite3
import subprocess
import tempfile

from paths import ROOT
from lab import store

RUN = ROOT / "build/run/run"

MACHINE = {"cpu": "made up", "cores": 2, "memory_bytes": 1 << 30, "os": "none", "kernel": "none",
           "page_size": 4096, "thp": "never", "hardware_counters": "[]", "software_counters": "[]",
           "virtualised": None, "caches": "[]"}

BLOCKS = 14
CELL = ["build", "op", "pattern", "scale", "allocator_asked", "parameters", "plan_seed"]


def build_runner():
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)


def empty(path):
    """A store with nothing in it: the runner makes the tables before it finds nothing to read."""
    with tempfile.TemporaryDirectory() as nothing:
        subprocess.run([RUN, "--store", path, "--import", nothing], capture_output=True)
    return sqlite3.connect(path)


def insert(connection, table, **values):
    connection.execute(f"INSERT INTO {table} ({', '.join(values)})"
                       f" VALUES ({', '.join('?' * len(values))})", list(values.values()))


def insert_run(connection, experiment, slot, tree, **values):
    """A run, with its cell and its tree (JSON) if those are new."""
    cell = {"parameters": "", **{name: values.pop(name) for name in CELL if name in values}}
    number = connection.execute(
        f"SELECT cell FROM cell WHERE experiment = ? AND {' AND '.join(f'{c} = ?' for c in cell)}",
        (experiment, *cell.values())).fetchone()
    if not number:
        number = connection.execute("SELECT count(*) FROM cell WHERE experiment = ?", (experiment,)).fetchone()
        insert(connection, "cell", experiment=experiment, cell=number[0], **cell)
    digest = hashlib.sha256(tree.encode()).hexdigest()[:12]
    connection.execute("INSERT OR IGNORE INTO tree VALUES (?, ?)", (digest, tree))
    insert(connection, "run", experiment=experiment, slot=slot, cell=number[0], tree=digest, **values)


def add(connection, name, times, machine="m1", commit="c" * 40, status="finished", started="",
        compiler="cc 1", bytes_per_entry=100.0 / 3, **machine_is):
    """Adds an experiment called by this id.  times: {(op, scale): {variant: [ns of each block]}};
    every process gives two samples around its time."""
    if not connection.execute("SELECT 1 FROM machine WHERE id = ?", (machine,)).fetchone():
        insert(connection, "machine", id=machine, **{**MACHINE, **machine_is})
    variants = sorted({variant for cell in times.values() for variant in cell})
    for variant in variants:
        if not connection.execute("SELECT 1 FROM build WHERE id = ?", (f"{variant} {compiler}",)).fetchone():
            insert(connection, "build", id=f"{variant} {compiler}", program="map", variant=variant,
                   composition=variant, hash="xxh3", key="u64", compiler=compiler, cflags="-O3",
                   identity="{}", binary_digest=variant)
    insert(connection, "experiment", id=name, name=None, settings='A="b,c"\nD', plan_digest="p",
           builds_digest="b", planned=1, machine=machine, source_commit=commit, dirty=0,
           started=started or f"2026-01-01T00:00:00.{len(name):03}Z",
           finished="2026-01-02T00:00:00.000Z" if status == "finished" else None, status=status)
    slot = 0
    for (op, scale), cell in times.items():
        for variant, values in cell.items():
            for block, value in enumerate(values):
                insert_run(connection, name, slot, "{}", build=f"{variant} {compiler}", op=op,
                           pattern="shuffled", scale=scale, allocator_asked="glibc",
                           allocator="libc", plan_seed=1, seed=block, block=block, position=0,
                           status="ok", seconds=0.1 + 1 / 3, bytes_per_entry=bytes_per_entry,
                           checksum="0x1", started="")
                for number, off in enumerate((-1e-9, 1e-9)):
                    insert(connection, "sample", experiment=name, slot=slot, number=number,
                           ns_per_op=value + off, ops=scale, repeats=1)
                slot += 1
    connection.commit()


def noisy(seed, **medians):
    """{variant: BLOCKS times} around these medians, with a drift that all variants of a block share."""
    source = random.Random(seed)
    drift = [source.lognormvariate(0, 0.2) for _ in range(BLOCKS)]
    return {name: [time * d * source.lognormvariate(0, 0.01) for d in drift] for name, time in medians.items()}


def seal(directory):
    """Sums that fit an export which was changed."""
    path = directory / store.SUMS
    text = path.read_text()
    for table in store.TABLES:
        found = hashlib.sha256((directory / f"{table}.csv").read_bytes()).hexdigest()
        text = re.sub(rf"[0-9a-f]{{64}}(?=  {table}.csv)", found, text)
    path.write_text(text)


def everything(path):
    """All rows of all tables."""
    connection = sqlite3.connect(path)
    tables = {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in store.TABLES}
    connection.close()
    return tables


class Made:
    """A made-up store of one experiment, whose answers are known."""
    TREE = {"entries": 10, "inner_nodes": 20, "leaves": 10, "child_pointers": 29, "depth_max": 10,
            "children": [0] * 65, "bytes": {"nodes": 960}, "blocks": 50,
            "pool": {"allocations": 40, "fallbacks": 30, "slots_used": 300, "slots_capacity": 100}}

    def __init__(self, path, settings=""):
        self.connection = sqlite3.connect(path)
        for statement in store.schema():
            self.connection.execute(statement)
        self.runs = 0
        insert(self.connection, "machine", id="m", **MACHINE | {"cpu": "c"})
        self.experiment("e", "seeds", settings)

    def experiment(self, name, called, settings=""):
        insert(self.connection, "experiment", id=name, name=called, settings=settings, plan_digest="",
               builds_digest="", planned=1, machine="m", dirty=0, started="2026-01-01T00:00:00Z",
               status="running")

    def add(self, variant, op, pattern, scale, times, hash_name="xxh3", allocator="glibc",
            tree=None, bytes_per_entry=1.0, **values):
        """One run a block, of one sample: its time varies with the block, as the machine does."""
        build = f"b{self.runs}"
        insert(self.connection, "build", id=build, program="map", variant=variant,
               composition=variant, hash=hash_name, key="u64", compiler="", cflags="", identity="{}",
               binary_digest="")
        for block, time in enumerate(times):
            insert_run(self.connection, "e", self.runs, json.dumps(tree or self.TREE), build=build,
                       op=op, pattern=pattern, scale=scale, allocator_asked=allocator,
                       allocator=allocator, plan_seed=1, seed=1, block=block, position=0,
                       status="ok", seconds=0.1, bytes_per_entry=bytes_per_entry,
                       rss_per_entry=bytes_per_entry + 10, checksum="0")
            insert(self.connection, "sample", experiment="e", slot=self.runs, number=0,
                   ns_per_op=time * (1 + block), ops=1, repeats=1)
            for name, value in values.items():
                insert(self.connection, "value", experiment="e", slot=self.runs, name=name, value=value)
            self.runs += 1
        self.connection.commit()
