/* children.h (slotwise) - how does a node keep its children?
 *
 * Parent: four.  Change: an array that grows hands its children on slot by slot, as the seeds'
 * phase 2.5 did, and not by memcpy.
 *
 * Cost: a load and a store for each slot.  The slots are read as volatile, since compilers make a
 * memcpy, or vector instructions, of the plain loop; volatile words are read one by one. */
#ifndef CHILDREN_H
#define CHILDREN_H

enum { CHILDREN_FIRST = 4 };

static inline void children_copy_insert(ref *to, const ref *from, unsigned count, unsigned index,
                                        ref child) {
    const volatile ref *slots = from;
    for (unsigned i = 0; i < index; i++)
        to[i].word = slots[i].word;
    to[index] = child;
    for (unsigned i = index; i < count; i++)
        to[i + 1].word = slots[i].word;
}

#include "children_doubling.h"

#endif
