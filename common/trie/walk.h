/* walk.h - going down the trie on the way of a hash.
 *
 * At each inner node the hash's chunk for the node's level chooses a child.  Levels that a node
 * skips (inner_level) were the same for all keys below it when it was built.  A search need not
 * check that: whoever it finds at the end, the keys are compared there.  A put must (inner_on_way),
 * since it has to branch where its key departs. */
#ifndef WALK_H
#define WALK_H

#include "trie.h"

/* The child of `inner` on the way of `hash`, NULL if there is none. */
static inline ref *walk_step(struct inner *inner, unsigned level, uint64_t hash) {
    ref *slot = children_find(&inner->children, chunk_at(hash, level));
    if (slot)
        ahead(*slot);
    return slot;
}

/* The entry with this key, NULL if there is none. */
HOT struct entry *walk_find(const struct hamt *map, hamt_key key, uint64_t hash) {
    const ref *slot = ref_is_none(map->root) ? NULL : &map->root;
    for (unsigned level = 0; slot; level++) {
        if (ref_is_leaf(*slot))
            return leaf_find(ref_leaf(*slot), key);
        struct inner *inner = ref_inner(*slot);
        level = inner_level(inner, level);
        slot = walk_step(inner, level, hash);
    }
    return NULL;
}

/* The end of the way that the trie and a hash have in common. */
struct place {
    ref *slot; /* a leaf, or an inner node that lies off the way; NULL: nothing is there yet */
    struct inner *parent; /* whose slot that is or would be; NULL for the root's */
    unsigned level;       /* chunks of the hash that lead to the slot */
};

/* Memory was out on the way down, where nodes that are shared had to be copied. */
static const struct place WALK_DENIED = {.level = CHUNK_LEVELS + 1};

static inline bool walk_denied(const struct place *place) {
    return SHARE_TRAIT != 0 && place->level > CHUNK_LEVELS;
}

/* The inner nodes that it passes may be changed. */
HOT struct place walk_to_place(struct hamt *map, uint64_t hash) {
    struct place place = {.slot = ref_is_none(map->root) ? NULL : &map->root};
    while (place.slot && !ref_is_leaf(*place.slot)) {
        struct inner *inner = ref_inner(*place.slot);
        if (!inner_on_way(inner, hash))
            break;
        if (SHARE_TRAIT) {
            if (!build_own(map, place.slot))
                return WALK_DENIED;
            inner = ref_inner(*place.slot);
        }
        unsigned level = inner_level(inner, place.level);
        place.parent = inner;
        place.level = level + 1;
        place.slot = walk_step(inner, level, hash);
    }
    return place;
}

/* Puts a node at a place where nothing is.  False when memory is out, and nothing changed. */
static inline bool walk_attach(struct hamt *map, const struct place *place, uint64_t hash,
                               ref node) {
    if (place->parent)
        return children_add(map_arrays(map), &place->parent->children,
                            chunk_at(hash, place->level - 1), node);
    map->root = node;
    return true;
}

/* The way down to one entry: the slots passed, the root's first and the leaf's last. */
struct walk {
    unsigned depth; /* index of the leaf's step: the number of inner nodes above it */
    struct {
        ref *slot;
        unsigned level; /* at which the inner node branches */
    } step[CHUNK_LEVELS + 1];
};

/* The entry with this key, and in *walk how it was reached; NULL if there is none. */
HOT struct entry *walk_down(struct walk *walk, struct hamt *map, hamt_key key, uint64_t hash) {
    ref *slot = ref_is_none(map->root) ? NULL : &map->root;
    unsigned level = 0;
    for (walk->depth = 0; slot; walk->depth++, level++) {
        walk->step[walk->depth].slot = slot;
        if (ref_is_leaf(*slot))
            return leaf_find(ref_leaf(*slot), key);
        struct inner *inner = ref_inner(*slot);
        level = inner_level(inner, level);
        walk->step[walk->depth].level = level;
        slot = walk_step(inner, level, hash);
    }
    return NULL;
}

/* Sees to it that all nodes on the way may be changed, but for a leaf of one entry, which is only
 * to be cut.  `entry` is where the key's is, and may move.  False when memory is out. */
static inline bool walk_own(struct hamt *map, struct walk *walk, hamt_key key, uint64_t hash,
                            struct entry **entry) {
    for (unsigned step = 0; step <= walk->depth; step++) {
        ref *slot = walk->step[step].slot;
        if (share_alone(&map->share, *slot))
            continue;
        if (step == walk->depth && leaf_count(ref_leaf(*slot)) == 1)
            return share_give_up(&map->share, *slot);
        if (!build_own(map, slot))
            return false;
        if (step == walk->depth)
            *entry = leaf_find(ref_leaf(*slot), key);
        else
            walk->step[step + 1].slot =
                children_find(&ref_inner(*slot)->children, chunk_at(hash, walk->step[step].level));
    }
    return true;
}

/* Drops the node at a step, of which nothing is left, and takes it out of the node above. */
static inline void walk_cut(struct hamt *map, const struct walk *walk, unsigned step,
                            uint64_t hash) {
    build_drop(map, *walk->step[step].slot);
    if (step == 0) {
        map->root = REF_NONE;
        return;
    }
    struct inner *above = ref_inner(*walk->step[step - 1].slot);
    children_remove(map_arrays(map), &above->children, chunk_at(hash, walk->step[step - 1].level));
}

#endif
