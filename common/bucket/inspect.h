/* inspect.h - looking inside a map: its shape and memory, and whether its invariants hold. */
#ifndef INSPECT_H
#define INSPECT_H

#include "buckets.h"

/* The histograms' last level has all that is deeper: a list of equal hashes may be as long as one
 * likes. */
static inline size_t stats_level(unsigned level) {
    return level < HAMT_LEVELS ? level : HAMT_LEVELS - 1;
}

/* Adds a block `level` forks below the root, and all below it. */
static void stats_walk(const struct hamt *map, link block, unsigned level,
                       struct hamt_stats *stats) {
    block_count(map_blocks(map), link_unmark(block), stats);
    if (link_is_fork(block)) {
        const struct fork *fork = fork_at(map, block);
        unsigned children = 0;
        for (int i = 0; i < 2; i++)
            if (fork->child[i] != LINK_NONE) {
                children++;
                stats_walk(map, fork->child[i], level + 1, stats);
            }
        stats->inner_nodes++;
        stats->inner_at_level[stats_level(level)]++;
        stats->children[children]++;
        stats->child_pointers += children;
        return;
    }
    const struct bucket *bucket = bucket_at(map, block);
    stats->leaves++;
    stats->leaves_at_level[stats_level(level)]++;
    stats->entries += bucket->count;
    stats->depth_sum += (size_t)level * bucket->count;
    if (level > stats->depth_max)
        stats->depth_max = level;
    for (unsigned i = 0; i < bucket->count; i++)
        count_block(stats, HAMT_BYTES_KEYS, record_block(bucket_records(bucket), i));
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    *stats = (struct hamt_stats){0};
    count_block(stats, HAMT_BYTES_MAP, map);
    slots_count(&map->root, stats);
    own_count(&map->own, stats);
    blocks_count(map_blocks(map), stats);
    size_t slots = slots_in(&map->root);
    for (size_t number = 0; number < slots; number++) {
        link block = root_at(&map->root, number)->block;
        if (block != LINK_NONE && (number == 0 || root_at(&map->root, number - 1)->block != block))
            stats_walk(map, block, 0, stats);
    }
}

static const char *check_bucket(const struct hamt *map, link block, uint64_t prefix,
                                unsigned depth) {
    const struct bucket *bucket = bucket_at(map, block);
    if (bucket->count == 0 || bucket->count > bucket->capacity || bucket->capacity > CAPACITY_MOST)
        return "bucket: it has entries, and room for them";
    if (bucket->depth != depth)
        return "bucket: it knows how many bits lead to it";
    if (bucket->width < record_width(depth))
        return "bucket: its records are as wide as these bits ask";
    for (unsigned i = 0; i < bucket->count; i++) {
        hamt_key key = bucket_key(map, bucket, i, prefix);
        uint64_t hash = key_hash(key, map->hash_seed);
        if (bucket_hash(map, bucket, i, prefix) != hash)
            return "bucket: an entry's hash is that of its key";
        if (fork_prefix(hash, depth) != prefix)
            return "bucket: its entries' hashes begin with the bits that lead to it";
        if (!find_check(bucket->find, i, hash))
            return "bucket: what it knows of an entry is so";
        if (!slot_may(root_slot(&map->root, hash), hash))
            return "slot: it knows of each entry below it";
        struct place place = way_find(map, key, hash, false);
        if (place.block != block || place.index != i)
            return "bucket: a search for an entry's key finds the entry";
    }
    return NULL;
}

/* Checks a block to which the first `depth` bits of `prefix` lead, and all below it; `shared`: not
 * all that leads to it is the map's own. */
static const char *check_walk(const struct hamt *map, link block, uint64_t prefix, unsigned depth,
                              bool shared, size_t *entries) {
    const char *broken = own_check(&map->own, block_memory(map, block));
    if (broken)
        return broken;
    if (own_way_alone(&map->own, block_memory(map, block)) && shared)
        return "own: what leads to a block that is the map's own is its own";
    if (!link_is_fork(block)) {
        *entries += bucket_at(map, block)->count;
        return check_bucket(map, block, prefix, depth);
    }
    const struct fork *fork = fork_at(map, block);
    if (fork->child[0] == LINK_NONE && fork->child[1] == LINK_NONE)
        return "fork: it has a child";
    if (depth == HASH_BITS && (link_is_fork(fork->child[0]) || fork->child[0] == LINK_NONE ||
                               fork->child[1] == LINK_NONE))
        return "fork: below the last bit it is a bucket and the rest";
    for (unsigned one = 0; one < 2 && !broken; one++) {
        if (fork->child[one] == LINK_NONE)
            continue;
        broken =
            check_walk(map, fork->child[one], one ? way_one(prefix, depth) : prefix,
                       depth < HASH_BITS ? depth + 1 : depth, !block_alone(map, block), entries);
    }
    return broken;
}

const char *hamt_check(const struct hamt *map) {
    unsigned bits = root_depth(&map->root);
    size_t entries = 0, slots = (size_t)1 << bits;
    for (size_t number = 0, next; number < slots; number = next) {
        link block = root_at(&map->root, number)->block;
        next = number + 1;
        if (block == LINK_NONE)
            continue;
        unsigned depth = link_is_fork(block) ? bits : bucket_at(map, block)->depth;
        if (depth > bits)
            return "root: no more bits lead to a slot than it resolves";
        uint64_t prefix = way_of(map, number);
        if (fork_prefix(prefix, depth) != prefix)
            return "root: a bucket's slots begin where its bits lead";
        bool shared = false;
        for (next = number; next < number + way_slots(map, depth); next++) {
            shared |= slots_of_others(map, next) > 0;
            if (root_at(&map->root, next)->block != block)
                return "root: a bucket stands in all slots that its bits lead to";
        }
        const char *broken = check_walk(map, block, prefix, depth, shared, &entries);
        if (broken)
            return broken;
    }
    return entries == map->size ? NULL : "map: its size is the number of its entries";
}

#endif
