/* double_free_test.c - the release build, too, ends the process with one line when a block is freed
 * twice in a row, or comes back to its slab twice. */
#include "blocks.h"
#include "last_words.h"

#include <pthread.h>
#include <stdlib.h>

static size_t bytes;

static void in_a_row(void) {
    void *block = ss_malloc(bytes);
    ss_free(block);
    ss_free(block);
}

/* More than a magazine holds are freed after it, so that it comes back to its slab. */
static void back_in_its_slab(void) {
    enum { OTHERS = 200 };
    void *others[OTHERS];
    for (int i = 0; i < OTHERS; i++)
        others[i] = ss_malloc(bytes);
    void *block = ss_malloc(bytes);
    ss_free(block);
    ss_free(others[0]);
    ss_free(block);
    for (int i = 1; i < OTHERS; i++)
        ss_free(others[i]);
}

static void *free_twice(void *block) {
    ss_free(block);
    ss_free(block);
    return NULL;
}

static void by_another_thread(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, free_twice, ss_malloc(bytes));
    pthread_join(thread, NULL);
}

/* The one that had free space before is not taken for a block. */
START_TEST(test_blocks_that_take_turns) {
    void *first = ss_malloc(100), *second = ss_malloc(100);
    for (int i = 0; i < 1000; i++) {
        ss_free(first);
        ss_free(second);
        first = ss_malloc(100);
        ss_free(first);
        first = ss_malloc(100);
        second = ss_malloc(100);
        ck_assert_ptr_ne(first, second);
    }
}
END_TEST

static void check_said(const char *text) {
    ck_assert_ptr_nonnull(strstr(text, "superslab: free("));
    ck_assert_ptr_nonnull(strstr(text, "): not a block in use; freed before?\n"));
}

static const size_t sizes[] = {0, 1, 100, 1000, 9000, 200000, 3000000};
enum { SIZES = sizeof sizes / sizeof *sizes, OF_SLABS = SIZES - 1 };

START_TEST(test_in_a_row) {
    bytes = sizes[_i];
    check_said(last_words(in_a_row));
}
END_TEST

START_TEST(test_in_a_row_with_legacy) {
    setenv("SUPERSLAB", "0", 1);
    bytes = sizes[_i];
    check_said(last_words(in_a_row));
}
END_TEST

START_TEST(test_back_in_its_slab) {
    bytes = sizes[_i];
    check_said(last_words(back_in_its_slab));
}
END_TEST

START_TEST(test_by_another_thread) {
    bytes = sizes[_i];
    check_said(last_words(by_another_thread));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab's double frees");
    TCase *frees = tcase_create("double frees");
    tcase_set_timeout(frees, 60);
    tcase_add_loop_test(frees, test_in_a_row, 0, SIZES);
    tcase_add_loop_test(frees, test_in_a_row_with_legacy, 0, SIZES);
    tcase_add_loop_test(frees, test_back_in_its_slab, 0, OF_SLABS);
    tcase_add_loop_test(frees, test_by_another_thread, 0, OF_SLABS);
    tcase_add_test(frees, test_blocks_that_take_turns);
    suite_add_tcase(suite, frees);
    return run_suite(suite, CK_FORK_GETENV);
}
