#!/usr/bin/env python3
"""Draws the paper's figures from stored results.

    python3 -m lab.paper.figures [--results DIR]

writes DIR/figures/NAME.svg and .png.  They are those of the notebooks: each has a question for its
title (lab.figures.question).  What was not measured is not drawn, and told.
"""
import pathlib
import sys

from .. import store
from ..command import Parser, run_report
from ..figures import (allocators, gaps, hashes, interactions, ladder, patterns, scale,
                       shape)
from ..question import NotMeasured, Results
from ..instrument import trust
from ..superslab import gap

QUESTIONS = (trust.TRUST, ladder.GAIN, scale.FLOORS, patterns.ORDER, interactions.GAP,
             interactions.SUMS, shape.SPARSE, gaps.EQUAL, allocators.REACTION, hashes.COST,
             gap.GAP)


def draw(directory):
    """Writes all that can be drawn from these results; what cannot, as [(name, reason)]."""
    results, lost = Results(directory), []
    for question in QUESTIONS:
        try:
            question.write(question.read(results), results.figures)
        except NotMeasured as reason:
            lost.append((question.name, str(reason)))
    return lost


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", default=store.ROOT / "results", type=pathlib.Path)
    given = parser.parse_args(arguments)
    for name, reason in draw(given.results):
        print(f"paper-figures: {name}: {reason}", file=sys.stderr)


if __name__ == "__main__":
    run_report("paper-figures", report)
