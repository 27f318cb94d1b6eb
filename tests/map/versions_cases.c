/* versions_cases.c - the part of the shared suite that is about versions (versions.h), on every
 * layout.
 *
 * Several versions live at once, each beside an oracle of its own: whatever is done to one of them,
 * all must agree with theirs. */
#include "versions.h"
#include "mem.h"
#include "oracle.h"
#include "random.h"
#include "suite.h"

#include <string.h>

/* Fewer keys than elsewhere: without sharing, each version costs as much as all entries. */
static uint32_t keys_of(const struct kind *kind) {
    return kind->keys / 4;
}

struct version {
    struct hamt *map; /* NULL where there is none */
    struct oracle oracle;
};

/* A first version, empty.  Maps that are made without a configuration have its kind of hash. */
static void version_begin(struct version *version, const struct kind *kind, uint64_t seed) {
    struct hamt_config config = config_of(kind, seed);
    random_gives(&config.hash_seed);
    version->map = hamt_create(&config);
    version->oracle.count = 0;
    HOLDS(version->map);
}

static void version_end(struct version *version) {
    hamt_destroy(version->map);
    version->map = NULL;
}

static void version_copy(struct version *copy, struct version *of) {
    copy->map = hamt_snapshot(of->map);
    copy->oracle = of->oracle;
    HOLDS(copy->map);
}

static void version_put(struct version *version, uint32_t number, uint64_t value) {
    bool there = oracle_put(&version->oracle, number, value);
    HOLDS(hamt_put(version->map, testkey(number), value) == (there ? HAMT_REPLACED : HAMT_NEW));
}

static void version_remove(struct version *version, uint32_t number) {
    bool there = oracle_remove(&version->oracle, number);
    HOLDS(hamt_remove(version->map, testkey(number)) == there);
}

/* Four puts to one remove. */
static void version_change(struct version *version, uint32_t keys) {
    uint32_t number = random_below(keys);
    if (random_below(5) > 0)
        version_put(version, number, random_below(7)); /* often the value that is there */
    else
        version_remove(version, number);
}

static bool count(hamt_key key, uint64_t value, void *context) {
    (void)key, (void)value;
    ++*(uint32_t *)context;
    return true;
}

static void assert_agrees(const struct hamt *map, const struct oracle *oracle, uint32_t keys) {
    const char *broken = hamt_check(map);
    ck_assert_msg(!broken, "broken invariant: %s", broken);
    HOLDS(hamt_size(map) == oracle->count);
    for (uint32_t number = 0; number < keys; number++) {
        uint64_t expected = 0, value = 0;
        HOLDS(hamt_get(map, testkey(number), &value) == oracle_get(oracle, number, &expected));
        HOLDS(value == expected);
    }
    uint32_t visited = 0;
    hamt_each(map, count, &visited);
    ck_assert_uint_eq(visited, oracle->count);
}

/* ---- Two versions beside each other ---- */

struct changes {
    const struct oracle *before, *after;
    uint32_t count;
    bool seen[ORACLE_KEYS];
};

static bool see_change(hamt_key key, const uint64_t *before, const uint64_t *after, void *context) {
    struct changes *changes = context;
    const struct oracle *has_it = before ? changes->before : changes->after;
    HOLDS(before || after);
    uint32_t index = oracle_index(has_it, key);
    HOLDS(index < has_it->count);
    uint32_t number = has_it->items[index].number;
    HOLDS(testkey_compare(testkey(number), key) == 0);
    uint64_t value;
    HOLDS(oracle_get(changes->before, number, &value) == (before != NULL));
    HOLDS(!before || *before == value);
    HOLDS(oracle_get(changes->after, number, &value) == (after != NULL));
    HOLDS(!after || *after == value);
    HOLDS(!before || !after || *before != *after);
    HOLDS(!changes->seen[number]);
    changes->seen[number] = true;
    changes->count++;
    return true;
}

static uint32_t differing(const struct oracle *a, const struct oracle *b, uint32_t keys) {
    uint32_t sum = 0;
    for (uint32_t number = 0; number < keys; number++) {
        uint64_t one = 0, other = 0;
        bool in_one = oracle_get(a, number, &one), in_other = oracle_get(b, number, &other);
        sum += in_one != in_other || one != other;
    }
    return sum;
}

static bool end_at_second(hamt_key key, const uint64_t *before, const uint64_t *after,
                          void *context) {
    (void)key, (void)before, (void)after;
    return ++*(int *)context < 2;
}

static void assert_diff(const struct version *a, const struct version *b, uint32_t keys) {
    static struct changes changes;
    changes = (struct changes){.before = &a->oracle, .after = &b->oracle};
    uint32_t expected = differing(&a->oracle, &b->oracle, keys);
    HOLDS(hamt_diff(a->map, b->map, see_change, &changes));
    ck_assert_uint_eq(changes.count, expected);
    HOLDS(hamt_equal(a->map, b->map) == (expected == 0));
    int visits = 0;
    HOLDS(hamt_diff(a->map, b->map, end_at_second, &visits) == (expected < 2));
    HOLDS(visits == (expected < 2 ? (int)expected : 2));
}

static uint64_t mixed(uint64_t a, uint64_t b) {
    return 100 + 10 * a + b;
}

static uint64_t resolve(hamt_key key, uint64_t a, uint64_t b, void *context) {
    (void)key;
    HOLDS(context == &random_state);
    HOLDS(a != b);
    return mixed(a, b);
}

enum set { MERGE, INTERSECTION, DIFFERENCE, SETS };

static struct hamt *make_set(enum set set, struct hamt *a, const struct hamt *b) {
    switch (set) {
    case MERGE:
        return hamt_merge(a, b, resolve, &random_state);
    case INTERSECTION:
        return hamt_intersection(a, b, resolve, &random_state);
    default:
        return hamt_difference(a, b);
    }
}

/* What it must have. */
static void oracle_set(struct oracle *made, enum set set, const struct oracle *a,
                       const struct oracle *b, uint32_t keys) {
    made->count = 0;
    for (uint32_t number = 0; number < keys; number++) {
        uint64_t one, other;
        bool in_a = oracle_get(a, number, &one), in_b = oracle_get(b, number, &other);
        if (in_a && in_b && set != DIFFERENCE)
            oracle_put(made, number, one == other ? one : mixed(one, other));
        else if (in_a && !in_b && set != INTERSECTION)
            oracle_put(made, number, one);
        else if (!in_a && in_b && set == MERGE)
            oracle_put(made, number, other);
    }
}

static void assert_sets(struct version *a, const struct version *b, uint32_t keys) {
    static struct oracle expected;
    for (enum set set = MERGE; set < SETS; set++) {
        struct hamt *made = make_set(set, a->map, b->map);
        HOLDS(made);
        oracle_set(&expected, set, &a->oracle, &b->oracle, keys);
        assert_agrees(made, &expected, keys);
        hamt_destroy(made);
    }
}

/* ---- Random histories ---- */

enum { VERSIONS = 5, STEPS = 400 };

static void history(const struct kind *kind, uint64_t seed) {
    static struct version versions[VERSIONS];
    const uint32_t keys = keys_of(kind);
    random_state = seed * 2 + 1;
    version_begin(&versions[0], kind, seed);
    for (uint32_t i = 0; i < keys / 2; i++)
        version_change(&versions[0], keys);
    for (unsigned step = 0; step < STEPS; step++) {
        struct version *one, *other = &versions[random_below(VERSIONS)];
        do
            one = &versions[random_below(VERSIONS)];
        while (!one->map);
        uint32_t what = random_below(100);
        if (what < 80) {
            version_change(one, keys);
        } else if (what < 88) {
            if (one != other) {
                version_end(other);
                version_copy(other, one);
            }
        } else if (what < 92) {
            if (one != other)
                version_end(other);
        } else if (what < 97) {
            if (other->map)
                assert_diff(one, other, keys);
        } else if (other->map) {
            assert_sets(one, other, keys);
        }
        if (step % 64 == 0)
            for (int i = 0; i < VERSIONS; i++)
                if (versions[i].map)
                    assert_agrees(versions[i].map, &versions[i].oracle, keys);
    }
    for (int i = 0; i < VERSIONS; i++)
        version_end(&versions[i]);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}

START_TEST(test_versions_agree_with_their_oracles) {
    for (uint64_t seed = 0; seed < 2; seed++)
        history(&kinds[_i], seed);
}
END_TEST

/* Of two maps that have nothing in common but entries, and not even the seed. */
START_TEST(test_strangers_are_compared) {
    const struct kind *kind = &kinds[_i];
    const uint32_t keys = keys_of(kind);
    static struct version a, b;
    for (uint64_t seed = 0; seed < 2; seed++) {
        random_state = 5;
        version_begin(&a, kind, 0);
        version_begin(&b, kind, seed);
        assert_diff(&a, &b, keys);
        for (uint32_t number = 0; number < keys; number += 2)
            version_put(&a, number, number);
        assert_diff(&a, &b, keys);
        assert_sets(&b, &a, keys);
        for (uint32_t number = 0; number < keys; number += 3)
            version_put(&b, number, number % 5 ? number : 1);
        assert_diff(&a, &b, keys);
        assert_sets(&a, &b, keys);
        version_end(&a);
        version_end(&b);
    }
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

/* ---- Many versions, dropped in random order ---- */

enum { MANY = 3000, MANY_COPIED = 30, FEW_KEYS = 100 };

START_TEST(test_many_versions_live_at_once) {
    static struct hamt *maps[MANY];
    static uint64_t values[MANY][FEW_KEYS]; /* UINT64_MAX: not there */
    struct hamt_config config = config_of(&kinds[_i], 1);
    uint32_t versions = has(HAMT_SHARES) ? MANY : MANY_COPIED;
    random_gives(&config.hash_seed);
    random_state = 77;
    for (uint32_t at = 0; at < versions; at++) {
        maps[at] = at == 0 ? hamt_create(&config) : hamt_snapshot(maps[at - 1]);
        HOLDS(maps[at]);
        if (at == 0)
            memset(values[0], 0xff, sizeof values[0]);
        else
            memcpy(values[at], values[at - 1], sizeof values[0]);
        /* Neither the newest alone changes. */
        for (uint32_t changed = random_below(at + 1);; changed = at) {
            uint32_t number = random_below(FEW_KEYS);
            if (random_below(8) == 0) {
                HOLDS(hamt_remove(maps[changed], testkey(number)) ==
                      (values[changed][number] != UINT64_MAX));
                values[changed][number] = UINT64_MAX;
            } else {
                HOLDS(hamt_put(maps[changed], testkey(number), at) != HAMT_NO_MEMORY);
                values[changed][number] = at;
            }
            if (changed == at)
                break;
        }
    }
    for (uint32_t alive = versions; alive > 0; alive--) {
        uint32_t at = random_below(alive);
        const char *broken = alive % 64 ? NULL : hamt_check(maps[at]);
        ck_assert_msg(!broken, "broken invariant: %s", broken);
        for (uint32_t number = 0; number < FEW_KEYS; number++) {
            uint64_t value = UINT64_MAX;
            HOLDS(hamt_get(maps[at], testkey(number), &value) ==
                  (values[at][number] != UINT64_MAX));
            HOLDS(value == values[at][number]);
        }
        if (alive == 1) { /* all that the others had is given back, and what nobody has */
            struct hamt_stats stats;
            hamt_stats(maps[at], &stats);
            HOLDS(!has(HAMT_ACCOUNTS) || hamt_stats_bytes(&stats) == mem_live_bytes());
        }
        hamt_destroy(maps[at]);
        maps[at] = maps[alive - 1];
        memcpy(values[at], values[alive - 1], sizeof values[0]);
    }
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

/* ---- What a map that shrinks or grows puts together or takes apart ---- */

/* Every so many changes the newest version is kept and the one kept before is left.  So what stands
 * beside a change is shared nearly always: few neighbours have been changed since. */
enum { KEPT_FOR = 6 };

/* Of how many keys: as many as there are if copies cost nothing. */
static uint32_t all_of(const struct kind *kind) {
    return has(HAMT_SHARES) ? kind->keys : keys_of(kind);
}

/* Keys from `first` on are put into a version, or removed from it, in an order that scatters them;
 * `kept` has at any time what it was a few changes ago. */
static void scatter(struct version *version, uint32_t first, uint32_t end, bool put,
                    struct version *kept, uint32_t keys) {
    uint32_t step = 769; /* a prime that divides none of the ranges, so that it comes to all */
    for (uint32_t i = 0, at = 0; i < end - first; i++, at = (at + step) % (end - first)) {
        if (i % KEPT_FOR == 0) {
            version_end(kept);
            version_copy(kept, version);
        }
        put ? version_put(version, first + at, i) : version_remove(version, first + at);
        if (i % (end - first < 64 ? 8 : 64) == 0)
            assert_agrees(kept->map, &kept->oracle, keys);
    }
    assert_agrees(version->map, &version->oracle, keys);
    assert_agrees(kept->map, &kept->oracle, keys);
}

/* What is kept of a full map, of one that has little left, and of an empty one is as it was when
 * the map has shrunk to nothing, or grown again; and again when all but itself is gone. */
START_TEST(test_versions_stay_while_a_map_shrinks_and_grows) {
    static struct version now, full, few, none, kept;
    const struct kind *kind = &kinds[_i];
    const uint32_t keys = all_of(kind), left = keys / 40 + 2;
    version_begin(&now, kind, 11);
    version_copy(&none, &now);
    version_copy(&kept, &now);
    scatter(&now, 0, keys, true, &kept, keys);
    version_copy(&full, &now);
    scatter(&now, left, keys, false, &kept, keys);
    version_copy(&few, &now);
    scatter(&now, 0, left, false, &kept, keys);
    HOLDS(hamt_size(now.map) == 0);
    assert_agrees(full.map, &full.oracle, keys);
    assert_agrees(few.map, &few.oracle, keys);
    version_end(&now);
    version_copy(&now, &few); /* from there it grows again, and the empty one does */
    scatter(&now, 0, keys, true, &kept, keys);
    scatter(&none, left, keys, true, &kept, keys);
    assert_diff(&full, &now, keys);
    assert_diff(&none, &full, keys);
    version_end(&full);
    assert_agrees(few.map, &few.oracle, keys);
    version_end(&now);
    scatter(&few, 0, left, false, &kept, keys);
    version_end(&none);
    version_end(&kept);
    HOLDS(hamt_size(few.map) == 0);
    version_end(&few);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

/* ---- What sharing promises ---- */

START_TEST(test_a_snapshot_takes_constant_memory) {
    const struct kind *kind = &kinds[_i];
    size_t bytes = 0, blocks = 0;
    for (uint32_t keys = 1; keys <= kind->keys; keys = keys == 1 ? kind->keys : keys + 1) {
        struct hamt_config config = config_of(kind, 0);
        struct hamt *map = hamt_create(&config);
        for (uint32_t number = 0; number < keys; number++)
            HOLDS(hamt_put(map, testkey(number), number) == HAMT_NEW);
        size_t bytes_before = mem_live_bytes(), blocks_before = mem_live_blocks();
        struct hamt *snapshot = hamt_snapshot(map);
        HOLDS(hamt_equal(map, snapshot));
        HOLDS(keys == 1 || mem_live_bytes() - bytes_before == bytes);
        HOLDS(keys == 1 || mem_live_blocks() - blocks_before == blocks);
        bytes = mem_live_bytes() - bytes_before;
        blocks = mem_live_blocks() - blocks_before;
        /* When the other is gone, the memory is as it was, and that of the map. */
        hamt_destroy(snapshot);
        ck_assert_uint_eq(mem_live_bytes(), bytes_before);
        struct hamt_stats stats;
        hamt_stats(map, &stats);
        ck_assert_uint_eq(hamt_stats_bytes(&stats), bytes_before);
        hamt_destroy(map);
    }
}
END_TEST

START_TEST(test_a_copied_way_makes_cursors_stale) {
    struct hamt_config config = config_of(&kinds[_i], 0);
    struct hamt *map = hamt_create(&config);
    for (uint32_t number = 0; number < 50; number++)
        hamt_put(map, testkey(number), number);
    struct hamt *snapshot = hamt_snapshot(map);
    struct hamt_cursor changed, unchanged;
    hamt_key key;
    uint64_t value;
    hamt_cursor_begin(&changed, map);
    hamt_cursor_begin(&unchanged, snapshot);
    HOLDS(hamt_put(map, testkey(5), 99) == HAMT_REPLACED);
    HOLDS(hamt_cursor_next(&changed, &key, &value) == HAMT_STALE);
    uint32_t entries = 0;
    while (hamt_cursor_next(&unchanged, &key, &value) == HAMT_ENTRY) {
        HOLDS(value < 50);
        entries++;
    }
    ck_assert_uint_eq(entries, 50);
    hamt_destroy(map);
    hamt_destroy(snapshot);
}
END_TEST

/* ---- Out of memory ---- */

enum { TIGHT_KEYS = 10, SNAPSHOT = SETS, PUT_NEW, PUT_OLD, REMOVE, OPERATIONS };

/* Makes three versions, and then does one thing while allocation `after` and, with `forever`, all
 * later ones fail.  True if it did not come to be. */
static bool fails(const struct kind *kind, int operation, long after, bool forever) {
    static struct version a, b, c;
    static struct oracle expected;
    struct hamt *made = NULL;
    enum hamt_put_result put = HAMT_NO_MEMORY;
    bool done = false;
    version_begin(&a, kind, 3);
    for (uint32_t number = 0; number < TIGHT_KEYS; number++)
        version_put(&a, number, number);
    version_copy(&b, &a);
    for (uint32_t number = 0; number < TIGHT_KEYS + 2; number += 5)
        version_put(&b, number, 1);
    version_remove(&b, 7);
    version_copy(&c, &b);
    expected = b.oracle;
    mem_fail_after(after, forever);
    switch (operation) {
    case SNAPSHOT:
        made = hamt_snapshot(b.map);
        break;
    case PUT_NEW:
    case PUT_OLD:
        put = hamt_put(b.map, testkey(operation == PUT_NEW ? TIGHT_KEYS + 9 : 9), 55);
        break;
    case REMOVE:
        done = hamt_remove(b.map, testkey(8));
        break;
    default:
        made = make_set((enum set)operation, b.map, a.map);
        oracle_set(&expected, (enum set)operation, &b.oracle, &a.oracle, 2 * TIGHT_KEYS);
    }
    mem_fail_after(-1, 0);
    if (operation == PUT_NEW || operation == PUT_OLD) {
        done = put != HAMT_NO_MEMORY;
        if (done)
            oracle_put(&b.oracle, operation == PUT_NEW ? TIGHT_KEYS + 9 : 9, 55);
    } else if (operation == REMOVE) {
        if (done)
            oracle_remove(&b.oracle, 8);
    } else {
        done = made != NULL;
        if (done)
            assert_agrees(made, &expected, 2 * TIGHT_KEYS);
    }
    assert_agrees(a.map, &a.oracle, 2 * TIGHT_KEYS);
    assert_agrees(b.map, &b.oracle, 2 * TIGHT_KEYS);
    assert_agrees(c.map, &c.oracle, 2 * TIGHT_KEYS);
    hamt_destroy(made);
    /* Another goes first, every other time. */
    version_end(after % 2 ? &a : &b);
    for (int i = 0; i < 20; i++)
        version_change(after % 2 ? &b : &a, 2 * TIGHT_KEYS);
    version_end(&c);
    version_end(after % 2 ? &b : &a);
    ck_assert_uint_eq(mem_live_blocks(), 0);
    return !done;
}

START_TEST(test_every_allocation_of_versions_may_fail) {
    random_state = 9;
    for (int operation = 0; operation < OPERATIONS; operation++)
        for (int forever = 0; forever < 2; forever++) {
            long after = 0;
            while (fails(&kinds[_i], operation, after, forever))
                after++;
            ck_assert_int_ge(after, operation <= SNAPSHOT);
            /* Without sharing a remove never fails. */
            HOLDS(operation != REMOVE || has(HAMT_SHARES) || after == 0);
        }
}
END_TEST

TCase *versions_cases(int kinds_met) {
    TCase *cases = tcase_create("versions");
    tcase_set_timeout(cases, 0);
    tcase_add_loop_test(cases, test_versions_agree_with_their_oracles, 0, kinds_met);
    tcase_add_loop_test(cases, test_strangers_are_compared, 0, kinds_met);
    tcase_add_loop_test(cases, test_many_versions_live_at_once, 0, kinds_met);
    tcase_add_loop_test(cases, test_versions_stay_while_a_map_shrinks_and_grows, 0, kinds_met);
    if (has(HAMT_SHARES)) {
        tcase_add_loop_test(cases, test_a_snapshot_takes_constant_memory, 0, kinds_met);
        tcase_add_loop_test(cases, test_a_copied_way_makes_cursors_stale, 0, kinds_met);
    }
    if (has(HAMT_DENIABLE))
        tcase_add_loop_test(cases, test_every_allocation_of_versions_may_fail, 0, kinds_met);
    return cases;
}
