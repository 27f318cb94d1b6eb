/* share_counted.h - for those variants of share.h that count the holders of a node behind it:
 *
 *     [ node as ref.h has it | holders ]
 *
 * All but share_alone, which is theirs to say.  Versions have their stores in common, so that a
 * node goes back to where it came from whoever was the last to hold it, and with every kind of
 * store. */
#ifndef SHARE_COUNTED_H
#define SHARE_COUNTED_H

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

static inline void share_join(struct share *share) {
    share->common->versions++;
}

static inline void share_free(struct share *share) {
    if (--share->common->versions > 0)
        return;
    stores_free(&share->common->stores);
    mem_free(share->common);
}

static inline void share_count(const struct share *share, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, share->common);
}

static inline size_t share_bytes(enum node_kind kind) {
    return ref_node_bytes(kind) + sizeof(size_t);
}

static inline size_t *share_holders(ref node) {
    size_t before = ref_node_bytes(ref_is_leaf(node) ? NODE_LEAF : NODE_INNER);
    return (size_t *)(void *)((char *)ref_memory(node) + before);
}

static inline void share_begin(ref node) {
    *share_holders(node) = 1;
}

static inline void share_hold(ref node) {
    ++*share_holders(node);
}

static inline bool share_leave(ref node) {
    return --*share_holders(node) == 0;
}

static inline const char *share_check(ref node) {
    return *share_holders(node) > 0 ? NULL : "share: a node that is reached has a holder";
}

#endif
