"""How do maps do that many threads read while some of them write?

Layouts of our own have one writer at a time, and readers that see whole versions; how those get to the readers is a
part (common/threads).  Other libraries' maps that are made for threads stand beside them.  Times are those of all
threads' operations together, over their number: with two cores at work half of one core's is the best there can be.

The targets (lab.targets) are what people who share maps among threads ask for.
"""
import pandas

from . import pairs, panels
from .experiment import describe, print_failures
from .printing import Table, align, code, commit_of, digits, paragraph, short_scale, with_interval
from .question import Question, Results, demand
from .results import RESULTS, NotMeasured, exported, parameter, processes, where
from .settings import compose
from .stats import estimate
from .targets import MET, Limit, Target, reached

NAME = "threads"  # of the plan, and of the program in which versions go by RCU, or as a peer has them
WRITES = "threads-writes"  # of the plan that varies the share of writes
MIX, LATENCY, ITERATE = "mix", "latency", "iterate"
PARAMETERS = ["threads", "writes", "writers", "batch"]
PLACE = ["op", "scale", *PARAMETERS]
ALL_CORES, ALL_WRITE, ONE_WRITES, PUT_BY_PUT = 0, 0, 1, 1
READ_MOSTLY = 5  # percent of all operations that are writes
SHARES = ["p50", "p99", "p99.9", "worst"]


# ---- What was measured ----

def called(program, variant):
    """A map, and how its versions get to readers, unless it is the usual way."""
    return variant if program == NAME else f"{variant}, {program.removeprefix(NAME + '-')}"


def is_peer(who):
    """Whether it is a map of others that is made for threads."""
    return "," not in who and compose.Composition(who).peer is not None


def read(processes_of_all):
    """A row a process that gave samples: who, its place, block, time and values."""
    runs = processes_of_all[processes_of_all["ns_per_op"].notna()]
    parameters = {name: parameter(runs, name) for name in PARAMETERS}
    parameters["batch"] = parameters["batch"].fillna(PUT_BY_PUT)  # there were none at first
    return runs.assign(who=[called(*row) for row in zip(runs["program"], runs["variant"])],
                       **{name: numbers.astype(int) for name, numbers in parameters.items()})


def of(runs, who, value="ns_per_op", batch=PUT_BY_PUT, **place):
    """{scale: a value in each block, or in each turn} of one map, at a place of this kind."""
    found = where(runs, who=who, batch=batch, **place)
    found = found.dropna(subset=[value]) if value in found else found[:0]
    return {scale: pairs.by_turn(some.set_index("block"), value) for scale, some in found.groupby("scale")}


def ratios(ones, others):
    """Block by block, at every scale that both have."""
    return {scale: (ones[scale] / others[scale]).dropna() for scale in ones if scale in others}


def all_cores(runs, who, batch=PUT_BY_PUT):
    """The mix of which every thread does its share."""
    return of(runs, who, batch=batch, op=MIX, threads=ALL_CORES, writes=READ_MOSTLY, writers=ALL_WRITE)


def beside_a_writer(runs, who, threads, writes=READ_MOSTLY):
    """The mix of which one thread does all the writing."""
    return of(runs, who, op=MIX, threads=threads, writes=writes, writers=ONE_WRITES)


# ---- Targets ----

def targets(runs):
    def latencies(who, writes):
        return of(runs, who, "p99.9", op=LATENCY, threads=2, writes=writes, writers=ONE_WRITES)

    yield Target("two cores over one, beside a writer", Limit(1.8, at_least=True),
                 lambda who: ratios(beside_a_writer(runs, who, 1), beside_a_writer(runs, who, 2)))
    yield Target("a look-up's p99.9, with a writer over without", Limit(3),
                 lambda who: ratios(latencies(who, READ_MOSTLY), latencies(who, 0)))
    for peer in filter(is_peer, dict.fromkeys(runs["who"])):
        yield Target(f"time of the mix, all cores, over {peer}'s", Limit(1),
                     lambda who, peer=peer: ratios(all_cores(runs, who), all_cores(runs, peer)))


def reached_by_ours(runs):
    """Each target that was measured, for each map of ours."""
    return reached(targets(runs), [who for who in dict.fromkeys(runs["who"]) if not is_peer(who)])


def target_table(rows):
    return Table(["what", "wanted", "map", "worst at", "reached", ""], [
        [row.target.what, str(row.target.limit), code(row.who), short_scale(row.scale), with_interval(row.value),
         row.verdict] for row in rows], 4)


# ---- The answer ----

def answer(rows):
    """How many of the targets each of ours meets, those that meet most first; and of the first, which it does not."""
    of_each = {who: [row for row in rows if row.who == who] for who in dict.fromkeys(row.who for row in rows)}
    met = {who: sum(row.verdict == MET for row in of_it) for who, of_it in of_each.items()}
    first, *others = sorted(of_each, key=lambda who: (-met[who], who))
    lacks = [f"{row.verdict}: {row.target.what}, {with_interval(row.value)}, wanted {row.target.limit}"
             for row in of_each[first] if row.verdict != MET]
    yield "; ".join([f"{first} meets {met[first]} of {len(of_each[first])} targets", *lacks]) + "."
    for who in others:
        yield f"{who}: {met[who]} of {len(of_each[who])}."


# ---- All that was measured ----

def threads_of(number):
    return "all" if number == ALL_CORES else str(number)


def writers_of(place):
    return "-" if place["writes"] == 0 else "one" if place["op"] == ITERATE or place["writers"] == ONE_WRITES else "all"


def words_of(place):
    """What stands left of a figure."""
    return [place["op"], threads_of(place["threads"]), f"{place['writes']} %" if place["op"] != ITERATE else "",
            writers_of(place), str(place["batch"]) if place["op"] != ITERATE else ""]


def table_of_times(runs):
    """A row for each operation, its parameters and map; a column for each scale."""
    by = [name for name in PLACE if name != "scale"]
    scales = sorted(runs["scale"].unique())
    rows = []
    for values, some in runs[runs["op"] != LATENCY].groupby(by):
        for who, times in some.groupby("who", sort=False):
            of_scale = {scale: estimate(at["ns_per_op"]) for scale, at in times.groupby("scale")}
            rows.append([*words_of(dict(zip(by, values))), who,
                         *(with_interval(of_scale.get(scale)) for scale in scales)])
    return align(["", "threads", "writes", "by", "batch", "", *map(short_scale, scales)], rows, figures=len(scales),
                 cell=4)


def table_of_latencies(runs):
    """A row for each place and map: what shares of its look-ups and puts did not exceed."""
    columns = [*SHARES, "put_p50", "put_p99", "put_p99.9", "put_worst"]
    found = where(runs, op=LATENCY).reindex(columns=["scale", "writes", "batch", "who", *columns])
    rows = [[short_scale(scale), f"{writes} %", str(batch), who,
             *("-" if pandas.isna(value) else digits(value) for value in its[columns].median())]
            for (scale, writes, batch), some in found.groupby(["scale", "writes", "batch"])
            for who, its in some.groupby("who", sort=False)]
    names = (name.replace("_", " ") for name in columns)
    return align(["entries", "writes", "batch", "", *names], rows, figures=len(columns), cell=2)


# ---- What a second core gains, and what a put takes, by the share of writes ----

FAR = 3  # times what a cache line takes from core to core in the fastest tenth of processes


def is_far(runs):
    """Of which processes the two cores were far from each other: a virtual machine's may lie anywhere."""
    return runs["pass"] > FAR * runs["pass"].quantile(0.1)


def near(runs):
    """Without these."""
    return runs[~is_far(runs)]


def passage(runs):
    """ns that a cache line takes from core to core."""
    return runs["pass"].median()


def put_times(runs, who, writes):
    """{scale: ns of a put beside a reader, block by block}: the share of the writer's time that went into puts."""
    times, shares = (of(runs, who, value, op=MIX, threads=2, writes=writes, writers=ONE_WRITES)
                     for value in ("ns_per_op", "writing"))
    return {scale: (times[scale] * shares[scale] * 100 / writes).dropna() for scale in shares if scale in times}


def best_of_two(runs, who, writes):
    """{scale: operations a second of two cores over those of one, if each put cost both but one passage}."""
    one = beside_a_writer(runs, who, 1, writes)
    return {scale: times.median() / (times.median() / 2 + passage(runs) * writes / 100)
            for scale, times in one.items()}


def table_of_writes(runs):
    """A row for each map and share of writes: the time by one core and by two, what the second gains, how long a put
    takes beside a reader."""
    rows = []
    for (who, scale, writes), _ in runs.groupby(["who", "scale", "writes"]):
        one, two = (beside_a_writer(runs, who, cores, writes).get(scale) for cores in (1, 2))
        if one is not None and two is not None:
            put = put_times(runs, who, writes).get(scale) if writes else None
            found = (estimate(one), estimate(two), estimate((one / two).dropna()), estimate(put) if writes else None)
            rows.append([who, short_scale(scale), f"{writes} %", *map(with_interval, found)])
    return align(["", "entries", "writes", "one core, ns", "two cores, ns", "two over one", "a put, ns"], rows,
                 figures=4, cell=2)


# ---- The figure: operations a second by one core and by two ----

def read_scaling(stored):
    runs = read(processes(NAME, stored.directory)[1])
    found = where(runs, op=MIX, writers=ONE_WRITES, threads=[1, 2], batch=PUT_BY_PUT)
    gain = pairs.by_block(found, 2, "threads", who=["who", "scale", "writes", "threads"])
    demand(len(gain), "mix by one thread and by two")
    return pairs.estimates(gain, ["who", "scale", "writes"]).sort_index()


def fill_scaling(figure, found):
    shares = sorted(found.index.unique("writes"))
    names = list(found.index.unique("who"))
    panels.grid(figure, {f"{short_scale(scale)} entries": {
        "names": names, "ticks": 6, "series": {
            f"{share} % writes": {who: found.get((who, scale, share)) for who in names} for share in shares}}
        for scale in sorted(found.index.unique("scale"))}, 2, 0.1)


def tell_scaling(found):
    yield "Operations a second of two cores over those of one; one thread writes, both read."
    for who in found.index.unique("who"):
        largest = max(scale for name, scale, _ in found.index if name == who)
        yield f"{who}, {short_scale(largest)}: " + ", ".join(
            f"{share} % writes {with_interval(value)}"
            for (name, scale, share), value in found.items() if name == who and scale == largest) + "."


SCALING = Question("What does a second core add to reads beside one writer?", "threads", (10, 5), read_scaling,
                   fill_scaling, tell_scaling)


# ---- The report ----

NOTE = f"""\
Medians over processes, of ratios in pairs, where it is worst; 95 % intervals.  {READ_MOSTLY} % of all operations are
writes: beside a writer, one thread's; in the mix of all cores, every thread's.  A map is judged at those scales
at which it was measured."""
TIMES_NOTE = """\
ns: the time of a sample over all its operations, whichever thread did them; of iterate, over the entries that were
visited.  threads: all, one for each core.  by: one thread does all the writing, or every thread its share; beside a
walk one writes as fast as it can.  batch: puts that make one version."""
LATENCY_NOTE = """\
ns of single operations, two threads, of which one writes: medians over processes of what a share of a process's
look-ups, and of its puts, did not exceed, and of the longest.  A reading of the clock is in each."""


def writes_note(about, runs):
    far = runs[is_far(runs)]
    told = (f"  Left out are {len(far)} of {runs['pass'].notna().sum()} processes of two threads, whose cores were far"
            f" from each other: there a line took {digits(passage(far))} ns." if len(far) else "")
    return ("One thread does all the writing, both read; ns for an operation.  two over one: operations a second."
            "  a put: of the writer, beside a reader."
            f"  A cache line takes {digits(passage(near(runs)))} ns from core to core.{told}"
            f"  Experiment {about['id']}, commit {commit_of(about)}, {about['cpu']}.")


def threads(results=RESULTS):
    """How maps do that threads read while others write: targets, all times, what a put takes by the share of writes,
    and RESULTS/figures/threads.svg."""
    experiment = exported(NAME, results)
    runs = read(processes(NAME, results)[1])
    rows = reached_by_ours(runs)
    if not rows:
        raise NotMeasured(f"{NAME}: nothing that a target asks for was measured")
    print(*map(paragraph, answer(rows)), "", describe(experiment.about, experiment.runs), sep="\n")
    for note, table in ((NOTE, target_table(rows).columns(cell=2)), (TIMES_NOTE, table_of_times(runs)),
                        (LATENCY_NOTE, table_of_latencies(runs))):
        print("", paragraph(note), "", table, sep="\n")
    print_failures(experiment.failed)
    if (results / "runs" / WRITES / "experiment.csv").exists():
        about, every = processes(WRITES, results)
        shares = read(every)
        print("", paragraph(writes_note(about, shares)), "", table_of_writes(near(shares)), "", sep="\n")
        print_failures(every[every["status"] != "ok"])
    SCALING.tell_all(lambda: SCALING.read(Results(results)), results / "figures")
