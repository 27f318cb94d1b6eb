/* share_counted.h - for those variants of share.h that count the holders of each node.
 *
 * All but share_alone, which is theirs to say.  Versions have their stores in common, so that a
 * node goes back to where it came from whoever was the last to hold it, and with every kind of
 * store. */
#ifndef SHARE_COUNTED_H
#define SHARE_COUNTED_H

#include "share_word.h"

enum { SHARE_TRAIT = HAMT_SHARES };

struct share {
    struct share_common {
        struct stores stores;
        size_t versions; /* maps that take part */
    } * common;
};

static inline struct stores *share_stores(const struct share *share) {
    return &share->common->stores;
}

static inline bool share_init(struct share *share, const struct hamt_config *config) {
    share->common = mem_alloc(sizeof *share->common);
    if (!share->common)
        return false;
    share->common->versions = 1;
    if (stores_init(&share->common->stores, config))
        return true;
    mem_free(share->common);
    return false;
}

static inline bool share_join(struct share *joining, struct share *share) {
    joining->common = share->common;
    share->common->versions++;
    return true;
}

static inline void share_free(struct share *share, struct hamt *map,
                              void free_node(struct hamt *map, ref node)) {
    (void)map, (void)free_node;
    if (--share->common->versions > 0)
        return;
    stores_free(&share->common->stores);
    mem_free(share->common);
}

static inline void share_count(const struct share *share, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, share->common);
}

static inline void share_begin(const struct share *share, ref node) {
    (void)share;
    *share_word(node) = 1;
}

static inline void share_hold(ref node) {
    ++*share_word(node);
}

static inline bool share_give_up(struct share *share, ref node) {
    (void)share, (void)node;
    return true;
}

static inline bool share_leave(const struct share *share, ref node) {
    (void)share;
    return --*share_word(node) == 0;
}

static inline const char *share_check(const struct share *share, ref node) {
    (void)share;
    return *share_word(node) > 0 ? NULL : "share: a node that is reached has a holder";
}

#endif
