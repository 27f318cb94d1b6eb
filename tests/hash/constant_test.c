/* constant_test.c - the hash with a single value. */
#include "hash_test.h"

START_TEST(test_has_one_value) {
    unsigned char bytes[100];
    for (size_t len = 0; len <= sizeof bytes; len++) {
        random_bytes(bytes, len);
        assert_hash(bytes, len, len, 0);
        ck_assert_uint_eq(hash_u64(len, len), 0);
    }
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_has_one_value);
    return hash_test_main("constant", own, 0);
}
