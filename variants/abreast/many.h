/* many.h (abreast) - what is done about several keys before each has its turn?
 *
 * Parent: bucket.  Change: the memory that 32 keys will need is fetched together, the root's slots
 * first, then the buckets' first lines (common/bucket/together.h).  A bucket below a fork is not
 * fetched: its fork would have to come first.
 * Cost: each slot is read twice, and three lines of a bucket may come in vain. */
#ifndef MANY_H
#define MANY_H

#include "together.h"

enum { MANY_LINES = 4 };

static inline void many_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              uint64_t *hashes) {
    together_slots(map, keys, count, hashes);
    together_lines(map, hashes, count, MANY_LINES);
}

#endif
