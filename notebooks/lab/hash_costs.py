"""What does a hash cost, and what does it buy: nodes as chance would have them?

A hash acts on time in two ways: it takes time itself, and it decides where entries lie.  So each time stands beside the
inner nodes of a full map and how far they are from what a uniform hash gives (lab.shape.model; the test of
lab.shape.hashes).  To use no hash at all, identity, parts the two: keys in sequence then fill a trie more evenly than
chance does, and random keys make it just as any good hash would, only without the cost.  The last table is the
difference to it on random keys.

In the figure what a hash costs is counted: a clock on a shared machine cannot tell instructions by the dozen from
noise, which the lines told below it show.
"""
from typing import NamedTuple

from . import drawing, pairs, panels, printing, sequential
from .counts import hash_counts
from .seeds import figures as seeds
from .experiment import HASH as BASE  # to which times are relative
from .experiment import describe, print_failures
from .printing import PATTERNS, count, digits, from_to, short_scale, with_interval
from .question import Question, demand
from .results import RESULTS, NotMeasured, exported, where
from .settings import STORED_BASELINE, REFERENCE
from .shape import hashes
from .shape.tree import expectation

NAME = "hashes"
NONE = "identity"   # which costs nothing
OPS = ["put", "get"]
PLACE = ["key", "scale", "variant", "pattern"]
WHO = [*PLACE, "op", "hash"]
# Documents' figures for the time of a hash: by composition and operation.
SEEDS = {(STORED_BASELINE, "put"): "002.path.06", (REFERENCE, "put"): "002.path.01"}


# ---- What was measured ----

def checked(runs):
    if BASE not in set(runs["hash"]):
        raise NotMeasured(f"nothing was measured with {BASE}, to which all is compared")
    return runs[runs["op"].isin(OPS)]


def in_order(names):
    """Hashes: the one that others are compared with, then as lab.shape.hashes has them."""
    return sorted(names, key=lambda name: (name != BASE, printing.place(name, hashes.HASHES)))


def maps(runs):
    """A run of each place and hash: integers before strings; compositions by their time, the slowest first."""
    base = runs[runs["hash"] == BASE].groupby([*PLACE, "op"])["ns_per_op"].median()
    slowest, names = base.groupby(level=PLACE[:3]).max(), in_order(set(runs["hash"]))

    def order(run):
        return (run.key != "u64", run.scale, -slowest.get((run.key, run.scale, run.variant), 0), run.variant,
                printing.pattern_order(run.pattern), names.index(run.hash))
    return sorted(runs.drop_duplicates([*PLACE, "hash"]).itertuples(), key=order)


def place_of(run):
    return tuple(getattr(run, name) for name in PLACE)


def places(runs):
    """Those of the maps, each once."""
    return list(dict.fromkeys(map(place_of, maps(runs))))


def differences(runs):
    """[(composition, scale, operation, the documents' figure, {hash: Estimate of the difference to no hash})], of
    random integer keys."""
    said = {name: figure.as_written for name, figure in seeds.by_id().items()}
    random = where(runs, pattern="random", key="u64")
    times = pairs.by_turn(random.set_index([*WHO[:-1], "block", "hash"])).unstack("hash")
    if NONE not in times:
        return []
    apart = pairs.over_turns(times.drop(columns=NONE).sub(times[NONE], axis="index"))
    found = pairs.estimates(apart.stack(), WHO, sequential.of(runs))
    rows = [(place, op) for place in places(runs) for op in OPS if (*place, op) in found.index]
    return [(place[2], place[1], op, said.get(SEEDS.get((place[2], op)), ""),
             {name: found[(*place, op, name)] for name in in_order(found[(*place, op)].index)}) for place, op in rows]


# ---- Tables ----

def shape_texts(tree, expected):
    """Inner nodes, how far off the model they are, and whether the hash could be uniform."""
    if not expected:
        return [count(tree["inner_nodes"]), "-", "-", "-"]
    return [*hashes.inner_texts(tree, expected), hashes.uniformity(tree["inner_at_level"], expected).verdict]


HEADER = ["composition", "scale", "pattern", "hash", *(f"{op}, x {BASE}" for op in OPS), "inner nodes", "off %",
          "in sd", "verdict"]


def lines_of(runs, kind):
    own = pairs.estimates(runs.set_index(WHO)["ns_per_op"], WHO, sequential.of(runs))
    ratios = pairs.ratios(runs, BASE, field="hash", who=WHO)

    def time(run, op):
        at = (*place_of(run), op, run.hash)
        if run.hash == BASE and at in own:
            return with_interval(own[at]) + " ns"
        return with_interval(ratios.get(at))
    for run in maps(runs):
        if run.key == kind:
            yield [run.variant, short_scale(run.scale), run.pattern, run.hash, *(time(run, op) for op in OPS),
                   *shape_texts(run.tree, expectation(run.variant, run.scale))]


def print_report(experiment):
    runs = checked(experiment.runs)
    processes = from_to(runs.groupby(WHO).size())
    print(describe(experiment.about, experiment.runs))
    print(f"\nEach hash: time relative to {BASE}'s, medians of {processes} processes; inner nodes of one of them, and"
          " how far\nthey are off a uniform hash's")
    for kind in dict.fromkeys(run.key for run in maps(runs)):
        print(f"\n{kind} keys\n")
        print(printing.align(HEADER, list(lines_of(runs, kind)), figures=6, cell=3))
    found = differences(runs)
    if found:
        names = in_order({name for *_, by_hash in found for name in by_hash})
        print(f"\nns an operation more than with {NONE}, random integer keys; \"documents\" is what 002 says of hashing"
              f" a key;\nmedians of {processes} pairs\n")
        print(printing.align(["composition", "scale", "op", "documents", *names],
                             [[variant, short_scale(scale), op, written or "-",
                               *(with_interval(by_hash.get(name)) for name in names)]
                              for variant, scale, op, written, by_hash in found], figures=len(names) + 1, cell=2))
    print_failures(experiment.failed)


def hash_costs(results=RESULTS):
    """Each hash beside xxh3: times, the tree that it makes, and what it costs over no hash."""
    print_report(exported(NAME, results))


# ---- What does a hash cost, and what does it buy? ----

SHAPE_OF = "outline+lazy"  # the composition whose trees are shown: any good hash gives it the same
NEAR = 10          # standard deviations up to which the axis is linear
KEYS = {"u64": "an integer", "str": "a string"}


class Hashes(NamedTuple):
    counted: dict   # {key: {hash: instructions of hashing a key}}
    costs: list     # as differences() has them
    off: dict       # {pattern: {hash: inner nodes off the prediction, in standard deviations}}
    verdicts: dict  # {(pattern, hash): verdict}


def read(runs):
    runs = checked(runs)
    costs, off, verdicts = differences(runs), {}, {}
    for run in maps(runs):
        if (run.key, run.variant) == ("u64", SHAPE_OF):
            tree, expected = run.tree, expectation(run.variant, run.scale)
            off.setdefault(run.pattern, {})[run.hash] = (
                (tree["inner_nodes"] - expected.inner_nodes) / expected.inner_deviation)
            verdicts[run.pattern, run.hash] = hashes.uniformity(tree["inner_at_level"], expected).verdict
    demand(costs and off, f"hashes beside {NONE}")
    return Hashes(demand(hash_counts.load(), "counted hashes; make recount counts them"), costs, off, verdicts)


def draw_by_hash(axes, names, series, looks):
    """series: {label: {hash: value}}, a line for each hash.  (value, line) of every point."""
    every = []
    for place, (label, by_hash) in zip(panels.offsets(len(series)), series.items()):
        there = [(by_hash[name], line + place) for line, name in enumerate(names) if name in by_hash]
        axes.plot(*zip(*there), label=label, **looks[label])
        every += there
    panels.lines(axes, names)
    axes.axvline(0, color=drawing.BLACK, linewidth=0.8, zorder=panels.RULE)
    return every


def draw_counts(axes, found, names):
    every = draw_by_hash(axes, names, {KEYS[key]: by_hash for key, by_hash in found.counted.items()},
                         {label: panels.look(number) for number, label in enumerate(KEYS.values())})
    for instructions, line in every:
        axes.annotate(f"{instructions:.0f}", (instructions, line), xytext=(7, 0), textcoords="offset points",
                      va="center", fontsize=8)
    most = max(instructions for instructions, _ in every)
    axes.set_xlim(-0.04 * most, 1.15 * most)
    axes.set_title(f"instructions of hashing a key,\ncounted in a get of {hash_counts.COMPOSITION}")


def draw_off(axes, found, names):
    axes.axvspan(-2, 2, color=panels.FAINT, zorder=0)
    every = draw_by_hash(axes, names, found.off, {pattern: panels.look(number, full=False)
                                                  for number, pattern in enumerate(PATTERNS)})
    most = max(NEAR, *(abs(off) for off, _ in every))
    # Linear where a good hash lies, logarithmic beyond, where only its absence leads.
    axes.set_xscale("symlog", linthresh=NEAR, linscale=2)
    axes.set_xlim(-1.5 * most, 1.5 * most)
    beyond = [10 ** power for power in range(2, 7) if 10 ** power <= 1.5 * most]
    ticks = [-5, -2, 0, 2, 5, NEAR, -NEAR, *beyond, *(-tick for tick in beyond)]
    axes.set_xticks(ticks, [f"{tick:,}" if abs(tick) != 2 else "" for tick in ticks])
    axes.set_title(f"{SHAPE_OF}: inner nodes off a uniform hash's, in standard\n"
                   "deviations; grey: 95 of 100 uniform hashes")


def fill(figure, found):
    named = {name for by_hash in found.off.values() for name in by_hash}
    names = [name for name in hashes.HASHES if name in named]
    above, strip = panels.with_legend(figure, 0.09)
    axes = above.subplots(1, 2, width_ratios=(1, 1.1))
    draw_counts(axes[0], found, names)
    draw_off(axes[1], found, names)
    panels.hide_names(axes[1])
    left, right = strip.subfigures(1, 2, width_ratios=(1, 1.1))
    panels.shared_legend(left, axes[:1])
    panels.shared_legend(right, axes[1:])


def tell(found):
    for key, by_hash in found.counted.items():
        told = [f"{name} {digits(number)}" for name, number in by_hash.items()]
        yield f"Instructions of hashing {KEYS[key]}: {', '.join(told)}."
    times = [value for *_, by_hash in found.costs for value in by_hash.values() if value.low is not None]
    apart = sum(not value.low <= 0 <= value.high for value in times)
    yield f"Of {len(times)} differences in time to no hash {apart} have an interval without 0 (make hash-costs)."
    odd = [f"{name} on {pattern} keys" for (pattern, name), verdict in found.verdicts.items()
           if verdict == "not uniform"]
    yield (f"Of {len(found.verdicts)} trees of {SHAPE_OF} those that a uniform hash would not make:"
           f" {', '.join(odd) or 'none'}.")


COST = Question("What does a hash cost, and what does it buy?", "hashes", (10, 4.6),
                lambda stored: read(exported(NAME, stored.directory).runs), fill, tell)
