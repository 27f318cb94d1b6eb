/* fetch.h (lines) - what is fetched ahead of its use?
 *
 * Parent: bucket.  Change: the three lines that follow a bucket's first.  The head of a bucket says
 * which entry to look at, so the entry's line is asked for only when the head has come; asked for
 * together, they come together.  The first is what the search reads at once.
 * Cost: up to three lines that nobody looks at. */
#ifndef FETCH_H
#define FETCH_H

enum { FETCH_LINES = 4, FETCH_LINE = 64 /* bytes */ };

static inline void fetch(const void *block, size_t entries) {
    (void)entries;
    for (int i = 1; i < FETCH_LINES; i++)
        __builtin_prefetch((const char *)block + (ptrdiff_t)i * FETCH_LINE);
}

#include "fetch_in_turn.h"

#endif
