"""What the study of the superslab measures: allocators and settings, workloads, and the order in
which processes run.

A *configuration* is an allocator with its settings; a *load* is one workload.  In each block every
configuration of a load runs once, one after the other, on the same random decisions; a ratio is
taken within a block.  Blocks come in pairs: the second has the order of the first turned round, so
that over a pair each configuration stands at the same place on average.
"""
import random
from typing import NamedTuple

# As the document has it, with slabs on: superslabs of 512 KB, found by hash; the pool has a soft
# cap, and what it refuses is mapped block by block.  The document does not tell the cap.  This one
# is that of CAPS at which the kernel's share comes nearest to the document's 55 %.
CAP = 10
ON = {"SUPERSLAB": "1", "SUPERSLAB_SIZE": "512K", "SUPERSLAB_LOOKUP": "hash",
      "SUPERSLAB_BACKEND": "both", "SUPERSLAB_POOL_CAP": str(CAP),
      "SUPERSLAB_BATCH": "64", "SUPERSLAB_REFILL": "64"}
# The switches.
OFF = {"SUPERSLAB": "0"}
LINEAR, MASK = {"SUPERSLAB_LOOKUP": "linear"}, {"SUPERSLAB_LOOKUP": "mask"}
LARGE = {"SUPERSLAB_SIZE": "2M"}
AHEAD = {"SUPERSLAB_PREWARM": "7:16"}  # hak_ss_prewarm_class(7, 16)
LEGACY, POOL = {"SUPERSLAB_BACKEND": "legacy"}, {"SUPERSLAB_BACKEND": "pool"}
UNCAPPED = {"SUPERSLAB_POOL_CAP": "0"}

SUPERSLAB = "superslab"
LEAN, WRAPPED = "lean", "wrapped"


class Configuration(NamedTuple):
    name: str
    allocator: str      # SUPERSLAB, or one of ALLOCATORS
    settings: dict      # environment
    build: str          # of the superslab: LEAN or WRAPPED
    about: str


class Load(NamedTuple):
    slots: int
    generator: str
    threads: int
    touch: int = 1

    def __str__(self):
        return (f"{self.slots} slots, {self.generator}, {self.threads}"
                f" thread{'s' if self.threads > 1 else ''}")


# Beside it; all but the C library's are found by tools/allocator.sh.
SYSTEM = "glibc"
ALLOCATORS = [SYSTEM, "jemalloc", "mimalloc", "tcmalloc"]


def slabs(name, about, *changes, build=LEAN):
    settings = {}
    for change in changes:
        settings |= change
    return Configuration(name, SUPERSLAB, settings, build, about)


BATCHES = (1, 8, 512)  # and ON's 64
CAPS = (8, 9, 11, 12)  # and CAP
CONTROL = Configuration("loop", SYSTEM, {}, "", "the loop alone: it draws, and allocates nothing")
CONFIGURATIONS = [
    slabs("phase8", "slabs off, linear lookup", ON, OFF, LINEAR),
    slabs("phase9-off", "slabs off, hashed lookup", ON, OFF),
    slabs("off+2m", "slabs off, 2 MB", ON, OFF, LARGE),
    slabs("off+prewarm", "slabs off, 16 mapped ahead", ON, OFF, AHEAD),
    slabs("phase9-on", f"slabs on: 512 KB, hashed lookup, at most {CAP}", ON),
    slabs("linear", "phase9-on, linear lookup", ON, LINEAR),
    slabs("mask", "phase9-on, lookup by mask", ON, MASK),
    slabs("1m", "phase9-on, 1 MB", ON, {"SUPERSLAB_SIZE": "1M"}),
    slabs("2m", "phase9-on, 2 MB", ON, LARGE),
    slabs("prewarm", "phase9-on, 16 of class 7 mapped ahead", ON, AHEAD),
    slabs("2m+prewarm", "phase9-on, both", ON, LARGE, AHEAD),
    slabs("legacy", "phase9-on, what the pool refuses is mapped, come what may", ON, LEGACY),
    slabs("pool", "phase9-on, nothing is refused", ON, POOL),
    *(slabs(f"cap-{cap}", f"phase9-on, at most {cap}", ON, {"SUPERSLAB_POOL_CAP": str(cap)})
      for cap in CAPS),
    slabs("uncapped", "phase9-on, no cap", ON, UNCAPPED),
    slabs("uncapped+linear", "no cap, linear lookup", ON, UNCAPPED, LINEAR),
    slabs("uncapped+mask", "no cap, lookup by mask", ON, UNCAPPED, MASK),
    slabs("uncapped+2m", "no cap, 2 MB", ON, UNCAPPED, LARGE),
    slabs("uncapped+prewarm", "no cap, 16 of class 7 mapped ahead", ON, UNCAPPED, AHEAD),
    *(slabs(f"batch-{size}", f"phase9-on, refills of {size} blocks", ON,
            {"SUPERSLAB_BATCH": str(size), "SUPERSLAB_REFILL": str(size)}) for size in BATCHES),
    slabs("wrapped", "phase9-on: no inlining, stack canaries, general TLS", ON, build=WRAPPED),
    slabs("best", "the allocator's own defaults"),
    slabs("best-wrapped", "best: no inlining, stack canaries", build=WRAPPED),
    *(Configuration(name, name, {}, "", "as it comes") for name in ALLOCATORS),
    CONTROL,
]
BY_NAME = {configuration.name: configuration for configuration in CONFIGURATIONS}
EVERYWHERE = ["phase9-on", "2m+prewarm", "uncapped", "best", *ALLOCATORS, CONTROL.name]

MAIN = Load(8192, "lcg", 1)  # the document's: bench_random_mixed 10000000 8192 42
LOADS = {
    load: list(BY_NAME) if load.slots == 8192 and load.threads == 1 else EVERYWHERE
    for load in (Load(slots, generator, threads) for threads in (1, 2) for slots in (8192, 256)
                 for generator in ("lcg", "good"))
}

# Kinds of processes.
TIME, COUNT, STEPS, PROFILE = "time", "count", "steps", "profile"
SEED = 42

COUNTED = [name for name in BY_NAME if name != CONTROL.name]
STEPPED = ["uncapped+linear", "uncapped", "uncapped+mask", "wrapped", "best", *ALLOCATORS]
PROFILED = ["phase8", "phase9-on", "2m+prewarm", "best"]


class Size(NamedTuple):
    """How much is measured."""
    blocks: int           # of timings
    cycles: int           # of a timing or profile at most, of each thread
    seconds: float        # of its clock at most: some configurations are a hundred times slower
    count_cycles: int     # of a count, and
    count_seconds: float
    step_blocks: int
    profile_blocks: int
    loads: tuple          # of the timings


FULL = Size(blocks=24, cycles=24_000_000, seconds=0.2, count_cycles=10_000_000,
            count_seconds=2.0, step_blocks=8, profile_blocks=6,
            loads=tuple(LOADS))
QUICK = Size(blocks=6, cycles=24_000_000, seconds=0.05, count_cycles=10_000_000,
             count_seconds=0.2, step_blocks=6, profile_blocks=1,
             loads=tuple(LOADS))


class Process(NamedTuple):
    kind: str
    block: int
    position: int  # within the block
    configuration: Configuration
    load: Load
    cycles: int      # of each thread
    seconds: float   # of the clock; 0: no limit

    @property
    def seed(self):
        """All configurations of a block draw alike; block 0 as the document did."""
        return SEED + self.block


def orders(names, blocks, shuffle):
    """A list of names for each block."""
    result = []
    while len(result) < blocks:
        order = list(names)
        shuffle(order)
        result += [order, order[::-1]]
    return result[:blocks]


def schedule(size, only=None, tools=("perf", "strace")):
    """All processes in the order in which they run.  only: names of configurations.  Without perf
    there are no profiles, without strace no counts of other allocators."""
    shuffle = random.Random(SEED).shuffle

    def wanted(names):
        return [name for name in names if only is None or name in only]

    counted = [name for name in wanted(COUNTED)
               if "strace" in tools or BY_NAME[name].allocator == SUPERSLAB]
    profiled = wanted(PROFILED) if "perf" in tools else []

    def row(kind, block, names, load, cycles, seconds=0.0):
        return [Process(kind, block, at, BY_NAME[name], load, cycles, seconds)
                for at, name in enumerate(names)]

    counts = [process for load in (MAIN, MAIN._replace(generator="good"))
              for process in row(COUNT, 0, counted, load, size.count_cycles,
                                  size.count_seconds)]
    timings = {load: orders(wanted(LOADS[load]), size.blocks, shuffle) for load in size.loads}
    steps = orders(wanted(STEPPED), size.step_blocks, shuffle)
    profiles = orders(profiled, size.profile_blocks, shuffle)
    processes = counts
    for block in range(size.blocks):
        loads = list(size.loads)
        shuffle(loads)
        for load in loads:
            processes = processes + row(TIME, block, timings[load][block], load, size.cycles,
                                        size.seconds)
        if block < size.step_blocks:
            processes = processes + row(STEPS, block, steps[block], MAIN, 0)
        if block < size.profile_blocks:
            processes = processes + row(PROFILE, block, profiles[block], MAIN, size.cycles,
                                        size.seconds)
    return processes
