/* together.h - what is fetched for several keys at once, step by step: what is far away comes while
 * others are asked for, where one key after another waits for each line in turn (group prefetching:
 * Chen et al., ICDE 2004). */
#ifndef TOGETHER_H
#define TOGETHER_H

#include "fetch_lines.h"

enum { MANY = 32 /* keys */ };

/* Stores the keys' hashes and fetches the slots of the root that they lead to. */
static inline void together_slots(const struct hamt *map, const hamt_key *keys, size_t count,
                                  uint64_t *hashes) {
    for (size_t i = 0; i < count; i++) {
        hashes[i] = key_hash(keys[i], map->hash_seed);
        __builtin_prefetch(root_slot(&map->root, hashes[i]));
    }
}

/* The block that this hash's slot leads to, for a fetch. */
static inline const void *together_block(const struct hamt *map, uint64_t hash) {
    return way_block(map, root_slot(&map->root, hash)->block);
}

/* Fetches the first `lines` lines of what the slots lead to. */
static inline void together_lines(const struct hamt *map, const uint64_t *hashes, size_t count,
                                  unsigned lines) {
    for (size_t i = 0; i < count; i++)
        fetch_lines(together_block(map, hashes[i]), 0, lines);
    fetch_kept();
}

/* Fetches the first line of what the slots lead to, and then of each bucket the entry whose tag
 * agrees. */
static inline void together_entries(const struct hamt *map, const uint64_t *hashes, size_t count) {
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(together_block(map, hashes[i]));
    for (size_t i = 0; i < count; i++) {
        link block = root_slot(&map->root, hashes[i])->block;
        if (link_is_bucket(block))
            bucket_fetch(bucket_at(map, block), hashes[i]);
    }
    fetch_kept();
}

#endif
