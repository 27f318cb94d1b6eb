"""The measuring program: building it, and asking it, through the runner, what full maps look like.

Nothing of that is stored.  How a composition cuts a hash and places nodes is known by the directories of its fanout.h
and descend.h, of its width.h, or of its core if it brings its own; that the last chunk of reference has four bits, and
that its root stands above a single entry too, is left out.
"""
import json
from typing import NamedTuple

from . import runner
from .settings import compose
from .shape import model

SHAPES = {rule: model.Shape(rule, bits=6, levels=10) for rule in ("list", "lazy", "pathcomp")}
FANOUTS = {"list": {}, "sixteen": {"bits": 4, "levels": 15}}
WIDTHS = {"boxed": model.Shape("lazy", bits=6, levels=10), "narrow": model.Shape("lazy", bits=5, levels=12)}
CORES = {"reference": model.Shape("lazy", bits=5, levels=13)}


class Filled(NamedTuple):
    """A map to fill with `scale` keys; the seed is that of the keys, that of the hash is 0."""
    variant: str
    hash: str
    key: str
    pattern: str
    scale: int
    seed: int = 1

    def plan(self, **settings):
        """A line of a plan that fills it in each process."""
        return runner.line(VARIANTS=self.variant, HASH=self.hash, KEY=self.key, PATTERNS=self.pattern,
                           SCALES=self.scale, keys_seed=self.seed, hash_seed=0, **settings)


def shape_of(variant):
    """The model of a composition's shape; None where none is known."""
    composition = compose.Composition(variant)

    def known(part, table):
        directory = composition.answer(part)
        return table.get(directory.name) if directory and directory.parent == compose.VARIANTS else None
    if not composition.family:
        return known(composition.core, CORES)
    if "width.h" in composition.family.parts:
        return known("width.h", WIDTHS)
    shape, fanout = known("descend.h", SHAPES), known("fanout.h", FANOUTS)
    return shape._replace(**fanout) if shape and fanout is not None else None


def build(variant, hash_name, key, target="cell"):
    """The path of the measuring program, or of that which is built to be counted: counted-cell."""
    return runner.make(target, f"VARIANT={variant}", f"HASH={hash_name}", f"KEY={key}")


def full_maps(connection, experiment):
    """What an experiment of Filled.plan tells of full maps, in the plan's order: dicts of variant, hash, key, pattern,
    scale, seed, pool_slots, bytes_per_entry, tree, and more."""
    for row in connection.execute("SELECT * FROM process WHERE experiment = ? AND status = 'ok' AND block = 0"
                                  " ORDER BY cell", (experiment,)):
        told = dict(word.split("=") for word in row["parameters"].split())
        yield dict(row) | {"seed": int(told["keys_seed"]), "pool_slots": int(told["pool_slots"]),
                           "tree": json.loads(row["tree"])}


def fill(*wanted, **settings):
    """The same of maps that are filled now, each a Filled; settings: of all, pool_slots for instance."""
    plan = "".join(filled.plan(OPS="put", REPS=1, SAMPLES=1, **settings) for filled in wanted)
    with runner.once(plan, "maps", quiet=True) as found:
        return list(full_maps(*found))
