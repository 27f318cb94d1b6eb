"""The command: begins a campaign or goes on with it, and watches until it is complete.

What is to be done follows from what is there, so this may be ended at any time and started again.  As long as jobs are
queued it only looks; when there are none, what is missing is submitted; and if the last ones have brought nothing that
was not there before, it ends, as the same jobs would fail again.
"""
import contextlib
import json
import sys
import time

from .. import decide, experiment, goal, machines, store as stores
from ..command import BadSetting, Failure, output
from ..printing import paragraph
from . import asked as settings, directory, local, slurm, sources

LOOK = 2  # seconds between two looks
TELL = 15  # seconds between two lines of progress where there is no terminal
CAMPAIGNS = stores.ROOT / "results" / "campaigns"


class Progress:
    """How far it is, on one line, and how long what is left takes at the pace of the shards that came since it was
    submitted."""

    def __init__(self, campaign):
        self.campaign, self.told, self.at, self.since = campaign, None, 0.0, time.time()

    def submitted(self):
        self.since = time.time()

    def left(self, waves):
        came = sorted(path.stat().st_mtime for wave in waves for path in (wave.path / "whole").glob("*.sqlite"))
        came = [moment for moment in came if moment >= self.since]
        missing = sum(len(wave.missing()) for wave in waves)
        if not came or not missing:
            return None
        return missing * (came[-1] - self.since) / len(came) - (time.time() - came[-1])

    def tell(self, queued=0, running=0, held=0):
        waves = [kind.waves()[-1] for kind in self.campaign.kinds()]
        shards, left = sum(wave.shards for wave in waves), self.left(waves)
        there = shards - sum(len(wave.missing()) for wave in waves)
        number = max(wave.number for wave in waves)
        text = (f"{self.campaign.name}: {there} of {shards} shards{f' of wave {number}' if number > 1 else ''}"
                f"{f', {running} jobs run, {queued - running} wait' if queued else ''}"
                f"{f', of which {held} are held: scontrol release jobname={self.campaign.name}' if held else ''}"
                f"{f', about {goal.duration(max(1, left))} left' if left is not None else ''}")
        terminal = sys.stderr.isatty()
        if text == self.told or (not terminal and time.monotonic() - self.at < TELL):
            return
        self.told, self.at = text, time.monotonic()
        print(f"\r{text}\x1b[K" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends the line, however it came to this."""
        if self.told and sys.stderr.isatty():
            print(file=sys.stderr)


def described(plan, options):
    """What the runner says of a plan before anything is built; BadSetting with its complaint."""
    words = settings.words_of(options)
    return json.loads(output(decide.RUNNER, *words, "--plan", plan, "--describe", failure=BadSetting))


def begin(path, asked, on, site, blocks, against, budget):
    """The campaign, begun or found, and who runs its jobs."""
    plan, options = settings.options_of(asked)
    campaign = directory.Campaign(path or CAMPAIGNS / plan.rpartition("/")[2].removesuffix(".plan"))
    kinds = local.KINDS
    if site and not site.exists():
        raise BadSetting(f"SITE={site}: there is no such file")
    if on == "slurm":
        kinds = slurm.Site(site or campaign.site).kinds
    elif on != "local":
        raise BadSetting(f"ON={on}: not known; one of: local, slurm")
    told = described(plan, options)
    campaign.begin(settings.lasting_plan(plan), {"on": on, "options": options, "blocks": blocks,
                                                 "against": list(against), "budget": budget, "kinds": list(kinds)})
    if site:
        directory.deliver(site, campaign.site)
    for kind in campaign.kinds():
        sources.snapshot(kind.tree)
        if not kind.waves():
            kind.add_wave(0, told["blocks"], blocks)
    return campaign, slurm.Slurm(campaign) if on == "slurm" else local.Local(campaign)


def drive(campaign, jobs, progress):
    """Until it is complete."""
    tried = None
    while not campaign.complete():
        queued = jobs.jobs()
        if not any(queued):
            have = campaign.have()
            if have == tried:
                raise Failure(incomplete(campaign))
            tried = have
            progress.submitted()
            jobs.submit(progress)
        progress.tell(*queued)
        if any(queued):
            time.sleep(LOOK)


def incomplete(campaign):
    """What is missing, and why, as far as one can tell."""
    waves = [kind.waves()[-1] for kind in campaign.kinds()]
    missing = sum(len(wave.missing()) for wave in waves)
    failed = sum(len(directory.numbers(wave.path / "failed") & set(wave.missing())) for wave in waves)
    if failed:
        return (f"cells have failed in {failed} of {missing} shards that are missing; make STORE={campaign.store} table"
                " shows which, and the same command tries them again")
    return (f"{missing} shards are missing, and the last jobs have brought nothing; what they said is in"
            f" {campaign.logs}")


def show(campaign, against):
    """The answer: one machine's table, or those of several beside each other."""
    names = [kind.experiment for kind in campaign.kinds()]
    if len(names) == 1:
        experiment.table(campaign.store, names[0], against)
    else:
        with contextlib.closing(stores.connect(campaign.store)) as connection:
            machines.show(connection, names, against)
    print(paragraph(f"All of it is in {campaign.store}: make STORE=... table, plot, csv and compare take it, make"
                    " FROM=... merge puts it into another store.", "  "))


def campaign(asked="", campaign=None, on="local", site=None, blocks=8, against=(), budget=decide.BUDGET):
    """measures what the runner is ASKED for in shards of so many BLOCKS, here or by Slurm (ON=local, slurm)"""
    begun, jobs = begin(campaign, asked, on, site, blocks, against, budget)
    try:
        with Progress(begun) as progress:
            drive(begun, jobs, progress)
    except KeyboardInterrupt:
        with contextlib.suppress(Failure):
            if any(jobs.jobs()):
                print(f"its jobs go on; to end them: {jobs.how_to_cancel()}; the same command looks at them again",
                      file=sys.stderr)
        raise
    show(begun, against)
