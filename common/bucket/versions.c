/* versions.c - versions of a bucket trie, for every composition.
 *
 * A snapshot has the same root, and with it all blocks below, where own.h lets versions share them;
 * else it is a copy.  A diff goes down both tries at once and passes over whatever is the same
 * array or block, and over nothing else: the same entries may stand in other buckets, below more
 * forks or fewer, since it depends on what was there before.  So where one trie has a bucket and
 * the other forks, those entries of the bucket are looked at which the bits that lead to the forks
 * lead to.  Tries that have no blocks in common are walked as a whole. */
#define _DEFAULT_SOURCE /* what pages.h asks of the system is no part of C */

#include "buckets.h"

/* Its hash has another seed: entries that come in the order of their hashes would all go to one
 * bucket after the other, below a chain of forks. */
static struct hamt *empty_like(const struct hamt *map) {
    (void)map;
    return hamt_create(NULL);
}

#include "set_operations.h"
#include "sides.h"
#include "walk_all.h"

struct hamt *hamt_snapshot(struct hamt *map) {
    if (!own_can_join(&map->own))
        return copy_all(map);
    struct hamt *snapshot = (struct hamt *)mem_alloc(sizeof *snapshot);
    if (!snapshot)
        return NULL;
    *snapshot = *map;
    if (!own_join(&snapshot->own, &map->own)) {
        mem_free(snapshot);
        return NULL;
    }
    root_move(&snapshot->root, &map->root);
    if (!ROOT_ARRAYS)
        block_hold(snapshot, root_at(&snapshot->root, 0)->block);
    return snapshot;
}

/* ---- What differs ---- */

/* The visitor may put into a third map that has its blocks in the same region, which may move then:
 * no pointer to a block outlives a call of it. */

/* The value of a key in a bucket, in a list of buckets, or in nothing.  False if it is not there.
 */
static bool leaf_value(const struct hamt *map, link leaf, hamt_key key, uint64_t hash,
                       uint64_t *value) {
    leaf = way_fork(map, (struct step){leaf, HASH_BITS}, key, hash).block;
    unsigned index = leaf == LINK_NONE ? NO_INDEX : bucket_find(bucket_at(map, leaf), key, hash);
    if (index != NO_INDEX)
        *value = bucket_value(bucket_at(map, leaf), index);
    return index != NO_INDEX;
}

/* Tells of the entries in a bucket of `one`, of those that the first `depth` bits of `prefix` lead
 * to: if the other has none, or, asked for `changed` ones, another value. */
static bool tell_bucket(const struct sides *sides, link block, link other, uint64_t prefix,
                        unsigned depth, bool changed) {
    const struct hamt *map = sides->one;
    unsigned count = bucket_at(map, block)->count;
    uint64_t known = fork_prefix(prefix, bucket_at(map, block)->depth);
    for (unsigned i = 0; i < count; i++) {
        uint64_t hash = bucket_hash(map, bucket_at(map, block), i, known);
        if (fork_prefix(hash, depth) != prefix)
            continue;
        hamt_key key = bucket_key(map, bucket_at(map, block), i, known);
        uint64_t value = bucket_value(bucket_at(map, block), i), found;
        bool there = leaf_value(sides->other, other, key, hash, &found);
        if ((!there || (changed && found != value)) &&
            !tell(sides, key, &value, there ? &found : NULL))
            return false;
    }
    return true;
}

/* The same of a bucket, of a list of them, or of nothing. */
static bool tell_leaf(const struct sides *sides, link leaf, link other, uint64_t prefix,
                      unsigned depth, bool changed) {
    for (; link_is_fork(leaf); leaf = fork_at(sides->one, leaf)->child[1])
        if (!tell_bucket(sides, fork_at(sides->one, leaf)->child[0], other, prefix, depth, changed))
            return false;
    return leaf == LINK_NONE || tell_bucket(sides, leaf, other, prefix, depth, changed);
}

/* The child of a fork; what is none covers what is below it, too. */
static link child(const struct hamt *map, link block, unsigned one) {
    return link_is_fork(block) ? fork_at(map, block)->child[one] : block;
}

/* What either has for hashes that begin with the first `depth` bits of `prefix`; the other bits of
 * that are 0. */
static bool diff_blocks(const struct sides *sides, link one, link other, uint64_t prefix,
                        unsigned depth) {
    if (one == other)
        return true;
    if (depth < HASH_BITS && (link_is_fork(one) || link_is_fork(other)))
        return diff_blocks(sides, child(sides->one, one, 0), child(sides->other, other, 0), prefix,
                           depth + 1) &&
               diff_blocks(sides, child(sides->one, one, 1), child(sides->other, other, 1),
                           way_one(prefix, depth), depth + 1);
    const struct sides back = swap(sides);
    return tell_leaf(sides, one, other, prefix, depth, true) &&
           tell_leaf(&back, other, one, prefix, depth, false);
}

/* What the first `depth` bits of a hash lead to, at least as many as the root resolves. */
static link block_for(const struct hamt *map, uint64_t hash, unsigned depth) {
    link block = root_slot(&map->root, hash)->block;
    for (unsigned at = root_depth(&map->root); link_is_fork(block) && at < depth; at++)
        block = child(map, block, fork_bit(hash, at));
    return block;
}

/* How many slots from this one on lead to the same in both roots, of one depth, as far as arrays
 * tell that they have in common, or this slot. */
static size_t slots_shared(const struct sides *sides, size_t number) {
    const struct root *one = &sides->one->root, *other = &sides->other->root;
    if (root_depth(one) != root_depth(other))
        return 0;
    for (unsigned level = 0; level < root_levels(one); level++)
        if (root_array(one, level, number) == root_array(other, level, number))
            return root_array_slots(one, level) - number % root_array_slots(one, level);
    return root_at(one, number)->block == root_at(other, number)->block;
}

/* Slot by slot of the larger root. */
static bool diff_roots(const struct sides *sides) {
    const struct hamt *larger =
        root_depth(&sides->one->root) < root_depth(&sides->other->root) ? sides->other : sides->one;
    unsigned depth = root_depth(&larger->root);
    for (size_t number = 0, next; number < slots_in(&larger->root); number = next) {
        size_t shared = slots_shared(sides, number);
        next = number + (shared > 0 ? shared : 1);
        uint64_t prefix = way_of(larger, number);
        if (shared == 0 && !diff_blocks(sides, block_for(sides->one, prefix, depth),
                                        block_for(sides->other, prefix, depth), prefix, depth))
            return false;
    }
    return true;
}

bool hamt_diff(const struct hamt *before, const struct hamt *after, hamt_change_visitor *visit,
               void *context) {
    struct sides sides = {before, after, visit, context, false};
    if (OWN_TRAIT == 0 || map_blocks(before) != map_blocks(after))
        return diff_all(before, after, visit, context);
    return diff_roots(&sides);
}
