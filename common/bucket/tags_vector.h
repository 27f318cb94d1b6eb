/* tags_vector.h - tags that the processor's vector instructions compare, sixteen at a time.
 *
 * SSE2 is part of every x86-64, NEON of every AArch64; elsewhere they are compared one by one.  The
 * two vectors overlap, since a bucket's tags are no multiple of sixteen.  The part says how much
 * room a bucket has for them, find_bytes. */
#ifndef TAGS_VECTOR_H
#define TAGS_VECTOR_H

#if defined __SSE2__
#include <emmintrin.h>
#elif defined __ARM_NEON && defined __aarch64__
#include <arm_neon.h>
#endif

enum {
    FIND_VECTOR = 16 /* bytes */,
    FIND_READS = CAPACITY_MOST > FIND_VECTOR ? CAPACITY_MOST : FIND_VECTOR,
    FIND_SECOND = FIND_READS - FIND_VECTOR
};

static_assert(FIND_SECOND <= FIND_VECTOR, "two vectors cover all tags");

/* All that may be there: what is too much is other entries', which come later. */
static inline void find_copy(unsigned char *to, const unsigned char *from, unsigned count) {
    (void)count;
    memcpy(to, from, FIND_READS);
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

static inline uint32_t find_equal(const unsigned char *find, uint8_t tag) {
    return find_equal_16(find, tag) | find_equal_16(find + FIND_SECOND, tag) << FIND_SECOND;
}

#include "tags.h"

#endif
