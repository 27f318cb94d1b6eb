/* children_dense.h - for those variants of children.h that keep a bitmap and, behind a pointer, the
 * children without gaps: what reading them is like, however the array is allocated.
 * The variant defines struct children with the members `bitmap` and `items` first. */
#ifndef CHILDREN_DENSE_H
#define CHILDREN_DENSE_H

#include "sparse.h"

HOT ref *children_find(const struct children *children, unsigned chunk) {
    if (!sparse_has(children->bitmap, chunk))
        return NULL;
    return &children->items[sparse_index(children->bitmap, chunk)];
}

static inline void children_init(struct children *children) {
    *children = (struct children){0};
}

static inline unsigned children_count(const struct children *children) {
    return sparse_count(children->bitmap);
}

static inline unsigned children_places(const struct children *children) {
    return sparse_count(children->bitmap);
}

static inline ref children_at(const struct children *children, unsigned index) {
    return children->items[index];
}

static inline void children_count_bytes(const struct array_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    array_count(space, children->items, stats);
}

#endif
