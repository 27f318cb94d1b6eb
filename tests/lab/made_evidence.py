"""Made-up evidence for the audit's and the seeds' tests, with known answers."""
import pandas

from lab.audit.evidence import COLUMNS, Evidence, Place, in_order
from lab.shape import model
from lab.superslab.study import Study

BLOCKS = 12


def noise(block, seed):
    """Within 1 % of 1, and different for each block and seed."""
    return 1 + ((37 * block + 11 * seed) % 21 - 10) / 1000


def processes(ns, blocks=BLOCKS, seed=0, tree=None, size=1.0):
    """One place's processes, by block."""
    return pandas.DataFrame({"ns_per_op": [ns * noise(block, seed) for block in range(blocks)],
                             "bytes_per_entry": size, "tree": [tree or {}] * blocks}, pandas.RangeIndex(blocks))


def made(experiments=(), trees=None, **rows):
    """Evidence of [{Place: ns or processes}], {Shape: tree} and rows of CSV files."""
    evidence = Evidence("nowhere", "nowhere")
    evidence.processes = {str(number): {
        in_order(place): ns if isinstance(ns, pandas.DataFrame) else processes(ns, seed=seed)
        for seed, (place, ns) in enumerate(table.items())} for number, table in enumerate(experiments)}
    evidence.trees = {in_order(shape): tree for shape, tree in (trees or {}).items()}
    evidence.superslab = Study()
    for name, value in rows.items():
        setattr(evidence, name, value)
    return evidence


def claim(test, compositions="", op="put", pattern="sequential", scale="1000", settings="", comparison="a / b",
          claimed="", beside="", named=""):
    return dict(id="000.c00", document="000", section="", claim="", compositions=compositions, op=op, pattern=pattern,
                scale=scale, settings=settings, comparison=comparison, beside=beside, named=named, test=test,
                expected="", claimed=claimed, suspicion="")


def at(composition, op="put", pattern="sequential", scale=1000, **more):
    return Place(composition, op, pattern, scale, **more)


def tree_of(rule, entries, factor=1.0, **more):
    """A tree as the model predicts it, its nodes times a factor."""
    levels = [round(factor * nodes) for nodes in model.predict(rule, entries).inner_at_level]
    return {"entries": entries, "inner_nodes": sum(levels), "inner_at_level": levels, **more}


def runs(table):
    """A frame of runs, as lab.results has them, of {Place: ns or processes}."""
    frames = [(ns if isinstance(ns, pandas.DataFrame) else processes(ns)).rename_axis("block").reset_index().assign(
        **dict(zip(COLUMNS, place))) for place, ns in table.items()]
    return pandas.concat(frames, ignore_index=True)
