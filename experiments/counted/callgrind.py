"""Counting what a cell does, exactly: the measuring program under valgrind's callgrind.

Callgrind runs the program's own instructions one by one and counts them, by the line of source they come from; beside
that it simulates caches and a branch predictor of a fixed form, whatever machine it runs on.  No clock is involved, so
that neither load nor another tenant of the machine can change the result; what a simulated miss costs on a real
machine, it does not know, and what the kernel does for the program (page faults above all) it does not see.

What is counted is what is timed.  The program reads its clock right before and right after the operation, so callgrind
is told to begin a new part of its output at each reading of the clock (--dump-before=clock_gettime*), and of these
parts one is taken in which the operation was called: for a put, that of the first map of a new process; for a get, that
of the first repetition on the record, which the one off the record has gone before.

The program is built anew for it, for an instruction set that valgrind knows (tools/instruction_set.sh): that of the
processor at hand, for which what is timed is built, may have instructions that it does not know.

Three machines are simulated.  CACHES is what remains of the machine on which the stored times were measured when it may
have two levels only: 32 KiB, and its last level of 32 MiB.  PREFETCHED has beside that what every processor has, and
the first lacks: it notices when lines are read one after the other, up or down within a page, and fetches those to come
into the last level.  PAGES is address translation dressed up as a cache: a "line" is a page of 4 KiB, the first level
has places for 64 pages and the last for 2,048.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from typing import NamedTuple

from protocol import Failed, ended

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLOCK = "clock_gettime"
# What each operation calls; the others change a map that is full already, whose filling calls the
# same function.
FUNCTION = {"put": "hamt_put", "get": "hamt_get", "get_in_order": "hamt_get", "get_chained": "hamt_get",
            "miss": "hamt_get"}


class Geometry(NamedTuple):
    """Caches as (bytes, ways, bytes in a line)."""
    name: str
    instructions: tuple
    data: tuple
    last: tuple
    prefetch: bool = False

    def options(self):
        caches = {"I1": self.instructions, "D1": self.data, "LL": self.last}
        return [*(f"--{level}={','.join(map(str, cache))}" for level, cache in caches.items()),
                *(["--simulate-hwpref=yes"] if self.prefetch else [])]

    def __str__(self):
        return " ".join(option[2:].replace(",", "/") for option in self.options())


CACHES = Geometry("caches", (32 << 10, 8, 64), (32 << 10, 8, 64), (32 << 20, 16, 64))
PREFETCHED = CACHES._replace(name="prefetched", prefetch=True)
PAGES = Geometry("pages", (32 << 10, 8, 64), (64 << 12, 64, 4096), (2048 << 12, 16, 4096))


class Place(NamedTuple):
    """Where instructions come from.  After inlining, file and line are those of what was written;
    the symbol is the function into which it was compiled."""
    file: str
    line: int
    symbol: str
    object: str


class Part(NamedTuple):
    """What was counted between two readings of the clock."""
    trigger: str    # what ended it
    events: dict    # by event, in all
    places: dict    # {Place: Counter of events}
    calls: Counter  # of each function


class Counted(NamedTuple):
    """What one repetition did under the clock."""
    operations: int
    events: Counter
    places: dict

    def sum(self, events):
        return sum(self.events[event] for event in events)


# ---- Reading what callgrind writes (its manual, "Callgrind Format Specification") ----

def plain(symbol):
    """A function's name without the mark of a recursion's depth, a symbol's version, and what the
    compiler hangs on."""
    return re.sub(r"('\d+|@.*|\.(constprop|isra|part|cold).*)$", "", symbol)


def read_part(lines):
    events, places, calls = [], defaultdict(Counter), Counter()
    trigger, totals, here = "", None, dict.fromkeys(("ob", "fl", "fn", "cfn"), "")
    inclusive = False  # the next line of costs is that of a call: the callee counts its own
    for line in lines:
        key, is_assignment, value = line.partition("=")
        if line[:1].isdigit():
            number, *costs = line.split()
            if not inclusive:
                place = Place(here["fl"], int(number), here["fn"], here["ob"])
                places[place].update(dict(zip(events, map(int, costs))))
            inclusive = False
        elif is_assignment and key in ("ob", "fl", "fi", "fe", "fn", "cfn"):
            here["fl" if key in ("fi", "fe") else key] = value
        elif is_assignment and key == "calls":
            calls[plain(here["cfn"])] += int(value.split()[0])
            inclusive = True
        elif line.startswith("events: "):
            events = line.split()[1:]
        elif line.startswith("desc: Trigger: "):
            trigger = line.split(": ", 2)[2]
        elif line.startswith("totals: "):
            totals = dict(zip(events, map(int, line.split()[1:])))
    return Part(trigger, totals, dict(places), calls)


def read(text):
    """The parts of a callgrind file.  It must have been written without abbreviations."""
    parts = [read_part(section.splitlines()) for section in re.split(r"^part: \d+$", text, flags=re.M)[1:]]
    for number, part in enumerate(parts, 1):
        added = sum(part.places.values(), Counter())
        if part.events is None or any(added[event] != count for event, count in part.events.items()):
            raise Failed(f"part {number} of callgrind's output is not whole")
    return parts


def under_clock(parts, operation):
    """The parts that lie between two readings of the clock and hold the operation."""
    wanted = FUNCTION[operation]
    return [part for part in parts if CLOCK in part.trigger and part.calls[wanted]
            and (wanted == "hamt_put" or not part.calls["hamt_put"])]


# ---- Running ----

def version():
    """valgrind's version."""
    if not shutil.which("valgrind"):
        raise Failed("valgrind is not installed: make build/packages-counts")
    said = subprocess.run(["valgrind", "--version"], text=True, capture_output=True, check=True).stdout
    return said.strip().replace("valgrind-", "")


def complaint(text):
    """What went wrong, from what valgrind and the program wrote."""
    if "unhandled instruction" in text or "SIGILL" in text:
        return ("valgrind does not know an instruction of this program; tools/instruction_set.sh"
                " says for which ones it is built")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("==", "--"))]
    return lines[0] if lines else "valgrind gave no reason"


def whole(text):
    """An output up to the end of its last part; the next may be half written."""
    end = text.rfind("\ntotals: ")
    return text[:text.find("\n", end + 1) + 1] if end >= 0 else ""


def repetitions(directory, parent, operation):
    """The parts under the clock, one for each repetition.  Where every repetition has a process of
    its own, that of the first child to have begun is taken; it may have made several small maps."""
    files = sorted(directory.iterdir(), key=lambda file: int(file.suffix[1:]))
    if operation == "put":
        files = [file for file in files if file.suffix != f".{parent}"][:1]
    return [part for file in files for part in under_clock(read(whole(file.read_text())), operation)]


def run(command, directory, operation):
    """Runs a cell until there is a repetition that is as those on the record are; its part.

    A map that stays is looked up once off the record: the second time counts, when the caches are
    warm.  A map that is filled in a new process is as good the first time as any other."""
    wanted = 1 if operation == "put" else 2
    out, errors = directory / "out", directory / "errors"
    out.mkdir()
    with open(errors, "w") as err:
        # An environment would lie on the stack and move it: there is none.
        process = subprocess.Popen(command, cwd=ROOT, env={}, stdout=subprocess.DEVNULL, stderr=err,
                                   start_new_session=True)
        try:
            written = 0
            while process.poll() is None:
                time.sleep(0.1)
                size = sum(file.stat().st_size for file in out.iterdir())
                if size > written and len(repetitions(out, process.pid, operation)) >= wanted:
                    break
                written = size
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    found = repetitions(out, process.pid, operation)
    if len(found) >= wanted:
        return found[wanted - 1]
    if process.returncode != 0:
        raise ended(process.returncode, complaint(errors.read_text()), "callgrind")
    raise Failed(f"callgrind saw {len(found)} repetitions of {operation} under the clock")


def arguments(operation, pattern, scale, seed, more=()):
    """What a cell is told: to take one sample, of a map whose hash is not seeded by chance."""
    return ["--op", operation, "--pattern", pattern, "--scale", str(scale), "--seed", str(seed), "--hash-seed", "0",
            "--samples", "1", *more]


def count(program, operation, pattern, scale, geometry=CACHES, seed=1, more=()):
    """Counts one repetition of a cell's operation: `scale` calls of it.  `program` is best given
    relative to the root: its name lies on the stack as well, and moves it by its length.  more: options of its own."""
    with tempfile.TemporaryDirectory() as directory:
        part = run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out/part.%p",
             "--combine-dumps=yes", "--compress-strings=no", "--compress-pos=no",
             f"--dump-before={CLOCK}*", "--cache-sim=yes", "--branch-sim=yes",
             *geometry.options(), str(program), *arguments(operation, pattern, scale, seed, more)],
            pathlib.Path(directory), operation)
    operations = part.calls[FUNCTION[operation]]
    if operations != int(scale):
        raise Failed(f"{program}: {operations} operations were counted instead of {scale}")
    return Counted(operations, Counter(part.events), part.places)
