/* threads_cases.c - the shared suite's tests of a map that any number of threads may change at once
 * (HAMT_THREADS).
 *
 * Each thread changes keys of its own, and knows what they are; of another's it knows that a value
 * is one which that key was given. */
#include "mem.h"
#include "suite.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 3, KEYS_EACH = 200, STEPS = 20000 };

struct worker {
    struct hamt *map;
    pthread_t thread;
    uint32_t number;
    uint64_t random;
    uint64_t values[KEYS_EACH]; /* 0: the key is not there */
    const char *wrong;          /* NULL if nothing is */
};

static uint32_t number_of(uint32_t worker, uint32_t key) {
    return key * THREADS + worker;
}

static uint64_t value_of(uint32_t number, uint64_t step) {
    return (uint64_t)number << 32 | (step + 1);
}

static const char *change(struct worker *worker, uint32_t key, uint64_t step) {
    uint32_t number = number_of(worker->number, key);
    bool was_there = worker->values[key] != 0;
    if (random_step(&worker->random, 3) == 0) {
        worker->values[key] = 0;
        return hamt_remove(worker->map, testkey(number)) == was_there ? NULL : "remove";
    }
    worker->values[key] = value_of(number, step);
    enum hamt_put_result expected = was_there ? HAMT_REPLACED : HAMT_NEW;
    return hamt_put(worker->map, testkey(number), worker->values[key]) == expected ? NULL : "put";
}

static bool is_as_known(const struct worker *worker, uint32_t key) {
    uint64_t value = 0;
    bool there = hamt_get(worker->map, testkey(number_of(worker->number, key)), &value);
    return there == (worker->values[key] != 0) && value == worker->values[key];
}

static void *work(void *argument) {
    struct worker *worker = argument;
    for (uint64_t step = 0; step < STEPS && !worker->wrong; step++) {
        worker->wrong = change(worker, random_step(&worker->random, KEYS_EACH), step);
        if (!is_as_known(worker, random_step(&worker->random, KEYS_EACH)))
            worker->wrong = "get";
        uint32_t number = random_step(&worker->random, THREADS * KEYS_EACH);
        uint64_t value;
        if (hamt_get(worker->map, testkey(number), &value) && value >> 32 != number)
            worker->wrong = "get of another's key";
    }
    return NULL;
}

static bool count(hamt_key key, uint64_t value, void *context) {
    (void)key, (void)value;
    ++*(size_t *)context;
    return true;
}

START_TEST(test_threads_change_keys_of_their_own_at_once) {
    static struct worker workers[THREADS];
    const struct hamt_config config = config_of(&kinds[_i], 1);
    struct hamt *map = hamt_create(&config);
    size_t entries = 0, visited = 0;
    memset(workers, 0, sizeof workers);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i].map = map;
        workers[i].number = i;
        workers[i].random = i + 1;
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    for (uint32_t i = 0; i < THREADS; i++) {
        ck_assert_msg(!workers[i].wrong, "thread %u: %s", i, workers[i].wrong);
        for (uint32_t key = 0; key < KEYS_EACH; key++) {
            HOLDS(is_as_known(&workers[i], key));
            entries += workers[i].values[key] != 0;
        }
    }
    hamt_each(map, count, &visited);
    ck_assert_uint_eq(hamt_size(map), entries);
    ck_assert_uint_eq(visited, entries);
    hamt_destroy(map);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

TCase *threads_cases(int kinds_met) {
    TCase *cases = tcase_create("threads");
    tcase_set_timeout(cases, 0);
    if (has(HAMT_THREADS))
        tcase_add_loop_test(cases, test_threads_change_keys_of_their_own_at_once, 0, kinds_met);
    return cases;
}
