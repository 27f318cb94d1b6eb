#!/usr/bin/env python3
"""Measures the superslab: runs what lab.superslab.plan lists, and stores a row for each process.

    python3 -m lab.superslab.measure --out DIR [--size full|quick] [--only NAME,...]
                                     [--blocks N] [--cycles N]

DIR gets runs.csv, a row for each process as soon as it has ended, and about.json: the machine, the
programs and the plan.  The same command goes on where it was interrupted, if none of these has
changed.  What DIR holds of another study, or of a finished one, is moved to DIR/before-<its start>.

Kinds of rows:
time      the workload; what its program prints (experiments/superslab/random_mixed.c)
count     the workload once with counting: of the superslab SUPERSLAB_STATS, of any other allocator
          the system calls as strace counts them; both in the column `counts`, "key=value ..."
steps     what single steps cost (experiments/superslab/steps.c), in columns *_ns
profile   the workload under perf: in the column `counts` the samples by where they fell

Linux only: allocators are preloaded, and /proc is read.
"""
import collections
import csv
import datetime
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from ..command import BadSetting, Failure, Parser, run_report
from ..progress import Progress
from ..store import ROOT
from . import plan

BUILT = ROOT / "build" / "superslab"
PROGRAMS = {"random-mixed": BUILT / "random-mixed", "steps": BUILT / "steps",
            plan.LEAN: BUILT / "libsuperslab.so",
            plan.WRAPPED: BUILT / "wrapped" / "libsuperslab.so"}
RUNS, ABOUT = "runs.csv", "about.json"
TIME_LIMIT = 120  # seconds for a process
SYSTEM_LIBRARY = "libc.so.6"

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


# ---- The machine and the programs ----

def now(precision="seconds"):
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec=precision)


def first_match(path, pattern):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    except OSError:
        return None
    return found[1] if found else None


def output_of(*command):
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout.strip() if done.returncode == 0 else ""


def machine():
    return {"cpu": first_match("/proc/cpuinfo", r"^model name\s*: (.*)$") or platform.machine(),
            "cores": os.cpu_count(), "kernel": f"{platform.system()} {platform.release()}",
            "libc": " ".join(platform.libc_ver()),
            "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2 ** 30),
            "page_bytes": os.sysconf("SC_PAGE_SIZE"),
            "thp": first_match("/sys/kernel/mm/transparent_hugepage/enabled", r"\[(\w+)\]")}


def library_of(name):
    """The file to preload; its package is installed if it is missing."""
    done = subprocess.run(["sh", "tools/allocator.sh", name], cwd=ROOT, text=True,
                          capture_output=True)
    if done.returncode:
        raise Failure(done.stderr.strip())
    return done.stdout.strip()


def libraries(configurations):
    """{configuration: path of the file to preload}, without those that need none."""
    found = {}
    for configuration in configurations:
        if configuration.allocator == plan.SUPERSLAB:
            found[configuration.name] = str(PROGRAMS[configuration.build])
        elif configuration.allocator != plan.SYSTEM:
            found[configuration.name] = library_of(configuration.allocator)
    return found


TOOLS = {"perf": ["perf", "record", "-q", "-g", "-e", "cpu-clock", "-o", "/dev/null", "--", "true"],
         "strace": ["strace", "-c", "-f", "-o", "/dev/null", "true"]}


def usable_tools():
    """Those that are here and may do what they are needed for; a missing one is told."""
    found = []
    for name, trial in TOOLS.items():
        if shutil.which(name) and subprocess.run(trial, capture_output=True).returncode == 0:
            found.append(name)
        else:
            print(f"{name} cannot be used here; what it would tell is left out", file=sys.stderr)
    return found


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:16]


def describe(processes, size_name, found):
    """What is stored beside the rows; all of "same" must be so for a study to be gone on with."""
    missing = [str(path.relative_to(ROOT)) for path in PROGRAMS.values() if not path.exists()]
    if missing:
        raise Failure(f"not built: {', '.join(missing)}; make superslab-programs builds them")
    used = collections.Counter(process.configuration.name for process in processes)
    return {
        "started": now(),
        "finished": None,
        "commit": output_of("git", "rev-parse", "HEAD") or None,
        "dirty": bool(output_of("git", "status", "--porcelain")),
        "same": {
            "size": size_name, "processes": len(processes), "machine": machine(),
            "programs": {name: digest(path) for name, path in PROGRAMS.items()},
            "libraries": {name: [os.path.basename(os.path.realpath(path)), digest(path)]
                          for name, path in found.items() if name in plan.ALLOCATORS},
            "configurations": {name: {"settings": c.settings, "build": c.build, "about": c.about}
                               for name, c in plan.BY_NAME.items() if name in used},
            "schedule": hashlib.sha256(repr(processes).encode()).hexdigest()[:16]},
    }


# ---- One process ----

class WentWrong(Exception):
    """A process gave nothing to store but this reason."""


def environment(process, found):
    """Small, and the same for all but the allocator and its settings."""
    configuration = process.configuration
    variables = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **configuration.settings}
    if configuration.name in found:
        variables["LD_PRELOAD"] = found[configuration.name]
    return variables


def served_by(process, found):
    """The file whose malloc must serve the process."""
    return os.path.basename(found.get(process.configuration.name, SYSTEM_LIBRARY))


def workload(process, found):
    load = process.load
    command = [PROGRAMS["random-mixed"], process.cycles, load.slots, process.seed,
               "--generator", load.generator, "--threads", load.threads, "--touch", load.touch,
               "--allocator", served_by(process, found)]
    if process.configuration is plan.CONTROL:
        command.append("--control")
    if process.kind == plan.COUNT:
        command += ["--warm-up", 0]  # what is counted is the whole process
    if process.seconds:
        command += ["--seconds", process.seconds]
    return [str(word) for word in command]


def pin(process):
    """A single thread stays on the last core; the first has the machine's own work to do."""
    def apply():
        if process.load.threads == 1:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return apply


def run(process, command, variables):
    """(stdout, stderr) of a process that ended well."""
    try:
        done = subprocess.run(command, cwd=ROOT, env=variables, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT,
                              preexec_fn=pin(process))
    except subprocess.TimeoutExpired:
        raise WentWrong(f"it ran longer than {TIME_LIMIT} s") from None
    if done.returncode:
        how = (f"killed by signal {-done.returncode}" if done.returncode < 0
               else f"exit status {done.returncode}")
        last = done.stderr.strip().splitlines()
        raise WentWrong(f"{how}{': ' + last[-1] if last else ''}")
    return done.stdout, done.stderr


def line_of(output):
    try:
        return {key: value for key, value in json.loads(output).items() if value is not None}
    except ValueError:
        raise WentWrong("its output is not one line of JSON") from None


def time_workload(process, found):
    return line_of(run(process, workload(process, found), environment(process, found))[0])


def time_steps(process, found):
    command = [str(PROGRAMS["steps"]), "--allocator", served_by(process, found)]
    return line_of(run(process, command, environment(process, found))[0])


def counts_text(counts):
    return " ".join(f"{key}={value}" for key, value in counts.items())


STATS_LINE = re.compile(r"^superslab: (\w+)=(\d+)$", re.M)
# "100.00    0.000163           1       123         2 mmap"; a column less without errors.
STRACE_LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?!total)(\w+)$",
                         re.M)
MAPPING_CALLS = ("mmap", "munmap", "madvise", "brk", "mremap", "mprotect")


def count_workload(process, found):
    variables = environment(process, found)
    if process.configuration.allocator == plan.SUPERSLAB:
        out, error = run(process, workload(process, found), {**variables, "SUPERSLAB_STATS": "1"})
        counts = dict(STATS_LINE.findall(error))
        if not counts:
            raise WentWrong("SUPERSLAB_STATS=1 told nothing")
        return {**line_of(out), "counts": counts_text(counts)}
    with tempfile.NamedTemporaryFile("r") as file:
        preload = variables.pop("LD_PRELOAD", None)  # not for strace itself
        traced = ["strace", "-c", "-f", "-o", file.name,
                  *(["-E", f"LD_PRELOAD={preload}"] if preload else [])]
        out, _ = run(process, traced + workload(process, found), variables)
        calls = {name: calls for calls, name in STRACE_LINE.findall(file.read())}
    counts = {f"{name}_calls": calls.get(name, 0) for name in MAPPING_CALLS}
    return {**line_of(out), "counts": counts_text(counts)}


# ---- Profiles: where the processor was found, some thousand times a second ----

# A symbol on the way there; the first that fits counts.
KERNEL_PLACES = [("kernel_munmap", r"sys_munmap$|vm_munmap$"),
                 ("kernel_mmap", r"sys_mmap$|mmap_pgoff$"),
                 ("kernel_madvise", r"sys_madvise$"), ("kernel_fault", r"exc_page_fault$")]
OTHER_PLACES = [("free", r"^(free|\w*_free)$"), ("malloc", r"^(malloc|\w*_malloc)$"),
                ("refill", r"refill"), ("lookup", r"lookup")]


def place_of(frames):
    """Where a sample fell; frames: (symbol, file) from the innermost outwards."""
    symbols = [symbol for symbol, _ in frames]
    innermost, file = frames[0]
    if file.startswith("[kernel") or file.startswith("[guest"):
        return next((place for place, mark in KERNEL_PLACES
                     if any(re.search(mark, symbol) for symbol in symbols)), "kernel_other")
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


def profile_workload(process, found):
    with tempfile.TemporaryDirectory() as directory:
        data = os.path.join(directory, "perf.data")
        command = ["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", "1999", "-o", data, "--",
                   "env", *(f"{key}={value}" for key, value in environment(process, found).items()),
                   *workload(process, found)]
        plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        out, _ = run(process, command, plain)
        script, _ = run(process, ["perf", "script", "-i", data, "-F", "ip,sym,dso", "--comms",
                                  "random-mixed"], plain)
    samples = places(script)
    if not samples:
        raise WentWrong("perf saw nothing")
    return {**line_of(out), "counts": counts_text(samples)}


MEASURE = {plan.TIME: time_workload, plan.COUNT: count_workload, plan.STEPS: time_steps,
           plan.PROFILE: profile_workload}


# ---- The store ----

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


def drop_half_line(path):
    """A process that was killed while it wrote leaves a line without an end."""
    text = path.read_bytes()
    if not text.endswith(b"\n"):
        path.write_bytes(text[:text.rfind(b"\n") + 1])


def write_about(out, about):
    part = out / f"{ABOUT}.part"
    part.write_text(json.dumps(about, indent=1) + "\n")
    part.replace(out / ABOUT)


def set_aside(out):
    """Moves what another study has left in `out` out of the way."""
    old = json.loads((out / ABOUT).read_text())
    place = out / ("before-" + re.sub(r"[^0-9T]", "", old["started"][:19]))
    place.mkdir()
    for name in (RUNS, ABOUT):
        if (out / name).exists():
            (out / name).rename(place / name)
    print(f"an earlier study of {out} is now in {place}", file=sys.stderr)


def prepare(out, about):
    """The rows that are there already, if the study in `out` is this one and unfinished."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / ABOUT).exists():
        old = json.loads((out / ABOUT).read_text())
        if old["finished"] is None and old["same"] == about["same"] and (out / RUNS).exists():
            drop_half_line(out / RUNS)
            rows = read_rows(out / RUNS)
            print(f"going on: {len(rows)} of {about['same']['processes']} processes are stored",
                  file=sys.stderr)
            about["started"] = old["started"]
            return rows
        set_aside(out)
    with open(out / RUNS, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(COLUMNS)
    write_about(out, about)
    return []


def measure(out, processes, about, found):
    """Runs what is not stored yet, and stores a row of each process as soon as it has ended."""
    done = {int(row["number"]) for row in prepare(out, about)}
    progress = Progress("superslab", processes)
    with open(out / RUNS, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        for number, process in enumerate(processes):
            told = f"{process.kind} {process.configuration.name}, {process.load}"
            if number in done:
                progress.skip(told)
                continue
            row = planned(number, process) | {"started": now("milliseconds"), "status": "ok"}
            try:
                row |= MEASURE[process.kind](process, found)
            except WentWrong as reason:
                row |= {"status": "failed", "detail": str(reason)}
            writer.writerow(row)
            file.flush()
            progress.step(told)
    progress.end()
    about["finished"] = now()
    write_about(out, about)


def failures(rows):
    """{(kind, configuration, detail): how many}."""
    return collections.Counter((row["kind"], row["configuration"], row["detail"]) for row in rows
                               if row["status"] != "ok")


def read_arguments(arguments):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--size", choices=["full", "quick"], default="full")
    parser.add_argument("--only", help="configurations, with commas between them")
    parser.add_argument("--blocks", type=int, help="of each kind, at most")
    parser.add_argument("--cycles", type=int)
    given = parser.parse_args(arguments)
    if given.only:
        given.only = given.only.split(",")
        unknown = [name for name in given.only if name not in plan.BY_NAME]
        if unknown:
            raise BadSetting(f"--only {unknown[0]}: not known; one of: {' '.join(plan.BY_NAME)}")
    for name in ("blocks", "cycles"):
        value = getattr(given, name)
        if value is not None and value < 1:
            raise BadSetting(f"--{name} {value}: wanted a number above 0")
    return given


def sized(given):
    size = {"full": plan.FULL, "quick": plan.QUICK}[given.size]
    if given.blocks:
        size = size._replace(blocks=given.blocks, step_blocks=min(given.blocks, size.step_blocks),
                             profile_blocks=min(given.blocks, size.profile_blocks))
    if given.cycles:
        size = size._replace(cycles=given.cycles, count_cycles=given.cycles)
    return size


def report(arguments=None):
    given = read_arguments(arguments)
    if platform.system() != "Linux":
        raise Failure("the study needs Linux: it preloads allocators and reads /proc")
    processes = plan.schedule(sized(given), given.only, usable_tools())
    found = libraries({p.configuration.name: p.configuration for p in processes}.values())
    about = describe(processes, given.size, found)
    try:
        measure(given.out, processes, about, found)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on", file=sys.stderr)
        raise
    wrong = failures(read_rows(given.out / RUNS))
    for (kind, name, detail), count in wrong.items():
        print(f"failed: {kind} {name}, {count} processes: {detail}", file=sys.stderr)
    if wrong:
        raise Failure(f"{sum(wrong.values())} of {len(processes)} processes gave no result")


if __name__ == "__main__":
    run_report("superslab", report)
