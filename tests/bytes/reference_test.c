/* reference_test.c - what a small map in libhamt's layout must weigh.
 *
 * Chunks of five bits.  Sizes, with pointers of 8 bytes: a row 16, a record 16; a block of tables
 * begins with a pointer and a count, 16, one of records with a pointer and two counts, 24. */
#include "bytes.h"

enum { ROW = 16, RECORD = 16, TABLES_HEAD = 16, RECORDS_HEAD = 24 };

/* 0 to 3 part at the root; 32 + k goes with k through chunk k, and parts from it at level 1.  Each
 * k and then 32 + k:
 *
 *     tables of 1 row     the root, once                          block of 1
 *               2 rows    a fork for each k, and the root once,
 *                         whose array the third fork takes        blocks of 2, 4, 8
 *               3 rows    the root, once                          block of 3
 *               4 rows    the root                                block of 4 */
START_TEST(test_pools_of_tables_double) {
    struct hamt *map = map_new(0, 0);
    for (uint64_t key = 0; key < 4; key++) {
        put_new(map, key);
        put_new(map, 32 + key);
    }
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.inner_nodes, 5);
    ck_assert_uint_eq(stats.leaves, 8);
    ck_assert_uint_eq(stats.child_pointers, 4 + 4 * 2);
    ck_assert_uint_eq(stats.depth_sum, 8 * 2);
    ck_assert_uint_eq(stats.pool_slots_live, 4 + 4 * 2);
    ck_assert_uint_eq(stats.pool_slots_capacity, 1 + (2 + 4 + 8) + 3 + 4);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN],
                      (1 + 3 + 1 + 1) * TABLES_HEAD + (1 + 14 + 3 + 4) * ROW);
    map_end(map);
}
END_TEST

static size_t bytes_of_records(size_t size_hint, uint64_t keys) {
    struct hamt *map = map_new(0, size_hint);
    for (uint64_t key = 0; key < keys; key++)
        put_new(map, key);
    size_t bytes = weigh(map).bytes[HAMT_BYTES_ENTRIES];
    map_end(map);
    return bytes;
}

/* 16, 32, 64, ..; or as many as were announced. */
START_TEST(test_blocks_of_records) {
    ck_assert_uint_eq(bytes_of_records(0, 0), 0);
    ck_assert_uint_eq(bytes_of_records(0, 16), RECORDS_HEAD + 16 * RECORD);
    ck_assert_uint_eq(bytes_of_records(0, 17), 2 * RECORDS_HEAD + (16 + 32) * RECORD);
    ck_assert_uint_eq(bytes_of_records(0, 49), 3 * RECORDS_HEAD + (16 + 32 + 64) * RECORD);
    ck_assert_uint_eq(bytes_of_records(10, 1), RECORDS_HEAD + 16 * RECORD);
    ck_assert_uint_eq(bytes_of_records(100, 1), RECORDS_HEAD + 100 * RECORD);
    ck_assert_uint_eq(bytes_of_records(100, 101), 2 * RECORDS_HEAD + (100 + 200) * RECORD);
}
END_TEST

/* No block but the first has more than 4,096. */
START_TEST(test_blocks_of_records_have_a_limit) {
    ck_assert_uint_eq(bytes_of_records(3000, 3001), 2 * RECORDS_HEAD + (3000 + 4096) * RECORD);
    ck_assert_uint_eq(bytes_of_records(5000, 5001), 2 * RECORDS_HEAD + (5000 + 4096) * RECORD);
}
END_TEST

/* Keys that agree in all 64 bits are met with another kind of hash in the shared suite; here the
 * last chunk, of four bits, parts them: tables of one row at levels 1 to 11, one of two rows. */
START_TEST(test_longest_way) {
    struct hamt *map = map_new(0, 0);
    put_new(map, 0);
    put_new(map, UINT64_C(1) << 60);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.inner_nodes, 13);
    ck_assert_uint_eq(stats.depth_sum, 2 * 13);
    ck_assert_uint_eq(stats.pool_slots_live, 12 + 2);
    /* 1, 2, 4 and 8 tables of one row; a block of 2. */
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN], 5 * TABLES_HEAD + (15 + 2) * ROW);
    map_end(map);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("reference");
    tcase_add_test(cases, test_pools_of_tables_double);
    tcase_add_test(cases, test_blocks_of_records);
    tcase_add_test(cases, test_blocks_of_records_have_a_limit);
    tcase_add_test(cases, test_longest_way);
    return bytes_main(cases);
}
