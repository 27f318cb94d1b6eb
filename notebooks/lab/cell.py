"""What the reports on single cells share: their settings, building and running the measuring
program, and columns of text.

A report asks one process of the measuring program to fill a map, and reads the shape of the full
map from the line of JSON it prints.  Nothing is timed here, and nothing stored.
"""
import argparse
import functools
import json
import subprocess
import sys

from . import command, settings, store
from .command import BadSetting, Failure, run_report  # noqa: F401 - every report takes them here
from .shape import model

sys.path.insert(0, str(store.ROOT / "tools"))
import compose  # noqa: E402

# How a composition cuts a hash and places nodes: by the directory of its descend.h
# (common/trie/chunk.h has the chunks), or of its core if it brings its own.  That the last chunk of
# reference has four bits, and that its root stands above a single entry too, is left out.
SHAPES = {rule: model.Shape(rule, bits=6, levels=10) for rule in ("list", "lazy", "pathcomp")}
CORES = {"reference": model.Shape("lazy", bits=5, levels=13)}


class CellFailed(Failure):
    """The measuring program could not be built, or did not finish."""


# ---- Settings ----

def asked(parameter, reader=None):
    """The reader of a setting's value as argparse wants it."""
    def read(text):
        try:
            return (reader or settings.READ[parameter])(text)
        except settings.Wrong as wanted:
            raise argparse.ArgumentTypeError(f"{text!r} makes no sense; wanted {wanted}") from None
    return read


def one_of(what, known):
    return asked(None, settings.one_of(f"a {what}", known))


def whole_number(low, high, wanted):
    return asked(None, settings.whole_number(low, high, wanted))


several = settings.several
read_variant, read_hash, read_key, read_pattern, read_scale, read_slots, read_seed = map(
    asked, ("variant", "hash", "key", "pattern", "scale", "pool_slots", "seed"))


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
