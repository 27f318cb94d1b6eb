"""The claims of document 004, each held against the stored study of the superslab.

What its configurations are is listed in lab.superslab.configurations; phase9-on is the state that the document calls
"slabs on".  The columns of a claim ask for figures:

    CONFIGURATION                         its Mop/s, in each block
    2m/phase9-on                          ratios within blocks
    phase9-on@good/phase9-on              under the good generator, over the other
    kernel_share 2m                       another column of the study, or a formula of its columns
    profile:kernel_mmap phase9-on         share of a profile's samples, by where they fell
    steps:lookup best                     cycles of a single step
    count:lookups / frees phase9-on       what was counted once: one number, without an interval

`comparison` has one or several, with `claimed` for each; a claim of several parts holds if each does, and fails with
any.  `beside` is what is told, with figures in braces; {figure|.2f} says how a count is written, and {A x B} is the
product of two medians.  A claimed quantity is held against ours by the rule of lab.verdicts, as the document's tables
are (lab.superslab.report); of a direction the whole interval must lie on that side of 1.
"""
import re

import pandas

from ..results import NotMeasured
from ..stats import estimate
from ..superslab.configurations import MAIN
from ..superslab.report import text_of
from ..superslab.study import COUNT, LOAD, MIXED, PROFILE, STEPS
from ..verdicts import DOES_NOT_HOLD, HOLDS, NOT_MEASURED, UNDECIDED
from . import rules
from .rules import exact, outcome

TESTS, test = rules.registry()
KINDS = (COUNT, PROFILE, STEPS, MIXED)  # counts come first: times are told beside them


class Study:
    """The study's processes as frames, one a kind, with what they told of themselves as columns."""

    def __init__(self, runs):
        """runs: as lab.superslab.study.read has them."""
        self.frames = {}
        for kind in KINDS if len(runs) else ():
            part = runs[(runs["op"] == kind) & (runs["status"] == "ok")].reset_index(drop=True)
            told = pandas.DataFrame(list(part.pop("counts")))
            part = part.join(told[told.columns.difference(part.columns)])
            self.frames[kind] = getattr(self, f"_{kind}")(part, list(told))

    def _count(self, part, told):
        for begins in ("exhausted", "fallbacks"):
            part[begins] = part[[name for name in told if name.startswith(begins)]].sum(axis=1)
        if "mmap_calls" in part:
            part["calls"] = (part["mmap_calls"] + part["munmap_calls"]) / part["cycles"]
        return part

    def _profile(self, part, told):
        part[told] = part[told].div(part[told].sum(axis=1), axis=0).fillna(0.0)
        kernel = part[[name for name in told if name.startswith("kernel_")]].sum(axis=1)
        return part.drop(columns="kernel", errors="ignore").assign(kernel=kernel)

    def _steps(self, part, _):
        return part.assign(lookup=(part["lookup_ns"] - part["empty_lookup_ns"]) / part["cycle_ns"],
                           pair=(part["pair_ns"] - part["empty_pair_ns"]) / 2 / part["cycle_ns"])

    def _mixed(self, part, _):
        """With the calls that a cycle makes, as they were counted."""
        counted = self.frames["count"]
        if "calls" not in counted:
            return part
        load = ["configuration", *LOAD]
        return part.merge(counted.drop_duplicates(load)[[*load, "calls"]], on=load, how="left")

    def series(self, kind, formula, name):
        """By block; empty where nothing was measured."""
        part = self.frames.get(kind, pandas.DataFrame({"configuration": []}))
        configuration, _, generator = name.partition("@")
        part = part[part["configuration"] == configuration]
        if len(part):
            part = part[(part["slots"] == MAIN.slots) & (part["threads"] == MAIN.threads)
                        & (part["generator"] == (generator or MAIN.generator))]
        if kind == PROFILE:  # where no sample fell is not told
            part = part.assign(**{place: 0.0 for place in re.findall(r"[a-z]\w+", formula) if place not in part})
        try:
            return part.set_index("block").eval(formula).dropna() if len(part) else pandas.Series(dtype=float)
        except pandas.errors.UndefinedVariableError:
            return pandas.Series(dtype=float)  # a column that these processes do not have

    def values(self, text):
        """What a figure's text asks for, by block, and its kind."""
        *formula, names = text.split(" ")
        kind, _, formula = " ".join(formula).rpartition(":")
        found = [self.series(kind or MIXED, formula or "mops", name) for name in names.split("/")]
        return (found[0] / found[1]).dropna() if len(found) > 1 else found[0]

    def figure(self, text):
        """The Estimate, or the number that was counted; None where there is none."""
        values = self.values(text)
        if values.empty:
            return None
        return values.iloc[0] if text.startswith("count:") else estimate(values)

    def told(self, text):
        """The text with figures for what stands in braces."""
        def one(match):
            query, _, form = match[1].partition("|")
            if query.startswith("classes "):
                return self.classes(query.split()[1])
            if " x " in query:
                parts = [self.figure(part) for part in query.split(" x ")]
                return f"{parts[0].median * parts[1].median:.2f}" if all(parts) else "-"
            found = self.figure(query)
            return text_of(found) if found is None or not query.startswith("count:") else format(found, form or ",.0f")
        return re.sub(r"\{(.*?)\}", one, text)

    def classes(self, name):
        """Fallbacks by class of sizes, of the classes that had some."""
        found = {column: self.figure(f"count:{column} {name}") for column in self.frames["count"]
                 if column.startswith("fallbacks_")}
        return ", ".join(f"{column[len('fallbacks_'):]} {value:,.0f}" for column, value in found.items() if value)


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
    told = study.told(claim["beside"])
    return exact(told, found[0], first) if parts[0].startswith("count:") else outcome(told, found[0], first)


@test
def beyond_lookup(claim, evidence):
    """The same, but the cure must also gain more than a faster lookup does."""
    found = superslab(claim, evidence)
    lookup = evidence.superslab.figure("mask/linear")
    if found.verdict != HOLDS or lookup and lookup.low is not None and found.low > lookup.high:
        return found
    apart = lookup and lookup.low is not None and found.high < lookup.low
    return found._replace(verdict=DOES_NOT_HOLD if apart else UNDECIDED)
