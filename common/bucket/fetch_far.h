/* fetch_far.h - a bucket's first four lines are fetched, in a large map all that it may have. */
#ifndef FETCH_FAR_H
#define FETCH_FAR_H

#include "fetch_lines.h"

enum { FETCH_NEAR_LINES = 4, FETCH_FAR_LINES = 8 };

static inline void fetch_far(const void *block, size_t entries) {
    fetch_lines(block, 1, FETCH_NEAR_LINES);
    if (entries >= FETCH_FAR) {
        fetch_lines(block, FETCH_NEAR_LINES, FETCH_FAR_LINES);
        fetch_kept();
    }
}

#endif
