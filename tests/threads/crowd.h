/* crowd.h - several threads at one shared map, for tests. */
#ifndef CROWD_H
#define CROWD_H

#include "shared_map.h"
#include "suite.h"
#include "../run_suite.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

enum { CROWD_MOST = 16, CROWD_SECONDS = 300 };

struct crowd {
    struct shared_map *map;
    atomic_size_t there; /* threads that have begun */
    size_t members;
    _Atomic(const char *) wrong; /* the last thing that was, NULL if nothing */
};

static inline struct crowd crowd_of(const struct hamt_config *config) {
    static const struct hamt_config plain = {0, 2000, 0};
    struct crowd crowd = {.map = shared_map_create(config ? config : &plain)};
    ck_assert(crowd.map);
    return crowd;
}

/* A thread that is not the test's own must not end the test. */
static inline void crowd_wrong(struct crowd *crowd, const char *what) {
    atomic_store(&crowd->wrong, what);
}

/* Waits until all are there; a reader, for those that read. */
static inline struct shared_reader *crowd_begin(struct crowd *crowd, bool reads) {
    struct shared_reader *reader = reads ? shared_reader_create(crowd->map) : NULL;
    if (reads && !reader)
        crowd_wrong(crowd, "no memory for a reader");
    atomic_fetch_add(&crowd->there, 1);
    while (atomic_load(&crowd->there) < crowd->members)
        sched_yield();
    return reader;
}

/* Now and then, lets others come in between. */
static inline void crowd_dawdle(uint64_t *random) {
    if (random_step(random, 4) == 0)
        sched_yield();
}

/* Runs one thread for each member of an array, and asserts that nothing was wrong. */
static inline void crowd_run(struct crowd *crowd, size_t count, void *work(void *member),
                             void *members, size_t size) {
    pthread_t threads[CROWD_MOST];
    crowd->members = count;
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, (char *)members + i * size), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    const char *wrong = atomic_load(&crowd->wrong);
    ck_assert_msg(!wrong, "%s", wrong);
}

/* liburcu writes the word by which a writer is woken as volatile, not as atomic, and parts of it
 * are inlined, where the sanitizer sees them.  None of our functions is below that one. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
    return "race:urcu_common_wake_up_gp\n";
}

/* Runs the tests in this very process.  One that hangs is ended by the
 * system, so many times later as it takes longer than usual. */
static inline int crowd_test(TCase *cases, unsigned times) {
    alarm(CROWD_SECONDS * times);
    return run_case("shared map", cases, CK_NOFORK);
}

#endif
