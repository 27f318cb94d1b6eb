/* way.h - the way that a hash takes from the root to a bucket. */
#ifndef WAY_H
#define WAY_H

/* Where a search ended. */
struct place {
    link block;            /* the bucket, LINK_NONE if the way ends in none */
    unsigned depth;        /* bits of the hash that lead to it; those of a root's slot for none */
    struct bucket *bucket; /* NULL for none; void when a block is made */
    unsigned index;        /* of the entry, NO_INDEX if the bucket has none with this key */
};

/* A block and how many bits of the hash lead to it. */
struct step {
    link block;
    unsigned depth;
};

/* The block that a slot leads to, NULL for none: a fetch of that never faults.  It may be a fork;
 * the bucket below it is not known before the fork has come. */
static inline const void *way_block(const struct hamt *map, link slot) {
    return slot == LINK_NONE ? NULL : block_at(map_blocks(map), link_unmark(slot));
}

/* What a slot leads to that does not lead to a bucket.  A root that keeps up leaves few of these,
 * and what follows them must not take registers from those who meet none: hence a function of its
 * own. */
static __attribute__((noinline)) struct step way_fork(const struct hamt *map, struct step step,
                                                      hamt_key key, uint64_t hash) {
    while (link_is_fork(step.block)) {
        const struct fork *fork = fork_at(map, step.block);
        if (step.depth < HASH_BITS) {
            step.block = fork->child[fork_bit(hash, step.depth++)];
            continue;
        }
        bool here = bucket_find(bucket_at(map, fork->child[0]), key, hash) != NO_INDEX;
        step.block = fork->child[here ? 0 : 1];
    }
    return step;
}

/* The bucket that has the entry with this key, or would have it; `ahead`: the lines of what the
 * root's slot leads to have been fetched already, which are not those of a bucket below a fork. */
static inline struct place way_find(const struct hamt *map, hamt_key key, uint64_t hash,
                                    bool ahead) {
    struct step step = {root_slot(&map->root, hash)->block, root_depth(&map->root)};
    if (!link_is_bucket(step.block)) {
        step = way_fork(map, step, key, hash);
        if (step.block == LINK_NONE)
            return (struct place){.block = LINK_NONE, .depth = step.depth, .index = NO_INDEX};
        ahead = false;
    }
    struct bucket *bucket = bucket_at(map, step.block);
    if (!ahead)
        fetch(bucket, map->size);
    return (struct place){step.block, step.depth, bucket, bucket_find(bucket, key, hash)};
}

/* The number of the first of the root's slots that this hash's first `depth` bits lead to. */
static inline size_t way_number(const struct hamt *map, uint64_t hash, unsigned depth) {
    unsigned bits = root_depth(&map->root);
    return bits == 0 ? 0 : (size_t)(fork_prefix(hash, depth) >> (HASH_BITS - bits));
}

/* The first hash that leads to the root's slot with this number. */
static inline uint64_t way_of(const struct hamt *map, size_t number) {
    unsigned bits = root_depth(&map->root);
    return bits == 0 ? 0 : (uint64_t)number << (HASH_BITS - bits);
}

/* The same prefix with a 1 after `depth` bits; below the last one there is nothing left to say. */
static inline uint64_t way_one(uint64_t prefix, unsigned depth) {
    return depth < HASH_BITS ? prefix | UINT64_C(1) << (HASH_BITS - 1 - depth) : prefix;
}

/* How many these are, for a `depth` that is none beyond the root's. */
static inline size_t way_slots(const struct hamt *map, unsigned depth) {
    return (size_t)1 << (root_depth(&map->root) - depth);
}

/* Lets the first `depth` bits of the hash, no more than the root resolves, lead to `block`. */
static inline void way_fill(struct hamt *map, uint64_t hash, unsigned depth, link block) {
    size_t number = way_number(map, hash, depth);
    for (size_t i = 0; i < way_slots(map, depth); i++)
        root_at(&map->root, number + i)->block = block;
}

/* Lets the slots that the first `depth` bits of the hash lead to know of no entry.  Nothing where a
 * single slot leads to more than what these bits lead to. */
static inline void way_forget(struct hamt *map, uint64_t hash, unsigned depth) {
    if (SLOT_BITS == 0 || depth > root_depth(&map->root))
        return;
    size_t number = way_number(map, hash, depth);
    for (size_t i = 0; i < way_slots(map, depth); i++)
        slot_forget(root_at(&map->root, number + i));
}

/* Lets its slots know of a bucket's entries and of no others, likewise. */
static inline void way_learn(struct hamt *map, uint64_t hash, const struct bucket *bucket) {
    struct slot known;
    unsigned depth = bucket->depth;
    if (SLOT_BITS == 0 || depth > root_depth(&map->root))
        return;
    slot_forget(&known);
    for (unsigned i = 0; i < bucket->count; i++)
        slot_add(&known, bucket_last(map, bucket, i, fork_prefix(hash, depth)));
    size_t number = way_number(map, hash, depth);
    for (size_t i = 0; i < way_slots(map, depth); i++) {
        slot_forget(root_at(&map->root, number + i));
        slot_join(root_at(&map->root, number + i), &known);
    }
}

/* Puts `with` where `block` is, to which `depth` bits of the hash lead. */
static inline void way_replace(struct hamt *map, uint64_t hash, unsigned depth, link block,
                               link with) {
    unsigned bits = root_depth(&map->root);
    if (depth <= bits) {
        way_fill(map, hash, depth, with);
        return;
    }
    link *slot = &root_slot(&map->root, hash)->block;
    while (bits < depth)
        slot = &fork_at(map, *slot)->child[fork_bit(hash, bits++)];
    while (*slot != block) { /* in a list */
        struct fork *cell = fork_at(map, *slot);
        slot = &cell->child[cell->child[0] == block ? 0 : 1];
    }
    *slot = with;
}

#endif
