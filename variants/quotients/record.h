/* record.h (quotients) - how does a bucket keep its entries?
 *
 * Parent: bucket.  Change: what is known of a key's hash is not stored (Cleary,
 * "Compact Hash Tables", 1984).  Where a hash can be inverted the hash is as good as the key; the
 * bits that lead to the bucket are in the way that was taken, and the last bits may be what the
 * bucket is searched by.  What is left, the quotient, has as many bytes as it needs:
 *
 *     hash     | bits that lead here | quotient | FIND_BITS |
 *     record   | quotient | value |
 *
 * With tags, and 16 bits that lead to a bucket, as from half a million entries on, an entry takes
 * 13 bytes where it took 16.  And entries part by hashes that nobody has to calculate again.
 * Cost: records lie at no multiple of their size, and one that is handed out has its key
 * calculated.
 *
 * A quotient is read with the bytes that follow it, as eight in all, which stay within the record:
 * it stands first, and the value behind it has eight.
 *
 * Keys: u64. */
#ifndef RECORD_H
#define RECORD_H

#ifndef HASH_INVERTIBLE
#error quotients need a HASH that has an inverse: xxh3 or identity
#endif

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "quotients are read as they lie");

enum { RECORD_COLLISIONS = 0, RECORD_ALIGN = 1 };

static inline unsigned record_width(unsigned depth) {
    unsigned known = depth + FIND_BITS < HASH_BITS - 8 ? depth + FIND_BITS : HASH_BITS - 8;
    return (HASH_BITS - known + 7) / 8 + sizeof(uint64_t);
}

static inline size_t record_bytes(unsigned capacity, unsigned width) {
    return (size_t)capacity * width;
}

static inline unsigned char *record_at(struct records records, size_t index) {
    return records.bytes + index * records.width;
}

static inline unsigned char *record_behind(struct records records, unsigned index) {
    return record_at(records, index) + records.width - sizeof(uint64_t);
}

/* The bits of the first eight bytes that are not the quotient's: how far it is shifted up to lose
 * them. */
static inline unsigned record_above(struct records records) {
    return HASH_BITS + 8 * (unsigned)sizeof(uint64_t) - 8 * records.width;
}

static inline uint64_t record_first(struct records records, unsigned index) {
    uint64_t first;
    memcpy(&first, record_at(records, index), sizeof first);
    return first;
}

static inline uint64_t record_hash(struct records records, unsigned index, uint64_t known,
                                   uint64_t seed) {
    (void)seed;
    unsigned above = record_above(records);
    return known | record_first(records, index) << above >> above << FIND_BITS;
}

static inline hamt_key record_key(struct records records, unsigned index, uint64_t known,
                                  uint64_t seed) {
    return hash_u64_inverse(record_hash(records, index, known, seed), seed);
}

static inline void record_fetch(struct records records, unsigned index) {
    __builtin_prefetch(record_at(records, index));
}

static inline bool record_is(struct records records, unsigned index, hamt_key key, uint64_t hash) {
    (void)key;
    uint64_t differ = record_first(records, index) ^ hash >> FIND_BITS;
    return differ << record_above(records) == 0;
}

static inline uint64_t record_value(struct records records, unsigned index) {
    uint64_t value;
    memcpy(&value, record_behind(records, index), sizeof value);
    return value;
}

static inline void record_set_value(struct records records, unsigned index, uint64_t value) {
    memcpy(record_behind(records, index), &value, sizeof value);
}

static inline void record_set(struct records records, unsigned index, hamt_key key, uint64_t value,
                              uint64_t hash) {
    (void)key;
    uint64_t first = hash >> FIND_BITS;
    memcpy(record_at(records, index), &first, sizeof first);
    record_set_value(records, index, value);
}

static inline void record_hand_over(struct records to, unsigned index, struct records from,
                                    unsigned from_index, uint64_t hash) {
    record_set(to, index, 0, record_value(from, from_index), hash);
}

static inline void record_move(struct records records, unsigned to, unsigned from) {
    memmove(record_at(records, to), record_at(records, from), records.width);
}

static inline void record_copy(struct records to, struct records from, unsigned count) {
    memcpy(to.bytes, from.bytes, record_bytes(count, from.width));
}

static inline void record_drop(struct records records, unsigned index) {
    (void)records, (void)index;
}

static inline bool record_clone(struct records records, unsigned index) {
    (void)records, (void)index;
    return true;
}

static inline const void *record_block(struct records records, unsigned index) {
    (void)records, (void)index;
    return NULL;
}

#endif
