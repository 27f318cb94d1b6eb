"""How near does the superslab come to mimalloc?  Beside it what its document measured and hoped for."""
from typing import NamedTuple

from .. import panels
from ..seeds import figures as seeds
from ..printing import digits, with_interval
from ..question import Question, demand
from ..stats import Estimate
from .configurations import GOOD, MAIN, MIMALLOC, SHIPPED
from .study import Study

# From where the document began to where it wanted to be; then what it did not try; then others.
ROWS = {
    "phase8": "phase 8", "phase9-off": "phase 9-1, slabs off", "phase9-on": "phase 9-1, slabs on",
    "2m": "slabs of 2 MB", "prewarm": "slabs mapped ahead", "2m+prewarm": "both",
    "uncapped": "no cap on the pool", "best": "our defaults", "glibc": "glibc",
    "jemalloc": "jemalloc", "tcmalloc": "tcmalloc"}
GROUPS = (5, 7)
MIMALLOC_MOPS = "004.next.05"
# The document's throughputs, by configuration: what it measured, and what it projected, twice over.
MEASURED = {"phase8": "004.bench.01", "phase9-off": "004.bench.02", SHIPPED: "004.bench.04"}
PLAN, SCENARIOS = "projected in its plan", "projected in its scenarios"
PROJECTED = {
    PLAN: {"2m": "004.plan.05", "prewarm": "004.plan.08", "2m+prewarm": "004.plan.09"},
    SCENARIOS: {"2m": "004.scenarios.07", "2m+prewarm": "004.scenarios.03"}}
GENERATORS = {MAIN: "here, the document's generator", GOOD: "here, a good generator"}
THEIRS = "measured in the document"
LOOKS = dict(zip([*GENERATORS.values(), THEIRS, PLAN, SCENARIOS],
                 [panels.look(0), panels.look(1), panels.look(2), panels.look(4, full=False),
                  panels.look(2, full=False)]))


class Gap(NamedTuple):
    """Throughputs over mimalloc's, by configuration."""
    ours: dict        # {one of GENERATORS: {configuration: Estimate}}
    measured: dict    # {configuration: the document's}
    projected: dict   # {PLAN or SCENARIOS: {configuration: Span}}

    @property
    def rows(self):
        return [name for name in ROWS if any(name in found for found in self.ours.values())]


def of_the_document():
    """(measured, projected) of a Gap."""
    figures = seeds.by_id()
    whole = figures[MIMALLOC_MOPS].span.low
    measured = {name: figures[key].span.low / whole for name, key in MEASURED.items()}

    def share(figure):
        """A projected gain is one on what was shipped."""
        return seeds.Span(*(measured[SHIPPED] * (1 + value / 100) if figure.metric == "percent_gain"
                            else value / whole for value in figure.span))
    return measured, {where: {name: share(figures[key]) for name, key in named.items()}
                      for where, named in PROJECTED.items()}


def gap(study):
    ours = {label: {name: ratio for name in ROWS if (ratio := study.figure(f"{name}/{MIMALLOC}", load))}
            for load, label in GENERATORS.items()}
    found = Gap(ours, *of_the_document())
    demand(found.rows, "superslab beside mimalloc")
    return found


def fill(figure, found):
    series = {
        **found.ours,
        THEIRS: {name: Estimate(value, None, None, 1) for name, value in found.measured.items()},
        # A projection's range is drawn as an interval is.
        **{where: {name: Estimate((span.low * span.high) ** 0.5, *span, 1) for name, span in spans.items()}
           for where, spans in found.projected.items()}}
    panels.grid(figure, {"throughput over mimalloc's on the same machine; the line of a projection is its range": {
        "names": [ROWS[name] for name in found.rows], "groups": GROUPS, "looks": LOOKS,
        "series": {label: {ROWS[name]: value for name, value in values.items()} for label, values in series.items()}}},
                1, 0.13, legend_columns=2)


def tell(found):
    for label, ratios in found.ours.items():
        told = [f"{ROWS[name]} {with_interval(ratios[name])}"
                for name in (SHIPPED, "2m+prewarm", "best") if name in ratios]
        yield f"Over mimalloc, {label}: {', '.join(told)}."
    for where, spans in found.projected.items():
        for name, span in spans.items():
            ours = found.ours[GENERATORS[MAIN]].get(name)
            if ours:
                yield (f"{ROWS[name]}, {where}: {digits(span.low)} to {digits(span.high)}, here {with_interval(ours)}.")


GAP = Question("How near does the superslab come to mimalloc?", "superslab", (9, 6),
               lambda results: gap(Study.stored(results.directory)), fill, tell)
