/* run_suite.h - the end of a test program's main function. */
#ifndef RUN_SUITE_H
#define RUN_SUITE_H

#include <check.h>

/* Runs the suite, and frees it; the exit status.  CK_FORK_GETENV: each test in a process of its
 * own, unless the environment says otherwise; CK_NOFORK: all in this one, so that sanitizers report
 * at its end. */
static inline int run_suite(Suite *suite, enum fork_status how) {
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, how);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

/* The same of a suite that has one case. */
static inline int run_case(const char *name, TCase *tests, enum fork_status how) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tests);
    return run_suite(suite, how);
}

#endif
