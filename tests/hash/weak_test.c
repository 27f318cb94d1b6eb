/* weak_test.c - the hash with 256 values. */
#include "hash_test.h"

#include <stdbool.h>

START_TEST(test_has_256_values) {
    bool seen[256] = {false};
    unsigned distinct = 0;
    for (uint64_t key = 0; key < 10000; key++) {
        uint64_t hash = hash_u64(key, 0);
        ck_assert_uint_lt(hash, 256);
        distinct += !seen[hash];
        seen[hash] = true;
    }
    ck_assert_uint_eq(distinct, 256);
}
END_TEST

/* The first and the third line of XSUM_XXH3_testdata in cli/xsum_sanity_check.c of xxHash 0.8.1. */
START_TEST(test_is_the_low_byte_of_xxh3) {
    assert_hash("", 0, 0, 0x2d06800538d394c2 & 0xff);
    assert_hash("\0", 1, 0, 0xc44bdff4074eecdb & 0xff);
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_has_256_values);
    tcase_add_test(own, test_is_the_low_byte_of_xxh3);
    return hash_test_main("weak", own, SEEDED);
}
