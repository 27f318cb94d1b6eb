"""What does each single step do?  A variant changes one thing in another, its parent; here it stands beside that one.

The steps are those that the variants themselves declare (tools/compose.py reads them), so the table has no list of its
own: whatever of experiments/steps.plan is a variant and has its parent beside it is a row.
"""
from . import pairs
from .printing import align, digits, with_interval
from .results import RESULTS, NotMeasured, exported
from .settings import compose

NAME = "steps"
WHO = ["op", "variant"]
OPS = ("put", "get")


def parents(variants):
    """{variant: the one it is one step from}, of those that are both among these."""
    found = {name: compose.parent_of(compose.VARIANTS / name) for name in compose.variants()
             if name in variants and not compose.is_core(name)}
    return {name: parent.name for name, parent in found.items() if parent and parent.name in variants}


def rows(runs):
    """[variant, parent, {op: Estimate of the ratio of times}, bytes an entry, the parent's], by parent."""
    steps = parents(set(runs["variant"]))
    over = {parent: pairs.ratios(runs, parent, who=WHO) for parent in set(steps.values())}
    sizes = runs[runs["op"] == "put"].groupby("variant")["bytes_per_entry"].median()
    order = sorted(steps, key=lambda name: (steps[name] != "list", steps[name], name))
    return [(name, steps[name], {op: over[steps[name]].get((op, name)) for op in OPS}, sizes[name], sizes[steps[name]])
            for name in order]


def steps(results=RESULTS):
    """What each variant does beside the one it is one step from: times and bytes over that one's."""
    about, runs, _ = exported(NAME, results)
    found = rows(runs)
    if not found:
        raise NotMeasured(f"{NAME}: no variant was measured beside its parent")
    print(f"experiment {about['id']} ({about['cpu']}, {about['started'][:10]}): medians of {found[0][2]['put'].count}"
          " processes, 95 % intervals\n")
    print(align(["variant", "one step from", "put", "get", "bytes/entry", "its parent's"],
                [[name, parent, *(with_interval(times[op]) for op in OPS), digits(own), digits(before)]
                 for name, parent, times, own, before in found], figures=4, cell=0))
