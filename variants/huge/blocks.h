/* blocks.h (huge) - where does a block's memory come from, and what leads to it?
 *
 * Parent: coalescing.  Change: beyond 8 MiB the region lies in pages of 2 MiB, if the system has
 * any.  A processor knows where some thousand pages lie; with small ones nearly every look-up in a
 * map of a million entries has to walk the page table first, and a map that grows has 512 times as
 * many pages to ask the system for.
 * Waste: up to 2 MiB of the last page.  One put in some hundred thousand waits for a page to be
 * cleared. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "reserved.h"

static inline bool region_grow(struct region *region, size_t needed) {
    return reserved_grow(region, needed, RESERVED_LARGE);
}

#define GAPS "gaps_joined.h"
#include "granules.h"

#endif
