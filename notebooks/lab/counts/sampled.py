"""Where a put's time goes by the clock: samples of perf, the kernel's part included.

Counted instructions (lab.counts.attribution) say nothing of the kernel, which fills a page with zeros when a put
touches it first, and take a load that waits for memory for as long as one that does not.  Samples taken 4,000 times a
second of the processor's time see both.  They need no hardware counter, but they do waver from run to run, as times do,
and the interval that stands beside a share is that of drawing so many samples, no more.  A sample belongs to a put if
hamt_put is on its stack.
"""
import re
import shutil
import subprocess
import tempfile
from collections import Counter

from .. import printing, store
from .counting import callgrind

KINDS = ["the kernel", "malloc and free", "copying", "hashing", "the map itself"]
ALLOCATION = re.compile(r"_*(libc_)?(malloc|free|cfree|calloc|realloc)$|_int_(malloc|free)$|sysmalloc")
COPYING = re.compile(r"_*mem(move|cpy)")
HASHING = re.compile(r"XXH|wyhash|murmur3|siphash|hash_|call_hash")
RATE, REPETITIONS, STACK_BYTES = 3999, 5, 512


def kind_of(stack):
    """The kind of one sample: its stack, [(function, library)], innermost first, up to hamt_put."""
    names = [name for name, _ in stack]
    if "[kernel" in stack[0][1]:
        return "the kernel"
    if any(ALLOCATION.match(name) for name in names):
        return "malloc and free"
    if COPYING.match(names[0]):
        return "copying"
    return "hashing" if HASHING.match(names[0]) else "the map itself"


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


def sample(filled):
    """{kind: samples} of puts; a line that says why not, if it cannot be done here."""
    if not shutil.which("perf"):
        return "perf is not installed (Debian: linux-perf)"
    with tempfile.TemporaryDirectory() as directory:
        data = f"{directory}/perf.data"
        recorded = subprocess.run(
            ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(RATE), "--call-graph", f"dwarf,{STACK_BYTES}", "-o",
             data, "--", filled.program(), *filled.arguments("put", REPETITIONS)],
            cwd=store.ROOT, text=True, capture_output=True)
        if recorded.returncode != 0:
            return "perf may not look on here: " + callgrind.complaint(recorded.stderr)
        printed = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso", "--no-inline"],
                                 text=True, errors="replace", capture_output=True)
    return read(printed.stdout) or "perf took no sample of a put; take a larger scale"


def table(found):
    total = sum(found.values())

    def line(kind):
        share = found[kind] / total
        off = 1.96 * (share * (1 - share) / total) ** 0.5
        return [kind, *(f"{100 * part:.1f}" for part in (share, max(0, share - off), min(1, share + off)))]
    return printing.align(["time of a put", "%", "from", "to"], list(map(line, KINDS)), figures=3,
                          cell=0) + f"\n{total} samples"


def text(filled):
    found = sample(filled)
    return f"sampled time: {found}" if isinstance(found, str) else table(found)
