"""Made-up evidence for the audit's tests, with known answers."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks")]
from lab import store  # noqa: E402
from lab.audit import (costs, counts, processes as audit_processes,  # noqa: E402
                       times as audit_times)
from lab.shape import model  # noqa: E402
from lab.audit.evidence import Evidence, Place, in_order  # noqa: E402

MODULES = (audit_times, costs, counts, audit_processes)
TIMED = audit_times.TESTS | costs.TESTS
BLOCKS = 12
OUTCOMES = ROOT / "results" / "audit" / "outcomes.csv"


def noise(block, seed):
    """Within 1 % of 1, and different for each block and seed."""
    return 1 + ((37 * block + 11 * seed) % 21 - 10) / 1000


def processes(ns, blocks=BLOCKS, seed=0, tree=None):
    times = {block: ns * noise(block, seed) for block in range(blocks)}
    memory = {block: tree["bytes_per_entry"] if tree else 1.0 for block in times}
    return store.Replicates(times, memory, {}, json.dumps(tree or {}))


def made(experiments=(), trees=None, model_of=None, **rows):
    """Evidence of [{Place: ns or Replicates}], {Shape: tree} and rows of CSV files."""
    evidence = Evidence(runs="nowhere", results="nowhere")
    evidence.experiments = {}
    for number, table in enumerate(experiments):
        evidence.experiments[str(number)] = {
            place._replace(composition=in_order(place.composition)):
            ns if isinstance(ns, store.Replicates) else processes(ns, seed=seed)
            for seed, (place, ns) in enumerate(table.items())}
    evidence.trees = {shape._replace(composition=in_order(shape.composition)): tree
                      for shape, tree in (trees or {}).items()}
    for name, value in rows.items():
        setattr(evidence, name, value)
    return evidence


def claim(test, compositions="", op="put", pattern="sequential", scale="1000", settings="",
          comparison="", claimed=""):
    return dict(id="000.c00", document="000", section="", claim="", compositions=compositions,
                op=op, pattern=pattern, scale=scale, settings=settings, comparison=comparison,
                test=test, expected="", claimed=claimed, suspicion="")


def at(composition, op="put", pattern="sequential", scale=1000, **more):
    return Place(composition, op, pattern, scale, **more)


def tree_of(rule, entries, factor=1.0, **more):
    """A tree as the model predicts it, its nodes times a factor."""
    predicted = model.predict(rule, entries)
    levels = [round(factor * nodes) for nodes in predicted.inner_at_level]
    inner = sum(levels)
    return {"entries": entries, "inner_nodes": inner, "leaves": entries, "inner_at_level": levels,
            "child_pointers": inner + entries - 1, "depth_max": 10, "depth_mean": 10.0,
            "bytes": {"nodes": 32 * (inner + entries)}, "blocks": inner, **more}
