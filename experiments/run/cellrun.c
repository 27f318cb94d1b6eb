/* cellrun.c - see cellrun.h. */
#define _DEFAULT_SOURCE 1
#include "cellrun.h"

#include "child.h"
#include "clock.h"
#include "need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __APPLE__
static const char preload[] = "DYLD_INSERT_LIBRARIES";
#else
static const char preload[] = "LD_PRELOAD";
#endif

/* ---- Command line and environment ---- */

static void add_number(struct words *argv, const char *option, uint64_t number) {
    char *text = need_format("%llu", (unsigned long long)number);
    words_add(argv, option);
    words_add(argv, text);
    free(text);
}

/* Each parameter as an option: pool_slots=64 is --pool-slots 64. */
static void add_parameters(struct words *argv, const char *parameters) {
    struct words all = {0};
    if (*parameters)
        words_split(&all, parameters, ' ');
    for (size_t i = 0; i < all.count; i++) {
        size_t length = strcspn(all.word[i], "=");
        char *option = need_format("--%.*s", (int)length, all.word[i]);
        for (char *c = option; *c; c++)
            *c = *c == '_' ? '-' : *c;
        if (!parameter_is_ours(all.word[i])) {
            words_add(argv, option);
            words_add(argv, all.word[i] + length + 1);
        }
        free(option);
    }
    words_free(&all);
}

static struct words arguments(const struct cell_call *call) {
    const struct cell *cell = &call->plan->cells[call->cell];
    const struct group *group = &call->plan->groups[cell->group];
    const char *names[] = {call->build->path, "--op", group->op, "--pattern",
                           group->keys_file ? "file" : group->pattern};
    struct words argv = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        words_add(&argv, names[i]);
    if (group->keys_file) {
        words_add(&argv, "--keys");
        words_add(&argv, group->keys_file);
    }
    add_number(&argv, "--scale", group->scale);
    add_number(&argv, "--seed", call->trace_seed);
    add_parameters(&argv, cell->parameters);
    words_add(&argv, "--steps");
    return argv;
}

/* What the process is told when it is ready: one line for each sample, and that there is no other;
 * the caller frees it. */
static char *steps(uint64_t samples) {
    struct words lines = {0};
    for (uint64_t i = 0; i < samples; i++)
        words_add(&lines, "go");
    words_add(&lines, "end\n");
    char *text = words_join(&lines, "\n");
    words_free(&lines);
    return text;
}

static struct words environment(const struct cell_call *call) {
    const struct cell *cell = &call->plan->cells[call->cell];
    const char *library = cell->library;
    struct words variables = {0};
    words_add(&variables, "LC_ALL=C");
    words_add(&variables, "PATH=/usr/bin:/bin");
    if (cell->variables && *cell->variables)
        words_split(&variables, cell->variables, ' ');
    if (library) {
        char *variable = need_format("%s=%s", preload, library);
        words_add(&variables, variable);
        free(variable);
    }
    return variables;
}

char *cell_command(const struct cell_call *call) {
    struct words argv = arguments(call), variables = environment(call);
    char *set = words_command(&variables);
    char *run = words_command(&argv);
    const struct group *group = &call->plan->groups[call->plan->cells[call->cell].group];
    const char *told = group->turns == TURNS_WARM ? "warm\\ngo" : "go";
    char *command = need_format("printf '%s\\n%%.0s' $(seq %llu) | env -i %s %s", told,
                                (unsigned long long)group->samples, set, run);
    free(set);
    free(run);
    words_free(&argv);
    words_free(&variables);
    return command;
}

/* ---- The run ---- */

static enum replicate_status status_of(const struct child_end *end) {
    switch (end->how) {
    case CHILD_TIMEOUT:
        return REPLICATE_TIMEOUT;
    case CHILD_FLOOD:
        return REPLICATE_MALFORMED;
    case CHILD_EXITED:
        return end->code == 0   ? REPLICATE_OK
               : end->code == 1 ? REPLICATE_WRONG
               : end->code == 3 ? REPLICATE_NO_MEMORY
                                : REPLICATE_CRASH;
    default:
        return REPLICATE_CRASH;
    }
}

struct child *cell_start(const struct cell_call *call, struct fault *fault) {
    struct words argv = arguments(call), variables = environment(call);
    child_keep_on(call->plan->groups[call->plan->cells[call->cell].group].core);
    struct child *child = child_start(&argv, &variables, call->timeout, fault);
    words_free(&argv);
    words_free(&variables);
    return child;
}

bool cell_finish(struct replicate *replicate, const struct cell_call *call, struct child *child,
                 const char *text, const char *started) {
    struct child_end end;
    child_finish(child, text, &end);
    if (end.how == CHILD_INTERRUPTED) {
        child_end_free(&end);
        return false;
    }
    enum replicate_status status = status_of(&end);
    *replicate = replicate_without(status, status == REPLICATE_OK ? NULL : child_end_text(&end));
    struct fault unread;
    if (status == REPLICATE_OK &&
        !replicate_read(replicate, end.out, call->plan, call->cell, call->trace_seed,
                        call->build->identity, &unread)) {
        replicate_free(replicate);
        *replicate = replicate_without(REPLICATE_MALFORMED, need_copy(unread.line));
    }
    snprintf(replicate->started, sizeof replicate->started, "%s", started);
    replicate->seconds = end.seconds;
    child_end_free(&end);
    return true;
}

bool cell_run(struct replicate *replicate, const struct cell_call *call, struct fault *fault) {
    fault->line[0] = '\0';
    struct clock_text started = clock_now();
    struct child *child = cell_start(call, fault);
    if (!child)
        return false;
    /* All at once, so that none of its time is spent on waiting for more. */
    char *text = steps(call->plan->groups[call->plan->cells[call->cell].group].samples);
    child_ask(child, "", 1);
    bool ran = cell_finish(replicate, call, child, text, started.text);
    free(text);
    return ran;
}

double cell_probe(const struct cell_call *call) {
    /* A plan of this one cell, made small, but not so small that a pool of fixed size tells more
     * than the entries. */
    struct cell cell = call->plan->cells[call->cell];
    struct group group = {.core = call->plan->groups[call->plan->cells[call->cell].group].core,
                          .op = "put",
                          .pattern = "random",
                          .scale = CELL_PROBE_SCALE,
                          .samples = 1};
    cell.group = 0;
    struct plan small = {.cells = &cell, .groups = &group, .recipes = call->plan->recipes};
    struct cell_call probe = *call;
    probe.plan = &small;
    probe.cell = 0;

    struct replicate replicate;
    struct fault fault;
    if (!cell_run(&replicate, &probe, &fault))
        return NAN;
    double bytes = replicate.bytes_per_entry;
    replicate_free(&replicate);
    return bytes;
}
