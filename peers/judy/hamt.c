/* hamt.c (judy) - JudyL: a trie of 256-way nodes over the key's own bytes, each in one of several
 * compressed forms.  It hashes nothing, so keys in sequence are its best case and random ones its
 * worst. */
#include "hamt.h"

#include <Judy.h>
#include <stdlib.h>

struct hamt {
    Pvoid_t array;
    size_t size;
};

struct hamt *hamt_create(const struct hamt_config *config) {
    (void)config;
    return calloc(1, sizeof(struct hamt));
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    JudyLFreeArray(&map->array, PJE0);
    free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    Word_t *place = (Word_t *)JudyLGet(map->array, key, PJE0);
    bool is_new = !place;
    if (is_new) {
        place = (Word_t *)JudyLIns(&map->array, key, PJE0);
        if ((void *)place == PPJERR)
            return HAMT_NO_MEMORY;
        map->size++;
    }
    *place = value;
    return is_new ? HAMT_NEW : HAMT_REPLACED;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const Word_t *place = (const Word_t *)JudyLGet(map->array, key, PJE0);
    if (place)
        *value = *place;
    return place;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    bool there = JudyLDel(&map->array, key, PJE0) == 1;
    map->size -= there;
    return there;
}

size_t hamt_size(const struct hamt *map) {
    return map->size;
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    Word_t key = 0;
    for (Word_t *place = (Word_t *)JudyLFirst(map->array, &key, PJE0); place;
         place = (Word_t *)JudyLNext(map->array, &key, PJE0))
        if (!visit(key, *place, context))
            return false;
    return true;
}

#include "outside.h"
