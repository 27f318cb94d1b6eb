/* run.c - the runner: measures an experiment, or takes one into the store or out of it.
 *
 *     settings -> plan -> schedule -> libraries and programs -> store: what is done? -> measure
 *     -> store -> CSV
 *
 * It links no variant.  Each replicate of each cell is a child process which prints its samples;
 * all that runner and cell know of each other is the cell's command line and its JSON lines.
 *
 * stdout gets the id of the experiment and nothing else, stderr all that is for people. */
#include "allocators.h"
#include "child.h"
#include "clock.h"
#include "digest.h"
#include "export.h"
#include "import.h"
#include "measure.h"
#include "need.h"
#include "options.h"

#include <stdlib.h>
#include <unistd.h>

/* Exit statuses. */
enum {
    GOOD = 0,
    FAILED = 1,        /* a cell, or the runner itself */
    BAD_SETTING = 2,   /* nothing was stored */
    INTERRUPTED = 130, /* as shells have it */
};

/* An experiment from the beginning to the end. */
struct session {
    const struct options *options;
    struct plan plan;
    struct schedule schedule;
    struct build *builds; /* one for each of plan.recipes; zero where not built yet */
    struct store *store;
    char *experiment; /* its id */
};

static int complain(int status, const struct fault *fault) {
    fprintf(stderr, "%s\n", fault->line);
    return status;
}

/* ---- The steps; each returns GOOD if the next one is to follow ---- */

static int make_plan(struct session *s) {
    struct fault fault;
    if (!plan_read(&s->plan, s->options->plan, s->options->given, &fault))
        return complain(BAD_SETTING, &fault);
    schedule_make(&s->schedule, &s->plan, s->plan.grids[0].seed);
    return GOOD;
}

static void show_plan(const struct session *s) {
    printf("%zu cells, %zu processes\n", s->plan.cell_count, s->schedule.count);
    for (size_t i = 0; i < s->plan.cell_count; i++) {
        char *cell = plan_cell_text(&s->plan, i);
        printf("%s x %llu\n", cell,
               (unsigned long long)s->plan.groups[s->plan.cells[i].group].reps);
        free(cell);
    }
}

static int find_allocators(struct session *s) {
    struct fault fault;
    if (allocators_find(&s->plan, s->options->make, &fault))
        return GOOD;
    if (!child_interrupted())
        return complain(BAD_SETTING, &fault);
    fprintf(stderr, "interrupted; nothing was stored\n");
    return INTERRUPTED;
}

static int build_programs(struct session *s) {
    struct progress *progress = progress_builds(s->plan.recipe_count);
    s->builds = need_zeroed(s->plan.recipe_count, sizeof *s->builds);
    int status = GOOD;
    for (size_t i = 0; status == GOOD && i < s->plan.recipe_count; i++) {
        const struct recipe *recipe = &s->plan.recipes[i];
        char *now = need_format("building %s %s %s", recipe->label, recipe->hash, recipe->key);
        progress_show(progress, now);
        free(now);
        double start = clock_seconds();
        struct fault fault;
        if (build_make(&s->builds[i], recipe, s->options->make, &fault)) {
            progress_done(progress, 0, clock_seconds() - start);
        } else if (child_interrupted()) {
            progress_say(progress, "interrupted; nothing was stored");
            status = INTERRUPTED;
        } else {
            progress_say(progress, "%s", fault.line);
            status = BAD_SETTING;
        }
    }
    progress_end(progress);
    return status;
}

static bool store_builds(struct session *s, struct fault *fault) {
    for (size_t i = 0; i < s->plan.recipe_count; i++)
        if (!store_add_build(s->store, &s->plan.recipes[i], &s->builds[i], fault))
            return false;
    return true;
}

/* Opens the store and finds this experiment in it, unfinished, or begins it. */
static int find_experiment(struct session *s) {
    struct fault fault;
    struct machine machine = machine_read();
    struct source source = source_read();
    struct words ids = {0};
    for (size_t i = 0; i < s->plan.recipe_count; i++)
        words_add(&ids, s->builds[i].id);
    for (size_t i = 0; i < s->plan.libraries.count; i++)
        words_add(&ids, digest_file(s->plan.libraries.word[i]).hex);
    char *builds = words_join(&ids, " ");
    words_free(&ids);
    struct digest plan_digest = digest_text(s->plan.settings), builds_digest = digest_text(builds);
    free(builds);
    struct experiment experiment = {.name = s->options->name,
                                    .settings = s->plan.settings,
                                    .plan_digest = plan_digest.hex,
                                    .builds_digest = builds_digest.hex,
                                    .planned = s->schedule.count,
                                    .machine = &machine,
                                    .source = &source};

    if (child_interrupted()) {
        fprintf(stderr, "interrupted; nothing was stored\n");
        return INTERRUPTED;
    }
    if (!store_claim(s->options->store, &fault))
        return complain(FAILED, &fault);
    s->store = store_open(s->options->store, &fault);
    if (!s->store)
        return complain(FAILED, &fault);
    s->experiment = store_find_unfinished(s->store, &experiment, &fault);
    if (!s->experiment && fault.line[0] == '\0')
        s->experiment = store_add_experiment(s->store, &experiment, &fault);
    bool good = s->experiment && store_builds(s, &fault) &&
                store_set_status(s->store, s->experiment, "running", &fault);
    return good ? GOOD : complain(FAILED, &fault);
}

/* Says how many runs ended how, and which cells went wrong. */
static void sum_up(const struct session *s, const struct measuring *m) {
    for (size_t i = 0; i < s->plan.cell_count; i++) {
        if (!m->reason[i])
            continue;
        char *cell = plan_cell_text(&s->plan, i);
        fprintf(stderr, "%s %s: %s\n", m->failed[i] ? "failed" : "skipped", cell, m->reason[i]);
        free(cell);
    }
    fprintf(stderr, "%zu runs", measuring_done(m));
    for (int i = 0; i < REPLICATE_STATUS_COUNT; i++)
        if (m->count[i])
            fprintf(stderr, ", %zu %s", m->count[i], replicate_status_name(i));
    fputc('\n', stderr);
}

static int write_export(struct store *store, const char *experiment, const char *parent) {
    struct fault fault;
    char *directory = export_experiment(store, experiment, parent, &fault);
    if (!directory)
        return complain(FAILED, &fault);
    fprintf(stderr, "exported to %s\n", directory);
    free(directory);
    return GOOD;
}

static int measure_all(struct session *s) {
    struct fault fault;
    struct measuring m = {.plan = &s->plan,
                          .schedule = &s->schedule,
                          .builds = s->builds,
                          .store = s->store,
                          .experiment = s->experiment,
                          .timeout = s->options->timeout};
    enum measure_end end = MEASURE_BROKEN;
    child_keep_on(s->plan.core);
    if (measuring_start(&m, &fault)) {
        if (measuring_done(&m) > 0)
            progress_say(m.progress, "going on with experiment %s: %zu of %zu runs are stored",
                         s->experiment, measuring_done(&m), s->schedule.count);
        end = measure(&m, &fault);
    }
    progress_end(m.progress);
    m.progress = NULL;

    int status = FAILED;
    if (end == MEASURE_INTERRUPTED) {
        fprintf(stderr, "interrupted: %zu of %zu runs are stored; the same command goes on\n",
                measuring_done(&m), s->schedule.count);
        store_set_status(s->store, s->experiment, "interrupted", &fault);
        status = INTERRUPTED;
    } else if (end == MEASURE_BROKEN ||
               !store_set_status(s->store, s->experiment, "finished", &fault)) {
        complain(FAILED, &fault);
    } else {
        sum_up(s, &m);
        printf("experiment %s\n", s->experiment);
        size_t good = m.count[REPLICATE_OK] + m.count[REPLICATE_SKIPPED];
        status = good == s->schedule.count ? GOOD : FAILED;
        if (s->options->export_to &&
            write_export(s->store, s->experiment, s->options->export_to) != GOOD)
            status = FAILED;
    }
    measuring_free(&m);
    return status;
}

/* ---- What can be asked for ---- */

static int run_experiment(const struct options *options) {
    struct session s = {.options = options};
    int status = make_plan(&s);
    if (status == GOOD && options->dry_run) {
        show_plan(&s);
    } else {
        child_catch_signals();
        if (status == GOOD)
            status = find_allocators(&s);
        if (status == GOOD)
            status = build_programs(&s);
        if (status == GOOD)
            status = find_experiment(&s);
        if (status == GOOD)
            status = measure_all(&s);
    }

    free(s.experiment);
    store_close(s.store);
    for (size_t i = 0; s.builds && i < s.plan.recipe_count; i++)
        build_free(&s.builds[i]);
    free(s.builds);
    schedule_free(&s.schedule);
    plan_free(&s.plan);
    return status;
}

/* Takes an experiment out of the store, or into it. */
static int move_experiment(const struct options *options) {
    struct fault fault;
    if (options->experiment && access(options->store, F_OK) != 0) {
        fault_set(&fault, "STORE=%s: no such store", options->store);
        return complain(FAILED, &fault);
    }
    struct store *store = store_open(options->store, &fault);
    if (!store)
        return complain(FAILED, &fault);
    int status = GOOD;
    if (options->experiment)
        status = write_export(store, options->experiment, options->export_to);
    else if (!import_experiment(store, options->import_from, &fault))
        status = complain(FAILED, &fault);
    store_close(store);
    return status;
}

int main(int argc, char **argv) {
    struct options options;
    struct fault fault;
    if (!options_read(&options, argc, argv, &fault))
        return complain(BAD_SETTING, &fault);
    if (options.help) {
        fputs(options_help, stdout);
        return GOOD;
    }
    if (options.seal)
        return import_seal(options.seal, &fault) ? GOOD : complain(FAILED, &fault);
    if (options.experiment || options.import_from)
        return move_experiment(&options);
    return run_experiment(&options);
}
