/* blocks.h (ready) - where does a block's memory come from, and what leads to it?
 *
 * Parent: huge.  Change: the region grows by 16 KiB, and these four pages are brought in by one
 * call of the system, where each of them stopped the put that was the first to touch it.  More of
 * them at once would cost less in all, and more of the one put that waits. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_LARGE | RESERVED_READY);
}

#define GAPS "gaps_joined.h"
#include "granules.h"

#endif
