"""Measures up to a goal: adds blocks to an experiment until what it is to decide is decided, or the budget gone.

The runner measures a wave of blocks; then this looks, and asks for the next one where it helps most.  The first wave
is REPS blocks of every group (an operation, an order of keys, a scale; each a line of the stored plan).  After it, a
group all of whose ratios have reached the goal gets no more, and of the others those come first that take the least
time, as long as the budget has room for all they need; if it has room for none, the one that is nearest gets the
rest.  A wave adds no more than half of what a group has, so that it is looked at again before much is wasted.

That the data decide when to stop does no harm: see lab.sequential.  The experiment's id stays the same, and its plan
tells which blocks were added (REPS=12+6+0+3).  Interrupted, it is not finished, and the same command goes on.
"""
import math
import shlex
import subprocess
import sys
import time

from . import experiment as experiments, goal as goals, results, store as stores
from .command import BadSetting, Failure
from .printing import paragraph

BUDGET = 3600  # seconds, where none is given
RUNNER = "build/run/run"


class Cut(Failure):
    """The runner failed, and has said why."""


def run(command):
    """The id of the experiment that the runner has measured.  Interrupted, it is waited for."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as runner:
        try:
            told, _ = runner.communicate()
        except KeyboardInterrupt:
            runner.wait()  # the terminal has interrupted it as well
            raise
    if runner.returncode == 130:
        raise KeyboardInterrupt
    if runner.returncode:
        raise Cut("not measured to the end: the runner has told why")
    return told.split()[1]


def cost(cell, decided, seconds):
    """(blocks that a group has, blocks that it still needs)."""
    own = [each for each in decided if each.cell == cell]
    has = max(each.ratio.count for each in own)
    # What was to be expected of those that it has may not have come: then one more.
    return has, max(1, max((each.wanted or goals.MOST) - each.ratio.count for each in own if not each.reached))


def wave(decided, seconds, left):
    """{cell: blocks to add} for the seconds that are left; empty if nothing is open, or no block would end in time."""
    wants = {cell: cost(cell, decided, seconds) for cell in {each.cell for each in decided if not each.reached}}
    found = {}
    for cell in sorted(wants, key=lambda cell: (wants[cell][1] * seconds[cell], cell)):
        has, needs = wants[cell]
        room = math.floor(left / seconds[cell])
        if room < needs and found:
            break  # what is cheaper comes first, and this could not be decided
        count = min(needs, room, max(2, has // 2))
        if count < 1:
            break
        found[cell] = count
        left -= needs * seconds[cell]
    return found


def look(identity, store, against):
    """(summary, what is decided, {cell: seconds a block takes}, the lines of its plan) of an experiment."""
    found, _ = results.find(store, identity)
    if not len(found.runs):
        raise results.NotMeasured(f"experiment {identity}: no cell was measured")
    rule, runs = goals.rule_of(found.about["settings"]), experiments.in_order(found.runs, found.about["settings"])
    if not rule.goals:
        raise BadSetting("BUDGET: PRECISION=5% or DECIDE=2% is to say what is to be decided")
    yardsticks = experiments.yardsticks(runs, against, room=2)
    decided = goals.decisions(runs, yardsticks, rule.goals)
    if not decided:
        raise Failure(f"experiment {identity}: no competitor was measured beside another: there is no ratio to decide")
    return (goals.summary(decided, rule), decided, goals.block_seconds(runs),
            [cell for cell, _ in goals.lines(found.about["settings"])])


def decide(asked="", store=stores.STORE, experiment=None, against=(), budget=BUDGET, runner=RUNNER):
    """measures what the runner is ASKED for, or more of EXPERIMENT (the newest), until it is decided or BUDGET gone"""
    start = time.monotonic()
    command = [*shlex.split(runner), "--store", str(store)]
    identity = run([*command, *shlex.split(asked)]) if asked else results.find(store, experiment)[0].about["id"]
    before = None
    while True:
        told, decided, seconds, lines = look(identity, store, against)
        left = budget - (time.monotonic() - start)
        has = sum(each.ratio.count for each in decided)
        more = wave(decided, seconds, left) if has != before else {}
        print(paragraph(told), file=sys.stderr)
        if not more:
            break
        before = has
        took = sum(count * seconds[cell] for cell, count in more.items())
        print(f"{sum(more.values())} more blocks in {len(more)} of {len(seconds)} groups, about {goals.duration(took)};"
              f" of the budget {goals.duration(left)} are left", file=sys.stderr)
        run([*command, "--experiment", identity, "--more", ",".join(str(more.get(cell, 0)) for cell in lines)])
    stores.finish(store, identity)
    print(f"experiment {identity}")
