/* supply_malloced.h - what is the same in each supply.h whose blocks are malloc'ed: giving them
 * back, counting them, and nothing to remember. */
#ifndef SUPPLY_MALLOCED_H
#define SUPPLY_MALLOCED_H

struct supply {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline void supply_init(struct supply *supply) {
    supply->none = 0;
}

static inline void supply_free(struct supply *supply) {
    (void)supply;
}

static inline void supply_give(struct supply *supply, void *block, size_t bytes) {
    (void)supply, (void)bytes;
    mem_free(block);
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
