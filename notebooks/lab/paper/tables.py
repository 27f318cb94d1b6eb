"""The paper's tables, each a function of the stored results.

A table is a lab.printing.Table: words to the left, figures to the right.  Where a table is that of a report
(lab.ladder, lab.factorial.report, ...) it is taken from there, so that the command below it prints the same figures.
"""
import itertools

from .. import allocators, fallbacks, hash_costs, ladder as findings
from ..audit import suspicions as audit_suspicions
from ..audit.counts import predict
from ..audit.evidence import Shape, counted, measured, places
from ..audit.rules import VERDICTS
from ..counts import attribution, exact
from ..counts.counting import CATEGORIES
from ..factorial import effects, report as factorial
from ..instrument import limits
from ..pairs import estimates, ratios
from ..printing import (Table, code, commit_of, count, digits, from_to, moment, percent_off, short_scale,
                        with_interval)
from ..results import CELL, NotMeasured
from ..shape.hashes import uniformity
from ..superslab import report as superslab
from ..superslab.configurations import CONFIGURATIONS, CONTROL, SHIPPED
from ..superslab.study import scaled, text_of
from .words import every_machine, minutes

TABLES = {}  # {name: function of Sources that gives a Table}


def table(function):
    TABLES[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


def need(rows, what):
    if not rows:
        raise NotMeasured(what)
    return rows


# ---- Where the results come from ----

@table
def runs(sources):
    every_machine(sources)
    rows = []
    for name, (about, found, _) in sources.experiments.items():
        rows.append([code(name), moment(about), code(commit_of(about)), about["machine"][:8],
                     minutes(about) if about["finished"] else about["status"],
                     str(found.groupby(CELL).ngroups), from_to(sources.processes_of(name))])
    return Table(["experiment", "started, UTC", "commit", "machine", "took", "cells", "processes a cell"], rows, 4)


# ---- The ladder ----

LADDER = ["outline", "phase1", "phase2", "phase2.5", "phase2.6", "phase3", "fix1", "fix2", "fix3", "fix4", "reference"]


def fix_table(sources, names, others):
    """That of the report, and how many instructions each takes."""
    found = findings.fix_table(sources.experiment(findings.NAME).runs, names, others)
    rows = [exact.of_cell(sources.instructions, name, "get") for name in names]
    return found.beside(len(found.header), "instructions a get",
                        ["-" if row is None else digits(row["instructions"]) for row in rows])


@table
def singles(sources):
    """The baseline with one change each, and the reference."""
    names = [name for name, _ in findings.ROWS if name not in LADDER]
    return fix_table(sources, ["outline", *names, "reference"], ["outline"])


@table
def ladder(sources):
    return fix_table(sources, LADDER, ["outline", "reference"])


@table
def suite(sources):
    """Ways to ask, of one and the same map: each over get, in the same block."""
    runs, ways, rows = sources.experiment("suite").runs, ["get_in_order", "get_chained"], []
    runs = runs[runs["pattern"] == "shuffled"]
    over = ratios(runs, "get", "op")
    times = estimates(runs[runs["op"] == "get"].set_index(["variant", "scale"])["ns_per_op"], ["variant", "scale"])
    trees = runs.drop_duplicates(["variant", "scale"]).set_index(["variant", "scale"])["tree"]
    for variant in ["outline", "phase3", "phase3-1M", "fix4", "reference"]:
        for scale in sorted(scale for name, scale in times.index if name == variant):
            rows.append([fallbacks.marked(code(variant), trees[variant, scale]), short_scale(scale),
                         with_interval(times[variant, scale]),
                         *(with_interval(over.get((op, "shuffled", scale, "u64", variant, "xxh3", "glibc")))
                           for op in ways)])
    return Table(["composition", "entries", "get, ns", *(f"{op} / get" for op in ways)],
                 need(rows, "looking up in several orders, in the experiment suite"), 2)


# ---- The factorial experiment ----

@table
def effects_(sources):
    found, fixes = factorial.effect_table(sources.factorial), effects.sorted_fixes(sources.factorial)
    changes = [factorial.CHANGES[fix] for fix in fixes] + ["the two together"] * (len(found.rows) - len(fixes))
    return found.beside(1, "what it changes", changes, words=1)


@table
def rungs(sources):
    return factorial.ladder_table(sources.factorial)


@table
def orders(sources):
    study, rows = sources.factorial, []
    for scale in study.scales:
        for what, order in effects.orders(study, scale).items():
            steps = effects.ladder(study, scale, order)
            rows.append([short_scale(scale), what, ", ".join(map(code, order)),
                         f"{100 * effects.mean_gap_left(steps):.0f} %"])
    return Table(["entries", "best for", "order", "gap left, mean of the rungs"], rows, 3)


@table
def checks(sources):
    return factorial.check_table(sources.factorial)


@table
def remainder(sources):
    study = sources.factorial
    found, _ = factorial.left_table(study, sources.instructions)
    best = {short_scale(scale): code(effects.best(study, scale)) for scale in study.scales}
    return found.beside(1, "best composition", [best[row[0]] for row in found.rows], words=1)


# ---- The refuted root cause ----

NODE_CELLS = [("outline", hash_name, pattern, 100000) for hash_name in
              ("xxh3", "wyhash", "murmur3", "siphash", "fnv1a")
              for pattern in ("sequential", "random")]
NODE_CELLS += [("outline", "xxh3", "sequential", scale) for scale in (1000, 10000, 1000000)]
NODE_CELLS += [("outline", "identity", "sequential", 100000)]
NODE_CELLS += [(name, "xxh3", "sequential", scale) for name in ("outline+lazy", "outline+pathcomp")
               for scale in (10000, 100000, 1000000)]
NODE_CELLS += [("reference", "xxh3", "sequential", 100000)]


@table
def nodes(sources):
    rows = []
    for composition, hash_name, pattern, scale in NODE_CELLS:
        tree = sources.tree(Shape(composition, pattern, scale, hash_name))
        if not tree:
            continue
        expected = predict(sources.model_of(composition), tree["entries"])
        test = uniformity(tree["inner_at_level"], expected)
        rows.append([code(composition), hash_name, pattern, short_scale(scale),
                     test.verdict, count(tree["inner_nodes"]), count(round(expected.inner_nodes)),
                     percent_off(tree["inner_nodes"], expected.inner_nodes),
                     digits(tree["inner_nodes"] / tree["entries"])])
    return Table(["composition", "hash", "keys", "entries", "hash could be uniform",
                  "inner nodes", "model", "off, %", "nodes/entry"],
                 need(rows, "the shapes of full maps (make audit-counts)"), 5)


@table
def instructions(sources):
    """Exact counts of a get at 100,000 entries."""
    wanted = ["outline", "outline+arena", "outline+pool+four", "outline+growpool+exact", "outline+sizes+tagged",
              "inline", "outline+prefetch", "outline+lazy", "outline+pathcomp", "phase3", "fix4", "reference"]
    rows = {name: row for name in wanted if (row := exact.of_cell(sources.instructions, name, "get")) is not None}
    columns = {"instructions": "instructions", "loads": "loads", "d1_misses": "L1 misses",
               "ll_misses": "last-level misses", "tlb1_misses": "address misses",
               "chain": "chain of loads", "lines": "cache lines", "pages": "pages"}
    found = [[code(name), *(digits(row[column]) if row.notna()[column] else "-" for column in columns)]
             for name, row in rows.items()]
    return Table(["composition", *columns.values()], need(found, "counts of a get (make recount)"),
                 1)


@table
def layouts(sources):
    """Counts of a get, and its time over the baseline's, in maps filled in two orders."""
    columns = {"lines": "cache lines", "pages": "pages", "ll_misses": "last-level misses",
               "prefetched_ll_misses": "with a prefetcher", "tlb1_misses": "address misses"}
    rows = []
    for pattern, name in itertools.product(["shuffled", "sequential"],
                                           ["outline", "outline+arena", "phase2.5", "phase3"]):
        counts = [digits(counted(sources, column, name, "get", 100000, pattern))
                  for column in columns]
        try:
            time = "1" if name == "outline" else with_interval(measured(
                sources, places("get", f"{name}/outline", pattern=pattern)))
        except NotMeasured:
            time = "-"
        rows.append([pattern, code(name), *counts, time])
    return Table(["filled", "composition", *columns.values(), "time / list"], rows, 2)


@table
def again(sources):
    """The same cells in every run that has them, on one machine."""
    def figure(name, where):
        try:
            return with_interval(measured(sources, where, name))
        except NotMeasured:
            return "-"
    names = [name for name in sources.experiments if name != "libhamt"]  # another program's
    rows = []
    for op, what, pattern, scale in itertools.product(
            ["put", "get"], ["outline", "reference/outline"], ["shuffled", "sequential"],
            ["10K", "100K"]):
        where = places(op, what, pattern=pattern, scale=scale)
        found = [figure(name, where) for name in names]
        if len(found) - found.count("-") > 1:
            rows.append([op, code(what), pattern, scale, *found])
    return Table(["operation", "ns, or ratio", "order", "entries", *map(code, names)],
                 need(rows, "a cell in two runs"), 4)


@table
def attributed(sources):
    """Where a put and a get spend instructions, and estimated cycles."""
    rows = []
    for op, composition in itertools.product(("put", "get"), attribution.SHOWN):
        found = attribution.of_cell(sources.attribution, composition, op)
        if len(found):
            rows.append([op, code(composition), *(f"{share.instructions:.0f} / {share.cycles:.0f}"
                                                  for share in attribution.shares(found).itertuples())])
    return Table(["operation", "composition", *CATEGORIES],
                 need(rows, "instructions by function (make recount)"), 2)


# ---- The seed documents ----

def figure_rows(comparisons, wanted):
    for comparison in comparisons:
        figure = comparison.figure
        if wanted(figure):
            here = code(figure.composition) + (f" ({comparison.fallback})" if comparison.fallback
                                               else "")
            yield [figure.document, figure.row, here, figure.as_written,
                   with_interval(comparison.our_ratio), with_interval(comparison.equal_terms),
                   comparison.verdict, comparison.equal_verdict]


@table
def gaps(sources):
    """The documents' ratios to libhamt: as they divide, and at equal scale, order and operation."""
    rows = list(figure_rows(sources.comparisons, lambda figure:
                            figure.metric == "ratio_to_libhamt" and figure.kind == "measured"
                            and figure.composition and figure.scale))
    return Table(["document", "row", "here", "documents", "ours, as they divide",
                  "ours, on equal terms", "it is", "on equal terms it is"],
                 need(rows, "the documents' ratios to libhamt"), 3)


@table
def claims(sources):
    """How the claims of each document came out."""
    rows = []
    for document, group in itertools.groupby(sources.claims, key=lambda claim: claim["document"]):
        verdicts = [sources.claim_outcomes[claim["id"]].verdict for claim in group]
        rows.append([document, str(len(verdicts)),
                     *(str(verdicts.count(verdict)) for verdict in VERDICTS)])
    if all(row[-1] == row[1] for row in rows):
        raise NotMeasured("any claim of the seed documents")
    return Table(["document", "claims", *VERDICTS], rows, 1)


@table
def suspicions(sources):
    rows = []
    for one, settled, bearing, told in sources.suspicions:
        if settled == audit_suspicions.OPEN:
            told = "Nothing that decides it was measured."
        rows.append([one["number"], one["suspected"], settled, told, ", ".join(bearing)])
    return Table(["", "suspected", "it is", "measured", "claims"], rows, 5)


@table
def pool(sources):
    """The small pool by scale, beside the large one and one that grows."""
    rows = []
    for composition, scale in itertools.product(["phase2", "phase2.5", "outline+arena+growpool+exact"],
                                                [1000, 10000, 100000]):
        tree = sources.tree(Shape(composition, "sequential", scale))
        if tree:
            slots = tree["pool"]
            rows.append([code(composition), short_scale(scale), count(slots["allocations"]),
                         f"{100 * slots['fallbacks'] / slots['allocations']:.1f} %",
                         count(slots["slots_capacity"]),
                         f"{100 * slots['slots_live'] / slots['slots_capacity']:.1f} %",
                         digits(slots["slots_used"] / tree["entries"])])
    return Table(["composition", "entries", "arrays", "fell back", "slots", "of them live",
                  "slots asked for, an entry"], need(rows, "the pools' counts"), 2)


# ---- libhamt ----

@table
def libhamt(sources):
    rows = []
    for scale in ("1K", "10K", "100K", "1M"):
        found = []
        for op in ("put", "get", "insert10"):
            found.append(with_interval(measured(
                sources, places(op, "reference/libhamt", scale=scale),
                "libhamt")))
        rows.append([scale, *found])
    return Table(["entries", "put", "get", "insert10"], rows, 1)


@table
def lost_keys(sources):
    rows = [[code(row["commit"]), row["hash"], count(int(row["keys"])), count(int(row["lost"]))]
            for row in sources.lost_keys]
    return Table(["libhamt at", "hash", "keys", "lost"], need(rows, "the keys that libhamt loses"),
                 2)


# ---- Allocators and hashes ----

def by_allocator(sources, op, column, **more):
    """The allocators, the system's first, and the lines of shuffled keys."""
    runs = sources.experiment(allocators.NAME).where(op=op, pattern="shuffled")
    system, others = allocators.system_of(runs)
    return [system, *others], [[code(variant), short_scale(scale), *map(with_interval, figures)]
                               for variant, scale, *figures in allocators.lines_of(runs, column, **more)]


@table
def allocators_(sources):
    rows = []
    for op in ("put", "get", "remove"):
        (system, *others), lines = by_allocator(sources, op, "ns_per_op", relative=True)
        rows += [[op, *line] for line in lines]
    return Table(["operation", "composition", "entries", f"{system}, ns", *others],
                 need(rows, "times under several allocators"), 3)


@table
def allocator_memory(sources):
    names, rows = by_allocator(sources, "put", "rss_per_entry")
    return Table(["composition", "entries", *names], need(rows, "resident memory under several allocators"), 2)


@table
def hash_costs_(sources):
    found = hash_costs.differences(sources.experiment(hash_costs.NAME).runs)
    names = list(dict.fromkeys(name for *_, by_hash in found for name in by_hash))
    rows = [[code(variant), short_scale(scale), op, *(with_interval(by_hash.get(name)) for name in names)]
            for variant, scale, op, _, by_hash in found]
    return Table(["composition", "entries", "operation", *names], need(rows, "times with several hashes"), 3)


# ---- The superslab ----

@table
def slabs(sources):
    study, rows = sources.slabs, []
    for name, settings in CONFIGURATIONS.items():
        if name == CONTROL or not study.figure(name):
            continue
        lcg, good, depends = superslab.dependence(study, name, SHIPPED)
        kernel = scaled(study.figure(f"kernel_share {name}"), 100)
        rows.append([code(name), settings, *map(text_of, (study.figure(name), lcg, kernel, good)), depends])
    return Table(["configuration", "settings", "Mop/s", f"x {SHIPPED}", "kernel, %",
                  f"good generator, x {SHIPPED}", "depends on the generator"],
                 need(rows, "the superslab's configurations"), 2)


@table
def slab_targets(sources):
    return superslab.target_table(sources.slabs)


# ---- The instrument and the machine's limits ----

@table
def gates(sources):
    rows = []
    for study, (origin, verdicts) in sources.instrument.items():
        for verdict in verdicts:
            if verdict.passed is not None:
                rows.append([study, verdict.text, "passed" if verdict.passed else "failed",
                             moment(origin)])
    return Table(["study", "what was found", "gate", "measured, UTC"], rows, 4)


@table
def floors(sources):
    """Each composition's get in terms of the machine's loads."""
    runs = sources.experiment(findings.NAME).runs
    found = sorted(limits.gets(sources.limits, runs, sources.instructions), key=lambda get: -get.measured_ns.median)
    _, trees = findings.of_maps(runs)
    rows = [[fallbacks.marked(code(get.variant), trees[get.variant]), limits.size_text(get.footprint),
             *("-" if number is None else digits(number) for number in (get.chain, get.misses)),
             *map(with_interval, (get.measured_ns, get.miss_ns, get.k, get.floor_ns, get.over))]
            for get in found]
    return Table(["composition", "map", "chain", "L1 misses", "get, ns", "m, ns", "k", "floor, ns", "x floor"],
                 need(rows, "look-ups whose maps have a known size"), 1)


# ---- The artifact appendix ----

# The same on every machine: no clock takes part.
COUNTED = {"tree_figure", "node_ratio", "nodes_by_model", "count_ratio", "keys_lost"}
FACTORIAL = {"largest_effect", "effect"}
STUDIES = {"instrument_gates": "instrument", "superslab_ratio": "superslab"}


def experiment_of(finding):
    """The experiment that a finding's evidence is in; none for a count or a study."""
    named = dict(word.split("=", 1) for word in finding["settings"].split()).get("in")
    return named or (effects.NAME if finding["test"] in FACTORIAL else None)


def time_and_machine(sources, finding):
    """How long the evidence took to measure, and where that was."""
    name = experiment_of(finding)
    if name in sources.experiments:
        about = sources.experiments[name].about
        return f"{minutes(about)} ({code(name)})", about["machine"][:8]
    if finding["test"] in COUNTED:
        return "counted, no clock", "any"
    if finding["test"] in STUDIES:
        return f"study {code(STUDIES[finding['test']])}", machines(sources)
    if finding["test"] == "one_machine":
        return "all experiments", machines(sources)
    return "-", "-"


def machines(sources):
    return ", ".join(row["id"][:8] for row in every_machine(sources))


@table
def artifact(sources):
    rows = []
    for finding in sources.findings:
        name = finding["id"]
        outcome = sources.finding_outcomes[name]
        rows.append([f'<a id="{name.lower()}"></a>{name}',
                     f"{finding['claim']}: {finding['expected']}",
                     code(finding["command"]), *time_and_machine(sources, finding),
                     outcome.measured, outcome.verdict])
    return Table(["", "claim", "command", "time", "machine", "measured", "outcome"], rows, 7)
