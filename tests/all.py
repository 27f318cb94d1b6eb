#!/usr/bin/env python3
"""Builds and runs the tests, and says at the end how many passed.

    tests/all.py pairs     the shared suite on every variant, every lineup, and compositions in which
                           every two parts' choices meet; and all other tests
    tests/all.py triples   the shared suite alone, on compositions in which every three meet
    tests/all.py all       the shared suite alone, on every composition there is
    tests/all.py NAME ...  these alone: build/test/... programs or tests/....py files; FILE.py::CLASS::CLASS, of its
                           classes these

A test is a program that exits with 0 if it passed.  Of those written with Check or unittest, the
checks inside are counted; anything else counts as one.  What failed is shown with its output and the
command that repeats it; at the end, which took longest.

Scripts come first, some of which take minutes; then programs are built, a few by each make; then they
run, in a second or so each.  So no core waits for another until the last moment.
"""
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOBS = os.cpu_count() or 1
CHUNK = 16         # programs built by one call of make
TIME_LIMIT = 900   # seconds for one test
SHOWN = 8          # of those that took longest
CHECK_LINE = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)", re.M)
UNITTEST_LINE = re.compile(r"^Ran (\d+) tests? in", re.M)
FAILURES = re.compile(r"(?:failures|errors|unexpected successes)=(\d+)")
UNITTEST_FAILED = re.compile(r"^FAILED \((.*)\)", re.M)


def compose(*arguments):
    result = subprocess.run([sys.executable, "tools/compose.py", *arguments], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, check=True)
    return result.stdout.split()


def programs(which):
    """Every test's path: a program to build, or a script."""
    suite = [f"build/test/map/{name}/map_test" for name in [*compose("suite", which), *compose("buildable")]]
    if which != "pairs":
        return suite
    others = subprocess.run(["make", "-s", "test-programs"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, check=True).stdout.split()
    scripts = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "tests").glob("*/*_test.py"))
    return scripts + others + suite


def build(chunk):
    """Builds a chunk of programs, and says what was wrong; what make cannot build is missing then."""
    result = subprocess.run(["make", "-s", "-k", "SAY=", *chunk], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout if result.returncode else ""


def command_of(name):
    return [f"./{name}"] if name.startswith("build/") else [sys.executable, *name.split("::")]


def run(name):
    """(passed, failed, output) of one test."""
    if name.startswith("build/") and not (ROOT / name).exists():
        return 0, 1, "it could not be built"
    try:
        result = subprocess.run(command_of(name), cwd=ROOT, text=True, errors="replace",
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return 0, 1, f"it ran longer than {TIME_LIMIT} s"
    except OSError as error:  # half a program, left by a make that was killed
        return 0, 1, f"it could not be started: {error}"
    return (*count(result.stdout, result.returncode), result.stdout)


def count(output, status):
    """How many checks passed and failed, as the test's framework tells; at least one of either."""
    check, unit = CHECK_LINE.search(output), UNITTEST_LINE.search(output)
    if check:
        total, failed = int(check[1]), int(check[2]) + int(check[3])
    elif unit:
        told = UNITTEST_FAILED.search(output)
        total, failed = int(unit[1]), sum(map(int, FAILURES.findall(told[1]))) if told else 0
    else:
        total, failed = 1, 0
    if status != 0 and failed == 0:  # a crash, or a sanitizer's report at the end
        total, failed = max(total, 1), 1
    if total == 0:
        return 0, 1
    return total - failed, failed


def outcomes(names):
    """(name, passed, failed, output, seconds) of each, in the order in which they end; None for a name
    where a build complains."""
    def timed(name):
        start = time.monotonic()
        return (name, *run(name), time.monotonic() - start)

    built = [name for name in names if name.startswith("build/")]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        waiting = {pool.submit(timed, name): None for name in names if name not in built}
        for at in range(0, len(built), CHUNK):
            chunk = built[at:at + CHUNK]
            waiting[pool.submit(build, chunk)] = chunk
        while waiting:
            ended, _ = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                chunk = waiting.pop(future)
                if chunk is None:
                    yield future.result()
                    continue
                if future.result():
                    yield None, 0, 0, future.result(), 0
                waiting.update((pool.submit(timed, name), None) for name in chunk)


class Progress:
    def __init__(self, total):
        self.total, self.done, self.start, self.told = total, 0, time.monotonic(), 0.0

    def step(self, failed):
        self.done += 1
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if now - self.told < (0.2 if terminal else 15) and self.done < self.total:
            return
        self.told = now
        left = (now - self.start) / self.done * (self.total - self.done)
        text = f"tests: {self.done}/{self.total} programs, {failed} failed, " \
               f"{left // 60:.0f}:{left % 60:02.0f} left"
        print(f"\r{text}\x1b[K" if terminal else text, end="" if terminal else "\n",
              file=sys.stderr, flush=True)
        if terminal and self.done == self.total:
            print(file=sys.stderr)


def main(arguments):
    for inherited in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # a test's make is nobody's child
        os.environ.pop(inherited, None)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this in the background: Ctrl-C is tested
    which = arguments[0] if len(arguments) == 1 else None
    os.environ["PYTHON"] = sys.executable  # of the makes and tests below
    names = programs(which) if which in ("pairs", "triples", "all") else arguments
    if not names:
        sys.exit(__doc__)
    passed = failed = 0
    progress, took = Progress(len(names)), {}
    for name, good, bad, output, seconds in outcomes(names):
        if name is None:
            print(output.rstrip(), flush=True)
            continue
        passed, failed, took[name] = passed + good, failed + bad, seconds
        if bad:
            print(f"\nFAILED {name}\n{output.rstrip()}\nrepeat it with: "
                  f"make {name if name.startswith('build/') else 'build/packages'}"
                  f" && {' '.join(command_of(name))}", flush=True)
        progress.step(failed)
    longest = sorted(took, key=took.get, reverse=True)[:SHOWN]
    print("longest: " + ", ".join(f"{name} {took[name]:.0f} s" for name in longest))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
