/* root.h (bucket) - how are the first bits of the hash resolved?
 *
 * Contract.  A root of depth D has 2^D slots, one for each way its first D bits can be.
 *   root_init    makes a root of `depth` for a map, whose own its arrays are, all slots leading to
 *                nothing; false when memory is out.  A root of depth 0 needs none
 *   root_move    the root becomes what another one is, which is forgotten, or another version's
 *   root_depth   D
 *   root_at      the slot with this number, counted by the first D bits as a binary number
 *   root_slot    the slot that `hash` leads to
 *   root_wanted  the depth that a root of this depth should have for so many entries: its own, one
 *                more or one less; 0 when there are none
 * What slots lie in beside the root itself are arrays, made by array_make (common/bucket/slots.h).
 *   ROOT_ARRAYS  1; 0 if there are none, ever
 *   root_levels  how many lie on the way to a slot; that at level 0 comes first
 *   root_array   the one at this level on the way to the slot with this number; root_set_array puts
 *                another in its place, which need not be of the same content
 *   root_array_bytes   how large arrays at this level are
 *   root_array_slots   to how many slots, side by side, each of them leads
 *
 * Here it resolves none: there is one slot, and a fork for each bit.  So what a version copies is
 * as small as can be: forks, one below the other, and a bucket. */
#ifndef ROOT_H
#define ROOT_H

struct root {
    struct slot only;
};

static inline bool root_init(struct root *root, const struct own *own, unsigned depth) {
    (void)own, (void)depth;
    root->only.block = LINK_NONE;
    slot_forget(&root->only);
    return true;
}

static inline void root_move(struct root *root, const struct root *from) {
    *root = *from;
}

static inline unsigned root_depth(const struct root *root) {
    (void)root;
    return 0;
}

static inline struct slot *root_at(const struct root *root, size_t number) {
    (void)number;
    return (struct slot *)&root->only;
}

static inline struct slot *root_slot(const struct root *root, uint64_t hash) {
    (void)hash;
    return (struct slot *)&root->only;
}

static inline unsigned root_wanted(const struct root *root, size_t entries) {
    (void)root, (void)entries;
    return 0;
}

#include "root_no_arrays.h"

#endif
