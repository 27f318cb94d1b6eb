"""What the reports on single cells share: their settings, building and running the measuring
program, and columns of text.

A report asks one process of the measuring program to fill a map, and reads the shape of the full
map from the line of JSON it prints.  Nothing is timed here, and nothing stored.
"""
import argparse
import functools
import json
import pathlib
import re
import subprocess
import sys

from . import command, store, tables
from .shape import model

sys.path.insert(0, str(store.ROOT / "tools"))
import compose  # noqa: E402

# Every report takes them from here.
BadSetting, Failure, run_report = command.BadSetting, command.Failure, command.run_report

UNITS = {None: 1, "K": 10 ** 3, "M": 10 ** 6}
# How a composition cuts a hash and places nodes: by the directory of its descend.h
# (common/trie/chunk.h has the chunks), or of its core if it brings its own.  That the last chunk of
# reference has four bits, and that its root stands above a single entry too, is left out.
SHAPES = {rule: model.Shape(rule, bits=6, levels=10) for rule in ("list", "lazy", "pathcomp")}
CORES = {"reference": model.Shape("lazy", bits=5, levels=13)}


class CellFailed(Failure):
    """The measuring program could not be built, or did not finish."""


# ---- Settings ----

def refuse(text, wanted):
    raise argparse.ArgumentTypeError(f"{text!r} makes no sense; wanted {wanted}")


def one_of(what, known):
    def read(text):
        return text if text in known else refuse(text, f"a {what}, one of: {', '.join(known)}")
    return read


def directories(where):
    return sorted(path.name for path in (store.ROOT / where).iterdir() if path.is_dir())


def whole_number(low, high, wanted):
    def read(text):
        form = re.fullmatch(r"(\d+)(?:([KM])|e(\d))?", text)
        number = int(form[1]) * UNITS[form[2]] * 10 ** int(form[3] or 0) if form else -1
        return number if low <= number <= high else refuse(text, wanted)
    return read


def several(read):
    """Values with commas between; one that is given twice counts once."""
    return lambda text: list(dict.fromkeys(read(word) for word in text.split(",")))


def read_variant(text):
    """A composition's name; directories outside the tree with their full path."""
    try:
        compose.from_id(compose.Composition(text).id)
    except compose.Nonsense as nonsense:
        raise argparse.ArgumentTypeError(str(nonsense)) from None
    return "+".join(str(pathlib.Path(word).resolve()) if "/" in word else word
                    for word in text.split("+"))


read_hash = one_of("hash", directories("common/hash"))
read_key = one_of("kind of key", directories("common/key"))
read_pattern = one_of("pattern", tables.PATTERNS)
read_scale = whole_number(1, 10 ** 9, "a number of entries from 1 to 1e9: 1000, 1e6, 10K, 1M")
read_slots = whole_number(1, 2 ** 40, "a number of slots from 1 to 2^40")
read_seed = whole_number(0, 2 ** 63 - 1, "a number from 0 to 2^63 - 1")


class Parser(command.Parser):
    """The settings of every report, to which each adds its own."""

    def __init__(self, description, variant):
        super().__init__(description=description.split("\n")[0])
        self.add_argument("--variant", default=variant, type=read_variant)
        self.add_argument("--key", default="u64", type=read_key)
        self.add_argument("--seed", default=1, type=read_seed, help="of the keys (%(default)s)")
        self.add_argument("--hash-seed", default=0, type=read_seed, help="of the hash (%(default)s)")


# ---- The measuring program ----

def shape_of(variant):
    """The model of a composition's shape; None where none is known."""
    composition = compose.Composition(variant)
    part, shapes = ("descend.h", SHAPES) if composition.family else (composition.core, CORES)
    directory = composition.answer(part)
    return shapes.get(directory.name) if directory and directory.parent == compose.VARIANTS else None


def complaint(text):
    """The line of an error output that says what was wrong."""
    lines = text.strip().splitlines() or ["no reason was given"]
    return next((line for line in lines if "error" in line), lines[0])


@functools.lru_cache(maxsize=None)
def build(variant, hash_name, key, target="cell"):
    """The path of the measuring program, or of that which is built to be counted: counted-cell."""
    made = subprocess.run(["make", "-s", "--no-print-directory", f"VARIANT={variant}",
                           f"HASH={hash_name}", f"KEY={key}", target], cwd=store.ROOT, text=True, capture_output=True)
    if made.returncode != 0:
        raise CellFailed(f"{variant} with {hash_name} and {key} cannot be built:"
                         f" {complaint(made.stderr)}")
    return store.ROOT / made.stdout.splitlines()[-1]


def fill(given, hash_name, pattern, scale, pool_slots=None):
    """The line about a map filled with `scale` keys; `given` has the other settings."""
    command = [build(given.variant, hash_name, given.key), "--op", "put", "--pattern", pattern,
               "--scale", str(scale), "--seed", str(given.seed), "--hash-seed",
               str(given.hash_seed), "--samples", "1"]
    if pool_slots is not None:
        command += ["--pool-slots", str(pool_slots)]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode != 0:
        raise CellFailed(complaint(done.stderr))
    return json.loads(done.stdout)


# ---- Text ----

def columns(header, rows):
    """A table without gaps: what a line is about to the left, and figures."""
    return tables.align(header, rows, figures=len(header) - 1, cell=0)


def count(number):
    """A count, thousands apart; what is expected of one, with three significant digits at least."""
    return f"{number:,.0f}" if number == int(number) or number >= 100 else tables.digits(number)


def percent_off(found, expected):
    """By how much a figure is off what is expected of it."""
    if expected < 0.005:
        return "-" if found else "0"
    off = round(100 * (found / expected - 1), 2)
    return f"{off:+,.2f}" if off else "0"


def deviations_off(found, expected, deviation):
    """The same in standard deviations; "far" where chance leaves no room at all."""
    if deviation < 1e-3:
        return "far" if abs(found - expected) > 0.5 else "0"
    off = round((found - expected) / deviation, 2)
    return (f"{off:+,.2f}" if abs(off) < 100 else f"{off:+,.0f}") if off else "0"
