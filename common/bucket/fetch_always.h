/* fetch_always.h - what fetch_far.h fetches, in a map of any size. */
#ifndef FETCH_ALWAYS_H
#define FETCH_ALWAYS_H

#include "fetch_far.h"

static inline void fetch(const void *block, size_t entries) {
    fetch_far(block, entries);
}

#endif
