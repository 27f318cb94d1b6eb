/* find.h (vector) - how is an entry found in its bucket?
 *
 * Parent: tags.  Change: the processor's vector instructions compare all tags, sixteen at a time,
 * where words do it eight at a time and need a multiplication each to gather the answer.  A get has
 * some forty instructions less, so that more of them are under way at once, and their misses with
 * them: what a processor overlaps is what fits its reorder buffer.
 *
 * SSE2 is part of every x86-64, NEON of every AArch64; elsewhere the words' arithmetic stands.  The
 * two vectors overlap, since a bucket's tags are no multiple of sixteen. */
#ifndef FIND_H
#define FIND_H

#if defined __SSE2__
#include <emmintrin.h>
#elif defined __ARM_NEON && defined __aarch64__
#include <arm_neon.h>
#endif

enum {
    FIND_BITS = 8 /* of a tag */,
    FIND_VECTOR = 16 /* bytes */,
    FIND_SECOND = CAPACITY_MOST - FIND_VECTOR
};

_Static_assert(FIND_SECOND >= 0 && FIND_SECOND <= FIND_VECTOR, "two vectors cover all tags");

struct find {
    uint8_t tags[CAPACITY_MOST];
};

static inline void find_init(struct find *find) {
    memset(find->tags, 0, sizeof find->tags);
}

static inline void find_set(struct find *find, unsigned index, uint64_t hash) {
    find->tags[index] = (uint8_t)hash;
}

static inline void find_move(struct find *find, unsigned to, unsigned from) {
    find->tags[to] = find->tags[from];
}

/* A mask of the sixteen tags from here on that are this one. */
static inline uint32_t find_equal_16(const uint8_t *tags, uint8_t tag) {
#if defined __SSE2__
    __m128i found = _mm_loadu_si128((const __m128i *)(const void *)tags);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_set1_epi8((char)tag)));
#elif defined __ARM_NEON && defined __aarch64__
    static const uint8_t bits[FIND_VECTOR] = {1, 2, 4, 8, 16, 32, 64, 128,
                                              1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t found = vandq_u8(vceqq_u8(vld1q_u8(tags), vdupq_n_u8(tag)), vld1q_u8(bits));
    return (uint32_t)vaddv_u8(vget_low_u8(found)) | (uint32_t)vaddv_u8(vget_high_u8(found)) << 8;
#else
    uint32_t mask = 0;
    for (unsigned i = 0; i < FIND_VECTOR; i++)
        mask |= (uint32_t)(tags[i] == tag) << i;
    return mask;
#endif
}

/* Places without an entry may be among them. */
static inline uint32_t find_equal(const struct find *find, uint8_t tag) {
    return find_equal_16(find->tags, tag) | find_equal_16(find->tags + FIND_SECOND, tag)
                                                << FIND_SECOND;
}

static inline uint32_t find_candidates(const struct find *find, unsigned count, uint64_t hash) {
    return find_equal(find, (uint8_t)hash) & ((UINT32_C(1) << count) - 1);
}

static inline uint64_t find_bits(const struct find *find, unsigned index) {
    return find->tags[index];
}

static inline bool find_check(const struct find *find, unsigned index, uint64_t hash) {
    return find->tags[index] == (uint8_t)hash;
}

#endif
