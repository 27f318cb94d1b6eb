/* record.h (columns) - how does a bucket keep its entries?
 *
 * Parent: bucket.  Change: all keys stand side by side, and all values behind them.  A search that
 * compares keys reads half the lines, and the value's line is one more.
 * Cost: two copies instead of one when a bucket changes its block. */
#ifndef RECORD_H
#define RECORD_H

static inline size_t record_bytes(unsigned capacity) {
    return capacity * (sizeof(hamt_key) + sizeof(uint64_t));
}

static inline hamt_key record_key(const void *records, unsigned capacity, unsigned index) {
    (void)capacity;
    return ((const hamt_key *)records)[index];
}

static inline uint64_t *record_value(void *records, unsigned capacity, unsigned index) {
    return (uint64_t *)(void *)((hamt_key *)records + capacity) + index;
}

static inline void record_set(void *records, unsigned capacity, unsigned index, hamt_key key,
                              uint64_t value) {
    ((hamt_key *)records)[index] = key;
    *record_value(records, capacity, index) = value;
}

static inline void record_copy(void *to, unsigned to_capacity, const void *from,
                               unsigned from_capacity, unsigned count) {
    memcpy(to, from, count * sizeof(hamt_key));
    memcpy(record_value(to, to_capacity, 0), (const hamt_key *)from + from_capacity,
           count * sizeof(uint64_t));
}

#endif
