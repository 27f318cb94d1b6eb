#!/usr/bin/env python3
"""Runs those tests that a processor can make fail under gcc and clang, for each instruction set.

    tests/matrix.py            all of them
    tests/matrix.py COMPILER OPTION      one: clang -march=x86-64-v2

The tests are built and run in a copy of the tree, build/matrix, so that what is built here stays as
it is.  A set that this processor does not have is skipped, and it is said what lacks.
"""
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build/matrix"
COMPILERS = ["gcc", "clang"]
ARM = platform.machine() in ("aarch64", "arm64")
OPTIONS = ["-mcpu=native", "-march=armv8-a"] if ARM else \
    ["-march=native", "-march=x86-64-v3", "-march=x86-64-v2"]
HASHES = ["xxh3", "wyhash", "murmur3", "siphash", "fnv1a"]
TESTS = [*(f"build/test/hash/{name}/hash_test" for name in HASHES),
         *(f"build/test/map/{name}/{key}/map_test" for name in ("simd", "reference")
           for key in ("u64", "str")),
         "build/test/shape/lazy/u64/xxh3/shape_test"]
# Of the measuring program that which hangs on what the compiler makes of the maps; the rest refuses and compares.
CELL = ["tests/cell/cell_test.py::Output::Slotwise"]
# What is counted is built alike under every option (tools/make/cell.mk leaves out -m...): these run with the first.
COUNTED = ["tests/cell/counted_test.py", "tests/lab/counts_test.py", "tests/lab/attribution_test.py"]


def copy(tree):
    """The tree as it stands, at another place.  Results are read only, and large: there is a link to them."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, check=True).stdout.splitlines()
    shutil.rmtree(tree, ignore_errors=True)
    for name in listed:
        if not name.startswith("results/") and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    (tree / "results").symlink_to(ROOT / "results")
    (tree / "build").mkdir()
    for stamp in (ROOT / "build").glob("packages*"):
        shutil.copy2(stamp, tree / "build")


def lacking(compiler, option):
    """Why programs that are built so cannot run here; empty if they can."""
    if not shutil.which(compiler):
        return f"{compiler} is not installed"
    return subprocess.run(["sh", "tools/instruction_set.sh", "lacks", option, compiler], cwd=ROOT,
                          text=True, stdout=subprocess.PIPE, check=True).stdout.strip()


def told(compiler):
    """What it says of itself, but for the name by which it was called."""
    done = subprocess.run([*shlex.split(compiler), "--version"], text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()[0].split()[1:]


def tests_under(compiler, option):
    """What `make test` builds with the same compiler and options, for this very processor, is left to it."""
    native = option == OPTIONS[0]
    if native and told(compiler) == told(os.environ.get("CC") or "cc"):
        return TESTS
    return TESTS + CELL + (COUNTED if native else [])


def main(arguments):
    pairs = [tuple(arguments)] if arguments else [(c, o) for c in COMPILERS for o in OPTIONS]
    copy(COPY)
    failed = []
    for compiler, option in pairs:
        reason = lacking(compiler, option)
        print(f"{compiler} {option}: {f'skipped: {reason}' if reason else ''}", flush=True)
        if not reason:
            done = subprocess.run([sys.executable, "tests/all.py", *tests_under(compiler, option)], cwd=COPY,
                                  env=os.environ | {"CC": compiler, "CFLAGS": option})
            failed += [f"{compiler} {option}"] if done.returncode else []
    print(f"failed under: {', '.join(failed)}" if failed else "every one passed or was skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
