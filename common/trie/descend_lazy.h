/* descend_lazy.h - for those variants of descend.h that place a leaf at the first level where it is
 * alone: putting an entry.  What stands where two keys part is the variant's to say:
 *
 *   descend_split  makes room for a new entry at a place taken by a node, a leaf or an inner one,
 *                  whose prefix, that of `node_hash`, is not that of `hash` */
#ifndef DESCEND_LAZY_H
#define DESCEND_LAZY_H

HOT enum hamt_put_result descend_split(struct hamt *map, const struct place *place,
                                       uint64_t node_hash, hamt_key key, uint64_t hash,
                                       uint64_t value);

HOT enum hamt_put_result descend_put(struct hamt *map, hamt_key key, uint64_t hash,
                                     uint64_t value) {
    struct place place = walk_to_place(map, hash);
    if (walk_denied(&place))
        return HAMT_NO_MEMORY;
    if (!place.slot) {
        ref leaf = build_leaf(map, key, value);
        if (ref_is_none(leaf))
            return HAMT_NO_MEMORY;
        if (walk_attach(map, &place, hash, leaf))
            return HAMT_NEW;
        build_free(map, leaf);
        return HAMT_NO_MEMORY;
    }
    if (!ref_is_leaf(*place.slot))
        return descend_split(map, &place, inner_prefix(ref_inner(*place.slot)), key, hash, value);
    struct leaf *leaf = ref_leaf(*place.slot);
    if (leaf_find(leaf, key))
        return build_own_leaf(map, place.slot, &leaf) ? leaf_put(leaf, key, value) : HAMT_NO_MEMORY;
    uint64_t leaf_hash = build_leaf_hash(map, *place.slot);
    if (leaf_hash == hash)
        return build_own_leaf(map, place.slot, &leaf) ? leaf_put(leaf, key, value) : HAMT_NO_MEMORY;
    return descend_split(map, &place, leaf_hash, key, hash, value);
}

#endif
