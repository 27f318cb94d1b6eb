"""Cells from the outside: how they are built and asked, in the tests of all of them."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make(*words):
    """What make prints, asked in the root of the tree; it must not fail."""
    made = subprocess.run(["make", "-s", "--no-print-directory", "SAY=", *words], cwd=ROOT, text=True,
                          capture_output=True)
    assert made.returncode == 0, made.stderr
    return made.stdout


def build(variant, key="u64", hash_name="xxh3", cell="map"):
    """The program's path."""
    told = make(f"CELL={cell}", f"VARIANT={variant}", f"KEY={key}", f"HASH={hash_name}", "cell")
    return ROOT / told.splitlines()[-1]


def run(cell, op="get", pattern="shuffled", scale=1000, *more, **options):
    return subprocess.run([cell, "--op", op, "--pattern", pattern, "--scale", str(scale), "--seed", "3", *more],
                          text=True, capture_output=True, **options)


def lines(result):
    """What a process that has ended well has printed."""
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def describe(cell):
    told, = lines(subprocess.run([cell, "--describe"], text=True, capture_output=True))
    return told
