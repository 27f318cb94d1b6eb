#!/usr/bin/env python3
"""make with a memory: asks make once, and from then on has the answer.

A campaign's first job measures nothing, but has the runner build what it is to measure, with this in place of make
(notebooks/lab/campaign/kit.py).  What was built is kept below build/kit, with make's answers.  Taken to another machine, it
gives them again without a compiler, and as fast as a file is read.

    tools/kit_make.py ARGUMENT ...     those of make; prints the path of what it has built
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys

KIT = pathlib.Path("build/kit")


def keep(answer, place):
    """An answer, of which the last word may be the path of a file: the kit's own copy of that."""
    *before, path = answer.split(" ")
    if pathlib.Path(path).is_file():
        copy = place / pathlib.Path(path).name
        shutil.copy2(path, copy)
        path = f"./{copy}"
    return " ".join([*before, path])


def main(arguments):
    place = KIT / hashlib.sha256("\0".join(arguments).encode()).hexdigest()[:16]
    kept = place / "answer"
    if not kept.exists():
        done = subprocess.run(["make", *arguments], stdout=subprocess.PIPE, text=True)
        if done.returncode or not done.stdout.strip():
            sys.exit(done.returncode)
        place.mkdir(parents=True, exist_ok=True)
        part = place / "answer.part"
        part.write_text(keep(done.stdout.splitlines()[-1], place) + "\n")
        part.rename(kept)
    print(kept.read_text(), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
