/* iterate.h - visiting every entry: those of a node before those of its children.
 *
 * The cursor's frames are the way from the root down: frame[i].place is the link that leads to the
 * node below i chunks, frame[i].next the number of its slots that have been seen. */
#ifndef ITERATE_H
#define ITERATE_H

#include "champ.h"

static void cursor_push(struct hamt_cursor *cursor, const struct link *node) {
    cursor->frame[cursor->depth].place = (uintptr_t)node;
    cursor->frame[cursor->depth].next = 0;
    cursor->depth++;
}

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    cursor->map = map;
    cursor->changes = map->changes;
    cursor->depth = 0;
    if (map->size > 0)
        cursor_push(cursor, &map->root);
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    if (cursor->changes != cursor->map->changes)
        return HAMT_STALE;
    while (cursor->depth > 0) {
        unsigned level = (unsigned)cursor->depth - 1;
        const struct link *node = (const struct link *)cursor->frame[level].place;
        struct extent extent = slots_extent(node, level);
        size_t next = cursor->frame[level].next++;
        if (next < extent.entries) {
            const struct entry *entry = held_entry(slots_entries(node, extent.children) + next);
            *key = entry->key;
            *value = entry->value;
            return HAMT_ENTRY;
        }
        next -= extent.entries;
        if (next < extent.children)
            cursor_push(cursor, slots_children(node) + next);
        else
            cursor->depth--;
    }
    return HAMT_END;
}

#include "each.h"

#endif
