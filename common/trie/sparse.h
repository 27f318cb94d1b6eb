/* sparse.h - the array mapping of "hash array mapped trie".
 *
 * A node has room for 64 children but seldom has more than a few.  So it keeps a bitmap of the
 * occupied chunks and, in an array without gaps, the children in the order of their chunks: a child
 * stands at the index that is the number of occupied chunks below its own, one popcount away.
 *
 *     bitmap   ...0 0 1 0 0 1 1 0      chunks 1, 2 and 5 are occupied
 *     slots    [ child 1 | child 2 | child 5 ]
 */
#ifndef SPARSE_H
#define SPARSE_H

#include "ref_type.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* Opens a gap at `index` among `count` slots and puts `child` there; the array has room. */
static inline void sparse_insert(ref *slots, unsigned count, unsigned index, ref child) {
    memmove(slots + index + 1, slots + index, (count - index) * sizeof *slots);
    slots[index] = child;
}

/* Closes the gap that the child at `index` leaves among `count` slots. */
static inline void sparse_erase(ref *slots, unsigned count, unsigned index) {
    memmove(slots + index, slots + index + 1, (count - index - 1) * sizeof *slots);
}

/* The same two while moving to another array; the old one is left as it was. */
static inline void sparse_copy_insert(ref *to, const ref *from, unsigned count, unsigned index,
                                      ref child) {
    if (count > 0) {
        memcpy(to, from, index * sizeof *to);
        memcpy(to + index + 1, from + index, (count - index) * sizeof *to);
    }
    to[index] = child;
}

static inline void sparse_copy_erase(ref *to, const ref *from, unsigned count, unsigned index) {
    memcpy(to, from, index * sizeof *to);
    memcpy(to + index, from + index + 1, (count - index - 1) * sizeof *to);
}

#endif
