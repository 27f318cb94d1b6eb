/* find.h (fitted) - how is an entry found in its bucket?
 *
 * Parent: vector.  Change: there is room for as many tags as for entries, where a bucket has room
 * for the most tags it may ever need from the start, a quarter of which are empty.
 * Cost: where the records begin follows from the bucket's capacity, which must be read first. */
#ifndef FIND_H
#define FIND_H

static inline size_t find_bytes(unsigned capacity) {
    return capacity;
}

#include "tags_vector.h"

#endif
