/* threads_test.c - several threads: blocks that change hands, threads that end, forks in between.
 *
 * Built with ThreadSanitizer as well, which leaves out the forks: it does not follow them. */
#include "blocks.h"

#include "stats.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_THREAD__
enum { ROUNDS = 5000, ENDED = 30, PASSED = 20000 };
#else
enum { ROUNDS = 60000, ENDED = 100, PASSED = 200000 };
#endif

static size_t counted(enum counter counter) {
    return atomic_load(&stats[counter]);
}

/* A block that says itself how long it is and what it holds. */
struct parcel {
    size_t size;
    uint64_t seed;
    unsigned char bytes[];
};

static struct parcel *parcel_new(uint64_t *state, unsigned bits) {
    size_t size = draw_bytes(state, bits);
    struct parcel *parcel = ss_malloc(sizeof *parcel + size);
    if (!parcel)
        abort();
    parcel->size = size;
    parcel->seed = draw(state);
    block_fill(&(struct block){parcel->bytes, size, parcel->seed});
    return parcel;
}

static void parcel_end(struct parcel *parcel) {
    if (!parcel)
        return;
    if (!block_holds(&(struct block){parcel->bytes, parcel->size, parcel->seed}, parcel->size))
        abort();
    ss_free(parcel);
}

static void start(pthread_t *thread, void *(*run)(void *), void *value) {
    ck_assert_int_eq(pthread_create(thread, NULL, run, value), 0);
}

static void finish(pthread_t thread) {
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

/* ---- Blocks are left in places that all threads share, and freed by whoever finds them ---- */

enum { PLACES = 512, THREADS = 4 };
static _Atomic(struct parcel *) places[PLACES];

static void *exchange(void *value) {
    uint64_t state = (uintptr_t)value;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct parcel *mine = parcel_new(&state, i % 64 ? 10 : 18);
        parcel_end(atomic_exchange(&places[draw(&state) % PLACES], mine));
        if (i % 7 == 0)
            parcel_end(atomic_exchange(&places[draw(&state) % PLACES], NULL));
    }
    return NULL;
}

START_TEST(test_exchange) {
    setenv("SUPERSLAB_LOOKUP", ((const char *[]){"mask", "hash", "linear"})[_i], 1);
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        start(&threads[i], exchange, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        finish(threads[i]);
    for (int i = 0; i < PLACES; i++)
        parcel_end(places[i]);
    ck_assert_uint_gt(counted(STAT_REMOTE_FREES), 0);
    /* What is kept: 8 SuperSlabs in the pool, and what the blocks in this thread's magazines pin.
     */
    ck_assert_uint_le(counted(STAT_SUPERSLABS_NOW), 24);
}
END_TEST

/* ---- One allocates, the other frees: blocks must come home, or memory grows without end ---- */

enum { RING = 1024 };
static _Atomic(struct parcel *) ring[RING];

static void *produce(void *value) {
    uint64_t state = (uintptr_t)value;
    for (unsigned i = 0; i < PASSED; i++) {
        struct parcel *none = NULL, *parcel = parcel_new(&state, 9);
        while (!atomic_compare_exchange_weak(&ring[i % RING], &none, parcel)) {
            none = NULL;
            sched_yield();
        }
    }
    return NULL;
}

static void *consume(void *unused) {
    for (unsigned i = 0; i < PASSED; i++) {
        struct parcel *parcel;
        while (!(parcel = atomic_exchange(&ring[i % RING], NULL)))
            sched_yield();
        parcel_end(parcel);
    }
    return unused;
}

START_TEST(test_producer_and_consumer) {
    pthread_t producer, consumer;
    start(&producer, produce, (void *)3);
    start(&consumer, consume, NULL);
    finish(producer);
    finish(consumer);
    ck_assert_uint_ge(counted(STAT_REMOTE_FREES), PASSED);
    ck_assert_uint_le(counted(STAT_SUPERSLABS_MOST), 3);
}
END_TEST

/* ---- Threads that end ---- */

enum { LEFT = 500 };

static void *leave_some(void *value) {
    struct parcel **left = value;
    uint64_t state = (uintptr_t)value;
    for (int i = 0; i < 4 * LEFT; i++) {
        struct parcel *parcel = parcel_new(&state, 9);
        if (i % 4 == 0)
            left[i / 4] = parcel;
        else
            parcel_end(parcel);
    }
    return NULL;
}

/* The slabs of those that ended serve those that follow; what they left is freed by another. */
START_TEST(test_threads_end) {
    static struct parcel *left[2][LEFT];
    for (int i = 0; i < ENDED; i++) {
        pthread_t thread;
        start(&thread, leave_some, left[i % 2]);
        finish(thread);
        for (int j = 0; j < LEFT; j++) {
            parcel_end(left[(i + 1) % 2][j]);
            left[(i + 1) % 2][j] = NULL;
        }
    }
    for (int j = 0; j < LEFT; j++)
        parcel_end(left[(ENDED + 1) % 2][j]);
    ck_assert_uint_gt(counted(STAT_SLABS_ADOPTED), 0);
    ck_assert_uint_le(counted(STAT_SUPERSLABS_MOST), 3);
}
END_TEST

/* A thread may allocate and free after its heap is gone: in the destructor of another key. */
static void late(void *value) {
    uint64_t state = 9;
    parcel_end(value);
    for (int i = 0; i < 2000; i++)
        parcel_end(parcel_new(&state, 20));
    ss_free(ss_realloc(ss_malloc(100), 100000));
    places[0] = parcel_new(&state, 9);
}

static void *with_destructor(void *key) {
    uint64_t state = 11;
    pthread_setspecific(*(pthread_key_t *)key, parcel_new(&state, 9));
    return NULL;
}

START_TEST(test_late_calls) {
    pthread_key_t key;
    ss_free(ss_malloc(1)); /* its key comes first, so that ours is destroyed after it */
    ck_assert_int_eq(pthread_key_create(&key, late), 0);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        start(&thread, with_destructor, &key);
        finish(thread);
        parcel_end(places[0]);
    }
    ck_assert_uint_le(counted(STAT_SUPERSLABS_MOST), 2);
}
END_TEST

/* ---- Forks while other threads allocate ---- */

#ifndef __SANITIZE_THREAD__
static atomic_bool enough;

static void *keep_busy(void *value) {
    uint64_t state = (uintptr_t)value;
    while (!enough) {
        struct parcel *mine = parcel_new(&state, 14);
        parcel_end(atomic_exchange(&places[draw(&state) % PLACES], mine));
    }
    return NULL;
}

static int live_on(void) {
    static struct parcel *child_left[LEFT];
    alarm(60); /* a lock that nobody opens */
    uint64_t state = 17;
    for (int i = 0; i < PLACES; i++)
        parcel_end(atomic_exchange(&places[i], parcel_new(&state, 14)));
    pthread_t thread;
    if (pthread_create(&thread, NULL, leave_some, child_left) || pthread_join(thread, NULL))
        return 2;
    return 0;
}

/* ThreadSanitizer asks for it: a child of several threads starts one of its own here. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) {
    return "die_after_fork=0";
}

START_TEST(test_fork) {
    setenv("SUPERSLAB_BATCH", "1", 1); /* some thread is under a lock most of the time */
    pthread_t threads[3];
    for (uintptr_t i = 0; i < 3; i++)
        start(&threads[i], keep_busy, (void *)(i + 21));
    for (int i = 0; i < 40; i++) {
        usleep(1000);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (!child)
            _exit(live_on());
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    enough = true;
    for (int i = 0; i < 3; i++)
        finish(threads[i]);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("superslab's threads");
    TCase *threads = tcase_create("threads");
    tcase_set_timeout(threads, 600);
    tcase_add_loop_test(threads, test_exchange, 0, 3);
    tcase_add_test(threads, test_producer_and_consumer);
    tcase_add_test(threads, test_threads_end);
    tcase_add_test(threads, test_late_calls);
#ifndef __SANITIZE_THREAD__
    tcase_add_test(threads, test_fork);
#endif
    suite_add_tcase(suite, threads);
    return run_suite(suite, CK_FORK_GETENV);
}
