/* supply.h (boxed) - where does memory for nodes and entries come from?
 *
 * Contract.  Blocks of any number of bytes, aligned for pointers and uint64_t.
 *   supply_init    makes the map's supply, empty; it takes no memory
 *   supply_free    frees it when all blocks have been given back
 *   supply_take    a block; NULL when memory is out
 *   supply_give    takes one back, which had so many bytes
 *   supply_grow    a block of `wanted` bytes that begins with the `had` bytes of this one, which is
 *                  void then; NULL when memory is out, and it is as it was
 *   supply_shrink  the same to fewer bytes; never fails
 *   supply_check   the first broken invariant, NULL if all hold
 *   supply_count   adds one block to *stats, if malloc knows it
 *   supply_count_all
 *                  adds what the supply holds as a whole
 * When the last block has been given back, it holds what a new one does.
 *
 * Here each block is malloc'ed. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "supply_malloced.h"

static inline void *supply_take(struct supply *supply, size_t bytes) {
    (void)supply;
    return mem_alloc(bytes);
}

static inline void *supply_grow(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply, (void)had;
    return mem_resize(block, wanted);
}

static inline void *supply_shrink(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply, (void)had;
    void *smaller = mem_resize(block, wanted);
    return smaller ? smaller : block;
}

#endif
