/* fixture.h - what the tests of the runner's parts share: a directory that looks like the root of
 * the repository, and plans made in one line. */
#ifndef FIXTURE_H
#define FIXTURE_H

#define _DEFAULT_SOURCE 1
#include "need.h"
#include "schedule.h"
#include "../run_suite.h"

#include <check.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char fixture_root[64];

/* Makes the directory and goes there. */
static inline void fixture_enter(void) {
    strcpy(fixture_root, "/tmp/run_test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(fixture_root));
    ck_assert_int_eq(chdir(fixture_root), 0);
    static const char *const directories[] = {"common",     "common/hash",     "common/hash/xxh3",
                                              "common/key", "common/key/u64",  "common/key/str",
                                              "results",    "common/hash/weak"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        ck_assert_int_eq(mkdir(directories[i], 0777), 0);
}

static inline void fixture_leave(void) {
    ck_assert_int_eq(chdir("/"), 0);
    char *command = need_format("rm -rf %s", fixture_root);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

/* Reads the plan that a file with this text holds. */
static inline bool fixture_plan(struct plan *plan, const char *text, struct fault *fault) {
    const char *given[SET_COUNT] = {NULL};
    FILE *file = fopen("plan", "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    return plan_read(plan, "plan", given, fault);
}

/* The same for a text that is right. */
static inline void fixture_good_plan(struct plan *plan, const char *text) {
    struct fault fault = {""};
    ck_assert_msg(fixture_plan(plan, text, &fault), "%s", fault.line);
}

/* Runs all tests of a case, each in a directory of its own; the exit status. */
static inline int fixture_main(TCase *tests) {
    tcase_add_checked_fixture(tests, fixture_enter, fixture_leave);
    return run_case("run", tests, CK_FORK_GETENV);
}

#endif
