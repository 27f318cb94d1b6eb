/* record.h (bucket) - how does a bucket keep its entries?
 *
 * Contract.  `records` is the part of a bucket's block that holds entries, aligned for uint64_t and
 * pointers; it has room for `capacity` of them, which is the same as long as the block lives.
 *   record_bytes   how long that part of a block is
 *   record_key     the key of the entry at `index`; it is the bucket's
 *   record_value   where its value stands
 *   record_set     stores an entry, whose key becomes the bucket's
 *   record_copy    makes the first `count` entries of one bucket those of another, which has room
 *
 * Here key and value stand side by side. */
#ifndef RECORD_H
#define RECORD_H

static inline size_t record_bytes(unsigned capacity) {
    return capacity * sizeof(struct entry);
}

static inline hamt_key record_key(const void *records, unsigned capacity, unsigned index) {
    (void)capacity;
    return ((const struct entry *)records)[index].key;
}

static inline uint64_t *record_value(void *records, unsigned capacity, unsigned index) {
    (void)capacity;
    return &((struct entry *)records)[index].value;
}

static inline void record_set(void *records, unsigned capacity, unsigned index, hamt_key key,
                              uint64_t value) {
    (void)capacity;
    ((struct entry *)records)[index] = (struct entry){.key = key, .value = value};
}

static inline void record_copy(void *to, unsigned to_capacity, const void *from,
                               unsigned from_capacity, unsigned count) {
    (void)to_capacity, (void)from_capacity;
    memcpy(to, from, count * sizeof(struct entry));
}

#endif
