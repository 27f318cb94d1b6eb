#!/usr/bin/env python3
"""map-sampled - the measuring program of a composition while perf looks where it is, 4,000 times a second of the
processor's time: a cell whose values are samples of a put, by kind.

    kernel      in the kernel, which fills a page with zeros when a put touches it first
    malloc      in malloc and free
    copying, hashing
    map         in the map itself

A sample belongs to a put if hamt_put is on its stack.  No hardware counter is needed.
"""
import re
import shutil
import subprocess
import tempfile
from collections import Counter

import callgrind
import protocol

KINDS = ["kernel", "malloc", "copying", "hashing", "map"]
ALLOCATION = re.compile(r"_*(libc_)?(malloc|free|cfree|calloc|realloc)$|_int_(malloc|free)$|sysmalloc")
COPYING = re.compile(r"_*mem(move|cpy)")
HASHING = re.compile(r"XXH|wyhash|murmur3|siphash|hash_|call_hash")
RATE, REPETITIONS, STACK_BYTES = 3999, 5, 512


def kind_of(stack):
    """The kind of one sample: its stack, [(function, library)], innermost first, up to hamt_put."""
    names = [name for name, _ in stack]
    if "[kernel" in stack[0][1]:
        return "kernel"
    if any(ALLOCATION.match(name) for name in names):
        return "malloc"
    if COPYING.match(names[0]):
        return "copying"
    return "hashing" if HASHING.match(names[0]) else "map"


def read(text):
    """{kind: samples} of what `perf script` prints: a stack is a paragraph, a line a frame."""
    found = Counter()
    for paragraph in text.split("\n\n"):
        frames = re.findall(r"^\s*[0-9a-f]+ (.*) \((.*)\)$", paragraph, re.M)
        stack = [(callgrind.plain(name), library) for name, library in frames]
        names = [name for name, _ in stack]
        if "hamt_put" in names:
            found[kind_of(stack[:names.index("hamt_put") + 1])] += 1
    return found


def tool():
    """perf, which must be here."""
    found = shutil.which("perf")
    if not found:
        raise protocol.Failed("perf is not installed (Debian: linux-perf)")
    return found


def description(program):
    tool()
    return protocol.description(program, program="map-sampled", operations=["put"])


def sample(given, rest):
    with tempfile.TemporaryDirectory() as directory:
        data = f"{directory}/perf.data"
        recorded = subprocess.run(
            [tool(), "record", "-q", "-e", "cpu-clock", "-F", str(RATE), "--call-graph", f"dwarf,{STACK_BYTES}",
             "-o", data, "--", given.program, "--op", given.op, "--pattern", given.pattern, "--scale", given.scale,
             "--seed", given.seed, "--samples", str(REPETITIONS), *rest], text=True, capture_output=True)
        if recorded.returncode != 0:
            raise protocol.ended(recorded.returncode, callgrind.complaint(recorded.stderr), "perf may not look on here")
        printed = subprocess.run([tool(), "script", "-i", data, "-F", "ip,sym,dso", "--no-inline"],
                                 text=True, errors="replace", capture_output=True)
    found = read(printed.stdout)
    if not found:
        raise protocol.Failed("perf took no sample of a put; take a larger scale")
    return {"values": {kind: found[kind] for kind in KINDS}}


if __name__ == "__main__":
    protocol.serve(description, sample)
