/* build.h - making and taking apart nodes: the steps that every way of descending shares. */
#ifndef BUILD_H
#define BUILD_H

#include "trie.h"

/* A leaf with one entry, REF_NONE when memory is out. */
static inline ref build_leaf(struct hamt *map, hamt_key key, uint64_t value) {
    void *memory = node_alloc(map_nodes(map), NODE_LEAF);
    if (!memory)
        return REF_NONE;
    ref leaf = ref_make(memory, NODE_LEAF);
    share_begin(&map->share, leaf);
    if (!leaf_init(ref_leaf(leaf), key, value)) {
        node_free(map_nodes(map), memory, NODE_LEAF);
        return REF_NONE;
    }
    return leaf;
}

/* Frees one node and its arrays, but not the nodes below it. */
static inline void build_free(struct hamt *map, ref node) {
    enum node_kind kind = NODE_INNER;
    if (ref_is_leaf(node)) {
        kind = NODE_LEAF;
        leaf_free(ref_leaf(node));
    } else {
        children_free(map_arrays(map), &ref_inner(node)->children);
    }
    node_free(map_nodes(map), ref_memory(node), kind);
}

/* One holder less for a node that has none below; frees it if that was the last. */
static inline void build_drop(struct hamt *map, ref node) {
    if (share_leave(&map->share, node))
        build_free(map, node);
}

/* The same for any node, with all below it that nobody else holds. */
static inline void build_free_all(struct hamt *map, ref node) {
    if (ref_is_none(node) || !share_leave(&map->share, node))
        return;
    if (!ref_is_leaf(node)) {
        struct children *children = &ref_inner(node)->children;
        for (unsigned i = 0; i < children_places(children); i++)
            build_free_all(map, children_at(children, i));
    }
    build_free(map, node);
}

/* An inner node that branches at `level` and has one child, on the way of `hash`.
 * REF_NONE when memory is out; the child is left alone then. */
static inline ref build_inner(struct hamt *map, unsigned level, uint64_t hash, ref child) {
    void *memory = node_alloc(map_nodes(map), NODE_INNER);
    if (!memory)
        return REF_NONE;
    ref inner = ref_make(memory, NODE_INNER);
    share_begin(&map->share, inner);
    inner_init(ref_inner(inner), level, hash);
    if (!children_add(map_arrays(map), &ref_inner(inner)->children, chunk_at(hash, level), child)) {
        build_free(map, inner);
        return REF_NONE;
    }
    return inner;
}

/* Puts inner nodes with one child each on top of `child`, for the levels `top` <= level < `end` on
 * the way of `hash`, and returns the topmost.  When memory is out: REF_NONE, and `child` stands
 * alone as before. */
static inline ref build_chain(struct hamt *map, unsigned top, unsigned end, uint64_t hash,
                              ref child) {
    ref node = child;
    for (unsigned level = end; level-- > top;) {
        ref inner = build_inner(map, level, hash, node);
        if (ref_is_none(inner)) {
            /* Take down what has been put on top of the child, from above. */
            while (++level < end) {
                ref below = *children_find(&ref_inner(node)->children, chunk_at(hash, level));
                build_free(map, node);
                node = below;
            }
            return REF_NONE;
        }
        node = inner;
    }
    return node;
}

/* An inner node at `level` with two children: `one` on the way of hash_one, and a new leaf with the
 * entry on the way of `hash`, which differs there.  When memory is out: REF_NONE, and `one` stands
 * alone as before. */
static inline ref build_fork(struct hamt *map, unsigned level, uint64_t hash_one, ref one,
                             uint64_t hash, hamt_key key, uint64_t value) {
    ref leaf = build_leaf(map, key, value);
    if (ref_is_none(leaf))
        return REF_NONE;
    ref inner = build_inner(map, level, hash, leaf);
    if (ref_is_none(inner)) {
        build_free(map, leaf);
        return REF_NONE;
    }
    if (!children_add(map_arrays(map), &ref_inner(inner)->children, chunk_at(hash_one, level),
                      one)) {
        build_free_all(map, inner);
        return REF_NONE;
    }
    return inner;
}

static inline bool build_copy_leaf(struct leaf *copy, const struct leaf *leaf) {
    const struct entry *entry = leaf_at(leaf, 0);
    if (!leaf_init(copy, entry->key, entry->value))
        return false;
    for (size_t i = 1; i < leaf_count(leaf); i++) {
        entry = leaf_at(leaf, i);
        if (leaf_put(copy, entry->key, entry->value) == HAMT_NO_MEMORY) {
            leaf_free(copy);
            return false;
        }
    }
    return true;
}

/* Its children have one holder more. */
static inline bool build_copy_inner(struct hamt *map, struct inner *copy,
                                    const struct inner *inner) {
    *copy = *inner;
    if (!children_copy(map_arrays(map), &copy->children))
        return false;
    for (unsigned i = 0; i < children_places(&copy->children); i++)
        if (!ref_is_none(children_at(&copy->children, i)))
            share_hold(children_at(&copy->children, i));
    return true;
}

/* A second node like this one, REF_NONE when memory is out. */
static inline ref build_copy(struct hamt *map, ref node) {
    enum node_kind kind = ref_is_leaf(node) ? NODE_LEAF : NODE_INNER;
    void *memory = node_alloc(map_nodes(map), kind);
    if (!memory)
        return REF_NONE;
    ref copy = ref_make(memory, kind);
    share_begin(&map->share, copy);
    if (kind == NODE_LEAF ? build_copy_leaf(ref_leaf(copy), ref_leaf(node))
                          : build_copy_inner(map, ref_inner(copy), ref_inner(node)))
        return copy;
    node_free(map_nodes(map), memory, kind);
    return REF_NONE;
}

/* Puts a copy in the place of a node that may not be changed.  Out of the way, since it is seldom
 * wanted where versions are few.  False when memory is out. */
static __attribute__((noinline)) bool build_own_copy(struct hamt *map, ref *slot) {
    ref node = *slot, copy = build_copy(map, node);
    if (ref_is_none(copy))
        return false;
    if (!share_give_up(&map->share, node)) {
        build_free_all(map, copy);
        return false;
    }
    *slot = copy;
    map->changes++;
    build_free_all(map, node);
    return true;
}

/* Sees to it that the node at a slot may be changed where it stands: if it may not, a copy takes
 * its place, provided that all nodes above may.  False when memory is out. */
static inline bool build_own(struct hamt *map, ref *slot) {
    return share_alone(&map->share, *slot) || build_own_copy(map, slot);
}

/* The same for *leaf, which is the one at the slot. */
static inline bool build_own_leaf(struct hamt *map, ref *slot, struct leaf **leaf) {
    if (!SHARE_TRAIT)
        return true;
    if (!build_own(map, slot))
        return false;
    *leaf = ref_leaf(*slot);
    return true;
}

/* The hash that all entries of a leaf have in common. */
static inline uint64_t build_leaf_hash(const struct hamt *map, ref leaf) {
    return hash_of(map, leaf_at(ref_leaf(leaf), 0)->key);
}

/* The only child of an inner node, REF_NONE if it has several. */
static inline ref build_only_child(struct inner *inner) {
    if (children_count(&inner->children) != 1)
        return REF_NONE;
    unsigned i = 0;
    while (ref_is_none(children_at(&inner->children, i)))
        i++;
    return children_at(&inner->children, i);
}

#endif
