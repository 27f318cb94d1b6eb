"""A question as the notebooks ask it: where its evidence lies, its figure, what to see there.

Each notebook calls answer() once for each of its questions; what it needs to know about one is a
Question, in the module of the figure.  Only stored results are read: those of the directory that
HAMTLAB_RESULTS names (`make RESULTS=... notebooks` sets it), by default the committed ones.  Where
the evidence is not there one line tells what measures it, and no figure is drawn.
"""
import functools
import os
import pathlib
from typing import Callable, NamedTuple

from . import store
from .command import BadSetting
from . import drawing
from .printing import paragraph
from .results import NotMeasured, exported

VARIABLE = "HAMTLAB_RESULTS"


class Results:
    """Stored results below one directory, laid out as results/ is.  What is not there raises
    NotMeasured, what cannot be read another Failure."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        if not self.directory.is_dir():
            raise BadSetting(f"{VARIABLE}={directory}: no such directory")

    @property
    def figures(self):
        return self.directory / "figures"


def demand(values, what):
    """The values, if there are any: an experiment may have been measured only in part."""
    if not values:
        raise NotMeasured(f"not measured: the stored results have no {what}")
    return values


def those_measured(names, stored):
    """{name: results.Experiment} of the plans of these names that were measured; NotMeasured if none was."""
    found = {}
    for name in names:
        try:
            found[name] = exported(name, stored.directory)
        except NotMeasured as reason:
            lacking = reason
    if not found:
        raise lacking
    return found


def results():
    """Those that were asked for."""
    return Results(store.ROOT / os.environ.get(VARIABLE, "results"))


class Question(NamedTuple):
    title: str      # the question
    name: str       # of its figure's files
    size: tuple     # of the figure, in inches
    read: Callable  # of Results: the data that the others take; NotMeasured if there are none
    fill: Callable  # (matplotlib's figure, data): draws onto it
    tell: Callable  # of the data: lines about what to see

    def write(self, data, directory):
        """Writes the figure below the directory; its paths."""
        return drawing.write(directory, self.name, self.title, self.size,
                             lambda figure: self.fill(figure, data))

    def tell_all(self, read, directory):
        """The end of a report: the question, what to see, and the files of its figure; or why there is none."""
        try:
            data = read()
        except NotMeasured as lack:
            print("", f"no figure: {lack}", sep="\n")
            return
        print("", self.title, *map(paragraph, self.tell(data)), "", *self.write(data, directory), sep="\n")


def show(path, question):
    """Shows a PNG at the size of the figure.  No SVG: nbconvert strips what is in one."""
    from IPython.display import Image, display  # there in every notebook, and needed nowhere else
    display(Image(filename=str(path), alt=question.title,
                  width=round(question.size[0] * drawing.PAGE_DPI)))


_results = functools.lru_cache(maxsize=1)(results)


def answer(question, stored=None):
    """Writes the question's figure beside the results, shows it, and tells what to see."""
    stored = stored or _results()
    try:
        data = question.read(stored)
    except NotMeasured as reason:
        print(f"{question.title}  {reason}")
        return
    _, pixels = question.write(data, stored.figures)
    show(pixels, question)
    print(*question.tell(data), sep="\n")
