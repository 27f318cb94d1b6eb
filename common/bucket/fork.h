/* fork.h - a node with two children: one for either value of the next bit of the hash.
 *
 * Below the last bit it is a list's cell: child[0] is a bucket, full, and child[1] the rest. */
#ifndef FORK_H
#define FORK_H

struct fork {
    OWN_FIRST
    link child[2];
};

static inline struct fork *fork_at(const struct hamt *map, link block) {
    return (struct fork *)block_at(map_blocks(map), link_unmark(block));
}

/* LINK_NONE when memory is out. */
static inline link fork_make(struct hamt *map, link zero, link one) {
    link block = block_alloc(map_blocks(map), sizeof(struct fork));
    if (block == LINK_NONE)
        return LINK_NONE;
    struct fork *fork = fork_at(map, block);
    *fork = (struct fork){.child = {zero, one}};
    own_begin(&map->own, fork);
    return link_mark(block);
}

static inline void fork_free(struct hamt *map, link block) {
    block_free(map_blocks(map), link_unmark(block), sizeof(struct fork));
}

/* The bit of the hash that follows the first `depth`. */
static inline unsigned fork_bit(uint64_t hash, unsigned depth) {
    return hash >> (HASH_BITS - 1 - depth) & 1;
}

/* The hash's first `depth` bits, the others 0. */
static inline uint64_t fork_prefix(uint64_t hash, unsigned depth) {
    return depth == 0 ? 0 : hash >> (HASH_BITS - depth) << (HASH_BITS - depth);
}

#endif
