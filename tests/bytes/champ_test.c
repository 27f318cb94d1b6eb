/* champ_test.c - what a trie with two bitmaps must weigh, of the same twelve entries as
 * trie_test.c.
 *
 *     0, 1, 2, 3, 4, 5             part at the root
 *     5 + 2^12                     goes with 5 through chunk 5 and one more, and parts from it at
 * level 2 2^60, 2 * 2^60 .. 5 * 2^60   collide with 0: six entries below the last of L levels
 *
 *     root          4 entries, 2 children
 *     below 5       a node of 1 child, and one of 2 entries
 *     below 0       a chain of L - 1 nodes of 1 child, and the six entries
 *
 * That is 3 + L blocks, L + 2 links, 12 entries.  A block begins with its head where slots are not
 * fat; a link counts as an entry where it is smaller.  Sizes, with pointers of 8 bytes:
 *
 *     head    two bitmaps of 8, or of 4 where nodes are narrow     = 16 or 8
 *     link    a pointer of 8, and the head where slots are fat     = 8, 24, or 16
 *     entry   key 8, value 8, or a pointer of 8 to them            = 16, or 8 */
#include "bytes.h"

#include <string.h>

static const struct composition {
    const char *name;
    size_t levels, head, link, held; /* bytes, but for the levels */
    size_t entries;                  /* bytes of them outside of nodes */
    size_t eight;                    /* bytes of a node of eight entries */
} compositions[] = {
    {"boxed", 10, 16, 8, 8, 12 * 16, 16 + 8 * 8},
    {"fat", 10, 0, 24, 8, 12 * 16, 8 * 8},
    {"within", 10, 16, 16, 16, 0, 16 + 8 * 16},
    {"within+fat", 10, 0, 24, 16, 0, 8 * 16},
    {"narrow+within", 12, 8, 16, 16, 0, 8 + 8 * 16},
    {"narrow+within+fat", 12, 0, 16, 16, 0, 8 * 16},
    /* In words, blocks of 14, 4 and 6 are classes; one of 18 has 20. */
    {"rounded+within", 10, 16, 16, 16, 0, 20 * 8},
    /* The pool's first chunk: a pointer and 512 words. */
    {"classes+within", 10, 0, 0, 0, 0, 8 + 512 * 8},
    {"splitting+within", 10, 0, 0, 0, 0, 8 + 512 * 8},
};

static const struct composition *mine(void) {
    const struct composition *composition = compositions;
    while (strcmp(composition->name, COMPOSITION) != 0)
        composition++;
    return composition;
}

static size_t bytes_of_twelve(const struct composition *of) {
    if (of->link == 0)
        return of->eight; /* a chunk has room for both maps */
    return (3 + of->levels) * of->head + (of->levels + 2) * of->link + 12 * of->held;
}

START_TEST(test_twelve_entries) {
    const struct composition *expected = mine();
    struct hamt *map = map_new(0, 0);
    for (uint64_t key = 0; key <= 5; key++)
        put_new(map, key);
    put_new(map, 5 + (1 << 12));
    for (uint64_t last = 1; last <= 5; last++)
        put_new(map, last << 60);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.entries, 12);
    ck_assert_uint_eq(stats.leaves, 7);
    ck_assert_uint_eq(stats.inner_nodes, 2 + expected->levels);
    ck_assert_uint_eq(stats.child_pointers, 6 + 1 + 2 + expected->levels - 1);
    ck_assert_uint_eq(stats.depth_max, expected->levels);
    ck_assert_uint_eq(stats.depth_sum, 4 * 1 + 2 * 3 + 6 * expected->levels);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_NODES], bytes_of_twelve(expected));
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_ENTRIES], expected->entries);
    map_end(map);
}
END_TEST

START_TEST(test_eight_entries_in_one_node) {
    struct hamt *map = map_new(0, 0);
    for (uint64_t key = 0; key < 8; key++)
        put_new(map, key);
    struct hamt_stats stats = weigh(map);
    ck_assert_uint_eq(stats.inner_nodes, 1);
    ck_assert_uint_eq(stats.bytes[HAMT_BYTES_NODES], mine()->eight);
    map_end(map);
}
END_TEST

static uint64_t spread(uint64_t key) {
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Memory is out, but the pool has some.  Keys are put until many were denied, and change nothing
 * then, wherever in a put it is that there is no block; and each that is there can be removed. */
START_TEST(test_what_a_full_pool_denies_changes_nothing) {
    enum { FIRST = 2000, KEYS = 6000 };
    struct hamt *map = map_new(0, 0);
    bool there[KEYS];
    uint64_t put = 0, value;
    for (uint64_t key = 0; key < KEYS; key++) {
        if (key == FIRST)
            memory_runs_out();
        there[key] = hamt_put(map, spread(key), key) == HAMT_NEW;
        put += there[key];
        ck_assert(hamt_get(map, spread(key), &value) == there[key]);
    }
    ck_assert_uint_gt(put, FIRST);
    ck_assert_uint_lt(put, KEYS);
    for (uint64_t key = 0; key < KEYS; key += 2) {
        ck_assert(hamt_remove(map, spread(key)) == there[key]);
        put -= there[key];
    }
    memory_is_back();
    ck_assert_uint_eq(weigh(map).entries, put);
    map_end(map);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("champ");
    if (mine()->link == 0)
        tcase_add_test(cases, test_what_a_full_pool_denies_changes_nothing);
    tcase_add_test(cases, test_twelve_entries);
    tcase_add_test(cases, test_eight_entries_in_one_node);
    return bytes_main(cases);
}
