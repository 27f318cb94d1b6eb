/* find.h (vector) - how is an entry found in its bucket?
 *
 * Parent: tags.  Change: the processor's vector instructions compare all tags, sixteen at a time
 * (common/bucket/tags_vector.h), where words do it eight at a time and need a multiplication each
 * to gather the answer.  A get has some forty instructions less, so that more of them are under way
 * at once, and their misses with them: what a processor overlaps is what fits its reorder buffer.
 */
#ifndef FIND_H
#define FIND_H

static inline size_t find_bytes(unsigned capacity) {
    (void)capacity;
    return CAPACITY_MOST;
}

#include "tags_vector.h"

#endif
