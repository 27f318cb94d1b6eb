/* fetch.h (sparing) - what is fetched ahead of its use?
 *
 * Parent: onward.  Change: a search in a map of fewer than 131,072 entries fetches nothing.  There
 * a bucket's lines come from a cache that is near, and searches overlap by themselves, since a
 * processor begins several ahead; one for a key that is missing needs but the first line, and pays
 * for the others.
 * Cost: a search that finds its key waits for the entry's line after that of its tag. */
#ifndef FETCH_H
#define FETCH_H

#include "fetch_far.h"

enum { FETCH_FROM = 1 << 17 /* entries */ };

static inline void fetch(const void *block, size_t entries) {
    if (entries >= FETCH_FROM)
        fetch_far(block, entries);
}

enum { FETCH_AHEAD = 4 /* slots */ };

static inline void fetch_ahead(const void *block) {
    fetch_lines(block, 0, FETCH_NEAR_LINES);
    fetch_kept();
}

#endif
