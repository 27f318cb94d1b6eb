/* entry.h - one key and its value, and a growable array of them.
 *
 * An entry owns its key.  Entries may be moved by plain assignment as long as one copy is
 * forgotten; entry_copy makes a second one with a key of its own. */
#ifndef ENTRY_H
#define ENTRY_H

#include "hamt.h"
#include "keyops.h"
#include "mem.h"

#include <string.h>

struct entry {
    hamt_key key;
    uint64_t value;
};

/* False when memory is out. */
static inline bool entry_copy(struct entry *copy, hamt_key key, uint64_t value) {
    copy->value = value;
    return key_clone(&copy->key, key);
}

static inline void entry_drop(struct entry *entry) {
    key_drop(entry->key);
}

struct entries {
    struct entry *items;
    uint32_t count;
    uint32_t capacity;
};

static inline struct entry *entries_find(const struct entries *list, hamt_key key) {
    for (uint32_t i = 0; i < list->count; i++)
        if (key_equal(list->items[i].key, key))
            return &list->items[i];
    return NULL;
}

/* The capacity after `capacity` is used up: 1, 2, 4, 8, ... */
static inline uint32_t entries_next_capacity(uint32_t capacity) {
    return capacity ? capacity * 2 : 1;
}

/* Makes room for one more entry; those there are moved.  False when memory is out. */
static inline bool entries_reserve(struct entries *list) {
    if (list->count < list->capacity)
        return true;
    uint32_t capacity = entries_next_capacity(list->capacity);
    struct entry *items = (struct entry *)mem_alloc(capacity * sizeof *items);
    if (!items)
        return false;
    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    mem_free(list->items);
    list->items = items;
    list->capacity = capacity;
    return true;
}

/* Adds an entry with a copy of `key` made in its place.  False when memory is out. */
static inline bool entries_add(struct entries *list, hamt_key key, uint64_t value) {
    if (!entries_reserve(list) || !entry_copy(&list->items[list->count], key, value))
        return false;
    list->count++;
    return true;
}

/* Moves the last entry of the list to *place, where an entry, of this list or not, has been
 * dropped. */
static inline void entries_take_last(struct entries *list, struct entry *place) {
    *place = list->items[--list->count];
}

static inline const char *entries_check(const struct entries *list) {
    return list->count <= list->capacity ? NULL : "entries: the list is within its capacity";
}

static inline void entries_free(struct entries *list) {
    for (uint32_t i = 0; i < list->count; i++)
        entry_drop(&list->items[i]);
    mem_free(list->items);
}

#endif
