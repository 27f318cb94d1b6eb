"""The paper's tables, each a function of the stored results.

A table is a header and rows of text; the first columns are words, the rest figures.  Where a table
is that of a report (lab.ladder, lab.factorial.report, ...) it takes that report's data,
so that the command below it prints the same figures.
"""
import itertools
from typing import NamedTuple

from .. import allocators, fallbacks, hash_costs, ladder as findings
from ..audit import evidence as paper_places, suspicions as audit_suspicions
from ..audit.counts import predict
from ..audit.evidence import Shape, counted
from ..audit.rules import VERDICTS
from ..printing import count, digits, percent_off, short_scale, with_interval
from ..counts import attribution, exact
from ..counts.counting import CATEGORIES
from ..factorial import design, effects, report as factorial
from ..instrument import limits
from ..pairs import estimates, ratios
from ..results import CELL, NotMeasured, exported
from ..shape.hashes import uniformity
from ..superslab import report as superslab
from ..superslab.configurations import CONFIGURATIONS, CONTROL, SHIPPED
from ..superslab.study import scaled
from .words import commit_of, every_machine, minutes

TABLES = {}  # {name: function of Sources that gives a Table}


class Table(NamedTuple):
    header: list
    rows: list
    words: int  # columns of text

    def markdown(self):
        rule = ["---"] * self.words + ["---:"] * (len(self.header) - self.words)
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
                         for line in [self.header, rule, *self.rows])


def table(function):
    TABLES[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


def need(rows, what):
    if not rows:
        raise NotMeasured(what)
    return rows


def code(name):
    return f"`{name}`"


# ---- Where the results come from ----

@table
def runs(sources):
    every_machine(sources)
    rows = []
    for name in sources.evidence.experiments:
        about, (low, high) = sources.experiment(name), sources.processes(name)
        rows.append([code(name), about["started"][:16].replace("T", " "), code(commit_of(about)),
                     about["machine"][:8],
                     minutes(about) if about["finished"] else about["status"],
                     str(sources.runs(name).groupby(CELL).ngroups),
                     str(low) if low == high else f"{low} to {high}"])
    return Table(["experiment", "started, UTC", "commit", "machine", "took", "cells",
                  "processes a cell"], rows, 4)


# ---- The ladder ----

DESCRIBED = dict(findings.ROWS)
LADDER = ["outline", "phase1", "phase2", "phase2.5", "phase2.6", "phase3", "fix1", "fix2", "fix3",
          "fix4", "reference"]
EXTRA = {"phase1": "seeds: nodes from an arena, children in exact arrays"}


def of_variants(sources, name):
    """{variant: what one of its processes that put is like}: its tree, and the median of its bytes an entry."""
    runs = sources.runs(name)
    puts = runs[runs["op"] == "put"].groupby("variant")
    return {variant: group.iloc[0].to_dict() | {"bytes_per_entry": group["bytes_per_entry"].median()}
            for variant, group in puts}


def fix_rows(sources, names, others):
    runs, known = sources.runs(findings.NAME), of_variants(sources, findings.NAME)
    over = {other: ratios(runs, other, who=["op", "variant"]) for other in others}
    for name in names:
        if name not in known:
            raise NotMeasured(f"{name} in the experiment {findings.NAME}")
        row = exact.of_cell(sources.counts, name, "get")
        yield [fallbacks.marked(code(name), known[name]["tree"]),
               EXTRA.get(name) or DESCRIBED[name],
               *("1" if name == other else with_interval(over[other][op, name])
                 for other in others for op in ("put", "get")),
               digits(known[name]["bytes_per_entry"]),
               "-" if row is None else digits(row["instructions"])]


def fix_table(sources, names, others):
    header = ["variant", "what it changes", *(f"{op} / {other}" for other in others
                                              for op in ("put", "get")),
              "bytes/entry", "instructions a get"]
    return Table(header, list(fix_rows(sources, names, others)), 2)


@table
def singles(sources):
    """The baseline with one change each, and the reference."""
    names = [name for name, _ in findings.ROWS if name not in LADDER] + ["reference"]
    return fix_table(sources, ["outline", *names], ["outline"])


@table
def ladder(sources):
    return fix_table(sources, LADDER, ["outline", "reference"])


@table
def suite(sources):
    """Ways to ask, of one and the same map: each over get, in the same block."""
    runs, ways, rows = sources.runs("suite"), ["get_in_order", "get_chained"], []
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
    study = sources.factorial
    columns = effects.responses(study)
    change = {factor.fix: factor.change for factor in design.FACTORS}

    def figures(term):
        for response in columns:
            effect = response.fit.effects[term]
            yield factorial.shown(effect) + ("*" if effect.p is not None and effect.stands else "")
    rows = [[code(fix), change[fix], *figures((fix,))] for fix in effects.sorted_fixes(study)]
    rows += [[" x ".join(map(code, pair)), "the two together", *figures(pair)]
             for pair in effects.standing_pairs(study)]
    return Table(["fix", "what it changes", *(column.label for column in columns)], rows, 2)


@table
def rungs(sources):
    study, rows = sources.factorial, []
    for scale in study.scales:
        order = effects.orders(study, scale)["put and get"]
        for rung in effects.ladder(study, scale, order):
            figures = [text for op in effects.OPS for text in (
                factorial.shown(rung.predicted[op]), with_interval(rung.measured.get(op)))]
            memory = (f"~{digits(rung.bytes.value)}" if rung.bytes_measured is None
                      else digits(rung.bytes_measured))
            rows.append([short_scale(scale), ("" if rung.added == design.BASELINE else "+ ")
                         + code(rung.added), *figures, memory, f"{100 * rung.gap_left:.0f} %"])
    return Table(["entries", "rung", *(f"{op}, {how}" for op in effects.OPS
                                       for how in ("predicted", "measured")),
                  "bytes/entry", "gap left"], rows, 2)


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
    """What the model was not told: measured over predicted."""
    study = sources.factorial
    columns = effects.responses(study)
    found = {(check.variant, check.what, check.scale): check for check in effects.checks(study)}

    def cell(variant, column):
        check = found.get((variant, column.what, column.scale))
        return "-" if check is None else digits(check.ratio) + ("" if check.inside else "!")
    variants = list(dict.fromkeys(variant for variant, *_ in found))
    rows = [[code(variant), *(cell(variant, column) for column in columns)]
            for variant in variants]
    rows.append(["interval", *(factorial.widest(found.values(), column) for column in columns)])
    return Table(["composition", *(column.label for column in columns)], rows, 1)


@table
def remainder(sources):
    """What is left to the reference, in times, memory and counts."""
    study, rows = sources.factorial, []
    for scale in study.scales:
        counted, _ = effects.left_in_counts(study, scale, sources.counts)
        for one in [*effects.left(study, scale), *counted]:
            rows.append([short_scale(scale), code(effects.best(study, scale)), one.what,
                         digits(one.best), digits(one.reference), factorial.shown(one.ratio)])
    return Table(["entries", "best composition", "an operation", "best", "reference", "ratio"],
                 rows, 3)


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
        tree = sources.evidence.tree(Shape(composition, pattern, scale, hash_name))
        if not tree:
            continue
        expected = predict(sources.evidence.model_of(composition), tree["entries"])
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
    wanted = ["outline", "outline+arena", "outline+pool+four", "outline+growpool+exact", "outline+sizes+tagged", "inline",
              "outline+prefetch", "outline+lazy", "outline+pathcomp", "phase3", "fix4", "reference"]
    rows = {name: row for name in wanted if (row := exact.of_cell(sources.counts, name, "get")) is not None}
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
        counts = [digits(counted(sources.evidence, column, name, "get", 100000, pattern))
                  for column in columns]
        try:
            time = "1" if name == "outline" else with_interval(paper_places.measured(
                sources.evidence, paper_places.places("get", f"{name}/outline", pattern=pattern)))
        except NotMeasured:
            time = "-"
        rows.append([pattern, code(name), *counts, time])
    return Table(["filled", "composition", *columns.values(), "time / list"], rows, 2)


@table
def again(sources):
    """The same cells in every run that has them, on one machine."""
    def figure(name, where):
        try:
            return with_interval(paper_places.measured(sources.evidence, where, name))
        except NotMeasured:
            return "-"
    names = [name for name in sources.evidence.experiments if name != "libhamt"]  # another program's
    rows = []
    for op, what, pattern, scale in itertools.product(
            ["put", "get"], ["outline", "reference/outline"], ["shuffled", "sequential"],
            ["10K", "100K"]):
        where = paper_places.places(op, what, pattern=pattern, scale=scale)
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
        tree = sources.evidence.tree(Shape(composition, "sequential", scale))
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
            found.append(with_interval(paper_places.measured(
                sources.evidence, paper_places.places(op, "reference/libhamt", scale=scale),
                "libhamt")))
        rows.append([scale, *found])
    return Table(["entries", "put", "get", "insert10"], rows, 1)


@table
def lost_keys(sources):
    rows = [[code(row["commit"]), row["hash"], count(int(row["keys"])), count(int(row["lost"]))]
            for row in sources.evidence.lost_keys]
    return Table(["libhamt at", "hash", "keys", "lost"], need(rows, "the keys that libhamt loses"),
                 2)


# ---- Allocators and hashes ----

def of_allocators(sources, op, column, **more):
    """The allocators, the system's first, and the lines of shuffled keys."""
    runs = exported(allocators.NAME, sources.directory).where(op=op, pattern="shuffled")
    system, others = allocators.system_of(runs)
    return [system, *others], [[code(variant), short_scale(scale), *map(with_interval, figures)]
                               for variant, scale, *figures in allocators.lines_of(runs, column, **more)]


@table
def allocators_(sources):
    sources.experiment(allocators.NAME)
    rows = []
    for op in ("put", "get", "remove"):
        (system, *others), lines = of_allocators(sources, op, "ns_per_op", relative=True)
        rows += [[op, *line] for line in lines]
    return Table(["operation", "composition", "entries", f"{system}, ns", *others],
                 need(rows, "times under several allocators"), 3)


@table
def allocator_memory(sources):
    sources.experiment(allocators.NAME)
    names, rows = of_allocators(sources, "put", "rss_per_entry")
    return Table(["composition", "entries", *names], need(rows, "resident memory under several allocators"), 2)


@table
def hash_costs_(sources):
    sources.experiment(hash_costs.NAME)
    found = hash_costs.differences(exported(hash_costs.NAME, sources.directory).runs)
    names = list(dict.fromkeys(name for *_, by_hash in found for name in by_hash))
    rows = [[code(variant), short_scale(scale), op,
             *(with_interval(by_hash.get(name)) for name in names)]
            for variant, scale, op, _, by_hash in found]
    return Table(["composition", "entries", "operation", *names],
                 need(rows, "times with several hashes"), 3)


# ---- The superslab ----

@table
def slabs(sources):
    study, rows = sources.superslab, []
    for name, settings in CONFIGURATIONS.items():
        if name == CONTROL or not study.value(name, "mops"):
            continue
        lcg, good, depends = superslab.dependence(study, name, SHIPPED)
        rows.append([code(name), settings, superslab.text_of(study.value(name, "mops")),
                     superslab.text_of(lcg),
                     superslab.text_of(scaled(study.value(name, "kernel_share"), 100)),
                     superslab.text_of(good), depends])
    return Table(["configuration", "settings", "Mop/s", f"x {SHIPPED}", "kernel, %",
                  f"good generator, x {SHIPPED}", "depends on the generator"],
                 need(rows, "the superslab's configurations"), 2)


@table
def slab_targets(sources):
    rows = [[target.what, str(target.load), superslab.verdict_of(target),
             f"{'at least' if target.at_least else 'at most'} {target.bound}",
             superslab.text_of(target.ours)] for target in superslab.targets_of(sources.superslab)]
    return Table(["what", "load", "verdict", "wanted", "ours"], rows, 3)


# ---- The instrument and the machine's limits ----

@table
def gates(sources):
    rows = []
    for study, (origin, verdicts) in sources.instrument.items():
        for verdict in verdicts:
            if verdict.passed is not None:
                rows.append([study, verdict.text, "passed" if verdict.passed else "failed",
                             origin["started"][:16].replace("T", " ")])
    return Table(["study", "what was found", "gate", "measured, UTC"], rows, 4)


@table
def floors(sources):
    """Each composition's get in terms of the machine's loads."""
    found = sorted(limits.gets(sources.limits, sources.runs(findings.NAME), sources.counts),
                   key=lambda get: -get.measured_ns.median)
    known = of_variants(sources, findings.NAME)
    rows = [[fallbacks.marked(code(get.variant), known[get.variant]["tree"]),
             limits.size_text(get.footprint),
             "-" if get.chain is None else digits(get.chain),
             "-" if get.misses is None else digits(get.misses),
             *map(with_interval, (get.measured_ns, get.miss_ns, get.k, get.floor_ns, get.over))]
            for get in found]
    return Table(["composition", "map", "chain", "L1 misses", "get, ns", "m, ns", "k", "floor, ns",
                  "x floor"], need(rows, "look-ups whose maps have a known size"), 1)


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
    if name in sources.evidence.experiments:
        about = sources.experiment(name)
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
