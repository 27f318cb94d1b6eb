/* fetch_onward.h - while all entries are visited, the first four lines are fetched of the bucket
 * whose turn comes four slots later. */
#ifndef FETCH_ONWARD_H
#define FETCH_ONWARD_H

#include "fetch_far.h"

enum { FETCH_AHEAD = 4 /* slots */ };

static inline void fetch_ahead(const void *block) {
    fetch_lines(block, 0, FETCH_NEAR_LINES);
    fetch_kept();
}

#endif
