"""What is counted of a full map, by name: nodes, slots, bytes; from its shape as the measuring program tells it.

The seed documents' tables, the claims and the paper ask for these.  A figure that a map cannot have, because it has
no pool or no nodes, is None.
"""
import math
from types import SimpleNamespace

SLOT_BYTES = 8
SMALL_POOL = 65536  # slots: the pool of the documents before they enlarged it

FIGURES = {
    "entries": lambda t: t.entries,
    "depth_max": lambda t: t.depth_max,
    "depth_mean": lambda t: t.depth_mean,
    "inner_nodes": lambda t: t.inner_nodes,
    "leaves": lambda t: t.leaves,
    "child_pointers": lambda t: t.child_pointers,
    "children_per_node": lambda t: t.child_pointers / t.inner_nodes,
    "nodes_per_entry": lambda t: t.inner_nodes / t.entries,
    "leaves_per_entry": lambda t: t.leaves / t.entries,
    # A node has a place for each value of the chunk, and `children` counts from none to all.
    "chunk_bits": lambda t: math.log2(len(t.children) - 1),
    "node_bytes": lambda t: t.node_bytes / (t.inner_nodes + t.leaves),
    "inner_node_bytes": lambda t: t.node_bytes * t.inner_nodes / (t.inner_nodes + t.leaves),
    "inner_node_megabytes": lambda t: FIGURES["inner_node_bytes"](t) / 1e6,
    # What it holds at the end; arrays that grew had blocks before, which are not counted.
    "blocks_per_entry": lambda t: t.blocks / t.entries,
    "mallocs_per_1000_ops": lambda t: 1000 * t.blocks / t.entries,
    "pool_allocations": lambda t: t.allocations,
    "pool_fallbacks": lambda t: t.fallbacks,
    "pool_fallback_percent": lambda t: 100 * t.fallbacks / t.allocations,
    "pool_served": lambda t: t.allocations - t.fallbacks,
    "pool_served_percent": lambda t: 100 - 100 * t.fallbacks / t.allocations,
    "pool_slots_used": lambda t: t.slots_used,
    "pool_capacity": lambda t: t.slots_capacity,
    "pool_growth": lambda t: t.slots_capacity / SMALL_POOL,
    "pool_overuse": lambda t: t.slots_used / t.slots_capacity,
    "pool_utilisation_percent": lambda t: 100 * t.slots_used / t.slots_capacity,
    "pool_headroom_percent": lambda t: 100 - 100 * t.slots_used / t.slots_capacity,
    "pool_live_share": lambda t: t.slots_live / t.slots_capacity,
    "pool_kibibytes": lambda t: t.slots_capacity * SLOT_BYTES / 2 ** 10,
    "pool_mebibytes": lambda t: t.slots_capacity * SLOT_BYTES / 2 ** 20,
    "pool_added_mebibytes": lambda t: (t.slots_capacity - SMALL_POOL) * SLOT_BYTES / 2 ** 20,
    "slots_per_entry": lambda t: t.slots_used / t.entries,
    "slots_filled_share": lambda t: t.child_pointers / t.slots_used,
    "entries_served": lambda t: t.slots_capacity * t.entries / t.slots_used,
    "fallbacks_per_entry": lambda t: t.fallbacks / t.entries,
}


def figure(name, tree):
    """A figure of a full map; None where it has none."""
    flat = SimpleNamespace(**tree, node_bytes=tree.get("bytes", {}).get("nodes"))
    flat.__dict__.update(tree.get("pool") or {})
    try:
        return FIGURES[name](flat)
    except ZeroDivisionError:
        return None
