/* held.h (within) - what does a node hold of an entry?
 *
 * Parent: boxed.  Change: the entry itself, so that a search which has come to its slot has nothing
 * more to load, and an entry takes no block and no pointer.
 * Cost: larger slots, of two words instead of one, to be moved when the node changes. */
#ifndef HELD_H
#define HELD_H

struct held {
    struct entry entry;
};

static inline bool held_make(struct supply *supply, hamt_key key, uint64_t value,
                             struct held *made) {
    (void)supply;
    return entry_copy(&made->entry, key, value);
}

static inline struct entry *held_entry(const struct held *held) {
    return (struct entry *)&held->entry;
}

static inline void held_drop(struct supply *supply, struct held held) {
    (void)supply;
    entry_drop(&held.entry);
}

static inline void held_count(const struct supply *supply, const struct held *held,
                              struct hamt_stats *stats) {
    (void)supply, (void)held, (void)stats;
}

#endif
