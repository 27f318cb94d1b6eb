/* bitmap.h - the array mapping of "hash array mapped trie".
 *
 * A node has room for 64 children but seldom has more than a few.  So it keeps a bitmap of the
 * occupied chunks and, in an array without gaps, the children in the order of their chunks: a child
 * stands at the index that is the number of occupied chunks below its own, one popcount away.
 *
 *     bitmap   ...0 0 1 0 0 1 1 0      chunks 1, 2 and 5 are occupied
 *     slots    [ child 1 | child 2 | child 5 ]
 */
#ifndef BITMAP_H
#define BITMAP_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t sparse_bit(unsigned chunk) {
    return UINT64_C(1) << chunk;
}

static inline bool sparse_has(uint64_t bitmap, unsigned chunk) {
    return bitmap >> chunk & 1;
}

static inline unsigned sparse_count(uint64_t bitmap) {
    return (unsigned)__builtin_popcountll(bitmap);
}

/* Where in the array the child for `chunk` stands, or would. */
static inline unsigned sparse_index(uint64_t bitmap, unsigned chunk) {
    return sparse_count(bitmap & (sparse_bit(chunk) - 1));
}

#endif
