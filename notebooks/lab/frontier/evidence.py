"""The stored results about the frontier: every plan frontier*, and buckets, which had some of it before there was one.

Each is an experiment of its own, of which only competitors within one block are compared.  What several have is taken
from the one with the most blocks there; of those with equally many, from the first by name, with buckets last.
"""
import pathlib
from typing import NamedTuple, Optional

import pandas

from .. import pairs
from ..experiment import SYSTEM
from ..machine import caches_text
from ..results import RUN, NotMeasured, processes, siblings_of, where
from ..settings import compose
from ..stats import Estimate, estimate, unpaired_ratio
from ..store import ROOT

BEFORE = "buckets"
HASH = "xxh3"  # one for all


class Study(NamedTuple):
    name: str
    about: dict
    runs: pandas.DataFrame   # a row a process, with its time and whatever values it reported
    every: pandas.DataFrame  # those with another hash or allocator, too


class Place(NamedTuple):
    """What competitors have in common."""
    op: str
    scale: int
    pattern: str = "shuffled"
    key: str = "u64"

    @property
    def pattern_text(self):
        """Of a file its name alone."""
        return self.pattern.partition("@")[0]


class Fastest(NamedTuple):
    name: str
    ratio: Estimate  # of the subject's figure to its


def is_plain(hash_name, allocator):
    """Whether it is what all competitors are compared with, unless something else is said."""
    return hash_name == HASH and allocator in SYSTEM


def plans():
    return sorted(path.stem for path in (ROOT / "experiments").glob("frontier*.plan"))


def study(name, results):
    about, frame = processes(name, results)
    frame = frame[frame["status"] == "ok"].assign(allocator=lambda runs: runs["allocator_asked"])
    plain = [is_plain(*choice) for choice in zip(frame["hash"], frame["allocator"])]
    return Study(name, about, frame[plain], frame)


def studies(results):
    """Those that were measured; NotMeasured if none was."""
    runs = pathlib.Path(results) / "runs"
    found = [study(name, results) for name in (*plans(), BEFORE) if (runs / name / "experiment.csv").exists()]
    if not found:
        raise NotMeasured(f"{runs}: the frontier is not measured; make frontier-results measures it into results/own")
    return found


def elsewhere(results):
    """{what a machine is: [Study]} of the plans that other machines measured again."""
    found = {}
    for plan in plans():
        directory = pathlib.Path(results) / "runs" / plan
        for name in siblings_of(directory) if (directory / "experiment.csv").exists() else ():
            again = study(name, results)
            found.setdefault(f"{again.about['cpu']}, {caches_text(again.about['caches'])}", []).append(again)
    return found


def places(found):
    return sorted({Place(*place) for study in found
                   for place in study.runs[["op", "scale", "pattern", "key"]].itertuples(index=False)})


def runs_at(study, place):
    return where(study.runs, **place._asdict())


def every_runs_at(found, place):
    """Each study's runs there, if it has some; those of the most blocks come first."""
    runs = [runs_at(study, place) for study in found]
    return sorted((some for some in runs if len(some)), key=lambda some: -some["block"].nunique())


def names_at(found, place):
    return sorted({name for runs in every_runs_at(found, place) for name in runs["variant"]})


def with_all(found, place, names, value):
    """Of the first study that has this value of all of these there: its runs at the place.  None if there is none."""
    for runs in every_runs_at(found, place):
        there = set(runs.loc[runs[value].notna(), "variant"]) if value in runs else set()
        if there and set(names) <= there:
            return runs
    return None


def of_runs(runs, value):
    """{variant: Estimate} of what they have at one place."""
    return {name: estimate(group.dropna()) for name, group in runs.groupby("variant")[value] if group.notna().any()}


def figure(found, place, name, value) -> Optional[Estimate]:
    runs = with_all(found, place, [name], value)
    return None if runs is None else of_runs(runs, value)[name]


def ratios_to(runs, over, value):
    """{variant: Estimate} of each one's ratio to that of `over`, block by block."""
    found = pairs.ratios(runs, over, value=value, who=RUN)
    return {row[RUN.index("variant")]: ratio for row, ratio in found.items()}


def ratio(found, place, subject, over, value) -> Optional[Estimate]:
    runs = with_all(found, place, [subject, over], value)
    return None if runs is None else ratios_to(runs, over, value).get(subject)


def batch_ratio(found, together, one_by_one, name) -> Optional[Estimate]:
    """Of one competitor's times at two places: they are of one experiment, but of no block in common."""
    for study in sorted(found, key=lambda study: -runs_at(study, together)["block"].nunique()):
        times = [runs.loc[runs["variant"] == name, "ns_per_op"].dropna()
                 for runs in (runs_at(study, together), runs_at(study, one_by_one))]
        if all(map(len, times)):
            return unpaired_ratio(*times)
    return None


def fastest(found, place, subject, value) -> Optional[Fastest]:
    """The peer with the least of it where the subject was measured, and the subject's ratio to it."""
    runs = with_all(found, place, [subject], value)
    ratios = {} if runs is None else ratios_to(runs, subject, value)
    peers = compose.peer_names()
    there = [name for name in ratios if name in peers]
    if not there:
        return None
    name = min(there, key=lambda peer: ratios[peer].median)
    return Fastest(name, ratios_to(runs, name, value)[subject])
