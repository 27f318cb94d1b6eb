"""The measuring program: building it, and asking one process of it what a full map looks like.

Nothing is timed here, and nothing stored.  How a composition cuts a hash and places nodes is known by the directories
of its fanout.h and descend.h, or of its core if it brings its own; that the last chunk of
reference has four bits, and that its root stands above a single entry too, is left out.
"""
import functools
import json
import subprocess
from typing import NamedTuple, Optional

from . import store
from .command import Failure
from .settings import compose
from .shape import model

SHAPES = {rule: model.Shape(rule, bits=6, levels=10) for rule in ("list", "lazy", "pathcomp")}
FANOUTS = {"list": {}, "sixteen": {"bits": 4, "levels": 15}}
CORES = {"reference": model.Shape("lazy", bits=5, levels=13)}


class CellFailed(Failure):
    """The measuring program could not be built, or did not finish."""


class Filled(NamedTuple):
    """A map to fill with `scale` keys; the seed is that of the keys, that of the hash is 0."""
    variant: str
    hash: str
    key: str
    pattern: str
    scale: int
    seed: int = 1

    def program(self, target="cell"):
        return build(self.variant, self.hash, self.key, target)

    def arguments(self, op, samples=1):
        """What the measuring program is to be told."""
        return arguments(op, self.pattern, self.scale, self.seed, samples)


def shape_of(variant):
    """The model of a composition's shape; None where none is known."""
    composition = compose.Composition(variant)

    def known(part, table):
        directory = composition.answer(part)
        return table.get(directory.name) if directory and directory.parent == compose.VARIANTS else None
    if not composition.family:
        return known(composition.core, CORES)
    shape, fanout = known("descend.h", SHAPES), known("fanout.h", FANOUTS)
    return shape._replace(**fanout) if shape and fanout is not None else None


def arguments(op, pattern, scale, seed=1, samples=1):
    return ["--op", op, "--pattern", pattern, "--scale", str(scale), "--seed", str(seed), "--hash-seed", "0",
            "--samples", str(samples)]


def complaint(text):
    """The line of an error output that says what was wrong."""
    lines = text.strip().splitlines() or ["no reason was given"]
    return next((line for line in lines if "error" in line), lines[0])


def output(command, stdin=None):
    """What a program of ours prints."""
    done = subprocess.run(command, cwd=store.ROOT, input=stdin, capture_output=True)
    if done.returncode != 0:
        raise CellFailed(complaint(done.stderr.decode(errors="replace")))
    return done.stdout.decode()


@functools.lru_cache(maxsize=None)
def make(target, *settings):
    """The path that make prints when it has built a target, or the target itself."""
    try:
        printed = output(["make", "-s", "--no-print-directory", "SAY=", *settings, target])
    except CellFailed as reason:
        raise CellFailed(f"{' '.join([*settings, target])} cannot be built: {reason}") from None
    return store.ROOT / (printed.splitlines() or [target])[-1]


def build(variant, hash_name, key, target="cell"):
    """The path of the measuring program, or of that which is built to be counted: counted-cell."""
    return make(target, f"VARIANT={variant}", f"HASH={hash_name}", f"KEY={key}")


def fill(filled, pool_slots: Optional[int] = None):
    """What the measuring program tells of a full map."""
    slots = [] if pool_slots is None else ["--pool-slots", str(pool_slots)]
    return json.loads(output([filled.program(), *filled.arguments("put"), *slots]))
