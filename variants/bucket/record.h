/* record.h (bucket) - how does a bucket keep its entries?
 *
 * Contract.  struct records is the part of a bucket that holds them (buckets.h): its capacity and
 * width are the same as long as the block lives.  `known` is what is known of an entry's hash
 * beside its record: the bits that lead to the bucket and the last FIND_BITS, the others 0.
 *   record_width      bytes an entry takes, where so many bits lead to its bucket; fewer bits, no
 *                     fewer bytes
 *   record_bytes      bytes so many of this width take
 *   record_is         whether the entry at `index` has this key, whose hash begins with the bits
 *                     that lead here and has the entry's last FIND_BITS
 *   record_fetch      fetches what record_is reads first of the entry at `index`
 *   record_key        the key of the entry at `index`, which is the bucket's; record_hash its hash
 *   record_value      its value; record_set_value gives it another
 *   record_set        stores an entry, whose key becomes the bucket's
 *   record_move       the entry at `from` fills the place at `to` of the same bucket
 *   record_hand_over  an entry of another bucket, of this hash, becomes this one's
 *   record_copy       the first `count` entries of another bucket, of the same width, become this
 *                     one's
 *   record_drop       drops the key of the entry at `index`
 *   record_clone      its key, which is another bucket's, becomes a copy of its own; false when
 *                     memory is out, and it is that one's still
 *   record_block      the block behind its key, NULL if it has none
 *   RECORD_ALIGN      what records are aligned for
 *   RECORD_COLLISIONS 1; 0 where a key is known by its hash alone, so that no two may have one hash
 *
 * Here key and value stand side by side. */
#ifndef RECORD_H
#define RECORD_H

enum { RECORD_COLLISIONS = 1, RECORD_ALIGN = alignof(struct entry) };

static inline unsigned record_width(unsigned depth) {
    (void)depth;
    return sizeof(struct entry);
}

static inline size_t record_bytes(unsigned capacity, unsigned width) {
    (void)width;
    return capacity * sizeof(struct entry);
}

static inline struct entry *record_entry(struct records records, size_t index) {
    return (struct entry *)(void *)records.bytes + index;
}

static inline hamt_key record_key(struct records records, unsigned index, uint64_t known,
                                  uint64_t seed) {
    (void)known, (void)seed;
    return record_entry(records, index)->key;
}

static inline uint64_t record_hash(struct records records, unsigned index, uint64_t known,
                                   uint64_t seed) {
    return key_hash(record_key(records, index, known, seed), seed);
}

static inline void record_fetch(struct records records, unsigned index) {
    __builtin_prefetch(record_entry(records, index));
}

static inline bool record_is(struct records records, unsigned index, hamt_key key, uint64_t hash) {
    (void)hash;
    return key_equal(record_entry(records, index)->key, key);
}

static inline uint64_t record_value(struct records records, unsigned index) {
    return record_entry(records, index)->value;
}

static inline void record_set_value(struct records records, unsigned index, uint64_t value) {
    record_entry(records, index)->value = value;
}

static inline void record_set(struct records records, unsigned index, hamt_key key, uint64_t value,
                              uint64_t hash) {
    (void)hash;
    *record_entry(records, index) = (struct entry){.key = key, .value = value};
}

static inline void record_move(struct records records, unsigned to, unsigned from) {
    *record_entry(records, to) = *record_entry(records, from);
}

static inline void record_hand_over(struct records to, unsigned index, struct records from,
                                    unsigned from_index, uint64_t hash) {
    (void)hash;
    *record_entry(to, index) = *record_entry(from, from_index);
}

static inline void record_copy(struct records to, struct records from, unsigned count) {
    memcpy(to.bytes, from.bytes, count * sizeof(struct entry));
}

static inline void record_drop(struct records records, unsigned index) {
    key_drop(record_entry(records, index)->key);
}

static inline bool record_clone(struct records records, unsigned index) {
    struct entry *entry = record_entry(records, index);
    return key_clone(&entry->key, entry->key);
}

static inline const void *record_block(struct records records, unsigned index) {
    return key_block(record_entry(records, index)->key);
}

#endif
