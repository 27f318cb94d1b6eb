"""A campaign on a real Slurm while things are killed at random, and how what comes of it is held against a run that was
left alone: identical but for the times, no run lost and none twice.
"""
import contextlib
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.campaign import directory  # noqa: E402

SITE = "[measure]\ncpus-per-task = 1\n"
LIMIT = 800  # seconds for a campaign
TIMES = {"run": {"seconds", "peak_rss_bytes", "rss_per_entry", "started"}, "sample": {"ns_per_op", "repeats"},
         "experiment": {"started", "finished"}, "value": {"value"}}


def make(campaign, plan, *settings, environment=None, site=SITE):
    """A `make campaign` that has been started."""
    campaign.mkdir(exist_ok=True)
    asked = campaign.parent / f"{campaign.parent.name}.plan"  # of a name that no other test's plan has
    asked.write_text(plan)
    (campaign.parent / "site.conf").write_text(site)
    disk = campaign.parent / "disk"  # of this machine; what a killed task leaves goes with the test's directory
    disk.mkdir(exist_ok=True)
    return subprocess.Popen(
        ["make", "-s", f"PLAN={asked}", f"CAMPAIGN={campaign}", f"PYTHON={sys.executable}", *settings, "campaign"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", env=environment or os.environ | {"TMPDIR": str(disk)}, start_new_session=True)


def on_slurm(campaign, plan, cluster_, *settings, site=SITE):
    return make(campaign, plan, "ON=slurm", f"SITE={campaign.parent}/site.conf", *(settings or ["BLOCKS=1"]),
                environment=cluster_.environment, site=site)


def rows(path):
    """{table: rows without times}; whatever is not a time is the same in every run of an experiment."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = {}
        for table in ("machine", "build", "experiment", "cell", "run", "sample", "value", "tree"):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in names if name not in TIMES.get(table, ())]
            tables[table] = sorted(connection.execute(f"SELECT {', '.join(kept)} FROM {table}"), key=repr)
        return tables


def left_alone(kind, room):
    """The store of the whole plan, measured by one runner, from what the campaign has built."""
    with tarfile.open(kind.kit) as tar:
        tar.extractall(room / "alone")
    subprocess.run(["build/run/run", "--make", "tools/kit_make.sh", "--store", str(room / "alone.sqlite"),
                    *kind.campaign.runner_words()], cwd=room / "alone", check=True, capture_output=True)
    return room / "alone.sqlite"


class Chaos:
    """Kills what runs on a cluster: the node, a task or the merge, as often as is asked for."""

    def __init__(self, cluster_, seed, **wanted):
        self.cluster, self.random, self.wanted = cluster_, random.Random(seed), dict(wanted)
        self.killed, self.next = [], 0.0

    def running(self, module):
        """Processes of jobs that run this module of the lab, with those that they have started."""
        found = []
        for others in self.cluster.jobs().values():
            for pid in others:
                with contextlib.suppress(OSError):
                    if f"lab.campaign.{module}".encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                        found.append([pid, *self.cluster.below(pid)])
        return found

    def kill(self, what):
        there = self.running({"node": "task", "task": "task", "merge": "gather"}[what])
        if not there:
            return False
        if what == "node":
            self.cluster.kill_node()
            self.cluster.start_node()
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.random.choice(self.random.choice(there)), signal.SIGKILL)
            return True
        return False

    def step(self):
        """Kills something now, maybe."""
        left = [what for what, count in self.wanted.items() if count]
        if "merge" in left and self.running("gather"):
            left, self.next = ["merge"], 0  # there are few, and they are short
        if not left or time.monotonic() < self.next:
            return
        what = self.random.choice([what for what in left if what != "merge"] or left)
        if self.kill(what):
            self.wanted[what] -= 1
            self.killed.append(what)
            self.next = time.monotonic() + self.random.uniform(1, 5)

    def left(self):
        return sum(self.wanted.values())


def lose(campaign):
    """Takes the last shard away, and what was merged: so that there is again something to kill."""
    begun = directory.Campaign(campaign)
    for kind in begun.kinds():
        wave = kind.waves()[-1]
        wave.whole(wave.shards).unlink()
    begun.store.unlink()


def survive(campaign, plan, cluster_, chaos, *settings):
    """Gives `make campaign` again until the campaign is complete and all is killed that was to be; (how often it was
    given, the last one's output)."""
    end = time.monotonic() + LIMIT
    for given in range(1, 100):
        process = on_slurm(campaign, plan, cluster_, *settings)
        while process.poll() is None:
            if time.monotonic() > end:
                process.kill()
                raise TimeoutError(f"not complete after {LIMIT} s: {process.communicate()[0]}")
            chaos.step()
            time.sleep(0.1)
        out = process.communicate()[0]
        if process.returncode == 0 and not chaos.left():
            return given, out
        if process.returncode == 0:
            lose(campaign)
        print(f"given again: {out.splitlines()[-1] if out else process.returncode}")
    raise AssertionError(out)


def tell(killer, given, alone):
    """The numbers of a test that has killed."""
    print(f"killed: {', '.join(killer.killed)}; make campaign was given {given} times; {len(alone['run'])} runs, none"
          " lost, none twice", file=sys.stderr)


def compare(test, campaign, room):
    """Holds what came of it against a run that was left alone."""
    kind, = directory.Campaign(campaign).kinds()
    found, alone = rows(campaign / "store.sqlite"), rows(left_alone(kind, room))
    for table, expected in alone.items():
        test.assertEqual(found[table], expected, table)
    return alone
