/* fork_test.c - a program whose own fork handler allocates, registered before main, as libraries do
 * that stop their threads before a fork. */
#include "blocks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 1000 };

static atomic_int handled;

/* More than magazines hold, so that heap and pool are asked, from two threads. */
static void *use_blocks(void *unused) {
    (void)unused;
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++)
        ck_assert_ptr_nonnull(blocks[i] = ss_malloc(100 + (size_t)i % 7 * 1000));
    for (int i = 0; i < BLOCKS; i++)
        ss_free(blocks[i]);
    return NULL;
}

static void before_fork(void) {
    pthread_t thread;
    use_blocks(NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, use_blocks, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    handled++;
}

/* The C library and the loader allocate before any constructor runs. */
__attribute__((constructor)) static void load(void) {
    ss_free(ss_malloc(1));
    pthread_atfork(before_fork, NULL, NULL);
}

START_TEST(test_a_handler_allocates) {
    int before = handled;
    for (int i = 0; i < 5; i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (!child) {
            alarm(60);
            use_blocks(NULL);
            _exit(0);
        }
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(handled, before + 5);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab's forks");
    TCase *forks = tcase_create("forks");
    tcase_set_timeout(forks, 120);
    tcase_add_test(forks, test_a_handler_allocates);
    suite_add_tcase(suite, forks);
    return run_suite(suite);
}
