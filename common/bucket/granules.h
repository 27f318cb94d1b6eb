/* granules.h - blocks that lie in one region and are numbered by its granules of 16 bytes, so that
 * a link has four bytes instead of eight, and no block has malloc's header.
 *
 *     region   [ none | block | block | ... | never used ]
 *     link     number of the first granule * 2 + mark; 0 with the mark is none
 *
 * A block that is freed is a gap from which a later one is taken.  With the last block the region
 * goes.  A map holds at most 2^31 granules, 32 GiB; beyond that memory is out.
 *
 * Where a region comes from is the part's answer, which includes this after
 *   struct region   with its first byte, `bytes`, and its size in bytes, `size`; all 0 is none
 *   region_grow     makes it so large at least, perhaps elsewhere; false when memory is out, and it
 *                   is as it was
 *   region_free     gives it back, if there is one; it is none then
 *   region_count    adds it to *stats
 * So is what becomes of gaps: GAPS names gaps_by_size.h or gaps_joined.h, which has
 *   gaps_init       makes a struct gaps that has none; gaps_free gives back its memory
 *   gaps_cover      gets ready for so many granules; false when memory is out, and nothing changed
 *   gaps_take       the first granule of a gap of `size` granules, which is none any more; or 0
 *   gaps_give       makes one of `size` granules; or, at the end, leaves fewer of them `used`
 *   gaps_count      adds its memory to *stats */
#ifndef GRANULES_H
#define GRANULES_H

typedef uint32_t link;

#include "marks.h"

enum {
    GRANULE = 16,    /* bytes */
    GAPS_SIZES = 64, /* blocks are smaller, in granules */
};

/* As many as links can number, or an object can have where addresses are short. */
static const size_t granules_most =
    PTRDIFF_MAX / GRANULE < UINT32_MAX / 2 ? PTRDIFF_MAX / GRANULE : UINT32_MAX / 2;

static inline void *granule_at(const struct region *region, size_t number) {
    return region->bytes + number * GRANULE;
}

#include GAPS

struct blocks {
    struct region region;
    uint32_t used; /* granules that have been handed out so far, the first one included */
    uint32_t live; /* blocks in use */
    size_t room;   /* granules that region and gaps are ready for */
    struct gaps gaps;
};

static inline void blocks_init(struct blocks *blocks) {
    *blocks = (struct blocks){.used = 1};
    gaps_init(&blocks->gaps);
}

static inline void blocks_free(struct blocks *blocks) {
    region_free(&blocks->region);
    gaps_free(&blocks->gaps);
    blocks_init(blocks);
}

static inline void *block_at(const struct blocks *blocks, link block) {
    return blocks->region.bytes + (size_t)block * (GRANULE / 2);
}

static inline uint32_t granules_of(size_t bytes) {
    return (uint32_t)((bytes + GRANULE - 1) / GRANULE);
}

/* Those of a region that links can number: it may have grown by more than was asked for. */
static inline size_t granules_in(const struct region *region) {
    size_t granules = region->size / GRANULE;
    return granules < granules_most ? granules : granules_most;
}

/* Makes room for so many granules.  False when memory is out, and no block is lost. */
static __attribute__((noinline)) bool granules_grow(struct blocks *blocks, size_t granules) {
    struct region *region = &blocks->region;
    bool grown = granules <= granules_most &&
                 (granules * GRANULE <= region->size || region_grow(region, granules * GRANULE)) &&
                 gaps_cover(&blocks->gaps, granules_in(region));
    if (grown)
        blocks->room = granules_in(region);
    else if (blocks->live == 0)
        blocks_free(blocks);
    return grown;
}

static inline link block_alloc(struct blocks *blocks, size_t bytes) {
    uint32_t granules = granules_of(bytes);
    assert(granules < GAPS_SIZES - 1);
    uint32_t number = gaps_take(&blocks->gaps, &blocks->region, granules);
    if (number == 0) {
        size_t needed = (size_t)blocks->used + granules;
        if (needed > blocks->room && !granules_grow(blocks, needed))
            return LINK_NONE;
        number = blocks->used;
        blocks->used += granules;
    }
    blocks->live++;
    return number * 2;
}

static inline void block_free(struct blocks *blocks, link block, size_t bytes) {
    gaps_give(&blocks->gaps, &blocks->region, block / 2, granules_of(bytes), &blocks->used);
    if (--blocks->live == 0)
        blocks_free(blocks);
}

static inline void block_count(const struct blocks *blocks, link block, struct hamt_stats *stats) {
    (void)blocks, (void)block, (void)stats; /* the region is counted whole */
}

static inline void blocks_count(const struct blocks *blocks, struct hamt_stats *stats) {
    region_count(&blocks->region, stats);
    gaps_count(&blocks->gaps, stats);
}

#endif
