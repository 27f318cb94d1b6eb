/* trie_test.c - what a trie of twelve entries must weigh, for each important composition.
 *
 * The entries.  Chunks of six bits, from the low end; 60 of the 64 bits are used:
 *
 *     0, 1, 2, 3, 4, 5             part at the root
 *     5 + 2^12                     goes with 5 through chunks 5 and 0, and parts from it at level 2
 *     2^60, 2 * 2^60 .. 5 * 2^60   collide with 0: one leaf of six entries
 *
 * The shapes.  Seven leaves stand in all of them.
 *
 *     ten levels       root: 6 children
 *                      0 to 4: a chain of 9 nodes each, of one child: 45
 *                      5: 2 nodes of the same kind at levels 1 and 2, where the lower has 2
 *                      children, and 7 below it for each: 14 of one child
 *                      62 nodes; 6 + 2 + 60 * 1 = 68 children; each entry below 10 nodes: 120
 *     lazy             root: 6 children; level 1: 1 child; level 2: 2 children
 *                      3 nodes; 9 children; 6 + 4 entries below 1 node, 2 below 3: 16
 *     path compression no node at level 1
 *                      2 nodes; 8 children; 6 + 4 entries below 1 node, 2 below 2: 14
 *
 * Sizes, with pointers of 8 bytes.  Of `list`, from which each other composition differs in what is
 * told beside it:
 *
 *     children    bitmap 8, pointer 8, count 4, capacity 4                      = 24
 *     leaf        pointer 8, count 4, capacity 4                                = 16
 *     node        the larger of both, and the kind, to a multiple of 8          = 32
 *     entry       key 8, value 8                                                = 16 */
#include "bytes.h"

#include <string.h>

enum shape { TEN_LEVELS, LAZY, PATHCOMP };

static const struct {
    size_t inner_nodes, child_pointers, depth_max, depth_sum, at_level_2;
} shapes[] = {
    [TEN_LEVELS] = {62, 68, 10, 120, 6 /* one for each child of the root */},
    [LAZY] = {3, 9, 3, 16, 1},
    [PATHCOMP] = {2, 8, 2, 14, 1},
};

enum { LEAVES = 7, ENTRIES = 12, POOL_SLOTS = 256 };

static const struct composition {
    const char *name;
    enum shape shape;
    size_t nodes, children, entries; /* bytes */
} compositions[] = {
    /* Capacities 1, 2, 4, 8: the root's is 8, that of the node with two children 2, of 60 nodes 1.
     * Likewise the entries': 8 in the leaf of six, 1 in six leaves. */
    {"list", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* How functions are called takes no bytes. */
    {"outline", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    {"inline", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* As many slots as children.  Bitmap and pointer: 16, as a leaf; the node 24. */
    {"exact", TEN_LEVELS, (62 + LEAVES) * 24, (6 + 2 + 60) * 8, (8 + 6) * 16},
    /* 64 slots of 8 and a count of 4 in the node, to a multiple of 8, and the kind: 528. */
    {"array64", TEN_LEVELS, (62 + LEAVES) * 528, 0, (8 + 6) * 16},
    /* Bitmap, pointer, capacity 4, to a multiple of 8: 24. */
    {"uncounted", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* Capacities 4, 8. */
    {"four", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 4 + 60 * 4) * 8, (8 + 6) * 16},
    {"slotwise", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 4 + 60 * 4) * 8, (8 + 6) * 16},
    /* The pool has the slots it was given. */
    {"pool", TEN_LEVELS, (62 + LEAVES) * 32, POOL_SLOTS * 8, (8 + 6) * 16},
    {"pool+exact", TEN_LEVELS, (62 + LEAVES) * 24, POOL_SLOTS * 8, (8 + 6) * 16},
    {"pool+four", TEN_LEVELS, (62 + LEAVES) * 32, POOL_SLOTS * 8, (8 + 6) * 16},
    /* The pool's first chunk: a pointer and 512 slots. */
    {"growpool", TEN_LEVELS, (62 + LEAVES) * 32, 8 + 512 * 8, (8 + 6) * 16},
    {"growpool+exact", TEN_LEVELS, (62 + LEAVES) * 24, 8 + 512 * 8, (8 + 6) * 16},
    {"single", TEN_LEVELS, (62 + LEAVES) * 32, (8 + 2 + 60) * 8, 16 + 8 * 16},
    /* The leaf: 4 entries, a count of 4 (to a multiple of 8), a list of 16: 88; the node 96.  Two
     * further entries: capacity 2. */
    {"inline4", TEN_LEVELS, (62 + LEAVES) * 96, (8 + 2 + 60) * 8, 2 * 16},
    /* An inner node 24 or a leaf 16, and the kind. */
    {"sizes", TEN_LEVELS, 62 * 32 + LEAVES * 24, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* No kind, and the larger of both. */
    {"tagged", TEN_LEVELS, (62 + LEAVES) * 24, (8 + 2 + 60) * 8, (8 + 6) * 16},
    {"sizes+tagged", TEN_LEVELS, 62 * 24 + LEAVES * 16, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* A block: a pointer and a word, and 1,024 nodes of one size. */
    {"arena", TEN_LEVELS, 16 + 1024 * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    {"freelist", TEN_LEVELS, 16 + 1024 * 32, (8 + 2 + 60) * 8, (8 + 6) * 16},
    /* One arena for each size of node. */
    {"sizes+arena", TEN_LEVELS, 16 + 1024 * 32 + 16 + 1024 * 24, (8 + 2 + 60) * 8, (8 + 6) * 16},
    {"lazy", LAZY, (3 + LEAVES) * 32, (8 + 1 + 2) * 8, (8 + 6) * 16},
    /* The way of 8 before the children: 32; the node 40. */
    {"pathcomp", PATHCOMP, (2 + LEAVES) * 40, (8 + 2) * 8, (8 + 6) * 16},
    /* Way, bitmap and pointer: 24; an entry and a pointer: 24; so one arena for both. */
    {"fix4", PATHCOMP, 16 + 1024 * 24, 8 + 512 * 8, 16 + 8 * 16},
};

static const struct composition *mine(void) {
    const struct composition *composition = compositions;
    while (strcmp(composition->name, COMPOSITION) != 0)
        composition++;
    return composition;
}

static struct hamt *map_of_twelve(size_t pool_slots) {
    struct hamt *map = map_new(pool_slots, 0);
    for (uint64_t key = 0; key <= 5; key++)
        put_new(map, key);
    put_new(map, 5 + (1 << 12));
    for (uint64_t last = 1; last <= 5; last++)
        put_new(map, last << 60);
    return map;
}

START_TEST(test_twelve_entries) {
    const struct composition *expected = mine();
    struct hamt *map = map_of_twelve(POOL_SLOTS);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.entries, ENTRIES);
    ck_assert_uint_eq(stats.leaves, LEAVES);
    ck_assert_uint_eq(stats.inner_nodes, shapes[expected->shape].inner_nodes);
    ck_assert_uint_eq(stats.child_pointers, shapes[expected->shape].child_pointers);
    ck_assert_uint_eq(stats.depth_max, shapes[expected->shape].depth_max);
    ck_assert_uint_eq(stats.depth_sum, shapes[expected->shape].depth_sum);
    ck_assert_uint_eq(stats.inner_at_level[0], 1);
    ck_assert_uint_eq(stats.inner_at_level[2], shapes[expected->shape].at_level_2);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_NODES], expected->nodes);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN], expected->children);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_ENTRIES], expected->entries);
    map_end(map);
}
END_TEST

/* Arrays of 1, 2, 4, 8: the root's, of which 8 is left; 1 and 2 of the node that has two children;
 * 60 of 1. */
START_TEST(test_pool_serves_a_list) {
    struct hamt *map = map_of_twelve(POOL_SLOTS);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.pool_allocations, 4 + 2 + 60);
    ck_assert_uint_eq(stats.pool_fallbacks, 0);
    ck_assert_uint_eq(stats.pool_slots_used, 15 + 3 + 60);
    ck_assert_uint_eq(stats.pool_slots_live, 8 + 2 + 60);
    map_end(map);
}
END_TEST

/* Arrays of 4, 8, 16, ..: the root's of 4, which is outgrown, and of 8, and 61 of 4: 256 slots. */
START_TEST(test_pool_is_filled_to_the_last_slot) {
    struct hamt *map = map_of_twelve(POOL_SLOTS);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.pool_allocations, 63);
    ck_assert_uint_eq(stats.pool_fallbacks, 0);
    ck_assert_uint_eq(stats.pool_slots_used, 256);
    ck_assert_uint_eq(stats.pool_slots_live, 252);
    map_end(map);
    map = map_of_twelve(POOL_SLOTS - 1);
    stats = weigh(map);
    ck_assert_uint_eq(stats.pool_fallbacks, 1);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN], (POOL_SLOTS - 1 + 4) * 8);
    map_end(map);
}
END_TEST

/* Two keys that part at the root: arrays of 1 and 2 there, 18 of 1 below; 21 slots.  When one key
 * goes, the root's array must do with 1 slot, but the pool is full and so is memory. */
START_TEST(test_array_of_a_full_pool_is_cut) {
    struct hamt *map = map_new(21, 0);
    put_new(map, 0);
    put_new(map, 1);
    ck_assert_uint_eq(weigh(map).pool_slots_live, 2 + 18);
    memory_runs_out();
    ck_assert(hamt_remove(map, 1));
    memory_is_back();
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.pool_slots_used, 1 + 2 + 18);
    ck_assert_uint_eq(stats.pool_slots_live, 1 + 9);
    map_end(map);
}
END_TEST

/* Slots taken from the first chunk of 512, beside those that were given back and serve again:
 *
 *     0 to 3        the root's 1, 2, 3 and 4; 4 * 9 of 1 below, of which one is the root's first 45
 *     64, 128, 65   8 of 1 each, of which one is there; the root's 2 and 3 serve the node of 0,
 *                   64 and 128, and its 2 that of 1 and 65 23 4 to 36       the root's 6, 8, 12,
 * 16, 24, 32, 48; 33 * 9 of 1, of which one is there        442 36 + 2^54     parts from 36 at the
 * last level: 2                                               2
 *
 * When 128 goes and memory is out, there is no array of 2 for the two that are left. */
START_TEST(test_array_of_a_grown_pool_is_cut) {
    struct hamt *map = map_new(0, 0);
    for (uint64_t key = 0; key < 4; key++)
        put_new(map, key);
    put_new(map, 64);
    put_new(map, 128);
    put_new(map, 65);
    for (uint64_t key = 4; key <= 36; key++)
        put_new(map, key);
    put_new(map, 36 + (UINT64_C(1) << 54));
    struct hamt_stats before = weigh(map);
    ck_assert_uint_eq(before.pool_slots_capacity, 512);
    memory_runs_out();
    ck_assert(hamt_remove(map, 128));
    memory_is_back();
    ck_assert_uint_eq(weigh(map).pool_slots_live, before.pool_slots_live - 8 - 1);
    map_end(map);
}
END_TEST

/* A pool of two slots serves nothing.  The block behind it has the size of the root's second array
 * and is free when that is asked for, so the array lies where the pool ends. */
START_TEST(test_array_behind_the_pool_is_not_of_the_pool) {
    struct hamt *map = map_new(2, 0);
    void *behind = mem_alloc(8 * 8);
    for (uint64_t key = 0; key < 4; key++)
        put_new(map, key);
    mem_free(behind);
    put_new(map, 4);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(mem_usable(behind), 8 * 8);
    /* The pool, the root's array of 8, those of 4 of 5 * 9 nodes. */
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN], (2 + 8 + 5 * 9 * 4) * 8);
    map_end(map);
}
END_TEST

/* 64 keys that part at the root, in fours that part at level 1: 256 * 8 nodes of one child below,
 * 64 of four and the root of 64: 2,368 slots.  The arrays that these outgrew are fewer than 512. */
START_TEST(test_pool_grows_by_a_quarter) {
    enum { HINT = 2304, HEAD = 8 };
    struct hamt *map = map_new(0, HINT);
    put_new(map, 0);
    ck_assert_uint_eq(weigh(map).bytes[HAMT_BYTES_CHILDREN], HEAD + HINT * 8);
    for (uint64_t key = 1; key < 256; key++)
        put_new(map, key);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.pool_slots_live, 2368);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_CHILDREN], HEAD + HINT * 8 + HEAD + HINT / 4 * 8);
    map_end(map);
}
END_TEST

/* A key that comes and goes takes ten nodes with it each time; 69 stay. */
static size_t blocks_after(int times) {
    struct hamt *map = map_of_twelve(0);
    for (int i = 0; i < times; i++) {
        put_new(map, 6);
        ck_assert(hamt_remove(map, 6));
    }
    size_t bytes = weigh(map).bytes[HAMT_BYTES_NODES];
    ck_assert_uint_eq(bytes % (16 + 1024 * 32), 0);
    map_end(map);
    return bytes / (16 + 1024 * 32);
}

/* 69 + 95 * 10 = 1,019 places of 1,024; once more, and a second block is needed. */
START_TEST(test_arena_forgets_the_dead) {
    ck_assert_uint_eq(blocks_after(95), 1);
    ck_assert_uint_eq(blocks_after(96), 2);
}
END_TEST

START_TEST(test_freelist_takes_the_dead_again) {
    ck_assert_uint_eq(blocks_after(96), 1);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create(COMPOSITION);
    const char *name = mine()->name;
    tcase_add_test(cases, test_twelve_entries);
    if (!strcmp(name, "pool"))
        tcase_add_test(cases, test_pool_serves_a_list);
    if (!strcmp(name, "pool+four")) {
        tcase_add_test(cases, test_pool_is_filled_to_the_last_slot);
        tcase_add_test(cases, test_array_behind_the_pool_is_not_of_the_pool);
    }
    if (!strcmp(name, "pool+exact"))
        tcase_add_test(cases, test_array_of_a_full_pool_is_cut);
    if (!strcmp(name, "growpool+exact"))
        tcase_add_test(cases, test_array_of_a_grown_pool_is_cut);
    if (!strcmp(name, "growpool"))
        tcase_add_test(cases, test_pool_grows_by_a_quarter);
    if (!strcmp(name, "arena"))
        tcase_add_test(cases, test_arena_forgets_the_dead);
    if (!strcmp(name, "freelist"))
        tcase_add_test(cases, test_freelist_takes_the_dead_again);
    return bytes_main(cases);
}
