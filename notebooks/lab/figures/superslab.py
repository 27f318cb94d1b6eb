"""The figure that holds the superslab allocator against mimalloc, and against what its document
measured and hoped for."""
from typing import NamedTuple

from ..seeds import figures as seeds
from ..stats import Estimate
from ..superslab import report as superslab
from ..superslab.plan import MAIN
from ..printing import digits, with_interval
from .. import panels
from ..question import Question, demand

# From where the document began to where it wanted to be; then what it did not try; then others.
ROWS = {
    "phase8": "phase 8", "phase9-off": "phase 9-1, slabs off", "phase9-on": "phase 9-1, slabs on",
    "2m": "slabs of 2 MB", "prewarm": "slabs mapped ahead", "2m+prewarm": "both",
    "uncapped": "no cap on the pool", "best": "our defaults", "glibc": "glibc",
    "jemalloc": "jemalloc", "tcmalloc": "tcmalloc"}
GROUPS = (5, 7)
MIMALLOC_MOPS = "004.next.05"
# The document's throughputs, by configuration: what it measured, and what it projected, twice over.
MEASURED = {"phase8": "004.bench.01", "phase9-off": "004.bench.02", "phase9-on": "004.bench.04"}
GAINED_ON = "phase9-on"  # a projected gain is one on this
PLAN, SCENARIOS = "projected in its plan", "projected in its scenarios"
PROJECTED = {
    PLAN: {"2m": "004.plan.05", "prewarm": "004.plan.08", "2m+prewarm": "004.plan.09"},
    SCENARIOS: {"2m": "004.scenarios.07", "2m+prewarm": "004.scenarios.03"}}


class Gap(NamedTuple):
    rows: list        # configurations that were measured
    ours: dict        # {generator: {configuration: Estimate of throughput over mimalloc's}}
    measured: dict    # {configuration: the document's throughput over its mimalloc's}
    projected: dict   # {where: {configuration: a Span of the same}}


def of_the_document():
    figures = {figure.id: figure for figure in seeds.read_figures()}
    whole = figures[MIMALLOC_MOPS].span.low
    measured = {name: figures[key].span.low / whole for name, key in MEASURED.items()}

    def share(figure):
        if figure.metric == "percent_gain":
            return seeds.Span(*(measured[GAINED_ON] * (1 + gain / 100) for gain in figure.span))
        return seeds.Span(*(value / whole for value in figure.span))
    return measured, {where: {name: share(figures[key]) for name, key in named.items()}
                      for where, named in PROJECTED.items()}


def gap(study):
    ours = {}
    for load in (MAIN, superslab.GOOD):
        found = {name: study.ratio(name, superslab.MIMALLOC, load=load) for name in ROWS}
        ours[load.generator] = {name: ratio for name, ratio in found.items() if ratio}
    rows = [name for name in ROWS if any(name in found for found in ours.values())]
    return Gap(demand(rows, "superslab beside mimalloc"), ours, *of_the_document())


GENERATORS = {"lcg": "here, the document's generator", "good": "here, a good generator"}
THEIRS = "measured in the document"


def middle(span):
    """A projection's range, to be drawn as an interval is."""
    return Estimate((span.low * span.high) ** 0.5, span.low, span.high, 1)


def fill(figure, found):
    above, strip = panels.with_legend(figure, 0.13)
    axes = above.subplots()
    series = {
        **{GENERATORS[generator]: ratios for generator, ratios in found.ours.items()},
        THEIRS: {name: Estimate(value, None, None, 1) for name, value in found.measured.items()},
        **{where: {name: middle(span) for name, span in spans.items()}
           for where, spans in found.projected.items()}}
    panels.factors(axes, [ROWS[name] for name in found.rows],
                   {label: {ROWS[name]: value for name, value in values.items()}
                    for label, values in series.items()}, groups=GROUPS,
                   looks={**{label: panels.look(number)
                             for number, label in enumerate(GENERATORS.values())},
                          THEIRS: panels.look(2), PLAN: panels.look(4, full=False),
                          SCENARIOS: panels.look(2, full=False)})
    axes.set_title("throughput over mimalloc's on the same machine; the line of a projection is its"
                   " range")
    panels.shared_legend(strip, [axes], columns=2)


def tell(found):
    for generator, ratios in found.ours.items():
        told = [f"{ROWS[name]} {with_interval(ratios[name])}"
                for name in ("phase9-on", "2m+prewarm", "best") if name in ratios]
        yield f"Over mimalloc, {GENERATORS[generator]}: {', '.join(told)}."
    for where, spans in found.projected.items():
        for name, span in spans.items():
            ours = found.ours[MAIN.generator].get(name)
            if ours:
                yield (f"{ROWS[name]}, {where}: {digits(span.low)} to {digits(span.high)}, here"
                       f" {with_interval(ours)}.")


GAP = Question("How near does the superslab come to mimalloc?", "superslab", (9, 6),
               lambda results: gap(results.superslab()), fill, tell)
