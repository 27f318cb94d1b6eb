/* iterate.h - visiting every entry, in the order of the hashes' first bits.
 *
 * A cursor knows the first hash of the bucket it is in, and how far in that bucket, or in the list
 * of buckets below the last bit, it has come. */
#ifndef ITERATE_H
#define ITERATE_H

#include "buckets.h"

/* The block, or none, to which this hash leads, and the number of bits that lead to it. */
static link iterate_block(const struct hamt *map, uint64_t hash, unsigned *depth) {
    link block = root_slot(&map->root, hash)->block;
    *depth = root_depth(&map->root);
    while (link_is_fork(block) && *depth < HASH_BITS)
        block = fork_at(map, block)->child[fork_bit(hash, (*depth)++)];
    if (block != LINK_NONE && !link_is_fork(block))
        *depth = bucket_at(map, block)->depth;
    return block;
}

/* Steps to the hash that follows all that begin with the first `depth` bits of this one. */
static void iterate_next(struct hamt_cursor *cursor, unsigned depth) {
    uint64_t next = depth == 0 ? 0 : cursor->position + (UINT64_C(1) << (HASH_BITS - depth));
    cursor->depth = next != 0;
    cursor->position = next;
    cursor->entry = 0;
}

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    cursor->map = map;
    cursor->changes = map->changes;
    cursor->depth = 1; /* not at the end */
    cursor->position = 0;
    cursor->entry = 0;
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    const struct hamt *map = cursor->map;
    if (cursor->changes != map->changes)
        return HAMT_STALE;
    while (cursor->depth > 0) {
        unsigned depth;
        link block = iterate_block(map, cursor->position, &depth);
        size_t index = cursor->entry;
        while (link_is_fork(block)) { /* a list */
            const struct fork *cell = fork_at(map, block);
            size_t count = bucket_at(map, cell->child[0])->count;
            block = cell->child[index < count ? 0 : 1];
            index -= index < count ? 0 : count;
        }
        if (block != LINK_NONE && index < bucket_at(map, block)->count) {
            const struct bucket *bucket = bucket_at(map, block);
            *key = bucket_key(map, bucket, (unsigned)index, cursor->position);
            *value = bucket_value(bucket, (unsigned)index);
            cursor->entry++;
            return HAMT_ENTRY;
        }
        iterate_next(cursor, depth);
    }
    return HAMT_END;
}

/* Visits all entries that the first `depth` bits of `prefix` lead to; the others are 0.  Where
 * versions share blocks the visitor may change another one, and blocks may move. */
static bool each_below(const struct hamt *map, link block, uint64_t prefix, unsigned depth,
                       hamt_visitor *visit, void *context) {
    if (link_is_bucket(block)) {
        const struct bucket *bucket = bucket_at(map, block);
        for (unsigned i = 0; i < bucket->count; i++) {
            if (!visit(bucket_key(map, bucket, i, prefix), bucket_value(bucket, i), context))
                return false;
            if (OWN_TRAIT != 0)
                bucket = bucket_at(map, block);
        }
        return true;
    }
    if (block == LINK_NONE)
        return true;
    const struct fork *fork = fork_at(map, block);
    if (!each_below(map, fork->child[0], prefix, depth + 1, visit, context))
        return false;
    if (OWN_TRAIT != 0)
        fork = fork_at(map, block);
    return each_below(map, fork->child[1], way_one(prefix, depth), depth + 1, visit, context);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    unsigned bits = root_depth(&map->root);
    size_t slots = (size_t)1 << bits;
    link last = LINK_NONE;
    for (size_t number = 0; number < slots; number++) {
        link block = root_at(&map->root, number)->block;
        if (FETCH_AHEAD > 0 && number + FETCH_AHEAD < slots)
            fetch_ahead(way_block(map, root_at(&map->root, number + FETCH_AHEAD)->block));
        if (block != last && !each_below(map, block, way_of(map, number), bits, visit, context))
            return false;
        last = block;
    }
    return true;
}

#endif
