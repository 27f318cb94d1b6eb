"""What the lab has computed for its tables and figures, as the page draws it: the ladder, the factorial, single steps,
loads from the machine's memory; and the studies that time no map, as the reports that the lab prints.

A study that was not measured is left out.
"""
import contextlib
import io
import json

from .. import ladder, steps
from ..counts import prediction
from ..factorial import effects
from ..instrument import limits, study, verdict, ways
from ..results import NotMeasured, exported, read_rows
from ..superslab import report as superslab_report

def ways_found(directory):
    ways.ways(experiment=directory / "runs" / "instrument-ways")


# How each experiment came about that times no map, or one against itself: its report, and what measures it.
REPORTS = {
    "instrument-aa": (verdict.verdict, "make STUDIES=aa instrument"),
    "instrument-power": (verdict.verdict, "make STUDIES=power instrument"),
    "instrument-layout": (verdict.verdict, "make STUDIES=layout instrument"),
    "instrument-counts": (verdict.verdict, "make verdict"),
    "instrument-limits": (limits.limits, "make STUDIES=limits instrument"),
    "instrument-ways": (ways_found, "make ways"),
    "model-counts": (prediction.model, "make model"),
    "superslab": (superslab_report.superslab, "make superslab-results"),
}


def estimate(found):
    """[median, low, high, count]; null for none."""
    return found and list(found)


def by_op(series):
    """{op: {variant: estimate}} of a Series indexed so."""
    return {op: {variant: estimate(found) for variant, found in of.droplevel("op").items()}
            for op, of in series.groupby(level="op")}


def ladders(directory):
    """Of every order of keys and scale: each step over the baseline and over the step before, bytes an entry, and the
    share of arrays that malloc served; beside them the documents' own ladder."""
    frames = {}
    for name in ladder.EXPERIMENTS.values():
        with contextlib.suppress(NotMeasured):
            frames[name] = exported(name, directory).runs
    found = ladder.ladders(*frames.values())
    return {"steps": ladder.WHAT, "documents": ladder.seeds_ladder(), "ladders": [
        {"order": order, "scale": scale, "steps": one.steps, "ratios": by_op(one.ratios), "alone": by_op(one.alone),
         "bytes": {step: estimate(size) for step, size in one.bytes.items()},
         "full": {step: float(share) for step, share in one.full.items()}}
        for order, scale, one in ladder.every(found)]}


def factorial(directory):
    """Effects and interactions, the greatest gain first; and the orders that gain most soonest."""
    found = effects.open_study(directory)
    fixes, pairs = effects.sorted_fixes(found), effects.standing_pairs(found)

    def told(fit, term):
        effect = fit.effects.get(term)
        return effect and [effect.factor, effect.low, effect.high, bool(effect.stands)]
    return {"changes": found.factorial.changes, "fixes": fixes,
            "pairs": [list(pair) for pair in pairs],
            "responses": [{"what": response.what, "scale": response.scale,
                           "alone": {fix: told(response.fit, (fix,)) for fix in fixes},
                           "together": [told(response.fit, pair) for pair in pairs]}
                          for response in effects.responses(found)],
            "orders": {str(scale): effects.orders(found, scale) for scale in found.scales}}


def single_steps(directory):
    about, runs, _ = exported(steps.NAME, directory)
    return [{"variant": name, "parent": parent, "ratios": {op: estimate(ratio) for op, ratio in ratios.items()},
             "bytes": float(own), "before": float(before)} for name, parent, ratios, own, before in steps.rows(runs)]


def loads(directory):
    """What a load from a random line of so much memory takes, and on which machine."""
    origin, found = study.read("limits", directory)
    return {"machine": origin["machine"],
            "ns": [[size, *each[:3]] for size, each in sorted(limits.loads_of(found).items())]}


STUDIES = {"ladder": ladders, "factorial": factorial, "steps": single_steps, "loads": loads}


def studies(directory):
    """{name: data} of those that were measured."""
    found = {}
    for name, read in STUDIES.items():
        with contextlib.suppress(NotMeasured):
            found[name] = read(directory)
    return found


def about(directory):
    """The row of an exported experiment, as text, with its machine's and its caches as results.Experiment has them."""
    (found,), (machine,) = (read_rows(directory / f"{table}.csv") for table in ("experiment", "machine"))
    numbers = {name: int(machine[name]) for name in ("cores", "memory_bytes", "virtualised")}
    return found | {"machine_is": machine | numbers, "caches": json.loads(machine["caches"])}


def printed(report, directory):
    """The text of a report; one that ends with a status has printed why."""
    with contextlib.redirect_stdout(io.StringIO()) as text, contextlib.suppress(SystemExit):
        report(directory)
    return text.getvalue()


def reports(directory, names):
    """{report: text} and {experiment: (report, command)} of these experiments, those that have one."""
    those = {name: REPORTS[name] for name in names if name in REPORTS}
    texts = {report.__name__: printed(report, directory) for report in {report for report, _ in those.values()}}
    return texts, {name: (report.__name__, command) for name, (report, command) in those.items()}
