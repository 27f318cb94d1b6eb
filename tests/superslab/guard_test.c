/* guard_test.c - the debug build ends the process, with one line, when a block is given back that
 * is not one, or not any more.  Built with -DSUPERSLAB_DEBUG. */
#include "blocks.h"
#include "last_words.h"

#include <pthread.h>
#include <stdlib.h>

static size_t bytes;

static void twice(void) {
    void *block = ss_malloc(bytes);
    ss_free(block);
    ss_free(block);
}

static void twice_with_others_between(void) {
    void *blocks[300], *block = ss_malloc(bytes);
    ss_free(block);
    for (int i = 0; i < 300; i++)
        blocks[i] = ss_malloc(bytes + 400);
    for (int i = 0; i < 300; i++)
        ss_free(blocks[i]);
    ss_free(block);
}

static void *free_it(void *block) {
    ss_free(block);
    return NULL;
}

static void twice_by_another_thread(void) {
    pthread_t thread;
    void *block = ss_malloc(bytes);
    ss_free(block);
    pthread_create(&thread, NULL, free_it, block);
    pthread_join(thread, NULL);
}

static void inside(void) {
    ss_free((char *)ss_malloc(bytes) + 16);
}

static void at_odd_address(void) {
    ss_free((char *)ss_malloc(bytes) + 1);
}

static void of_another_allocator(void) {
    ss_malloc(bytes);
    ss_free(malloc(bytes));
}

static void on_the_stack(void) {
    char block[64];
    char *volatile hidden = block;
    ss_malloc(bytes);
    ss_free(hidden);
}

static void realloc_freed(void) {
    void *block = ss_malloc(bytes);
    ss_free(block);
    ss_realloc(block, 2 * bytes);
}

static void size_of_freed(void) {
    void *block = ss_malloc(bytes);
    ss_free(block);
    ss_malloc_usable_size(block);
}

static const struct {
    void (*act)(void);
    const char *said;
} acts[] = {
    {twice, "superslab: free("},
    {twice_with_others_between, "superslab: free("},
    {twice_by_another_thread, "superslab: free("},
    {inside, "superslab: free("},
    {at_odd_address, "superslab: free("},
    {of_another_allocator, "not a block"},
    {on_the_stack, "not a block of this allocator"},
    {realloc_freed, "superslab: realloc("},
    {size_of_freed, "superslab: malloc_usable_size("},
};
enum { ACTS = sizeof acts / sizeof acts[0] };

static void check_acts(size_t of_bytes) {
    bytes = of_bytes;
    for (int i = 0; i < ACTS; i++) {
        const char *text = last_words(acts[i].act);
        ck_assert_msg(strstr(text, acts[i].said), "act %d, %zu bytes: %s", i, bytes, text);
    }
}

static const size_t sizes[] = {32, 1000, 9000, 200000, 3000000};

START_TEST(test_caught) {
    check_acts(sizes[_i]);
}
END_TEST

START_TEST(test_caught_with_legacy) {
    setenv("SUPERSLAB", "0", 1);
    check_acts(sizes[_i]);
}
END_TEST

START_TEST(test_caught_with_linear) {
    setenv("SUPERSLAB_LOOKUP", "linear", 1);
    check_acts(sizes[_i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab's guard");
    TCase *guard = tcase_create("wrong frees");
    tcase_set_timeout(guard, 300);
    tcase_add_loop_test(guard, test_caught, 0, 5);
    tcase_add_loop_test(guard, test_caught_with_legacy, 0, 5);
    tcase_add_loop_test(guard, test_caught_with_linear, 0, 5);
    suite_add_tcase(suite, guard);
    return run_suite(suite, CK_FORK_GETENV);
}
