/* hamt.c (hattrie) - HAT-trie: a trie over the key's bytes whose leaves are hash tables of arrays; strings
 * only.  It hashes with a function of its own.  Out of memory it exits. */
#include "hamt.h"

#include <hat-trie/hat-trie.h>
#include <stdlib.h>

struct hamt {
    hattrie_t *trie;
};

static const char *bytes_of(hamt_key key) {
    return key.len ? key.bytes : "";
}

struct hamt *hamt_create(const struct hamt_config *config) {
    (void)config;
    struct hamt *map = malloc(sizeof *map);
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
    size_t before = hattrie_size(map->trie);
    *hattrie_get(map->trie, bytes_of(key), key.len) = value;
    return hattrie_size(map->trie) > before ? HAMT_NEW : HAMT_REPLACED;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const value_t *found = hattrie_tryget(map->trie, bytes_of(key), key.len);
    if (found)
        *value = *found;
    return found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    return hattrie_del(map->trie, bytes_of(key), key.len) == 0;
}

size_t hamt_size(const struct hamt *map) {
    return hattrie_size(map->trie);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    hattrie_iter_t *at = hattrie_iter_begin(map->trie, false);
    bool all = at;
    for (; all && !hattrie_iter_finished(at); hattrie_iter_next(at)) {
        hamt_key key;
        key.bytes = hattrie_iter_key(at, &key.len);
        all = visit(key, *hattrie_iter_val(at), context);
    }
    hattrie_iter_free(at);
    return all;
}

#include "outside.h"
