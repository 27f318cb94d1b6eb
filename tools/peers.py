"""Peers: other libraries' maps behind hamt.h, each in a directory with its adapter and a declaration.

The adapter's name tells its language: hamt.c, hamt.cc (C++), hamt.rs (Rust), or hamt.a, an archive with
C linkage that was built elsewhere, from any other.  The declaration, peer.conf, has a word and what it
stands for on each line:

    package NAME ...      Debian packages that it needs
    unpack NAME           a package whose headers are unpacked below build/peers, and not installed
    pkg-config NAME ...   modules that have its compiler's flags and its libraries
    crate NAME = "*"      a crate that it needs, as Cargo.toml spells it
    flags -I$HERE/x ...   what its compiler is told beside; $HERE is its directory
    libs -lNAME ...       libraries that no module names
    keys u64              the kinds of key that it takes, if not all
    can NAME ...          traits of hamt.h that it claims (deniable for HAMT_DENIABLE): the suite asks for them

What a peer is compiled and linked with is its own: no other competitor is.  It stands in the identity
of its build, with the versions of its packages and a digest of its adapter, and so does the build: a
changed library makes a new one."""
import functools
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess

WORDS = ["package", "unpack", "pkg-config", "crate", "flags", "libs", "keys", "can"]
DECLARATION = "peer.conf"
UNPACKED = pathlib.Path("build/peers")  # below the root of the tree
LANGUAGES = {"hamt.c": "C", "hamt.cc": "C++", "hamt.rs": "Rust", "hamt.a": "archive"}
FOREIGN = ["hamt.rs", "hamt.a"]  # these have C linkage; peers/foreign.c is their C side
# What their language needs of the linker.
RUNTIMES = {"C++": ["-lstdc++"], "Rust": ["-lpthread", "-ldl", "-lgcc_s"]}


class Wrong(Exception):
    """A declaration that makes no sense."""


def _output(*command, **more):
    """What a program prints; None if there is no such program or it fails."""
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, text=True, capture_output=True, **more)
    return done.stdout if done.returncode == 0 else None


def _words(*command):
    return (_output(*command) or "").split()


# ---- What this machine has ----

def compiler():
    return shlex.split(os.environ.get("CC") or "cc")


def cargo():
    """Debian's, with which its crates go, whatever comes first in PATH; or any other."""
    return os.environ.get("CARGO") or next(filter(shutil.which, ["/usr/bin/cargo"]), "cargo")


def rustc():
    """That which lies beside cargo."""
    return str(pathlib.Path(cargo()).with_name("rustc"))


@functools.cache
def lacking_for(language):
    """What a language needs and this machine lacks; empty if nothing."""
    if language == "C++":
        check = [*compiler(), "-x", "c++", "-std=c++17", "-fsyntax-only", "-"]
        return "" if _output(*check, input="#include <new>\n") is not None else f"C++ ({compiler()[0]} has none)"
    if language == "Rust":
        return next((f"Rust ({tool} does not run)" for tool in (cargo(), rustc())
                     if _output(tool, "--version") is None), "")
    return ""


@functools.cache
def version(package):
    """Of an installed package, as the distribution tells; empty if it is not installed."""
    said = _words("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package)
    if said[:1] == ["installed"]:
        return said[1]
    return "".join(_words("brew", "list", "--versions", package)[1:2])


# ---- One peer ----

class Peer:
    def __init__(self, directory, keys, traits=()):
        self.directory = directory
        self.said = dict.fromkeys(WORDS, ())
        for number, line in enumerate((directory / DECLARATION).read_text().splitlines(), 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            self._one_of(number, words[:1], WORDS)
            if words[0] in ("keys", "can"):
                self._one_of(number, words[1:], keys if words[0] == "keys" else traits)
            self.said[words[0]] += (" ".join(words[1:]),) if words[0] == "crate" else tuple(words[1:])
        self.keys = self.said["keys"] or tuple(keys)
        self.can = self.said["can"]
        self.adapter = next((name for name in LANGUAGES if (directory / name).exists()), None)
        self.language = LANGUAGES.get(self.adapter)

    def _one_of(self, number, words, known):
        for word in words:
            if word not in known:
                raise Wrong(f"{self.directory.name}/{DECLARATION}:{number}: {word}: wanted one of"
                            f" {', '.join(known)}")

    def _here(self, word):
        return [text.replace("$HERE", str(self.directory)) for text in self.said[word]]

    def lacks(self, root):
        """What is missing of it on this machine, or none."""
        missing = [name for name in self.said["package"] if not version(name)]
        missing += [name for name in self.said["unpack"] if not (root / UNPACKED / name).is_dir()]
        missing += [name for name in self.said["pkg-config"]
                    if not missing and _output("pkg-config", "--exists", name) is None]
        return missing + [text for text in [lacking_for(self.language)] if text]

    def flags(self):
        modules = self.said["pkg-config"]
        return [*(f"-isystem{UNPACKED / name}/usr/include" for name in self.said["unpack"]),
                *(_words("pkg-config", "--cflags", *modules) if modules else []), *self._here("flags"),
                "-DPEER_CAN=" + ("+".join(f"HAMT_{trait.upper()}" for trait in self.can) or "0")]

    def libraries(self):
        modules = self.said["pkg-config"]
        return [*(_words("pkg-config", "--libs", *modules) if modules else []), *self._here("libs"),
                *RUNTIMES.get(self.language, [])]

    def versions(self, root):
        """Of all that it is made from beside its adapter."""
        unpacked = [(name, (root / UNPACKED / name / "version").read_text().strip())
                    for name in self.said["unpack"] if (root / UNPACKED / name).is_dir()]
        modules = [(name, "".join(_words("pkg-config", "--modversion", name)))
                   for name in self.said["pkg-config"]]
        rust = [("rustc", _words(rustc(), "--version")[1])] if self.language == "Rust" else []
        return [f"{name}={told}" for name, told in
                [*((name, version(name)) for name in self.said["package"]), *unpacked, *modules, *rust]]

    def digest(self, shared):
        """Of the adapter: every file of its directory, and what adapters share."""
        files = [path for path in sorted(self.directory.rglob("*")) if path.is_file()]
        files += [path for path in sorted(shared.iterdir()) if path.is_file()]
        sums = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files]
        return hashlib.sha256("".join(sums).encode()).hexdigest()[:16]

    def provenance(self, root, shared):
        """What its build is made from, beside the flags that all competitors have; where it lies is left out."""
        told = [*self.flags(), *self.libraries(), *self.versions(root), f"adapter={self.digest(shared)}"]
        return [text.replace(str(self.directory), "$HERE") for text in told]


def traits_of(header):
    """The traits that a map may claim, as hamt.h has them."""
    return [name.lower() for name in re.findall(r"^ +HAMT_(\w+) = 1 << \d+,", header.read_text(), re.M)]
