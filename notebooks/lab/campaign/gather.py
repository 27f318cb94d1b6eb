"""Merges a campaign's shards, and looks whether another wave of blocks is needed.

All that is there is merged anew each time, into a store on this machine's own disk, which is delivered when it is
whole: so it does not matter how often it was begun before.  Where an experiment has a goal (PRECISION, DECIDE), what
all shards say decides which groups get more blocks (lab.decide): those are the next wave.  Its seed is a store with the
experiment and the longer plan alone; the runner knows from it which id and which blocks they belong to.

    python3 -m lab.campaign.gather DIRECTORY     a campaign's last job: merges, and submits the next wave

The budget of a goal is time spent measuring, summed over all tasks of a kind of machine: an hour on each of 64 nodes is
64 hours.
"""
import contextlib
import pathlib
import re
import sqlite3
import sys
import tempfile

from .. import decide, merge, settings, store as stores
from ..command import run_report
from . import directory, slurm


def spent(connection, experiment):
    """Seconds of measuring."""
    return connection.execute("SELECT total(seconds) FROM run WHERE experiment = ?", (experiment,)).fetchone()[0]


def longer(plan, more):
    """A stored plan with another round of blocks: a number for each of its lines."""
    return "\n".join(re.sub(r"\bREPS=(\S+)", rf"REPS=\1+{count}", line)
                     for line, count in zip(plan.splitlines(), more))


def next_wave(kind, store):
    """Opens the wave that a look at the store asks for.  False if there is nothing more to decide, or to decide it
    with."""
    asked = kind.campaign.asked
    with contextlib.closing(stores.connect(store)) as connection:
        about = dict(stores.experiment(connection, kind.experiment))
        left = asked["budget"] - spent(connection, kind.experiment)
    if not settings.has_goal(about["settings"]):
        return False
    told, decided, seconds, lines = decide.look(kind.experiment, store, asked["against"])
    more = decide.wave(decided, seconds, left)
    print(f"{kind.name}: {told}")
    if not more:
        return False
    number = len(kind.waves()) + 1
    seed(store, kind.experiment, longer(about["settings"], [more.get(cell, 0) for cell in lines]),
         kind.path / "waves" / str(number) / "seed.sqlite")
    kind.add_wave(about["planned"], sum(more.values()), asked["blocks"])
    return True


def seed(store, experiment, plan, path):
    """Delivers a store that holds the experiment with this plan, and no run of it."""
    with tempfile.TemporaryDirectory() as room:
        file = pathlib.Path(room) / "seed.sqlite"
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            for statement in stores.schema():
                connection.execute(statement)
            connection.execute("ATTACH ? AS merged", (str(store),))
            connection.execute("INSERT INTO machine SELECT * FROM merged.machine WHERE id ="
                               " (SELECT machine FROM merged.experiment WHERE id = ?)", (experiment,))
            connection.execute("INSERT INTO experiment SELECT * FROM merged.experiment WHERE id = ?", (experiment,))
            connection.execute("UPDATE experiment SET settings = ?, status = 'interrupted', finished = NULL", (plan,))
        directory.deliver(file, path)


def gather(campaign):
    """Merges what is there.  True if there is a wave that was never submitted, whether it was opened now or by a merge
    that was killed before it could do that.  One whose jobs have failed would fail again: who watches may submit it."""
    with tempfile.TemporaryDirectory() as room:
        store = pathlib.Path(room) / "store.sqlite"
        for kind in campaign.kinds():
            waves = kind.waves()
            merge.gather(store, [source for wave in waves for source in wave.sources()])
            if kind.built() and waves and not any(wave.missing() for wave in waves):
                if not next_wave(kind, store):
                    stores.finish(store, kind.experiment)
        if store.exists():
            single = pathlib.Path(room) / "single.sqlite"
            stores.single_file(store, single)
            directory.deliver(single, campaign.store)
    last = [wave for kind in campaign.kinds() for wave in kind.waves()[-1:]]
    return any(wave.number > 1 and not wave.submitted.exists() for wave in last)


def main(words):
    campaign = directory.Campaign(*words)
    jobs = slurm.Slurm(campaign)
    if gather(campaign) and not jobs.wait():
        jobs.submit()


if __name__ == "__main__":
    run_report("campaign: merging", main, sys.argv[1:])
