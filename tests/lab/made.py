"""A made-up store, with the runner's own schema, whose answers are known."""
import json
import pathlib
import re
import sqlite3

ROOT = pathlib.Path(__file__).resolve().parents[2]


def schema():
    """The statements of schema.c, their literals joined, and the tables' version."""
    version = re.search(r"SCHEMA_VERSION = (\d+)",
                        (ROOT / "experiments" / "run" / "schema.h").read_text())[1]
    text = (ROOT / "experiments" / "run" / "schema.c").read_text()
    body = re.sub(r"/\*.*?\*/", "", text.split("schema[] = {")[1].split("NULL}")[0], flags=re.S)
    return [*("".join(re.findall(r'"([^"]*)"', statement))
              for statement in re.findall(r'(?:"[^"]*"\s*)+', body)),
            f"PRAGMA user_version = {version}"]


def insert(connection, table, **values):
    connection.execute(f"INSERT INTO {table} ({', '.join(values)})"
                       f" VALUES ({', '.join('?' * len(values))})", list(values.values()))


class Made:
    """A store with one experiment."""
    TREE = {"entries": 10, "inner_nodes": 20, "leaves": 10, "child_pointers": 29, "depth_max": 10,
            "children": [0] * 65, "bytes": {"nodes": 960}, "blocks": 50,
            "pool": {"allocations": 40, "fallbacks": 30, "slots_used": 300, "slots_capacity": 100}}

    def __init__(self, path, settings=""):
        self.connection = sqlite3.connect(path)
        for statement in schema():
            self.connection.execute(statement)
        self.runs = 0
        insert(self.connection, "machine", id="m", cpu="c", cores=2, memory_bytes=1, os="o",
               kernel="k", page_size=4096, thp="never", hardware_counters="[]",
               software_counters="[]", caches="[]")
        self.experiment("e", "seeds", settings)

    def experiment(self, name, called, settings=""):
        insert(self.connection, "experiment", id=name, name=called, settings=settings, plan_digest="",
               builds_digest="", planned=1, machine="m", dirty=0, started="2026-01-01T00:00:00Z",
               status="running")

    def add(self, variant, op, pattern, scale, times, hash_name="xxh3", allocator="glibc",
            tree=None, bytes_per_entry=1.0):
        """One run a block, of one sample: its time varies with the block, as the machine does."""
        insert(self.connection, "build", id=f"b{self.runs}", variant=variant, composition=variant,
               hash=hash_name, key="u64", compiler="", cflags="", identity="{}", binary_digest="")
        build = f"b{self.runs}"
        for block, time in enumerate(times):
            run = f"r{self.runs}"
            insert(self.connection, "run", id=run, experiment="e", slot=self.runs, build=build,
                   variant=variant, composition=variant, hash=hash_name, key="u64", op=op,
                   pattern=pattern, scale=scale, allocator_asked=allocator, allocator=allocator,
                   plan_seed=1, seed=1, block=block, position=0, status="ok", seconds=0.1,
                   bytes_per_entry=bytes_per_entry, rss_per_entry=bytes_per_entry + 10, checksum="0",
                   tree=json.dumps(tree or self.TREE))
            insert(self.connection, "sample", run=run, number=0, ns_per_op=time * (1 + block),
                   ops=1, repeats=1)
            self.runs += 1
        self.connection.commit()
