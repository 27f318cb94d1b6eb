/* supply.h (classes) - where does memory for nodes and entries come from?
 *
 * Parent: rounded.  Change: from a pool (common/map/pool.h), which asks malloc for large chunks
 * alone and keeps a list of free blocks for each class.
 * Cost: free blocks that are neighbours never become one, as malloc's do.
 * Waste: free blocks, each of which waits until its own class is asked for again: of 3,000 integers
 * and more, a third to a half of the pool, since the nodes of a level grow together and leave the
 * same classes behind; and a ninth of it, at most, that is not used yet. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "size_class.h"

#include "free_lists.h"
#include "pool.h"

/* None is made of a larger one. */
static inline void *pool_split(struct pool *pool, unsigned size_class) {
    (void)pool, (void)size_class;
    return NULL;
}

#include "supply_pooled.h"

#endif
