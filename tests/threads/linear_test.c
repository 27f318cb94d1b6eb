/* linear_test.c - the checker of histories, against histories whose verdict is known, and against
 * another that tries every order there is. */
#include "linear.h"
#include "../run_suite.h"

#include <check.h>
#include <stdlib.h>

/* Operations of one key, and of two. */
static struct linear_operation at(uint64_t called, uint64_t returned) {
    struct linear_operation operation = linear_nothing();
    operation.called = called;
    operation.returned = returned;
    return operation;
}

static struct linear_operation get(uint64_t called, uint64_t returned, uint64_t value) {
    struct linear_operation operation = at(called, returned);
    operation.expects[0] = value;
    return operation;
}

static struct linear_operation put(uint64_t called, uint64_t returned, uint64_t found,
                                   uint64_t value) {
    struct linear_operation operation = get(called, returned, found);
    operation.writes[0] = value;
    return operation;
}

static struct linear_operation view(uint64_t called, uint64_t returned, uint64_t a, uint64_t b) {
    struct linear_operation operation = get(called, returned, a);
    operation.expects[1] = b;
    return operation;
}

static struct linear_operation batch(uint64_t called, uint64_t returned, uint64_t a, uint64_t b) {
    struct linear_operation operation = at(called, returned);
    operation.writes[0] = a;
    operation.writes[1] = b;
    return operation;
}

enum { NEW = LINEAR_ABSENT, MOST = 6 };

/* The known ones: each thread's operations, up to the first that was called at 0. */
static enum linear_verdict verdict_on(struct linear_operation operations[][MOST], size_t threads) {
    struct linear_history history = {.threads = threads};
    for (size_t thread = 0; thread < threads; thread++) {
        history.operations[thread] = operations[thread];
        while (history.count[thread] < MOST && operations[thread][history.count[thread]].called > 0)
            history.count[thread]++;
    }
    return linear_check(&history);
}

#define VERDICT(...)                                                                               \
    verdict_on((struct linear_operation[][MOST]){__VA_ARGS__},                                     \
               sizeof(struct linear_operation[][MOST]){__VA_ARGS__} /                              \
                   sizeof(struct linear_operation[MOST]))
#define IS_LINEAR(...)    ck_assert_int_eq(VERDICT(__VA_ARGS__), LINEAR)
#define NOT_POSSIBLE(...) ck_assert_int_eq(VERDICT(__VA_ARGS__), NOT_LINEAR)

START_TEST(test_good_histories) {
    IS_LINEAR({{.called = 0}});
    IS_LINEAR({get(1, 2, LINEAR_ABSENT)});
    /* one after the other */
    IS_LINEAR({put(1, 2, NEW, 7), get(3, 4, 7), put(5, 6, LINEAR_SOME, LINEAR_ABSENT),
               get(7, 8, LINEAR_ABSENT)});
    /* a get that overlaps a put may come before or after it */
    IS_LINEAR({put(1, 10, NEW, 7)}, {get(2, 3, LINEAR_ABSENT)});
    IS_LINEAR({put(1, 10, NEW, 7)}, {get(2, 3, 7)});
    IS_LINEAR({put(1, 10, NEW, 7)}, {get(2, 3, LINEAR_ABSENT), get(4, 5, 7)});
    /* at the same tick: they may overlap */
    IS_LINEAR({put(1, 5, NEW, 7)}, {get(5, 6, LINEAR_ABSENT)});
    /* what came first is told by what was found */
    IS_LINEAR({put(1, 10, LINEAR_SOME, 7)}, {put(1, 10, NEW, 8)}, {get(11, 12, 7)});
    /* it has to go back: the first thread's put came last */
    IS_LINEAR({put(1, 20, LINEAR_SOME, 7), get(21, 22, 7)}, {put(2, 19, NEW, 8), get(23, 24, 7)},
              {get(3, 4, 8), get(5, 6, 8)});
    /* a batch as a whole, before and after it */
    IS_LINEAR({batch(1, 10, 1, 1)}, {view(2, 3, 0, 0), view(4, 5, 1, 1)});
}
END_TEST

START_TEST(test_bad_histories) {
    /* a value that nobody put */
    NOT_POSSIBLE({get(1, 2, 7)});
    NOT_POSSIBLE({put(1, 2, NEW, 7)}, {get(3, 4, 8)});
    /* a stale read: the put had returned */
    NOT_POSSIBLE({put(1, 2, NEW, 7)}, {get(3, 4, LINEAR_ABSENT)});
    NOT_POSSIBLE({put(1, 2, NEW, 7), put(3, 4, LINEAR_SOME, 8)}, {get(5, 6, 7)});
    /* read before it was called for */
    NOT_POSSIBLE({put(5, 6, NEW, 7)}, {get(1, 2, 7)});
    /* back in time: of one reader, and of two */
    NOT_POSSIBLE({put(1, 10, NEW, 7)}, {get(2, 3, 7), get(4, 5, LINEAR_ABSENT)});
    NOT_POSSIBLE({put(1, 10, NEW, 7)}, {get(2, 3, 7)}, {get(4, 5, LINEAR_ABSENT)});
    /* two readers that saw two puts in different orders */
    NOT_POSSIBLE({put(1, 10, LINEAR_ANY, 7)}, {put(1, 10, LINEAR_ANY, 8)},
                 {get(2, 3, 7), get(4, 5, 8)}, {get(2, 3, 8), get(4, 5, 7)});
    /* two that both found the key not there */
    NOT_POSSIBLE({put(1, 10, NEW, 7)}, {put(1, 10, NEW, 8)});
    /* a change that was lost */
    NOT_POSSIBLE({put(1, 10, NEW, 7)}, {get(11, 12, LINEAR_ABSENT)});
    NOT_POSSIBLE({put(1, 2, NEW, 7), put(3, 4, LINEAR_SOME, LINEAR_ABSENT)}, {get(5, 6, 7)});
    /* half a batch */
    NOT_POSSIBLE({batch(1, 10, 1, 1)}, {view(2, 3, 1, 0)});
    NOT_POSSIBLE({batch(1, 10, 1, 1)}, {view(2, 3, 0, 1)});
    NOT_POSSIBLE({batch(1, 2, 1, 1), batch(3, 9, 2, 2)}, {view(4, 5, 2, 1)});
    /* a batch that was abandoned is none */
    NOT_POSSIBLE({at(1, 2)}, {view(3, 4, 1, 1)});
}
END_TEST

/* ---- Against every order there is ---- */

enum { THREADS = 3, EACH = 3 };

/* Whether the operations that are not yet done can be, from these values on. */
static bool some_order(const struct linear_history *history, size_t *done, uint64_t *values) {
    bool rest = false;
    for (size_t t = 0; t < THREADS; t++) {
        if (done[t] == history->count[t])
            continue;
        rest = true;
        const struct linear_operation *next = &history->operations[t][done[t]];
        bool possible = true;
        for (size_t u = 0; u < THREADS; u++) /* nothing that is left had returned before */
            for (size_t i = done[u]; i < history->count[u]; i++)
                possible &= history->operations[u][i].returned >= next->called;
        uint64_t changed[LINEAR_KEYS];
        for (size_t key = 0; key < LINEAR_KEYS; key++) {
            uint64_t expected = next->expects[key];
            possible &= expected == LINEAR_ANY || expected == values[key] ||
                        (expected == LINEAR_SOME && values[key] != LINEAR_ABSENT);
            changed[key] = next->writes[key] == LINEAR_ANY ? values[key] : next->writes[key];
        }
        if (!possible)
            continue;
        done[t]++;
        bool found = some_order(history, done, changed);
        done[t]--;
        if (found)
            return true;
    }
    return !rest;
}

static uint64_t state;

static uint64_t draw(uint64_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 32) % limit;
}

static struct linear_operation draw_operation(uint64_t *clock) {
    uint64_t called = *clock + draw(4);
    uint64_t returned = called + draw(6);
    *clock = returned + 1 + draw(3);
    uint64_t seen = draw(3), other = draw(3);
    switch (draw(4)) {
    case 0:
        return get(called, returned, seen);
    case 1:
        return put(called, returned, draw(2) ? NEW : LINEAR_SOME, draw(3));
    case 2:
        return batch(called, returned, seen, other);
    default:
        return view(called, returned, seen, other);
    }
}

START_TEST(test_agrees_with_every_order) {
    int good = 0, bad = 0;
    state = 1;
    for (int round = 0; round < 20000; round++) {
        struct linear_operation operations[THREADS][EACH];
        struct linear_history history = {.threads = THREADS};
        for (size_t t = 0; t < THREADS; t++) {
            uint64_t clock = 1;
            history.operations[t] = operations[t];
            history.count[t] = 1 + draw(EACH);
            for (size_t i = 0; i < history.count[t]; i++)
                operations[t][i] = draw_operation(&clock);
        }
        size_t done[THREADS] = {0};
        uint64_t values[LINEAR_KEYS] = {0};
        bool possible = some_order(&history, done, values);
        ck_assert_int_eq(linear_check(&history), possible ? LINEAR : NOT_LINEAR);
        good += possible;
        bad += !possible;
    }
    ck_assert_int_gt(good, 1000);
    ck_assert_int_gt(bad, 1000);
}
END_TEST

/* A long history takes no longer than its length. */
START_TEST(test_long_histories) {
    enum { LONG = 100000 };
    struct linear_operation *writer = malloc(LONG * sizeof *writer);
    struct linear_operation *reader = malloc(LONG * sizeof *reader);
    ck_assert(writer && reader);
    for (uint64_t i = 0; i < LONG; i++) {
        writer[i] = put(10 * i + 1, 10 * i + 5, i ? LINEAR_SOME : NEW, i + 1);
        reader[i] = get(10 * i + 3, 10 * i + 8, i + 1);
    }
    struct linear_history history = {2, {LONG, LONG}, {writer, reader}};
    ck_assert_int_eq(linear_check(&history), LINEAR);
    reader[LONG - 1].expects[0] = LONG - 1;
    ck_assert_int_eq(linear_check(&history), LINEAR); /* it overlaps the last put */
    reader[LONG - 1].expects[0] = LONG - 2;
    ck_assert_int_eq(linear_check(&history), NOT_LINEAR);
    free(writer);
    free(reader);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("histories");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, test_good_histories);
    tcase_add_test(cases, test_bad_histories);
    tcase_add_test(cases, test_agrees_with_every_order);
    tcase_add_test(cases, test_long_histories);
    return run_case("linearizability", cases, CK_FORK_GETENV);
}
