/* capacity.h (whole) - how large does a bucket get, and in which steps?
 *
 * Parent: bucket.  Change: it has room for all that it may ever hold from the start.  Nothing is
 * copied until it parts.
 * Waste: a quarter and more of its places are empty at any time. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 24 };

static inline unsigned capacity_for(unsigned count, unsigned width) {
    (void)count, (void)width;
    return CAPACITY_MOST;
}

#endif
