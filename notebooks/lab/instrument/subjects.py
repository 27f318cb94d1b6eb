"""A composition in disguise, with which the instrument is put to the test: a directory outside the
tree that the runner takes for a variant of its own, a copy of another's sources whose get and put take a
known time longer (experiments/instrument/delayed.c).

Every copy brings its own hamt.c, and the names of those that are compared are equally long, so that
nothing but what is meant differs: not even the length of the command line.
"""
import pathlib
import shutil
import sys

from .. import store

sys.path.insert(0, str(store.ROOT / "tools"))
import compose  # noqa: E402

DELAYED = store.ROOT / "experiments" / "instrument" / "delayed.c"


def sources(spec):
    """{name: path} of the files a composition is compiled from, hash and key aside."""
    composition = compose.Composition(spec)
    if composition.settings:
        raise compose.Nonsense(f"VARIANT={spec}: has settings, which a copy would lose")
    family = composition.family
    shared = [family.core, family.baseline] if family else []
    directories = [*shared, *composition.directories]
    return {path.name: path for directory in directories
            for path in sorted(directory.glob("*.[ch]"))}


def _write(path, text):
    """Leaves a file alone that says so already: make would build anew what is newer."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _fill(directory, files):
    """Makes a directory of these files, {name: text}, and of no others."""
    directory.mkdir(parents=True, exist_ok=True)
    for stale in set(directory.iterdir()) - {directory / name for name in files}:
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    for name, text in files.items():
        _write(directory / name, text)
    return directory


def delayed(spec, directory, get_steps, put_steps):
    """Makes `directory` a copy of a composition's sources, with a spin of so many steps in every 256th
    get, and in every 256th put, and returns it."""
    files = {name: path.read_text() for name, path in sources(spec).items()}
    files["core.c"] = files[compose.CORE]
    files["delayed.c"] = DELAYED.read_text()
    files[compose.CORE] = ("/* Made by lab.instrument.subjects. */\n"
                           f"#define CORE \"core.c\"\n#define GET_STEPS {get_steps}\n"
                           f"#define PUT_STEPS {put_steps}\n#include \"delayed.c\"\n")
    return _fill(pathlib.Path(directory), files)
