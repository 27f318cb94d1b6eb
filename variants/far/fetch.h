/* fetch.h (far) - what is fetched ahead of its use?
 *
 * Parent: lines.  Change: in a map of half a million entries and more, all lines that a bucket of
 * 28 integers may have.  There a line comes from memory, and one that is not asked for with the
 * first is waited for a second time; in a smaller map it comes from a cache, and four lines that
 * nobody looks at cost more than they save. Cost: up to seven lines that nobody looks at. */
#ifndef FETCH_H
#define FETCH_H

enum {
    FETCH_FAR = 1 << 19, /* entries from which on a bucket is far */
    FETCH_LINES = 4,
    FETCH_FAR_LINES = 8,
    FETCH_LINE = 64, /* bytes */
};

static inline void fetch_lines(const void *block, ptrdiff_t from, ptrdiff_t to) {
    for (ptrdiff_t line = from; line < to; line++)
        __builtin_prefetch((const char *)block + line * FETCH_LINE);
    /* Else gcc finds that what is done under a condition has no effect, and drops it. */
    __asm__ volatile("");
}

static inline void fetch(const void *block, size_t entries) {
    fetch_lines(block, 1, FETCH_LINES);
    if (entries >= FETCH_FAR)
        fetch_lines(block, FETCH_LINES, FETCH_FAR_LINES);
}

#endif
