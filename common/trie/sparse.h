/* sparse.h - an array of child slots without gaps, whose bitmap says which chunks they are for
 * (bitmap.h). */
#ifndef SPARSE_H
#define SPARSE_H

#include "bitmap.h"
#include "ref_type.h"

#include <string.h>

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
