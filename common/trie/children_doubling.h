/* children_doubling.h - for those variants of children.h whose array doubles when it is full, and
 * whose bitmap alone knows how many children there are: everything but these, which are the
 * variant's to say before it includes this file:
 *
 *   CHILDREN_FIRST        slots in a node's first array
 *   children_copy_insert  what copies the children to a larger array: sparse_copy_insert, or its
 * like
 */
#ifndef CHILDREN_DOUBLING_H
#define CHILDREN_DOUBLING_H

struct children {
    uint64_t bitmap;
    ref *items;
    uint32_t capacity;
};

#include "children_dense.h"

static inline unsigned children_slots(const struct children *children) {
    return children->capacity;
}

HOT bool children_add(struct array_space *space, struct children *children, unsigned chunk,
                      ref child) {
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    if (count == children->capacity) {
        uint32_t capacity = children->capacity ? children->capacity * 2 : CHILDREN_FIRST;
        ref *items = array_alloc(space, capacity);
        if (!items)
            return false;
        children_copy_insert(items, children->items, count, index, child);
        if (children->capacity)
            array_free(space, children->items, children->capacity);
        children->items = items;
        children->capacity = capacity;
    } else {
        sparse_insert(children->items, count, index, child);
    }
    children->bitmap |= sparse_bit(chunk);
    return true;
}

HOT void children_remove(struct array_space *space, struct children *children, unsigned chunk) {
    (void)space;
    sparse_erase(children->items, children_count(children), sparse_index(children->bitmap, chunk));
    children->bitmap &= ~sparse_bit(chunk);
}

static inline void children_free(struct array_space *space, struct children *children) {
    if (children->capacity)
        array_free(space, children->items, children->capacity);
}

static inline const char *children_check(const struct children *children) {
    if (children_count(children) > children->capacity)
        return "children: the array is within its capacity";
    return NULL;
}

#endif
