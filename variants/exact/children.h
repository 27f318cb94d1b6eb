/* children.h (exact) - how does a node keep its children?
 *
 * Parent: list.  Change: in an array of as few slots as the store has for their number (array.h;
 * malloc has exactly so many), so that neither count nor capacity needs a field: the bitmap knows.
 * Cost: every added child means a new array, and a removed one as well, unless the one that there
 * is serves. */
#ifndef CHILDREN_H
#define CHILDREN_H

struct children {
    uint64_t bitmap;
    ref *items; /* NULL when there is no child */
};

#include "children_dense.h"

static inline unsigned children_slots(const struct children *children) {
    return sparse_count(children->bitmap);
}

HOT bool children_add(struct array_space *space, struct children *children, unsigned chunk,
                      ref child) {
    unsigned count = children_count(children);
    if (array_serves(count, count + 1)) {
        sparse_insert(children->items, count, sparse_index(children->bitmap, chunk), child);
    } else {
        ref *items = array_alloc(space, count + 1);
        if (!items)
            return false;
        sparse_copy_insert(items, children->items, count, sparse_index(children->bitmap, chunk),
                           child);
        array_free(space, children->items, count);
        children->items = items;
    }
    children->bitmap |= sparse_bit(chunk);
    return true;
}

HOT void children_remove(struct array_space *space, struct children *children, unsigned chunk) {
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    bool serves = array_serves(count, count - 1);
    ref *items = count > 1 && !serves ? array_alloc(space, count - 1) : NULL;
    children->bitmap &= ~sparse_bit(chunk);
    if (count > 1 && !items) { /* the old array serves on: it would be the same, or memory is out */
        sparse_erase(children->items, count, index);
        if (!serves)
            array_cut(space, children->items, count, count - 1);
        return;
    }
    if (items)
        sparse_copy_erase(items, children->items, count, index);
    array_free(space, children->items, count);
    children->items = items;
}

static inline void children_free(struct array_space *space, struct children *children) {
    array_free(space, children->items, children_count(children));
}

static inline const char *children_check(const struct children *children) {
    if ((children->bitmap == 0) != (children->items == NULL))
        return "children: there is an array exactly when there is a child";
    return NULL;
}

#endif
