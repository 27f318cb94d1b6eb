/* xxh3_alone_test.c - XXH3 written anew against the published values, and against libxxhash for
 * keys of all lengths that are hashed in ways of their own. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "xxh3_vectors.h"

START_TEST(test_it_is_the_library_s) {
    enum { MOST = 2200 }; /* two blocks, and a stripe of a third */
    static unsigned char bytes[MOST];
    random_bytes(bytes, sizeof bytes);
    for (size_t len = 0; len <= MOST; len++) {
        uint64_t seed;
        random_bytes((unsigned char *)&seed, sizeof seed);
        seed = len % 3 == 0 ? 0 : seed;
        assert_hash(bytes, len, seed, XXH3_64bits_withSeed(bytes, len, seed));
    }
}
END_TEST

START_TEST(test_the_inverse_undoes_it) {
    for (int i = 0; i < 1000; i++) {
        uint64_t key, seed;
        random_bytes((unsigned char *)&key, sizeof key);
        random_bytes((unsigned char *)&seed, sizeof seed);
        ck_assert_uint_eq(hash_u64_inverse(hash_u64(key, seed), seed), key);
    }
}
END_TEST

int main(void) {
    TCase *own = xxh3_vectors();
    tcase_add_test(own, test_it_is_the_library_s);
    tcase_add_test(own, test_the_inverse_undoes_it);
    return hash_test_main("xxh3_alone", own, SEEDED | STRONG);
}
