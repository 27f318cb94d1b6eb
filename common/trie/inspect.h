/* inspect.h - looking inside a map: its shape and memory, and whether its invariants hold. */
#ifndef INSPECT_H
#define INSPECT_H

#include "trie.h"

/* Adds the node at `level` (chunks that lead to it) below `depth` inner nodes, and all below it. */
static void stats_walk(const struct hamt *map, ref node, unsigned level, unsigned depth,
                       struct hamt_stats *stats) {
    node_count(ref_memory(node), stats);
    if (ref_is_leaf(node)) {
        const struct leaf *leaf = ref_leaf(node);
        stats->leaves++;
        stats->leaves_at_level[level]++;
        stats->entries += leaf_count(leaf);
        stats->depth_sum += depth * leaf_count(leaf);
        if (depth > stats->depth_max)
            stats->depth_max = depth;
        leaf_count_bytes(leaf, stats);
        for (size_t i = 0; i < leaf_count(leaf); i++)
            count_block(stats, HAMT_BYTES_KEYS, key_block(leaf_at(leaf, i)->key));
        return;
    }
    const struct inner *inner = ref_inner(node);
    const struct children *children = &inner->children;
    level = inner_level(inner, level);
    stats->inner_nodes++;
    stats->inner_at_level[level]++;
    stats->children[children_count(children)]++;
    stats->child_pointers += children_count(children);
    children_count_bytes(map_arrays(map), children, stats);
    for (unsigned i = 0; i < children_places(children); i++)
        if (!ref_is_none(children_at(children, i)))
            stats_walk(map, children_at(children, i), level + 1, depth + 1, stats);
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    *stats = (struct hamt_stats){0};
    count_block(stats, HAMT_BYTES_MAP, map);
    share_count(&map->share, stats);
    array_space_count(map_arrays(map), stats);
    node_space_count(map_nodes(map), stats);
    if (!ref_is_none(map->root))
        stats_walk(map, map->root, 0, 0, stats);
}

/* A leaf's entries have one hash, and a search for each of them ends at it. */
static const char *check_leaf(const struct hamt *map, ref node, size_t *entries) {
    const struct leaf *leaf = ref_leaf(node);
    const char *broken = leaf_check(leaf);
    if (broken)
        return broken;
    uint64_t hash = build_leaf_hash(map, node);
    for (size_t i = 0; i < leaf_count(leaf); i++) {
        const struct entry *entry = leaf_at(leaf, i);
        if (hash_of(map, entry->key) != hash)
            return "trie: the entries of a leaf have one hash";
        if (walk_find(map, entry->key, hash) != entry)
            return "trie: a search for an entry's key finds the entry";
    }
    *entries += leaf_count(leaf);
    return NULL;
}

static const char *check_walk(const struct hamt *map, ref node, unsigned level, size_t *entries) {
    const char *broken = descend_check(node, level);
    if (!broken)
        broken = share_check(&map->share, node);
    if (!broken && ref_is_leaf(node))
        return check_leaf(map, node, entries);
    if (!broken)
        broken = children_check(&ref_inner(node)->children);
    if (broken)
        return broken;
    const struct inner *inner = ref_inner(node);
    unsigned present = 0;
    for (unsigned i = 0; i < children_places(&inner->children); i++) {
        ref child = children_at(&inner->children, i);
        if (ref_is_none(child))
            continue;
        present++;
        broken = check_walk(map, child, inner_level(inner, level) + 1, entries);
        if (broken)
            return broken;
    }
    return present == children_count(&inner->children)
               ? NULL
               : "trie: a node has as many children as it counts";
}

const char *hamt_check(const struct hamt *map) {
    size_t entries = 0;
    if (!ref_is_none(map->root)) {
        const char *broken = check_walk(map, map->root, 0, &entries);
        if (broken)
            return broken;
    }
    const char *broken = array_space_check(map_arrays(map));
    if (!broken)
        broken = node_space_check(map_nodes(map));
    if (broken)
        return broken;
    return entries == map->size ? NULL : "trie: the map's size is the number of its entries";
}

#endif
