/* hamt.c (glib) - GLib's GHashTable: open addressing, 32 bits of each hash kept apart from the
 * keys.
 *
 * An integer is its own pointer, as GLib's users do it (GUINT_TO_POINTER); keys and values have 64
 * bits. GLib hands its hash function nothing but the key: the seed is that of the map made last, so
 * maps of different seeds must not live at once.  Out of memory GLib aborts. */
#include "config.h"
#include "hamt.h"
#include "keyops.h"

#include <glib.h>
#include <stdlib.h>

_Static_assert(sizeof(gpointer) == sizeof(uint64_t), "a pointer holds a key");

struct hamt {
    GHashTable *table;
};

static uint64_t seed;

static guint hash(gconstpointer key) {
    return (guint)key_hash((uintptr_t)key, seed);
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    struct hamt *map = config_chosen(config, &chosen) ? malloc(sizeof *map) : NULL;
    if (!map)
        return NULL;
    seed = chosen.hash_seed;
    map->table = g_hash_table_new(hash, NULL); /* NULL: keys are equal if the pointers are */
    return map;
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    g_hash_table_destroy(map->table);
    free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    bool is_new = g_hash_table_insert(map->table, (gpointer)key, (gpointer)value);
    return is_new ? HAMT_NEW : HAMT_REPLACED;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    gpointer found;
    if (!g_hash_table_lookup_extended(map->table, (gconstpointer)key, NULL, &found))
        return false;
    *value = (uintptr_t)found;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    return g_hash_table_remove(map->table, (gconstpointer)key);
}

size_t hamt_size(const struct hamt *map) {
    return g_hash_table_size(map->table);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    GHashTableIter at;
    gpointer key, value;
    g_hash_table_iter_init(&at, map->table);
    while (g_hash_table_iter_next(&at, &key, &value))
        if (!visit((uintptr_t)key, (uintptr_t)value, context))
            return false;
    return true;
}

#include "outside.h"
