/* find.h (tags) - how is an entry found in its bucket?
 *
 * Parent: bucket.  Change: one byte of each entry's hash, its tag, stands at the head of the
 * bucket, and all tags are compared with the wanted one at once.  Only entries whose tag agrees
 * have their keys compared: one, for a key that is there, and one in fifteen times for one that is
 * not.
 * Cost: a byte for each entry that a bucket may have.
 *
 * Eight tags stand in a word and are compared with the word's own arithmetic, the same on every
 * machine: a byte of tags ^ wanted is 0 where a tag agrees, and ((x & 0x7f..) + 0x7f..) | x has its
 * highest bit clear in such bytes alone (Warren, Hacker's Delight, 6-1).  A multiplication gathers
 * these eight bits in one byte, so that all words give one mask: with a loop for each word, where
 * the entry stands would decide branches, and nobody can guess where it stands. */
#ifndef FIND_H
#define FIND_H

enum {
    FIND_TAGS = 8, /* to a word */
    FIND_WORDS = (CAPACITY_MOST + FIND_TAGS - 1) / FIND_TAGS,
    FIND_READS = FIND_WORDS * FIND_TAGS
};

static_assert(FIND_WORDS <= 4, "a mask has a bit for each tag");

static inline size_t find_bytes(unsigned capacity) {
    (void)capacity;
    return FIND_READS;
}

static inline void find_copy(unsigned char *to, const unsigned char *from, unsigned count) {
    memcpy(to, from, count);
}

static inline uint32_t find_equal(const unsigned char *find, uint8_t tag) {
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f), ones = UINT64_C(0x0101010101010101);
    uint32_t mask = 0;
    for (unsigned word = 0; word < FIND_WORDS; word++) {
        uint64_t tags;
        memcpy(&tags, find + (size_t)word * FIND_TAGS, sizeof tags);
        uint64_t differ = tags ^ ones * tag;
        uint64_t equal = ~(((differ & low) + low) | differ | low) >> 7;
        mask |= (uint32_t)(equal * UINT64_C(0x0102040810204080) >> 56) << (word * FIND_TAGS);
    }
    return mask;
}

#include "tags.h"

#endif
