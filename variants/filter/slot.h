/* slot.h (filter) - what does a slot of the root know beside the block that it leads to?
 *
 * Parent: sieve.  Change: three sieves, each of as many bits as a link has, asked by bits of the
 * hash of their own (a split Bloom filter), so that a slot has the size of four links.  With 17
 * entries to a bucket each lets 42 % of the searches for missing keys pass, all three 7 %: few
 * enough that the processor guesses right, mostly, that such a search ends in the slot.
 * Cost: four times the memory for slots, a quarter as many to a cache line.
 *
 * An entry that leaves cannot clear its bits, which may be others' too.  So the sieves are made
 * anew when a bucket parts, and with every eighth entry that a bucket loses.
 *
 * Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007. */
#ifndef SLOT_H
#define SLOT_H

enum {
    SLOT_SIEVES = 3,
    SLOT_EACH = sizeof(link) == sizeof(uint32_t) ? 5 : 6,
    SLOT_BITS = SLOT_SIEVES * SLOT_EACH,
    SLOT_LOST = 8, /* entries of a bucket, until its slots forget them */
};

struct slot {
    link block;
    link sieve[SLOT_SIEVES];
};

/* How far a sieve is to be moved for the bit of this hash to be the last. */
static inline unsigned slot_place(uint64_t hash, unsigned sieve) {
    return hash >> sieve * SLOT_EACH & ((1u << SLOT_EACH) - 1);
}

static inline void slot_forget(struct slot *slot) {
    for (unsigned i = 0; i < SLOT_SIEVES; i++)
        slot->sieve[i] = 0;
}

static inline void slot_add(struct slot *slot, uint64_t hash) {
    for (unsigned i = 0; i < SLOT_SIEVES; i++)
        slot->sieve[i] |= (link)1 << slot_place(hash, i);
}

static inline void slot_join(struct slot *slot, const struct slot *other) {
    for (unsigned i = 0; i < SLOT_SIEVES; i++)
        slot->sieve[i] |= other->sieve[i];
}

static inline bool slot_may(const struct slot *slot, uint64_t hash) {
    link all = 1;
    for (unsigned i = 0; i < SLOT_SIEVES; i++)
        all &= slot->sieve[i] >> slot_place(hash, i);
    return all != 0;
}

static inline bool slot_due(unsigned count) {
    return count % SLOT_LOST == 0;
}

#endif
