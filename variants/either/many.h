/* many.h (either) - what is done about several keys before each has its turn?
 *
 * Parent: staged.  Change: in a map of half a million entries and more, eight lines of each bucket
 * are fetched together, as abreast does with four: there the line of the entry comes from memory,
 * and to wait for the bucket's first line before it costs more than lines that nobody looks at.
 * Cost: up to seven of these lines for a key. */
#ifndef MANY_H
#define MANY_H

#include "together.h"

enum { MANY_LINES = 8 };

static inline void many_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              uint64_t *hashes) {
    together_slots(map, keys, count, hashes);
    if (map->size < FETCH_FAR)
        together_entries(map, hashes, count);
    else
        together_lines(map, hashes, count, MANY_LINES);
}

#endif
