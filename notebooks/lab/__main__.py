"""One command line for all reports:  python3 -m lab COMMAND [NAME=value ...]

The settings are those of make and of plans.  What a command takes are the parameters of its function, which has
their defaults too; `python3 -m lab COMMAND help` lists them.
"""
import importlib
import inspect
import sys

from . import settings
from .command import BadSetting, run_report

# Where each command's function is: MODULE.FUNCTION below this package.
COMMANDS = {
    "allocators": "allocators.allocators",
    "attribute": "counts.attribution.attribute",
    "attribution": "counts.attribution.attribution",
    "audit": "audit.report.audit",
    "audit-counts": "audit.trees.audit_counts",
    "campaign": "campaign.run.campaign",
    "compare": "compare.compare",
    "contribute": "site.contributed.contribute",
    "count": "counts.exact.count",
    "counts": "counts.exact.counts",
    "csv": "experiment.csv",
    "decide": "decide.decide",
    "entered": "counts.entered.entered",
    "experiments": "listing.experiments",
    "factorial": "factorial.report.factorial",
    "factorial-plan": "factorial.families.factorial_plan",
    "findings": "ladder.findings",
    "flooding": "flooding.flooding",
    "frontier": "frontier.report.frontier",
    "hamt-figure": "hamt.hamt_figure",
    "hash-costs": "hash_costs.hash_costs",
    "hashes": "shape.hashes.hashes",
    "limits": "instrument.limits.limits",
    "machines": "machines.machines",
    "merge": "merge.merge",
    "model": "counts.prediction.model",
    "notebooks": "notebooks.execute_all",
    "paper": "paper.build.paper",
    "paper-figures": "paper.figures.draw",
    "plot": "plot.plot",
    "pool": "shape.pool.pool",
    "profile": "counts.profile.profile",
    "race": "race.race",
    "race-check": "race_check.race_check",
    "race-front": "race_front.race_front",
    "races": "races.races",
    "recount": "counts.exact.recount",
    "recount-entered": "counts.entered.recount_entered",
    "seed-tables": "seeds.tables.seed_tables",
    "simulate": "simulation.simulate",
    "site": "site.build.site",
    "steps": "steps.steps",
    "superslab-table": "superslab.report.superslab",
    "table": "experiment.table",
    "threads": "threads.threads",
    "tree": "shape.tree.tree",
    "verdict": "instrument.verdict.verdict",
    "versions": "versions.versions",
    "ways": "instrument.ways.ways",
    "why": "why.why",
}


def function_of(command):
    module, _, name = COMMANDS[command].rpartition(".")
    return getattr(importlib.import_module(f"{__package__}.{module}"), name)


def arguments(function, words):
    """{parameter: value} from words NAME=value."""
    parameters, given = inspect.signature(function).parameters, {}
    for word in words:
        name, equals, text = word.partition("=")
        parameter = next((each for each in parameters if name in settings.names_of(each)), None)
        if not equals or not parameter:
            raise BadSetting(f"{word}: no such setting here; there are:"
                             f" {' '.join(map(settings.name_of, parameters)) or 'none'}")
        given[parameter] = settings.read_value(name, parameter, text)
    return given


def usage(command, function):
    first = inspect.getdoc(function) or ""
    taken = [f"{settings.name_of(name)}={settings.text_of(each.default)}"
             for name, each in inspect.signature(function).parameters.items()]
    return "\n".join([f"{command}: {first}", *(f"    {one}" for one in taken)])


def main(words):
    command, *rest = words or ["help"]
    if command not in COMMANDS:
        if command != "help":
            raise BadSetting(f"{command}: no such command; one of: {' '.join(COMMANDS)}")
        print(__doc__.strip(), "", "commands: " + " ".join(COMMANDS), sep="\n")
        return
    function = function_of(command)
    if rest == ["help"]:
        print(usage(command, function))
        return
    function(**arguments(function, rest))


if __name__ == "__main__":
    run_report(sys.argv[1] if len(sys.argv) > 1 else "lab", main, sys.argv[1:])
