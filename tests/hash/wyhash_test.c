/* wyhash_test.c - wyhash, in the version of 2020, against the published values. */
#include "hash_test.h"

/* The keys and seeds of upstream's test_vector.cpp, which has no values at this version; those for
 * wyhash_final_version are in tests/test_wyhash.nim of github.com/jackhftang/wyhash.nim. */
static const struct hash_vector vectors[] = {
    TEXT("", 0, 0x42bc986dc5eec4d3),
    TEXT("a", 1, 0x84508dc903c31551),
    TEXT("abc", 2, 0x0bc54887cfc9ecb1),
    TEXT("message digest", 3, 0xadc146444841c430),
    TEXT("abcdefghijklmnopqrstuvwxyz", 4, 0x4c0977bd4f14f34a),
    TEXT("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 5, 0x6f8bd609a8a276d2),
    TEXT("1234567890123456789012345678901234567890123456789012345678901234567890"
         "1234567890",
         6, 0x498d7c21668259ad),
};

START_TEST(test_upstream_keys) {
    assert_vectors(vectors, sizeof vectors / sizeof vectors[0]);
}
END_TEST

/* "wyhash" in main.cpp of github.com/rurban/smhasher from April (41dfad23) to November 2020; from
 * 579faf7a on it has the next version, with another value. */
START_TEST(test_smhasher) {
    ck_assert_uint_eq(smhasher_verification(smhasher_hash_bytes, 8), 0x8323eb7e);
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_upstream_keys);
    tcase_add_test(own, test_smhasher);
    return hash_test_main("wyhash", own, SEEDED | STRONG);
}
