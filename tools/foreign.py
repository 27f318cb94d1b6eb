"""Objects of peers in other languages: an archive with C linkage, joined to its C side.

The archive defines peer_create(seed) and the rest of hamt.h up to hamt_each; peers/foreign.c is the C
side.  Both become one object, so that what links a map need not know what it was written in.

Rust's archive is made here, by cargo, without the network: its crates are those that Debian's librust-*
packages put in /usr/share/cargo/registry, where that is, and nothing is written outside build/."""
import json
import os
import pathlib
import subprocess

import peers

CRATES = pathlib.Path("/usr/share/cargo/registry")
CONTRACT = ["peer_create", *(f"hamt_{name}" for name in
                             ["destroy", "put", "get", "remove", "size", "each"])]


class Failed(Exception):
    """A tool failed; the text is the first error that it tells."""


def _run(command, **more):
    try:
        done = subprocess.run(command, text=True, capture_output=True, **more)
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line]
        raise Failed(said[0] if said else f"{command[0]} failed with status {done.returncode}")


def _processor(flags):
    """That for which the rest is compiled, as rustc is told it."""
    return next((flag.partition("=")[2] for flag in flags if flag.startswith(("-march=", "-mcpu="))),
                "generic")


def _manifest(peer):
    return "\n".join(["[package]", 'name = "hamt"', 'version = "0.0.0"', 'edition = "2021"',
                      "[lib]", f"path = {json.dumps(str(peer.directory / peer.adapter))}",
                      'crate-type = ["staticlib"]', "[dependencies]", *peer.said["crate"],
                      "[profile.release]", "opt-level = 3", "lto = true", "codegen-units = 1",
                      'panic = "abort"', "debug = true", ""])


def _cargo(peer, key, flags, root, shared):
    """Builds a Rust peer's archive; its path."""
    processor = _processor(flags)
    place = root / peers.UNPACKED / "cargo" / str(peer.directory).replace("/", "@") / key / processor
    place.mkdir(parents=True, exist_ok=True)
    (place / "Cargo.toml").write_text(_manifest(peer))
    crates = ["--config", 'source.crates-io.replace-with="here"',
              "--config", f"source.here.directory={json.dumps(str(CRATES))}"] if CRATES.is_dir() else []
    told = {"HAMT_KEY": key, "HAMT_PEERS": str(shared), "CARGO_HOME": str(root / peers.UNPACKED / "cargo/home"),
            "RUSTC": peers.rustc(), "RUSTFLAGS": f"-C target-cpu={processor} -D warnings"}
    _run([peers.cargo(), *crates, "build", "--release", "--offline", "--quiet"], cwd=place,
         env=os.environ | told)
    return place / "target/release/libhamt.a"


def join(peer, key, part, flags, root, shared):
    """Puts the archive of a peer, if it is in such a language, into its C side, the object `part`."""
    if peer.adapter not in peers.FOREIGN:
        return
    archive = (_cargo(peer, key, flags, root, shared) if peer.adapter == "hamt.rs"
               else peer.directory / peer.adapter)
    whole = f"{part}.whole"
    _run([*peers.compiler(), "-r", "-nostdlib", *(f"-Wl,-u,{name}" for name in CONTRACT), part,
          str(archive), "-o", whole])
    os.replace(whole, part)
