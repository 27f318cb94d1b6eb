/* murmur3_test.c - MurmurHash3_x64_128 against the published values. */
#include "hash_test.h"

/* Murmur3Hash128Test.testKnownValues of Guava: both halves of the result. */
static const struct {
    struct hash_vector low;
    uint64_t high;
} vectors[] = {
    {TEXT("hell", 0, 0x629942693e10f867), 0x92db0b82baeb5347},
    {TEXT("hello", 1, 0xa78ddff5adae8d10), 0x128900ef20900135},
    {TEXT("hello ", 2, 0x8a486b23f422e826), 0xf962a2c58947765f},
    {TEXT("hello w", 3, 0x2ea59f466f6bed8c), 0xc610990acc428a17},
    {TEXT("hello wo", 4, 0x79f6305a386c572c), 0x46305aed3483b94e},
    {TEXT("hello wor", 5, 0xc2219d213ec1f1b5), 0xa1d8e2e0a52785bd},
    {TEXT("The quick brown fox jumps over the lazy dog", 0, 0xe34bbc7bbc071b6c),
     0x7a433ca9c49a9347},
    {TEXT("The quick brown fox jumps over the lazy cog", 0, 0x658ca970ff85269a),
     0x43fee3eaa68e5c3e},
};

START_TEST(test_known_values) {
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct hash_vector *v = &vectors[i].low;
        assert_vectors(v, 1);
        ck_assert_uint_eq(murmur3_x64_128(v->bytes, v->len, v->seed).high, vectors[i].high);
    }
}
END_TEST

static void hash_128(void *result, const void *bytes, size_t len, uint64_t seed) {
    struct murmur3 hash = murmur3_x64_128(bytes, len, seed);
    memcpy(result, &hash, sizeof hash);
}

/* "Murmur3F" in src/main.cpp of SMHasher, github.com/aappleby/smhasher. */
START_TEST(test_smhasher) {
    ck_assert_uint_eq(smhasher_verification(hash_128, 16), 0x6384ba69);
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_known_values);
    tcase_add_test(own, test_smhasher);
    return hash_test_main("murmur3", own, SEEDED | STRONG);
}
