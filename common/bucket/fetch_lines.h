/* fetch_lines.h - fetching cache lines of a block, by their numbers. */
#ifndef FETCH_LINES_H
#define FETCH_LINES_H

enum {
    FETCH_LINE = 64,     /* bytes */
    FETCH_FAR = 1 << 19, /* entries from which on a map is likely to be larger than the caches, so
                            that its buckets come from memory */
};

/* The lines from this one on to that one, which is not fetched.  Computed with numbers: the block
 * may be none, of which nothing may be computed, and a fetch of that never faults. */
static inline void fetch_lines(const void *block, uintptr_t from, uintptr_t to) {
    for (uintptr_t line = from; line < to; line++)
        __builtin_prefetch((const void *)((uintptr_t)block + line * FETCH_LINE));
}

/* To be called behind fetches in a loop, or under a condition: gcc takes what does nothing but
 * fetch for what does nothing, and drops it, but for this. */
static inline void fetch_kept(void) {
    __asm__ volatile("");
}

#endif
