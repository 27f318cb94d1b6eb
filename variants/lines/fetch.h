/* fetch.h (lines) - what is fetched ahead of its use?
 *
 * Parent: bucket.  Change: the three lines that follow a bucket's first.  The head of a bucket says
 * which entry to look at, so the entry's line is asked for only when the head has come; asked for
 * together, they come together.  The first is what the search reads at once.
 * Cost: up to three lines that nobody looks at. */
#ifndef FETCH_H
#define FETCH_H

#include "fetch_lines.h"

static inline void fetch(const void *block, size_t entries) {
    (void)entries;
    fetch_lines(block, 1, 4);
}

#include "fetch_in_turn.h"

#endif
