/* inspect.h - looking inside a map: its shape and memory, and whether its invariants hold. */
#ifndef INSPECT_H
#define INSPECT_H

#include "champ.h"

/* An entry stands for a leaf, to which a chunk more leads than to its node; so does a node below
 * the last level, with all of its entries. */
static void count_leaves(struct hamt_stats *stats, unsigned level, size_t entries) {
    bool collide = level == CHUNK_LEVELS;
    size_t leaves = collide ? 1 : entries;
    unsigned chunks = collide ? level : level + 1;
    stats->entries += entries;
    stats->leaves += leaves;
    stats->leaves_at_level[chunks] += leaves;
    stats->depth_sum += chunks * entries;
    if (entries > 0 && stats->depth_max < chunks)
        stats->depth_max = chunks;
}

static void stats_walk(const struct hamt *map, const struct link *node, unsigned level,
                       struct hamt_stats *stats) {
    struct extent extent = slots_extent(node, level);
    const struct held *entries = slots_entries(node, extent.children);
    supply_count(&map->supply, HAMT_BYTES_NODES, node->block, slots_bytes(extent), stats);
    count_leaves(stats, level, extent.entries);
    for (size_t i = 0; i < extent.entries; i++) {
        held_count(&map->supply, &entries[i], stats);
        count_block(stats, HAMT_BYTES_KEYS, key_block(held_entry(&entries[i])->key));
    }
    if (level == CHUNK_LEVELS)
        return;
    stats->inner_nodes++;
    stats->inner_at_level[level]++;
    stats->children[extent.children + extent.entries]++;
    stats->child_pointers += extent.children + extent.entries;
    for (size_t i = 0; i < extent.children; i++)
        stats_walk(map, slots_children(node) + i, level + 1, stats);
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    *stats = (struct hamt_stats){0};
    count_block(stats, HAMT_BYTES_MAP, map);
    supply_count_all(&map->supply, stats);
    if (map->size > 0)
        stats_walk(map, &map->root, 0, stats);
}

/* A search for each of a node's entries ends at it. */
static const char *check_entries(const struct hamt *map, const struct link *node, unsigned level) {
    struct extent extent = slots_extent(node, level);
    const struct held *entries = slots_entries(node, extent.children);
    for (size_t i = 0; i < extent.entries; i++) {
        hamt_key key = held_entry(&entries[i])->key;
        if (walk_to(map, key, hash_of(map, key), NULL).held != &entries[i])
            return "champ: a search for an entry's key finds the entry";
    }
    return NULL;
}

/* Adds the entries below to *entries. */
static const char *check_walk(const struct hamt *map, const struct link *node, unsigned level,
                              size_t *entries) {
    struct extent extent = slots_extent(node, level);
    const struct head *head = link_head(node);
    size_t before = *entries;
    const char *broken = check_entries(map, node, level);
    if (level < CHUNK_LEVELS && head->entries & head->children)
        broken = "champ: a chunk has an entry or a child, not both";
    if (level == CHUNK_LEVELS && extent.children > 0)
        broken = "champ: no node has children below the last level";
    *entries += extent.entries;
    for (size_t i = 0; i < extent.children && !broken; i++)
        broken = check_walk(map, slots_children(node) + i, level + 1, entries);
    if (!broken && level > 0 && *entries < before + 2)
        broken = "champ: two entries are below each node but the root";
    return broken;
}

const char *hamt_check(const struct hamt *map) {
    size_t entries = 0;
    const char *broken = supply_check(&map->supply);
    if (!broken && map->size > 0)
        broken = check_walk(map, &map->root, 0, &entries);
    if (!broken && map->size == 0 && map->root.block)
        broken = "champ: an empty map has no node";
    if (!broken && entries != map->size)
        broken = "champ: the map's size is the number of its entries";
    return broken;
}

#endif
