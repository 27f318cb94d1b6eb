"""What the study of the superslab compares: allocators and settings, and the workloads on which they ran.

A *configuration* is an allocator with its settings (experiments/allocators.conf has them); a *load* is one workload.
In each block every configuration of a load ran once, one after the other, on the same random decisions: a ratio is
taken within a block.
"""
from typing import NamedTuple


class Load(NamedTuple):
    slots: int
    generator: str
    threads: int

    def __str__(self):
        return f"{self.slots} slots, {self.generator}, {self.threads} thread{'s' if self.threads > 1 else ''}"


MAIN = Load(8192, "lcg", 1)  # the document's: bench_random_mixed 10000000 8192 42
GOOD = MAIN._replace(generator="good")
LOADS = [Load(slots, generator, threads) for threads in (1, 2) for slots in (8192, 256)
         for generator in ("lcg", "good")]

# As the document has it, with slabs on: superslabs of 512 KB, found by hash; the pool has a soft cap, and what it
# refuses is mapped block by block.  The document does not tell the cap.  10 is the one of 8 to 12 at which the kernel's
# share comes nearest to the document's 55 %.
SHIPPED = "phase9-on"
BASELINE, BEST = "phase8", "best"
SYSTEM, MIMALLOC = "glibc", "mimalloc"
ALLOCATORS = [SYSTEM, "jemalloc", MIMALLOC, "tcmalloc"]
CONTROL = "loop"
BATCHES = (1, 8, 512)  # and the 64 of SHIPPED

CONFIGURATIONS = {
    BASELINE: "slabs off, linear lookup",
    "phase9-off": "slabs off, hashed lookup",
    "off+2m": "slabs off, 2 MB",
    "off+prewarm": "slabs off, 16 mapped ahead",
    SHIPPED: "slabs on: 512 KB, hashed lookup, at most 10",
    "linear": "phase9-on, linear lookup",
    "mask": "phase9-on, lookup by mask",
    "1m": "phase9-on, 1 MB",
    "2m": "phase9-on, 2 MB",
    "prewarm": "phase9-on, 16 of class 7 mapped ahead",
    "2m+prewarm": "phase9-on, both",
    "legacy": "phase9-on, what the pool refuses is mapped, come what may",
    "pool": "phase9-on, nothing is refused",
    **{f"cap-{cap}": f"phase9-on, at most {cap}" for cap in (8, 9, 11, 12)},
    "uncapped": "phase9-on, no cap",
    "uncapped+linear": "no cap, linear lookup",
    "uncapped+mask": "no cap, lookup by mask",
    "uncapped+2m": "no cap, 2 MB",
    "uncapped+prewarm": "no cap, 16 of class 7 mapped ahead",
    **{f"batch-{size}": f"phase9-on, refills of {size} blocks" for size in BATCHES},
    "wrapped": "phase9-on: no inlining, stack canaries, general TLS",
    BEST: "the allocator's own defaults",
    "best-wrapped": "best: no inlining, stack canaries",
    **dict.fromkeys(ALLOCATORS, "as it comes"),
    CONTROL: "the loop alone: it draws, and allocates nothing",
}
