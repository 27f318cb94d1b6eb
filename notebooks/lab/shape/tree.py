#!/usr/bin/env python3
"""Prints the shape of a full map beside what a uniform hash predicts.

    python3 -m lab.shape.tree [--variant X] [--scale N] [--pattern P] [--hash H] [--key K] [--seed S]

This is the tree analysis of document 000 with the column it lacked.  The document found 6.87 inner
nodes per entry and 1.14 children per node, and put both down to sequential keys; whether that is
more than a perfect hash gives can be told only beside what a perfect hash gives (lab.shape.model).

"off %" is the distance from the prediction.  "in sd" is the same in standard deviations over
uniform hashes, 95 of 100 of which lie within 2 (lab.shape.model says how they are computed); only
the numbers of inner nodes have one, and child pointers and means follow from these.
"""
from .. import cell, printing
from ..printing import columns, count, deviations_off, percent_off
from . import model

BAR = 40  # characters
# Numbers of children that share a line of the histogram: the last of each.
RANGES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
# What is expected of a shape without a model: nothing.
UNKNOWN = model.Prediction(*[None] * len(model.Prediction._fields))


def ratio(value):
    """A figure near 1, of which the third decimal matters."""
    return f"{value:.3f}" if value < 9.9995 else printing.digits(value)


def bar(part, whole):
    """A bar for a part of the whole; a dot for one that is too small to draw."""
    return ("#" * round(BAR * part / whole) or "." if part else "").ljust(BAR)


def compared(found, expected, deviation=None, form=count):
    """Cells of a line: what was found, what is predicted, and the distance between them."""
    if expected is None:
        return [form(found), "-", "-", "-"]
    return [form(found), form(expected), percent_off(found, expected),
            "-" if deviation is None else deviations_off(found, expected, deviation)]


def each(expected, length):
    """The items of a predicted list; None for each where nothing is predicted."""
    return [None] * length if expected is None else expected


def per(whole, number):
    return None if whole is None or not number else whole / number


def levels_of(found, predicted):
    """The levels that have something, or should."""
    return [level for level, (some, wanted) in enumerate(zip(found, predicted))
            if some or (wanted or 0) >= 0.5]


def summary(tree, expected):
    """The document's figures."""
    entries, inner, pointers = tree["entries"], tree["inner_nodes"], tree["child_pointers"]
    deviation = expected.covariance and expected.inner_deviation
    return columns(["", "found", "predicted", "off %", "in sd"], [
        ["entries", *compared(entries, None)],
        ["maximum depth", *compared(tree["depth_max"], expected.depth_max)],
        ["mean depth", *compared(tree["depth_mean"], expected.depth_mean, form=ratio)],
        ["inner nodes", *compared(inner, expected.inner_nodes, deviation)],
        ["leaves", *compared(tree["leaves"], expected.leaves)],
        ["child pointers", *compared(pointers, expected.child_pointers)],
        ["inner nodes per entry",
         *compared(inner / entries, per(expected.inner_nodes, entries), form=ratio)],
        ["mean children", *compared(
            per(pointers, inner) or 0.0,
            per(expected.child_pointers, expected.inner_nodes), form=ratio)],
    ])


def inner_by_level(tree, expected):
    found = tree["inner_at_level"]
    predicted = each(expected.inner_at_level, len(found))
    rows = []
    for level in levels_of(found, predicted):
        deviation = expected.covariance and max(0.0, expected.covariance[level][level]) ** 0.5
        rows.append([str(level), *compared(found[level], predicted[level], deviation),
                     bar(found[level], max(found))])
    return columns(["level", "inner nodes", "predicted", "off %", "in sd", ""], rows)


def leaves_by_level(tree, expected):
    """Levels count the chunks of the hash that lead to a leaf; with path compression there may be
    fewer nodes on the way."""
    found = tree["leaves_at_level"]
    predicted = each(expected.entries_at_level, len(found))
    rows = [[str(level), *compared(found[level], predicted[level])[:3],
             bar(found[level], max(found))] for level in levels_of(found, predicted)]
    return columns(["level", "leaves", "predicted", "off %", ""], rows)


def children_by_node(tree, expected):
    found, rows, first = tree["children"], [], 1
    for last in RANGES:
        nodes = sum(found[first:last + 1])
        predicted = expected.children and sum(expected.children[first:last + 1])
        if nodes or (predicted or 0) >= 0.5:
            rows.append([str(last) if first == last else f"{first}-{last}",
                         *compared(nodes, predicted)[:3], bar(nodes, tree["inner_nodes"])])
        first = last + 1
    return columns(["children", "inner nodes", "predicted", "off %", ""], rows)


def memory(tree):
    entries, parts = tree["entries"], tree["bytes"]
    rows = [[part, count(size), printing.digits(size / entries)] for part, size in parts.items()]
    total = sum(parts.values())
    rows.append(["all", count(total), printing.digits(total / entries)])
    return columns(["bytes", "held", "per entry"], rows) + f"\nin {count(tree['blocks'])} blocks"


def verdict(tree, expected):
    """The document's key figure in one line."""
    found = f"{ratio(tree['inner_nodes'] / tree['entries'])} inner nodes per entry"
    if expected.inner_nodes is None:
        return f"{found}; there is no model of this layout's shape"
    return f"{found}; a uniform hash predicts {ratio(expected.inner_nodes / tree['entries'])}"


def title(line, shape):
    words = [line["variant"], line["hash"], f"{line['key']} keys",
             f"{printing.short_scale(line['scale'])} {line['pattern']}", f"seed {line['seed']}"]
    if shape:
        words.append(f"nodes as in {shape.rule}, {shape.fan_out} wide, {shape.levels} levels")
    return ", ".join(words)


def report(arguments=None):
    parser = cell.Parser(__doc__, variant="list")
    parser.add_argument("--hash", default="xxh3", type=cell.read_hash)
    parser.add_argument("--pattern", default="sequential", type=cell.read_pattern)
    parser.add_argument("--scale", default=100000, type=cell.read_scale)
    given = parser.parse_args(arguments)
    line = cell.fill(given, given.hash, given.pattern, given.scale)
    shape, tree = cell.shape_of(given.variant), line["tree"]
    expected = model.predict(shape, tree["entries"]) if shape else UNKNOWN
    print(title(line, shape), summary(tree, expected), inner_by_level(tree, expected),
          leaves_by_level(tree, expected), children_by_node(tree, expected), memory(tree),
          verdict(tree, expected), sep="\n\n")


if __name__ == "__main__":
    cell.run_report("tree", report)
