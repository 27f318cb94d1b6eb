/* root.h (directory) - how are the first bits of the hash resolved?
 *
 * Parent: bucket.  Change: by a directory, an array of 2^D slots that the hash's first D bits
 * number (extendible hashing).  A search takes one step where a chain of forks takes D.
 *
 * It doubles when there are more than 16 entries to a slot.  Buckets of at most 24 that part in
 * halves hold some 17 on average, so that nearly all of them have a slot of their own then, and
 * forks stand only where chance, or a weak hash, has put more.  It halves when there is less than
 * one entry to 64 slots, so that a size that swings does not copy it each time.  Its size follows
 * from the number of entries, so no set of keys, however ill chosen, makes it larger.
 * Cost: copying it, a slot for each eight to sixteen entries, at one put of many. */
#ifndef ROOT_H
#define ROOT_H

struct root {
    struct slot *slots; /* &only at depth 0 */
    unsigned depth;
    unsigned shift; /* what takes a hash's first bits to its last but one: see root_slot */
    struct slot only;
};

static inline size_t root_slots(const struct root *root) {
    return (size_t)1 << root->depth;
}

static inline bool root_init(struct root *root, const struct own *own, unsigned depth) {
    *root = (struct root){.depth = depth, .shift = 63 - depth};
    root->slots = depth == 0
                      ? &root->only
                      : (struct slot *)array_make(own, root_slots(root) * sizeof *root->slots);
    if (!root->slots)
        return false;
    for (size_t i = 0; i < root_slots(root); i++) {
        root->slots[i].block = LINK_NONE;
        slot_forget(&root->slots[i]);
    }
    return true;
}

static inline void root_move(struct root *root, const struct root *from) {
    *root = *from;
    if (root->depth == 0)
        *root = (struct root){.slots = &root->only, .shift = from->shift, .only = *from->slots};
}

static inline unsigned root_depth(const struct root *root) {
    return root->depth;
}

static inline struct slot *root_at(const struct root *root, size_t number) {
    return &root->slots[number];
}

/* In two steps, since C has no shift by all 64 bits. */
static inline struct slot *root_slot(const struct root *root, uint64_t hash) {
    return &root->slots[hash >> 1 >> root->shift];
}

#include "root_size.h"

#include "root_arrays.h"

static inline unsigned root_levels(const struct root *root) {
    return root->depth > 0;
}

static inline void *root_array(const struct root *root, unsigned level, size_t number) {
    (void)level, (void)number;
    return root->slots;
}

static inline void root_set_array(struct root *root, unsigned level, size_t number, void *array) {
    (void)level, (void)number;
    root->slots = (struct slot *)array;
}

static inline size_t root_array_bytes(const struct root *root, unsigned level) {
    (void)level;
    return root_slots(root) * sizeof *root->slots;
}

static inline size_t root_array_slots(const struct root *root, unsigned level) {
    (void)level;
    return root_slots(root);
}

#endif
