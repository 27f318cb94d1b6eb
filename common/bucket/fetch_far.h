/* fetch_far.h - a bucket's first four lines are fetched, in a large map all that it may have. */
#ifndef FETCH_FAR_H
#define FETCH_FAR_H

enum {
    FETCH_FAR = 1 << 19, /* entries from which on a bucket is far */
    FETCH_LINES = 4,
    FETCH_FAR_LINES = 8,
    FETCH_LINE = 64, /* bytes */
};

/* By numbers, since of no block nothing may be computed; a fetch of that never faults. */
static inline void fetch_lines(const void *block, uintptr_t from, uintptr_t to) {
    for (uintptr_t line = from; line < to; line++)
        __builtin_prefetch((const void *)((uintptr_t)block + line * FETCH_LINE));
    /* Else gcc finds that what is done under a condition has no effect, and drops it. */
    __asm__ volatile("");
}

static inline void fetch(const void *block, size_t entries) {
    fetch_lines(block, 1, FETCH_LINES);
    if (entries >= FETCH_FAR)
        fetch_lines(block, FETCH_LINES, FETCH_FAR_LINES);
}

#endif
