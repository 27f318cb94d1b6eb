/* map_test.c - the one suite that every layout must pass, for either kind of key.
 *
 * Each test runs for every kind of hash (strength.h), so that collisions of all sorts are common.
 * After each phase the map must agree with an oracle that shares no code with it, its invariants
 * must hold, and the bytes it says it holds must be the bytes that are alive. */
#include "inside.h"
#include "mem.h"
#include "oracle.h"
#include "random.h"
#include "suite.h"
#include "../run_suite.h"

#include <stdio.h>
#include <string.h>

/* ---- What must hold at any moment ---- */

static void assert_sound(const struct hamt *map) {
    const char *broken = hamt_check(map);
    ck_assert_msg(!broken, "broken invariant: %s", broken);
    struct hamt_stats stats;
    hamt_stats(map, &stats);
    ck_assert_uint_eq(stats.entries, hamt_size(map));
    if (!has(HAMT_ACCOUNTS))
        return;
    ck_assert_uint_eq(hamt_stats_bytes(&stats), mem_live_bytes());
    ck_assert_uint_eq(stats.blocks, mem_live_blocks());
}

/* Whatever it was, the map holds what it held when it was new. */
static void assert_as_new(size_t bytes_when_new, size_t blocks_when_new) {
    if (!has(HAMT_ACCOUNTS))
        return;
    ck_assert_uint_eq(mem_live_bytes(), bytes_when_new);
    ck_assert_uint_eq(mem_live_blocks(), blocks_when_new);
}

struct seen {
    const struct oracle *oracle;
    uint32_t count;
    bool visited[ORACLE_KEYS];
};

static bool see(hamt_key key, uint64_t value, void *context) {
    struct seen *seen = context;
    uint32_t index = oracle_index(seen->oracle, key);
    HOLDS(index < seen->oracle->count);
    HOLDS(testkey_compare(testkey(seen->oracle->items[index].number), key) == 0);
    HOLDS(seen->oracle->items[index].value == value);
    HOLDS(!seen->visited[index]);
    seen->visited[index] = true;
    seen->count++;
    return true;
}

static void assert_agrees(const struct hamt *map, const struct oracle *oracle, uint32_t keys) {
    HOLDS(hamt_size(map) == oracle->count);
    for (uint32_t number = 0; number < keys; number++) {
        uint64_t expected = 0, value = 0;
        bool there = oracle_get(oracle, number, &expected);
        HOLDS(hamt_get(map, testkey(number), &value) == there);
        HOLDS(value == expected);
    }
    static struct seen seen;
    seen = (struct seen){.oracle = oracle};
    HOLDS(hamt_each(map, see, &seen));
    ck_assert_uint_eq(seen.count, oracle->count);
}

/* ---- Both maps at once ---- */

static void put_both(struct hamt *map, struct oracle *oracle, uint32_t number, uint64_t value) {
    bool there = oracle_put(oracle, number, value);
    HOLDS(hamt_put(map, testkey(number), value) == (there ? HAMT_REPLACED : HAMT_NEW));
}

static void remove_both(struct hamt *map, struct oracle *oracle, uint32_t number) {
    bool there = oracle_remove(oracle, number);
    HOLDS(hamt_remove(map, testkey(number)) == there);
}

/* `operations` random ones, of which `puts` in a hundred put and the others remove. */
static void churn(struct hamt *map, struct oracle *oracle, const struct kind *kind,
                  unsigned operations, unsigned puts) {
    for (unsigned i = 0; i < operations; i++) {
        uint32_t number = random_below(kind->keys);
        if (random_below(100) < puts)
            put_both(map, oracle, number, random_state);
        else
            remove_both(map, oracle, number);
        uint64_t value = 0, expected = 0;
        number = random_below(kind->keys);
        bool there = oracle_get(oracle, number, &expected);
        HOLDS(hamt_get(map, testkey(number), &value) == there);
        HOLDS(value == expected);
    }
    assert_sound(map);
    assert_agrees(map, oracle, kind->keys);
}

START_TEST(test_agrees_with_the_oracle) {
    const struct kind *kind = &kinds[_i];
    static struct oracle oracle;
    for (unsigned round = 0; round < 2; round++) {
        struct hamt_config config = config_of(kind, round);
        struct hamt *map = hamt_create(&config);
        size_t bytes_when_new = mem_live_bytes(), blocks_when_new = mem_live_blocks();
        oracle.count = 0;
        random_state = 0x9e3779b97f4a7c15 + round;
        assert_sound(map);
        churn(map, &oracle, kind, kind->operations / 2, 90);
        churn(map, &oracle, kind, kind->operations, 50);
        churn(map, &oracle, kind, kind->operations / 2, 20);
        churn(map, &oracle, kind, kind->operations / 4, 80);
        while (oracle.count > 0)
            remove_both(map, &oracle, oracle.items[random_below(oracle.count)].number);
        assert_sound(map);
        assert_agrees(map, &oracle, kind->keys);
        assert_as_new(bytes_when_new, blocks_when_new);
        churn(map, &oracle, kind, kind->operations / 4, 70);
        hamt_destroy(map);
        ck_assert_uint_eq(mem_live_blocks(), 0);
    }
}
END_TEST

/* ---- The shape does not depend on the past ---- */

static void assert_same_shape(const struct hamt *a, const struct hamt *b) {
    struct hamt_stats one, other;
    hamt_stats(a, &one);
    hamt_stats(b, &other);
    ck_assert_uint_eq(one.entries, other.entries);
    ck_assert_uint_eq(one.inner_nodes, other.inner_nodes);
    ck_assert_uint_eq(one.leaves, other.leaves);
    ck_assert_uint_eq(one.child_pointers, other.child_pointers);
    ck_assert_uint_eq(one.depth_sum, other.depth_sum);
    ck_assert_uint_eq(one.depth_max, other.depth_max);
    ck_assert_mem_eq(one.inner_at_level, other.inner_at_level, sizeof one.inner_at_level);
    ck_assert_mem_eq(one.leaves_at_level, other.leaves_at_level, sizeof one.leaves_at_level);
    ck_assert_mem_eq(one.children, other.children, sizeof one.children);
}

START_TEST(test_removed_keys_leave_no_trace) {
    const struct kind *kind = &kinds[_i];
    struct hamt_config config = config_of(kind, 7);
    struct hamt *plain = hamt_create(&config), *scarred = hamt_create(&config);
    for (uint32_t number = 0; number < kind->keys; number += 3)
        HOLDS(hamt_put(plain, testkey(number), number) == HAMT_NEW);
    for (uint32_t number = kind->keys; number-- > 0;)
        HOLDS(hamt_put(scarred, testkey(number), number) == HAMT_NEW);
    for (uint32_t number = 0; number < kind->keys; number++)
        if (number % 3 != 0)
            HOLDS(hamt_remove(scarred, testkey(number)));
    const char *broken = hamt_check(scarred);
    ck_assert_msg(!broken, "broken invariant: %s", broken);
    if (has(HAMT_CANONICAL))
        assert_same_shape(plain, scarred);
    hamt_destroy(plain);
    hamt_destroy(scarred);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

/* ---- Single things ---- */

START_TEST(test_empty_map) {
    struct hamt *map = hamt_create(NULL);
    uint64_t value = 5;
    HOLDS(hamt_size(map) == 0);
    HOLDS(!hamt_get(map, testkey(1), &value));
    HOLDS(value == 5);
    HOLDS(!hamt_remove(map, testkey(1)));
    bool found = true;
    const hamt_key absent = testkey(1);
    HOLDS(hamt_get_many(map, &absent, 1, &value, &found) == 0);
    HOLDS(!found && value == 5);
    struct hamt_cursor cursor;
    hamt_key key;
    hamt_cursor_begin(&cursor, map);
    HOLDS(hamt_cursor_next(&cursor, &key, &value) == HAMT_END);
    assert_sound(map);
    hamt_destroy(map);
    hamt_destroy(NULL);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

/* How a hundred keys lie in a new map: nodes of both kinds. */
static size_t nodes(const struct hamt_config *config) {
    struct hamt *map = hamt_create(config);
    struct hamt_stats stats;
    for (uint32_t number = 0; number < 100; number++)
        HOLDS(hamt_put(map, testkey(number), number) == HAMT_NEW);
    hamt_stats(map, &stats);
    hamt_destroy(map);
    return stats.leaves + stats.inner_nodes;
}

START_TEST(test_without_a_configuration_the_seed_is_random) {
    const enum test_hash kind = has(HAMT_COLLISIONS) ? HASH_CONSTANT : HASH_PLAIN;
    const uint64_t strong = 0, other = (uint64_t)kind << TEST_HASH_SHIFT;
    const struct hamt_config parts = {.hash_seed = strong}, chosen = {.hash_seed = other};
    random_gives(&other);
    const size_t parted = nodes(&parts), together = nodes(NULL);
    HOLDS(parted != together); /* a seed that is given is taken */
    HOLDS(together == nodes(&chosen));
    random_gives(&strong);
    HOLDS(nodes(NULL) == parted);
    random_gives(NULL);
    HOLDS(!hamt_create(NULL));
    ck_assert_uint_eq(mem_live_blocks(), 0);
    HOLDS(nodes(&chosen) == together); /* and needs no randomness */
    random_gives(&strong);
}
END_TEST

START_TEST(test_any_value_is_kept) {
    const struct kind *kind = &kinds[_i];
    struct hamt_config config = config_of(kind, 1);
    struct hamt *map = hamt_create(&config);
    const uint64_t values[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63};
    for (uint32_t i = 0; i < 5; i++) {
        uint64_t value = 77;
        HOLDS(hamt_put(map, testkey(i), values[i]) == HAMT_NEW);
        HOLDS(hamt_put(map, testkey(i), values[4 - i]) == HAMT_REPLACED);
        HOLDS(hamt_put(map, testkey(i), values[i]) == HAMT_REPLACED);
        HOLDS(hamt_get(map, testkey(i), &value));
        HOLDS(value == values[i]);
    }
    HOLDS(hamt_size(map) == 5);
    hamt_destroy(map);
}
END_TEST

START_TEST(test_each_map_has_its_own_seed) {
    enum { MAPS = 3, ENTRIES = 60 };
    const struct kind *kind = &kinds[_i];
    struct hamt *maps[MAPS];
    for (uint32_t i = 0; i < MAPS; i++) {
        struct hamt_config config = config_of(kind, i);
        maps[i] = hamt_create(&config);
    }
    for (uint32_t number = 0; number < ENTRIES; number++)
        for (uint32_t i = 0; i < MAPS; i++)
            HOLDS(hamt_put(maps[i], testkey(number), number + i) == HAMT_NEW);
    for (uint32_t number = 0; number < ENTRIES; number++)
        for (uint32_t i = 0; i < MAPS; i++) {
            uint64_t value;
            HOLDS(hamt_get(maps[i], testkey(number), &value));
            HOLDS(value == number + i);
            HOLDS(hamt_remove(maps[i], testkey(number)));
        }
    for (uint32_t i = 0; i < MAPS; i++)
        hamt_destroy(maps[i]);
}
END_TEST

/* Several at once are the same as one after another, up to the one for which memory is out. */
START_TEST(test_many_are_as_one_after_another) {
    /* Fewer than the keys that testkey.h keeps.  The first of them come twice. */
    enum { TOGETHER = 48, DISTINCT = 32, GONE = 2 };
    const struct kind *kind = &kinds[_i];
    static hamt_key keys[TOGETHER];
    static uint64_t values[TOGETHER], got[TOGETHER];
    static bool found[TOGETHER];
    struct hamt_config config = config_of(kind, 9);
    for (uint32_t i = 0; i < TOGETHER; i++) {
        keys[i] = testkey(i % DISTINCT);
        values[i] = i;
    }
    for (size_t size = 5; size <= 10 * TOGETHER; size *= 10) {
        struct hamt *map = hamt_create(&config);
        for (size_t start = 0; start < TOGETHER; start += size) {
            size_t count = TOGETHER - start < size ? TOGETHER - start : size;
            ck_assert_uint_eq(hamt_put_many(map, keys + start, values + start, count), count);
        }
        ck_assert_uint_eq(hamt_size(map), DISTINCT);
        for (uint32_t number = DISTINCT - GONE; number < DISTINCT; number++)
            HOLDS(hamt_remove(map, testkey(number)));
        memset(got, 0xff, sizeof got);
        ck_assert_uint_eq(hamt_get_many(map, keys, DISTINCT, got, found), DISTINCT - GONE);
        for (uint32_t i = 0; i < DISTINCT; i++) {
            bool there = i < DISTINCT - GONE;
            HOLDS(found[i] == there);
            HOLDS(got[i] == (!there ? UINT64_MAX : i < TOGETHER - DISTINCT ? i + DISTINCT : i));
        }
        ck_assert_uint_eq(hamt_get_many(map, keys, 0, got, found), 0);
        assert_sound(map);
        hamt_destroy(map);
    }
}
END_TEST

/* Batches of any size, of keys that are there, that are not, and that come twice, while the map
 * grows and shrinks. */
START_TEST(test_many_agree_with_the_oracle) {
    enum { MOST = 60 }; /* fewer than the keys that testkey.h keeps */
    const struct kind *kind = &kinds[_i];
    static struct oracle oracle;
    uint32_t numbers[MOST];
    hamt_key keys[MOST];
    uint64_t values[MOST], expected[MOST], got[MOST];
    bool there[MOST], found[MOST];
    struct hamt_config config = config_of(kind, 11);
    struct hamt *map = hamt_create(&config);
    oracle.count = 0;
    random_state = 0x9e3779b97f4a7c15;
    for (unsigned done = 0, count; done < kind->operations; done += count) {
        count = 1 + random_below(MOST);
        for (unsigned i = 0; i < count; i++) {
            numbers[i] = random_below(kind->keys);
            values[i] = random_state;
            oracle_put(&oracle, numbers[i], values[i]);
        }
        for (unsigned i = 0; i < count; i++)
            keys[i] = testkey(numbers[i]);
        ck_assert_uint_eq(hamt_put_many(map, keys, values, count), count);
        HOLDS(hamt_size(map) == oracle.count);
        for (unsigned i = 0; i < count / 2; i++)
            remove_both(map, &oracle, random_below(kind->keys));
        size_t sum = 0;
        for (unsigned i = 0; i < count; i++) {
            numbers[i] = random_below(kind->keys);
            expected[i] = got[i] = i;
            sum += there[i] = oracle_get(&oracle, numbers[i], &expected[i]);
        }
        for (unsigned i = 0; i < count; i++)
            keys[i] = testkey(numbers[i]);
        ck_assert_uint_eq(hamt_get_many(map, keys, count, got, found), sum);
        for (unsigned i = 0; i < count; i++)
            HOLDS(found[i] == there[i] && got[i] == expected[i]);
    }
    assert_sound(map);
    assert_agrees(map, &oracle, kind->keys);
    hamt_destroy(map);
}
END_TEST

/* The rest of several is not touched when memory is out. */
START_TEST(test_many_end_where_memory_does) {
    enum { TOGETHER = 48, DISTINCT = 32 };
    const struct kind *kind = &kinds[_i];
    hamt_key keys[TOGETHER];
    uint64_t values[TOGETHER], value;
    struct hamt_config config = config_of(kind, 10);
    for (uint32_t i = 0; i < TOGETHER; i++) {
        keys[i] = testkey(i % DISTINCT);
        values[i] = i;
    }
    struct hamt *map = hamt_create(&config);
    mem_fail_after(5, 1);
    size_t done = hamt_put_many(map, keys, values, TOGETHER);
    mem_fail_after(-1, 0);
    ck_assert_uint_eq(hamt_size(map), done < DISTINCT ? done : DISTINCT);
    for (size_t i = 0; i < done; i++)
        HOLDS(hamt_get(map, keys[i], &value));
    assert_sound(map);
    ck_assert_uint_eq(hamt_put_many(map, keys + done, values + done, TOGETHER - done),
                      TOGETHER - done);
    ck_assert_uint_eq(hamt_size(map), DISTINCT);
    hamt_destroy(map);
}
END_TEST

static bool stop_at_third(hamt_key key, uint64_t value, void *context) {
    (void)key, (void)value;
    return ++*(int *)context < 3;
}

START_TEST(test_visitor_may_stop) {
    struct hamt *map = hamt_create(NULL);
    for (uint32_t number = 0; number < 100; number++)
        hamt_put(map, testkey(number), number);
    int visits = 0;
    HOLDS(!hamt_each(map, stop_at_third, &visits));
    ck_assert_int_eq(visits, 3);
    hamt_destroy(map);
}
END_TEST

START_TEST(test_cursor_resumes_and_goes_stale) {
    const struct kind *kind = &kinds[_i];
    struct hamt_config config = config_of(kind, 3);
    struct hamt *map = hamt_create(&config);
    for (uint32_t number = 0; number < 100; number++)
        hamt_put(map, testkey(number), number);
    struct hamt_cursor cursor, left;
    hamt_key key;
    uint64_t value, sum = 0, sum_of_rest = 0;
    hamt_cursor_begin(&cursor, map);
    for (int i = 0; i < 40; i++) {
        HOLDS(hamt_cursor_next(&cursor, &key, &value) == HAMT_ENTRY);
        HOLDS(testkey_compare(key, testkey((uint32_t)value)) == 0);
        sum += value;
    }
    left = cursor; /* a cursor is a plain value: it may be copied and taken up twice */
    while (hamt_cursor_next(&cursor, &key, &value) == HAMT_ENTRY)
        sum += value;
    ck_assert_uint_eq(sum, 4950);
    while (hamt_cursor_next(&left, &key, &value) == HAMT_ENTRY)
        sum_of_rest += value;
    ck_assert_uint_le(sum_of_rest, sum);
    HOLDS(hamt_cursor_next(&left, &key, &value) == HAMT_END);

    hamt_cursor_begin(&cursor, map);
    hamt_put(map, testkey(5), 5);
    HOLDS(hamt_cursor_next(&cursor, &key, &value) == HAMT_ENTRY);
    hamt_put(map, testkey(1000), 5);
    HOLDS(hamt_cursor_next(&cursor, &key, &value) == HAMT_STALE);
    hamt_cursor_begin(&cursor, map);
    hamt_remove(map, testkey(1000));
    HOLDS(hamt_cursor_next(&cursor, &key, &value) == HAMT_STALE);
    hamt_destroy(map);
}
END_TEST

/* ---- Out of memory ---- */

enum { TIGHT_KEYS = 10 /* a multiple of five */ };

/* Fills a map while allocation `after` and, with `forever`, all later ones fail, and takes half of
 * it away again.  True if anything failed. */
static bool fill_while_failing(const struct kind *kind, long after, bool forever) {
    struct hamt_config config = config_of(kind, 11);
    size_t bytes_when_new = 0;
    bool failed = false;
    config.pool_slots = 16;
    mem_fail_after(after, forever);
    struct hamt *map = hamt_create(&config);
    if (!map) {
        mem_fail_after(-1, 0);
        ck_assert_uint_eq(mem_live_blocks(), 0);
        return true;
    }
    bytes_when_new = mem_live_bytes();
    for (uint32_t number = 0; number < TIGHT_KEYS; number++) {
        enum hamt_put_result result = hamt_put(map, testkey(number), number);
        if (result == HAMT_NO_MEMORY) {
            failed = true;
            mem_fail_after(-1, 0);
            assert_sound(map);
            HOLDS(hamt_size(map) == number);
            HOLDS(number > 0 || !has(HAMT_ACCOUNTS) || mem_live_bytes() == bytes_when_new);
            for (uint32_t other = 0; other < TIGHT_KEYS; other++) {
                uint64_t value = 99;
                HOLDS(hamt_get(map, testkey(other), &value) == (other < number));
                HOLDS(value == (other < number ? other : 99));
            }
            result = hamt_put(map, testkey(number), number);
        }
        HOLDS(result == HAMT_NEW);
    }
    for (uint32_t number = 0; number < TIGHT_KEYS; number += 2) {
        enum hamt_put_result result = hamt_put(map, testkey(number), number + 1);
        uint64_t value = 0;
        HOLDS(hamt_get(map, testkey(number), &value));
        HOLDS(value == (number + (result == HAMT_REPLACED)));
        HOLDS(result == HAMT_REPLACED || result == HAMT_NO_MEMORY);
        if (result == HAMT_NO_MEMORY) {
            failed = true;
            mem_fail_after(-1, 0);
        }
    }
    assert_sound(map);
    /* Removing never fails, whatever the memory does. */
    mem_fail_after(after < 0 ? -1 : after % 7, forever);
    for (uint32_t number = 0; number < TIGHT_KEYS; number++)
        if (number % 5 != 0)
            HOLDS(hamt_remove(map, testkey(number)));
    assert_sound(map);
    HOLDS(hamt_size(map) == (TIGHT_KEYS / 5));
    mem_fail_after(-1, 0);
    for (uint32_t number = 0; number < TIGHT_KEYS; number += 5)
        HOLDS(hamt_put(map, testkey(number), 0) == HAMT_REPLACED);
    for (uint32_t number = TIGHT_KEYS; number < 2 * TIGHT_KEYS; number++)
        HOLDS(hamt_put(map, testkey(number), 0) == HAMT_NEW);
    assert_sound(map);
    hamt_destroy(map);
    ck_assert_uint_eq(mem_live_blocks(), 0);
    return failed;
}

/* With no memory to be had, the map takes what it has in store, then says so; and removing goes on
 * as if nothing were amiss. */
START_TEST(test_removing_needs_no_memory) {
    const struct kind *kind = &kinds[_i];
    static struct oracle oracle;
    struct hamt_config config = config_of(kind, 5);
    struct hamt *map = hamt_create(&config);
    size_t bytes_when_new = mem_live_bytes(), blocks_when_new = mem_live_blocks();
    oracle.count = 0;
    random_state = 0x9e3779b97f4a7c15;
    uint32_t number = 0;
    while (number < kind->keys / 2)
        put_both(map, &oracle, number++, random_state);
    mem_fail_after(0, 1);
    while (number < ORACLE_KEYS && hamt_put(map, testkey(number), number) == HAMT_NEW) {
        oracle_put(&oracle, number, number);
        number++;
    }
    HOLDS(number < ORACLE_KEYS);
    assert_sound(map);
    for (unsigned removed = 1; oracle.count > 0; removed++) {
        remove_both(map, &oracle, oracle.items[random_below(oracle.count)].number);
        if (removed % 64 == 0)
            assert_sound(map);
    }
    mem_fail_after(-1, 0);
    assert_sound(map);
    assert_as_new(bytes_when_new, blocks_when_new);
    hamt_destroy(map);
}
END_TEST

START_TEST(test_every_allocation_may_fail) {
    const struct kind *kind = &kinds[_i];
    for (int forever = 0; forever < 2; forever++) {
        long after = 0;
        while (fill_while_failing(kind, after, forever))
            after++;
        ck_assert_int_ge(after, 2); /* the map itself, and whatever its nodes lie in */
    }
}
END_TEST

int main(void) {
    const int kinds_met = has(HAMT_COLLISIONS) ? KINDS : TESTKEY_KINDS;
    Suite *suite = suite_create("map");
    TCase *cases = tcase_create("every kind of hash");
    tcase_set_timeout(cases, 0);
    tcase_add_loop_test(cases, test_agrees_with_the_oracle, 0, kinds_met);
    tcase_add_loop_test(cases, test_removed_keys_leave_no_trace, 0, kinds_met);
    tcase_add_loop_test(cases, test_any_value_is_kept, 0, kinds_met);
    tcase_add_loop_test(cases, test_each_map_has_its_own_seed, 0, kinds_met);
    tcase_add_loop_test(cases, test_many_are_as_one_after_another, 0, kinds_met);
    tcase_add_loop_test(cases, test_many_agree_with_the_oracle, 0, kinds_met);
    tcase_add_test(cases, test_empty_map);
    tcase_add_test(cases, test_visitor_may_stop);
    /* What not every map from elsewhere can do. */
    if (has(HAMT_SEEDED))
        tcase_add_test(cases, test_without_a_configuration_the_seed_is_random);
    if (has(HAMT_CURSORS))
        tcase_add_loop_test(cases, test_cursor_resumes_and_goes_stale, 0, kinds_met);
    if (has(HAMT_DENIABLE)) {
        tcase_add_loop_test(cases, test_removing_needs_no_memory, 0, kinds_met);
        tcase_add_loop_test(cases, test_every_allocation_may_fail, 0, kinds_met);
        tcase_add_loop_test(cases, test_many_end_where_memory_does, 0, kinds_met);
    }
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, versions_cases(kinds_met));
    suite_add_tcase(suite, threads_cases(kinds_met));
    return run_suite(suite, CK_NOFORK);
}
