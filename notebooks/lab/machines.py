"""One plan on several machines: a column for each, and where a finding holds.

Times of two machines cannot be compared.  What can be is the ratio of two competitors, each taken on one machine, block
by block; so a row is a ratio, and it is said on which machines it is below 1 and on which above.

A machine is what it is, not what it is called: processor, caches, cores, memory, system and huge pages (experiments/
run/machine.h).  Two that do not differ in these are one column.
"""
import itertools
import string

from . import experiment as experiments, goal, merge, results, store as stores
from .machine import description
from .printing import align, commit_of, fields, paragraph, short_scale
from .results import CELL, COMPETITOR

WORDS = {goal.FASTER: "faster", goal.SLOWER: "slower", goal.LEVEL: "level", goal.UNDECIDED: "cannot tell"}


def same_plan(connection, name):
    """The finished experiments of an experiment's plan and sources, the newest first."""
    about = stores.experiment(connection, name)
    plan, _ = merge.rounds(about["settings"])
    rows = connection.execute(
        "SELECT id, settings FROM experiment WHERE source_commit IS ? AND diff_digest IS ? AND status = 'finished'"
        " ORDER BY started DESC, id DESC", (about["source_commit"], about["diff_digest"]))
    return [row["id"] for row in rows if merge.rounds(row["settings"])[0] == plan]


def one_of_each(connection, names):
    """[(description, Experiment)]: of each machine the first that is named."""
    found = []
    for name in names:
        machine = dict(connection.execute("SELECT machine.* FROM machine JOIN experiment ON machine.id = machine"
                                          " WHERE experiment.id = ?", (name,)).fetchone())
        if description(machine) not in [one for one, _ in found]:
            again = results.of_connection(connection, name)
            found.append((description(machine), again._replace(runs=results.told_apart(again.runs))))
    return found


def columns():
    """What machines are called, however many there are: A to Z, AA, AB, ..."""
    return ("".join(name) for length in itertools.count(1)
            for name in itertools.product(string.ascii_uppercase, repeat=length))


def where(marks):
    """What holds where, of {letter: mark} of the machines that have measured it."""
    by_mark = {}
    for letter, mark in marks.items():
        by_mark.setdefault(mark, []).append(letter)
    if len(by_mark) == 1 and len(marks) > 1:
        return f"{WORDS[mark]} on all"
    return "; ".join(f"{word} on {' '.join(by_mark[mark])}" for mark, word in WORDS.items() if mark in by_mark)


def rows_of(ratios, letters):
    """[key, [text of each machine], where] from {letter: {key: (Estimate, mark)}}, in the order of the first that has a
    key."""
    keys = list(dict.fromkeys(key for found in ratios.values() for key in found))
    for key in keys:
        there = {letter: ratios[letter][key] for letter in letters if key in ratios[letter]}
        texts = [experiments.marked(there[letter][0], False, there[letter][2]) if letter in there else "-  "
                 for letter in letters]
        yield key, texts, where({letter: told[1] for letter, told in there.items()})


def means(found, yardstick, rule):
    """{(op, label): (Estimate, mark, level)} of the geometric means of an experiment's operations."""
    place = COMPETITOR.index(yardstick.field)
    for line in experiments.answers(found.runs, [yardstick], rule):
        if line.competitor[place] != yardstick.name and line.means[0].ratio:
            yield (line.op, line.label), (line.means[0].ratio, goal.mark(line.means[0].ratio), 0.0)


def cells(found, yardstick, rule):
    """The same of each cell: {(op, pattern, key, scale, label): ...}."""
    for row in experiments.cells_of(found.runs, [yardstick]).itertuples():
        ratio, (op, pattern, scale, key) = row[-1], row.Index[:len(CELL)]
        if ratio:
            cell = (op, pattern, scale, key)
            yield (op, pattern, key, short_scale(scale), row.label), (ratio, rule.mark(ratio, cell), rule.level(cell))


def tables(machines, yardstick):
    """(title, text) for the operations, and for each cell."""
    letters = list(machines)
    for title, header, ratios_of in ((f"Geometric means over an operation's cells, x {yardstick.name}",
                                      ["op", "composition"], means),
                                     (f"Every cell, x {yardstick.name}",
                                      ["op", "pattern", "key", "scale", "composition"], cells)):
        ratios = {letter: dict(ratios_of(found, yardstick, goal.rule_of(found.about["settings"])))
                  for letter, (_, found) in machines.items()}
        rows = [[*key, *texts, told] for key, texts, told in rows_of(ratios, letters)]
        yield title, align([*header, *(f"{letter}  " for letter in letters), "holds"], rows,
                           figures=len(letters) + 1, cell=len(header) - 1)


def describe(machines):
    """What each letter is, as far as they differ; what they have in common."""
    all_of = [one for one, _ in machines.values()]
    differs = [name for name in all_of[0] if len({str(one[name]) for one in all_of}) > 1]
    shown = list(dict.fromkeys(["processor", "cores", *differs]))
    return fields([(letter, "; ".join(f"{name} {one[name]}" for name in shown)
                    + f"; experiment {found.about['id']}, {found.about['status']},"
                      f" commit {commit_of(found.about)}")
                   for letter, (one, found) in machines.items()])


def show(connection, names, against=()):
    """Prints the experiments of these ids beside each other."""
    machines = dict(zip(columns(), one_of_each(connection, names)))
    if len(machines) < 2:
        raise results.NotMeasured("only one machine has measured it; make table prints what it says")
    print(describe(machines), end="\n\n")
    first = next(iter(machines.values()))[1]
    for yardstick in experiments.yardsticks(experiments.in_order(first.runs, first.about["settings"]), against, room=2):
        for title, text in tables(machines, yardstick):
            print(f"{title}\n")
            experiments.show(text)
            print()
    print(paragraph("Each ratio was taken on one machine, block by block; times of different machines are not compared."
                    f"  {goal.FASTER} faster, {goal.SLOWER} slower, {goal.UNDECIDED} cannot tell:"
                    " the interval holds 1."))


def machines(store=stores.STORE, experiment=None, against=()):
    """an experiment's plan on every machine that has measured it from the same sources, and what holds where"""
    with results.opened(store, experiment, siblings=True) as (connection, name, _):
        show(connection, same_plan(connection, name), against)
