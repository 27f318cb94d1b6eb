/* bucket.h - a block of entries whose hashes agree in the bits that lead to it.
 *
 *     block   | own's | count capacity depth width | find's: some bytes an entry | records |
 *
 * `prefix` is those bits, followed by zeros: where entries keep but a part of their hashes, it
 * has the rest. */
#ifndef BUCKET_H
#define BUCKET_H

struct bucket {
    OWN_FIRST
    uint8_t count;
    uint8_t capacity;
    uint8_t depth; /* bits that lead here, as far as a root's slots go; more may agree */
    uint8_t width; /* of its records; enough for this depth */
    unsigned char find[];
};

/* Where the records begin. */
static inline size_t bucket_head(unsigned capacity) {
    return (sizeof(struct bucket) + find_bytes(capacity) + RECORD_ALIGN - 1) / RECORD_ALIGN *
           RECORD_ALIGN;
}

static inline size_t bucket_bytes(unsigned capacity, unsigned width) {
    size_t bytes = bucket_head(capacity) + record_bytes(capacity, width);
    size_t least = sizeof(struct bucket) + FIND_READS;
    return bytes < least ? least : bytes;
}

static inline struct bucket *bucket_at(const struct hamt *map, link block) {
    return (struct bucket *)block_at(map_blocks(map), block);
}

static inline struct records bucket_records(const struct bucket *bucket) {
    return (struct records){(unsigned char *)bucket + bucket_head(bucket->capacity),
                            bucket->capacity, bucket->width};
}

/* Those bits of an entry's hash that are known without its record. */
static inline uint64_t bucket_known(const struct bucket *bucket, unsigned index, uint64_t prefix) {
    return prefix | find_bits(bucket->find, index);
}

static inline hamt_key bucket_key(const struct hamt *map, const struct bucket *bucket,
                                  unsigned index, uint64_t prefix) {
    return record_key(bucket_records(bucket), index, bucket_known(bucket, index, prefix),
                      map->hash_seed);
}

static inline uint64_t bucket_hash(const struct hamt *map, const struct bucket *bucket,
                                   unsigned index, uint64_t prefix) {
    return record_hash(bucket_records(bucket), index, bucket_known(bucket, index, prefix),
                       map->hash_seed);
}

/* The last SLOT_BITS bits of an entry's hash; the others are undefined. */
static inline uint64_t bucket_last(const struct hamt *map, const struct bucket *bucket,
                                   unsigned index, uint64_t prefix) {
    return (unsigned)FIND_BITS >= (unsigned)SLOT_BITS ? find_bits(bucket->find, index)
                                                      : bucket_hash(map, bucket, index, prefix);
}

static inline uint64_t bucket_value(const struct bucket *bucket, unsigned index) {
    return record_value(bucket_records(bucket), index);
}

static inline void bucket_set_value(struct bucket *bucket, unsigned index, uint64_t value) {
    record_set_value(bucket_records(bucket), index, value);
}

/* The index of the entry with this key, NO_INDEX if there is none. */
static inline unsigned bucket_find(const struct bucket *bucket, hamt_key key, uint64_t hash) {
    uint32_t maybe = find_candidates(bucket->find, bucket->count, hash);
    for (; maybe != 0; maybe &= maybe - 1) {
        unsigned index = (unsigned)__builtin_ctz(maybe);
        if (record_is(bucket_records(bucket), index, key, hash))
            return index;
    }
    return NO_INDEX;
}

/* Fetches the entry that a search for this hash would look at first. */
static inline void bucket_fetch(const struct bucket *bucket, uint64_t hash) {
    uint32_t maybe = find_candidates(bucket->find, bucket->count, hash);
    if (maybe != 0)
        record_fetch(bucket_records(bucket), (unsigned)__builtin_ctz(maybe));
}

/* An empty bucket with room for `count` entries; LINK_NONE when memory is out. */
static inline link bucket_make(struct hamt *map, unsigned count, unsigned depth) {
    unsigned width = record_width(depth), capacity = capacity_for(count, width);
    link block = block_alloc(map_blocks(map), bucket_bytes(capacity, width));
    if (block == LINK_NONE)
        return LINK_NONE;
    struct bucket *bucket = bucket_at(map, block);
    own_begin(&map->own, bucket);
    bucket->count = 0;
    bucket->capacity = (uint8_t)capacity;
    bucket->depth = (uint8_t)depth;
    bucket->width = (uint8_t)width;
    return block;
}

/* Gives back the block; the entries' keys belong to another bucket by now, or have been dropped. */
static inline void bucket_free(struct hamt *map, link block) {
    const struct bucket *bucket = bucket_at(map, block);
    block_free(map_blocks(map), block, bucket_bytes(bucket->capacity, bucket->width));
}

/* Appends an entry, whose key becomes the bucket's, to a bucket that has room. */
static inline void bucket_append(struct bucket *bucket, hamt_key key, uint64_t value,
                                 uint64_t hash) {
    assert(bucket->count < bucket->capacity);
    record_set(bucket_records(bucket), bucket->count, key, value, hash);
    find_set(bucket->find, bucket->count, hash);
    bucket->count++;
}

/* Puts at `place` of one bucket, which does not count it yet, what is another's at `index`: an
 * entry of this hash.  Whoever hands over many counts them at last: counted one by one, each would
 * have to wait until the one before it is in memory. */
static inline void bucket_hand_over(struct bucket *to, unsigned place, const struct bucket *from,
                                    unsigned index, uint64_t hash) {
    assert(place < to->capacity);
    record_hand_over(bucket_records(to), place, bucket_records(from), index, hash);
    find_set(to->find, place, hash);
}

/* Takes out an entry and drops its key; the last one fills the place. */
static inline void bucket_remove(struct bucket *bucket, unsigned index) {
    unsigned last = --bucket->count;
    record_drop(bucket_records(bucket), index);
    record_move(bucket_records(bucket), index, last);
    find_move(bucket->find, index, last);
}

/* The bucket's entries, to which `hash` leads, in a block for `depth` bits with room for `count`,
 * no fewer than it has; they are that one's then.  LINK_NONE when memory is out, and nothing
 * changed. */
static inline link bucket_resized(struct hamt *map, link block, unsigned count, unsigned depth,
                                  uint64_t hash) {
    link made = bucket_make(map, count, depth);
    if (made == LINK_NONE)
        return LINK_NONE;
    const struct bucket *from = bucket_at(map, block);
    struct bucket *to = bucket_at(map, made);
    if (to->width == from->width) {
        find_copy(to->find, from->find, from->count);
        record_copy(bucket_records(to), bucket_records(from), from->count);
    } else {
        uint64_t prefix = fork_prefix(hash, from->depth);
        for (unsigned i = 0; i < from->count; i++)
            bucket_hand_over(to, i, from, i, bucket_hash(map, from, i, prefix));
    }
    to->count = from->count;
    return made;
}

#endif
