/* children.h (pool) - how does a node keep its children?
 *
 * Parent: list.  Change: the arrays are cut from one pool of config->pool_slots slots by moving a
 * mark, and malloc serves what no longer fits (children_pool.h).
 * Waste: an array that is outgrown stays behind in the pool as dead slots until no array is alive;
 * most nodes have one child and four slots; the pool has its size however small the map is. */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "children_pool.h"

static inline void children_copy_insert(ref *to, const ref *from, unsigned count, unsigned index,
                                        ref child) {
    sparse_copy_insert(to, from, count, index, child);
}

#endif
