/* stress_test.c - thousands of versions alive, held and left in random order by several readers,
 * while two writers go on.  Compiled with ThreadSanitizer, and with AddressSanitizer.
 *
 *     stress_test [TIMES]     so many times as long as usual
 *
 * All keys of a group have the same value in each version, a number that grows: the writers change
 * them in batches.  Other keys come and go, and one has their number.  So of every version it can
 * be told whether it is whole, and of each reader's whether they came in order. */
#include "crowd.h"
#include "versions.h"

#include <stdlib.h>

enum {
    READERS = 3,
    WRITERS = 2,
    THREADS = READERS + WRITERS,
    GROUP = 16,
    COUNT_KEY = GROUP, /* its value is the number of the others */
    SINGLE_KEY,        /* put alone, not in a batch; its value grows, too */
    FIRST_OTHER,
    OTHERS = 300,
    HELD_MOST = 800, /* views a reader has at most */
    BATCHES = 2500,  /* of each writer */
};

static unsigned times = 1;

static struct crowd crowd;
static atomic_size_t writing, held, held_most;

struct member {
    size_t number;
    uint64_t random;
};

/* ---- Writers ---- */

static bool bump(struct hamt *batch, uint32_t first, uint32_t count) {
    uint64_t value = 0;
    hamt_get(batch, testkey(first), &value);
    for (uint32_t key = first; key < first + count; key++)
        if (hamt_put(batch, testkey(key), value + 1) == HAMT_NO_MEMORY)
            return false;
    return true;
}

/* Puts some of the others, removes some, and counts. */
static bool change_others(struct hamt *batch, uint64_t *random) {
    uint64_t count = 0;
    hamt_get(batch, testkey(COUNT_KEY), &count);
    for (int i = 0; i < 3; i++) {
        hamt_key key = testkey(FIRST_OTHER + random_step(random, OTHERS));
        if (random_step(random, 3) == 0)
            count -= hamt_remove(batch, key);
        else
            count += hamt_put(batch, key, 1) == HAMT_NEW;
    }
    return hamt_put(batch, testkey(COUNT_KEY), count) != HAMT_NO_MEMORY;
}

static void write_batch(struct member *member) {
    struct hamt *batch = shared_map_begin(crowd.map);
    if (!batch || !bump(batch, 0, GROUP) || !change_others(batch, &member->random)) {
        crowd_wrong(&crowd, "no memory for a batch");
        exit(1);
    }
    crowd_dawdle(&member->random);
    if (random_step(&member->random, 8) == 0)
        shared_map_abandon(crowd.map);
    else
        shared_map_commit(crowd.map);
}

static void write_all(struct member *member) {
    bool goes_on = shared_map_traits() & SHARED_WRITERS_GO_ON; /* without, it waits for all views */
    size_t share = (hamt_traits() & HAMT_SHARES ? 1 : 10) * (goes_on ? 1 : 10);
    for (uint64_t i = 1; i <= times * BATCHES / share; i++) {
        write_batch(member);
        if (member->number == READERS &&
            shared_map_put(crowd.map, testkey(SINGLE_KEY), i) == HAMT_NO_MEMORY)
            crowd_wrong(&crowd, "no memory for a put");
        if (i % 100 == 0)
            shared_map_reclaim(crowd.map);
    }
    atomic_fetch_sub(&writing, 1);
}

/* ---- Readers ---- */

struct seen {
    uint64_t group, single;
    size_t size;
};

static bool count_entry(hamt_key key, uint64_t value, void *context) {
    (void)key, (void)value;
    ++*(size_t *)context;
    return true;
}

/* What a version has, if it is whole. */
static struct seen look_at(const struct hamt *version) {
    struct seen seen = {.size = hamt_size(version)};
    uint64_t value = 0, others = 0;
    size_t entries = 0;
    hamt_get(version, testkey(0), &seen.group);
    hamt_get(version, testkey(SINGLE_KEY), &seen.single);
    hamt_get(version, testkey(COUNT_KEY), &others);
    for (uint32_t key = 1; key < GROUP; key++)
        if (seen.group > 0 && (!hamt_get(version, testkey(key), &value) || value != seen.group))
            crowd_wrong(&crowd, "half a batch");
    hamt_each(version, count_entry, &entries);
    size_t fixed = (seen.group > 0 ? GROUP + 1 : 0) + (seen.single > 0);
    if (entries != seen.size || seen.size != fixed + others)
        crowd_wrong(&crowd, "a version that does not count its entries right");
    return seen;
}

struct holding {
    struct shared_view view;
    struct seen seen;
};

static void in_order(const struct seen *earlier, const struct seen *later) {
    if (later->group < earlier->group || later->single < earlier->single)
        crowd_wrong(&crowd, "an older version after a newer one");
}

static bool see_group(hamt_key key, const uint64_t *before, const uint64_t *after, void *context) {
    (void)before, (void)after;
    if (testkey_compare(key, testkey(0)) == 0)
        *(bool *)context = true;
    return true;
}

/* Two versions differ in the group exactly if it has other values. */
static void compare(const struct holding *one, const struct holding *other) {
    bool differs = false;
    hamt_diff(one->view.map, other->view.map, see_group, &differs);
    if (differs != (one->seen.group != other->seen.group))
        crowd_wrong(&crowd, "a diff that does not fit");
    if (differs && hamt_equal(one->view.map, other->view.map))
        crowd_wrong(&crowd, "equal, though they differ");
}

static void hold_one(struct member *member, struct shared_reader *reader, struct holding *at,
                     struct seen *last) {
    at->view = shared_map_enter(reader);
    at->seen = look_at(at->view.map);
    in_order(last, &at->seen);
    *last = at->seen;
    size_t now = atomic_fetch_add(&held, 1) + 1, most = atomic_load(&held_most);
    while (now > most && !atomic_compare_exchange_weak(&held_most, &most, now))
        continue;
    uint64_t value = 0;
    uint32_t key = random_step(&member->random, GROUP);
    if (shared_map_get(reader, testkey(key), &value) && value < last->group)
        crowd_wrong(&crowd, "a get of an older version");
    else if (value > last->group)
        last->group = value;
}

static void leave_one(struct shared_reader *reader, const struct holding *at) {
    struct seen again = look_at(at->view.map);
    if (again.group != at->seen.group || again.single != at->seen.single ||
        again.size != at->seen.size)
        crowd_wrong(&crowd, "a version changed");
    shared_map_leave(reader, at->view);
    atomic_fetch_sub(&held, 1);
}

/* Takes views up to some number, leaving others in between, and then leaves all. */
static void hold_many(struct member *member, struct shared_reader *reader, struct holding *holding,
                      struct seen *last) {
    size_t room = shared_map_traits() & SHARED_WRITERS_GO_ON ? HELD_MOST : 4, count = 0;
    for (size_t target = 1 + random_step(&member->random, (uint32_t)room); count < target;) {
        hold_one(member, reader, &holding[count++], last);
        if (random_step(&member->random, 8) == 0)
            compare(&holding[count - 1], &holding[random_step(&member->random, (uint32_t)count)]);
        if (random_step(&member->random, 4) == 0) {
            size_t any = random_step(&member->random, (uint32_t)count);
            leave_one(reader, &holding[any]);
            holding[any] = holding[--count];
        }
    }
    while (count > 0) {
        size_t any = random_step(&member->random, (uint32_t)count);
        leave_one(reader, &holding[any]);
        holding[any] = holding[--count];
    }
}

static void *work(void *argument) {
    struct member *member = argument;
    struct shared_reader *reader = crowd_begin(&crowd, member->number < READERS);
    if (!reader) {
        write_all(member);
        return NULL;
    }
    static struct holding room[READERS][HELD_MOST];
    struct holding *holding = room[member->number];
    struct seen last = {.group = 0};
    while (atomic_load(&writing) > 0) {
        hold_many(member, reader, holding, &last);
        if (random_step(&member->random, 4) == 0) { /* readers come and go */
            shared_reader_destroy(reader);
            reader = shared_reader_create(crowd.map);
        }
    }
    shared_reader_destroy(reader);
    return NULL;
}

START_TEST(test_versions_alive) {
    struct member members[THREADS];
    crowd = crowd_of(NULL);
    for (size_t i = 0; i < THREADS; i++)
        members[i] = (struct member){i, UINT64_C(0x9e3779b97f4a7c15) * (i + 1)};
    atomic_store(&writing, WRITERS);
    crowd_run(&crowd, THREADS, work, members, sizeof *members);
    ck_assert_uint_eq(atomic_load(&held), 0);
    if (shared_map_traits() & SHARED_WRITERS_GO_ON)
        ck_assert_uint_gt(atomic_load(&held_most), HELD_MOST);
    shared_map_reclaim(crowd.map);
    shared_map_destroy(crowd.map);
}
END_TEST

int main(int argc, char **argv) {
    if (argc > 1)
        times = (unsigned)strtoul(argv[1], NULL, 10);
    TCase *cases = tcase_create("stress");
    tcase_add_test(cases, test_versions_alive);
    return crowd_test(cases, times);
}
