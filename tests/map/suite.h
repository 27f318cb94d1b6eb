/* suite.h - what the files of the shared suite have in common. */
#ifndef SUITE_H
#define SUITE_H

#include "inside.h"
#include "strength.h"
#include "testkey.h"

#include <check.h>

/* The kinds of hash, with as many keys as keep the collisions' lists walkable; first those that
 * have no collisions of integers, of which the first alone has none of strings. */
static const struct kind {
    enum test_hash hash;
    uint32_t keys;
    unsigned operations;
} kinds[] = {
    {HASH_STRONG, 2000, 10000}, {HASH_PLAIN, 800, 4000}, {HASH_WEAK, 1000, 5000},
    {HASH_CONSTANT, 120, 2000}, {HASH_LATE, 800, 4000},  {HASH_BEYOND, 200, 3000},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static inline struct hamt_config config_of(const struct kind *kind, uint64_t seed) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    config.hash_seed = ((uint64_t)kind->hash << TEST_HASH_SHIFT) + seed;
    config.pool_slots = 2000; /* so few that a bump pool is used up */
    return config;
}

/* ck_assert writes a mark to a file each time it is passed; this one only speaks when it fails. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("line %d: %s", __LINE__, #condition);                                     \
    } while (0)

/* A number below `limit`, and the next state, which is not 0. */
static inline uint32_t random_step(uint64_t *state, uint32_t limit) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 32) * limit >> 32);
}

/* Where one thread draws: each file has a state of its own, to be set before the first number. */
static uint64_t random_state;

static inline uint32_t random_below(uint32_t limit) {
    return random_step(&random_state, limit);
}

static inline bool has(enum hamt_trait trait) {
    return hamt_traits() & trait;
}

/* The tests of versions.h, for the first so many kinds of hash. */
TCase *versions_cases(int kinds_met);

/* Those of threads that change a map at once, likewise; none without HAMT_THREADS. */
TCase *threads_cases(int kinds_met);

#endif
