/* replicate_test.c - what a cell prints is taken only if it is right in every field. */
#include "fixture.h"

#include "replicate.h"

#include <math.h>

static const char identity[] =
    "{\"hash\":\"xxh3\",\"cflags\":\"-O3\",\"pool_slots\":64,\"allocator\":\"other.so\"}";

#define READY "{\"ready\":true}\n"

static const char good[] =
    READY "{\"cflags\":\"-O3\",\"pool_slots\":128,\"op\":\"put\",\"pattern\":\"random\",\"hash\":"
          "\"xxh3\",\"key\":\"u64\",\"scale\":10,"
          "\"seed\":5,\"hash_seed\":0,\"sample\":0,\"ns_per_op\":1.5,\"ops\":10,\"repeats\":3,"
          "\"bytes_per_entry\":40,\"rss_per_entry\":44.5,\"peak_rss_bytes\":4096,"
          "\"checksum\":\"0x1\",\"allocator\":\"libc.so.6\",\"tree\":{\"b\":1,\"a\":[]}}\n";

/* Reads the good line with `from` replaced by `to`. */
static bool read_changed(struct replicate *replicate, const char *from, const char *to,
                         struct fault *fault) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=a OPS=put PATTERNS=random SCALES=10 SAMPLES=1");
    const char *at = strstr(good, from);
    ck_assert_ptr_nonnull(at);
    char *lines = need_format("%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    *replicate = replicate_without(REPLICATE_OK, NULL);
    bool read = replicate_read(replicate, lines, &plan, 0, 5, identity, fault);
    free(lines);
    plan_free(&plan);
    return read;
}

START_TEST(test_good_line) {
    struct replicate replicate;
    struct fault fault = {""};
    ck_assert_msg(read_changed(&replicate, "", "", &fault), "%s", fault.line);
    ck_assert_uint_eq(replicate.sample_count, 1);
    ck_assert_double_eq(replicate.samples[0].ns_per_op, 1.5);
    ck_assert_int_eq(replicate.samples[0].ops, 10);
    ck_assert_int_eq(replicate.samples[0].repeats, 3);
    ck_assert_double_eq(replicate.bytes_per_entry, 40);
    ck_assert_double_eq(replicate.rss_per_entry, 44.5);
    ck_assert_int_eq(replicate.peak_rss_bytes, 4096);
    ck_assert_str_eq(replicate.checksum, "0x1");
    ck_assert_str_eq(replicate.tree, "{\"b\":1,\"a\":[]}");
    replicate_free(&replicate);

    ck_assert(read_changed(&replicate, "44.5", "null", &fault));
    ck_assert(isnan(replicate.rss_per_entry));
    replicate_free(&replicate);
}
END_TEST

START_TEST(test_bad_lines) {
    static const struct {
        const char *from, *to, *fault;
    } cases[] = {
        {"\"op\":\"put\",", "", "op is missing"},
        {"\"put\"", "7", "op is not a text"},
        {"\"put\"", "\"get\"", "op is get where put was asked for"},
        {"random", "shuffled", "pattern is shuffled where random"},
        {"xxh3", "weak", "hash is \"weak\" where the program has said \"xxh3\" of itself"},
        {"\"scale\":10", "\"scale\":11", "scale is 11 where 10"},
        {"\"scale\":10", "\"scale\":10.5", "scale is not a whole number"},
        {"\"seed\":5", "\"seed\":6", "seed is 6 where 5"},
        {"\"sample\":0", "\"sample\":1", "sample is 1 where 0"},
        {"-O3", "-O2", "cflags is \"-O2\" where the program has said \"-O3\" of itself"},
        {"\"cflags\":\"-O3\",", "", "cflags is missing where the program has said \"-O3\""},
        {"1.5", "-1.5", "ns_per_op is not a number of 0 or more"},
        {"1.5", "\"fast\"", "ns_per_op is not a number"},
        {"1.5", "NaN", "invalid token"},
        {"\"repeats\":3", "\"repeats\":0", "it has done nothing"},
        {"{\"b\":1,\"a\":[]}", "[]", "tree is not an object"},
        {"]}}\n", "]}}\n{\"op\":", "line 3 of its output"},
        {"]}}\n", "]}}\n}\n", "line 3 of its output"},
        {"\"op\":\"put\",", "\"values\":[],\"op\":\"put\",", "values is not an object"},
        {"\"op\":\"put\",", "\"values\":{\"a\":\"b\"},\"op\":\"put\",",
         "values: a is not a number"},
        {"\"op\":\"put\",", "\"values\":{\"a,b\":1},\"op\":\"put\",",
         "values: a,b is not a number"},
        {READY, "", "line 1 of its output: it does not say that it is ready"},
        {"\"tree\":", "\"shape\":", "tree is missing"},
        {good, READY, "0 samples where 1"},
        {good, "\n", "line 1 of its output"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct replicate replicate;
        struct fault fault = {""};
        ck_assert(!read_changed(&replicate, cases[i].from, cases[i].to, &fault));
        ck_assert_msg(strstr(fault.line, cases[i].fault) != NULL, "%s: %s", cases[i].fault,
                      fault.line);
        replicate_free(&replicate);
    }
}
END_TEST

START_TEST(test_a_cell_may_report_values_alone) {
    struct plan plan;
    struct fault fault = {""};
    struct replicate replicate = replicate_without(REPLICATE_OK, NULL);
    fixture_good_plan(&plan, "VARIANTS=a OPS=put PATTERNS=random SCALES=10 SAMPLES=1");
    bool read =
        replicate_read(&replicate,
                       READY "{\"op\":\"put\",\"pattern\":\"random\",\"scale\":10,\"seed\":5,"
                             "\"sample\":0,\"allocator\":\"libc.so.6\","
                             "\"values\":{\"mops\":1.5,\"none\":null,\"faults\":7}}\n",
                       &plan, 0, 5, "{}", &fault);
    ck_assert_msg(read, "%s", fault.line);
    ck_assert_uint_eq(replicate.sample_count, 0);
    ck_assert_uint_eq(replicate.value_count, 2);
    ck_assert_str_eq(replicate.values[0].name, "mops");
    ck_assert_double_eq(replicate.values[0].number, 1.5);
    ck_assert_str_eq(replicate.values[1].name, "faults");
    ck_assert_ptr_null(replicate.tree);
    replicate_free(&replicate);
    plan_free(&plan);
}
END_TEST

START_TEST(test_samples_are_as_many_as_were_asked_for) {
    for (int samples = 1; samples <= 3; samples++) {
        struct plan plan;
        char *text =
            need_format("VARIANTS=a OPS=put PATTERNS=random SCALES=10 SAMPLES=%d", samples);
        fixture_good_plan(&plan, text);
        char *lines = need_format("%s%s", good, good + strlen(READY));
        *(strstr(lines + strlen(good), "\"sample\":0") + strlen("\"sample\":")) = '1';
        struct fault fault = {""};
        struct replicate replicate = replicate_without(REPLICATE_OK, NULL);
        bool read = replicate_read(&replicate, lines, &plan, 0, 5, identity, &fault);
        char *said = need_format("2 samples where %d were asked for", samples);
        ck_assert_str_eq(fault.line, samples == 2 ? "" : said);
        ck_assert(read == (samples == 2));
        replicate_free(&replicate);
        free(said);
        free(lines);
        free(text);
        plan_free(&plan);
    }
}
END_TEST

START_TEST(test_samples_must_agree) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=a OPS=put PATTERNS=random SCALES=10 SAMPLES=2");
    char *lines = need_format("%s%s", good, good + strlen(READY));
    *(strstr(lines + strlen(good), "\"sample\":0") + strlen("\"sample\":")) = '1';
    struct fault fault = {""};
    struct replicate replicate = replicate_without(REPLICATE_OK, NULL);
    ck_assert_msg(replicate_read(&replicate, lines, &plan, 0, 5, identity, &fault), "%s",
                  fault.line);
    ck_assert_uint_eq(replicate.sample_count, 2);
    replicate_free(&replicate);

    *(strstr(lines + strlen(good), "0x1") + 2) = '2';
    replicate = replicate_without(REPLICATE_OK, NULL);
    ck_assert(!replicate_read(&replicate, lines, &plan, 0, 5, identity, &fault));
    ck_assert_ptr_nonnull(strstr(fault.line, "checksum is 0x2 where the first sample's was 0x1"));
    replicate_free(&replicate);
    free(lines);
    plan_free(&plan);
}
END_TEST

/* Reads the good line with `name` for the allocator that has served, where `library` was to. */
static bool read_served(const char *library, const char *name, struct fault *fault) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=a OPS=put PATTERNS=random SCALES=10 SAMPLES=1");
    plan.cells[0].library = library;
    plan.cells[0].allocator_label = "swift";
    const char *at = strstr(good, "libc.so.6");
    char *lines = need_format("%.*s%s%s", (int)(at - good), good, name, at + strlen("libc.so.6"));
    struct replicate replicate = replicate_without(REPLICATE_OK, NULL);
    bool read = replicate_read(&replicate, lines, &plan, 0, 5, identity, fault);
    replicate_free(&replicate);
    free(lines);
    plan_free(&plan);
    return read;
}

START_TEST(test_the_allocator_is_the_one_that_was_asked_for) {
    struct fault fault;
    ck_assert_int_eq(symlink("libswift.so.1.2", "libswift.so.1"), 0);
    fclose(fopen("libswift.so.1.2", "w"));
    ck_assert(read_served("libswift.so.1", "libswift.so.1", &fault));
    ck_assert(read_served("libswift.so.1", "libswift.so.1.2", &fault));
    ck_assert(read_served("/absent/libswift.so.1", "libswift.so.1", &fault));
    ck_assert(read_served(NULL, "libc.so.6", &fault));
    ck_assert(read_served(NULL, "libc-2.31.so", &fault));
    ck_assert(read_served(NULL, "libsystem_malloc.dylib", &fault));
    static const struct {
        const char *library, *name;
    } others[] = {{"libswift.so.1", "libc.so.6"},
                  {"libswift.so.1", "libsteady.so.1"},
                  {"libswift.so.1", "libswift.so.1, but free is that of libc.so.6"},
                  {"libswift.so.1", "unknown"},
                  {NULL, "libswift.so.1"},
                  {NULL, "libc.so.6, but free is that of libswift.so.1"},
                  {NULL, "unknown"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert(!read_served(others[i].library, others[i].name, &fault));
        char *told = need_format("swift does not serve the process, %s does", others[i].name);
        ck_assert_msg(strstr(fault.line, told) != NULL, "%s", fault.line);
        free(told);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("replicate");
    tcase_add_test(tests, test_good_line);
    tcase_add_test(tests, test_bad_lines);
    tcase_add_test(tests, test_a_cell_may_report_values_alone);
    tcase_add_test(tests, test_samples_are_as_many_as_were_asked_for);
    tcase_add_test(tests, test_samples_must_agree);
    tcase_add_test(tests, test_the_allocator_is_the_one_that_was_asked_for);
    return fixture_main(tests);
}
