/* leaf.h (single) - how does a leaf keep its entries?
 *
 * Parent: move.  Change: the leaf is one entry, and a list of further ones that only a collision of
 * full hashes makes: practically never.
 * Waste: the pointer to that list. */
#ifndef LEAF_H
#define LEAF_H

struct leaf {
    struct entry entry;
    struct entries *more; /* NULL unless hashes collide; never an empty list */
};

HOT bool leaf_init(struct leaf *leaf, hamt_key key, uint64_t value) {
    leaf->more = NULL;
    return entry_copy(&leaf->entry, key, value);
}

HOT struct entry *leaf_find(const struct leaf *leaf, hamt_key key) {
    if (key_equal(leaf->entry.key, key))
        return (struct entry *)&leaf->entry;
    return leaf->more ? entries_find(leaf->more, key) : NULL;
}

/* Gives back the list if it has no entries. */
static inline void leaf_trim(struct leaf *leaf) {
    if (leaf->more->count > 0)
        return;
    entries_free(leaf->more);
    mem_free(leaf->more);
    leaf->more = NULL;
}

HOT enum hamt_put_result leaf_put(struct leaf *leaf, hamt_key key, uint64_t value) {
    struct entry *found = leaf_find(leaf, key);
    if (found) {
        found->value = value;
        return HAMT_REPLACED;
    }
    if (!leaf->more) {
        leaf->more = mem_alloc(sizeof *leaf->more);
        if (!leaf->more)
            return HAMT_NO_MEMORY;
        *leaf->more = (struct entries){0};
    }
    if (entries_add(leaf->more, key, value))
        return HAMT_NEW;
    leaf_trim(leaf);
    return HAMT_NO_MEMORY;
}

HOT void leaf_remove(struct leaf *leaf, struct entry *entry) {
    entry_drop(entry);
    entries_take_last(leaf->more, entry);
    leaf_trim(leaf);
}

static inline size_t leaf_count(const struct leaf *leaf) {
    return 1 + (leaf->more ? (size_t)leaf->more->count : 0);
}

static inline const struct entry *leaf_at(const struct leaf *leaf, size_t index) {
    return index == 0 ? &leaf->entry : &leaf->more->items[index - 1];
}

static inline void leaf_free(struct leaf *leaf) {
    entry_drop(&leaf->entry);
    if (leaf->more) {
        entries_free(leaf->more);
        mem_free(leaf->more);
    }
}

static inline const char *leaf_check(const struct leaf *leaf) {
    if (!leaf->more)
        return NULL;
    if (leaf->more->count == 0)
        return "leaf: a list of further entries is never empty";
    return entries_check(leaf->more);
}

static inline void leaf_count_bytes(const struct leaf *leaf, struct hamt_stats *stats) {
    if (!leaf->more)
        return;
    count_block(stats, HAMT_BYTES_ENTRIES, leaf->more);
    count_block(stats, HAMT_BYTES_ENTRIES, leaf->more->items);
}

#endif
