/* array.h (pool) - where do the arrays of children come from?
 *
 * Parent: list.  Change: they are cut from one pool of config->pool_slots slots by moving a mark,
 * and malloc serves what no longer fits, and it is counted.
 * Waste: an array that is given back stays behind in the pool as dead slots until no array is
 * alive; the pool has its size however small the map is. */
#ifndef ARRAY_H
#define ARRAY_H

struct array_space {
    ref *pool;
    size_t capacity;     /* slots in the pool */
    size_t used;         /* slots below the mark */
    size_t live;         /* slots in arrays in use, fallbacks included */
    size_t allocations;  /* arrays handed out so far, */
    size_t fallbacks;    /*   of which by malloc */
    size_t slots_wanted; /* slots in all arrays handed out so far */
};

static inline bool array_space_init(struct array_space *space, const struct hamt_config *config) {
    *space = (struct array_space){.capacity = config->pool_slots};
    if (config->pool_slots == 0)
        return true;
    if (config->pool_slots > SIZE_MAX / sizeof *space->pool)
        return false;
    space->pool = mem_alloc(config->pool_slots * sizeof *space->pool);
    return space->pool != NULL;
}

static inline void array_space_free(struct array_space *space) {
    mem_free(space->pool);
}

static inline bool pool_owns(const struct array_space *space, const ref *items) {
    return (uintptr_t)items - (uintptr_t)space->pool < space->capacity * sizeof *items;
}

static inline void pool_release(struct array_space *space, unsigned slots) {
    space->live -= slots;
    if (space->live == 0)
        space->used = 0;
}

HOT ref *array_alloc(struct array_space *space, unsigned slots) {
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

HOT void array_free(struct array_space *space, ref *items, unsigned slots) {
    if (!pool_owns(space, items))
        mem_free(items);
    pool_release(space, slots);
}

static inline bool array_serves(unsigned had, unsigned wanted) {
    return had > 0 && had == wanted;
}

/* What is cut off is dead slots, or a few that malloc gave. */
static inline void array_cut(struct array_space *space, ref *items, unsigned had, unsigned wanted) {
    (void)items;
    pool_release(space, had - wanted);
}

static inline const char *array_space_check(const struct array_space *space) {
    if (space->used > space->capacity)
        return "pool: the mark is within the pool";
    if (space->live == 0 && space->used > 0)
        return "pool: with no array alive the pool is as new";
    return NULL;
}

static inline void array_count(const struct array_space *space, const ref *items,
                               struct hamt_stats *stats) {
    if (!pool_owns(space, items))
        count_block(stats, HAMT_BYTES_CHILDREN, items);
}

static inline void array_space_count(const struct array_space *space, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_CHILDREN, space->pool);
    stats->pool_allocations = space->allocations;
    stats->pool_fallbacks = space->fallbacks;
    stats->pool_slots_used = space->slots_wanted;
    stats->pool_slots_live = space->live;
    stats->pool_slots_capacity = space->capacity;
}

#endif
