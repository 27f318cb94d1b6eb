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
    FETCH_LINE = 64,     /* bytes */
};

static inline void fetch_line(const void *block, ptrdiff_t line) {
    __builtin_prefetch((const char *)block + line * FETCH_LINE);
}

/* Written out: gcc takes a loop that does nothing but fetch for one that does nothing. */
static inline void fetch(const void *block, size_t entries) {
    fetch_line(block, 1);
    fetch_line(block, 2);
    fetch_line(block, 3);
    if (entries >= FETCH_FAR) {
        fetch_line(block, 4);
        fetch_line(block, 5);
        fetch_line(block, 6);
        fetch_line(block, 7);
    }
}

#endif
