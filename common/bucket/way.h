/* way.h - the way that a hash takes from the root to a bucket. */
#ifndef WAY_H
#define WAY_H

/* Where a search ended. */
struct place {
    link block;            /* the bucket, LINK_NONE if the way ends in none */
    unsigned depth;        /* bits of the hash that lead to it; those of a root's slot for none */
    struct bucket *bucket; /* void when a block is made */
    unsigned index;        /* of the entry, the bucket's count if it has none with this key */
};

/* A block and how many bits of the hash lead to it. */
struct step {
    link block;
    unsigned depth;
};

/* What a fork leads to.  A root that keeps up leaves few, and what follows them must not take
 * registers from those who meet none: hence a function of its own. */
static __attribute__((noinline)) struct step way_fork(const struct hamt *map, struct step step,
                                                      hamt_key key, uint64_t hash) {
    do {
        const struct fork *fork = fork_at(map, step.block);
        if (step.depth < HASH_BITS) {
            step.block = fork->child[fork_bit(hash, step.depth++)];
            continue;
        }
        const struct bucket *cell = bucket_at(map, fork->child[0]);
        bool here = bucket_find(cell, key, hash) < cell->count;
        step.block = fork->child[here ? 0 : 1];
    } while (link_is_fork(step.block));
    return step;
}

/* The bucket that has the entry with this key, or would have it. */
static inline struct place way_find(const struct hamt *map, hamt_key key, uint64_t hash) {
    struct step step = {*root_slot(&map->root, hash), root_depth(&map->root)};
    if (link_is_fork(step.block))
        step = way_fork(map, step, key, hash);
    if (step.block == LINK_NONE)
        return (struct place){.block = LINK_NONE, .depth = step.depth};
    struct bucket *bucket = bucket_at(map, step.block);
    fetch(bucket);
    return (struct place){step.block, step.depth, bucket, bucket_find(bucket, key, hash)};
}

/* The number of the first of the root's slots that this hash's first `depth` bits lead to. */
static inline size_t way_number(const struct hamt *map, uint64_t hash, unsigned depth) {
    unsigned bits = root_depth(&map->root);
    return bits == 0 ? 0 : (size_t)(fork_prefix(hash, depth) >> (HASH_BITS - bits));
}

/* How many these are, for a `depth` that is none beyond the root's. */
static inline size_t way_slots(const struct hamt *map, unsigned depth) {
    return (size_t)1 << (root_depth(&map->root) - depth);
}

/* Lets the first `depth` bits of the hash, no more than the root resolves, lead to `block`. */
static inline void way_fill(struct hamt *map, uint64_t hash, unsigned depth, link block) {
    size_t number = way_number(map, hash, depth);
    for (size_t i = 0; i < way_slots(map, depth); i++)
        *root_at(&map->root, number + i) = block;
}

/* Puts `with` where `block` is, to which `depth` bits of the hash lead. */
static inline void way_replace(struct hamt *map, uint64_t hash, unsigned depth, link block,
                               link with) {
    unsigned bits = root_depth(&map->root);
    if (depth <= bits) {
        way_fill(map, hash, depth, with);
        return;
    }
    link *slot = root_slot(&map->root, hash);
    while (bits < depth)
        slot = &fork_at(map, *slot)->child[fork_bit(hash, bits++)];
    while (*slot != block) { /* in a list */
        struct fork *cell = fork_at(map, *slot);
        slot = &cell->child[cell->child[0] == block ? 0 : 1];
    }
    *slot = with;
}

#endif
