"""Is the tree sparser than a perfect hash makes it, and does it get sparser as it grows?

Trees of stored experiments beside the model of them (lab.shape.model)."""
from typing import NamedTuple

from .. import cell, drawing, panels, results
from ..printing import count, digits, percent_off, short_scale
from ..question import Question, demand
from . import hashes, model
from .tree import expectation

ENTRIES = 100000
VARIANTS = ("outline", "outline+lazy", "outline+pathcomp")  # one composition of each rule by which nodes stand
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
        each = enumerate(zip(self.inner_at_level, self.expected.inner_at_level, self.expected.deviations))
        return {level: (found - predicted) / deviation for level, (found, predicted, deviation) in each
                if deviation > CERTAIN}

    @property
    def total_deviation(self):
        return (self.inner_nodes - self.expected.inner_nodes) / self.expected.inner_deviation


def trees_of(experiment, scale=ENTRIES):
    """[Found] of what there is of VARIANTS."""
    runs = experiment.where(op="put", pattern="shuffled", scale=scale, key="u64", variant=VARIANTS)
    trees = demand(dict(runs.drop_duplicates("variant").set_index("variant")["tree"]),
                   f"tree of {', '.join(VARIANTS)} at {short_scale(scale)}")
    return [Found(variant, trees[variant]["entries"],
                  trees[variant]["inner_at_level"][:cell.shape_of(variant).levels],
                  expectation(variant, trees[variant]["entries"]))
            for variant in VARIANTS if variant in trees]


# ---- Is the tree sparser than a perfect hash makes it? ----

def fill_levels(figure, found):
    above, below = figure.subplots(2, len(found), squeeze=False, sharex=True, gridspec_kw={"height_ratios": (1.7, 1)})
    most = max(max(one.inner_at_level) for one in found)
    reach = max([3.0, *(abs(off) for one in found for off in one.deviations().values())])
    for one, counts, off in zip(found, above, below):
        levels = range(len(one.inner_at_level))
        counts.plot(levels, one.expected.inner_at_level.clip(1e-9), color=drawing.BLACK,
                    label="predicted of a uniform hash", zorder=1)
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
        if one is not found[0]:
            panels.hide_names(counts)
            panels.hide_names(off)
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
                  lambda stored: trees_of(results.exported("fixes", stored.directory)), fill_levels, tell_levels)


# ---- Does it get sparser as it grows? ----

EXPERIMENTS = ("seeds", "suite", "factorial", "allocators", "fixes")
# Of which compositions trees were stored at many scales, by the rule of their nodes.
GROWN = {"outline": ("outline", "phase3"), "outline+lazy": ("outline+lazy",),
         "outline+pathcomp": ("outline+pathcomp", "fix4")}
# What is told of one rule by its nodes beside another's: their curves would cover each other.
BESIDE = {"outline+pathcomp": "outline+lazy"}
CURVE = [10 ** (2 + i / 16) for i in range(16 * 5 + 1)]  # 100 to 10M entries


def nodes_per_entry(rule, entries):
    """What a uniform hash gives."""
    return expectation(rule, round(entries)).inner_nodes / round(entries)


def grown(stored):
    """{rule: {scale: inner nodes an entry}} over all experiments that there are."""
    found = {rule: {} for rule in GROWN}
    for name in EXPERIMENTS:
        try:
            experiment = results.exported(name, stored.directory)
        except results.NotMeasured:
            continue
        for rule, variants in GROWN.items():
            runs = experiment.where(variant=variants, pattern=("sequential", "shuffled"))
            for scale, tree in zip(runs["scale"], runs["tree"]):
                found[rule].setdefault(scale, tree["inner_nodes"] / tree["entries"])
    return demand({rule: points for rule, points in found.items() if points}, "tree of any composition")


def draw_growth(axes, number, rule, points, of):
    """A curve as predicted and points as found; of(scale, nodes an entry) is what is drawn."""
    style = panels.look(number, full=False)
    axes.plot(CURVE, [of(n, nodes_per_entry(rule, n)) for n in CURVE], color=style["color"],
              linestyle=("-", "--", "-.")[number], label=f"{rule}, predicted")
    axes.plot(points.keys(), [of(n, nodes) for n, nodes in points.items()],
              label=f"{rule}, found", **style | {"markersize": 7})
    drawing.factor_axis(axes.xaxis, CURVE[0], CURVE[-1], [10 ** power for power in range(2, 8)],
                        lambda value: short_scale(round(value)))
    axes.set_xlabel("entries")


def draw_chance(axes, rule, of):
    """Where trees of a uniform hash lie: two standard deviations about what is predicted."""
    sizes = [round(n) for n in CURVE[::4]]
    expected = [expectation(rule, n) for n in sizes]
    low, high = ([of(n, (one.inner_nodes + far * one.inner_deviation) / n)
                  for n, one in zip(sizes, expected)] for far in (-2, 2))
    axes.fill_between(sizes, low, high, color=panels.FAINT, linewidth=0, zorder=0)


def fill_growth(figure, found):
    beside = {rule: other for rule, other in BESIDE.items() if rule in found}
    above, strip = panels.with_legend(figure, 0.14)
    axes = above.subplots(1, 1 + bool(beside), squeeze=False)[0]
    for number, (rule, points) in enumerate(found.items()):
        if rule in beside:
            def share(n, nodes, other=beside[rule]):
                return 100 * nodes / nodes_per_entry(other, n)
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
        off, scale = max((abs(value / nodes_per_entry(rule, scale) - 1), scale) for scale, value in points.items())
        yield (f"{rule}: {', '.join(map(short_scale, sorted(points)))} entries; the farthest from its prediction is the"
               f" tree of {short_scale(scale)}, by {100 * off:.2f} %.")


GROWTH = Question("Does the tree get sparser as it grows?", "tree-growth", (10, 4.4), grown, fill_growth, tell_growth)
