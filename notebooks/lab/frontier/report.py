"""Prints how fast and how small the frontier's layouts are: each target beside what was reached, what a batch is worth,
strings, latencies; and draws what time costs in memory.

What meets a target is lab.targets'.
"""
from ..machine import caches_text
from ..printing import align, digits, op_order, paragraph, short_scale, with_interval
from ..results import RESULTS
from ..targets import Limit, count
from . import evidence, pareto, tuned, why
from .evidence import Place
from .targets import BYTES, STRINGS_OPS, STRINGS_OVER, SUBJECT, TARGETS, TIME, YARDSTICK

LATENCIES = ("p50", "p99", "p99.9", "p99.99", "worst")
BATCHES = {"get_many": "get_batched", "put_many": "put_batched"}


def header(found):
    lines = []
    for study in found:
        about = study.about
        lines.append(paragraph(f"{study.name}: experiment {about['id']}, {about['started'][:10]}, {about['cpu']},"
                               f" {caches_text(about['caches'])}"))
    lacking = sorted(set(evidence.plans()) - {study.name for study in found})
    if lacking:
        lines.append(paragraph(f"not measured: {', '.join(lacking)}; make frontier-results measures what is missing"
                               " into results/own, and make RESULTS=results/own frontier tells"))
    return "\n".join(lines)


# ---- The targets ----

def measured(found, target, scale):
    place = Place(target.op, scale)
    return (evidence.figure(found, place, target.subject, target.value) if target.over is None else
            evidence.ratio(found, place, target.subject, target.over, target.value))


def target_rows(found):
    """([what, over, entries, target, reached, verdict, best peer, over that one], and what was not measured as
    {what: [entries]})"""
    rows, lacking = [], {}
    for target in TARGETS:
        for scale, most in target.at_most.items():
            reached = measured(found, target, scale)
            if reached is None:
                what = f"{target.what}{f' over {target.over}' if target.over else ''}"
                lacking.setdefault(what, []).append(short_scale(scale))
                continue
            best = evidence.fastest(found, Place(target.op, scale), target.subject, target.value)
            rows.append([target.what, target.over or "-", short_scale(scale), digits(most), with_interval(reached),
                         Limit(most).verdict(reached), best.name if best else "-",
                         with_interval(best.ratio if best else None)])
    return rows, lacking


TARGET_NOTE = f"""\
{SUBJECT}, unless another is named: ratios of times to another's, in the same block; or bytes that became resident, over
the entries.  Shuffled u64 keys, xxh3 for all.  A batch is 32 keys; who has no way of its own to answer several is asked
one after another.  The best peer: the one with the least of it there, and the ratio to that one.  A row is of one
experiment, and experiments may be of different machines: see above."""


TARGET_HEADER = ["", "over", "entries", "target", "reached", "", "best peer", "over that one"]


def verdict_of(row):
    """Of a row of target_rows: its verdict, as lab.targets has it."""
    return row[TARGET_HEADER.index("reached") + 1]


def target_table(found):
    rows, lacking = target_rows(found)
    table = align(TARGET_HEADER, rows, figures=5, cell=2) if rows else "nothing of it was measured"
    told = [f"{len(rows)} targets were measured: {count(map(verdict_of, rows))}."]
    if lacking:
        places = (f"{what}, {' '.join(scales)}" for what, scales in lacking.items())
        told.append(f"Not measured: {'; '.join(places)}.")
    return "\n".join([table, "", *map(paragraph, told)])


# ---- Memory ----

MEMORY_NOTE = """\
Bytes that became resident while a map was filled, over its entries; and in MB the most that the whole process had
resident up to then: what a map needs while it grows, the keys it is filled with, which are the same for all, and the
program."""
MB = 1 << 20


def memory_table(found):
    """By kind of keys: a row a competitor, a column a scale; the smallest of the largest scale comes first."""
    sizes = {}
    for place in evidence.places(found):
        for runs in evidence.every_runs_at(found, place) if place.op == "put" else ():
            for name, some in runs.groupby("variant"):
                sizes.setdefault((place.key, place.pattern_text), {}).setdefault(name, {}).setdefault(
                    place.scale, (some[BYTES].median(), some["peak_rss_bytes"].median() / MB))
    for (key, pattern), by_name in sizes.items():
        scales = sorted({scale for by_scale in by_name.values() for scale in by_scale})
        rows = [[name, *(digits(by_scale.get(scale, (None, None))[column]) for column in (0, 1) for scale in scales)]
                for name, by_scale in sorted(by_name.items(), key=lambda each: each[1][max(each[1])])]
        header = [short_scale(scale) + unit for unit in ("", ", MB") for scale in scales]
        yield align([f"{key}, {pattern}", *header], rows, figures=2 * len(scales), cell=0)


# ---- Batches ----

BATCH_NOTE = (
    "The time of a batch over that of the same batch asked key by key, of the same competitor.  The two ran in other"
    " blocks:\nratios of medians, 95 % intervals by the bootstrap.  x floor: how many loads from random lines of the"
    " entries' bytes alone\nlast as long, of which none waits for another (make limits has what one costs).")


def batch_table(found, results):
    rows = []
    for together, one_by_one in BATCHES.items():
        for place in evidence.places(found):
            if place.op != together:
                continue
            for name in evidence.names_at(found, place):
                gain = evidence.batch_ratio(found, place, place._replace(op=one_by_one), name)
                runs = evidence.with_all(found, place, [name], TIME)
                if gain:
                    floor = why.over_floor_of_many(runs[runs["variant"] == name], place, results)
                    rows.append([together, place.pattern_text, short_scale(place.scale), name, with_interval(gain),
                                 with_interval(floor)])
    return align(["", "keys", "entries", "", f"over {' or '.join(BATCHES.values())}", "x floor"], rows, figures=2,
                 cell=3) if rows else ""


# ---- Strings ----

STRINGS_NOTE = f"""\
{SUBJECT} over others, KEY=str: below 1 is faster, or smaller.  digests: 40 hexadecimal digits a key."""


def strings_table(found):
    rows = []
    shapes = dict.fromkeys((place.pattern, place.scale) for place in evidence.places(found) if place.key == "str")
    for pattern, scale in shapes:
        for what, value in STRINGS_OPS.items():
            place = Place(what if value == TIME else "put", scale, pattern, "str")
            ratios = [evidence.ratio(found, place, SUBJECT, other, value) for other in STRINGS_OVER]
            best = evidence.fastest(found, place, SUBJECT, value)
            if best:
                rows.append([place.pattern_text, short_scale(scale), what, *map(with_interval, ratios), best.name,
                             with_interval(best.ratio)])
    return align(["keys", "entries", "", *STRINGS_OVER, "best peer", "over that one"], rows, figures=5,
                 cell=2) if rows else ""


# ---- Latencies ----

def latency_note(found):
    clocks = [study.runs[["clock", "clock_step"]].median() for study in found if "clock" in study.runs]
    told = " and ".join(dict.fromkeys(
        f"{digits(clock['clock'])} ns, and it goes in steps of {digits(clock['clock_step'])}" for clock in clocks))
    return paragraph(
        f"Nanoseconds of single operations: medians over processes of the latency that a share of a process's"
        f" operations did not exceed, and of its longest.  Put: while the map grows from empty.  The clock is in them:"
        f" a reading takes {told}.  Worst over {YARDSTICK}: in the same block.")


def latency_table(found):
    rows = []
    for place in sorted(evidence.places(found), key=lambda place: (op_order(place.op), place)):
        runs = evidence.with_all(found, place, [], LATENCIES[-1])
        if runs is None:
            continue
        ratios = evidence.ratios_to(runs, YARDSTICK, LATENCIES[-1])
        by_name = {name: [evidence.of_runs(runs, share)[name] for share in LATENCIES] for name in
                   evidence.of_runs(runs, LATENCIES[-1])}
        for name, shares in sorted(by_name.items(), key=lambda each: each[1][-1].median):
            rows.append([place.op, place.pattern_text, short_scale(place.scale), name,
                         *(digits(share.median) for share in shares), with_interval(ratios.get(name))])
    return align(["", "keys", "entries", "", *LATENCIES, f"worst over {YARDSTICK}"], rows, figures=6,
                 cell=3) if rows else ""


# ---- The report ----

def sections(found, results):
    yield "How fast, how small", TARGET_NOTE, target_table(found)
    for machine, again in evidence.elsewhere(results).items():
        yield f"The same on another machine: {machine}", ", ".join(study.name for study in again), target_table(again)
    yield "Against the best hash and pages", tuned.NOTE, tuned.table(found)
    yield "Memory", MEMORY_NOTE, "\n\n".join(memory_table(found))
    yield "What a batch is worth", BATCH_NOTE, batch_table(found, results)
    yield "Strings", STRINGS_NOTE, strings_table(found)
    if any("clock" in study.runs for study in found):
        yield "Latencies", latency_note(found), latency_table(found)
    yield "Why", why.NOTE, why.table(found, results)


def frontier(results=RESULTS):
    """How fast, how small: targets beside what was reached, latencies, and RESULTS/figures/frontier.svg."""
    found = evidence.studies(results)
    print(header(found))
    for title, note, table in sections(found, results):
        if table:
            print("", title, note, "", table, sep="\n")
    pareto.QUESTION.tell_all(lambda: pareto.panels_of(found), results / "figures")
