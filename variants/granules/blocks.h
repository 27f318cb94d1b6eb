/* blocks.h (granules) - where does a block's memory come from, and what leads to it?
 *
 * Parent: bucket.  Change: all blocks lie in one region and are numbered by its granules of 16
 * bytes, so that a link has four bytes instead of eight, and no block has malloc's header.
 *
 *     region   [ none | block | block | ... | never used ]
 *     link     number of the first granule * 2 + mark; 0 with the mark is none
 *
 * A block that is freed goes to a list of those of its size, from which the next one is taken; its
 * first link leads to the next free one.  The region grows by an eighth; since links are numbers,
 * it may move when it does.  With the last block its memory goes back. Waste: up to an eighth of
 * the region is not used yet, and free blocks wait for their size.  A map holds at most 2^31
 * granules, 32 GiB; beyond that memory is out. */
#ifndef BLOCKS_H
#define BLOCKS_H

typedef uint32_t link;

#define LINK_NONE ((link)1)

enum {
    GRANULE = 16,        /* bytes */
    GRANULES_FIRST = 32, /* of a region that is made */
    GRANULES_GROWTH = 8, /* it grows by its size over this */
    GRANULES_SIZES = 64, /* sizes of blocks, in granules */
};

static const uint32_t granules_most = UINT32_MAX / 2;

struct blocks {
    char *region;      /* NULL when there is no block */
    uint32_t used;     /* granules that have been handed out so far, the first one included */
    uint32_t capacity; /* granules in the region */
    uint32_t live;     /* blocks in use */
    link free[GRANULES_SIZES];
};

static inline void blocks_init(struct blocks *blocks) {
    *blocks = (struct blocks){.used = 1};
    for (int size = 0; size < GRANULES_SIZES; size++)
        blocks->free[size] = LINK_NONE;
}

static inline void blocks_free(struct blocks *blocks) {
    mem_free(blocks->region);
    blocks_init(blocks);
}

static inline void *block_at(const struct blocks *blocks, link block) {
    return blocks->region + (size_t)block * (GRANULE / 2);
}

static inline uint32_t granules_of(size_t bytes) {
    return (uint32_t)((bytes + GRANULE - 1) / GRANULE);
}

/* Makes room for so many granules more.  False when memory is out. */
static inline bool granules_reserve(struct blocks *blocks, uint32_t granules) {
    uint64_t needed = (uint64_t)blocks->used + granules;
    if (needed <= blocks->capacity)
        return true;
    uint64_t capacity = needed + blocks->capacity / GRANULES_GROWTH;
    capacity = capacity < GRANULES_FIRST ? GRANULES_FIRST : capacity;
    if (capacity > granules_most)
        return false;
    char *region = mem_resize(blocks->region, (size_t)capacity * GRANULE);
    if (!region)
        return false;
    blocks->region = region;
    blocks->capacity = (uint32_t)capacity;
    return true;
}

static inline link block_alloc(struct blocks *blocks, size_t bytes) {
    uint32_t granules = granules_of(bytes);
    assert(granules < GRANULES_SIZES);
    link block = blocks->free[granules];
    if (block != LINK_NONE) {
        blocks->free[granules] = *(link *)block_at(blocks, block);
    } else {
        if (!granules_reserve(blocks, granules))
            return LINK_NONE;
        block = blocks->used * 2;
        blocks->used += granules;
    }
    blocks->live++;
    return block;
}

static inline void block_free(struct blocks *blocks, link block, size_t bytes) {
    uint32_t granules = granules_of(bytes);
    *(link *)block_at(blocks, block) = blocks->free[granules];
    blocks->free[granules] = block;
    if (--blocks->live == 0)
        blocks_free(blocks);
}

static inline link link_mark(link block) {
    return block | 1;
}

static inline link link_unmark(link block) {
    return block & ~(link)1;
}

static inline bool link_is_bucket(link block) {
    return !(block & 1);
}

static inline bool link_is_fork(link block) {
    return !link_is_bucket(block) && block != LINK_NONE;
}

static inline void block_count(const struct blocks *blocks, link block, struct hamt_stats *stats) {
    (void)blocks, (void)block, (void)stats; /* the region is counted whole */
}

static inline void blocks_count(const struct blocks *blocks, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, blocks->region);
}

#endif
