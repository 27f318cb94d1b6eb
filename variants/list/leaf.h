/* leaf.h (list) - how does a leaf keep its entries?
 *
 * Contract.  A leaf nearly always has one entry; it has more only when hashes collide.
 *   leaf_init     makes a leaf of one entry; the key is copied; false when memory is out, and there
 *                 is nothing to free
 *   leaf_find     the entry with this key, NULL if there is none; it stays where it is until the
 *                 leaf changes
 *   leaf_put      adds an entry or replaces a value; the key is copied; when memory is out nothing
 *                 changes
 *   leaf_remove   takes out one of several entries: a leaf is never empty
 *   leaf_count, leaf_at
 *                 for walking over all entries
 *   leaf_free     drops all entries and gives back the leaf's arrays
 *   leaf_check    the first broken invariant, NULL if all hold
 *   leaf_count_bytes  adds the leaf's arrays, not its keys, to *stats
 *
 * Here a leaf is a growable list of entries with the value semantics of a language that copies: an
 * entry is built, then copied into the list, and copied again whenever the list grows; a replaced
 * entry is replaced by a copy, key and all.  With integer keys that costs nothing; with string keys
 * each copy is an allocation. */
#ifndef LEAF_H
#define LEAF_H

#include "leaf_list.h"

/* Makes room for one more entry by copying those there are.  False when memory is out. */
HOT bool leaf_grow(struct entries *list) {
    struct entries larger = {.capacity = entries_next_capacity(list->capacity)};
    larger.items = mem_alloc(larger.capacity * sizeof *larger.items);
    if (!larger.items)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!entry_copy(&larger.items[i], list->items[i].key, list->items[i].value)) {
            entries_free(&larger);
            return false;
        }
        larger.count++;
    }
    entries_free(list);
    *list = larger;
    return true;
}

HOT enum hamt_put_result leaf_put(struct leaf *leaf, hamt_key key, uint64_t value) {
    struct entries *list = &leaf->list;
    enum hamt_put_result result = HAMT_NO_MEMORY;
    struct entry *found = leaf_find(leaf, key);
    struct entry given, copy;
    if (!entry_copy(&given, key, value))
        return HAMT_NO_MEMORY;
    if (found) {
        if (entry_copy(&copy, given.key, given.value)) {
            entry_drop(found);
            *found = copy;
            result = HAMT_REPLACED;
        }
    } else if (list->count < list->capacity || leaf_grow(list)) {
        if (entry_copy(&copy, given.key, given.value)) {
            list->items[list->count++] = copy;
            result = HAMT_NEW;
        }
    }
    entry_drop(&given);
    return result;
}

#endif
