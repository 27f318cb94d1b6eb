#!/usr/bin/env python3
"""Makes the measuring program of one composition in a layout of its own: what CELL=relinked is for
make, which the runner asks for programs.

    relink.py [-s ...] VARIANT=COMPOSITION.KIND.NN HASH=h KEY=k cell      prints the program's path

    same.NN    the same in every number: what identical programs differ by
    link.NN    the objects are linked in a random order
    move.NN    a random number of bytes, a multiple of 16, before the code of the map moves it
    envs.NN    a random number of bytes, up to 4,096, is added to the environment

Compiler and linker bias measurements through such innocent settings: Mytkowicz, Diwan, Hauswirth
and Sweeney, "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009.
"""
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYOUTS = "build/instrument/layout"


def settings(arguments):
    return dict(word.split("=", 1) for word in arguments if "=" in word)


def chosen(kind, number, objects):
    """(objects in their order, bytes before the map's code, bytes in the environment)."""
    source = random.Random(f"{kind}.{number}")
    order, pad, environment = list(objects), 0, 0
    if kind == "link":
        source.shuffle(order)
    elif kind == "move":
        pad = 16 * source.randrange(256)
    elif kind == "envs":
        environment = source.randrange(4096)
    return order, pad, environment


def run(*command):
    done = subprocess.run([str(word) for word in command], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def link(target, composition, objects, pad):
    """Links the objects, with `pad` bytes before the code of the map."""
    if pad:
        source = target.parent / "pad.c"
        source.write_text(f'__asm__(".text\\n.skip {pad}, 0x90");\n')
        before = next(i for i, name in enumerate(objects) if name.endswith("/hamt.o"))
        objects = [*objects[:before], str(source.relative_to(ROOT)), *objects[before:]]
    run("make", "-s", "CELL=map", f"VARIANT={composition}",
        f"LAYOUT={target.relative_to(ROOT)}", "OBJECTS=" + " ".join(objects),
        "layout-program")


def main(arguments):
    given = settings(arguments)
    form = re.fullmatch(r"([\w.+-]+)\.(same|link|move|envs)\.(\d\d)", given.get("VARIANT", ""))
    if not form:
        print(f"VARIANT={given.get('VARIANT', '')}: wanted a composition and .same.NN, .link.NN,"
              " .move.NN or .envs.NN", file=sys.stderr)
        sys.exit(2)
    objects = run("make", "-s", "CELL=map", f"VARIANT={form[1]}", f"HASH={given['HASH']}",
                  f"KEY={given['KEY']}", "layout-objects").splitlines()[-1].split()
    order, pad, environment = chosen(form[2], form[3], objects)
    # All names are equally long: the command line lies on the stack, as the environment does.
    directory = ROOT / LAYOUTS / form[0] / given["KEY"] / given["HASH"]
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / "cell"
    if environment:
        link(directory / "real", form[1], order, pad)
        program.write_text(f"#!/bin/sh\nPADDING={'x' * environment} exec "
                           f"{(directory / 'real').relative_to(ROOT)} \"$@\"\n")
        program.chmod(0o755)
    else:
        link(program, form[1], order, pad)
    print(program.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
