/* children_dense.h - for those variants of children.h that keep a bitmap and, behind a pointer, the
 * children without gaps: what reading them is like, however the array is allocated.
 * The variant defines struct children with the members `bitmap` and `items` first, and later
 * children_slots: the slots that a node's array was asked for with. */
#ifndef CHILDREN_DENSE_H
#define CHILDREN_DENSE_H

#include "sparse.h"

static inline unsigned children_slots(const struct children *children);

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

static inline bool children_copy(struct array_space *space, struct children *children) {
    ref *items = array_alloc(space, children_slots(children));
    if (!items)
        return false;
    memcpy(items, children->items, children_count(children) * sizeof *items);
    children->items = items;
    return true;
}

static inline uint64_t children_differ(const struct children *a, const struct children *b) {
    uint64_t differ = a->bitmap ^ b->bitmap;
    const ref *in_a = a->items, *in_b = b->items;
    for (uint64_t chunks = a->bitmap | b->bitmap; chunks; chunks &= chunks - 1) {
        uint64_t chunk = chunks & -chunks;
        if (!(differ & chunk) && in_a->word != in_b->word)
            differ |= chunk;
        in_a += (a->bitmap & chunk) != 0;
        in_b += (b->bitmap & chunk) != 0;
    }
    return differ;
}

static inline void children_count_bytes(const struct array_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    array_count(space, children->items, stats);
}

#endif
