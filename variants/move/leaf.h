/* leaf.h (move) - how does a leaf keep its entries?
 *
 * Parent: list.  Change: entries are moved, not copied: one is built in its place, growing the list
 * hands the entries on as they are, and replacing a value leaves the key alone. */
#ifndef LEAF_H
#define LEAF_H

#include "leaf_list.h"

HOT enum hamt_put_result leaf_put(struct leaf *leaf, hamt_key key, uint64_t value) {
    struct entry *found = leaf_find(leaf, key);
    if (found) {
        found->value = value;
        return HAMT_REPLACED;
    }
    return entries_add(&leaf->list, key, value) ? HAMT_NEW : HAMT_NO_MEMORY;
}

#endif
