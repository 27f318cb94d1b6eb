/* blocks.h (granules) - where does a block's memory come from, and what leads to it?
 *
 * Parent: bucket.  Change: all blocks lie in one region, and a link is a number of four bytes
 * (common/bucket/granules.h).
 *
 * The region is malloc'ed and grows by an eighth; since links are numbers, it may move when it
 * does.
 * Waste: up to an eighth of it is not used yet. */
#ifndef BLOCKS_H
#define BLOCKS_H

struct region {
    char *bytes;
    size_t size;
};

#include "malloced.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return malloced_grow(region, needed);
}

static inline void region_free(struct region *region) {
    malloced_free(region);
}

static inline void region_count(const struct region *region, struct hamt_stats *stats) {
    malloced_count(region, stats);
}

#define GAPS "gaps_by_size.h"
#include "granules.h"

#endif
