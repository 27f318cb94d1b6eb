"""Claims about counts: nodes, slots, bytes, instructions, misses, waiting, wrong answers.

Most are the same on every machine, so there is one value and no interval; a claim about several cells holds if it
holds in each.  The column `comparison` names a figure of a full map (lab.tree_figures), or a category of
instructions (lab.counts.attribution).  Where a claim is about a hash or about what "should" be, the counts stand
beside those that a uniform hash predicts (lab.shape.model, and the test of lab.shape.hashes for whether a hash could
be uniform).
"""
from ..cell import shape_of
from ..counts import attribution, exact as exact_counts
from ..printing import count, digits, short_scale
from ..shape import hashes
from ..shape.model import predict
from ..shape.tree import expectation
from ..tree_figures import figure
from ..verdicts import COUNT_TOLERANCE, judge_estimates
from . import rules
from .cells import cells, settings
from .evidence import memory
from .rules import exact, need, not_measured
from .times import joined, missing

TESTS, test = rules.registry()
NO_TREE = "no map of this shape has been stored"


# ---- A figure of a full map ----

MAP = ("composition", "pattern", "scale", "hash")


def maps(claim, evidence, *named):
    """[(Cell, its name, the trees of its operands)] of the cells that there are."""
    slots = settings(claim).get("POOL_SLOTS", "")
    for cell in cells(claim):
        shapes = cell.shapes
        if slots:  # 36n: so many for each entry
            shapes = [shape._replace(pool_slots=str(int(slots[:-1]) * shape.scale)) for shape in shapes]
        trees = [evidence.tree(shape) for shape in shapes]
        if all(trees):
            yield cell, cell.called(*named or MAP), trees


def figures_of_maps(claim, evidence, *named):
    """[(name, figure)]: of one map, or of one over another."""
    found = [(name, [figure(claim["comparison"], tree) for tree in trees])
             for _, name, trees in maps(claim, evidence, *named)]
    return [(name, values[0] / values[1] if len(values) > 1 else values[0]) for name, values in found]


@test
def tree_figure(claim, evidence):
    """In every cell; shown is one that is furthest from it."""
    found = dict(need(figures_of_maps(claim, evidence, *claim["named"].split()), NO_TREE))
    wrong = [value for value in found.values() if not rules.count_holds(claim["claimed"], value)]
    ordered = sorted(found.items(), key=lambda pair: pair[1])
    shown = wrong[0] if wrong else ordered[0][1]
    told = count(shown) if len(found) == 1 else ", ".join(
        f"{count(value)} ({name})" for name, value in (ordered[0], ordered[-1]))
    if wrong and len(found) > 1:
        told += f"; not so in {len(wrong)} of {len(found)} cells"
    return exact(joined(told, missing(claim, found)), shown, rules.judge_count(claim["claimed"], shown))


@test
def tree_figure_by_scale(claim, evidence):
    """The same at each scale: with one claimed figure for each, in their order, or one for all."""
    found = figures_of_maps(claim, evidence, "scale")
    claimed = claim["claimed"].split(" then ")
    if len(found) < len(list(cells(claim))):
        return not_measured(NO_TREE)
    wrong = [value for i, (_, value) in enumerate(found) if not rules.count_holds(claimed[i % len(claimed)], value)]
    to = "up to" if "/" in claim["scale"] else "at"
    return exact(", ".join(f"{digits(value)} {to} {name}" for name, value in found),
                 (wrong or [found[-1][1]])[-1], not wrong)


@test
def memory_by_scale(claim, evidence):
    """Bytes an entry of a bump pool over those of one that grows, with the part of the pool's slots that is live."""
    found = [(memory(evidence, cell.places), name, figure("pool_live_share", trees[0]))
             for cell, name, trees in maps(claim, evidence, "scale") if len(evidence.together(cell.places))]
    need(found, "no stored experiment has both at one scale")
    told = "; ".join(f"{digits(value)} at {name}, {100 * live:.1f} % of its slots live" for value, name, live in found)
    return exact(f"times the bytes: {told}", max(found)[0],
                 all(rules.count_holds(claim["claimed"], value) for value, *_ in found))


@test
def nodes_by_hash(claim, evidence):
    """Inner nodes with each other hash over those with the first, in each composition.  A hash makes the tree denser
    if one of them has fewer, beyond COUNT_TOLERANCE."""
    found = need(figures_of_maps(claim, evidence, "composition", "hash"), NO_TREE)
    ratio = min(value for _, value in found)
    yardstick, = {cell.places[1].hash for cell in cells(claim)}
    return exact(f"{', '.join(f'{value:.4f} ({name})' for name, value in found)} times the nodes with {yardstick}",
                 ratio, ratio < 1 / COUNT_TOLERANCE)


@test
def nodes_removed(claim, evidence):
    """The part of the first composition's inner nodes that is gone when chains of nodes with one child are collapsed,
    in the third; beside it what of that lazy expansion, the second, which collapses those above leaves, leaves to the
    chains between nodes."""
    parts = []
    for _, name, trees in maps(claim, evidence, "pattern", "scale"):
        every, lazy, compressed = (tree["inner_nodes"] for tree in trees)
        parts.append((1 - compressed / every, (lazy - compressed) / (every - compressed), name))
    gone, _, name = min(need(parts, NO_TREE))
    _, between, where = max(parts, key=lambda part: part[1])
    return exact(f"{100 * gone:.1f} % of the nodes are gone at least ({name}); of these, chains between nodes are"
                 f" {100 * between:.2f} % at most ({where}), the rest is lazy expansion's", gone,
                 all(rules.count_holds(claim["claimed"], part) for part, *_ in parts))


# ---- Beside a uniform hash ----

def against_model(claim, evidence):
    """[(name, whether its keys are in sequence, tree, prediction, test of uniformity)]"""
    for cell, name, (tree,) in maps(claim, evidence):
        expected = expectation(cell.words["composition"], tree["entries"])
        yield (name, cell.words["pattern"] == "sequential", tree, expected,
               hashes.uniformity(tree["inner_at_level"], expected))


@test
def nodes_by_model(claim, evidence):
    """That keys in sequence make the tree sparse holds if a uniform hash predicts fewer nodes than were found with
    them: beyond COUNT_TOLERANCE.  Shown is the sequential cell furthest off."""
    found = list(against_model(claim, evidence))
    off = [(tree["inner_nodes"] / expected.inner_nodes - 1, name, tree) for name, sequential, tree, expected, _ in found
           if sequential]
    by, name, furthest = max(need(off, NO_TREE), key=lambda one: abs(one[0]))
    able = [uniform for *_, uniform in found if uniform.freedom]
    refused = sum(uniform.chance < hashes.REJECTED for uniform in able)
    return exact(f"{count(furthest['inner_nodes'])} nodes ({name}), {100 * by:+.2f} % off what a uniform hash gives:"
                 f" the furthest of {len(off)} sequential cells; {refused} of {len(able)} cells that can tell deny a"
                 " uniform hash", 1 + by, 1 + by > COUNT_TOLERANCE)


@test
def levels_by_model(claim, evidence):
    """The same level by level.  That keys in sequence do it, whatever the hash, holds if the levels deny a uniform
    hash under every one of the hashes, and does not if they pass under one.  Shown is the level that is furthest off,
    in standard deviations."""
    verdicts, off = {True: [], False: []}, []
    for name, sequential, tree, expected, uniform in against_model(claim, evidence):
        if not sequential:
            continue
        verdicts[uniform.chance < hashes.REJECTED].append(name.split()[-1])
        off += [((ours - wanted) / expected.covariance[level][level] ** 0.5, name, level, ours, wanted)
                for level, (ours, wanted) in enumerate(zip(tree["inner_at_level"], expected.inner_at_level))
                if expected.covariance[level][level] >= hashes.NEARLY_NORMAL]
    deviations, name, level, ours, wanted = max(need(off, NO_TREE), key=lambda one: abs(one[0]))
    return exact(f"with keys in sequence {', '.join(verdicts[False]) or 'none'} could be uniform,"
                 f" {', '.join(verdicts[True]) or 'none'} not; furthest off is level {level} ({name}): {count(ours)}"
                 f" nodes where {count(round(wanted, 1))} are expected, {deviations:+.1f} standard deviations",
                 deviations, not verdicts[False])


@test
def lazy_or_compressed(claim, evidence):
    """Inner nodes beside two models of the composition's fan-out: lazy expansion alone, and path compression.  Holds
    if path compression is nearer in every cell."""
    nearer, told, shown = [], [], None
    for cell, name, (found,) in maps(claim, evidence, "pattern", "scale"):
        rule, ours = shape_of(cell.words["composition"]), found["inner_nodes"]
        lazy, compressed = (predict(rule._replace(rule=one), found["entries"]).inner_nodes
                            for one in ("lazy", "pathcomp"))
        nearer.append(abs(ours - compressed) < abs(ours - lazy))
        told.append(f"{name}: {count(ours)}, lazy {count(round(lazy))}, compressed {count(round(compressed))}")
        shown = ours / compressed
    return exact("; ".join(need(told, NO_TREE)), shown, all(nearer))


# ---- Of processes: instructions, misses, waiting, wrong answers ----

@test
def instruction_share(claim, evidence):
    """The share of instructions and of the estimated time (lab.counts.attribution) that goes to a category, in the
    first composition; beside it the others'."""
    category = claim["comparison"]
    found = [(place.composition, attribution.shares_of(rows, [category]))
             for cell in cells(claim) for place in cell.places
             if len(rows := attribution.of_cell(evidence.attribution, *place[:4]))]
    need(found, "no profile of it is stored under results/counts")
    told = ", ".join(f"{of_cycles:.0f} % of the estimated time ({of_instructions:.0f} % of instructions) in"
                     f" {composition}" for composition, (of_instructions, of_cycles) in found)
    shares = [share / 100 for share in found[0][1]]
    judged = rules.of_verdicts(judge_estimates(rules.span_of(claim["claimed"]), shares))
    return rules.Outcome(f"{category}: {told}", min(shares), shares[1], max(shares), 1, *judged)


MISSES = {"d1_misses": "L1", "ll_misses": "last level", "tlb1_misses": "pages, 64 places",
          "tlb2_misses": "pages, 2,048 places"}
A_MISS = 0.1  # fewer than one in ten operations are told but explain nothing


@test
def simulated_misses(claim, evidence):
    """Simulated misses of the first operand beside those of the second.  That misses explain what the order costs
    holds if at each scale some kind of miss grows by more than COUNT_TOLERANCE and the instructions do not."""
    found, told = [], []
    for cell in cells(claim):
        rows = [exact_counts.of_cell(evidence.instructions, *place[:4]) for place in cell.places]
        if any(row is None for row in rows):
            continue
        kinds = [(name, *(row[column] for row in rows)) for column, name in MISSES.items()
                 if all(row.notna()[column] for row in rows)]
        more = any(mine > max(A_MISS, COUNT_TOLERANCE * other) for _, mine, other in kinds)
        work = rows[0]["instructions"] / rows[1]["instructions"]
        found.append(more and work <= COUNT_TOLERANCE)
        misses = ", ".join(f"{digits(mine)} against {digits(other)} ({name})" for name, mine, other in kinds)
        told.append(f"at {short_scale(cell.places[0].scale)} {misses}, instructions {digits(work)} times")
    need(found, "misses of these operations are not stored under results/counts")
    return exact("; ".join(told), None, all(found))


@test
def waiting(claim, evidence):
    """How often processes gave up the processor to wait, in a thousand blocks that they hold: a lock that is contended
    makes its thread wait.  All causes of waiting count, so this is at most the contention."""
    rows = [row for row in evidence.switches if (row["composition"], row["op"]) == (claim["compositions"], claim["op"])]
    need(rows, "waiting of no such process has been counted")
    waits, blocks = ([int(row[column]) for row in rows] for column in ("switches", "blocks"))
    return rules.decide(claim, [1000 * many / held for many, held in zip(waits, blocks)],
                        f"at most {max(waits)} waits of a process that holds {count(blocks[0])} blocks")


@test
def lost_keys(claim, evidence):
    """Keys that libhamt did not find again, as reported with the command, and maps of the reference in which the
    measuring program found every key again (it ends with an error if not)."""
    rows = need(evidence.lost_keys, "results/libhamt/lost_keys.csv is not there")
    theirs = "; ".join(f"{count(int(row['lost']))} of {count(int(row['keys']))} ({row['hash']})" for row in rows)
    reference = claim["compositions"]
    ours = [shape.scale for shape in evidence.trees if shape.composition == reference]
    told = f"; {reference}: 0 lost in {len(ours)} maps of up to {count(max(ours))} keys" if ours else ""
    lost = max(int(row["lost"]) for row in rows)
    return exact(f"libhamt at {rows[0]['commit']} loses {theirs}{told}", lost, not lost)
