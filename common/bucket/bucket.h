/* bucket.h - a block of entries whose hashes agree in the bits that lead to it. */
#ifndef BUCKET_H
#define BUCKET_H

struct bucket {
    struct find find;
    uint8_t count;
    uint8_t capacity;
    uint8_t depth; /* bits that lead here, as far as a root's slots go; more may agree */
    _Alignas(struct entry) unsigned char records[];
};

static inline size_t bucket_bytes(unsigned capacity) {
    return sizeof(struct bucket) + record_bytes(capacity);
}

static inline struct bucket *bucket_at(const struct hamt *map, link block) {
    return block_at(&map->blocks, block);
}

static inline hamt_key bucket_key(const struct bucket *bucket, unsigned index) {
    return record_key(bucket->records, bucket->capacity, index);
}

static inline uint64_t *bucket_value(struct bucket *bucket, unsigned index) {
    return record_value(bucket->records, bucket->capacity, index);
}

static inline uint64_t bucket_hash(const struct hamt *map, const struct bucket *bucket,
                                   unsigned index) {
    return key_hash(bucket_key(bucket, index), map->hash_seed);
}

/* The index of the entry with this key, the bucket's count if there is none. */
static inline unsigned bucket_find(const struct bucket *bucket, hamt_key key, uint64_t hash) {
    return find_in(&bucket->find, bucket->records, bucket->capacity, bucket->count, key, hash);
}

/* An empty bucket with room for `count` entries; LINK_NONE when memory is out. */
static inline link bucket_make(struct hamt *map, unsigned count, unsigned depth) {
    unsigned capacity = capacity_for(count);
    link block = block_alloc(&map->blocks, bucket_bytes(capacity));
    if (block == LINK_NONE)
        return LINK_NONE;
    struct bucket *bucket = bucket_at(map, block);
    find_init(&bucket->find);
    bucket->count = 0;
    bucket->capacity = (uint8_t)capacity;
    bucket->depth = (uint8_t)depth;
    return block;
}

/* Gives back the block; the entries' keys belong to another bucket by now, or have been dropped. */
static inline void bucket_free(struct hamt *map, link block) {
    block_free(&map->blocks, block, bucket_bytes(bucket_at(map, block)->capacity));
}

/* Appends an entry, whose key becomes the bucket's, to a bucket that has room. */
static inline void bucket_append(struct bucket *bucket, hamt_key key, uint64_t value,
                                 uint64_t hash) {
    assert(bucket->count < bucket->capacity);
    record_set(bucket->records, bucket->capacity, bucket->count, key, value);
    find_set(&bucket->find, bucket->count, hash);
    bucket->count++;
}

/* Takes out an entry and drops its key; the last one fills the place. */
static inline void bucket_remove(struct bucket *bucket, unsigned index) {
    unsigned last = --bucket->count;
    key_drop(bucket_key(bucket, index));
    if (index < last)
        record_set(bucket->records, bucket->capacity, index, bucket_key(bucket, last),
                   *bucket_value(bucket, last));
    find_move(&bucket->find, index, last);
}

/* A copy of the bucket in a block with room for `count` entries, no fewer than it has; the entries
 * are the copy's then.  LINK_NONE when memory is out, and nothing changed. */
static inline link bucket_resized(struct hamt *map, link block, unsigned count) {
    link made = bucket_make(map, count, 0);
    if (made == LINK_NONE)
        return LINK_NONE;
    const struct bucket *from = bucket_at(map, block);
    struct bucket *to = bucket_at(map, made);
    to->find = from->find;
    to->count = from->count;
    to->depth = from->depth;
    record_copy(to->records, to->capacity, from->records, from->capacity, from->count);
    return made;
}

#endif
