"""The paper's figures: those of the notebooks; each has a question for its title (lab.question)."""
import sys

from .. import allocators, hash_costs, ladder, patterns, scale, store, threads, versions
from ..factorial import figure as factorial
from ..frontier import pareto
from ..instrument import trust
from ..question import NotMeasured, Results
from ..seeds import gaps
from ..shape import density
from ..superslab import gap

QUESTIONS = (trust.TRUST, ladder.GAIN, scale.FLOORS, patterns.ORDER, factorial.GAP, factorial.SUMS, factorial.BUCKETS,
             pareto.QUESTION, versions.INTERVALS, threads.SCALING, density.SPARSE, gaps.EQUAL, allocators.REACTION,
             hash_costs.COST, gap.GAP)


def draw(results=store.ROOT / "results"):
    """draws the paper's figures into RESULTS/figures; what was not measured is told"""
    stored = Results(results)
    for question in QUESTIONS:
        try:
            question.write(question.read(stored), stored.figures)
        except NotMeasured as reason:
            print(f"paper-figures: {question.name}: {reason}", file=sys.stderr)
