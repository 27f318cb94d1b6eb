"""Made exports of experiments, in the form that results/README.md describes."""
import hashlib
import pathlib

import pandas

MACHINE = {"id": "m1", "cpu": "made up", "cores": 1, "memory_bytes": 1, "os": "o", "kernel": "k", "page_size": 4096,
           "thp": "never", "hardware_counters": "[]", "software_counters": "[]", "virtualised": 1, "caches": "[]"}
EXPERIMENT = {"id": "e", "settings": "made", "plan_digest": "", "builds_digest": "", "planned": 1, "machine": "m1",
              "source_commit": "", "dirty": 1, "started": "2026-01-01T00:00:00.000Z",
              "finished": "2026-01-01T00:00:01.000Z", "status": "finished"}
CELL = {"build": "b", "op": "get", "pattern": "shuffled", "scale": 1000, "allocator_asked": "glibc", "parameters": "",
        "plan_seed": 1}
RUN = {"block": 0, "position": 0, "status": "ok", "seconds": 1}


def write(results, name, rows, plan=None, **about):
    """Writes RESULTS/runs/NAME, of the plan of this name or another.  A row is a process: what differs from CELL and
    RUN, its program and variant, samples (times) with their ops and repeats, values ({name: number}), and maybe a hash
    and what it weighed; about: what differs from MACHINE and EXPERIMENT, and the kind of key."""
    directory = pathlib.Path(results) / "runs" / name
    directory.mkdir(parents=True)
    built = [(row.get("program", "map"), row.get("variant", "fix4"), row.get("hash", "xxh3")) for row in rows]
    builds = [{"id": "-".join(of), "program": of[0], "variant": of[1], "composition": of[1], "hash": of[2],
               "key": about.get("key", "u64"), "compiler": "cc 1", "cflags": "", "identity": "{}", "binary_digest": ""}
              for of in dict.fromkeys(built)]
    cells = [{key: row.get(key, default) for key, default in CELL.items()} | {"build": "-".join(of)}
             for row, of in zip(rows, built)]
    numbers = {cell: number for number, cell in enumerate(dict.fromkeys(tuple(cell.values()) for cell in cells))}
    machine = MACHINE | {key: value for key, value in about.items() if key in MACHINE}
    experiment = EXPERIMENT | {"name": plan or name} | {key: value for key, value in about.items() if key in EXPERIMENT}
    for table, lines in {
            "machine": [machine | {"id": experiment["machine"]}], "build": builds, "experiment": [experiment],
            "tree": [{"digest": None}],
            "cell": [{"cell": number, **dict(zip(CELL, cell))} for cell, number in numbers.items()],
            "run": [{"slot": slot, "cell": numbers[tuple(cell.values())],
                     **{key: row.get(key, default) for key, default in RUN.items()},
                     **{key: row[key]
                        for key in ("detail", "seconds", "bytes_per_entry", "rss_per_entry", "peak_rss_bytes")
                        if key in row}}
                    for slot, (row, cell) in enumerate(zip(rows, cells))],
            "sample": [{"slot": slot, **{key: row[key] for key in ("ops", "repeats") if key in row},
                        "ns_per_op": " ".join(map(str, row["samples"]))} for slot, row in enumerate(rows)
                       if row.get("samples")] or [{"slot": None, "ns_per_op": None}],
            "value": [{"slot": slot, **row["values"]} for slot, row in enumerate(rows) if row.get("values")]
            or [{"slot": None}]}.items():
        pandas.DataFrame(lines).dropna(how="all").to_csv(directory / f"{table}.csv", index=False)
    (directory / "SHA256SUMS").write_text("# hamtlab export, tables of version 2, form 2\n" + "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(directory.glob("*.csv"))))
    return directory
