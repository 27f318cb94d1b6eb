#!/usr/bin/env python3
"""Which directories make up a composition.

A composition is named as the user names it: a variant (pool), several joined by + (pool+single), a
directory outside the tree (/some/dir), a line of experiments/lineups.conf (phase2.5), or any of
these joined.  Each directory answers one part, a header of the same name as one in the baseline of
its family; one that brings its own hamt.c stands alone.

Each variant is one step from another: "Parent: NAME." in the opening comment of its part says which;
one that says nothing is a step from its family's baseline.

A family is a core, a directory below common/ with a hamt.c (trie, bucket), and the parts that the
core joins: the headers it includes by name and does not have.  They are learned from the core, and
its baseline is the variant that answers all of them (list, bucket).

    compose.py id SPEC          the name in one canonical form, fit for a file name
    compose.py flags ID KEY [HASH]          the compiler's flags for it
    compose.py source ID        the file that is the core
    compose.py versions ID      the file that has its versions (common/versions.h)
    compose.py shared ID        the file that shares it among threads (common/shared_map.h)
    compose.py standard ID      the compiler's flag for its language
    compose.py libraries ID     what it is linked with beside that
    compose.py provenance ID    what the build of a peer is made from, beside everybody's flags
    compose.py join ID KEY OBJECT FLAGS     puts a peer's archive, if it has one, into the object
    compose.py identity ID KEY HASH FLAGS   a header that tells the measuring program what it is
    compose.py code ID KEY HASH OBJECT ...  a header that tells it a digest of the machine code in its objects; an error
                                unless the first of them, the core's, was made of the composition's own files
    compose.py show SPEC        where each part comes from, which variant each change is one step from, and
                                what the step changes
    compose.py families         each family's baseline and its parts, one family a line
    compose.py variants         the variants in the tree that answer a part
    compose.py cores            those that bring a core of their own
    compose.py peers            other libraries' maps, and what each lacks here
    compose.py lacking PEER,... those of these that lack something
    compose.py buildable        PEER/KEY, of all that can be built here
    compose.py present PLAN     a plan's text without the peers that lack something here; standard error names them
    compose.py lineups          the names in lineups.conf
    compose.py keys ID          the kinds of key that it takes
    compose.py all              every composition there is, one a line
    compose.py cover pairs|triples   compositions in which every two, or every three parts' choices meet
    compose.py suite all|pairs|triples   COMPOSITION/KEY, of all that the shared suite tests: every core and lineup, and
                                every composition, or every variant and those of `cover`; each once

A name that makes no sense: one line on standard output that begins with "error:", exit status 2.
"""
import functools
import itertools
import json
import pathlib
import re
import sys

import foreign
import machine_code
import peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
VARIANTS = ROOT / "variants"
PEERS = ROOT / "peers"
COMMON = ROOT / "common"
SHARED = COMMON / "map"  # what the inside of any map may use
LINEUPS = ROOT / "experiments" / "lineups.conf"
CORE = "hamt.c"
VERSIONS = "versions.c"  # of a family that has a way of its own; else that of common/map
CORES = list(peers.LANGUAGES)  # that of a family is in C
MADE_FOR_THREADS = "threads"  # what such a peer claims
FOREIGN_SIDE = PEERS / "foreign.c"  # of a core in another language
SETTINGS = ["POOL_SLOTS"]
SLOTS_MOST = 2 ** 40
LINEUP_NAME = re.compile(r"[\w.-]+")
PATH = re.compile(r"[\w./+=,-]+")
PLANNED = re.compile(r"(?<=\bVARIANTS=)\S+")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
PARENT = re.compile(r"\bParent: ([\w-]+)\.")
KEYS = re.compile(r"\bKeys: ([\w, ]+)\.")
THREADS = re.compile(r"\bThreads: only with the ([\w.]+) of ([\w-]+)\b")


class Nonsense(Exception):
    """What the user named is not a composition; the text says why and what would be."""


class Family:
    """A core, its parts in the order in which it joins them, and the variant that answers all."""

    def __init__(self, core):
        self.core = core
        self.name = core.name
        self.parts = unanswered(core)
        answers = [directory for directory in directories()
                   if all((directory / part).exists() for part in self.parts)]
        if not self.parts or len(answers) != 1:
            raise Nonsense(f"{relative(core)}: wanted one directory of {VARIANTS.name}/ that answers"
                           f" all of {', '.join(self.parts) or 'its parts, and it has none'}")
        self.baseline = answers[0]

    def __lt__(self, other):
        return self.name < other.name


def unanswered(core):
    """The headers that a core includes, in order, and that neither it nor common/ has."""
    there = {path.name for path in [*COMMON.glob("*.h"), *SHARED.glob("*.h"), *COMMON.glob("key/*/*.h"),
                                    *COMMON.glob("hash/*/*.h"), *core.glob("*.h")]}
    found, seen = [], set()

    def read(path):
        for name in INCLUDE.findall(path.read_text()):
            if name in seen:
                continue
            seen.add(name)
            if (core / name).exists():
                read(core / name)
            elif name not in there:
                found.append(name)

    read(core / CORE)
    return found


def directories():
    return sorted(path for path in VARIANTS.iterdir() if path.is_dir())


@functools.cache
def families():
    found = sorted(Family(path.parent) for path in COMMON.glob(f"*/{CORE}"))
    names = [part for family in found for part in family.parts]
    twice = {part for part in names if names.count(part) > 1}
    if twice:
        raise Nonsense(f"two families have parts of one name: {', '.join(sorted(twice))}")
    return found


def family_of(part):
    return next((family for family in families() if part in family.parts), None)


def baselines():
    return [family.baseline for family in families()]


def parts_of(directory):
    """The parts a directory answers, in the order of its family; the core alone if it brings one."""
    cores = [core for core in CORES if (directory / core).exists()]
    if cores:
        return cores[:1]
    return [part for family in families() for part in family.parts if (directory / part).exists()]


def opening_comment(path):
    found = COMMENT.match(path.read_text())
    return found[0] if found else ""


def parent_of(directory):
    """The variant that this one is one step from; None for a baseline."""
    if directory in baselines():
        return None
    parts = parts_of(directory)
    named = [name for part in parts for name in PARENT.findall(opening_comment(directory / part))]
    parents = [VARIANTS / name for name in named] or [family_of(parts[0]).baseline]
    if len(parents) > 1 or not set(parts) & set(parts_of(parents[0])):
        raise Nonsense(f"{relative(directory)}: wanted one parent that answers {' or '.join(parts)}, not"
                       f" {', '.join(named)}")
    return parents[0]


def step(directory):
    """What a variant changes in its parent: (part, the parent's file, its own) for each part."""
    family, parent = family_of(parts_of(directory)[0]), parent_of(directory)

    def answers(variant):
        return [(variant if (variant / part).exists() else family.baseline) / part for part in family.parts]
    return [(part, old, new) for part, old, new in zip(family.parts, answers(parent), answers(directory))
            if old != new]


def variants():
    return [directory.name for directory in directories() if parts_of(directory)]


def is_core(name):
    return any((VARIANTS / name / core).exists() for core in CORES)


def peer_names():
    return sorted(path.parent.name for path in PEERS.glob(f"*/{peers.DECLARATION}"))


def kinds_of_key():
    return sorted(path.name for path in (COMMON / "key").iterdir())


def peer_at(directory):
    """What a directory declares of a peer; None if it is none."""
    if not (directory / peers.DECLARATION).exists():
        return None
    try:
        return peers.Peer(directory, kinds_of_key(), peers.traits_of(COMMON / "hamt.h"))
    except peers.Wrong as wrong:
        raise Nonsense(str(wrong)) from None


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
        elif word in peer_names():
            directories.append(PEERS / word)
        else:
            known = ", ".join(variants())
            raise Nonsense(f"VARIANT={word}: no such variant; a directory, or one of: {known};"
                           f" or a lineup: {', '.join(table)}; or a peer: {', '.join(peer_names())};"
                           " or several joined by +")
    return directories, settings


class Composition:
    """Directories, at most one for each part of one family, in the order of its parts."""

    def __init__(self, spec):
        table = lineups()
        self.name = spec
        found, self.settings = expand(spec, table)
        by_part, named = {}, {}
        for directory in dict.fromkeys(found):
            parts = parts_of(directory)
            if not parts:
                known = [part for family in families() for part in family.parts]
                raise Nonsense(f"VARIANT={directory}: has none of {', '.join([*known, CORE])}")
            if parts[0] not in CORES:
                named.setdefault(family_of(parts[0]), directory)
            for part in parts if directory not in baselines() else []:
                if part in by_part:
                    raise Nonsense(f"VARIANT={spec}: both {by_part[part].name} and {directory.name}"
                                   f" bring {part}; name one of them")
                by_part[part] = directory
        self.core = next((core for core in CORES if core in by_part), None)  # its own, if any
        if self.core and len(by_part) > 1:
            raise Nonsense(f"VARIANT={spec}: {by_part[self.core].name} brings its own {self.core}"
                           " and stands alone")
        self.peer = peer_at(by_part[self.core]) if self.core else None
        if self.core in peers.FOREIGN and not self.peer:
            raise Nonsense(f"VARIANT={spec}: {self.core} needs a {peers.DECLARATION} beside it")
        if len(named) > 1:
            raise Nonsense(f"VARIANT={spec}: " + " and ".join(
                f"{directory.name} is a {family.name}'s" for family, directory in named.items())
                + "; parts of different families do not compose")
        self.family = next(iter(named), None)  # none if it brings its own core
        ordered = [by_part[part] for part in [*CORES, *(self.family.parts if self.family else [])]
                   if part in by_part]
        self.directories = list(dict.fromkeys(ordered))
        self.by_part = by_part
        self.is_lineup = spec in table and not self.peer

    def answer(self, part):
        """The directory that answers a part; None if the composition's family does not ask it."""
        asked = self.family and part in self.family.parts
        return self.by_part.get(part, self.family.baseline if asked else None)

    @property
    def composition(self):
        words = [d.name if d.parent in (VARIANTS, PEERS) else str(d) for d in self.directories]
        return "+".join(words) or self.family.baseline.name

    @property
    def id(self):
        """Lineups keep their name, since their settings belong to them."""
        text = self.name if self.is_lineup or self.settings else self.composition
        if not PATH.fullmatch(text):
            raise Nonsense(f"VARIANT={text}: a path may contain letters, digits and . / + = , _ - only")
        return text.replace("/", "@")

    @property
    def keys(self):
        """The kinds of key that it takes: all, but for what a peer declares, or "Keys: u64." in a part's opening
        comment."""
        if self.peer:
            return self.peer.keys
        said = [found[1] for directory in self.directories for part in parts_of(directory)
                if (found := KEYS.search(opening_comment(directory / part)))]
        return [key for key in kinds_of_key() if all(key in re.split(", *", keys) for keys in said)]

    def include(self, key, hash_name=None):
        """The directories in which what it includes is looked for, in this order."""
        if key not in self.keys:
            raise Nonsense(f"VARIANT={self.name}: it takes no KEY={key}, only {', '.join(self.keys)}")
        include = [*(path for d in self.directories for path in (d, d / key) if path.is_dir())]
        if self.family:
            include += [self.family.baseline, self.family.core]
        include += [PEERS] if self.peer else []
        include += [COMMON / "hash" / hash_name] if hash_name else []
        return [*include, COMMON / "key" / key, SHARED, COMMON]

    def flags(self, key, hash_name=None):
        own = self.peer.flags() if self.peer else []
        return " ".join(["-I" + relative(d) for d in self.include(key, hash_name)] + own)

    def source(self):
        if self.family:
            return relative(self.family.core / CORE)
        if self.core in peers.FOREIGN:
            return relative(FOREIGN_SIDE)
        return relative(self.by_part[self.core] / self.core)

    def versions(self):
        own = self.family.core / VERSIONS if self.family else None
        return relative(own if own and own.exists() else SHARED / VERSIONS)

    def shared(self):
        """Refused if a part's opening comment says "Threads: only with the PART of VARIANT", and it has another."""
        for directory in self.directories:
            for part in parts_of(directory):
                for asked, name in THREADS.findall(opening_comment(directory / part)):
                    has = self.answer(asked).name
                    if has != name:
                        raise Nonsense(f"VARIANT={self.name}: threads cannot share it, since versions with"
                                       f" {directory.name} need the {asked} of {name} for that: with that of {has}"
                                       " blocks move while others read them")
        own = self.peer and MADE_FOR_THREADS in self.peer.can
        return relative(PEERS / "threads.c" if own else COMMON / "threads/shared_map.c")

    def libraries(self):
        """What the linker is told beside the core."""
        return " ".join(self.peer.libraries() if self.peer else [])

    def provenance(self):
        lacks = self.peer.lacks(ROOT) if self.peer else []
        if lacks:
            raise Nonsense(f"VARIANT={self.name}: lacks {', '.join(lacks)}")
        return " ".join(self.peer.provenance(ROOT, PEERS) if self.peer else [])

    def join(self, key, part, flags):
        if not self.peer:
            return
        try:
            foreign.join(self.peer, key, part, flags.split(), ROOT, PEERS)
        except foreign.Failed as failed:
            raise Nonsense(f"VARIANT={self.name}: {failed}") from None

    def standard(self):
        return "-std=c++17" if self.core == "hamt.cc" else "-std=c17"

    def answers(self, key, hash_name):
        """The files that make it what it is called: its parts, its kind of key, its hash."""
        parts = [directory / part for part, directory in self.by_part.items() if part not in peers.FOREIGN]
        if self.family:
            parts += [self.family.baseline / part for part in self.family.parts if part not in self.by_part]
        hashes = [] if self.peer else [COMMON / "hash" / hash_name / "hash.h"]  # some peers need none
        return [*parts, COMMON / "key" / key / "key.h", *hashes]

    def code(self, key, hash_name, *objects):
        """What is compiled by a name that is looked for in many directories may be another's."""
        made_of = {str((ROOT / word).resolve()) for word in
                   pathlib.Path(objects[0]).with_suffix(".d").read_text().replace("\\\n", " ").split()}
        for path in self.answers(key, hash_name):
            if str(path.resolve()) not in made_of:
                raise Nonsense(f"VARIANT={self.name}: {objects[0]} was made without {relative(path)}")
        linked = self.provenance() if self.peer else ""
        return f'#define CELL_CODE "{machine_code.digest(objects, linked)}"'

    def identity(self, key, hash_name, flags):
        """A header that tells the measuring program what it measures."""
        if self.peer:
            flags = f"{flags} {self.provenance()}"
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
    import difflib  # which takes a sixth of what any other command does; make asks for thousands
    composition = Composition(spec)
    settings = "".join(f"  {k}={v}" for k, v in composition.settings.items())
    print(f"{spec} = {composition.composition}{settings}\n")
    family = composition.family
    if not family:
        directory = relative(composition.by_part[composition.core])
        print(f"  {composition.core:<11} {directory}   (a core of its own: no parts)")
        return
    for part in family.parts:
        directory = composition.answer(part)
        changed = "   <- changed" if part in composition.by_part else ""
        print(f"  {part:<11} {relative(directory)}{changed}")
    steps = [(directory, step(directory)) for directory in composition.directories]
    print()
    for directory, changes in steps:
        print(f"  {directory.name} is one step from {parent_of(directory).name}: "
              + ", ".join(part for part, *_ in changes))
    for _, changes in steps:
        for _, old, new in changes:
            print()
            sys.stdout.writelines(difflib.unified_diff(
                old.read_text().splitlines(keepends=True), new.read_text().splitlines(keepends=True),
                relative(old), relative(new)))


def list_peers():
    """Each peer with its language, its kinds of key, what it can do, and its versions or what it lacks here."""
    for name in peer_names():
        peer = peer_at(PEERS / name)
        lacks = peer.lacks(ROOT)
        state = f"skipped: lacks {', '.join(lacks)}" if lacks else " ".join(peer.versions(ROOT))
        print(f"{name:<12} {peer.language:<5} {','.join(peer.keys):<8} {','.join(peer.can) or '-':<22} {state}")


def peer_named(name):
    """One of those in the tree, or a directory outside of it."""
    directory = pathlib.Path(name) if "/" in name else PEERS / name
    peer = peer_at(directory)
    if not peer:
        known = ", ".join(peer_names())
        raise Nonsense(f"PEERS={name}: no such peer; a directory with a {peers.DECLARATION}, or one of: {known}")
    return peer


def lacking(names):
    """Of these peers, with commas between, each that cannot be built here, and what it lacks."""
    for name in names.split(","):
        lacks = peer_named(name).lacks(ROOT)
        if lacks:
            print(f"{name}: {', '.join(lacks)};")


def buildable():
    """Each peer that can be built here, with each kind of key that it takes."""
    for name in peer_names():
        peer = peer_at(PEERS / name)
        if not peer.lacks(ROOT):
            for key in peer.keys:
                print(f"{name}/{key}")


def present(plan):
    """The plan's lines; one of which no competitor is left is none."""
    lines, skipped = [], {}
    for line in pathlib.Path(plan).read_text().splitlines():
        names = PLANNED.search("" if line.startswith("#") else line)
        asked = names[0].split(",") if names else []
        lacks = {name: lack for name in asked if name in peer_names() and (lack := peer_named(name).lacks(ROOT))}
        left = ",".join(name for name in asked if name not in lacks)
        skipped |= lacks
        if left or not names:
            lines.append(PLANNED.sub(left, line) if names else line)
    if skipped:
        told = "".join(f" {name}: {', '.join(lack)};" for name, lack in skipped.items())
        print(f"skipped for what they lack -{told} make build/packages-peers installs packages", file=sys.stderr)
    print("\n".join(lines))


def suite(which):
    names = every_composition() if which == "all" else [*variants(), *covers(which)]
    seen = set()  # a lineup may be another by its settings alone, which are of measuring
    for name in [*lineups(), *names, *(v for v in variants() if is_core(v))]:
        composition = Composition(name)
        if composition.composition not in seen:
            seen.add(composition.composition)
            yield from (f"{name}/{key}" for key in composition.keys)


def choices(family):
    """For each part that variants compete for, the directories to choose from (None: the baseline).
    A directory is listed under its last part only: pathcomp under descend.h, not inner.h."""
    table = {part: [None] for part in family.parts}
    for directory in directories():
        parts = parts_of(directory)
        if directory != family.baseline and parts and parts[-1] in table:
            table[parts[-1]].append(directory.name)
    return [names for names in table.values() if len(names) > 1]


def name_of(family, row):
    return "+".join(name for name in row if name) or family.baseline.name


def every(family):
    return [name_of(family, row) for row in itertools.product(*choices(family))]


def cover(family, strength):
    """Compositions of a family in which each `strength` parts' choices meet: greedily, the one that adds most,
    found by settling one part after another."""
    columns = choices(family)
    strength = min(strength, len(columns))
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
        yield name_of(family, [columns[i][row[i]] for i in range(len(columns))])


def every_composition():
    return [name for family in families() for name in every(family)]


STRENGTHS = {"pairs": 2, "triples": 3}


def covers(which):
    if which not in STRENGTHS:
        raise Nonsense(f"{which}: {' or '.join(STRENGTHS)}")
    return [name for family in families() for name in cover(family, STRENGTHS[which])]


COMMANDS = {
    "id": lambda spec: print(Composition(spec).id),
    "flags": lambda text, *where: print(from_id(text).flags(*where)),
    "source": lambda text: print(from_id(text).source()),
    "versions": lambda text: print(from_id(text).versions()),
    "shared": lambda text: print(from_id(text).shared()),
    "libraries": lambda text: print(from_id(text).libraries()),
    "provenance": lambda text: print(from_id(text).provenance()),
    "join": lambda text, *said: from_id(text).join(*said),
    "standard": lambda text: print(from_id(text).standard()),
    "peers": list_peers,
    "lacking": lacking,
    "buildable": buildable,
    "present": present,
    "identity": lambda text, *said: print(from_id(text).identity(*said)),
    "code": lambda text, *made: print(from_id(text).code(*made)),
    "show": show,
    "variants": lambda: print("\n".join(v for v in variants() if not is_core(v))),
    "cores": lambda: print("\n".join(v for v in variants() if is_core(v))),
    "lineups": lambda: print("\n".join(lineups())),
    "families": lambda: print("\n".join(" ".join([f.baseline.name, *f.parts]) for f in families())),
    "keys": lambda text: print(" ".join(from_id(text).keys)),
    "all": lambda: print("\n".join(every_composition())),
    "cover": lambda which: print("\n".join(covers(which))),
    "suite": lambda which: print("\n".join(suite(which))),
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
