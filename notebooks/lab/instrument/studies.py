#!/usr/bin/env python3
"""Puts the instrument to the test: measures the studies from which lab.instrument.verdict judges
it.

    python3 -m lab.instrument.studies [--studies LIST] [--pairs N] [--power-pairs N]
                                      [--samples N] [--pin CORE] [--out DIR]

    aa       one composition under two names, many times over: how often is a difference seen where
             there is none?
    power    a delay of 5 % in one of two copies: how often is it found?
    layout   one program linked in other orders, padded, and run in larger environments: how much of
             a difference does that make, beside copies that are the same?
    counts   the same run under callgrind again and again: do instructions and misses repeat?
    limits   what the machine itself costs: loads, bandwidth, page faults

All but the counts are experiments of the runner, with its pairs, its order and its store: what is
tested is the instrument as it is used.  Each study leaves a file of CSV in results/instrument, with
every sample.  A study that is done is not measured again until all are: after an interruption the
same command goes on.
"""
import argparse
import csv
import datetime
import itertools
import json
import pathlib
import re
import subprocess
import sys

from .. import cell, store
from ..command import Failure, Parser, run_report
from ..counts import callgrind
from ..progress import Progress
from ..stats import paired_ratio
from . import subjects

BUILD = store.ROOT / "build" / "instrument"
OUT = store.ROOT / "results" / "instrument"
STORE = store.ROOT / "results" / "instrument.sqlite"  # apart from what is found out about maps
RUNNER = store.ROOT / "build/run/run"
COMPOSITIONS = ["reference", "fix4"]  # a core of its own, and the best of the composed ones
OPS = ["put", "get"]
SCALES = [1000, 10000]
PATTERNS = ["shuffled", "random"]
EFFECT = 0.05
LAYOUT_OF = "fix4"
LAYOUT_KINDS = ["same", "link", "move", "envs"]


# ---- Experiments of the runner ----

def write_plan(name, lines):
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / f"{name}.plan"
    path.write_text("\n".join(lines) + "\n")
    return path


def plan_line(variants, **settings):
    names = ",".join(str(v) for v in variants)
    return " ".join([f"VARIANTS={names}", *(f"{k.upper()}={v}" for k, v in settings.items())])


def measure(given, name, lines):
    """Runs a plan of these lines, or what of it an interrupted run has left; the experiment's id."""
    return measure_plan(given, name, write_plan(name, lines), "--pin", given.pin, "--samples",
                        str(given.samples))


def measure_plan(given, name, plan, *options):
    command = [RUNNER, "--store", given.store, "--plan", plan, "--name", f"instrument-{name}", *options]
    done = subprocess.run(command, cwd=store.ROOT, text=True, stdout=subprocess.PIPE)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode:
        raise Failure(f"{name}: not every process of the plan came to a good end")
    return done.stdout.split()[1]


def plan_of(given, study):
    """experiments/instrument-STUDY.plan on the core that is asked for."""
    text = (store.ROOT / "experiments" / f"instrument-{study}.plan").read_text()
    return write_plan(study, re.sub(r"PIN=\S+", f"PIN={given.pin}", text).splitlines())


def origin_of(connection, experiment):
    about = store.experiment(connection, experiment)
    compiler = connection.execute("SELECT min(compiler) FROM build WHERE id IN (SELECT build FROM"
                                  " cell WHERE experiment = ?)", (experiment,)).fetchone()[0]
    return {**{key: about[key] for key in ORIGIN_OF_EXPERIMENT}, "compiler": compiler}


def samples_of(given, experiment):
    """Rows of one process each, with the times of all its samples, in the order of the schedule."""
    connection = store.connect(given.store)
    rows = connection.execute(
        "SELECT variant, op, pattern, scale, parameters, plan_seed, block, position,"
        " group_concat(ns, ' ') AS ns_per_op, min(run) AS run FROM"
        " (SELECT *, printf('%.5g', ns_per_op) AS ns FROM measurement WHERE experiment = ?"
        "  ORDER BY run, number) GROUP BY run ORDER BY run", (experiment,)).fetchall()
    origin = origin_of(connection, experiment)
    connection.close()
    return rows, origin


# ---- Files ----

ORIGIN_OF_EXPERIMENT = ["machine", "cpu", "cores", "kernel", "virtualised", "source_commit",
                        "dirty", "started", "finished"]
ORIGIN = ["study", *ORIGIN_OF_EXPERIMENT, "compiler", "settings"]


def write_csv(path, header, rows):
    """The whole file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    part.replace(path)


def read_csv(path):
    if not path.exists():
        raise store.StoreError(f"{path}: no such study; make instrument measures it")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def note_origin(out, study, origin, settings):
    """Puts down in studies.csv on what, of what and when a study was measured."""
    path = out / "studies.csv"
    lines = {row["study"]: row for row in (read_csv(path) if path.exists() else [])}
    lines[study] = {**origin, "study": study, "settings": settings}
    write_csv(path, ORIGIN, [[lines[name][column] for column in ORIGIN]
                             for name in STUDIES if name in lines])


def run_program(name, *arguments):
    """The output of a program that make has built."""
    done = subprocess.run([BUILD / name, *arguments], cwd=store.ROOT, text=True,
                          capture_output=True)
    if done.returncode:
        raise Failure(done.stderr.strip())
    return done.stdout


def now():
    """As the runner writes it."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def machine_origin(started):
    """The same for what the runner does not measure."""
    return {**json.loads(run_program("origin")), "started": started, "finished": now()}


# ---- The studies ----

PAIR_COLUMNS = ["composition", "op", "pattern", "scale", "seed", "block", "side", "position",
                "ns_per_op"]


def pair_rows(rows):
    """Of an experiment whose variants are called COMPOSITION.SCALE.SIDE."""
    for row in rows:
        names = row["variant"].split(".")
        yield [names[0], row["op"], row["pattern"], row["scale"], row["plan_seed"], row["block"],
               names[-1], row["position"], row["ns_per_op"]]


def study_aa(given):
    """Two compositions, two operations, two scales, 25 seeds: 200 comparisons."""
    lines = [plan_line([name], ops=",".join(OPS), patterns=PATTERNS[seed % 2],
                       scales=",".join(map(str, SCALES)), seed=2 * seed - 1 + at, reps=given.pairs,
                       copies=2)
             for seed in range(1, 26) for at, name in enumerate(COMPOSITIONS)]
    rows, origin = samples_of(given, measure(given, "aa", lines))
    write_csv(given.out / "aa.csv", PAIR_COLUMNS, (
        [row["variant"], row["op"], row["pattern"], row["scale"], row["plan_seed"], row["block"],
         "ab"["copy=1" in row["parameters"].split()], row["position"], row["ns_per_op"]]
        for row in rows))
    return origin, f"pairs={given.pairs} samples={given.samples} pin={given.pin}"


# About as long as the operations themselves take: what is measured well.
LONG_STEPS = {"get": 8192, "put": 16384}
CALIBRATION_PAIRS = 61


def calibrate(given):
    """{(composition, op, scale): steps of a delay of EFFECT}.

    A delay about as long as the operation is measured pair by pair, and cut down in proportion."""
    lines = [plan_line([subjects.delayed(name, BUILD / "calibrate" / f"{name}.a", 0, 0),
                        subjects.delayed(name, BUILD / "calibrate" / f"{name}.b",
                                         LONG_STEPS["get"], LONG_STEPS["put"])],
                       ops=",".join(OPS), patterns="shuffled", scales=",".join(map(str, SCALES)),
                       reps=CALIBRATION_PAIRS) for name in COMPOSITIONS]
    experiment = measure(given, "calibration", lines)
    connection = store.connect(given.store)
    steps = {}
    for place, found in store.replicates(connection, experiment).items():
        side = {competitor.variant: replicates for competitor, replicates in found.items()}
        for name in COMPOSITIONS:
            if f"{name}.a" not in side:
                continue
            ratio = paired_ratio(side[f"{name}.b"].ns_per_op, side[f"{name}.a"].ns_per_op).median
            if ratio < 1.2:
                raise Failure(f"calibration: {name} {place.op} at {place.scale}: a delay of"
                              f" {LONG_STEPS[place.op]} steps makes it {ratio:.2f} times as slow;"
                              " the machine is too busy to measure that")
            steps[name, place.op, place.scale] = round(LONG_STEPS[place.op] * EFFECT / (ratio - 1))
    connection.close()
    return steps


def steps_of(given):
    """The calibration, kept for as long as its study goes on."""
    path = BUILD / "steps.json"
    if not path.exists():
        found = [[*key, value] for key, value in calibrate(given).items()]
        path.write_text(json.dumps(found))
    return {tuple(key): value for *key, value in json.loads(path.read_text())}


def study_power(given):
    """Two compositions, two operations, two scales, 12 seeds: 96 comparisons."""
    steps = steps_of(given)
    lines = []
    for name, scale in itertools.product(COMPOSITIONS, SCALES):
        sides = [subjects.delayed(name, BUILD / "power" / f"{name}.{scale}.a", 0, 0),
                 subjects.delayed(name, BUILD / "power" / f"{name}.{scale}.b",
                                  steps[name, "get", scale], steps[name, "put", scale])]
        lines += [plan_line(sides, ops=",".join(OPS), patterns="shuffled", scales=scale, seed=seed,
                            reps=given.power_pairs) for seed in range(101, 113)]
    rows, origin = samples_of(given, measure(given, "power", lines))
    write_csv(given.out / "power.csv", PAIR_COLUMNS, pair_rows(rows))
    (BUILD / "steps.json").unlink()
    told = " ".join(f"{name}/{op}/{scale}={count}" for (name, op, scale), count in steps.items())
    return origin, (f"pairs={given.power_pairs} samples={given.samples} pin={given.pin}"
                    f" effect={EFFECT} steps: {told}")


def study_layout(given):
    """One composition's measuring program in many layouts (experiments/instrument/relink.py)."""
    experiment = measure_plan(given, "layout", plan_of(given, "layout"))
    rows, origin = samples_of(given, experiment)
    write_csv(given.out / "layout.csv",
              ["kind", "layout", "op", "scale", "block", "position", "ns_per_op"],
              ([*row["variant"].split(".")[-2:], row["op"], row["scale"], row["block"],
                row["position"], row["ns_per_op"]] for row in rows))
    return origin, (f"composition={LAYOUT_OF} processes={1 + max(row['block'] for row in rows)}"
                    f" samples={len(rows[0]['ns_per_op'].split())} pin={given.pin}")


# What callgrind calls a miss: of the first level, and of the last.
COUNTED = {"instructions": ["Ir"], "l1_misses": ["I1mr", "D1mr", "D1mw"],
           "last_misses": ["ILmr", "DLmr", "DLmw"]}


def study_counts(given):
    """Two compositions, two operations, each the same run again and again."""
    started, rows = now(), []
    steps = list(itertools.product(COMPOSITIONS, OPS, range(given.count_runs)))
    progress = Progress("counts", steps)
    for name, op, run in steps:
        program = callgrind.program_of(name, "xxh3")
        counted = callgrind.count(program, op, "shuffled", SCALES[-1])
        rows.append([name, op, SCALES[-1], run, counted.operations,
                     *(sum(counted.events[e] for e in events) for events in COUNTED.values())])
        progress.step((name, op))
    progress.end()
    write_csv(given.out / "repeats.csv",
              ["composition", "op", "scale", "run", "operations", *COUNTED], rows)
    return machine_origin(started), f"runs={given.count_runs} valgrind={callgrind.version()}"


UNITS = {"ns": "ns", "gb_per_s": "GB/s"}


def study_limits(given):
    """Every limit in several processes: where a process's pages lie is chance."""
    experiment = measure_plan(given, "limits", plan_of(given, "limits"))
    connection = store.connect(given.store)
    rows = connection.execute(
        "SELECT block, op, pattern, scale, value, name FROM process JOIN value USING (experiment, slot)"
        " WHERE experiment = ? AND status = 'ok' ORDER BY block, slot", (experiment,)).fetchall()
    origin = origin_of(connection, experiment)
    connection.close()
    write_csv(given.out / "limits.csv", ["run", "what", "pages", "bytes", "value", "unit"], (
        [row["block"], row["op"].replace("_", " "), row["pattern"], row["scale"], row["value"],
         UNITS[row["name"]]] for row in rows))
    return origin, f"processes={1 + max(row['block'] for row in rows)} pin={given.pin}"


STUDIES = {"aa": study_aa, "power": study_power, "layout": study_layout, "counts": study_counts,
           "limits": study_limits}


# ---- All of them ----

def done_mark(study):
    return BUILD / "done" / study


def settings_text(given):
    """What must not change between an interruption and going on."""
    return " ".join(f"{key}={value}" for key, value in sorted(vars(given).items()))


def measure_studies(given):
    """Measures the studies that are not done.  When all are, the next call begins anew."""
    for study in given.studies:
        mark = done_mark(study)
        if mark.exists() and mark.read_text() == settings_text(given):
            print(f"{study}: is done", file=sys.stderr)
            continue
        print(f"{study}: {STUDIES[study].__doc__.splitlines()[0]}", file=sys.stderr)
        origin, settings = STUDIES[study](given)
        note_origin(given.out, study, origin, settings)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(settings_text(given))
    for study in given.studies:
        done_mark(study).unlink()


def read_studies(text):
    names = text.split(",")
    unknown = [name for name in names if name not in STUDIES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is no study; one of:"
                                         f" {', '.join(STUDIES)}")
    return list(dict.fromkeys(names))


def read_pin(text):
    if not re.fullmatch(r"none|last|\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no core; wanted a number, last, or none")
    return text


def main(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    count = cell.whole_number(1, 10000, "a number from 1 to 10000")
    parser.add_argument("--studies", type=read_studies, default=list(STUDIES), help="some of them")
    # How often a difference is seen where there is none does not depend on the number of pairs; how
    # small a difference is seen where there is one does.  On a shared machine two processes of one
    # program differ by a tenth or two, for milliseconds at a time: many short ones tell more than
    # few long ones.
    parser.add_argument("--pairs", type=count, default=40,
                        help="of processes, in each comparison of copies")
    parser.add_argument("--power-pairs", type=count, default=300,
                        help="of processes, in each comparison with a delay")
    parser.add_argument("--samples", type=count, default=3, help="in each process")
    parser.add_argument("--pin", type=read_pin, default="last",
                        help="the core: a number, last, none")
    parser.add_argument("--count-runs", type=count, default=5, help="of each cell under callgrind")
    parser.add_argument("--store", default=str(STORE), help="in which the pairs are stored")
    parser.add_argument("--out", type=pathlib.Path, default=OUT, help="directory of the files")
    measure_studies(parser.parse_args(arguments))


if __name__ == "__main__":
    run_report("studies", main)
