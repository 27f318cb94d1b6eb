"""What does a composition's time go to?  On one page, what the laboratory knows of one cell, and of the usual
compositions in the same cell where that is stored as well:

    time      measured: the newest experiment of the store that has it, or the exported one of NAME
    tree      a map is filled now: its nodes and levels, the bytes of each kind, its pool
    entered   whether the parts that it changes are executed, by which operations, as it is stored (lab.counts.entered)
    counts    instructions, cache lines and misses, as they are stored (lab.counts.exact), and what they are spent on
              (lab.counts.attribution)
    loads     the chain of loads that wait for each other, and the floor: one such load from as many bytes as the
              entries alone have, at this machine's latency (lab.instrument.limits)

Nothing is timed or counted here.  What is missing is told, with the command that makes it.
"""
import contextlib
import pathlib
from typing import Optional

from . import cell, pairs, printing, results, sequential, settings, store
from .counts import attribution, entered, exact, profile
from .experiment import REFERENCE, SYSTEM, USUAL, marked
from .instrument import limits, study
from .printing import align, paragraph
from .shape import tree

NAME = "fixes"


class Missing(Exception):
    """A section that cannot be told; the text says what is missing and which command makes it."""


def shown(filled):
    """The compositions of the page."""
    mine = settings.label(filled.variant)
    return [mine, *(name for name in USUAL if name != mine)]


def newest_with(connection, filled):
    row = connection.execute(
        "SELECT experiment.id FROM process JOIN experiment ON experiment.id = experiment"
        " WHERE process.status = 'ok' AND variant = ? AND hash = ? AND key = ? AND pattern = ?"
        " AND scale = ? AND allocator_asked IN (?, ?) ORDER BY experiment.started DESC LIMIT 1",
        (shown(filled)[0], filled.hash, filled.key, filled.pattern, filled.scale, *SYSTEM)).fetchone()
    return row and row["id"]


def measured(filled, stored, runs) -> Optional[results.Experiment]:
    """From the reader's own store, or else from what is exported; None if neither has the cell."""
    for path, connect in ((pathlib.Path(stored), lambda: store.connect(stored)),
                          (runs / NAME, lambda: store.open_runs(NAME, runs=runs))):
        if not path.exists():
            continue
        with contextlib.closing(connect()) as connection:
            name = newest_with(connection, filled)
            experiment = name and results.of_connection(connection, name)
        if experiment:
            return experiment._replace(runs=experiment.where(
                pattern=filled.pattern, scale=filled.scale, key=filled.key, hash=filled.hash, variant=shown(filled),
                allocator=SYSTEM))
    return None


# ---- What a reader may do about it ----

def command(filled, target):
    return settings.command(filled.variant, target, KEY=filled.key, HASH=filled.hash, PATTERNS=filled.pattern,
                            SCALES=filled.scale)


def is_standard(filled):
    return (filled.key, filled.hash, filled.seed) == (exact.KEY, exact.HASH, exact.SEED)


def recount(filled):
    """The command that counts this cell, and stores it if it is one of those that are stored."""
    if is_standard(filled) and filled.pattern == exact.PATTERN and filled.scale in exact.SCALES:
        return f"to count and store them: make VARIANTS={filled.variant} recount"
    return f"to count them: {command(filled, 'count')}"


# ---- Sections: a text each ----

def times(found, filled):
    if not found:
        raise Missing(f"time: not measured in this cell; {command(filled, 'experiment')}")
    runs = found.runs
    against = [name for name in (settings.baseline(set(runs["variant"])), REFERENCE) if name != shown(filled)[0]]
    over = {name: pairs.ratios(runs, name, who=["op", "variant"]) for name in against}
    times_of = {place: sequential.of(runs)(some) for place, some in runs.groupby(["op", "variant"])["ns_per_op"]}
    order = sorted(times_of, key=lambda place: (printing.op_order(place[0]), shown(filled).index(place[1])))
    rows = [[op, variant, printing.with_interval(times_of[op, variant]),
             *(marked(over[name].get((op, variant)), variant == name) for name in against)]
            for op, variant in order]
    return (f"Time: experiment {found.about['id']}; medians of processes, 95 % intervals;"
            " < faster, > slower, ? cannot tell\n\n"
            + align(["op", "composition", "ns/op", *(f"x {name}  " for name in against)], rows,
                    figures=1 + len(against), cell=1))


def shape(line, variant):
    full = line["tree"]
    expected = tree.expectation(variant, full["entries"])
    pool = "\n".join(map(paragraph, profile.pool_statistics(line).splitlines()))
    return "\n\n".join(["Tree and bytes", tree.summary(full, expected), tree.inner_by_level(full, expected),
                        tree.memory(full), "Pool", pool])


def stored_counts(filled):
    """The rows about this cell, of the operations of which the composition itself was counted."""
    names = [filled.variant, *shown(filled)[1:]]
    rows = exact.load()
    rows = rows[rows["composition"].isin(names) & (rows[list(filled._fields[1:])] == list(filled[1:])).all(axis=1)]
    rows = rows[rows["op"].isin(rows.loc[rows["composition"] == filled.variant, "op"])]
    order = [(printing.op_order(op), names.index(name)) for op, name in zip(rows["op"], rows["composition"])]
    return rows.iloc[sorted(range(len(rows)), key=order.__getitem__)]


def counted(rows, filled):
    if not len(rows):
        raise Missing(f"counts: not stored of this cell; {recount(filled)}")
    lines = []
    for op, some in rows.groupby("op", sort=False):
        cells = [exact.cells_of(row) for _, row in some.iterrows()]
        lines += [op, *(["  " + composition, *figures] for composition, *figures in cells)]
    return ("Counts of one operation (make counts explains the columns), counted at commit "
            + ", ".join(sorted(rows["commit"].unique())) + "\n\n"
            + align(["composition", *exact.HEADER], lines, figures=len(exact.HEADER), cell=0))


def treated(filled):
    rows = entered.load()
    rows = rows[(rows[["composition", "key", "hash"]] == [filled.variant, filled.key, filled.hash]).all(axis=1)]
    if not len(rows):
        raise Missing(f"what is entered of the changed parts: not stored; {command(filled, 'entered')}")
    return "Changed parts\n\n" + entered.verdicts(rows.to_dict("records"), entered.OPS)


def spent(filled):
    rows = attribution.load()
    rows = results.where(rows, composition=filled.variant, pattern=filled.pattern, scale=filled.scale)
    if not len(rows) or not is_standard(filled):
        raise Missing("what the instructions are spent on: not stored of this cell;"
                      f" to count it: {command(filled, 'attribute')}")
    return "What they are spent on, per cent\n\n" + attribution.share_table(rows)


def loads(found, rows, stored):
    try:
        origin, of_machine = study.read("limits", stored)
    except results.NotMeasured:
        origin = None
    if not origin or found and found.about["machine"] != origin["machine"]:
        raise Missing("chain and floor: the loads of the machine that measured were not timed; make STUDIES=limits"
                      " RESULTS=results/own instrument, then why with this RESULTS")
    gets = list(limits.gets(of_machine, found.runs, rows)) if found else []
    if not gets:
        raise Missing("chain and floor: no get of keys of known size was measured in this cell")
    return ("Loads: a get lasts as long as k dependent loads of m ns from a footprint as large as the map.  chain:"
            " loads that wait\nfor one another; misses: loads that a first-level cache misses; floor: one load from the"
            " entries' bytes alone\n\n" + limits.table_of_gets(gets))


# ---- The page ----

def why(variant="list", hash=exact.HASH, key=exact.KEY, pattern=exact.PATTERN, scale=100000, seed=exact.SEED,
        store=store.STORE, results=results.RESULTS):
    """Prints what a composition's time goes to, on one page, from what is stored of it."""
    filled = cell.Filled(variant, hash, key, pattern, scale, seed)
    (line,), found, rows = cell.fill(filled), measured(filled, store, results / "runs"), stored_counts(filled)
    page, missing = [tree.title(line, cell.shape_of(variant))], []
    for section in (lambda: times(found, filled), lambda: shape(line, variant), lambda: treated(filled),
                    lambda: counted(rows, filled), lambda: spent(filled), lambda: loads(found, rows, results)):
        try:
            page.append(section())
        except Missing as lack:
            missing.append(paragraph(f"  {lack}", "    "))
    print(*page, *(["Missing\n\n" + "\n".join(missing)] * bool(missing)), sep="\n\n")
