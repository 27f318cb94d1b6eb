/* supply.h (rounded) - where does memory for nodes and entries come from?
 *
 * Parent: boxed.  Change: malloc is asked for size classes (common/champ/size_class.h).  A node
 * whose class stays the same stays where it is: a put of shuffled integers calls realloc 0.3 to 0.8
 * times; without classes, each that adds an entry to a node does.
 * Waste: the slack of a class, up to 6 % of all blocks. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "size_class.h"
#include "supply_malloced.h"

static inline size_t supply_rounded(size_t bytes) {
    return size_class_units(size_class_of(bytes)) * sizeof(size_unit);
}

static inline void *supply_take(struct supply *supply, size_t bytes) {
    (void)supply;
    return bytes <= size_most ? mem_alloc(supply_rounded(bytes)) : NULL;
}

static inline void *supply_grow(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply;
    if (wanted > size_most)
        return NULL;
    bool serves = size_class_of(had) == size_class_of(wanted);
    return serves ? block : mem_resize(block, supply_rounded(wanted));
}

static inline void *supply_shrink(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply;
    bool serves = size_class_of(had) == size_class_of(wanted);
    void *smaller = serves ? NULL : mem_resize(block, supply_rounded(wanted));
    return smaller ? smaller : block;
}

#endif
