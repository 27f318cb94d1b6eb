/* passing.h - a sieve lets every key pass that is there, which hamt_check looks after; this is
 * about those that are missing: it stops most of them, when a map has grown, and when all of its
 * entries have been exchanged.  Of a test that has included buckets.h. */
#ifndef PASSING_H
#define PASSING_H

#include "../run_suite.h"

#include <check.h>
#include <math.h>

enum { ENTRIES = 20000, TRIED = 20000 };

static const struct hamt_config strong = {.hash_seed = (uint64_t)HASH_STRONG << TEST_HASH_SHIFT};

/* Of what a slot's part consists: so many sieves, each of 2^bits. */
struct sieves {
    int count, bits;
};

/* The share of searches that these let pass, of keys that no map here has, and, in *expected, what
 * it is if each slot knows of its own entries and of no others. */
static double passing(const struct hamt *map, struct sieves sieves, double *expected) {
    double sum = 0;
    unsigned passed = 0;
    for (uint64_t key = 1; key <= TRIED; key++) {
        uint64_t hash = key_hash(UINT64_MAX - key, map->hash_seed);
        const struct slot *slot = root_slot(&map->root, hash);
        passed += slot_may(slot, hash);
        if (link_is_bucket(slot->block)) {
            const struct bucket *bucket = bucket_at(map, slot->block);
            double slots = (double)way_slots(map, bucket->depth);
            double clear = pow(1 - ldexp(1, -sieves.bits), bucket->count / slots);
            sum += pow(1 - clear, sieves.count);
        } else {
            sum += slot->block != LINK_NONE;
        }
    }
    *expected = sum / TRIED;
    return (double)passed / TRIED;
}

static void put(struct hamt *map, uint64_t first) {
    for (uint64_t key = first; key < first + ENTRIES; key++)
        ck_assert_int_eq(hamt_put(map, key, key), HAMT_NEW);
}

/* A map that grows, and whose entries are all exchanged then, five times, lets no more pass than
 * `most`; one that only grew, no more than `above` what is expected. */
static void check_passing(struct sieves sieves, double above, double most) {
    struct hamt *map = hamt_create(&strong);
    double expected, share;
    put(map, 0);
    share = passing(map, sieves, &expected);
    ck_assert_double_gt(share, expected - 0.02);
    ck_assert_double_lt(share, expected + above); /* slots that were one know of both's */
    ck_assert_double_lt(share, most);
    for (uint64_t turn = 1; turn < 6; turn++) { /* all entries go, and others come */
        put(map, turn * ENTRIES);
        for (uint64_t key = (turn - 1) * ENTRIES; key < turn * ENTRIES; key++)
            ck_assert(hamt_remove(map, key));
    }
    ck_assert_ptr_null(hamt_check(map));
    ck_assert_double_lt(passing(map, sieves, &expected), most); /* it forgot most that left */
    hamt_destroy(map);
}

/* The main function of such a program. */
static int passing_main(const TTest *test) {
    TCase *all = tcase_create("missing keys");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, test);
    return run_case("passing", all, CK_FORK_GETENV);
}

#endif
