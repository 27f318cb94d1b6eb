/* together.h - what is fetched for several keys at once, step by step: what is far away comes while
 * others are asked for, where one key after another waits for each line in turn (group prefetching:
 * Chen et al., ICDE 2004). */
#ifndef TOGETHER_H
#define TOGETHER_H

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
    return way_block(map, *root_slot(&map->root, hash));
}

#endif
