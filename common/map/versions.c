/* versions.c - versions of a map whose layout shares nothing, by the functions of hamt.h alone: for
 * every layout, and every peer, that has no better way. */
#include "hamt.h"

/* The hash of another map has another seed.  Entries that come in the order of their hashes would
 * otherwise crowd into one part of a table that is still growing: with linear probing, n^2 steps.
 */
static struct hamt *empty_like(const struct hamt *map) {
    (void)map;
    return hamt_create(NULL);
}

#include "set_operations.h"
#include "walk_all.h"

struct hamt *hamt_snapshot(struct hamt *map) {
    return copy_all(map);
}

bool hamt_diff(const struct hamt *before, const struct hamt *after, hamt_change_visitor *visit,
               void *context) {
    return diff_all(before, after, visit, context);
}
