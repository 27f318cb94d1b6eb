/* granules.h - blocks that lie in one region and are numbered by its granules of 16 bytes, so that
 * a link has four bytes instead of eight, and no block has malloc's header.
 *
 *     region   [ none | block | block | ... | never used ]
 *     link     number of the first granule * 2 + mark; 0 with the mark is none
 *
 * A block that is freed goes to a list of those of its size, from which the next one is taken; its
 * first link leads to the next free one.  With the last block the region goes.  Waste: free blocks
 * wait for their size.  A map holds at most 2^31 granules, 32 GiB; beyond that memory is out.
 *
 * Where a region comes from is the part's answer, which includes this after
 *   struct region   with its first byte, `bytes`, and its size in bytes, `size`; all 0 is none
 *   region_grow     makes it so large at least, perhaps elsewhere; false when memory is out, and it
 * is as it was region_free     gives it back, if there is one; it is none then region_count    adds
 * it to *stats */
#ifndef GRANULES_H
#define GRANULES_H

typedef uint32_t link;

#define LINK_NONE ((link)1)

enum {
    GRANULE = 16,        /* bytes */
    GRANULES_SIZES = 64, /* sizes of blocks, in granules */
};

static const size_t granules_most = UINT32_MAX / 2;

struct blocks {
    struct region region;
    uint32_t used; /* granules that have been handed out so far, the first one included */
    uint32_t live; /* blocks in use */
    link free[GRANULES_SIZES];
};

static inline void blocks_init(struct blocks *blocks) {
    *blocks = (struct blocks){.used = 1};
    for (int size = 0; size < GRANULES_SIZES; size++)
        blocks->free[size] = LINK_NONE;
}

static inline void blocks_free(struct blocks *blocks) {
    region_free(&blocks->region);
    blocks_init(blocks);
}

static inline void *block_at(const struct blocks *blocks, link block) {
    return blocks->region.bytes + (size_t)block * (GRANULE / 2);
}

static inline uint32_t granules_of(size_t bytes) {
    return (uint32_t)((bytes + GRANULE - 1) / GRANULE);
}

static inline link block_alloc(struct blocks *blocks, size_t bytes) {
    uint32_t granules = granules_of(bytes);
    assert(granules < GRANULES_SIZES);
    link block = blocks->free[granules];
    if (block != LINK_NONE) {
        blocks->free[granules] = *(link *)block_at(blocks, block);
    } else {
        size_t needed = (size_t)blocks->used + granules;
        if (needed * GRANULE > blocks->region.size &&
            (needed > granules_most || !region_grow(&blocks->region, needed * GRANULE)))
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
    region_count(&blocks->region, stats);
}

#endif
