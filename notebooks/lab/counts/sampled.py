"""Where a put's time goes by the clock: samples of perf, the kernel's part included (experiments/counted/sampled.py).

Counted instructions (lab.counts.attribution) say nothing of the kernel, and take a load that waits for memory for as
long as one that does not.  Samples see both; but they do waver from run to run, as times do, and the interval beside a
share is that of drawing so many samples, no more.
"""
from .. import printing, runner

KINDS = {"kernel": "the kernel", "malloc": "malloc and free", "copying": "copying", "hashing": "hashing",
         "map": "the map itself"}


def sample(filled):
    """{kind: samples} of puts."""
    plan = filled.plan(CELL="map-sampled", OPS="put", REPS=1, SAMPLES=1)
    with runner.once(plan, "samples", quiet=True) as (connection, experiment):
        return {name: int(number) for name, number in connection.execute(
            "SELECT name, value FROM value WHERE experiment = ?", (experiment,))}


def table(found):
    total = sum(found.values())

    def line(kind):
        share = found[kind] / total
        off = 1.96 * (share * (1 - share) / total) ** 0.5
        return [KINDS[kind], *(f"{100 * part:.1f}" for part in (share, max(0, share - off), min(1, share + off)))]
    return printing.align(["time of a put", "%", "from", "to"], list(map(line, KINDS)), figures=3,
                          cell=0) + f"\n{total} samples"


def text(filled):
    try:
        return table(sample(filled))
    except runner.CellFailed as reason:
        return f"sampled time: {reason}"
