"""This project's own findings, each held against the stored results.

results/audit/findings.csv has them; the column `test` names a function below, of the finding and the evidence.  What
is compared is named as in claims (lab.audit.cells); the setting in= asks for one experiment.  A finding about several
cells must hold in each.  It is about our own machine, so it gets no tolerance: the column `claimed` is

a..b        the whole interval lies within these bounds
<b or >b    the whole interval lies on that side
no gain     it does not lie wholly below 1: nothing was gained that can be told from chance
no loss     it does not lie wholly above 1

A finding does not hold if the whole interval lies outside, and is undecided else.  Decisions on times are sign tests;
after all findings have been tested, the p-values are adjusted together as those of the claims are (lab.audit.rules).
"""
import functools

from ..command import Failure
from ..factorial import effects, families
from ..instrument import verdict as instrument
from ..printing import count, digits, with_interval
from ..results import RESULTS, NotMeasured
from ..settings import read_scale
from ..shape import hashes
from ..shape.tree import expectation
from ..stats import Estimate, estimate, sign_test_p
from ..tree_figures import figure
from ..verdicts import DOES_NOT_HOLD, HOLDS, UNDECIDED
from . import rules
from .cells import cells, settings
from .counts import MAP
from .evidence import by_block, counted, full_map, memory
from .rules import Judged, Outcome, exact, need, outcome

FINDINGS = RESULTS / "audit" / "findings.csv"
NO_GAIN, NO_LOSS = "no gain", "no loss"
TESTS, test = rules.registry(Failure)


def of_cells(form=with_interval, median=False):
    """Makes the outcome of a generator of (name, figure), which must do in each cell: a figure is a Series of values of
    processes, an Estimate, or a count, which has no noise; it is judged by its median alone if so wanted.  Shown is
    the cell that is furthest from what is claimed."""
    def wrap(function):
        @functools.wraps(function)
        def judged(finding, evidence):
            found = [(name, *judge(finding["claimed"], figure, median)) for name, figure in function(finding, evidence)]
            need(found, "nothing stored has it")
            name, worst, _ = min(found, key=lambda cell: distance(cell[1], finding["claimed"]))
            told = (form(worst) if worst.count > 1 else form(worst.median)) + f" ({worst.count})" * (worst.count > 1)
            if len(found) > 1:
                told += f": {name}, the furthest from it of {len(found)}"
            return outcome(told, worst, rules.all_of([verdict for *_, verdict in found]))
        return judged
    return wrap


# ---- Verdicts ----

def within(low, high, claimed):
    if claimed in (NO_GAIN, NO_LOSS):
        return DOES_NOT_HOLD if (high < 1 if claimed == NO_GAIN else low > 1) else HOLDS
    span = rules.span_of(claimed)
    # A side is open: what lies on its bound is not beyond it.
    if span.low < low and high < span.high or not rules.is_side(span) and span.low <= low and high <= span.high:
        return HOLDS
    return DOES_NOT_HOLD if high < span.low or low > span.high else UNDECIDED


def judge(claimed, figure, median=False):
    """(Estimate, verdict and the p-value it rests on: that of the bound that is nearest).  There is none of what is not
    of several processes, nor where nothing is denied, as with "no gain"."""
    if isinstance(figure, (int, float)):
        figure = Estimate(figure, figure, figure, 1)
    ours = figure if isinstance(figure, Estimate) else estimate(figure)
    if median:
        return ours, Judged(within(ours.median, ours.median, claimed))
    if ours.low is None:
        return ours, Judged(UNDECIDED)
    verdict = within(ours.low, ours.high, claimed)
    if ours is figure or verdict == UNDECIDED or claimed in (NO_GAIN, NO_LOSS):
        return ours, Judged(verdict)
    tests = [sign_test_p(list(figure), bound) for bound in rules.span_of(claimed) if abs(bound) != float("inf")]
    return ours, Judged(verdict, max(tests) if verdict == HOLDS else min(tests))


def distance(ours, claimed):
    """How far into what is claimed a figure lies."""
    if claimed in (NO_GAIN, NO_LOSS):
        return ours.median if claimed == NO_GAIN else -ours.median
    span = rules.span_of(claimed)
    return min(ours.median - span.low, span.high - ours.median)


# ---- Times, memory, counts ----

def named(finding, always=("op", "composition"), maybe=("pattern", "scale", "hash", "alloc", "key")):
    """[(name, Cell)]: by fields that are always told, and those of which there are several."""
    for cell in cells(finding):
        fields = [*always, *(field for field in maybe if len(cell.all.get(field, [])) > 1)]
        yield " ".join(cell.words[field] for field in fields), cell


@test
@of_cells()
def ratio(finding, evidence):
    """In every cell, the ratio of times."""
    for name, cell in named(finding):
        yield name, by_block(evidence, cell.places, settings(finding).get("in", ""))


@test
@of_cells(median=True)
def ratio_of_medians(finding, evidence):
    """The same of the medians alone, whatever their intervals."""
    for name, cell in named(finding):
        yield name, by_block(evidence, cell.places, settings(finding).get("in", ""))


@test
@of_cells(digits)
def memory_ratio(finding, evidence):
    for name, cell in named(finding):
        yield name, memory(evidence, cell.places, finding["comparison"].split()[0], settings(finding).get("in", ""))


@test
@of_cells(digits)
def tree_figure(finding, evidence):
    """A count of a full map, or its ratio to another's on the same keys."""
    for cell in cells(finding):
        values = [figure(finding["comparison"].split()[0], full_map(evidence, shape)) for shape in cell.shapes]
        yield cell.called(*MAP), values[0] / values[1] if len(values) > 1 else values[0]


def predictions(finding, evidence):
    for cell in cells(finding):
        tree = full_map(evidence, *cell.shapes)
        yield cell.called(*MAP), tree, expectation(cell.words["composition"], tree["entries"])


@of_cells("{:.4f}".format)
def nodes_found(finding, evidence):
    for name, tree, expected in predictions(finding, evidence):
        yield name, tree["inner_nodes"] / expected.inner_nodes


@test
def nodes_by_model(finding, evidence):
    """Inner nodes found over those that a uniform hash predicts.  How many of the cells a test of uniformity denies
    stands beside it (lab.shape.hashes)."""
    told = nodes_found(finding, evidence)
    tests = [hashes.uniformity(tree["inner_at_level"], expected)
             for _, tree, expected in predictions(finding, evidence)]
    refused = sum(one.freedom > 0 and one.chance < hashes.REJECTED for one in tests)
    return told._replace(measured=f"{told.measured}; {refused} deny a uniform hash")


@test
@of_cells("{:.6f}".format)
def count_ratio(finding, evidence):
    column = finding["comparison"].split()[0]
    for name, cell in named(finding, ("op", "composition", "pattern", "scale"), ()):
        one, other = (counted(evidence, column, place.composition, place.op, place.scale, place.pattern)
                      for place in cell.places)
        yield name, one / other


@test
@of_cells(count)
def keys_lost(_finding, evidence):
    for row in evidence.lost_keys:
        yield f"{count(int(row['keys']))} keys, {row['hash']}", int(row["lost"])


# ---- The factorial experiment ----

@functools.lru_cache(maxsize=None)
def factorial_study(directory, factorial=families.TRIE):
    try:
        return effects.open_study(directory, factorial)
    except NotMeasured as lacking:
        raise NotMeasured(f"the experiment {factorial.name}: {lacking}") from None


def factorial_of(finding, evidence):
    """The study of the factorial experiment that the finding names, or of the trie's."""
    asked = settings(finding).get("in", families.TRIE.name)
    factorial, = (one for one in families.FACTORIALS.values() if one.name == asked)
    return factorial_study(evidence.directory, factorial)


@test
def largest_effect(finding, evidence):
    """In every response of these operations, the fix's factor is the smallest.  The figure is its factor over the next
    one's, where that comes nearest to 1."""
    margins, study = [], factorial_of(finding, evidence)
    for response in effects.responses(study):
        if response.what in finding["op"].split():
            factors = {fix: response.fit.effects[(fix,)].factor for fix in study.factorial.fixes}
            own = factors.pop(finding["compositions"])
            rival = min(factors, key=factors.get)
            margins.append((own / factors[rival], f"{digits(own)} on {response.label}, the next is {rival} with"
                                                  f" {digits(factors[rival])}"))
    margin, told = max(margins)
    return exact(f"{told}: the nearest of {len(margins)}", margin, margin < 1)


@test
@of_cells()
def effect(finding, evidence):
    """The factor by which a fix changes a time, with its interval."""
    scales = [read_scale(word) for word in finding["scale"].split()]
    for response in effects.timed(factorial_of(finding, evidence)):
        if response.what in finding["op"].split() and response.scale in scales:
            ours = response.fit.effects[(finding["compositions"],)]
            yield response.label, Estimate(ours.factor, ours.low, ours.high, len(response.fit.blocks))


# ---- The machine, the instrument, the superslab ----

@test
def one_machine(_finding, evidence):
    """The most machines on which processes of one stored experiment ran."""
    need(evidence.experiments, "any experiment")
    most = max(found.runs["machine"].nunique() for found in evidence.experiments.values())
    return exact(f"{most} at most, in each of {len(evidence.experiments)} experiments", most, most == 1)


@test
def instrument_gates(_finding, evidence):
    gates = [(study, verdict) for study, _, verdicts in instrument.judge(evidence.directory) for verdict in verdicts
             if study in ("aa", "power") and verdict.passed is not None]
    if {study for study, _ in gates} != {"aa", "power"}:
        raise NotMeasured("the studies aa and power")
    failed = [verdict.text for _, verdict in gates if not verdict.passed]
    return Outcome("; ".join(failed or [verdict.text for _, verdict in gates]), None, None, None, len(gates),
                   DOES_NOT_HOLD if failed else HOLDS)


@test
@of_cells()
def superslab_ratio(finding, evidence):
    for pair in finding["compositions"].split():
        values = evidence.superslab.values(pair)
        if values.empty:
            raise NotMeasured(f"the superslab's {pair}")
        yield pair, values


# ---- All of them ----

def finding_outcomes(findings, evidence):
    """{id: Outcome}, corrected for their number."""
    return rules.corrected({finding["id"]: TESTS[finding["test"]](finding, evidence) for finding in findings})
