"""A copy of the sources, as they are when a campaign begins: nobody's work in the tree gets into it later.

It is a clone at the same commit, with what was changed since, as git lists it; results are not in it.  How git's user
wants changes to be shown does not matter, as nothing is read but names.  Symbolic links are carried as links.  What the
copy would lack is refused: the target of a link that leads out of the tree by a relative path, and a git repository
inside this one.
"""
import contextlib
import os
import shutil

from .. import store as stores
from ..command import Failure, output

NO_RESULTS = ["--", ".", ":(exclude)results"]


def git(where, *words, given=None):
    return output("git", "-c", "core.hooksPath=/dev/null", *words, given=given, where=where)


def listed(root, command, *options):
    """The names that a command of git's lists, but for results."""
    return [os.fsdecode(name) for name in git(root, command, "-z", *options, *NO_RESULTS).split(b"\0")[:-1]]


def carries(path, root=stores.ROOT):
    """Whether the copy has the file or directory of this path from the root."""
    if path.split(os.sep)[0] in ("..", "results"):
        return False
    return bool(git(root, "--literal-pathspecs", "ls-files", "-co", "--exclude-standard", "--", path))


def carry(root, part, name):
    """Copies a file or a link from one tree to the other."""
    source = root / name
    if source.is_dir() and not source.is_symlink():
        raise Failure(f"{name}: is a git repository of its own, which the copy of the sources would lack; move it out"
                      " of the tree, or name it in .gitignore")
    if source.is_symlink() and not os.path.isabs(os.readlink(source)):
        target = os.path.relpath(source.parent.resolve() / os.readlink(source), root.resolve())
        if target.split(os.sep)[0] == "..":
            raise Failure(f"{name}: is a link that leads out of the tree, which the copy of the sources would not; give"
                          " it a full path, or name it in .gitignore")
    (part / name).parent.mkdir(parents=True, exist_ok=True)
    (part / name).unlink(missing_ok=True)
    shutil.copy2(source, part / name, follow_symlinks=False)


def changed_files(root, part):
    """Brings the files that differ from the commit into the copy."""
    gone, changed = (listed(root, "diff-index", "--name-only", f"--diff-filter={kind}", "HEAD") for kind in "Dd")
    for name in gone:
        (part / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # there are others beside it
            os.removedirs((part / name).parent)
    for name in [*changed, *listed(root, "ls-files", "-o", "--exclude-standard")]:
        carry(root, part, name)
    # What git was told of there, it knows here: so both trees differ from the commit by the same.
    git(part, "update-index", "-z", "--add", "--stdin", given=b"".join(os.fsencode(name) + b"\0" for name in changed))


def snapshot(tree, root=stores.ROOT):
    """Makes the copy, whole or not at all."""
    if tree.exists():
        return
    part = tree.with_name(f".tree.{os.getpid()}")
    try:
        git(root, "clone", "-q", "--shared", "--no-checkout", root, part)
        git(part, "checkout", "-q", git(root, "rev-parse", "HEAD").decode().strip(), *NO_RESULTS)
        changed_files(root, part)
        # What is installed for this tree is so for its copy.
        (part / "build").mkdir()
        for path in root.glob("build/packages*"):
            (part / "build" / path.name).touch()
        for path in root.glob("build/peers/*/usr"):
            shutil.copytree(path.parent, part / "build" / "peers" / path.parent.name, symlinks=True)
        part.rename(tree)
    finally:
        shutil.rmtree(part, ignore_errors=True)
