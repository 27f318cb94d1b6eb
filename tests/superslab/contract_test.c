/* contract_test.c - what each entry point promises: alignment, zeros, errno, contents, sizes. */
#include "blocks.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* Where one kind of block ends and the next begins, and a little on both sides. */
static const size_t edges[] = {
    0,    1,     8,     16,    17,     128,    129,    1024,    1025,    4096,          8192,
    8193, 32768, 65536, 65537, 262144, 262145, 524288, 1 << 20, 2 << 20, (2 << 20) + 1, 5 << 20};
enum { EDGES = sizeof edges / sizeof edges[0] };

static const size_t too_many[] = {
    SIZE_MAX,    SIZE_MAX - 15,   SIZE_MAX - 4096, (size_t)PTRDIFF_MAX + 1,
    PTRDIFF_MAX, (size_t)1 << 60, (size_t)1 << 47};
enum { TOO_MANY = sizeof too_many / sizeof too_many[0] };

#define ck_assert_denied(call)                                                                     \
    do {                                                                                           \
        errno = 0;                                                                                 \
        ck_assert_ptr_null(call);                                                                  \
        ck_assert_int_eq(errno, ENOMEM);                                                           \
    } while (0)

START_TEST(test_malloc) {
    void *blocks[EDGES];
    for (int i = 0; i < EDGES; i++) {
        blocks[i] = ss_malloc(edges[i]);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert(aligned(blocks[i], 16));
        ck_assert_uint_ge(ss_malloc_usable_size(blocks[i]), edges[i]);
        memset(blocks[i], 0xa5, ss_malloc_usable_size(blocks[i]));
        for (int j = 0; j < i; j++)
            ck_assert_ptr_ne(blocks[i], blocks[j]); /* those of 0 bytes as well */
    }
    for (int i = 0; i < EDGES; i++)
        ss_free(blocks[i]);
}
END_TEST

/* Of the small sizes, not more than an eighth is wasted, and 16 bytes. */
START_TEST(test_waste) {
    for (size_t bytes = 1; bytes <= 32768; bytes++) {
        void *block = ss_malloc(bytes);
        size_t usable = ss_malloc_usable_size(block);
        ss_free(block);
        if (usable < bytes || usable > bytes + 15 + bytes / 8)
            ck_abort_msg("%zu bytes for %zu", usable, bytes);
    }
}
END_TEST

START_TEST(test_too_many_bytes) {
    for (int i = 0; i < TOO_MANY; i++) {
        void *result = &result;
        ck_assert_denied(ss_malloc(too_many[i]));
        ck_assert_denied(ss_calloc(1, too_many[i]));
        ck_assert_denied(ss_calloc(too_many[i], 1));
        ck_assert_denied(ss_realloc(NULL, too_many[i]));
        ck_assert_denied(ss_reallocarray(NULL, too_many[i], 1));
        ck_assert_denied(ss_memalign(64, too_many[i]));
        ck_assert_denied(ss_aligned_alloc((size_t)1 << 30, too_many[i]));
        ck_assert_denied(ss_valloc(too_many[i]));
        ck_assert_denied(ss_pvalloc(too_many[i]));
        errno = 0;
        ck_assert_int_eq(ss_posix_memalign(&result, 64, too_many[i]), ENOMEM);
        ck_assert_ptr_eq(result, &result);
        ck_assert_int_eq(errno, 0);
    }
    ck_assert_denied(ss_aligned_alloc((size_t)1 << 62, 1));
    ck_assert_denied(ss_memalign((size_t)1 << 63, 1));
}
END_TEST

START_TEST(test_overflow) {
    ck_assert_denied(ss_calloc(SIZE_MAX / 2 + 1, 2));
    ck_assert_denied(ss_calloc((size_t)1 << 32, (size_t)1 << 32));
    void *block = ss_malloc(100);
    ck_assert_denied(ss_reallocarray(block, SIZE_MAX / 4 + 1, 8));
    ss_free(block);
}
END_TEST

START_TEST(test_calloc_zeroes_used_memory) {
    for (int i = 0; i < EDGES; i++) {
        for (int round = 0; round < 3; round++) {
            void *dirty = ss_malloc(edges[i]);
            memset(dirty, 0xff, ss_malloc_usable_size(dirty));
            ss_free(dirty);
            unsigned char *block = ss_calloc(edges[i] / 2, 2);
            ck_assert(all_zero(block, edges[i] / 2 * 2));
            ck_assert(aligned(block, 16));
            memset(block, 0xff, edges[i] / 2 * 2);
            ss_free(block);
        }
    }
    void *none = ss_calloc(0, 8);
    ck_assert_ptr_nonnull(none);
    ss_free(none);
}
END_TEST

START_TEST(test_realloc_keeps_contents) {
    for (int from = 0; from < EDGES; from++) {
        for (int to = 0; to < EDGES; to++) {
            struct block block = {ss_malloc(edges[from]), edges[from], (uint64_t)(31 * from + to)};
            if (!edges[to] || !edges[from]) {
                ss_free(block.bytes);
                continue;
            }
            block_fill(&block);
            block.bytes = ss_realloc(block.bytes, edges[to]);
            ck_assert_ptr_nonnull(block.bytes);
            ck_assert(aligned(block.bytes, 16));
            ck_assert_uint_ge(ss_malloc_usable_size(block.bytes), edges[to]);
            ck_assert(block_holds(&block, edges[to] < edges[from] ? edges[to] : edges[from]));
            ss_free(block.bytes);
        }
    }
}
END_TEST

/* Byte by byte, as a buffer that is read into grows; through small, medium and large sizes. */
START_TEST(test_realloc_grows_and_shrinks) {
    struct block block = {NULL, 0, 7};
    for (size_t bytes = 1; bytes < 3 << 20; bytes += 1 + bytes / 5) {
        block.bytes = ss_realloc(block.bytes, bytes);
        ck_assert(block_holds(&block, block.size));
        block.size = bytes;
        block_fill(&block);
    }
    while (block.size > 1) {
        block.size -= 1 + block.size / 5;
        if (!block.size)
            break;
        block.bytes = ss_realloc(block.bytes, block.size);
        ck_assert(block_holds(&block, block.size));
    }
    ck_assert_uint_le(ss_malloc_usable_size(block.bytes), 4096);
    ss_free(block.bytes);
}
END_TEST

START_TEST(test_realloc_edges) {
    void *block = ss_realloc(NULL, 0);
    ck_assert_ptr_nonnull(block);
    errno = 0;
    ck_assert_ptr_null(ss_realloc(block, 0)); /* freed */
    ck_assert_int_eq(errno, 0);
    ck_assert_ptr_null(ss_reallocarray(ss_malloc(10), 0, 10));

    for (int i = 1; i < EDGES; i++) { /* what cannot grow is as it was */
        struct block kept = {ss_malloc(edges[i]), edges[i], 5};
        block_fill(&kept);
        for (int j = 0; j < TOO_MANY; j++)
            ck_assert_denied(ss_realloc(kept.bytes, too_many[j]));
        ck_assert(block_holds(&kept, kept.size));
        ss_free(kept.bytes);
    }
}
END_TEST

START_TEST(test_alignment) {
    for (size_t alignment = 1; alignment <= (size_t)16 << 20; alignment *= 2) {
        for (int i = 0; i < EDGES; i++) {
            void *few[3], *result;
            for (int j = 0; j < 3; j++) { /* not only the first one of a slab */
                few[j] = ss_aligned_alloc(alignment, edges[i]);
                ck_assert_ptr_nonnull(few[j]);
                ck_assert(aligned(few[j], alignment) && aligned(few[j], 16));
                size_t usable = ss_malloc_usable_size(few[j]);
                ck_assert_uint_ge(usable, edges[i]);
                memset(few[j], 1, edges[i] < 4096 ? usable : edges[i]);
            }
            for (int j = 0; j < 3; j++)
                ss_free(few[j]);
            if (alignment >= sizeof(void *)) {
                ck_assert_int_eq(ss_posix_memalign(&result, alignment, edges[i]), 0);
                ck_assert(aligned(result, alignment));
                result = ss_realloc(result, edges[i] + 1);
                ck_assert_ptr_nonnull(result);
                ss_free(result);
            }
        }
    }
}
END_TEST

START_TEST(test_bad_alignment) {
    static const size_t bad[] = {0, 3, 24, 4095, SIZE_MAX};
    void *result = &result;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        ck_assert_ptr_null(ss_aligned_alloc(bad[i], 64));
        ck_assert_int_eq(errno, EINVAL);
        errno = 0;
        ck_assert_ptr_null(ss_memalign(bad[i], 64));
        ck_assert_int_eq(errno, EINVAL);
        errno = 0;
        ck_assert_int_eq(ss_posix_memalign(&result, bad[i], 64), EINVAL);
        ck_assert_int_eq(errno, 0);
    }
    ck_assert_int_eq(ss_posix_memalign(&result, 4, 64), EINVAL); /* less than a pointer */
    ck_assert_ptr_eq(result, &result);
}
END_TEST

START_TEST(test_pages) {
    void *block = ss_valloc(10);
    ck_assert(aligned(block, 4096));
    ss_free(block);
    block = ss_pvalloc(4097);
    ck_assert(aligned(block, 4096));
    ck_assert_uint_ge(ss_malloc_usable_size(block), 8192);
    ss_free(block);
    block = ss_pvalloc(0);
    ck_assert(aligned(block, 4096));
    ss_free(block);
}
END_TEST

START_TEST(test_free_keeps_errno) {
    for (int i = 0; i < EDGES; i++) {
        void *block = ss_malloc(edges[i]);
        errno = 123;
        ss_free(block);
        ck_assert_int_eq(errno, 123);
    }
    ss_free(NULL);
    ss_free_sized(ss_malloc(40), 40);
    ss_free_aligned_sized(ss_aligned_alloc(64, 128), 64, 128);
    ss_free_sized(NULL, 0);
    ck_assert_uint_eq(ss_malloc_usable_size(NULL), 0);
    ck_assert_int_eq(errno, 123);
}
END_TEST

/* Freeing NULL, or asking its size, may be the first thing that happens. */
START_TEST(test_nothing_first) {
    ss_free(NULL);
    ck_assert_uint_eq(ss_malloc_usable_size(NULL), 0);
    ck_assert_ptr_nonnull(ss_valloc(1));
}
END_TEST

static void without_superslabs(void) {
    setenv("SUPERSLAB", "0", 1);
}

static void add(Suite *suite, const char *name, void (*setup)(void)) {
    TCase *contract = tcase_create(name);
    tcase_set_timeout(contract, 300);
    if (setup)
        tcase_add_checked_fixture(contract, setup, NULL);
    tcase_add_test(contract, test_malloc);
    tcase_add_test(contract, test_too_many_bytes);
    tcase_add_test(contract, test_overflow);
    tcase_add_test(contract, test_calloc_zeroes_used_memory);
    tcase_add_test(contract, test_realloc_keeps_contents);
    tcase_add_test(contract, test_realloc_grows_and_shrinks);
    tcase_add_test(contract, test_realloc_edges);
    tcase_add_test(contract, test_alignment);
    tcase_add_test(contract, test_bad_alignment);
    tcase_add_test(contract, test_pages);
    tcase_add_test(contract, test_free_keeps_errno);
    tcase_add_test(contract, test_nothing_first);
    suite_add_tcase(suite, contract);
}

int main(void) {
    Suite *suite = suite_create("superslab's contract");
    add(suite, "superslab", NULL);
    add(suite, "legacy", without_superslabs);
    TCase *small = tcase_create("small blocks");
    tcase_add_test(small, test_waste);
    suite_add_tcase(suite, small);
    return run_suite(suite, CK_FORK_GETENV);
}
