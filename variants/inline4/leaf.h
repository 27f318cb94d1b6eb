/* leaf.h (inline4) - how does a leaf keep its entries?
 *
 * Parent: move.  Change: the first four lie in the leaf itself, and only a fifth needs an array.
 * Waste: three of the four places in nearly every leaf. */
#ifndef LEAF_H
#define LEAF_H

enum { LEAF_INLINE = 4 };

struct leaf {
    struct entry first[LEAF_INLINE];
    uint32_t count;      /* entries in `first` */
    struct entries more; /* none as long as `first` has room */
};

HOT bool leaf_init(struct leaf *leaf, hamt_key key, uint64_t value) {
    leaf->count = 1;
    leaf->more = (struct entries){0};
    return entry_copy(&leaf->first[0], key, value);
}

HOT struct entry *leaf_find(const struct leaf *leaf, hamt_key key) {
    for (uint32_t i = 0; i < leaf->count; i++)
        if (key_equal(leaf->first[i].key, key))
            return (struct entry *)&leaf->first[i];
    return entries_find(&leaf->more, key);
}

HOT enum hamt_put_result leaf_put(struct leaf *leaf, hamt_key key, uint64_t value) {
    struct entry *found = leaf_find(leaf, key);
    if (found) {
        found->value = value;
        return HAMT_REPLACED;
    }
    if (leaf->count == LEAF_INLINE)
        return entries_add(&leaf->more, key, value) ? HAMT_NEW : HAMT_NO_MEMORY;
    if (!entry_copy(&leaf->first[leaf->count], key, value))
        return HAMT_NO_MEMORY;
    leaf->count++;
    return HAMT_NEW;
}

/* The last entry fills the place, so that `first` stays full while there are more. */
HOT void leaf_remove(struct leaf *leaf, struct entry *entry) {
    entry_drop(entry);
    if (leaf->more.count > 0)
        entries_take_last(&leaf->more, entry);
    else
        *entry = leaf->first[--leaf->count];
}

static inline size_t leaf_count(const struct leaf *leaf) {
    return leaf->count + (size_t)leaf->more.count;
}

static inline const struct entry *leaf_at(const struct leaf *leaf, size_t index) {
    return index < leaf->count ? &leaf->first[index] : &leaf->more.items[index - leaf->count];
}

static inline void leaf_free(struct leaf *leaf) {
    for (uint32_t i = 0; i < leaf->count; i++)
        entry_drop(&leaf->first[i]);
    entries_free(&leaf->more);
}

static inline const char *leaf_check(const struct leaf *leaf) {
    if (leaf->count == 0 || leaf->count > LEAF_INLINE ||
        (leaf->count < LEAF_INLINE && leaf->more.count > 0))
        return "leaf: its own places are filled first, and never empty";
    return entries_check(&leaf->more);
}

static inline void leaf_count_bytes(const struct leaf *leaf, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_ENTRIES, leaf->more.items);
}

#endif
