#!/usr/bin/env python3
"""Which directories make up a composition.

A composition is named as the user names it: a variant (pool), several joined by + (pool+single), a
directory outside the tree (/some/dir), a line of experiments/lineups.conf (phase2.5), or any of
these joined.  Each directory answers one part, a header of the same name as one in variants/list;
one that brings its own hamt.c replaces the core and stands alone.

    compose.py id SPEC          the name in one canonical form, fit for a file name
    compose.py flags ID KEY [HASH]          the compiler's flags for it
    compose.py source ID        the C file that is the core
    compose.py identity ID KEY HASH FLAGS   a header that tells the measuring program what it is
    compose.py show SPEC        where each part comes from, and what each change changes
    compose.py variants         the variants in the tree that answer a part
    compose.py cores            those that bring a core of their own
    compose.py lineups          the names in lineups.conf
    compose.py all              every composition there is, one a line
    compose.py cover            compositions in which every three parts' choices meet

A name that makes no sense: one line on standard output that begins with "error:", exit status 2.
"""
import difflib
import itertools
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VARIANTS = ROOT / "variants"
BASELINE = VARIANTS / "list"
LINEUPS = ROOT / "experiments" / "lineups.conf"
CORE = "hamt.c"
# The order of common/trie/trie.h, in which a composition's directories are named.
PARTS = ["call.h", "children.h", "leaf.h", "inner.h", "ref.h", "node.h", "ahead.h", "descend.h"]
SETTINGS = ["POOL_SLOTS"]
SLOTS_MOST = 2 ** 40
LINEUP_NAME = re.compile(r"[\w.-]+")
PATH = re.compile(r"[\w./+=,-]+")


class Nonsense(Exception):
    """What the user named is not a composition; the text says why and what would be."""


def parts_of(directory):
    """The parts a directory answers, in the order of PARTS; the core alone if it brings one."""
    if (directory / CORE).exists():
        return [CORE]
    return [part for part in PARTS if (directory / part).exists()]


def variants():
    return sorted(d.name for d in VARIANTS.iterdir() if d.is_dir() and parts_of(d))


def is_core(name):
    return parts_of(VARIANTS / name) == [CORE]


def lineups():
    """name -> (composition, {setting: value}), as lineups.conf gives them."""
    table, known = {}, variants()
    for number, line in enumerate(LINEUPS.read_bytes().splitlines(), 1):
        def wrong(why):
            return Nonsense(f"{LINEUPS.name}:{number}: {why}")
        try:
            words = line.decode().split("#")[0].split()
        except UnicodeDecodeError:
            raise wrong("it is not UTF-8") from None
        if not words:
            continue
        name, settings = words[0], dict(word.split("=", 1) for word in words[2:] if "=" in word)
        if len(words) < 2 or len(settings) != len(words) - 2 or set(settings) - set(SETTINGS):
            raise wrong("wanted NAME COMPOSITION [POOL_SLOTS=N]")
        if not LINEUP_NAME.fullmatch(name):
            raise wrong(f"{name}: a name has letters, digits, dots, _ and - only")
        if name in table or name in known:
            raise wrong(f"{name}: there is a {'lineup' if name in table else 'variant'} of that name")
        for setting, value in settings.items():
            if not (re.fullmatch("[0-9]{1,13}", value) and 0 < int(value) <= SLOTS_MOST):
                raise wrong(f"{setting}={value}: wanted a number of slots from 1 to 2^40")
        table[name] = (words[1], settings)
    return table


def expand(spec, table, seen=()):
    """Directories and settings of a name; lineups are replaced by what they stand for."""
    directories, settings = [], {}
    for word in spec.split("+"):
        if word in table:
            if word in seen:
                raise Nonsense(f"VARIANT={word}: its line in {LINEUPS.name} leads back to itself")
            more, more_settings = expand(table[word][0], table, (*seen, word))
            directories += more
            settings |= more_settings | table[word][1]
        elif "/" in word:
            if not pathlib.Path(word).is_dir():
                raise Nonsense(f"VARIANT={word}: no such directory")
            directories.append(pathlib.Path(word).resolve())
        elif word in variants():
            directories.append(VARIANTS / word)
        else:
            known = ", ".join(variants())
            raise Nonsense(f"VARIANT={word}: no such variant; a directory, or one of: {known};"
                           f" or a lineup: {', '.join(table)}; or several joined by +")
    return directories, settings


class Composition:
    """Directories, at most one for each part, in the order of PARTS."""

    def __init__(self, spec):
        table = lineups()
        self.name = spec
        found, self.settings = expand(spec, table)
        by_part = {}
        for directory in dict.fromkeys(found):
            if directory == BASELINE:
                continue
            if not parts_of(directory):
                raise Nonsense(f"VARIANT={directory}: has none of {', '.join([*PARTS, CORE])}")
            for part in parts_of(directory):
                if part in by_part:
                    raise Nonsense(f"VARIANT={spec}: both {by_part[part].name} and {directory.name}"
                                   f" bring {part}; name one of them")
                by_part[part] = directory
        if CORE in by_part and len(by_part) > 1:
            raise Nonsense(f"VARIANT={spec}: {by_part[CORE].name} brings its own {CORE}"
                           " and stands alone")
        ordered = [by_part[part] for part in [CORE, *PARTS] if part in by_part]
        self.directories = list(dict.fromkeys(ordered))
        self.by_part = by_part
        self.is_lineup = spec in table

    @property
    def composition(self):
        words = [d.name if d.parent == VARIANTS else str(d) for d in self.directories]
        return "+".join(words) or BASELINE.name

    @property
    def id(self):
        """Lineups keep their name, since their settings belong to them."""
        text = self.name if self.is_lineup or self.settings else self.composition
        if not PATH.fullmatch(text):
            raise Nonsense(f"VARIANT={text}: a path may contain letters, digits and . / + = , _ - only")
        return text.replace("/", "@")

    def flags(self, key, hash_name=None):
        include = [*self.directories]
        if CORE not in self.by_part:
            include += [BASELINE, ROOT / "common/trie"]
        include += [ROOT / "common/hash" / hash_name] if hash_name else []
        include += [ROOT / "common/key" / key, ROOT / "common"]
        return " ".join("-I" + relative(d) for d in include)

    def source(self):
        return relative(self.by_part[CORE] / CORE if CORE in self.by_part
                        else ROOT / "common/trie" / CORE)

    def identity(self, key, hash_name, flags):
        """A header that tells the measuring program what it measures."""
        macros = {"VARIANT": self.name, "COMPOSITION": self.composition, "KEY": key,
                  "HASH": hash_name, "FLAGS": flags}
        lines = [f"#define CELL_{name} {json.dumps(value)}" for name, value in macros.items()]
        lines += [f"#define CELL_{name} {value}" for name, value in self.settings.items()]
        return "\n".join(lines)


def relative(path):
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def from_id(text):
    return Composition(text.replace("@", "/"))


def show(spec):
    composition = Composition(spec)
    settings = "".join(f"  {k}={v}" for k, v in composition.settings.items())
    print(f"{spec} = {composition.composition}{settings}\n")
    if CORE in composition.by_part:
        print(f"  {CORE:<11} {relative(composition.by_part[CORE])}   (a core of its own: no parts)")
        return
    for part in PARTS:
        directory = composition.by_part.get(part, BASELINE)
        print(f"  {part:<11} {relative(directory)}{'   <- changed' if directory != BASELINE else ''}")
    for part, directory in composition.by_part.items():
        old, new = BASELINE / part, directory / part
        print()
        sys.stdout.writelines(difflib.unified_diff(
            old.read_text().splitlines(keepends=True), new.read_text().splitlines(keepends=True),
            relative(old), relative(new)))


def choices():
    """For each part that variants compete for, the directories to choose from (None: the baseline).
    A directory is listed under its last part only: pathcomp under descend.h, not inner.h."""
    table = {part: [None] for part in PARTS}
    for name in variants():
        if VARIANTS / name != BASELINE and not is_core(name):
            table[parts_of(VARIANTS / name)[-1]].append(name)
    return [names for names in table.values() if len(names) > 1]


def name_of(row):
    return "+".join(name for name in row if name) or BASELINE.name


def cover(strength):
    """Rows in which each `strength` parts' choices meet: greedily, the row that adds most, found by
    settling one part after another."""
    columns = choices()
    missing = {(where, what) for where in itertools.combinations(range(len(columns)), strength)
               for what in itertools.product(*(range(len(columns[i])) for i in where))}
    while missing:
        where, what = min(missing)
        row = dict(zip(where, what))
        for column in sorted(set(range(len(columns))) - set(row), key=lambda c: -len(columns[c])):
            def gain(choice):
                tried = row | {column: choice}
                return sum(all(tried.get(i) == v for i, v in zip(*pair)) for pair in missing)
            row[column] = max(range(len(columns[column])), key=gain)
        missing -= {(w, tuple(row[i] for i in w))
                    for w in itertools.combinations(range(len(columns)), strength)}
        yield name_of([columns[i][row[i]] for i in range(len(columns))])


COMMANDS = {
    "id": lambda spec: print(Composition(spec).id),
    "flags": lambda text, *where: print(from_id(text).flags(*where)),
    "source": lambda text: print(from_id(text).source()),
    "identity": lambda text, *said: print(from_id(text).identity(*said)),
    "show": show,
    "variants": lambda: print("\n".join(v for v in variants() if not is_core(v))),
    "cores": lambda: print("\n".join(v for v in variants() if is_core(v))),
    "lineups": lambda: print("\n".join(lineups())),
    "all": lambda: print("\n".join(map(name_of, itertools.product(*choices())))),
    "cover": lambda: print("\n".join(cover(3))),
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[arguments[0]](*arguments[1:])
    except Nonsense as nonsense:
        print(f"error: {nonsense}")
        sys.exit(2)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "notebooks"))
    from lab.command import run_report
    run_report("compose", main, sys.argv[1:])
