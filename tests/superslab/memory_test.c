/* memory_test.c - where memory comes from, what happens when there is none, and that it goes back.
 */
#include "blocks.h"

#include "stats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t counted(enum counter counter) {
    return atomic_load(&stats[counter]);
}

/* Field 0 of /proc/self/statm is the address space, field 1 what of it is in memory; in bytes. */
static size_t statm(int field) {
    unsigned long fields[2];
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_int_eq(fscanf(file, "%lu %lu", &fields[0], &fields[1]), 2);
    fclose(file);
    return fields[field] * (size_t)sysconf(_SC_PAGESIZE);
}

/* The sum of a counter for each of the seed's classes. */
static size_t counted_in_classes(enum counter first) {
    size_t sum = 0;
    for (unsigned i = 0; i <= SEED_CLASSES; i++)
        sum += counted(first + i);
    return sum;
}

static size_t fallbacks(void) {
    return counted_in_classes(STAT_FALLBACK);
}

static size_t exhausted(void) {
    return counted_in_classes(STAT_EXHAUSTED);
}

/* Blocks in a list through themselves, so that the test needs no memory of its own. */
struct link {
    struct link *next;
    struct block block;
};

static struct link *push(struct link *list, size_t bytes) {
    struct link *link = ss_malloc(bytes + sizeof *link);
    if (!link)
        return NULL;
    link->next = list;
    link->block = (struct block){(unsigned char *)(link + 1), bytes, (uintptr_t)list + bytes};
    block_fill(&link->block);
    return link;
}

static struct link *pop(struct link *list) {
    struct link *next = list->next;
    if (!block_holds(&list->block, list->block.size))
        ck_abort_msg("a block lost what it held");
    ss_free(list);
    return next;
}

static struct link *allocate(size_t count, size_t bytes) {
    struct link *list = NULL;
    while (count--)
        if (!(list = push(list, bytes)))
            ck_abort_msg("out of memory");
    return list;
}

static void release(struct link *list) {
    while (list)
        list = pop(list);
}

/* ---- Want of memory ---- */

static void limit(size_t more) {
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = statm(0) + more;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

static const size_t kinds[] = {16, 1000, 6000, 100000, 1000000, 30000000};

static void run_out(size_t bytes, size_t at_least) {
    struct link *list = NULL, *link;
    size_t total = 0;
    errno = 0;
    while ((link = push(list, bytes))) {
        list = link;
        total += bytes + sizeof *link;
    }
    ck_assert_int_eq(errno, ENOMEM);
    ck_assert_uint_ge(total, at_least);
    errno = 0;
    ck_assert_ptr_null(ss_calloc(1, 64 << 20));
    ck_assert_int_eq(errno, ENOMEM);
    if (list && bytes > 100000) { /* growing fails as well, and keeps what there was */
        ck_assert_ptr_null(ss_realloc(list, 64 << 20));
        ck_assert_int_eq(errno, ENOMEM);
    }
    release(list);
}

START_TEST(test_out_of_memory) {
    ss_free(ss_malloc(1));
    limit(48 << 20);
    /* Most of what the limit allows is found, again and again. */
    for (int round = 0; round < 3; round++)
        run_out(kinds[_i], 28 << 20);
}
END_TEST

START_TEST(test_out_of_memory_legacy) {
    setenv("SUPERSLAB", "0", 1);
    ss_free(ss_malloc(1));
    limit(48 << 20);
    for (int round = 0; round < 2; round++)
        run_out(kinds[_i], 500 << 10);
}
END_TEST

/* Nothing can be mapped at all, from the first call on. */
START_TEST(test_no_memory_at_all) {
    limit(0);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        errno = 0;
        ck_assert_ptr_null(ss_malloc(kinds[i]));
        ck_assert_int_eq(errno, ENOMEM);
    }
    ss_free(NULL);
    limit(64 << 20);
    release(allocate(100, 1000));
}
END_TEST

/* ---- What is freed goes back ---- */

START_TEST(test_memory_goes_back) {
    static const size_t bytes[] = {16, 100, 1000, 6000, 100000, 1000000, 6000000, 30000000};
    size_t total = 64 << 20, before = statm(1);
    release(allocate(total / (bytes[_i] + sizeof(struct link)), bytes[_i]));
    ck_assert_uint_le(statm(1), before + (20 << 20));
    ck_assert_uint_le(counted(STAT_SUPERSLABS_NOW), 10);
    size_t most = counted(STAT_SUPERSLABS_MOST);
    release(allocate(total / (bytes[_i] + sizeof(struct link)), bytes[_i]));
    ck_assert_uint_le(counted(STAT_SUPERSLABS_MOST), most + 1);
}
END_TEST

/* Every other block stays, so no SuperSlab becomes empty: the pages of free slabs go back even so.
 */
START_TEST(test_pages_of_free_slabs_go_back) {
    enum { RUNS = 600 };
    static void *blocks[RUNS];
    size_t bytes = 200000;
    for (int i = 0; i < RUNS; i++)
        blocks[i] = memset(ss_malloc(bytes), 1, bytes);
    size_t full = statm(1);
    for (int i = 0; i < RUNS; i++)
        if (i % 8)
            ss_free(blocks[i]);
    ck_assert_uint_le(statm(1), full - RUNS * bytes * 7 / 8 + (20 << 20));
    ck_assert_uint_gt(counted(STAT_MADVISE), 0);
}
END_TEST

/* Allocating and freeing by turns does not go to the kernel each time. */
START_TEST(test_no_calls_by_turns) {
    static const struct {
        size_t count, bytes;
    } turns[] = {{1, 16}, {8000, 500}, {1000, 8000}, {40, 200000}, {1, 300000}, {4, 2000000}};
    struct link *list = allocate(turns[_i].count, turns[_i].bytes);
    release(list);
    size_t calls = counted(STAT_MMAP) + counted(STAT_MUNMAP) + counted(STAT_MADVISE);
    for (int turn = 0; turn < 20; turn++)
        release(allocate(turns[_i].count, turns[_i].bytes));
    ck_assert_uint_le(counted(STAT_MMAP) + counted(STAT_MUNMAP) + counted(STAT_MADVISE), calls + 4);
}
END_TEST

/* A large block that grows is not copied: its pages are there once. */
START_TEST(test_large_blocks_grow_in_place) {
    struct block block = {ss_malloc(8 << 20), 8 << 20, 3};
    block_fill(&block);
    for (size_t bytes = 8 << 20; bytes <= 128 << 20; bytes *= 2) {
        block.bytes = ss_realloc(block.bytes, bytes);
        ck_assert_ptr_nonnull(block.bytes);
        ck_assert(block_holds(&block, block.size));
    }
    ck_assert_uint_ge(counted(STAT_MREMAP), 4);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ck_assert_int_le(usage.ru_maxrss, 40 << 10);
    ss_free(block.bytes);
}
END_TEST

/* The mappings of these touch each other, so that one that grows has to move, to an address that
 * the lookup must learn. */
START_TEST(test_large_blocks_move) {
    enum { COUNT = 12 };
    setenv("SUPERSLAB_LOOKUP", ((const char *[]){"mask", "hash", "linear"})[_i], 1);
    struct block blocks[COUNT];
    int moved = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        size_t size = (2 << 20) - 1024; /* with the area's head, a SuperSlab's size */
        blocks[i] = (struct block){ss_malloc(size), size, i};
        block_fill(&blocks[i]);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned char *before = blocks[i].bytes;
        blocks[i].bytes = ss_realloc(before, blocks[i].size + (3 << 20));
        moved += blocks[i].bytes != before;
        ck_assert(block_holds(&blocks[i], blocks[i].size));
        ck_assert_uint_ge(ss_malloc_usable_size(blocks[i].bytes), blocks[i].size + (3 << 20));
    }
    ck_assert_int_gt(moved, 0);
    for (unsigned i = 0; i < COUNT; i++) {
        ck_assert(block_holds(&blocks[i], blocks[i].size));
        ss_free(blocks[i].bytes);
    }
}
END_TEST

/* A mapping of which the program has treated a part is two to the kernel, which moves none of them.
 */
START_TEST(test_divided_blocks_grow) {
    setenv("SUPERSLAB_LOOKUP", ((const char *[]){"mask", "hash", "linear"})[_i], 1);
    struct block block = {ss_malloc(8 << 20), 8 << 20, 1};
    block_fill(&block);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t middle = ((uintptr_t)block.bytes + (4 << 20)) & ~(page - 1);
    ck_assert_int_eq(madvise((void *)middle, 1 << 20, MADV_DONTDUMP), 0);
    block.bytes = ss_realloc(block.bytes, 32 << 20);
    ck_assert_ptr_nonnull(block.bytes);
    ck_assert(block_holds(&block, block.size));
    ck_assert_uint_ge(ss_malloc_usable_size(block.bytes), 32 << 20);
    ss_free(block.bytes);
}
END_TEST

/* To become smaller takes no memory. */
START_TEST(test_smaller_without_memory) {
    setenv("SUPERSLAB", "0", 1); /* every block is mapped, so every new one takes some */
    struct block block = {ss_malloc(20000), 20000, 1};
    block_fill(&block);
    limit(0);
    errno = 0;
    ck_assert_ptr_eq(ss_realloc(block.bytes, 100), block.bytes);
    ck_assert_int_eq(errno, 0);
    ck_assert(block_holds(&block, 100));
    ss_free(block.bytes);
}
END_TEST

START_TEST(test_a_page_stays_where_it_is) {
    setenv("SUPERSLAB", "0", 1);
    void *block = ss_malloc(100);
    ck_assert_ptr_eq(ss_realloc(block, 200), block);
    ck_assert_ptr_eq(ss_realloc(block, 10), block);
    ss_free(block);
}
END_TEST

/* ---- The pool and what is behind it ---- */

static void set_backend(const char *cap, const char *backend) {
    setenv("SUPERSLAB_POOL_CAP", cap, 1);
    setenv("SUPERSLAB_BACKEND", backend, 1);
}

START_TEST(test_cap_with_legacy) {
    set_backend("1", _i ? "both" : "legacy");
    struct link *list = allocate(6000, 1000 - sizeof(struct link));
    ck_assert_uint_eq(counted(STAT_SUPERSLABS_MOST), 1);
    ck_assert_uint_gt(fallbacks(), 3000);
    ck_assert_uint_gt(counted(STAT_MMAP), 3000); /* one for each block */
    ck_assert_uint_ge(exhausted(), fallbacks());
    ck_assert_uint_eq(fallbacks(), counted(STAT_FALLBACK + 7));
    release(list);
    ck_assert_uint_gt(counted(STAT_MUNMAP), 3000);
}
END_TEST

START_TEST(test_cap_with_pool) {
    set_backend("1", "pool");
    struct link *list = allocate(6000, 1000 - sizeof(struct link));
    ck_assert_uint_ge(counted(STAT_SUPERSLABS_MOST), 3);
    ck_assert_uint_eq(fallbacks(), 0);
    ck_assert_uint_eq(exhausted(), 0);
    release(list);
}
END_TEST

START_TEST(test_no_superslabs) {
    setenv("SUPERSLAB", "0", 1);
    struct link *list = allocate(1000, 100);
    ck_assert_uint_eq(counted(STAT_SUPERSLABS_MOST), 0);
    ck_assert_uint_eq(fallbacks(), 1000);
    ck_assert_uint_ge(counted(STAT_MMAP), 1000);
    release(list);
    ck_assert_uint_ge(counted(STAT_MUNMAP), 1000);
}
END_TEST

START_TEST(test_prewarm) {
    setenv("SUPERSLAB_PREWARM", "7:3,2:1", 1);
    size_t before = statm(1);
    ss_free(ss_malloc(1));
    ck_assert_uint_eq(counted(STAT_PREWARMED), 4);
    ck_assert_uint_ge(statm(1), before + (7 << 20));
    size_t calls = counted(STAT_MMAP);
    release(allocate(5000, 1000 - sizeof(struct link)));
    ck_assert_uint_eq(counted(STAT_MMAP), calls);
    ck_assert_uint_eq(counted(STAT_MUNMAP), 0);
    ck_assert_uint_eq(counted(STAT_SUPERSLABS_NOW), 4);
}
END_TEST

START_TEST(test_batch) {
    setenv("SUPERSLAB_BATCH", _i ? "128" : "1", 1);
    release(allocate(10000, 100));
    size_t flushes = counted(STAT_FLUSHES);
    if (_i)
        ck_assert_uint_le(flushes, 100);
    else
        ck_assert_uint_ge(flushes, 5000);
}
END_TEST

/* Blocks of 112 bytes; a refill fetches one at least, a batch at most. */
START_TEST(test_refill) {
    static const struct {
        const char *refill, *batch;
        size_t fetched;
    } cases[] = {{"1", "64", 1}, {"7", "64", 7}, {"64", "64", 64}, {"512", "16", 16}};
    setenv("SUPERSLAB_REFILL", cases[_i].refill, 1);
    setenv("SUPERSLAB_BATCH", cases[_i].batch, 1);
    struct link *list = allocate(10000, 100);
    size_t refills = counted(STAT_REFILLS), fewest = 10000 / cases[_i].fetched;
    ck_assert_uint_ge(refills, fewest);
    ck_assert_uint_le(refills, fewest + fewest / 8 + 10); /* the last of a slab are fewer */
    release(list);
}
END_TEST

START_TEST(test_sizes) {
    setenv("SUPERSLAB_SIZE", ((const char *[]){"512K", "1M", "2M"})[_i], 1);
    struct link *list = allocate(16384, 1000 - sizeof(struct link)); /* 16 MiB and a little */
    size_t wanted = 32u >> _i;
    ck_assert_uint_ge(counted(STAT_SUPERSLABS_NOW), wanted);
    ck_assert_uint_le(counted(STAT_SUPERSLABS_NOW), wanted + wanted / 4);
    release(list);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("superslab's memory");
    TCase *memory = tcase_create("memory");
    tcase_set_timeout(memory, 300);
    tcase_add_loop_test(memory, test_out_of_memory, 0, 6);
    tcase_add_loop_test(memory, test_out_of_memory_legacy, 0, 6);
    tcase_add_test(memory, test_no_memory_at_all);
    tcase_add_loop_test(memory, test_memory_goes_back, 0, 8);
    tcase_add_test(memory, test_pages_of_free_slabs_go_back);
    tcase_add_loop_test(memory, test_no_calls_by_turns, 0, 6);
    tcase_add_test(memory, test_large_blocks_grow_in_place);
    tcase_add_loop_test(memory, test_large_blocks_move, 0, 3);
    tcase_add_loop_test(memory, test_divided_blocks_grow, 0, 3);
    tcase_add_test(memory, test_smaller_without_memory);
    tcase_add_test(memory, test_a_page_stays_where_it_is);
    tcase_add_loop_test(memory, test_cap_with_legacy, 0, 2);
    tcase_add_test(memory, test_cap_with_pool);
    tcase_add_test(memory, test_no_superslabs);
    tcase_add_test(memory, test_prewarm);
    tcase_add_loop_test(memory, test_batch, 0, 2);
    tcase_add_loop_test(memory, test_refill, 0, 4);
    tcase_add_loop_test(memory, test_sizes, 0, 3);
    suite_add_tcase(suite, memory);
    return run_suite(suite, CK_FORK_GETENV);
}
