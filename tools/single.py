#!/usr/bin/env python3
"""A composition as one header that a C or C++ program can drop in: its parts, joined in the order in which
the compiler would read them, under names of their own.

    single.py header SPEC KEY HASH [WORD]   the header, on standard output; WORD is what its names begin with
    single.py manual SPEC KEY HASH [WORD]   its page for man(1), made from tools/single/manual.3
    single.py pkgconfig SPEC KEY HASH [WORD]   what pkg-config is told of the library, @PREFIX@ in it
    single.py example SPEC KEY HASH [WORD]  the example that the header's documentation has
    single.py names SPEC [NAME]             NAME, which is the composition's own unless it is given, and KEY/WORD
                                            for each kind of key that it takes; WORD is NAME, and the kind of key
                                            if it is none of integers

SPEC is a composition, as VARIANT names it or as `compose.py id` does.

An `#include "..."` is followed through the directories that tools/compose.py names, and each file is read
once; `#include <...>` stays.  Comments stay, too; before a variant's answer to a part comes the part's
contract, which is in the baseline's.

Names: what the tree calls hamt_... is called NAME_..., and whatever else the files define, macros
and constants of enumerations included, NAME_in_...; macros are undefined at the end.  To know what they
define, the text is read as tokens, of which only those at file scope matter: no more of C's grammar is
needed than how a declaration there ends.

The same tree gives the same bytes.  A name that makes no sense: one line on standard output that begins
with "error:", exit status 2.
"""
import datetime
import hashlib
import pathlib
import re
import string
import sys
import textwrap

import compose

ROOT = compose.ROOT
TEMPLATES = ROOT / "tools" / "single"
C_AND_CXX = "written for C and C++"  # says the core of a family that C++ compiles, too
NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")

# Of C17, C++17 and the compilers; a structure has that name.
TAKEN = set("""alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl const constexpr
    const_cast continue decltype default delete do double dynamic_cast else enum explicit export extern false float for
    friend goto if inline int linux long mutable namespace new noexcept not not_eq nullptr operator or or_eq private
    protected public register reinterpret_cast restrict return short signed sizeof static static_assert static_cast std
    struct switch template this thread_local throw true try typedef typeid typename typeof union unix unsigned using
    virtual void volatile wchar_t while xor xor_eq""".split())

GUARD = re.compile(r"^#ifndef (\w+_H)\n#define \1\n(.*)^#endif\n\Z", re.M | re.S)
LINKAGE = re.compile(r'^#ifdef __cplusplus\n(?:extern "C" \{|\})\n#endif\n', re.M)
TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/)|(?P<directive>^\#(?:\\\n|/\*.*?\*/|[^\n\\/]|/(?!\*))*)
    |(?P<literal>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\.?\d[\w.]*)|(?P<name>[A-Za-z_]\w*)
    |(?P<space>\s+)|(?P<sign>.)""", re.M | re.S | re.X)
WORD = re.compile(r"[A-Za-z_]\w*")
TAGGED = re.compile(r"\b(struct|union|enum)(\s+)(\w+)")
TAGS = {"struct", "union", "enum"}
NO_FUNCTION = {"__attribute__", "static_assert", "_Static_assert"}
EMPTY = re.compile(r"\n{3,}")
STANDARD_SOURCE = re.compile(r"^#define (_\w+_SOURCE)\b.*\n", re.M)


# ---- Joining files ----

class Joined:
    """The text of files, each read once, with what they include in its place."""

    def __init__(self, composition, key, hash_name):
        self.composition = composition
        self.include = [*composition.include(key), hash_directory(hash_name)]
        self.sources = []     # in the order in which they were read
        self.systems = []     # headers of the system, likewise
        self.named = {}       # macros that stand for a file to be included

    def find(self, name, beside):
        for directory in [beside, *self.include]:
            if (directory / name).exists():
                return directory / name
        raise compose.Nonsense(f'#include "{name}": not found')

    def of(self, path):
        """A file's text; none if it has been read before."""
        if path in self.sources:
            return ""
        self.sources.append(path)
        text = path.read_text()
        opening = compose.COMMENT.match(text)
        guarded = GUARD.search(text)
        body = guarded[2] if guarded else text[opening.end():] if opening else text
        lines = [self.line(line, path.parent) for line in LINKAGE.sub("", body).splitlines(keepends=True)]
        return f"\n/* ---- {compose.relative(path)} ---- */\n\n{self.contract(path)}" \
            f"{opening[0] if opening else ''}\n{''.join(lines)}"

    def line(self, line, beside):
        words = line.split()
        if line.startswith("#define ") and len(words) == 3 and words[2].endswith('.h"'):
            self.named[words[1]] = words[2]
            return ""
        if not line.startswith("#include "):
            return line
        what = self.named.get(words[1], words[1])
        if what.startswith('"'):
            return self.of(self.find(what.strip('"'), beside)) + "\n"
        self.systems += [what] if what not in self.systems else []
        return line

    def contract(self, path):
        """What the part's baseline says of all answers, before one that is another's."""
        family = self.composition.family
        if not family or path.name not in family.parts or path.parent == family.baseline:
            return ""
        paragraphs = re.split(r"\n \*\n", compose.opening_comment(family.baseline / path.name))
        told = [text.removesuffix(" */") for text in paragraphs[1:] if not text.startswith(" * Here ")]
        return "/* Of any answer to this part:\n *\n" + "\n *\n".join(told) + " */\n" if told else ""


def hash_directory(name):
    """That of a hash in the tree, or any other directory that has one."""
    directory = pathlib.Path(name) if "/" in name else compose.COMMON / "hash" / name
    if not (directory / "hash.h").exists():
        raise compose.Nonsense(f"HASH={name}: not known; a directory with a hash.h, or one of:"
                               f" {', '.join(sorted(d.name for d in directory.parent.iterdir()))}")
    return directory.resolve()


# ---- Names ----

def tokens(text):
    return [(found.lastgroup, found[0]) for found in TOKEN.finditer(text)]


class Defined:
    """The names that a text defines: tags, macros, and others, constants of enumerations among them."""

    def __init__(self, text):
        self.tags, self.macros, self.others = set(), [], set()
        everything = tokens(text)
        for kind, word in everything:
            found = re.match(r"#\s*define\s+(\w+)", word) if kind == "directive" else None
            if found and found[1] not in self.macros:
                self.macros.append(found[1])
        code = [word for kind, word in everything if kind not in ("comment", "space", "directive")]
        braces = parentheses = 0
        constants = []        # for each open brace, whether it is an enumeration's
        for at, word in enumerate(code):
            before, after = code[at - 1] if at else "", code[at + 1] if at + 1 < len(code) else ""
            if word == "{":
                constants.append("enum" in (before, code[at - 2] if at > 1 else ""))
                braces += 1
            elif word == "}":
                constants.pop()
                braces -= 1
            elif word in "()":
                parentheses += 1 if word == "(" else -1
            elif not WORD.fullmatch(word) or parentheses:
                continue
            elif before in TAGS:
                self.tags.add(word)
            elif constants and constants[-1]:
                if before in ("{", ","):
                    self.others.add(word)
            elif braces == 0 and (after in ("=", "[", ";") or after == "(" and word not in NO_FUNCTION):
                self.others.add(word)


class Names:
    """What each name is called in the header."""

    def __init__(self, name, inside):
        self.name = name
        self.tags = {tag: f"{name}_in_{tag}" for tag in inside.tags if not tag.startswith("hamt")}
        self.others = {word: self.inner(word) for word in [*inside.others, *inside.macros]
                       if not word.startswith("hamt_")}
        self.macros = [self.inner(word) for word in inside.macros]

    def inner(self, word):
        return f"{self.name.upper()}_IN_{word}" if word.isupper() else f"{self.name}_in_{word}"

    def public(self, text):
        """Those of the API, wherever they stand.  One of the inside may begin alike, if the name itself does."""
        text = re.sub(rf"\b(?!{self.name}_in_)hamt_", f"{self.name}_", text)
        text = re.sub(rf"\b(?!{self.name.upper()}_IN_)HAMT_", f"{self.name.upper()}_", text)
        return re.sub(r"\bstruct hamt\b", f"struct {self.name}", text)

    def tag(self, found):
        return found[1] + found[2] + self.tags.get(found[3], found[3])

    def of(self, text):
        """The text under its new names.  In a comment a plain word is none."""
        made, before = [], ""
        for kind, word in tokens(text):
            if kind == "name":
                word = (self.tags if before in TAGS else self.others).get(word, word)
            elif kind == "directive" and not word.startswith("#include"):
                word = WORD.sub(lambda found: self.others.get(found[0], found[0]), word)
            elif kind == "comment":
                word = TAGGED.sub(self.tag, WORD.sub(
                    lambda found: self.others.get(found[0], found[0]) if "_" in found[0] else found[0], word))
            made.append(word)
            before = word if kind not in ("space", "comment") else before
        return self.public("".join(made))


def declared(text):
    """The text with the word that says what a function's linkage is, before each declaration of one."""
    made, depth, start, function = [], 0, None, False
    for kind, word in [*tokens(text), ("sign", "")]:
        if kind not in ("space", "comment", "directive"):
            if depth == 0 and start is None:
                start, function = len(made), False
            if word in ("{", "}", "(", ")"):
                function = function or (word == "(" and depth == 0)
                depth += 1 if word in "{(" else -1
            if depth == 0 and word in (";", "}") and start is not None:
                if word == ";" and function and made[start] not in ("typedef", "static"):
                    made[start] = "HAMT_API " + made[start]
                start = None
        made.append(word)
    return "".join(made)


# ---- The header ----

# What the page says of a kind of key: what they are, and what the type is.
KEYS = {"u64": ("integers", "a\n.Vt uint64_t ,"),
        "str": ("byte strings", "a structure of\n.Va bytes\nand\n.Va len ;\n"
                "the bytes may be any, and need no terminator,")}


class Single:
    def __init__(self, spec, key, hash_name, word=""):
        self.composition = ours(spec)
        self.key, self.name = key, checked(word) if word else word_of(name_of(spec), key)
        self.library = self.name.removesuffix(word_of("", key))  # is called after the map of integers
        self.hash_name = pathlib.Path(hash_name).name
        joined = Joined(self.composition, key, hash_name)
        public = "".join(joined.of(compose.COMMON / header) for header in ("hamt.h", "inside.h", "versions.h"))
        self.public_systems = list(joined.systems)
        inside = "".join(joined.of(ROOT / path) for path in (self.composition.source(), self.composition.versions()))
        self.sources, self.systems = joined.sources, joined.systems
        self.asked = STANDARD_SOURCE.findall(inside)
        inside = STANDARD_SOURCE.sub("", inside)
        self.names = Names(self.name, Defined(inside))
        public = declared(re.sub(r"^#include <.*>\n", "", public, flags=re.M))
        self.public = EMPTY.sub("\n\n", self.names.public(public))
        self.inside = EMPTY.sub("\n\n", self.names.of(inside))

    def digest(self):
        told = hashlib.sha256()
        for path in self.sources:
            told.update(f"{compose.relative(path)}\n".encode() + path.read_bytes())
        return told.hexdigest()

    def example(self):
        text = (TEMPLATES / f"example_{self.key}.c").read_text()
        return self.names.public(text).replace('"hamt.h"', f'"{self.name}.h"')

    def filled(self, template, **more):
        """One of the templates, which speak of hamt_... as the tree does."""
        words = {"name": self.name, "NAME": self.name.upper(), "version": version(), "key": self.key,
                 "library": self.library,
                 "composition": self.composition.composition, "called": self.composition.name, "hash": self.hash_name,
                 "digest": self.digest(),
                 "systems": f"\n *{' ' * 19}".join(textwrap.wrap(" ".join(self.systems), 76))}
        return string.Template(self.names.public((TEMPLATES / template).read_text())).substitute(words | more)

    def header(self):
        core = compose.opening_comment(ROOT / self.composition.source())
        only_c = C_AND_CXX not in " ".join(core.replace("\n *", "\n").split())
        example = "\n".join(f" *     {line}".rstrip() for line in self.example().splitlines())
        licence = "\n".join(f" * {line}".rstrip() for line in (ROOT / "LICENSE").read_text().splitlines())
        undefined = "".join(f"#undef {macro}\n" for macro in self.names.macros)
        return self.filled(
            "header.txt", example=example, licence=licence.removeprefix(" * "), undefined=undefined,
            asked="".join(f"#ifndef {macro}\n#define {macro}\n#endif\n" for macro in self.asked),
            includes="".join(f"#include {name}\n" for name in self.public_systems), public=self.public.strip(),
            only_c='#ifdef __cplusplus\n#error this map is written in C: let a file in C have the implementation\n'
                   '#endif\n' if only_c else "", inside=self.inside.strip())

    def manual(self):
        keys, keyed = KEYS[self.key]
        example = self.example().split("\n", 1)[1].replace("\\", "\\e").strip()
        return self.filled("manual.3", keys=keys, keyed=keyed, example=example, date=release())


def release():
    """The day of the version: a page has a date, and the same tree the same page."""
    said = re.search(r'^date-released: "(.*)"', (ROOT / "CITATION.cff").read_text(), re.M)
    return f"{datetime.date.fromisoformat(said[1]):%B %-d, %Y}"


def version():
    return (ROOT / "VERSION").read_text().strip()


def ours(spec):
    composition = compose.from_id(spec)
    if composition.peer or composition.core not in (None, compose.CORE):
        raise compose.Nonsense(f"VARIANT={composition.name}: another library's map is taken home from there")
    return composition


def name_of(spec):
    """What a composition is called if no other name is asked for."""
    return checked(re.sub(r"\W+", "_", spec).strip("_"))


def checked(name):
    if not NAME.fullmatch(name):
        raise compose.Nonsense(f"NAME={name}: wanted letters and digits, with single _ between them")
    if name in TAKEN:
        raise compose.Nonsense(f"NAME={name}: that is a word of C or C++")
    return name


def word_of(name, key):
    return name if key == "u64" else f"{name}_{key}"


def names(spec, name=""):
    name = checked(name) if name else name_of(spec)
    print(name, *(f"{key}/{word_of(name, key)}" for key in ours(spec).keys))


COMMANDS = {
    "header": lambda *said: sys.stdout.write(Single(*said).header()),
    "pkgconfig": lambda *said: sys.stdout.write(Single(*said).filled("library.pc")),
    "manual": lambda *said: sys.stdout.write(Single(*said).manual()),
    "example": lambda *said: sys.stdout.write(Single(*said).example()),
    "names": names,
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[arguments[0]](*arguments[1:])
    except compose.Nonsense as nonsense:
        print(f"error: {nonsense}")
        sys.exit(2)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "notebooks"))
    from lab.command import run_report
    run_report("single", main, sys.argv[1:])
