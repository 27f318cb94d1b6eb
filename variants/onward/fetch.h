/* fetch.h (onward) - what is fetched ahead of its use?
 *
 * Parent: far.  Change: while all entries are visited, the first four lines of the bucket whose
 * turn comes four slots later: buckets lie in the order in which they were made, so that no
 * processor foresees the next one.
 * Only a directory has slots in a row; without one it is `far`.
 * Cost: where all lies in a cache, some instructions for each slot. */
#ifndef FETCH_H
#define FETCH_H

#include "fetch_always.h"

enum { FETCH_AHEAD = 4 /* slots */ };

static inline void fetch_ahead(const void *block) {
    fetch_lines(block, 0, FETCH_NEAR_LINES);
    fetch_kept();
}

#endif
