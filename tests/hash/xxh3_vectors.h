/* xxh3_vectors.h - the published values of XXH3, for either hash that claims to be it. */
#ifndef XXH3_VECTORS_H
#define XXH3_VECTORS_H

#include "hash_test.h"

#include <stdbool.h>

static const uint64_t PRIME32 = 2654435761, PRIME64 = UINT64_C(11400714785074694797);

/* XSUM_XXH3_testdata in cli/xsum_sanity_check.c of xxHash 0.8.1. */
static const struct {
    size_t len;
    bool prime_seed; /* PRIME64, else 0 */
    uint64_t hash;
} vectors[] = {
    {0, false, 0x2d06800538d394c2},    {0, true, 0xa8a6b918b2f0364a},
    {1, false, 0xc44bdff4074eecdb},    {1, true, 0x032be332dd766ef8},
    {6, false, 0x27b56a84cd2d7325},    {6, true, 0x84589c116ab59ab9},
    {12, false, 0xa713daf0dfbb77e7},   {12, true, 0xe7303e1b2336de0e},
    {24, false, 0xa3fe70bf9d3510eb},   {24, true, 0x850e80fc35bdd690},
    {48, false, 0x397da259ecba1f11},   {48, true, 0xadc2cbaa44acc616},
    {80, false, 0xbcdefbbb2c47c90a},   {80, true, 0xc6dd0cb699532e73},
    {195, false, 0xcd94217ee362ec3a},  {195, true, 0xba68003d370cb3d9},
    {403, false, 0xcdeb804d65c6dea4},  {403, true, 0x6259f6ecfd6443fd},
    {512, false, 0x617e49599013cb6b},  {512, true, 0x3ce457de14c27708},
    {2048, false, 0xdd59e2c3a5f038e0}, {2048, true, 0x66f81670669ababc},
    {2240, false, 0x6e73a90539cf2948}, {2240, true, 0x757ba8487d1b5247},
    {2367, false, 0xcb37aeb9e5d361ed}, {2367, true, 0xd2db3415b942b42a},
};

/* The keys are the beginnings of one pseudorandom buffer, made as in XSUM_fillTestBuffer: the top
 * bytes of PRIME32 times the powers of PRIME64. */
START_TEST(test_sanity_check) {
    unsigned char buffer[2367];
    uint64_t power = PRIME32;
    for (size_t i = 0; i < sizeof buffer; i++, power *= PRIME64)
        buffer[i] = (unsigned char)(power >> 56);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_hash(buffer, vectors[i].len, vectors[i].prime_seed ? PRIME64 : 0, vectors[i].hash);
}
END_TEST

/* "xxhash3 smhasher" in the tests of Zig's standard library, lib/std/hash/xxhash.zig.  The
 * value in github.com/rurban/smhasher is that of an XXH3 before 0.8.0, which made it final. */
START_TEST(test_smhasher) {
    ck_assert_uint_eq(smhasher_verification(smhasher_hash_bytes, 8), 0x9a636405);
}
END_TEST

static inline TCase *xxh3_vectors(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_sanity_check);
    tcase_add_test(own, test_smhasher);
    return own;
}

#endif
