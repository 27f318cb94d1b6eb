/* children.h (growpool) - how does a node keep its children?
 *
 * Parent: pool.  Change: the pool grows by chunks as it is needed, and arrays come in size classes
 *
 *     1  2  3  4  6  8  12  16  24  32  48  64 slots,
 *
 * each with a list of free arrays, so that an array that is outgrown serves again.  The class
 * follows from the number of children: no field holds a capacity. Waste: the slack of a class, at
 * most a third of it; the newest chunk's rest, a fifth of the pool on the average; free arrays of a
 * class that is no longer asked for. */
#ifndef CHILDREN_H
#define CHILDREN_H

struct children {
    uint64_t bitmap;
    ref *items; /* NULL when there is no child */
};

#include "children_dense.h"

enum {
    POOL_CLASSES = 12,
    POOL_FIRST_CHUNK = 512, /* slots, one page of memory */
};

/* Slots in an array of each class. */
static const uint8_t pool_class_slots[POOL_CLASSES] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

/* The smallest class for each number of slots; none is asked for 0. */
static const uint8_t pool_class_of[CHUNK_VALUES + 1] = {
    0,  0,  1,  2,  3,  4,  4,  5,  5,  6,  6,  6,  6,  7,  7,  7,  7,  8,  8,  8,  8,  8,
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

struct children_space {
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

static inline bool children_space_init(struct children_space *space,
                                       const struct hamt_config *config) {
    size_t first = config->size_hint > POOL_FIRST_CHUNK ? config->size_hint : POOL_FIRST_CHUNK;
    *space = (struct children_space){.first_chunk = first};
    return true;
}

static inline void children_space_free(struct children_space *space) {
    while (space->chunks) {
        struct pool_chunk *older = space->chunks->older;
        mem_free(space->chunks);
        space->chunks = older;
    }
    *space = (struct children_space){.first_chunk = space->first_chunk,
                                     .allocations = space->allocations,
                                     .slots_wanted = space->slots_wanted};
}

static inline void pool_put(struct children_space *space, ref *items, unsigned size_class) {
    struct pool_array *array = (struct pool_array *)items;
    array->next = space->free[size_class];
    space->free[size_class] = array;
}

/* Cuts slots into arrays of the largest classes that fit, and puts these on their free lists. */
static inline void pool_put_pieces(struct children_space *space, ref *items, size_t slots) {
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
static inline bool pool_grow(struct children_space *space) {
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

HOT ref *pool_alloc(struct children_space *space, unsigned size_class) {
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

HOT void pool_free(struct children_space *space, ref *items, unsigned size_class) {
    pool_put(space, items, size_class);
    space->live -= pool_class_slots[size_class];
    if (space->live == 0)
        children_space_free(space);
}

HOT bool children_add(struct children_space *space, struct children *children, unsigned chunk,
                      ref child) {
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    unsigned now = pool_class_of[count], then = pool_class_of[count + 1];
    if (count == 0 || now != then) {
        ref *items = pool_alloc(space, then);
        if (!items)
            return false;
        sparse_copy_insert(items, children->items, count, index, child);
        if (count > 0)
            pool_free(space, children->items, now);
        children->items = items;
    } else {
        sparse_insert(children->items, count, index, child);
    }
    children->bitmap |= sparse_bit(chunk);
    return true;
}

HOT void children_remove(struct children_space *space, struct children *children, unsigned chunk) {
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    unsigned now = pool_class_of[count], then = pool_class_of[count - 1];
    children->bitmap &= ~sparse_bit(chunk);
    if (count == 1) {
        ref *items = children->items;
        children->items = NULL;
        pool_free(space, items, now);
        return;
    }
    ref *items = now != then ? pool_alloc(space, then) : NULL;
    if (items) {
        sparse_copy_erase(items, children->items, count, index);
        pool_free(space, children->items, now);
        children->items = items;
        return;
    }
    sparse_erase(children->items, count, index);
    if (now != then) { /* out of memory: the array is cut to its new class where it stands */
        size_t rest = pool_class_slots[now] - pool_class_slots[then];
        pool_put_pieces(space, children->items + pool_class_slots[then], rest);
        space->live -= rest;
    }
}

static inline void children_free(struct children_space *space, struct children *children) {
    if (children->items)
        pool_free(space, children->items, pool_class_of[children_count(children)]);
}

static inline const char *children_check(const struct children *children) {
    if ((children->bitmap == 0) != (children->items == NULL))
        return "children: there is an array exactly when there is a child";
    return NULL;
}

static inline const char *children_space_check(const struct children_space *space) {
    size_t slots = space->live + space->unused_slots;
    for (unsigned size_class = 0; size_class < POOL_CLASSES; size_class++)
        for (const struct pool_array *array = space->free[size_class]; array; array = array->next)
            slots += pool_class_slots[size_class];
    return slots == space->capacity ? NULL : "pool: every slot is in use, free, or not used yet";
}

static inline void children_count_bytes(const struct children_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    (void)space, (void)children, (void)stats; /* counted with the pool */
}

static inline void children_space_count(const struct children_space *space,
                                        struct hamt_stats *stats) {
    for (const struct pool_chunk *chunk = space->chunks; chunk; chunk = chunk->older)
        count_block(stats, HAMT_BYTES_CHILDREN, chunk);
    stats->pool_allocations = space->allocations;
    stats->pool_slots_used = space->slots_wanted;
    stats->pool_slots_live = space->live;
    stats->pool_slots_capacity = space->capacity;
}

#endif
