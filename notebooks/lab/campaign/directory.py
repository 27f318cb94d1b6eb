"""A campaign on disk: what was asked for, and what of it is there.

    campaign.json                  the settings, the kinds of machine
    plan                           the plan, paths in it as they are wherever a job runs (lab.campaign.asked)
    site                           what Slurm is to be told (lab.campaign.slurm), if anything is
    KIND/tree                      the sources as they were when it began (lab.campaign.sources)
    KIND/kit.tar, KIND/built.json  what a task needs of them, built; on what machine (lab.campaign.kit)
    KIND/waves/1/wave.json         which blocks, in how many shards; from the second wave on with seed.sqlite
    KIND/waves/1/whole/7.sqlite    shard 7, measured (lab.campaign.task)
    KIND/waves/1/failed/7.sqlite   shard 7, in which cells have failed
    KIND/waves/2/submitted         there once its jobs are in a scheduler's queue, and the merge after them
    store.sqlite                   all of them merged (lab.campaign.gather)
    logs/                          what the jobs said

Nobody keeps a list of jobs: what is to be done follows from what is not there.  A file gets its name when it is whole,
and a second one of the same name replaces it by its equal; so it does no harm if a job is killed, or runs twice.
"""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
from typing import NamedTuple

from .. import store as stores
from ..command import BadSetting
from . import asked as settings

MOST_SHARDS = 1000  # Slurm's usual limit of an array, and the runner's


def write(path, value):
    """Writes JSON, whole or not at all."""
    with stores.whole(path) as part:
        part.write_text(json.dumps(value, indent=1) + "\n")


def deliver(file, path):
    """Copies a file to where others look for it, whole or not at all."""
    with stores.whole(path) as part:
        shutil.copyfile(file, part)
        with open(part, "rb") as copy:
            os.fsync(copy.fileno())


def numbers(directory):
    """Of the shards that lie there."""
    return {int(path.stem) for path in directory.glob("[1-9]*.sqlite")}


class Wave(NamedTuple):
    """Blocks that are measured before one looks again."""
    path: pathlib.Path
    first: int   # run of the schedule with which it begins
    shards: int

    @property
    def number(self):
        return int(self.path.name)

    @property
    def seed(self):
        """What a shard's store is begun from; there is none in the first wave."""
        return self.path / "seed.sqlite"

    @property
    def submitted(self):
        """A file that is there once its jobs and the merge after them are in a scheduler's queue."""
        return self.path / "submitted"

    def whole(self, shard):
        return self.path / "whole" / f"{shard}.sqlite"

    def failed(self, shard):
        return self.path / "failed" / f"{shard}.sqlite"

    def missing(self):
        return sorted(set(range(1, self.shards + 1)) - numbers(self.path / "whole"))

    def sources(self):
        """The shards to be merged; one that has failed if no whole one is there."""
        there = numbers(self.path / "whole")
        return [*map(self.whole, sorted(there)), *map(self.failed, sorted(numbers(self.path / "failed") - there))]


class Kind:
    """Machines that are alike; each kind measures everything."""

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.name, self.tree, self.kit = self.path.name, self.path / "tree", self.path / "kit.tar"

    @property
    def campaign(self):
        return Campaign(self.path.parent)

    def built(self):
        """How the experiment's id begins and on what machine it was built; None before it is built."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.path / "built.json").read_text())

    @property
    def experiment(self):
        """The id, the same in all shards: each is the first of its store."""
        return f"{self.built()['family']}1"

    def waves(self):
        there = sorted((self.path / "waves").glob("*/wave.json"), key=lambda path: int(path.parent.name))
        return [Wave(path.parent, **json.loads(path.read_text())) for path in there]

    def add_wave(self, first, blocks, each):
        """Opens the next wave: so many blocks, about `each` of them in a shard."""
        path = self.path / "waves" / str(len(self.waves()) + 1)
        write(path / "wave.json", {"first": first, "shards": min(-(-blocks // each), MOST_SHARDS)})


class Campaign:
    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.store, self.site, self.logs = self.path / "store.sqlite", self.path / "site", self.path / "logs"

    @property
    def asked(self):
        """{name: value} of what was asked for; None before it has begun."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.path / "campaign.json").read_text())

    @property
    def name(self):
        return self.asked["name"]

    @property
    def plan(self):
        return self.path / "plan"

    def runner_words(self):
        """The runner's options, the same for whoever measures a part of it."""
        return [*settings.words_of(self.asked["options"]), "--plan", str(self.plan), "--name", self.name]

    def kinds(self):
        return [Kind(self.path / name) for name in self.asked["kinds"]]

    def begin(self, plan, asked):
        """Writes down what was asked for and the plan's text, or finds that it is what was written down."""
        there = self.asked
        if there is None:
            began = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H%M%S")
            self.path.mkdir(parents=True, exist_ok=True)
            with stores.whole(self.plan) as part:
                part.write_text(plan)
            self.logs.mkdir(exist_ok=True)
            write(self.path / "campaign.json", asked | {"name": f"{self.path.name}-{began}"})
            return
        differs = settings.difference(there, asked)
        if self.plan.read_text() != plan:
            differs = "with another plan"
        if differs:
            raise BadSetting(f"CAMPAIGN={self.path}: was begun {differs}; name another directory")

    def statuses(self):
        """{experiment: status} of what is merged."""
        if not self.store.exists():
            return {}
        # Looked at every two seconds, and delivered whole: it is not checked each time.
        with contextlib.closing(sqlite3.connect(stores.uri_of(self.store), uri=True)) as connection:
            return dict(connection.execute("SELECT id, status FROM experiment").fetchall())

    def complete(self):
        statuses = self.statuses()
        return all(kind.built() and statuses.get(kind.experiment) == "finished" for kind in self.kinds())

    def have(self):
        """How many kinds are built, waves begun and shards whole; how its experiments stand in the merged store."""
        kinds = self.kinds()
        return (sum(kind.built() is not None for kind in kinds), sum(len(kind.waves()) for kind in kinds),
                sum(wave.shards - len(wave.missing()) for kind in kinds for wave in kind.waves()),
                self.statuses())
