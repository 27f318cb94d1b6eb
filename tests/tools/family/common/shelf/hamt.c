/* hamt.c (shelf) - the smallest family there can be: a map that is one array of entries.
 *
 * Two questions are left open: room.h, how the array grows, and seek.h, in which order it is
 * searched. */
#include "hamt.h"

#include "count.h"
#include "entry.h"
#include "mem.h"
#include "one_by_one.h"

#include "room.h"
#include "seek.h"

#include <string.h>

struct hamt {
    struct entry *items;
    size_t count, capacity;
    uint64_t changes;
};

unsigned hamt_traits(void) {
    return (HAMT_OUR_OWN | HAMT_CANONICAL) & ~HAMT_SEEDED;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    (void)config;
    struct hamt *map = mem_alloc(sizeof *map);
    if (map)
        *map = (struct hamt){0};
    return map;
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    for (size_t i = 0; i < map->count; i++)
        entry_drop(&map->items[i]);
    mem_free(map->items);
    mem_free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    struct entry *found = seek(map->items, map->count, key);
    if (found) {
        found->value = value;
        return HAMT_REPLACED;
    }
    if (map->count == map->capacity) {
        size_t capacity = room_after(map->capacity);
        struct entry *items = mem_resize(map->items, capacity * sizeof *items);
        if (!items)
            return HAMT_NO_MEMORY;
        map->items = items;
        map->capacity = capacity;
    }
    if (!entry_copy(&map->items[map->count], key, value))
        return HAMT_NO_MEMORY;
    map->count++;
    map->changes++;
    return HAMT_NEW;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const struct entry *found = seek(map->items, map->count, key);
    if (found)
        *value = found->value;
    return found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    struct entry *found = seek(map->items, map->count, key);
    if (!found)
        return false;
    entry_drop(found);
    *found = map->items[--map->count];
    map->changes++;
    if (map->count == 0) {
        mem_free(map->items);
        map->items = NULL;
        map->capacity = 0;
    }
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return map->count;
}

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    *cursor = (struct hamt_cursor){.map = map, .changes = map->changes};
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    if (cursor->changes != cursor->map->changes)
        return HAMT_STALE;
    if (cursor->entry == cursor->map->count)
        return HAMT_END;
    *key = cursor->map->items[cursor->entry].key;
    *value = cursor->map->items[cursor->entry++].value;
    return HAMT_ENTRY;
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    for (size_t i = 0; i < map->count; i++)
        if (!visit(map->items[i].key, map->items[i].value, context))
            return false;
    return true;
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    *stats = (struct hamt_stats){.entries = map->count};
    count_block(stats, HAMT_BYTES_MAP, map);
    count_block(stats, HAMT_BYTES_ENTRIES, map->items);
    for (size_t i = 0; i < map->count; i++)
        count_block(stats, HAMT_BYTES_KEYS, key_block(map->items[i].key));
}

const char *hamt_check(const struct hamt *map) {
    return map->count <= map->capacity ? NULL : "shelf: the array is within its capacity";
}
