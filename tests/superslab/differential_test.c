/* differential_test.c - random calls of every entry point against what each block must hold, under
 * every combination of the settings that decide where a block comes from and how it is found.
 *
 * Each block is filled with a pattern of its own to its last usable byte, so one that overlaps
 * another or loses its contents is told when it is freed or resized. */
#include "blocks.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCKS = 400, CALLS = 6000 };

static const char *const sizes[] = {"512K", "1M", "2M"}, *const ways[] = {"mask", "hash", "linear"},
                         *const backends[] = {"legacy", "both", "pool"}, *const caps[] = {"0", "1"};
enum { WITH = 3 * 3 * 3 * 2, WITHOUT = 3 * 3, COMBINATIONS = WITH + WITHOUT };

/* Check runs each test in a process of its own, where the allocator has not begun yet. */
static void set(int combination) {
    int n = combination < WITH ? combination : combination - WITH;
    setenv("SUPERSLAB", combination < WITH ? "1" : "0", 1);
    setenv("SUPERSLAB_SIZE", sizes[n % 3], 1);
    setenv("SUPERSLAB_LOOKUP", ways[n / 3 % 3], 1);
    setenv("SUPERSLAB_BACKEND", backends[n / 9 % 3], 1);
    setenv("SUPERSLAB_POOL_CAP", caps[n / 27], 1);
    setenv("SUPERSLAB_BATCH", n % 2 ? "64" : "3", 1);
}

/* Mostly up to 32 KiB; now and then up to 4 MiB. */
static size_t draw_size(uint64_t *state) {
    return draw_bytes(state, draw(state) % 50 ? 15 : 22);
}

/* A new block from one of the entry points.  A pool that is capped may still have room for it. */
static void allocate(struct block *block, uint64_t *state) {
    size_t bytes = draw_size(state), alignment = (size_t)1 << draw(state) % 14;
    if (draw(state) % 200 == 0)
        alignment <<= draw(state) % 10; /* up to 4 MiB */
    void *got = NULL;
    size_t promised = 16;
    switch (draw(state) % 12) {
    case 0:
        got = ss_calloc(bytes ? 3 : 0, bytes / 3);
        ck_assert(all_zero(got, bytes / 3 * 3));
        bytes = bytes / 3 * 3;
        break;
    case 1:
        got = ss_aligned_alloc(alignment, bytes);
        promised = alignment;
        break;
    case 2:
        promised = alignment < sizeof(void *) ? sizeof(void *) : alignment;
        ck_assert_int_eq(ss_posix_memalign(&got, promised, bytes), 0);
        break;
    case 3:
        got = ss_memalign(alignment, bytes);
        promised = alignment;
        break;
    case 4:
        got = bytes % 2 ? ss_valloc(bytes) : ss_pvalloc(bytes);
        promised = 4096;
        break;
    case 5:
        got = ss_realloc(NULL, bytes);
        break;
    case 6:
        got = ss_reallocarray(NULL, 1, bytes);
        break;
    default:
        got = ss_malloc(bytes);
    }
    ck_assert_ptr_nonnull(got);
    ck_assert_msg(aligned(got, promised), "%p is not aligned to %zu", got, promised);
    *block = (struct block){.bytes = got, .size = ss_malloc_usable_size(got), .seed = draw(state)};
    ck_assert_uint_ge(block->size, bytes);
    block_fill(block);
}

static void resize(struct block *block, uint64_t *state) {
    size_t bytes = 1 + draw_size(state), kept = bytes < block->size ? bytes : block->size;
    void *got =
        bytes % 2 ? ss_realloc(block->bytes, bytes) : ss_reallocarray(block->bytes, bytes / 2, 2);
    ck_assert_ptr_nonnull(got);
    ck_assert(aligned(got, 16));
    block->bytes = got;
    ck_assert(block_holds(block, kept));
    block->size = ss_malloc_usable_size(got);
    ck_assert_uint_ge(block->size, bytes);
    block->seed = draw(state);
    block_fill(block);
}

static void release(struct block *block) {
    ck_assert(block_holds(block, block->size));
    if (block->size % 32)
        ss_free(block->bytes);
    else
        ss_free_sized(block->bytes, block->size);
    block->bytes = NULL;
}

static int by_address(const void *left, const void *right) {
    const struct block *a = left, *b = right;
    return a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

static void check_apart(struct block *blocks, unsigned count) {
    qsort(blocks, count, sizeof *blocks, by_address);
    for (unsigned i = 1; i < count; i++)
        if (blocks[i - 1].bytes)
            ck_assert(blocks[i - 1].bytes + blocks[i - 1].size <= blocks[i].bytes);
}

START_TEST(test_random_calls) {
    set(_i);
    static struct block blocks[BLOCKS];
    uint64_t state = 42 + (uint64_t)_i;
    for (unsigned call = 0; call < CALLS; call++) {
        struct block *block = &blocks[draw(&state) % BLOCKS];
        if (!block->bytes)
            allocate(block, &state);
        else if (draw(&state) % 3)
            release(block);
        else
            resize(block, &state);
        if (call % 2000 == 1999)
            check_apart(blocks, BLOCKS);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].bytes)
            release(&blocks[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab against a model");
    TCase *calls = tcase_create("random calls");
    tcase_set_timeout(calls, 300);
    tcase_add_loop_test(calls, test_random_calls, 0, COMBINATIONS);
    suite_add_tcase(suite, calls);
    return run_suite(suite, CK_FORK_GETENV);
}
