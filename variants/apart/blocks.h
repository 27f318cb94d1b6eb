/* blocks.h (apart) - where does a block's memory come from, and what leads to it?
 *
 * Parent: ready.  Change: free blocks that are neighbours stay apart, each waits for its own size
 * (common/bucket/gaps_by_size.h).  To free a block, or to take one again, touches that block alone;
 * to join it with its neighbours touches theirs, and those before and behind them in their lists.
 * Waste: free blocks of sizes for which nobody asks. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_LARGE | RESERVED_READY);
}

#define GAPS "gaps_by_size.h"
#include "granules.h"

#endif
