"""A campaign's jobs on this machine, one after the other."""
import sys

from ..command import Failure
from . import gather, kit, task

KINDS = {"here": []}


class Local:
    def __init__(self, campaign):
        self.campaign = campaign

    def jobs(self):
        return 0, 0, 0

    def how_to_cancel(self):
        return None

    def submit(self, progress):
        """Builds, measures and merges what is missing.  A shard in which cells have failed does not keep the others
        from being measured."""
        for kind in self.campaign.kinds():
            if not kind.built():
                kit.build(kind)
            wave = kind.waves()[-1]
            for shard in wave.missing():
                progress.tell()
                try:
                    task.measure(kind, wave, shard)
                except Failure as failure:
                    print(failure, file=sys.stderr)
        gather.gather(self.campaign)
