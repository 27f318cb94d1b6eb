/* gaps_test.c - free blocks of a region: neighbours become one, whatever the order in which they
 * were freed, and what is cut from a gap leaves the rest. */
#include <assert.h>
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

#include "count.h"
#include "mem.h"

#include "../../variants/coalescing/blocks.h"
#include "../run_suite.h"

enum { BLOCK = 3 * GRANULE, BLOCKS = 5 };

static struct blocks blocks;
static link made[BLOCKS];

static void setup(void) {
    blocks_init(&blocks);
    for (int i = 0; i < BLOCKS; i++) {
        made[i] = block_alloc(&blocks, BLOCK);
        memset(block_at(&blocks, made[i]), 0xff, BLOCK);
    }
}

static void teardown(void) {
    blocks_free(&blocks);
}

static void freed(int index) {
    block_free(&blocks, made[index], BLOCK);
}

static const int orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};

START_TEST(test_neighbours_become_one) {
    uint32_t used = blocks.used;
    for (int i = 0; i < 3; i++)
        freed(orders[_i][i]);
    ck_assert_uint_eq(block_alloc(&blocks, 3 * (size_t)BLOCK), made[1]);
    ck_assert_uint_eq(blocks.used, used);
}
END_TEST

START_TEST(test_the_smallest_gap_that_is_large_enough_is_cut) {
    freed(0);
    freed(2);
    freed(3);
    ck_assert_uint_eq(block_alloc(&blocks, BLOCK), made[0]);
    ck_assert_uint_eq(block_alloc(&blocks, BLOCK + GRANULE), made[2]);
    ck_assert_uint_eq(block_alloc(&blocks, 2 * (size_t)GRANULE),
                      made[2] + 2 * (BLOCK / GRANULE + 1));
}
END_TEST

START_TEST(test_what_is_free_at_the_end_is_used_no_more) {
    freed(3);
    freed(4);
    ck_assert_uint_eq(blocks.used, made[3] / 2);
}
END_TEST

START_TEST(test_a_gap_may_be_larger_than_any_block) {
    enum { MANY = 100 };
    uint32_t used = blocks.used;
    link many[MANY];
    for (int i = 0; i < MANY; i++)
        many[i] = block_alloc(&blocks, BLOCK);
    link last = block_alloc(&blocks, BLOCK);
    for (int i = 0; i < MANY; i++)
        block_free(&blocks, many[i], BLOCK);
    for (int i = 0; i < MANY; i++)
        ck_assert_uint_lt(block_alloc(&blocks, BLOCK), last);
    ck_assert_uint_eq(blocks.used, used + (MANY + 1) * (BLOCK / GRANULE));
}
END_TEST

START_TEST(test_with_the_last_block_all_goes) {
    for (int i = 0; i < BLOCKS; i++)
        freed(i);
    ck_assert_uint_eq(blocks.region.size, 0);
    ck_assert_ptr_null(blocks.gaps.edges);
}
END_TEST

int main(void) {
    TCase *all = tcase_create("gaps");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, test_neighbours_become_one, 0, sizeof orders / sizeof *orders);
    tcase_add_test(all, test_the_smallest_gap_that_is_large_enough_is_cut);
    tcase_add_test(all, test_what_is_free_at_the_end_is_used_no_more);
    tcase_add_test(all, test_a_gap_may_be_larger_than_any_block);
    tcase_add_test(all, test_with_the_last_block_all_goes);
    return run_case("gaps", all, CK_FORK_GETENV);
}
