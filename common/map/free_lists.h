/* free_lists.h - the free blocks of a pool (pool.h): a list for each size class, whose last-freed
 * block serves the next request for that class, and no other. */
#ifndef FREE_LISTS_H
#define FREE_LISTS_H

/* What is in a free block: the next one of its class. */
struct free_block {
    struct free_block *next;
};

struct free_lists {
    struct free_block *first[SIZE_CLASSES]; /* NULL: none of that class */
};

static inline void free_put(struct free_lists *lists, void *block, unsigned size_class) {
    struct free_block *freed = block;
    freed->next = lists->first[size_class];
    lists->first[size_class] = freed;
}

static inline void *free_pop(struct free_lists *lists, unsigned size_class) {
    struct free_block *block = lists->first[size_class];
    lists->first[size_class] = block->next;
    return block;
}

static inline const char *free_check(const struct free_lists *lists) {
    (void)lists;
    return NULL;
}

#endif
