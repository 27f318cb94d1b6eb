/* leaf_list.h - for those variants of leaf.h that keep the entries in a growable list: everything
 * but putting one in. */
#ifndef LEAF_LIST_H
#define LEAF_LIST_H

struct leaf {
    struct entries list;
};

/* The variant's own. */
HOT enum hamt_put_result leaf_put(struct leaf *leaf, hamt_key key, uint64_t value);

static inline void leaf_free(struct leaf *leaf) {
    entries_free(&leaf->list);
}

HOT bool leaf_init(struct leaf *leaf, hamt_key key, uint64_t value) {
    *leaf = (struct leaf){0};
    if (leaf_put(leaf, key, value) == HAMT_NEW)
        return true;
    leaf_free(leaf);
    return false;
}

HOT struct entry *leaf_find(const struct leaf *leaf, hamt_key key) {
    return entries_find(&leaf->list, key);
}

HOT void leaf_remove(struct leaf *leaf, struct entry *entry) {
    entry_drop(entry);
    entries_take_last(&leaf->list, entry);
}

static inline size_t leaf_count(const struct leaf *leaf) {
    return leaf->list.count;
}

static inline const struct entry *leaf_at(const struct leaf *leaf, size_t index) {
    return &leaf->list.items[index];
}

static inline const char *leaf_check(const struct leaf *leaf) {
    return entries_check(&leaf->list);
}

static inline void leaf_count_bytes(const struct leaf *leaf, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_ENTRIES, leaf->list.items);
}

#endif
