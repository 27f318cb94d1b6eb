/* blocks.h (ready) - where does a block's memory come from, and what leads to it?
 *
 * Parent: huge.  Change: the pages by which the region grows are brought in at once, sixteen of
 * them for one call of the system, where each one stopped the put that was the first to touch it.
 * Waste: pages that are resident before they are used, a 32nd of the region and 64 KiB at most. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_LARGE | RESERVED_READY);
}

#define GAPS "gaps_joined.h"
#include "granules.h"

#endif
