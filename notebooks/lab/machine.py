"""What a machine is, in words: of a row of the store's table, or of what the runner says (experiments/run/machine.h).

It imports no statistics, as tasks of campaigns do not.
"""


def description(machine):
    """{what: how it is} of all that tells machines apart but an id."""
    return {"processor": machine["cpu"], "cores": machine["cores"],
            "memory": f"{round(machine['memory_bytes'] / 2 ** 30)} GiB", "system": machine["os"],
            "kernel": machine["kernel"], "huge pages": machine["thp"],
            "virtual": {1: "yes", 0: "no"}.get(machine["virtualised"], "unknown"), "page size": machine["page_size"],
            "caches": machine["caches"], "hardware counters": machine["hardware_counters"],
            "software counters": machine["software_counters"]}
