/* blocks.h (coalescing) - where does a block's memory come from, and what leads to it?
 *
 * Parent: reserved.  Change: free blocks that are neighbours become one, and a block is cut from
 * the smallest free one that is large enough (common/bucket/gaps_joined.h).  Where free blocks wait
 * for their own size they hold a tenth of a map and more, here two to six hundredths.
 * Cost: a free block is taken out of one list and put into another when a neighbour dies. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_SMALL);
}

#define GAPS "gaps_joined.h"
#include "granules.h"

#endif
