/* hamt.c (champ) - a trie of nodes with two bitmaps behind the functions of hamt.h.
 *
 * Start reading at champ.h: it says what the parts are and how they are joined. */
#include "champ.h"

#include "inspect.h"
#include "iterate.h"
#include "one_by_one.h"
#include "config.h"

unsigned hamt_traits(void) {
    return HAMT_OUR_OWN | HAMT_CANONICAL;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    if (!config_chosen(config, &chosen))
        return NULL;
    struct hamt *map = mem_alloc(sizeof *map);
    if (!map)
        return NULL;
    *map = (struct hamt){.hash_seed = chosen.hash_seed};
    supply_init(&map->supply);
    return map;
}

static void free_below(struct hamt *map, struct link *node, unsigned level) {
    struct extent extent = slots_extent(node, level);
    struct held *entries = slots_entries(node, extent.children);
    for (size_t i = 0; i < extent.entries; i++)
        held_drop(&map->supply, entries[i]);
    for (size_t i = 0; i < extent.children; i++)
        free_below(map, slots_children(node) + i, level + 1);
    slots_free(map, node, level);
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    if (map->size > 0)
        free_below(map, &map->root, 0);
    supply_free(&map->supply);
    mem_free(map);
}

/* Puts an entry of a key that is not there.  False when memory is out, and nothing changed. */
static inline bool add(struct hamt *map, const struct place *place, uint64_t hash,
                       struct held held) {
    if (map->size == 0)
        return slots_first(map, &map->root, chunk_at(hash, 0), held);
    if (place->held)
        return part_put(map, place, hash, held);
    unsigned chunk = place->level < CHUNK_LEVELS ? chunk_at(hash, place->level) : 0;
    return slots_add(map, place->node, place->level, chunk, held);
}

/* Flat: what is called once in each look-up is not called but written out. */
__attribute__((flatten)) enum hamt_put_result hamt_put(struct hamt *map, hamt_key key,
                                                       uint64_t value) {
    uint64_t hash = hash_of(map, key);
    struct place place = {0};
    struct held held;
    if (map->size > 0)
        place = walk_to(map, key, hash, NULL);
    if (place.found) {
        held_entry(place.held)->value = value;
        return HAMT_REPLACED;
    }
    if (!held_make(&map->supply, key, value, &held))
        return HAMT_NO_MEMORY;
    if (!add(map, &place, hash, held)) {
        held_drop(&map->supply, held);
        return HAMT_NO_MEMORY;
    }
    map->size++;
    map->changes++;
    return HAMT_NEW;
}

__attribute__((flatten)) bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    if (map->size == 0)
        return false;
    struct place place = walk_to(map, key, hash_of(map, key), NULL);
    if (place.found)
        *value = held_entry(place.held)->value;
    return place.found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    struct link *path[CHUNK_LEVELS + 1];
    if (map->size == 0)
        return false;
    uint64_t hash = hash_of(map, key);
    struct place place = walk_to(map, key, hash, path);
    if (!place.found)
        return false;
    held_drop(&map->supply, *place.held);
    if (map->size > 1) {
        part_cut(map, path, &place, hash);
    } else {
        slots_free(map, &map->root, 0);
        map->root = (struct link){0};
    }
    map->size--;
    map->changes++;
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return map->size;
}
