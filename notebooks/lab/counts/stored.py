"""Counts as results/counts holds them: one row a count, read as frames, written whole or not at all.

A count is for one operation, with four decimals; what was not counted is empty."""
import pandas

from .. import store
from ..command import Failure

HERE = store.ROOT / "results" / "counts"
# Columns that are numbers; all others are text.
WHOLE = {"scale": "int64", "seed": "int64", "operations": "int64", "followed": "Int64", "functions": "int64"}
FIGURES = ["instructions", "loads", "stores", "branches", "mispredictions", "i1_misses", "d1_misses", "ll_misses",
           "prefetched_ll_misses", "tlb1_misses", "tlb2_misses", "chain", "lines", "places", "pages"]
# The operations whose functions are told that they enter (lab.counts.entered).
ENTERING = ["put", "get", "miss", "update", "remove", "iterate", "get_many", "put_many"]
ORIGIN = ["program", "commit", "compiler", "cflags", "instruction_set", "valgrind"]
COLUMNS = {
    "counts": ["composition", "key", "hash", "op", "pattern", "scale", "seed", *FIGURES, "operations", "followed",
               *ORIGIN, "caches", "translations"],
    "attribution": ["composition", "op", "pattern", "scale", "category", "file", "function", "instructions",
                    "l1_misses", "ll_misses"],
    "hashes": ["hash", "key", "instructions", "of_all", "operations", *(name for name in ORIGIN
                                                                       if name != "instruction_set")],
    "entered": ["composition", "key", "hash", "pattern", "scale", "seed", "part", "answer", "functions", *ENTERING,
                "never", "program", "commit", "compiler"],
}
COUNTED = {*FIGURES, "l1_misses", "of_all", *ENTERING}


def typed(rows, name):
    """A frame of rows, with the columns that such a file has."""
    frame = pandas.DataFrame(rows, columns=COLUMNS[name])
    kinds = {column: "float64" if column in COUNTED else WHOLE.get(column, "object") for column in frame}
    return frame.fillna({column: "" for column, kind in kinds.items() if kind == "object"}).astype(kinds)


def load(name, where=HERE):
    """What is stored under this name; an empty frame if nothing is."""
    path = where / f"{name}.csv"
    if not path.exists():
        return typed([], name)
    texts = pandas.read_csv(path, dtype=str, keep_default_na=False)
    if list(texts) != COLUMNS[name]:
        raise Failure(f"{path}: other columns than these: {', '.join(COLUMNS[name])}")
    numbers = [column for column in texts if column in COUNTED or column in WHOLE]
    return typed(texts.assign(**texts[numbers].apply(pandas.to_numeric)), name)


def save(frame, name, where=HERE):
    """The file is either the old one or the new one, whatever happens meanwhile."""
    with store.whole(where / f"{name}.csv") as part:
        frame.to_csv(part, index=False, lineterminator="\n", float_format="%.4f")


def instead(old, new, place):
    """The new rows, and those of the old ones that are about another place, which is what these columns say."""
    kept = ~old.set_index(place).index.isin(new.set_index(place).index)
    return pandas.concat([old[kept], new], ignore_index=True)
