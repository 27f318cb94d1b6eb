/* count.h - adding up memory for hamt_stats. */
#ifndef COUNT_H
#define COUNT_H

#include "inside.h"
#include "mem.h"

/* Adds one block that mem_alloc gave to the memory used for `use`; NULL adds nothing. */
static inline void count_block(struct hamt_stats *stats, enum hamt_bytes use, const void *block) {
    if (!block)
        return;
    stats->bytes[use] += mem_usable(block);
    stats->blocks++;
}

#endif
