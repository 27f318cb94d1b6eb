"""Everything stored that the paper is built from, opened when it is first asked for.

Times come from DIR/runs, and what else depends on the machine from DIR/instrument and
DIR/superslab: DIR is results, or results/own for a reader's own run.  Counts depend on no machine,
so they always come from the committed results.
"""
import functools
import pathlib

from .. import store
from ..audit import (findings as audit_findings, report as audit,
                     suspicions as audit_suspicions)
from ..audit.evidence import Evidence
from ..counts import attribution, exact
from ..instrument import study as instrument_study, verdict as instrument
from ..results import RESULTS, RUN, NotMeasured, read_rows
from ..seeds.comparison import compare_stored
from ..seeds.figures import read_figures
from ..superslab import study as superslab_study

class Sources:
    def __init__(self, directory=RESULTS, counted=RESULTS):
        self.directory, self.counted = pathlib.Path(directory), pathlib.Path(counted)
        self.evidence = Evidence(self.directory, self.counted)

    def _or_missing(self, read, what):
        """What reading gives; a NotMeasured that says what is missing if it is not there."""
        try:
            return read()
        except store.StoreError as error:
            raise NotMeasured(f"{what}: {error}") from None

    # ---- Experiments ----

    def experiment(self, name):
        """The row of an exported experiment and its machine's."""
        if name not in self.evidence.experiments:
            raise NotMeasured(f"the experiment {name}")
        return self.evidence.experiments[name].about

    def runs(self, name):
        self.experiment(name)
        return self.evidence.experiments[name].runs

    def processes(self, name):
        """(fewest, most) processes of a competitor in a cell."""
        found = self.runs(name).groupby(RUN).size()
        return found.min(), found.max()

    def compilers(self):
        """What compiled the experiments that are of one machine, with its flags."""
        return sorted({one for found in self.evidence.of_one_machine.values()
                       for one in found.about["compilers"].split(",")})

    # ---- Analyses ----

    @property
    def factorial(self):
        return self._or_missing(lambda: audit_findings.factorial_study(self.directory),
                                "the factorial experiment")

    @functools.cached_property
    def claims(self):
        return read_rows(audit.CLAIMS)

    @functools.cached_property
    def claim_outcomes(self):
        """{id: Outcome} of the seed documents' claims."""
        return audit.claim_outcomes(self.claims, self.evidence)

    @functools.cached_property
    def suspicions(self):
        return audit_suspicions.report(self.claims, self.claim_outcomes, self.evidence)

    @functools.cached_property
    def findings(self):
        return read_rows(audit_findings.FINDINGS)

    @functools.cached_property
    def finding_outcomes(self):
        return audit_findings.finding_outcomes(self.findings, self.evidence)

    @functools.cached_property
    def figures(self):
        """The documents' figures, by id."""
        return {figure.id: figure for figure in read_figures()}

    @functools.cached_property
    def comparisons(self):
        """[Comparison] of the documents' figures, as `make tables` prints them."""
        compared = compare_stored(list(self.figures.values()), self.directory, self.counted)
        return [comparison for _, group in compared for comparison in group]

    # ---- Counts ----

    @functools.cached_property
    def counts(self):
        return exact.load(self.counted / "counts")

    @functools.cached_property
    def attribution(self):
        return attribution.load(self.counted / "counts")

    # ---- Studies ----

    @functools.cached_property
    def instrument(self):
        """{study: (its origin, verdicts)}"""
        judged = {study: (about, verdicts) for study, about, verdicts in instrument.judge(self.directory)}
        if not judged:
            raise NotMeasured("the studies of the instrument")
        return judged

    @functools.cached_property
    def limits(self):
        if not (self.directory / "runs" / "instrument-limits").exists():
            raise NotMeasured("the machine's limits")
        return instrument_study.read("limits", self.directory)[1]

    @functools.cached_property
    def superslab(self):
        return superslab_study.Study(superslab_study.read(self.directory).runs)
