"""The course of a race: waves of blocks that are measured now, or those of a race that was kept.

Each wave is an experiment of its own, since it has other candidates and other keys.  A race with a NAME is kept: the
waves are exported, one beside the other, and with them what was asked (RACE).  What came of it is not stored.  Whoever
reads it runs the race again, by the rule as it is then, on the samples of its waves.
"""
import math
import shlex
import sys
import time
from typing import Callable, NamedTuple

import pandas

from . import results, settings
from .command import BadSetting, Failure
from .decide import run
from .factorial.design import Factorial
from .goal import duration
from .store import whole

KEPT = "races"      # the directory of those that are kept, within results
RACE = "race.conf"  # of one of them: the settings that say what was asked
WAVE = "wave-{}"    # and the name of a wave, from 1


class Question(NamedTuple):
    """What is asked of a race that is about to begin."""
    race: object          # which has a rule: lab.race.Race, lab.race_front.Front
    score: Callable       # makes scores of runs
    ops: list             # to be measured
    told: Callable        # what has come of the race, from a text on what it took
    factorial: Factorial  # of the family whose compositions take part
    asked: dict           # the settings that say all this, {parameter: value}

    def beside(self):
        """Who runs along to the end, dropped or not."""
        return self.asked.get("against", [])


def waves(measure, race):
    """The race, which is about to begin, after each wave of blocks, until it is decided or measure(candidates, blocks),
    which gives scores, gives None.  A wave adds a quarter of what there is."""
    while not race.decided:
        blocks = len(race.logs)
        scores = measure(race.names, max(2, blocks // 4) if blocks else race.fewest)
        if scores is None:
            return
        race.run(scores)
        yield race


# ---- Where waves come from ----

class Course:
    """Experiments, wave by wave, and the scores of each in columns that are called as the race calls its candidates."""
    def __init__(self, question):
        self.question, self.waves = question, []

    def scores(self, wave, names):
        self.waves.append(wave)
        return self.question.score(wave.runs).rename(columns={settings.label(name): name for name in names}, level=-1)


class Live(Course):
    """Measures them.  No wave begins that the budget, in seconds, has no room for.  directory: where they are kept."""
    def __init__(self, question, command, store, seed, budget, directory=None):
        super().__init__(question)
        self.command, self.store, self.seed, self.budget, self.directory = command, store, seed, budget, directory
        self.start, self.seconds = time.monotonic(), pandas.Series(dtype=float)  # that a block of each takes

    def taken(self):
        return time.monotonic() - self.start

    def __call__(self, candidates, blocks):
        names = list(dict.fromkeys([*candidates, *self.question.beside()]))
        if len(self.seconds):
            blocks = min(blocks, math.floor((self.budget - self.taken())
                                            / self.seconds[list(map(settings.label, names))].sum()))
        if blocks < 1:
            return None
        kept = ["--name", WAVE.format(len(self.waves) + 1), "--export", str(self.directory)]
        identity = run([*self.command, "--variants", ",".join(names), "--ops", ",".join(self.question.ops), "--reps",
                        str(blocks), "--seed", str(self.seed), *(kept if self.directory else ["--name", "race"])])
        self.seed += 1
        wave, _ = results.find(self.store, identity)
        self.seconds = wave.runs.groupby("variant")["seconds"].sum() / blocks
        return self.scores(wave, names)


class Kept(Course):
    """Reads those of a race that was kept in a directory."""
    def __init__(self, question, directory):
        super().__init__(question)
        self.directory = directory

    def __call__(self, candidates, blocks):
        directory = self.directory / WAVE.format(len(self.waves) + 1)
        if not directory.exists():
            return None
        wave = results.of_export(directory.resolve())
        missing = set(map(settings.label, candidates)) - set(wave.runs["variant"])
        if missing:
            raise Failure(f"{directory}: by the waves before it {', '.join(sorted(missing))} should be there, too")
        return self.scores(wave, [*candidates, *self.question.beside()])


# ---- What comes of it ----

def common(names, factorial):
    """(those of the family's fixes that all of these compositions have, those that none has); None if a composition is
    not made of fixes."""
    fixes = [factorial.fixes_of(name) for name in names]
    if None in fixes:
        return None
    return ([fix for fix in factorial.fixes if all(fix in each for each in fixes)],
            [fix for fix in factorial.fixes if not any(fix in each for each in fixes)])


def common_text(names, factorial):
    found = common(names, factorial)
    if not found:
        return ""
    has, lacks = (", ".join(fixes) or "nothing" for fixes in found)
    told = f"it has {has}, it lacks {lacks}" if len(names) == 1 else f"all that are left have {has}, none has {lacks}"
    return f"Of {', '.join(factorial.fixes)}, {told}."


def processes(question, course):
    """(how many it took, how many as many blocks of everybody would take)."""
    now = question.race
    return sum(len(wave.runs) for wave in course.waves), len(now.logs) * len(now.candidates) * len(question.ops)


def took_text(question, course):
    spent, every = processes(question, course)
    return (f"It took {spent:,} processes; as many blocks of all candidates would take {every:,}, and"
            f" {100 * spent / every:.0f} % of them it took.")


def followed(question, course, report=lambda text: None):
    """Runs a race to its end; what has come of it, as text."""
    for now in waves(course, question.race):
        report(f"{len(now.logs)} blocks: {len(now.left)} of {len(now.candidates)} left, {now.state}")
    return question.told(" ".join(filter(None, [common_text(question.race.names, question.factorial),
                                                took_text(question, course)])))


def live(question, asked, store, name, out, seed, budget, runner):
    """Measures a race with what the runner is asked for, and prints what has come of it; with a name, it is kept."""
    directory = out / KEPT / name if name else None
    if directory and directory.exists():
        raise BadSetting(f"NAME={name}: {directory} is there already; take another name, or remove it")
    course = Live(question, [*shlex.split(runner), "--store", str(store), *shlex.split(asked)], store, seed, budget,
                  directory)
    print(followed(question, course,
                   lambda text: print(f"{duration(course.taken())}, {text}", file=sys.stderr)))
    if directory:
        keep(directory, question.asked)


# ---- Keeping it ----

def text_of(value):
    """A setting's value as make takes it: weights, a share, names."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{weight:g}" for name, weight in value.items())
    return f"{100 * value:g}%" if isinstance(value, float) else settings.text_of(value)


def words(asked):
    """The settings that were given, NAME=value each."""
    return [f"{name.upper()}={text_of(value)}" for name, value in asked.items() if value]


def keep(directory, asked):
    with whole(directory / RACE) as path:
        path.write_text("\n".join(words(asked)) + "\n", encoding="utf-8")


def asked_of(directory):
    """{parameter: value} of what was asked of a race that was kept."""
    words = (line.partition("=") for line in (directory / RACE).read_text(encoding="utf-8").splitlines())
    return {name.lower(): settings.read_value(name, name.lower(), text) for name, _, text in words}
