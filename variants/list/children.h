/* children.h (list) - how does a node keep its children?
 *
 * Contract.  A node's children are told apart by their chunk, 0 to 63.
 *   children_init    no child yet; takes no memory
 *   children_find    the slot of the child for this chunk, NULL if there is none; the slot stays
 *                    where it is until a child of this node is added or removed
 *   children_add     adds a child for a chunk that has none; false when memory is out, and nothing
 *                    changed
 *   children_remove  takes out the child for a chunk that has one; never fails
 *   children_count   how many there are
 *   children_places, children_at
 *                    for walking over all: at each index below children_places stands a child or
 *                    REF_NONE; the order is the layout's own
 *   children_copy    makes a plain copy of another node's children one with an array of its own;
 *                    false when memory is out, and the copy is to be forgotten
 *   children_differ  a bit for each chunk for which two nodes have not the same child
 *   children_free    gives back the array; the children themselves are not touched
 *   children_check   the first broken invariant, NULL if all hold
 *   children_count_bytes
 *                    adds the memory of one node's array to *stats
 * Arrays of slots come from the map's store of them (array.h).
 *
 * Here each node has a growable list, as a language's standard library gives it: capacity 1, 2, 4,
 * 8, ..., a new array and the children copied whenever it is full. */
#ifndef CHILDREN_H
#define CHILDREN_H

struct children {
    uint64_t bitmap;
    ref *items;
    uint32_t count;
    uint32_t capacity;
};

#include "children_dense.h"

static inline unsigned children_slots(const struct children *children) {
    return children->capacity;
}

HOT bool children_add(struct array_space *space, struct children *children, unsigned chunk,
                      ref child) {
    unsigned index = sparse_index(children->bitmap, chunk);
    if (children->count == children->capacity) {
        uint32_t capacity = children->capacity ? children->capacity * 2 : 1;
        ref *items = array_alloc(space, capacity);
        if (!items)
            return false;
        sparse_copy_insert(items, children->items, children->count, index, child);
        array_free(space, children->items, children->capacity);
        children->items = items;
        children->capacity = capacity;
    } else {
        sparse_insert(children->items, children->count, index, child);
    }
    children->bitmap |= sparse_bit(chunk);
    children->count++;
    return true;
}

HOT void children_remove(struct array_space *space, struct children *children, unsigned chunk) {
    (void)space;
    sparse_erase(children->items, children->count, sparse_index(children->bitmap, chunk));
    children->bitmap &= ~sparse_bit(chunk);
    children->count--;
}

static inline void children_free(struct array_space *space, struct children *children) {
    array_free(space, children->items, children->capacity);
}

static inline const char *children_check(const struct children *children) {
    if (sparse_count(children->bitmap) != children->count)
        return "children: the bitmap has as many bits as the list has items";
    if (children->count > children->capacity)
        return "children: the list is within its capacity";
    return NULL;
}

#endif
