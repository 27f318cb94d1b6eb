/* blocks.h - blocks filled with a pattern of their own, for the allocator's tests.
 *
 * The allocator is linked with its names prefixed (api.h), so the test program's own memory comes
 * from the C library and a damaged heap cannot hide itself. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "api.h"

#include "../run_suite.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* xorshift64: quick, and good enough to draw sizes. */
static inline uint64_t draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Sizes whose number of bits is uniform: as many of some bytes as of some hundred thousand. */
static inline size_t draw_bytes(uint64_t *state, unsigned bits) {
    uint64_t random = draw(state);
    return (random >> 8) & (((size_t)1 << (random % (bits + 1))) - 1);
}

struct block {
    unsigned char *bytes;
    size_t size;
    uint64_t seed;
};

/* The pattern is made of words; the last one may be cut. */
static inline uint64_t pattern(uint64_t seed, size_t at) {
    return (seed + at) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline void block_fill(const struct block *block) {
    for (size_t at = 0; at < block->size; at += 8) {
        uint64_t word = pattern(block->seed, at);
        memcpy(block->bytes + at, &word, block->size - at < 8 ? block->size - at : 8);
    }
}

/* The first `count` bytes are as they were filled. */
static inline bool block_holds(const struct block *block, size_t count) {
    for (size_t at = 0; at < count; at += 8) {
        uint64_t word = pattern(block->seed, at);
        if (memcmp(block->bytes + at, &word, count - at < 8 ? count - at : 8))
            return false;
    }
    return true;
}

static inline bool all_zero(const unsigned char *bytes, size_t count) {
    return !count || (!bytes[0] && !memcmp(bytes, bytes + 1, count - 1));
}

static inline bool aligned(const void *block, size_t alignment) {
    return (uintptr_t)block % alignment == 0;
}

#endif
