/* store_test.c - the store: what is found again, and what survives export and import. */
#include "fixture.h"

#include "csv.h"
#include "export.h"
#include "import.h"
#include "measure.h"
#include "schema.h"

#include <float.h>
#include <math.h>

/* ---- An experiment of two cells in two blocks, without any process ---- */

static struct plan plan;
static struct schedule schedule;
static struct store *store;
static struct fault fault;
static struct machine machine;
static struct source source;
static struct experiment experiment;

static struct build build = {.id = "b1",
                             .composition = "list",
                             .compiler = "cc",
                             .cflags = "-O2",
                             .identity = "{}",
                             .binary = "00",
                             .program = "map",
                             .hash = "xxh3",
                             .key = "u64"};

static void assert_good(bool good) {
    ck_assert_msg(good, "%s", fault.line);
}

static void begin(void) {
    fixture_good_plan(&plan, "VARIANTS=a,b OPS=put PATTERNS=random SCALES=10 REPS=2");
    schedule_make(&schedule, &plan, 1);
    machine = machine_read();
    source = (struct source){.commit = "c0ffee"};
    experiment = (struct experiment){.settings = plan.settings,
                                     .plan_digest = "p",
                                     .builds_digest = "b",
                                     .planned = schedule.count,
                                     .machine = &machine,
                                     .source = &source};
    store = store_open("results/s.sqlite", &fault);
    assert_good(store != NULL);
    assert_good(store_add_build(store, &plan.recipes[0], &build, &fault));
}

static void end(void) {
    store_close(store);
    schedule_free(&schedule);
    plan_free(&plan);
}

static char *add_experiment(void) {
    char *id = store_add_experiment(store, &experiment, &fault);
    assert_good(id != NULL);
    return id;
}

/* A number whose decimal form needs all 17 digits. */
static const double awkward = 0.1 + 0.2;

static bool add_run(const char *id, size_t slot, enum replicate_status status, const char *detail) {
    struct replicate replicate = replicate_without(status, need_copy(detail));
    if (status == REPLICATE_OK) {
        struct sample *samples = need_zeroed(2, sizeof *samples);
        samples[0] = (struct sample){.ns_per_op = awkward, .ops = 10, .repeats = 1};
        samples[1] = (struct sample){.ns_per_op = DBL_MIN, .ops = INT64_MAX, .repeats = 2};
        replicate.samples = samples;
        replicate.sample_count = 2;
        replicate.seconds = 1.0 / 3;
        replicate.checksum = need_copy("0x1");
        replicate.allocator = need_copy("");
        replicate.tree = need_copy("{\"a\":\"\\\",\\n\"}");
    }
    struct run run = {.experiment = id,
                      .slot_number = slot,
                      .slot = &schedule.slots[slot],
                      .plan = &plan,
                      .build = &build,
                      .machine = &machine,
                      .trace_seed = 5};
    bool good = store_add_run(store, &run, &replicate, &fault);
    replicate_free(&replicate);
    return good;
}

/* ---- Going on ---- */

START_TEST(test_only_the_same_unfinished_experiment_is_found) {
    begin();
    ck_assert_ptr_null(store_find_unfinished(store, &experiment, &fault));
    ck_assert_str_eq(fault.line, "");
    char *id = add_experiment();

    struct machine other_machine = machine;
    strcpy(other_machine.kind, "other");
    struct source dirty = {.commit = "c0ffee", .dirty = true, .diff = "d1"};
    struct source other_source = {.commit = "decaf"}, none = {.dirty = true};
    struct experiment others[7];
    for (int i = 0; i < 7; i++)
        others[i] = experiment;
    others[0].name = "named";
    others[1].plan_digest = "q";
    others[2].builds_digest = "c";
    others[3].machine = &other_machine;
    others[4].source = &dirty;
    others[5].source = &other_source;
    others[6].source = &none;
    for (int i = 0; i < 7; i++)
        ck_assert_ptr_null(store_find_unfinished(store, &others[i], &fault));

    for (int i = 0; i < 3; i++) {
        static const char *const status[] = {"running", "interrupted", "finished"};
        assert_good(store_set_status(store, id, status[i], &fault));
        char *found = store_find_unfinished(store, &experiment, &fault);
        ck_assert(i == 2 ? found == NULL : found != NULL && strcmp(found, id) == 0);
        free(found);
    }
    free(id);
    end();
}
END_TEST

START_TEST(test_another_change_of_the_source_is_another_experiment) {
    begin();
    source = (struct source){.commit = "c0ffee", .dirty = true, .diff = "d1"};
    char *id = add_experiment();
    char *found = store_find_unfinished(store, &experiment, &fault);
    ck_assert_str_eq(found, id);
    free(found);
    strcpy(source.diff, "d2");
    ck_assert_ptr_null(store_find_unfinished(store, &experiment, &fault));
    ck_assert_str_eq(fault.line, "");
    free(id);
    end();
}
END_TEST

START_TEST(test_only_good_runs_are_not_run_again) {
    begin();
    char *id = add_experiment();
    assert_good(add_run(id, 1, REPLICATE_OK, NULL));
    assert_good(add_run(id, 2, REPLICATE_CRASH, "signal 11"));
    assert_good(add_run(id, 3, REPLICATE_SKIPPED, "it has crashed"));
    struct measuring m = {.shard = {0, 1},
                          .plan = &plan,
                          .schedule = &schedule,
                          .builds = &build,
                          .store = store,
                          .experiment = id};
    assert_good(measuring_start(&m, &fault));
    ck_assert_int_eq(m.status[1], REPLICATE_OK);
    ck_assert_uint_eq(measuring_count(&m, REPLICATE_OK), 1);
    ck_assert_uint_eq(measuring_count(&m, REPLICATE_STATUS_COUNT), 3);
    ck_assert(!measuring_complete(&m, false));
    measuring_free(&m);
    free(id);
    end();
}
END_TEST

START_TEST(test_experiment_is_complete_without_what_is_too_big) {
    begin();
    char *id = add_experiment();
    for (size_t slot = 0; slot < schedule.count; slot++)
        if (schedule.slots[slot].cell == 0)
            assert_good(add_run(id, slot, REPLICATE_OK, NULL));
    struct measuring m = {.shard = {0, 1},
                          .plan = &plan,
                          .schedule = &schedule,
                          .builds = &build,
                          .store = store,
                          .experiment = id};
    assert_good(measuring_start(&m, &fault));
    m.cells[1].fate = CELL_FAILED;
    ck_assert(!measuring_complete(&m, false));
    m.cells[1].fate = CELL_TOO_BIG;
    ck_assert(measuring_complete(&m, false));
    measuring_free(&m);
    free(id);
    end();
}
END_TEST

static void assert_not_found(const char *beginning, const char *said) {
    ck_assert_ptr_null(store_find_experiment(store, beginning, &fault));
    ck_assert_msg(strstr(fault.line, said), "%s", fault.line);
}

START_TEST(test_experiment_is_found_by_the_beginning_of_its_id) {
    begin();
    char *one = add_experiment(), *other = add_experiment();
    size_t shared = 0;
    while (one[shared] == other[shared])
        shared++;
    for (size_t length = shared + 1; length <= strlen(one); length++) {
        char *beginning = need_format("%.*s", (int)length, one);
        char *found = store_find_experiment(store, beginning, &fault);
        ck_assert_str_eq(found, one);
        free(beginning);
        free(found);
    }
    char *beginning = need_format("%.*s", (int)shared, one);
    assert_not_found(beginning, "2 experiments begin so");
    assert_not_found(beginning, one);
    assert_not_found(beginning, other);
    assert_not_found("", "no experiment");
    assert_not_found("%", "no experiment");
    assert_not_found("nosuch", "no experiment");
    free(beginning);
    free(one);
    free(other);
    end();
}
END_TEST

START_TEST(test_slot_is_stored_once_and_whole) {
    begin();
    char *id = add_experiment();
    assert_good(add_run(id, 0, REPLICATE_OK, NULL));
    ck_assert(!add_run(id, 0, REPLICATE_OK, NULL));
    ck_assert(!add_run(id, 1, REPLICATE_OK, "a good run has no detail"));
    ck_assert(!add_run(id, 1, REPLICATE_CRASH, NULL));
    ck_assert(!add_run("no such experiment", 1, REPLICATE_OK, NULL));
    assert_good(add_run(id, 1, REPLICATE_OK, NULL)); /* no transaction was left open */
    assert_good(add_run(id, 2, REPLICATE_CRASH, "signal 11"));
    assert_good(add_run(id, 2, REPLICATE_OK, NULL)); /* in place of what was not good */
    assert_good(add_run(id, 3, REPLICATE_OK, NULL));
    assert_good(store_mark_wrong(store, id, 3, "checksum", &fault));
    assert_good(add_run(id, 3, REPLICATE_OK, NULL)); /* which may have samples */
    free(id);
    end();
}
END_TEST

START_TEST(test_store_of_another_version_is_refused) {
    begin();
    sqlite3_exec(store_database(store), "PRAGMA user_version = 99", NULL, NULL, NULL);
    ck_assert_ptr_null(store_open("results/s.sqlite", &fault));
    ck_assert_ptr_nonnull(strstr(fault.line, "version 99"));
    ck_assert_ptr_null(store_open("plan", &fault)); /* a file, but no database */
    ck_assert_ptr_nonnull(strstr(fault.line, "STORE=plan"));
    end();
}
END_TEST

/* ---- Export and import ---- */

/* All of a store in one text, types included; the caller frees it. */
static char *dump(struct store *from) {
    char *text = need_copy("");
    for (const struct schema_table *table = schema_tables; table->name; table++) {
        char *sql = need_format("SELECT * FROM %s ORDER BY 1, 2", table->name);
        sqlite3_stmt *row;
        ck_assert_int_eq(sqlite3_prepare_v2(store_database(from), sql, -1, &row, NULL), SQLITE_OK);
        while (sqlite3_step(row) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(row); i++) {
                bool real = sqlite3_column_type(row, i) == SQLITE_FLOAT;
                const char *value = (const char *)sqlite3_column_text(row, i);
                char *longer = real ? need_format("%s|%a", text, sqlite3_column_double(row, i))
                                    : need_format("%s|%d:%s", text, sqlite3_column_type(row, i),
                                                  value ? value : "");
                free(text);
                text = longer;
            }
        sqlite3_finalize(row);
        free(sql);
    }
    return text;
}

START_TEST(test_export_and_import_lose_nothing) {
    begin();
    experiment.name = "x";
    char *id = add_experiment();
    for (size_t slot = 0; slot < 3; slot++)
        assert_good(add_run(id, slot, REPLICATE_OK, NULL));
    assert_good(add_run(id, 3, REPLICATE_WRONG, "said \"no\",\nthen\r\nnothing"));
    ck_assert_ptr_null(export_experiment(store, id, "out", &fault)); /* not finished */
    assert_good(store_set_status(store, id, "finished", &fault));
    char *directory = export_experiment(store, id, "out/deep", &fault);
    assert_good(directory != NULL);
    ck_assert_str_eq(directory, "out/deep/x");

    struct store *second = store_open("results/t.sqlite", &fault);
    assert_good(second != NULL);
    char *before = dump(store);
    for (int times = 0; times < 2; times++) {
        assert_good(import_experiment(second, directory, &fault));
        char *after = dump(second);
        ck_assert_str_eq(before, after);
        free(after);
    }
    store_close(second);
    free(before);
    free(directory);
    free(id);
    end();
}
END_TEST

START_TEST(test_stores_can_be_merged) {
    begin();
    char *one = add_experiment();
    char *other = add_experiment();
    ck_assert_str_ne(one, other);
    assert_good(add_run(one, 0, REPLICATE_OK, NULL));
    assert_good(add_run(other, 0, REPLICATE_OK, NULL));
    assert_good(store_set_status(store, one, "finished", &fault));
    char *directory = export_experiment(store, one, "out", &fault);
    assert_good(directory != NULL);
    ck_assert_ptr_nonnull(strstr(directory, one));
    char *before = dump(store);
    assert_good(import_experiment(store, directory, &fault));
    char *after = dump(store);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    free(directory);
    free(one);
    free(other);
    end();
}
END_TEST

/* ---- CSV ---- */

static int read_csv(const char *text, struct csv_record *record) {
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    rewind(file);
    int result = csv_read(file, record);
    fclose(file);
    return result;
}

START_TEST(test_csv) {
    struct csv_record record = {0};
    static const char *const ends[] = {"", "\n", "\r\n"};
    for (int i = 0; i < 3; i++) {
        char *text = need_format("a,,\"\",\"b \"\"c\"\", d\r\n\",1.5%s", ends[i]);
        ck_assert_int_eq(read_csv(text, &record), 1);
        ck_assert_uint_eq(record.count, 5);
        ck_assert_str_eq(record.field[0], "a");
        ck_assert_ptr_null(record.field[1]);
        ck_assert_str_eq(record.field[2], "");
        ck_assert_str_eq(record.field[3], "b \"c\", d\r\n");
        ck_assert_str_eq(record.field[4], "1.5");
        free(text);
    }
    ck_assert_int_eq(read_csv("", &record), 0);
    ck_assert_int_eq(read_csv("\"open", &record), -1);
    ck_assert_int_eq(read_csv("a\"b\n", &record), -1);
    FILE *directory = fopen(".", "rb"); /* which opens, and cannot be read */
    ck_assert_ptr_nonnull(directory);
    ck_assert_int_eq(csv_read(directory, &record), -1);
    fclose(directory);
    ck_assert_int_eq(read_csv("\"a\"b\n", &record), -1);
    csv_free(&record);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("store");
    tcase_add_test(tests, test_only_the_same_unfinished_experiment_is_found);
    tcase_add_test(tests, test_another_change_of_the_source_is_another_experiment);
    tcase_add_test(tests, test_only_good_runs_are_not_run_again);
    tcase_add_test(tests, test_experiment_is_complete_without_what_is_too_big);
    tcase_add_test(tests, test_experiment_is_found_by_the_beginning_of_its_id);
    tcase_add_test(tests, test_slot_is_stored_once_and_whole);
    tcase_add_test(tests, test_store_of_another_version_is_refused);
    tcase_add_test(tests, test_export_and_import_lose_nothing);
    tcase_add_test(tests, test_stores_can_be_merged);
    tcase_add_test(tests, test_csv);
    return fixture_main(tests);
}
