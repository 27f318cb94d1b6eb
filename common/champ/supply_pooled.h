/* supply_pooled.h - what is the same in each supply.h whose blocks are cut from a pool
 * (common/map/pool.h), which grows by an eighth at a time.
 *
 * Where there is no free block of the class that is asked for, the part's answer comes before
 * unused memory is cut:
 *   pool_split   a block of this class, made of a larger free one; NULL if none is to be used */
#ifndef SUPPLY_POOLED_H
#define SUPPLY_POOLED_H

enum {
    SUPPLY_FIRST = 512, /* words in the first chunk */
    SUPPLY_GROWTH = 8,  /* a later one has the pool's over this */
};

struct supply {
    struct pool pool;
};

static inline void supply_init(struct supply *supply) {
    *supply = (struct supply){0};
}

static inline void supply_free(struct supply *supply) {
    pool_free(&supply->pool);
}

/* A new chunk, which has so many words at least. */
static __attribute__((noinline)) bool supply_extend(struct pool *pool, size_t least) {
    size_t words = pool->capacity / SUPPLY_GROWTH;
    if (words < SUPPLY_FIRST)
        words = SUPPLY_FIRST;
    if (words < least)
        words = least;
    return pool_grow(pool, words);
}

/* A block of a class that has no free one. */
static __attribute__((noinline)) void *supply_cut(struct pool *pool, unsigned size_class) {
    size_t words = size_class_units(size_class);
    void *block = pool_split(pool, size_class);
    if (block)
        return block;
    if (pool->unused_units < words && !supply_extend(pool, words))
        return NULL;
    return pool_cut_unused(pool, words);
}

static inline void *supply_take(struct supply *supply, size_t bytes) {
    struct pool *pool = &supply->pool;
    if (bytes > size_most)
        return NULL;
    unsigned size_class = size_class_of(bytes);
    void *block = pool->free.first[size_class] ? free_pop(&pool->free, size_class)
                                               : supply_cut(pool, size_class);
    if (block)
        pool->live += size_class_units(size_class);
    return block;
}

static inline void supply_give(struct supply *supply, void *block, size_t bytes) {
    pool_give(&supply->pool, block, size_class_of(bytes));
}

static inline void *supply_grow(struct supply *supply, void *block, size_t had, size_t wanted) {
    if (size_class_of(had) == size_class_of(wanted))
        return block;
    void *larger = supply_take(supply, wanted);
    if (!larger)
        return NULL;
    memcpy(larger, block, had);
    supply_give(supply, block, had);
    return larger;
}

/* Where memory for a smaller block is out, this one is trimmed to its new class where it stands. */
static inline void *supply_shrink(struct supply *supply, void *block, size_t had, size_t wanted) {
    if (size_class_of(had) == size_class_of(wanted))
        return block;
    void *smaller = supply_take(supply, wanted);
    if (smaller) {
        memcpy(smaller, block, wanted);
        supply_give(supply, block, had);
        return smaller;
    }
    pool_trim(&supply->pool, block, size_class_of(had), size_class_of(wanted));
    return block;
}

static inline const char *supply_check(const struct supply *supply) {
    return pool_check(&supply->pool);
}

static inline void supply_count(const struct supply *supply, enum hamt_bytes use, const void *block,
                                size_t bytes, struct hamt_stats *stats) {
    (void)supply, (void)use, (void)block, (void)bytes, (void)stats; /* counted with the pool */
}

static inline void supply_count_all(const struct supply *supply, struct hamt_stats *stats) {
    pool_count(&supply->pool, HAMT_BYTES_NODES, stats);
}

#endif
