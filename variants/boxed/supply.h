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

struct supply {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline void supply_init(struct supply *supply) {
    supply->none = 0;
}

static inline void supply_free(struct supply *supply) {
    (void)supply;
}

static inline void *supply_take(struct supply *supply, size_t bytes) {
    (void)supply;
    return mem_alloc(bytes);
}

static inline void supply_give(struct supply *supply, void *block, size_t bytes) {
    (void)supply, (void)bytes;
    mem_free(block);
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

static inline const char *supply_check(const struct supply *supply) {
    (void)supply;
    return NULL;
}

static inline void supply_count(const struct supply *supply, enum hamt_bytes use, const void *block,
                                size_t bytes, struct hamt_stats *stats) {
    (void)supply, (void)bytes;
    count_block(stats, use, block);
}

static inline void supply_count_all(const struct supply *supply, struct hamt_stats *stats) {
    (void)supply, (void)stats;
}

#endif
