"""The paper's tables: each public method of Tables is one, of the stored results, and each of OF_REPORTS.

A table is a lab.printing.Table: words to the left, figures to the right.  Where a table is that of a report
(lab.ladder, lab.factorial.report, ...) it is taken from there, so that the command below it prints the same figures.
"""
import functools
import itertools

from .. import allocators, fallbacks, hash_costs, ladder as findings, threads, versions
from ..audit import suspicions as audit_suspicions
from ..audit.cells import settings
from ..audit.evidence import Shape, counted, measured, places
from ..audit.rules import VERDICTS
from ..counts import attribution, exact
from ..counts.counting import CATEGORIES
from ..factorial import effects, report as factorial
from ..factorial.families import BUCKET, TRIE
from ..frontier import report as frontier
from ..instrument import aims, limits
from ..pairs import estimates, ratios
from ..printing import (Table, code, commit_of, count, digits, from_to, moment, percent_off, short_scale, with_interval)
from ..results import CELL, NotMeasured
from ..shape.hashes import uniformity
from ..shape.tree import expectation
from ..superslab import report as superslab
from ..superslab.configurations import CONFIGURATIONS, CONTROL, SHIPPED
from ..superslab.study import scaled, text_of
from .words import duration, every_machine, public

LADDER = ["outline", "phase1", "phase2", "phase2.5", "phase2.6", "phase3", "fix1", "fix2", "fix3", "fix4", "reference"]
# Compositions, hashes, patterns and scales whose nodes are told, each with each other.
NODE_CELLS = [(["outline"], ["xxh3", "wyhash", "murmur3", "siphash", "fnv1a"], ["sequential", "random"], [100000]),
              (["outline"], ["xxh3"], ["sequential"], [1000, 10000, 1000000]),
              (["outline"], ["identity"], ["sequential"], [100000]),
              (["outline+lazy", "outline+pathcomp"], ["xxh3"], ["sequential"], [10000, 100000, 1000000]),
              (["reference"], ["xxh3"], ["sequential"], [100000])]
# From the bucket trie's baseline to what is fastest, smallest, and the reference and a table beside them.
WAY = ["bucket", "directory", "tags+directory", "tags+directory+lines", "granules+steps+tags+directory+lines",
       "granules+steps+vector+directory+lines", "champion", "compact", "reference", "boost"]
# Where the evidence of a finding is: by its test, if its settings name no experiment.
COUNTED = {"tree_figure", "node_ratio", "nodes_by_model", "count_ratio", "keys_lost"}  # no clock takes part
FACTORIAL = {"largest_effect", "effect"}
STUDIES = {"instrument_gates": "study `instrument`", "superslab_ratio": "study `superslab`",
           "one_machine": "all experiments"}


def table(header, rows, words, what):
    """The Table of these rows; `what` was not measured if there is none."""
    rows = list(rows)
    if not rows:
        raise NotMeasured(what)
    return Table(header, rows, words)


def or_dash(function, *arguments):
    """A figure with its interval, if it was measured."""
    try:
        return with_interval(function(*arguments))
    except NotMeasured:
        return "-"


def counts_of_gets(sources, names, columns):
    """{composition: its counts of a get at 100,000 entries, as texts} of those that were counted."""
    rows = {name: exact.of_cell(sources.instructions, name, "get") for name in names}
    return {name: list(map(digits, row[[*columns]])) for name, row in rows.items() if row is not None}


# ---- Those that are a report's ----

def effect_table(sources, family=TRIE.family):
    study = sources.factorial(family)
    found, fixes = factorial.effect_table(study), effects.sorted_fixes(study)
    changes = [study.factorial.changes[fix] for fix in fixes] + ["the two together"] * (len(found.rows) - len(fixes))
    return found.beside(1, "what it changes", changes, words=1)


def order_table(sources, family=TRIE.family):
    study = sources.factorial(family)
    return Table(["entries", "best for", "order", "gap left, mean of the rungs"], [
        [short_scale(scale), what, ", ".join(map(code, order)),
         f"{100 * effects.mean_gap_left(effects.ladder(study, scale, order)):.0f} %"]
        for scale in study.scales for what, order in effects.orders(study, scale).items()], 3)


OF_REPORTS = {  # of the sources
    "effects": effect_table, "bucket-effects": functools.partial(effect_table, family=BUCKET.family),
    "orders": order_table, "bucket-orders": functools.partial(order_table, family=BUCKET.family),
    "rungs": lambda sources: factorial.ladder_table(sources.factorial()),
    "bucket-rungs": lambda sources: factorial.ladder_table(sources.factorial(BUCKET.family)),
    "checks": lambda sources: factorial.check_table(sources.factorial()),
    "beyond": lambda sources: factorial.beyond_table(sources.factorial(BUCKET.family)),
    "targets": lambda sources: Table(frontier.TARGET_HEADER, sources.targets, 2),
    "targets-elsewhere": lambda sources: Table(frontier.TARGET_HEADER, sources.targets_elsewhere, 2),
    "aims": lambda sources: aims.table(sources.directory),
    "version-targets": lambda sources: versions.nearest_table(versions.reached_by_sharing(sources.versions)),
    "version-targets-bucket": lambda sources: versions.nearest_table(
        versions.reached_by_sharing(sources.bucket_versions)),
    "version-costs": lambda sources: versions.cost_table(sources.versions),
    "thread-targets": lambda sources: threads.target_table(sources.threads),
    "slab-targets": lambda sources: superslab.target_table(sources.slabs)}


def tables_of(sources):
    """{name: a function that makes the table} of all of them."""
    return ({name: functools.partial(make, sources) for name, make in OF_REPORTS.items()}
            | {name.replace("_", "-"): make for name, make in public(Tables(sources)).items()})


class Tables:
    def __init__(self, sources):
        self.sources = sources

    # ---- Where the results come from ----

    def runs(self):
        every_machine(self.sources)
        return Table(["experiment", "started, UTC", "commit", "machine", "took", "cells", "processes a cell"], [
            [code(name), moment(about), code(commit_of(about)), about["machine"][:8],
             duration(about) if about["finished"] else about["status"], str(found.groupby(CELL).ngroups),
             from_to(self.sources.processes_of(name))]
            for name, (about, found, _) in self.sources.experiments.items()], 4)

    def again(self):
        """The same cells in every run that has them, on one machine."""
        names = [name for name in self.sources.experiments if name != "libhamt"]  # another program's
        rows = []
        for op, what, pattern, scale in itertools.product(
                ["put", "get"], ["outline", "reference/outline"], ["shuffled", "sequential"], ["10K", "100K"]):
            where = places(op, what, pattern=pattern, scale=scale)
            found = [or_dash(measured, self.sources, where, name) for name in names]
            if len(found) - found.count("-") > 1:
                rows.append([op, code(what), pattern, scale, *found])
        having = [at for at in range(4 + len(names)) if at < 4 or any(row[at] != "-" for row in rows)]
        header = ["operation", "ns, or ratio", "order", "entries", *map(code, names)]
        return table([header[at] for at in having], [[row[at] for at in having] for row in rows], 4,
                     "a cell in two runs")

    # ---- The ladder ----

    def _fixes(self, names, others):
        """That of the report, and how many instructions each takes."""
        found = findings.fix_table(self.sources.experiment(findings.NAME).runs, names, others)
        rows = [exact.of_cell(self.sources.instructions, name, "get") for name in names]
        return found.beside(len(found.header), "instructions a get",
                            ["-" if row is None else digits(row["instructions"]) for row in rows])

    def singles(self):
        """The baseline with one change each, and the reference."""
        names = [name for name, _ in findings.ROWS if name not in LADDER]
        return self._fixes(["outline", *names, "reference"], ["outline"])

    def ladder(self):
        return self._fixes(LADDER, ["outline", "reference"])

    def suite(self):
        """Ways to ask, of one and the same map: each over get, in the same block."""
        ways, where, rows = ["get_in_order", "get_chained"], ["variant", "scale"], []
        runs = self.sources.experiment("suite").where(pattern="shuffled")
        over = ratios(runs, "get", "op", who=["op", *where])
        times = estimates(runs[runs["op"] == "get"].set_index(where)["ns_per_op"], where)
        trees = runs.drop_duplicates(where).set_index(where)["tree"]
        for variant in ["outline", "phase3", "phase3-1M", "fix4", "reference"]:
            for scale in sorted(scale for name, scale in times.index if name == variant):
                rows.append([fallbacks.marked(code(variant), trees[variant, scale]), short_scale(scale),
                             *map(with_interval, [times[variant, scale],
                                                  *(over.get((op, variant, scale)) for op in ways)])])
        return table(["composition", "entries", "get, ns", *(f"{op} / get" for op in ways)], rows, 2,
                     "looking up in several orders, in the experiment suite")

    def remainder(self):
        """What is left of the gap after all fixes."""
        study = self.sources.factorial()
        found, _ = factorial.left_table(study, self.sources.instructions)
        best = {short_scale(scale): code(effects.best(study, scale)) for scale in study.scales}
        return found.beside(1, "best composition", [best[row[0]] for row in found.rows], words=1)

    def ways(self):
        """Exact counts of a get on the way from the baseline to what is fastest, beside its time over boost's."""
        columns = {"instructions": "instructions", "mispredictions": "wrong branches", "d1_misses": "L1 misses",
                   "chain": "chain of loads", "lines": "cache lines", "pages": "pages"}
        return table(["composition", *columns.values(), f"time / {BUCKET.against}"], [
            [code(name), *texts,
             or_dash(measured, self.sources, places("get", f"{name}/{BUCKET.against}"), BUCKET.name)]
            for name, texts in counts_of_gets(self.sources, WAY, columns).items()], 1,
                     "counts of a bucket trie's get (make recount)")

    # ---- The refuted root cause ----

    def nodes(self):
        rows = []
        for cell in itertools.chain(*(itertools.product(*grid) for grid in NODE_CELLS)):
            composition, hash_name, pattern, scale = cell
            tree = self.sources.tree(Shape(composition, pattern, scale, hash_name))
            if tree:
                expected, inner = expectation(composition, tree["entries"]), tree["inner_nodes"]
                rows.append([code(composition), hash_name, pattern, short_scale(scale),
                             uniformity(tree["inner_at_level"], expected).verdict, count(inner),
                             count(round(expected.inner_nodes)), percent_off(inner, expected.inner_nodes),
                             digits(inner / tree["entries"])])
        return table(["composition", "hash", "keys", "entries", "hash could be uniform", "inner nodes", "model",
                      "off, %", "nodes/entry"], rows, 5, "the shapes of full maps (make audit-counts)")

    def pool(self):
        """The small pool by scale, beside the large one and one that grows."""
        rows = []
        for composition, scale in itertools.product(["phase2", "phase2.5", "outline+arena+growpool+exact"],
                                                    [1000, 10000, 100000]):
            tree = self.sources.tree(Shape(composition, "sequential", scale))
            if tree:
                slots = tree["pool"]
                rows.append([code(composition), short_scale(scale), count(slots["allocations"]),
                             f"{100 * slots['fallbacks'] / slots['allocations']:.1f} %",
                             count(slots["slots_capacity"]),
                             f"{100 * slots['slots_live'] / slots['slots_capacity']:.1f} %",
                             digits(slots["slots_used"] / tree["entries"])])
        return table(["composition", "entries", "arrays", "fell back", "slots", "of them live",
                      "slots asked for, an entry"], rows, 2, "the pools' counts")

    # ---- Counts ----

    def instructions(self):
        """Exact counts of a get at 100,000 entries."""
        wanted = ["outline", "outline+arena", "outline+pool+four", "outline+growpool+exact", "outline+sizes+tagged",
                  "inline", "outline+prefetch", "outline+lazy", "outline+pathcomp", "phase3", "fix4", "reference"]
        columns = {"instructions": "instructions", "loads": "loads", "d1_misses": "L1 misses",
                   "ll_misses": "last-level misses", "tlb1_misses": "address misses",
                   "chain": "chain of loads", "lines": "cache lines", "pages": "pages"}
        return table(["composition", *columns.values()], [
            [code(name), *texts] for name, texts in counts_of_gets(self.sources, wanted, columns).items()], 1,
                     "counts of a get (make recount)")

    def layouts(self):
        """Counts of a get, and its time over the baseline's, in maps filled in two orders."""
        columns = {"lines": "cache lines", "pages": "pages", "ll_misses": "last-level misses",
                   "prefetched_ll_misses": "with a prefetcher", "tlb1_misses": "address misses"}
        rows = []
        for pattern, name in itertools.product(["shuffled", "sequential"],
                                               ["outline", "outline+arena", "phase2.5", "phase3"]):
            where = places("get", f"{name}/outline", pattern=pattern)
            rows.append([pattern, code(name),
                         *(digits(counted(self.sources, column, name, "get", 100000, pattern)) for column in columns),
                         "1" if name == "outline" else or_dash(measured, self.sources, where)])
        return Table(["filled", "composition", *columns.values(), "time / outline"], rows, 2)

    def attributed(self):
        """Where a put and a get spend instructions, and estimated cycles."""
        found = {(op, name): attribution.of_cell(self.sources.attribution, name, op)
                 for op, name in itertools.product(("put", "get"), attribution.SHOWN)}
        return table(["operation", "composition", *CATEGORIES], [
            [op, code(name), *(f"{share.instructions:.0f} / {share.cycles:.0f}"
                               for share in attribution.shares(rows).itertuples())]
            for (op, name), rows in found.items() if len(rows)], 2, "instructions by function (make recount)")

    def floors(self):
        """Each composition's get in terms of the machine's loads."""
        runs = self.sources.experiment(findings.NAME).runs
        found = limits.gets(self.sources.limits, runs, self.sources.instructions)
        _, trees = findings.of_maps(runs)
        return table(["composition", "map", "chain", "L1 misses", "get, ns", "m, ns", "k", "floor, ns", "x floor"], [
            [fallbacks.marked(code(get.variant), trees[get.variant]), *get.texts]
            for get in sorted(found, key=lambda get: -get.measured_ns.median)], 1,
                     "look-ups whose maps have a known size")

    # ---- The seed documents ----

    def gaps(self):
        """The documents' ratios to libhamt: as they divide, and at equal scale, order and operation."""
        return table(["document", "row", "here", "documents", "ours, as they divide", "ours, on equal terms", "it is",
                      "on equal terms it is"], [
            [figure.document, figure.row, code(figure.composition) + (f" ({one.fallback})" if one.fallback else ""),
             figure.as_written, with_interval(one.our_ratio), with_interval(one.equal_terms), one.verdict,
             one.equal_verdict]
            for one in self.sources.comparisons for figure in [one.figure] if figure.composition and figure.scale
            and (figure.metric, figure.kind) == ("ratio_to_libhamt", "measured")],
                     3, "the documents' ratios to libhamt")

    def claims(self):
        """How the claims of each document came out."""
        rows = []
        for document, group in itertools.groupby(self.sources.claims, key=lambda claim: claim["document"]):
            verdicts = [self.sources.claim_outcomes[claim["id"]].verdict for claim in group]
            rows.append([document, str(len(verdicts)), *(str(verdicts.count(verdict)) for verdict in VERDICTS)])
        if all(row[-1] == row[1] for row in rows):
            raise NotMeasured("any claim of the seed documents")
        return Table(["document", "claims", *VERDICTS], rows, 1)

    def suspicions(self):
        return Table(["", "suspected", "it is", "measured", "claims"], [
            [one["number"], one["suspected"], settled,
             "Nothing that decides it was measured." if settled == audit_suspicions.OPEN else told, ", ".join(bearing)]
            for one, settled, bearing, told in self.sources.suspicions], 5)

    # ---- libhamt ----

    def libhamt(self):
        return Table(["entries", "put", "get", "insert10"], [
            [scale, *(with_interval(measured(self.sources, places(op, "reference/libhamt", scale=scale), "libhamt"))
                      for op in ("put", "get", "insert10"))] for scale in ("1K", "10K", "100K", "1M")], 1)

    def lost_keys(self):
        return table(["libhamt at", "hash", "keys", "lost"], [
            [code(row["commit"]), row["hash"], count(int(row["keys"])), count(int(row["lost"]))]
            for row in self.sources.lost_keys], 2, "the keys that libhamt loses")

    # ---- Allocators and hashes ----

    def _by_allocator(self, op, column, **more):
        """The allocators, the system's first, and the lines of shuffled keys."""
        runs = self.sources.experiment(allocators.NAME).where(op=op, pattern="shuffled")
        system, others = allocators.system_of(runs)
        return [system, *others], [[code(variant), short_scale(scale), *map(with_interval, figures)]
                                   for variant, scale, *figures in allocators.lines_of(runs, column, **more)]

    def allocators(self):
        found = {op: self._by_allocator(op, "ns_per_op", relative=True) for op in ("put", "get", "remove")}
        (system, *others), _ = found["remove"]
        return table(["operation", "composition", "entries", f"{system}, ns", *others],
                     [[op, *line] for op, (_, lines) in found.items() for line in lines], 3,
                     "times under several allocators")

    def allocator_memory(self):
        names, rows = self._by_allocator("put", "rss_per_entry")
        return table(["composition", "entries", *names], rows, 2, "resident memory under several allocators")

    def hash_costs(self):
        found = hash_costs.differences(self.sources.experiment(hash_costs.NAME).runs)
        names = list(dict.fromkeys(name for *_, by_hash in found for name in by_hash))
        return table(["composition", "entries", "operation", *names], [
            [code(variant), short_scale(scale), op, *(with_interval(by_hash.get(name)) for name in names)]
            for variant, scale, op, _, by_hash in found], 3, "times with several hashes")

    # ---- The superslab ----

    def slabs(self):
        study, rows = self.sources.slabs, []
        for name, what in CONFIGURATIONS.items():
            if name != CONTROL and study.figure(name):
                lcg, good, depends = superslab.dependence(study, name, SHIPPED)
                kernel = scaled(study.figure(f"kernel_share {name}"), 100)
                rows.append([code(name), what, *map(text_of, (study.figure(name), lcg, kernel, good)), depends])
        return table(["configuration", "settings", "Mop/s", f"x {SHIPPED}", "kernel, %",
                      f"good generator, x {SHIPPED}", "depends on the generator"], rows, 2,
                     "the superslab's configurations")

    # ---- The instrument, and the artifact appendix ----

    def gates(self):
        return table(["study", "what was found", "gate", "measured, UTC"], [
            [study, verdict.text, "passed" if verdict.passed else "failed", moment(origin)]
            for study, (origin, verdicts) in self.sources.instrument.items()
            for verdict in verdicts if verdict.passed is not None], 4, "the gates of the instrument")

    def _time_and_machine(self, finding):
        """How long a finding's evidence took to measure, and where that was."""
        test = finding["test"]
        name = settings(finding).get("in") or (TRIE.name if test in FACTORIAL else None)
        if name in self.sources.experiments:
            about = self.sources.experiments[name].about
            return f"{duration(about)} ({code(name)})", about["machine"][:8]
        if test in COUNTED:
            return "counted, no clock", "any"
        if test in STUDIES:
            return STUDIES[test], ", ".join(row["id"][:8] for row in every_machine(self.sources))
        return "-", "-"

    def artifact(self):
        outcomes = self.sources.finding_outcomes
        return Table(["", "claim", "command", "time", "machine", "measured", "outcome"], [
            [f'<a id="{name.lower()}"></a>{name}', f"{finding['claim']}: {finding['expected']}",
             code(finding["command"]), *self._time_and_machine(finding), outcomes[name].measured,
             outcomes[name].verdict]
            for finding in self.sources.findings for name in [finding["id"]]], 7)
