/* array.h (growpool) - where do the arrays of children come from?
 *
 * Parent: list.  Change: from a pool that grows by chunks as it is needed, in size classes
 *
 *     1  2  3  4  6  8  12  16  24  32  48  64 slots,
 *
 * each with a list of free arrays, so that an array that is given back serves again.  The class
 * follows from the number of slots: no field holds it.
 * Waste: the slack of a class, at most a third of it; the newest chunk's rest, a fifth of the pool
 * on the average; free arrays of a class that is no longer asked for. */
#ifndef ARRAY_H
#define ARRAY_H

enum {
    SIZE_CLASSES = 12,
    POOL_FIRST_CHUNK = 512, /* slots, one page of memory */
};

typedef ref size_unit;

/* Slots in an array of each class. */
static const uint8_t size_class_slots[SIZE_CLASSES] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

/* The smallest class for each number of slots; that of none is none of them. */
static const uint8_t size_class_of[64 + 1] = {
    12, 0,  1,  2,  3,  4,  4,  5,  5,  6,  6,  6,  6,  7,  7,  7,  7,  8,  8,  8,  8,  8,
    8,  8,  8,  9,  9,  9,  9,  9,  9,  9,  9,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
};

static inline size_t size_class_units(unsigned size_class) {
    return size_class_slots[size_class];
}

static inline unsigned size_class_within(size_t slots) {
    unsigned size_class = SIZE_CLASSES - 1;
    while (size_class_slots[size_class] > slots)
        size_class--;
    return size_class;
}

#include "free_lists.h"
#include "pool.h"

struct array_space {
    struct pool pool;
    size_t first_chunk;  /* slots to begin with */
    size_t allocations;  /* arrays handed out so far */
    size_t slots_wanted; /* slots in all arrays handed out so far */
};

static inline bool array_space_init(struct array_space *space, const struct hamt_config *config) {
    size_t first = config->size_hint > POOL_FIRST_CHUNK ? config->size_hint : POOL_FIRST_CHUNK;
    *space = (struct array_space){.first_chunk = first};
    return true;
}

static inline void array_space_free(struct array_space *space) {
    pool_free(&space->pool);
}

/* A new chunk, a quarter of the pool at least. */
static inline bool array_space_grow(struct array_space *space) {
    size_t slots = space->pool.chunks ? space->pool.capacity / 4 : space->first_chunk;
    if (slots < POOL_FIRST_CHUNK)
        slots = POOL_FIRST_CHUNK;
    if (slots > (SIZE_MAX - sizeof(struct pool_chunk)) / sizeof(ref))
        return false;
    return pool_grow(&space->pool, slots);
}

HOT ref *array_take(struct array_space *space, unsigned size_class) {
    struct pool *pool = &space->pool;
    size_t slots = size_class_units(size_class);
    ref *items;
    if (pool->free.first[size_class]) {
        items = free_pop(&pool->free, size_class);
    } else {
        if (pool->unused_units < slots && !array_space_grow(space))
            return NULL;
        items = pool_cut_unused(pool, slots);
    }
    space->allocations++;
    space->slots_wanted += slots;
    pool->live += slots;
    return items;
}

HOT void array_give(struct array_space *space, ref *items, unsigned size_class) {
    pool_give(&space->pool, items, size_class);
}

static inline ref *array_alloc(struct array_space *space, unsigned slots) {
    return array_take(space, size_class_of[slots]);
}

static inline void array_free(struct array_space *space, ref *items, unsigned slots) {
    if (items)
        array_give(space, items, size_class_of[slots]);
}

static inline bool array_serves(unsigned had, unsigned wanted) {
    return size_class_of[had] == size_class_of[wanted];
}

/* What is left of the array serves as smaller ones. */
static inline void array_cut(struct array_space *space, ref *items, unsigned had, unsigned wanted) {
    pool_trim(&space->pool, items, size_class_of[had], size_class_of[wanted]);
}

static inline const char *array_space_check(const struct array_space *space) {
    return pool_check(&space->pool);
}

static inline void array_count(const struct array_space *space, const ref *items,
                               struct hamt_stats *stats) {
    (void)space, (void)items, (void)stats; /* counted with the pool */
}

static inline void array_space_count(const struct array_space *space, struct hamt_stats *stats) {
    pool_count(&space->pool, HAMT_BYTES_CHILDREN, stats);
    stats->pool_allocations = space->allocations;
    stats->pool_slots_used = space->slots_wanted;
    stats->pool_slots_live = space->pool.live;
    stats->pool_slots_capacity = space->pool.capacity;
}

#endif
