"""What does each hash make of each pattern of keys, and could it be uniform?

Document 000 suspects that keys in sequence make hashes "diverge slowly".  If they did, the trie would have other
numbers of inner nodes at its levels than chance gives it, so these are tested.

The test.  Let d be the vector of the inner nodes found at each level less those expected of a uniform hash, and C its
covariance (lab.shape.model).  Levels are not independent of each other, since a node deep down stands on others, so the
deviations are not squared and added one by one, but

    X^2 = d' C^-1 d

which for a uniform hash follows a chi-squared distribution with as many degrees of freedom as d has elements, if these
are nearly normal.  Where few nodes are left to chance they are not, and levels are joined from the root downwards until
the variance of their sum is at least 10; what is left over at the deep end joins the last group.  The number of groups
is the degrees of freedom.

A hash is called not uniform when a uniform one would be so far off once in a thousand times.  Far in either direction:
identity spreads sequential keys more evenly than chance would, and fails.  Sequential and shuffled keys are the same
keys, so hashes without a seed of their own give the same trie for both.
"""
import itertools
from typing import NamedTuple

import numpy
from scipy.stats import chi2

from .. import cell, printing
from ..command import BadSetting
from ..printing import count, deviations_off, digits, percent_off
from . import model

HASHES = ["xxh3", "wyhash", "murmur3", "fnv1a", "siphash", "identity"]
HEADER = ["hash", "pattern", "inner nodes", "off %", "in sd", "mean depth", "max depth", "entries/leaf", "X^2", "df",
          "p", "verdict"]
NEARLY_NORMAL = 10  # variance of a count from which on it passes for normal
REJECTED = 0.001


class Uniformity(NamedTuple):
    statistic: float
    freedom: int   # degrees of it; 0 if there are too few nodes to tell
    chance: float  # of a uniform hash to be so far off

    @property
    def verdict(self):
        if self.freedom == 0:
            return "too few to tell"
        return "not uniform" if self.chance < REJECTED else "uniform"


def groups_of_levels(covariance):
    """Which levels are joined, as a matrix with a row for each group: chance moves each enough.  No row if it does
    nowhere."""
    groups, open_group = [], numpy.zeros(len(covariance))
    for level in range(len(covariance)):
        open_group[level] = 1
        if open_group @ covariance @ open_group >= NEARLY_NORMAL:
            groups.append(open_group)
            open_group = numpy.zeros(len(covariance))
    if groups:
        groups[-1] = groups[-1] + open_group
    return numpy.reshape(groups, (len(groups), len(covariance)))


def uniformity(inner_at_level, expected):
    """The test above."""
    groups = groups_of_levels(expected.covariance)
    off = groups @ (numpy.array(inner_at_level)[:len(expected.inner_at_level)] - expected.inner_at_level)
    statistic = off @ numpy.linalg.solve(groups @ expected.covariance @ groups.T, off)
    return Uniformity(statistic, len(groups), chi2.sf(statistic, len(groups)) if len(groups) else 1.0)


def chance_text(chance):
    return f"{chance:.3f}" if chance >= 0.0005 else "<0.001"


def inner_texts(tree, expected):
    """Inner nodes, and how far off those of a uniform hash they are, in per cent and in standard deviations."""
    inner = tree["inner_nodes"]
    return [count(inner), percent_off(inner, expected.inner_nodes),
            deviations_off(inner, expected.inner_nodes, expected.inner_deviation)]


def cells_of(tree, expected):
    test = uniformity(tree["inner_at_level"], expected)
    told = [digits(test.statistic), str(test.freedom), chance_text(test.chance)] if test.freedom else ["-", "0", "-"]
    return [*inner_texts(tree, expected), digits(tree["depth_mean"]), str(tree["depth_max"]),
            digits(tree["entries"] / tree["leaves"]), *told, test.verdict]


def hashes(variant="lazy", key="u64", hashes=HASHES, scale=100000, patterns=printing.PATTERNS, seed=1):
    """Prints what each hash makes of each pattern of keys, and whether it could be uniform."""
    shape = cell.shape_of(variant)
    if not shape:
        raise BadSetting(f"VARIANT={variant}: there is no model of its shape to compare with")
    expected = model.predict(shape, scale)
    rows = [["a uniform hash", "", count(expected.inner_nodes), "", "", digits(expected.depth_mean),
             "" if expected.depth_max is None else digits(expected.depth_max), "1.00", "", "", "", ""]]
    for line in cell.fill(*(cell.Filled(variant, name, key, pattern, scale, seed)
                            for name, pattern in itertools.product(hashes, patterns))):
        rows.append([line["hash"], line["pattern"], *cells_of(line["tree"], expected)])
    print(f"{variant}, {key} keys, {printing.short_scale(scale)}, seed {seed}; nodes as in {shape.rule},"
          f" {shape.fan_out} wide, {shape.levels} levels\n")
    print(printing.align(HEADER, rows, figures=len(HEADER) - 2, cell=1))
