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
    POOL_CLASSES = 12,
    POOL_FIRST_CHUNK = 512, /* slots, one page of memory */
};

/* Slots in an array of each class. */
static const uint8_t pool_class_slots[POOL_CLASSES] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

/* The smallest class for each number of slots; that of none is none of them. */
static const uint8_t pool_class_of[64 + 1] = {
    12, 0,  1,  2,  3,  4,  4,  5,  5,  6,  6,  6,  6,  7,  7,  7,  7,  8,  8,  8,  8,  8,
    8,  8,  8,  9,  9,  9,  9,  9,  9,  9,  9,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
};

struct pool_chunk {
    struct pool_chunk *older;
    ref slots[];
};

/* A free array, with the next of its class in its first slot. */
struct pool_array {
    struct pool_array *next;
};

struct array_space {
    struct pool_chunk *chunks; /* newest first */
    ref *unused;               /* the rest of the newest chunk: */
    size_t unused_slots;       /*   slots in it */
    struct pool_array *free[POOL_CLASSES];
    size_t first_chunk;  /* slots to begin with */
    size_t capacity;     /* slots in all chunks */
    size_t live;         /* slots in arrays in use */
    size_t allocations;  /* arrays handed out so far */
    size_t slots_wanted; /* slots in all arrays handed out so far */
};

static inline bool array_space_init(struct array_space *space, const struct hamt_config *config) {
    size_t first = config->size_hint > POOL_FIRST_CHUNK ? config->size_hint : POOL_FIRST_CHUNK;
    *space = (struct array_space){.first_chunk = first};
    return true;
}

static inline void array_space_free(struct array_space *space) {
    while (space->chunks) {
        struct pool_chunk *older = space->chunks->older;
        mem_free(space->chunks);
        space->chunks = older;
    }
    *space = (struct array_space){.first_chunk = space->first_chunk,
                                  .allocations = space->allocations,
                                  .slots_wanted = space->slots_wanted};
}

static inline void pool_put(struct array_space *space, ref *items, unsigned size_class) {
    struct pool_array *array = (struct pool_array *)items;
    array->next = space->free[size_class];
    space->free[size_class] = array;
}

/* Cuts slots into arrays of the largest classes that fit, and puts these on their free lists. */
static inline void pool_put_pieces(struct array_space *space, ref *items, size_t slots) {
    while (slots > 0) {
        unsigned size_class = POOL_CLASSES - 1;
        while (pool_class_slots[size_class] > slots)
            size_class--;
        pool_put(space, items, size_class);
        items += pool_class_slots[size_class];
        slots -= pool_class_slots[size_class];
    }
}

/* A new chunk, a quarter of the pool at least.  The old one's rest is not lost. */
static inline bool pool_grow(struct array_space *space) {
    size_t slots = space->chunks ? space->capacity / 4 : space->first_chunk;
    if (slots < POOL_FIRST_CHUNK)
        slots = POOL_FIRST_CHUNK;
    if (slots > (SIZE_MAX - sizeof(struct pool_chunk)) / sizeof(ref))
        return false;
    struct pool_chunk *chunk = mem_alloc(sizeof *chunk + slots * sizeof(ref));
    if (!chunk)
        return false;
    pool_put_pieces(space, space->unused, space->unused_slots);
    chunk->older = space->chunks;
    space->chunks = chunk;
    space->unused = chunk->slots;
    space->unused_slots = slots;
    space->capacity += slots;
    return true;
}

HOT ref *pool_alloc(struct array_space *space, unsigned size_class) {
    size_t slots = pool_class_slots[size_class];
    ref *items = (ref *)space->free[size_class];
    if (items) {
        space->free[size_class] = space->free[size_class]->next;
    } else {
        if (space->unused_slots < slots && !pool_grow(space))
            return NULL;
        items = space->unused;
        space->unused += slots;
        space->unused_slots -= slots;
    }
    space->allocations++;
    space->slots_wanted += slots;
    space->live += slots;
    return items;
}

HOT void pool_free(struct array_space *space, ref *items, unsigned size_class) {
    pool_put(space, items, size_class);
    space->live -= pool_class_slots[size_class];
    if (space->live == 0)
        array_space_free(space);
}

static inline ref *array_alloc(struct array_space *space, unsigned slots) {
    return pool_alloc(space, pool_class_of[slots]);
}

static inline void array_free(struct array_space *space, ref *items, unsigned slots) {
    if (items)
        pool_free(space, items, pool_class_of[slots]);
}

static inline bool array_serves(unsigned had, unsigned wanted) {
    return pool_class_of[had] == pool_class_of[wanted];
}

/* The array is cut to its new class where it stands; what is left of it serves as smaller ones. */
static inline void array_cut(struct array_space *space, ref *items, unsigned had, unsigned wanted) {
    size_t kept = pool_class_slots[pool_class_of[wanted]];
    size_t rest = pool_class_slots[pool_class_of[had]] - kept;
    pool_put_pieces(space, items + kept, rest);
    space->live -= rest;
}

static inline const char *array_space_check(const struct array_space *space) {
    size_t slots = space->live + space->unused_slots;
    for (unsigned size_class = 0; size_class < POOL_CLASSES; size_class++)
        for (const struct pool_array *array = space->free[size_class]; array; array = array->next)
            slots += pool_class_slots[size_class];
    return slots == space->capacity ? NULL : "pool: every slot is in use, free, or not used yet";
}

static inline void array_count(const struct array_space *space, const ref *items,
                               struct hamt_stats *stats) {
    (void)space, (void)items, (void)stats; /* counted with the pool */
}

static inline void array_space_count(const struct array_space *space, struct hamt_stats *stats) {
    for (const struct pool_chunk *chunk = space->chunks; chunk; chunk = chunk->older)
        count_block(stats, HAMT_BYTES_CHILDREN, chunk);
    stats->pool_allocations = space->allocations;
    stats->pool_slots_used = space->slots_wanted;
    stats->pool_slots_live = space->live;
    stats->pool_slots_capacity = space->capacity;
}

#endif
