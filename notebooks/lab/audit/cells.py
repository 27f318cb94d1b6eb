"""What a row of claims.csv or findings.csv compares.

The columns compositions, op, pattern and scale hold words, as do the settings HASH=, KEY= and ALLOC= with commas
between them; a word may be a fraction (lab.audit.evidence).  A row is about every combination of its words: its
cells.  Where columns have alternatives with | between, the combinations of the first of each come first, and so on; a
column without alternatives goes with all.  The column `named` has the fields by which a cell is called, if they are
not operation, pattern and scale, with the composition before these where there are several.
"""
import itertools
from typing import NamedTuple

from ..settings import read_scale
from .evidence import USUAL, Shape, places
from ..printing import short_scale

SETTINGS = {"HASH": "hash", "KEY": "key", "ALLOC": "alloc"}
COLUMNS = {"composition": "compositions", "op": "op", "pattern": "pattern", "scale": "scale"}


class Cell(NamedTuple):
    words: dict  # by field, as they are written
    all: dict    # by field: the words of all cells
    named: list  # the fields by which it is called

    @property
    def places(self):
        return places(**self.words)

    @property
    def shapes(self):
        """Of the full maps: what the operation and the allocator do not change."""
        return [Shape(place.composition, place.pattern, place.scale, place.hash) for place in self.places]

    def part(self, field):
        """What of a word tells the cell from others: of fractions that have their upper part in common, and of a
        pattern over another, the lower."""
        word, several = self.words[field].split("/"), self.all.get(field, [self.words[field]])
        upper = len({one.split("/")[0] for one in several}) > 1 or len(several) == 1 and field != "pattern"
        return word[0 if upper else -1]

    def called(self, *fields):
        return " ".join(short_scale(read_scale(self.part(field))) if field == "scale" else self.part(field)
                        for field in fields or self.named)


def settings(row):
    """{NAME: text} of the column settings."""
    return dict(word.split("=", 1) for word in row["settings"].split())


def options(row):
    """{field: words} of the settings that say where a time is to be found."""
    given = settings(row)
    return {field: given[name].split(",") for name, field in SETTINGS.items() if name in given}


def cells(row):
    """The cells of a row; one without operations is about maps that were filled."""
    usual = " ".join(["composition"] * (len(row["compositions"].split()) > 1) + ["op", "pattern", "scale"])
    texts = {field: row[column] or "put" for field, column in COLUMNS.items()} | {"named": row.get("named") or usual}
    alternatives = {field: [part.split() for part in text.split("|")] for field, text in texts.items()}
    for i in range(max(map(len, alternatives.values()))):
        several = {field: parts[i % len(parts)] for field, parts in alternatives.items()} | options(row)
        named = several.pop("named")
        for words in itertools.product(*several.values()):
            yield Cell(USUAL | dict(zip(several, words)), several, named)
