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
#include "copies.h"
#include "description.h"
#include "digest.h"
#include "estimate.h"
#include "export.h"
#include "fit.h"
#include "import.h"
#include "measure.h"
#include "need.h"
#include "options.h"
#include "treatment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    struct store *store;  /* NULL until there is one */
    char *experiment;     /* its id; NULL until it is known */
    char *programs;       /* digest of the builds of the experiment that gets more runs; or NULL */
    size_t done;          /* good runs that it has already */
    bool misfit;          /* `more` does not fit its plan: */
    struct fault fault;   /* why */
    struct machine machine;
};

static int complain(int status, const struct fault *fault) {
    fprintf(stderr, "%s\n", fault->line);
    return status;
}

static void no_such_store(const struct options *options, struct fault *fault) {
    fault_set(fault, "STORE=%s: there is no such store", options->store);
}

/* ---- The steps; each returns GOOD if the next one is to follow ---- */

/* A store that cannot be used is better told now than after an hour of building. */
static int look_at_store(struct session *s) {
    struct fault fault;
    s->store = store_open_present(s->options->store, &fault);
    return s->store || fault.line[0] == '\0' ? GOOD : complain(FAILED, &fault);
}

/* Which blocks are added, and when nothing more is, the lab decides by all that was measured. */
static bool check_goal(const struct session *s, struct fault *fault) {
    return !plan_has_goal(&s->plan) || !s->options->export_to ||
           fault_set(fault,
                     "--export: not with PRECISION or DECIDE, as these end by what all blocks say");
}

static int make_plan(struct session *s) {
    const struct options *options = s->options;
    struct fault fault;
    if (!options->experiment)
        return plan_read(&s->plan, options->plan, options->given, &fault) && check_goal(s, &fault)
                   ? GOOD
                   : complain(BAD_SETTING, &fault);
    s->experiment = s->store ? store_find_experiment(s->store, options->experiment, &fault) : NULL;
    char *settings = s->experiment ? store_settings(s->store, s->experiment, &fault) : NULL;
    bool good = settings && plan_read_stored(&s->plan, settings, &fault);
    free(settings);
    if (!s->store)
        no_such_store(options, &fault);
    return good ? GOOD : complain(BAD_SETTING, &fault);
}

/* Takes the first experiment that the plan fits; where no more is asked for, the first that has
 * not ended. */
static bool take_first(const struct stored_experiment *stored, void *context) {
    struct session *s = context;
    if ((!s->options->more && stored->finished) || !plan_follow(&s->plan, stored->settings))
        return false;
    free(s->experiment);
    s->experiment = need_copy(stored->id);
    s->programs = need_copy(stored->builds_digest);
    s->done = stored->good;
    if (s->options->more && (stored->finished || plan_has_goal(&s->plan)))
        s->misfit = !plan_add_round(&s->plan, s->options->more, &s->fault);
    return true;
}

/* Finds the experiment that is to get more runs, and makes its plan longer by them; one that is not
 * finished is gone on with as it is, unless it has a goal, up to which there may always be more.
 * Without more, one with a goal has as many rounds as were added to it before it was interrupted.
 */
static int find_what_gets_more(struct session *s) {
    if (!s->options->more && !plan_has_goal(&s->plan))
        return GOOD;
    struct fault fault;
    struct source source = source_read();
    struct experiment like = {.name = s->options->name, .machine = &s->machine, .source = &source};
    if (s->store && !store_each_like(s->store, &like, s->experiment, take_first, s, &fault))
        return complain(FAILED, &fault);
    if (s->misfit)
        return complain(BAD_SETTING, &s->fault);
    bool too_many = s->plan.processes > PLAN_PROCESSES_MAX;
    if ((s->programs || !s->options->more) && !too_many)
        return GOOD;
    if (too_many)
        fault_set(&fault, "MORE=%s: the plan comes to more than %d processes", s->options->more,
                  PLAN_PROCESSES_MAX);
    else if (s->experiment)
        fault_set(&fault,
                  "EXPERIMENT=%s: it was measured on another machine or from other sources than "
                  "these, so no runs can be added to it",
                  s->experiment);
    else
        fault_set(&fault,
                  "MORE=%s: no experiment in %s has these settings, this machine and these "
                  "sources; without MORE one is measured",
                  s->options->more, s->options->store);
    return complain(BAD_SETTING, &fault);
}

/* A block is measured in one place, or its competitors have not had the same machine. */
static bool check_from(const struct session *s, struct fault *fault) {
    size_t from = s->options->from, begins = from;
    if (from >= s->schedule.count)
        return true;
    while (s->schedule.slots[begins].position > 0)
        begins--;
    return begins == from ||
           fault_set(fault, "--from %zu: it is in the middle of the block that begins with run %zu",
                     from, begins);
}

/* Says what is to come: in the first line of all, and in more for a dry run. */
static int announce(struct session *s) {
    struct fault fault;
    schedule_make(&s->schedule, &s->plan, s->plan.grids[0].seed);
    if (!check_from(s, &fault))
        return complain(BAD_SETTING, &fault);
    if (s->options->describe)
        return GOOD;
    char *text = estimate_text(s->store, &s->plan, &s->schedule, s->done, &fault);
    if (!text)
        return complain(FAILED, &fault);
    fprintf(s->options->dry_run ? stdout : stderr, "%s, into %s\n", text, s->options->store);
    free(text);
    for (size_t i = 0; s->options->dry_run && i < s->plan.cell_count; i++) {
        char *cell = plan_cell_text(&s->plan, i);
        printf("%s x %llu\n", cell,
               (unsigned long long)s->plan.groups[s->plan.cells[i].group].reps);
        free(cell);
    }
    return GOOD;
}

static int find_allocators(struct session *s) {
    struct fault fault;
    copies_clean();
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
    struct fault fault;
    return status != GOOD || (builds_can(s->builds, &s->plan, &fault) &&
                              treatments_differ(&s->plan, s->builds, &fault))
               ? status
               : complain(BAD_SETTING, &fault);
}

static int look_at_memory(struct session *s) {
    struct fault fault;
    return fit_together(&s->plan, s->builds, s->options->timeout, &fault)
               ? GOOD
               : complain(BAD_SETTING, &fault);
}

static bool store_builds(struct session *s, struct fault *fault) {
    for (size_t i = 0; i < s->plan.recipe_count; i++)
        if (!store_add_build(s->store, &s->plan.recipes[i], &s->builds[i], fault))
            return false;
    return true;
}

/* Digest of the programs, and of the allocators' libraries and what these are set by. */
static struct digest digest_builds(const struct session *s) {
    struct words ids = {0};
    for (size_t i = 0; i < s->plan.recipe_count; i++)
        words_add(&ids, s->builds[i].id);
    for (size_t i = 0; i < s->plan.libraries.count; i++)
        words_add(&ids, digest_file(s->plan.libraries.word[i]).hex);
    for (size_t i = 0; i < s->plan.variables.count; i++)
        if (s->plan.variables.word[i][0])
            words_add(&ids, s->plan.variables.word[i]);
    char *builds = words_join(&ids, " ");
    words_free(&ids);
    struct digest digest = digest_text(builds);
    free(builds);
    return digest;
}

/* Tells what would be measured, and of what was built how the experiment's id begins. */
static int describe(struct session *s) {
    struct source source = source_read();
    struct digest plan_digest = digest_text(s->plan.settings);
    struct digest builds_digest = s->builds ? digest_builds(s) : (struct digest){""};
    struct experiment experiment = {.name = s->options->name,
                                    .plan_digest = plan_digest.hex,
                                    .builds_digest = builds_digest.hex,
                                    .machine = &s->machine,
                                    .source = &source};
    char *family = s->builds ? experiment_family(&experiment) : NULL;
    struct fault fault;
    char *text = description_text(&s->plan, &s->schedule, family, &s->machine, &fault);
    int status = text ? GOOD : complain(FAILED, &fault);
    if (text)
        puts(text);
    free(text);
    free(family);
    return status;
}

/* Opens the store and finds this experiment in it, unfinished, or begins it. */
static int find_experiment(struct session *s) {
    struct fault fault;
    struct source source = source_read();
    struct digest plan_digest = digest_text(s->plan.settings), builds_digest = digest_builds(s);
    struct experiment experiment = {.name = s->options->name,
                                    .settings = s->plan.settings,
                                    .plan_digest = plan_digest.hex,
                                    .builds_digest = builds_digest.hex,
                                    .planned = s->schedule.count,
                                    .machine = &s->machine,
                                    .source = &source};

    if (child_interrupted()) {
        fprintf(stderr, "interrupted; nothing was stored\n");
        return INTERRUPTED;
    }
    if (!store_claim(s->options->store, &fault))
        return complain(FAILED, &fault);
    if (!s->store && !(s->store = store_open(s->options->store, &fault)))
        return complain(FAILED, &fault);
    bool good;
    if (s->programs) {
        good = strcmp(s->programs, builds_digest.hex) == 0
                   ? store_extend(s->store, s->experiment, &experiment, &fault)
                   : fault_set(&fault,
                               "EXPERIMENT=%s: its programs were others than these, by compiler, "
                               "flags or libraries, so no runs can be added to it",
                               s->experiment);
    } else {
        s->experiment = store_find_unfinished(s->store, &experiment, &fault);
        if (!s->experiment && fault.line[0] == '\0')
            s->experiment = store_add_experiment(s->store, &experiment, &fault);
        good = s->experiment != NULL;
    }
    good = good && store_builds(s, &fault) &&
           store_set_status(s->store, s->experiment, "running", &fault);
    return good ? GOOD : complain(FAILED, &fault);
}

/* Says how many runs ended how, and which cells went wrong. */
static void sum_up(const struct session *s, const struct measuring *m) {
    for (size_t i = 0; i < s->plan.cell_count; i++) {
        if (!m->cells[i].reason)
            continue;
        char *cell = plan_cell_text(&s->plan, i);
        fprintf(stderr, "%s %s: %s\n", m->cells[i].fate == CELL_TOO_BIG ? "skipped" : "failed",
                cell, m->cells[i].reason);
        free(cell);
    }
    fprintf(stderr, "%zu runs", s->schedule.count);
    for (enum replicate_status i = 0; i < REPLICATE_STATUS_COUNT; i++)
        if (measuring_count(m, i))
            fprintf(stderr, ", %zu %s", measuring_count(m, i), replicate_status_name(i));
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

/* Ends an experiment of which every slot was run; one with a goal when the lab says so. */
static int conclude(struct session *s, const struct measuring *m) {
    struct fault fault;
    bool complete = measuring_complete(m, false);
    bool finished = complete && !plan_has_goal(&s->plan);
    if (!store_set_status(s->store, s->experiment, finished ? "finished" : "interrupted", &fault))
        return complain(FAILED, &fault);
    sum_up(s, m);
    printf("experiment %s\n", s->experiment);
    if (!complete && measuring_complete(m, true)) {
        fprintf(
            stderr,
            "shard %u/%u is complete: %zu of %zu runs; make merge FROM=store takes the others\n",
            m->shard.index + 1, m->shard.count, measuring_count(m, REPLICATE_OK),
            s->schedule.count);
        return GOOD;
    }
    if (!complete) {
        fprintf(stderr,
                "not finished: %zu of %zu runs are good; the same command tries the others "
                "again\n",
                measuring_count(m, REPLICATE_OK), s->schedule.count);
        return FAILED;
    }
    return s->options->export_to ? write_export(s->store, s->experiment, s->options->export_to)
                                 : GOOD;
}

static int measure_all(struct session *s) {
    struct fault fault;
    struct measuring m = {.plan = &s->plan,
                          .schedule = &s->schedule,
                          .builds = s->builds,
                          .store = s->store,
                          .experiment = s->experiment,
                          .machine = &s->machine,
                          .shard = s->options->shard,
                          .from = s->options->from,
                          .timeout = s->options->timeout};
    enum measure_end end = MEASURE_BROKEN;
    child_keep_orphans();
    if (!machine_claim(&fault))
        fprintf(stderr, "%s\n", fault.line);
    if (measuring_start(&m, &fault)) {
        size_t good = measuring_count(&m, REPLICATE_OK);
        if (good > 0)
            progress_say(m.progress, "going on with experiment %s: %zu of %zu runs are good",
                         s->experiment, good, s->schedule.count);
        end = measure(&m, &fault);
    }
    progress_end(m.progress);
    m.progress = NULL;

    int status = FAILED;
    if (end == MEASURE_INTERRUPTED) {
        fprintf(stderr, "interrupted: %zu of %zu runs are stored; the same command goes on\n",
                s->schedule.count - measuring_count(&m, REPLICATE_STATUS_COUNT), s->schedule.count);
        store_set_status(s->store, s->experiment, "interrupted", &fault);
        status = INTERRUPTED;
    } else if (end == MEASURE_BROKEN && store_is_there(s->store)) {
        fprintf(stderr, "%s; %zu of %zu runs are stored and kept, and the same command goes on\n",
                fault.line, s->schedule.count - measuring_count(&m, REPLICATE_STATUS_COUNT),
                s->schedule.count);
    } else if (end == MEASURE_BROKEN) {
        complain(FAILED, &fault);
    } else {
        status = conclude(s, &m);
    }
    measuring_free(&m);
    return status;
}

/* ---- What can be asked for ---- */

static int run_experiment(const struct options *options) {
    static int (*const steps[])(struct session *) = {
        look_at_store,  make_plan,      find_what_gets_more, announce,   find_allocators,
        build_programs, look_at_memory, find_experiment,     measure_all};
    enum { STEPS = sizeof steps / sizeof *steps, STEPS_OF_DRY_RUN = 4, STEPS_OF_BUILD = 7 };
    struct session s = {.options = options, .machine = machine_read()};
    size_t count = options->dry_run || options->describe ? STEPS_OF_DRY_RUN
                   : options->build                      ? STEPS_OF_BUILD
                                                         : STEPS;
    int status = GOOD;
    child_catch_signals();
    for (size_t i = 0; status == GOOD && i < count; i++)
        status = steps[i](&s);
    if (status == GOOD && (options->describe || options->build))
        status = describe(&s);

    free(s.experiment);
    free(s.programs);
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
    struct store *store = options->experiment ? store_open_present(options->store, &fault)
                                              : store_open(options->store, &fault);
    if (!store && fault.line[0] == '\0')
        no_such_store(options, &fault);
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
    if (!options_read(&options, argc, argv, &fault) ||
        (options.export_to && !export_possible(&fault)))
        return complain(BAD_SETTING, &fault);
    int status = GOOD;
    if (options.help)
        fputs(options_help, stdout);
    else if ((options.experiment && !options.more) || options.import_from)
        status = move_experiment(&options);
    else
        status = run_experiment(&options);
    /* What was said is of no use if nobody gets it. */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "stdout: %s\n", strerror(errno));
    return status == GOOD ? FAILED : status;
}
