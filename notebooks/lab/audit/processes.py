"""Tests of claims about what a process did beside its work: instructions, misses, waiting, wrong
answers.  Instructions come from results/counts (valgrind), waiting from results/audit/switches.csv,
keys that libhamt lost from results/libhamt/lost_keys.csv, each with the command that made it.
"""
import itertools

from ..printing import count, digits, short_scale
from ..counts import attribution, exact
from ..verdicts import COUNT_TOLERANCE, judge_estimates
from . import rules
from .cases import Case, decide_over, name_of, place, scales, words
from .outcome import DOES_NOT_HOLD, HOLDS, Outcome, not_measured

THOUSAND = 1000


# ---- Instructions and simulated misses ----

def instruction_share(claim, evidence):
    """The share of instructions and of the estimated time (lab.counts.attribution) that goes to the
    category which `comparison` names before its colon, in the first composition; beside it the
    others'."""
    category = claim["comparison"].split(":")[0]
    found = [(composition, attribution.shares_of(rows, [category]))
             for composition, op, pattern, scale in itertools.product(
                 words(claim, "compositions"), words(claim, "op"), words(claim, "pattern"), scales(claim))
             if len(rows := attribution.of_cell(evidence.attribution, composition, op, pattern, scale))]
    if not found:
        return not_measured("no profile of it is stored under results/counts")
    told = ", ".join(f"{of_cycles:.0f} % of the estimated time ({of_instructions:.0f} % of"
                     f" instructions) in {composition}"
                     for composition, (of_instructions, of_cycles) in found)
    shares = [share / 100 for share in found[0][1]]
    return Outcome(f"{category}: {told}", min(shares), shares[1], max(shares), 1,
                   *rules.untested(judge_estimates(rules.range_of(claim["claimed"]), shares)))


def growth_beyond_instructions(claim, evidence):
    """Times at the last scale over those at the first, over the same of instructions: what of the
    growth is not work."""
    first, last = scales(claim)
    cases, told = [], []
    for composition, op, pattern in itertools.product(words(claim, "compositions"),
                                                      words(claim, "op"), words(claim, "pattern")):
        rows = [exact.of_cell(evidence.instructions, composition, op, pattern, scale) for scale in (last, first)]
        if all(row is not None for row in rows):
            growth = rows[0]["instructions"] / rows[1]["instructions"]
            cases.append(Case(name_of(composition, op), tuple(
                place(claim, composition, op, pattern, scale) for scale in (last, first)),
                lambda late, early, growth=growth: late / early / growth))
            told.append(f"{digits(growth)} times ({composition})")
    if not cases:
        return not_measured(f"no instructions are stored for {short_scale(first)} and"
                            f" {short_scale(last)}")
    return decide_over(claim, evidence, cases, f"instructions grow {', '.join(told)}")


MISSES = {"d1_misses": "L1", "ll_misses": "last level", "tlb1_misses": "pages, 64 places",
          "tlb2_misses": "pages, 2,048 places"}
A_MISS = 0.1  # fewer than one in ten operations are told but explain nothing


def simulated_misses(claim, evidence):
    """Simulated misses of the first operation beside those of the second.  That misses explain what
    the order costs holds if at each scale some kind of miss grows by more than COUNT_TOLERANCE and
    the instructions do not."""
    found, told = [], []
    for composition, pattern, scale in itertools.product(
            words(claim, "compositions"), words(claim, "pattern"), scales(claim)):
        rows = [exact.of_cell(evidence.instructions, composition, op, pattern, scale) for op in words(claim, "op")]
        if any(row is None for row in rows):
            continue
        kinds = [(name, *(row[column] for row in rows)) for column, name in MISSES.items()
                 if all(row.notna()[column] for row in rows)]
        more = [mine > max(A_MISS, COUNT_TOLERANCE * other) for _, mine, other in kinds]
        work = rows[0]["instructions"] / rows[1]["instructions"]
        found.append(any(more) and work <= COUNT_TOLERANCE)
        told.append(f"at {short_scale(scale)} " + ", ".join(
            f"{digits(mine)} against {digits(other)} ({name})" for name, mine, other in kinds)
            + f", instructions {digits(work)} times")
    if not found:
        return not_measured("misses of these operations are not stored under results/counts")
    return Outcome("; ".join(told), None, None, None, 1, HOLDS if all(found) else DOES_NOT_HOLD)


# ---- Waiting ----

def waiting(claim, evidence):
    """How often processes gave up the processor to wait, in a thousand blocks that they hold: a
    lock that is contended makes its thread wait.  All causes of waiting count, so this is at most
    the contention."""
    composition, op = claim["compositions"], claim["op"]
    rows = [row for row in evidence.switches
            if (row["composition"], row["op"]) == (composition, op)]
    if not rows:
        return not_measured("waiting of no such process has been counted")
    rates = [THOUSAND * int(row["switches"]) / int(row["blocks"]) for row in rows]
    waits = [int(row["switches"]) for row in rows]
    return rules.decide(claim, rates, f"at most {max(waits)} waits of a process that holds"
                                      f" {count(int(rows[0]['blocks']))} blocks")


# ---- Wrong answers ----

def lost_keys(claim, evidence):
    """Keys that libhamt did not find again, as reported with the command, and maps of the reference
    in which the measuring program found every key again (it ends with an error if not)."""
    if not evidence.lost_keys:
        return not_measured("results/libhamt/lost_keys.csv is not there")
    theirs = "; ".join(f"{count(int(row['lost']))} of {count(int(row['keys']))} ({row['hash']})"
                       for row in evidence.lost_keys)
    reference = claim["compositions"]
    ours = [shape for shape in evidence.trees if shape.composition == reference]
    checked = max(ours, key=lambda shape: shape.scale, default=None)
    lost = max(int(row["lost"]) for row in evidence.lost_keys)
    told = (f"; {reference}: 0 lost in {len(ours)} maps of up to {count(checked.scale)} keys"
            if checked else "")
    return Outcome(f"libhamt at {evidence.lost_keys[0]['commit']} loses {theirs}{told}", lost, lost,
                   lost, 1, DOES_NOT_HOLD if lost else HOLDS)


TESTS = {test.__name__: test for test in (
    instruction_share, growth_beyond_instructions, simulated_misses, waiting, lost_keys)}
