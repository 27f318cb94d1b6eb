/* progress_test.c - the time left comes from what was measured. */
#include "fixture.h"

#include "progress.h"

#include <math.h>

START_TEST(test_time_left) {
    struct plan plan;
    struct schedule schedule;
    fixture_good_plan(&plan, "VARIANTS=a,b OPS=put PATTERNS=random SCALES=100,1000 REPS=3");
    schedule_make(&schedule, &plan, 1);
    struct progress *progress = progress_runs(&plan, &schedule);
    ck_assert(isnan(progress_left(progress)));

    size_t a = plan.groups[0].cells[0], b = plan.groups[0].cells[1];
    progress_done(progress, a, 2);
    /* a: 2 more of 2 s; b: 3 like its group; 6 of ten times as many entries. */
    ck_assert_double_eq_tol(progress_left(progress), 2 * 2 + 3 * 2 + 6 * 20, 1e-9);
    progress_done(progress, b, 4);
    /* Entries have cost 3 s for 100 on average. */
    ck_assert_double_eq_tol(progress_left(progress), 2 * 2 + 2 * 4 + 6 * 30, 1e-9);
    progress_done(progress, a, 0); /* skipped: costs nothing, and says nothing */
    ck_assert_double_eq_tol(progress_left(progress), 1 * 2 + 2 * 4 + 6 * 30, 1e-9);

    size_t c = plan.groups[1].cells[0];
    progress_done(progress, c, 7);
    ck_assert_double_eq_tol(progress_left(progress), 1 * 2 + 2 * 4 + 5 * 7, 1e-9);
    progress_end(progress);
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

START_TEST(test_builds) {
    struct progress *progress = progress_builds(4);
    progress_done(progress, 0, 3);
    ck_assert_double_eq_tol(progress_left(progress), 9, 1e-9);
    for (int i = 0; i < 3; i++)
        progress_done(progress, 0, 3);
    ck_assert_double_eq_tol(progress_left(progress), 0, 1e-9);
    progress_end(progress);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("progress");
    tcase_add_test(tests, test_time_left);
    tcase_add_test(tests, test_builds);
    return fixture_main(tests);
}
