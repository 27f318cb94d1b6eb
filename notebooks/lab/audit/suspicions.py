"""The nine suspicions with which the audit began, each with the claims it casts doubt on and what
was measured.

A suspicion names its decisive claims: those that fall if it is right.  It is confirmed if none of
them holds, refuted if all do, confirmed in part if some do; where some could not be decided, this
is said of the others; if none could, it is open.  What is told of it is made of the outcomes'
figures, clause by clause; a clause whose figures were not measured is left out.
"""
from typing import NamedTuple

from ..cell import count
from ..shape.model import predict
from ..tables import digits
from .evidence import Shape
from .outcome import DOES_NOT_HOLD, HOLDS, NOT_MEASURED

OPEN, CONFIRMED, IN_PART, REFUTED = "open", "confirmed", "confirmed in part", "refuted"
SO_FAR = " as far as decided"


class Missing(Exception):
    """A clause needs a figure that was not measured."""


class Suspicion(NamedTuple):
    number: int
    suspected: str
    decisive: tuple  # ids of claims
    clauses: tuple   # functions of Findings: what was measured, a sentence each
    confirmed: str   # what follows if it is
    refuted: str


class Findings:
    """What sentences are made of."""

    def __init__(self, outcomes, evidence):
        self.outcomes, self.evidence = outcomes, evidence

    def _measured(self, claim):
        outcome = self.outcomes.get(claim)
        if outcome is None or outcome.verdict == NOT_MEASURED or outcome.value is None:
            raise Missing(claim)
        return outcome

    def figure(self, claim, scale=1):
        """The figure of a claim with its interval."""
        outcome = self._measured(claim)
        low, value, high = (number(scale * bound) for bound in
                            (outcome.low, outcome.value, outcome.high))
        return value if outcome.low == outcome.high else f"{value} [{low} {high}]"

    def words(self, claim):
        self._measured(claim)
        return self.outcomes[claim].measured

    def tree(self, composition, pattern, scale=100000):
        tree = self.evidence.tree(Shape(composition, pattern, scale))
        if not tree:
            raise Missing(composition)
        return tree

    def inner_nodes(self, composition, pattern):
        return count(self.tree(composition, pattern)["inner_nodes"])

    def predicted(self, composition, scale=100000):
        return count(round(predict(self.evidence.model_of(composition), scale).inner_nodes))


def number(value):
    return count(round(value)) if abs(value) >= 1000 else digits(value)


# ---- Clauses ----

def nodes_by_pattern(f):
    return (f"A uniform hash makes {f.predicted('outline')} inner nodes of 100,000 keys; keys in"
            f" sequence make {f.inner_nodes('outline', 'sequential')}, random ones"
            f" {f.inner_nodes('outline', 'random')}; the documents counted 687,212.")


def levels(f):
    return f"By levels: {f.words('000.c09')}."


def nodes_by_descent(f):
    return (f"At 100,000 keys lazy expansion leaves {f.inner_nodes('outline+lazy', 'sequential')} of"
            f" {f.inner_nodes('outline', 'sequential')} inner nodes (model: {f.predicted('outline+lazy')}),"
            f" path compression {f.inner_nodes('outline+pathcomp', 'sequential')}.")


def chains(f):
    return f"Collapsing chains: {f.words('000.c12')}."


def other_hash(f):
    return f"With murmur3 there are {f.words('000.c10')}."


def same_structures(f):
    return (f"The structures of phases 2.5 and 3, in C, take {f.figure('000.c48')} times the"
            " reference's time.")


def baseline_gap(f):
    return (f"The baseline takes {f.figure('002.c01')} times the reference's time to fill and"
            f" {f.figure('002.c02')} times to look up; the documents have 20 to 23 and 14 to 17.")


def reference_by_scale(f):
    return f"The reference takes {f.figure('000.c15')} times as long at 100K as at 10K."


def reference_by_method(f):
    return (f"Adding a tenth to a full map takes {f.figure('000.c16')} times as long, an entry, as"
            " filling one.")


def equal_terms(f):
    return (f"Phase 3 over the reference at 100K: put {f.words('000.c13')}; get"
            f" {f.words('000.c14')}.")


def current_row(f):
    return (f"Put at 100K: phase 3 takes {f.figure('000.c28')} times phase 2.6's time; 147 of 391"
            " ns would be 0.38, 399 of 391 ns 1.02.")


def instrumentation(f):
    return f"Counting node visits takes {f.figure('000.c29')} times; 305 of 137 ns would be 2.2."


def slots(f):
    return (f"Counted: {f.figure('003.c01')} arrays at 100K, {f.figure('003.c06')} slots an entry,"
            f" {f.figure('001.c23')} % fallbacks at 10K (the documents: 699,131, 30 to 33, and both"
            " 2 and 79 %).")


def slots_of(f):
    tree = f.tree("phase2.5", "sequential")
    used, live = tree["pool"]["slots_used"], tree["pool"]["slots_live"]
    return (f"At 100K {100 * live / used:.0f} % of the slots used are in arrays still alive, and"
            f" {100 * tree['child_pointers'] / used:.0f} % hold a child.")


def pool_memory(f):
    return f"The pool takes {f.words('001.c10')}."


def pool_rule(f):
    return f"With 36 slots an entry, fallbacks: {f.words('003.c08')}."


def all_fallbacks(f):
    return (f"All fallbacks together are {f.figure('003.c15', 100)} % of an insert; 114 % was"
            " claimed.")


def one_fallback(f):
    return f"One, as a share of an insert: {f.words('003.c14')}; 0.167 was claimed."


def keys_lost(f):
    return f"{f.words('003.c22')}."


def switches(f):
    return (f"Times the baseline's speed: slabs of 2 MB {f.figure('004.c12')}, 16 mapped ahead"
            f" {f.figure('004.c13')}, both {f.figure('004.c14')}, neither fallback nor cap"
            f" {f.figure('004.c18')}.")


def superslab_claims(f):
    verdicts = [outcome.verdict for name, outcome in f.outcomes.items() if name.startswith("004.")]
    if set(verdicts) <= {NOT_MEASURED}:
        raise Missing("004")
    return (f"Of {len(verdicts)} claims of document 004 {verdicts.count(HOLDS)} hold and"
            f" {verdicts.count(DOES_NOT_HOLD)} do not.")


SUSPICIONS = [
    Suspicion(1, "keys in sequence do not make the tree sparse, and no hash makes it denser",
              ("000.c07", "000.c08", "000.c09"), (nodes_by_pattern, levels),
              "The sparseness is that of leaves at a fixed depth: it takes no bad hash and no"
              " special keys.",
              "The hash, not the fixed depth alone, makes the tree sparse."),
    Suspicion(2, "lazy expansion is nearly all of path compression, and no hash replaces it",
              ("000.c10", "000.c11"), (nodes_by_descent, chains, other_hash),
              "libhamt's tree is small because leaves stand where they are alone.",
              "libhamt's tree is small through its hash, or through path compression."),
    Suspicion(3, "the language was never the gap", ("000.c48",), (same_structures, baseline_gap),
              "The gap is there without the language: it is the structure's.",
              "The same structures in C have no gap."),
    Suspicion(4, "like was not compared with like", ("000.c15", "000.c16"),
              (reference_by_scale, reference_by_method, equal_terms),
              "Neither the scale nor the method by which the documents divide is neutral.",
              "Dividing by another scale and method changes nothing."),
    Suspicion(5, "the tables disagree with themselves, and instrumentation is no reason",
              ("000.c28", "000.c29"), (current_row, instrumentation),
              "Neither figure of the last phase's row comes from the structure or from counters.",
              "The figures of the last phase's row can be had."),
    Suspicion(6, "the pool's counts are right, what follows from them is not",
              ("001.c10", "001.c23", "003.c07"), (slots, slots_of, pool_memory, pool_rule),
              "Most slots are held for nothing, and fallbacks are not rare at 10K.",
              "The pool holds what the tree needs."),
    Suspicion(7, "fallbacks cannot have cost more than the whole", ("003.c14", "003.c15"),
              (all_fallbacks, one_fallback),
              "A fallback costs less than was claimed, over the allocators together.",
              "Fallbacks cost what was claimed."),
    Suspicion(8, "libhamt loses keys", ("003.c22",), (keys_lost,),
              "It is no yardstick of correctness.", "It loses none."),
    Suspicion(9, "the projections for the superslab do not survive their switches one by one",
              ("004.c12", "004.c13", "004.c14", "004.c15"), (switches, superslab_claims),
              "None of the projected gains was found.", "The projected gains were found."),
]


# ---- Verdicts ----

def undecided(suspicion, outcomes):
    return [claim for claim in suspicion.decisive
            if outcomes[claim].verdict not in (HOLDS, DOES_NOT_HOLD)]


def settled(suspicion, outcomes):
    verdicts = {outcomes[claim].verdict for claim in suspicion.decisive} & {HOLDS, DOES_NOT_HOLD}
    if not verdicts:
        return OPEN
    verdict = IN_PART if len(verdicts) == 2 else REFUTED if HOLDS in verdicts else CONFIRMED
    return verdict + SO_FAR * bool(undecided(suspicion, outcomes))


def conclusion(suspicion, outcomes):
    """What follows from the verdict; of a suspicion confirmed in part, which claims stand, and of
    one that is not settled in full, which are not decided."""
    stand = [claim for claim in suspicion.decisive if outcomes[claim].verdict == HOLDS]
    return {CONFIRMED: suspicion.confirmed, REFUTED: suspicion.refuted,
            IN_PART: f"Of the claims that it doubts, these hold: {', '.join(stand)}."}.get(
                settled(suspicion, outcomes),
                f"Not decided: {', '.join(undecided(suspicion, outcomes))}.")


def told(suspicion, findings):
    sentences = []
    for clause in suspicion.clauses:
        try:
            sentences.append(clause(findings))
        except Missing:
            continue
    return " ".join(sentences) or "Nothing that bears on it was measured."


def bearing(number, claims):
    """Ids of the claims that bear on a suspicion, as the column `suspicion` has it."""
    return [claim["id"] for claim in claims if str(number) in claim["suspicion"].split()]


def report(claims, outcomes, evidence):
    """[(suspicion, verdict, ids of the claims that bear on it, what is told)]"""
    findings = Findings(outcomes, evidence)
    return [(suspicion, settled(suspicion, outcomes), bearing(suspicion.number, claims),
             f"{told(suspicion, findings)} {conclusion(suspicion, outcomes)}".strip())
            for suspicion in SUSPICIONS]
