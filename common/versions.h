/* versions.h - several versions of a map: snapshots, what differs between two maps, and sets of
 * entries made of two.  For C and C++; only what needs it includes it, and links versions.c.
 *
 *     struct hamt *before = hamt_snapshot(map);    two maps from here on, each free to change
 *     ... puts and removes in map ...
 *     hamt_diff(before, map, visit, context);      what they did
 *     hamt_destroy(before);
 *
 * Every layout has these.  One with the trait HAMT_SHARES keeps what two versions have in common
 * only once: a snapshot takes constant time and memory, the first change that comes to a shared
 * node copies it, and a diff passes over whatever is shared.  Any other layout copies the whole map
 * for a snapshot and looks at every entry for a diff (common/map/versions.c).
 *
 * Ownership: each version is a map of its own, to be given to hamt_destroy, in any order.  A node
 * goes back when the last version that has it is destroyed or changed.  A layout may keep it for
 * longer: what the maps on both sides of a snapshot have changed since, until those on one side are
 * all destroyed.  Keys handed to a visitor or resolver belong to the maps and are valid during the
 * call; so are the values behind pointers.
 *
 * Errors: NULL means that memory is out.  What was made so far is gone then, and the maps that were
 * given have the entries that they had.  Two things are different in a map that shares nodes with
 * another version:
 *   - hamt_remove may need memory, to copy the nodes on its way.  If there is none it returns
 *     false, and the key is still there, which hamt_get tells.
 *   - whatever copies a node makes cursors stale (inside.h): a put that only replaces a value, too,
 *     and one that failed.
 * hamt_stats of such a map counts all memory that it has, shared or not, and with it the pools from
 * which all versions take their nodes.
 *
 * Threads: versions that share are one thing as to changes: one thread at a time may put, remove,
 * take snapshots, merge, or destroy, in whichever of them.  Meanwhile others may read (hamt_get,
 * hamt_each, cursors, hamt_diff, hamt_equal) any versions that nobody changes or destroys: what two
 * have in common is never written to, but for its counts, which readers do not look at.  This does
 * not hold of bucket tries whose blocks lie in a region (bucket/granules.h): it may move.
 *
 * Cost: D is the number of entries that differ, N that of all; L and C are those of hamt.h.
 *
 * Source: Driscoll, Sarnak, Sleator, Tarjan, "Making Data Structures Persistent", 1989, for path
 * copying; Steindorfer and Vinju, "Optimizing Hash-Array Mapped Tries for Fast and Lean Immutable
 * JVM Collections", 2015, for what a canonical form gives to equality. */
#ifndef VERSIONS_H
#define VERSIONS_H

#include "hamt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A map with the same entries; either may then change, and the other never does.  NULL when memory
 * is out.  O(1) with HAMT_SHARES, else O(N): then the hash of the copy may have another seed, from
 * the system's randomness, and NULL is returned if there is none to be had.
 * After it, a put or remove copies the nodes of its way that are shared: O(64 L), once for each. */
struct hamt *hamt_snapshot(struct hamt *map);

/* ---- What differs ---- */

/* Called for a key that two maps do not agree on: `before` is its value in the first, NULL if it is
 * not there, `after` that in the second.  False ends the walk.  It must change neither map. */
typedef bool hamt_change_visitor(hamt_key key, const uint64_t *before, const uint64_t *after,
                                 void *context);

/* Visits every key that was added, removed, or has another value, once, in an order that only the
 * layout knows.  True if all were visited, false if the visitor ended it.
 * O(64 L D) with HAMT_SHARES if one is a snapshot of the other or both are of a third; else O(N).
 */
bool hamt_diff(const struct hamt *before, const struct hamt *after, hamt_change_visitor *visit,
               void *context);

/* True if both have the same keys with the same values.  O(1) if their sizes differ; else what
 * hamt_diff takes to come to a first difference. */
bool hamt_equal(const struct hamt *a, const struct hamt *b);

/* ---- A third map of two, neither of which changes.  NULL when memory is out. ---- */

/* The value for a key that both maps have, with different values.  It must change neither map. */
typedef uint64_t hamt_resolver(hamt_key key, uint64_t a, uint64_t b, void *context);

/* The keys that are in a, in b, or in both.  That of a snapshot of `a` and of hamt_diff, and
 * O(L + C) for each key that `a` lacks or has with another value. */
struct hamt *hamt_merge(struct hamt *a, const struct hamt *b, hamt_resolver *resolve,
                        void *context);

/* The keys that are in both.  Likewise for each key that `b` lacks or has with another value. */
struct hamt *hamt_intersection(struct hamt *a, const struct hamt *b, hamt_resolver *resolve,
                               void *context);

/* The entries of `a` whose keys are not in `b`.  Likewise for each of these. */
struct hamt *hamt_difference(const struct hamt *a, const struct hamt *b);

#ifdef __cplusplus
}
#endif

#endif
