/* hamt.c - a hash array mapped trie, put together from parts.
 *
 * A HAMT is a trie over the hashes of its keys.  The hash is read six bits at a time; at every
 * inner node the next six choose one of 64 children; below, in a leaf, stands the entry:
 *
 *     hash of "pear":  ... 000010 000101              root
 *                                                    /    \
 *     level 0: chunk 5 (000101)                     5      9
 *     level 1: chunk 2 (000010)                   / | \     \
 *                                                2  7  40    (kiwi)
 *                                               /    \   \
 *                                          (pear)  (fig)  (plum)
 *
 * An inner node has few children for the most part, so it keeps them without gaps and finds them
 * through a bitmap (bitmap.h).  That is all there is to the algorithm.  Everything else is about
 * where these things lie in memory: what a slot holds, where nodes and arrays come from, how many
 * nodes stand on the way.  Those questions are answered by the parts (trie.h), and this file, which
 * is the same for all of them, only joins them to the map of hamt.h. */
#include "trie.h"

#include "inspect.h"
#include "iterate.h"
#include "one_by_one.h"
#include "config.h"

#include <assert.h>

unsigned hamt_traits(void) {
    return HAMT_OUR_OWN | HAMT_CANONICAL | SHARE_TRAIT;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    if (!config_chosen(config, &chosen))
        return NULL;
    struct hamt *map = mem_alloc(sizeof *map);
    if (!map)
        return NULL;
    *map = (struct hamt){.root = REF_NONE, .hash_seed = chosen.hash_seed};
    if (share_init(&map->share, &chosen))
        return map;
    mem_free(map);
    return NULL;
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    build_free_all(map, map->root);
    share_free(&map->share, map, build_free);
    mem_free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    enum hamt_put_result result = descend_put(map, key, hash_of(map, key), value);
    if (result == HAMT_NEW) {
        map->size++;
        map->changes++;
    }
    return result;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const struct entry *entry = walk_find(map, key, hash_of(map, key));
    if (!entry)
        return false;
    *value = entry->value;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    uint64_t hash = hash_of(map, key);
    struct walk walk;
    struct entry *entry = walk_down(&walk, map, key, hash);
    if (!entry)
        return false;
    if (SHARE_TRAIT != 0 && !walk_own(map, &walk, key, hash, &entry))
        return false;
    struct leaf *leaf = ref_leaf(*walk.step[walk.depth].slot);
    if (leaf_count(leaf) > 1) {
        leaf_remove(leaf, entry);
    } else {
        walk_cut(map, &walk, walk.depth, hash);
        if (walk.depth > 0)
            descend_prune(map, &walk, hash);
    }
    map->size--;
    map->changes++;
    assert(map->size > 0 || ref_is_none(map->root));
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return map->size;
}
