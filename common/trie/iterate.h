/* iterate.h - visiting every entry, with a stack of the nodes on the way to the present one. */
#ifndef ITERATE_H
#define ITERATE_H

#include "trie.h"

static void cursor_push(struct hamt_cursor *cursor, ref node) {
    cursor->frame[cursor->depth].place = node.word;
    cursor->frame[cursor->depth].next = 0;
    cursor->depth++;
}

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    cursor->map = map;
    cursor->changes = map->changes;
    cursor->depth = 0;
    cursor->entry = 0;
    if (!ref_is_none(map->root))
        cursor_push(cursor, map->root);
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    if (cursor->changes != cursor->map->changes)
        return HAMT_STALE;
    while (cursor->depth > 0) {
        ref node = {cursor->frame[cursor->depth - 1].place};
        if (ref_is_leaf(node)) {
            if (cursor->entry < leaf_count(ref_leaf(node))) {
                const struct entry *entry = leaf_at(ref_leaf(node), cursor->entry++);
                *key = entry->key;
                *value = entry->value;
                return HAMT_ENTRY;
            }
            cursor->entry = 0;
            cursor->depth--;
            continue;
        }
        const struct children *children = &ref_inner(node)->children;
        unsigned *next = &cursor->frame[cursor->depth - 1].next;
        while (*next < children_places(children) && ref_is_none(children_at(children, *next)))
            ++*next;
        if (*next < children_places(children))
            cursor_push(cursor, children_at(children, (*next)++));
        else
            cursor->depth--;
    }
    return HAMT_END;
}

#include "each.h"

#endif
