#!/usr/bin/env python3
"""Prints what each hash makes of each pattern of keys, and whether it could be uniform.

    python3 -m lab.shape.hashes [--variant X] [--scale N] [--hashes A,B,...] [--patterns P,Q,...]

Document 000 suspects that keys in sequence make hashes "diverge slowly".  If they did, the trie
would have other numbers of inner nodes at its levels than chance gives it, so these are tested.

The test.  Let d be the vector of the inner nodes found at each level less those expected of a
uniform hash, and C its covariance (lab.shape.model).  Levels are not independent of each other,
since a node deep down stands on others, so the deviations are not squared and added one by one, but

    X^2 = d' C^-1 d

which for a uniform hash follows a chi-squared distribution with as many degrees of freedom as d has
elements, if these are nearly normal.  Where few nodes are left to chance they are not, and levels
are joined from the root downwards until the variance of their sum is at least 10; what is left over
at the deep end joins the last group.  The number of groups is the degrees of freedom.

A hash is called not uniform when a uniform one would be so far off once in a thousand times.  Far
in either direction: identity spreads sequential keys more evenly than chance would, and fails.
Sequential and shuffled keys are the same keys, so hashes without a seed of their own give the same
trie for both.
"""
import math
from typing import NamedTuple

from .. import cell, printing
from ..printing import count, deviations_off, percent_off
from . import model

HASHES = ["xxh3", "wyhash", "murmur3", "fnv1a", "siphash", "identity"]
HEADER = ["hash", "pattern", "inner nodes", "off %", "in sd", "mean depth", "max depth",
          "entries/leaf", "X^2", "df", "p", "verdict"]
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


def chi_squared_survival(value, freedom):
    """P(X >= value) for X chi-squared with a whole number of degrees of freedom.

    With h = value/2, integrating by parts takes two degrees off at a time:

        even    exp(-h) (1 + h + h^2/2! + ... + h^(f/2-1)/(f/2-1)!)
        odd     erfc(sqrt h) + exp(-h) (h^(1/2)/G(3/2) + h^(3/2)/G(5/2) + ... + h^(f/2-1)/G(f/2))
    """
    half = value / 2
    if half == 0:
        return 1.0
    first = 0.5 * (freedom % 2)
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else 0.0
    powers = (first + i for i in range(freedom // 2))
    return min(1.0, tail + math.fsum(math.exp(power * math.log(half) - half - math.lgamma(power + 1))
                                     for power in powers))


def groups_of_levels(covariance):
    """Neighbouring levels joined until chance moves each group enough; [] if it never does."""
    groups, open_group = [], []
    for level in range(len(covariance)):
        open_group.append(level)
        if joined(covariance, open_group, open_group) >= NEARLY_NORMAL:
            groups.append(open_group)
            open_group = []
    if groups:
        groups[-1] = groups[-1] + open_group
    return groups


def joined(covariance, some, others):
    """The covariance of the sums over two groups of levels."""
    return math.fsum(covariance[i][j] for i in some for j in others)


def quadratic_form(matrix, vector):
    """vector' matrix^-1 vector for a symmetric positive matrix, by elimination: each step takes off
    what the first element accounts for."""
    if not vector:
        return 0.0
    pivot, row, first = matrix[0][0], matrix[0][1:], vector[0]
    rest = [[below[j + 1] - below[0] * row[j] / pivot for j in range(len(row))]
            for below in matrix[1:]]
    return first * first / pivot + quadratic_form(
        rest, [x - first * r / pivot for x, r in zip(vector[1:], row)])


def uniformity(inner_at_level, expected):
    """The test above."""
    groups = groups_of_levels(expected.covariance)
    covariance = [[joined(expected.covariance, some, others) for others in groups]
                  for some in groups]
    off = [math.fsum(inner_at_level[i] - expected.inner_at_level[i] for i in group)
           for group in groups]
    statistic = quadratic_form(covariance, off)
    return Uniformity(statistic, len(groups), chi_squared_survival(statistic, len(groups)))


def figures(line, expected):
    """Cells of a line from what the measuring program tells."""
    tree = line["tree"]
    inner, test = tree["inner_nodes"], uniformity(tree["inner_at_level"], expected)
    told = [printing.digits(test.statistic), str(test.freedom), chance_text(test.chance)]
    return [count(inner), percent_off(inner, expected.inner_nodes),
            deviations_off(inner, expected.inner_nodes, expected.inner_deviation),
            printing.digits(tree["depth_mean"]), str(tree["depth_max"]),
            printing.digits(tree["entries"] / tree["leaves"]),
            *(told if test.freedom else ["-", "0", "-"]), test.verdict]


def chance_text(chance):
    return f"{chance:.3f}" if chance >= 0.0005 else "<0.001"


def rows_of(given, expected):
    """Lines of the table: what is predicted, and each hash with each pattern."""
    deepest = expected.depth_max
    yield ["a uniform hash", "", count(expected.inner_nodes), "", "",
           printing.digits(expected.depth_mean), "" if deepest is None else printing.digits(deepest),
           "1.00", "", "", "", ""]
    for name in given.hashes:
        for pattern in given.patterns:
            line = cell.fill(given, name, pattern, given.scale)
            yield [name, pattern, *figures(line, expected)]


def report(arguments=None):
    parser = cell.Parser(__doc__, variant="lazy")
    parser.add_argument("--scale", default=100000, type=cell.read_scale)
    parser.add_argument("--hashes", default=HASHES, type=cell.several(cell.read_hash))
    parser.add_argument("--patterns", default=printing.PATTERNS,
                        type=cell.several(cell.read_pattern))
    given = parser.parse_args(arguments)
    shape = cell.shape_of(given.variant)
    if not shape:
        raise cell.BadSetting(f"--variant: {given.variant}: there is no model of its shape to"
                              " compare with")
    expected = model.predict(shape, given.scale)
    print(f"{given.variant}, {given.key} keys, {printing.short_scale(given.scale)}, seed {given.seed};"
          f" nodes as in {shape.rule}, {shape.fan_out} wide, {shape.levels} levels", end="\n\n")
    print(printing.align(HEADER, list(rows_of(given, expected)), figures=len(HEADER) - 2, cell=1))


if __name__ == "__main__":
    cell.run_report("hashes", report)
