/* slot.h (bucket) - what does a slot of the root know beside the block that it leads to?
 *
 * Contract.  `block` is the link to a bucket, a fork, or none.  What else a slot knows of the
 * entries below it is never less than is so: it lets a search pass that would find nothing, but
 * stops none that would find an entry.
 *   SLOT_BITS    how many of a hash's last bits it looks at
 *   slot_forget  it knows of no entry; the block stays
 *   slot_add     it knows of an entry of this hash
 *   slot_join    it knows of all those, too, that another slot knows of
 *   slot_may     whether there may be an entry of this hash below it
 *   slot_due     whether slots are to know anew of the entries of a bucket that has lost one and
 *                come to so many: what they know of those that have left is forgotten then
 *
 * Here it knows nothing: every search goes on. */
#ifndef SLOT_H
#define SLOT_H

enum { SLOT_BITS = 0 };

struct slot {
    link block;
};

static inline void slot_forget(struct slot *slot) {
    (void)slot;
}

static inline void slot_add(struct slot *slot, uint64_t hash) {
    (void)slot, (void)hash;
}

static inline void slot_join(struct slot *slot, const struct slot *other) {
    (void)slot, (void)other;
}

static inline bool slot_may(const struct slot *slot, uint64_t hash) {
    (void)slot, (void)hash;
    return true;
}

static inline bool slot_due(unsigned count) {
    (void)count;
    return false;
}

#endif
