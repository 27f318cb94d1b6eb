"""The rows of the stored study of the superslab, as results/superslab has them.

Kinds of rows:
time      the workload; what its program tells (experiments/superslab/random_mixed.c)
count     the workload once with counting (experiments/superslab/counted.py); in the column `counts`,
          "key=value ..."
steps     what single steps cost (experiments/superslab/steps.c), in columns *_ns
profile   the workload under perf: in the column `counts` the samples by where they fell
"""
import csv

RUNS, ABOUT = "runs.csv", "about.json"

PLANNED = ["number", "kind", "block", "position", "configuration", "load_slots", "load_generator",
           "load_threads", "load_touch"]
TOLD = ["started", "status", "detail"]
WORKLOAD = ["allocator", "cycles", "seed", "size_low", "size_high", "warm_up", "mops", "wall",
            "user", "system", "kernel_share", "minor_faults", "start_user", "start_system", "areas",
            "areas_most", "rss_most", "rss_before", "live_peak", "rss_peak", "allocations", "frees",
            "checksum"]
STEPS = ["cycle_ns", "pair_ns", "empty_pair_ns", "lookup_ns", "empty_lookup_ns", "map_ns",
         "touched_map_ns"]
COLUMNS = PLANNED + TOLD + WORKLOAD + STEPS + ["counts"]


def counts_text(counts):
    return " ".join(f"{key}={value}" for key, value in counts.items())


def planned(number, process):
    load = process.load
    return {"number": number, "kind": process.kind, "block": process.block,
            "position": process.position, "configuration": process.configuration.name,
            "load_slots": load.slots, "load_generator": load.generator,
            "load_threads": load.threads, "load_touch": load.touch}


def read_rows(path):
    """The rows of a runs.csv; numbers are texts still."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))
