/* fetch.h (bucket) - what is fetched ahead of its use?
 *
 * Contract: fetch(block, entries) is called when a search knows the block of the bucket it is going
 * to look into, and has touched nothing of it; `entries` are all that the map has.  No effect but
 * on caches.
 *
 * Here nothing is: the processor finds out for itself. */
#ifndef FETCH_H
#define FETCH_H

static inline void fetch(const void *block, size_t entries) {
    (void)block, (void)entries;
}

#endif
