"""A task: measures one shard on this machine's own disk, and delivers its store when it is whole.

What it works on lies in a directory of its own, its room, below SLURM_TMPDIR, TMPDIR or /tmp.  If it is killed and
tried again on the same machine, the runner goes on with what is there; elsewhere it begins anew.  Others may write to
/tmp, too: so a room's name tells whose it is and of which campaign, and one that others could have put something into
is not used.

    python3 -m lab.campaign.task DIRECTORY WAVE     a task of the array that measures a wave of a kind of machine

It imports no statistics: a thousand tasks would all read them over the network.
"""
import contextlib
import hashlib
import os
import pathlib
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile

from .. import store as stores
from ..command import Failure, run_report
from ..machine import description
from . import directory, kit

INTERRUPTED = 130  # the runner's exit status


def room_of(kind, wave, shard):
    """The room of a shard of this user's campaign, on this machine's disk."""
    place = pathlib.Path(os.environ.get("SLURM_TMPDIR") or tempfile.gettempdir())
    campaign = f"{os.geteuid()}|{kind.campaign.path}|{kind.campaign.name}"
    digest = hashlib.sha256(os.fsencode(campaign)).hexdigest()[:16]
    return place / f"hamtlab-{digest}-{kind.name}-{wave.number}-{shard}"


def enter(room):
    """Makes the room, or finds it as it was left; Failure if it is not this user's alone."""
    with contextlib.suppress(FileExistsError):
        room.mkdir(mode=0o700)
    there = room.lstat()
    if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.geteuid() or stat.S_IMODE(there.st_mode) & 0o077:
        raise Failure(f"{room}: is there, and not as a directory of this user's alone: it is not used; TMPDIR names"
                      " another place")


def check_machine(kind, here):
    """Only machines that are alike measure parts of one experiment."""
    there = kind.built()
    if here["family"] == there["family"]:
        return
    is_, was = description(here["machine"]), description(there["machine"])
    differs = "; ".join(f"{what} {is_[what]}, not {value}" for what, value in was.items() if is_[what] != value)
    raise Failure(f"this machine is not of the kind {kind.name} ({differs or 'its programs or sources differ'}):"
                  " [kinds] in the file that SITE names is to tell the two apart, or to ask for one of them alone")


def begin(store, wave, machine):
    """A store from which the runner goes on with the blocks of a wave that is not the first: on this machine."""
    if wave.number == 1 or store.exists():
        return
    part = store.with_name(f"{store.name}.part")
    shutil.copyfile(wave.seed, part)
    with contextlib.closing(sqlite3.connect(part)) as connection, connection:
        connection.execute(f"INSERT OR IGNORE INTO machine ({', '.join(machine)}) VALUES"
                           f" ({', '.join('?' * len(machine))})", list(machine.values()))
        connection.execute("UPDATE experiment SET machine = ?", (machine["id"],))
    part.rename(store)


def status_of(store):
    with contextlib.closing(stores.connect(store)) as connection:
        return connection.execute("SELECT status FROM experiment").fetchone()[0]


def measure(kind, wave, shard):
    """Measures a shard.  KeyboardInterrupt: what is there stays, to be gone on with."""
    room = room_of(kind, wave, shard)
    enter(room)
    place, store, whole = room / "kit", room / "shard.sqlite", room / "whole.sqlite"
    kit.unpack(kind, place)
    here = kit.described(kind, place, "--build")
    check_machine(kind, here)
    begin(store, wave, here["machine"])
    done = subprocess.run(
        ["build/run/run", "--make", kit.MAKE, "--store", str(store), *kind.campaign.runner_words(),
         "--shard", f"{shard}/{wave.shards}", "--from", str(wave.first)], cwd=place, stdout=subprocess.DEVNULL)
    if done.returncode == INTERRUPTED:
        raise KeyboardInterrupt
    # What has no end, another process works on.
    if not store.exists() or status_of(store) == "running":
        raise Failure(f"shard {shard} was not measured: the line above says why")
    stores.single_file(store, whole)
    directory.deliver(whole, wave.failed(shard) if done.returncode else wave.whole(shard))
    shutil.rmtree(room)
    if done.returncode:
        raise Failure(f"shard {shard}: cells have failed, as the lines above say; it is kept until it is measured"
                      " again")


def main(words):
    kind = directory.Kind(words[0])
    measure(kind, kind.waves()[int(words[1]) - 1], int(os.environ["SLURM_ARRAY_TASK_ID"]))


if __name__ == "__main__":
    run_report("campaign: measuring", main, sys.argv[1:])
