/* find.h (bucket) - how is an entry found in its bucket?
 *
 * Contract.  struct find stands at the head of a bucket and knows what it likes about entries.
 *   find_init   of a bucket that has no entry yet
 *   find_set    an entry of this hash is stored at `index`
 *   find_move   the entry at `from` is moved to `to`, and `from` is free
 *   find_in     the index of the entry with this key among the first `count`, `count` if there is
 * none find_check  whether what it knows of the entry at `index`, of this hash, is so A bucket that
 * is copied to a larger or smaller block takes its struct find along.
 *
 * Here it knows nothing: keys are compared in the order in which they came. */
#ifndef FIND_H
#define FIND_H

struct find {
    char none[4]; /* nothing, and C has no empty struct; what follows fills it up to eight bytes */
};

static inline void find_init(struct find *find) {
    memset(find->none, 0, sizeof find->none);
}

static inline void find_set(struct find *find, unsigned index, uint64_t hash) {
    (void)find, (void)index, (void)hash;
}

static inline void find_move(struct find *find, unsigned to, unsigned from) {
    (void)find, (void)to, (void)from;
}

static inline unsigned find_in(const struct find *find, const void *records, unsigned capacity,
                               unsigned count, hamt_key key, uint64_t hash) {
    (void)find, (void)hash;
    unsigned index = 0;
    while (index < count && !key_equal(record_key(records, capacity, index), key))
        index++;
    return index;
}

static inline bool find_check(const struct find *find, unsigned index, uint64_t hash) {
    (void)find, (void)index, (void)hash;
    return true;
}

#endif
