/* hash_test.h - what the tests of all hashes share.
 *
 * Each NAME_test.c is built with its own hash.h and compares it with published values; what any
 * hash must do is tested here.  second_unit.c is linked in to show that hash.h may be included by
 * several files of a program. */
#ifndef HASH_TEST_H
#define HASH_TEST_H

#include "hash.h"
#include "../run_suite.h"

#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a hash claims; for hash_test_main. */
enum hash_claims {
    SEEDED = 1, /* the seed changes the result */
    STRONG = 2, /* every bit of the key acts on every bit of the result */
};

static unsigned claims;

static inline void random_bytes(unsigned char *bytes, size_t len) {
    static uint64_t state = 1;
    for (size_t i = 0; i < len; i++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        bytes[i] = (unsigned char)(state >> 56);
    }
}

/* ---- Published values ---- */

struct hash_vector {
    const char *bytes;
    size_t len;
    uint64_t seed;
    uint64_t hash;
};

/* A vector whose key is a string literal. */
#define TEXT(literal, seed, hash)                                                                  \
    { literal, sizeof literal - 1, seed, UINT64_C(hash) }

static inline void assert_hash(const void *bytes, size_t len, uint64_t seed, uint64_t expected) {
    uint64_t hash = hash_bytes(bytes, len, seed);
    ck_assert_msg(hash == expected, "%zu bytes, seed %" PRIu64 ": %016" PRIx64 ", not %016" PRIx64,
                  len, seed, hash, expected);
}

static inline void assert_vectors(const struct hash_vector *vectors, size_t count) {
    for (const struct hash_vector *v = vectors; v < vectors + count; v++)
        assert_hash(v->bytes, v->len, v->seed, v->hash);
}

/* The verification value by which SMHasher knows a hash: the keys {}, {0}, {0, 1} ... of n bytes
 * are hashed with the seed 256 - n, and the results, one after the other, with seed 0. */
typedef void smhasher_hash(void *result, const void *bytes, size_t len, uint64_t seed);

static inline uint32_t smhasher_verification(smhasher_hash *hash, size_t result_size) {
    unsigned char key[256], results[256 * 16];
    for (unsigned n = 0; n < 256; n++) {
        key[n] = (unsigned char)n;
        hash(results + n * result_size, key, n, 256 - n);
    }
    unsigned char last[16];
    hash(last, results, 256 * result_size, 0);
    uint32_t verification;
    memcpy(&verification, last, sizeof verification);
    return verification;
}

static inline void smhasher_hash_bytes(void *result, const void *bytes, size_t len, uint64_t seed) {
    uint64_t hash = hash_bytes(bytes, len, seed);
    memcpy(result, &hash, sizeof hash);
}

/* ---- What any hash must do ---- */

START_TEST(test_integer_is_its_bytes) {
    for (int i = 0; i < 1000; i++) {
        uint64_t key, seed;
        random_bytes((unsigned char *)&key, sizeof key);
        random_bytes((unsigned char *)&seed, sizeof seed);
        unsigned char bytes[8];
        for (int b = 0; b < 8; b++)
            bytes[b] = (unsigned char)(key >> 8 * b);
        assert_hash(bytes, sizeof bytes, seed, hash_u64(key, seed));
    }
}
END_TEST

/* Neither what lies around the bytes nor where they lie matters.  The first block is as long as the
 * key, so that a sanitizer sees what is read beyond it. */
START_TEST(test_reads_only_its_bytes) {
    for (size_t len = 0; len <= 300; len++) {
        unsigned char *exact = malloc(len > 0 ? len : 1);
        ck_assert_ptr_nonnull(exact);
        random_bytes(exact, len);
        uint64_t hash = hash_bytes(exact, len, 1);
        for (size_t start = 16; start < 24; start++) {
            unsigned char wide[16 + 8 + 300 + 16];
            random_bytes(wide, sizeof wide);
            memcpy(wide + start, exact, len);
            assert_hash(wide + start, len, 1, hash);
        }
        free(exact);
    }
}
END_TEST

START_TEST(test_seed_changes_the_result) {
    const unsigned char key[256] = {0};
    unsigned changed = 0;
    for (size_t len = 1; len <= sizeof key; len++)
        changed += hash_bytes(key, len, 1) != hash_bytes(key, len, 2);
    if (claims & SEEDED)
        ck_assert_uint_ge(changed, 250); /* a weak hash may give the same now and then */
    else
        ck_assert_uint_eq(changed, 0);
}
END_TEST

/* Flipping a bit of the key flips each bit of the result in about half of all keys: the standard
 * deviation over 10,000 keys is half a percent. */
START_TEST(test_avalanche) {
    enum { KEYS = 10000 };
    const size_t lens[] = {8, 20};
    unsigned char key[20];
    for (size_t len = lens[_i], bit = 0; bit < 8 * len; bit++) {
        unsigned flips[64] = {0};
        for (int i = 0; i < KEYS; i++) {
            random_bytes(key, len);
            uint64_t change = hash_bytes(key, len, 1);
            key[bit / 8] ^= (unsigned char)(1 << bit % 8);
            change ^= hash_bytes(key, len, 1);
            for (int out = 0; out < 64; out++)
                flips[out] += change >> out & 1;
        }
        for (int out = 0; out < 64; out++)
            if (flips[out] < KEYS * 2 / 5 || flips[out] > KEYS * 3 / 5)
                ck_abort_msg("%zu bytes: bit %zu flips bit %d in %u of %d keys", len, bit, out,
                             flips[out], KEYS);
    }
}
END_TEST

/* Runs the tests that a hash has of its own and those above.  The value is for main to return. */
static inline int hash_test_main(const char *name, TCase *own, unsigned hash_claims) {
    claims = hash_claims;
    TCase *any = tcase_create("what any hash must do");
    tcase_add_test(any, test_integer_is_its_bytes);
    tcase_add_test(any, test_reads_only_its_bytes);
    tcase_add_test(any, test_seed_changes_the_result);
    if (claims & STRONG)
        tcase_add_loop_test(any, test_avalanche, 0, 2);
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, own);
    suite_add_tcase(suite, any);
    return run_suite(suite, CK_NOFORK);
}

#endif
