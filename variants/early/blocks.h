/* blocks.h (early) - where does a block's memory come from, and what leads to it?
 *
 * Parent: apart.  Change: the region grows by a sixteenth, and all of that is brought in at once:
 * fewer puts wait, and the system is called less often.
 * Cost: those few wait for longer, the larger the map; and up to a sixteenth is resident that is
 * not used. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_LARGE | RESERVED_READY | RESERVED_EARLY);
}

#define GAPS "gaps_by_size.h"
#include "granules.h"

#endif
