"""Makes the lab and the tools importable, which is why tests of the lab import this first; and what many need."""
import contextlib
import io
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools")]


def room(test):
    """A directory for one test, of a TestCase, that is gone after it."""
    found = tempfile.TemporaryDirectory()
    test.addCleanup(found.cleanup)
    return pathlib.Path(found.name)


def shown(function, *arguments, **more):
    """What a function prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*arguments, **more)
    return out.getvalue()
