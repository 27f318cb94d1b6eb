/* bytes.h - what a small map must weigh, worked out by hand.
 *
 * Keys are their own hashes here (HASH_PLAIN), so each test chooses its shape.  Bytes are those
 * asked for, whatever the C library's malloc makes of them.  Figures hold where a pointer has eight
 * bytes; elsewhere these tests are skipped. */
#ifndef BYTES_H
#define BYTES_H

#include "inside.h"
#include "mem.h"
#include "strength.h"
#include "../run_suite.h"

#include <check.h>
#include <stdio.h>

static inline struct hamt *map_new(size_t pool_slots, size_t size_hint) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    config.hash_seed = (uint64_t)HASH_PLAIN << TEST_HASH_SHIFT;
    config.pool_slots = pool_slots;
    config.size_hint = size_hint;
    struct hamt *map = hamt_create(&config);
    ck_assert_ptr_nonnull(map);
    return map;
}

static inline void put_new(struct hamt *map, uint64_t key) {
    ck_assert_int_eq(hamt_put(map, key, key), HAMT_NEW);
}

/* The map's stats, which must be sound, and of all bytes that are alive. */
static inline struct hamt_stats weigh(const struct hamt *map) {
    struct hamt_stats stats;
    const char *broken = hamt_check(map);
    ck_assert_msg(!broken, "broken invariant: %s", broken);
    hamt_stats(map, &stats);
    ck_assert_uint_eq(hamt_stats_bytes(&stats), mem_live_bytes());
    ck_assert_uint_eq(stats.blocks, mem_live_blocks());
    return stats;
}

static inline void map_end(struct hamt *map) {
    hamt_destroy(map);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}

/* All memory there is, in blocks that nobody needs. */
static struct {
    void *block[1 << 8];
    size_t count;
} taken;

static inline void memory_runs_out(void) {
    for (size_t bytes = (size_t)1 << 30; bytes > 0; bytes /= 2)
        while ((taken.block[taken.count] = mem_alloc(bytes)))
            ck_assert_uint_lt(++taken.count, sizeof taken.block / sizeof *taken.block);
}

static inline void memory_is_back(void) {
    while (taken.count > 0)
        mem_free(taken.block[--taken.count]);
}

/* Runs the tests; the exit status. */
static inline int bytes_main(TCase *cases) {
    if (sizeof(void *) != 8) {
        printf("skipped: pointers have %zu bytes, not 8\n", sizeof(void *));
        return 0;
    }
    return run_case("bytes of small maps", cases, CK_FORK_GETENV);
}

#endif
