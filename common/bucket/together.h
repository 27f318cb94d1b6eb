/* together.h - what is fetched for several keys at once, step by step: what is far away comes while
 * others are asked for, where one key after another waits for each line in turn (group prefetching:
 * Chen et al., ICDE 2004). */
#ifndef TOGETHER_H
#define TOGETHER_H

enum {
    MANY = 32,          /* keys */
    TOGETHER_LINE = 64, /* bytes */
};

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

/* What does nothing but fetch gcc takes for what does nothing, and drops it, but for this. */
static inline void together_fetched(void) {
    __asm__ volatile("");
}

/* Fetches the first `lines` lines of what the slots lead to. */
static inline void together_lines(const struct hamt *map, const uint64_t *hashes, size_t count,
                                  unsigned lines) {
    for (size_t i = 0; i < count; i++) {
        uintptr_t block = (uintptr_t)together_block(map, hashes[i]);
        for (uintptr_t line = 0; line < lines; line++)
            __builtin_prefetch((const void *)(block + line * TOGETHER_LINE));
    }
    together_fetched();
}

/* Fetches the first line of what the slots lead to, and then of each bucket the entry whose tag
 * agrees. */
static inline void together_entries(const struct hamt *map, const uint64_t *hashes, size_t count) {
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(together_block(map, hashes[i]));
    for (size_t i = 0; i < count; i++) {
        link block = *root_slot(&map->root, hashes[i]);
        if (link_is_bucket(block))
            bucket_fetch(bucket_at(map, block), hashes[i]);
    }
    together_fetched();
}

#endif
