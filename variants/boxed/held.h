/* held.h (boxed) - what does a node hold of an entry?
 *
 * Contract: struct held is that; it is moved by plain assignment as long as one copy is forgotten.
 *   held_make   of a new entry, whose key is copied; false when memory is out
 *   held_entry  the entry; it stays where it is until the node changes
 *   held_drop   frees the entry and its key
 *   held_count  adds the entry's own block, if it has one, to *stats
 *
 * Here a pointer to it, as a trie has whose leaves are nodes. */
#ifndef HELD_H
#define HELD_H

struct held {
    struct entry *entry;
};

static inline bool held_make(struct supply *supply, hamt_key key, uint64_t value,
                             struct held *made) {
    made->entry = supply_take(supply, sizeof *made->entry);
    if (!made->entry)
        return false;
    if (entry_copy(made->entry, key, value))
        return true;
    supply_give(supply, made->entry, sizeof *made->entry);
    return false;
}

static inline struct entry *held_entry(const struct held *held) {
    return held->entry;
}

static inline void held_drop(struct supply *supply, struct held held) {
    entry_drop(held.entry);
    supply_give(supply, held.entry, sizeof *held.entry);
}

static inline void held_count(const struct supply *supply, const struct held *held,
                              struct hamt_stats *stats) {
    supply_count(supply, HAMT_BYTES_ENTRIES, held->entry, sizeof *held->entry, stats);
}

#endif
