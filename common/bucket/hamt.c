/* hamt.c (bucket) - a bucket trie behind the functions of hamt.h.
 *
 * Start reading at buckets.h: it says what the parts are and how they are joined.  This family is
 * written for C and C++: gcc and clang take its compound literals in either. */
#define _DEFAULT_SOURCE /* what pages.h asks of the system is no part of C */

#include "buckets.h"

#include "inspect.h"
#include "iterate.h"
#include "config.h"

/* A bucket parts when it is full, and joins another only when both are nearly empty. */
unsigned hamt_traits(void) {
    unsigned lacks = RECORD_COLLISIONS ? 0 : HAMT_COLLISIONS;
    return (HAMT_OUR_OWN & ~lacks) | OWN_TRAIT;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    if (!config_chosen(config, &chosen))
        return NULL;
    struct hamt *map = (struct hamt *)mem_alloc(sizeof *map);
    if (!map)
        return NULL;
    *map = (struct hamt){.hash_seed = chosen.hash_seed};
    if (!own_init(&map->own)) {
        mem_free(map);
        return NULL;
    }
    root_init(&map->root, &map->own, 0); /* which needs no memory */
    return map;
}

/* What other versions have stays, and all that it leads to. */
static void free_block(struct hamt *map, link block) {
    if (block == LINK_NONE || !own_leave(&map->own, block_memory(map, block)))
        return;
    if (link_is_fork(block)) {
        struct fork fork = *fork_at(map, block);
        free_block(map, fork.child[0]);
        free_block(map, fork.child[1]);
        fork_free(map, block);
    } else {
        bucket_end(map, block);
    }
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    size_t slots = slots_in(&map->root);
    for (size_t number = 0; number < slots; number++) {
        size_t others = slots_of_others(map, number);
        if (others > 0) {
            number += others - 1;
            continue;
        }
        link block = root_at(&map->root, number)->block;
        if (number + 1 == slots || root_at(&map->root, number + 1)->block != block)
            free_block(map, block);
    }
    slots_free(map, &map->root);
    own_free(&map->own, map, given_free);
    mem_free(map);
}

/* Adds an entry that is not there, whose key becomes the map's, where no bucket has room for it.
 * False when memory is out, and nothing changed.  The root grows when a bucket parts: nothing else
 * makes its slots too few. */
static __attribute__((noinline)) bool add(struct hamt *map, struct place place, hamt_key key,
                                          uint64_t value, uint64_t hash) {
    if (place.block == LINK_NONE) {
        link made = bucket_make(map, 1, place.depth);
        if (made == LINK_NONE)
            return false;
        bucket_append(bucket_at(map, made), key, value, hash);
        way_replace(map, hash, place.depth, LINK_NONE, made);
        way_forget(map, hash, place.depth);
        return true;
    }
    place.depth = place.bucket->depth;
    if (place.bucket->count == CAPACITY_MOST) {
        bool grows = root_wanted(&map->root, map->size + 1) > root_depth(&map->root);
        return (!grows || resize_up(map)) && part_put(map, place, key, value, hash);
    }
    link made = bucket_resized(map, place.block, place.bucket->count + 1u, place.depth, hash);
    if (made == LINK_NONE)
        return false;
    bucket_append(bucket_at(map, made), key, value, hash);
    way_replace(map, hash, place.depth, place.block, made);
    bucket_free(map, place.block);
    return true;
}

static inline enum hamt_put_result put(struct hamt *map, hamt_key key, uint64_t value,
                                       uint64_t hash, bool ahead) {
    struct place place = way_find(map, key, hash, ahead);
    if (!own_place(map, hash, &place))
        return HAMT_NO_MEMORY;
    if (place.index != NO_INDEX) {
        bucket_set_value(place.bucket, place.index, value);
        return HAMT_REPLACED;
    }
    hamt_key copy;
    if (!key_clone(&copy, key))
        return HAMT_NO_MEMORY;
    if (place.bucket && place.bucket->count < place.bucket->capacity) {
        bucket_append(place.bucket, copy, value, hash);
    } else if (!add(map, place, copy, value, hash)) {
        key_drop(copy);
        return HAMT_NO_MEMORY;
    }
    slot_add(root_slot(&map->root, hash), hash);
    map->size++;
    map->changes++;
    return HAMT_NEW;
}

static inline bool get_in(const struct hamt *map, link block, hamt_key key, uint64_t *value,
                          uint64_t hash, bool ahead) {
    const struct bucket *bucket = bucket_at(map, block);
    if (!ahead)
        fetch(bucket, map->size);
    unsigned index = bucket_find(bucket, key, hash);
    if (index == NO_INDEX)
        return false;
    *value = bucket_value(bucket, index);
    return true;
}

/* As with way_fork(): nothing is left to do after it, so a get that meets no fork saves no
 * register. */
static __attribute__((noinline)) bool get_below(const struct hamt *map, hamt_key key,
                                                uint64_t *value, uint64_t hash) {
    struct step step = {root_slot(&map->root, hash)->block, root_depth(&map->root)};
    link block = way_fork(map, step, key, hash).block;
    return block != LINK_NONE && get_in(map, block, key, value, hash, false);
}

static inline bool get(const struct hamt *map, hamt_key key, uint64_t *value, uint64_t hash,
                       bool ahead) {
    const struct slot *slot = root_slot(&map->root, hash);
    link block = slot->block;
    if (__builtin_expect(!link_is_bucket(block), 0))
        return get_below(map, key, value, hash);
    return slot_may(slot, hash) && get_in(map, block, key, value, hash, ahead);
}

/* Flat: what is called once in each look-up is not called but written out. */
__attribute__((flatten)) enum hamt_put_result hamt_put(struct hamt *map, hamt_key key,
                                                       uint64_t value) {
    return put(map, key, value, key_hash(key, map->hash_seed), false);
}

__attribute__((flatten)) bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    return get(map, key, value, key_hash(key, map->hash_seed), false);
}

/* The keys of the group that begins at `start`. */
static inline size_t group(size_t start, size_t count) {
    return count - start < MANY ? count - start : MANY;
}

size_t hamt_get_many(const struct hamt *map, const hamt_key *keys, size_t count, uint64_t *values,
                     bool *found) {
    uint64_t hashes[MANY];
    size_t sum = 0;
    for (size_t start = 0; start < count; start += MANY) {
        many_ahead(map, keys + start, group(start, count), hashes);
        for (size_t i = start; i < start + group(start, count); i++) {
            found[i] = get(map, keys[i], &values[i], hashes[i - start], MANY > 1);
            sum += found[i];
        }
    }
    return sum;
}

size_t hamt_put_many(struct hamt *map, const hamt_key *keys, const uint64_t *values, size_t count) {
    uint64_t hashes[MANY];
    for (size_t start = 0; start < count; start += MANY) {
        many_ahead(map, keys + start, group(start, count), hashes);
        for (size_t i = start; i < start + group(start, count); i++)
            if (put(map, keys[i], values[i], hashes[i - start], MANY > 1) == HAMT_NO_MEMORY)
                return i;
    }
    return count;
}

/* A bucket has lost an entry: it may be empty, or have room to give back. */
static __attribute__((noinline)) void shrink(struct hamt *map, struct place place, uint64_t hash) {
    place.depth = place.bucket->depth;
    unsigned count = place.bucket->count;
    if (count == 0) {
        part_cut(map, place, hash);
    } else if (capacity_for(count, record_width(place.depth)) < place.bucket->capacity) {
        link made = bucket_resized(map, place.block, count, place.depth, hash);
        if (made == LINK_NONE)
            return;
        way_replace(map, hash, place.depth, place.block, made);
        bucket_free(map, place.block);
        if (place.depth < HASH_BITS)
            part_join(map, hash, place.depth, made);
    }
    if (root_wanted(&map->root, map->size) < root_depth(&map->root))
        map->size > 0 ? resize_down(map) : resize_to_nothing(map);
}

__attribute__((flatten)) bool hamt_remove(struct hamt *map, hamt_key key) {
    uint64_t hash = key_hash(key, map->hash_seed);
    struct place place = way_find(map, key, hash, false);
    if (place.index == NO_INDEX || !own_place(map, hash, &place))
        return false;
    bucket_remove(place.bucket, place.index);
    map->size--;
    map->changes++;
    if (slot_due(place.bucket->count))
        way_learn(map, hash, place.bucket);
    if (place.bucket->count == 0 || spare_due(place.bucket->count, place.bucket->capacity))
        shrink(map, place, hash);
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return map->size;
}
