/* descend.h (pathcomp) - which nodes stand on the way to an entry?
 *
 * Parent: lazy.  Change: path compression.  An inner node stands only where keys part, so each has
 * two children at least; a node that all keys would pass without parting is left out, and the one
 * below remembers the prefix (inner.h).
 * Cost: eight bytes a node, and a comparison at each node of a put's way. */
#ifndef DESCEND_H
#define DESCEND_H

#include "descend_lazy.h"

/* Puts a fork above the node at `place`, where its prefix, that of `node_hash`, and `hash` part. */
HOT enum hamt_put_result descend_split(struct hamt *map, const struct place *place,
                                       uint64_t node_hash, hamt_key key, uint64_t hash,
                                       uint64_t value) {
    unsigned level = chunk_divergence(node_hash, hash);
    ref fork = build_fork(map, level, node_hash, *place->slot, hash, key, value);
    if (ref_is_none(fork))
        return HAMT_NO_MEMORY;
    *place->slot = fork;
    return HAMT_NEW;
}

/* A node that is left with one child gives its place to it. */
HOT void descend_prune(struct hamt *map, const struct walk *walk, uint64_t hash) {
    (void)hash;
    ref *slot = walk->step[walk->depth - 1].slot;
    ref only = build_only_child(ref_inner(*slot));
    if (ref_is_none(only))
        return;
    build_free(map, *slot);
    *slot = only;
}

static inline const char *descend_check(ref node, unsigned level) {
    if (ref_is_leaf(node))
        return NULL;
    if (inner_level(ref_inner(node), level) < level)
        return "descend: a node branches no higher than where it is reached";
    if (inner_level(ref_inner(node), level) >= CHUNK_LEVELS)
        return "descend: no inner node is below the last level";
    if (children_count(&ref_inner(node)->children) < 2)
        return "descend: every inner node has two children or more";
    return NULL;
}

#endif
