/* root.h (segmented) - how are the first bits of the hash resolved?
 *
 * Parent: directory.  Change: the directory lies in segments, 2^(D - D/2) of 2^(D/2) slots each,
 * and a top that leads to them.  So the first change after a snapshot copies the top and one
 * segment instead of all slots: where a directory of 2^16 slots has 256 KiB, these have 2 KiB and
 * 1 KiB.
 * Cost: one more step for each search. */
#ifndef ROOT_H
#define ROOT_H

/* At depth 0 the top is &first, and the segment &only. */
struct root {
    struct slot **segments;
    unsigned depth;
    unsigned low;   /* bits that a segment resolves */
    unsigned shift; /* what takes a hash's first bits to its last but one: see root_slot */
    struct slot *first;
    struct slot only;
};

static inline size_t root_slots(const struct root *root) {
    return (size_t)1 << root->depth;
}

static inline size_t root_segment_slots(const struct root *root) {
    return (size_t)1 << root->low;
}

static inline void root_init_none(struct root *root) {
    *root = (struct root){.segments = &root->first, .shift = 63, .first = &root->only};
    root->only.block = LINK_NONE;
    slot_forget(&root->only);
}

static inline bool root_init(struct root *root, const struct own *own, unsigned depth) {
    root_init_none(root);
    if (depth == 0)
        return true;
    *root = (struct root){.depth = depth, .low = depth / 2, .shift = 63 - depth};
    size_t segments = root_slots(root) >> root->low, made = 0;
    root->segments = (struct slot **)array_make(own, segments * sizeof *root->segments);
    for (; root->segments && made < segments; made++) {
        size_t bytes = root_segment_slots(root) * sizeof(struct slot);
        struct slot *segment = (struct slot *)array_make(own, bytes);
        if (!segment)
            break;
        for (size_t i = 0; i < root_segment_slots(root); i++) {
            segment[i].block = LINK_NONE;
            slot_forget(&segment[i]);
        }
        root->segments[made] = segment;
    }
    if (root->segments && made == segments)
        return true;
    while (made-- > 0)
        array_free(root->segments[made]);
    if (root->segments)
        array_free(root->segments);
    return false;
}

static inline void root_move(struct root *root, const struct root *from) {
    struct slot only = from->only;
    *root = *from;
    if (root->depth > 0)
        return;
    root_init_none(root);
    root->only = only;
}

static inline unsigned root_depth(const struct root *root) {
    return root->depth;
}

static inline struct slot *root_at(const struct root *root, size_t number) {
    return &root->segments[number >> root->low][number & (root_segment_slots(root) - 1)];
}

/* In two steps, since C has no shift by all 64 bits. */
static inline struct slot *root_slot(const struct root *root, uint64_t hash) {
    return root_at(root, hash >> 1 >> root->shift);
}

#include "root_size.h"

#include "root_arrays.h"

static inline unsigned root_levels(const struct root *root) {
    return root->depth > 0 ? 2 : 0;
}

static inline void *root_array(const struct root *root, unsigned level, size_t number) {
    return level == 0 ? (void *)root->segments : root->segments[number >> root->low];
}

static inline void root_set_array(struct root *root, unsigned level, size_t number, void *array) {
    if (level == 0)
        root->segments = (struct slot **)array;
    else
        root->segments[number >> root->low] = (struct slot *)array;
}

static inline size_t root_array_bytes(const struct root *root, unsigned level) {
    return level == 0 ? (root_slots(root) >> root->low) * sizeof *root->segments
                      : root_segment_slots(root) * sizeof **root->segments;
}

static inline size_t root_array_slots(const struct root *root, unsigned level) {
    return level == 0 ? root_slots(root) : root_segment_slots(root);
}

#endif
