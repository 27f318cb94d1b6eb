/* hamt.c (glib) - GLib's GHashTable: open addressing, 32 bits of each hash kept apart from the
 * keys.
 *
 * GLib hands its hash function nothing but the key, so a map's seed stands in `seed`, one for each
 * thread, before GLib is asked for a key: it hashes only the key that it is asked for, and uses the
 * hashes that it keeps for all others.  Values have 64 bits, as pointers have.  Out of memory GLib
 * aborts. */
#include "config.h"
#include "hamt.h"
#include "keyops.h"

#include <glib.h>
#include <stdlib.h>

_Static_assert(sizeof(gpointer) == sizeof(uint64_t), "a pointer holds a value");

#include "glibkey.h"

struct hamt {
    GHashTable *table;
    uint64_t seed;
};

static _Thread_local uint64_t seed;

static guint hash(gconstpointer key) {
    return (guint)key_hash(shown(key), seed);
}

/* The map's table, to be asked for one key. */
static GHashTable *table_of(const struct hamt *map) {
    seed = map->seed;
    return map->table;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    struct hamt *map = config_chosen(config, &chosen) ? malloc(sizeof *map) : NULL;
    if (!map)
        return NULL;
    map->seed = chosen.hash_seed;
    map->table = g_hash_table_new_full(hash, EQUAL, DROP, NULL);
    return map;
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    g_hash_table_destroy(map->table);
    free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    bool is_new = g_hash_table_insert(table_of(map), kept(key), (gpointer)value);
    return is_new ? HAMT_NEW : HAMT_REPLACED;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    gpointer found;
    if (!g_hash_table_lookup_extended(table_of(map), asked(&key), NULL, &found))
        return false;
    *value = (uintptr_t)found;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    return g_hash_table_remove(table_of(map), asked(&key));
}

size_t hamt_size(const struct hamt *map) {
    return g_hash_table_size(map->table);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    GHashTableIter at;
    gpointer key, value;
    g_hash_table_iter_init(&at, map->table);
    while (g_hash_table_iter_next(&at, &key, &value))
        if (!visit(shown(key), (uintptr_t)value, context))
            return false;
    return true;
}

#include "outside.h"
