/* clock_test.c - what becomes of versions when the clock of their snapshots is at its end.
 *
 * It looks into the map, to set the clock to where only four thousand million snapshots would bring
 * it. */
#define _DEFAULT_SOURCE /* what pages.h asks of the system is no part of C */

#include "buckets.h"

#include "versions.h"
#include "../../run_suite.h"

#include <check.h>

enum { ENTRIES = 500 };

static const struct hamt_config strong = {.hash_seed = (uint64_t)HASH_STRONG << TEST_HASH_SHIFT};

static void put_all(struct hamt *map, uint64_t more) {
    for (uint64_t number = 0; number < ENTRIES; number++)
        ck_assert_int_ne(hamt_put(map, number, number + more), HAMT_NO_MEMORY);
}

static void assert_has(const struct hamt *map, uint64_t more) {
    ck_assert_ptr_null(hamt_check(map));
    ck_assert_uint_eq(hamt_size(map), ENTRIES);
    for (uint64_t number = 0; number < ENTRIES; number++) {
        uint64_t value = 0;
        ck_assert(hamt_get(map, number, &value));
        ck_assert_uint_eq(value, number + more);
    }
}

START_TEST(test_snapshots_after_the_last_tick_are_copies) {
    enum { SHARED = 3, COPIED = 2, ALL = SHARED + COPIED };
    struct hamt *map = hamt_create(&strong), *versions[ALL];
    put_all(map, 0);
    map->own.common->clock = UINT32_MAX - SHARED;
    for (uint64_t i = 0; i < ALL; i++) {
        versions[i] = hamt_snapshot(map);
        ck_assert_ptr_nonnull(versions[i]);
        ck_assert_int_eq(map_blocks(versions[i]) == map_blocks(map), i < SHARED);
        put_all(map, i + 1);
    }
    assert_has(map, ALL);
    for (uint64_t i = 0; i < ALL; i++)
        assert_has(versions[i], i);
    hamt_destroy(map);
    for (uint64_t i = ALL; i-- > 0;) {
        put_all(versions[i], 77); /* a version of the last tick may change what it has made since */
        assert_has(versions[i], 77);
        hamt_destroy(versions[i]);
    }
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

int main(void) {
    TCase *all = tcase_create("clock");
    tcase_add_test(all, test_snapshots_after_the_last_tick_are_copies);
    return run_case("clock", all, CK_FORK_GETENV);
}
