/* versions.c - versions of a trie, for every composition.
 *
 * A snapshot has the same root, and with it all nodes below, where share.h lets versions share
 * them; else it is a copy.  A diff goes down both tries at once and passes over whatever is the
 * same node. That works since the trie is canonical: of the same hashes, the same nodes stand at
 * the same places, and where two nodes differ, so do the entries below.  It needs no sharing, only
 * the same seed; two tries that share nothing are walked as a whole. */
#include "trie.h"

static struct hamt *empty_like(const struct hamt *map) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    config.hash_seed = map->hash_seed;
    return hamt_create(&config);
}

#include "set_operations.h"
#include "sides.h"
#include "walk_all.h"

struct hamt *hamt_snapshot(struct hamt *map) {
    if (!SHARE_TRAIT)
        return copy_all(map);
    struct hamt *snapshot = mem_alloc(sizeof *snapshot);
    if (!snapshot)
        return NULL;
    *snapshot = *map;
    if (!share_join(&snapshot->share, &map->share)) {
        mem_free(snapshot);
        return NULL;
    }
    if (!ref_is_none(map->root))
        share_hold(map->root);
    return snapshot;
}

/* ---- What differs ---- */

/* Tells of all entries below a node of `one`: the other has none of them, but those in `except`, a
 * leaf or NULL. */
static bool tell_all(const struct sides *sides, ref node, const struct leaf *except) {
    if (ref_is_leaf(node)) {
        const struct leaf *leaf = ref_leaf(node);
        for (size_t i = 0; i < leaf_count(leaf); i++) {
            const struct entry *entry = leaf_at(leaf, i);
            if (!(except && leaf_find(except, entry->key)) &&
                !tell(sides, entry->key, &entry->value, NULL))
                return false;
        }
        return true;
    }
    const struct children *children = &ref_inner(node)->children;
    for (unsigned i = 0; i < children_places(children); i++)
        if (!ref_is_none(children_at(children, i)) &&
            !tell_all(sides, children_at(children, i), except))
            return false;
    return true;
}

/* A leaf of `one` stands where the other has any node. */
static bool diff_leaf(const struct sides *sides, ref leaf, ref node) {
    const struct sides back = swap(sides);
    uint64_t hash = build_leaf_hash(sides->one, leaf);
    for (size_t i = 0; i < leaf_count(ref_leaf(leaf)); i++) {
        const struct entry *entry = leaf_at(ref_leaf(leaf), i);
        const struct entry *found = walk_find(sides->other, entry->key, hash);
        if (!(found && found->value == entry->value) &&
            !tell(sides, entry->key, &entry->value, found ? &found->value : NULL))
            return false;
    }
    return tell_all(&back, node, ref_leaf(leaf));
}

static bool diff_nodes(const struct sides *sides, ref one, ref other, unsigned level);

/* Inner nodes which branch at the same level. */
static bool diff_children(const struct sides *sides, const struct inner *one,
                          const struct inner *other, unsigned level) {
    for (uint64_t chunks = children_differ(&one->children, &other->children); chunks;
         chunks &= chunks - 1) {
        unsigned chunk = (unsigned)__builtin_ctzll(chunks);
        const ref *a = children_find(&one->children, chunk);
        const ref *b = children_find(&other->children, chunk);
        if (!diff_nodes(sides, a ? *a : REF_NONE, b ? *b : REF_NONE, level + 1))
            return false;
    }
    return true;
}

/* An inner node that branches above the level where another does: all but one of its children are
 * off the other's way. */
static bool diff_below(const struct sides *sides, const struct inner *one, ref other,
                       unsigned level) {
    unsigned chunk = chunk_at(inner_prefix(ref_inner(other)), level);
    const ref *way = children_find(&one->children, chunk);
    for (unsigned i = 0; i < children_places(&one->children); i++) {
        ref child = children_at(&one->children, i);
        if (!ref_is_none(child) && !(way && way->word == child.word) &&
            !tell_all(sides, child, NULL))
            return false;
    }
    return diff_nodes(sides, way ? *way : REF_NONE, other, level + 1);
}

static bool diff_inner(const struct sides *sides, ref one, ref other, unsigned level) {
    const struct sides back = swap(sides);
    unsigned level_one = inner_level(ref_inner(one), level);
    unsigned level_other = inner_level(ref_inner(other), level);
    if (level_one > level_other)
        return diff_inner(&back, other, one, level);
    if (!inner_on_way(ref_inner(one), inner_prefix(ref_inner(other))))
        return tell_all(sides, one, NULL) && tell_all(&back, other, NULL);
    if (level_one < level_other)
        return diff_below(sides, ref_inner(one), other, level_one);
    return diff_children(sides, ref_inner(one), ref_inner(other), level_one);
}

/* What stands at the same place, `level` chunks below the roots. */
static bool diff_nodes(const struct sides *sides, ref one, ref other, unsigned level) {
    const struct sides back = swap(sides);
    if (one.word == other.word)
        return true;
    if (ref_is_none(one))
        return tell_all(&back, other, NULL);
    if (ref_is_none(other))
        return tell_all(sides, one, NULL);
    if (ref_is_leaf(one))
        return diff_leaf(sides, one, other);
    if (ref_is_leaf(other))
        return diff_leaf(&back, other, one);
    return diff_inner(sides, one, other, level);
}

bool hamt_diff(const struct hamt *before, const struct hamt *after, hamt_change_visitor *visit,
               void *context) {
    struct sides sides = {before, after, visit, context, false};
    if (before->hash_seed != after->hash_seed)
        return diff_all(before, after, visit, context);
    return diff_nodes(&sides, before->root, after->root, 0);
}
