/* fetch.h (bucket) - what is fetched ahead of its use?
 *
 * Contract.  No effect but on caches.
 *   fetch        a search knows the block of the bucket it is going to look into, and has touched
 *                nothing of it; `entries` are all that the map has
 *   fetch_ahead  all entries are visited, slot by slot of the root, and the turn of what this block
 *                is, a bucket or a fork, comes FETCH_AHEAD slots later; not called where that is 0
 *
 * Here nothing is: the processor finds out for itself. */
#ifndef FETCH_H
#define FETCH_H

static inline void fetch(const void *block, size_t entries) {
    (void)block, (void)entries;
}

#include "fetch_in_turn.h"

#endif
