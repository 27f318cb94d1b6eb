/* fnv1a_test.c - FNV-1a with 64 bits against the published values. */
#include "hash_test.h"

/* fnv1a_64_vector in Noll's test_fnv.c, github.com/lcn2/fnv. */
static const struct hash_vector vectors[] = {
    TEXT("", 0, 0xcbf29ce484222325),
    TEXT("a", 0, 0xaf63dc4c8601ec8c),
    TEXT("b", 0, 0xaf63df4c8601f1a5),
    TEXT("foo", 0, 0xdcb27518fed9d577),
    TEXT("fooba", 0, 0xcac165afa2fef40a),
    TEXT("foobar", 0, 0x85944171f73967e8),
    TEXT("foobar\0", 0, 0x34531ca7168b8f38),
    TEXT("hello", 0, 0xa430d84680aabd0b),
    TEXT("\xff\0\0\x01", 0, 0x6961196491cc682d),
    TEXT("\x01\0\0\xff", 0, 0xad2bb1774799dfe9),
    TEXT("chongo was here!\n", 0, 0x46810940eff5f915),
    TEXT("feedfacedeadbeef", 0, 0xcac54572bb1a6fc8),
};

/* The last of that list: one byte 500 times. */
static const struct {
    unsigned char byte;
    uint64_t hash;
} repeated[] = {
    {0x00, 0x1fe3fce62bd816b5},
    {0x07, 0xc23e9fccd6f70591},
    {0x7e, 0xc1af12bdfe16b5b5},
    {0x7f, 0x39e9f18f2f85e221},
};

START_TEST(test_published_list) {
    assert_vectors(vectors, sizeof vectors / sizeof vectors[0]);
    for (size_t i = 0; i < sizeof repeated / sizeof repeated[0]; i++) {
        unsigned char bytes[500];
        memset(bytes, repeated[i].byte, sizeof bytes);
        assert_hash(bytes, sizeof bytes, 0, repeated[i].hash);
    }
}
END_TEST

/* "FNV64" in main.cpp of github.com/rurban/smhasher: there too the seed is folded into the basis by
 * an exclusive or. */
START_TEST(test_smhasher) {
    ck_assert_uint_eq(smhasher_verification(smhasher_hash_bytes, 8), 0x103455fc);
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_published_list);
    tcase_add_test(own, test_smhasher);
    return hash_test_main("fnv1a", own, SEEDED);
}
