"""Measuring, by the runner (experiments/run.c): a plan of what is wanted, and the experiment that comes of it."""
import contextlib
import functools
import pathlib
import subprocess
import tempfile

from . import store
from .command import Failure, output


class CellFailed(Failure):
    """A program could not be built, or did not finish."""


def complaint(lines):
    """That of an error output that says what was wrong; of the runner's, what the first cell says that failed."""
    return next((line for word in ("failed ", "skipped ", "error") for line in lines if word in line), lines[-1])


@functools.lru_cache(maxsize=None)
def make(target, *settings):
    """The path that make prints when it has built a target, or the target itself."""
    told = output("make", "-s", "--no-print-directory", "SAY=", *settings, target, where=store.ROOT, failure=CellFailed,
                  said=lambda lines: f"{' '.join([*settings, target])} cannot be built: {complaint(lines)}")
    return store.ROOT / (told.decode().splitlines() or [target])[-1]


def measure(plan, where, name, *options, quiet=False):
    """Measures the lines of a plan into a store, or what of them an interrupted run has left.  Returns the experiment's
    id, and whether all of its runs are good.  What the runner says goes to stderr; a quiet one says nothing, and raises
    CellFailed with what went wrong."""
    with tempfile.NamedTemporaryFile("w", suffix=".plan") as file:
        file.write(plan)
        file.flush()
        done = subprocess.run(
            [make("build/run/run"), "--store", where, "--plan", file.name, "--name", name, *options],
            cwd=store.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE if quiet else None)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if quiet and done.returncode:
        raise CellFailed(complaint(done.stderr.strip().splitlines() or ["no reason was given"]))
    if not done.stdout.startswith("experiment "):
        raise Failure("nothing was measured: the line above says why")
    return done.stdout.split()[1], done.returncode == 0


@contextlib.contextmanager
def once(plan, name, *options, quiet=False):
    """The same into a store that nobody keeps: (its connection, the experiment's id).  All runs are good."""
    with tempfile.TemporaryDirectory() as room:
        where = pathlib.Path(room) / "store.sqlite"
        experiment, complete = measure(plan, where, name, *options, quiet=quiet)
        if not complete:
            raise Failure("not everything was measured: the lines above say why")
        with contextlib.closing(store.connect(where)) as connection:
            yield connection, experiment


def line(**settings):
    """A line of a plan: NAME=value of each setting that has one; those of a cell are in lower case."""
    return " ".join(f"{name}={value}" for name, value in settings.items() if value is not None) + "\n"
