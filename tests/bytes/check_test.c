/* check_test.c - hamt_check notices a leaf whose entries have different hashes.
 *
 * No sound map has such a leaf: this program is compiled with the trie's source, and spoils one. */
#include "trie/hamt.c"

#include "bytes.h"

START_TEST(test_mixed_hashes_in_a_leaf) {
    enum { COLLIDING = 6 };
    struct hamt *map = map_new(0, 0);
    for (uint64_t last = 0; last < COLLIDING; last++)
        put_new(map, last << 60);
    ref node = map->root;
    while (!ref_is_leaf(node))
        node = build_only_child(ref_inner(node));
    struct leaf *leaf = ref_leaf(node);
    ck_assert_uint_eq(leaf_count(leaf), COLLIDING);
    /* The hash of the first entry counts as the leaf's. */
    for (size_t i = 1; i < COLLIDING; i++) {
        struct entry *entry = (struct entry *)leaf_at(leaf, i);
        ck_assert_ptr_null(hamt_check(map));
        entry->key ^= 1;
        ck_assert_str_eq(hamt_check(map), "trie: the entries of a leaf have one hash");
        entry->key ^= 1;
    }
    map_end(map);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("check");
    tcase_add_test(cases, test_mixed_hashes_in_a_leaf);
    return bytes_main(cases);
}
