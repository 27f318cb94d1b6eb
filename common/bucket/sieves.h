/* sieves.h - a slot of the root with SLOT_SIEVES sieves beside its link, of as many bits as a link
 * has.  In each, the bit is set that a few bits of an entry's hash number, others for each sieve (a
 * split Bloom filter).  A search whose bit is not set in one of them ends in the slot.
 *
 * An entry that leaves cannot clear its bits, which may be others' too.  So the sieves are made
 * anew when a bucket parts, and with every eighth entry that a bucket loses.
 *
 * Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007. */
#ifndef SIEVES_H
#define SIEVES_H

enum {
    SLOT_EACH = sizeof(link) == sizeof(uint32_t) ? 5 : 6, /* bits that number one of a sieve's */
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
