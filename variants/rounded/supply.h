/* supply.h (rounded) - where does memory for nodes and entries come from?
 *
 * Parent: boxed.  Change: malloc is asked for size classes (common/champ/size_class.h), so that
 * most entries are added and removed without it.
 * Waste: the slack of a class, a twentieth of all blocks. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "size_class.h"

struct supply {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline void supply_init(struct supply *supply) {
    supply->none = 0;
}

static inline void supply_free(struct supply *supply) {
    (void)supply;
}

static inline size_t supply_rounded(size_t bytes) {
    return supply_words(supply_class(bytes)) * SUPPLY_WORD;
}

static inline void *supply_take(struct supply *supply, size_t bytes) {
    (void)supply;
    return bytes <= supply_most ? mem_alloc(supply_rounded(bytes)) : NULL;
}

static inline void supply_give(struct supply *supply, void *block, size_t bytes) {
    (void)supply, (void)bytes;
    mem_free(block);
}

static inline void *supply_grow(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply;
    if (wanted > supply_most)
        return NULL;
    bool serves = supply_class(had) == supply_class(wanted);
    return serves ? block : mem_resize(block, supply_rounded(wanted));
}

static inline void *supply_shrink(struct supply *supply, void *block, size_t had, size_t wanted) {
    (void)supply;
    bool serves = supply_class(had) == supply_class(wanted);
    void *smaller = serves ? NULL : mem_resize(block, supply_rounded(wanted));
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
