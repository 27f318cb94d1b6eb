"""Everything stored that the paper is built from, opened when it is first asked for: the evidence of the audit, and
what is made of it.

Times come from DIR/runs: DIR is results, or results/own for a reader's own run.  Counts depend on no machine, so they
always come from the committed results.
"""
import re
from functools import cached_property

from .. import races, threads, versions
from ..audit import findings, report, suspicions
from ..audit.evidence import Evidence
from ..counts import prediction
from ..factorial.families import TRIE, of_family
from ..frontier import evidence as frontier_evidence, pareto
from ..frontier.report import target_rows
from ..instrument import study, verdict
from ..results import RUN, NotMeasured, processes, read_rows
from ..seeds.comparison import compare_stored
from ..seeds.figures import by_id
from ..superslab.study import Study


class Sources(Evidence):
    def experiment(self, name):
        if name not in self.experiments:
            raise NotMeasured(f"the experiment {name}")
        return self.experiments[name]

    def processes_of(self, name):
        """(fewest, most) processes of a competitor in a cell."""
        found = self.experiment(name).runs.groupby([*RUN, "program", "parameters"]).size()
        return found.min(), found.max()

    def compilers(self):
        """What compiled our own maps: of experiments without libraries, which have flags of their own."""
        return sorted({one for found in self.experiments.values()
                       if not re.search("PEER_CAN|-isystem", found.about["compilers"])
                       for one in found.about["compilers"].split(",")})

    # ---- What the audit makes of it: outcomes by the id of a claim or finding ----

    claims = cached_property(lambda self: read_rows(report.CLAIMS))
    claim_outcomes = cached_property(lambda self: report.claim_outcomes(self.claims, self))
    suspicions = cached_property(lambda self: suspicions.report(self.claims, self.claim_outcomes, self))
    findings = cached_property(lambda self: read_rows(findings.FINDINGS))
    finding_outcomes = cached_property(lambda self: findings.finding_outcomes(self.findings, self))

    def factorial(self, family=TRIE.family):
        return findings.factorial_study(self.directory, of_family(family))

    # ---- Versions, threads, the frontier ----

    versions = cached_property(lambda self: versions.stored(self.directory))
    bucket_versions = cached_property(lambda self: versions.stored(self.directory, versions.BUCKET))
    shared = cached_property(lambda self: threads.read(processes(threads.NAME, self.directory)[1]))
    shares = cached_property(lambda self: threads.read(processes(threads.WRITES, self.directory)[1]))
    threads = cached_property(lambda self: threads.reached_by_ours(self.shared))
    frontier = cached_property(lambda self: frontier_evidence.studies(self.directory))
    fronts = cached_property(lambda self: pareto.panels_of(self.frontier))
    races = cached_property(lambda self: {
        name: races.again(path)[:2] for name, path in races.kept(self.directory).items()})
    targets = cached_property(lambda self: target_rows(self.frontier)[0])
    targets_elsewhere = cached_property(lambda self: [
        row for again in frontier_evidence.elsewhere(self.directory).values() for row in target_rows(again)[0]])

    # ---- The seed documents ----

    figures = cached_property(lambda self: by_id())

    @cached_property
    def comparisons(self):
        """[Comparison] of the documents' figures, as `make tables` prints them."""
        compared = compare_stored(list(self.figures.values()), self.directory, self.counted)
        return [comparison for _, group in compared for comparison in group]

    # ---- Studies ----

    @cached_property
    def instrument(self):
        """{study: (its origin, verdicts)}"""
        judged = {name: (about, verdicts) for name, about, verdicts in verdict.judge(self.directory)}
        if not judged:
            raise NotMeasured("the studies of the instrument")
        return judged

    limits = cached_property(lambda self: study.read("limits", self.directory)[1])
    prediction = cached_property(lambda self: prediction.verdict(self.directory))
    slabs = cached_property(lambda self: Study.stored(self.directory))
