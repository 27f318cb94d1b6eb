"""What a trie of n entries looks like if its hash is uniform: every count that hamt_stats gives, as
theory expects it.

The hash is cut into `levels` chunks of `bits` bits, so a node has F = 2^bits places for children,
and F^l prefixes are possible at level l.  A key lies below any one of them with probability
p = F^-l, and the number K of keys below it is binomial:

    B(k) = C(n,k) p^k (1-p)^(n-k).

Which inner nodes stand.  Let k keys lie below a prefix, and let them be thrown into m equally
likely places.  All fall into one place with probability m m^-k = m^(1-k).  Now

    list       has a node wherever a key passes:         k >= 1
    lazy       has one where two hashes differ further   the m = F^(L-l) hashes with this prefix
               down:
    pathcomp   has one where keys part right here:       the m = F children

so the expected number of nodes at level l is

    list       F^l (1 - (1-p)^n)
    others     F^l sum over k of B(k) (1 - m^(1-k))
             = F^l (1 - (1-p)^n - m ((1 - p + p/m)^n - (1-p)^n)).

The last line is the closed form: a node is missing where no key is, or where all are in one of m
places, each a part p/m of everything.  For m without bound it is the well-known 1 - (1-p)^n - n p
(1-p)^(n-1): at least two pass.  Where n p is small its terms are nearly 1 and their difference is
nearly n^2 p^2 / 2, so what is computed here is the sum: its terms are positive, and no digit is
lost.  (Equal hashes share a leaf; m = F^(L-l) accounts for them.)

Where entries are.  An entry's leaf stands below level l if another hash shares its prefix there, so

    P(it stands at level l or above) = (1 - p + r)^(n-1),        r = F^-L, its own hash,

and it passes a node of level l if another key is below the prefix but not in its own one of the m
places: 1 - (1 - p + p/m)^(n-1).  The mean depth is the sum of these over levels.

How many children nodes have.  k keys thrown into F places occupy j of them with probability D_k(j),

    D_(k+1)(j) = D_k(j) j/F + D_k(j-1) (F-j+1)/F,

and nodes with one child that lazy and pathcomp leave out are taken off.  Every node but the root is
a child: there are inner nodes + leaves - 1 child pointers in any of these shapes.

How far from the expectation chance leads: see Level and covariance().
"""
import itertools
import math
from typing import NamedTuple, Optional

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

    def prefixes(self, level):
        return float(self.fan_out) ** level

    def places(self, level):
        """m, of which keys must take two for a node to stand; not for list, which asks for a key."""
        return self.fan_out if self.rule == "pathcomp" else self.prefixes(self.levels - level)

    def missing(self, level, keys):
        """P(no node stands at a prefix of `level` | `keys` keys have it)."""
        if keys == 0:
            return 1.0
        return 0.0 if self.rule == "list" else self.places(level) ** (1.0 - keys)


class Level(NamedTuple):
    """The prefixes of one level: P(a node stands at one), P(none does), and the covariance of
    "it stands" with K, the number of keys that have the prefix."""
    stands: float
    missing: float
    with_keys: float


class Prediction(NamedTuple):
    inner_at_level: list    # by level
    entries_at_level: list  # by the chunks that lead to their leaves; leaves, but for collisions
    children: list          # inner nodes by number of children
    inner_nodes: float
    leaves: float
    child_pointers: float
    depth_mean: float
    depth_max: Optional[float]  # about; None where no simple form is known
    covariance: list        # of the inner nodes at two levels

    @property
    def inner_deviation(self):
        """The standard deviation of all inner nodes together."""
        return math.sqrt(max(0.0, sum(map(sum, self.covariance))))


def none_of(trials, chance):
    """(1 - chance)^trials without losing digits."""
    return math.exp(trials * math.log1p(-chance)) if chance < 1 else float(trials == 0)


def any_of(trials, chance):
    """1 - (1 - chance)^trials without losing digits."""
    return -math.expm1(trials * math.log1p(-chance)) if chance < 1 else float(trials > 0)


def keys_below(entries, part):
    """[(k, B(k))]: how many of the entries lie in this part of all hashes; None if it is a crowd."""
    if entries * part > CROWD:
        return None
    if part == 1:
        return [(entries, 1.0)]
    mean = entries * part
    last = min(entries, int(mean + 12 * math.sqrt(mean) + 40))
    odds = math.log(part) - math.log1p(-part)
    steps = (math.log((entries - k) / (k + 1)) + odds for k in range(last))
    logarithms = itertools.accumulate(itertools.chain([entries * math.log1p(-part)], steps))
    chances = [math.exp(log) for log in logarithms]
    rounding = math.fsum(chances)
    return [(k, chance / rounding) for k, chance in enumerate(chances)]


def level_of(shape, entries, level):
    part = 1 / shape.prefixes(level)
    chances = keys_below(entries, part)
    if chances is None:
        return Level(1.0, 0.0, 0.0)
    weighed = [(k, chance, shape.missing(level, k)) for k, chance in chances]
    return Level(math.fsum(b * (1 - gone) for _, b, gone in weighed),
                 math.fsum(b * gone for _, b, gone in weighed),
                 math.fsum(b * (1 - gone) * (k - entries * part) for k, b, gone in weighed))


def entries_by_level(shape, entries):
    """Expected entries by the level of their leaves."""
    if shape.rule == "list":
        return [0.0] * shape.levels + [float(entries)]
    own = 1 / shape.prefixes(shape.levels)
    at_or_above = [none_of(entries - 1, 1 / shape.prefixes(level) - own)
                   for level in range(shape.levels + 1)]
    return [entries * (at - above) for at, above in zip(at_or_above, [0.0, *at_or_above])]


def mean_depth(shape, entries):
    if shape.rule == "list":
        return float(shape.levels)
    parts = [1 / shape.prefixes(level) for level in range(shape.levels)]
    return math.fsum(any_of(entries - 1, part - part / shape.places(level))
                     for level, part in enumerate(parts))


def max_depth(shape, levels):
    """About the expected depth of the deepest entry: the number of levels that have a node, as if
    nodes of a level stood independently of each other.  With path compression a way may miss
    levels, and there is no such short cut."""
    if shape.rule == "pathcomp":
        return None
    if shape.rule == "list":
        return float(shape.levels)
    return math.fsum(any_of(shape.prefixes(number), level.stands)
                     for number, level in enumerate(levels))


def occupied(fan_out):
    """D_k, for k = 0, 1, 2, ...: [P(j of the places are occupied)] when k keys have been thrown."""
    chances = [1.0] + [0.0] * fan_out
    while True:
        yield chances
        chances = [0.0] + [(chances[j] * j + chances[j - 1] * (fan_out - j + 1)) / fan_out
                           for j in range(1, fan_out + 1)]


def children_of_nodes(shape, entries):
    """Expected inner nodes by their number of children."""
    nodes = [0.0] * (shape.fan_out + 1)
    by_keys = {}  # expected prefixes with so many keys, all levels together
    for level in range(shape.levels):
        prefixes = shape.prefixes(level)
        chances = keys_below(entries, 1 / prefixes)
        if chances is None:
            nodes[shape.fan_out] += prefixes
            continue
        for k, chance in chances:
            if k > 0:  # where no key is, there is no node
                by_keys[k] = by_keys.get(k, 0.0) + prefixes * chance
                nodes[1] -= prefixes * chance * shape.missing(level, k)
    for k, chances in zip(range(max(by_keys, default=0) + 1), occupied(shape.fan_out)):
        many = by_keys.get(k, 0.0)
        if many > 1e-30:
            nodes = [so_far + many * chance for so_far, chance in zip(nodes, chances)]
    return [max(0.0, expected) for expected in nodes]


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
        if above == below:
            nested = v.stands * v.missing
        elif shape.rule == "pathcomp":
            others = (1 - 1 / shape.fan_out) / shape.prefixes(above)
            nested = u.stands * (v.missing - math.exp(-entries * others))
        else:
            nested = u.stands * v.missing
        many = shape.prefixes(below)
        common = shape.prefixes(above) * v.with_keys * u.with_keys / (entries * (1 - 1 / many))
        return many * (nested - common)
    numbers = range(shape.levels)
    return [[between(min(i, j), max(i, j)) for j in numbers] for i in numbers]


def predict(shape, entries):
    """What a trie of this shape with so many entries (one at least) is expected to be."""
    levels = [level_of(shape, entries, level) for level in range(shape.levels)]
    inner = [shape.prefixes(number) * level.stands for number, level in enumerate(levels)]
    hashes = shape.prefixes(shape.levels)
    leaves = hashes * any_of(entries, 1 / hashes)
    inner_nodes = math.fsum(inner)
    return Prediction(inner_at_level=inner, entries_at_level=entries_by_level(shape, entries),
                      children=children_of_nodes(shape, entries), inner_nodes=inner_nodes,
                      leaves=leaves, child_pointers=max(0.0, inner_nodes + leaves - 1),
                      depth_mean=mean_depth(shape, entries), depth_max=max_depth(shape, levels),
                      covariance=covariance(shape, entries, levels))
