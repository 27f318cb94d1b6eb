/* many.h (abreast) - what is done about several keys before each has its turn?
 *
 * Parent: bucket.  Change: the memory that 32 keys will need is fetched together, the roots' slots
 * first, then the buckets' first lines: what is far away comes while others are asked for, where
 * one key after another waits for each line in turn (group prefetching: Chen et al., ICDE 2004). A
 * bucket below a fork is not fetched: its fork would have to come first. Cost: each slot is read
 * twice, and three lines of a bucket may come in vain. */
#ifndef MANY_H
#define MANY_H

enum { MANY = 32, MANY_LINES = 4, MANY_LINE = 64 /* bytes */ };

static inline void many_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              uint64_t *hashes) {
    for (size_t i = 0; i < count; i++) {
        hashes[i] = key_hash(keys[i], map->hash_seed);
        __builtin_prefetch(root_slot(&map->root, hashes[i]));
    }
    for (size_t i = 0; i < count; i++) {
        const void *block = block_at(&map->blocks, *root_slot(&map->root, hashes[i]));
        for (uintptr_t line = 0; line < MANY_LINES; line++) /* of none too: a fetch never faults */
            __builtin_prefetch((const void *)((uintptr_t)block + line * MANY_LINE));
    }
}

#endif
