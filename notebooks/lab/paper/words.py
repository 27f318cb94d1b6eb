"""The paper's vocabulary within a sentence: each word is a function of the stored results.

Times.  A place may be a fraction (lab.audit.evidence); in="NAME" asks for one experiment.

    ratio("get", "lazy/list")           0.24 [0.17 0.41]: the median with its 95 % interval
    time("get", "lazy")                 118 [105 131] ns
    compare("get", "lazy/list")         faster, 0.24 [0.17 0.41]; or slower; or not measurably different
    bytes("lazy/list") resident("lazy") memory an entry, of the processes that put

Counts.

    nodes("list") nodes("list/lazy")    inner nodes of a full map; model("list"): as a uniform hash
                                        has it; off("list"): how far the first is off, in %
    tree("pool_fallback_percent", "phase2", pattern="sequential")   any figure of a full map
    count("instructions", "get", "arena/list")   a column of results/counts/counts.csv
    share("memory", "put", "list")      part of instructions to part of estimated cycles, in %

Analyses.

    effect("get", "lazy", scale="100K") the factorial experiment; lazy*inline for an interaction
    order("100K") gap("100K") left("lazy", "100K")    its ladder
    slab("best/mimalloc") slab("best/mimalloc", compare=1) kernel("best")   the superslab's study
    claimed("000.c32") verdict("000.c32") outcome("000.c32")        a claim of the seed documents
    said("000.current.01")              a figure of theirs, as it is written
    tally("claims") tally("figures")
    tolerance("effect") tolerated("1.3")    the rule of verdicts: how much, and what a ratio may be
    finding("F07")                      a finding's figure; [F07] alone cites it

Where it comes from.

    confidence()                        of all intervals
    processes("fixes") machine("cpu") commits() compilers() took("all")
"""
import datetime
import json
import re

from .. import settings, verdicts
from ..audit import evidence, report as audit
from ..audit.counts import predict
from ..audit.evidence import Shape, places
from ..counts import attribution
from ..factorial import design, effects
from ..factorial.report import shown
from ..printing import code, commit_of, count, digits, from_to, percent_off, with_interval
from ..results import NotMeasured
from ..seeds import figures as seeds
from ..stats import CONFIDENCE
from ..superslab.configurations import MAIN
from ..superslab.study import scaled, text_of
from ..tree_figures import FIGURES, figure as tree_figure
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED

NOT_APART = "not measurably different"
WORDS = {}  # {name: function of Sources and the template's arguments}


class NoSuchWord(ValueError):
    """What is asked for does not exist; the text says what does."""


def word(function):
    WORDS[function.__name__.rstrip("_")] = function
    return function


def known(name, those, what):
    if name not in those:
        raise NoSuchWord(f"{what} {name}: one of: {', '.join(those)}")
    return those[name]


# ---- Times ----

def measured(sources, op, what, options):
    """The Estimate of a place, or of a fraction of two."""
    within = options.pop("in", "")
    return evidence.measured(sources, places(op, what, **options), within)


def verdict_of(ours, below, above):
    """Words for an interval about 1."""
    if ours.low is None or ours.low <= 1 <= ours.high:
        return NOT_APART
    return below if ours.high < 1 else above


@word
def ratio(sources, op, what, **options):
    return with_interval(measured(sources, op, what, options))


@word
def compare(sources, op, what, **options):
    ours = measured(sources, op, what, options)
    return f"{verdict_of(ours, 'faster', 'slower')}, {with_interval(ours)}"


@word
def time(sources, op, what, **options):
    return f"{with_interval(measured(sources, op, what, options))} ns"


def memory(sources, what, field, options):
    within = options.pop("in", "")
    return digits(evidence.memory(sources, places("put", what, **options), field, within))


@word
def bytes_(sources, what, **options):
    return memory(sources, what, "bytes_per_entry", options)


@word
def resident(sources, what, **options):
    return memory(sources, what, "rss_per_entry", options)


# ---- Counts ----

def scale_of(options):
    return settings.read_value("scale", "scale", options.get("scale", evidence.USUAL["scale"]))


def shape_of(composition, options):
    usual = evidence.USUAL | options
    return Shape(composition, usual["pattern"], scale_of(options), usual["hash"])


def one_or_ratio(figure, compositions, text):
    """A figure of a composition, or the ratio of two compositions'."""
    found = [figure(name) for name in compositions.split("/")]
    return text(found[0]) if len(found) == 1 else digits(found[0] / found[1])


@word
def tree(sources, figure, compositions, **options):
    known(figure, FIGURES, "a tree's figure")
    return one_or_ratio(
        lambda name: tree_figure(figure, evidence.full_map(sources, shape_of(name, options))),
        compositions, count)


@word
def nodes(sources, compositions, **options):
    return tree(sources, "inner_nodes", compositions, **options)


def predicted(sources, composition, options):
    return predict(sources.model_of(composition), scale_of(options)).inner_nodes


@word
def model(sources, compositions, **options):
    return one_or_ratio(lambda name: predicted(sources, name, options), compositions, lambda nodes: count(round(nodes)))


@word
def off(sources, composition, **options):
    found = evidence.full_map(sources, shape_of(composition, options))["inner_nodes"]
    return f"{percent_off(found, predicted(sources, composition, options))} %"


@word
def count_(sources, column, op, compositions, **options):
    pattern = options.get("pattern", evidence.USUAL["pattern"])
    return one_or_ratio(lambda name: evidence.counted(sources, column, name, op, scale_of(options), pattern),
                        compositions, digits)


@word
def share(sources, category, op, composition):
    rows = attribution.of_cell(sources.attribution, composition, op)
    if not len(rows):
        raise NotMeasured(f"the instructions of {op} {composition}, by function")
    found = sorted(attribution.shares_of(rows, [category]))
    return " to ".join(dict.fromkeys(f"{part:.0f}" for part in found)) + " %"


# ---- The factorial experiment ----

def measured_scale(sources, scale=None):
    scale = scale_of({"scale": scale} if scale else {})
    if scale not in sources.factorial.scales:
        raise NotMeasured(f"the factorial experiment at {scale} entries")
    return scale


@word
def effect(sources, what, fixes, scale=None):
    scale = measured_scale(sources, scale)
    found = next(response.fit for response in effects.responses(sources.factorial)
                 if (response.what, response.scale) == (what, scale))
    term = tuple(fix for fix in design.FIXES if fix in fixes.split("*"))
    return shown(found.effects[term])


@word
def order(sources, scale):
    found = effects.orders(sources.factorial, measured_scale(sources, scale))
    return ", ".join(f"`{fix}`" for fix in found["put and get"])


@word
def gap(sources, scale):
    return digits(effects.gap(sources.factorial, measured_scale(sources, scale)))


@word
def left(sources, fix, scale):
    """Which part of the gap, as a logarithm, is left after a fix of the ladder."""
    scale = measured_scale(sources, scale)
    order_of = effects.orders(sources.factorial, scale)["put and get"]
    rung = next(one for one in effects.ladder(sources.factorial, scale, order_of) if one.added == fix)
    return f"{100 * rung.gap_left:.0f} %"


# ---- The superslab ----

def load_of(options):
    return MAIN._replace(slots=int(options.get("slots", MAIN.slots)),
                         generator=options.get("generator", MAIN.generator),
                         threads=int(options.get("threads", MAIN.threads)))


@word
def slab(sources, names, compare=False, **options):
    """Mop/s of a configuration, of one over another, or words for that."""
    ours = sources.slabs.figure(names, load_of(options))
    if ours is None:
        raise NotMeasured(f"the superslab's {names}")
    # Of throughputs: above 1 is faster.
    return (f"{verdict_of(ours, 'slower', 'faster')}, " if compare else "") + text_of(ours)


@word
def kernel(sources, name, **options):
    ours = sources.slabs.figure(f"kernel_share {name}", load_of(options))
    if ours is None:
        raise NotMeasured(f"the superslab's {name}")
    return f"{text_of(scaled(ours, 100))} %"


# ---- The documents' claims and figures, and our findings ----

def claim_of(sources, name):
    return known(name, {claim["id"]: claim for claim in sources.claims}, "results/audit/claims.csv has no claim")


@word
def claimed(sources, name):
    return claim_of(sources, name)["expected"]


@word
def verdict(sources, name):
    claim_of(sources, name)
    found = sources.claim_outcomes[name]
    if found.verdict == NOT_MEASURED:
        raise NotMeasured(f"claim {name}: {found.measured}")
    return found.told


@word
def outcome(sources, name):
    """What was measured, and the verdict."""
    text, found = verdict(sources, name), sources.claim_outcomes[name]
    return f"{found.measured}; {'it ' * (found.verdict in (HOLDS, DOES_NOT_HOLD))}{text}"


@word
def said(sources, name):
    if name not in sources.figures:
        raise NoSuchWord(f"results/seeds/figures.csv has no {name}")
    return sources.figures[name].as_written


@word
def tally(sources, what):
    def contradictions():
        figures = list(sources.figures.values())
        return str(len(seeds.contradictions(figures)) + len(seeds.unfounded(figures)))
    return known(what, {"claims": lambda: audit.tally(sources.claim_outcomes.values()),
                        "figures": lambda: seeds.tally_text(sources.comparisons),
                        "contradictions": contradictions}, "a tally of")()


@word
def tolerance(_sources, name):
    found = known(name, {"effect": verdicts.TOLERANCE, "nothing": verdicts.NOTHING, "count": verdicts.COUNT_TOLERANCE},
                  "a tolerance of")
    return f"{100 * (found - 1):.0f} %"


@word
def tolerated(_sources, ratio):
    """What still counts as a claimed ratio."""
    span = verdicts.widened(verdicts.Span(float(ratio), float(ratio)))
    return f"{digits(span.low)} to {digits(span.high)}"


@word
def finding(sources, name):
    if name not in sources.finding_outcomes:
        raise NoSuchWord(f"results/audit/findings.csv has no {name}")
    found = sources.finding_outcomes[name]
    if found.verdict == NOT_MEASURED:
        raise NotMeasured(f"finding {name}: {found.measured}")
    return found.measured


# ---- Where it comes from ----

@word
def confidence(_sources):
    return f"{100 * CONFIDENCE:.0f} %"


@word
def processes(sources, name):
    return from_to(sources.processes_of(name))


def seconds_of(about):
    began, ended = (datetime.datetime.fromisoformat(about[name].rstrip("Z")) for name in ("started", "finished"))
    return (ended - began).total_seconds()


def duration(seconds):
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def minutes(about):
    return duration(seconds_of(about))


@word
def took(sources, name):
    """How long an experiment took, or all together."""
    found = [sources.experiment(one).about for one in (sources.experiments if name == "all" else [name])]
    if not found or not all(about["finished"] for about in found):
        raise NotMeasured(f"the end of {name}")
    return duration(sum(map(seconds_of, found)))


def every_machine(sources):
    """The machines' rows, of what is said to be of one; one if it is."""
    found = {about["machine"]: about["machine_is"] for about, *_ in sources.of_one_machine.values()}
    if not found:
        raise NotMeasured("any experiment")
    return list(found.values())


def caches_text(caches):
    return ", ".join(f"L{cache['level']} {cache['type'].lower()} {size_text(cache['size'])}"
                     for cache in json.loads(caches))


def size_text(size):
    for unit, number in (("GiB", 2 ** 30), ("MiB", 2 ** 20), ("KiB", 2 ** 10)):
        if size >= number:
            return f"{size / number:.3g} {unit}"
    return f"{size} bytes"


MACHINE = {
    "cpu": lambda row: row["cpu"],
    "cores": lambda row: f"{row['cores']} cores",
    "memory": lambda row: size_text(row["memory_bytes"]),
    "os": lambda row: row["os"],
    "kernel": lambda row: row["kernel"],
    "pages": lambda row: f"pages of {size_text(row['page_size'])}, huge ones {row['thp']}",
    "caches": lambda row: caches_text(row["caches"]),
    "kind": lambda row: "virtual" if row["virtualised"] else "bare",
    "counters": lambda row: ", ".join(json.loads(row["hardware_counters"])) or "none",
}


@word
def machine(sources, what):
    text = known(what, MACHINE, "of a machine")
    return "; ".join(dict.fromkeys(text(row) for row in every_machine(sources)))


@word
def commits(sources):
    every_machine(sources)
    return ", ".join(dict.fromkeys(code(commit_of(about)) for about, *_ in sources.of_one_machine.values()))


@word
def compilers(sources):
    every_machine(sources)
    return "; ".join(re.sub(r"( -.*)", lambda flags: f" `{flags[0].strip()}`", one) for one in sources.compilers())
