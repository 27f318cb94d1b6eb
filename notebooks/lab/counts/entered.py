"""Proof of treatment: was the code that a composition changes executed by the operations that are compared?

A program of its own tells how often each function of the changed parts is entered (experiments/counted/entered.py).
What decides about a part are the functions of the file that answers it; where that has none but includes others, as
one that sets a constant for shared code, those of the files that it includes.  The map that an operation finds was
filled by puts, so a part that these alone enter has been executed too: what it did is what the operation works on.

A part of constants or macros alone has nothing to enter.  That it was compiled is known otherwise: the build refuses
an object that was not made of it, and the runner two competitors of one machine code.
"""
import sys
from typing import NamedTuple

from .. import printing, runner, settings, store
from ..command import BadSetting, Failure
from ..settings import compose
from . import counting, exact, stored

sys.path.insert(0, str(store.ROOT / "experiments" / "counted"))
import entered as cell  # noqa: E402

PROGRAM = "map-entered"
OPS = stored.ENTERING
FILLS = "put"
SCALE = 10000
PLACE = ["composition", "key", "hash", "pattern", "scale", "seed"]
CONSTANTS = "has no functions, only constants or macros; the digest of the machine code tells that they are there"


class Part(NamedTuple):
    """A changed part, and what was entered of it."""
    name: str
    answer: str   # the directory that answers it
    calls: dict   # {(file, function): {op: calls for one of the map's}}

    def deciding(self):
        """Of its functions those of the file that answers it; all if that has none."""
        own = {place: calls for place, calls in self.calls.items()
               if place[0].rpartition("/")[2] == self.name.rpartition("/")[2] and self.answer in (
                   place[0].rpartition("/")[0], "elsewhere")}
        return own or self.calls

    def row(self, ops):
        """Of entered.csv, but for where it was counted."""
        deciding = self.deciding()
        return {"part": self.name, "answer": self.answer, "functions": len(deciding),
                "never": " ".join(name for (_, name), calls in deciding.items() if not any(calls.values()))} | {
                    op: sum(calls[op] for calls in deciding.values()) for op in ops}


# ---- What a row says ----

def is_blind(row, ops):
    """Were its functions entered neither by these operations nor by the filling of their map?"""
    return bool(row["functions"]) and not any(row[op] > 0 for op in {*ops, FILLS})


def verdict(row, ops):
    """In words, of a row of entered.csv or one like it."""
    by = [op for op in ops if row[op] > 0]
    if not row["functions"]:
        return CONSTANTS
    if is_blind(row, ops):
        return f"was not entered by {', '.join(ops)}: there, nothing of it is compared"
    if not by:
        return f"was entered by {FILLS} alone, which fills the map that {', '.join(ops)} works on"
    without = [op for op in ops if op not in by]
    return f"was entered by {', '.join(by)}" + (f", not by {', '.join(without)}" if without else "")


# ---- Counting ----

def answer_of(composition, part):
    directory = composition.answer(part) or composition.by_part[part]
    shown = compose.relative(directory)
    return "elsewhere" if shown.startswith("/") else shown


def parts_of(variant, key, hash_name, samples):
    """[Part] of a composition, from what its cells told: {op: values}."""
    composition, parts = compose.Composition(variant), []
    for name in cell.files_of_parts(composition, key, hash_name):
        calls = {}
        for op, values in samples.items():
            for value, number in values.items():
                if value.startswith(f"{name}:"):
                    calls.setdefault(tuple(value.split(":")[1:]), {})[op] = number / values["operations"]
        parts.append(Part(name, answer_of(composition, name), calls))
    return parts


def counted_now(wanted, quiet=False):
    """{place, as a tuple: (origin, [Part])} of cells that are counted now, each a counting.Wanted."""
    plan, found = counting.plan_text(wanted, PROGRAM), {}
    named = {settings.label(each.variant): each.variant for each in wanted}  # as the store names them
    with runner.once(plan, "entered", "--same", "allowed", quiet=quiet) as (connection, experiment):
        for place, origin, _, values in counting.samples_of(connection, experiment):
            at = found.setdefault(tuple(place[name] for name in PLACE), (origin, {}))
            at[1][place["op"]] = values
    return {place: (origin, parts_of(named[place[0]], *place[1:3], samples))
            for place, (origin, samples) in found.items()}


def can_be_told(variant):
    """Of another library's map no function is known."""
    if compose.Composition(variant).peer:
        raise BadSetting(f"VARIANT={variant}: another library's map, which has no parts")
    return variant


# ---- Storing ----

def load(where=stored.HERE):
    """A row for each changed part of each composition."""
    return stored.load("entered", where)


def program_of(variant):
    """The program that is counted, built."""
    made = runner.make("cell", f"CELL={PROGRAM}", f"VARIANT={variant}", f"HASH={exact.HASH}", f"KEY={exact.KEY}")
    return made.with_name("cell")


def is_stored(variant, rows):
    """Was this very program counted?  What nothing is stored of needs not be built to know."""
    programs = set(rows["program"][rows["composition"] == variant])
    return bool(programs) and programs == {counting.digest_of(program_of(variant))}


def rows_of(place, origin, parts):
    return [dict(zip(PLACE, place)) | part.row(OPS) | origin for part in parts]


def recount_entered(variants=None, anew=False):
    """Counts which functions are entered, of what has changed since it was stored, or with ANEW=1 of all; stores it."""
    rows = load()
    names = [name for name in (variants or exact.named()) if anew or not is_stored(name, rows)]
    wanted = [counting.Wanted(can_be_told(name), exact.HASH, exact.KEY, op, exact.PATTERN, SCALE, exact.SEED)
              for name in names for op in OPS]
    if wanted:
        new = [row for place, found in counted_now(wanted).items() for row in rows_of(place, *found)]
        rows = stored.instead(rows, stored.typed(new, "entered"), PLACE)
        known = exact.named()
        order = rows["composition"].map(lambda name: printing.place(name, known))
        stored.save(rows.loc[order.sort_values(kind="stable").index], "entered")
    print(table(load()))


# ---- Printing ----

LEGEND = "for one of the map's (of get_many and put_many 32 keys, of iterate all); . none"


def figure(calls):
    return "." if not calls else "<0.01" if calls < 0.01 else printing.digits(calls)


def table(rows):
    """A line for each part; rows as stored."""
    lines = [[row["composition"], row["part"], row["answer"], f"{row['functions']}",
              *(figure(row[op]) if row["functions"] else "" for op in OPS)] for _, row in rows.iterrows()]
    return (f"Calls of a changed part's functions, {LEGEND}\n\n"
            + printing.align(["composition", "part", "answered by", "functions", *OPS], lines, figures=1 + len(OPS),
                             cell=1))


def function_table(parts, ops):
    """The functions of each part, those that were entered with how often."""
    lines = []
    for part in parts:
        entered = {place: calls for place, calls in part.calls.items() if any(calls.values())}
        lines += [f"{part.name} of {part.answer}"]
        lines += [[f"  {function}", file, *(figure(calls[op]) for op in ops)]
                  for (file, function), calls in entered.items()]
        never = [function for file, function in part.calls if (file, function) not in entered]
        lines += [f"  never: {', '.join(never)}"] if never else []
    return printing.align(["function", "file", *ops], lines, figures=len(ops), cell=0)


def verdicts(rows, ops):
    return "\n".join(printing.paragraph(f"{row['part']} of {row['answer']} {verdict(row, ops)}", "  ") for row in rows)


# ---- Commands ----

def entered(variant=None, hash=exact.HASH, key=exact.KEY, ops=OPS, pattern=exact.PATTERN, scale=SCALE, seed=exact.SEED):
    """Prints which functions of the parts that VARIANT changes are entered by which operation, and fails if one of
    these parts was not executed; without VARIANT, what is stored of all compositions that have a name."""
    for op in ops:
        if op not in OPS:
            raise BadSetting(f"OPS={op}: not one of those that are followed: {', '.join(OPS)}")
    if not variant:
        print(table(load()))
        return
    followed = list(dict.fromkeys([FILLS, *ops]))
    wanted = [counting.Wanted(can_be_told(variant), hash, key, op, pattern, scale, seed) for op in followed]
    (_, parts), = counted_now(wanted, quiet=True).values()
    rows = [part.row(followed) for part in parts]
    print(f"{variant} = {compose.Composition(variant).composition}; {key} keys, {hash}, {pattern},"
          f" {printing.short_scale(scale)} entries\ncalls {LEGEND}\n",
          function_table(parts, followed), "", verdicts(rows, ops), sep="\n")
    blind = [f"{row['part']} of {row['answer']}" for row in rows if is_blind(row, ops)]
    if blind and compose.Composition(variant).by_part:  # a baseline changes nothing
        raise Failure(f"VARIANT={variant}: not executed by {', '.join(ops)}: {', '.join(blind)}")
