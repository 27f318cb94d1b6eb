"""A made-up store of one experiment, with the runner's own schema, whose answers are known."""
import json
import sqlite3

from made_store import insert, insert_run
from lab import store


class Made:
    """A store with one experiment."""
    TREE = {"entries": 10, "inner_nodes": 20, "leaves": 10, "child_pointers": 29, "depth_max": 10,
            "children": [0] * 65, "bytes": {"nodes": 960}, "blocks": 50,
            "pool": {"allocations": 40, "fallbacks": 30, "slots_used": 300, "slots_capacity": 100}}

    def __init__(self, path, settings=""):
        self.connection = sqlite3.connect(path)
        for statement in store.schema():
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
