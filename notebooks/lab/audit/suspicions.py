"""The nine suspicions with which the audit began, each with the claims it casts doubt on and what was measured.

A suspicion names its decisive claims: those that fall if it is right.  It is confirmed if none of them holds, refuted
if all do, confirmed in part if some do; where some could not be decided, this is said of the others; if none could, it
is open.  What is told of it is made of clauses with figures in braces; a clause whose figures were not measured is
left out:

    {003.c01} {003.c15 100}     the figure of a claim with its interval; times 100
    {told 001.c10}              what was measured, in words
    {nodes list random}         inner nodes of 100,000 keys; {model lazy}: as a uniform hash makes them
    {slots live}                share of phase 2.5's slots that are used at 100,000 keys, in %; {slots filled}
    {holding} {denied}          how many claims of document 004 hold, and do not, {all}
"""
import re
from typing import NamedTuple

from ..printing import count, digits
from ..results import NotMeasured
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED
from .counts import predict
from .evidence import Shape, full_map

OPEN, CONFIRMED, IN_PART, REFUTED = "open", "confirmed", "confirmed in part", "refuted"
SO_FAR = " as far as decided"
ENTRIES = 100000


class Suspicion(NamedTuple):
    number: int
    suspected: str
    decisive: tuple  # ids of claims
    clauses: tuple   # what was measured, a sentence each
    confirmed: str   # what follows if it is
    refuted: str


SUSPICIONS = [
    Suspicion(1, "keys in sequence do not make the tree sparse, and no hash makes it denser",
              ("000.c07", "000.c08", "000.c09"),
              ("A uniform hash makes {model list} inner nodes of 100,000 keys; keys in sequence make"
               " {nodes list sequential}, random ones {nodes list random}; the documents counted 687,212.",
               "By levels: {told 000.c09}."),
              "The sparseness is that of leaves at a fixed depth: it takes no bad hash and no special keys.",
              "The hash, not the fixed depth alone, makes the tree sparse."),
    Suspicion(2, "lazy expansion is nearly all of path compression, and no hash replaces it", ("000.c10", "000.c11"),
              ("At 100,000 keys lazy expansion leaves {nodes lazy sequential} of {nodes list sequential} inner nodes"
               " (model: {model lazy}), path compression {nodes pathcomp sequential}.",
               "Collapsing chains: {told 000.c12}.", "With murmur3 there are {told 000.c10}."),
              "libhamt's tree is small because leaves stand where they are alone.",
              "libhamt's tree is small through its hash, or through path compression."),
    Suspicion(3, "the language was never the gap", ("000.c48",),
              ("The structures of phases 2.5 and 3, in C, take {000.c48} times the reference's time.",
               "The baseline takes {002.c01} times the reference's time to fill and {002.c02} times to look up; the"
               " documents have 20 to 23 and 14 to 17."),
              "The gap is there without the language: it is the structure's.",
              "The same structures in C have no gap."),
    Suspicion(4, "like was not compared with like", ("000.c15", "000.c16"),
              ("The reference takes {000.c15} times as long at 100K as at 10K.",
               "Adding a tenth to a full map takes {000.c16} times as long, an entry, as filling one.",
               "Phase 3 over the reference at 100K: put {told 000.c13}; get {told 000.c14}."),
              "Neither the scale nor the method by which the documents divide is neutral.",
              "Dividing by another scale and method changes nothing."),
    Suspicion(5, "the tables disagree with themselves, and instrumentation is no reason", ("000.c28", "000.c29"),
              ("Put at 100K: phase 3 takes {000.c28} times phase 2.6's time; 147 of 391 ns would be 0.38, 399 of 391"
               " ns 1.02.", "Counting node visits takes {000.c29} times; 305 of 137 ns would be 2.2."),
              "Neither figure of the last phase's row comes from the structure or from counters.",
              "The figures of the last phase's row can be had."),
    Suspicion(6, "the pool's counts are right, what follows from them is not", ("001.c10", "001.c23", "003.c07"),
              ("Counted: {003.c01} arrays at 100K, {003.c06} slots an entry, {001.c23} % fallbacks at 10K (the"
               " documents: 699,131, 30 to 33, and both 2 and 79 %).",
               "At 100K {slots live} % of the slots used are in arrays still alive, and {slots filled} % hold a child.",
               "The pool takes {told 001.c10}.", "With 36 slots an entry, fallbacks: {told 003.c08}."),
              "Most slots are held for nothing, and fallbacks are not rare at 10K.",
              "The pool holds what the tree needs."),
    Suspicion(7, "fallbacks cannot have cost more than the whole", ("003.c14", "003.c15"),
              ("All fallbacks together are {003.c15 100} % of an insert; 114 % was claimed.",
               "One, as a share of an insert: {told 003.c14}; 0.167 was claimed."),
              "A fallback costs less than was claimed, over the allocators together.",
              "Fallbacks cost what was claimed."),
    Suspicion(8, "libhamt loses keys", ("003.c22",), ("{told 003.c22}.",),
              "It is no yardstick of correctness.", "It loses none."),
    Suspicion(9, "the projections for the superslab do not survive their switches one by one",
              ("004.c12", "004.c13", "004.c14", "004.c15"),
              ("Times the baseline's speed: slabs of 2 MB {004.c12}, 16 mapped ahead {004.c13}, both {004.c14}, neither"
               " fallback nor cap {004.c18}.",
               "Of {all} claims of document 004 {holding} hold and {denied} do not."),
              "None of the projected gains was found.", "The projected gains were found."),
]


# ---- What is told ----

class Figures:
    """What stands for the words in braces; NotMeasured if there is nothing."""

    def __init__(self, outcomes, evidence):
        self.outcomes, self.evidence = outcomes, evidence

    def of(self, text):
        word, *rest = text.split()
        if re.match(r"\d", word):
            return self.claim(word, *map(float, rest))
        return getattr(self, word)(*rest)

    def _measured(self, claim):
        outcome = self.outcomes.get(claim)
        if outcome is None or outcome.verdict == NOT_MEASURED or outcome.value is None:
            raise NotMeasured(claim)
        return outcome

    def claim(self, name, factor=1):
        low, value, high = (count(round(one)) if abs(one) >= 1000 else digits(one) for one in
                            (factor * bound for bound in self._measured(name)[1:4]))
        return value if self.outcomes[name].low == self.outcomes[name].high else f"{value} [{low} {high}]"

    def told(self, name):
        return self._measured(name).measured

    def tree(self, composition, pattern):
        return full_map(self.evidence, Shape(composition, pattern, ENTRIES))

    def nodes(self, composition, pattern):
        return count(self.tree(composition, pattern)["inner_nodes"])

    def model(self, composition):
        return count(round(predict(self.evidence.model_of(composition), ENTRIES).inner_nodes))

    def slots(self, what):
        tree = self.tree("phase2.5", "sequential")
        part = tree["pool"]["slots_live"] if what == "live" else tree["child_pointers"]
        return f"{100 * part / tree['pool']['slots_used']:.0f}"

    def _of_004(self):
        found = [outcome.verdict for name, outcome in self.outcomes.items() if name.startswith("004.")]
        if set(found) <= {NOT_MEASURED}:
            raise NotMeasured("document 004")
        return found

    def all(self):
        return str(len(self._of_004()))

    def holding(self):
        return str(self._of_004().count(HOLDS))

    def denied(self):
        return str(self._of_004().count(DOES_NOT_HOLD))


def clause_told(clause, figures):
    return re.sub(r"\{(.*?)\}", lambda match: figures.of(match[1]), clause)


def told(suspicion, figures):
    sentences = []
    for clause in suspicion.clauses:
        try:
            sentences.append(clause_told(clause, figures))
        except NotMeasured:
            continue
    return " ".join(sentences) or "Nothing that bears on it was measured."


# ---- Verdicts ----

def undecided(suspicion, outcomes):
    return [claim for claim in suspicion.decisive if outcomes[claim].verdict not in (HOLDS, DOES_NOT_HOLD)]


def settled(suspicion, outcomes):
    verdicts = {outcomes[claim].verdict for claim in suspicion.decisive} & {HOLDS, DOES_NOT_HOLD}
    if not verdicts:
        return OPEN
    verdict = IN_PART if len(verdicts) == 2 else REFUTED if HOLDS in verdicts else CONFIRMED
    return verdict + SO_FAR * bool(undecided(suspicion, outcomes))


def conclusion(suspicion, outcomes):
    """What follows from the verdict; of a suspicion confirmed in part, which claims stand, and of one that is not
    settled in full, which are not decided."""
    stand = [claim for claim in suspicion.decisive if outcomes[claim].verdict == HOLDS]
    return {CONFIRMED: suspicion.confirmed, REFUTED: suspicion.refuted,
            IN_PART: f"Of the claims that it doubts, these hold: {', '.join(stand)}."}.get(
                settled(suspicion, outcomes), f"Not decided: {', '.join(undecided(suspicion, outcomes))}.")


def bearing(number, claims):
    """Ids of the claims that bear on a suspicion, as the column `suspicion` has it."""
    return [claim["id"] for claim in claims if str(number) in claim["suspicion"].split()]


def report(claims, outcomes, evidence):
    """[(suspicion, verdict, ids of the claims that bear on it, what is told)]"""
    figures = Figures(outcomes, evidence)
    return [(suspicion, settled(suspicion, outcomes), bearing(suspicion.number, claims),
             f"{told(suspicion, figures)} {conclusion(suspicion, outcomes)}") for suspicion in SUSPICIONS]
