/* identity_test.c - the hash that is none. */
#include "hash_test.h"

START_TEST(test_integer_is_its_hash) {
    for (uint64_t key = 1; key != 0; key <<= 1) {
        ck_assert_uint_eq(hash_u64(key, 0), key);
        ck_assert_uint_eq(hash_u64(key - 1, 0), key - 1);
    }
}
END_TEST

START_TEST(test_first_eight_bytes_are_the_hash) {
    assert_hash("", 0, 0, 0);
    assert_hash("\x12", 1, 0, 0x12);
    assert_hash("\x12\x34\x56", 3, 0, 0x563412);
    assert_hash("\x12\x34\x56\x78\x9a\xbc\xde\xf0", 8, 0, 0xf0debc9a78563412);
    assert_hash("\x12\x34\x56\x78\x9a\xbc\xde\xf0 more", 13, 0, 0xf0debc9a78563412);
}
END_TEST

int main(void) {
    TCase *own = tcase_create("its own values");
    tcase_add_test(own, test_integer_is_its_hash);
    tcase_add_test(own, test_first_eight_bytes_are_the_hash);
    return hash_test_main("identity", own, 0);
}
