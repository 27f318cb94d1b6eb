/* children.h (exact) - how does a node keep its children?
 *
 * Parent: list.  Change: in an array of exactly their number behind a pointer, so that neither
 * count nor capacity needs a field: the bitmap knows. Cost: every added child means a new array,
 * and a removed one as well. */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "children_no_space.h"

struct children {
    uint64_t bitmap;
    ref *items; /* NULL when there is no child */
};

#include "children_dense.h"

HOT bool children_add(struct children_space *space, struct children *children, unsigned chunk,
                      ref child) {
    (void)space;
    unsigned count = children_count(children);
    ref *items = mem_alloc((count + 1) * sizeof *items);
    if (!items)
        return false;
    sparse_copy_insert(items, children->items, count, sparse_index(children->bitmap, chunk), child);
    mem_free(children->items);
    children->items = items;
    children->bitmap |= sparse_bit(chunk);
    return true;
}

HOT void children_remove(struct children_space *space, struct children *children, unsigned chunk) {
    (void)space;
    unsigned count = children_count(children);
    unsigned index = sparse_index(children->bitmap, chunk);
    ref *items = count > 1 ? mem_alloc((count - 1) * sizeof *items) : NULL;
    children->bitmap &= ~sparse_bit(chunk);
    if (count > 1 && !items) { /* out of memory: the old array serves on, one slot too long */
        sparse_erase(children->items, count, index);
        return;
    }
    if (items)
        sparse_copy_erase(items, children->items, count, index);
    mem_free(children->items);
    children->items = items;
}

static inline void children_free(struct children_space *space, struct children *children) {
    (void)space;
    mem_free(children->items);
}

static inline const char *children_check(const struct children *children) {
    if ((children->bitmap == 0) != (children->items == NULL))
        return "children: there is an array exactly when there is a child";
    return NULL;
}

static inline void children_count_bytes(const struct children_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    (void)space;
    count_block(stats, HAMT_BYTES_CHILDREN, children->items);
}

#endif
