/* part.h - a full bucket parts in two when one more entry comes, and two that are nearly empty
 * join.
 *
 * Entries part by the first bit in which their hashes and the new one's differ.  It is nearly
 * always the next one; where it is a later one, forks with a single child lead there. */
#ifndef PART_H
#define PART_H

/* Puts forks above `block`, so that the bits from `depth` to `end` of the hash lead to it.
 * LINK_NONE when memory is out, and nothing changed. */
static inline link part_chain(struct hamt *map, link block, uint64_t hash, unsigned depth,
                              unsigned end) {
    link top = block;
    for (unsigned at = end; at-- > depth;) {
        bool one = fork_bit(hash, at);
        link fork = fork_make(map, one ? LINK_NONE : top, one ? top : LINK_NONE);
        if (fork == LINK_NONE) {
            while (++at < end) {
                link child = fork_at(map, top)->child[fork_bit(hash, at)];
                fork_free(map, top);
                top = child;
            }
            return LINK_NONE;
        }
        top = fork;
    }
    return top;
}

/* All entries' hashes are one: a list of this bucket and a new one for the new entry. */
static inline bool part_list(struct hamt *map, struct place place, hamt_key key, uint64_t value,
                             uint64_t hash) {
    link made = bucket_make(map, 1, HASH_BITS);
    link cell = made == LINK_NONE ? LINK_NONE : fork_make(map, place.block, made);
    unsigned from = root_depth(&map->root) > place.depth ? root_depth(&map->root) : place.depth;
    link top = cell == LINK_NONE ? LINK_NONE : part_chain(map, cell, hash, from, HASH_BITS);
    if (top == LINK_NONE) {
        if (cell != LINK_NONE)
            fork_free(map, cell);
        if (made != LINK_NONE)
            bucket_free(map, made);
        return false;
    }
    bucket_append(bucket_at(map, made), key, value, hash);
    bucket_at(map, place.block)->depth = HASH_BITS;
    if (place.depth < from)
        way_fill(map, hash, place.depth, LINK_NONE);
    way_replace(map, hash, from, place.block, top);
    return true;
}

/* Adds an entry, whose key becomes the map's, to a bucket that is full.  False when memory is out,
 * and nothing changed.  Flat, since all entries' hashes are found in one loop. */
static inline __attribute__((flatten)) bool part_put(struct hamt *map, struct place place,
                                                     hamt_key key, uint64_t value, uint64_t hash) {
    uint64_t hashes[CAPACITY_MOST], differ = 0;
    uint64_t prefix = fork_prefix(hash, place.bucket->depth);
    unsigned count = place.bucket->count, ones = 0;
    for (unsigned i = 0; i < count; i++) {
        hashes[i] = bucket_hash(map, place.bucket, i, prefix);
        differ |= hashes[i] ^ hash;
    }
    if (differ == 0)
        return part_list(map, place, key, value, hash);
    unsigned end = (unsigned)__builtin_clzll(differ), bits = root_depth(&map->root);
    for (unsigned i = 0; i < count; i++)
        ones += fork_bit(hashes[i], end);
    bool new_one = fork_bit(hash, end);
    link side[2] = {bucket_make(map, count - ones + !new_one, end + 1), LINK_NONE};
    if (side[0] != LINK_NONE)
        side[1] = bucket_make(map, ones + new_one, end + 1);
    bool made = side[1] != LINK_NONE;
    unsigned from = bits > place.depth ? bits : place.depth;
    link top = LINK_NONE;
    if (made && end >= bits) {
        link fork = fork_make(map, side[0], side[1]);
        top = fork == LINK_NONE ? LINK_NONE : part_chain(map, fork, hash, from, end);
        if (fork != LINK_NONE && top == LINK_NONE)
            fork_free(map, fork);
        made = top != LINK_NONE;
    }
    if (!made) {
        for (int one = 0; one < 2; one++)
            if (side[one] != LINK_NONE)
                bucket_free(map, side[one]);
        return false;
    }
    const struct bucket *old = bucket_at(map, place.block);
    struct bucket *bucket[2] = {bucket_at(map, side[0]), bucket_at(map, side[1])};
    for (unsigned i = 0, before = 0; i < count; i++) {
        bool one = fork_bit(hashes[i], end);
        bucket_hand_over(bucket[one], one ? before : i - before, old, i, hashes[i]);
        before += one;
    }
    bucket[0]->count = (uint8_t)(count - ones);
    bucket[1]->count = (uint8_t)ones;
    bucket_append(bucket[new_one], key, value, hash);
    if (place.depth < from)
        way_fill(map, hash, place.depth, LINK_NONE);
    if (end >= bits) {
        way_replace(map, hash, from, place.block, top);
    } else {
        uint64_t bit = UINT64_C(1) << (HASH_BITS - 1 - end);
        way_fill(map, hash & ~bit, end + 1, side[0]);
        way_fill(map, hash | bit, end + 1, side[1]);
    }
    if (SLOT_BITS > 0 && place.depth <= bits) {
        way_forget(map, hash, place.depth);
        for (unsigned i = 0; i < count; i++)
            slot_add(root_slot(&map->root, hashes[i]), hashes[i]);
    }
    bucket_free(map, place.block);
    return true;
}

/* ---- Joining ---- */

/* What stands beside the place to which the hash's first `depth` bits lead: a block, LINK_NONE for
 * nothing at all; false if it is more than one. */
static inline bool part_beside(const struct hamt *map, uint64_t hash, unsigned depth,
                               link *beside) {
    uint64_t other = hash ^ UINT64_C(1) << (HASH_BITS - depth);
    unsigned bits = root_depth(&map->root);
    *beside = root_slot(&map->root, other)->block;
    if (depth > bits) {
        for (; bits < depth; bits++)
            *beside = fork_at(map, *beside)->child[fork_bit(other, bits)];
        return !link_is_fork(*beside);
    }
    if (link_is_fork(*beside))
        return false;
    if (*beside != LINK_NONE)
        return bucket_at(map, *beside)->depth == depth;
    size_t number = way_number(map, other, depth);
    for (size_t i = 0; i < way_slots(map, depth); i++)
        if (root_at(&map->root, number + i)->block != LINK_NONE)
            return false;
    return true;
}

/* The block for `depth` bits with the entries of both, which that many bits of `hash` and one more
 * lead to; either may be none.  LINK_NONE if they are better left apart, or when memory is out, and
 * nothing changed. */
static inline link part_joined(struct hamt *map, link block, link beside, uint64_t hash,
                               unsigned depth) {
    uint64_t way = hash, other = hash ^ UINT64_C(1) << (HASH_BITS - 1 - depth);
    if (block == LINK_NONE) {
        block = beside, beside = LINK_NONE;
        way = other;
    }
    unsigned more = beside == LINK_NONE ? 0 : bucket_at(map, beside)->count;
    unsigned count = bucket_at(map, block)->count + more;
    if (more > 0 && !spare_joins(count))
        return LINK_NONE;
    if (!own_slots(map, hash, depth) || !own_bucket(map, &block, way, depth + 1) ||
        (more > 0 && !own_bucket(map, &beside, other, depth + 1)))
        return LINK_NONE;
    if (bucket_at(map, block)->capacity < count ||
        bucket_at(map, block)->width < record_width(depth)) {
        link made = bucket_resized(map, block, count, depth, way);
        if (made == LINK_NONE)
            return LINK_NONE;
        bucket_free(map, block);
        block = made;
    }
    struct bucket *to = bucket_at(map, block);
    to->depth = (uint8_t)depth;
    if (beside == LINK_NONE)
        return block;
    const struct bucket *from = bucket_at(map, beside);
    uint64_t prefix = fork_prefix(other, from->depth);
    for (unsigned i = 0; i < more; i++)
        bucket_hand_over(to, count - more + i, from, i, bucket_hash(map, from, i, prefix));
    to->count = (uint8_t)count;
    bucket_free(map, beside);
    return block;
}

/* Joins the block, or nothing, to which the hash's first `depth` bits lead with what stands beside
 * it, as often as that makes one bucket of two, or none. */
static inline void part_join(struct hamt *map, uint64_t hash, unsigned depth, link block) {
    for (link beside; depth > 0 && part_beside(map, hash, depth, &beside); depth--) {
        link joined = LINK_NONE;
        if (block != LINK_NONE || beside != LINK_NONE) {
            joined = part_joined(map, block, beside, hash, depth - 1);
            if (joined == LINK_NONE)
                return;
        }
        unsigned bits = root_depth(&map->root);
        if (depth > bits) {
            link *slot = &root_slot(&map->root, hash)->block;
            while (++bits < depth)
                slot = &fork_at(map, *slot)->child[fork_bit(hash, bits - 1)];
            link fork = *slot;
            *slot = joined;
            fork_free(map, fork);
        } else if (joined != LINK_NONE) {
            way_fill(map, hash, depth - 1, joined);
        }
        block = joined;
    }
}

/* Takes an empty bucket away. */
static inline void part_cut(struct hamt *map, struct place place, uint64_t hash) {
    link *slot = &root_slot(&map->root, hash)->block, list = LINK_NONE;
    if (place.depth == HASH_BITS) { /* is it in a list? */
        for (unsigned bits = root_depth(&map->root); bits < HASH_BITS; bits++)
            slot = &fork_at(map, *slot)->child[fork_bit(hash, bits)];
        while (link_is_fork(*slot) && fork_at(map, *slot)->child[0] != place.block &&
               fork_at(map, *slot)->child[1] != place.block)
            slot = &fork_at(map, *slot)->child[1];
        list = link_is_fork(*slot) ? *slot : LINK_NONE;
    }
    if (list != LINK_NONE) {
        const struct fork *cell = fork_at(map, list);
        *slot = cell->child[cell->child[0] == place.block];
        fork_free(map, list);
        bucket_free(map, place.block);
        return;
    }
    way_replace(map, hash, place.depth, place.block, LINK_NONE);
    bucket_free(map, place.block);
    part_join(map, hash, place.depth, LINK_NONE);
}

#endif
