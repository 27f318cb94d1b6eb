/* fork_test.c - forks while others need memory: nobody waits for a fork, and nothing is lost by it.
 */
#include "blocks.h"

#include "stats.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 1000, CHILD_SECONDS = 60 };

static bool handlers_allocate;
static int handled, handled_while_closed;
static void *of_the_first_thread[BLOCKS];

/* More than magazines hold, so that heap and pool are asked; and areas of their own. */
static void *use_blocks(void *unused) {
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++)
        ck_assert_ptr_nonnull(blocks[i] = ss_malloc(100 + (size_t)i % 7 * 1000));
    for (int i = 0; i < BLOCKS; i++)
        ss_free(blocks[i]);
    unsigned char *large = ss_calloc(1, 300000);
    ck_assert(all_zero(large, 300000));
    ck_assert_ptr_nonnull(large = ss_realloc(large, 900000));
    ck_assert(all_zero(large, 300000));
    ss_free(large);
    return unused;
}

/* Others' blocks are freed by it as well. */
static void *use_and_free(void *unused) {
    for (int i = 0; i < BLOCKS; i++)
        ss_free(of_the_first_thread[i]);
    return use_blocks(unused);
}

static void run_thread(void *(*run)(void *)) {
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

/* A handler as libraries have that stop their threads before a fork: it runs before ours. */
static void before_fork(void) {
    if (!handlers_allocate)
        return;
    use_blocks(NULL);
    run_thread(use_blocks);
    for (int i = 0; i < BLOCKS; i++)
        ck_assert_ptr_nonnull(of_the_first_thread[i] = ss_malloc(2000));
    handled++;
}

/* Between our handlers and the fork itself.  There the C library takes locks, whose holders may
 * need memory and end first: this handler waits for a thread that does both. */
static void while_closed(void) {
    if (!handlers_allocate)
        return;
    run_thread(use_and_free);
    use_blocks(NULL);
    handled_while_closed++;
}

static void again_in_the_parent(void) {
    if (handlers_allocate) {
        use_blocks(NULL);
        run_thread(use_blocks);
    }
}

/* Handlers run before a fork in the reverse order of their registration, after it in that order;
 * the allocator registers its own with the first block. */
__attribute__((constructor)) static void load(void) {
    pthread_atfork(while_closed, again_in_the_parent, again_in_the_parent);
    ss_free(ss_malloc(1));
    pthread_atfork(before_fork, NULL, NULL);
}

static void fork_once(void) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        alarm(CHILD_SECONDS);
        use_blocks(NULL);
        run_thread(use_blocks);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

START_TEST(test_handlers_allocate) {
    handlers_allocate = true;
    for (int i = 1; i <= 5; i++) {
        fork_once();
        ck_assert_int_eq(handled, i);
        ck_assert_int_eq(handled_while_closed, i);
    }
}
END_TEST

/* Slabs and areas that are in use. */
static unsigned long in_use(void) {
    return stats[STAT_AREAS_NOW] + stats[STAT_SLABS_TAKEN] - stats[STAT_SLABS_GIVEN];
}

/* Were they not freed, BLOCKS of 2,000 bytes would take 32 slabs with each fork. */
START_TEST(test_what_is_put_off_is_freed) {
    handlers_allocate = true;
    fork_once();
    fork_once();
    unsigned long before = in_use();
    for (int i = 0; i < 10; i++)
        fork_once();
    ck_assert_uint_lt(in_use(), before + 32);
}
END_TEST

static volatile sig_atomic_t forked;

static void fork_now(int signal) {
    (void)signal;
    pid_t child = fork();
    if (!child)
        _exit(0);
    int status = 1;
    waitpid(child, &status, 0);
    forked += status == 0;
}

/* POSIX lets a handler fork, whatever it interrupts. */
START_TEST(test_a_signal_handler_forks) {
    handlers_allocate = false;
    struct itimerval often = {{.tv_usec = 1000}, {.tv_usec = 1000}}, never = {{0, 0}, {0, 0}};
    signal(SIGALRM, fork_now);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    while (forked < 300)
        use_blocks(NULL);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    handlers_allocate = true;
    fork_once();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab's forks");
    TCase *forks = tcase_create("forks");
    tcase_set_timeout(forks, 120);
    tcase_add_test(forks, test_handlers_allocate);
    tcase_add_test(forks, test_what_is_put_off_is_freed);
    tcase_add_test(forks, test_a_signal_handler_forks);
    suite_add_tcase(suite, forks);
    return run_suite(suite, CK_FORK_GETENV);
}
