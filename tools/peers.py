"""Peers: other libraries' maps behind hamt.h, each in a directory with its adapter, hamt.c or hamt.cc,
and a declaration, peer.conf: a word and what it stands for, one a line.

    package NAME ...      Debian packages that it needs
    unpack NAME           a package whose headers are unpacked below build/peers, and not installed
    pkg-config NAME ...   modules that have its compiler's flags and its libraries
    libs -lNAME ...       libraries that no module names
    keys u64              the kinds of key that it takes, if not all

What a peer is compiled and linked with is its own: no other competitor is, and it stands, with the
versions of its packages, in the identity of its build."""
import pathlib
import shutil
import subprocess

WORDS = ["package", "unpack", "pkg-config", "libs", "keys"]
DECLARATION = "peer.conf"
UNPACKED = pathlib.Path("build/peers")  # below the root of the tree


class Wrong(Exception):
    """A declaration that makes no sense."""


def _output(*command):
    """The words that a program prints; none if there is no such program or it fails."""
    if not shutil.which(command[0]):
        return []
    done = subprocess.run(command, text=True, capture_output=True)
    return done.stdout.split() if done.returncode == 0 else []


class Peer:
    def __init__(self, directory, keys):
        self.directory = directory
        self.said = dict.fromkeys(WORDS, ())
        for number, line in enumerate((directory / DECLARATION).read_text().splitlines(), 1):
            words = line.split("#")[0].split()
            if words and words[0] not in WORDS:
                raise Wrong(f"{directory.name}/{DECLARATION}:{number}: {words[0]}: wanted one of"
                            f" {', '.join(WORDS)}")
            if words:
                self.said[words[0]] += tuple(words[1:])
        self.keys = self.said["keys"] or tuple(keys)

    def lacks(self, root):
        """What is missing of it on this machine: packages, or none."""
        missing = [name for name in self.said["package"] if not version(name)]
        return missing + [name for name in self.said["unpack"]
                          if not (root / UNPACKED / name).is_dir()]

    def flags(self):
        unpacked = [f"-isystem{UNPACKED / name}/usr/include" for name in self.said["unpack"]]
        modules = self.said["pkg-config"]
        return [*unpacked, *(_output("pkg-config", "--cflags", *modules) if modules else [])]

    def libraries(self):
        modules = self.said["pkg-config"]
        return [*(_output("pkg-config", "--libs", *modules) if modules else []), *self.said["libs"]]

    def versions(self, root):
        """Its packages with their versions, as they stand in the identity of its build."""
        unpacked = [f"{name}={(root / UNPACKED / name / 'version').read_text().strip()}"
                    for name in self.said["unpack"] if (root / UNPACKED / name).is_dir()]
        return [f"{name}={version(name)}" for name in self.said["package"]] + unpacked


def version(package):
    """Of an installed package, as the distribution tells; empty if it is not installed."""
    said = _output("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package)
    if said[:1] == ["installed"]:
        return said[1]
    return "".join(_output("brew", "list", "--versions", package)[1:2])
