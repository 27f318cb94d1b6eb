/* shape.h - tries of sequential keys must have as many inner nodes as theory expects of a uniform
 * hash.  Each program names its theory; the map it links gives the counts. */
#ifndef SHAPE_H
#define SHAPE_H

#include "inside.h"
#include "../run_suite.h"

#include <check.h>
#include <math.h>
#include <stdint.h>

enum { SHAPE_LEVELS = 10 };

/* Expected number of inner nodes at a level, among n keys that each lie below any one of 64^level
 * nodes with probability p = 64^-level. */
typedef double shape_model(double n, double p);

/* (1 - p)^n without losing digits. */
static inline double none_of(double n, double p) {
    return p == 1 ? 0 : exp(n * log1p(-p));
}

/* Means over as many hash seeds as make chance small beside the 1 % that is allowed. */
static const struct {
    unsigned keys;
    unsigned seeds;
} shape_scales[] = {{1000, 1000}, {10000, 60}, {100000, 6}};

static inline void shape_compare(unsigned scale, shape_model *model) {
    unsigned keys = shape_scales[scale].keys, seeds = shape_scales[scale].seeds;
    double inner[SHAPE_LEVELS] = {0}, all = 0, expected_of_all = 0;
    for (unsigned seed = 0; seed < seeds; seed++) {
        struct hamt_config config = HAMT_CONFIG_DEFAULT;
        config.hash_seed = seed;
        struct hamt *map = hamt_create(&config);
        for (uint64_t key = 0; key < keys; key++)
            if (hamt_put(map, key, key) != HAMT_NEW)
                ck_abort_msg("key %u is not new", (unsigned)key);
        struct hamt_stats stats;
        hamt_stats(map, &stats);
        ck_assert_uint_eq(stats.entries, keys);
        all += (double)stats.inner_nodes / seeds;
        for (int level = 0; level < SHAPE_LEVELS; level++)
            inner[level] += (double)stats.inner_at_level[level] / seeds;
        hamt_destroy(map);
    }
    for (int level = 0; level < SHAPE_LEVELS; level++) {
        double p = pow(64, -level), expected = model(keys, p) / p;
        expected_of_all += expected;
        if (expected >= 1000)
            ck_assert_double_eq_tol(inner[level] / expected, 1, 0.01);
    }
    ck_assert_double_eq_tol(all / expected_of_all, 1, 0.01);
}

/* The main function of such a program. */
static inline int shape_main(const char *name, const TTest *test) {
    TCase *cases = tcase_create("inner nodes against theory");
    tcase_set_timeout(cases, 0);
    tcase_add_loop_test(cases, test, 0, sizeof shape_scales / sizeof shape_scales[0]);
    return run_case(name, cases, CK_NOFORK);
}

#endif
