/* history_test.c - what readers and writers at once are answered is linearizable (linear.h).
 * Compiled with ThreadSanitizer, which ends the program with an error if two of them are not in
 * order. */
#include "crowd.h"
#include "linear.h"
#include "versions.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READERS = 3, WRITERS = 2, THREADS = READERS + WRITERS, BESIDE = 200 };
_Static_assert(THREADS <= (int)LINEAR_THREADS, "the checker has room for so many threads");

/* What a thread did; with many keys, to which of them. */
struct member {
    struct crowd *crowd;
    uint64_t random;
    uint64_t values; /* put so far: each value is put once */
    size_t number, count;
    struct linear_operation *operations;
    uint32_t *keys;
};

/* By the clock and not by a counter of all threads, which would bring an order into what has none.
 */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t new_value(struct member *member) {
    return ++member->values * THREADS + member->number;
}

static void expect_value(struct linear_operation *operation, uint32_t key, bool there,
                         uint64_t value) {
    operation->expects[key] = there ? value : LINEAR_ABSENT;
}

/* ---- Few keys, several at once ---- */

static void read_all(struct linear_operation *operation, const struct hamt *version) {
    for (uint32_t key = 0; key < LINEAR_KEYS; key++) {
        uint64_t value = 0;
        bool there = hamt_get(version, testkey(key), &value);
        expect_value(operation, key, there, value);
    }
}

static void read_few(struct member *member, struct shared_reader *reader,
                     struct linear_operation *operation) {
    if (random_step(&member->random, 3) > 0) {
        uint32_t key = random_step(&member->random, LINEAR_KEYS);
        uint64_t value = 0;
        operation->called = now();
        bool there = shared_map_get(reader, testkey(key), &value);
        operation->returned = now();
        expect_value(operation, key, there, value);
        return;
    }
    operation->called = now();
    struct shared_view view = shared_map_enter(reader);
    operation->returned = now();
    read_all(operation, view.map);
    crowd_dawdle(&member->random);
    struct linear_operation again = *operation;
    read_all(&again, view.map);
    if (memcmp(&again, operation, sizeof again) != 0)
        crowd_wrong(member->crowd, "a view changed");
    shared_map_leave(reader, view);
}

static void write_batch(struct member *member, struct linear_operation *operation) {
    struct shared_map *map = member->crowd->map;
    operation->called = now();
    struct hamt *batch = shared_map_begin(map);
    if (!batch) {
        crowd_wrong(member->crowd, "no memory for a batch");
        return;
    }
    read_all(operation, batch);
    for (uint32_t key = 0; key < LINEAR_KEYS; key++) {
        if (random_step(&member->random, 4) == 0) {
            hamt_remove(batch, testkey(key));
            operation->writes[key] = LINEAR_ABSENT;
        } else {
            operation->writes[key] = new_value(member);
            hamt_put(batch, testkey(key), operation->writes[key]);
        }
        crowd_dawdle(&member->random);
    }
    if (random_step(&member->random, 4) > 0) {
        shared_map_commit(map);
    } else {
        shared_map_abandon(map);
        memcpy(operation->writes, linear_nothing().writes, sizeof operation->writes);
    }
    operation->returned = now();
}

static void put_one(struct member *member, struct linear_operation *operation, uint32_t key,
                    uint32_t place) {
    operation->writes[place] = new_value(member);
    operation->called = now();
    enum hamt_put_result result =
        shared_map_put(member->crowd->map, testkey(key), operation->writes[place]);
    operation->returned = now();
    operation->expects[place] = result == HAMT_NEW ? LINEAR_ABSENT : LINEAR_SOME;
    if (result == HAMT_NO_MEMORY)
        crowd_wrong(member->crowd, "no memory for a put");
}

static void remove_one(struct member *member, struct linear_operation *operation, uint32_t key,
                       uint32_t place) {
    operation->called = now();
    enum shared_remove_result result = shared_map_remove(member->crowd->map, testkey(key));
    operation->returned = now();
    operation->writes[place] = LINEAR_ABSENT;
    operation->expects[place] = result == SHARED_ABSENT ? LINEAR_ABSENT : LINEAR_SOME;
    if (result == SHARED_REMOVE_NO_MEMORY)
        crowd_wrong(member->crowd, "no memory for a remove");
}

static void write_few(struct member *member, struct linear_operation *operation) {
    uint32_t key = random_step(&member->random, LINEAR_KEYS);
    switch (random_step(&member->random, 4)) {
    case 0:
        write_batch(member, operation);
        break;
    case 1:
        remove_one(member, operation, key, key);
        break;
    default:
        put_one(member, operation, key, key);
    }
}

static void *with_few_keys(void *argument) {
    struct member *member = argument;
    struct shared_reader *reader = crowd_begin(member->crowd, member->number < READERS);
    for (size_t i = 0; i < member->count; i++) {
        member->operations[i] = linear_nothing();
        if (reader)
            read_few(member, reader, &member->operations[i]);
        else
            write_few(member, &member->operations[i]);
    }
    shared_reader_destroy(reader);
    return NULL;
}

/* ---- Many keys, one at a time ---- */

static void read_one(struct member *member, struct shared_reader *reader,
                     struct linear_operation *operation, uint32_t key) {
    uint64_t value = 0;
    operation->called = now();
    bool there = shared_map_get(reader, testkey(key), &value);
    operation->returned = now();
    expect_value(operation, 0, there, value);
    (void)member;
}

static void *with_many_keys(void *argument) {
    struct member *member = argument;
    struct shared_reader *reader = crowd_begin(member->crowd, member->number < READERS);
    for (size_t i = 0; i < member->count; i++) {
        struct linear_operation *operation = &member->operations[i];
        uint32_t key = random_step(&member->random, BESIDE);
        *operation = linear_nothing();
        member->keys[i] = key;
        if (reader)
            read_one(member, reader, operation, key);
        else if (random_step(&member->random, 3) == 0)
            remove_one(member, operation, key, 0);
        else
            put_one(member, operation, key, 0);
    }
    shared_reader_destroy(reader);
    return NULL;
}

/* ---- The tests ---- */

/* Without sharing each version is a copy of all; and some wait for each other. */
static size_t operations_of_each(void) {
    bool goes_on = shared_map_traits() & SHARED_WRITERS_GO_ON;
    return (hamt_traits() & HAMT_SHARES ? 3000 : 300) / (goes_on ? 1 : 3);
}

static void members_make(struct member *members, struct crowd *crowd, uint64_t seed) {
    size_t count = operations_of_each();
    for (size_t i = 0; i < THREADS; i++) {
        members[i] = (struct member){.crowd = crowd, .number = i, .count = count};
        members[i].random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + i;
        members[i].operations = malloc(count * sizeof *members[i].operations);
        members[i].keys = malloc(count * sizeof *members[i].keys);
        ck_assert(members[i].operations && members[i].keys);
    }
}

static void members_free(struct member *members) {
    for (size_t i = 0; i < THREADS; i++) {
        free(members[i].operations);
        free(members[i].keys);
    }
}

START_TEST(test_few_keys) {
    struct crowd crowd = crowd_of(NULL);
    struct member members[THREADS];
    struct linear_history history = {.threads = THREADS};
    for (uint32_t key = 0; key < BESIDE; key++) /* others, that they stand among */
        ck_assert_int_eq(shared_map_put(crowd.map, testkey(LINEAR_KEYS + key), 1), HAMT_NEW);
    members_make(members, &crowd, (uint64_t)_i);
    crowd_run(&crowd, THREADS, with_few_keys, members, sizeof *members);
    for (size_t i = 0; i < THREADS; i++) {
        history.count[i] = members[i].count;
        history.operations[i] = members[i].operations;
    }
    ck_assert_int_eq(linear_check(&history), LINEAR);
    members_free(members);
    shared_map_destroy(crowd.map);
}
END_TEST

/* The history of one key.  *room: for all operations of each thread. */
static struct linear_history history_of(const struct member *members, uint32_t key,
                                        struct linear_operation *room) {
    struct linear_history history = {.threads = THREADS};
    for (size_t i = 0; i < THREADS; i++) {
        struct linear_operation *own = room + i * members[i].count;
        history.operations[i] = own;
        for (size_t j = 0; j < members[i].count; j++)
            if (members[i].keys[j] == key)
                own[history.count[i]++] = members[i].operations[j];
    }
    return history;
}

START_TEST(test_many_keys) {
    struct crowd crowd = crowd_of(NULL);
    struct member members[THREADS];
    members_make(members, &crowd, (uint64_t)_i);
    crowd_run(&crowd, THREADS, with_many_keys, members, sizeof *members);
    struct linear_operation *room = malloc(THREADS * members[0].count * sizeof *room);
    ck_assert(room);
    for (uint32_t key = 0; key < BESIDE; key++) {
        struct linear_history history = history_of(members, key, room);
        ck_assert_int_eq(linear_check(&history), LINEAR);
    }
    free(room);
    members_free(members);
    shared_map_destroy(crowd.map);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("histories");
    tcase_add_loop_test(cases, test_few_keys, 0, 3);
    tcase_add_loop_test(cases, test_many_keys, 0, 3);
    return crowd_test(cases, 1);
}
