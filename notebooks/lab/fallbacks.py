"""Pools that were too small: which part of a map's arrays malloc had to serve instead.

A bump pool that is full passes every further array on to malloc (variants/pool).  What is measured on such a map is
malloc as much as the pool, so wherever it is printed or drawn its name says so: "phase3 (84 % by malloc)".
"""


def share(tree):
    """Of all arrays of a map's children, those that fell back to malloc, from 0 to 1; 0 where no pool serves any.
    tree: the map's shape as the measuring program prints it, or None, as some print none."""
    pool = (tree or {}).get("pool") or {}
    return pool["fallbacks"] / pool["allocations"] if pool.get("allocations") else 0.0


def words(tree):
    """How much fell back, in words; empty if nothing did."""
    part = share(tree)
    told = f"{100 * part:.0f} %" if part >= 0.005 else "under 1 %"
    return f"{told} by malloc" if part else ""


def marked(name, tree):
    """A composition's name, with what fell back in parentheses if any did."""
    told = words(tree)
    return f"{name} ({told})" if told else name
