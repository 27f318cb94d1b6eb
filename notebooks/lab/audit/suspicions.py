"""The nine suspicions with which the audit began, each with the claims it casts doubt on and what was measured.

results/audit/suspicions.csv has them.  A suspicion names its decisive claims: those that fall if it is right.  It is
confirmed if none of them holds, refuted if all do, confirmed in part if some do; where some could not be decided, this
is said of the others; if none could, it is open.  What follows then is in the columns confirmed and refuted.  What is
told of it is made of clauses, with | between, and figures in braces; a clause whose figures were not measured is left
out:

    {003.c01} {003.c15 100}     the figure of a claim with its interval; times 100
    {told 001.c10}              what was measured, in words
    {nodes list random}         inner nodes of 100,000 keys; {model lazy}: as a uniform hash makes them
    {slots live}                share of phase 2.5's slots that are used at 100,000 keys, in %; {slots filled}
              how many claims of document 004 hold, and do not, {all}
"""
import re

from ..printing import count, digits
from ..results import RESULTS, NotMeasured, read_rows
from ..shape.tree import expectation
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED
from .evidence import Shape, full_map

SUSPICIONS = RESULTS / "audit" / "suspicions.csv"
OPEN, CONFIRMED, IN_PART, REFUTED = "open", "confirmed", "confirmed in part", "refuted"
SO_FAR = " as far as decided"
ENTRIES = 100000


# ---- What is told ----

class Figures:
    """What stands for the words in braces; NotMeasured if there is nothing."""

    def __init__(self, outcomes, evidence):
        self.outcomes, self.evidence = outcomes, evidence

    def of(self, text):
        word, *rest = text.split()
        return self.claim(word, *map(float, rest)) if word[0].isdigit() else getattr(self, word)(*rest)

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
        return count(round(expectation(composition, ENTRIES).inner_nodes))

    def slots(self, what):
        tree = self.tree("phase2.5", "sequential")
        part = tree["pool"]["slots_live"] if what == "live" else tree["child_pointers"]
        return f"{100 * part / tree['pool']['slots_used']:.0f}"

    def claims(self, *words):
        verdict = " ".join(words)
        found = [outcome.verdict for name, outcome in self.outcomes.items() if name.startswith("004.")]
        if set(found) <= {NOT_MEASURED}:
            raise NotMeasured("document 004")
        return str(len(found) if verdict == "all" else found.count(verdict))


def told(suspicion, figures):
    sentences = []
    for clause in suspicion["told"].split(" | "):
        try:
            sentences.append(re.sub(r"\{(.*?)\}", lambda match: figures.of(match[1]), clause))
        except NotMeasured:
            continue
    return " ".join(sentences) or "Nothing that bears on it was measured."


# ---- Verdicts ----

def undecided(suspicion, outcomes):
    return [claim for claim in suspicion["decisive"].split() if outcomes[claim].verdict not in (HOLDS, DOES_NOT_HOLD)]


def settled(suspicion, outcomes):
    verdicts = {outcomes[claim].verdict for claim in suspicion["decisive"].split()} & {HOLDS, DOES_NOT_HOLD}
    if not verdicts:
        return OPEN
    verdict = IN_PART if len(verdicts) == 2 else REFUTED if HOLDS in verdicts else CONFIRMED
    return verdict + SO_FAR * bool(undecided(suspicion, outcomes))


def conclusion(suspicion, outcomes):
    """What follows from the verdict; of a suspicion confirmed in part, which claims stand, and of one that is not
    settled in full, which are not decided."""
    stand = [claim for claim in suspicion["decisive"].split() if outcomes[claim].verdict == HOLDS]
    return {CONFIRMED: suspicion["confirmed"], REFUTED: suspicion["refuted"],
            IN_PART: f"Of the claims that it doubts, these hold: {', '.join(stand)}."}.get(
                settled(suspicion, outcomes), f"Not decided: {', '.join(undecided(suspicion, outcomes))}.")


def bearing(suspicion, claims):
    """Ids of the claims that bear on it, as their column `suspicion` has it."""
    return [claim["id"] for claim in claims if suspicion["number"] in claim["suspicion"].split()]


def report(claims, outcomes, evidence):
    """[(suspicion, verdict, ids of the claims that bear on it, what is told)]"""
    figures = Figures(outcomes, evidence)
    return [(suspicion, settled(suspicion, outcomes), bearing(suspicion, claims),
             f"{told(suspicion, figures)} {conclusion(suspicion, outcomes)}") for suspicion in read_rows(SUSPICIONS)]
