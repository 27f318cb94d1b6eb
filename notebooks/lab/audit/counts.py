"""Tests of claims about counts: nodes, slots, bytes.  They are the same on every machine, so there
is one value and no interval; a claim about several cells holds if it holds in each.

Where a claim is about a hash or about what "should" be, the counts stand beside those that a
uniform hash predicts (lab.shape.model, and the test of lab.shape.hashes for whether a hash could be
uniform).
"""
import functools
import itertools

from ..printing import count, digits, short_scale
from ..documents.seeds import COUNTS, nodes_of
from ..shape import hashes, pool
from ..shape.model import predict as predict_anew
from ..verdicts import COUNT_TOLERANCE
from . import rules
from .cases import missing, name_of, scales, setting, words
from .evidence import Place, Shape
from .outcome import DOES_NOT_HOLD, HOLDS, Outcome, not_measured

NO_TREE = "no map of this shape has been stored"

# The counts that claims name, from a map's shape as the measuring program prints it.
FIGURES = COUNTS | {
    "depth_mean": lambda tree: tree["depth_mean"],
    "blocks_per_entry": lambda tree: tree["blocks"] / tree["entries"],
    "inner_node_bytes": lambda tree: tree["bytes"]["nodes"] * tree["inner_nodes"] / nodes_of(tree),
    "slots_filled_share": lambda tree: tree["child_pointers"] / tree["pool"]["slots_used"],
}


predict = functools.lru_cache(maxsize=None)(predict_anew)  # some ask for the same again


def shapes(claim):
    """(name, Shape) of every cell."""
    for composition, pattern, scale, hash_name in itertools.product(
            words(claim, "compositions"), words(claim, "pattern"), scales(claim),
            setting(claim, "HASH", "xxh3")):
        yield (name_of(composition, pattern, scale, hash_name),
               Shape(composition, pattern, scale, hash_name))


def figures(claim, evidence):
    """[(name, figure)] of the cells there are; the first word of `comparison` says which figure."""
    wanted = FIGURES[words(claim, "comparison")[0]]
    found = [(name, evidence.tree(shape)) for name, shape in shapes(claim)]
    return [(name, wanted(tree)) for name, tree in found if tree]


def decide_all(claim, found, cases):
    """The outcome of a claim that must hold in every cell; shown is the cell furthest from it."""
    if not found:
        return not_measured(NO_TREE)
    wrong = [pair for pair in found if not rules.count_holds(claim["claimed"], pair[1])]
    ordered = sorted(found, key=lambda pair: pair[1])
    shown = (wrong or ordered)[0][1]
    told = count(shown) if len(found) == 1 else ", ".join(
        f"{count(ours)} ({name})" for name, ours in (ordered[0], ordered[-1]))
    if wrong and len(found) > 1:
        told += f"; not so in {len(wrong)} of {len(found)} cells"
    return Outcome("; ".join(filter(None, [told, missing(cases, found)])), shown, shown, shown, 1,
                   *rules.judge_count(claim["claimed"], shown))


def tree_count(claim, evidence):
    """A count or a ratio of two, the first word of `comparison`."""
    return decide_all(claim, figures(claim, evidence), list(shapes(claim)))


def counts_by_scale(claim, evidence):
    """The same, with one claimed figure for each scale, in their order."""
    found = figures(claim, evidence)
    claimed = claim["claimed"].split(" then ")
    if len(found) < len(claimed):
        return not_measured(NO_TREE)
    wrong = [name for (name, ours), one in zip(found, claimed) if not rules.count_holds(one, ours)]
    shown = found[-1][1]
    told = ", ".join(f"{digits(ours)} at {short_scale(n)}"
                     for (_, ours), n in zip(found, scales(claim)))
    return Outcome(told, shown, shown, shown, 1, DOES_NOT_HOLD if wrong else HOLDS)


def growth(claim, evidence):
    """A count at each scale over that at the scale before."""
    found = figures(claim, evidence)
    steps = [(f"{short_scale(n)}", after[1] / before[1]) for before, after, n in
             zip(found, found[1:], scales(claim)[1:])]
    if not steps:
        return not_measured(NO_TREE)
    wrong = [step for step in steps if not rules.count_holds(claim["claimed"], step[1])]
    shown = (wrong or steps)[-1][1]
    told = ", ".join(f"{digits(ratio)} up to {name}" for name, ratio in steps)
    return Outcome(told, shown, shown, shown, 1, DOES_NOT_HOLD if wrong else HOLDS)


# ---- Beside a uniform hash ----

def against_model(claim, evidence):
    """[(name, tree, prediction)] of the cells whose layout has a model."""
    for name, shape in shapes(claim):
        rule, tree = evidence.model_of(shape.composition), evidence.tree(shape)
        if rule and tree:
            yield name, tree, predict(rule, tree["entries"])


def off(tree, expected):
    """By how much the inner nodes are off the prediction, as a part of it."""
    return tree["inner_nodes"] / expected.inner_nodes - 1


def tree_against_model(claim, evidence):
    """That keys in sequence make the tree sparse holds if a uniform hash predicts fewer nodes than
    were found with them: beyond COUNT_TOLERANCE.  Shown is the sequential cell furthest off."""
    found = list(against_model(claim, evidence))
    sequential = [entry for entry in found if " sequential " in entry[0]]
    if not sequential:
        return not_measured(NO_TREE)
    name, tree, expected = max(sequential, key=lambda entry: abs(off(*entry[1:])))
    tests = [hashes.uniformity(tree["inner_at_level"], expected) for _, tree, expected in found]
    told = sum(test.freedom > 0 for test in tests)
    refused = sum(test.chance < hashes.REJECTED for test in tests if test.freedom)
    ratio = 1 + off(tree, expected)
    return Outcome(f"{count(tree['inner_nodes'])} nodes ({name}), {100 * (ratio - 1):+.2f} % off"
                   f" what a uniform hash gives: the furthest of {len(sequential)} sequential"
                   f" cells; {refused} of {told} cells that can tell deny a uniform hash",
                   ratio, ratio, ratio, 1,
                   HOLDS if ratio > COUNT_TOLERANCE else DOES_NOT_HOLD)


def levels_against_model(claim, evidence):
    """The same level by level.  That keys in sequence do it, whatever the hash, holds if the levels
    deny a uniform hash under every one of the hashes, and does not if they pass under one.  Shown
    is the level that is furthest off, in standard deviations."""
    denying, passing, worst = [], [], None
    for name, tree, expected in against_model(claim, evidence):
        if " sequential " not in name:
            continue
        test = hashes.uniformity(tree["inner_at_level"], expected)
        (denying if test.chance < hashes.REJECTED else passing).append(name.split()[-1])
        levels = zip(tree["inner_at_level"], expected.inner_at_level)
        for level, (ours, wanted) in enumerate(levels):
            variance = expected.covariance[level][level]
            if variance >= hashes.NEARLY_NORMAL:
                far = ((ours - wanted) / variance ** 0.5, name, level, ours, wanted)
                worst = max(filter(None, (worst, far)), key=lambda one: abs(one[0]))
    if not worst:
        return not_measured(NO_TREE)
    deviations, name, level, ours, wanted = worst
    return Outcome(f"with keys in sequence {', '.join(passing) or 'none'} could be uniform,"
                   f" {', '.join(denying) or 'none'} not; furthest off is level {level} ({name}):"
                   f" {count(ours)} nodes where {count(round(wanted, 1))} are expected,"
                   f" {deviations:+.1f} standard deviations",
                   deviations, deviations, deviations, 1, DOES_NOT_HOLD if passing else HOLDS)


def nodes_by_hash(claim, evidence):
    """Inner nodes with each other hash over those with the first, in each composition.  A hash
    makes the tree denser if one of them has fewer, beyond COUNT_TOLERANCE."""
    first, *others = setting(claim, "HASH", "xxh3")
    found = []
    for composition, pattern, scale in itertools.product(
            words(claim, "compositions"), words(claim, "pattern"), scales(claim)):
        trees = {name: evidence.tree(Shape(composition, pattern, scale, name))
                 for name in (first, *others)}
        nodes = {name: tree["inner_nodes"] for name, tree in trees.items() if tree}
        found += [(f"{composition} {name}", nodes[name] / nodes[first])
                  for name in others if {name, first} <= set(nodes)]
    if not found:
        return not_measured(NO_TREE)
    ratio = min(ratio for _, ratio in found)
    told = ", ".join(f"{one:.4f} ({name})" for name, one in found)
    return Outcome(f"{told} times the nodes with {first}", ratio, ratio, ratio, 1,
                   HOLDS if ratio < 1 / COUNT_TOLERANCE else DOES_NOT_HOLD)


def lazy_or_compressed(claim, evidence):
    """The first composition's inner nodes beside two models of its fan-out: lazy expansion alone,
    and path compression.  Holds if path compression is nearer in every cell."""
    reference = words(claim, "compositions")[0]
    rule = evidence.model_of(reference)
    nearer, told = [], []
    for pattern, scale in itertools.product(words(claim, "pattern"), scales(claim)):
        tree = evidence.tree(Shape(reference, pattern, scale))
        if tree:
            lazy, compressed = (predict(rule._replace(rule=name), tree["entries"]).inner_nodes
                                for name in ("lazy", "pathcomp"))
            ours = tree["inner_nodes"]
            nearer.append(abs(ours - compressed) < abs(ours - lazy))
            told.append(f"{pattern} {short_scale(scale)}: {count(ours)}, lazy {count(round(lazy))},"
                        f" compressed {count(round(compressed))}")
            shown = ours / compressed
    if not nearer:
        return not_measured(NO_TREE)
    return Outcome("; ".join(told), shown, shown, shown, 1, HOLDS if all(nearer) else DOES_NOT_HOLD)


def nodes_removed(claim, evidence):
    """Three compositions, list, lazy and pathcomp: the part of list's inner nodes that is gone when
    chains of nodes with one child are collapsed; beside it what of that lazy expansion, which
    collapses those above leaves, leaves to the chains between nodes."""
    names = words(claim, "compositions")
    parts = []
    for pattern, scale in itertools.product(words(claim, "pattern"), scales(claim)):
        trees = [evidence.tree(Shape(name, pattern, scale)) for name in names]
        if all(trees):
            every, lazy, compressed = (tree["inner_nodes"] for tree in trees)
            parts.append((1 - compressed / every, (lazy - compressed) / (every - compressed),
                          f"{pattern} {short_scale(scale)}"))
    if not parts:
        return not_measured(NO_TREE)
    gone, _, name = min(parts)
    _, between, where = max(parts, key=lambda part: part[1])
    holds = all(rules.count_holds(claim["claimed"], part) for part, _, _ in parts)
    return Outcome(f"{100 * gone:.1f} % of the nodes are gone at least ({name}); of these, chains"
                   f" between nodes are {100 * between:.2f} % at most ({where}), the rest is lazy"
                   " expansion's", gone, gone, gone, 1, HOLDS if holds else DOES_NOT_HOLD)


# ---- The pool ----

def sufficient_pool(claim, evidence):
    """Fallbacks with the documents' rule for a pool's size, 30 slots an entry and 20 %, by pattern
    and scale."""
    found, cases = [], []
    for composition, pattern, scale in itertools.product(
            words(claim, "compositions"), words(claim, "pattern"), scales(claim)):
        slots = pool.with_headroom(pool.SLOTS_PER_ENTRY * scale)
        tree = evidence.tree(Shape(composition, pattern, scale, pool_slots=str(slots)))
        cases.append(name_of(pattern, scale))
        if tree:
            found.append((cases[-1], tree["pool"]["fallbacks"]))
    return decide_all(claim, found, cases)


def memory_against_need(claim, evidence):
    """Two compositions, a bump pool and one that grows: bytes an entry of the first over those of
    the second, at each scale, with the part of the pool's slots that is live."""
    bump, growing = words(claim, "compositions")
    found = []
    for pattern, scale in itertools.product(words(claim, "pattern"), scales(claim)):
        sizes = [evidence.bytes_per_entry(Place(name, "put", pattern, scale))
                 for name in (bump, growing)]
        tree = evidence.tree(Shape(bump, pattern, scale))
        if tree and all(sizes):
            live = tree["pool"]["slots_live"] / tree["pool"]["slots_capacity"]
            found.append((sizes[0] / sizes[1], f"{digits(sizes[0] / sizes[1])} at"
                          f" {short_scale(scale)}, {100 * live:.1f} % of its slots live"))
    if not found:
        return not_measured("no stored experiment has both at one scale")
    ratio = max(found)[0]
    holds = all(rules.count_holds(claim["claimed"], one) for one, _ in found)
    told = "; ".join(text for _, text in found)
    return Outcome(f"times the bytes: {told}", ratio, ratio, ratio, 1,
                   HOLDS if holds else DOES_NOT_HOLD)


TESTS = {test.__name__: test for test in (
    tree_count, counts_by_scale, growth, tree_against_model, levels_against_model, nodes_by_hash,
    lazy_or_compressed, nodes_removed, sufficient_pool, memory_against_need)}
