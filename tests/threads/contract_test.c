/* contract_test.c - what shared_map.h promises to one thread at a time, and where memory is denied.
 *
 * A reader and a writer are the same thread here, so that everything is known; what several threads
 * see is another test's (history_test.c, stress_test.c). */
#include "shared_map.h"
#include "mem.h"
#include "oracle.h"
#include "random.h"
#include "suite.h"
#include "versions.h"
#include "../run_suite.h"

#include <unistd.h>

enum { KEYS = 150, SECONDS = 300 };

static struct shared_map *map;
static struct shared_reader *reader;
static struct oracle oracle; /* of the newest version */

static bool goes_on(void) {
    return shared_map_traits() & SHARED_WRITERS_GO_ON;
}

static bool shares(void) {
    return hamt_traits() & HAMT_SHARES;
}

static void begin(uint64_t seed) {
    static const struct kind strong = {HASH_STRONG, KEYS, 0};
    struct hamt_config config = config_of(&strong, seed);
    random_gives(&config.hash_seed);
    random_state = seed + 1;
    oracle.count = 0;
    map = shared_map_create(&config);
    HOLDS(map);
    reader = shared_reader_create(map);
    HOLDS(reader);
}

static void end(void) {
    shared_reader_destroy(reader);
    shared_map_destroy(map);
    ck_assert_uint_eq(mem_live_blocks(), 0);
}

static void put(uint32_t number, uint64_t value) {
    bool there = oracle_put(&oracle, number, value);
    HOLDS(shared_map_put(map, testkey(number), value) == (there ? HAMT_REPLACED : HAMT_NEW));
}

static void take(uint32_t number) {
    bool there = oracle_remove(&oracle, number);
    HOLDS(shared_map_remove(map, testkey(number)) == (there ? SHARED_REMOVED : SHARED_ABSENT));
}

static bool count(hamt_key key, uint64_t value, void *context) {
    (void)key, (void)value;
    ++*(uint32_t *)context;
    return true;
}

static void assert_version(const struct hamt *version, const struct oracle *of) {
    uint32_t visited = 0;
    ck_assert_uint_eq(hamt_size(version), of->count);
    hamt_each(version, count, &visited);
    ck_assert_uint_eq(visited, of->count);
    for (uint32_t number = 0; number < KEYS; number++) {
        uint64_t expected = 0, value = 0;
        HOLDS(hamt_get(version, testkey(number), &value) == oracle_get(of, number, &expected));
        HOLDS(value == expected);
    }
}

/* By every way to read. */
static void assert_newest(void) {
    for (uint32_t number = 0; number < KEYS; number++) {
        uint64_t expected = 0, value = 0;
        bool there = shared_map_get(reader, testkey(number), &value);
        HOLDS(there == oracle_get(&oracle, number, &expected));
        HOLDS(value == expected);
    }
    struct shared_view view = shared_map_enter(reader);
    assert_version(view.map, &oracle);
    shared_map_leave(reader, view);
}

/* ---- Like an oracle ---- */

/* Some changes that readers see at once, or never. */
static void batch(void) {
    struct oracle before = oracle;
    struct hamt *changed = shared_map_begin(map);
    HOLDS(changed);
    for (uint32_t left = random_below(10); left > 0; left--) {
        uint32_t number = random_below(KEYS);
        if (random_below(3) == 0)
            HOLDS(hamt_remove(changed, testkey(number)) == oracle_remove(&oracle, number));
        else
            HOLDS((hamt_put(changed, testkey(number), left) == HAMT_REPLACED) ==
                  oracle_put(&oracle, number, left));
    }
    assert_version(changed, &oracle);
    struct oracle after = oracle;
    oracle = before;
    assert_newest();
    if (random_below(3) == 0) {
        shared_map_abandon(map);
    } else {
        oracle = after;
        shared_map_commit(map);
    }
}

START_TEST(test_as_an_oracle) {
    begin((uint64_t)_i);
    assert_newest();
    for (int i = 0; i < (shares() ? 1500 : 500); i++) {
        uint32_t number = random_below(KEYS);
        switch (random_below(8)) {
        case 0:
        case 1:
            take(number);
            break;
        case 2:
            batch();
            break;
        case 3:
            shared_map_reclaim(map);
            break;
        default:
            put(number, (uint64_t)i);
        }
        if (i % 20 == 0)
            assert_newest();
    }
    assert_newest();
    end();
}
END_TEST

/* ---- Views ---- */

enum { HELD = 30 };

START_TEST(test_views_do_not_change) {
    static struct oracle of[HELD];
    struct shared_view views[HELD];
    begin(9);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < HELD; i++) {
            for (int change = 0; goes_on() && change < 7; change++)
                put(random_below(KEYS), random_below(1000));
            if (goes_on())
                take(random_below(KEYS));
            of[i] = oracle;
            views[i] = shared_map_enter(reader);
        }
        for (int left = HELD; left > 0; left--) {
            uint32_t any = random_below((uint32_t)left);
            assert_version(views[any].map, &of[any]);
            HOLDS(hamt_equal(views[any].map, views[0].map) || goes_on());
            shared_map_leave(reader, views[any]);
            views[any] = views[left - 1];
            of[any] = of[left - 1];
            if (goes_on())
                put(random_below(KEYS), random_below(1000));
        }
        assert_newest();
        put(random_below(KEYS), random_below(1000));
    }
    end();
}
END_TEST

/* Thousands of versions, each with a change of its own, left in random order: afterwards there is
 * no more memory in use than before. */
static void hold_versions(struct shared_view *views, uint32_t versions) {
    shared_map_reclaim(map);
    for (uint32_t i = 0; i < versions; i++) {
        put(random_below(KEYS), i);
        put(0, i);
        views[i] = shared_map_enter(reader);
    }
    for (uint32_t left = versions; left > 0; left--) {
        uint32_t any = random_below(left);
        uint64_t value;
        HOLDS(hamt_get(views[any].map, testkey(0), &value) && value < versions);
        shared_map_leave(reader, views[any]);
        views[any] = views[left - 1];
    }
    shared_map_reclaim(map);
}

START_TEST(test_memory_comes_back) {
    enum { VERSIONS = 3000 };
    static struct shared_view views[VERSIONS];
    uint32_t versions = shares() ? VERSIONS : 100;
    begin(3);
    for (uint32_t number = 0; number < KEYS; number++)
        put(number, 0);
    if (goes_on()) {
        hold_versions(views, versions); /* so that there are records of versions */
        size_t blocks = mem_live_blocks(), bytes = mem_live_bytes();
        hold_versions(views, versions);
        ck_assert_uint_eq(mem_live_blocks(), blocks);
        ck_assert_uint_eq(mem_live_bytes(), bytes);
        hold_versions(views, 1);
        ck_assert_uint_eq(mem_live_blocks(), blocks);
    }
    assert_newest();
    end();
}
END_TEST

/* Without views, only so many versions wait as the way to publish says. */
START_TEST(test_memory_does_not_grow) {
    begin(5);
    for (uint32_t number = 0; number < KEYS; number++)
        put(number, 0);
    size_t most = 0, first_most = 0;
    for (int i = 0; i < (shares() ? 3000 : 600); i++) {
        put(random_below(KEYS), (uint64_t)i);
        most = mem_live_bytes() > most ? mem_live_bytes() : most;
        if (i == 300)
            first_most = most;
    }
    ck_assert_uint_le(most, first_most + first_most / 4);
    shared_map_reclaim(map);
    end();
}
END_TEST

/* ---- Several readers and maps ---- */

START_TEST(test_readers_come_and_go) {
    struct shared_reader *more[20];
    begin(7);
    put(1, 1);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++)
            HOLDS(more[i] = shared_reader_create(map));
        for (int left = 20; left > 0; left--) {
            uint32_t any = random_below((uint32_t)left);
            uint64_t value;
            HOLDS(shared_map_get(more[any], testkey(1), &value) && value == 1);
            shared_reader_destroy(more[any]);
            more[any] = more[left - 1];
            assert_newest();
            for (int i = 0; i < 70; i++)
                put(2, (uint64_t)i);
        }
    }
    shared_reader_destroy(NULL);
    shared_map_destroy(NULL);
    end();
}
END_TEST

START_TEST(test_two_maps_in_one_thread) {
    begin(11);
    struct shared_map *other = shared_map_create(NULL);
    HOLDS(other);
    struct shared_reader *of_other = shared_reader_create(other);
    HOLDS(of_other);
    put(1, 1);
    HOLDS(shared_map_put(other, testkey(1), 2) == HAMT_NEW);
    struct shared_view one = shared_map_enter(reader), two = shared_map_enter(of_other);
    HOLDS(!hamt_equal(one.map, two.map));
    shared_map_leave(reader, one);
    shared_map_leave(of_other, two);
    shared_reader_destroy(of_other);
    shared_map_destroy(other);
    assert_newest();
    put(1, 2);
    assert_newest();
    end();
}
END_TEST

/* ---- Memory is out ---- */

/* Everything that may need memory, with so many allocations allowed; whether all succeeded. */
static bool with_allocations(long allowed, int forever) {
    uint32_t number = random_below(KEYS);
    bool there = false, done = true;
    uint64_t value;
    mem_fail_after(allowed, forever);
    switch (random_below(3)) {
    case 0:
        done = shared_map_put(map, testkey(number), 77) != HAMT_NO_MEMORY;
        if (done)
            oracle_put(&oracle, number, 77);
        break;
    case 1:
        there = oracle_get(&oracle, number, &value);
        switch (shared_map_remove(map, testkey(number))) {
        case SHARED_REMOVED:
            HOLDS(there);
            oracle_remove(&oracle, number);
            break;
        case SHARED_ABSENT:
            HOLDS(!there);
            break;
        case SHARED_REMOVE_NO_MEMORY:
            HOLDS(there);
            done = false;
        }
        break;
    default: {
        struct hamt *changed = shared_map_begin(map);
        done = changed && hamt_put(changed, testkey(number), 78) != HAMT_NO_MEMORY;
        if (done)
            oracle_put(&oracle, number, 78);
        if (changed)
            shared_map_commit(map);
    }
    }
    mem_fail_after(-1, 0);
    return done;
}

START_TEST(test_memory_denied) {
    begin(13);
    for (uint32_t number = 0; number < KEYS; number += 2)
        put(number, number);
    unsigned denied = 0, done = 0;
    for (int i = 0; i < 300; i++) {
        for (long allowed = 0; !with_allocations(allowed, i % 2); allowed++) {
            denied++;
            assert_newest();
        }
        done++;
        assert_newest();
    }
    ck_assert_uint_gt(denied, 100);
    ck_assert_uint_eq(done, 300);
    end();
}
END_TEST

START_TEST(test_creation_denied) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    struct shared_map *made = NULL;
    for (long allowed = 0; !made; allowed++) {
        mem_fail_after(allowed, 1);
        made = shared_map_create(&config);
        mem_fail_after(-1, 0);
        if (!made)
            ck_assert_uint_eq(mem_live_blocks(), 0);
        HOLDS(allowed > 0 || !made);
    }
    struct shared_reader *first = NULL;
    for (long allowed = 0; !first; allowed++) {
        mem_fail_after(allowed, 1);
        first = shared_reader_create(made);
        mem_fail_after(-1, 0);
        HOLDS(allowed > 0 || !first);
    }
    shared_reader_destroy(first);
    shared_map_destroy(made);
    random_gives(NULL);
    HOLDS(!shared_map_create(NULL));
    ck_assert_uint_eq(mem_live_blocks(), 0);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("contract");
    tcase_add_loop_test(cases, test_as_an_oracle, 0, 5);
    tcase_add_test(cases, test_views_do_not_change);
    tcase_add_test(cases, test_memory_comes_back);
    tcase_add_test(cases, test_memory_does_not_grow);
    tcase_add_test(cases, test_readers_come_and_go);
    tcase_add_test(cases, test_two_maps_in_one_thread);
    if (has(HAMT_DENIABLE)) {
        tcase_add_test(cases, test_memory_denied);
        tcase_add_test(cases, test_creation_denied);
    }
    alarm(SECONDS);
    return run_case("shared map", cases, CK_NOFORK);
}
