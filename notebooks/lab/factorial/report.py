"""Prints and draws which fix closes the gap: what a factorial experiment over a family's parts says.

What each fix does and which two do not simply multiply; in which order they gain most soonest; how well the model knows
what it was not told; what steps from there on gain; what is left.  lab.factorial.effects has all of it as data.
"""
import statistics

from ..counts import exact
from ..printing import (Table, code, commit_of, digits, fields, from_to, moment, paragraph, short_scale, with_interval)
from ..results import RESULTS, NotMeasured, exported
from ..stats import Estimate
from . import effects, figure
from .families import TRIE, of_family


def shown(figure):
    """A figure and its interval; one that is exact has none, and one that there is not a dash."""
    if figure is None:
        return "-"
    value, low, high = figure[:3]
    return digits(value) if low is None else with_interval(Estimate(value, low, high, 0))


def starred(effect):
    if effect is None or effect.p is None:
        return shown(effect)
    return shown(effect) + ("*" if effect.stands else " ")


def header(study):
    about, factorial, fits = study.about, study.factorial, [response.fit for response in effects.responses(study)]
    lost = [f"{response.label}: {name}" for response in effects.responses(study)
            for name in map(factorial.composition, factorial.fraction())
            if name not in map(factorial.composition, response.fit.compositions)]
    unrest = ", ".join(f"{response.label} {digits(statistics.fmean(response.fit.unrest.values()))}"
                       for response in effects.timed(study))
    blocks = " and ".join(f"{len(study.times['put', scale].fit.blocks)} at {short_scale(scale)}"
                          for scale in study.scales)
    return "\n".join([
        f"experiment {about['id']}  {moment(about)} UTC  commit {commit_of(about)}",
        f"{about['cpu']}, {about['cores']} cores, {about['kernel']}{', virtual' if about['virtualised'] else ''}",
        f"{from_to([len(fit.compositions) for fit in fits])} of the {2 ** len(factorial.fixes)} compositions of"
        f" {len(factorial.fixes)} fixes, one process of each in a block; blocks: {blocks}",
        paragraph(f"variance of effects between blocks over that of noise (1: the blocks agree): {unrest}"),
        *([paragraph(f"of the design, not measured: {', '.join(lost)}")] if lost else [])])


# ---- Effects ----

def effect_table(study):
    columns = effects.responses(study)
    rows = [[" x ".join(map(code, term)), *(starred(column.fit.effects.get(term)) for column in columns)]
            for term in [*((fix,) for fix in effects.sorted_fixes(study)), *effects.standing_pairs(study)]]
    return Table(["fix", *(column.label for column in columns)], rows, 1)


def effect_note(study):
    terms = from_to([len(response.fit.effects) for response in effects.responses(study)])
    told = [f"{' x '.join(term)} from {', '.join(' x '.join(other) or 'the mean' for other in others)}"
            for term, others in effects.aliases(study).items()]
    return "\n".join([f"""\
A fix: with it over without it, the others on and off alike; below 1 is faster, or less memory.
Two fixes: what one multiplies by where the other is, over the same where it is not; above 1, both
together are worth less than the product.  Two that do so in no time are left out.  95 % intervals;
* stands among the {terms} effects of its column (Holm).  Bytes are exact: they have no interval.""",
                      *([paragraph(f"The compositions do not tell apart {'; '.join(told)}.")] if told else [])])


# ---- The ladder ----

def ladder_table(study):
    """At each scale, the order that gains most soonest for put and get together, rung by rung."""
    rows = []
    for scale in study.scales:
        for rung in effects.ladder(study, scale, effects.orders(study, scale)["put and get"]):
            times = [text for op in effects.OPS for text in
                     (shown(rung.predicted[op]), with_interval(rung.measured.get(op)))]
            memory = f"~{digits(rung.bytes.value)}" if rung.bytes_measured is None else digits(rung.bytes_measured)
            added = ("+ " if rung.fixes else "") + code(rung.added)
            rows.append([short_scale(scale), added, *times, memory, f"{100 * rung.gap_left:.0f} %"])
    return Table(["entries", "rung", *(f"{op}, {how}" for op in effects.OPS for how in ("predicted", "measured")),
                  "bytes/entry", "gap left"], rows, 2)


LADDER_NOTE = """\
Times over those of {against}.  Predicted: by the mean, the fixes and their pairs; the interval is that
of a composition that was not measured.  Measured: the median, its interval by the sign test, or by
the noise of all compositions where blocks are too few for it.  ~: bytes that are predicted.  Gap
left: put and get together, predicted: of the logarithm by which the baseline is slower."""


def order_table(study):
    rows, fixes = [], study.factorial.fixes
    for scale in study.scales:
        for what, order in effects.orders(study, scale).items():
            rungs = effects.ladder(study, scale, order)
            rows.append([short_scale(scale), what, *(f"{rung.added} {digits(rung.together)}" for rung in rungs[1:]),
                         f"{100 * effects.mean_gap_left(rungs):.0f} %"])
        cells, way = [""] * len(fixes), effects.measured_ladder(study, scale)
        for (before, _), (after, time) in zip(way, way[1:]):
            cells[len(after) - 1] = f"{'+'.join(fix for fix in fixes if fix in after - before)} {digits(time)}"
        rows.append([short_scale(scale), "measured", *cells, ""])
    return Table(["scale", "order", *(f"fix {number}" for number, _ in enumerate(fixes, 1)), "gap left"], rows,
                 len(fixes) + 2)


ORDER_NOTE = """\
The order that gains most soonest for both operations, for each, and for memory; that of the seed
documents, if they have one; and that of the measurements alone, among the compositions of the
design.  With each fix stands what put and get together then take over {against}: predicted, but for
the last line of each scale.  Gap left: as above, on the mean of the rungs."""


# ---- How good the model is ----

def widest(checks, column):
    """The interval of the least certain of a response's predictions."""
    factor = max((check.factor for check in checks if (check.what, check.scale) == column[:2]), default=None)
    return f"{digits(1 / factor)} to {digits(factor)}" if factor else "-"


def check_table(study):
    columns, found = effects.responses(study), effects.checks(study)
    of = {(check.variant, check.what, check.scale): check for check in found}

    def cell(check):
        return "-" if check is None else digits(check.ratio) + (" " if check.inside else "!")
    rows = [[code(variant), *(cell(of.get((variant, column.what, column.scale))) for column in columns)]
            for variant in dict.fromkeys(check.variant for check in found)]
    rows.append(["interval", *(widest(found, column) + " " for column in columns)])
    return Table(["composition", *(column.label + " " for column in columns)], rows, 1)


def check_note(study):
    found = effects.checks(study)
    return f"""\
Measured beside the design but no part of it: the measured mean over the model's prediction.  ! lies
outside of the prediction's 95 % interval, the widest of which is the last line;
{sum(check.inside for check in found)} of {len(found)} predictions hold."""


def again_table(found):
    return Table(["op", "fix", "predicted", "measured"],
                 [[again.op, again.fix, shown(again.predicted), with_interval(again.measured)]
                  for again in sorted(found, key=lambda again: effects.OPS.index(again.op))], 2)


AGAIN_NOTE = """\
Single fixes over the baseline: predicted from this run, and measured in runs/{singles_in}."""


# ---- What is left ----

def left_table(study, counted):
    """The table, and what it lacks."""
    rows, lost = [], []
    for scale in study.scales:
        of_counts, absent = effects.left_in_counts(study, scale, counted)
        lost += absent
        rows += [[short_scale(scale), left.what, digits(left.best), digits(left.other), shown(left.ratio)]
                 for left in [*effects.left(study, scale), *of_counts]]
    return Table(["entries", "an operation", "best", study.factorial.against, "ratio"], rows, 2), lost


def left_note(study):
    told = "\n".join(f"    {short_scale(scale):<6}{effects.best(study, scale)}" for scale in study.scales)
    return f"""\
The composition of the design that the model has fastest for put and get together, beside
{study.factorial.against}.  Instructions, misses and loads that wait for each other are counted (make counts).
{told}"""


# ---- Steps beyond the design ----

def beyond_table(study):
    rows = []
    for scale in study.scales:
        for step in effects.beyond(study, scale):
            times = [with_interval(ratio) for op in effects.OPS for ratio in (step.before[op], step.over[op])]
            rows.append([short_scale(scale), code(step.variant), *times, digits(step.bytes)])
    against = study.factorial.against
    return Table(["entries", "composition", *(f"{op}, over {what}" for op in effects.OPS
                                              for what in ("the one before", against)), "bytes/entry"], rows, 2)


BEYOND_NOTE = """\
Measured in the same blocks, and no part of the design: each composition is one step from the one
before it, the first from one of the design's."""


# ---- The report ----

def singles_again(study, results):
    """What another run has about the single fixes; nothing if it is not there."""
    try:
        return effects.against(study, exported(study.factorial.singles_in, results))
    except NotMeasured:
        return []


def sections(study, results):
    factorial = study.factorial
    changes = fields([(fix, factorial.changes[fix]) for fix in effects.sorted_fixes(study)])
    yield "What each fix does", effect_note(study), f"{effect_table(study).columns()}\n\n{changes}"
    yield ("The order that gains most soonest", LADDER_NOTE.format(against=factorial.against),
           ladder_table(study).columns(1))
    yield "Orders", ORDER_NOTE.format(against=factorial.against), order_table(study).columns(1)
    yield "What the model was not told", check_note(study), check_table(study).columns()
    if factorial.beyond:
        yield "Steps beyond the design", BEYOND_NOTE, beyond_table(study).columns(1)
    again = singles_again(study, results) if factorial.singles_in else []
    if again:
        yield ("The same fixes in another run", AGAIN_NOTE.format(singles_in=factorial.singles_in),
               again_table(again).columns(1))
    table, lost = left_table(study, exact.load())
    yield (f"What is left to {factorial.against}", left_note(study),
           "\n".join([table.columns(1), *[""] * bool(lost), *lost]))


def factorial(results=RESULTS, family=TRIE.family):
    """Which fix of a FAMILY closes the gap: effects, the best order, what is left, and a figure in RESULTS/figures."""
    study = effects.open_study(results, of_family(family))
    print(header(study))
    for title, note, table in sections(study, results):
        print("", title, note, "", table, sep="\n")
    print("", *figure.question_of(study.factorial).write(study, results / "figures"), sep="\n")
