"""What do keys cost that were chosen to collide?  Comparisons of keys for each put and get, counted.

Keys whose hashes agree in every bit share a leaf, or a collision table, which is searched key by key: c of them cost
(c - 1) / 2 comparisons a put and (c + 1) / 2 a get on the average.  The table has keys chosen to collide under a known
seed, the same under a seed that whoever chose them did not know, and keys that nobody chose.  Counts are the same on
every machine; results/flooding.csv has them.
"""
import pandas

from . import printing, runner, settings, store

STORED = store.ROOT / "results" / "flooding.csv"
PLAN = store.ROOT / "experiments" / "flooding.plan"
COLUMNS = ["hash", "keys", "seed", "layout", "entries", "put_comparisons", "get_comparisons"]


# ---- Counting ----

def counted(plan):
    """What a plan counts: a row for each hash, layout, pattern of keys and seed, in the plan's order."""
    with runner.once(plan, "flooding") as (connection, experiment):
        rows = pandas.read_sql_query(
            "SELECT hash, pattern AS keys, parameters AS seed, variant AS layout, scale AS entries, op, value"
            " FROM process JOIN value USING (experiment, slot) WHERE experiment = ?", connection, params=(experiment,))
    rows["seed"] = rows["seed"].map({"known=1": "known", "known=0": "another"})
    found = rows.pivot(index=COLUMNS[:5], columns="op", values="value").astype(int)
    given = settings.read(plan)
    order = {"hash": given["HASH"], "layout": given["VARIANTS"], "keys": given["PATTERNS"],
             "seed": ["known", "another"]}
    found = found.add_suffix("_comparisons").reset_index()[COLUMNS]
    return found.sort_values(list(order), key=lambda column: column.map(order[column.name].index), ignore_index=True)


def load(path=STORED):
    if not path.exists():
        raise store.StoreError(f"{path}: not there; make ANEW=1 flooding counts it")
    return pandas.read_csv(path)


def table(rows):
    operations = [(layout, op) for layout in dict.fromkeys(rows["layout"]) for op in ("put", "get")]
    each = rows.assign(**{op: rows[f"{op}_comparisons"] / rows["entries"] for op in ("put", "get")})
    wide = each.pivot(index=COLUMNS[:3], columns="layout", values=["put", "get"])
    lines = [[*place, *(printing.digits(wide[op, layout][place]) for layout, op in operations)]
             for place in dict.fromkeys(rows[COLUMNS[:3]].itertuples(index=False, name=None))]
    crafted = set(rows["hash"][rows["keys"] == "crafted"])
    lines += [[name, "crafted", "none known", *["-"] * len(operations)]
              for name in dict.fromkeys(rows["hash"]) if name not in crafted]
    return printing.align([*COLUMNS[:3], *map(" ".join, operations)], lines, figures=len(operations), cell=1)


def flooding(anew=False):
    """Prints what keys cost that were chosen to collide; ANEW=1 counts that, and stores it."""
    if anew:
        counted(PLAN.read_text()).to_csv(STORED, index=False, lineterminator="\n")
    rows = load()
    entries = rows["entries"][0]
    print(f"comparisons of keys an operation, {entries} string keys in the map:"
          f" {entries / 2:.1f} is all keys in one leaf\n", table(rows), sep="\n")
