/* supply.h (splitting) - where does memory for nodes and entries come from?
 *
 * Parent: classes.  Change: where a class has no free block, one that is twice as large or more is
 * split before unused memory is cut: the nodes of a level grow together, and what they leave behind
 * serves the smaller ones of the next.
 * Cost: a bit for each class, which says whether it has a free block, to be kept true.
 * Waste: free blocks still, of 10,000 integers and more up to a third of the pool. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "size_class.h"

struct free_block {
    struct free_block *next;
};

enum { FREE_SET = 64 }; /* classes that a word has bits for */

struct free_lists {
    uint64_t some[SIZE_CLASSES / FREE_SET]; /* a bit for each class that has a free block */
    struct free_block *first[SIZE_CLASSES];
};

static inline void free_put(struct free_lists *lists, void *block, unsigned size_class) {
    struct free_block *freed = block;
    freed->next = lists->first[size_class];
    lists->first[size_class] = freed;
    lists->some[size_class / FREE_SET] |= UINT64_C(1) << size_class % FREE_SET;
}

static inline void *free_pop(struct free_lists *lists, unsigned size_class) {
    struct free_block *block = lists->first[size_class];
    lists->first[size_class] = block->next;
    if (!block->next)
        lists->some[size_class / FREE_SET] &= ~(UINT64_C(1) << size_class % FREE_SET);
    return block;
}

/* The smallest class from this one on that has a free block; SIZE_CLASSES if there is none. */
static inline unsigned free_class_from(const struct free_lists *lists, unsigned size_class) {
    for (unsigned i = size_class / FREE_SET; i < SIZE_CLASSES / FREE_SET; i++) {
        uint64_t some = lists->some[i];
        if (i == size_class / FREE_SET)
            some = some >> size_class % FREE_SET << size_class % FREE_SET;
        if (some)
            return FREE_SET * i + (unsigned)__builtin_ctzll(some);
    }
    return SIZE_CLASSES;
}

static inline const char *free_check(const struct free_lists *lists) {
    for (unsigned size_class = 0; size_class < SIZE_CLASSES; size_class++)
        if ((lists->first[size_class] != NULL) !=
            (free_class_from(lists, size_class) == size_class))
            return "supply: a bit says whether a class has a free block";
    return NULL;
}

#include "pool.h"

static inline void *pool_split(struct pool *pool, unsigned size_class) {
    size_t words = size_class_units(size_class);
    unsigned larger = free_class_from(&pool->free, size_class_for(2 * words));
    if (larger == SIZE_CLASSES)
        return NULL;
    size_unit *block = free_pop(&pool->free, larger);
    pool_put_pieces(pool, block + words, size_class_units(larger) - words);
    return block;
}

#include "supply_pooled.h"

#endif
