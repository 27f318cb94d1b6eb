/* threads_test.c - several threads may read a map at once as long as none changes it.  Compiled
 * with ThreadSanitizer, which ends the program with an error if they write to one place. */
#include "inside.h"
#include "testkey.h"
#include "../run_suite.h"

#include <check.h>
#include <pthread.h>

enum { THREADS = 4, KEYS = 2000 };

static bool sum(hamt_key key, uint64_t value, void *context) {
    (void)key;
    *(uint64_t *)context += value;
    return true;
}

/* Asks the map in every way that does not change it.  NULL if all answers are right. */
static void *read_all(void *argument) {
    const struct hamt *map = argument;
    uint64_t value, total = 0;
    for (uint32_t number = 0; number < KEYS; number++)
        if (!hamt_get(map, testkey(number), &value) || value != number ||
            hamt_get(map, testkey(KEYS + number), &value))
            return argument;
    struct hamt_stats stats;
    hamt_stats(map, &stats);
    hamt_each(map, sum, &total);
    bool right = !hamt_check(map) && hamt_size(map) == KEYS && stats.entries == KEYS &&
                 total == (uint64_t)KEYS * (KEYS - 1) / 2;
    return right ? NULL : argument;
}

START_TEST(test_threads_read_at_once) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    struct hamt *map = hamt_create(&config);
    pthread_t thread[THREADS];
    for (uint32_t number = 0; number < KEYS; number++)
        ck_assert(hamt_put(map, testkey(number), number) == HAMT_NEW);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, read_all, map), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        ck_assert_int_eq(pthread_join(thread[i], &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
    hamt_destroy(map);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("readers");
    tcase_add_test(cases, test_threads_read_at_once);
    return run_case("threads", cases, CK_NOFORK);
}
