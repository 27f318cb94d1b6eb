"""Two experiments beside each other: two commits, two machines, yesterday and today.

A and B each name an experiment: its id in the store or the beginning of one, the directory of an export or its name
below results/runs, or a commit or machine, of which the newest finished experiment is taken.  A:VARIANT takes that one
variant only, and it is then held beside B's, whatever that is called.  What is compared depends on what can be:

    one experiment          both ran side by side: ratios pair by pair, sign test
    one machine             times, as ratios of medians with a bootstrap interval, rank-sum test; what the machine did
                            in between is in them
    two machines            times say nothing; each variant's ratio to the baseline within its own experiment, pair by
                            pair, is compared with the other's (so does RELATIVE=1)

A difference is called one if its p-value is at most 5 % after Holm's correction for all that are compared.
"""
import contextlib
import pathlib
from typing import NamedTuple, Optional

import pandas

from . import pairs, results, sequential, settings, stats, store
from .command import BadSetting
from .printing import align, commit_of, digits, moment, op_order, pattern_order, short_scale, with_interval
from .results import CELL, COMPETITOR, RUN

LEVEL = 0.05


class Side(NamedTuple):
    """An experiment, and of it one variant or all (None)."""
    about: dict
    runs: pandas.DataFrame
    variant: Optional[str]

    @property
    def commit(self):
        return commit_of(self.about)


# ---- Which experiments ----

def in_store(connection, name):
    """The id of the finished experiment that is meant: by its own id, its commit or its machine."""
    try:
        return store.find_experiment(connection, name, finished=True)
    except store.StoreError:
        pass  # what begins so may be its commit, or its machine
    for column in ("source_commit", "machine"):
        found = connection.execute(
            f"SELECT id FROM experiment WHERE substr({column}, 1, length(?1)) = ?1 AND status = 'finished'"
            " ORDER BY started DESC, id DESC LIMIT 1", (name,)).fetchone()
        if found:
            return found["id"]
    raise BadSetting(f"{name}: neither an export nor a finished experiment, a commit or a machine in the store")


def side(text, path, directory):
    name, _, variant = text.partition(":")
    if not name:
        raise BadSetting("A and B: each must name an experiment: make compare A=... B=...")
    for export in (pathlib.Path(name), pathlib.Path(directory) / "runs" / name):
        if (export / "experiment.csv").exists():
            found = results.of_export(export.resolve())
            break
    else:
        with contextlib.closing(store.connect(path)) as connection:
            found = results.of_connection(connection, in_store(connection, name))
    return Side(found.about, results.told_apart(found.runs), variant or None)


def differences(a, b):
    for column, here in a.about["machine_is"].items():
        there = b.about["machine_is"][column]
        if column != "id" and here != there:
            yield f"machine, {column}: {here} | {there}"
    if (a.commit, a.about["diff_digest"]) != (b.commit, b.about["diff_digest"]):
        yield f"source: {a.commit} | {b.commit}"
    if a.about["compilers"] != b.about["compilers"]:
        yield f"compiler: {a.about['compilers']} | {b.about['compilers']}"


# ---- Comparing ----

def series(one, relative, baseline):
    """Times by cell, competitor and block, or their ratios to the baseline in the same block; and bytes an entry."""
    values = pairs.by_block(one.runs, baseline) if relative else one.runs.set_index([*RUN, "block"])["ns_per_op"]
    rest = one.runs[[*RUN, "block", "ns_per_op", "samples", "turns", "bytes_per_entry"]]
    table = values.rename("value").reset_index().merge(rest, on=[*RUN, "block"])
    if one.variant:
        table = table[table["variant"] == one.variant]
    return table.assign(joined="" if one.variant else table["variant"])


def compared(a, b, relative, baseline):
    """A row for everything that both have: A's and B's Estimates, the ratio of B over A, and its p-value."""
    by = [*CELL, *COMPETITOR[1:], "joined"]
    of_a, of_b = (dict(iter(series(one, relative, baseline).groupby(by, sort=False))) for one in (a, b))
    same_run = a.about["id"] == b.about["id"]
    estimate_a, estimate_b = sequential.of(a.runs), sequential.of(b.runs)
    p_value = sequential.p_value if estimate_a is sequential.estimate else stats.sign_test_p
    def order(key):
        return op_order(key[0]), pattern_order(key[1]), key[3], key[2], key[4:]
    for key in sorted(of_a.keys() & of_b, key=order):
        mine, other = of_a[key].set_index("block"), of_b[key].set_index("block")
        if same_run:
            ratios = (other["value"] / mine["value"] if relative else
                      pairs.over_turns(pairs.by_turn(other) / pairs.by_turn(mine))).dropna()
            ratio, p = estimate_a(ratios), p_value(ratios, 1)
        else:
            ratio = stats.unpaired_ratio(other["value"], mine["value"])
            p = stats.rank_sum_p(mine["value"], other["value"])
        names = list(dict.fromkeys([mine["variant"].iloc[0], other["variant"].iloc[0]]))
        yield dict(zip(by, key), name=" | ".join(names), a=estimate_a(mine["value"]),
                   b=estimate_b(other["value"]), ratio=ratio, p=p,
                   bytes=other["bytes_per_entry"].median() / mine["bytes_per_entry"].median())


def smallest_p(count, same_run):
    """The smallest p-value that so many values on each side can have."""
    return stats.sign_test_p([2] * count, 1) if same_run else stats.rank_sum_p(range(count), range(count, 2 * count))


def print_lines(lines, what, same_run):
    adjusted = stats.holm([line["p"] for line in lines])
    told = ["" if p > LEVEL else "slower" if line["ratio"].median > 1 else "faster" for line, p in zip(lines, adjusted)]
    print(align(["scale", "op", "pattern", "variant", f"A {what}", f"B {what}", "B / A", "p", "", "bytes B / A"],
                [[short_scale(line["scale"]), line["op"], line["pattern"], line["name"],
                  *(with_interval(line[name]) for name in ("a", "b", "ratio")), stats.p_text(p), verdict,
                  digits(line["bytes"])]
                 for line, p, verdict in zip(lines, adjusted, told)], figures=6))
    replicates = min(line["ratio"].count for line in lines)
    print(f"\n{len(lines)} compared, {replicates} processes or more on each side; after Holm's correction B is slower"
          f" in {told.count('slower')} and faster in {told.count('faster')}")
    if smallest_p(replicates, same_run) * len(lines) > LEVEL:
        print(f"so many comparisons of {replicates} processes cannot be told from chance, however large the difference:"
              " compare fewer, or measure with more REPS")


def compare(a="", b="", store=store.STORE, results=results.RESULTS, baseline=None, relative=False):
    """two experiments, A and B, beside each other: ids, exports, commits or machines"""
    one, other = side(a, store, results), side(b, store, results)
    if (one.variant is None) != (other.variant is None):
        raise BadSetting(f"{a} {b}: name a variant on both sides, or on neither")
    same_run = one.about["id"] == other.about["id"]
    same_machine = one.about["machine"] == other.about["machine"]
    if same_run and one.variant == other.variant:
        raise BadSetting(f"{a} and {b} are the same experiment")
    relative, baseline = relative or not same_machine, baseline or settings.baseline(set(one.runs["variant"]))
    for letter, each in (("A", one), ("B", other)):
        only = f"  {each.variant} alone" if each.variant else ""
        print(f"{letter}  experiment {each.about['id']}  {moment(each.about)} UTC"
              f"  commit {each.commit}  machine {each.about['machine']}{only}")
    for line in differences(one, other):
        print(f"   differ in {line}")
    by_chance = "95 % intervals by the bootstrap, p-values by the rank-sum test"
    if same_run:
        told = "one experiment: both ran side by side; ratios pair by pair, intervals and p-values by the sign test"
    elif relative:
        told = (f"{'one machine' if same_machine else 'two machines: times cannot be compared'}; what is compared is"
                f" each variant's time relative to {baseline} in its own experiment.\n{by_chance}")
    else:
        told = ("one machine, but not side by side: what it did in between is in the ratios too (RELATIVE=1 divides it"
                f" out).\n{by_chance}")
    if not same_run and any(each.runs["sequential"].any() for each in (one, other)):
        told += ("\nThey take as given how much was measured, though in PRECISION and DECIDE what was measured decides"
                 " that.")
    print(f"\n{told}\n")
    lines = list(compared(one, other, relative, baseline))
    if not lines:
        raise BadSetting("A and B have no competitor in a cell in common" + (f" beside {baseline}" if relative else ""))
    print_lines(lines, f"/ {baseline}" if relative else "ns", same_run)
