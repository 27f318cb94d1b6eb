"""What a machine is, in words: of a row of the store's table, or of what the runner says (experiments/run/machine.h).

It imports no statistics, as tasks of campaigns do not.
"""
import json


def caches_text(caches):
    """"L1 data 48 KiB, L2 1024 KiB" of the JSON array; lines are told where they are not 64 bytes."""
    return ", ".join(" ".join([f"L{cache['level']}", *([] if cache["type"] == "Unified" else [cache["type"].lower()]),
                               f"{cache['size'] // 1024} KiB",
                               *([] if cache.get("line", 64) == 64 else [f"in lines of {cache['line']}"])])
                     for cache in json.loads(caches or "[]")) or "unknown"


def description(machine):
    """{what: how it is} of all that tells machines apart but an id."""
    return {"processor": machine["cpu"], "cores": machine["cores"],
            "memory": f"{round(machine['memory_bytes'] / 2 ** 30)} GiB", "system": machine["os"],
            "kernel": machine["kernel"], "huge pages": machine["thp"],
            "virtual": {1: "yes", 0: "no"}.get(machine["virtualised"], "unknown"), "page size": machine["page_size"],
            "caches": caches_text(machine["caches"]), "hardware counters": machine["hardware_counters"],
            "software counters": machine["software_counters"]}
