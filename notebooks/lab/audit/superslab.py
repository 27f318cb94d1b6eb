"""The claims of document 004, each held against the stored study of the superslab.

What its configurations are is listed in lab.superslab.configurations; phase9-on is the state that the document calls
"slabs on".  The columns of a claim ask for figures as lab.superslab.study has them.  `comparison` has one or several,
with `claimed` for each; a claim of several parts holds if each does, and fails with any.  `beside` is what is told,
with figures in braces; {figure|.2f} says how a count is written, {A x B} is the product of two medians, and {classes A}
has the fallbacks by class of sizes.  A claimed quantity is held against ours by the rule of lab.verdicts, as the
document's tables are (lab.superslab.report); of a direction the whole interval must lie on that side of 1.
"""
import re

from ..results import NotMeasured
from ..superslab.configurations import MAIN
from ..superslab.study import COUNT, text_of
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED
from . import rules
from .rules import exact, outcome

TESTS, test = rules.registry()


def told(study, text):
    def one(match):
        query, _, form = match[1].partition("|")
        if query.startswith("classes "):
            return classes(study, query.split()[1])
        if " x " in query:
            parts = [study.figure(part) for part in query.split(" x ")]
            return f"{parts[0].median * parts[1].median:.2f}" if all(parts) else "-"
        found = study.figure(query)
        return text_of(found) if found is None or not query.startswith("count:") else format(found, form or ",.0f")
    return re.sub(r"\{(.*?)\}", one, text)


def classes(study, name):
    """Fallbacks by class of sizes, of the classes that had some."""
    counts = study.found[COUNT, name, *MAIN].iloc[0].filter(like="fallbacks_").dropna()
    return ", ".join(f"{column.removeprefix('fallbacks_')} {value:,.0f}" for column, value in counts.items() if value)


def judge(text, claimed, ours):
    """Of a count exactly or within its tolerance; of what is no ratio against none at 0."""
    if text.startswith("count:"):
        return rules.judge_count(claimed, ours)
    return rules.judge_interval(claimed, ours, 1.0 if "/" in text.split(" ")[-1] else 0.0)


@test
def superslab(claim, evidence):
    study = evidence.superslab
    parts = claim["comparison"].split("; ")
    found = [study.figure(part) for part in parts]
    if found[0] is None:
        raise NotMeasured("the study has no process of it")
    judged = [judge(*each) for each in zip(parts, claim["claimed"].split("; "), found)]
    first = next((one for verdict in (DOES_NOT_HOLD, NOT_MEASURED, UNDECIDED) for one in judged
                  if one.verdict == verdict), judged[0])
    words = told(study, claim["beside"])
    return exact(words, found[0], first) if parts[0].startswith("count:") else outcome(words, found[0], first)


@test
def beyond_lookup(claim, evidence):
    """The same, but the cure must also gain more than a faster lookup does."""
    found = superslab(claim, evidence)
    lookup = evidence.superslab.figure("mask/linear")
    if found.verdict != HOLDS or lookup and lookup.low is not None and found.low > lookup.high:
        return found
    apart = lookup and lookup.low is not None and found.high < lookup.low
    return found._replace(verdict=DOES_NOT_HOLD if apart else UNDECIDED)
