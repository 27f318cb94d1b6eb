/* own_way.h - what is shared with other versions of the map becomes its own before it is changed: a
 * copy takes its place, and it is given up (own.h).
 *
 *     root's arrays --> fork --> fork --> bucket        all that lead to a bucket, and it
 *
 * Each step leaves the map as good as it was, so that one for which there is no memory is the last
 * and nothing is undone; but cursors are stale once there was one.  Where nothing is shared all of
 * this is compiled away. */
#ifndef OWN_WAY_H
#define OWN_WAY_H

/* A block's memory, whichever kind it is of. */
static inline void *block_memory(const struct hamt *map, link block) {
    return block_at(map_blocks(map), link_unmark(block));
}

static inline bool block_alone(const struct hamt *map, link block) {
    return own_alone(&map->own, block_memory(map, block));
}

/* One more of the map's own leads to a block; to none nothing is to be said. */
static inline void block_hold(const struct hamt *map, link block) {
    if (block != LINK_NONE)
        own_hold(block_memory(map, block));
}

/* ---- What was given up ---- */

static inline const void *given_memory(const struct hamt *map, given left) {
    void *array = given_as_array(left);
    return array ? array_block(array) : block_memory(map, left.block);
}

/* Frees a bucket and its keys. */
static inline void bucket_end(struct hamt *map, link block) {
    const struct bucket *bucket = bucket_at(map, block);
    for (unsigned i = 0; i < bucket->count; i++)
        record_drop(bucket_records(bucket), i);
    bucket_free(map, block);
}

/* Frees what no map has any more, and nothing that it leads to. */
static inline void given_free(struct hamt *map, given left) {
    void *array = given_as_array(left);
    if (array)
        array_free(array);
    else if (link_is_fork(left.block))
        fork_free(map, left.block);
    else
        bucket_end(map, left.block);
}

/* ---- Copies ---- */

/* The array on the way to the slot with this number becomes the map's own.  False when memory is
 * out. */
static bool own_array(struct hamt *map, unsigned level, size_t number) {
    void *array = root_array(&map->root, level, number);
    if (array_alone(map, array))
        return true;
    size_t bytes = root_array_bytes(&map->root, level);
    void *copy = array_make(&map->own, bytes);
    if (!copy)
        return false;
    if (!own_give_up(&map->own, given_array(array))) {
        array_free(copy);
        return false;
    }
    memcpy(copy, array, bytes);
    root_set_array(&map->root, level, number, copy);
    map->changes++;
    return true;
}

/* The slots to which the hash's first `depth` bits lead become the map's own; one of them if more
 * bits are given than the root resolves.  False when memory is out. */
static inline bool own_slots(struct hamt *map, uint64_t hash, unsigned depth) {
    if (OWN_TRAIT == 0)
        return true;
    const struct root *root = &map->root;
    if (depth > root_depth(root))
        depth = root_depth(root);
    size_t first = way_number(map, hash, depth), end = first + way_slots(map, depth);
    for (unsigned level = 0; level < root_levels(root); level++) {
        size_t step = root_array_slots(root, level);
        for (size_t at = first / step * step; at < end; at += step)
            if (!own_array(map, level, at))
                return false;
    }
    return true;
}

/* A copy of a fork, which is given up.  LINK_NONE when memory is out. */
static inline link own_fork(struct hamt *map, link block) {
    struct fork fork = *fork_at(map, block);
    link copy = fork_make(map, fork.child[0], fork.child[1]);
    if (copy == LINK_NONE)
        return LINK_NONE;
    if (!own_give_up(&map->own, given_block(block))) {
        fork_free(map, copy);
        return LINK_NONE;
    }
    block_hold(map, fork.child[0]);
    block_hold(map, fork.child[1]);
    return copy;
}

/* A copy of a bucket, with copies of its keys, which is given up.  LINK_NONE when memory is out. */
static inline link own_copy(struct hamt *map, link block) {
    size_t bytes = bucket_bytes(bucket_at(map, block)->capacity, bucket_at(map, block)->width);
    link made = block_alloc(map_blocks(map), bytes);
    if (made == LINK_NONE)
        return LINK_NONE;
    struct bucket *copy = bucket_at(map, made);
    memcpy(copy, bucket_at(map, block), bytes);
    own_begin(&map->own, copy);
    unsigned count = copy->count, cloned = 0;
    while (cloned < count && record_clone(bucket_records(copy), cloned))
        cloned++;
    if (cloned == count && own_give_up(&map->own, given_block(block)))
        return made;
    copy->count = (uint8_t)cloned;
    bucket_end(map, made);
    return LINK_NONE;
}

/* The bucket to which `depth` bits of the hash lead becomes the map's own; what leads to it is.
 * False when memory is out. */
static inline bool own_bucket(struct hamt *map, link *block, uint64_t hash, unsigned depth) {
    if (block_alone(map, *block))
        return true;
    link copy = own_copy(map, *block);
    if (copy == LINK_NONE)
        return false;
    way_replace(map, hash, depth, *block, copy);
    map->changes++;
    *block = copy;
    return true;
}

/* Forks on the way of a hash, and a list's cells until one leads to `block`, which may be none. */
static inline bool own_forks(struct hamt *map, uint64_t hash, link block) {
    link above = LINK_NONE, here = root_slot(&map->root, hash)->block;
    unsigned side = 0;
    for (unsigned depth = root_depth(&map->root); link_is_fork(here); depth++) {
        if (!block_alone(map, here)) {
            here = own_fork(map, here);
            if (here == LINK_NONE)
                return false;
            *(above == LINK_NONE ? &root_slot(&map->root, hash)->block
                                 : &fork_at(map, above)->child[side]) = here;
            map->changes++;
        }
        const struct fork *fork = fork_at(map, here);
        side = depth < HASH_BITS ? fork_bit(hash, depth) : fork->child[0] != block;
        above = here;
        here = fork->child[side];
    }
    return true;
}

static __attribute__((noinline)) bool own_all(struct hamt *map, uint64_t hash,
                                              struct place *place) {
    bool none = place->block == LINK_NONE;
    unsigned depth = none ? place->depth : place->bucket->depth;
    if (!own_slots(map, hash, depth) || !own_forks(map, hash, place->block))
        return false;
    if (none)
        return true;
    bool owned = own_bucket(map, &place->block, hash, depth);
    place->bucket = bucket_at(map, place->block);
    return owned;
}

/* All that leads to where a search for this hash ended, and the bucket there, if any, become the
 * map's own.  False when memory is out. */
static inline bool own_place(struct hamt *map, uint64_t hash, struct place *place) {
    if (OWN_TRAIT == 0 || own_way_alone(&map->own, place->bucket))
        return true;
    return own_all(map, hash, place);
}

#endif
