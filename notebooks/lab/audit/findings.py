"""This project's own findings, each held against the stored results.

results/audit/findings.csv has them; the column `test` names a function below, of the claim and the
evidence.  What is compared is named as in lab.audit.places: a field may be a fraction.  A claim
with several compositions, operations, patterns or scales is about every combination, and each must
do.

A finding is about our own machine, so it gets no tolerance: the column `claimed` is

a..b        the whole interval lies within these bounds
<b or >b    the whole interval lies on that side
no gain     it does not lie wholly below 1: nothing was gained that can be told from chance
no loss     it does not lie wholly above 1

A finding does not hold if the whole interval lies outside, and is undecided else.  Decisions on
times are sign tests; after all findings have been tested, the p-values are adjusted together as
those of the seeds' claims are (lab.audit.rules).
"""
import functools
import itertools
import math
import pathlib
import re

from ..cell import count, read_scale
from ..factorial import effects
from ..instrument import studies, verdict as instrument
from ..shape import hashes
from ..stats import Estimate, estimate, sign_test_p
from ..store import StoreError
from ..superslab import study as superslab_study
from ..tables import digits, with_interval
from . import places, rules
from .counts import FIGURES, predict
from .evidence import RESULTS, Shape, read_rows
from .outcome import DOES_NOT_HOLD, HOLDS, UNDECIDED, Outcome, not_measured
from .rules import Judged

FINDINGS = RESULTS / "audit" / "findings.csv"
NO_GAIN, NO_LOSS = "no gain", "no loss"
NUMBER = r"-?\d+(?:\.\d+)?"


# ---- Verdicts ----

def bounds(claimed):
    side = re.fullmatch(rf"([<>])({NUMBER})", claimed)
    span = re.fullmatch(rf"({NUMBER})\.\.({NUMBER})", claimed)
    if side:
        bound = float(side[2])
        return (bound, math.inf) if side[1] == ">" else (-math.inf, bound)
    if not span:
        raise ValueError(f"{claimed!r} is no claim")
    return float(span[1]), float(span[2])


def within(low, high, claimed):
    """The verdict on an interval."""
    if claimed == NO_GAIN:
        return DOES_NOT_HOLD if high < 1 else HOLDS
    if claimed == NO_LOSS:
        return DOES_NOT_HOLD if low > 1 else HOLDS
    least, most = bounds(claimed)
    # A side is open: what lies on its bound is not beyond it.
    if math.isinf(least) and high < most or math.isinf(most) and low > least:
        return HOLDS
    if not math.isinf(least) and not math.isinf(most) and least <= low and high <= most:
        return HOLDS
    return DOES_NOT_HOLD if high < least or low > most else UNDECIDED


def judge(claimed, values):
    """The verdict on the median of processes' figures, and the p-value it rests on: that of the
    bound that is nearest.  None where nothing is denied, as with "no gain"."""
    ours = estimate(values)
    if ours.low is None:
        return Judged(UNDECIDED, None)
    verdict = within(ours.low, ours.high, claimed)
    if verdict == UNDECIDED or claimed in (NO_GAIN, NO_LOSS):
        return Judged(verdict, None)
    finite = [bound for bound in bounds(claimed) if not math.isinf(bound)]
    tests = [sign_test_p(list(values), bound) for bound in finite]
    return Judged(verdict, max(tests) if verdict == HOLDS else min(tests))


def distance(ours, claimed):
    """How far into what is claimed a figure lies: the smallest is the one to show."""
    if claimed == NO_GAIN:
        return ours.median
    if claimed == NO_LOSS:
        return -ours.median
    least, most = bounds(claimed)
    return min(ours.median - least, most - ours.median)


def every(judged):
    """The verdict on all cells together: one against is enough, tested as one of so many; for it
    the weakest counts.  p is None where nothing was tested."""
    for verdict in (DOES_NOT_HOLD, UNDECIDED, HOLDS):
        p_values = [one.p for one in judged if one.verdict == verdict and one.p is not None]
        if verdict in (one.verdict for one in judged):
            if not p_values or verdict == UNDECIDED:
                return Judged(verdict, None)
            return Judged(verdict, max(p_values) if verdict == HOLDS else
                          min(1.0, len(judged) * min(p_values)))
    raise ValueError("no cell")


def joined(claimed, found, judged, form=with_interval):
    """The outcome over several cells, [(name, Estimate)] and their verdicts: shown is the cell that
    is furthest from what is claimed."""
    name, worst = min(found, key=lambda pair: distance(pair[1], claimed))
    told = form(worst) + (f" ({worst.count})" if worst.count > 1 else "")
    if len(found) > 1:
        told += f": {name}, the furthest from it of {len(found)}"
    return Outcome(told, worst.low, worst.median, worst.high, worst.count, *every(judged))


def of_counts(claim, found, form=digits):
    """The same of [(name, count)], which have no noise."""
    if not found:
        return not_measured("no stored count has it")
    exact = [(name, Estimate(value, value, value, 1)) for name, value in found]
    judged = [Judged(within(value, value, claim["claimed"]), None) for _, value in found]
    return joined(claim["claimed"], exact, judged, lambda figure: form(figure.median))


# ---- What a finding names ----

OPTIONS = {"HASH": "hash", "ALLOC": "alloc", "KEY": "key"}


def settings(claim):
    """{option: [values]}, and the experiment that is asked for."""
    given = dict(word.split("=", 1) for word in claim["settings"].split())
    within = given.pop("in", "")
    return {OPTIONS[name]: value.split(",") for name, value in given.items()}, within


def cells(claim):
    """[(name, places)] of every combination."""
    options, _ = settings(claim)
    names = ["pattern", "scale", *options]
    values = [claim["pattern"].split(), claim["scale"].split(), *options.values()]
    for op, composition, *rest in itertools.product(
            claim["op"].split(), claim["compositions"].split(), *values):
        words = [op, composition, *(word for word, several in zip(rest, values)
                                    if len(several) > 1)]
        yield " ".join(words), places.places(op, composition, **dict(zip(names, rest)))


def times(claim, evidence):
    """[(name, values)] of all cells; NotMeasured if one is missing."""
    _, experiment = settings(claim)
    return [(name, list(places.by_block(evidence, where, experiment).values()))
            for name, where in cells(claim)]


def when_measured(test):
    """What a test needs and there is not makes "not measured" of it."""
    @functools.wraps(test)
    def tried(claim, evidence):
        try:
            return test(claim, evidence)
        except (places.NotMeasured, StoreError) as error:
            return not_measured(str(error))
    return tried


# ---- Times and memory ----

@when_measured
def ratio(claim, evidence):
    """In every cell, the ratio of times."""
    found = times(claim, evidence)
    return joined(claim["claimed"], [(name, estimate(values)) for name, values in found],
                  [judge(claim["claimed"], values) for _, values in found])


@when_measured
def ratio_of_medians(claim, evidence):
    """The same of the medians alone, whatever their intervals."""
    found = [(name, estimate(values)) for name, values in times(claim, evidence)]
    return joined(claim["claimed"], found,
                  [Judged(within(ours.median, ours.median, claim["claimed"]), None)
                   for _, ours in found])


@when_measured
def memory_ratio(claim, evidence):
    _, experiment = settings(claim)
    field = claim["comparison"].split()[0]
    return of_counts(claim, [(name, places.memory(evidence, where, field, experiment))
                             for name, where in cells(claim)])


# ---- Counts ----

def shapes(claim, composition):
    """[(what differs, Shape)]"""
    options, _ = settings(claim)
    for pattern, scale, hash_name in itertools.product(
            claim["pattern"].split(), claim["scale"].split(), options.get("hash", ["xxh3"])):
        yield (f"{composition} {pattern} {scale} {hash_name}",
               Shape(composition, pattern, read_scale(scale), hash_name))


@when_measured
def tree_figure(claim, evidence):
    """A count of a full map, in every cell."""
    figure = FIGURES[claim["comparison"].split()[0]]
    return of_counts(claim, [(name, figure(tree_of(evidence, shape)))
                             for composition in claim["compositions"].split()
                             for name, shape in shapes(claim, composition)])


def tree_of(evidence, shape):
    tree = evidence.tree(shape)
    if not tree:
        raise places.NotMeasured(f"a full map: {' '.join(map(str, shape[:4]))}")
    return tree


@when_measured
def node_ratio(claim, evidence):
    """Inner nodes of the first over those of the second, on the same keys."""
    one, other = claim["compositions"].split("/")
    return of_counts(claim, [
        (name, tree_of(evidence, shape)["inner_nodes"]
         / tree_of(evidence, shape._replace(composition=other))["inner_nodes"])
        for name, shape in shapes(claim, one)])


@when_measured
def nodes_by_model(claim, evidence):
    """Inner nodes found over those that a uniform hash predicts.  How many of the cells a test of
    uniformity denies stands beside it (lab.shape.hashes)."""
    found, tests = [], []
    for composition in claim["compositions"].split():
        for name, shape in shapes(claim, composition):
            tree = tree_of(evidence, shape)
            expected = predict(evidence.model_of(composition), tree["entries"])
            found.append((name, tree["inner_nodes"] / expected.inner_nodes))
            tests.append(hashes.uniformity(tree["inner_at_level"], expected))
    outcome = of_counts(claim, found, "{:.4f}".format)
    refused = sum(test.freedom > 0 and test.chance < hashes.REJECTED for test in tests)
    return outcome._replace(measured=f"{outcome.measured}; {refused} deny a uniform hash")


def counted(evidence, column, composition, op, scale, pattern="shuffled"):
    """A column of results/counts/counts.csv, for one operation."""
    for row in evidence.instructions:
        if (row["composition"], row["op"], row["pattern"], int(row["scale"]), row["hash"],
                row["key"]) == (composition, op, pattern, scale, "xxh3", "u64") and row[column]:
            return float(row[column])
    raise places.NotMeasured(f"{column} of {op} {composition} {pattern} {scale}")


@when_measured
def count_ratio(claim, evidence):
    column, found = claim["comparison"].split()[0], []
    for op, pair, pattern, scale in itertools.product(*(claim[name].split() for name in (
            "op", "compositions", "pattern", "scale"))):
        one, other = (counted(evidence, column, name, op, read_scale(scale), pattern)
                      for name in pair.split("/"))
        found.append((f"{op} {pair} {pattern} {scale}", one / other))
    return of_counts(claim, found, "{:.6f}".format)


@when_measured
def keys_lost(claim, evidence):
    return of_counts(claim, [(f"{count(int(row['keys']))} keys, {row['hash']}", int(row["lost"]))
                             for row in evidence.lost_keys], count)


# ---- The factorial experiment ----

@functools.lru_cache(maxsize=None)
def factorial_study(runs):
    if not (runs / effects.NAME / "experiment.csv").exists():
        raise places.NotMeasured(f"the experiment {effects.NAME}")
    return effects.open_study(runs)


@when_measured
def largest_effect(claim, evidence):
    """In every response of these operations, the fix's factor is the smallest.  The figure is its
    factor over the next one's, where that comes nearest to 1."""
    study, margins = factorial_study(evidence.runs), []
    for response in effects.responses(study):
        if response.what in claim["op"].split():
            factors = {fix: response.model.effects[(fix,)].factor for fix in study.design.fixes}
            own = factors.pop(claim["compositions"])
            rival = min(factors, key=factors.get)
            margins.append((own / factors[rival], f"{digits(own)} on {response.label}, the next is"
                                                  f" {rival} with {digits(factors[rival])}"))
    margin, told = max(margins)
    return Outcome(f"{told}: the nearest of {len(margins)}", margin, margin, margin, 1,
                   HOLDS if margin < 1 else DOES_NOT_HOLD)


@when_measured
def effect(claim, evidence):
    """The factor by which a fix changes a time, with its interval."""
    study, found = factorial_study(evidence.runs), []
    for response in effects.timed(study):
        if response.what in claim["op"].split() and response.scale in map(
                read_scale, claim["scale"].split()):
            ours = response.model.effects[(claim["compositions"],)]
            found.append((response.label, Estimate(ours.factor, ours.low, ours.high,
                                                   len(response.model.blocks))))
    if not found:
        return not_measured("no response of the factorial experiment")
    return joined(claim["claimed"], found,
                  [Judged(within(ours.low, ours.high, claim["claimed"]), None)
                   for _, ours in found])


# ---- The machine, the instrument, the superslab ----

@when_measured
def one_machine(_claim, evidence):
    """The machines of the stored experiments that are said to be of one."""
    machines = {row["machine"] for connection in evidence.of_one_machine.values()
                for row in connection.execute("SELECT DISTINCT machine FROM experiment")}
    if not machines:
        raise places.NotMeasured("any experiment")
    return Outcome(f"{len(machines)} machine{'s' if len(machines) > 1 else ''} in"
                   f" {len(evidence.of_one_machine)} experiments", len(machines), len(machines),
                   len(machines), 1, HOLDS if len(machines) == 1 else DOES_NOT_HOLD)


def instrument_directory(evidence):
    return pathlib.Path(evidence.runs).parent / studies.OUT.name


@when_measured
def instrument_gates(_claim, evidence):
    directory = instrument_directory(evidence)
    if not (directory / "studies.csv").exists():
        raise places.NotMeasured("the studies of the instrument")
    judged = {study: verdicts for study, _, verdicts in instrument.judge(directory)}
    gates = [(study, verdict) for study in ("aa", "power") for verdict in judged.get(study, [])
             if verdict.passed is not None]
    if {study for study, _ in gates} != {"aa", "power"}:
        raise places.NotMeasured("the studies aa and power")
    failed = [verdict.text for _, verdict in gates if not verdict.passed]
    return Outcome("; ".join(failed or [verdict.text for _, verdict in gates]), None, None, None,
                   len(gates), DOES_NOT_HOLD if failed else HOLDS)


def superslab_rows(evidence):
    rows = evidence.superslab
    if not rows:
        raise places.NotMeasured("the study of the superslab")
    return superslab_study.Study(rows)


@when_measured
def superslab_ratio(claim, evidence):
    study, found, judged = superslab_rows(evidence), [], []
    for pair in claim["compositions"].split():
        one, other = (study.column(name, "mops") for name in pair.split("/"))
        values = [one[block] / other[block] for block in one.keys() & other]
        if not values:
            raise places.NotMeasured(f"the superslab's {pair}")
        found.append((pair, estimate(values)))
        judged.append(judge(claim["claimed"], values))
    return joined(claim["claimed"], found, judged)


TESTS = {test.__name__: test for test in (
    ratio, ratio_of_medians, memory_ratio, tree_figure, node_ratio, nodes_by_model, count_ratio,
    keys_lost, largest_effect, effect, one_machine, instrument_gates, superslab_ratio)}


# ---- All of them ----

def read_findings(path=FINDINGS):
    return read_rows(path)


def outcomes(evidence, findings=None):
    """{id: Outcome}, corrected for their number."""
    findings = read_findings() if findings is None else findings
    return rules.corrected({claim["id"]: TESTS[claim["test"]](claim, evidence)
                                  for claim in findings})


def lines(evidence):
    """[[id, section, claim, expected, measured, verdict]]: the audit's closing section."""
    found = outcomes(evidence)
    return [[claim["id"], claim["section"], claim["claim"], claim["expected"],
             found[claim["id"]].measured, found[claim["id"]].verdict]
            for claim in read_findings()]
