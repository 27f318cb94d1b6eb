/* reserved_test.c - a region in address space of its own: what becomes of it where there is none,
 * and that space is taken into use in whole steps, whatever a page has. */
#include <assert.h>
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

#include "count.h"
#include "mem.h"

/* The door to address space is this test's. */
#include "../seams/pages.h"
#include "reserved.h"
#include "../run_suite.h"

static size_t step, space_left;
static unsigned uneven; /* calls that no system with such pages could serve */
static size_t ready;    /* bytes from the start of the space on that have been brought in */

size_t pages_step(void) {
    return step;
}

char *pages_reserve(size_t bytes) {
    return bytes <= space_left ? malloc(bytes) : NULL;
}

bool pages_use(char *space, size_t used, size_t more) {
    (void)space;
    uneven += used % step != 0 || more % step != 0;
    return true;
}

void pages_ready(char *space, size_t used, size_t more) {
    (void)space;
    ck_assert_uint_eq(used, used == 0 ? 0 : ready);
    ready = used + more;
}

void pages_large(char *space, size_t bytes) {
    (void)space, (void)bytes;
}

void pages_release(char *space, size_t bytes, size_t used) {
    (void)bytes, (void)used;
    free(space);
}

static struct region region;
static unsigned pages;

static void setup(void) {
    step = 256;
    space_left = SIZE_MAX;
    uneven = 0;
    pages = RESERVED_SMALL;
}

static void teardown(void) {
    region_free(&region);
}

/* Grows to so many bytes and writes all of them; that those before are what they were is checked.
 */
static void grown(size_t needed) {
    size_t before = region.size;
    ck_assert(reserved_grow(&region, needed, pages));
    ck_assert_uint_ge(region.size, needed);
    for (size_t i = 0; i < before; i++)
        if (region.bytes[i] != (char)(i % 251))
            ck_abort_msg("byte %zu is lost", i);
    for (size_t i = before; i < region.size; i++)
        region.bytes[i] = (char)(i % 251);
}

static size_t mapped(void) {
    struct hamt_stats stats = {0};
    region_count(&region, &stats);
    ck_assert_uint_eq(stats.blocks, 1);
    ck_assert_uint_ge(stats.bytes[HAMT_BYTES_NODES], region.size);
    return stats.mapped;
}

START_TEST(test_a_small_region_is_malloced_and_a_larger_one_mapped) {
    grown(PAGES_FROM);
    ck_assert_uint_eq(mapped(), 0);
    grown(PAGES_FROM + 1);
    ck_assert_uint_eq(mapped(), region.size);
    const char *place = region.bytes;
    grown(PAGES_FIRST / 2);
    ck_assert_ptr_eq(region.bytes, place);
    grown(PAGES_FIRST + 1);
    ck_assert_uint_eq(region.space, (size_t)PAGES_FIRST * REGION_SPACE);
}
END_TEST

START_TEST(test_without_address_space_it_is_malloced) {
    space_left = 0;
    for (size_t needed = 1; needed < 10 * (size_t)PAGES_FIRST; needed += needed / 3 + 1)
        grown(needed);
    ck_assert_uint_eq(mapped(), 0);
    space_left = SIZE_MAX;
    grown(region.size + 1);
    ck_assert_uint_eq(mapped(), region.size);
}
END_TEST

START_TEST(test_one_that_outgrows_its_space_is_malloced_where_there_is_no_more) {
    space_left = PAGES_FIRST;
    grown(PAGES_FROM + 1);
    ck_assert_uint_gt(mapped(), 0);
    grown(PAGES_FIRST + 1);
    ck_assert_uint_eq(mapped(), 0);
}
END_TEST

START_TEST(test_any_region_has_space) {
    ck_assert_uint_eq(reserved_space(1), PAGES_FIRST);
    ck_assert_uint_ge(reserved_space(SIZE_MAX / REGION_SPACE), SIZE_MAX / REGION_SPACE);
}
END_TEST

START_TEST(test_space_is_used_in_whole_steps) {
    pages = _i % 2 ? RESERVED_LARGE : RESERVED_SMALL;
    step = (size_t)256 << _i / 2; /* up to a large page */
    for (size_t needed = 1; needed < 3 * (size_t)PAGES_LARGE_FROM; needed += 100)
        grown(needed);
    ck_assert_uint_gt(mapped(), 0);
    ck_assert_uint_eq(uneven, 0);
}
END_TEST

START_TEST(test_what_is_taken_into_use_is_brought_in_and_no_more_of_it_than_a_step) {
    pages = RESERVED_READY;
    for (size_t size = PAGES_FROM; size < 16 * step * REGION_STEPS; size = region.size) {
        grown(size + 1);
        ck_assert_uint_eq(ready, region.size);
        ck_assert_uint_lt(region.size - size, 2 * step);
    }
}
END_TEST

START_TEST(test_early_is_a_sixteenth_more_than_is_needed) {
    pages = RESERVED_READY | RESERVED_EARLY;
    for (size_t size = 64 * step; size < 64 * step * REGION_STEPS; size = region.size) {
        grown(size + 1);
        ck_assert_uint_eq(ready, region.size);
        if (size > 64 * step) {
            ck_assert_uint_gt(region.size - size, size / REGION_EARLY);
            ck_assert_uint_le(region.size - size, size / REGION_EARLY + 2 * step);
        }
    }
}
END_TEST

int main(void) {
    TCase *all = tcase_create("reserved");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, test_a_small_region_is_malloced_and_a_larger_one_mapped);
    tcase_add_test(all, test_without_address_space_it_is_malloced);
    tcase_add_test(all, test_one_that_outgrows_its_space_is_malloced_where_there_is_no_more);
    tcase_add_test(all, test_any_region_has_space);
    tcase_add_loop_test(all, test_space_is_used_in_whole_steps, 0, 6);
    tcase_add_test(all, test_what_is_taken_into_use_is_brought_in_and_no_more_of_it_than_a_step);
    tcase_add_test(all, test_early_is_a_sixteenth_more_than_is_needed);
    return run_case("reserved", all, CK_FORK_GETENV);
}
