#!/usr/bin/env python3
"""What the stored studies say about the instrument: does it see what is there, and nothing else?

    python3 -m lab.instrument.verdict [--in DIR]

Each study has a gate, and the exit status is 1 if one is not passed:

    aa       copies of one program: at most 18 of 200 comparisons flagged (5 % and what chance
             adds to it), and the median of all pairs within 0.5 % of no difference
    power    a delay of 5 %: found in so many comparisons (59 of 59, 92 of 93) that a power below
             95 % would be a surprise; and it was no larger delay
    counts   the same instructions in every run

Layout has none: it says how much of a difference to believe.  A comparison is flagged when the 95 %
interval of its median ratio, by the sign test over its pairs, does not include 1.
"""
import collections
import math
import pathlib
import random
import statistics
import sys
import numpy
from typing import NamedTuple

from .. import stats, printing
from ..command import Parser, run_report
from . import studies

SURPRISE = 0.05  # what happens less often than this, is not believed to be chance
FALSE_POSITIVES = 0.05
POWER = 0.95
BIAS = 0.005
EFFECT = studies.EFFECT
LARGER = 0.003  # by how much more a delay may be


class Verdict(NamedTuple):
    """A line of the judgement: passed is None where nothing is asked for."""
    passed: bool
    text: str


# ---- Gates ----

def flags_allowed(comparisons):
    """The most flags among so many comparisons that are no surprise where 5 % are false positives:
    18 of 200, 31 of 400, more in one of 150 such studies."""
    limit = stats.binomial_tail(400, 32, FALSE_POSITIVES)
    return next(k for k in range(comparisons + 1)
                if stats.binomial_tail(comparisons, k + 1, FALSE_POSITIVES) <= limit)


def finds_wanted(comparisons):
    """How many must be found to rule out a power below 95 %; more than there are if too few."""
    return next((k for k in range(comparisons + 1)
                 if stats.binomial_tail(comparisons, k, POWER) <= SURPRISE), comparisons + 1)


# ---- Pairs ----

class Comparison(NamedTuple):
    composition: str
    op: str
    pattern: str
    scale: int
    seed: int


def replicate(row):
    """The value of a process: the median of its samples."""
    return statistics.median(map(float, row["ns_per_op"].split()))


def comparisons(rows):
    """{comparison: {side: {block: value}}}."""
    found = {}
    for row in rows:
        key = Comparison(row["composition"], row["op"], row["pattern"], int(row["scale"]),
                         int(row["seed"]))
        sides = found.setdefault(key, {"a": {}, "b": {}})
        sides[row["side"]][int(row["block"])] = replicate(row)
    return found


def ratio(sides):
    """Of b over a, pair by pair."""
    return stats.paired_ratio(sides["b"], sides["a"])


def is_flagged(estimate):
    return estimate.low is not None and not estimate.low <= 1 <= estimate.high


def is_found(estimate):
    return estimate.low is not None and estimate.low > 1


def pooled(found):
    """The log ratios of all pairs of all comparisons."""
    return [r for sides in found.values() for r in stats.log_ratios(sides["b"], sides["a"])]


def percent(log_ratio, digits=2):
    return f"{100 * math.expm1(log_ratio):+.{digits}f} %"


def estimate_text(log_estimate):
    """A median of log ratios as a percentage with its interval, and from how many pairs."""
    return (f"{percent(log_estimate.median)} [{percent(log_estimate.low)}"
            f" {percent(log_estimate.high)}], {log_estimate.count} pairs")


def half_width(estimate):
    """Of a ratio's interval, in percent."""
    return 50 * math.log(estimate.high / estimate.low)


def by_cell(found, judge):
    """A table of how many comparisons `judge` says yes to, for each composition, operation and
    scale, with the pairs' median and spread, the usual interval of a comparison, and how many pairs
    one needs to see a difference of 5 %."""
    groups = collections.defaultdict(dict)
    for key, sides in found.items():
        groups[key.composition, key.op, key.scale][key] = sides
    rows = []
    for (composition, op, scale), members in sorted(groups.items()):
        estimates = [ratio(sides) for sides in members.values()]
        logs = pooled(members)
        middle = stats.estimate(logs)
        ordered = sorted(logs)
        spread = (numpy.quantile(ordered, 0.75) - numpy.quantile(ordered, 0.25)) / 1.349
        rows.append([composition, op, printing.short_scale(scale), str(len(estimates)),
                     str(sum(map(judge, estimates))), str(len(logs)),
                     f"{percent(middle.median)} [{percent(middle.low)} {percent(middle.high)}]",
                     f"{100 * spread:.1f} %",
                     f"{statistics.median(map(half_width, estimates)):.1f} %",
                     str(stats.pairs_wanted([log - middle.median for log in logs], EFFECT,
                                            POWER) or "> 400")])
    return rows


CELL_HEADER = ["composition", "op", "scale", "comparisons", "flagged", "pairs", "median of pairs",
               "spread", "+-", "pairs for 5 %"]


def cell_table(found, judge, heading="flagged"):
    header = [heading if word == "flagged" else word for word in CELL_HEADER]
    return printing.align(header, by_cell(found, judge), figures=7, cell=0)


def judge_aa(rows):
    found = comparisons(rows)
    estimates = [ratio(sides) for sides in found.values()]
    flagged = sum(map(is_flagged, estimates))
    allowed = flags_allowed(len(estimates))
    enough = len(estimates) >= 200
    logs = pooled(found)
    bias = stats.estimate(logs)
    p_values = [stats.sign_test_p(stats.log_ratios(sides["b"], sides["a"]))
                for sides in found.values()]
    after = sum(p <= SURPRISE for p in stats.holm(p_values))
    outliers = stats.count_outliers(logs)
    yield Verdict(flagged <= allowed and enough,
                  f"{flagged} of {len(estimates)} comparisons of a program with itself flagged; at"
                  f" most {allowed} are to be" + ("" if enough else ", and at least 200 compared"))
    yield Verdict(abs(math.expm1(bias.median)) <= BIAS,
                  f"median of all pairs {estimate_text(bias)}; within {100 * BIAS} % is wanted")
    yield Verdict(None, f"after Holm's correction for {len(estimates)} comparisons {after} flagged")
    yield Verdict(None, "outliers among the pairs, all kept: "
                  + ", ".join(f"{count} {name}" for name, count in outliers.items()))
    pairs = max(e.count for e in estimates)
    for effect in (0.02, EFFECT):
        powers = [stats.effect_power(stats.log_ratios(sides["b"], sides["a"]), effect, pairs)
                  for sides in found.values()]
        yield Verdict(None, f"moved by {100 * effect:.0f} %, these pairs would be found with a"
                      f" power of {100 * statistics.mean(powers):.0f} % ({pairs} pairs each)")
    yield Verdict(None, cell_table(found, is_flagged))


def judge_power(rows):
    found = comparisons(rows)
    estimates = [ratio(sides) for sides in found.values()]
    seen, wanted = sum(map(is_found, estimates)), finds_wanted(len(estimates))
    injected = stats.estimate(pooled(found))
    enough = wanted <= len(estimates)
    yield Verdict(seen >= wanted,
                  f"a delay of {100 * EFFECT:.0f} % found in {seen} of {len(estimates)}"
                  " comparisons;" + (f" at least {wanted} are to be" if enough else
                                     " at least 59 are to be made"))
    yield Verdict(math.expm1(injected.low) <= EFFECT + LARGER,
                  f"the delay as all pairs see it: {estimate_text(injected)}; not to be certainly"
                  f" more than {100 * (EFFECT + LARGER):.1f} %")
    yield Verdict(None, cell_table(found, is_found, "found"))


# ---- Layout ----

def layout_medians(rows):
    """{(op, scale): {kind: [log of each layout's median time, the block's median taken off]}}."""
    values = collections.defaultdict(dict)
    for row in rows:
        cell = row["op"], int(row["scale"])
        values[cell][row["kind"], row["layout"], int(row["block"])] = math.log(replicate(row))
    result = {}
    for cell, found in values.items():
        of_block = collections.defaultdict(list)
        for (_, _, block), value in found.items():
            of_block[block].append(value)
        off = {block: statistics.median(all_of_it) for block, all_of_it in of_block.items()}
        of_layout = collections.defaultdict(list)
        for (kind, layout, block), value in found.items():
            of_layout[kind, layout].append(value - off[block])
        kinds = result.setdefault(cell, collections.defaultdict(list))
        for (kind, _), members in sorted(of_layout.items()):
            kinds[kind].append(statistics.median(members))
    return result


def deviation(values):
    """The standard deviation.  statistics.pstdev is exact, and too slow for thousands of draws."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def wider(medians, same, resamples=2000, seed=1):
    """The p-value, by permutation, that layouts differ no more than copies that are the same do:
    how often do medians dealt out at random lie as much farther apart?"""
    def centred(values):
        middle = statistics.median(values)
        return [value - middle for value in values]

    def excess(first, second):
        return deviation(first) - deviation(second)
    source = random.Random(seed)
    both = centred(medians) + centred(same)
    found, as_far = excess(both[:len(medians)], both[len(medians):]), 1
    for _ in range(resamples):
        source.shuffle(both)
        as_far += excess(both[:len(medians)], both[len(medians):]) >= found
    return as_far / (resamples + 1)


def judge_layout(rows):
    found = layout_medians(rows)
    kinds = [kind for kind in studies.LAYOUT_KINDS if kind != "same"]
    compared = [(cell, kind) for cell in sorted(found) for kind in kinds]
    p_values = stats.holm([wider(found[cell][kind], found[cell]["same"])
                           for cell, kind in compared])
    adjusted = dict(zip(compared, p_values))
    lines = []
    for (op, scale), medians in sorted(found.items()):
        for kind in studies.LAYOUT_KINDS:
            values = medians[kind]
            spread = stats.bootstrap(values, deviation)
            lines.append([op, printing.short_scale(scale), kind, str(len(values)),
                          f"{100 * spread.median:.2f} [{100 * spread.low:.2f}"
                          f" {100 * spread.high:.2f}] %",
                          f"{100 * math.expm1(max(values) - min(values)):.1f} %",
                          "" if kind == "same" else
                          stats.p_text(adjusted[(op, scale), kind])])
    certain = [f"{op} at {printing.short_scale(scale)} by {kind}"
               for ((op, scale), kind), p in adjusted.items() if p <= SURPRISE]
    yield Verdict(None, "layouts that lie farther apart than copies of one program, after Holm's"
                  f" correction for {len(compared)}: {', '.join(certain) or 'none'}")
    yield Verdict(None, printing.align(["op", "scale", "kind", "layouts", "standard deviation",
                                      "farthest apart", "p"], lines, figures=4, cell=1))


# ---- Counts ----

def judge_counts(rows):
    cells = collections.defaultdict(list)
    for row in rows:
        cells[row["composition"], row["op"], int(row["scale"])].append(row)
    lines, same = [], True
    for (composition, op, scale), runs in sorted(cells.items()):
        line = [composition, op, printing.short_scale(scale), str(len(runs))]
        for event in studies.COUNTED:
            numbers = [int(row[event]) for row in runs]
            apart = max(numbers) - min(numbers)
            same = same and (event != "instructions" or apart == 0)
            line += [f"{statistics.median(numbers) / int(runs[0]['operations']):.3f}", f"{apart:,}"]
        lines.append(line)
    runs = min(map(len, cells.values()))
    yield Verdict(same and runs > 1,
                  f"instructions of {runs} runs of each cell "
                  + ("are the same" if same else "differ"))
    yield Verdict(None, printing.align(
        ["composition", "op", "scale", "runs", "instructions/op", "apart", "L1 misses/op", "apart",
         "last-level misses/op", "apart"], lines, figures=7, cell=0))


# ---- All of it ----

JUDGES = {"aa": judge_aa, "power": judge_power, "layout": judge_layout, "counts": judge_counts}
FILES = {"counts": "repeats"}


def judge(directory):
    """[(study, what is known of its origin, its verdicts)], of the studies that are stored."""
    origins = {row["study"]: row for row in studies.read_csv(directory / "studies.csv")}
    for study, judge_study in JUDGES.items():
        if study in origins:
            rows = studies.read_csv(directory / f"{FILES.get(study, study)}.csv")
            yield study, origins[study], list(judge_study(rows))


def origin_text(origin):
    commit = (origin["source_commit"] or "unknown")[:12] + (" with changes" * int(origin["dirty"]))
    virtual = ", virtual" if origin["virtualised"] == "1" else ""
    return (f"{origin['started'][:16].replace('T', ' ')} UTC, commit {commit}, {origin['cpu']},"
            f" {origin['cores']} cores{virtual}, {origin['compiler']}; {origin['settings']}")


def main(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--in", dest="directory", type=pathlib.Path, default=studies.OUT)
    given = parser.parse_args(arguments)
    failed, found = [], []
    for study, origin, verdicts in judge(given.directory):
        found.append(study)
        print(f"{study}: {origin_text(origin)}\n")
        for verdict in verdicts:
            mark = {None: "", True: "passed: ", False: "FAILED: "}[verdict.passed]
            print(f"{mark}{verdict.text}")
            failed += [study] if verdict.passed is False else []
        print()
    failed += [f"{study} (not measured yet)" for study in JUDGES if study not in found]
    print("the instrument falls short in: " + ", ".join(dict.fromkeys(failed)) if failed else
          "every gate is passed")
    sys.stdout.flush()
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    run_report("instrument", main)
