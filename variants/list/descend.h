/* descend.h (list) - which nodes stand on the way to an entry?
 *
 * Contract.  `hash` is the key's, cut to the bits that the levels use (chunk_hash).
 *   descend_put    adds an entry or replaces a value; when memory is out nothing changes; the map's
 *                  size is the caller's to keep
 *   descend_prune  after a leaf has been cut from its parent: takes away the nodes above that the
 *                  trie would not have had without it; walk->step[walk->depth] was the leaf's,
 *                  and the parent, at the step before, may have no child left
 *   descend_check  whether the node may stand where it does: the first broken invariant, NULL if
 * all hold; `level` chunks lead to it
 *
 * Here ten inner nodes stand above every leaf, whether or not other keys share the way. */
#ifndef DESCEND_H
#define DESCEND_H

HOT enum hamt_put_result descend_put(struct hamt *map, hamt_key key, uint64_t hash,
                                     uint64_t value) {
    struct place place = walk_to_place(map, hash);
    if (walk_denied(&place))
        return HAMT_NO_MEMORY;
    if (place.slot) {
        struct leaf *leaf = ref_leaf(*place.slot);
        return build_own_leaf(map, place.slot, &leaf) ? leaf_put(leaf, key, value) : HAMT_NO_MEMORY;
    }
    ref leaf = build_leaf(map, key, value);
    if (ref_is_none(leaf))
        return HAMT_NO_MEMORY;
    ref chain = build_chain(map, place.level, CHUNK_LEVELS, hash, leaf);
    if (ref_is_none(chain)) {
        build_free(map, leaf);
        return HAMT_NO_MEMORY;
    }
    if (!walk_attach(map, &place, hash, chain)) {
        build_free_all(map, chain);
        return HAMT_NO_MEMORY;
    }
    return HAMT_NEW;
}

HOT void descend_prune(struct hamt *map, const struct walk *walk, uint64_t hash) {
    for (unsigned step = walk->depth; step-- > 0;) {
        if (children_count(&ref_inner(*walk->step[step].slot)->children) > 0)
            break;
        walk_cut(map, walk, step, hash);
    }
}

static inline const char *descend_check(ref node, unsigned level) {
    if (ref_is_leaf(node))
        return level == CHUNK_LEVELS ? NULL : "descend: every leaf is below the last level";
    if (level >= CHUNK_LEVELS)
        return "descend: no inner node is below the last level";
    if (children_count(&ref_inner(node)->children) == 0)
        return "descend: every inner node has a child";
    return NULL;
}

#endif
