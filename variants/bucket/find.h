/* find.h (bucket) - how is an entry found in its bucket?
 *
 * Contract.  struct find stands at the head of a bucket and knows what it likes of entries' hashes.
 *   find_init        of a bucket that has no entry yet
 *   find_set         an entry of this hash is stored at `index`
 *   find_move        the entry at `from` is moved to `to`, and `from` is free
 *   find_candidates  which of the first `count` entries may have this hash: bit i for the one at i
 *   find_bits        the last FIND_BITS bits of the hash of the entry at `index`, the others 0
 *   find_check       whether what it knows of the entry at `index`, of this hash, is so
 * A bucket that is copied to a larger or smaller block takes its struct find along.
 *
 * Here it knows nothing: all keys are compared, in the order in which they came. */
#ifndef FIND_H
#define FIND_H

enum { FIND_BITS = 0 };

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

static inline uint32_t find_candidates(const struct find *find, unsigned count, uint64_t hash) {
    (void)find, (void)hash;
    return (UINT32_C(1) << count) - 1;
}

static inline uint64_t find_bits(const struct find *find, unsigned index) {
    (void)find, (void)index;
    return 0;
}

static inline bool find_check(const struct find *find, unsigned index, uint64_t hash) {
    (void)find, (void)index, (void)hash;
    return true;
}

#endif
