/* children_pool.h - for those variants of children.h that cut the arrays from one pool of
 * config->pool_slots slots by moving a mark: everything but how the children get from an array that
 * is full into a larger one.  That is the variant's to say:
 *
 *   children_copy_insert  copies `count` children to another array and leaves a gap for `child` at
 *                         `index`, where it puts it
 *
 * What no longer fits into the pool, malloc serves, and it is counted.  Capacity 4, 8, 16, 32, 64,
 * as in the seeds. */
#ifndef CHILDREN_POOL_H
#define CHILDREN_POOL_H

struct children {
    uint64_t bitmap;
    ref *items;
    uint32_t capacity;
};

#include "children_dense.h"

static inline void children_copy_insert(ref *to, const ref *from, unsigned count, unsigned index,
                                        ref child);

struct children_space {
    ref *pool;
    size_t capacity;     /* slots in the pool */
    size_t used;         /* slots below the mark */
    size_t live;         /* slots in arrays in use, fallbacks included */
    size_t allocations;  /* arrays handed out so far, */
    size_t fallbacks;    /*   of which by malloc */
    size_t slots_wanted; /* slots in all arrays handed out so far */
};

static inline bool children_space_init(struct children_space *space,
                                       const struct hamt_config *config) {
    *space = (struct children_space){.capacity = config->pool_slots};
    if (config->pool_slots == 0)
        return true;
    if (config->pool_slots > SIZE_MAX / sizeof *space->pool)
        return false;
    space->pool = mem_alloc(config->pool_slots * sizeof *space->pool);
    return space->pool != NULL;
}

static inline void children_space_free(struct children_space *space) {
    mem_free(space->pool);
}

static inline bool pool_owns(const struct children_space *space, const ref *items) {
    return (uintptr_t)items - (uintptr_t)space->pool < space->capacity * sizeof *items;
}

HOT ref *pool_alloc(struct children_space *space, uint32_t slots) {
    ref *items;
    bool fits = slots <= space->capacity - space->used;
    if (fits) {
        items = space->pool + space->used;
        space->used += slots;
    } else {
        items = mem_alloc(slots * sizeof *items);
        if (!items)
            return NULL;
    }
    space->allocations++;
    space->fallbacks += !fits;
    space->slots_wanted += slots;
    space->live += slots;
    return items;
}

HOT void pool_free(struct children_space *space, ref *items, uint32_t slots) {
    if (!pool_owns(space, items))
        mem_free(items);
    space->live -= slots;
    if (space->live == 0)
        space->used = 0;
}

HOT bool children_add(struct children_space *space, struct children *children, unsigned chunk,
                      ref child) {
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    if (count == children->capacity) {
        uint32_t capacity = children->capacity ? children->capacity * 2 : 4;
        ref *items = pool_alloc(space, capacity);
        if (!items)
            return false;
        children_copy_insert(items, children->items, count, index, child);
        if (children->capacity)
            pool_free(space, children->items, children->capacity);
        children->items = items;
        children->capacity = capacity;
    } else {
        sparse_insert(children->items, count, index, child);
    }
    children->bitmap |= sparse_bit(chunk);
    return true;
}

HOT void children_remove(struct children_space *space, struct children *children, unsigned chunk) {
    (void)space;
    sparse_erase(children->items, children_count(children), sparse_index(children->bitmap, chunk));
    children->bitmap &= ~sparse_bit(chunk);
}

static inline void children_free(struct children_space *space, struct children *children) {
    if (children->capacity)
        pool_free(space, children->items, children->capacity);
}

static inline const char *children_check(const struct children *children) {
    if (children_count(children) > children->capacity)
        return "children: the array is within its capacity";
    return NULL;
}

static inline const char *children_space_check(const struct children_space *space) {
    if (space->used > space->capacity)
        return "pool: the mark is within the pool";
    if (space->live == 0 && space->used > 0)
        return "pool: with no array alive the pool is as new";
    return NULL;
}

static inline void children_count_bytes(const struct children_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    if (!pool_owns(space, children->items))
        count_block(stats, HAMT_BYTES_CHILDREN, children->items);
}

static inline void children_space_count(const struct children_space *space,
                                        struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_CHILDREN, space->pool);
    stats->pool_allocations = space->allocations;
    stats->pool_fallbacks = space->fallbacks;
    stats->pool_slots_used = space->slots_wanted;
    stats->pool_slots_live = space->live;
    stats->pool_slots_capacity = space->capacity;
}

#endif
