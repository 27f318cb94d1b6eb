"""The paper's vocabulary within a sentence: each word is a function of the stored results.

Times.  A field may be a fraction (lab.audit.places); in=NAME asks for one experiment.

    {{ratio get lazy/list}}             0.24 [0.17 0.41]: the median with its 95 % interval
    {{time get lazy}}                   118 [105 131] ns
    {{compare get lazy/list}}           faster, 0.24 [0.17 0.41]; or slower; or not to be told apart
    {{bytes lazy/list}} {{resident lazy}}   memory an entry, of the processes that put

Counts.

    {{nodes list}} {{nodes list/lazy}}  inner nodes of a full map; {{model list}}: as a uniform hash
                                        has it; {{off list}}: how far the first is off, in %
    {{tree pool_fallback_percent phase2 pattern=sequential}}    any figure of a full map
    {{count instructions get arena/list}}   a column of results/counts/counts.csv
    {{share memory put list}}           part of instructions to part of estimated cycles, in %

Analyses.

    {{effect get lazy scale=100K}}      the factorial experiment; lazy*inline for an interaction
    {{order 100K}} {{gap 100K}} {{left lazy 100K}} {{best 100K}}    its ladder
    {{slab best/mimalloc}} {{slab compare best/mimalloc}} {{kernel best}}   the superslab's study
    {{claimed 000.c32}} {{verdict 000.c32}} {{outcome 000.c32}}     a claim of the seed documents
    {{said 000.current.01}}             a figure of theirs, as it is written
    {{suspicion 1}} {{tally claims}} {{tally figures}}
    {{tolerance effect}} {{tolerated 1.3}}  the rule of verdicts: how much, and what a ratio may be
    {{finding F07}}                     a finding's figure; [F07] alone cites it

Where it comes from.

    {{confidence}}                      of all intervals
    {{processes fixes}} {{machine cpu}} {{commits}} {{compilers}} {{took all}}
    {{cite bagwell2001}}
"""
import argparse
import datetime
import json

from .. import verdicts
from ..audit import findings as audit_findings, places as paper_places, report as audit
from ..audit.counts import FIGURES, predict
from ..audit.evidence import Shape
from ..audit.outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED
from ..audit.places import NotMeasured
from ..cell import count, percent_off, read_scale
from ..counts import attribution
from ..documents import seeds
from ..factorial import effects
from ..factorial.report import shown
from ..stats import CONFIDENCE
from ..superslab.plan import MAIN
from ..superslab.report import scaled, text_of
from ..tables import digits, with_interval
from .template import TemplateError

NOT_APART = "not to be told apart"
WORDS = {}  # {name: function of Sources and Placeholder}


def word(function):
    WORDS[function.__name__.rstrip("_")] = function
    return function


def wanted(placeholder, number):
    """The placeholder's words; an error if they are not as many."""
    if len(placeholder.words) != number:
        raise TemplateError(f"line {placeholder.line}: {{{{{placeholder.text}}}}}: wanted {number}"
                            f" word{'s' if number != 1 else ''} after {placeholder.name}")
    return placeholder.words


# ---- Times ----

def where_of(placeholder, number=2, op=None):
    words = wanted(placeholder, number)
    options = {name: value for name, value in placeholder.options.items() if name != "in"}
    return paper_places.places(*([op] if op else []), *words, **options), placeholder.options.get(
        "in", "")


def verdict_of(ours, below, above):
    """Words for an interval about 1."""
    if ours.low is None or ours.low <= 1 <= ours.high:
        return NOT_APART
    return below if ours.high < 1 else above


@word
def ratio(sources, placeholder):
    return with_interval(paper_places.measured(sources.evidence, *where_of(placeholder)))


@word
def compare(sources, placeholder):
    ours = paper_places.measured(sources.evidence, *where_of(placeholder))
    return f"{verdict_of(ours, 'faster', 'slower')}, {with_interval(ours)}"


@word
def time(sources, placeholder):
    ours = paper_places.measured(sources.evidence, *where_of(placeholder))
    return f"{with_interval(ours)} ns"


def memory(sources, placeholder, field):
    return digits(paper_places.memory(sources.evidence, *reversed_first(placeholder, field)))


def reversed_first(placeholder, field):
    where, within = where_of(placeholder, 1, op="put")
    return where, field, within


@word
def bytes_(sources, placeholder):
    return memory(sources, placeholder, "bytes_per_entry")


@word
def resident(sources, placeholder):
    return memory(sources, placeholder, "rss_per_entry")


# ---- Counts ----

def scale_of(placeholder, text=None):
    """A scale that is given as a word, or as an option."""
    try:
        return read_scale(text or placeholder.options.get("scale", paper_places.USUAL["scale"]))
    except argparse.ArgumentTypeError as error:
        raise TemplateError(f"line {placeholder.line}: {{{{{placeholder.text}}}}}:"
                            f" {error}") from None


def shape_of(placeholder, composition):
    usual = paper_places.USUAL | placeholder.options
    return Shape(composition, usual["pattern"], scale_of(placeholder), usual["hash"])


def tree_of(sources, placeholder, composition):
    return audit_findings.tree_of(sources.evidence, shape_of(placeholder, composition))


@word
def tree(sources, placeholder):
    """A figure of a full map, or the ratio of two maps'."""
    figure, compositions = wanted(placeholder, 2)
    if figure not in FIGURES:
        raise TemplateError(f"line {placeholder.line}: no figure {figure}; one of:"
                            f" {', '.join(FIGURES)}")
    found = [FIGURES[figure](tree_of(sources, placeholder, name))
             for name in compositions.split("/")]
    return count(found[0]) if len(found) == 1 else digits(found[0] / found[1])


@word
def nodes(sources, placeholder):
    return tree(sources, placeholder._replace(words=("inner_nodes", *wanted(placeholder, 1))))


def predicted(sources, placeholder, composition):
    shape = shape_of(placeholder, composition)
    return predict(sources.evidence.model_of(composition), shape.scale).inner_nodes


@word
def model(sources, placeholder):
    found = [predicted(sources, placeholder, name)
             for name in wanted(placeholder, 1)[0].split("/")]
    return count(round(found[0])) if len(found) == 1 else digits(found[0] / found[1])


@word
def off(sources, placeholder):
    name, = wanted(placeholder, 1)
    found = tree_of(sources, placeholder, name)["inner_nodes"]
    return f"{percent_off(found, predicted(sources, placeholder, name))} %"


@word
def count_(sources, placeholder):
    column, op, compositions = wanted(placeholder, 3)
    scale = scale_of(placeholder)
    pattern = placeholder.options.get("pattern", paper_places.USUAL["pattern"])
    found = [audit_findings.counted(sources.evidence, column, name, op, scale, pattern)
             for name in compositions.split("/")]
    return digits(found[0]) if len(found) == 1 else digits(found[0] / found[1])


@word
def share(sources, placeholder):
    category, op, composition = wanted(placeholder, 3)
    rows = sources.attribution.get((composition, op, attribution.PATTERN, str(attribution.SCALE)))
    if not rows:
        raise NotMeasured(f"the instructions of {op} {composition}, by function")
    found = sorted(attribution.both_shares(rows, [category]))
    return " to ".join(dict.fromkeys(f"{part:.0f}" for part in found)) + " %"


# ---- The factorial experiment ----

def measured_scale(sources, placeholder, text=None):
    scale = scale_of(placeholder, text)
    if scale not in sources.factorial.scales:
        raise NotMeasured(f"the factorial experiment at {scale} entries")
    return scale


@word
def effect(sources, placeholder):
    what, fixes = wanted(placeholder, 2)
    scale = measured_scale(sources, placeholder)
    found = next(response.model for response in effects.responses(sources.factorial)
                 if (response.what, response.scale) == (what, scale))
    term = tuple(fix for fix in sources.factorial.design.fixes if fix in fixes.split("*"))
    if len(term) < len(fixes.split("*")):
        raise NotMeasured(f"{fixes} in the factorial experiment")
    return shown(found.effects[term])


@word
def order(sources, placeholder):
    scale = measured_scale(sources, placeholder, *wanted(placeholder, 1))
    return ", ".join(f"`{fix}`" for fix in effects.orders(sources.factorial, scale)["put and get"])


@word
def gap(sources, placeholder):
    scale = measured_scale(sources, placeholder, *wanted(placeholder, 1))
    return digits(effects.gap(sources.factorial, scale))


@word
def left(sources, placeholder):
    """Which part of the gap, as a logarithm, is left after a fix of the ladder."""
    fix, text = wanted(placeholder, 2)
    scale = measured_scale(sources, placeholder, text)
    order_of = effects.orders(sources.factorial, scale)["put and get"]
    rung = next(one for one in effects.ladder(sources.factorial, scale, order_of)
                if one.added == fix)
    return f"{100 * rung.gap_left:.0f} %"


@word
def best(sources, placeholder):
    scale = measured_scale(sources, placeholder, *wanted(placeholder, 1))
    return f"`{effects.best(sources.factorial, scale)}`"


# ---- The superslab ----

def load_of(placeholder):
    options = placeholder.options
    return MAIN._replace(slots=int(options.get("slots", MAIN.slots)),
                         generator=options.get("generator", MAIN.generator),
                         threads=int(options.get("threads", MAIN.threads)))


@word
def slab(sources, placeholder):
    """Mop/s of a configuration, of one over another, or words for that."""
    words = list(placeholder.words)
    in_words = words[0] == "compare" and bool(words.pop(0))
    names = words[0].split("/")
    load = load_of(placeholder)
    if len(names) == 1:
        ours = sources.superslab.value(names[0], "mops", load)
    else:
        ours = sources.superslab.ratio(*names, load=load)
    if ours is None:
        raise NotMeasured(f"the superslab's {words[0]}")
    # Of throughputs: above 1 is faster.
    return (f"{verdict_of(ours, 'slower', 'faster')}, " if in_words else "") + text_of(ours)


@word
def kernel(sources, placeholder):
    ours = sources.superslab.value(*wanted(placeholder, 1), "kernel_share", load_of(placeholder))
    if ours is None:
        raise NotMeasured(f"the superslab's {placeholder.about}")
    return f"{text_of(scaled(ours, 100))} %"


# ---- The documents' claims and figures, and our findings ----

def claim_of(sources, placeholder):
    name, = wanted(placeholder, 1)
    found = next((claim for claim in sources.claims if claim["id"] == name), None)
    if found is None:
        raise TemplateError(f"line {placeholder.line}: results/audit/claims.csv has no claim"
                            f" {name}")
    return found, sources.claim_outcomes[name]


@word
def claimed(sources, placeholder):
    return claim_of(sources, placeholder)[0]["expected"]


@word
def verdict(sources, placeholder):
    claim, outcome_ = claim_of(sources, placeholder)
    if outcome_.verdict == NOT_MEASURED:
        raise NotMeasured(f"claim {claim['id']}: {outcome_.measured}")
    return outcome_.told


@word
def outcome(sources, placeholder):
    """What was measured, and the verdict."""
    text, found = verdict(sources, placeholder), claim_of(sources, placeholder)[1]
    return f"{found.measured}; {'it ' * (found.verdict in (HOLDS, DOES_NOT_HOLD))}{text}"


@word
def said(sources, placeholder):
    name, = wanted(placeholder, 1)
    if name not in sources.figures:
        raise TemplateError(f"line {placeholder.line}: results/seeds/figures.csv has no {name}")
    return sources.figures[name].as_written


@word
def suspicion(sources, placeholder):
    number, = wanted(placeholder, 1)
    return next(settled for one, settled, *_ in sources.suspicions if str(one.number) == number)


@word
def tally(sources, placeholder):
    what, = wanted(placeholder, 1)
    if what == "claims":
        return audit.tally(sources.claim_outcomes.values())
    if what == "figures":
        return seeds.tally_text(sources.comparisons)
    if what == "contradictions":
        figures = list(sources.figures.values())
        return str(len(seeds.contradictions(figures)) + len(seeds.unfounded(figures)))
    raise TemplateError(f"line {placeholder.line}: a tally of claims, figures or contradictions")


TOLERANCES = {"effect": verdicts.TOLERANCE, "nothing": verdicts.NOTHING,
              "count": verdicts.COUNT_TOLERANCE}


@word
def tolerance(_sources, placeholder):
    name, = wanted(placeholder, 1)
    if name not in TOLERANCES:
        raise TemplateError(f"line {placeholder.line}: a tolerance of {', '.join(TOLERANCES)}")
    return f"{100 * (TOLERANCES[name] - 1):.0f} %"


@word
def tolerated(_sources, placeholder):
    """What still counts as a claimed ratio."""
    ratio, = map(float, wanted(placeholder, 1))
    span = verdicts.widened(verdicts.Span(ratio, ratio))
    return f"{digits(span.low)} to {digits(span.high)}"


@word
def finding(sources, placeholder):
    name, = wanted(placeholder, 1)
    if name not in sources.finding_outcomes:
        raise TemplateError(f"line {placeholder.line}: results/audit/findings.csv has no {name}")
    found = sources.finding_outcomes[name]
    if found.verdict == NOT_MEASURED:
        raise NotMeasured(f"finding {name}: {found.measured}")
    return found.measured


# ---- Where it comes from ----

@word
def confidence(_sources, placeholder):
    wanted(placeholder, 0)
    return f"{100 * CONFIDENCE:.0f} %"


@word
def processes(sources, placeholder):
    low, high = sources.processes(*wanted(placeholder, 1))
    return str(low) if low == high else f"{low} to {high}"


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def seconds_of(about):
    return (moment(about["finished"]) - moment(about["started"])).total_seconds()


def duration(seconds):
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def minutes(about):
    return duration(seconds_of(about))


@word
def took(sources, placeholder):
    """How long an experiment took, or all together."""
    name, = wanted(placeholder, 1)
    names = sources.evidence.stores if name == "all" else [name]
    found = [sources.experiment(one) for one in names]
    if not found or not all(about["finished"] for about in found):
        raise NotMeasured(f"the end of {name}")
    return duration(sum(map(seconds_of, found)))


def every_machine(sources):
    """The machines' rows, of what is said to be of one; one if it is."""
    found = {}
    for connection in sources.evidence.of_one_machine.values():
        found.update({row["id"]: dict(row)
                      for row in connection.execute("SELECT * FROM machine WHERE id IN"
                                                    " (SELECT machine FROM experiment)")})
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
def machine(sources, placeholder):
    name, = wanted(placeholder, 1)
    if name not in MACHINE:
        raise TemplateError(f"line {placeholder.line}: of a machine: {', '.join(MACHINE)}")
    return "; ".join(dict.fromkeys(MACHINE[name](row) for row in every_machine(sources)))


def commit_of(about):
    return (about["source_commit"] or "unknown")[:12] + (" with changes" if about["dirty"] else "")


@word
def commits(sources, placeholder):
    wanted(placeholder, 0)
    every_machine(sources)
    return ", ".join(dict.fromkeys(f"`{commit_of(sources.experiment(name))}`"
                                   for name in sources.evidence.of_one_machine))


@word
def compilers(sources, placeholder):
    wanted(placeholder, 0)
    every_machine(sources)
    return "; ".join(f"{compiler} `{flags}`" for compiler, flags in sorted(sources.builds()))
