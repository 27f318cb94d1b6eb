"""Races that were kept (results/races): what came of each, run again on its stored samples."""
import numpy

from . import race, race_front, results, sequential
from .command import Failure
from .machine import description
from .printing import code, paragraph, with_interval
from .race_course import KEPT, RACE, Kept, asked_of, common, followed, processes, words


def kept(out=results.RESULTS):
    """{name: directory} of them."""
    return {path.parent.name: path.parent for path in sorted((out / KEPT).glob(f"*/{RACE}"))}


def again(directory):
    """(its question, its course) of a race that was run again; the race is the question's."""
    asked = asked_of(directory)
    question = (race_front if "front" in asked else race).question(**asked)
    course = Kept(question, directory)
    return question, course, followed(question, course)


def second(now):
    """Who comes next to the best: of those left, or of those who were dropped last."""
    rest = now.left[1:] if len(now.left) > 1 else numpy.flatnonzero(now.after == now.after.max())
    return min(now.candidates[rest], key=lambda name: over(now, name).median)


def over(now, name):
    """The estimate of a competitor's score over that of the best."""
    place = list(now.candidates).index(name)
    ratios = numpy.exp(now.logs[:, place] - now.logs[:, now.left[0]])
    return sequential.estimate(ratios[~numpy.isnan(ratios)])


def facts(question, course):
    """{what: text} of a race that has ended; of one for a front, which has no best, what all have."""
    spent, every = processes(question, course)
    has, lacks = common(question.race.names, question.factorial) or ([], [])

    def listed(names):
        return ", ".join(map(code, names)) or "none"
    now = question.race
    found = {"left": listed(now.names), "count": str(len(now.names)), "with": listed(has), "without": listed(lacks),
             "blocks": str(len(now.logs)), "processes": f"{spent:,}", "every": f"{every:,}",
             "share": f"{100 * spent / every:.0f} %", "machine": course.waves[0].about["cpu"]}
    if "front" in question.asked:
        return found
    next_one = second(now)
    return found | {"best": code(now.names[0]), "second": code(next_one),
                    "over second": with_interval(over(now, next_one))} | {
                        f"over {name}": with_interval(over(now, name)) for name in question.beside()}


def races(out=results.RESULTS):
    """what came of the races that were kept, from the samples of their waves"""
    found = kept(out)
    if not found:
        raise Failure(f"{out / KEPT}: no race was kept there; make NAME=x race keeps one")
    for name, directory in found.items():
        question, course, told = again(directory)
        about = course.waves[0].about
        machine = description(about["machine_is"])
        print(paragraph(f"== {name}: {' '.join(words(question.asked))} =="),
              paragraph(f"Measured on {about['started'][:10]}, {machine['processor']}, {machine['cores']} cores,"
                        f" {machine['memory']}."), "",
              told, "", sep="\n")
