/* root.h (bucket) - how are the first bits of the hash resolved?
 *
 * Contract.  A root of depth D has 2^D slots, one for each way its first D bits can be.
 *   root_init    makes a root of `depth`, all slots leading to nothing; false when memory is out
 *                A root of depth 0 needs none
 *   root_move    the root becomes what another one is, which is forgotten
 *   root_free    gives back the slots
 *   root_depth   D
 *   root_at      the slot with this number, counted by the first D bits as a binary number
 *   root_slot    the slot that `hash` leads to
 *   root_wanted  the depth that a root of this depth should have for so many entries: its own, one
 *                more or one less; 0 when there are none
 *   root_count   adds the slots' memory to *stats
 *
 * Here it resolves none: there is one slot, and a fork for each bit. */
#ifndef ROOT_H
#define ROOT_H

struct root {
    struct slot only;
};

static inline bool root_init(struct root *root, unsigned depth) {
    (void)depth;
    root->only.block = LINK_NONE;
    slot_forget(&root->only);
    return true;
}

static inline void root_move(struct root *root, const struct root *from) {
    *root = *from;
}

static inline void root_free(struct root *root) {
    (void)root;
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

static inline void root_count(const struct root *root, struct hamt_stats *stats) {
    (void)root, (void)stats;
}

#endif
