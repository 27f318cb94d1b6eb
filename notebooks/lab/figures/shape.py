"""Figures about the shape of the tree beside the model of it (lab.shape.model)."""
from typing import NamedTuple

from .. import cell
from ..printing import count, digits, percent_off, short_scale
from ..shape import hashes, model
from .. import drawing, panels
from ..question import NotMeasured, Question, demand

ENTRIES = 100000
# One composition of each rule by which nodes stand.
VARIANTS = ("outline", "outline+lazy", "outline+pathcomp")
SHAPES = {variant: cell.shape_of(variant) for variant in VARIANTS}
CERTAIN = 1e-3  # standard deviation of a count that chance does not move


class Found(NamedTuple):
    """A composition's tree beside what is expected of it."""
    variant: str
    entries: int
    inner_at_level: list
    expected: model.Prediction

    @property
    def inner_nodes(self):
        return sum(self.inner_at_level)

    def deviations(self):
        """{level: how many standard deviations off}, of the levels that chance moves."""
        off = {}
        for level, predicted in enumerate(self.expected.inner_at_level):
            deviation = max(0.0, self.expected.covariance[level][level]) ** 0.5
            if deviation > CERTAIN:
                off[level] = (self.inner_at_level[level] - predicted) / deviation
        return off

    @property
    def total_deviation(self):
        return (self.inner_nodes - self.expected.inner_nodes) / self.expected.inner_deviation


def trees_of(cells, scale=ENTRIES, pattern="shuffled"):
    """[Found] of what there is of VARIANTS."""
    found = []
    for variant, replicates in panels.of(cells, "put", pattern, scale).items():
        if variant in SHAPES:
            tree, shape = panels.tree(replicates), SHAPES[variant]
            found.append(Found(variant, tree["entries"], tree["inner_at_level"][:shape.levels],
                               model.predict(shape, tree["entries"])))
    demand(found, f"tree of {', '.join(VARIANTS)} at {short_scale(scale)}")
    return sorted(found, key=lambda one: VARIANTS.index(one.variant))


# ---- Is the tree sparser than a perfect hash makes it? ----

def fill_levels(figure, found):
    above, below = figure.subplots(2, len(found), squeeze=False, sharex=True,
                                   gridspec_kw={"height_ratios": (1.7, 1)})
    most = max(max(one.inner_at_level) for one in found)
    reach = max([3.0, *(abs(off) for one in found for off in one.deviations().values())])
    for column, (one, counts, off) in enumerate(zip(found, above, below)):
        levels = range(len(one.inner_at_level))
        predicted = [max(nodes, 1e-9) for nodes in one.expected.inner_at_level]
        counts.plot(levels, predicted, color=drawing.BLACK, label="predicted of a uniform hash",
                    zorder=1)
        counts.plot([level for level in levels if one.inner_at_level[level]],
                    [nodes for nodes in one.inner_at_level if nodes], label="found",
                    **panels.look(0, full=False) | {"markersize": 7})
        drawing.factor_axis(counts.yaxis, 0.5, 3 * most, [10 ** power for power in range(0, 9)],
                            lambda value: f"{round(value):,}")
        counts.set_title(f"{one.variant}: inner nodes by level\n{count(one.inner_nodes)} found,"
                         f" {count(one.expected.inner_nodes)} predicted")
        off.axhspan(-2, 2, color=panels.FAINT, zorder=0, label="95 of 100 uniform hashes")
        deviations = one.deviations()
        off.plot(list(deviations), list(deviations.values()), **panels.look(0))
        off.axhline(0, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
        off.set_ylim(-1.15 * reach, 1.15 * reach)
        off.set_xlim(-0.5, max(len(each.inner_at_level) for each in found) - 0.5)
        off.set_xticks(list(levels))
        off.set_xlabel("level")
        off.set_title("found less predicted, in standard deviations")
        if column:
            for each in (counts, off):
                panels.hide_names(each)
    above[0].legend(loc="lower right")
    below[0].legend(loc="upper left")


def tell_levels(found):
    for one in found:
        test = hashes.uniformity(one.inner_at_level, one.expected)
        yield (f"{one.variant}: {count(one.inner_nodes)} inner nodes,"
               f" {digits(one.inner_nodes / one.entries)} an entry;"
               f" {percent_off(one.inner_nodes, one.expected.inner_nodes)} % off the prediction,"
               f" {one.total_deviation:+.2f} standard deviations. The test of all levels together"
               f" calls the hash {test.verdict} (p {hashes.chance_text(test.chance)}).")


SPARSE = Question("Is the tree sparser than a perfect hash makes it?", "tree-levels", (10, 5.6),
                  lambda results: trees_of(results.experiment("fixes").cells), fill_levels,
                  tell_levels)


# ---- Does it get sparser as it grows? ----

EXPERIMENTS = ("seeds", "suite", "factorial", "allocators", "fixes")
# Of which compositions trees were stored at many scales, by the rule of their nodes.
GROWN = {"outline": ("outline", "phase3"), "outline+lazy": ("outline+lazy",),
         "outline+pathcomp": ("outline+pathcomp", "fix4")}
CURVE = [10 ** (2 + i / 16) for i in range(16 * 5 + 1)]  # 100 to 10M entries


def nodes_per_entry(shape, entries):
    """What a uniform hash gives."""
    return sum(shape.prefixes(level) * model.level_of(shape, entries, level).stands
               for level in range(shape.levels)) / entries


def grown(results):
    """{rule: {scale: inner nodes an entry}} over all experiments that there are."""
    found = {rule: {} for rule in GROWN}
    for name in EXPERIMENTS:
        try:
            cells = results.experiment(name).cells
        except NotMeasured:
            continue
        for place, row in cells.items():
            for competitor, replicates in row.items():
                for rule, variants in GROWN.items():
                    if (competitor.variant in variants and place.pattern != "random"
                            and place.scale not in found[rule]):
                        tree = panels.tree(replicates)
                        found[rule][place.scale] = tree["inner_nodes"] / tree["entries"]
    demand(any(found.values()), "tree of any composition")
    return {rule: points for rule, points in found.items() if points}


# What is told of one rule by its nodes beside another's: their curves would cover each other.
BESIDE = {"outline+pathcomp": "outline+lazy"}


def draw_growth(axes, number, rule, points, of):
    """A curve as predicted and points as found; of(scale, nodes an entry) is what is drawn."""
    style = panels.look(number, full=False)
    axes.plot(CURVE, [of(n, nodes_per_entry(SHAPES[rule], round(n))) for n in CURVE],
              color=style["color"], linestyle=("-", "--", "-.")[number], label=f"{rule}, predicted")
    axes.plot(points.keys(), [of(n, nodes) for n, nodes in points.items()],
              label=f"{rule}, found", **style | {"markersize": 7})
    drawing.factor_axis(axes.xaxis, CURVE[0], CURVE[-1], [10 ** power for power in range(2, 8)],
                        lambda value: short_scale(round(value)))
    axes.set_xlabel("entries")


def draw_chance(axes, rule, of):
    """Where trees of a uniform hash lie: two standard deviations about what is predicted."""
    sizes = [round(n) for n in CURVE[::4]]
    expected = [model.predict(SHAPES[rule], n) for n in sizes]
    low, high = ([of(n, (one.inner_nodes + far * one.inner_deviation) / n)
                  for n, one in zip(sizes, expected)] for far in (-2, 2))
    axes.fill_between(sizes, low, high, color=panels.FAINT, linewidth=0, zorder=0)


def fill_growth(figure, found):
    beside = {rule: other for rule, other in BESIDE.items() if rule in found}
    above, strip = panels.with_legend(figure, 0.14)
    axes = above.subplots(1, 1 + bool(beside), squeeze=False)[0]
    for number, (rule, points) in enumerate(found.items()):
        if rule in beside:
            def share(n, nodes, other=SHAPES[beside[rule]]):
                return 100 * nodes / nodes_per_entry(other, round(n))
            draw_growth(axes[1], number, rule, points, share)
            draw_chance(axes[1], rule, share)
            axes[1].set_title(f"{rule}: inner nodes, % of {beside[rule]}'s predicted\n"
                              "grey: 95 of 100 uniform hashes")
        else:
            draw_growth(axes[0], number, rule, points, lambda _, nodes: nodes)
    drawing.factor_axis(axes[0].yaxis, 0.1, 12, [0.1, 0.2, 0.5, 1, 2, 5, 10])
    axes[0].set_title("inner nodes an entry")
    panels.shared_legend(strip, axes, columns=len(found))


def tell_growth(found):
    for rule, points in found.items():
        off = max((abs(value / nodes_per_entry(SHAPES[rule], scale) - 1), scale)
                  for scale, value in points.items())
        sizes = ", ".join(map(short_scale, sorted(points)))
        yield (f"{rule}: {sizes} entries; the farthest from its prediction is the tree of"
               f" {short_scale(off[1])}, by {100 * off[0]:.2f} %.")


GROWTH = Question("Does the tree get sparser as it grows?", "tree-growth", (10, 4.4), grown,
                  fill_growth, tell_growth)
