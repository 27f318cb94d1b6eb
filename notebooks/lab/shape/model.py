"""What a trie of n entries looks like if its hash is uniform: every count that hamt_stats gives, as theory expects it.

The hash is cut into `levels` chunks of `bits` bits, so a node has F = 2^bits places for children, and F^l prefixes are
possible at level l.  A key lies below any one of them with probability p = F^-l, and the number K of keys below it is
binomial, B(k).

Which inner nodes stand.  Let k keys lie below a prefix, and let them be thrown into m equally likely places.  All fall
into one place with probability m m^-k = m^(1-k).  Now

    list       has a node wherever a key passes:         k >= 1
    lazy       has one where two hashes differ further   the m = F^(L-l) hashes with this prefix
               down:
    pathcomp   has one where keys part right here:       the m = F children

so the expected number of nodes at level l is

    list       F^l (1 - (1-p)^n)
    others     F^l sum over k of B(k) (1 - m^(1-k)) = F^l (1 - (1-p)^n - m ((1 - p + p/m)^n - (1-p)^n)).

Where n p is small the terms of the closed form are nearly 1 and their difference is nearly n^2 p^2 / 2, so what is
computed here is the sum: its terms are positive, and no digit is lost.  (Equal hashes share a leaf; m = F^(L-l)
accounts for them.)

Where entries are.  An entry's leaf stands below level l if another hash shares its prefix there, so

    P(it stands at level l or above) = (1 - p + r)^(n-1),        r = F^-L, its own hash,

and it passes a node of level l if another key is below the prefix but not in its own one of the m places:
1 - (1 - p + p/m)^(n-1).  The mean depth is the sum of these over levels.  Of such a node's other F-1 places each is
taken with probability 1 - (1 - p/F)^(n-1); so many children are on the entry's way, its own one at each node beside.

How many children nodes have.  k keys thrown into F places occupy j of them with probability D_k(j),

    D_(k+1)(j) = D_k(j) j/F + D_k(j-1) (F-j+1)/F,

and nodes with one child that lazy and pathcomp leave out are taken off.  Every node but the root is a child: there are
inner nodes + leaves - 1 child pointers in any of these shapes.

How far from the expectation chance leads: see Level and covariance().
"""
import functools
from typing import NamedTuple, Optional

import numpy
from scipy.special import xlog1py
from scipy.stats import binom

# Where so many keys are expected below a prefix, every node stands and has all its children: a
# child of 64 is missing with probability exp(-3000/64) = 4e-21.
CROWD = 3000


class Shape(NamedTuple):
    """Which inner nodes a trie has, and how it cuts its hash."""
    rule: str  # list, lazy or pathcomp
    bits: int
    levels: int

    @property
    def fan_out(self):
        return 2 ** self.bits

    @property
    def prefixes(self):
        """How many there are at each level."""
        return float(self.fan_out) ** numpy.arange(self.levels)

    @property
    def hashes(self):
        return float(self.fan_out) ** self.levels

    @property
    def places(self):
        """m at each level, of which keys must take two for a node to stand; not for list, which asks for a key."""
        return self.hashes / self.prefixes if self.rule != "pathcomp" else numpy.full(self.levels, float(self.fan_out))

    def missing(self, level, keys):
        """P(no node stands at a prefix of `level` | so many keys have it), of an array of numbers of keys."""
        with_keys = 0.0 if self.rule == "list" else self.places[level] ** (1.0 - keys)
        return numpy.where(keys == 0, 1.0, with_keys)


class Level(NamedTuple):
    """The prefixes of one level: P(a node stands at one), P(none does), and the covariance of
    "it stands" with K, the number of keys that have the prefix."""
    stands: float
    missing: float
    with_keys: float


class Prediction(NamedTuple):
    inner_at_level: numpy.ndarray    # by level
    entries_at_level: numpy.ndarray  # by the chunks that lead to their leaves; leaves, but for collisions
    children: numpy.ndarray          # inner nodes by number of children
    inner_nodes: float
    leaves: float
    child_pointers: float
    depth_mean: float
    depth_max: Optional[float]       # about; None where no simple form is known
    covariance: numpy.ndarray        # of the inner nodes at two levels

    @property
    def inner_deviation(self):
        """The standard deviation of all inner nodes together."""
        return max(0.0, self.covariance.sum()) ** 0.5

    @property
    def deviations(self):
        """The same of those at each level."""
        return numpy.sqrt(numpy.maximum(0.0, self.covariance.diagonal()))


def none_of(trials, chance):
    """(1 - chance)^trials without losing digits."""
    return numpy.exp(xlog1py(trials, -chance))


def any_of(trials, chance):
    """1 - (1 - chance)^trials without losing digits."""
    return -numpy.expm1(xlog1py(trials, -chance))


def keys_below(entries, part):
    """(k, B(k)), arrays: how many of the entries lie in this part of all hashes; None if it is a crowd."""
    mean = entries * part
    if mean > CROWD:
        return None
    if part == 1:
        return numpy.array([entries]), numpy.ones(1)
    keys = numpy.arange(min(entries, int(mean + 12 * mean ** 0.5 + 40)) + 1)
    return keys, binom.pmf(keys, entries, part)


def level_of(shape, entries, level):
    part = 1 / shape.prefixes[level]
    found = keys_below(entries, part)
    if found is None:
        return Level(1.0, 0.0, 0.0)
    keys, chances = found
    missing = shape.missing(level, keys)
    return Level(chances @ (1 - missing), chances @ missing, chances @ ((1 - missing) * (keys - entries * part)))


def entries_by_level(shape, entries):
    if shape.rule == "list":
        return numpy.append(numpy.zeros(shape.levels), float(entries))
    at_or_above = none_of(entries - 1, 1 / numpy.append(shape.prefixes, shape.hashes) - 1 / shape.hashes)
    return entries * numpy.diff(at_or_above, prepend=0)


def mean_depth(shape, entries):
    if shape.rule == "list":
        return float(shape.levels)
    parts = 1 / shape.prefixes
    return any_of(entries - 1, parts - parts / shape.places).sum()


def children_on_way(shape, entries):
    """Expected children of all nodes that the way to an entry passes, together."""
    others = any_of(entries - 1, 1 / (shape.prefixes * shape.fan_out))
    return mean_depth(shape, entries) + (shape.fan_out - 1) * others.sum()


def max_depth(shape, stands):
    """About the expected depth of the deepest entry: the number of levels that have a node, as if
    nodes of a level stood independently of each other.  With path compression a way may miss
    levels, and there is no such short cut."""
    if shape.rule == "pathcomp":
        return None
    return float(shape.levels) if shape.rule == "list" else any_of(shape.prefixes, stands).sum()


@functools.lru_cache(maxsize=None)
def occupied(fan_out, most):
    """D_k(j) in row k and column j, for k up to the most keys."""
    places, rows = numpy.arange(1, fan_out + 1), numpy.zeros((most + 1, fan_out + 1))
    rows[0, 0] = 1
    for before, after in zip(rows, rows[1:]):
        after[1:] = (before[1:] * places + before[:-1] * (fan_out - places + 1)) / fan_out
    return rows


def children_of_nodes(shape, entries):
    """Expected inner nodes by their number of children."""
    nodes = numpy.zeros(shape.fan_out + 1)
    for level, prefixes in enumerate(shape.prefixes):
        found = keys_below(entries, 1 / prefixes)
        if found is None:
            nodes[-1] += prefixes
            continue
        keys, chances = found[0][found[0] > 0], found[1][found[0] > 0]  # where no key is, there is no node
        nodes += prefixes * chances @ occupied(shape.fan_out, 2 * CROWD)[keys]
        nodes[1] -= prefixes * chances @ shape.missing(level, keys)
    return numpy.maximum(0.0, nodes)


def covariance(shape, entries, levels):
    """The covariance of the numbers of inner nodes at two levels.

    If the number of keys below each prefix were independent of that below others, only prefixes
    above each other would be correlated: with u below v, P(both stand) = P(u) P(v | u), where v
    stands for certain in list and lazy, and in pathcomp unless all keys of v go the way of u.  But
    the keys are n in all, so whatever of the count depends linearly on the number of keys does not
    vary; its share is taken off, which is right to the first order in 1/n (C. Morris, "Central
    limit theorems for multinomial sums", 1975).  With M prefixes at a level, primes for the deeper:

        Cov = M' P(u) (P(v | u) - P(v)) - M Cov(v,K) M' Cov(u,K') / (n (1 - p')).
    """
    def between(above, below):
        v, u = levels[above], levels[below]
        if below == 0:
            return v.stands * v.missing
        nested = (v if above == below else u).stands * v.missing
        if above != below and shape.rule == "pathcomp":
            nested -= u.stands * numpy.exp(-entries * (1 - 1 / shape.fan_out) / shape.prefixes[above])
        many = shape.prefixes[below]
        common = shape.prefixes[above] * v.with_keys * u.with_keys / (entries * (1 - 1 / many))
        return many * (nested - common)
    numbers = range(shape.levels)
    return numpy.array([[between(min(i, j), max(i, j)) for j in numbers] for i in numbers])


@functools.lru_cache(maxsize=None)
def predict(shape, entries):
    """What a trie of this shape with so many entries (one at least) is expected to be."""
    levels = [level_of(shape, entries, level) for level in range(shape.levels)]
    stands = numpy.array([level.stands for level in levels])
    inner = shape.prefixes * stands
    leaves = shape.hashes * any_of(entries, 1 / shape.hashes)
    inner_nodes = inner.sum()
    return Prediction(inner_at_level=inner, entries_at_level=entries_by_level(shape, entries),
                      children=children_of_nodes(shape, entries), inner_nodes=inner_nodes, leaves=leaves,
                      child_pointers=max(0.0, inner_nodes + leaves - 1), depth_mean=mean_depth(shape, entries),
                      depth_max=max_depth(shape, stands), covariance=covariance(shape, entries, levels))
