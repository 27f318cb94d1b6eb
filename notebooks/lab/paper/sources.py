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
from ..audit.evidence import EXPERIMENTS, RESULTS, Evidence, read_rows
from ..audit.places import NotMeasured
from ..counts import attribution, report as counts
from ..documents import evidence, seeds
from ..factorial import effects
from ..instrument import study as instrument_study, verdict as instrument
from ..superslab import study as superslab_study

# Those of the audit come first: it tests the claims of the seed documents with these alone.
NAMES = tuple(dict.fromkeys((*EXPERIMENTS, "suite")))


class OwnEvidence(Evidence):
    """Counts from one directory of results, all that depends on the machine from another."""

    def __init__(self, directory, counted):
        super().__init__(directory / "runs", counted)
        self.directory = directory

    @functools.cached_property
    def stores(self):
        return {name: store.open_runs(name, runs=self.runs) for name in NAMES
                if (self.runs / name / "experiment.csv").exists()}

    def only(self, names):
        """The same without other experiments than these."""
        view = OwnEvidence(self.directory, self.results)
        for what in ("stores", "experiments"):
            view.__dict__[what] = {name: value for name, value in getattr(self, what).items()
                                   if name in names}
        return view

    @functools.cached_property
    def superslab(self):
        return superslab_study.stored(self.directory)


class Sources:
    def __init__(self, directory=RESULTS, counted=RESULTS):
        self.directory, self.counted = pathlib.Path(directory), pathlib.Path(counted)
        self.evidence = OwnEvidence(self.directory, self.counted)

    def _or_missing(self, read, what):
        """What reading gives; a NotMeasured that says what is missing if it is not there."""
        try:
            return read()
        except store.StoreError as error:
            raise NotMeasured(f"{what}: {error}") from None

    # ---- Experiments ----

    def experiment(self, name):
        """The row of an exported experiment and its machine's."""
        if name not in self.evidence.stores:
            raise NotMeasured(f"the experiment {name}")
        connection = self.evidence.stores[name]
        return store.experiment(connection, store.newest_experiment(connection))

    @functools.lru_cache(maxsize=None)
    def cells(self, name):
        """{cell: {competitor: Replicates}} of an exported experiment."""
        self.experiment(name)
        connection = self.evidence.stores[name]
        return store.replicates(connection, store.newest_experiment(connection))

    def processes(self, name):
        """(fewest, most) processes of a competitor in a cell."""
        found = [len(one.ns_per_op) for row in self.cells(name).values() for one in row.values()]
        return min(found), max(found)

    def builds(self):
        """{(compiler, flags)} of the experiments that are of one machine."""
        return {(row["compiler"], row["cflags"].strip())
                for connection in self.evidence.of_one_machine.values()
                for row in connection.execute("SELECT DISTINCT compiler, cflags FROM build")}

    # ---- Analyses ----

    @property
    def factorial(self):
        return self._or_missing(lambda: audit_findings.factorial_study(self.evidence.runs),
                                "the factorial experiment")

    @functools.cached_property
    def factorial_again(self):
        """The single fixes in another experiment, beside what the factorial one predicts."""
        self.experiment(effects.SINGLES)
        connection = self.evidence.stores[effects.SINGLES]
        return effects.against(self.factorial, connection, store.newest_experiment(connection))

    @functools.cached_property
    def claims(self):
        return read_rows(audit.CLAIMS)

    @functools.cached_property
    def claim_outcomes(self):
        """{id: Outcome} of the seed documents' claims."""
        return audit.audit(self.claims, self.evidence.only(EXPERIMENTS))

    @functools.cached_property
    def suspicions(self):
        return audit_suspicions.report(self.claims, self.claim_outcomes, self.evidence)

    @functools.cached_property
    def findings(self):
        return audit_findings.read_findings()

    @functools.cached_property
    def finding_outcomes(self):
        return audit_findings.outcomes(self.evidence, self.findings)

    @functools.cached_property
    def figures(self):
        """The documents' figures, by id."""
        return {figure.id: figure for figure in seeds.read_figures()}

    @functools.cached_property
    def comparisons(self):
        """[Comparison] of the documents' figures, as `make tables` prints them."""
        compared = evidence.compare_with(list(self.figures.values()), self.cells(seeds.NAME),
                                         self.directory, self.counted)
        return [comparison for _, group in compared for comparison in group]

    # ---- Counts ----

    @functools.cached_property
    def counts(self):
        return counts.load(self.counted / "counts" / counts.COUNTS.name)

    @functools.cached_property
    def attribution(self):
        """{(composition, op, pattern, scale): rows}"""
        return attribution.by_cell(
            attribution.load(self.counted / "counts" / attribution.HERE.name))

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
        return audit_findings.superslab_rows(self.evidence)
