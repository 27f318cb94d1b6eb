/* descend.h (lazy) - which nodes stand on the way to an entry?
 *
 * Parent: list.  Change: lazy expansion.  A leaf stands at the first level where its prefix is
 * alone, so an inner node exists only where two entries share a prefix.  When a second key comes to
 * a leaf's prefix, the leaf moves down to where the two part.
 * Cost: such a put must hash the leaf's key again.
 * What is left of needless nodes: chains where two keys agree on several levels in a row. */
#ifndef DESCEND_H
#define DESCEND_H

#include "descend_lazy.h"

/* Moves the leaf at `place` down to where it parts from a new one. */
HOT enum hamt_put_result descend_split(struct hamt *map, const struct place *place,
                                       uint64_t node_hash, hamt_key key, uint64_t hash,
                                       uint64_t value) {
    unsigned level = chunk_divergence(node_hash, hash);
    ref fork = build_fork(map, level, node_hash, *place->slot, hash, key, value);
    if (ref_is_none(fork))
        return HAMT_NO_MEMORY;
    ref chain = build_chain(map, place->level, level, hash, fork);
    if (ref_is_none(chain)) {
        children_remove(map_arrays(map), &ref_inner(fork)->children, chunk_at(node_hash, level));
        build_free_all(map, fork);
        return HAMT_NO_MEMORY;
    }
    *place->slot = chain;
    return HAMT_NEW;
}

/* A leaf that is left alone in its node moves up, past all nodes in which it would be alone. */
HOT void descend_prune(struct hamt *map, const struct walk *walk, uint64_t hash) {
    (void)hash;
    for (unsigned step = walk->depth; step-- > 0;) {
        ref *slot = walk->step[step].slot;
        ref only = build_only_child(ref_inner(*slot));
        if (ref_is_none(only) || !ref_is_leaf(only))
            break;
        build_free(map, *slot);
        *slot = only;
    }
}

static inline const char *descend_check(ref node, unsigned level) {
    if (ref_is_leaf(node))
        return NULL;
    if (level >= CHUNK_LEVELS)
        return "descend: no inner node is below the last level";
    if (children_count(&ref_inner(node)->children) == 0)
        return "descend: every inner node has a child";
    ref only = build_only_child(ref_inner(node));
    if (!ref_is_none(only) && ref_is_leaf(only))
        return "descend: no leaf is alone in its node";
    return NULL;
}

#endif
