/* many.h (staged) - what is done about several keys before each has its turn?
 *
 * Parent: abreast.  Change: of each bucket the first line alone is fetched, where the tags are, and
 * then the line of the entry whose tag agrees, where abreast fetches all that it may lie in: two
 * lines for a key instead of four.
 * Cost: tags are compared twice, and the entry's line comes after the bucket's first instead of
 * with it.  In a map that fits the caches fewer lines are worth more than that, in a larger one
 * less. */
#ifndef MANY_H
#define MANY_H

#include "together.h"

static inline void many_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              uint64_t *hashes) {
    together_slots(map, keys, count, hashes);
    together_entries(map, hashes, count);
}

#endif
