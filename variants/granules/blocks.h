/* blocks.h (granules) - where does a block's memory come from, and what leads to it?
 *
 * Parent: bucket.  Change: all blocks lie in one region, and a link is a number of four bytes
 * (common/bucket/granules.h).
 *
 * The region is malloc'ed and grows by an eighth; since links are numbers, it may move when it
 * does. Waste: up to an eighth of it is not used yet. */
#ifndef BLOCKS_H
#define BLOCKS_H

enum {
    REGION_FIRST = 512, /* bytes */
    REGION_GROWTH = 8,  /* it grows by its size over this */
};

struct region {
    char *bytes;
    size_t size;
};

static inline bool region_grow(struct region *region, size_t needed) {
    size_t size = needed + region->size / REGION_GROWTH;
    size = size < REGION_FIRST ? REGION_FIRST : size;
    char *bytes = (char *)mem_resize(region->bytes, size);
    if (!bytes)
        return false;
    *region = (struct region){bytes, size};
    return true;
}

static inline void region_free(struct region *region) {
    mem_free(region->bytes);
    *region = (struct region){0};
}

static inline void region_count(const struct region *region, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, region->bytes);
}

#define GAPS "gaps_by_size.h"
#include "granules.h"

#endif
