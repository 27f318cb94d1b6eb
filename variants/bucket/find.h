/* find.h (bucket) - how is an entry found in its bucket?
 *
 * Contract.  `find` is some bytes of a bucket, behind the four of its head, where the part keeps
 * what it likes of entries' hashes.  They are undefined until they are set.
 *   find_bytes       how many bytes it has where the bucket has room for so many entries
 *   FIND_READS       bytes from there on that may be read whatever the room, and are in the block
 *   find_set         an entry of this hash is stored at `index`
 *   find_move        the entry at `from` is moved to `to`, and `from` is free
 *   find_copy        the first `count` entries of another bucket are stored here at the same
 *                    places; called before their records are
 *   find_candidates  which of the first `count` entries may have this hash: bit i for the one at i
 *   find_bits        the last FIND_BITS bits of the hash of the entry at `index`, the others 0
 *   find_check       whether what it knows of the entry at `index`, of this hash, is so
 *
 * Here it knows nothing: all keys are compared, in the order in which they came. */
#ifndef FIND_H
#define FIND_H

enum { FIND_BITS = 0, FIND_READS = 0 };

static inline size_t find_bytes(unsigned capacity) {
    (void)capacity;
    return 0;
}

static inline void find_set(unsigned char *find, unsigned index, uint64_t hash) {
    (void)find, (void)index, (void)hash;
}

static inline void find_move(unsigned char *find, unsigned to, unsigned from) {
    (void)find, (void)to, (void)from;
}

static inline void find_copy(unsigned char *to, const unsigned char *from, unsigned count) {
    (void)to, (void)from, (void)count;
}

static inline uint32_t find_candidates(const unsigned char *find, unsigned count, uint64_t hash) {
    (void)find, (void)hash;
    return (UINT32_C(1) << count) - 1;
}

static inline uint64_t find_bits(const unsigned char *find, unsigned index) {
    (void)find, (void)index;
    return 0;
}

static inline bool find_check(const unsigned char *find, unsigned index, uint64_t hash) {
    (void)find, (void)index, (void)hash;
    return true;
}

#endif
