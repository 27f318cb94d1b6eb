"""What shape does a full map have, beside what a uniform hash predicts?

This is the tree analysis of document 000 with the column it lacked.  The document found 6.87 inner nodes per entry and
1.14 children per node, and put both down to sequential keys; whether that is more than a perfect hash gives can be told
only beside what a perfect hash gives (lab.shape.model).

"off %" is the distance from the prediction.  "in sd" is the same in standard deviations over uniform hashes, 95 of 100
of which lie within 2; only the numbers of inner nodes have one, and child pointers and means follow from these.
"""
import functools
import itertools

from .. import cell
from ..printing import columns, count, deviations_off, digits, percent_off, short_scale
from . import model

BAR = 40  # characters
# Numbers of children that share a line of the histogram: the last of each.
RANGES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
COMPARED = ["found", "predicted", "off %"]


@functools.lru_cache(maxsize=None)
def expectation(variant, entries):
    """What a uniform hash makes of a composition; None for a layout of which there is no model."""
    shape = cell.shape_of(variant)
    return shape and model.predict(shape, entries)


def ratio(value):
    """A figure near 1, of which the third decimal matters."""
    return f"{value:.3f}" if value < 9.9995 else digits(value)


def bar(part, whole):
    """A bar for a part of the whole; a dot for one that is too small to draw."""
    return ("#" * round(BAR * part / whole) or "." if part else "").ljust(BAR)


def compared(found, expected, deviation=None, form=count):
    """Cells of a line: what was found, what is predicted, and the distance between them."""
    if expected is None:
        return [form(found), "-", "-", "-"]
    return [form(found), form(expected), percent_off(found, expected),
            "-" if deviation is None else deviations_off(found, expected, deviation)]


def summary(tree, expected):
    entries, inner, pointers = tree["entries"], tree["inner_nodes"], tree["child_pointers"]

    def line(name, found, predict, deviation=lambda expected: None, form=count):
        return [name, *compared(found, expected and predict(expected), expected and deviation(expected), form)]
    return columns(["", *COMPARED, "in sd"], [
        ["entries", *compared(entries, None)],
        line("maximum depth", tree["depth_max"], lambda of: of.depth_max),
        line("mean depth", tree["depth_mean"], lambda of: of.depth_mean, form=ratio),
        line("inner nodes", inner, lambda of: of.inner_nodes, lambda of: of.inner_deviation),
        line("leaves", tree["leaves"], lambda of: of.leaves),
        line("child pointers", pointers, lambda of: of.child_pointers),
        line("inner nodes per entry", inner / entries, lambda of: of.inner_nodes / entries, form=ratio),
        line("mean children", pointers / inner if inner else 0.0,
             lambda of: of.child_pointers / of.inner_nodes if of.inner_nodes else None, form=ratio)])


def histogram(name, what, rows, whole, deviations=False):
    """Lines of (name, found, predicted or None, deviation or None), of what there is or should be."""
    lines = [[first, *compared(found, predicted, deviation)[:4 if deviations else 3], bar(found, whole)]
             for first, found, predicted, deviation in rows if found or (predicted or 0) >= 0.5]
    return columns([name, what, *COMPARED[1:], *(["in sd"] if deviations else []), ""], lines)


def by_level(what, found, predicted, deviations):
    """Of numbers by level; predicted or deviations is None where there are none."""
    nothing = itertools.repeat(None)
    rows = zip(map(str, range(len(found))), found, nothing if predicted is None else predicted,
               nothing if deviations is None else deviations)
    return histogram("level", what, rows, max(found, default=0), deviations=what == "inner nodes")


def inner_by_level(tree, expected):
    return by_level("inner nodes", tree["inner_at_level"], expected and expected.inner_at_level,
                    expected and expected.deviations)


def leaves_by_level(tree, expected):
    """Levels count the chunks of the hash that lead to a leaf; with path compression there may be
    fewer nodes on the way."""
    return by_level("leaves", tree["leaves_at_level"], expected and expected.entries_at_level, None)


def children_by_node(tree, expected):
    firsts = [1, *(last + 1 for last in RANGES)]
    rows = [(str(last) if first == last else f"{first}-{last}", sum(tree["children"][first:last + 1]),
             expected and expected.children[first:last + 1].sum(), None) for first, last in zip(firsts, RANGES)]
    return histogram("children", "inner nodes", rows, tree["inner_nodes"])


def memory(tree):
    parts = tree["bytes"] | {"all": sum(tree["bytes"].values())}
    return columns(["bytes", "held", "per entry"],
                   [[part, count(size), digits(size / tree["entries"])] for part, size in parts.items()]
                   ) + f"\nin {count(tree['blocks'])} blocks"


def verdict(tree, expected):
    """The document's key figure in one line."""
    found = f"{ratio(tree['inner_nodes'] / tree['entries'])} inner nodes per entry"
    if expected is None:
        return f"{found}; there is no model of this layout's shape"
    return f"{found}; a uniform hash predicts {ratio(expected.inner_nodes / tree['entries'])}"


def title(line, shape):
    words = [line["variant"], line["hash"], f"{line['key']} keys", f"{short_scale(line['scale'])} {line['pattern']}",
             f"seed {line['seed']}"]
    if shape:
        words.append(f"nodes as in {shape.rule}, {shape.fan_out} wide, {shape.levels} levels")
    return ", ".join(words)


def tree(variant="list", hash="xxh3", key="u64", scale=100000, pattern="sequential", seed=1):
    """Prints the shape of a full map beside what a uniform hash predicts."""
    line, = cell.fill(cell.Filled(variant, hash, key, pattern, scale, seed))
    found = line["tree"]
    expected = expectation(variant, found["entries"])
    print(title(line, cell.shape_of(variant)), summary(found, expected), inner_by_level(found, expected),
          leaves_by_level(found, expected), children_by_node(found, expected), memory(found), verdict(found, expected),
          sep="\n\n")
