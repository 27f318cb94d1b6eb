"""The paper's vocabulary within a sentence: each public method of Words is a word, a function of the stored results.

A place may be a fraction (lab.audit.evidence), as in ratio("get", "lazy/list"); in="NAME" asks for one experiment.
What is a median is told with its 95 % interval: 0.24 [0.17 0.41].
"""
import datetime
import inspect
import re
import statistics

from .. import ladder, pairs, races, settings, targets, threads, verdicts, versions
from ..audit import evidence, report as audit
from ..audit.evidence import Shape, places
from ..counts import attribution, prediction
from ..factorial import effects
from ..factorial.families import TRIE
from ..factorial.report import shown
from ..frontier import pareto, report as frontier
from ..instrument.trust import half_width
from ..printing import code, count as count_text, digits, from_to, percent_off, unit_of, with_interval
from ..results import NotMeasured, exported
from ..seeds import figures as seeds
from ..shape.tree import expectation
from ..stats import CONFIDENCE, estimate
from ..superslab.configurations import MAIN
from ..superslab.study import scaled, text_of
from ..tree_figures import FIGURES, figure as tree_figure
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED

NOT_APART = "not measurably different"


class NoSuchWord(ValueError):
    """What is asked for does not exist; the text says what does."""


def known(name, those, what):
    if name not in those:
        raise NoSuchWord(f"{what} {name}: one of: {', '.join(those)}")
    return those[name]


def there(found, what):
    if found is None:
        raise NotMeasured(what)
    return found


def verdict_of(ours, below, above):
    """Words for an interval about 1."""
    if ours.low is None or ours.low <= 1 <= ours.high:
        return NOT_APART
    return below if ours.high < 1 else above


def came_out(verdicts, wanted=None):
    """How many targets were measured, or came out as is wanted."""
    verdicts = list(verdicts)
    counts = {None: len(verdicts)} | {word: verdicts.count(word) for word in targets.VERDICTS}
    if wanted not in counts:
        raise NoSuchWord(f"targets that are {wanted}: one of: {', '.join(targets.VERDICTS)}")
    return str(counts[wanted])


def scale_of(options):
    return settings.read_value("scale", "scale", options.get("scale") or evidence.USUAL["scale"])


def one_or_ratio(figure, compositions, text):
    """A figure of a composition, or the ratio of two compositions'."""
    found = [figure(name) for name in compositions.split("/")]
    return text(found[0]) if len(found) == 1 else digits(found[0] / found[1])


def public(those):
    """{name: method} of an object's public methods."""
    return {name: getattr(those, name) for name, each in vars(type(those)).items()
            if inspect.isfunction(each) and not name.startswith("_")}


# ---- Where it comes from ----

def duration(*abouts):
    """How long experiments took, together."""
    def moment(text):
        return datetime.datetime.fromisoformat(text.rstrip("Z"))
    seconds = sum((moment(about["finished"]) - moment(about["started"])).total_seconds() for about in abouts)
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def every_machine(sources):
    """The rows of all machines that an experiment is of."""
    found = {about["machine"]: about["machine_is"] for about, *_ in sources.experiments.values()}
    return list(there(found or None, "any experiment").values())


MACHINE = {
    "cores": lambda row: f"{row['cores']} cores",
    "os": lambda row: row["os"],
    "kernel": lambda row: row["kernel"],
    "pages": lambda row: f"pages of {row['page_size'] // 1024} KiB, huge ones {row['thp']}",
}


class Words:
    def __init__(self, sources):
        self.sources = sources

    # ---- Times, and memory an entry, of the processes that put ----

    def _measured(self, op, what, options):
        """`value` is another of a process's figures than its time, such as p99.9."""
        within, value = options.pop("in", ""), options.pop("value", "ns_per_op")
        return evidence.measured(self.sources, places(op, what, **options), within, value)

    def ratio(self, op, what, **options):
        return with_interval(self._measured(op, what, options))

    def half_width(self, op, over, **options):
        """Half the width of the intervals in a column of the table of fixes, the median over its rows, in percent."""
        runs = ladder.of_cell(exported(options["in"], self.sources.directory).runs, "shuffled", ladder.ENTRIES)
        return digits(statistics.median(map(half_width, pairs.ratios(runs[runs["op"] == op], over, who=ladder.WHO))))

    def compare(self, op, what, **options):
        """faster, 0.24 [0.17 0.41]; or slower; or not measurably different."""
        ours = self._measured(op, what, options)
        return f"{verdict_of(ours, 'faster', 'slower')}, {with_interval(ours)}"

    def time(self, op, what, **options):
        return f"{with_interval(self._measured(op, what, options))} ns"

    def _memory(self, what, field, options):
        within = options.pop("in", "")
        return digits(evidence.memory(self.sources, places("put", what, **options), field, within))

    def bytes(self, what, **options):
        return self._memory(what, "bytes_per_entry", options)

    def resident(self, what, **options):
        return self._memory(what, "rss_per_entry", options)

    # ---- Counts ----

    def _tree(self, composition, options):
        usual = evidence.USUAL | options
        return evidence.full_map(self.sources, Shape(composition, usual["pattern"], scale_of(options), usual["hash"]))

    def tree(self, figure, compositions, **options):
        """Any figure of a full map: tree("pool_fallback_percent", "phase2", pattern="sequential")."""
        known(figure, FIGURES, "a tree's figure")
        return one_or_ratio(lambda name: tree_figure(figure, self._tree(name, options)), compositions, count_text)

    def nodes(self, compositions, **options):
        """Inner nodes of a full map."""
        return self.tree("inner_nodes", compositions, **options)

    def _predicted(self, composition, options):
        return expectation(composition, scale_of(options)).inner_nodes

    def model(self, compositions, **options):
        """The same as a uniform hash has it."""
        return one_or_ratio(lambda name: self._predicted(name, options), compositions,
                            lambda nodes: count_text(round(nodes)))

    def off(self, composition, **options):
        """How far the first is off the second."""
        found = self._tree(composition, options)["inner_nodes"]
        return f"{percent_off(found, self._predicted(composition, options))} %"

    def count(self, column, op, compositions, **options):
        """A column of results/counts/counts.csv."""
        pattern = options.get("pattern", evidence.USUAL["pattern"])
        return one_or_ratio(lambda name: evidence.counted(self.sources, column, name, op, scale_of(options), pattern),
                            compositions, digits)

    def share(self, category, op, composition):
        """Part of instructions to part of estimated cycles."""
        rows = attribution.of_cell(self.sources.attribution, composition, op)
        if not len(rows):
            raise NotMeasured(f"the instructions of {op} {composition}, by function")
        found = sorted(attribution.shares_of(rows, [category]))
        return " to ".join(dict.fromkeys(f"{part:.0f}" for part in found)) + " %"

    # ---- The factorial experiment ----

    def _factorial(self, scale, family):
        """(the study, the scale)"""
        study, scale = self.sources.factorial(family), scale_of({"scale": scale})
        there(scale if scale in study.scales else None, f"the experiment {study.factorial.name} at {scale} entries")
        return study, scale

    def effect(self, what, fixes, scale=None, family=TRIE.family):
        """Of a fix, or lazy*inline for an interaction."""
        study, scale = self._factorial(scale, family)
        found = next(response.fit for response in effects.responses(study)
                     if (response.what, response.scale) == (what, scale))
        return shown(found.effects[tuple(fix for fix in study.factorial.fixes if fix in fixes.split("*"))])

    def order(self, scale, family=TRIE.family, best="put and get"):
        """The order that gains most soonest: for both operations, or for put, get or bytes."""
        return ", ".join(map(code, effects.orders(*self._factorial(scale, family))[best]))

    def gap(self, scale, family=TRIE.family):
        return digits(effects.gap(*self._factorial(scale, family)))

    def left(self, fix, scale, family=TRIE.family):
        """Which part of the gap, as a logarithm, is left after a fix of the ladder."""
        study, scale = self._factorial(scale, family)
        rungs = effects.ladder(study, scale, effects.orders(study, scale)["put and get"])
        return f"{100 * next(one for one in rungs if one.added == fix).gap_left:.0f} %"

    def checked(self, family=TRIE.family):
        """How many of the model's predictions hold, of compositions that it was not told."""
        found = effects.checks(self.sources.factorial(family))
        return f"{sum(check.inside for check in found)} of {len(found)}"

    # ---- A get's time from counts ----

    def near(self):
        """How far a prediction may be off that counts as one."""
        return f"{prediction.NEAR:.0%}".replace("%", " %")

    def predicted(self, without="composition"):
        """How many gets are predicted to within near() by prices to which the composition, or its family, contributed
        nothing."""
        found = self.sources.prediction
        return prediction.share({"composition": found.compositions, "family": found.families}[without])

    def unpredictable(self):
        """How many gets were not known well enough."""
        return str(self.sources.prediction.left_out)

    # ---- The frontier ----

    def targets(self, verdict=None, elsewhere=False):
        """How many were measured, or came out so: met, missed, undecided; on another machine, if `elsewhere`."""
        rows = self.sources.targets_elsewhere if elsewhere else self.sources.targets
        return came_out(map(frontier.verdict_of, rows), verdict)

    def targets_at(self, what, entries="1M"):
        """What was reached of one of them, at a scale."""
        reached = frontier.TARGET_HEADER.index("reached")
        found = {row[0]: row[reached] for row in self.sources.targets if row[2] == entries}
        return known(what, found, "a target")

    def front(self, op, scale):
        """Who stands on the front of time and memory, from the smallest to the fastest."""
        points = self.sources.fronts[op, scale_of({"scale": scale})]
        return ", ".join(code(point.name) for point in pareto.front(points))

    # ---- Races ----

    def race(self, name, what):
        """Of one that was kept: best, second, all that are left; with, the fixes that these have, without, those that
        none has; blocks; processes, every: those of as many blocks of all, share; machine; over second, over x, the
        score of one that runs along, over the best's."""
        found = there(self.sources.races.get(name), f"a race called {name}")
        return known(what, races.facts(*found), "of a race")

    # ---- Versions and threads ----

    def _versions(self, bucket):
        return self.sources.bucket_versions if bucket else self.sources.versions

    def cost(self, op, what, scale="1M", bucket=False, **asked):
        """The time of what is done with versions, or a ratio (lab.versions.cost); of bucket tries, or of the tries."""
        found = versions.cost(self._versions(bucket), op, what, scale_of({"scale": scale}), **asked)
        if "/" in op + what:
            return with_interval(found)
        unit, factor = unit_of(found.median)
        return f"{with_interval(found.scaled(1 / factor))} {unit}"

    def version_bytes(self, variant, scale="1M", every=1, bucket=False):
        """What a version takes."""
        found = self._versions(bucket).bytes_of(variant, scale_of({"scale": scale}), every)
        return digits(there(versions.estimated(found), f"bytes a version of {variant}").median)

    def kept(self, rows, who, verdict=None):
        """How many targets of "versions", "versions-bucket" or "threads" were measured in a layout, or are met, missed,
        undecided."""
        found = [row.verdict for row in self._reached(rows) if row.who == who]
        return came_out(there(found or None, f"a target of {who}"), verdict)

    def reached(self, rows, who, what):
        """What a layout reached of one of these targets, where it is worst."""
        found = {row.target.what: row.value for row in self._reached(rows) if row.who == who}
        return with_interval(known(what, found, f"a target of {who}"))

    def shared_mix(self, what, scale="10K", batch=1):
        """The time of the mix on all cores in one shared map over that in another, "a/b"; `batch` is the first's."""
        one, other = what.split("/")
        found = threads.ratios(threads.all_cores(self.sources.shared, one, batch),
                               threads.all_cores(self.sources.shared, other))
        return self._at(scale, found, f"the mix of {what}")

    def second_core(self, who, scale="10K", writes=None):
        """Operations a second of two cores over those of one, beside a writer; at a share of writes, of the plan that
        has several, where the cores were near each other."""
        runs, share = (self.sources.shared, threads.READ_MOSTLY) if writes is None else (self._near, writes)
        one, two = (threads.beside_a_writer(runs, who, cores, share) for cores in (1, 2))
        return self._at(scale, threads.ratios(one, two), f"two cores of {who}")

    def put_beside(self, who, writes, scale="10K"):
        """ns of a put beside a reader, at this share of writes."""
        return self._at(scale, threads.put_times(self._near, who, writes), f"{writes} % writes of {who}")

    def beside(self, what, writes, scale="10K"):
        """The time of the mix by two cores in one shared map over that in another, "a/b", at this share of writes."""
        one, other = (threads.beside_a_writer(self._near, who, 2, writes) for who in what.split("/"))
        return self._at(scale, threads.ratios(one, other), f"{writes} % writes of {what}")

    def passage(self):
        """ns that a cache line takes from core to core, where they are near each other."""
        return digits(threads.passage(self._near))

    def best_of_two(self, who, writes, scale="10K"):
        """What a second core could bring if each put cost both cores one such passage."""
        found = threads.best_of_two(self._near, who, writes)
        return digits(there(found.get(scale_of({"scale": scale})), f"one core of {who}"))

    @property
    def _near(self):
        return threads.near(self.sources.shares)

    def _at(self, scale, found, what):
        return with_interval(estimate(there(found.get(scale_of({"scale": scale})), what)))

    def _reached(self, rows):
        return known(rows, {
            "versions": lambda: versions.reached_by_sharing(self.sources.versions),
            "versions-bucket": lambda: versions.reached_by_sharing(self.sources.bucket_versions),
            "threads": lambda: self.sources.threads}, "targets of")()

    # ---- The superslab ----

    def _slab(self, asked, options):
        load = MAIN._replace(**{name: type(getattr(MAIN, name))(value) for name, value in options.items()})
        return there(self.sources.slabs.figure(asked, load), f"the superslab's {asked}")

    def slab(self, names, compare=False, **options):
        """Mop/s of a configuration, of one over another, or words for that."""
        ours = self._slab(names, options)
        # Of throughputs: above 1 is faster.
        return (f"{verdict_of(ours, 'slower', 'faster')}, " if compare else "") + text_of(ours)

    def kernel(self, name, **options):
        """Its share of the time."""
        return f"{text_of(scaled(self._slab(f'kernel_share {name}', options), 100))} %"

    # ---- The documents' claims and figures, and our findings ----

    def claimed(self, name):
        return known(name, {claim["id"]: claim for claim in self.sources.claims},
                     "results/audit/claims.csv has no claim")["expected"]

    def _claim(self, name):
        self.claimed(name)
        found = self.sources.claim_outcomes[name]
        if found.verdict == NOT_MEASURED:
            raise NotMeasured(f"claim {name}: {found.measured}")
        return found

    def verdict(self, name):
        return self._claim(name).told

    def outcome(self, name):
        """What was measured, and the verdict."""
        found = self._claim(name)
        return f"{found.measured}; {'it ' * (found.verdict in (HOLDS, DOES_NOT_HOLD))}{found.told}"

    def said(self, name):
        """A figure of theirs, as it is written."""
        if name not in self.sources.figures:
            raise NoSuchWord(f"results/seeds/figures.csv has no {name}")
        return self.sources.figures[name].as_written

    def tally(self, what):
        figures = list(self.sources.figures.values())
        return known(what, {
            "claims": lambda: audit.tally(self.sources.claim_outcomes.values()),
            "figures": lambda: seeds.tally_text(self.sources.comparisons),
            "contradictions": lambda: str(len(seeds.contradictions(figures)) + len(seeds.unfounded(figures)))},
                     "a tally of")()

    def tolerance(self, name):
        found = known(name, {"effect": verdicts.TOLERANCE, "nothing": verdicts.NOTHING,
                             "count": verdicts.COUNT_TOLERANCE}, "a tolerance of")
        return f"{100 * (found - 1):.0f} %"

    def tolerated(self, ratio):
        """What still counts as a claimed ratio."""
        span = verdicts.widened(verdicts.Span(float(ratio), float(ratio)))
        return f"{digits(span.low)} to {digits(span.high)}"

    # ---- Where it comes from ----

    def confidence(self):
        """Of all intervals."""
        return f"{100 * CONFIDENCE:.0f} %"

    def processes(self, name):
        return from_to(self.sources.processes_of(name))

    def took(self, name):
        """How long an experiment took, or all together."""
        found = [self.sources.experiment(one).about for one in (self.sources.experiments if name == "all" else [name])]
        return duration(*there(found if found and all(about["finished"] for about in found) else None,
                               f"the end of {name}"))

    def machine(self, what):
        text = known(what, MACHINE, "of a machine")
        return "; ".join(dict.fromkeys(map(text, every_machine(self.sources))))

    def compilers(self):
        every_machine(self.sources)
        return "; ".join(re.sub(r"( -.*)", lambda flags: f" `{flags[0].strip()}`", one)
                         for one in self.sources.compilers())
