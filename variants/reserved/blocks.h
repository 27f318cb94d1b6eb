/* blocks.h (reserved) - where does a block's memory come from, and what leads to it?
 *
 * Parent: granules.  Change: the region has address space of its own (common/bucket/reserved.h),
 * and grows there by a 32nd where a malloc'ed one grows by an eighth, and may have to move.
 * Cost: 1 GiB of address space for each map of more than 4 KiB, and a call of the system for each
 * step. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_SMALL);
}

#define GAPS "gaps_by_size.h"
#include "granules.h"

#endif
