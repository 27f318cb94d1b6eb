/* hamt.c (hattrie) - HAT-trie: a trie over the key's bytes whose leaves are hash tables of arrays;
 * strings only.  It hashes with a function of its own.  Out of memory it exits.  Its values lie at
 * any address, so they are copied, not assigned. */
#include "hamt.h"

#include <hat-trie/hat-trie.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(value_t) == sizeof(uint64_t), "a value of the trie holds one of ours");

struct hamt {
    hattrie_t *trie;
    /* The empty key, which the trie neither counts nor visits nor removes. */
    bool has_empty;
    uint64_t empty_value;
};

struct hamt *hamt_create(const struct hamt_config *config) {
    (void)config;
    struct hamt *map = calloc(1, sizeof *map);
    if (map)
        map->trie = hattrie_create();
    return map;
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    hattrie_free(map->trie);
    free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    bool was_there = map->has_empty;
    if (key.len > 0) {
        size_t before = hattrie_size(map->trie);
        memcpy(hattrie_get(map->trie, key.bytes, key.len), &value, sizeof value);
        was_there = hattrie_size(map->trie) == before;
    } else {
        map->has_empty = true;
        map->empty_value = value;
    }
    return was_there ? HAMT_REPLACED : HAMT_NEW;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const void *found = key.len > 0      ? (void *)hattrie_tryget(map->trie, key.bytes, key.len)
                        : map->has_empty ? (void *)&map->empty_value
                                         : NULL;
    if (found)
        memcpy(value, found, sizeof *value);
    return found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    if (key.len > 0)
        return hattrie_del(map->trie, key.bytes, key.len) == 0;
    bool there = map->has_empty;
    map->has_empty = false;
    return there;
}

size_t hamt_size(const struct hamt *map) {
    return hattrie_size(map->trie) + map->has_empty;
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    hamt_key key = {.bytes = "", .len = 0};
    if (map->has_empty && !visit(key, map->empty_value, context))
        return false;
    hattrie_iter_t *at = hattrie_iter_begin(map->trie, false);
    bool all = at;
    for (; all && !hattrie_iter_finished(at); hattrie_iter_next(at)) {
        uint64_t value;
        key.bytes = hattrie_iter_key(at, &key.len);
        memcpy(&value, hattrie_iter_val(at), sizeof value);
        all = visit(key, value, context);
    }
    hattrie_iter_free(at);
    return all;
}

#include "outside.h"
