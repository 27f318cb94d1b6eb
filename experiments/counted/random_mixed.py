#!/usr/bin/env python3
"""random-mixed-counted - the superslab's workload (experiments/superslab/random_mixed.c) while something counts what it
does: a cell whose values are the workload's own and what was counted.

count     the superslab counts by itself (SUPERSLAB_STATS=1); of any other allocator strace counts the
          system calls that map memory.  Values count.refills, count.mmap_calls, ...
profile   perf looks some thousand times a second where the processor is.  Values profile.lookup,
          profile.kernel_munmap, ...: samples by where they fell
"""
import collections
import json
import os
import re
import shutil
import subprocess
import tempfile

import protocol

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


def run(command, variables):
    """(stdout, stderr) of a command that ended well."""
    done = subprocess.run(command, env=variables, text=True, errors="replace", capture_output=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise protocol.ended(done.returncode, said, command[0], "random-mixed")
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


def description(program):
    """That of the workload, but for the operations: those whose tools are here."""
    return protocol.description(program, program="random-mixed-counted", operations=[
        name for name, trial in TRIALS.items()
        if shutil.which(trial[0]) and subprocess.run(trial, capture_output=True).returncode == 0])


def sample(given, rest):
    # What is counted is the whole process, without a warm-up; what is timed and profiled has one.
    command = [given.program, "--op", {"count": "count", "profile": "mixed"}[given.op], "--pattern", given.pattern,
               "--scale", given.scale, "--seed", given.seed, *rest]
    out, found = OPERATIONS[given.op](command, dict(os.environ))
    if not found:
        raise protocol.Failed(f"nothing was told by what was to {given.op}")
    line = json.loads(out)
    line["values"].update({f"{given.op}.{name}": value for name, value in found.items()})
    return line


if __name__ == "__main__":
    protocol.serve(description, sample)
