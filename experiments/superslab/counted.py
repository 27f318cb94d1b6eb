#!/usr/bin/env python3
"""random-mixed-counted - the superslab's workload (random_mixed.c) while something counts what it
does: a cell (experiments/cell.c tells of the protocol) whose values are the workload's own and what was
counted.

count     the superslab counts by itself (SUPERSLAB_STATS=1); of any other allocator strace counts the
          system calls that map memory.  Values count.refills, count.mmap_calls, ...
profile   perf looks some thousand times a second where the processor is.  Values profile.lookup,
          profile.kernel_munmap, ...: samples by where they fell

It runs from the root of the repository, where the workload's program is built."""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WORKLOAD = "build/superslab/random-mixed"
TRIALS = {"count": ["strace", "-c", "-f", "-o", "/dev/null", "true"],
          "profile": ["perf", "record", "-q", "-g", "-e", "cpu-clock", "-o", "/dev/null", "--",
                      "true"]}
STATS_LINE = re.compile(r"^superslab: (\w+)=(\d+)$", re.M)
# "100.00    0.000163           1       123         2 mmap"; a column less without errors.
STRACE_LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?!total)(\w+)$", re.M)
MAPPING_CALLS = ("mmap", "munmap", "madvise", "brk", "mremap", "mprotect")

# A symbol on the way there; the first that fits counts.
KERNEL_PLACES = [("kernel_munmap", r"sys_munmap$|vm_munmap$"),
                 ("kernel_mmap", r"sys_mmap$|mmap_pgoff$"),
                 ("kernel_madvise", r"sys_madvise$"), ("kernel_fault", r"exc_page_fault$")]
OTHER_PLACES = [("free", r"^(free|\w*_free)$"), ("malloc", r"^(malloc|\w*_malloc)$"),
                ("refill", r"refill"), ("lookup", r"lookup")]


def fail(text):
    print(f"random-mixed-counted: {text}", file=sys.stderr)
    sys.exit(1)


def run(command, variables):
    """(stdout, stderr) of a command that ended well."""
    done = subprocess.run(command, env=variables, text=True, errors="replace", capture_output=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        fail((done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
    return done.stdout, done.stderr


def count(command, variables):
    if "superslab" in os.path.basename(variables.get("LD_PRELOAD", "")):
        out, error = run(command, {**variables, "SUPERSLAB_STATS": "1"})
        return out, {name: int(number) for name, number in STATS_LINE.findall(error)}
    preload = variables.pop("LD_PRELOAD", None)  # not for strace itself
    with tempfile.NamedTemporaryFile("r") as file:
        out, _ = run(["strace", "-c", "-f", "-o", file.name,
                      *(["-E", f"LD_PRELOAD={preload}"] if preload else []), *command], variables)
        calls = {name: int(calls) for calls, name in STRACE_LINE.findall(file.read())}
    return out, {f"{name}_calls": calls.get(name, 0) for name in MAPPING_CALLS}


def place_of(frames):
    """Where a sample fell; frames: (symbol, file) from the innermost outwards."""
    innermost, file = frames[0]
    if file.startswith("[kernel") or file.startswith("[guest"):
        return next((place for place, mark in KERNEL_PLACES
                     if any(re.search(mark, symbol) for symbol, _ in frames)), "kernel_other")
    if file.endswith("/random-mixed"):
        return "loop"
    return next((place for place, mark in OTHER_PLACES if re.search(mark, innermost)), "other")


def places(script):
    """{place: samples} from the output of perf script."""
    found = collections.Counter()
    for sample in script.split("\n\n"):
        frames = re.findall(r"^\s+(?:[0-9a-f]+ )?(\S+) \((.+)\)$", sample, re.M)
        if frames:
            found[place_of(frames)] += 1
    return found


def profile(command, variables):
    plain = {name: variables[name] for name in ("PATH", "LC_ALL") if name in variables}
    with tempfile.TemporaryDirectory() as directory:
        data = os.path.join(directory, "perf.data")
        out, _ = run(["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", "1999", "-o", data, "--",
                      "env", *(f"{name}={value}" for name, value in variables.items()), *command],
                     plain)
        script, _ = run(["perf", "script", "-i", data, "-F", "ip,sym,dso", "--comms", "random-mixed"],
                        plain)
    return out, places(script)


OPERATIONS = {"count": count, "profile": profile}


def description():
    """That of the workload, but for the operations: those whose tools are here."""
    known = json.loads(subprocess.run([WORKLOAD, "--describe"], check=True, capture_output=True).stdout)
    known["identity"]["workload"] = hashlib.sha256(
        pathlib.Path(WORKLOAD).read_bytes()).hexdigest()[:16]
    return {**known, "program": "random-mixed-counted",
            "operations": [name for name, trial in TRIALS.items() if shutil.which(trial[0]) and
                           subprocess.run(trial, capture_output=True).returncode == 0]}


def main():
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--op", choices=OPERATIONS)
    for flag in ("--steps", "--describe"):
        parser.add_argument(flag, action="store_true")
    given, rest = parser.parse_known_args()
    about = description()
    if given.describe:
        print(json.dumps(about))
        return
    if given.op not in about["operations"]:
        fail(f"--op {given.op}: wanted one of: {', '.join(about['operations'])}")
    # What is counted is the whole process, without a warm-up; what is timed and profiled has one.
    command = [WORKLOAD, "--op", {"count": "count", "profile": "mixed"}[given.op], *rest]
    if given.steps:
        print('{"ready":true}', flush=True)
    number = 0
    while sys.stdin.readline().strip() == "go" if given.steps else number == 0:
        out, found = OPERATIONS[given.op](command, dict(os.environ))
        if not found:
            fail(f"nothing was told by what was to {given.op}")
        line = json.loads(out)
        line["values"].update({f"{given.op}.{name}": value for name, value in found.items()})
        print(json.dumps({**line, **about["identity"], "op": given.op, "sample": number}), flush=True)
        number += 1


if __name__ == "__main__":
    main()
