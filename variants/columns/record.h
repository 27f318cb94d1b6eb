/* record.h (columns) - how does a bucket keep its entries?
 *
 * Parent: bucket.  Change: all keys stand side by side, and all values behind them.  A search that
 * compares keys reads half the lines, and the value's line is one more.
 * Cost: two copies instead of one when a bucket changes its block. */
#ifndef RECORD_H
#define RECORD_H

enum { RECORD_COLLISIONS = 1, RECORD_ALIGN = alignof(struct entry) };

static inline unsigned record_width(unsigned depth) {
    (void)depth;
    return sizeof(hamt_key) + sizeof(uint64_t);
}

static inline size_t record_bytes(unsigned capacity, unsigned width) {
    return (size_t)capacity * width;
}

static inline hamt_key *record_keys(struct records records) {
    return (hamt_key *)(void *)records.bytes;
}

static inline uint64_t *record_values(struct records records) {
    return (uint64_t *)(void *)(record_keys(records) + records.capacity);
}

static inline hamt_key record_key(struct records records, unsigned index, uint64_t known,
                                  uint64_t seed) {
    (void)known, (void)seed;
    return record_keys(records)[index];
}

static inline uint64_t record_hash(struct records records, unsigned index, uint64_t known,
                                   uint64_t seed) {
    return key_hash(record_key(records, index, known, seed), seed);
}

static inline void record_fetch(struct records records, unsigned index) {
    __builtin_prefetch(record_keys(records) + index);
}

static inline bool record_is(struct records records, unsigned index, hamt_key key, uint64_t hash) {
    (void)hash;
    return key_equal(record_keys(records)[index], key);
}

static inline uint64_t record_value(struct records records, unsigned index) {
    return record_values(records)[index];
}

static inline void record_set_value(struct records records, unsigned index, uint64_t value) {
    record_values(records)[index] = value;
}

static inline void record_set(struct records records, unsigned index, hamt_key key, uint64_t value,
                              uint64_t hash) {
    (void)hash;
    record_keys(records)[index] = key;
    record_values(records)[index] = value;
}

static inline void record_hand_over(struct records to, unsigned index, struct records from,
                                    unsigned from_index, uint64_t hash) {
    record_set(to, index, record_keys(from)[from_index], record_value(from, from_index), hash);
}

static inline void record_move(struct records records, unsigned to, unsigned from) {
    record_hand_over(records, to, records, from, 0);
}

static inline void record_copy(struct records to, struct records from, unsigned count) {
    memcpy(record_keys(to), record_keys(from), count * sizeof(hamt_key));
    memcpy(record_values(to), record_values(from), count * sizeof(uint64_t));
}

static inline void record_drop(struct records records, unsigned index) {
    key_drop(record_keys(records)[index]);
}

static inline bool record_clone(struct records records, unsigned index) {
    hamt_key *key = record_keys(records) + index;
    return key_clone(key, *key);
}

static inline const void *record_block(struct records records, unsigned index) {
    return key_block(record_keys(records)[index]);
}

#endif
